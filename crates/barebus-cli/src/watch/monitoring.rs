//! Connections that see messages of others.

use barebus::{CallError, Connection, Event, Message};

use super::ended;
use super::rules::parsed;
use crate::exit::{Exit, Failure};

/// Makes the connection a monitor, and waits until it is one: until the bus has taken its unique name away. What it receives before is
/// about itself.
///
/// # Errors
/// A direct connection; the bus refuses.
pub(crate) fn become_monitor(connection: &mut Connection, rules: &[String]) -> Result<(), Failure> {
    if connection.is_direct() {
        let why = "there is no bus, and nobody else's messages; try monitor --signals";
        return Err(Failure::usage(format_args!("cannot monitor a peer: {why}")));
    }
    let rules = parsed(rules)?;
    connection.become_monitor(&rules).map_err(|error| {
        let address = connection.address();
        let failure = Failure::call(format_args!("BecomeMonitor of the bus at {address}"), &error);
        match &error {
            CallError::Remote { .. } => {
                let what = format!(
                    "the bus refuses monitoring: {}; try monitor --signals, which needs no rights",
                    failure.what
                );
                Failure::new(failure.exit, what)
            }
            _ => failure,
        }
    })?;
    let ours = connection.unique_name().unwrap_or_default().to_owned();
    let timeout = connection.call_timeout();
    loop {
        match connection.next_event(timeout).map_err(|error| ended(&error))? {
            Some(Event::Monitored(received)) if is_loss(&received.message, &ours) => return Ok(()),
            Some(_) => {}
            None => {
                let what = format!("the bus has not told that {ours} is a monitor now");
                return Err(Failure::new(Exit::NoReply, what));
            }
        }
    }
}

/// Whether the bus tells `name` that it has lost its own name.
fn is_loss(message: &Message<'_>, name: &str) -> bool {
    let header = message.header();
    header.member.is_some_and(|member| member == "NameLost")
        && header.interface.is_some_and(|interface| interface == "org.freedesktop.DBus")
        && message.first_argument::<&str>().is_ok_and(|lost| lost == name)
}

/// Subscribes to signals by each of the rules.
///
/// # Errors
/// There is no connection; the bus refuses a rule.
pub(crate) fn subscribe(connection: &mut Connection, rules: &[String]) -> Result<(), Failure> {
    for rule in parsed(rules)? {
        let subscribed = connection.subscribe(&rule);
        subscribed
            .map_err(|error| Failure::call(format_args!("cannot subscribe to {rule}"), &error))?;
    }
    // A peer knows nothing of subscriptions, so nothing was written so far.
    connection.establish().map_err(|error| ended(&error))
}
