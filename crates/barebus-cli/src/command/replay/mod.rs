//! `barebus replay`.

mod check;
mod paced;
mod raw;
mod report;
mod send;

use std::process::ExitCode;
use std::time::Duration;

use crate::args::{Form, Globals, Replay};
use crate::exit::Failure;

pub(crate) fn run(globals: &Globals, asked: &Replay) -> Result<ExitCode, Failure> {
    let is_json = globals.format.form(&[Form::Text, Form::Json])?.is_json();
    if asked.raw && !globals.target.is_peer() && !asked.force {
        let why = "a bus ends connections that send invalid messages; use --peer, or --force";
        return Err(Failure::usage(format_args!("cannot send raw messages to a bus: {why}")));
    }
    let (report, live) = match asked.raw {
        true => raw::run(globals, asked)?,
        false => send::run(globals, asked)?,
    };
    let mut text = String::new();
    match is_json {
        true => report.print_json(&mut text),
        false => {
            report.print(asked.check, &mut text);
            let is_tried = globals.target.is_peer() || asked.raw;
            report.print_end(is_tried, &mut text);
        }
    }
    live.finish(&text)?;
    Ok(report.exit())
}

/// Why nothing more is sent.
enum Stop {
    HungUp(String),
    Interrupted,
    Failed(Failure),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// How long to wait before writing again into a socket that was full: nothing tells when it is writable again.
const WRITE_AGAIN: Duration = Duration::from_millis(1);
