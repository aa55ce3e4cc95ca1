//! A program that is talked to through its standard input and output.

use std::ffi::CString;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::os::unix::ffi::OsStringExt;

use nix::spawn::{PosixSpawnAttr, PosixSpawnFileActions, PosixSpawnFlags, posix_spawnp};
use nix::sys::signal::{SigSet, Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

/// A program that was started, to be ended with [`end`](Self::end).
///
/// `std::process` would do the same, but a program that never starts another carries all of it: 35 KB, half of what the whole
/// connection takes.
#[derive(Debug)]
pub(crate) struct Child(Pid);

impl Child {
    /// Starts `program`, which is looked for in `$PATH` unless it has a slash, with our environment and `socket` as its standard
    /// input and output. `arguments` begin with the zeroth.
    pub(crate) fn start(
        program: &CString,
        arguments: &[CString],
        socket: BorrowedFd<'_>,
    ) -> nix::Result<Self> {
        let mut files = PosixSpawnFileActions::init()?;
        files.add_dup2(socket.as_raw_fd(), 0)?;
        files.add_dup2(socket.as_raw_fd(), 1)?;
        // Other programs do not expect what Rust's ignore (SIGPIPE), or a thread of theirs blocks.
        let mut attributes = PosixSpawnAttr::init()?;
        let mut ignored = SigSet::empty();
        ignored.add(Signal::SIGPIPE);
        attributes.set_sigdefault(&ignored)?;
        attributes.set_sigmask(&SigSet::empty())?;
        attributes.set_flags(
            PosixSpawnFlags::POSIX_SPAWN_SETSIGDEF | PosixSpawnFlags::POSIX_SPAWN_SETSIGMASK,
        )?;
        let environment: Vec<CString> = std::env::vars_os()
            .filter_map(|(name, value)| {
                let mut variable = name.into_vec();
                variable.push(b'=');
                variable.extend(value.into_vec());
                CString::new(variable).ok()
            })
            .collect();
        posix_spawnp(program, &files, &attributes, arguments, &environment).map(Self)
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
