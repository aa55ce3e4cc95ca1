//! How a process ended.

use std::fmt;

use crate::word::Signal;

/// How the main process of a service ended, or a command of a mount, socket or swap: properties ExecMainCode and ExecMainStatus.
///
/// ```
/// use barebus_systemd::ProcessEnd;
///
/// let end = ProcessEnd::Exited(3);
/// assert_eq!(end.code(), Some(3));
/// assert!(!end.is_zero());
/// println!("{end}");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProcessEnd {
    /// It ended itself, with this exit code.
    Exited(i32),
    /// The signal ended it.
    Killed(Signal),
    /// The signal ended it, and the kernel wrote a core dump.
    Dumped(Signal),
}

impl ProcessEnd {
    /// From `si_code` and `si_status` of waitid(2), as systemd reports them; `None` while the process runs, and when there was none.
    pub const fn new(code: i32, status: i32) -> Option<Self> {
        // CLD_EXITED, CLD_KILLED and CLD_DUMPED are the same on every architecture.
        match code {
            1 => Some(Self::Exited(status)),
            2 => Some(Self::Killed(Signal::new(status))),
            3 => Some(Self::Dumped(Signal::new(status))),
            _ => None,
        }
    }

    /// The exit code; `None` if a signal ended the process.
    pub const fn code(self) -> Option<i32> {
        match self {
            Self::Exited(code) => Some(code),
            Self::Killed(_) | Self::Dumped(_) => None,
        }
    }

    /// The signal that ended the process; `None` if it ended itself.
    pub const fn signal(self) -> Option<Signal> {
        match self {
            Self::Exited(_) => None,
            Self::Killed(signal) | Self::Dumped(signal) => Some(signal),
        }
    }

    /// Whether the exit code is 0. Services can count other codes and signals as success (`SuccessExitStatus=`): their result tells.
    pub const fn is_zero(self) -> bool {
        matches!(self, Self::Exited(0))
    }
}

impl fmt::Display for ProcessEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exited(code) => write!(f, "exit code {code}"),
            Self::Killed(signal) => write!(f, "signal {signal}"),
            Self::Dumped(signal) => write!(f, "signal {signal}, core dumped"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_process_is_a_code_or_a_signal() {
        for (code, status, end, is_zero, text) in [
            (1, 0, ProcessEnd::Exited(0), true, "exit code 0"),
            (1, 3, ProcessEnd::Exited(3), false, "exit code 3"),
            (2, 9, ProcessEnd::Killed(Signal::KILL), false, "signal SIGKILL"),
            (3, 9, ProcessEnd::Dumped(Signal::KILL), false, "signal SIGKILL, core dumped"),
        ] {
            assert_eq!(ProcessEnd::new(code, status), Some(end));
            assert_eq!((end.is_zero(), &*end.to_string()), (is_zero, text));
            let exited = code == 1;
            assert_eq!(end.code(), exited.then_some(status));
            assert_eq!(end.signal(), (!exited).then_some(Signal::KILL));
        }
        // It still runs.
        assert_eq!(ProcessEnd::new(0, 0), None);
    }
}
