//! Text without NUL, told in a few instructions.

use crate::utf8;

/// Whether there is a NUL in `text`.
#[inline]
pub(crate) fn has_nul(text: &str) -> bool {
    !has_surely_no_nul(text) && utf8::find_nul(text.as_bytes()).is_some()
}

/// Whether `text` has no NUL; of less than 16 bytes it is only said when they are ASCII.
#[inline(always)]
pub(crate) fn has_surely_no_nul(text: &str) -> bool {
    if crate::COMPACT {
        return false;
    }
    let bytes = text.as_bytes();
    // Two chunks that overlap where the length is no multiple of theirs.
    let suspicion = if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        let mut least = min(first, last);
        if bytes.len() <= 32 {
            return is_set(&least);
        }
        for chunk in bytes.chunks_exact(16).skip(1).filter_map(<[u8]>::first_chunk) {
            least = min(&least, chunk);
        }
        return is_set(&least);
    } else if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        suspicion(first) | suspicion(last)
    } else if let (Some(first), Some(last)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        let [a, b, c, d] = *first;
        let [e, f, g, h] = *last;
        suspicion(&[a, b, c, d, e, f, g, h])
    } else {
        return !bytes.contains(&0);
    };
    suspicion & u64::from_ne_bytes([0x80; 8]) == 0
}

/// Subtracting 1 from every byte borrows from a NUL, so that the highest bit of some byte is set; bytes outside ASCII may have it
/// set, too.
#[inline]
const fn suspicion(word: &[u8; 8]) -> u64 {
    u64::from_ne_bytes(*word).wrapping_sub(u64::from_ne_bytes([1; 8]))
}

/// The lesser byte at each place, in one instruction of vectors.
#[inline]
fn min(a: &[u8; 16], b: &[u8; 16]) -> [u8; 16] {
    let mut least = *a;
    for (least, byte) in least.iter_mut().zip(b) {
        *least = (*least).min(*byte);
    }
    least
}

/// Whether no byte is 0.
#[inline]
fn is_set(bytes: &[u8; 16]) -> bool {
    bytes.iter().fold(true, |set, byte| set & (*byte != 0))
}

#[cfg(test)]
mod tests {
    extern crate alloc;

    use super::*;

    #[test]
    fn says_nothing_is_plain_that_has_a_nul() {
        for len in 0..70 {
            let plain = "x".repeat(len);
            assert_eq!(has_surely_no_nul(&plain), !crate::COMPACT, "{len} bytes");
            assert!(!has_nul(&plain));
            for at in 0..len {
                let text = [&plain[..at], "\0", &plain[at + 1..]].concat();
                assert!(!has_surely_no_nul(&text), "{len} bytes, NUL at {at}");
                assert!(has_nul(&text), "{len} bytes, NUL at {at}");
            }
        }
    }
}
