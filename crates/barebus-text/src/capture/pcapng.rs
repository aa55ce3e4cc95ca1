//! The format pcapng: sections of blocks, some of which are packets.

use core::time::Duration;
use std::io::Read;

use barebus_wire::limits;

use super::error::{CaptureError, CaptureErrorKind as Kind};
use super::pcap::Order;
use super::source::Source;
use super::{Captured, LINK_TYPE};

/// The section that is being read.
#[derive(Debug, Default)]
pub(super) struct Pcapng {
    /// Byte order of the section; `None` before the first section.
    order: Option<Order>,
    interfaces: Vec<Interface>,
    /// Number of packets of interfaces with another link type.
    pub(super) skipped: u64,
}

#[derive(Debug)]
struct Interface {
    link_type: u32,
    /// Maximum number of bytes kept of a packet; 0: all.
    snap_len: u32,
    /// Ticks per second; `None` if the number is too large.
    ticks: Option<u128>,
    /// Seconds to add to each time.
    offset: i64,
}

const SECTION_HEADER: u32 = 0x0a0d_0d0a;
const INTERFACE_DESCRIPTION: u32 = 1;
const OBSOLETE_PACKET: u32 = 2;
const SIMPLE_PACKET: u32 = 3;
const ENHANCED_PACKET: u32 = 6;

/// A block's type and both its lengths.
const FRAMING_LEN: u32 = 12;

/// In bytes. The rest of an interface's description is skipped.
const DESCRIPTION_MAX: u64 = 64 * 1024;

/// Maximum number of interfaces in a section. An obsolete packet block has 16 bits for the index; no machine has that many.
const INTERFACES_MAX: usize = 1 << 16;

/// A block whose type and length have been read.
#[derive(Clone, Copy)]
struct Block {
    start: u64,
    order: Order,
    kind: u32,
    /// Length of the body, between the two length fields.
    len: u32,
}

impl Pcapng {
    /// The next packet that is a message; `None` at the end.
    pub(super) fn next<R: Read>(
        &mut self,
        source: &mut Source<R>,
    ) -> Result<Option<Captured>, CaptureError> {
        while let Some(block) = self.next_block(source)? {
            let body_end = source.offset() + u64::from(block.len);
            let captured = match block.kind {
                INTERFACE_DESCRIPTION => {
                    self.describe(block, source)?;
                    None
                }
                ENHANCED_PACKET | OBSOLETE_PACKET => self.packet(block, source)?,
                SIMPLE_PACKET => self.simple_packet(block, source)?,
                _ => None,
            };
            source.skip(body_end - source.offset(), block.start)?;
            self.end_block(block, source)?;
            if captured.is_some() {
                return Ok(captured);
            }
        }
        Ok(None)
    }

    /// Reads the start of a block; for a section header block, also the byte order.
    fn next_block<R: Read>(
        &mut self,
        source: &mut Source<R>,
    ) -> Result<Option<Block>, CaptureError> {
        let start = source.offset();
        let Some(header) = source.read_array::<8>()? else {
            return Ok(None);
        };
        let order = self.order.unwrap_or(Order::Little);
        let [kind, mut len] = order.words(&header);
        if kind != SECTION_HEADER {
            if self.order.is_none() {
                return Err(CaptureError { kind: Kind::UnknownFormat, offset: start });
            }
            let len = body_len(len, 0, start)?;
            return Ok(Some(Block { start, order, kind, len }));
        }
        let mark = source.read_array::<4>()?;
        let order = match mark.map(u32::from_le_bytes) {
            Some(0x1a2b_3c4d) => Order::Little,
            Some(0x4d3c_2b1a) => Order::Big,
            Some(_) => return Err(CaptureError { kind: Kind::ByteOrder, offset: start }),
            None => return Err(CaptureError { kind: Kind::Truncated, offset: start }),
        };
        [_, len] = order.words(&header);
        // Version and length of the section.
        let len = body_len(len, 16, start)? - 4;
        self.order = Some(order);
        self.interfaces.clear();
        Ok(Some(Block { start, order, kind, len }))
    }

    /// Reads the length at the end of a block, which equals the one at its start.
    fn end_block<R: Read>(&self, block: Block, source: &mut Source<R>) -> Result<(), CaptureError> {
        let len = u32::try_from(source.offset() + 4 - block.start).unwrap_or(u32::MAX);
        match source.read_array::<4>()?.map(|bytes| block.order.u32(bytes)) {
            Some(again) if again == len => Ok(()),
            Some(again) => {
                Err(CaptureError { kind: Kind::BlockLength(again), offset: block.start })
            }
            None => Err(CaptureError { kind: Kind::Truncated, offset: block.start }),
        }
    }

    fn describe<R: Read>(
        &mut self,
        block: Block,
        source: &mut Source<R>,
    ) -> Result<(), CaptureError> {
        if self.interfaces.len() == INTERFACES_MAX {
            return Err(CaptureError { kind: Kind::TooManyInterfaces, offset: block.start });
        }
        let mut bytes = Vec::new();
        let len = u64::from(block.len).min(DESCRIPTION_MAX);
        source.read_all(len, &mut bytes, block.start)?;
        let Some(([low, high, _, _, snap_len @ ..], options)) = bytes.split_first_chunk::<8>()
        else {
            let len = block.len + FRAMING_LEN;
            return Err(CaptureError { kind: Kind::BlockLength(len), offset: block.start });
        };
        let mut interface = Interface {
            link_type: u32::from(block.order.u16([*low, *high])),
            snap_len: block.order.u32(*snap_len),
            ticks: Some(1_000_000),
            offset: 0,
        };
        interface.read_options(block.order, options);
        self.interfaces.push(interface);
        Ok(())
    }

    fn packet<R: Read>(
        &mut self,
        block: Block,
        source: &mut Source<R>,
    ) -> Result<Option<Captured>, CaptureError> {
        let header = block.read_header::<20, _>(source)?;
        let [mut index, high, low, len, original_len] = block.order.words(&header);
        if block.kind == OBSOLETE_PACKET {
            let [first, second, ..] = header;
            index = u32::from(block.order.u16([first, second]));
        }
        let Some(interface) = self.interfaces.get(index as usize) else {
            return Err(CaptureError { kind: Kind::Interface(index), offset: block.start });
        };
        if interface.link_type != LINK_TYPE {
            self.skipped += 1;
            return Ok(None);
        }
        let time = interface.time(u64::from(high) << 32 | u64::from(low));
        block.read_packet(len, block.len - 20, original_len, time, source).map(Some)
    }

    fn simple_packet<R: Read>(
        &mut self,
        block: Block,
        source: &mut Source<R>,
    ) -> Result<Option<Captured>, CaptureError> {
        let header = block.read_header::<4, _>(source)?;
        let original_len = block.order.u32(header);
        let Some(interface) = self.interfaces.first() else {
            return Err(CaptureError { kind: Kind::Interface(0), offset: block.start });
        };
        if interface.link_type != LINK_TYPE {
            self.skipped += 1;
            return Ok(None);
        }
        let snap_len = if interface.snap_len == 0 { u32::MAX } else { interface.snap_len };
        let len = original_len.min(snap_len);
        block.read_packet(len, block.len - 4, original_len, None, source).map(Some)
    }
}

impl Block {
    /// The first `N` bytes of a packet's block.
    fn read_header<const N: usize, R: Read>(
        self,
        source: &mut Source<R>,
    ) -> Result<[u8; N], CaptureError> {
        if (self.len as usize) < N {
            let len = self.len + FRAMING_LEN;
            return Err(CaptureError { kind: Kind::BlockLength(len), offset: self.start });
        }
        match source.read_array()? {
            Some(header) => Ok(header),
            None => Err(CaptureError { kind: Kind::Truncated, offset: self.start }),
        }
    }

    /// Reads a packet of `len` bytes; the block has `room` bytes for it.
    fn read_packet<R: Read>(
        self,
        len: u32,
        room: u32,
        original_len: u32,
        time: Option<Duration>,
        source: &mut Source<R>,
    ) -> Result<Captured, CaptureError> {
        if len > room {
            return Err(CaptureError { kind: Kind::BlockLength(len), offset: self.start });
        }
        if len > limits::MESSAGE_LEN {
            return Err(CaptureError { kind: Kind::PacketTooLong(len), offset: self.start });
        }
        let offset = source.offset();
        let mut bytes = Vec::new();
        source.read_all(u64::from(len), &mut bytes, self.start)?;
        Ok(Captured { offset, time, original_len: u64::from(original_len), bytes })
    }
}

/// Length of a block's body, given the length of the block; `None` if the body has fewer than `least` bytes.
fn body_len(len: u32, least: u32, start: u64) -> Result<u32, CaptureError> {
    match len.checked_sub(FRAMING_LEN) {
        Some(body) if body >= least && len % 4 == 0 => Ok(body),
        _ => Err(CaptureError { kind: Kind::BlockLength(len), offset: start }),
    }
}

impl Interface {
    /// Reads the options for times. A malformed option ends the list.
    fn read_options(&mut self, order: Order, options: &[u8]) {
        const END: u16 = 0;
        const RESOLUTION: u16 = 9;
        const OFFSET: u16 = 14;
        let mut rest = options;
        while let Some(([code_low, code_high, len_low, len_high], after)) = rest.split_first_chunk()
        {
            let code = order.u16([*code_low, *code_high]);
            let len = usize::from(order.u16([*len_low, *len_high]));
            let Some(value) = after.get(..len) else { return };
            match (code, value) {
                (END, _) => return,
                (RESOLUTION, [exponent]) => {
                    let base = if exponent & 0x80 == 0 { 10u128 } else { 2 };
                    self.ticks = base.checked_pow(u32::from(exponent & 0x7f));
                }
                (OFFSET, value) => {
                    if let Some(bytes) = value.first_chunk::<8>() {
                        self.offset = match order {
                            Order::Little => i64::from_le_bytes(*bytes),
                            Order::Big => i64::from_be_bytes(*bytes),
                        };
                    }
                }
                _ => {}
            }
            rest = after.get(len.next_multiple_of(4)..).unwrap_or_default();
        }
    }

    /// Converts a packet's ticks to a time.
    fn time(&self, ticks: u64) -> Option<Duration> {
        let per_second = self.ticks?;
        let seconds = u64::try_from(u128::from(ticks) / per_second).ok()?;
        let fraction = (u128::from(ticks) % per_second).checked_mul(1_000_000_000)? / per_second;
        let seconds = seconds.checked_add_signed(self.offset)?;
        Some(Duration::new(seconds, u32::try_from(fraction).ok()?))
    }
}
