//! Signals that end a verb which would otherwise run for ever.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};

use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};

/// Receives SIGINT, SIGTERM and SIGHUP, which no longer end the program at once, so that it can finish what it writes.
#[derive(Debug)]
pub(crate) struct Interrupt {
    signals: SigSet,
    descriptor: SignalFd,
}

impl Interrupt {
    /// Call it before threads are started and after programs are.
    pub(crate) fn new() -> io::Result<Self> {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let signals = signals(ignored(&status));
        signals.thread_block()?;
        let descriptor =
            SignalFd::with_flags(&signals, SfdFlags::SFD_NONBLOCK | SfdFlags::SFD_CLOEXEC)?;
        Ok(Self { signals, descriptor })
    }

    /// Whether a signal has arrived. If so, the next one ends the program at once.
    pub(crate) fn has_arrived(&self) -> bool {
        let has_arrived = matches!(self.descriptor.read_signal(), Ok(Some(_)));
        if has_arrived {
            // It cannot fail: the set is valid.
            let _ = self.signals.thread_unblock();
        }
        has_arrived
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
