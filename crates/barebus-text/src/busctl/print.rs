//! Prints values like `busctl call`.

use core::fmt;

use barebus_wire::{Basic, Cursor, CursorEvent, DecodeError};

use crate::double;
use crate::error::PrintError;
use crate::values::{Values, check};

/// Prints the signature and the values exactly as `busctl call` prints a reply, without a newline. Without values it prints nothing.
///
/// Strings are in double quotes, with C escapes for everything but printable ASCII, so the text is ASCII. Doubles have six significant digits
/// (`%g`), which may lose precision: see [`print_exact`].
///
/// # Errors
/// [`PrintError::Decode`] and [`PrintError::NoSuchFd`], before anything is printed.
pub fn print(
    values: &(impl Values + ?Sized),
    out: &mut (impl fmt::Write + ?Sized),
) -> Result<(), PrintError> {
    print_with(values, out, |value| double::print_general(value, 6))
}

/// As [`print()`], but prints doubles so that [`parse_line`](super::parse_line) reads back the same bits. `busctl` does as well, except for some
/// NaNs.
///
/// # Errors
/// As [`print()`].
pub fn print_exact(
    values: &(impl Values + ?Sized),
    out: &mut (impl fmt::Write + ?Sized),
) -> Result<(), PrintError> {
    print_with(values, out, double::print_exact)
}

fn print_with(
    values: &(impl Values + ?Sized),
    out: &mut (impl fmt::Write + ?Sized),
    double: impl Fn(f64) -> String,
) -> Result<(), PrintError> {
    check(values)?;
    let mut lengths = count_elements(values.cursor())?.into_iter();
    out.write_str(values.signature().as_str())?;
    let mut cursor = values.cursor();
    while let Some(event) = cursor.next()? {
        match event {
            CursorEvent::Array { .. } => write!(out, " {}", lengths.next().unwrap_or(0))?,
            CursorEvent::Variant(signature) => write!(out, " {signature}")?,
            CursorEvent::Basic(Basic::Double(value)) => write!(out, " {}", double(value))?,
            CursorEvent::Basic(value) => print_basic(value, out)?,
            CursorEvent::Struct | CursorEvent::DictEntry | CursorEvent::End => {}
        }
    }
    Ok(())
}

fn print_basic(value: Basic<'_>, out: &mut (impl fmt::Write + ?Sized)) -> fmt::Result {
    match value {
        Basic::Byte(value) => write!(out, " {value}"),
        Basic::Boolean(value) => write!(out, " {value}"),
        Basic::Int16(value) => write!(out, " {value}"),
        Basic::Uint16(value) => write!(out, " {value}"),
        Basic::Int32(value) => write!(out, " {value}"),
        Basic::Uint32(value) => write!(out, " {value}"),
        Basic::Int64(value) => write!(out, " {value}"),
        Basic::Uint64(value) => write!(out, " {value}"),
        Basic::Double(value) => write!(out, " {value}"),
        Basic::String(value) => print_string(value, out),
        Basic::ObjectPath(value) => print_string(value.as_str(), out),
        Basic::Signature(value) => print_string(value.as_str(), out),
        Basic::UnixFd(value) => write!(out, " {}", value.0),
    }
}

fn print_string(text: &str, out: &mut (impl fmt::Write + ?Sized)) -> fmt::Result {
    out.write_str(" \"")?;
    // Runs without escapes are written in one piece.
    let mut rest = text;
    while let Some(at) = rest.bytes().position(needs_escape) {
        // A byte that needs an escape can be part of a character; the run ends before it in any case.
        let (run, escaped) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.write_str(run)?;
        let len = escaped.chars().next().map_or(0, char::len_utf8);
        let (character, after) = escaped.split_at_checked(len).unwrap_or(("", ""));
        for byte in character.bytes() {
            print_escaped(byte, out)?;
        }
        rest = after;
    }
    out.write_str(rest)?;
    out.write_str("\"")
}

const fn needs_escape(byte: u8) -> bool {
    byte < b' ' || byte >= 0x7f || matches!(byte, b'"' | b'\'' | b'\\')
}

pub(super) fn print_escaped(byte: u8, out: &mut (impl fmt::Write + ?Sized)) -> fmt::Result {
    match byte {
        0x07 => out.write_str("\\a"),
        0x08 => out.write_str("\\b"),
        0x0c => out.write_str("\\f"),
        b'\n' => out.write_str("\\n"),
        b'\r' => out.write_str("\\r"),
        b'\t' => out.write_str("\\t"),
        0x0b => out.write_str("\\v"),
        b'"' | b'\'' | b'\\' => write!(out, "\\{}", char::from(byte)),
        byte => write!(out, "\\{byte:03o}"),
    }
}

/// The number of elements of each array, in the order in which the arrays start.
///
/// This is one walk for all arrays. A walk per array would take quadratic time for nested arrays.
fn count_elements(mut cursor: Cursor<'_>) -> Result<Vec<u32>, DecodeError> {
    let mut counts: Vec<u32> = Vec::new();
    // For each open container: the index of its array, if it is an array.
    let mut open: Vec<Option<usize>> = Vec::new();
    while let Some(event) = cursor.next()? {
        if event == CursorEvent::End {
            open.pop();
            continue;
        }
        let array = open.last().copied().flatten();
        if let Some(count) = array.and_then(|array| counts.get_mut(array)) {
            *count += 1;
        }
        match event {
            CursorEvent::Array { .. } => {
                open.push(Some(counts.len()));
                counts.push(0);
            }
            CursorEvent::Struct | CursorEvent::DictEntry | CursorEvent::Variant(_) => {
                open.push(None)
            }
            CursorEvent::Basic(_) | CursorEvent::End => {}
        }
    }
    Ok(counts)
}
