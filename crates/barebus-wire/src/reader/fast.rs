//! Shortcuts: what most messages hold, read with one look at the bytes. They take a value that is valid and usual, or nothing, upon
//! which the plain way reads it, or finds what is wrong.
//!
//! `plain.rs` stands in their place in a program built for size.

use super::Reader;
use crate::limits;
use crate::name::ObjectPath;
use crate::nul::has_surely_no_nul;
use crate::signature::Signature;

/// Whether the shortcuts are there.
pub(crate) const FAST: bool = true;

/// A part of the message that was found to be UTF-8 as a whole.
///
/// One check of many bytes costs far less than many checks of a few. Between strings stand lengths and NULs, which are ASCII as
/// long as no string has 128 bytes or more: so the bytes after a string are mostly UTF-8 too, and the strings in them need
/// no check of their own but for NULs. Where they are not, the window ends, and the next string opens another one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window<'a> {
    text: &'a str,
    /// Offset of the text from the message's first byte.
    at: usize,
}

impl<'a> Window<'a> {
    pub(crate) const EMPTY: Self = Self { text: "", at: 0 };

    /// How far is looked ahead at first, in bytes: what is found there and never read is lost work.
    const AHEAD: usize = 1024;

    /// How far is looked ahead at most.
    const FARTHEST: usize = 16 * Self::AHEAD;

    /// As [`Self::AHEAD`], from the end of the header fields on.
    const AHEAD_OF_BODY: usize = 128;

    /// The window that is `text`, which is a part of `message` and tells its offset by its address.
    #[inline]
    pub(super) fn of(text: &'a str, message: &[u8]) -> Self {
        Self { text, at: text.as_ptr().addr().wrapping_sub(message.as_ptr().addr()) }
    }

    /// The text.
    pub(super) const fn text(&self) -> &'a str {
        self.text
    }

    /// The window for the text of `len` bytes at `at`, which this one lacks. It is twice as long as this one if it follows it: then this
    /// one was read to its end, and so little is lost by looking farther. A reader that has read something else since, as the reader of
    /// an array does between the arrays in it, begins anew.
    #[inline]
    fn next(&self, bytes: &'a [u8], at: usize, len: usize) -> Self {
        let follows = at.wrapping_sub(self.at) <= self.text.len() + Self::GAP;
        let ahead = if follows { 2 * self.text.len() } else { 0 };
        Self::open(bytes, at, len, ahead.clamp(Self::AHEAD, Self::FARTHEST))
    }

    /// Most bytes between two windows of which one follows the other: a number, padding and a length.
    const GAP: usize = 24;

    /// What is UTF-8 of `bytes`: around the text of `len` bytes at `at` and `ahead` bytes farther, or that text alone, or nothing.
    #[inline]
    fn open(bytes: &'a [u8], at: usize, len: usize, ahead: usize) -> Self {
        // From a multiple of eight on, because that is where words begin: what precedes a text is its length.
        let from = at & !7;
        let rest = bytes.get(from..).unwrap_or_default();
        let len_from = (at - from).saturating_add(len);
        let ahead = rest.get(..len_from.max(ahead)).unwrap_or(rest);
        let (found, at) = match core::str::from_utf8(ahead) {
            Ok(text) => return Self { text, at: from },
            Err(error) if error.valid_up_to() >= len_from => {
                (ahead.get(..error.valid_up_to()), from)
            }
            // The length is not ASCII, or the text is not UTF-8.
            Err(_) => (bytes.get(at..at.saturating_add(len)), at),
        };
        let text = found.and_then(|text| core::str::from_utf8(text).ok());
        Self { text: text.unwrap_or_default(), at }
    }

    /// The text of `len` bytes at `at`, when it lies in the window.
    #[inline]
    fn get(&self, at: usize, len: usize) -> Option<&'a str> {
        // Where these wrap, there is no such range.
        let start = at.wrapping_sub(self.at);
        self.text.get(start..start.wrapping_add(len))
    }
}

impl<'a> Reader<'a> {
    /// Skips to `start`, the next multiple of an alignment, when the padding is zero and eight bytes precede it.
    #[inline(always)]
    pub(super) fn take_padding(&mut self, start: usize) -> Option<()> {
        // Up to seven bytes, so a word holds them.
        let before = self.bytes.get(start.wrapping_sub(8)..start)?.first_chunk()?;
        if !is_padding(*before, start - self.pos) {
            return None;
        }
        self.pos = start;
        Some(())
    }

    /// Reads a UINT32 when its padding is zero and it does not stand at an edge.
    #[inline(always)]
    pub(super) fn take_u32(&mut self) -> Option<u32> {
        let (value, end) = self.peek_u32()?;
        self.pos = end;
        Some(value)
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

    /// Reads a UINT64 when its padding is zero and it does not stand at an edge.
    #[inline(always)]
    pub(super) fn take_u64(&mut self) -> Option<u64> {
        let from = self.pos.wrapping_sub(1) & !7;
        let window = self.bytes.get(from..from.wrapping_add(16))?.first_chunk::<16>()?;
        let [before @ .., _, _, _, _, _, _, _, _] = *window;
        let [_, _, _, _, _, _, _, _, value @ ..] = *window;
        if !is_padding(before, from + 8 - self.pos) {
            return None;
        }
        self.pos = from + 16;
        Some(self.u64_of(value))
    }

    /// After padding that is zero, twice four bytes, and where they end: in `message`, so maybe beyond this reader's end.
    #[inline]
    pub(crate) fn peek_field(&self, message: &[u8]) -> Option<([u8; 4], [u8; 4], usize)> {
        let from = self.pos.wrapping_sub(1) & !7;
        let window = message.get(from..from.wrapping_add(16))?.first_chunk::<16>()?;
        let [before @ .., a, b, c, d, e, f, g, h] = *window;
        is_padding(before, from + 8 - self.pos).then_some(([a, b, c, d], [e, f, g, h], from + 16))
    }

    /// The `len` bytes at the cursor as text, when they are UTF-8.
    #[inline]
    pub(super) fn text(&mut self, len: usize) -> Option<&'a str> {
        match self.window.get(self.pos, len) {
            Some(text) => Some(text),
            None => self.text_anew(self.bytes, self.pos, len),
        }
    }

    #[cold]
    #[inline(never)]
    fn text_anew(&mut self, bytes: &'a [u8], at: usize, len: usize) -> Option<&'a str> {
        self.window = self.window.next(bytes, at, len);
        self.window.get(at, len)
    }

    /// The `len` bytes at `at` of a header field as text, when they are UTF-8 and a NUL follows them. What follows the header in
    /// `message` is looked at, too: mostly it begins with text.
    #[inline]
    pub(crate) fn text_at(&mut self, message: &'a [u8], at: usize, len: usize) -> Option<&'a str> {
        // Where this wraps, no such text is found.
        if self.bytes.get(at.wrapping_add(len)) != Some(&0) {
            return None;
        }
        self.window.get(at, len).or_else(|| {
            let end = self.bytes.len() + Window::AHEAD_OF_BODY;
            self.text_anew(message.get(..end).unwrap_or(message), at, len)
        })
    }

    /// The signature of `len` bytes at `at`, when it is valid and a NUL follows it. Nothing is looked at but these bytes: a signature
    /// is short, and no text may follow.
    #[inline]
    pub(crate) fn signature_at(&self, at: usize, len: usize) -> Option<Signature<'a>> {
        let [text @ .., 0] = self.bytes.get(at..)?.get(..=len)? else { return None };
        let known = self.window.get(at, len);
        match known.or_else(|| core::str::from_utf8(text).ok()).map(Signature::parse) {
            Some(Ok(signature)) => Some(signature),
            _ => None,
        }
    }

    /// Reads a STRING, unless there is anything unusual about it. Not inlined, because what reads strings reads several.
    #[inline(never)]
    pub(super) fn take_str(&mut self) -> Option<&'a str> {
        self.take_str_at::<4>()
    }

    #[inline(never)]
    pub(super) fn take_first_str(&mut self) -> Option<&'a str> {
        self.take_str_at::<8>()
    }

    #[inline(always)]
    fn take_str_at<const ALIGNMENT: usize>(&mut self) -> Option<&'a str> {
        match self.peek_text::<ALIGNMENT>() {
            Some((text, end)) if has_surely_no_nul(text) => {
                self.pos = end;
                Some(text)
            }
            _ => None,
        }
    }

    /// The text at the cursor and where its NUL ends, when padding, length, text and NUL lie in the window and what surrounds
    /// the text is valid. The padding is to a multiple of `ALIGNMENT`, 4 or 8.
    #[inline(always)]
    fn peek_text<const ALIGNMENT: usize>(&self) -> Option<(&'a str, usize)> {
        // Where these wrap, there is nothing in the window.
        let at = (self.pos.wrapping_sub(1) & !(ALIGNMENT - 1)).wrapping_add(ALIGNMENT + 4);
        let (before, rest) = self.window.text.split_at_checked(at.wrapping_sub(self.window.at))?;
        let [padding @ .., a, b, c, d] = *before.as_bytes().last_chunk::<12>()?;
        let [_, _, _, _, short_padding @ ..] = padding;
        let len = self.u32_of([a, b, c, d]) as usize;
        let padded = match ALIGNMENT {
            4 => is_short_padding(short_padding, at - 4 - self.pos),
            _ => is_padding(padding, at - 4 - self.pos),
        };
        if !padded || rest.as_bytes().get(len) != Some(&0) {
            return None;
        }
        let nul_at = at.wrapping_add(len);
        if nul_at >= self.bytes.len() { None } else { Some((rest.get(..len)?, nul_at + 1)) }
    }

    /// Reads an OBJECT_PATH, unless there is anything unusual about it.
    #[inline(never)]
    pub(super) fn take_path(&mut self) -> Option<ObjectPath<'a>> {
        let (text, end) = self.peek_text::<4>()?;
        let path = ObjectPath::accept(text)?;
        self.pos = end;
        Some(path)
    }

    /// Enters variants whose value is a variant, as many as stand within one another and may do so.
    #[inline]
    pub(crate) fn take_nested_variants(&mut self) {
        const NESTED: u32 = u32::from_le_bytes([1, b'v', 0, 0]);
        const MASK: u32 = u32::from_le_bytes([0xff, 0xff, 0xff, 0]);
        let mut rest = self.bytes.get(self.pos..).unwrap_or_default();
        let mut depth = self.depth;
        // A byte follows each of their signatures: so a word may be compared.
        while let Some(word) = rest.first_chunk::<4>() {
            if u32::from_le_bytes(*word) & MASK != NESTED || depth >= limits::TOTAL_DEPTH {
                break;
            }
            rest = rest.get(3..).unwrap_or_default();
            depth += 1;
        }
        self.pos += 3 * usize::from(depth - self.depth);
        self.depth = depth;
    }

    /// Reads a variant's signature when it is that of a basic type, or of an array of one, as most are.
    #[inline]
    pub(super) fn take_short_variant_signature(&mut self) -> Option<Signature<'a>> {
        // Length, codes, NUL.
        let (signature, len) = Signature::of_short(self.peek()?)?;
        self.pos += len;
        Some(signature)
    }
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

#[cfg(test)]
mod tests;
