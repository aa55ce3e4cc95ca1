//! The command lines of verbs that measure.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::watch::interval;

#[derive(Debug, Args)]
pub(crate) struct Ping {
    /// The bus name
    pub(crate) service: String,
    /// The object's path
    #[arg(default_value = "/")]
    pub(crate) object: String,
    /// How many calls are made [default: 1000; with --interval until Ctrl-C]
    #[arg(short = 'n', long = "count", value_name = "NUMBER", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) count: Option<u64>,
    /// The time between two calls
    #[arg(long, value_name = "TIME", value_parser = interval)]
    pub(crate) interval: Option<Duration>,
    /// How many calls wait for their replies at a time
    #[arg(long, value_name = "NUMBER", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) in_flight: u32,
}

#[derive(Debug, Args)]
pub(crate) struct Replay {
    /// Files with messages in any form that decode reads or prints; - is the standard input
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Sends only messages of this type
    #[arg(long, value_enum, value_name = "TYPE")]
    pub(crate) only: Option<Only>,
    /// Sends to this name what was sent to a unique name
    #[arg(long, value_name = "NAME")]
    pub(crate) dest: Option<String>,
    /// How fast: 1 as recorded, 2 twice as fast, max without pauses
    #[arg(long, value_name = "1|N|max", default_value = "1", value_parser = speed)]
    pub(crate) speed: Speed,
    /// How many calls wait for their replies at a time
    #[arg(long, value_name = "NUMBER", default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) in_flight: u32,
    /// Compares replies with the recorded ones
    #[arg(long)]
    pub(crate) check: bool,
    /// Sends the bytes as they are, also of invalid messages; to a --peer only
    #[arg(long, conflicts_with_all = ["dest", "check"])]
    pub(crate) raw: bool,
    /// With --raw: to a bus, too
    #[arg(long, requires = "raw")]
    pub(crate) force: bool,
}

/// Which messages are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Only {
    /// Calls
    Call,
    /// Signals
    Signal,
}

/// How fast messages are sent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Speed {
    /// So many times as fast as they were recorded.
    Times(f64),
    Max,
}

fn speed(text: &str) -> Result<Speed, String> {
    if text == "max" {
        return Ok(Speed::Max);
    }
    match text.parse() {
        Ok(times) if times > 0.0 && f64::is_finite(times) => Ok(Speed::Times(times)),
        _ => Err("neither a number above 0 nor 'max'".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_speed_is_a_factor_or_the_maximum() {
        assert_eq!(speed("max"), Ok(Speed::Max));
        assert_eq!(speed("0.5"), Ok(Speed::Times(0.5)));
        for text in ["0", "-1", "inf", "nan", "fast", ""] {
            assert!(speed(text).is_err(), "{text}");
        }
    }
}
