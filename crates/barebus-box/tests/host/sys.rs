//! Forking: the one thing here that has no safe form.
#![allow(unsafe_code, reason = "fork has no safe form")]

use nix::sys::prctl;
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
