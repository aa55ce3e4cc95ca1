//! The bytes that a side has to say, in a buffer of fixed size.

use core::fmt;

/// What is still to be written. Never compacted: `N` holds all that one conversation can ever say.
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

    pub(crate) fn push(&mut self, text: &[u8]) {
        let end = self.filled.saturating_add(text.len());
        let room = self.bytes.get_mut(self.filled..end);
        debug_assert!(room.is_some(), "the capacity is less than a conversation can say");
        if let Some(room) = room {
            room.copy_from_slice(text);
            self.filled = end;
        }
    }
}

impl<const N: usize> fmt::Debug for Output<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.pending().escape_ascii())
    }
}
