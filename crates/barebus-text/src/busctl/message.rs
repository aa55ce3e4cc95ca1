//! Prints whole messages like `busctl monitor`.

use core::fmt;

use barebus_wire::{Message, MessageType};

use super::verbose::{print_escaped, print_verbose};
use crate::error::PrintError;
use crate::names::message_type_name;
use crate::values::check_fd_indices;

/// Prints a message as `busctl monitor` does: header, body, and an empty line. `timestamp` is the time of its arrival, in the form
/// `Mon 2026-11-30 04:32:49.348299 UTC`.
///
/// Unsafe characters in strings are escaped. A UNIX_FD is printed as its index, where `busctl` prints the number of its own descriptor.
///
/// # Errors
/// [`PrintError::Decode`] and [`PrintError::NoSuchFd`], before anything is printed.
pub fn print_message(
    message: &Message<'_>,
    timestamp: &str,
    out: &mut (impl fmt::Write + ?Sized),
) -> Result<(), PrintError> {
    check_fd_indices(message)?;
    let header = message.header();
    let kind = message_type_name(header.message_type.code()).unwrap_or("(unknown)");
    let endian = char::from(header.endian.mark());
    // The byte as received: unknown flags are kept.
    let flags = message.as_bytes().get(2).copied().unwrap_or_default();
    write!(out, "‣ Type={kind}  Endian={endian}  Flags={flags}  Version=1 Cookie=")?;
    match header.serial.get() {
        // What sd-bus gives messages that it makes up for its user.
        u32::MAX => out.write_str("-1")?,
        serial => write!(out, "{serial}")?,
    }
    if let Some(serial) = header.reply_serial {
        write!(out, "  ReplyCookie={serial}")?;
    }
    writeln!(out, "  Timestamp=\"{timestamp}\"")?;
    let sender = header.sender.map(|name| name.as_str());
    let fields = [
        ("Sender", sender),
        ("Destination", header.destination.map(|name| name.as_str())),
        ("Path", header.path.map(|path| path.as_str())),
        ("Interface", header.interface.map(|name| name.as_str())),
        ("Member", header.member.map(|name| name.as_str())),
    ];
    for (name, value) in &fields {
        if let Some(value) = value {
            write!(out, "  {name}={value}")?;
        }
    }
    if fields.iter().any(|(_, value)| value.is_some()) {
        out.write_str("\n")?;
    }
    if let Some(name) = header.error_name {
        let text = match header.message_type {
            MessageType::Error => message.first_argument::<&str>().ok(),
            _ => None,
        };
        write!(out, "  ErrorName={name}  ErrorMessage=\"")?;
        print_escaped(text.unwrap_or("n/a"), out)?;
        out.write_str("\"\n")?;
    }
    if let Some(sender) = sender.filter(|sender| sender.starts_with(':')) {
        writeln!(out, "  UniqueName={sender}")?;
    }
    print_verbose(message, "  ", out)
}
