//! Short text without NUL, told in a few instructions.

use crate::utf8;

/// Whether there is a NUL in `text`.
#[inline]
pub(crate) fn has_nul(text: &str) -> bool {
    !is_plain(text) && utf8::find_nul(text.as_bytes()).is_some()
}

/// Whether `text` is ASCII without NUL; of more than 64 bytes it is never said.
#[inline]
pub(crate) fn is_plain(text: &str) -> bool {
    if crate::COMPACT {
        return false;
    }
    let bytes = text.as_bytes();
    // Two chunks that overlap where the length is no multiple of theirs.
    let suspicion = if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        let ends = suspicion_of_two(first) | suspicion_of_two(last);
        match bytes.len() {
            ..=32 => ends,
            33..=64 => {
                let between = bytes.chunks_exact(16).skip(1).filter_map(<[u8]>::first_chunk);
                if !between.map(suspicion_of_two).all(is_none) {
                    return false;
                }
                ends
            }
            _ => return false,
        }
    } else if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        suspicion(first) | suspicion(last)
    } else if let (Some(first), Some(last)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        let [a, b, c, d] = *first;
        let [e, f, g, h] = *last;
        suspicion(&[a, b, c, d, e, f, g, h])
    } else {
        return !bytes.contains(&0);
    };
    is_none(suspicion)
}

/// Subtracting 1 from every byte borrows from a NUL, so that the highest bit of some byte is set; bytes outside ASCII may have it
/// set, too.
#[inline]
const fn suspicion(word: &[u8; 8]) -> u64 {
    u64::from_ne_bytes(*word).wrapping_sub(u64::from_ne_bytes([1; 8]))
}

#[inline]
const fn suspicion_of_two(words: &[u8; 16]) -> u64 {
    let [first @ .., _, _, _, _, _, _, _, _] = words;
    let [_, _, _, _, _, _, _, _, second @ ..] = words;
    suspicion(first) | suspicion(second)
}

#[inline]
const fn is_none(suspicion: u64) -> bool {
    suspicion & u64::from_ne_bytes([0x80; 8]) == 0
}

#[cfg(test)]
mod tests {
    extern crate alloc;

    use super::*;

    #[test]
    fn says_nothing_is_plain_that_has_a_nul() {
        for len in 0..70 {
            let plain = "x".repeat(len);
            assert_eq!(is_plain(&plain), len <= 64 && !crate::COMPACT, "{len} bytes");
            assert!(!has_nul(&plain));
            for at in 0..len {
                let text = [&plain[..at], "\0", &plain[at + 1..]].concat();
                assert!(!is_plain(&text), "{len} bytes, NUL at {at}");
                assert!(has_nul(&text), "{len} bytes, NUL at {at}");
            }
        }
    }
}
