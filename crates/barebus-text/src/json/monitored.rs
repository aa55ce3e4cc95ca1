//! Prints whole messages like `busctl monitor --json=short`.

use core::fmt;

use barebus_wire::Message;

use super::print::{Dialect, print_string};
use crate::error::PrintError;
use crate::names::message_type_name;
use crate::values::check_fd_indices;

/// Prints a message as `busctl monitor --json=short` does, without the newline. `timestamp` is the time of its arrival in microseconds since
/// 1970-01-01. Unknown header fields are not printed; [`print_message`](super::print_message) prints them.
///
/// # Errors
/// [`PrintError::Decode`] and [`PrintError::NoSuchFd`], before anything is printed.
pub fn print_monitored(
    message: &Message<'_>,
    timestamp: u64,
    out: &mut (impl fmt::Write + ?Sized),
) -> Result<(), PrintError> {
    check_fd_indices(message)?;
    let header = message.header();
    let kind = message_type_name(header.message_type.code()).unwrap_or("(unknown)");
    let endian = char::from(header.endian.mark());
    // The byte as received: unknown flags are kept.
    let flags = message.as_bytes().get(2).copied().unwrap_or_default();
    write!(
        out,
        "{{\"type\":\"{kind}\",\"endian\":\"{endian}\",\"flags\":{flags},\"version\":1,\"cookie\":{}",
        header.serial
    )?;
    if let Some(serial) = header.reply_serial {
        write!(out, ",\"reply_cookie\":{serial}")?;
    }
    write!(out, ",\"timestamp-realtime\":{timestamp}")?;
    let fields = [
        ("sender", header.sender.map(|name| name.as_str())),
        ("destination", header.destination.map(|name| name.as_str())),
        ("path", header.path.map(|path| path.as_str())),
        ("interface", header.interface.map(|name| name.as_str())),
        ("member", header.member.map(|name| name.as_str())),
        ("error_name", header.error_name.map(|name| name.as_str())),
    ];
    for (name, value) in fields {
        if let Some(value) = value {
            write!(out, ",\"{name}\":")?;
            print_string(value, out)?;
        }
    }
    out.write_str(",\"payload\":")?;
    Dialect::Busctl.print_validated(message, out)?;
    out.write_str("}")?;
    Ok(())
}
