//! A cursor that marshals into the caller's buffer.

use crate::align::align_up;
use crate::endian::Endian;
use crate::error::EncodeError;
use crate::limits;
use crate::name::ObjectPath;
use crate::nul::has_nul;
use crate::signature::Signature;

#[cfg(not(compact))]
mod fast;
#[cfg(compact)]
#[path = "writer/plain.rs"]
mod fast;

pub(crate) use fast::copy;

/// Marshals one message into a buffer of the caller's that begins at the message's first byte.
///
/// A buffer that is too small does not stop it: it goes on counting, so that [`Writer::finish`] can say how many bytes
/// the whole message takes.
///
/// ```
/// use barebus_wire::{Endian, Writer};
///
/// let mut buffer = [0; 32];
/// let mut writer = Writer::new(&mut buffer, Endian::Little);
/// writer.put_u8(7);
/// writer.put_str("hello")?;
/// let len = writer.finish()?;
/// assert_eq!(buffer[..len], *b"\x07\0\0\0\x05\0\0\0hello\0");
/// # Ok::<(), barebus_wire::EncodeError>(())
/// ```
#[derive(Debug)]
pub struct Writer<'b> {
    buf: &'b mut [u8],
    /// Bytes written, or counted once it has passed `buf.len()`.
    pos: usize,
    endian: Endian,
    /// Containers that enclose the cursor, at most 64.
    depth: u8,
}

/// Where an array's length stands, to be patched when its end is known.
///
/// ```
/// use barebus_wire::{Endian, Writer};
///
/// let mut buffer = [0; 32];
/// let mut writer = Writer::new(&mut buffer, Endian::Little);
/// let array = writer.start_array(4)?;
/// writer.put_u32(7);
/// writer.put_u32(8);
/// writer.end_array(array)?;
/// assert_eq!(writer.finish()?, 12);
/// assert_eq!(buffer[..4], 8_u32.to_le_bytes());
/// # Ok::<(), barebus_wire::EncodeError>(())
/// ```
#[derive(Debug)]
#[must_use = "an array that is not ended has no length"]
pub struct OpenArray {
    length_at: usize,
    payload_at: usize,
}

impl OpenArray {
    /// Why it is refused. At the end of an address space of 32 bits positions stop counting, and a length says nothing.
    #[cfg_attr(not(compact), cold)]
    const fn too_long(&self) -> EncodeError {
        let is_uncounted = cfg!(target_pointer_width = "32");
        if is_uncounted && self.payload_at > limits::MESSAGE_LEN as usize {
            return EncodeError::MessageTooLong;
        }
        EncodeError::ArrayTooLong
    }
}

impl<'b> Writer<'b> {
    /// A writer at the beginning of `buf`.
    pub const fn new(buf: &'b mut [u8], endian: Endian) -> Self {
        Self { buf, pos: 0, endian, depth: 0 }
    }

    /// Goes on after the first `pos` bytes of the buffer, which hold the message's beginning already.
    #[must_use]
    pub const fn at(mut self, pos: usize) -> Self {
        self.pos = pos;
        self
    }

    /// Offset of the next byte from the message's first.
    pub const fn position(&self) -> usize {
        self.pos
    }

    /// Byte order of what is written.
    pub const fn endian(&self) -> Endian {
        self.endian
    }

    /// The bytes from the cursor on, `len` of them, and moves the cursor after them.
    #[inline]
    pub(crate) fn claim(&mut self, len: usize) -> Option<&mut [u8]> {
        let start = self.pos;
        self.pos = start.saturating_add(len);
        // In two steps, so that the optimiser sees that there are `len` bytes.
        self.buf.get_mut(start..).and_then(|rest| rest.get_mut(..len))
    }

    /// Writes zeros up to a multiple of `alignment`, a power of two up to 8.
    #[cfg_attr(compact, inline(never))]
    #[cfg_attr(not(compact), inline)]
    pub fn align(&mut self, alignment: usize) {
        let start = align_up(self.pos, alignment);
        // Eight zeros at once, where there is room, cost less than a loop over as many as are needed.
        let room = self.buf.get_mut(self.pos..).and_then(<[u8]>::first_chunk_mut::<8>);
        if let (Some(zeros), false) = (room, crate::COMPACT) {
            *zeros = [0; 8];
        } else if let Some(zeros) = self.buf.get_mut(self.pos..start) {
            zeros.fill(0);
        }
        self.pos = start;
    }

    /// Bytes as they are.
    #[inline]
    pub fn put_bytes(&mut self, bytes: &[u8]) {
        if let Some(place) = self.claim(bytes.len()) {
            copy(bytes, place);
        }
    }

    #[inline]
    fn put_fixed<const N: usize>(&mut self, bytes: [u8; N]) {
        self.align(N);
        if let Some(place) = self.buf.get_mut(self.pos..).and_then(<[u8]>::first_chunk_mut::<N>) {
            *place = bytes;
        }
        self.pos = self.pos.saturating_add(N);
    }

    /// A BYTE.
    #[inline]
    pub fn put_u8(&mut self, value: u8) {
        if let Some(place) = self.buf.get_mut(self.pos) {
            *place = value;
        }
        self.pos = self.pos.saturating_add(1);
    }

    /// A UINT16, aligned.
    #[inline]
    pub fn put_u16(&mut self, value: u16) {
        self.put_fixed(match self.endian {
            Endian::Little => value.to_le_bytes(),
            Endian::Big => value.to_be_bytes(),
        });
    }

    /// A UINT32, aligned.
    #[inline]
    pub fn put_u32(&mut self, value: u32) {
        self.put_fixed(self.u32_bytes(value));
    }

    #[inline]
    pub(crate) fn u32_bytes(&self, value: u32) -> [u8; 4] {
        match self.endian {
            Endian::Little => value.to_le_bytes(),
            Endian::Big => value.to_be_bytes(),
        }
    }

    /// A UINT64, aligned.
    #[inline]
    pub fn put_u64(&mut self, value: u64) {
        self.put_fixed(match self.endian {
            Endian::Little => value.to_le_bytes(),
            Endian::Big => value.to_be_bytes(),
        });
    }

    /// A STRING.
    ///
    /// # Errors
    /// `StringWithNul`, `StringTooLong`.
    #[inline]
    pub fn put_str(&mut self, text: &str) -> Result<(), EncodeError> {
        if self.put_usual_str(text) { Ok(()) } else { self.put_any_str(text) }
    }

    #[cfg_attr(not(compact), inline(never))]
    fn put_any_str(&mut self, text: &str) -> Result<(), EncodeError> {
        if has_nul(text) {
            return Err(EncodeError::StringWithNul);
        }
        self.put_long(text)
    }

    /// An OBJECT_PATH.
    ///
    /// # Errors
    /// `StringTooLong`.
    #[inline]
    pub fn put_path(&mut self, path: ObjectPath<'_>) -> Result<(), EncodeError> {
        self.put_checked_str(path.as_str())
    }

    /// Length, text and NUL of text that is known to hold no NUL.
    #[inline]
    pub(crate) fn put_checked_str(&mut self, text: &str) -> Result<(), EncodeError> {
        if self.put_usual_checked_str(text) { Ok(()) } else { self.put_long(text) }
    }

    #[cfg_attr(not(compact), inline(never))]
    fn put_long(&mut self, text: &str) -> Result<(), EncodeError> {
        let len = u32::try_from(text.len()).map_err(|_| EncodeError::StringTooLong)?;
        self.put_len_and_text(len, text);
        Ok(())
    }

    /// A SIGNATURE.
    #[inline]
    pub fn put_signature(&mut self, signature: Signature<'_>) {
        let bytes = signature.as_str().as_bytes();
        // A signature has at most 255 bytes.
        let len = u8::try_from(bytes.len()).unwrap_or(u8::MAX);
        if crate::COMPACT {
            [&[len], bytes, &[0]].into_iter().for_each(|part| self.put_bytes(part));
        } else if let Some([len_place, place @ .., nul]) = self.claim(bytes.len() + 2) {
            *len_place = len;
            copy(bytes, place);
            *nul = 0;
        }
    }

    /// Starts an array whose elements are aligned to `alignment`.
    ///
    /// # Errors
    /// `NestedTooDeeply`.
    #[inline]
    pub fn start_array(&mut self, alignment: usize) -> Result<OpenArray, EncodeError> {
        self.enter()?;
        self.put_u32(0);
        let length_at = self.pos.saturating_sub(4);
        if alignment > 4 {
            self.align(alignment);
        }
        Ok(OpenArray { length_at, payload_at: self.pos })
    }

    /// Ends the array that was started last and not ended yet, by this writer: ending another one writes a wrong length.
    ///
    /// # Errors
    /// `ArrayTooLong`; on machines of 32 bits `MessageTooLong` if it begins beyond the greatest length of a message.
    #[inline]
    pub fn end_array(&mut self, array: OpenArray) -> Result<(), EncodeError> {
        self.leave();
        // Another writer's array may begin after this one's end: then the length wraps, and is too long.
        let len = self.pos.wrapping_sub(array.payload_at);
        let len = u32::try_from(len).unwrap_or(u32::MAX);
        if len > limits::ARRAY_LEN {
            return Err(array.too_long());
        }
        let length = self.u32_bytes(len);
        if let Some(place) =
            self.buf.get_mut(array.length_at..).and_then(<[u8]>::first_chunk_mut::<4>)
        {
            *place = length;
        }
        Ok(())
    }

    /// Starts a struct or dictionary entry.
    ///
    /// # Errors
    /// `NestedTooDeeply`.
    #[inline]
    pub fn enter_struct(&mut self) -> Result<(), EncodeError> {
        self.align(8);
        self.enter()
    }

    /// Writes a variant's signature; the value must follow, then [`Writer::leave`].
    ///
    /// # Errors
    /// `NestedTooDeeply`.
    #[inline]
    pub fn enter_variant(&mut self, signature: Signature<'_>) -> Result<(), EncodeError> {
        self.put_signature(signature);
        self.enter()
    }

    #[inline]
    fn enter(&mut self) -> Result<(), EncodeError> {
        if self.depth >= limits::TOTAL_DEPTH {
            return Err(EncodeError::NestedTooDeeply);
        }
        self.depth += 1;
        Ok(())
    }

    /// Ends the struct, dictionary entry or variant that was entered last.
    #[inline]
    pub fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// Overwrites four bytes at `at`, which is where a UINT32 was put.
    pub(crate) fn patch_u32(&mut self, at: usize, value: u32) {
        let bytes = self.u32_bytes(value);
        if let Some(place) = self.buf.get_mut(at..).and_then(<[u8]>::first_chunk_mut::<4>) {
            *place = bytes;
        }
    }

    /// The message's length in bytes.
    ///
    /// # Errors
    /// `MessageTooLong`; `BufferTooSmall` with the length that is needed.
    #[inline]
    pub fn finish(self) -> Result<usize, EncodeError> {
        if self.pos > limits::MESSAGE_LEN as usize {
            Err(EncodeError::MessageTooLong)
        } else if self.pos > self.buf.len() {
            Err(EncodeError::BufferTooSmall { needed: self.pos })
        } else {
            Ok(self.pos)
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate alloc;

    use alloc::vec::Vec;

    use super::*;

    #[test]
    fn puts_a_string_alike_however_long_it_is_and_however_much_room_there_is() {
        let letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
        for (offset, len) in (0..8).flat_map(|offset| (0..50).map(move |len| (offset, len))) {
            let text = &letters[..len];
            let mut expected = alloc::vec![0xff; offset];
            expected.resize(offset.next_multiple_of(4), 0);
            expected.extend(u32::try_from(len).unwrap().to_be_bytes());
            expected.extend(text.as_bytes());
            expected.push(0);
            for surplus in [0, 1, 7, 64] {
                for checked in [false, true] {
                    let mut buf: Vec<u8> = alloc::vec![0xff; expected.len() + surplus];
                    let mut writer = Writer::new(&mut buf, Endian::Big).at(offset);
                    match checked {
                        true => writer.put_checked_str(text).unwrap(),
                        false => writer.put_str(text).unwrap(),
                    }
                    assert_eq!(writer.finish(), Ok(expected.len()), "{len} bytes at {offset}");
                    assert_eq!(buf[..expected.len()], expected, "{len} bytes at {offset}");
                }
            }
        }
    }

    #[test]
    fn refuses_a_string_with_a_nul_wherever_it_stands() {
        for (before, behind) in
            (0..40).flat_map(|before| (0..40).map(move |behind| (before, behind)))
        {
            for letter in ["x", "\u{e9}"] {
                let text = [&letter.repeat(before), "\0", &letter.repeat(behind)].concat();
                let mut buf = [0; 256];
                let mut writer = Writer::new(&mut buf, Endian::Little);
                assert_eq!(writer.put_str(&text), Err(EncodeError::StringWithNul), "{text:?}");
            }
        }
    }
}
