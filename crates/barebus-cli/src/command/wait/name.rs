//! `barebus wait --name`, as `gdbus wait`.

use std::process::ExitCode;

use barebus::{BusName, CallError, CallId, Descriptor, Event, MatchRuleBuf};

use super::{Deadline, answer, check};
use crate::args::Globals;
use crate::command::list::{BUS, bus_call};
use crate::command::message::destination;
use crate::command::open;
use crate::exit::Failure;
use crate::render::warn;

/// Waits until `name` has an owner. `activate`: a service that is started before; `Some(None)` is the one that is waited for.
pub(super) fn run(
    globals: &Globals,
    name: &str,
    activate: Option<&Option<String>>,
    deadline: Deadline,
) -> Result<ExitCode, Failure> {
    if globals.target.is_peer() {
        return Err(Failure::usage("cannot wait for a name of a peer: only a bus has names"));
    }
    well_known(name)?;
    let started = activate.map(|started| started.as_deref().unwrap_or(name));
    if let Some(started) = started {
        well_known(started)?;
    }
    let tried = format!("waiting for {name}");
    let failed = |error| Failure::call(&tried, &error);
    let mut bus = open(&globals.target)?;

    // All in one write. The bus handles them in this order, so no change is missed between the rule and the answer.
    let rule = MatchRuleBuf::signals()
        .sender(BUS)
        .path("/org/freedesktop/DBus")
        .interface(BUS)
        .member("NameOwnerChanged")
        .argument(0, name);
    let rule = rule.rule().map_err(Failure::usage)?;
    let _changes = bus.start_signals(&rule).map_err(failed)?;
    let asked = bus.start_call(&bus_call("NameHasOwner"), &(name,), Vec::new()).map_err(failed)?;
    // A service may take any time to start. Ours is limited by the deadline.
    bus.set_call_timeout(None);
    let starting = match started {
        Some(started) => {
            let call = bus
                .start_call(&bus_call("StartServiceByName"), &(started, 0_u32), Vec::new())
                .map_err(failed)?;
            Some((call, started))
        }
        None => None,
    };
    loop {
        let event = bus.next_event(deadline.left()).map_err(|error| failed(error.into()))?;
        let Some(event) = event else {
            return Err(Deadline::passed(format_args!("nobody owns {name}")));
        };
        if has_owner(name, event, asked, starting).map_err(failed)? {
            return Ok(ExitCode::SUCCESS);
        }
    }
}

/// Whether `event` says that `name` has an owner. `asked` is the question for it, `starting` the call that starts a service, with its name.
fn has_owner(
    name: &str,
    event: Event<'_, Descriptor>,
    asked: CallId,
    starting: Option<(CallId, &str)>,
) -> Result<bool, CallError> {
    match event {
        Event::Signal { signal, .. } => Ok(signal
            .message
            .body::<(&str, &str, &str)>()
            .is_ok_and(|(changed, _, owner)| changed == name && !owner.is_empty())),
        Event::Reply { call, reply } if call == asked => Ok(answer::<(bool,)>(&reply.message)?.0),
        Event::Reply { call, reply } => {
            // Somebody else may take the name, so waiting goes on.
            let started = starting.filter(|(it, _)| *it == call).map_or("", |(_, name)| name);
            if let Err(error) = check(&reply.message) {
                warn(Failure::call(format_args!("cannot start {started}"), &error).what);
            }
            Ok(false)
        }
        Event::NoReply { call, reason } if call == asked => Err(CallError::NoReply(reason)),
        Event::NotSubscribed { .. } => Err(CallError::NotSubscribed),
        _ => Ok(false),
    }
}

fn well_known(name: &str) -> Result<BusName<'_>, Failure> {
    if name.starts_with(':') {
        let why = "it is a unique name, which nobody can take";
        return Err(Failure::usage(format_args!("cannot wait for '{name}': {why}")));
    }
    destination(name)
}
