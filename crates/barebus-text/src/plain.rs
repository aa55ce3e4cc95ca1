//! Values alone, for shells: strings bare, an element a line.
//!
//! - A basic value is a line: a string as it is, a number in decimal digits, `true`, `false`.
//! - An array is its elements, a line each. An empty array prints nothing.
//! - A variant is its value.
//! - A struct is an array of JSON on a line, a dictionary an object. In them, variants are their values too.
//!
//! ```text
//! $ barebus -o plain get-property org.example.Lamp /lamp org.example.Lamp Names
//! kitchen
//! hall
//! ```
//!
//! The types are lost, so this form cannot be parsed. Strings are not escaped: escape the text before it is printed to a terminal.

use core::fmt;

use barebus_wire::{Basic, Cursor, CursorEvent};

use crate::double;
use crate::error::PrintError;
use crate::json::Dialect;
use crate::values::{Values, check};

/// Prints the values. Each line ends with a newline.
///
/// # Errors
/// [`PrintError::Decode`] and [`PrintError::NoSuchFd`], before anything is printed.
pub fn print(
    values: &(impl Values + ?Sized),
    out: &mut (impl fmt::Write + ?Sized),
) -> Result<(), PrintError> {
    check(values)?;
    let mut cursor = values.cursor();
    while let Some(event) = cursor.next()? {
        print_value(event, &mut cursor, out)?;
    }
    Ok(())
}

/// Prints a value that no array is around.
fn print_value<'a>(
    event: CursorEvent<'a>,
    cursor: &mut Cursor<'a>,
    out: &mut (impl fmt::Write + ?Sized),
) -> Result<(), PrintError> {
    let (event, variants) = unwrap(event, cursor)?;
    match event {
        CursorEvent::Array { element, .. } if element.code() != Some(b'{') => loop {
            match cursor.next()? {
                None | Some(CursorEvent::End) => break,
                Some(event) => {
                    let (event, variants) = unwrap(event, cursor)?;
                    print_line(event, cursor, out)?;
                    end(variants, cursor)?;
                }
            }
        },
        event => print_line(event, cursor, out)?,
    }
    end(variants, cursor)
}

/// Prints a value on a line.
fn print_line<'a>(
    event: CursorEvent<'a>,
    cursor: &mut Cursor<'a>,
    out: &mut (impl fmt::Write + ?Sized),
) -> Result<(), PrintError> {
    match event {
        CursorEvent::Basic(value) => print_basic(value, out)?,
        event => Dialect::Bare.print_from(event, cursor, out)?,
    }
    out.write_str("\n")?;
    Ok(())
}

fn print_basic(value: Basic<'_>, out: &mut (impl fmt::Write + ?Sized)) -> fmt::Result {
    match value {
        Basic::String(text) => out.write_str(text),
        Basic::ObjectPath(path) => out.write_str(path.as_str()),
        Basic::Signature(signature) => out.write_str(signature.as_str()),
        Basic::Double(value) => out.write_str(&double::print_exact(value)),
        value => Dialect::Bare.print_basic(value, out),
    }
}

/// Enters variants. Returns what the innermost one holds, and their number.
fn unwrap<'a>(
    mut event: CursorEvent<'a>,
    cursor: &mut Cursor<'a>,
) -> Result<(CursorEvent<'a>, usize), PrintError> {
    let mut variants = 0;
    while let CursorEvent::Variant(_) = event {
        match cursor.next()? {
            Some(inner) => event = inner,
            None => break,
        }
        variants += 1;
    }
    Ok((event, variants))
}

/// Leaves variants.
fn end(variants: usize, cursor: &mut Cursor<'_>) -> Result<(), PrintError> {
    for _ in 0..variants {
        cursor.next()?;
    }
    Ok(())
}
