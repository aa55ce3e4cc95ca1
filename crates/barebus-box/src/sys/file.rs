//! Operations on descriptors and open files.

use core::ffi::CStr;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};

use nix::errno::Errno;
use nix::libc::{self, c_char, c_int, c_uint};

/// Takes ownership of a new descriptor from fcntl(2).
pub(crate) fn own(fd: RawFd) -> OwnedFd {
    // SAFETY: the only caller passes a new descriptor from F_DUPFD_CLOEXEC, which has no other owner.
    unsafe { OwnedFd::from_raw_fd(fd) }
}

/// Closes all descriptors from `first` to `last`.
pub(crate) fn close_range(first: RawFd, last: RawFd) -> nix::Result<()> {
    // SAFETY: only called in processes forked by this crate, which no longer use these descriptors and never drop their owners.
    let closed = unsafe { libc::syscall(libc::SYS_close_range, first, last, 0 as c_uint) };
    Errno::result(closed).map(drop)
}

/// Fills `buf` with entries of a directory by getdents64(2). Returns the number of bytes; 0 at the end.
pub(crate) fn directory_entries(folder: BorrowedFd<'_>, buf: &mut [u8]) -> nix::Result<usize> {
    // SAFETY: the kernel writes at most `buf.len()` bytes to `buf`, which is borrowed for the call.
    let filled = unsafe {
        libc::syscall(libc::SYS_getdents64, folder.as_raw_fd(), buf.as_mut_ptr(), buf.len())
    };
    Ok(usize::try_from(Errno::result(filled)?).unwrap_or(0))
}

/// Takes an exclusive lock on an open file without blocking, until the file is closed. nix's function may panic on closing.
pub(crate) fn lock(open: BorrowedFd<'_>) -> nix::Result<()> {
    // SAFETY: the arguments are numbers.
    let locked = unsafe { libc::flock(open.as_raw_fd(), libc::LOCK_EX | libc::LOCK_NB) };
    Errno::result(locked).map(drop)
}

/// Unlocks a new terminal, so that it can be opened.
pub(crate) fn unlock_terminal(maker: BorrowedFd<'_>) -> nix::Result<()> {
    let locked: c_int = 0;
    // SAFETY: TIOCSPTLCK reads an int, which outlives the call.
    let done = unsafe { libc::ioctl(maker.as_raw_fd(), libc::TIOCSPTLCK, &raw const locked) };
    Errno::result(done).map(drop)
}

/// The working directory, with its NUL, in `buf`.
pub(crate) fn working_directory(buf: &mut [u8]) -> Option<&CStr> {
    // SAFETY: getcwd writes at most `buf.len()` bytes to `buf`, which is borrowed for the call. With a buffer it does not allocate.
    let written = unsafe { libc::getcwd(buf.as_mut_ptr().cast::<c_char>(), buf.len()) };
    if written.is_null() {
        return None;
    }
    CStr::from_bytes_until_nul(buf).ok()
}
