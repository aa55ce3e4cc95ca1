//! A program that is talked to through its standard input and output.

use std::ffi::{CStr, CString};
use std::os::fd::BorrowedFd;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

use crate::sys::{self, Process};

/// A program that was started. Dropping it kills the program and waits for its end, at most for [`LONGEST`].
///
/// `std::process` would do the same, but a program that never starts another carries all of it: 35 KB, half of what the whole
/// connection takes.
#[derive(Debug)]
pub(crate) struct Child {
    pid: Pid,
    /// The process whose child it is.
    parent: Process,
}

/// How long a program may take to end. One of another user (sudo, pkexec) cannot be killed: it has to notice that its input has ended.
const LONGEST: Duration = Duration::from_secs(1);

impl Child {
    /// Starts `program`, see [`sys::spawn`].
    pub(crate) fn start(
        program: &CStr,
        arguments: &[CString],
        socket: BorrowedFd<'_>,
    ) -> nix::Result<Self> {
        let parent = Process::current();
        Ok(Self { pid: sys::spawn(program, arguments, socket)?, parent })
    }

    /// Whether it goes on. Its end is taken note of, which frees its process ID.
    fn is_alive(&self) -> bool {
        waitpid(self.pid, Some(WaitPidFlag::WNOHANG)) == Ok(WaitStatus::StillAlive)
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // If somebody else has waited for its end, its process ID may be another program's by now.
        if !self.parent.is_current() || !self.is_alive() {
            return;
        }
        let _ = kill(self.pid, Signal::SIGKILL);
        let mut pause = Duration::from_micros(100);
        let mut left = LONGEST;
        while self.is_alive() {
            let Some(rest) = left.checked_sub(pause) else {
                // Without a thread it stays a zombie when it ends, until this process does.
                return sys::reap(self.pid);
            };
            std::thread::sleep(pause);
            left = rest;
            pause *= 2;
        }
    }
}
