//! Forking and resetting signals.
#![allow(unsafe_code, reason = "fork and signal have no safe form")]

use nix::sys::prctl;
use nix::sys::signal::{SigHandler, Signal, signal};
use nix::unistd::{self, ForkResult, Pid};

/// Forks. The child runs `action` and pauses, without ever being another program, until it is killed.
pub(crate) fn fork(action: impl FnOnce()) -> Pid {
    // SAFETY: the owner has one thread, so that its fork may do whatever it may do itself.
    match unsafe { unistd::fork() }.expect("a fork") {
        ForkResult::Parent { child } => child,
        ForkResult::Child => {
            prctl::set_name(FORKED).expect("a name");
            action();
            loop {
                unistd::pause();
            }
        }
    }
}

/// The name of such a child.
pub(crate) const FORKED: &std::ffi::CStr = c"forked";

/// Gives the signals that end a program their default action. A program that is started in the background of a script, or by nohup,
/// inherits that they are ignored.
pub(crate) fn reset_signals() {
    for ending in [Signal::SIGHUP, Signal::SIGINT, Signal::SIGQUIT, Signal::SIGTERM] {
        // SAFETY: the default action runs no code of this program.
        unsafe { signal(ending, SigHandler::SigDfl) }.expect("a signal");
    }
}
