//! What a parser read in a message, in one form for all parsers.

use barebus_gen::Value;
use barebus_tests::verdict::Verdict as Ours;
use barebus_wire::{Basic, CursorEvent, DecodeError, Message, frame_len};

/// A parser's verdict on bytes that should be one message.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// A message, with what was read in it.
    Valid(Box<Content>),
    /// The start of a message.
    Incomplete,
    /// Refused, with the parser's words.
    Invalid(String),
    /// The parser panicked, with its words.
    Panicked(String),
}

impl Verdict {
    /// The verdict without its details.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Valid(_) => "valid",
            Self::Incomplete => "incomplete",
            Self::Invalid(_) => "invalid",
            Self::Panicked(_) => "panic",
        }
    }
}

/// The header fields and the values of a message.
///
/// A UNIX_FD is 0: some parsers show the descriptor, not the index.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Content {
    /// The code of the message type.
    pub message_type: u8,
    /// The flags that the specification defines; `None` where the parser does not show them.
    pub flags: Option<u8>,
    pub serial: u32,
    pub path: Option<String>,
    pub interface: Option<String>,
    pub member: Option<String>,
    pub error_name: Option<String>,
    pub reply_serial: Option<u32>,
    pub destination: Option<String>,
    pub sender: Option<String>,
    pub signature: String,
    pub body: Vec<Value>,
    /// The body in GVariant's text format, from parsers that print it.
    pub text: Option<String>,
}

/// The flags that the specification defines.
pub const FLAGS: u8 = 7;

impl Content {
    /// The content as a parser shows it that keeps dictionaries in maps: of equal keys only the last, in no order.
    pub fn with_maps(mut self) -> Self {
        self.body = self.body.into_iter().map(with_maps).collect();
        self
    }

    /// The first difference from what another parser read, in words.
    pub fn difference(&self, other: &Self) -> Option<String> {
        let flags = |content: &Self| (self.flags.and(other.flags)).and(content.flags);
        let rows: [(&str, String, String); 12] = [
            ("type", debug(self.message_type), debug(other.message_type)),
            ("flags", debug(flags(self)), debug(flags(other))),
            ("serial", debug(self.serial), debug(other.serial)),
            ("PATH", debug(&self.path), debug(&other.path)),
            ("INTERFACE", debug(&self.interface), debug(&other.interface)),
            ("MEMBER", debug(&self.member), debug(&other.member)),
            ("ERROR_NAME", debug(&self.error_name), debug(&other.error_name)),
            ("REPLY_SERIAL", debug(self.reply_serial), debug(other.reply_serial)),
            ("DESTINATION", debug(&self.destination), debug(&other.destination)),
            ("SENDER", debug(&self.sender), debug(&other.sender)),
            ("SIGNATURE", debug(&self.signature), debug(&other.signature)),
            ("body", debug(&self.body), debug(&other.body)),
        ];
        let fields = rows.into_iter().find(|(_, ours, theirs)| ours != theirs);
        let text = || match (&self.text, &other.text) {
            (Some(ours), Some(theirs)) if unescaped(ours) != unescaped(theirs) => {
                Some(("text", ours.clone(), theirs.clone()))
            }
            _ => None,
        };
        let (what, ours, theirs) = fields.or_else(text)?;
        Some(format!("{what}: {ours} / {theirs}"))
    }
}

/// GVariant's text with characters in the place of their numbers: GLib writes numbers for what its version of Unicode does not assign.
fn unescaped(text: &str) -> String {
    let mut result = String::new();
    let mut rest = text;
    while let Some((before, escape)) = rest.split_once('\\') {
        result.push_str(before);
        let len = match escape.as_bytes().first() {
            Some(b'u') => 5,
            Some(b'U') => 9,
            _ => 1,
        };
        let (escape, after) = escape.split_at(len);
        let character = u32::from_str_radix(&escape[1..], 16).ok().and_then(char::from_u32);
        match character {
            Some(character) => result.push(character),
            None => result.extend(["\\", escape]),
        }
        rest = after;
    }
    result + rest
}

fn debug(value: impl std::fmt::Debug) -> String {
    format!("{value:?}")
}

fn with_maps(value: Value) -> Value {
    match value {
        Value::Array(element, values) if element.starts_with('{') => {
            let mut entries: Vec<Value> = Vec::new();
            for value in values.into_iter().map(with_maps) {
                let is_same = |known: &Value| key(known) == key(&value);
                match entries.iter_mut().find(|known| is_same(known)) {
                    Some(known) => *known = value,
                    None => entries.push(value),
                }
            }
            entries.sort_by_key(key);
            Value::Array(element, entries)
        }
        Value::Array(element, values) => {
            Value::Array(element, values.into_iter().map(with_maps).collect())
        }
        Value::Struct(values) => Value::Struct(values.into_iter().map(with_maps).collect()),
        Value::DictEntry(entry) => Value::DictEntry(Box::new((entry.0, with_maps(entry.1)))),
        Value::Variant(value) => Value::Variant(Box::new(with_maps(*value))),
        basic => basic,
    }
}

fn key(entry: &Value) -> String {
    match entry {
        Value::DictEntry(entry) => debug(&entry.0),
        other => debug(other),
    }
}

/// Our verdict and what we read.
pub fn ours(bytes: &[u8]) -> (Ours, Option<Content>) {
    let verdict = barebus_tests::verdict::judge(bytes);
    let content = (verdict == Ours::Valid).then(|| {
        let len = frame_len(bytes).expect("it is valid").expect("it is complete");
        read(&Message::parse(&bytes[..len]).expect("it is valid")).expect("it is valid")
    });
    (verdict, content)
}

fn read(message: &Message<'_>) -> Result<Content, DecodeError> {
    let header = message.header();
    let mut text = String::new();
    // A UNIX_FD without its descriptor is not printed.
    let text = barebus_text::gvariant::print(message, &mut text).is_ok().then_some(text);
    let mut cursor = message.cursor();
    let mut values = vec![(None, Vec::new())];
    while let Some(event) = cursor.next()? {
        match event {
            CursorEvent::Basic(basic) => push(&mut values, basic_value(&basic)),
            CursorEvent::End => {
                let (container, inner) = values.pop().expect("it began");
                let container = container.expect("only the body itself has none");
                push(&mut values, container_value(container, inner));
            }
            begins => values.push((Some(begins), Vec::new())),
        }
    }
    Ok(Content {
        message_type: header.message_type.code(),
        flags: Some(header.flags.bits() & FLAGS),
        serial: header.serial.get(),
        path: header.path.map(|it| it.as_str().into()),
        interface: header.interface.map(|it| it.as_str().into()),
        member: header.member.map(|it| it.as_str().into()),
        error_name: header.error_name.map(|it| it.as_str().into()),
        reply_serial: header.reply_serial.map(|it| it.get()),
        destination: header.destination.map(|it| it.as_str().into()),
        sender: header.sender.map(|it| it.as_str().into()),
        signature: message.signature().as_str().into(),
        body: values.pop().expect("the body itself").1,
        text,
    })
}

type Open<'a> = (Option<CursorEvent<'a>>, Vec<Value>);

fn push(values: &mut [Open<'_>], value: Value) {
    values.last_mut().expect("the body itself").1.push(value);
}

fn container_value(container: CursorEvent<'_>, mut inner: Vec<Value>) -> Value {
    match container {
        CursorEvent::Array { element, .. } => Value::Array(element.as_str().into(), inner),
        CursorEvent::Variant(_) => Value::Variant(Box::new(inner.pop().expect("one value"))),
        CursorEvent::DictEntry => {
            let value = inner.pop().expect("a value");
            Value::DictEntry(Box::new((inner.pop().expect("a key"), value)))
        }
        _ => Value::Struct(inner),
    }
}

fn basic_value(basic: &Basic<'_>) -> Value {
    match *basic {
        Basic::Byte(it) => Value::Byte(it),
        Basic::Boolean(it) => Value::Boolean(it),
        Basic::Int16(it) => Value::Int16(it),
        Basic::Uint16(it) => Value::Uint16(it),
        Basic::Int32(it) => Value::Int32(it),
        Basic::Uint32(it) => Value::Uint32(it),
        Basic::Int64(it) => Value::Int64(it),
        Basic::Uint64(it) => Value::Uint64(it),
        Basic::Double(it) => Value::Double(it.to_bits()),
        Basic::String(it) => Value::String(it.into()),
        Basic::ObjectPath(it) => Value::ObjectPath(it.as_str().into()),
        Basic::Signature(it) => Value::Signature(it.as_str().into()),
        Basic::UnixFd(_) => Value::UnixFd(0),
    }
}
