//! Prints values like `busctl --verbose`: a line for each value, with the name of its type.

use core::fmt;

use barebus_wire::{Basic, CursorEvent, Signature, Types};

use crate::double;
use crate::error::PrintError;
use crate::escape::is_unsafe;
use crate::values::{Values, check};

/// Prints all values as `busctl --verbose call` and `busctl monitor` print a message's body, with `margin` before each line.
///
/// ```text
/// MESSAGE "sv" {
///         STRING "text";
///         VARIANT "u" {
///                 UINT32 7;
///         };
/// };
/// ```
///
/// An empty line follows. Strings are not quoted any further than this; only unsafe characters in them are escaped, as in C. So this form
/// cannot be parsed.
///
/// # Errors
/// [`PrintError::Decode`] and [`PrintError::NoSuchFd`], before anything is printed.
pub fn print_verbose(
    values: &(impl Values + ?Sized),
    margin: &str,
    out: &mut (impl fmt::Write + ?Sized),
) -> Result<(), PrintError> {
    check(values)?;
    writeln!(out, "{margin}MESSAGE \"{}\" {{", values.signature())?;
    print_lines(values, margin, 1, out)?;
    writeln!(out, "{margin}}};\n")?;
    Ok(())
}

/// Prints the values alone, as `busctl --verbose get-property` prints a property.
///
/// # Errors
/// As [`print_verbose`].
pub fn print_verbose_values(
    values: &(impl Values + ?Sized),
    out: &mut (impl fmt::Write + ?Sized),
) -> Result<(), PrintError> {
    check(values)?;
    print_lines(values, "", 0, out)
}

/// Where the type of the next value in a container is found.
enum Within<'a> {
    /// An array: each element has this type.
    Array(Signature<'a>),
    /// A struct, a dictionary entry, or a body: each value has a type of its own.
    Fields(Types<'a>),
    /// A variant. The type is not needed: only structs and entries do not tell theirs, and one in a variant is its whole signature.
    Variant(Signature<'a>),
}

fn print_lines(
    values: &(impl Values + ?Sized),
    margin: &str,
    depth: usize,
    out: &mut (impl fmt::Write + ?Sized),
) -> Result<(), PrintError> {
    let mut cursor = values.cursor();
    let mut within = vec![Within::Fields(values.signature().types())];
    while let Some(event) = cursor.next()? {
        if event == CursorEvent::End {
            within.pop();
        }
        out.write_str(margin)?;
        (1..depth + within.len()).try_for_each(|_| out.write_str("        "))?;
        let value_type = match within.last_mut() {
            _ if event == CursorEvent::End => Signature::default(),
            Some(Within::Array(element)) => *element,
            Some(Within::Variant(inner)) => *inner,
            Some(Within::Fields(types)) => types.next().unwrap_or_default(),
            None => Signature::default(),
        };
        let fields = value_type.fields().unwrap_or_default();
        match event {
            CursorEvent::Basic(value) => print_basic(value, out)?,
            CursorEvent::Array { element, .. } => {
                writeln!(out, "ARRAY \"{element}\" {{")?;
                within.push(Within::Array(element));
            }
            CursorEvent::Variant(inner) => {
                writeln!(out, "VARIANT \"{inner}\" {{")?;
                within.push(Within::Variant(inner));
            }
            CursorEvent::Struct => {
                writeln!(out, "STRUCT \"{fields}\" {{")?;
                within.push(Within::Fields(fields.types()));
            }
            CursorEvent::DictEntry => {
                writeln!(out, "DICT_ENTRY \"{fields}\" {{")?;
                within.push(Within::Fields(fields.types()));
            }
            CursorEvent::End => out.write_str("};\n")?,
        }
    }
    Ok(())
}

fn print_basic(value: Basic<'_>, out: &mut (impl fmt::Write + ?Sized)) -> fmt::Result {
    match value {
        Basic::Byte(value) => writeln!(out, "BYTE {value};"),
        Basic::Boolean(value) => writeln!(out, "BOOLEAN {value};"),
        Basic::Int16(value) => writeln!(out, "INT16 {value};"),
        Basic::Uint16(value) => writeln!(out, "UINT16 {value};"),
        Basic::Int32(value) => writeln!(out, "INT32 {value};"),
        Basic::Uint32(value) => writeln!(out, "UINT32 {value};"),
        Basic::Int64(value) => writeln!(out, "INT64 {value};"),
        Basic::Uint64(value) => writeln!(out, "UINT64 {value};"),
        Basic::Double(value) => writeln!(out, "DOUBLE {};", double::print_general(value, 6)),
        Basic::String(text) => print_string("STRING", text, out),
        Basic::ObjectPath(path) => print_string("OBJECT_PATH", path.as_str(), out),
        Basic::Signature(signature) => print_string("SIGNATURE", signature.as_str(), out),
        Basic::UnixFd(index) => writeln!(out, "UNIX_FD {};", index.0),
    }
}

fn print_string(kind: &str, text: &str, out: &mut (impl fmt::Write + ?Sized)) -> fmt::Result {
    write!(out, "{kind} \"")?;
    print_escaped(text, out)?;
    out.write_str("\";\n")
}

/// Writes text with unsafe characters escaped, as in C.
pub(super) fn print_escaped(text: &str, out: &mut (impl fmt::Write + ?Sized)) -> fmt::Result {
    let mut rest = text;
    while let Some((at, unsafe_char)) = rest.char_indices().find(|(_, c)| is_unsafe(*c)) {
        let (run, escaped) = rest.split_at_checked(at).unwrap_or((rest, ""));
        let (escaped, after) =
            escaped.split_at_checked(unsafe_char.len_utf8()).unwrap_or((escaped, ""));
        out.write_str(run)?;
        escaped.bytes().try_for_each(|byte| super::print::print_escaped(byte, out))?;
        rest = after;
    }
    out.write_str(rest)
}
