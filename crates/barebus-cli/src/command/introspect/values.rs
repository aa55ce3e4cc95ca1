//! Reads the current values of properties.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use barebus::{
    BusName, CallError, Connection, Dict, InterfaceName, MemberName, MethodCall, ObjectPath, Reply,
    Variant,
};
use barebus_codegen::introspection::{Interface, MemberKind};
use barebus_text::{PrintError, busctl, check_fd_indices};

use crate::exit::{Exit, Failure, Failures};

const PROPERTIES: InterfaceName<'static> =
    InterfaceName::from_static("org.freedesktop.DBus.Properties");
const GET: MemberName<'static> = MemberName::from_static("Get");
const GET_ALL: MemberName<'static> = MemberName::from_static("GetAll");

/// Printed values by the names of their properties.
pub(super) type Values<'i> = HashMap<&'i str, String>;

/// Reads the values of an object's properties, one interface after the other.
pub(super) struct ValueReader<'c, 'n> {
    connection: &'c mut Connection,
    to: Option<BusName<'n>>,
    at: ObjectPath<'n>,
    timeout: Option<Duration>,
    /// Cleared by the first reply that times out: each further call would wait as long.
    answers: bool,
}

impl<'c, 'n> ValueReader<'c, 'n> {
    pub(super) fn new(
        connection: &'c mut Connection,
        to: Option<BusName<'n>>,
        at: ObjectPath<'n>,
        timeout: Option<Duration>,
    ) -> Self {
        Self { connection, to, at, timeout, answers: true }
    }

    /// Reads the values of an interface with `GetAll`. If that fails, prints the error and reads each property with `Get`.
    ///
    /// A property that a successful `GetAll` leaves out has no value. Spec: org.freedesktop.DBus.Properties.GetAll.
    pub(super) fn read<'i>(
        &mut self,
        interface: &'i Interface,
        failures: &mut Failures,
    ) -> Values<'i> {
        let properties = interface.members_of(MemberKind::Property);
        let readable = properties.filter(|property| property.is_readable());
        let names: Vec<&str> = readable.map(|property| &*property.name).collect();
        if names.is_empty() || !self.answers {
            return Values::new();
        }
        match self.get_all(&interface.name, &names) {
            Ok(values) => values,
            Err(failure) => {
                self.tell(failure, failures);
                self.get_each(&interface.name, &names, failures)
            }
        }
    }

    fn get_all<'i>(&mut self, interface: &str, names: &[&'i str]) -> Result<Values<'i>, Failure> {
        let tried = format!("cannot read the properties of {interface}");
        let call = self.call(GET_ALL);
        let reply = self.connection.call(&call, &(interface,));
        let reply = reply.map_err(|error| Failure::call(&tried, &error))?;
        print_all(&reply, names).map_err(|error| {
            let what = format_args!("{tried}: the reply to GetAll is unusable: {error}");
            Failure::new(Exit::Refused, what)
        })
    }

    /// Reads each property with `Get`.
    fn get_each<'i>(
        &mut self,
        interface: &str,
        names: &[&'i str],
        failures: &mut Failures,
    ) -> Values<'i> {
        let mut values = Values::new();
        let mut refused = Refused::default();
        for names in names.chunks(CALLS_AT_ONCE) {
            if !self.answers {
                break;
            }
            let calls: Vec<_> =
                names.iter().map(|name| (self.call(GET), (interface, *name))).collect();
            let got = self.connection.call_all(&calls, |index, reply| {
                let name = names.get(index).copied().unwrap_or_default();
                let reply = match reply {
                    Err(error @ CallError::NoReply(_)) => return Err(error),
                    reply => reply,
                };
                match print_one(reply) {
                    Ok(text) => drop(values.insert(name, text)),
                    Err(why) => refused.add(name, why),
                }
                Ok(())
            });
            if let Err(error) = got {
                let tried = format_args!("cannot read the properties of {interface}");
                self.tell(Failure::call(tried, &error), failures);
            }
        }
        refused.tell(interface, failures);
        values
    }

    fn call(&self, member: MemberName<'static>) -> MethodCall<'n> {
        let mut call = MethodCall::checked(self.at, member).interface(PROPERTIES);
        call.destination = self.to;
        call
    }

    fn tell(&mut self, failure: Failure, failures: &mut Failures) {
        self.answers &= failure.exit == Exit::Refused;
        failures.tell(&failure.after(self.timeout));
    }
}

/// Maximum number of outstanding calls: half of what dbus-daemon allows on the system bus (max_replies_per_connection, 128).
const CALLS_AT_ONCE: usize = 64;

/// Prints the values in the reply to `GetAll` that have one of `names`.
fn print_all<'i>(reply: &Reply<'_>, names: &[&'i str]) -> Result<Values<'i>, String> {
    check_fd_indices(reply.message()).map_err(|error| error.to_string())?;
    let (all,): (Dict<'_, &str, Variant<'_>>,) = reply.body().map_err(|error| error.to_string())?;
    let names: HashSet<&str> = names.iter().copied().collect();
    let mut values = Values::new();
    for entry in all {
        let (name, value) = entry.map_err(|error| error.to_string())?;
        if let Some(name) = names.get(name) {
            values.insert(name, print(&value).map_err(|error| error.to_string())?);
        }
    }
    Ok(values)
}

/// Prints the value in the reply to `Get`.
fn print_one(reply: Result<Reply<'_>, CallError>) -> Result<String, String> {
    let reply = reply.map_err(|error| error.to_string())?;
    check_fd_indices(reply.message()).map_err(|error| error.to_string())?;
    let (value,): (Variant<'_>,) = reply.body().map_err(|error| error.to_string())?;
    print(&value).map_err(|error| error.to_string())
}

/// Prints a value without its signature, which has its own column.
fn print(value: &Variant<'_>) -> Result<String, PrintError> {
    let mut text = String::new();
    busctl::print(value, &mut text)?;
    let behind = value.signature().as_str().len() + 1;
    Ok(text.get(behind..).unwrap_or_default().to_owned())
}

/// Properties that could not be read, grouped by reason.
#[derive(Debug, Default)]
struct Refused<'i> {
    /// `reasons.len() <= REASONS_MAX`
    reasons: Vec<(String, Vec<&'i str>)>,
    /// Number of properties with further reasons.
    more: usize,
}

impl<'i> Refused<'i> {
    fn add(&mut self, name: &'i str, why: String) {
        let has_room = self.reasons.len() < REASONS_MAX;
        match self.reasons.iter_mut().find(|(known, _)| *known == why) {
            Some((_, names)) => names.push(name),
            None if has_room => self.reasons.push((why, vec![name])),
            None => self.more += 1,
        }
    }

    fn tell(&self, interface: &str, failures: &mut Failures) {
        for (why, names) in &self.reasons {
            let shown = names.get(..NAMES_MAX).unwrap_or(names).join(", ");
            let more = match names.len().saturating_sub(NAMES_MAX) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            let what = format_args!("cannot read {shown}{more} of {interface}: {why}");
            failures.tell(&Failure::new(Exit::Refused, what));
        }
        if self.more > 0 {
            let what = format_args!("cannot read {} more properties of {interface}", self.more);
            failures.tell(&Failure::new(Exit::Refused, what));
        }
    }
}

/// An object can have any number of properties with different reasons, so only this many reasons and names are printed.
const REASONS_MAX: usize = 10;
const NAMES_MAX: usize = 10;
