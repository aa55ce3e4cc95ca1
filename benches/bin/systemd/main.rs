//! Counts what systemd's typed layer costs: the compiler, of its definitions; the client and PID 1, of a list of 10,000 units.
//!
//! ```text
//! cargo run --release -p barebus-benches --bin systemd [-- definitions|list...]
//! ```
//!
//! The list needs valgrind, and root for its box. A target that is missed makes the exit code 1; something that cannot be
//! counted, 2.
#![allow(
    clippy::unwrap_used,
    reason = "a measurement that fails has nothing to print: it must stop the run"
)]

mod definitions;
mod list;

use std::env;
use std::process::ExitCode;

/// A figure, and the most that it may be.
struct Figure {
    what: String,
    count: f64,
    most: Option<f64>,
}

impl Figure {
    fn new(what: impl Into<String>, count: impl Into<f64>, most: impl Into<f64>) -> Self {
        Self { what: what.into(), count: count.into(), most: Some(most.into()) }
    }
}

fn main() -> ExitCode {
    if let Some(code) = definitions::compile_if_asked() {
        return code;
    }
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let [list::TAKE, way, address, count] =
        *arguments.iter().map(String::as_str).collect::<Vec<_>>()
    {
        return list::take(way, address, count.parse().unwrap());
    }
    println!("{:<64} {:>8} {:>8}", "", "counted", "target");
    let mut missed = false;
    for (name, figures) in GROUPS {
        if !arguments.is_empty() && !arguments.iter().any(|wanted| wanted == name) {
            continue;
        }
        let figures = match figures() {
            Ok(figures) => figures,
            Err(error) => {
                eprintln!("{name}: {error}");
                return ExitCode::from(2);
            }
        };
        for Figure { what, count, most } in figures {
            let is_missed = most.is_some_and(|most| count > most);
            missed |= is_missed;
            let verdict = if is_missed { "MISSED" } else { "" };
            let most = most.map_or("-".into(), |most| most.to_string());
            println!("{:<64} {count:>8.2} {most:>8} {verdict}", format!("{name}: {what}"));
        }
    }
    ExitCode::from(u8::from(missed))
}

type Group = (&'static str, fn() -> Result<Vec<Figure>, String>);

const GROUPS: &[Group] = &[("definitions", definitions::figures), ("list", list::figures)];
