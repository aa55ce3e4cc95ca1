//! Counts what a conversation takes: instructions, allocations and system calls of a call; reads of many signals; reads and
//! writes from connecting to the first answer.
//!
//! ```text
//! cargo run --release -p barebus-benches --bin conversation [-- [--tsv] canned|daemon|broker...]
//! ```
//!
//! It needs valgrind and strace; dbus-broker runs in a box and needs root. A target that is missed makes the exit code 1;
//! something that cannot be counted, 2.
#![allow(
    clippy::unwrap_used,
    reason = "a measurement that fails has nothing to print: it must stop the run"
)]

#[path = "../allocations.rs"]
mod allocations;
mod call;
mod opening;
mod signals;
mod trace;

use std::env;
use std::process::ExitCode;

use barebus_benches::peers::servers::{Server, serve_if_asked};
use barebus_benches::report::Report;

/// A figure, and the most that it may be.
struct Figure {
    what: String,
    count: f64,
    most: f64,
}

impl Figure {
    fn new(what: impl Into<String>, count: impl Into<f64>, most: impl Into<f64>) -> Self {
        Self { what: what.into(), count: count.into(), most: most.into() }
    }
}

fn main() -> ExitCode {
    if let Some(served) = serve_if_asked() {
        return ExitCode::from(u8::from(served.is_err()));
    }
    let mut arguments: Vec<String> = env::args().skip(1).collect();
    match *arguments.iter().map(String::as_str).collect::<Vec<_>>() {
        [call::CALLS, address, count] => return call::make(address, count.parse().unwrap()),
        [opening::OPEN, address] => return opening::open(address),
        [signals::SIGNALS, address] => return signals::take(address),
        _ => {}
    }
    let report = Report::new(&mut arguments);
    report.line(format_args!("{:<64} {:>8} {:>8}", "", "counted", "target"));
    let mut missed = false;
    for (name, start, count) in GROUPS {
        if !arguments.is_empty() && !arguments.iter().any(|wanted| wanted == name) {
            continue;
        }
        let figures = match start().and_then(|server| count(&server)) {
            Ok(figures) => figures,
            Err(error) => {
                eprintln!("{name}: {error}");
                return ExitCode::from(2);
            }
        };
        for Figure { what, count, most } in figures {
            let is_missed = count > most;
            missed |= is_missed;
            let verdict = if is_missed { "MISSED" } else { "" };
            let what = format!("{name}: {what}");
            report.figure(["conversation", &what, "counted"], count, "");
            report.figure(["conversation", &what, "target"], most, "");
            report.line(format_args!("{what:<64} {count:>8} {most:>8} {verdict}"));
        }
    }
    ExitCode::from(u8::from(missed))
}

type Start = fn() -> Result<Server, String>;
type Count = fn(&Server) -> Result<Vec<Figure>, String>;

const GROUPS: &[(&str, Start, Count)] = &[
    ("canned", Server::canned, |server| {
        let mut figures = call::figures(&server.address)?;
        figures.extend(signals::figures(&server.address)?);
        Ok(figures)
    }),
    ("daemon", Server::daemon, opening::figures),
    ("broker", Server::broker, opening::figures),
];
