//! `barebus wait --property`.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use barebus::definition::Emits;
use barebus::wire::{Endian, Message};
use barebus::{
    BusName, CallError, CallId, Connection, Event, InterfaceName, MatchRuleBuf, MemberName,
    MethodCall, ObjectPath, PropertiesChanged, Variant,
};
use barebus_codegen::introspection::{self, MemberKind};
use barebus_text::Form;
use barebus_text::arguments::{Notation, Parameter, Prototype, Value};
use barebus_text::json;

use super::{Deadline, answer};
use crate::args::Globals;
use crate::command::message::{interface, path, to};
use crate::command::open;
use crate::exit::{Exit, Failure};
use crate::written;

/// Waits until a property has a value. `words`: the service, the object, the interface, and `PROPERTY=VALUE`.
pub(super) fn run(
    globals: &Globals,
    words: &[String],
    deadline: Deadline,
) -> Result<ExitCode, Failure> {
    let ([service, object, of, condition], Some((name, text))) =
        (words, words.last().and_then(|condition| condition.split_once('=')))
    else {
        return Err(Failure::usage(
            "--property needs SERVICE OBJECT INTERFACE PROPERTY=VALUE; see 'barebus wait --help'",
        ));
    };
    let asked = Property {
        to: to(&globals.target, service)?,
        at: path(object)?,
        interface: interface(of)?,
        name,
    };
    let notation = match globals.format.values()? {
        Form::GVariant => Notation::GVariant,
        _ => Notation::Json,
    };
    let wanted = Wanted { name, text: written::value_of(text, notation)?, notation, known: None };
    let tried = format!("waiting for {condition} in {of} of {object} of {service}");
    let mut bus = open(&globals.target)?;
    let watch = Watch::start(&mut bus, asked).map_err(|error| Failure::call(&tried, &error))?;
    watch.run(&mut bus, wanted, &tried, deadline)
}

/// The property that is watched.
struct Property<'a> {
    /// `None` without a bus.
    to: Option<BusName<'a>>,
    at: ObjectPath<'a>,
    interface: InterfaceName<'a>,
    name: &'a str,
}

impl Property<'_> {
    /// Asks for the value.
    fn get(&self, bus: &mut Connection) -> Result<CallId, CallError> {
        let mut call = MethodCall::checked(self.at, GET).interface(PROPERTIES);
        call.destination = self.to;
        bus.start_call(&call, &(self.interface.as_str(), self.name), Vec::new())
    }
}

/// A property, and what was asked about it.
struct Watch<'a> {
    property: Property<'a>,
    /// The question for the value that has no answer yet.
    value: Option<CallId>,
    /// When the last answer came.
    answered: Option<Instant>,
    /// The value may have changed since the question was sent.
    is_stale: bool,
    /// The question how changes are told.
    description: CallId,
    emits: Emits,
    /// Dropped with the watch: the subscriptions end.
    _signals: Vec<barebus::Signals>,
}

impl<'a> Watch<'a> {
    /// Subscribes and asks, all in one write. Signals are subscribed to first, so no change is missed.
    fn start(bus: &mut Connection, property: Property<'a>) -> Result<Self, CallError> {
        let mut changes = MatchRuleBuf::signals()
            .path(property.at)
            .interface(PROPERTIES)
            .member("PropertiesChanged")
            .argument(0, property.interface.as_str());
        if let Some(to) = property.to {
            changes = changes.sender(to);
        }
        let mut signals = vec![bus.start_signals(&changes.rule().map_err(CallError::Rule)?)?];
        // What starts anew may have another value.
        if let Some(to) = property.to.filter(|to| !to.as_str().starts_with(':')) {
            let owners = MatchRuleBuf::signals()
                .sender("org.freedesktop.DBus")
                .interface("org.freedesktop.DBus")
                .member("NameOwnerChanged")
                .argument(0, to.as_str());
            signals.push(bus.start_signals(&owners.rule().map_err(CallError::Rule)?)?);
        }
        let value = property.get(bus)?;
        let description = crate::introspection::start(bus, property.to, property.at)?;
        Ok(Self {
            property,
            value: Some(value),
            answered: None,
            is_stale: false,
            description,
            emits: Emits::Value,
            _signals: signals,
        })
    }

    fn run(
        mut self,
        bus: &mut Connection,
        mut wanted: Wanted<'_>,
        tried: &str,
        deadline: Deadline,
    ) -> Result<ExitCode, Failure> {
        let failed = |error| Failure::call(tried, &error);
        loop {
            if self.must_ask() {
                self.value = Some(self.property.get(bus).map_err(failed)?);
                self.is_stale = false;
            }
            let left = [deadline.left(), self.pause()].into_iter().flatten().min();
            let event = bus.next_event(left).map_err(|error| failed(error.into()))?;
            let is_met = match event {
                None => false,
                Some(Event::Signal { signal, .. }) => self.signal(&signal.message, &mut wanted)?,
                Some(Event::Reply { call, reply }) if self.value == Some(call) => {
                    self.value = None;
                    let is_first = self.answered.replace(Instant::now()).is_none();
                    match answer::<(Variant<'_>,)>(&reply.message) {
                        Ok((value,)) => wanted.is(&value)?,
                        // Later it may be about to start anew.
                        Err(error @ CallError::Remote { .. }) if !is_first => {
                            drop(error);
                            false
                        }
                        Err(error) => return Err(failed(error)),
                    }
                }
                Some(Event::Reply { call, reply }) if call == self.description => {
                    self.describe(&reply.message);
                    false
                }
                Some(Event::NoReply { call, reason }) if self.value == Some(call) => {
                    return Err(failed(CallError::NoReply(reason)));
                }
                Some(Event::NotSubscribed { .. }) => return Err(failed(CallError::NotSubscribed)),
                Some(_) => false,
            };
            if is_met {
                return Ok(ExitCode::SUCCESS);
            }
            // Also when events never cease.
            if deadline.left() == Some(Duration::ZERO) {
                let what = format!("{tried}: it did not have the value");
                return Err(Deadline::passed(what));
            }
            if self.emits == Emits::Const && self.answered.is_some() {
                let what = format!("{tried}: it has another value and never changes");
                return Err(Failure::new(Exit::Refused, what));
            }
        }
    }

    /// A property that tells no changes is asked again after this time.
    fn pause(&self) -> Option<Duration> {
        let answered = self.answered.filter(|_| self.emits == Emits::Never && self.value.is_none());
        answered.map(|at| INTERVAL.saturating_sub(at.elapsed()))
    }

    fn must_ask(&self) -> bool {
        self.value.is_none() && (self.is_stale || self.pause() == Some(Duration::ZERO))
    }

    /// How changes are told. Without a description they are expected to be told.
    fn describe(&mut self, reply: &Message<'_>) {
        let Ok((xml,)) = answer::<(&str,)>(reply) else { return };
        let Ok(document) = introspection::read(xml) else { return };
        let Property { interface, name, .. } = &self.property;
        let mut interfaces = document.node.interfaces.iter();
        let Some(found) = interfaces.find(|it| it.name == interface.as_str()) else { return };
        let property = found.members_of(MemberKind::Property).find(|it| it.name == *name);
        if let Some(property) = property {
            self.emits = found.emits(property);
        }
    }

    /// Whether a signal tells that the property has the wanted value.
    fn signal(&mut self, signal: &Message<'_>, wanted: &mut Wanted<'_>) -> Result<bool, Failure> {
        if signal.header().member.is_some_and(|member| member.as_str() == "NameOwnerChanged") {
            let owner = signal.body::<(&str, &str, &str)>().map_or("", |(_, _, owner)| owner);
            self.is_stale |= !owner.is_empty();
            return Ok(false);
        }
        let Ok((of, changed, invalidated)) = signal.body() else { return Ok(false) };
        let changes: PropertiesChanged<'_> =
            PropertiesChanged { interface: of, changed, invalidated };
        if changes.interface != self.property.interface.as_str() {
            return Ok(false);
        }
        self.is_stale |= changes.invalidated.into_iter().any(|name| name == Ok(self.property.name));
        match changes.changed.find(&self.property.name) {
            Ok(Some(value)) => wanted.is(&value),
            _ => Ok(false),
        }
    }
}

/// How often a property is asked for that tells no changes.
const INTERVAL: Duration = Duration::from_millis(200);

const PROPERTIES: InterfaceName<'static> =
    InterfaceName::from_static("org.freedesktop.DBus.Properties");
const GET: MemberName<'static> = MemberName::from_static("Get");

/// The value that is waited for. The property's own type tells how its text is read.
struct Wanted<'a> {
    name: &'a str,
    text: Value<'a>,
    notation: Notation,
    /// The type of the last value, and the text as JSON of this type.
    known: Option<(String, String)>,
}

impl Wanted<'_> {
    /// Whether `value` is the wanted one.
    ///
    /// # Errors
    /// The text is not of the value's type.
    fn is(&mut self, value: &Variant<'_>) -> Result<bool, Failure> {
        let signature = value.signature();
        let known = self.known.take().filter(|(of, _)| of == signature.as_str());
        let (of, wanted) = match known {
            Some(known) => known,
            None => {
                let prototype = Prototype::property(Parameter { name: self.name, signature });
                let values = [Some(self.text.clone())];
                let body = prototype.parse(&values, self.notation, Endian::NATIVE);
                let body = body.map_err(|error| {
                    Failure::usage(format_args!("cannot wait for {}: {error}", self.name))
                })?;
                (signature.as_str().to_owned(), text(&body))
            }
        };
        let is_equal = text(value) == wanted;
        self.known = Some((of, wanted));
        Ok(is_equal)
    }
}

/// A value as JSON, which tells all values apart. An invalid one is no value.
fn text(value: &impl barebus_text::Values) -> String {
    let mut text = String::new();
    let _ = json::print_value(value, &mut text);
    text
}
