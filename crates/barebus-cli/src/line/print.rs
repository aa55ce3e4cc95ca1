//! Prints messages as lines.

use std::fmt::Write;

use barebus::wire::{Array, Basic, CursorEvent, DecodeBody, Endian, Message, Reader, Variant};
use barebus_text::{
    PrintError, Values, busctl, check_fd_indices, gvariant, header_field_name, message_type_name,
};

use super::Body;

/// The signature of a header: byte order, type, flags, version, body length, serial, fields. Spec: Message Format.
type Header<'a> = (u8, u8, u8, u8, u32, u32, Array<'a, (u8, Variant<'a>)>);

/// Appends a message as a line, without a newline.
///
/// # Errors
/// [`PrintError::Decode`] (the body is invalid) and [`PrintError::NoSuchFd`], before anything is printed.
pub(crate) fn print(message: &Message<'_>, form: Body, out: &mut String) -> Result<(), PrintError> {
    check_fd_indices(message)?;
    let endian = message.header().endian;
    let mut reader = Reader::new(message.as_bytes(), endian);
    let (_, code, flags, _, _, serial, fields) = Header::decode_body(&mut reader)?;
    match message_type_name(code) {
        Some(name) => out.push_str(name),
        None => write!(out, "{code}")?,
    }
    if endian == Endian::Big {
        out.push_str(" endian=B");
    }
    if flags != 0 {
        write!(out, " flags={flags}")?;
    }
    write!(out, " serial={serial}")?;
    for field in fields {
        let (code, value) = field?;
        print_field(code, &value, out)?;
    }
    if message.signature().is_empty() {
        return Ok(());
    }
    out.push_str(" : ");
    match form {
        Body::Busctl => busctl::print_exact(message, out),
        Body::GVariant => gvariant::print(message, out),
    }
}

fn print_field(code: u8, value: &Variant<'_>, out: &mut String) -> Result<(), PrintError> {
    let Some(name) = header_field_name(code) else {
        // The value consists of several words, so the whole is quoted as one word.
        let mut text = format!("{code}=");
        busctl::print_exact(value, &mut text)?;
        write!(out, " \"{}\"", text.replace('\\', r"\\").replace('"', "\\\""))?;
        return Ok(());
    };
    // The types of these fields are known, and their values need no quoting.
    match Values::cursor(value).next()? {
        Some(CursorEvent::Basic(Basic::String(value))) => write!(out, " {name}={value}")?,
        Some(CursorEvent::Basic(Basic::ObjectPath(value))) => write!(out, " {name}={value}")?,
        Some(CursorEvent::Basic(Basic::Signature(value))) => write!(out, " {name}={value}")?,
        Some(CursorEvent::Basic(Basic::Uint32(value))) => write!(out, " {name}={value}")?,
        _ => {}
    }
    Ok(())
}
