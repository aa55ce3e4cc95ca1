//! The program of a `unixexec:` address.

use std::ffi::{CStr, CString};
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Duration;

use nix::fcntl::{FcntlArg, SealFlag, fcntl};
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::sys::signal::{Signal, kill};
use nix::sys::uio::pread;
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::{Pid, Whence, ftruncate, lseek};

use crate::program::{Program, ProgramStatus};
use crate::sys::{self, Descriptor, Process};

/// A started program. Dropping it kills the program and waits for its end, for at most [`LONGEST`].
///
/// `std::process` would add 35 KB to programs that never start another one, half of the size of the whole connection.
#[derive(Debug)]
pub(crate) struct Child {
    /// As it was started.
    name: String,
    pid: Pid,
    /// How it has ended, once that was noticed.
    status: ProgramStatus,
    /// What it prints on standard error. Without a memory file, it prints where this process does.
    stderr: Option<Descriptor>,
    /// Whether its end was waited for.
    was_waited_for: bool,
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
        let stderr = paper().ok();
        let pid = sys::spawn(program, arguments, socket, stderr.as_ref().map(AsFd::as_fd))?;
        let name = program.to_string_lossy().into_owned();
        let status = ProgramStatus::Running;
        Ok(Self { name, pid, status, stderr, was_waited_for: false, parent })
    }

    /// Whether the program still runs. If it has ended, this reaps it, which frees its process ID.
    fn is_alive(&mut self) -> bool {
        if self.status != ProgramStatus::Running {
            return false;
        }
        self.status = match waitpid(self.pid, Some(WaitPidFlag::WNOHANG)) {
            Ok(WaitStatus::StillAlive) => ProgramStatus::Running,
            Ok(WaitStatus::Exited(_, code)) => ProgramStatus::Exited(code),
            Ok(WaitStatus::Signaled(_, signal, _)) => ProgramStatus::Killed(signal as i32),
            // Somebody else has waited for its end.
            _ => ProgramStatus::Unknown,
        };
        self.status == ProgramStatus::Running
    }

    /// Waits until it has ended, at most for [`LONGEST`]. Returns whether it has.
    fn wait(&mut self) -> bool {
        let mut pause = Duration::from_micros(100);
        let mut left = LONGEST;
        while self.is_alive() {
            let Some(rest) = left.checked_sub(pause) else { return false };
            std::thread::sleep(pause);
            left = rest;
            pause *= 2;
        }
        true
    }

    /// What has become of it. `has_hung_up`: it does not talk any more, so its end is about to come.
    pub(crate) fn report(&mut self, has_hung_up: bool) -> Program {
        if !has_hung_up || std::mem::replace(&mut self.was_waited_for, true) {
            self.is_alive();
        } else {
            self.wait();
        }
        let stderr = self.stderr.as_ref().and_then(|paper| read(paper).ok());
        Program { name: self.name.clone(), status: self.status, stderr: stderr.unwrap_or_default() }
    }
}

/// How many bytes of what a program prints are kept: the first ones.
const PAPER: usize = 64 << 10;

/// A file in memory for what a program prints. A pipe would have to be read all the time, or a program that prints much would stop. Writing to
/// this file fails where it ends, which programs ignore.
fn paper() -> nix::Result<Descriptor> {
    let flags = MFdFlags::MFD_CLOEXEC | MFdFlags::MFD_ALLOW_SEALING;
    let file = memfd_create(c"stderr", flags)?;
    ftruncate(&file, PAPER as nix::libc::off_t)?;
    fcntl(&file, FcntlArg::F_ADD_SEALS(SealFlag::F_SEAL_GROW | SealFlag::F_SEAL_SHRINK))?;
    Descriptor::from(file).above_stdio()
}

/// What was printed. The program shares the offset of the file.
fn read(paper: &Descriptor) -> nix::Result<String> {
    let len = usize::try_from(lseek(paper, 0, Whence::SeekCur)?).unwrap_or_default();
    let mut text = vec![0; len.min(PAPER)];
    let count = pread(paper, &mut text, 0)?;
    text.truncate(count);
    Ok(String::from_utf8_lossy(&text).into_owned())
}

impl Drop for Child {
    fn drop(&mut self) {
        // If other code has reaped the child, the process ID may belong to another program.
        if !self.parent.is_current() || !self.is_alive() {
            return;
        }
        let _ = kill(self.pid, Signal::SIGKILL);
        if !self.wait() {
            // If no thread can be started, the program stays a zombie after its end, until this process ends.
            sys::reap(self.pid);
        }
    }
}
