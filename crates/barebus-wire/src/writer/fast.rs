//! Shortcuts: padding, length, text and NUL put with one look at the buffer. `plain.rs` stands in their place in a program built for
//! size.

use super::Writer;
use crate::align::align_up;
use crate::nul::has_surely_no_nul;

/// Bytes of text that are copied without a call, at the most.
const SHORT_LEN: usize = 32;

impl Writer<'_> {
    /// Puts a STRING if it is short and there is nothing unusual about it; says whether it did.
    #[inline]
    pub(super) fn put_usual_str(&mut self, text: &str) -> bool {
        text.len() <= SHORT_LEN && self.put_short_str(text)
    }

    /// Puts text that is known to hold no NUL, if it is short; says whether it did.
    #[inline]
    pub(super) fn put_usual_checked_str(&mut self, text: &str) -> bool {
        text.len() <= SHORT_LEN && self.put_short_checked_str(text)
    }

    /// A short STRING, unless there is anything unusual about it; says whether it was put. Not inlined, because what puts strings
    /// puts several.
    #[inline(never)]
    fn put_short_str(&mut self, text: &str) -> bool {
        has_surely_no_nul(text) && self.put_short(text)
    }

    #[inline(never)]
    fn put_short_checked_str(&mut self, text: &str) -> bool {
        self.put_short(text)
    }

    /// Length, text and NUL of a short text where there is room for the longest of them; says whether there was.
    #[inline(always)]
    #[allow(clippy::cast_possible_truncation, reason = "the comparison is right before the cast")]
    fn put_short(&mut self, text: &str) -> bool {
        let len = text.len();
        if len > SHORT_LEN {
            return false;
        }
        let length = self.u32_bytes(len as u32);
        // One look at the buffer serves padding, length, text and NUL.
        let room = self.buf.get_mut(self.pos..).and_then(<[u8]>::first_chunk_mut);
        let Some(place): Option<&mut [u8; 3 + 4 + SHORT_LEN + 1]> = room else {
            return false;
        };
        let padding = self.pos.wrapping_neg() & 3;
        let [a, b, c, ..] = place;
        (*a, *b, *c) = (0, 0, 0);
        let rest = place.get_mut(padding..).and_then(<[u8]>::split_first_chunk_mut);
        if let Some((length_place, rest)) = rest {
            *length_place = length;
            if let Some((body, [nul, ..])) = rest.split_at_mut_checked(len) {
                copy_short(text.as_bytes(), body);
                *nul = 0;
            }
        }
        self.pos += padding + 4 + len + 1;
        true
    }

    /// Length, which is `len`, text and NUL.
    #[inline]
    pub(super) fn put_len_and_text(&mut self, len: u32, text: &str) {
        let start = align_up(self.pos, 4);
        let length = self.u32_bytes(len);
        let end = start.saturating_add(4).saturating_add(text.len()).saturating_add(1);
        if let Some(zeros) = self.buf.get_mut(self.pos..).and_then(<[u8]>::first_chunk_mut::<4>) {
            *zeros = [0; 4];
        }
        if let Some((head, rest)) =
            self.buf.get_mut(start..).and_then(<[u8]>::split_first_chunk_mut::<4>)
        {
            *head = length;
            if let Some((body, [nul, ..])) = rest.split_at_mut_checked(text.len()) {
                copy(text.as_bytes(), body);
                *nul = 0;
            }
        }
        self.pos = end;
    }

    /// A header field that holds text which is known to hold no NUL, aligned, that begins with `mark`: mark and length in one word, and
    /// as many zeros after the text as NUL and padding may need.
    #[inline]
    pub(crate) fn put_text_field(&mut self, mark: [u8; 4], text: &str) {
        // Longer than 2^32 - 1 bytes it cannot be: the whole message is refused long before.
        let len = u32::try_from(text.len()).unwrap_or(u32::MAX);
        let start = align_up(self.pos, 8);
        let [a, b, c, d] = self.u32_bytes(len);
        let [code, one, value_type, nul] = mark;
        if let Some(zeros) = self.buf.get_mut(self.pos..).and_then(<[u8]>::first_chunk_mut::<8>) {
            *zeros = [0; 8];
        }
        if let Some((head, rest)) =
            self.buf.get_mut(start..).and_then(<[u8]>::split_first_chunk_mut::<8>)
        {
            *head = [code, one, value_type, nul, a, b, c, d];
            if let Some((place, [nul, ..])) = rest.split_at_mut_checked(text.len()) {
                copy(text.as_bytes(), place);
                *nul = 0;
            }
        }
        // No text is so long that 9 more bytes would wrap.
        self.pos = start.saturating_add(text.len().wrapping_add(9));
    }
}

/// Copies up to [`SHORT_LEN`] bytes: ends that meet or overlap.
#[inline(always)]
fn copy_short(from: &[u8], to: &mut [u8]) {
    let _ = copy_ends::<16>(from, to)
        || copy_ends::<8>(from, to)
        || copy_ends::<4>(from, to)
        || copy_ends::<2>(from, to)
        || copy_ends::<1>(from, to);
}

/// Copies the first `N` bytes and the last, if there are as many.
#[inline(always)]
fn copy_ends<const N: usize>(from: &[u8], to: &mut [u8]) -> bool {
    let (Some(first), Some(last)) = (from.first_chunk::<N>(), from.last_chunk::<N>()) else {
        return false;
    };
    if let Some(to) = to.first_chunk_mut() {
        *to = *first;
    }
    if let Some(to) = to.last_chunk_mut() {
        *to = *last;
    }
    true
}

/// Copies bytes to a place of as many.
#[inline(always)]
pub(crate) fn copy(from: &[u8], to: &mut [u8]) {
    to.copy_from_slice(from);
}

#[cfg(test)]
mod tests;
