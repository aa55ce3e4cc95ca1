//! Parses values of basic types from one word each.

use barebus_wire::{Basic, ObjectPath, Signature};

use crate::double;
use crate::error::ParseErrorKind as Kind;
use crate::number::parse_integer;

/// Parses a value of the basic type `code` as it stands on a command line: a string as it is, numbers as the C library reads them.
pub(crate) fn parse_basic(code: u8, text: &str) -> Result<Basic<'_>, Kind> {
    Ok(match code {
        b'b' => Basic::Boolean(parse_boolean(text).ok_or(Kind::NotABoolean)?),
        b'd' => Basic::Double(double::parse(text)?),
        b's' => Basic::String(text),
        b'o' => Basic::ObjectPath(ObjectPath::parse(text).map_err(|_| Kind::BadPath)?),
        b'g' => Basic::Signature(Signature::parse(text).map_err(Kind::BadSignature)?),
        code => parse_integer(code, text)?,
    })
}

/// The words that systemd knows.
fn parse_boolean(text: &str) -> Option<bool> {
    let is_one_of = |words: &[&str]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    if is_one_of(&["1", "yes", "y", "true", "t", "on"]) {
        Some(true)
    } else if is_one_of(&["0", "no", "n", "false", "f", "off"]) {
        Some(false)
    } else {
        None
    }
}
