//! Escaping: any text or path as a part of a unit's name, and back. systemd.unit(5), "String Escaping for Inclusion in Unit
//! Names".

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use super::error::{NameError, NameErrorKind as Kind, Task};

/// Longest path in bytes.
const PATH_LEN: usize = 4095;
/// Longest element of a path in bytes.
const ELEMENT_LEN: usize = 255;

/// Whether the byte can stand in a unit's name before the type, `@` left aside.
pub(super) const fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'-' | b'_' | b'.' | b'\\')
}

/// Makes any text a part of a unit's name, as `systemd-escape` does: `/` becomes `-`; all other bytes but ASCII letters, digits,
/// `:`, `_` and `.` become `\x` and two hexadecimal digits, as does a `.` that comes first.
///
/// [`unescape`] is the inverse. The escaped empty text is empty.
///
/// ```
/// use barebus_systemd::name::escape;
///
/// assert_eq!(escape("Hallöchen, Meister"), r"Hall\xc3\xb6chen\x2c\x20Meister");
/// ```
pub fn escape(text: &str) -> String {
    escape_bytes(text.as_bytes())
}

/// As [`escape`], for bytes that need not be UTF-8.
pub fn escape_bytes(bytes: &[u8]) -> String {
    let mut escaped = String::with_capacity(bytes.len());
    for (index, byte) in bytes.iter().enumerate() {
        match *byte {
            b'/' => escaped.push('-'),
            byte if !is_name_byte(byte) || matches!(byte, b'-' | b'\\') => {
                push_hex(&mut escaped, byte)
            }
            b'.' if index == 0 => push_hex(&mut escaped, b'.'),
            byte => escaped.push(char::from(byte)),
        }
    }
    escaped
}

/// Appends `\x` and two hexadecimal digits.
pub(super) fn push_hex(text: &mut String, byte: u8) {
    text.push_str("\\x");
    push_digits(text, byte);
}

/// Appends two hexadecimal digits.
pub(super) fn push_digits(text: &mut String, byte: u8) {
    for digit in [byte >> 4, byte & 15] {
        text.extend(char::from_digit(digit.into(), 16));
    }
}

/// The byte that two hexadecimal digits at the beginning of `digits` stand for.
pub(super) fn hex_byte(digits: &[u8]) -> Option<u8> {
    let digit = |index: usize| char::from(*digits.get(index)?).to_digit(16);
    u8::try_from(digit(0)? << 4 | digit(1)?).ok()
}

/// The text that [`escape`] made this of.
///
/// # Errors
/// `BadEscape`; `NotUtf8` when other bytes were escaped, which [`unescape_bytes`] gives.
pub fn unescape(escaped: &str) -> Result<String, NameError> {
    String::from_utf8(unescape_bytes(escaped)?).map_err(|error| {
        NameError::new(Task::Unescape, escaped, Kind::NotUtf8, error.utf8_error().valid_up_to())
    })
}

/// The bytes that [`escape_bytes`] made this of.
///
/// # Errors
/// `BadEscape`.
pub fn unescape_bytes(escaped: &str) -> Result<Vec<u8>, NameError> {
    let mut bytes = Vec::with_capacity(escaped.len());
    let mut rest = escaped.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        match first {
            b'-' => bytes.push(b'/'),
            b'\\' => match after {
                [b'x', digits @ ..] if hex_byte(digits).is_some() => {
                    bytes.extend(hex_byte(digits));
                    rest = digits.get(2..).unwrap_or_default();
                }
                _ => {
                    let at = escaped.len() - after.len() - 1;
                    return Err(NameError::new(Task::Unescape, escaped, Kind::BadEscape, at));
                }
            },
            byte => bytes.push(*byte),
        }
    }
    Ok(bytes)
}

/// Makes a path a part of a unit's name, as `systemd-escape --path` does: the name of a mount unit is its path, escaped.
/// Repeated, leading and trailing slashes and elements `.` are left out; the root is `-`.
///
/// ```
/// use barebus_systemd::name::escape_path;
///
/// assert_eq!(escape_path("/tmp//waldi/foobar/")?, "tmp-waldi-foobar");
/// # Ok::<(), barebus_systemd::name::NameError>(())
/// ```
///
/// # Errors
/// `NotNormalized` for an element `..` and for `.` as the whole path; `TooLong`.
pub fn escape_path(path: impl AsRef<Path>) -> Result<String, NameError> {
    simplify(path.as_ref()).map(|simple| escape_simple(&simple))
}

fn escape_simple(simple: &[u8]) -> String {
    if simple.is_empty() { "-".into() } else { escape_bytes(simple) }
}

/// The path's elements with one slash between; empty for the root.
fn simplify(path: &Path) -> Result<Vec<u8>, NameError> {
    let bytes = path.as_os_str().as_bytes();
    let refuse =
        |kind, at| Err(NameError::new(Task::EscapePath, &*path.to_string_lossy(), kind, at));
    let mut simple = Vec::with_capacity(bytes.len());
    let mut at = 0;
    for element in bytes.split(|byte| *byte == b'/') {
        match element {
            b"" | b"." => {}
            b".." => return refuse(Kind::NotNormalized, at),
            _ if element.len() > ELEMENT_LEN => return refuse(Kind::TooLong, at),
            _ if element.contains(&0) => return refuse(Kind::BadCharacter('\0'), at),
            _ => {
                if !simple.is_empty() {
                    simple.push(b'/');
                }
                simple.extend_from_slice(element);
            }
        }
        at += element.len() + 1;
    }
    match bytes.first() {
        // Relative, and nothing left: the current directory.
        Some(first) if *first != b'/' && simple.is_empty() => refuse(Kind::NotNormalized, 0),
        Some(b'/') if simple.len() >= PATH_LEN => refuse(Kind::TooLong, 0),
        _ if simple.len() > PATH_LEN => refuse(Kind::TooLong, 0),
        _ => Ok(simple),
    }
}

/// The absolute path that [`escape_path`] made this of.
///
/// # Errors
/// `Empty`; `BadEscape`; `NotNormalized` for a path with elements `..`, `.` or empty ones; `TooLong`; `BadCharacter` for a NUL.
pub fn unescape_path(escaped: &str) -> Result<PathBuf, NameError> {
    let refuse = |kind, at| Err(NameError::new(Task::UnescapePath, escaped, kind, at));
    match escaped {
        "" => return refuse(Kind::Empty, 0),
        "-" => return Ok("/".into()),
        _ => {}
    }
    let bytes =
        unescape_bytes(escaped).map_err(|error| NameError { task: Task::UnescapePath, ..error })?;
    if bytes.len() >= PATH_LEN {
        return refuse(Kind::TooLong, 0);
    }
    let mut at = 0;
    for element in bytes.split(|byte| *byte == b'/') {
        match element {
            b"" | b"." | b".." => return refuse(Kind::NotNormalized, at),
            _ if element.len() > ELEMENT_LEN => return refuse(Kind::TooLong, at),
            _ if element.contains(&0) => return refuse(Kind::BadCharacter('\0'), at),
            _ => at += element.len() + 1,
        }
    }
    let path = [b"/", &*bytes].concat();
    Ok(OsString::from_vec(path).into())
}
