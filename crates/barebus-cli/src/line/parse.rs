//! Parses lines into messages.

use std::fmt;

use barebus::wire::{Endian, Signature, SignatureError};
use barebus_text::{ParseError, busctl, gvariant, json};

use super::Body;
use crate::render::json_string;

/// Why a line is not a message.
#[derive(Debug)]
pub(crate) enum LineError {
    /// A word of the header is not `key=value`.
    Word(String),
    /// There is a body in GVariant's form, but no signature for its types.
    NoSignature,
    /// The signature is invalid.
    Signature(SignatureError),
    /// The body is invalid.
    Body(ParseError),
    /// The header or the whole message is invalid.
    Message(ParseError),
}

impl fmt::Display for LineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) => write!(f, "'{word}' in the header is not key=value"),
            Self::NoSignature => f.write_str("there is a body, but no signature in the header"),
            Self::Signature(error) => write!(f, "signature: {error}"),
            Self::Body(error) => write!(f, "body: {error}"),
            Self::Message(error) => error.fmt(f),
        }
    }
}

/// Marshals a message from a line.
///
/// # Errors
/// The line is not a message.
pub(crate) fn parse(line: &str, form: Body) -> Result<Vec<u8>, LineError> {
    let (header, body) = split(line);
    let words = busctl::split(header).map_err(LineError::Message)?;
    let mut words = words.iter();
    // json::parse_message builds messages from header and body, so the line is converted to JSON.
    let mut message = String::from("{\"type\":");
    let message_type = words.next().map_or("", |word| word);
    message += &match message_type.parse::<u8>() {
        Ok(code) => code.to_string(),
        Err(_) => json_string(message_type),
    };
    let mut signature = None;
    for word in words {
        let (key, value) = word.split_once('=').ok_or_else(|| LineError::Word(word.clone()))?;
        if key == "signature" {
            signature = Some(value);
        }
        message += &format!(",{}:", json_string(key));
        if key.parse::<u8>().is_ok() {
            // An unknown field contains its type and value.
            let value = busctl::parse_line(value).map_err(LineError::Message)?;
            // Writing to a String cannot fail, and the value was marshalled here, so it is valid.
            let _ = json::print_value(&value, &mut message);
        } else {
            message += &json_string(value);
        }
    }
    if let Some(text) = body {
        let body = match form {
            Body::Busctl => busctl::parse_line(text),
            Body::GVariant => {
                let types = signature.ok_or(LineError::NoSignature)?;
                let types = Signature::parse(types).map_err(LineError::Signature)?;
                gvariant::parse(types, text, Endian::NATIVE)
            }
        };
        message += ",\"body\":";
        let _ = json::print(&body.map_err(LineError::Body)?, &mut message);
    }
    message += "}";
    json::parse_message(&message).map_err(LineError::Message)
}

/// Splits a line into the header and what follows the first word that is a colon.
fn split(line: &str) -> (&str, Option<&str>) {
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t');
    let (mut is_quoted, mut is_escaped, mut begins) = (false, false, true);
    for (at, byte) in line.bytes().enumerate() {
        let after = line.as_bytes().get(at + 1);
        if byte == b':' && begins && !is_quoted && after.is_none_or(is_space) {
            return (
                line.get(..at).unwrap_or_default(),
                Some(line.get(at + 1..).unwrap_or_default()),
            );
        }
        is_quoted ^= byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        begins = is_space(&byte);
    }
    (line, None)
}
