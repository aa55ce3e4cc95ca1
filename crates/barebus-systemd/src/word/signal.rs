//! Signals to processes.

use std::fmt;

use nix::sys::signal::Signal as Known;

use crate::setting::{RTMAX, RTMIN, signal};

/// A signal to processes, by its number on the machine that systemd runs on.
///
/// ```
/// use barebus_systemd::word::Signal;
///
/// assert_eq!(Signal::parse("HUP"), Some(Signal::HUP));
/// assert_eq!(Signal::parse("SIGRTMIN+3").map(Signal::number), Some(37));
/// assert_eq!(Signal::TERM.to_string(), "SIGTERM");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Signal(i32);

impl Signal {
    /// Terminal closed, or: read the configuration again.
    pub const HUP: Self = Self(Known::SIGHUP as i32);
    /// Interrupt, as Ctrl-C sends it.
    pub const INT: Self = Self(Known::SIGINT as i32);
    /// Abort, as abort(3) and watchdogs send it. It dumps core.
    pub const ABRT: Self = Self(Known::SIGABRT as i32);
    /// Access to memory that is not there. It dumps core.
    pub const SEGV: Self = Self(Known::SIGSEGV as i32);
    /// Kill. No process can catch it.
    pub const KILL: Self = Self(Known::SIGKILL as i32);
    /// For purposes of the program.
    pub const USR1: Self = Self(Known::SIGUSR1 as i32);
    /// For purposes of the program.
    pub const USR2: Self = Self(Known::SIGUSR2 as i32);
    /// Terminate.
    pub const TERM: Self = Self(Known::SIGTERM as i32);

    /// The signal with this number. systemd refuses numbers that are no signal.
    pub const fn new(number: i32) -> Self {
        Self(number)
    }

    /// The signal of a name with or without `SIG`, of a number, or counted from `RTMIN` or `RTMAX` as `RTMIN+3`.
    pub fn parse(text: &str) -> Option<Self> {
        signal(text).map(Self)
    }

    /// Its number.
    pub const fn number(self) -> i32 {
        self.0
    }
}

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (Known::try_from(self.0), self.0) {
            (Ok(known), _) => f.pad(known.as_str()),
            (Err(_), RTMIN) => f.pad("SIGRTMIN"),
            (Err(_), number @ RTMIN..=RTMAX) => f.pad(&format!("SIGRTMIN+{}", number - RTMIN)),
            (Err(_), number) => f.pad(&number.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_signal_is_found_by_the_name_that_it_is_shown_by() {
        for number in 1..=RTMAX {
            let signal = Signal::new(number);
            assert_eq!(Signal::parse(&signal.to_string()), Some(signal), "{signal}");
        }
        assert_eq!(Signal::new(34).to_string(), "SIGRTMIN");
        assert_eq!(Signal::new(99).to_string(), "99");
        assert_eq!(Signal::parse("99"), None);
        assert_eq!(Signal::parse("SIGNAL"), None);
    }
}
