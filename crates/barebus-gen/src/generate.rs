//! Messages of a shape, valid or with one broken rule.

use barebus_wire::{DecodeError, DecodeErrorKind as Kind, MessageType, Signature, limits};

use crate::fault::{Fault, types::RULES as SIGNATURE_RULES};
use crate::frame::Frame;
use crate::message::{self, Message};
use crate::shape::{Shape, ShapeError};
use crate::signature::{can_reach, least_depth, signature, type_of_depth, types};
use crate::size;
use crate::source::Source;
use crate::text;
use crate::value::{Body, Value};
use crate::values::{Nesting, values_within};

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

/// A valid message.
///
/// # Errors
/// No message has this shape.
pub fn message(source: &mut Source<'_>, shape: &Shape) -> Result<Message, ShapeError> {
    let endian = shape.endian.unwrap_or_else(|| message::endian(source));
    let message_type = shape.message_type.unwrap_or_else(|| message::message_type(source));
    let mut message = Message::new(source, endian, message_type);
    message.body = body(source, shape)?;
    message.rotation = source.byte();
    if source.below(8) == 7 {
        // libdbus knows field 10, which the specification does not define.
        let code = source.byte().max(11);
        let values = values_within(source, "v", Nesting::within(3));
        message.unknown_fields.extend(values.into_iter().map(|value| (code, value)));
    }
    message.unix_fds = match shape.unix_fds {
        true => message.unix_fds.max(message.body.fd_count()),
        false => 0,
    };
    if let Some(size) = shape.size {
        message = sized(shape, message, size)?;
    }
    Ok(message)
}

/// The message with `size` bytes; or another one, if it cannot have them.
fn sized(shape: &Shape, mut message: Message, size: usize) -> Result<Message, ShapeError> {
    let is_free = shape.signature.is_none();
    if is_free {
        if message.body.types().len() == limits::SIGNATURE_LEN {
            message = simplest(shape, &message)?;
        }
        message.body.push(Value::String(String::new()));
    }
    if size::grow(&mut message, size).is_err() {
        message = simplest(shape, &message)?;
        let empty = message.clone();
        if is_free {
            message.body.push(Value::String(String::new()));
        }
        if message.marshal().len() > size {
            message = empty;
        }
        size::grow(&mut message, size)?;
    }
    match shape.depth {
        // What was empty before is not now.
        Some(depth) if message.body.depth() != depth => {
            let most = simplest(shape, &message)?.marshal().len();
            Err(ShapeError::TooLong { size, most })
        }
        _ => Ok(message),
    }
}

/// The simplest message of the shape's signature and depth, of the type and byte order of another message.
fn simplest(shape: &Shape, like: &Message) -> Result<Message, ShapeError> {
    let mut source = Source::new(&[]);
    let mut message = Message::new(&mut source, like.endian, like.message_type);
    message.body = body(&mut source, shape)?;
    message.unix_fds = message.body.fd_count();
    Ok(message)
}

/// A body of the shape's signature and depth.
fn body(source: &mut Source<'_>, shape: &Shape) -> Result<Body, ShapeError> {
    let nesting = shape.depth.map_or(Nesting::ANY, Nesting::exactly);
    let types = match (&shape.signature, shape.depth) {
        (Some(text), depth) => {
            check(text, depth)?;
            text.clone()
        }
        (None, None) => signature(source),
        (None, Some(depth)) => signature_of_depth(source, depth)?,
    };
    let needs_fds = !shape.unix_fds && types.contains('h');
    if needs_fds && shape.signature.is_some() {
        return Err(ShapeError::NeedsFds(types));
    }
    let mut values = values_within(source, &types, nesting);
    if !shape.unix_fds {
        values.iter_mut().for_each(without_fds);
    }
    Ok(Body::new(values))
}

fn check(text: &str, depth: Option<usize>) -> Result<(), ShapeError> {
    Signature::parse(text)
        .map_err(|error| ShapeError::Signature { signature: text.into(), error })?;
    let Some(depth) = depth else { return Ok(()) };
    let fits = types(text).all(|single| least_depth(single) <= depth);
    let reaches = depth == 0 && text.is_empty() || types(text).any(|it| can_reach(it, depth));
    if fits && reaches && depth <= limits::TOTAL_DEPTH.into() {
        return Ok(());
    }
    Err(ShapeError::Depth { signature: Some(text.into()), depth })
}

fn signature_of_depth(source: &mut Source<'_>, depth: usize) -> Result<String, ShapeError> {
    if depth > limits::TOTAL_DEPTH.into() {
        return Err(ShapeError::Depth { signature: None, depth });
    }
    let others = signature(source);
    let mut all: Vec<String> =
        types(&others).filter(|it| least_depth(it) <= depth).map(String::from).collect();
    let deep = type_of_depth(source, depth);
    let at = source.below(all.len() + 1);
    all.insert(at, deep.clone());
    let all = all.concat();
    Ok(if all.len() > limits::SIGNATURE_LEN { deep } else { all })
}

/// Replaces each UNIX_FD by a UINT32, which has the same bytes.
fn without_fds(value: &mut Value) {
    match value {
        Value::UnixFd(index) => *value = Value::Uint32(*index),
        Value::Array(element, elements) => {
            *element = element.replace('h', "u");
            elements.iter_mut().for_each(without_fds);
        }
        Value::Struct(fields) => fields.iter_mut().for_each(without_fds),
        Value::DictEntry(entry) => {
            without_fds(&mut entry.0);
            without_fds(&mut entry.1);
        }
        Value::Variant(content) => without_fds(content),
        _ => {}
    }
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

/// Messages from a seed: the same ones on every machine.
///
/// ```
/// use barebus_gen::{Generator, Shape, rules};
///
/// let mut shape = Shape::default();
/// shape.signature = Some("a{sv}".into());
/// let generator = Generator::new(7, shape);
/// let valid = generator.valid(0)?;
/// for (number, rule) in (0..).zip(rules()) {
///     // None of a parser's business, and not in a test: 64 MiB and more.
///     if !barebus_gen::is_large(rule) {
///         let _ = generator.broken(number, rule);
///     }
/// }
/// assert_eq!(valid, Generator::new(7, generator.shape().clone()).valid(0)?);
/// # Ok::<(), barebus_gen::ShapeError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Generator {
    seed: u64,
    shape: Shape,
}

impl Generator {
    /// Generates messages of this shape.
    pub const fn new(seed: u64, shape: Shape) -> Self {
        Self { seed, shape }
    }

    /// What the messages are like.
    pub const fn shape(&self) -> &Shape {
        &self.shape
    }

    /// The choices for the message `number`, which do not depend on those for other messages.
    fn source(&self, number: u64) -> Source<'static> {
        Source::seeded(self.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(number))
    }

    /// The valid message `number`.
    ///
    /// # Errors
    /// No message has this shape.
    pub fn message(&self, number: u64) -> Result<Message, ShapeError> {
        message(&mut self.source(number), &self.shape)
    }

    /// The bytes of the valid message `number`.
    ///
    /// # Errors
    /// No message has this shape.
    pub fn valid(&self, number: u64) -> Result<Generated, ShapeError> {
        Ok(Generated { bytes: self.message(number)?.marshal(), error: None })
    }

    /// The message `number` that breaks `rule`.
    ///
    /// # Errors
    /// No message has this shape, or none of this shape can break the rule.
    pub fn broken(&self, number: u64, rule: Kind) -> Result<Generated, ShapeError> {
        broken(&mut self.source(number), &self.shape, rule)
    }
}

/// The rule with a name as in `docs/kinds.md`.
pub fn rule_named(name: &str) -> Option<Kind> {
    rules().find(|rule| rule.name() == name)
}
