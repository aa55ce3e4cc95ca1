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
