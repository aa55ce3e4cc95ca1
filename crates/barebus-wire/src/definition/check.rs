//! Comparing signatures while compiling.

use crate::limits;
use crate::signature::Signature;

/// Fails to compile when the two signatures differ. `found_is` and `wanted_is` say in words whose signatures they are.
#[allow(clippy::panic, reason = "runs at compile time, where the panic is a compile error")]
pub(super) const fn assert_same(
    found_is: &str,
    found: Signature<'static>,
    wanted_is: &str,
    wanted: Signature<'static>,
) {
    if !is_same(found.as_str().as_bytes(), wanted.as_str().as_bytes()) {
        let text = Text::EMPTY.push(found_is).push(" '").push(found.as_str()).push("', ");
        let text = text.push(wanted_is).push(" '").push(wanted.as_str()).push("'");
        panic!("{}", text.as_str());
    }
}

#[allow(
    clippy::indexing_slicing,
    reason = "constant evaluation has no get; the index is below both lengths"
)]
const fn is_same(a: &[u8], b: &[u8]) -> bool {
    let mut i = 0;
    while i < a.len() && i < b.len() && a[i] == b[i] {
        i += 1;
    }
    i == a.len() && i == b.len()
}

/// A compile error's text.
struct Text {
    bytes: [u8; 2 * limits::SIGNATURE_LEN + 128],
    len: usize,
}

impl Text {
    const EMPTY: Self = Self { bytes: [0; 2 * limits::SIGNATURE_LEN + 128], len: 0 };

    #[allow(
        clippy::indexing_slicing,
        reason = "runs at compile time; signatures have at most 255 bytes and the words are ours"
    )]
    const fn push(mut self, text: &str) -> Self {
        let text = text.as_bytes();
        let mut i = 0;
        while i < text.len() {
            self.bytes[self.len] = text[i];
            self.len += 1;
            i += 1;
        }
        self
    }

    const fn as_str(&self) -> &str {
        let (bytes, _) = self.bytes.split_at(self.len);
        match core::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(_) => "the signatures differ",
        }
    }
}
