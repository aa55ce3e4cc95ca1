//! Signals that end a verb which would otherwise run for ever.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};

use nix::sys::signal::{SigSet, Signal, raise};
use nix::sys::signalfd::{SfdFlags, SignalFd};

/// Receives SIGINT, SIGTERM and SIGHUP, which no longer end the program at once, so that it can finish what it writes.
#[derive(Debug)]
pub(crate) struct Interrupt {
    signals: SigSet,
    descriptor: SignalFd,
    is_asked: bool,
}

impl Interrupt {
    /// Call it before threads are started and after programs are.
    pub(crate) fn new() -> io::Result<Self> {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let signals = signals(ignored(&status));
        signals.thread_block()?;
        let descriptor =
            SignalFd::with_flags(&signals, SfdFlags::SFD_NONBLOCK | SfdFlags::SFD_CLOEXEC)?;
        Ok(Self { signals, descriptor, is_asked: false })
    }

    /// Whether a signal has asked the program to end. The next one ends it at once.
    pub(crate) const fn is_asked(&self) -> bool {
        self.is_asked
    }

    /// From now on a signal ends the program at once, because it only finishes what it writes.
    pub(crate) const fn begin_finish(&mut self) {
        self.is_asked = true;
    }

    /// Takes a signal that has arrived. The second one ends the program.
    ///
    /// # Errors
    /// [`io::ErrorKind::Interrupted`]: the program was started with that signal ignored, so it has to end by itself.
    pub(crate) fn take(&mut self) -> io::Result<()> {
        let Ok(Some(arrived)) = self.descriptor.read_signal() else { return Ok(()) };
        if !self.is_asked {
            self.is_asked = true;
            return Ok(());
        }
        // The parent is to see that a signal ended the program.
        let signal = i32::try_from(arrived.ssi_signo).ok().and_then(|it| Signal::try_from(it).ok());
        signal.map_or(Ok(()), raise)?;
        self.signals.thread_unblock()?;
        Err(io::ErrorKind::Interrupted.into())
    }
}

/// What comes after may block, too.
impl Drop for Interrupt {
    fn drop(&mut self) {
        // It cannot fail: the set is valid.
        let _ = self.signals.thread_unblock();
    }
}

impl AsFd for Interrupt {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.descriptor.as_fd()
    }
}

/// The signals to be received. If nohup(1) made us ignore SIGHUP, it stays ignored. SIGINT is received all the same: scripts send it to what
/// they started in the background, where the shell has it ignored.
fn signals(ignored: u64) -> SigSet {
    let hangs_up = ignored >> (Signal::SIGHUP as u32 - 1) & 1 == 0;
    let hangup = Some(Signal::SIGHUP).filter(|_| hangs_up);
    [Signal::SIGINT, Signal::SIGTERM].into_iter().chain(hangup).collect()
}

/// The mask of ignored signals in `/proc/self/status`, see proc(5).
fn ignored(status: &str) -> u64 {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hangup_that_is_ignored_stays_ignored() {
        assert_eq!(ignored("Name:\tx\nSigIgn:\t0000000000000003\nSigCgt:\t0\n"), 3);
        assert_eq!(signals(3).iter().collect::<Vec<_>>(), [Signal::SIGINT, Signal::SIGTERM]);
        assert_eq!(signals(ignored("")).iter().count(), 3);
    }
}
