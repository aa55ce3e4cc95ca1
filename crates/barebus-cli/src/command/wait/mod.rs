//! `barebus wait`.

mod name;
mod property;
mod signal;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use barebus::CallError;
use barebus::wire::{DecodeBody, Message};

use crate::args::{Globals, Wait};
use crate::exit::{Exit, Failure};

pub(crate) fn run(globals: &Globals, asked: &Wait) -> Result<ExitCode, Failure> {
    let deadline = Deadline::after(globals.target.time_limit());
    match &asked.name {
        Some(name) => name::run(globals, name, asked.activate.as_ref(), deadline),
        None if asked.property => property::run(globals, &asked.words, deadline),
        None => signal::run(globals, asked),
    }
}

/// When waiting ends: `--timeout`, otherwise never.
#[derive(Clone, Copy, Debug)]
struct Deadline(Option<Instant>);

impl Deadline {
    fn after(limit: Option<Duration>) -> Self {
        // A time that the clock cannot show is never.
        Self(limit.and_then(|limit| Instant::now().checked_add(limit)))
    }

    /// The time that is left; `None`: no limit.
    fn left(self) -> Option<Duration> {
        self.0.map(|at| at.saturating_duration_since(Instant::now()))
    }

    /// The failure to see `what` before.
    fn passed(what: impl std::fmt::Display) -> Failure {
        Failure::new(Exit::NoReply, format_args!("{what} within the time limit"))
    }
}

/// The error that a reply is.
fn check(reply: &Message<'_>) -> Result<(), CallError> {
    let Some(name) = reply.header().error_name else { return Ok(()) };
    let message = reply.body::<(&str,)>().map_or("", |(text,)| text);
    Err(CallError::Remote { name: name.as_str().into(), message: message.into() })
}

/// The values of a reply, or the error that it is.
fn answer<'m, T: DecodeBody<'m>>(reply: &Message<'m>) -> Result<T, CallError> {
    check(reply)?;
    Ok(reply.body()?)
}
