//! Prints whole messages as JSON and parses them to the same bytes.

use core::fmt;

use barebus_wire::{
    Basic, Cursor, CursorEvent, DecodeErrorKind, Endian, Message, OwnedBody, Signature, Writer,
};

use super::parse::{Parser, Step, not_json, read};
use super::print::{Dialect, print_string};
use super::tree::Json;
use crate::error::{ParseError, ParseErrorKind as Kind, PrintError};
use crate::names::{FIELDS, TYPES, header_field_name, message_type_name};
use crate::values::{HEADER, check_fd_indices, header_cursor};

/// Types of the header fields, from PATH on.
const FIELD_TYPES: [&str; 9] = ["o", "s", "s", "s", "u", "s", "s", "g", "u"];

/// Names of the flags, from the lowest bit on.
const FLAGS: [&str; 3] = ["no_reply_expected", "no_auto_start", "allow_interactive_authorization"];

/// Prints a whole message as one object.
///
/// # Errors
/// [`PrintError::Decode`] (the body is invalid) and [`PrintError::NoSuchFd`], before anything is printed.
pub fn print_message(
    message: &Message<'_>,
    out: &mut (impl fmt::Write + ?Sized),
) -> Result<(), PrintError> {
    check_fd_indices(message)?;
    let header = message.header();
    out.write_str("{\"type\":")?;
    let code = header.message_type.code();
    match message_type_name(code) {
        Some(name) => print_string(name, out)?,
        None => write!(out, "{code}")?,
    }
    // The byte as received: unknown flags are kept.
    let flags = message.as_bytes().get(2).copied().unwrap_or_default();
    let endian = char::from(header.endian.mark());
    write!(out, ",\"endian\":\"{endian}\",\"flags\":{flags},\"version\":1")?;
    write!(out, ",\"serial\":{}", header.serial)?;
    print_fields(header_cursor(message), out)?;
    out.write_str(",\"body\":")?;
    Dialect::Exact.print_validated(message, out)?;
    out.write_str("}")?;
    Ok(())
}

/// Prints the header fields in their order.
fn print_fields(
    mut cursor: Cursor<'_>,
    out: &mut (impl fmt::Write + ?Sized),
) -> Result<(), PrintError> {
    let mut code = 0;
    while let Some(event) = cursor.next()? {
        match (event, cursor.open()) {
            (CursorEvent::Basic(Basic::Byte(value)), 2) => code = value,
            (CursorEvent::Variant(_), 3) => match header_field_name(code) {
                Some(name) => write!(out, ",\"{name}\":")?,
                None => {
                    write!(out, ",\"{code}\":")?;
                    Dialect::Exact.print_from(event, &mut cursor, out)?;
                }
            },
            // The value of a known field. Unknown ones have been printed already.
            (CursorEvent::Basic(value), 3) => Dialect::Exact.print_basic(value, out)?,
            _ => {}
        }
    }
    Ok(())
}

/// The position of a name, counted from 1.
fn code_of(names: &[&str], name: &str) -> Option<u8> {
    let index = names.iter().position(|known| *known == name)?;
    u8::try_from(index + 1).ok()
}

/// Marshals a whole message from an object in the form of [`print_message`], or of `busctl monitor --json=short`.
///
/// # Errors
/// The text is invalid; the error says where, and what is valid there. [`Kind::Message`]: the text describes an invalid message.
pub fn parse_message(text: &str) -> Result<Vec<u8>, ParseError> {
    marshal(&read(text)?)
}

/// Marshals the messages of a text with any number of objects. It ends after an error in the JSON itself.
pub fn parse_messages(text: &str) -> impl Iterator<Item = Result<Vec<u8>, ParseError>> + '_ {
    serde_json::Deserializer::from_str(text)
        .into_iter::<Json>()
        .map(|json| marshal(&json.map_err(|error| not_json(&error))?))
}

/// A message as an object describes it.
struct Parts<'a> {
    message_type: u8,
    endian: Endian,
    flags: u8,
    version: u8,
    serial: u32,
    /// Key, code and value, in their order on the wire.
    fields: Vec<(&'a str, u8, &'a Json)>,
    body: Option<(&'a str, &'a Json)>,
}

fn marshal(json: &Json) -> Result<Vec<u8>, ParseError> {
    let mut parser = Parser::default();
    let parts = Parts::read(&mut parser, json)?;
    let body = match parts.body {
        Some((key, body)) => {
            parser.within(Step::Key(key), |parser| parser.body(body, parts.endian))?
        }
        None => OwnedBody::build(Signature::EMPTY, parts.endian, |_| Ok::<_, ParseError>(()))?,
    };
    let body_len = u32::try_from(body.as_bytes().len()).unwrap_or(u32::MAX);
    let header = OwnedBody::build(HEADER, parts.endian, |writer| {
        writer.put_u8(parts.endian.mark());
        writer.put_u8(parts.message_type);
        writer.put_u8(parts.flags);
        writer.put_u8(parts.version);
        writer.put_u32(body_len);
        writer.put_u32(parts.serial);
        let fields = writer.start_array(8)?;
        parts.put_fields(&mut parser, body.signature(), writer)?;
        Ok::<_, ParseError>(writer.end_array(fields)?)
    })?;
    let mut bytes = header.as_bytes().to_vec();
    bytes.resize(bytes.len().next_multiple_of(8), 0);
    bytes.extend_from_slice(body.as_bytes());
    match Message::parse(&bytes) {
        Ok(_) => Ok(bytes),
        Err(error) => {
            let kind = Kind::Message(error.kind);
            match key_of(error.kind) {
                Some(key) => {
                    parser.within(Step::Key(key), |parser| Err(parser.error(kind, "", "")))
                }
                None => Err(parser.error(kind, "", "")),
            }
        }
    }
}

impl<'a> Parts<'a> {
    fn read(parser: &mut Parser<'a>, json: &'a Json) -> Result<Self, ParseError> {
        const EXPECTED: &str = "an object that describes a message";
        let Json::Object(entries) = json else {
            return Err(parser.wrong(EXPECTED, json));
        };
        let mut parts = Self {
            message_type: 0,
            endian: Endian::Little,
            flags: 0,
            version: 1,
            serial: 1,
            fields: Vec::new(),
            body: None,
        };
        let mut seen: Vec<&str> = Vec::new();
        for (key, value) in entries {
            let name = canonical(key);
            // An unknown field may appear more than once.
            if unknown_field(name).is_none() {
                if seen.contains(&name) {
                    return Err(parser.error(Kind::DuplicateKey, EXPECTED, key));
                }
                seen.push(name);
            }
            parser.within(Step::Key(key), |parser| parts.read_key(parser, key, name, value))?;
        }
        if !seen.contains(&"type") {
            return Err(parser.error(Kind::MissingKey, "the message's type", ""));
        }
        Ok(parts)
    }

    fn read_key(
        &mut self,
        parser: &mut Parser<'a>,
        key: &'a str,
        name: &'a str,
        value: &'a Json,
    ) -> Result<(), ParseError> {
        match name {
            "type" => self.message_type = read_type(parser, value)?,
            "endian" => {
                self.endian = match value.as_str() {
                    Some("l") => Endian::Little,
                    Some("B") => Endian::Big,
                    _ => return Err(parser.wrong("\"l\" or \"B\"", value)),
                }
            }
            "flags" => self.flags = read_flags(parser, value)?,
            "version" => self.version = read_byte(parser, value)?,
            "serial" => self.serial = read_u32(parser, value)?,
            "body" => self.body = Some((key, value)),
            name if is_told_by_monitors(name) => {}
            name => match code_of(&FIELDS, name).or_else(|| unknown_field(name)) {
                Some(code) => self.fields.push((key, code, value)),
                None => return Err(parser.error(Kind::UnknownKey, "", "")),
            },
        }
        Ok(())
    }

    /// Marshals the header fields, followed by the body's signature unless it is among them.
    fn put_fields(
        &self,
        parser: &mut Parser<'a>,
        signature: Signature<'_>,
        writer: &mut Writer<'_>,
    ) -> Result<(), ParseError> {
        let mut has_signature = false;
        for (key, code, value) in &self.fields {
            parser.within(Step::Key(key), |parser| {
                writer.enter_struct()?;
                writer.put_u8(*code);
                match FIELD_TYPES.get(usize::from(*code).wrapping_sub(1)) {
                    Some(field_type) => {
                        let field_type = Signature::from_static(field_type);
                        writer.enter_variant(field_type)?;
                        parser.put(field_type, value, writer)?;
                        writer.leave();
                    }
                    None => parser.put(Signature::from_static("v"), value, writer)?,
                }
                if *code == SIGNATURE {
                    has_signature = true;
                    if value.as_str() != Some(signature.as_str()) {
                        let expected = "the body's type";
                        let found = value.to_string();
                        return Err(parser.error(Kind::SignatureMismatch, expected, &found));
                    }
                }
                writer.leave();
                Ok(())
            })?;
        }
        if !has_signature && !signature.is_empty() {
            writer.enter_struct()?;
            writer.put_u8(SIGNATURE);
            writer.enter_variant(Signature::from_static("g"))?;
            writer.put_signature(signature);
            writer.leave();
            writer.leave();
        }
        Ok(())
    }
}

/// Code of the header field SIGNATURE.
const SIGNATURE: u8 = 8;

/// Our name of a key that has another name in `busctl monitor`.
fn canonical(key: &str) -> &str {
    match key {
        "cookie" => "serial",
        "reply_cookie" => "reply_serial",
        "payload" => "body",
        key => key,
    }
}

/// The code of a header field without a name.
fn unknown_field(name: &str) -> Option<u8> {
    let code: u8 = name.parse().ok()?;
    (code > 9 && code.to_string() == name).then_some(code)
}

/// Whether a key describes the reception of a message and not the message.
fn is_told_by_monitors(name: &str) -> bool {
    name.starts_with("timestamp") || matches!(name, "monotonic" | "realtime" | "seqnum")
}

fn read_byte(parser: &Parser<'_>, value: &Json) -> Result<u8, ParseError> {
    match parser.basic(b'y', value)? {
        Basic::Byte(value) => Ok(value),
        _ => Err(parser.wrong("a byte", value)),
    }
}

fn read_u32(parser: &Parser<'_>, value: &Json) -> Result<u32, ParseError> {
    match parser.basic(b'u', value)? {
        Basic::Uint32(value) => Ok(value),
        _ => Err(parser.wrong("a number", value)),
    }
}

/// Parses a message type: a name or a number.
fn read_type(parser: &Parser<'_>, value: &Json) -> Result<u8, ParseError> {
    match value {
        Json::String(name) => code_of(&TYPES, name).ok_or_else(|| {
            parser.wrong("method_call, method_return, error, signal, or a number", value)
        }),
        value => read_byte(parser, value),
    }
}

/// Parses flags: a number or an array of names.
fn read_flags(parser: &Parser<'_>, value: &Json) -> Result<u8, ParseError> {
    let Json::Array(names) = value else {
        return read_byte(parser, value);
    };
    let mut flags = 0;
    for name in names {
        let Some(code) = name.as_str().and_then(|name| code_of(&FLAGS, name)) else {
            return Err(parser.wrong("the name of a flag", name));
        };
        flags |= 1 << (code - 1);
    }
    Ok(flags)
}

/// The key whose value is invalid.
const fn key_of(kind: DecodeErrorKind) -> Option<&'static str> {
    use DecodeErrorKind as D;
    Some(match kind {
        D::MessageTypeZero => "type",
        D::SerialZero => "serial",
        D::ProtocolVersion => "version",
        D::LocalPath => "path",
        D::BadInterface | D::LocalInterface => "interface",
        D::BadMember => "member",
        D::BadErrorName => "error_name",
        D::ReplySerialZero => "reply_serial",
        D::BadDestination => "destination",
        D::BadSender => "sender",
        _ => return None,
    })
}
