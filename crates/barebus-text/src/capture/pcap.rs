//! The format pcap: a header, then packets.

use core::time::Duration;
use std::io::Read;

use barebus_wire::limits;

use super::error::{CaptureError, CaptureErrorKind as Kind};
use super::source::Source;
use super::{Captured, LINK_TYPE};

/// The header of the file.
#[derive(Debug)]
pub(super) struct Pcap {
    order: Order,
    /// Nanoseconds per unit of the fractions of times.
    unit: u32,
}

/// Byte order of a file's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Little,
    Big,
}

impl Order {
    pub(super) const fn u16(self, bytes: [u8; 2]) -> u16 {
        match self {
            Self::Little => u16::from_le_bytes(bytes),
            Self::Big => u16::from_be_bytes(bytes),
        }
    }

    pub(super) const fn u32(self, bytes: [u8; 4]) -> u32 {
        match self {
            Self::Little => u32::from_le_bytes(bytes),
            Self::Big => u32::from_be_bytes(bytes),
        }
    }

    /// The first `N` numbers of `bytes`; missing ones are 0.
    pub(super) fn words<const N: usize>(self, bytes: &[u8]) -> [u32; N] {
        let mut words = [0; N];
        for (word, bytes) in words.iter_mut().zip(bytes.chunks_exact(4)) {
            *word = bytes.first_chunk().map_or(0, |bytes| self.u32(*bytes));
        }
        words
    }
}

const MICROSECONDS: u32 = 0xa1b2_c3d4;
const NANOSECONDS: u32 = 0xa1b2_3c4d;

impl Pcap {
    /// Reads the file's header.
    pub(super) fn start<R: Read>(source: &mut Source<R>) -> Result<Self, CaptureError> {
        let Some(header) = source.read_array::<24>()? else {
            return Err(CaptureError { kind: Kind::Truncated, offset: 0 });
        };
        let (magic, link_type) = header.split_at(20);
        let magic = magic.first_chunk().copied().unwrap_or_default();
        let (order, unit) = match (u32::from_le_bytes(magic), u32::from_be_bytes(magic)) {
            (MICROSECONDS, _) => (Order::Little, 1000),
            (_, MICROSECONDS) => (Order::Big, 1000),
            (NANOSECONDS, _) => (Order::Little, 1),
            (_, NANOSECONDS) => (Order::Big, 1),
            _ => return Err(CaptureError { kind: Kind::UnknownFormat, offset: 0 }),
        };
        let [link_type] = order.words(link_type);
        // The upper bits describe checksums after the packets, which D-Bus does not have.
        match link_type & 0x03ff_ffff {
            LINK_TYPE => Ok(Self { order, unit }),
            other => Err(CaptureError { kind: Kind::LinkType(other), offset: 20 }),
        }
    }

    /// The next packet; `None` at the end.
    pub(super) fn next<R: Read>(
        &self,
        source: &mut Source<R>,
    ) -> Result<Option<Captured>, CaptureError> {
        let start = source.offset();
        let Some(header) = source.read_array::<16>()? else {
            return Ok(None);
        };
        let [seconds, fraction, len, original_len] = self.order.words(&header);
        if len > limits::MESSAGE_LEN {
            return Err(CaptureError { kind: Kind::PacketTooLong(len), offset: start });
        }
        let offset = source.offset();
        let mut bytes = Vec::new();
        source.read_all(u64::from(len), &mut bytes, start)?;
        let nanoseconds = u64::from(fraction) * u64::from(self.unit);
        let time = Duration::from_secs(u64::from(seconds)) + Duration::from_nanos(nanoseconds);
        let original_len = u64::from(original_len);
        Ok(Some(Captured { offset, time: Some(time), original_len, bytes }))
    }
}
