//! The program of a `unixexec:` address.

use std::ffi::{CStr, CString};
use std::os::fd::BorrowedFd;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

use crate::sys::{self, Process};

/// A started program. Dropping it kills the program and waits for its end, for at most [`LONGEST`].
///
/// `std::process` would add 35 KB to programs that never start another one, half of the size of the whole connection.
#[derive(Debug)]
pub(crate) struct Child {
    pid: Pid,
    /// The parent process.
    parent: Process,
}

/// How long dropping waits for the end of the program. A program of another user (sudo, pkexec) cannot be killed; it ends when it notices
/// that its input has ended.
const LONGEST: Duration = Duration::from_secs(1);

impl Child {
    /// Starts `program` with [`sys::spawn`].
    pub(crate) fn start(
        program: &CStr,
        arguments: &[CString],
        socket: BorrowedFd<'_>,
    ) -> nix::Result<Self> {
        let parent = Process::current();
        Ok(Self { pid: sys::spawn(program, arguments, socket)?, parent })
    }

    /// Whether the program still runs. If it has ended, this reaps it, which frees its process ID.
    fn is_alive(&self) -> bool {
        waitpid(self.pid, Some(WaitPidFlag::WNOHANG)) == Ok(WaitStatus::StillAlive)
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // If other code has reaped the child, the process ID may belong to another program.
        if !self.parent.is_current() || !self.is_alive() {
            return;
        }
        let _ = kill(self.pid, Signal::SIGKILL);
        let mut pause = Duration::from_micros(100);
        let mut left = LONGEST;
        while self.is_alive() {
            let Some(rest) = left.checked_sub(pause) else {
                // If no thread can be started, the program stays a zombie after its end, until this process ends.
                return sys::reap(self.pid);
            };
            std::thread::sleep(pause);
            left = rest;
            pause *= 2;
        }
    }
}
