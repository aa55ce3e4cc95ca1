//! A service of the tests with methods, properties and signals of every type, and with objects of every kind.

mod objects;
mod types;

use std::collections::HashMap;
use std::os::fd::OwnedFd;
use std::thread::JoinHandle;

use barebus::wire::{Message, OwnedBody, OwnedValue};
use barebus::{
    Bus, Emission, Event, InterfaceName, MemberName, NameFlags, ObjectPath, Options, Variant,
};
use barebus_text::busctl;

#[allow(unused_imports, reason = "each test program uses some of them")]
pub(crate) use objects::{ANNOTATED, BROKEN, DEEP, INTERFACE, ODD, REFUSING, SILENT, TYPES, WIDE};
pub(crate) use types::{SAMPLES, Sample};

/// Starts the service on a bus. It ends with the bus.
pub(crate) fn start(address: &str) -> JoinHandle<()> {
    let mut connection = Options::bus().serve_calls().open(address).unwrap();
    Bus::new(&mut connection).request_name(INTERFACE, NameFlags::NONE).unwrap();
    let mut service = Service::new();
    std::thread::spawn(move || {
        // A call whose `ReplyTo` is dropped is answered with an error.
        let mut unanswered = Vec::new();
        while let Ok(Some(event)) = connection.next_event(None) {
            let Event::MethodCall { call, reply_to } = event else { continue };
            let fds = call.fds.into_iter().map(OwnedFd::from).collect();
            let message = call.message.as_bytes().to_vec();
            let message = Message::parse(&message).unwrap();
            let Some((answer, signals)) = service.answer(&message) else {
                unanswered.push(reply_to);
                continue;
            };
            let sent = match answer {
                Ok(body) => connection.start_reply(&reply_to, &body, fds),
                Err((name, text)) => connection.start_reply_error(&reply_to, &*name, &text),
            };
            let emitted = signals.into_iter().try_for_each(|Signal { interface, member, body }| {
                let emission = Emission::new(
                    ObjectPath::parse(TYPES).unwrap(),
                    InterfaceName::parse(&interface).unwrap(),
                    MemberName::parse(&member).unwrap(),
                );
                connection.start_emit(&emission, &body, Vec::new())
            });
            // The client may be gone.
            if sent.and(emitted).and_then(|()| connection.flush()).is_err() {
                return;
            }
        }
    })
}

/// Name and text of an error.
type Refusal = (String, String);

struct Signal {
    interface: String,
    member: String,
    body: OwnedBody,
}

struct Service {
    /// Values of the main object's properties, as bodies of one value.
    properties: HashMap<String, OwnedBody>,
}

impl Service {
    fn new() -> Self {
        let mut properties = HashMap::new();
        for Sample { name, signature, values } in SAMPLES {
            let value = values.last().unwrap();
            properties.insert(format!("P{name}"), busctl::parse(signature, value).unwrap());
        }
        for (name, line) in [("Const", r#"s "constant""#), ("Invalidates", "u 1"), ("Quiet", "u 1")]
        {
            properties.insert(name.to_owned(), busctl::parse_line(line).unwrap());
        }
        Self { properties }
    }

    /// The answer to a call, and the signals after it. `None`: no answer.
    fn answer(&mut self, call: &Message<'_>) -> Option<(Result<OwnedBody, Refusal>, Vec<Signal>)> {
        let header = call.header();
        let path = header.path.map_or("", |path| path.as_str());
        let interface = header.interface.map_or("", |interface| interface.as_str());
        let member = header.member.map_or("", |member| member.as_str());
        let unknown = |what: &str| Err(error("UnknownMethod", what));
        let mut signals = Vec::new();
        let answer = match (path, interface, member) {
            (SILENT, ..) => return None,
            (REFUSING, ..) => Err(("org.example.Error.Refused".into(), "not today".into())),
            (_, "org.freedesktop.DBus.Introspectable", "Introspect") => {
                match objects::introspect(path) {
                    Some(xml) => Ok(OwnedBody::new(&(&*xml,)).unwrap()),
                    None => Err(error("UnknownObject", "there is no such object")),
                }
            }
            (_, "org.freedesktop.DBus.Properties", _) if path == TYPES => {
                self.property(call, member, &mut signals)
            }
            (ODD, "org.freedesktop.DBus.Properties", _) => unknown("no properties"),
            (_, "org.freedesktop.DBus.Properties", "GetAll")
                if objects::introspect(path).is_some() =>
            {
                Ok(busctl::parse_line("a{sv} 0").unwrap())
            }
            (TYPES, INTERFACE, _) => match main(call, member, &mut signals) {
                Some(answer) => answer,
                None => unknown("there is no such method"),
            },
            _ => unknown("there is no such object or interface"),
        };
        Some((answer, signals))
    }

    /// A method of the interface of properties.
    fn property(
        &mut self,
        call: &Message<'_>,
        member: &str,
        signals: &mut Vec<Signal>,
    ) -> Result<OwnedBody, Refusal> {
        let wrong = |_| error("InvalidArgs", "these are not the arguments");
        match member {
            "Get" => {
                let (_, name) = call.body::<(&str, &str)>().map_err(wrong)?;
                if name == "Unreadable" {
                    return Err(error("AccessDenied", "it is secret"));
                }
                let value = self.properties.get(name).ok_or_else(no_property)?;
                Ok(OwnedBody::from_values(&[variant(value)]).unwrap())
            }
            "GetAll" => {
                call.body::<(&str,)>().map_err(wrong)?;
                let mut names: Vec<_> = self.properties.keys().collect();
                names.sort();
                let entries = names
                    .into_iter()
                    .map(|name| (OwnedValue::from(name.as_str()), variant(&self.properties[name])));
                let entries = entries.collect();
                let [key, value] = ["s", "v"].map(barebus::Signature::from_static);
                Ok(OwnedBody::from_values(&[OwnedValue::dict(key, value, entries).unwrap()])
                    .unwrap())
            }
            "Set" => {
                let (interface, name, value) =
                    call.body::<(&str, &str, Variant<'_>)>().map_err(wrong)?;
                if name == "WriteOnly" {
                    return Ok(OwnedBody::new(&()).unwrap());
                }
                let present = self.properties.get_mut(name).ok_or_else(no_property)?;
                if name == "Const" {
                    return Err(error("PropertyReadOnly", "it cannot be set"));
                }
                if value.signature() != present.signature() {
                    return Err(error("InvalidArgs", "it has another type"));
                }
                let mut line = String::new();
                busctl::print_exact(&value, &mut line).unwrap();
                *present = busctl::parse_line(&line).unwrap();
                let changed = match name {
                    "Quiet" => return Ok(OwnedBody::new(&()).unwrap()),
                    "Invalidates" => busctl::parse("sa{sv}as", &[interface, "0", "1", name]),
                    name => {
                        let words = busctl::split(&line).unwrap();
                        let head = [interface, "1", name].map(str::to_owned);
                        let words: Vec<_> =
                            head.into_iter().chain(words).chain(["0".to_owned()]).collect();
                        busctl::parse("sa{sv}as", &words)
                    }
                };
                signals.push(Signal {
                    interface: "org.freedesktop.DBus.Properties".into(),
                    member: "PropertiesChanged".into(),
                    body: changed.unwrap(),
                });
                Ok(OwnedBody::new(&()).unwrap())
            }
            _ => Err(error("UnknownMethod", "there is no such method")),
        }
    }
}

/// A method of the main interface; `None`: there is no such method.
fn main(
    call: &Message<'_>,
    member: &str,
    signals: &mut Vec<Signal>,
) -> Option<Result<OwnedBody, Refusal>> {
    let expected = match member {
        "Nothing" | "Old" | "NoReply" => "",
        "Several" => "sa{sv}u",
        "EchoDescriptor" => "h",
        "Fail" | "Annotated" => "ss",
        member => {
            let name = member.strip_prefix("Echo").or_else(|| member.strip_prefix("Emit"))?;
            SAMPLES.iter().find(|sample| sample.name == name)?.signature
        }
    };
    if call.signature().as_str() != expected {
        return Some(Err(error("InvalidArgs", "these are not the arguments")));
    }
    let body = OwnedBody::try_from(call).unwrap();
    let nothing = OwnedBody::new(&()).unwrap();
    Some(match member {
        "Fail" => {
            let (name, text) = call.body::<(&str, &str)>().unwrap();
            Err((name.to_owned(), text.to_owned()))
        }
        "Annotated" => Ok(nothing),
        member => match member.strip_prefix("Emit") {
            Some(name) => {
                let (interface, member) = (INTERFACE.to_owned(), format!("S{name}"));
                signals.push(Signal { interface, member, body });
                Ok(nothing)
            }
            None => Ok(body),
        },
    })
}

fn variant(value: &OwnedBody) -> OwnedValue {
    let mut values = value.values().unwrap();
    OwnedValue::Variant(Box::new(values.remove(0)))
}

fn no_property() -> Refusal {
    error("UnknownProperty", "there is no such property")
}

/// A standard error.
fn error(name: &str, text: &str) -> Refusal {
    (format!("org.freedesktop.DBus.Error.{name}"), text.to_owned())
}
