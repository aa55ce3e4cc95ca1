//! `barebus wait [SERVICE] OBJECT INTERFACE SIGNAL`.

use std::process::ExitCode;
use std::time::Instant;

use barebus::MatchRuleBuf;

use crate::args::{Globals, Wait};
use crate::command::{message, open};
use crate::exit::{Exit, Failure};
use crate::render::put_as;
use crate::watch::{Flow, Left, end_of};

pub(super) fn run(globals: &Globals, asked: &Wait) -> Result<ExitCode, Failure> {
    let form = globals.format.values()?;
    let (service, [path, interface, member]) = match asked.words.as_slice() {
        [path, interface, member] => (None, [path, interface, member]),
        [service, path, interface, member] => (Some(service), [path, interface, member]),
        _ => return Err(Failure::usage("wait needs an object, an interface and a signal")),
    };
    message::path(path)?;
    message::interface(interface)?;
    message::member(member)?;
    let mut rule = MatchRuleBuf::signals().path(path).interface(interface).member(member);
    // On a direct connection a name has no meaning.
    if let Some(service) = service.filter(|_| !globals.target.is_peer()) {
        rule = rule.sender(message::destination(service)?.as_str());
    }
    let rule = rule.rule().map_err(Failure::usage)?;
    let tried = format!("waiting for {interface}.{member} of {path}");
    let mut connection = open(&globals.target)?;
    let until = end_of(globals);
    let failed = |error| Failure::call(&tried, &error);
    let subscription = connection.subscribe(&rule).map_err(failed)?;
    let mut left = match globals.selection.limit_messages {
        Some(_) => Left::of(globals),
        None => Left::new(1),
    };
    let mut text = String::new();
    while left.flow() == Flow::Continue {
        let time = until.map(|until| until.saturating_duration_since(Instant::now()));
        let Some(signal) = connection.next_signal(subscription, time).map_err(failed)? else {
            let limit = globals.target.time_limit().unwrap_or_default().as_secs_f64();
            let what = format!("{tried}: it was not sent within {limit} s");
            return Err(Failure::new(Exit::NoReply, what));
        };
        if !globals.format.quiet {
            text.clear();
            form.print(signal.message(), &mut text).map_err(|error| {
                let what = format!("{tried}: the signal cannot be printed: {error}");
                Failure::new(Exit::Refused, what)
            })?;
            put_as(&text, form)?;
        }
        left.one();
    }
    Ok(ExitCode::SUCCESS)
}
