//! The system calls that nix has no safe form of, and all unsafe code of this crate.
//!
//! Two kinds of processes are born here without exec: the supervisor and PID 1 before it is systemd ([`fork_into`]), and the two halves
//! of a command that enters the box ([`before_exec`]). They are copies of one thread of a process that may have had many, so they call
//! nothing but system calls: no allocation, no lock, no panic, on every path up to exec or exit.
#![allow(
    unsafe_code,
    reason = "clone, exec, signal handlers and raw system calls have no safe form"
)]

use core::ptr;
use std::ffi::{CStr, CString};
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::process::CommandExt;
use std::process::Command;

use nix::errno::Errno;
use nix::libc::{self, c_char, c_int, c_uint, c_ulong, c_void};
use nix::sched::CloneFlags;

use crate::forward;

/// Which side of a fork this is.
pub(crate) enum Fork {
    /// The caller, with the new process's id and a descriptor of it.
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

/// Forks into new `namespaces`, without the caller's signal handlers. Without an exit signal the child is hidden from `wait` for any child, and can only be waited for with
/// [`wait`].
///
/// The child must keep to system calls, see above; it ends in exec or [`exit`].
pub(crate) fn fork_into(namespaces: CloneFlags, exit_signal: c_int) -> nix::Result<Fork> {
    let mut pidfd: RawFd = -1;
    let args = CloneArgs {
        flags: unsigned(namespaces.bits() | libc::CLONE_PIDFD) | CLONE_CLEAR_SIGHAND,
        pidfd: ptr::from_mut(&mut pidfd).addr() as u64,
        exit_signal: unsigned(exit_signal),
        ..CloneArgs::default()
    };
    // SAFETY: `args` and `pidfd` outlive the call, and the size is that of `args`. Without CLONE_VM and with no stack given this is
    // fork: the child runs on its own copy of this stack. The callers' children (supervisor::run, init::run, enter::enter) keep to
    // what is allowed in them.
    let pid = unsafe { libc::syscall(libc::SYS_clone3, &raw const args, size_of::<CloneArgs>()) };
    let pid = Errno::result(pid)?;
    if pid == 0 {
        return Ok(Fork::Child);
    }
    // SAFETY: the kernel has stored a new descriptor, which nobody else knows.
    let pidfd = unsafe { OwnedFd::from_raw_fd(pidfd) };
    Ok(Fork::Parent { pid: i32::try_from(pid).map_err(|_| Errno::EOVERFLOW)?, pidfd })
}

/// The bits of an int that has no sign bit set.
fn unsigned(bits: c_int) -> u64 {
    u64::try_from(bits).unwrap_or(0)
}

/// Waits for a child, also for one without an exit signal. Gives the status as wait(2) does, None when `WNOHANG` was given and the
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

/// Ends the process without running anything of the process it is a copy of.
pub(crate) fn exit(code: c_int) -> ! {
    // SAFETY: _exit has no preconditions.
    unsafe { libc::_exit(code) }
}

/// A descriptor of a process.
pub(crate) fn pidfd_open(pid: i32) -> nix::Result<OwnedFd> {
    // SAFETY: takes two numbers.
    let fd = unsafe { libc::syscall(libc::SYS_pidfd_open, pid, 0 as c_uint) };
    let fd = RawFd::try_from(Errno::result(fd)?).map_err(|_| Errno::EBADF)?;
    // SAFETY: the kernel has just made this descriptor, which nobody else knows.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// Takes over a descriptor that fcntl(2) has just made.
pub(crate) fn own(fd: RawFd) -> OwnedFd {
    // SAFETY: the one caller passes what F_DUPFD_CLOEXEC has given it, which nobody else knows.
    unsafe { OwnedFd::from_raw_fd(fd) }
}

/// Sends a signal to the process that `pidfd` stands for, never to another.
pub(crate) fn pidfd_kill(pidfd: BorrowedFd<'_>, signal: c_int) -> nix::Result<()> {
    let (fd, info) = (pidfd.as_raw_fd(), ptr::null::<libc::siginfo_t>());
    // SAFETY: takes numbers, and a null pointer for "as kill does".
    let sent = unsafe { libc::syscall(libc::SYS_pidfd_send_signal, fd, signal, info, 0 as c_uint) };
    Errno::result(sent).map(drop)
}

/// Closes all descriptors from `first` to `last`.
pub(crate) fn close_range(first: RawFd, last: RawFd) -> nix::Result<()> {
    // SAFETY: only called in processes born here, which use none of these descriptors any more, and never drop their owners.
    let closed = unsafe { libc::syscall(libc::SYS_close_range, first, last, 0 as c_uint) };
    Errno::result(closed).map(drop)
}

/// Fills `buf` with entries of a folder, as getdents64(2) does. Gives the bytes filled, 0 at the end.
pub(crate) fn directory_entries(folder: BorrowedFd<'_>, buf: &mut [u8]) -> nix::Result<usize> {
    // SAFETY: the kernel writes at most `buf.len()` bytes at `buf`, which is borrowed for the call.
    let filled = unsafe {
        libc::syscall(libc::SYS_getdents64, folder.as_raw_fd(), buf.as_mut_ptr(), buf.len())
    };
    Ok(usize::try_from(Errno::result(filled)?).unwrap_or(0))
}

/// Locks what is open, for itself alone and without waiting, until it is closed; nix's own form may panic then.
pub(crate) fn lock(open: BorrowedFd<'_>) -> nix::Result<()> {
    // SAFETY: takes numbers.
    let locked = unsafe { libc::flock(open.as_raw_fd(), libc::LOCK_EX | libc::LOCK_NB) };
    Errno::result(locked).map(drop)
}

/// Makes a mount that shows what is open, attached nowhere yet.
pub(crate) fn clone_mount(open: BorrowedFd<'_>) -> nix::Result<OwnedFd> {
    let flags = libc::O_CLOEXEC | libc::AT_EMPTY_PATH | OPEN_TREE_CLONE;
    let (fd, path) = (open.as_raw_fd(), c"".as_ptr());
    // SAFETY: the path ends with a NUL and outlives the call.
    let fd = unsafe { libc::syscall(libc::SYS_open_tree, fd, path, flags) };
    let fd = RawFd::try_from(Errno::result(fd)?).map_err(|_| Errno::EBADF)?;
    // SAFETY: the kernel has just made this descriptor, which nobody else knows.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// Moves a mount. Each place is a path below an open folder, or what is open itself when the path is empty.
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

/// Gives a new terminal free for being opened.
pub(crate) fn unlock_terminal(maker: BorrowedFd<'_>) -> nix::Result<()> {
    let locked: c_int = 0;
    // SAFETY: TIOCSPTLCK reads an int, which outlives the call.
    let done = unsafe { libc::ioctl(maker.as_raw_fd(), libc::TIOCSPTLCK, &raw const locked) };
    Errno::result(done).map(drop)
}

/// Takes one signal's handler away.
pub(crate) fn default_signal(signal: c_int) {
    // SAFETY: SIG_DFL is no handler of ours, so nothing can be called that is gone. Signals that cannot be handled are refused.
    unsafe { libc::signal(signal, libc::SIG_DFL) };
}

/// Waits for any signal, all of which must be blocked. Gives its number and whether a process sent it, rather than the kernel.
pub(crate) fn next_signal() -> (c_int, bool) {
    let all = nix::sys::signal::SigSet::all();
    // SAFETY: a siginfo_t is integers, for which zero is a value.
    let mut info: libc::siginfo_t = unsafe { core::mem::zeroed() };
    // SAFETY: both outlive the call.
    let signal = unsafe { libc::sigwaitinfo(all.as_ref(), &raw mut info) };
    (signal, info.si_code <= 0)
}

/// Ends this process as `signal` does by default, without a second memory dump.
pub(crate) fn die_by(signal: c_int) -> ! {
    let none = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: `none` outlives the call.
    unsafe { libc::setrlimit(libc::RLIMIT_CORE, &raw const none) };
    default_signal(signal);
    let _ = nix::sys::signal::SigSet::empty().thread_set_mask();
    kill(nix::unistd::getpid().as_raw(), signal);
    // A signal that does not kill: the shells' convention.
    exit(128_i32.saturating_add(signal))
}

/// Gives up a capability for good, for this process and all that come from it by exec.
pub(crate) fn drop_capability(number: c_ulong) {
    let unused: c_ulong = 0;
    // SAFETY: takes numbers. A capability that the kernel does not know is refused, which is as well.
    unsafe { libc::prctl(libc::PR_CAPBSET_DROP, number, unused, unused, unused) };
}

/// The working directory, with its NUL, in `buf`.
pub(crate) fn working_directory(buf: &mut [u8]) -> Option<&CStr> {
    // SAFETY: getcwd writes at most `buf.len()` bytes at `buf`, which is borrowed for the call. With a buffer given it does not allocate.
    let written = unsafe { libc::getcwd(buf.as_mut_ptr().cast::<c_char>(), buf.len()) };
    if written.is_null() {
        return None;
    }
    CStr::from_bytes_until_nul(buf).ok()
}

/// A program with its arguments and environment, ready for exec.
#[derive(Debug)]
pub(crate) struct Program {
    path: CString,
    /// What the pointers below point to. The strings' bytes stay where they are when this moves.
    _texts: Vec<CString>,
    /// Ends with a null pointer.
    arguments: Vec<*const c_char>,
    /// Ends with a null pointer.
    environment: Vec<*const c_char>,
}

impl Program {
    pub(crate) fn new(path: CString, arguments: Vec<CString>, environment: Vec<CString>) -> Self {
        let pointers = |texts: &[CString]| {
            texts.iter().map(|text| text.as_ptr()).chain([ptr::null()]).collect::<Vec<_>>()
        };
        let (argument_pointers, environment_pointers) =
            (pointers(&arguments), pointers(&environment));
        let texts = arguments.into_iter().chain(environment).collect();
        Self {
            path,
            _texts: texts,
            arguments: argument_pointers,
            environment: environment_pointers,
        }
    }

    /// Becomes the program, or says why not.
    pub(crate) fn exec(&self) -> Errno {
        let (arguments, environment) = (self.arguments.as_ptr(), self.environment.as_ptr());
        // SAFETY: the path ends with a NUL; both arrays end with a null pointer, and what they point to is owned by `_texts`.
        unsafe { libc::execve(self.path.as_ptr(), arguments, environment) };
        Errno::last()
    }
}

/// Has `command` do `action` in its new process before it becomes the program.
///
/// `action` must keep to system calls, see above.
pub(crate) fn before_exec(
    command: &mut Command,
    action: impl FnMut() -> io::Result<()> + Send + Sync + 'static,
) {
    // SAFETY: the one caller's action (enter::enter) allocates nothing, takes no lock, and does not panic.
    unsafe { command.pre_exec(action) };
}

/// How a signal was handled before [`handle`].
pub(crate) struct Former {
    signal: c_int,
    action: libc::sigaction,
}

/// Gives a signal to [`forward::on_signal`]. Calls that it interrupts are taken up again.
pub(crate) fn handle(signal: c_int) -> nix::Result<Former> {
    // SAFETY: a sigaction is integers, a mask and an optional function: zero is a value, "default, nothing blocked".
    let mut action: libc::sigaction = unsafe { core::mem::zeroed() };
    let handler: extern "C" fn(c_int, *mut libc::siginfo_t, *mut c_void) = on_signal;
    action.sa_sigaction = handler as *const () as libc::sighandler_t;
    action.sa_flags = libc::SA_SIGINFO | libc::SA_RESTART;
    let mut former = Former { signal, action };
    // SAFETY: both actions outlive the call; the handler has the form that SA_SIGINFO asks for, and keeps to what handlers may do.
    let done = unsafe { libc::sigaction(signal, &raw const action, &raw mut former.action) };
    Errno::result(done).map(|_| former)
}

/// Has a signal handled as it was before.
pub(crate) fn restore(former: &Former) {
    // SAFETY: the action is one that the system gave for this signal, and outlives the call.
    unsafe { libc::sigaction(former.signal, &raw const former.action, ptr::null_mut()) };
}

extern "C" fn on_signal(signal: c_int, info: *mut libc::siginfo_t, _: *mut c_void) {
    let errno = Errno::last_raw();
    // SAFETY: under SA_SIGINFO the kernel passes a valid siginfo_t.
    let sent = unsafe { (*info).si_code <= 0 };
    forward::on_signal(signal, sent);
    Errno::set_raw(errno);
}

/// Sends a signal to a child that has not been waited for. May be called in a signal handler.
pub(crate) fn kill(pid: i32, signal: c_int) {
    // SAFETY: takes numbers. That it fails when the child has ended is no matter.
    unsafe { libc::kill(pid, signal) };
}

// Of <linux/mount.h>; libc does not have them.
const OPEN_TREE_CLONE: c_int = 1;
const MOVE_MOUNT_F_EMPTY_PATH: c_uint = 0x04;
const MOVE_MOUNT_T_EMPTY_PATH: c_uint = 0x40;

/// Handlers are the caller's, and may not run in a copy of it; ignored signals stay ignored. libc's constant is too small for it.
const CLONE_CLEAR_SIGHAND: u64 = 1 << 32;
