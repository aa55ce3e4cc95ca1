//! A program that is talked to through its standard input and output.

use std::ffi::{CStr, CString};
use std::os::fd::BorrowedFd;

use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

use crate::sys;

/// A program that was started, to be ended with [`end`](Self::end).
///
/// `std::process` would do the same, but a program that never starts another carries all of it: 35 KB, half of what the whole
/// connection takes.
#[derive(Debug)]
pub(crate) struct Child(Pid);

impl Child {
    /// Starts `program`, see [`sys::spawn`].
    pub(crate) fn start(
        program: &CStr,
        arguments: &[CString],
        socket: BorrowedFd<'_>,
    ) -> nix::Result<Self> {
        sys::spawn(program, arguments, socket).map(Self)
    }

    /// Ends the program, which it does by itself when its standard input does, or else is made to.
    pub(crate) fn end(&self) {
        // Whoever else has waited for its end has freed its number, which may be another program's by now.
        if waitpid(self.0, Some(WaitPidFlag::WNOHANG)) == Ok(WaitStatus::StillAlive) {
            let _ = kill(self.0, Signal::SIGKILL);
            let _ = waitpid(self.0, None);
        }
    }
}
