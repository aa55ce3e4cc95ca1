//! The bytes that a side has to write, in a buffer of fixed size.

use core::fmt;

/// Bytes to be written. The buffer is never compacted: `N` is enough for everything that one conversation can write.
#[derive(Clone)]
pub(crate) struct Output<const N: usize> {
    bytes: [u8; N],
    /// `written <= filled <= N`
    filled: usize,
    written: usize,
}

impl<const N: usize> Output<N> {
    pub(crate) const fn new() -> Self {
        Self { bytes: [0; N], filled: 0, written: 0 }
    }

    pub(crate) fn pending(&self) -> &[u8] {
        self.bytes.get(self.written..self.filled).unwrap_or_default()
    }

    pub(crate) fn advance(&mut self, n: usize) {
        self.written = self.written.saturating_add(n).min(self.filled);
    }

    // Not `copy_from_slice`: its check of the lengths leaves a panic in the program at opt-level z.
    pub(crate) fn push(&mut self, text: &[u8]) {
        let room = self.bytes.get_mut(self.filled..).unwrap_or_default();
        debug_assert!(text.len() <= room.len(), "N is less than a conversation can write");
        for (to, from) in room.iter_mut().zip(text) {
            *to = *from;
            self.filled += 1;
        }
    }
}

impl<const N: usize> fmt::Debug for Output<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.pending().escape_ascii())
    }
}

#[cfg(test)]
mod tests {
    extern crate alloc;
    use super::*;

    #[test]
    fn debug_shows_what_is_still_to_be_written() {
        let mut output = Output::<16>::new();
        output.push(b"\0AUTH\r\n");
        output.advance(1);
        assert_eq!(alloc::format!("{output:?}"), r#""AUTH\r\n""#);
    }
}
