//! `barebus -o gvariant monitor --signals`: what `gdbus monitor` prints.

use std::fmt::Write;
use std::process::ExitCode;

use barebus::{Bus, CallError, Connection, MatchRuleBuf, Message, SubscriptionId};
use barebus_text::{PrintError, gvariant};

use super::tell_end;
use crate::args::{Globals, Monitor};
use crate::command::open_to_watch;
use crate::exit::Failure;
use crate::render::warn;
use crate::watch::{Ahead, Flow, Left, Live, end_of, subscribe};

/// Follows the names of services, too: it says who owns them, and starts them.
pub(super) fn run(
    globals: &Globals,
    asked: &Monitor,
    rules: &[String],
) -> Result<ExitCode, Failure> {
    let mut connection = open_to_watch(&globals.target)?;
    let mut follows = Vec::new();
    let mut owners = String::new();
    let services = if connection.is_direct() { &[] } else { &*asked.services };
    for name in services {
        let what = match &asked.narrow.path {
            Some(path) => format!("on object {path}"),
            None => "from all objects".into(),
        };
        // Writing to a String does not fail.
        let _ = writeln!(owners, "Monitoring signals {what} owned by {name}");
        follows.push(follow(&mut connection, name)?);
    }
    subscribe(&mut connection, rules)?;
    for name in services {
        let owner = owner(&mut connection, name, globals.sending.auto_start)?;
        print_owner(name, owner.as_deref(), &mut owners);
    }
    let mut live = Live::new()?;
    let _ = live.out.write_str(&owners);
    let mut left = Left::of(globals);
    let stopped = live.run(&mut connection, end_of(globals), |seen, out| {
        if left.flow() == Flow::End {
            return Ok(Flow::End);
        }
        if seen.subscriptions.iter().any(|id| follows.contains(id)) {
            if let Ok((name, _, new)) = seen.message.body::<(&str, &str, &str)>() {
                print_owner(name, Some(new).filter(|new| !new.is_empty()), out);
            }
        }
        if seen.subscriptions.iter().all(|id| follows.contains(id)) {
            return Ok(Flow::Continue);
        }
        match print(seen.message, out) {
            Ok(()) => return Ok(left.one()),
            // The output tells the error itself.
            Err(PrintError::Output) => {}
            Err(error) => warn(format_args!("a signal cannot be printed: {error}")),
        }
        Ok(Flow::Continue)
    })?;
    tell_end(globals, stopped);
    Ok(ExitCode::SUCCESS)
}

/// Subscribes to changes of a name's owner.
fn follow(connection: &mut Connection, name: &str) -> Result<SubscriptionId, Failure> {
    let rule = MatchRuleBuf::signals()
        .sender("org.freedesktop.DBus")
        .interface("org.freedesktop.DBus")
        .member("NameOwnerChanged")
        .argument(0, name);
    let rule = rule.rule().map_err(Failure::usage)?;
    let tried = format!("cannot follow the owner of {name}");
    connection.subscribe(&rule).map_err(|error| Failure::call(tried, &error))
}

/// The owner of a name. If it has none, its service is started, as by gdbus.
fn owner(connection: &mut Connection, name: &str, start: bool) -> Result<Option<String>, Failure> {
    let mut bus = Bus::new(connection);
    if start && !name.starts_with(':') {
        // That there is no such service is no failure: the name may get an owner later.
        match bus.start_service_by_name(name) {
            Ok(_) | Err(CallError::Remote { .. }) => {}
            Err(error) => return Err(Failure::call(format_args!("cannot start {name}"), &error)),
        }
    }
    match bus.get_name_owner(name) {
        Ok(owner) => Ok(Some(owner)),
        Err(CallError::Remote { .. }) => Ok(None),
        Err(error) => Err(Failure::call(format_args!("GetNameOwner of {name}"), &error)),
    }
}

fn print_owner(name: &str, owner: Option<&str>, out: &mut impl Write) {
    // An output that fails tells so itself.
    let _ = match owner {
        Some(owner) => writeln!(out, "The name {name} is owned by {owner}"),
        None => writeln!(out, "The name {name} does not have an owner"),
    };
}

fn print(message: &Message<'_>, out: &mut Ahead) -> Result<(), PrintError> {
    let header = message.header();
    let path = header.path.map_or("", |path| path.as_str());
    let interface = header.interface.map_or("", |name| name.as_str());
    let member = header.member.map_or("", |name| name.as_str());
    let mut body = String::new();
    gvariant::print(message, &mut body)?;
    writeln!(out, "{path}: {interface}.{member} {body}")?;
    Ok(())
}
