//! Text as D-Bus has it: UTF-8 without NUL. Spec: Marshaling, STRING.

use core::fmt;

/// Why bytes are no string.
///
/// ```
/// use barebus_wire::utf8::{Utf8Fault, check_str};
///
/// assert_eq!(check_str(b"text"), Ok("text"));
/// assert_eq!(check_str(b"te\0t"), Err(Utf8Fault::Nul(2)));
/// assert_eq!(check_str(b"te\xfft"), Err(Utf8Fault::NotUtf8(2)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Utf8Fault {
    /// A NUL at this offset in bytes.
    Nul(usize),
    /// What is at this offset in bytes is not UTF-8: overlong, a surrogate, beyond U+10FFFF, cut off, or no lead byte.
    NotUtf8(usize),
}

impl fmt::Display for Utf8Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nul(at) => write!(f, "a NUL at byte {at}"),
            Self::NotUtf8(at) => write!(f, "not UTF-8 at byte {at}"),
        }
    }
}

impl core::error::Error for Utf8Fault {}

/// The offset of the first NUL in bytes; `None` without one.
#[inline]
pub fn find_nul(bytes: &[u8]) -> Option<usize> {
    if crate::COMPACT {
        return bytes.iter().position(|byte| *byte == 0);
    }
    memchr::memchr(0, bytes)
}

/// The bytes as text.
///
/// # Errors
/// What is wrong first: a NUL, or bytes that are not UTF-8. Noncharacters are fine (Corrigendum 9).
#[inline]
pub fn check_str(bytes: &[u8]) -> Result<&str, Utf8Fault> {
    match core::str::from_utf8(bytes) {
        Ok(text) if !has_nul(bytes) => Ok(text),
        found => Err(explain(bytes, found.err().map_or(bytes.len(), |error| error.valid_up_to()))),
    }
}

/// Whether there is a NUL: eight bytes at a time, the last eight maybe twice.
#[inline]
fn has_nul(bytes: &[u8]) -> bool {
    if crate::COMPACT {
        return find_nul(bytes).is_some();
    }
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHS: u64 = 0x8080_8080_8080_8080;
    let zeros = |word: &[u8; 8]| {
        let word = u64::from_ne_bytes(*word);
        word.wrapping_sub(ONES) & !word & HIGHS
    };
    let Some(last) = bytes.last_chunk::<8>() else {
        return bytes.contains(&0);
    };
    let mut found = zeros(last);
    let mut rest = bytes;
    while let Some((chunk, tail)) = rest.split_first_chunk::<8>() {
        found |= zeros(chunk);
        rest = tail;
    }
    found != 0
}

/// Which of the two is first: a NUL, or the byte at `valid` where UTF-8 ends.
#[cfg_attr(not(compact), cold, inline(never))]
fn explain(bytes: &[u8], valid: usize) -> Utf8Fault {
    match find_nul(bytes.get(..valid).unwrap_or(bytes)) {
        Some(at) => Utf8Fault::Nul(at),
        None => Utf8Fault::NotUtf8(valid),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rules, byte by byte.
    fn oracle(bytes: &[u8]) -> Result<(), Utf8Fault> {
        let valid = core::str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), str::len);
        match bytes.iter().take(valid).position(|byte| *byte == 0) {
            Some(at) => Err(Utf8Fault::Nul(at)),
            None if valid < bytes.len() => Err(Utf8Fault::NotUtf8(valid)),
            None => Ok(()),
        }
    }

    #[test]
    fn agrees_with_the_rules_on_all_short_sequences_at_every_place() {
        let mut bytes = *b"abcdefghijklmnopqrstuvwx";
        for place in [0, 1, 6, 7, 8, 15, 21] {
            for first in 0..=255 {
                for second in 0..=255 {
                    for third in [0, 0x41, 0x80, 0xbf, 0xc0, 0xff] {
                        bytes[place..place + 3].copy_from_slice(&[first, second, third]);
                        assert_eq!(check_str(&bytes).map(|_| ()), oracle(&bytes), "{bytes:x?}");
                    }
                }
            }
            bytes = *b"abcdefghijklmnopqrstuvwx";
        }
    }

    #[test]
    fn finds_a_nul_at_every_place_of_every_length() {
        for len in 0..40 {
            let mut bytes = alloc::vec![b'x'; len];
            assert_eq!(check_str(&bytes).map(str::len), Ok(len));
            for at in 0..len {
                bytes[at] = 0;
                assert_eq!(check_str(&bytes), Err(Utf8Fault::Nul(at)));
                bytes[at] = b'x';
            }
        }
    }

    #[test]
    fn says_what_is_wrong_and_where() {
        for (bytes, text) in
            [(&b"ab\0\xff"[..], "a NUL at byte 2"), (b"a\xff\0", "not UTF-8 at byte 1")]
        {
            assert_eq!(alloc::format!("{}", check_str(bytes).unwrap_err()), text);
        }
    }

    #[test]
    fn takes_noncharacters_and_refuses_surrogates() {
        for valid in ["\u{fffe}", "\u{fdd0}", "\u{10ffff}"] {
            assert_eq!(check_str(valid.as_bytes()), Ok(valid));
        }
        for invalid in [&b"\xed\xa0\x80"[..], b"\xc0\x80", b"\xf4\x90\x80\x80", b"\xe2\x82"] {
            assert_eq!(check_str(invalid), Err(Utf8Fault::NotUtf8(0)), "{invalid:x?}");
        }
    }
}
