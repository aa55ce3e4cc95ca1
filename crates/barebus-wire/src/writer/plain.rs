//! No shortcuts, in a program built for size: one value after the other. See `fast.rs`.

use super::Writer;

impl Writer<'_> {
    pub(super) const fn put_usual_str(&mut self, _: &str) -> bool {
        false
    }

    pub(super) const fn put_usual_checked_str(&mut self, _: &str) -> bool {
        false
    }

    /// Length, which is `len`, text and NUL.
    pub(super) fn put_len_and_text(&mut self, len: u32, text: &str) {
        self.align(4);
        self.put_bytes(&self.u32_bytes(len));
        self.put_bytes(text.as_bytes());
        self.put_bytes(&[0]);
    }

    /// A header field that holds text which is known to hold no NUL, aligned, that begins with `mark`.
    pub(crate) fn put_text_field(&mut self, mark: [u8; 4], text: &str) {
        // Longer than 2^32 - 1 bytes it cannot be: the whole message is refused long before.
        let len = u32::try_from(text.len()).unwrap_or(u32::MAX);
        self.align(8);
        self.put_bytes(&mark);
        self.put_len_and_text(len, text);
    }
}

/// Copies bytes to a place of as many. Not `copy_from_slice`: its check of the lengths leaves a panic in the program.
#[inline]
pub(crate) fn copy(from: &[u8], to: &mut [u8]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = *from;
    }
}
