//! Prints values like GLib, with type annotations.

use core::fmt;

use barebus_wire::{Basic, Cursor, CursorEvent};

use crate::double;
use crate::error::PrintError;
use crate::values::{Values, check};
use crate::walk;

/// Prints all values as a tuple, as `gdbus call` prints a reply: `('x', uint32 7)`, `('x',)`, `()`.
///
/// Doubles have 17 digits, so they are read back as the same bits, except for NaNs. Unsafe characters are escaped.
///
/// # Errors
/// [`PrintError::Decode`] and [`PrintError::NoSuchFd`], before anything is printed.
pub fn print(
    values: &(impl Values + ?Sized),
    out: &mut (impl fmt::Write + ?Sized),
) -> Result<(), PrintError> {
    check(values)?;
    let mut cursor = values.cursor();
    let mut count = 0usize;
    out.write_str("(")?;
    while let Some(event) = cursor.next()? {
        out.write_str(if count > 0 { ", " } else { "" })?;
        count += 1;
        print_from(event, true, &mut cursor, out)?;
    }
    out.write_str(if count == 1 { ",)" } else { ")" })?;
    Ok(())
}

/// Prints the first value alone: `uint32 7`.
///
/// # Errors
/// [`PrintError::Decode`] and [`PrintError::NoSuchFd`], before anything is printed.
pub fn print_value(
    values: &(impl Values + ?Sized),
    out: &mut (impl fmt::Write + ?Sized),
) -> Result<(), PrintError> {
    print_first(values, true, out)
}

/// Prints the first value without its type, as `gdbus introspect` prints a property: `7`. Types in variants are printed.
///
/// # Errors
/// [`PrintError::Decode`] and [`PrintError::NoSuchFd`], before anything is printed.
pub fn print_untyped_value(
    values: &(impl Values + ?Sized),
    out: &mut (impl fmt::Write + ?Sized),
) -> Result<(), PrintError> {
    print_first(values, false, out)
}

fn print_first(
    values: &(impl Values + ?Sized),
    annotate: bool,
    out: &mut (impl fmt::Write + ?Sized),
) -> Result<(), PrintError> {
    check(values)?;
    let mut cursor = values.cursor();
    match cursor.next()? {
        Some(event) => print_from(event, annotate, &mut cursor, out),
        None => Ok(()),
    }
}

/// A container that is being printed.
struct Frame {
    kind: Kind,
    /// Number of values or entries so far.
    count: usize,
    /// Whether the next value is annotated. In an array or dictionary only the first element is.
    annotate: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Array,
    Tuple,
    Dictionary,
    Entry,
    Variant,
}

fn print_from<'a>(
    event: CursorEvent<'a>,
    annotate: bool,
    cursor: &mut Cursor<'a>,
    out: &mut (impl fmt::Write + ?Sized),
) -> Result<(), PrintError> {
    let begin = |event, around: Option<&mut Frame>, cursor: &mut _, out: &mut _| {
        let annotate = match around {
            Some(around) => separate(around, out)?,
            None => annotate,
        };
        begin(event, annotate, cursor, out)
    };
    walk::print_from(event, cursor, out, begin, end)
}

/// The text that ends a container.
const fn end(frame: &Frame) -> &'static str {
    match (frame.kind, frame.count) {
        (Kind::Array, _) => "]",
        (Kind::Tuple, 1) => ",)",
        (Kind::Tuple, _) => ")",
        (Kind::Dictionary, _) => "}",
        (Kind::Variant, _) => ">",
        (Kind::Entry, _) => "",
    }
}

/// Prints the separator before a value in the container `around` it. Returns whether the value is annotated.
fn separate(around: &mut Frame, out: &mut (impl fmt::Write + ?Sized)) -> Result<bool, fmt::Error> {
    out.write_str(match (around.kind, around.count) {
        (_, 0) => "",
        (Kind::Entry, _) => ": ",
        _ => ", ",
    })?;
    around.count += 1;
    let annotate = around.annotate;
    around.annotate &= !matches!(around.kind, Kind::Array | Kind::Dictionary);
    Ok(annotate)
}

/// Prints a basic value, an array that is printed as a whole, or the start of a container. Returns the container that it starts.
fn begin<'a>(
    event: CursorEvent<'a>,
    annotate: bool,
    cursor: &mut Cursor<'a>,
    out: &mut (impl fmt::Write + ?Sized),
) -> Result<Option<Frame>, PrintError> {
    let (kind, opening, annotate_within) = match event {
        CursorEvent::Basic(value) => {
            print_basic(value, annotate, out)?;
            return Ok(None);
        }
        CursorEvent::Array { element, len } => {
            let is_dictionary = element.code() == Some(b'{');
            if len == 0 {
                if annotate {
                    write!(out, "@a{element} ")?;
                }
                out.write_str(if is_dictionary { "{}" } else { "[]" })?;
                cursor.next()?;
                return Ok(None);
            }
            if element.code() == Some(b'y') {
                print_bytes(cursor, annotate, out)?;
                return Ok(None);
            }
            if is_dictionary {
                (Kind::Dictionary, "{", annotate)
            } else {
                (Kind::Array, "[", annotate)
            }
        }
        CursorEvent::Struct => (Kind::Tuple, "(", annotate),
        CursorEvent::DictEntry => (Kind::Entry, "", annotate),
        // A variant's value can have any type, so it always needs an annotation.
        CursorEvent::Variant(_) => (Kind::Variant, "<", true),
        CursorEvent::End => return Ok(None),
    };
    out.write_str(opening)?;
    Ok(Some(Frame { kind, count: 0, annotate: annotate_within }))
}

/// Prints an array of bytes: as a string if its last byte is 0 and no other one is.
fn print_bytes(
    cursor: &mut Cursor<'_>,
    annotate: bool,
    out: &mut (impl fmt::Write + ?Sized),
) -> Result<(), PrintError> {
    let mut bytes = Vec::new();
    while let Some(CursorEvent::Basic(Basic::Byte(byte))) = cursor.next()? {
        bytes.push(byte);
    }
    if let Some((0, string)) = bytes.split_last() {
        if !string.contains(&0) {
            return Ok(print_byte_string(string, out)?);
        }
    }
    for (index, byte) in bytes.iter().enumerate() {
        out.write_str(if index == 0 { "[" } else { ", " })?;
        print_basic(Basic::Byte(*byte), annotate && index == 0, out)?;
    }
    out.write_str("]")?;
    Ok(())
}

fn print_byte_string(bytes: &[u8], out: &mut (impl fmt::Write + ?Sized)) -> fmt::Result {
    let quote = if bytes.contains(&b'\'') { '"' } else { '\'' };
    write!(out, "b{quote}")?;
    for byte in bytes {
        match byte {
            0x08 => out.write_str("\\b")?,
            0x0c => out.write_str("\\f")?,
            b'\n' => out.write_str("\\n")?,
            b'\r' => out.write_str("\\r")?,
            b'\t' => out.write_str("\\t")?,
            0x0b => out.write_str("\\v")?,
            b'"' | b'\\' => write!(out, "\\{}", char::from(*byte))?,
            b' '..=b'~' => out.write_char(char::from(*byte))?,
            byte => write!(out, "\\{byte:03o}")?,
        }
    }
    out.write_char(quote)
}

fn print_basic(
    value: Basic<'_>,
    annotate: bool,
    out: &mut (impl fmt::Write + ?Sized),
) -> fmt::Result {
    match value {
        // GLib's digits, of which there may be more than a value needs.
        Basic::Double(value) => print_double(value, out),
        value if annotate => write!(out, "{value}"),
        value => write!(out, "{value:#}"),
    }
}

fn print_double(value: f64, out: &mut (impl fmt::Write + ?Sized)) -> fmt::Result {
    let text = double::print_general(value, 17);
    out.write_str(&text)?;
    // Without a point it would be an integer.
    out.write_str(if text.contains(['.', 'e', 'n']) { "" } else { ".0" })
}
