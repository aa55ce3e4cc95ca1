//! Moves mounts by descriptor, not by path.

use core::ffi::CStr;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};

use nix::errno::Errno;
use nix::libc::{self, c_int, c_uint};

/// Creates a detached mount of an open file.
pub(crate) fn clone_mount(open: BorrowedFd<'_>) -> nix::Result<OwnedFd> {
    let flags = libc::O_CLOEXEC | libc::AT_EMPTY_PATH | OPEN_TREE_CLONE;
    let (fd, path) = (open.as_raw_fd(), c"".as_ptr());
    // SAFETY: the path ends with a NUL and outlives the call.
    let fd = unsafe { libc::syscall(libc::SYS_open_tree, fd, path, flags) };
    let fd = RawFd::try_from(Errno::result(fd)?).map_err(|_| Errno::EBADF)?;
    // SAFETY: the descriptor is new, so it has no other owner.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// Moves a mount. Each place is a path below an open directory, or the open file itself if the path is empty.
pub(crate) fn move_mount(
    from: (BorrowedFd<'_>, &CStr),
    to: (BorrowedFd<'_>, &CStr),
) -> nix::Result<()> {
    let flags = MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH;
    let (from_fd, from_path) = (from.0.as_raw_fd(), from.1.as_ptr());
    let (to_fd, to_path) = (to.0.as_raw_fd(), to.1.as_ptr());
    // SAFETY: both paths end with a NUL and outlive the call.
    let moved =
        unsafe { libc::syscall(libc::SYS_move_mount, from_fd, from_path, to_fd, to_path, flags) };
    Errno::result(moved).map(drop)
}

// From <linux/mount.h>; libc lacks them.
const OPEN_TREE_CLONE: c_int = 1;
const MOVE_MOUNT_F_EMPTY_PATH: c_uint = 0x04;
const MOVE_MOUNT_T_EMPTY_PATH: c_uint = 0x40;
