//! A cursor over one message's bytes.

use core::ops::Range;

use crate::endian::Endian;
use crate::error::{DecodeError, DecodeErrorKind as Kind};
use crate::limits;

mod container;
mod failure;
#[cfg(not(compact))]
mod fast;
#[cfg(compact)]
#[path = "reader/plain.rs"]
mod fast;
mod text;

use failure::Failure;
use fast::FAST;
pub(crate) use fast::Window;

/// A cursor over one message, from its first byte to the end of what is being read: the body, or one array in it.
///
/// Offsets count from the message's first byte, because alignment does. A read that fails leaves the cursor at the end
/// for good: every later read fails with the same error.
///
/// ```
/// use barebus_wire::{Endian, Reader};
///
/// let mut reader = Reader::new(b"\x07\0\0\0\x05\0\0\0hello\0", Endian::Little);
/// assert_eq!(reader.read_u8()?, 7);
/// // Padding to a multiple of four comes before the length.
/// assert_eq!(reader.read_str()?, "hello");
/// reader.finish()?;
/// # Ok::<(), barebus_wire::DecodeError>(())
/// ```
#[derive(Debug)]
pub struct Reader<'a> {
    /// The message from its first byte to the end of what may be read.
    bytes: &'a [u8],
    /// pos <= bytes.len(); after a failure pos > bytes.len() and odd, so that not even an empty or an aligned read succeeds
    pos: usize,
    endian: Endian,
    /// Containers that enclose the cursor, at most 64.
    depth: u8,
    /// Whether the bytes are the content of a [`Variant`](crate::Variant), which was validated as a whole.
    validated: bool,
    /// Length of what the outermost reader may read; an array's reader ends before it. For errors only: bytes.len() <= outer_len
    outer_len: u32,
    /// How many descriptors came with the message: every UNIX_FD is below. [`ANY_FDS`] where nobody knows.
    fds: u32,
    failed: Option<Failure>,
    window: Window<'a>,
}

// Not derived: so it is one copy, not one of each field.
impl Clone for Reader<'_> {
    fn clone(&self) -> Self {
        Self { ..*self }
    }
}

/// It is not known how many descriptors came, so that any UNIX_FD is valid.
pub(crate) const ANY_FDS: u32 = u32::MAX;

impl<'a> Reader<'a> {
    /// A reader over `bytes`, which begin at a message's first byte, or at any other offset that is a multiple of 8.
    /// No message is longer than 128 MiB: what lies beyond is not read.
    #[inline]
    #[allow(clippy::cast_possible_truncation, reason = "it was cut off at 2^27 bytes")]
    pub const fn new(bytes: &'a [u8], endian: Endian) -> Self {
        let bytes = match bytes.split_at_checked(limits::MESSAGE_LEN as usize) {
            Some((bytes, _)) => bytes,
            None => bytes,
        };
        let outer_len = bytes.len() as u32;
        Self {
            bytes,
            pos: 0,
            endian,
            depth: 0,
            validated: false,
            outer_len,
            fds: ANY_FDS,
            failed: None,
            window: Window::EMPTY,
        }
    }

    /// A reader of the elements of an array in a message, which are the bytes in `elements`.
    #[inline]
    pub(crate) fn of_array(message: &'a [u8], endian: Endian, elements: Range<usize>) -> Self {
        let mut reader = Self::new(message, endian);
        reader.bytes = message.get(..elements.end).unwrap_or_default();
        reader.depth = 1;
        reader.start_at(elements.start);
        reader
    }

    /// Goes to byte `pos`, before anything is read.
    #[inline]
    pub(crate) fn start_at(&mut self, pos: usize) {
        self.pos = pos.min(self.bytes.len());
    }

    /// Reads a message with which `fds` descriptors came.
    pub(crate) const fn set_fds(&mut self, fds: u32) {
        self.fds = fds;
    }

    /// What of the message is known to be UTF-8.
    pub(crate) const fn window(&self) -> Window<'a> {
        self.window
    }

    /// Takes over what another reader of the message knows to be UTF-8.
    pub(crate) const fn set_window(&mut self, window: Window<'a>) {
        self.window = window;
    }

    /// Offset of the next byte from the message's first.
    pub const fn position(&self) -> usize {
        self.pos
    }

    /// Bytes that are left.
    pub const fn remaining(&self) -> usize {
        self.bytes.len().saturating_sub(self.pos)
    }

    /// Whether everything has been read, or a read has failed.
    pub const fn is_at_end(&self) -> bool {
        self.pos >= self.bytes.len()
    }

    /// The message's byte order.
    pub const fn endian(&self) -> Endian {
        self.endian
    }

    /// Containers that enclose the cursor.
    pub(crate) const fn depth(&self) -> u8 {
        self.depth
    }

    /// Goes back to a depth that [`Reader::depth`] told.
    pub(crate) const fn set_depth(&mut self, depth: u8) {
        self.depth = depth;
    }

    /// A reader of bytes that were validated, from `start` to their end, with `depth` containers around them; `text` is what
    /// [`Reader::known_text`] was.
    #[inline]
    #[allow(
        clippy::cast_possible_truncation,
        reason = "another reader has read no further than 2^27"
    )]
    pub(crate) fn resume(
        bytes: &'a [u8],
        start: usize,
        endian: Endian,
        depth: u8,
        text: &'a str,
    ) -> Self {
        let outer_len = bytes.len() as u32;
        let window = Window::of(text, bytes);
        Self {
            bytes,
            pos: start,
            endian,
            depth,
            validated: true,
            outer_len,
            // They were compared with the number when they were validated.
            fds: ANY_FDS,
            failed: None,
            window,
        }
    }

    /// Whether what is read was validated before, so that passing it need not look into it.
    pub(crate) const fn is_validated(&self) -> bool {
        FAST && self.validated
    }

    /// A part of the message that is known to be UTF-8, the one that was read last.
    pub(crate) const fn known_text(&self) -> &'a str {
        self.window.text()
    }

    /// Everything that was read, from the message's first byte on.
    pub(crate) const fn consumed(&self) -> &'a [u8] {
        match self.bytes.split_at_checked(self.pos) {
            Some((consumed, _)) => consumed,
            None => &[],
        }
    }

    /// Skips to a multiple of `alignment`, which is a power of two up to 8.
    ///
    /// # Errors
    /// `PaddingNotZero`, or `NotEnoughData` and `ArrayLengthIncorrect` when the padding reaches beyond the end.
    #[inline]
    pub fn align(&mut self, alignment: usize) -> Result<(), DecodeError> {
        let start = self.aligned(alignment);
        match self.take_padding(start) {
            Some(()) => Ok(()),
            None => self.align_at_edge(start),
        }
    }

    /// The next multiple of `alignment`.
    #[inline(always)]
    const fn aligned(&self, alignment: usize) -> usize {
        // At 0 this wraps, and so does what is taken from it.
        (self.pos.wrapping_sub(1) & !(alignment - 1)).wrapping_add(alignment)
    }

    /// Near the first byte of a message, and whatever is invalid.
    #[cfg_attr(not(compact), cold, inline(never))]
    fn align_at_edge(&mut self, start: usize) -> Result<(), DecodeError> {
        if start == self.pos {
            return Ok(());
        }
        let Some(padding) = self.bytes.get(self.pos..start) else {
            return Err(self.fail_end(start));
        };
        if padding.iter().any(|byte| *byte != 0) {
            return Err(self.fail_padding());
        }
        self.pos = start;
        Ok(())
    }

    /// The next `N` bytes, which are aligned to `N`.
    #[inline]
    fn fixed<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        self.align(N)?;
        match self.bytes.get(self.pos..).and_then(<[u8]>::first_chunk) {
            Some(bytes) => {
                self.pos += N;
                Ok(*bytes)
            }
            None => Err(self.fail_end(self.pos + N - 1)),
        }
    }

    /// Reads a BYTE.
    ///
    /// # Errors
    /// `NotEnoughData` or `ArrayLengthIncorrect` at the end.
    #[inline]
    pub fn read_u8(&mut self) -> Result<u8, DecodeError> {
        match self.bytes.get(self.pos) {
            Some(byte) => {
                self.pos += 1;
                Ok(*byte)
            }
            None => Err(self.fail_end(self.pos)),
        }
    }

    /// Reads a UINT16.
    ///
    /// # Errors
    /// `PaddingNotZero`; `NotEnoughData` or `ArrayLengthIncorrect` at the end.
    #[cfg_attr(not(compact), inline(never))]
    pub fn read_u16(&mut self) -> Result<u16, DecodeError> {
        let bytes = self.fixed()?;
        Ok(match self.endian {
            Endian::Little => u16::from_le_bytes(bytes),
            Endian::Big => u16::from_be_bytes(bytes),
        })
    }

    /// Reads a UINT32.
    ///
    /// # Errors
    /// `PaddingNotZero`; `NotEnoughData` or `ArrayLengthIncorrect` at the end.
    #[inline]
    pub fn read_u32(&mut self) -> Result<u32, DecodeError> {
        match self.take_u32() {
            Some(value) => Ok(value),
            None => self.read_u32_at_edge(),
        }
    }

    /// The first four bytes of a message, which nothing precedes, and whatever is invalid.
    #[cfg_attr(not(compact), cold, inline(never))]
    fn read_u32_at_edge(&mut self) -> Result<u32, DecodeError> {
        let bytes = self.fixed()?;
        Ok(self.u32_of(bytes))
    }

    /// The number that four bytes are.
    #[inline]
    pub(crate) const fn u32_of(&self, bytes: [u8; 4]) -> u32 {
        let value = u32::from_ne_bytes(bytes);
        match self.endian {
            Endian::NATIVE => value,
            _ => {
                rarely();
                value.swap_bytes()
            }
        }
    }

    /// Reads a UINT64.
    ///
    /// # Errors
    /// `PaddingNotZero`; `NotEnoughData` or `ArrayLengthIncorrect` at the end.
    #[inline]
    pub fn read_u64(&mut self) -> Result<u64, DecodeError> {
        match self.take_u64() {
            Some(value) => Ok(value),
            None => self.read_u64_at_edge(),
        }
    }

    #[cfg_attr(not(compact), cold, inline(never))]
    fn read_u64_at_edge(&mut self) -> Result<u64, DecodeError> {
        let bytes = self.fixed()?;
        Ok(self.u64_of(bytes))
    }

    /// The number that eight bytes are.
    #[inline]
    const fn u64_of(&self, bytes: [u8; 8]) -> u64 {
        let value = u64::from_ne_bytes(bytes);
        match self.endian {
            Endian::NATIVE => value,
            _ => {
                rarely();
                value.swap_bytes()
            }
        }
    }

    /// Reads a BOOLEAN.
    ///
    /// # Errors
    /// As [`Reader::read_u32`]; `BadBoolean` when it is neither 0 nor 1.
    #[inline]
    pub fn read_bool(&mut self) -> Result<bool, DecodeError> {
        match self.read_u32()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(self.fail(Kind::BadBoolean, self.pos - 4)),
        }
    }

    /// Reads a UNIX_FD.
    ///
    /// # Errors
    /// As [`Reader::read_u32`]; `FdIndexOutOfBounds` when no such descriptor came with the message.
    #[inline]
    pub(crate) fn read_fd_index(&mut self) -> Result<u32, DecodeError> {
        let index = self.read_u32()?;
        if index < self.fds || self.fds == ANY_FDS {
            Ok(index)
        } else {
            Err(self.fail_explained(Kind::FdIndexOutOfBounds, self.pos - 4, |reader, error| {
                reader.missing_fd(error)
            }))
        }
    }

    /// The next four bytes.
    #[inline]
    pub(crate) fn peek(&self) -> Option<[u8; 4]> {
        // Where this wraps, there are no such bytes.
        self.bytes.get(self.pos..self.pos.wrapping_add(4))?.first_chunk().copied()
    }

    /// Goes on at `pos`, unless that lies beyond the end.
    #[inline]
    pub(crate) fn seek(&mut self, pos: usize) -> Option<()> {
        if pos > self.bytes.len() {
            return None;
        }
        self.pos = pos;
        Some(())
    }

    /// Skips `len` bytes that need no check.
    #[inline]
    pub(crate) fn skip(&mut self, len: usize) -> Result<&'a [u8], DecodeError> {
        match self.bytes.get(self.pos..).and_then(|rest| rest.get(..len)) {
            Some(bytes) => {
                self.pos += len;
                Ok(bytes)
            }
            None => Err(self.fail_end(self.pos.saturating_add(len.saturating_sub(1)))),
        }
    }

    /// Everything that is left, taken at once.
    #[cfg(feature = "alloc")]
    #[inline]
    pub(crate) fn rest(&mut self) -> &'a [u8] {
        let rest = self.bytes.get(self.pos..).unwrap_or_default();
        self.pos = self.bytes.len();
        rest
    }

    /// That nothing is left of a body.
    ///
    /// # Errors
    /// `TooMuchData` when something is.
    #[inline]
    pub fn finish(&mut self) -> Result<(), DecodeError> {
        self.check()?;
        if self.is_at_end() { Ok(()) } else { Err(self.fail(Kind::TooMuchData, self.pos)) }
    }
}

/// Marks a place that is rarely reached: a branch over it takes fewer instructions than choosing between two values.
#[cfg_attr(not(compact), cold)]
pub(crate) const fn rarely() {}

#[cfg(test)]
mod tests;
