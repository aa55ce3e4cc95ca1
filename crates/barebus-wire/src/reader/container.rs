//! Entering and leaving containers.

use super::Reader;
use crate::align::align_up;
use crate::error::{DecodeError, DecodeErrorKind as Kind};
use crate::limits;

impl<'a> Reader<'a> {
    /// Bytes that are left of the message or body, however soon the array ends that is being read.
    pub(super) fn outer_remaining(&self) -> usize {
        (self.outer_len as usize).saturating_sub(self.pos)
    }

    /// Enters an array whose elements are aligned to `alignment`: a reader of exactly its elements. This reader stands after
    /// the array then.
    ///
    /// # Errors
    /// As [`Reader::read_u32`]; `ArrayTooLong`, `LengthOutOfBounds` (in arrays `ArrayLengthIncorrect`), `NestedTooDeeply`.
    #[inline(always)]
    pub fn enter_array(&mut self, alignment: usize) -> Result<Self, DecodeError> {
        let (bytes, start) = self.array_bytes(alignment)?;
        self.pos = bytes.len();
        Ok(Self {
            bytes,
            pos: start,
            endian: self.endian,
            depth: self.depth + 1,
            validated: self.validated,
            outer_len: self.outer_len,
            fds: self.fds,
            failed: None,
            window: self.window,
        })
    }

    /// Reads a whole array, whose elements are aligned to `alignment`: its payload.
    #[inline(always)]
    pub(crate) fn read_array(&mut self, alignment: usize) -> Result<&'a [u8], DecodeError> {
        let (bytes, start) = self.array_bytes(alignment)?;
        self.pos = bytes.len();
        Ok(bytes.get(start..).unwrap_or_default())
    }

    /// Enters an array that is all of what this reader reads, and that was validated: a reader of exactly its elements, which are aligned
    /// to `alignment`. They follow the length and end where this reader does.
    #[inline(always)]
    pub(crate) fn enter_validated_array(mut self, alignment: usize) -> Self {
        let start = align_up(align_up(self.pos, 4) + 4, alignment);
        self.pos = start.min(self.bytes.len());
        self.depth += 1;
        self
    }

    /// Reads an array's length and padding: the message up to the end of the elements, and where they start.
    #[inline(always)]
    fn array_bytes(&mut self, alignment: usize) -> Result<(&'a [u8], usize), DecodeError> {
        let len = self.read_u32()?;
        let length_at = self.pos - 4;
        if alignment > 4 {
            self.align(alignment)?;
        }
        if len > limits::ARRAY_LEN {
            return Err(self.fail_array(len, length_at));
        }
        if !self.has_room(1) {
            return Err(self.fail(Kind::NestedTooDeeply, self.pos));
        }
        let start = self.pos;
        match start.checked_add(len as usize).and_then(|end| self.bytes.get(..end)) {
            Some(bytes) => Ok((bytes, start)),
            None => Err(self.fail_array(len, length_at)),
        }
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
        // It is the padding that is looked at first, and after which the error stands.
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
}
