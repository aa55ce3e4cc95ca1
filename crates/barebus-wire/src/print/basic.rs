//! Values of basic types as text.

use core::fmt::{self, Write};

use crate::basic::Basic;

/// In GVariant's text form: `uint32 1500`, `'text'`. The alternate form (`{:#}`) leaves the type out: `1500`.
///
/// A string is in single quotes, or in double quotes if a single quote is in it. Characters that are not printable are escaped, so the text
/// is safe for a terminal.
impl fmt::Display for Basic<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !f.alternate() {
            f.write_str(self.annotation())?;
        }
        match self {
            Self::Byte(value) => write!(f, "{value:#04x}"),
            Self::Boolean(value) => write!(f, "{value}"),
            Self::Int16(value) => write!(f, "{value}"),
            Self::Uint16(value) => write!(f, "{value}"),
            Self::Int32(value) => write!(f, "{value}"),
            Self::Uint32(value) => write!(f, "{value}"),
            Self::Int64(value) => write!(f, "{value}"),
            Self::Uint64(value) => write!(f, "{value}"),
            Self::Double(value) if value.is_nan() => f.write_str("nan"),
            // With a point or an exponent, or it would be an integer.
            Self::Double(value) => write!(f, "{value:?}"),
            Self::String(text) => put_quoted(text, f),
            Self::ObjectPath(path) => write!(f, "'{}'", path.as_str()),
            Self::Signature(signature) => write!(f, "'{}'", signature.as_str()),
            // A handle is signed.
            Self::UnixFd(index) => write!(f, "{}", index.0 as i32),
        }
    }
}

impl Basic<'_> {
    /// What stands before a value to tell its type; nothing for the types that the value itself tells.
    const fn annotation(self) -> &'static str {
        match self {
            Self::Byte(_) => "byte ",
            Self::Int16(_) => "int16 ",
            Self::Uint16(_) => "uint16 ",
            Self::Uint32(_) => "uint32 ",
            Self::Int64(_) => "int64 ",
            Self::Uint64(_) => "uint64 ",
            Self::UnixFd(_) => "handle ",
            Self::ObjectPath(_) => "objectpath ",
            Self::Signature(_) => "signature ",
            Self::Boolean(_) | Self::Int32(_) | Self::Double(_) | Self::String(_) => "",
        }
    }
}

fn put_quoted(text: &str, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    let quote = if text.contains('\'') { '"' } else { '\'' };
    out.write_char(quote)?;
    for c in text.chars() {
        match c {
            '\u{7}' => out.write_str("\\a"),
            '\u{8}' => out.write_str("\\b"),
            '\u{c}' => out.write_str("\\f"),
            '\n' => out.write_str("\\n"),
            '\r' => out.write_str("\\r"),
            '\t' => out.write_str("\\t"),
            '\u{b}' => out.write_str("\\v"),
            c if c == quote || c == '\\' => write!(out, "\\{c}"),
            c if is_printable(c) => out.write_char(c),
            c if u32::from(c) < 0x10000 => write!(out, "\\u{:04x}", u32::from(c)),
            c => write!(out, "\\U{:08x}", u32::from(c)),
        }?;
    }
    out.write_char(quote)
}

/// Whether GLib takes a character to be printable: all are but controls, format characters and those not assigned.
fn is_printable(c: char) -> bool {
    if c.is_ascii() {
        return (' '..='~').contains(&c);
    }
    let is_private = matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{ffffd}' | '\u{100000}'..='\u{10fffd}');
    if is_private || (c.is_whitespace() && !c.is_control()) {
        return true;
    }
    // The standard library escapes the rest of what is not printable, and at the beginning of a text what extends the
    // character before it, which is: so something stands before it.
    let mut buf = [b'.'; 5];
    let len = buf.split_first_mut().map_or(0, |(_, rest)| c.encode_utf8(rest).len());
    let text = buf.get(..=len).and_then(|bytes| core::str::from_utf8(bytes).ok()).unwrap_or(".");
    text.escape_debug().nth(1) == Some(c)
}
