//! Forks processes without exec.

use core::ptr;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};

use nix::errno::Errno;
use nix::libc::{self, c_int, c_uint, c_ulong};
use nix::sched::CloneFlags;

/// Which side of a fork this is.
pub(crate) enum Fork {
    /// The caller, with the ID and a pidfd of the new process.
    Parent { pid: i32, pidfd: OwnedFd },
    /// The new process.
    Child,
}

/// clone3(2)'s `struct clone_args`, in its first version.
#[repr(C, align(8))]
#[derive(Default)]
struct CloneArgs {
    flags: u64,
    pidfd: u64,
    child_tid: u64,
    parent_tid: u64,
    exit_signal: u64,
    stack: u64,
    stack_size: u64,
    tls: u64,
}

/// Forks into new `namespaces`, without the caller's signal handlers. A child without an exit signal (0) is not reported to a `wait`
/// for any child; [`wait`] waits for it.
///
/// The child makes system calls only, see [`super`]. It ends in exec or [`exit`].
pub(crate) fn fork_into(namespaces: CloneFlags, exit_signal: c_int) -> nix::Result<Fork> {
    let mut pidfd: RawFd = -1;
    let args = CloneArgs {
        flags: unsigned(namespaces.bits() | libc::CLONE_PIDFD) | CLONE_CLEAR_SIGHAND,
        pidfd: ptr::from_mut(&mut pidfd).addr() as u64,
        exit_signal: unsigned(exit_signal),
        ..CloneArgs::default()
    };
    // SAFETY: `args` and `pidfd` outlive the call, and the size is that of `args`. Without CLONE_VM and with no stack given this is
    // fork: the child runs on its own copy of this stack. The children (supervisor::run, supervisor::become_systemd,
    // watcher::watch, enter::enter) make system calls only.
    let pid = unsafe { libc::syscall(libc::SYS_clone3, &raw const args, size_of::<CloneArgs>()) };
    let pid = Errno::result(pid)?;
    if pid == 0 {
        return Ok(Fork::Child);
    }
    // SAFETY: the kernel has stored a new descriptor, which has no other owner.
    let pidfd = unsafe { OwnedFd::from_raw_fd(pidfd) };
    Ok(Fork::Parent { pid: i32::try_from(pid).map_err(|_| Errno::EOVERFLOW)?, pidfd })
}

/// The bits of an int that has no sign bit set.
fn unsigned(bits: c_int) -> u64 {
    u64::try_from(bits).unwrap_or(0)
}

/// Waits for a child, also for one without an exit signal. Returns the status of wait(2), or `None` when `WNOHANG` is given and the
/// child still runs.
pub(crate) fn wait(pid: i32, flags: c_int) -> nix::Result<Option<c_int>> {
    let mut status = 0;
    loop {
        // SAFETY: `status` outlives the call.
        let waited = unsafe { libc::waitpid(pid, &raw mut status, libc::__WALL | flags) };
        match Errno::result(waited) {
            Ok(0) => return Ok(None),
            Ok(_) => return Ok(Some(status)),
            Err(Errno::EINTR) => {}
            Err(error) => return Err(error),
        }
    }
}

/// Ends the process without running exit handlers of the process that it was forked from.
pub(crate) fn exit(code: c_int) -> ! {
    // SAFETY: _exit has no preconditions.
    unsafe { libc::_exit(code) }
}

/// A descriptor of a process.
pub(crate) fn pidfd_open(pid: i32) -> nix::Result<OwnedFd> {
    // SAFETY: the arguments are numbers.
    let fd = unsafe { libc::syscall(libc::SYS_pidfd_open, pid, 0 as c_uint) };
    let fd = RawFd::try_from(Errno::result(fd)?).map_err(|_| Errno::EBADF)?;
    // SAFETY: the descriptor is new, so it has no other owner.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// Sends a signal to the process of `pidfd`, never to another one.
pub(crate) fn pidfd_kill(pidfd: BorrowedFd<'_>, signal: c_int) -> nix::Result<()> {
    let (fd, info) = (pidfd.as_raw_fd(), ptr::null::<libc::siginfo_t>());
    // SAFETY: the arguments are numbers and a null pointer, which means "as kill(2) does".
    let sent = unsafe { libc::syscall(libc::SYS_pidfd_send_signal, fd, signal, info, 0 as c_uint) };
    Errno::result(sent).map(drop)
}

/// Removes a capability from the bounding set: this process loses it with the next exec, and so do its children.
pub(crate) fn drop_capability(number: c_ulong) {
    let unused: c_ulong = 0;
    // SAFETY: the arguments are numbers. The kernel refuses an unknown capability.
    unsafe { libc::prctl(libc::PR_CAPBSET_DROP, number, unused, unused, unused) };
}

/// The caller's handlers must not run in its fork; ignored signals stay ignored. libc lacks this flag, which does not fit its type for flags.
const CLONE_CLEAR_SIGHAND: u64 = 1 << 32;
