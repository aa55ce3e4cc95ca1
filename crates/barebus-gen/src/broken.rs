//! Messages that break exactly one rule.

use barebus_wire::{DecodeError, DecodeErrorKind as Kind, MessageType, limits};

use crate::fault::{Fault, types::RULES as SIGNATURE_RULES};
use crate::frame::Frame;
use crate::generate::message;
use crate::message::{self, Message};
use crate::shape::{Shape, ShapeError};
use crate::source::Source;
use crate::text;
use crate::value::{Body, Value};

/// Bytes with the verdict that a parser must reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Generated {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// `None` for a valid message; otherwise the one rule that is broken, and the byte that breaks it.
    pub error: Option<DecodeError>,
}

/// The rules that a message can break: those of `docs/kinds.md` but for `SignatureTooLong` and those of reading into Rust types.
pub fn rules() -> impl Iterator<Item = Kind> {
    let of_messages = Kind::ALL.iter().copied().filter(|rule| !NEVER.contains(rule));
    of_messages.chain(SIGNATURE_RULES.into_iter().map(Kind::Signature))
}

/// Kinds of reading valid messages into Rust types.
const NEVER: [Kind; 6] = [
    Kind::BadBusName,
    Kind::ElementCount,
    Kind::UnknownValue,
    Kind::MissingEntry,
    Kind::EntryType,
    Kind::VariantType,
];

/// Whether a message that breaks the rule has more than 64 MiB.
pub const fn is_large(rule: Kind) -> bool {
    matches!(rule, Kind::ArrayTooLong)
}

/// The rule with a name as in `docs/kinds.md`.
pub fn rule_named(name: &str) -> Option<Kind> {
    rules().find(|rule| rule.name() == name)
}

/// A message that breaks `rule`, and no other rule before it.
///
/// # Errors
/// No message has this shape, or none of this shape can break the rule.
pub fn broken(source: &mut Source<'_>, shape: &Shape, rule: Kind) -> Result<Generated, ShapeError> {
    /// Values of a given signature may happen to have no place for the rule, such as an empty array.
    const ATTEMPTS: usize = 32;
    if !rules().any(|known| known == rule) {
        return Err(ShapeError::NotOfMessages(rule));
    }
    let shape = &Shape {
        message_type: shape.message_type.or(type_for(source, rule)),
        unix_fds: shape.unix_fds || rule == Kind::FdIndexOutOfBounds,
        ..shape.clone()
    };
    for _ in 0..ATTEMPTS {
        let mut message = message(source, shape)?;
        add_fields(source, &mut message, rule);
        let mut sites = Frame::new(&message, Fault::count(rule)).sites();
        if sites.is_empty() && shape.signature.is_none() {
            add_argument(source, &mut message, rule);
            sites = Frame::new(&message, Fault::count(rule)).sites();
        }
        let Some(site) = sites.get(source.index(sites.len())).copied() else { continue };
        let seed = (0..4).fold(0, |seed, _| seed << 8 | u64::from(source.byte()));
        let frame = Frame::new(&message, Fault::at_site(rule, site, seed));
        let error = frame.error();
        return Ok(Generated { bytes: frame.into_bytes(), error });
    }
    Err(ShapeError::NoPlace(rule))
}

/// A message type that requires the field that is to be missing.
fn type_for(source: &mut Source<'_>, rule: Kind) -> Option<MessageType> {
    use MessageType::{Error, MethodCall, MethodReturn, Signal};
    let able: &[MessageType] = match rule {
        Kind::MissingPath | Kind::MissingMember => &[MethodCall, Signal],
        Kind::MissingInterface => &[Signal],
        Kind::MissingErrorName => &[Error],
        Kind::MissingReplySerial => &[MethodReturn, Error],
        _ => return None,
    };
    source.pick(able).copied()
}

/// Adds the header fields that can break the rule.
fn add_fields(source: &mut Source<'_>, message: &mut Message, rule: Kind) {
    match rule {
        Kind::LocalPath
        | Kind::HeaderFieldZero
        | Kind::HeaderFieldType
        | Kind::HeaderFieldTwice => {
            message.path.get_or_insert_with(|| text::path(source));
        }
        Kind::LocalInterface | Kind::BadInterface => {
            message.interface.get_or_insert_with(|| text::dotted(source));
        }
        Kind::BadMember => {
            message.member.get_or_insert_with(|| text::word(source));
        }
        Kind::BadErrorName => {
            message.error_name.get_or_insert_with(|| text::dotted(source));
        }
        Kind::BadDestination => {
            message.destination.get_or_insert_with(|| text::dotted(source));
        }
        Kind::BadSender => {
            message.sender.get_or_insert_with(|| text::unique(source));
        }
        Kind::ReplySerialZero => {
            message.reply_serial.get_or_insert_with(|| message::serial(source));
        }
        // Few, so that there are indices beyond them; and not so many that any index is valid.
        Kind::FdIndexOutOfBounds => {
            message.unix_fds = message.body.fd_count().clamp(1, u32::MAX / 2 + 1);
        }
        _ => {}
    }
}

/// Adds an argument that can break the rule.
fn add_argument(source: &mut Source<'_>, message: &mut Message, rule: Kind) {
    let value = match rule {
        Kind::BadBoolean => Value::Boolean(true),
        Kind::ArrayTooLong => Value::Array("y".into(), vec![Value::Byte(source.byte())]),
        Kind::ArrayLengthIncorrect => {
            Value::Array("s".into(), vec![Value::String(text::string(source))])
        }
        Kind::BadPath => Value::ObjectPath(text::path(source)),
        Kind::SignatureOutOfBounds | Kind::SignatureMissingNul | Kind::Signature(_) => {
            Value::Signature("s".into())
        }
        Kind::FdIndexOutOfBounds => Value::UnixFd(0),
        Kind::PaddingNotZero => Value::Struct(vec![Value::Byte(7), Value::Uint64(source.number())]),
        Kind::NotEnoughData => Value::Uint32(source.number_u32()),
        Kind::NestedTooDeeply => Value::Variant(Box::new(Value::Byte(source.byte()))),
        rule if rule.name().starts_with("VariantSignature") => {
            Value::Variant(Box::new(Value::Byte(source.byte())))
        }
        _ => Value::String(text::string(source)),
    };
    if message.body.types().len() + value.signature().len() > limits::SIGNATURE_LEN {
        message.body = Body::default();
    }
    message.body.push(value);
}
