//! The command lines of verbs that watch a bus.

use std::time::Duration;

use barebus_systemd::setting;
use clap::Args;

use crate::trace::counts::By;
use crate::watch::Narrow;

#[derive(Debug, Args)]
pub(crate) struct Monitor {
    /// Only messages from and to these names
    #[arg(value_name = "SERVICE")]
    pub(crate) services: Vec<String>,
    /// Subscribes to signals instead of becoming a monitor: needs no rights, and shows only signals
    #[arg(long)]
    pub(crate) signals: bool,
    #[command(flatten)]
    pub(crate) narrow: Narrow,
}

#[derive(Debug, Args)]
pub(crate) struct Capture {
    /// Only messages from and to these names
    #[arg(value_name = "SERVICE")]
    pub(crate) services: Vec<String>,
    #[command(flatten)]
    pub(crate) narrow: Narrow,
}

#[derive(Debug, Args)]
pub(crate) struct Trace {
    /// Names whose calls are traced, or files with messages: captures or streams; - is the standard input
    #[arg(value_name = "SERVICE|FILE")]
    pub(crate) words: Vec<String>,
    /// Counts calls and measures how long they take, instead of printing them
    #[arg(long, short = 'c')]
    pub(crate) count: bool,
    /// Counts by this [default: member]
    #[arg(long, value_enum, value_name = "WHAT", requires = "count")]
    pub(crate) by: Option<By>,
    /// Prints the counts again and again
    #[arg(long, value_name = "TIME", value_parser = interval, requires = "count")]
    pub(crate) every: Option<Duration>,
    #[command(flatten)]
    pub(crate) narrow: Narrow,
}

/// A time that can be added to a point in time: `infinity` cannot.
pub(super) fn interval(text: &str) -> Result<Duration, String> {
    match setting::time_span(text) {
        Some(Duration::ZERO | Duration::MAX) | None => {
            Err("not a time span; write it as 1s or 300ms".to_owned())
        }
        Some(time) => Ok(time),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_is_neither_empty_nor_endless() {
        assert_eq!(interval("1min 300ms"), Ok(Duration::from_millis(60_300)));
        for text in ["", "0", "infinity", "soon"] {
            assert!(interval(text).is_err(), "{text}");
        }
    }
}
