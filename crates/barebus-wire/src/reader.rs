//! A cursor over one message's bytes.

use core::ops::Range;

use crate::endian::Endian;
use crate::error::{BodyError, DecodeError, DecodeErrorKind as Kind, Expected, SignatureExcerpt};
use crate::limits;

mod text;

use text::Window;

/// A cursor over one message, from its first byte to the end of what is being read: the body, or one array in it.
///
/// Offsets count from the message's first byte, because alignment does. A read that fails leaves the cursor at the end
/// for good: every later read fails with the same error.
#[derive(Debug)]
pub struct Reader<'a> {
    /// The message from its first byte to the end of what may be read.
    bytes: &'a [u8],
    /// pos <= bytes.len(); after a failure pos > bytes.len() and odd, so that not even an empty or an aligned read succeeds
    pos: usize,
    endian: Endian,
    /// Containers that enclose the cursor, at most 64.
    depth: u8,
    /// Length of what the outermost reader may read; an array's reader ends before it. For errors only: bytes.len() <= outer_len
    outer_len: u32,
    failed: Option<Failure>,
    window: Window<'a>,
}

// Not derived: so it is one copy, not one of each field.
impl Clone for Reader<'_> {
    fn clone(&self) -> Self {
        Self { ..*self }
    }
}

/// Why nothing is read any more, and what was asked for where something else was found.
#[derive(Clone, Copy, Debug)]
struct Failure {
    error: DecodeError,
    expected: Option<&'static Expected>,
}

impl<'a> Reader<'a> {
    /// A reader over `bytes`, which begin at a message's first byte, or at any other offset that is a multiple of 8.
    /// No message is longer than 128 MiB: what lies beyond is not read.
    #[allow(clippy::cast_possible_truncation, reason = "it was cut off at 2^27 bytes")]
    pub const fn new(bytes: &'a [u8], endian: Endian) -> Self {
        let bytes = match bytes.split_at_checked(limits::MESSAGE_LEN as usize) {
            Some((bytes, _)) => bytes,
            None => bytes,
        };
        let outer_len = bytes.len() as u32;
        Self { bytes, pos: 0, endian, depth: 0, outer_len, failed: None, window: Window::EMPTY }
    }

    /// A reader of the elements of an array in a message, which are the bytes in `elements`.
    pub(crate) fn of_array(message: &'a [u8], endian: Endian, elements: Range<usize>) -> Self {
        let mut reader = Self::new(message, endian);
        reader.bytes = message.get(..elements.end).unwrap_or_default();
        reader.depth = 1;
        reader.start_at(elements.start);
        reader
    }

    /// Goes to byte `pos`, before anything is read.
    pub(crate) fn start_at(&mut self, pos: usize) {
        self.pos = pos.min(self.bytes.len());
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

    /// A reader of bytes that were read, from `start` to their end, with `depth` containers around them.
    pub(crate) fn again(bytes: &'a [u8], start: usize, endian: Endian, depth: u8) -> Self {
        let mut reader = Self::new(bytes, endian);
        reader.start_at(start);
        reader.depth = depth;
        reader
    }

    /// Everything that was read, from the message's first byte on.
    pub(crate) const fn passed(&self) -> &'a [u8] {
        match self.bytes.split_at_checked(self.pos) {
            Some((passed, _)) => passed,
            None => &[],
        }
    }

    /// The error that an earlier read failed with, if one did.
    pub(crate) const fn check(&self) -> Result<(), DecodeError> {
        match self.failed {
            Some(failure) => Err(failure.error),
            None => Ok(()),
        }
    }

    /// The error of `kind` at byte `at` of the message, from now on the answer to every read: for a [`Decode`](crate::Decode) of
    /// one's own that has read what it cannot take. An error that came before stays.
    #[cold]
    #[inline(never)]
    pub fn fail(&mut self, kind: Kind, at: usize) -> DecodeError {
        self.fail_with(Failure { error: DecodeError::new(kind, at), expected: None })
    }

    /// As [`Reader::fail`], where `expected` was to be found at `at`.
    #[cold]
    #[inline(never)]
    pub(crate) fn fail_expected(
        &mut self,
        kind: Kind,
        at: usize,
        expected: &'static Expected,
    ) -> DecodeError {
        self.fail_with(Failure { error: DecodeError::new(kind, at), expected: Some(expected) })
    }

    /// Fails with an error that was maybe met without this reader's knowing.
    #[cold]
    #[inline(never)]
    pub(crate) fn give_up(&mut self, error: DecodeError) -> DecodeError {
        self.fail_with(Failure { error, expected: None })
    }

    /// Fails with the error of `inner`, which read an array in what this reader reads.
    #[cold]
    #[inline(never)]
    pub(crate) fn fail_within(&mut self, inner: &Self, error: DecodeError) -> DecodeError {
        let known = inner.failed.filter(|failure| failure.error == error);
        self.fail_with(known.unwrap_or(Failure { error, expected: None }))
    }

    fn fail_with(&mut self, failure: Failure) -> DecodeError {
        let failure = self.failed.get_or_insert(failure);
        self.pos = (self.bytes.len() + 1) | 1;
        self.window = Window::EMPTY;
        failure.error
    }

    /// An error that a read failed with, in full: with both types where a variant holds another one than was asked for, and with
    /// the entry's key where a dictionary was read as a struct.
    #[cfg_attr(compact, inline(never))]
    #[cfg_attr(not(compact), inline)]
    pub fn explain(&self, error: DecodeError) -> BodyError {
        match self.failed {
            Some(Failure { error: known, expected: Some(expected) }) if known == error => {
                if error.kind == Kind::MissingEntry {
                    BodyError::MissingEntry { expected, error }
                } else {
                    let found = signature_at(self.bytes, error.at);
                    BodyError::Variant { expected, found, error }
                }
            }
            _ => BodyError::Decode(error),
        }
    }

    /// The error for a value of which `missing` is the offset of a byte that lies beyond the end.
    ///
    /// Where that byte would still be the message's, it is the array's length that cuts the value off.
    #[cold]
    #[inline(never)]
    fn fail_end(&mut self, missing: usize) -> DecodeError {
        let kind = if missing < self.outer_len as usize {
            Kind::ArrayLengthIncorrect
        } else {
            Kind::NotEnoughData
        };
        self.fail(kind, self.bytes.len())
    }

    /// Skips to a multiple of `alignment`, which is a power of two up to 8.
    ///
    /// # Errors
    /// `PaddingNotZero`, or `NotEnoughData` and `ArrayLengthIncorrect` when the padding reaches beyond the end.
    #[inline]
    pub fn align(&mut self, alignment: usize) -> Result<(), DecodeError> {
        // At 0 this wraps, and so does what is taken from it.
        let start = (self.pos.wrapping_sub(1) & !(alignment - 1)).wrapping_add(alignment);
        if crate::COMPACT {
            return self.align_at_edge(start);
        }
        // Up to seven bytes, so a word holds them; where eight bytes precede, one load does.
        let before = self.bytes.get(start.wrapping_sub(8)..start);
        match before.and_then(<[u8]>::first_chunk) {
            Some(before) if is_padding(*before, start - self.pos) => {
                self.pos = start;
                Ok(())
            }
            _ => self.align_at_edge(start),
        }
    }

    /// Near the first byte of a message, and whatever is invalid.
    #[cold]
    #[cfg_attr(not(compact), inline(never))]
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

    #[cold]
    #[inline(never)]
    fn fail_padding(&mut self) -> DecodeError {
        let rest = self.bytes.get(self.pos..).unwrap_or_default();
        let offset = rest.iter().position(|byte| *byte != 0).unwrap_or(0);
        self.fail(Kind::PaddingNotZero, self.pos + offset)
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
    #[inline(never)]
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
        match self.peek_u32() {
            Some((value, end)) if !crate::COMPACT => {
                self.pos = end;
                Ok(value)
            }
            _ => self.read_u32_at_edge(),
        }
    }

    /// The UINT32 at the cursor and where it ends, when its padding is zero and it does not stand at an edge.
    #[inline(always)]
    pub(crate) fn peek_u32(&self) -> Option<(u32, usize)> {
        // Padding and value stand in the eight bytes that end with the value: one load serves both.
        let from = self.pos.wrapping_sub(1) & !3;
        let window = self.bytes.get(from..from.wrapping_add(8))?.first_chunk::<8>()?;
        let [before @ .., _, _, _, _] = *window;
        if !is_short_padding(before, from + 4 - self.pos) {
            return None;
        }
        let [_, _, _, _, value @ ..] = *window;
        Some((self.u32_of(value), from + 8))
    }

    /// The first four bytes of a message, which nothing precedes, and whatever is invalid.
    #[cold]
    #[inline(never)]
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
        match self.peek_u64() {
            Some((value, end)) if !crate::COMPACT => {
                self.pos = end;
                Ok(value)
            }
            _ => self.read_u64_at_edge(),
        }
    }

    /// The UINT64 at the cursor and where it ends, when its padding is zero and it does not stand at an edge.
    #[inline(always)]
    fn peek_u64(&self) -> Option<(u64, usize)> {
        let from = self.pos.wrapping_sub(1) & !7;
        let window = self.bytes.get(from..from.wrapping_add(16))?.first_chunk::<16>()?;
        let [before @ .., _, _, _, _, _, _, _, _] = *window;
        let [_, _, _, _, _, _, _, _, value @ ..] = *window;
        is_padding(before, from + 8 - self.pos).then_some((self.u64_of(value), from + 16))
    }

    #[cold]
    #[inline(never)]
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

    /// Bytes that are left of the message or body, however soon the array ends that is being read.
    fn outer_remaining(&self) -> usize {
        (self.outer_len as usize).saturating_sub(self.pos)
    }

    /// Enters an array whose elements are aligned to `alignment`: a reader of exactly its elements. This reader stands behind
    /// the array then.
    ///
    /// # Errors
    /// As [`Reader::read_u32`]; `ArrayTooLong`, `LengthOutOfBounds` (in arrays `ArrayLengthIncorrect`), `NestedTooDeeply`.
    #[inline(always)]
    pub fn enter_array(&mut self, alignment: usize) -> Result<Self, DecodeError> {
        let len = self.read_u32()?;
        let length_at = self.pos - 4;
        if alignment > 4 {
            self.align(alignment)?;
        }
        if len > limits::ARRAY_LEN {
            return Err(self.fail_array(len, length_at));
        }
        let depth = self.depth + 1;
        if depth > limits::TOTAL_DEPTH {
            return Err(self.fail(Kind::NestedTooDeeply, self.pos));
        }
        let start = self.pos;
        let Some(bytes) = start.checked_add(len as usize).and_then(|end| self.bytes.get(..end))
        else {
            return Err(self.fail_array(len, length_at));
        };
        self.pos = bytes.len();
        Ok(Self {
            bytes,
            pos: start,
            endian: self.endian,
            depth,
            outer_len: self.outer_len,
            failed: None,
            window: self.window,
        })
    }

    #[cold]
    #[inline(never)]
    fn fail_array(&mut self, len: u32, length_at: usize) -> DecodeError {
        let kind = if len as usize > self.outer_remaining() {
            Kind::LengthOutOfBounds
        } else if len > limits::ARRAY_LEN {
            Kind::ArrayTooLong
        } else {
            Kind::ArrayLengthIncorrect
        };
        self.fail(kind, length_at)
    }

    /// Enters a struct or dictionary entry: aligns to 8 and counts the depth.
    ///
    /// # Errors
    /// `PaddingNotZero`, `NestedTooDeeply`; `NotEnoughData` or `ArrayLengthIncorrect` at the end.
    #[inline]
    pub fn enter_struct(&mut self) -> Result<(), DecodeError> {
        self.align(8)?;
        self.enter()
    }

    /// Enters a variant's value: counts the depth.
    ///
    /// # Errors
    /// `NestedTooDeeply`.
    #[inline]
    pub(crate) fn enter(&mut self) -> Result<(), DecodeError> {
        if !self.has_room(1) {
            return Err(self.fail(Kind::NestedTooDeeply, self.pos));
        }
        self.depth += 1;
        Ok(())
    }

    /// Enters a struct whose padding is passed by what reads its first field.
    ///
    /// # Errors
    /// As [`Reader::enter_struct`].
    #[inline]
    pub(crate) fn enter_unaligned(&mut self) -> Result<(), DecodeError> {
        if self.has_room(1) {
            self.depth += 1;
            return Ok(());
        }
        // It is the padding that is looked at first, and behind which the error stands.
        self.enter_struct()
    }

    /// Whether so many more containers may enclose what follows: at most 64.
    #[inline]
    pub(crate) const fn has_room(&self, containers: u8) -> bool {
        self.depth <= limits::TOTAL_DEPTH - containers
    }

    /// Leaves what [`Reader::enter_struct`] entered.
    #[inline]
    pub fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// The next four bytes.
    #[inline]
    pub(crate) fn peek(&self) -> Option<[u8; 4]> {
        self.bytes.get(self.pos..)?.first_chunk().copied()
    }

    /// Behind padding that is zero, twice four bytes, and where they end: in `message`, so maybe beyond this reader's end.
    #[inline]
    pub(crate) fn peek_field(&self, message: &[u8]) -> Option<([u8; 4], [u8; 4], usize)> {
        let from = self.pos.wrapping_sub(1) & !7;
        let window = message.get(from..from.wrapping_add(16))?.first_chunk::<16>()?;
        let [before @ .., a, b, c, d, e, f, g, h] = *window;
        is_padding(before, from + 8 - self.pos).then_some(([a, b, c, d], [e, f, g, h], from + 16))
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
#[cold]
const fn rarely() {}
/// The signature of the variant at byte `at`.
#[cold]
#[inline(never)]
fn signature_at(bytes: &[u8], at: u32) -> SignatureExcerpt {
    let mut reader = Reader::new(bytes, Endian::NATIVE);
    reader.start_at(at as usize);
    // What is no signature was refused for that.
    SignatureExcerpt::new(reader.read_variant_signature().unwrap_or_default())
}

/// Whether the last `len` bytes, at most three, of four are 0.
#[inline]
const fn is_short_padding(bytes: [u8; 4], len: usize) -> bool {
    // Shifted twice, because there may be no padding, and no shift by 32.
    u32::from_le_bytes(bytes) >> 1 >> (31 - 8 * len) == 0
}

/// Whether the last `len` bytes, at most seven, of eight are 0.
#[inline]
const fn is_padding(bytes: [u8; 8], len: usize) -> bool {
    // Shifted twice, because there may be no padding, and no shift by 64.
    u64::from_le_bytes(bytes) >> 1 >> (63 - 8 * len) == 0
}

/// The next multiple of `alignment`, a power of two; saturates at the address space's end, where no buffer reaches.
#[inline]
pub(crate) const fn align_up(pos: usize, alignment: usize) -> usize {
    pos.saturating_add(alignment - 1) & !(alignment - 1)
}
