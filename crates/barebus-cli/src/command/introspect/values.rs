//! Reads the current values of properties.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use barebus::{
    BusName, CallError, CallId, Connection, Dict, InterfaceName, MemberName, MethodCall,
    ObjectPath, Reply, Variant,
};
use barebus_codegen::introspection::{Document, Interface, Member, MemberKind};
use barebus_text::{PrintError, busctl, check_fd_indices};

use crate::command::property::CALLS_AT_ONCE;
use crate::exit::{Exit, Failure, Failures};
use crate::render::warn;

const PROPERTIES: InterfaceName<'static> =
    InterfaceName::from_static("org.freedesktop.DBus.Properties");
const GET: MemberName<'static> = MemberName::from_static("Get");
const GET_ALL: MemberName<'static> = MemberName::from_static("GetAll");

/// Printed values, with their types, by the names of interface and property.
#[derive(Debug, Default)]
pub(super) struct Values<'d>(HashMap<(&'d str, &'d str), Printed>);

#[derive(Debug)]
struct Printed {
    signature: String,
    text: String,
}

impl Values<'_> {
    /// The value of a property. One of another type than was declared does not count.
    pub(super) fn get<'v>(
        &'v self,
        interface: &'v Interface,
        property: &'v Member,
    ) -> Option<&'v str> {
        let value = self.0.get(&(&*interface.name, &*property.name))?;
        (value.signature == property.property_type).then_some(&*value.text)
    }

    /// The value of a property, whatever its type.
    pub(super) fn any<'v>(
        &'v self,
        interface: &'v Interface,
        property: &'v Member,
    ) -> Option<&'v str> {
        self.0.get(&(&*interface.name, &*property.name)).map(|value| &*value.text)
    }

    /// All values, whatever their types, by the names of interface and property.
    pub(super) fn into_texts(self) -> HashMap<(String, String), String> {
        let text = |((interface, name), value): ((&str, &str), Printed)| {
            ((interface.to_owned(), name.to_owned()), value.text)
        };
        self.0.into_iter().map(text).collect()
    }
}

/// Reads the values of an object's properties, of all interfaces at once.
pub(super) struct ValueReader<'c, 'n> {
    connection: &'c mut Connection,
    to: Option<BusName<'n>>,
    at: ObjectPath<'n>,
    timeout: Option<Duration>,
    print: Print,
    /// The interface that was asked for before the introspection data had arrived.
    early: Option<(&'n str, CallId)>,
    /// Cleared by the first reply that times out: each further call would wait as long.
    answers: bool,
}

impl<'c, 'n> ValueReader<'c, 'n> {
    pub(super) fn new(
        connection: &'c mut Connection,
        to: Option<BusName<'n>>,
        at: ObjectPath<'n>,
        timeout: Option<Duration>,
        print: Print,
    ) -> Self {
        Self { connection, to, at, timeout, print, early: None, answers: true }
    }

    pub(super) fn connection(&mut self) -> &mut Connection {
        self.connection
    }

    /// Asks for the values of an interface that is likely to have properties.
    pub(super) fn ask(&mut self, interface: &'n str) -> Result<(), Failure> {
        let asked = self.start(interface);
        let asked = asked.map_err(|error| Failure::call(cannot_read(interface), &error))?;
        self.early = Some((interface, asked));
        Ok(())
    }

    fn start(&mut self, interface: &str) -> Result<CallId, CallError> {
        let call = self.call(GET_ALL);
        self.connection.start_call(&call, &(interface,), Vec::new())
    }

    /// Reads the values of all interfaces, or of `only` one, with `GetAll`. If that fails, prints the error and reads each property with
    /// `Get`.
    ///
    /// A property that a successful `GetAll` leaves out has no value. Spec: org.freedesktop.DBus.Properties.GetAll.
    pub(super) fn read<'d>(
        mut self,
        document: &'d Document,
        only: Option<&str>,
        failures: &mut Failures,
    ) -> Values<'d> {
        let mut values = Values::default();
        let interfaces = with_properties(document, only);
        for interfaces in interfaces.chunks(INTERFACES_AT_ONCE) {
            if !self.answers {
                break;
            }
            let mut asked = Vec::with_capacity(interfaces.len());
            for (interface, _) in interfaces {
                let early = self.early.take_if(|(early, _)| early == interface);
                asked.push(early.map_or_else(|| self.start(interface), |(_, asked)| Ok(asked)));
            }
            for ((interface, properties), asked) in interfaces.iter().zip(asked) {
                match asked {
                    Ok(asked) if !self.answers => self.connection.forget(asked),
                    Err(_) if !self.answers => {}
                    asked => {
                        self.read_one(interface, properties, asked, &mut values, failures);
                    }
                }
            }
        }
        if let Some((_, asked)) = self.early {
            self.connection.forget(asked);
        }
        warn_of_types(&interfaces, &values);
        values
    }

    fn read_one<'d>(
        &mut self,
        interface: &'d str,
        properties: &[&'d Member],
        asked: Result<CallId, CallError>,
        values: &mut Values<'d>,
        failures: &mut Failures,
    ) {
        match self.get_all(interface, properties, asked, values) {
            Ok(()) => {}
            Err(failure) => {
                self.tell(failure, failures);
                self.get_each(interface, properties, values, failures);
            }
        }
    }

    fn get_all<'d>(
        &mut self,
        interface: &'d str,
        properties: &[&'d Member],
        asked: Result<CallId, CallError>,
        values: &mut Values<'d>,
    ) -> Result<(), Failure> {
        let tried = cannot_read(interface);
        let reply = asked.and_then(|asked| self.connection.wait(asked));
        let reply = reply.map_err(|error| Failure::call(&tried, &error))?;
        print_all(&reply, interface, properties, self.print, values).map_err(|error| {
            let what = format!("{tried}: the reply to GetAll is unusable: {error}");
            Failure::new(Exit::Refused, what)
        })
    }

    /// Reads each property with `Get`.
    fn get_each<'d>(
        &mut self,
        interface: &'d str,
        properties: &[&'d Member],
        values: &mut Values<'d>,
        failures: &mut Failures,
    ) {
        let readable = properties.iter().filter(|property| property.is_readable());
        let names: Vec<&str> = readable.map(|property| &*property.name).collect();
        let mut refused = Refused::default();
        let print = self.print;
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
                match print_one(reply, print) {
                    Ok(printed) => drop(values.0.insert((interface, name), printed)),
                    Err(why) => refused.add(name, why),
                }
                Ok(())
            });
            if let Err(error) = got {
                self.tell(Failure::call(cannot_read(interface), &error), failures);
            }
        }
        refused.tell(interface, failures);
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

fn cannot_read(interface: &str) -> String {
    format!("cannot read the properties of {interface}")
}

/// With the calls that a refused `GetAll` leads to, it is less than what dbus-daemon allows on the system bus
/// (max_replies_per_connection, 128).
const INTERFACES_AT_ONCE: usize = 32;

/// The interfaces that have properties, by name: a broken document may have an interface twice.
fn with_properties<'d>(
    document: &'d Document,
    only: Option<&str>,
) -> Vec<(&'d str, Vec<&'d Member>)> {
    let mut interfaces: Vec<(&str, Vec<&Member>)> = Vec::new();
    let mut places = HashMap::new();
    for interface in &document.node.interfaces {
        let mut properties = interface.members_of(MemberKind::Property).peekable();
        if properties.peek().is_none() || only.is_some_and(|only| only != interface.name) {
            continue;
        }
        let place = *places.entry(&*interface.name).or_insert_with(|| {
            interfaces.push((&interface.name, Vec::new()));
            interfaces.len() - 1
        });
        if let Some((_, known)) = interfaces.get_mut(place) {
            known.extend(properties);
        }
    }
    interfaces
}

/// Warns of values that are not of the type that the introspection data declares.
fn warn_of_types(interfaces: &[(&str, Vec<&Member>)], values: &Values<'_>) {
    let mut wrong = Vec::new();
    for (interface, properties) in interfaces {
        // A broken document may declare a property twice, with two types.
        let types = properties.iter().map(|it| (&*it.name, &*it.property_type));
        let declared: HashSet<(&str, &str)> = types.collect();
        for property in properties {
            let Some(value) = values.0.get(&(*interface, &*property.name)) else { continue };
            if !declared.contains(&(&*property.name, &*value.signature)) {
                wrong.push((interface, property, &value.signature));
            }
        }
    }
    for (interface, property, found) in wrong.iter().take(REASONS_MAX) {
        let (name, declared) = (&property.name, &property.property_type);
        warn(format_args!(
            "{interface}.{name} is declared as '{declared}', but its value is of type '{found}'"
        ));
    }
    if let Some(more @ 1..) = wrong.len().checked_sub(REASONS_MAX) {
        warn(format_args!("{more} more values are not of their declared types"));
    }
}

/// Prints the values in the reply to `GetAll` that introspection data mentions.
fn print_all<'d>(
    reply: &Reply<'_>,
    interface: &'d str,
    properties: &[&'d Member],
    print: Print,
    values: &mut Values<'d>,
) -> Result<(), String> {
    check_fd_indices(reply.message()).map_err(|error| error.to_string())?;
    let (all,): (Dict<'_, &str, Variant<'_>>,) = reply.body().map_err(|error| error.to_string())?;
    let names: HashSet<&str> = properties.iter().map(|property| &*property.name).collect();
    for entry in all {
        let (name, value) = entry.map_err(|error| error.to_string())?;
        if let Some(name) = names.get(name) {
            let printed = Printed::new(&value, print).map_err(|error| error.to_string())?;
            values.0.insert((interface, name), printed);
        }
    }
    Ok(())
}

/// Prints the value in the reply to `Get`.
fn print_one(reply: Result<Reply<'_>, CallError>, print: Print) -> Result<Printed, String> {
    let reply = reply.map_err(|error| error.to_string())?;
    check_fd_indices(reply.message()).map_err(|error| error.to_string())?;
    let (value,): (Variant<'_>,) = reply.body().map_err(|error| error.to_string())?;
    Printed::new(&value, print).map_err(|error| error.to_string())
}

impl Printed {
    fn new(value: &Variant<'_>, print: Print) -> Result<Self, PrintError> {
        Ok(Self { signature: value.signature().as_str().to_owned(), text: print(value)? })
    }
}

/// How a value is printed.
pub(super) type Print = fn(&Variant<'_>) -> Result<String, PrintError>;

/// Prints a value in busctl's form without its signature, which has its own column.
pub(super) fn in_words(value: &Variant<'_>) -> Result<String, PrintError> {
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
            let what = format!("cannot read {shown}{more} of {interface}: {why}");
            failures.tell(&Failure::new(Exit::Refused, what));
        }
        if self.more > 0 {
            let what = format!("cannot read {} more properties of {interface}", self.more);
            failures.tell(&Failure::new(Exit::Refused, what));
        }
    }
}

/// An object can have any number of properties with different reasons, so only this many reasons and names are printed.
const REASONS_MAX: usize = 10;
const NAMES_MAX: usize = 10;
