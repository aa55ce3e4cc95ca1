//! Prints values as JSON.

use core::fmt;

use barebus_wire::{Basic, Cursor, CursorEvent};

use crate::double;
use crate::error::PrintError;
use crate::escape::is_unsafe;
use crate::values::{Values, check};
use crate::walk;

/// How values that JSON has no form for are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// So that they are read back: doubles with the fewest digits that suffice, or as strings; file descriptors as their indices.
    Exact,
    /// As [`Exact`](Self::Exact), but a variant is its value alone, so its type is lost.
    Bare,
    /// As `busctl --json=short` does: doubles with 22 digits, zero without a sign; what is not finite, and file descriptors, as `null`.
    Busctl,
}

/// Prints all values as one object, as `busctl --json=short call` prints a reply: `{"type":"su","data":["x",1]}`.
///
/// # Errors
/// [`PrintError::Decode`] and [`PrintError::NoSuchFd`], before anything is printed.
pub fn print(
    values: &(impl Values + ?Sized),
    out: &mut (impl fmt::Write + ?Sized),
) -> Result<(), PrintError> {
    Dialect::Exact.print(values, out)
}

/// Prints a single value, as `busctl --json=short get-property` prints a property: `{"type":"s","data":"x"}`.
///
/// Only the first value is printed. Without a value the object is `{"type":"","data":null}`.
///
/// # Errors
/// [`PrintError::Decode`] and [`PrintError::NoSuchFd`], before anything is printed.
pub fn print_value(
    values: &(impl Values + ?Sized),
    out: &mut (impl fmt::Write + ?Sized),
) -> Result<(), PrintError> {
    Dialect::Exact.print_value(values, out)
}

/// Prints the data alone, without the type: `["x",1]`.
///
/// # Errors
/// [`PrintError::Decode`] and [`PrintError::NoSuchFd`], before anything is printed.
pub fn print_data(
    values: &(impl Values + ?Sized),
    out: &mut (impl fmt::Write + ?Sized),
) -> Result<(), PrintError> {
    check(values)?;
    Dialect::Exact.print_list(&mut values.cursor(), out)
}

impl Dialect {
    /// As [`print()`].
    ///
    /// # Errors
    /// As [`print()`].
    pub fn print(
        self,
        values: &(impl Values + ?Sized),
        out: &mut (impl fmt::Write + ?Sized),
    ) -> Result<(), PrintError> {
        check(values)?;
        self.print_validated(values, out)
    }

    /// As [`print_value`].
    ///
    /// # Errors
    /// As [`print_value`].
    pub fn print_value(
        self,
        values: &(impl Values + ?Sized),
        out: &mut (impl fmt::Write + ?Sized),
    ) -> Result<(), PrintError> {
        check(values)?;
        let mut cursor = values.cursor();
        let types = values.signature();
        let first = types.types().next().map_or("", |first| first.as_str());
        write!(out, "{{\"type\":\"{first}\",\"data\":")?;
        match cursor.next()? {
            Some(event) => self.print_from(event, &mut cursor, out)?,
            None => out.write_str("null")?,
        }
        out.write_str("}")?;
        Ok(())
    }

    /// As [`print()`], for values that have been validated.
    pub(super) fn print_validated(
        self,
        values: &(impl Values + ?Sized),
        out: &mut (impl fmt::Write + ?Sized),
    ) -> Result<(), PrintError> {
        write!(out, "{{\"type\":\"{}\",\"data\":", values.signature())?;
        self.print_list(&mut values.cursor(), out)?;
        out.write_str("}")?;
        Ok(())
    }

    fn print_list(
        self,
        cursor: &mut Cursor<'_>,
        out: &mut (impl fmt::Write + ?Sized),
    ) -> Result<(), PrintError> {
        let mut separator = "[";
        while let Some(event) = cursor.next()? {
            out.write_str(separator)?;
            separator = ",";
            self.print_from(event, cursor, out)?;
        }
        out.write_str(if separator == "[" { "[]" } else { "]" })?;
        Ok(())
    }

    /// Prints the value that begins with `event`, and reads the rest of it from `cursor`.
    pub(crate) fn print_from<'a>(
        self,
        event: CursorEvent<'a>,
        cursor: &mut Cursor<'a>,
        out: &mut (impl fmt::Write + ?Sized),
    ) -> Result<(), PrintError> {
        walk::print_from(
            event,
            cursor,
            out,
            |event, around, _, out| {
                let is_key = around.map_or(Ok(false), |around| separate(around, out))?;
                Ok(self.begin(event, is_key, out)?)
            },
            end,
        )
    }

    /// Prints a basic value, or the start of a container.
    fn begin(
        self,
        event: CursorEvent<'_>,
        is_key: bool,
        out: &mut (impl fmt::Write + ?Sized),
    ) -> Result<Option<Frame>, fmt::Error> {
        Ok(match event {
            CursorEvent::Basic(value) => {
                if is_key {
                    self.print_key(value, out)?
                } else {
                    self.print_basic(value, out)?
                }
                None
            }
            CursorEvent::Array { element, .. } if element.code() == Some(b'{') => {
                out.write_str("{")?;
                Some(Frame::Dictionary { empty: true })
            }
            CursorEvent::Array { .. } | CursorEvent::Struct => {
                out.write_str("[")?;
                Some(Frame::List { empty: true })
            }
            CursorEvent::DictEntry => Some(Frame::Entry { has_key: false }),
            CursorEvent::Variant(_) if self == Self::Bare => Some(Frame::Bare),
            CursorEvent::Variant(signature) => {
                write!(out, "{{\"type\":\"{signature}\",\"data\":")?;
                Some(Frame::Variant)
            }
            CursorEvent::End => None,
        })
    }

    /// Prints a value of a basic type.
    pub(crate) fn print_basic(
        self,
        value: Basic<'_>,
        out: &mut (impl fmt::Write + ?Sized),
    ) -> fmt::Result {
        match value {
            Basic::Byte(value) => write!(out, "{value}"),
            Basic::Boolean(value) => write!(out, "{value}"),
            Basic::Int16(value) => write!(out, "{value}"),
            Basic::Uint16(value) => write!(out, "{value}"),
            Basic::Int32(value) => write!(out, "{value}"),
            Basic::Uint32(value) => write!(out, "{value}"),
            Basic::Int64(value) => write!(out, "{value}"),
            Basic::Uint64(value) => write!(out, "{value}"),
            Basic::Double(value) => self.print_double(value, out),
            Basic::String(text) => print_string(text, out),
            Basic::ObjectPath(path) => print_string(path.as_str(), out),
            Basic::Signature(signature) => print_string(signature.as_str(), out),
            Basic::UnixFd(_) if self == Self::Busctl => out.write_str("null"),
            Basic::UnixFd(index) => write!(out, "{}", index.0),
        }
    }

    fn print_double(self, value: f64, out: &mut (impl fmt::Write + ?Sized)) -> fmt::Result {
        match self {
            // The fewest digits that are read back as the same double, with a point or an exponent.
            Self::Exact | Self::Bare if value.is_finite() => write!(out, "{value:?}"),
            Self::Exact | Self::Bare => write!(out, "\"{}\"", not_finite(value)),
            Self::Busctl if value.is_finite() => {
                // Zero is one constant there, so its sign is lost.
                let value = if value == 0.0 { 0.0 } else { value };
                out.write_str(&double::print_scientific(value, 21))
            }
            Self::Busctl => out.write_str("null"),
        }
    }

    /// A key is a string, whatever its type.
    fn print_key(self, value: Basic<'_>, out: &mut (impl fmt::Write + ?Sized)) -> fmt::Result {
        let is_string = match value {
            Basic::Double(value) => self != Self::Busctl && !value.is_finite(),
            value => matches!(value, Basic::String(_) | Basic::ObjectPath(_) | Basic::Signature(_)),
        };
        let quote = if is_string { "" } else { "\"" };
        out.write_str(quote)?;
        self.print_basic(value, out)?;
        out.write_str(quote)
    }
}

/// A container that is being printed.
enum Frame {
    /// A struct, or an array that is not a dictionary.
    List {
        empty: bool,
    },
    Dictionary {
        empty: bool,
    },
    Entry {
        has_key: bool,
    },
    Variant,
    /// A variant that is not shown.
    Bare,
}

/// The text that ends a container.
const fn end(frame: &Frame) -> &'static str {
    match frame {
        Frame::List { .. } => "]",
        Frame::Dictionary { .. } | Frame::Variant => "}",
        Frame::Entry { .. } | Frame::Bare => "",
    }
}

/// Prints the separator before a value in the container `around` it. Returns whether the value is a key.
fn separate(around: &mut Frame, out: &mut (impl fmt::Write + ?Sized)) -> Result<bool, fmt::Error> {
    match around {
        Frame::List { empty } | Frame::Dictionary { empty } => {
            out.write_str(if *empty { "" } else { "," })?;
            *empty = false;
        }
        Frame::Entry { has_key } => {
            out.write_str(if *has_key { ":" } else { "" })?;
            return Ok(!core::mem::replace(has_key, true));
        }
        Frame::Variant | Frame::Bare => {}
    }
    Ok(false)
}

/// In the words that are usual in JSON, and that [`double::parse`] reads.
fn not_finite(value: f64) -> String {
    double::print_exact(value).replace("nan", "NaN").replace("inf", "Infinity")
}

/// Prints a string as JSON, with unsafe characters escaped.
///
/// # Errors
/// Those of `out`.
pub fn print_string(text: &str, out: &mut (impl fmt::Write + ?Sized)) -> fmt::Result {
    out.write_str("\"")?;
    let mut rest = text;
    while let Some(at) = rest.find(|c| matches!(c, '"' | '\\') || is_unsafe(c)) {
        let (run, escaped) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.write_str(run)?;
        let mut characters = escaped.chars();
        if let Some(c) = characters.next() {
            print_escaped(c, out)?;
        }
        rest = characters.as_str();
    }
    out.write_str(rest)?;
    out.write_str("\"")
}

fn print_escaped(c: char, out: &mut (impl fmt::Write + ?Sized)) -> fmt::Result {
    match c {
        '"' | '\\' => write!(out, "\\{c}"),
        '\u{8}' => out.write_str("\\b"),
        '\u{c}' => out.write_str("\\f"),
        '\n' => out.write_str("\\n"),
        '\r' => out.write_str("\\r"),
        '\t' => out.write_str("\\t"),
        c => c.encode_utf16(&mut [0; 2]).iter().try_for_each(|unit| write!(out, "\\u{unit:04x}")),
    }
}
