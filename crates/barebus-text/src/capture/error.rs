//! Errors of reading captures.

use core::fmt;
use std::io;

use barebus_wire::DecodeError;

/// An error after which the file cannot be read further.
///
/// ```
/// use barebus_text::capture::{Capture, CaptureErrorKind, Format};
///
/// let mut capture = Capture::with_format(&b"6c 0z"[..], Format::Hex);
/// let error = capture.next().unwrap().unwrap_err();
/// assert!(matches!(error.kind, CaptureErrorKind::NotHex(b'z')));
/// ```
#[derive(Debug)]
pub struct CaptureError {
    /// What is wrong.
    pub kind: CaptureErrorKind,
    /// Offset in bytes from the start of the file; for messages in hexadecimal text, in decoded bytes.
    pub offset: u64,
}

/// What is wrong with a file.
///
/// ```
/// use barebus_text::capture::{Capture, CaptureErrorKind, Format};
///
/// // Half of a byte is left over.
/// let mut capture = Capture::with_format(&b"6c 0"[..], Format::Hex);
/// let error = capture.next().unwrap().unwrap_err();
/// assert!(matches!(error.kind, CaptureErrorKind::HalfByte));
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum CaptureErrorKind {
    /// The first bytes match no known format.
    UnknownFormat,
    /// A message cannot be framed, or the file ends inside a message (`Incomplete`, at the number of bytes present). The offset in the inner
    /// error counts from the first byte of the message.
    Frame(DecodeError),
    /// The file ends inside a packet or block.
    Truncated,
    /// A character is neither a hexadecimal digit nor a separator. The offset is in the text.
    NotHex(u8),
    /// A byte has only one digit. The offset is in the text.
    HalfByte,
    /// The packets have this link type instead of 231.
    LinkType(u32),
    /// A packet is longer than any message may be.
    PacketTooLong(u32),
    /// A block of pcapng has an invalid length.
    BlockLength(u32),
    /// A section of pcapng has no byte-order mark.
    ByteOrder,
    /// A packet of pcapng refers to an interface without a description.
    Interface(u32),
    /// A section of pcapng describes more than 65,536 interfaces.
    TooManyInterfaces,
    /// Reading failed.
    Io(io::Error),
}

impl fmt::Display for CaptureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use CaptureErrorKind as Kind;
        match &self.kind {
            Kind::UnknownFormat => f.write_str("not messages, hexadecimal text, pcap or pcapng"),
            Kind::Frame(error) => write!(f, "message at offset {}: {error}", self.offset),
            Kind::Truncated => {
                write!(f, "the file ends inside what begins at offset {}", self.offset)
            }
            Kind::NotHex(byte) => write!(
                f,
                "'{}' at offset {} is not a hexadecimal digit",
                byte.escape_ascii(),
                self.offset
            ),
            Kind::HalfByte => write!(f, "a byte has only one digit at offset {}", self.offset),
            Kind::LinkType(link_type) => {
                write!(f, "packets of link type {link_type}, expected 231 (D-Bus)")
            }
            Kind::PacketTooLong(len) => {
                write!(
                    f,
                    "a packet of {len} bytes at offset {}, longer than any message",
                    self.offset
                )
            }
            Kind::BlockLength(len) => {
                write!(f, "a block of {len} bytes at offset {} has no such length", self.offset)
            }
            Kind::ByteOrder => write!(f, "the section at offset {} has no byte order", self.offset),
            Kind::Interface(index) => {
                write!(
                    f,
                    "the packet at offset {} is of interface {index}, which is not described",
                    self.offset
                )
            }
            Kind::TooManyInterfaces => {
                write!(f, "too many interfaces: another one is described at offset {}", self.offset)
            }
            Kind::Io(error) => write!(f, "reading failed at offset {}: {error}", self.offset),
        }
    }
}

// Display includes the cause, so there is no source.
impl core::error::Error for CaptureError {}
