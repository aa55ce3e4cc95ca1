//! Text as an element of an object path, as systemd writes it.

use super::error::{NameError, NameErrorKind as Kind, Task};
use super::escape::{hex_byte, push_digits};

/// Makes any text one element of an object path: all bytes but ASCII letters and digits, and a digit that comes first, become `_`
/// and two hexadecimal digits. The empty text is `_`.
///
/// ```
/// use barebus_systemd::name::escape_label;
///
/// assert_eq!(escape_label("dbus.service"), "dbus_2eservice");
/// assert_eq!((&*escape_label("1"), &*escape_label("")), ("_31", "_"));
/// ```
pub fn escape_label(text: &str) -> String {
    let mut label = String::with_capacity(text.len() + 4);
    for (index, byte) in text.bytes().enumerate() {
        if byte.is_ascii_alphabetic() || byte.is_ascii_digit() && index > 0 {
            label.push(char::from(byte));
        } else {
            label.push('_');
            push_digits(&mut label, byte);
        }
    }
    if label.is_empty() {
        label.push('_');
    }
    label
}

/// The text that [`escape_label`] made this of.
///
/// # Errors
/// `BadEscape` for what `escape_label` never writes, so that no two labels give the same text; `NotUtf8`.
pub fn unescape_label(label: &str) -> Result<String, NameError> {
    let refuse = |kind, at| NameError::new(Task::UnescapeLabel, label, kind, at);
    if label == "_" {
        return Ok(String::new());
    }
    let mut bytes = Vec::with_capacity(label.len());
    let mut rest = label.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        let mut byte = *first;
        if byte == b'_' {
            let unescaped = hex_byte(after);
            byte =
                unescaped.ok_or_else(|| refuse(Kind::BadEscape, label.len() - after.len() - 1))?;
            rest = after.get(2..).unwrap_or_default();
        }
        bytes.push(byte);
    }
    let text = String::from_utf8(bytes)
        .map_err(|error| refuse(Kind::NotUtf8, error.utf8_error().valid_up_to()))?;
    let written = escape_label(&text);
    if written != label || label.is_empty() {
        let same = written.bytes().zip(label.bytes()).take_while(|(a, b)| a == b).count();
        return Err(refuse(Kind::BadEscape, same));
    }
    Ok(text)
}
