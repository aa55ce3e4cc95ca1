//! Signals: handlers, waiting for one, sending one.

use core::ptr;

use nix::errno::Errno;
use nix::libc::{self, c_int, c_void};

use super::exit;
use crate::forward;

/// Removes the handler of a signal.
pub(crate) fn default_signal(signal: c_int) {
    // SAFETY: the default action runs no code of this program. The kernel refuses signals that cannot be handled.
    unsafe { libc::signal(signal, libc::SIG_DFL) };
}

/// Waits for any signal. All must be blocked. Returns its number and whether a process sent it, not the kernel.
pub(crate) fn next_signal() -> (c_int, bool) {
    let all = nix::sys::signal::SigSet::all();
    // SAFETY: a siginfo_t consists of integers, for which zero is valid.
    let mut info: libc::siginfo_t = unsafe { core::mem::zeroed() };
    // SAFETY: both outlive the call.
    let signal = unsafe { libc::sigwaitinfo(all.as_ref(), &raw mut info) };
    (signal, info.si_code <= 0)
}

/// Ends this process by the default action of `signal`, without a second core dump.
pub(crate) fn die_by(signal: c_int) -> ! {
    let none = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: `none` outlives the call.
    unsafe { libc::setrlimit(libc::RLIMIT_CORE, &raw const none) };
    default_signal(signal);
    let _ = nix::sys::signal::SigSet::empty().thread_set_mask();
    kill(nix::unistd::getpid().as_raw(), signal);
    // If the signal does not kill, this follows the convention of shells.
    exit(128_i32.saturating_add(signal))
}

/// How a signal was handled before [`handle`].
pub(crate) struct Former {
    signal: c_int,
    action: libc::sigaction,
}

/// Handles a signal by [`forward::on_signal`]. Interrupted calls are restarted.
pub(crate) fn handle(signal: c_int) -> nix::Result<Former> {
    // SAFETY: a sigaction consists of integers, a mask and an optional function. Zero is valid and means the default action, with no signals
    // blocked.
    let mut action: libc::sigaction = unsafe { core::mem::zeroed() };
    let handler: extern "C" fn(c_int, *mut libc::siginfo_t, *mut c_void) = on_signal;
    action.sa_sigaction = handler as *const () as libc::sighandler_t;
    action.sa_flags = libc::SA_SIGINFO | libc::SA_RESTART;
    let mut former = Former { signal, action };
    // SAFETY: both actions outlive the call. The handler has the signature that SA_SIGINFO requires and is async-signal-safe.
    let done = unsafe { libc::sigaction(signal, &raw const action, &raw mut former.action) };
    Errno::result(done).map(|_| former)
}

/// Restores the previous action of a signal.
pub(crate) fn restore(former: &Former) {
    // SAFETY: the action is the previous one of this signal, and outlives the call.
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
    // SAFETY: the arguments are numbers. It may fail if the child has ended.
    unsafe { libc::kill(pid, signal) };
}
