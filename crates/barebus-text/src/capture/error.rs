//! Why a file cannot be read further.

use core::fmt;
use std::io;

use barebus_wire::DecodeError;

/// Why a file cannot be read further, and where.
#[derive(Debug)]
pub struct CaptureError {
    /// Why.
    pub kind: CaptureErrorKind,
    /// Offset in bytes from the file's beginning; of messages in hexadecimal text, in the bytes that it stands for.
    pub offset: u64,
}

/// Why a file cannot be read further.
#[derive(Debug)]
#[non_exhaustive]
pub enum CaptureErrorKind {
    /// The first bytes are those of no format known here.
    UnknownFormat,
    /// Nothing can be framed from here on, or the file ends inside a message (`Incomplete`, at as many bytes as there are of it);
    /// offsets within count from the message's first byte.
    Frame(DecodeError),
    /// The file ends inside a packet or block.
    Truncated,
    /// A byte is neither a hexadecimal digit nor what may stand between them. The offset is the text's.
    NotHex(u8),
    /// A byte has only one digit. The offset is the text's.
    HalfByte,
    /// The file holds packets of this link type, not 231.
    LinkType(u32),
    /// A packet is longer than any message may be.
    PacketTooLong(u32),
    /// A block of pcapng has a length that it cannot have.
    BlockLength(u32),
    /// A section of pcapng has no byte-order mark.
    ByteOrder,
    /// A packet of pcapng names an interface that was not described.
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

// The text says all that the cause says, so there is no source.
impl core::error::Error for CaptureError {}
