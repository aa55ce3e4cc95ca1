//! What interface, error and bus names share: elements with dots between them.

use super::error::{NameError, NameErrorKind as Kind};
use super::lanes::{fold_pairs, not_in, not_letter, or};
use crate::limits;

/// What sets one kind of dotted name apart from another.
#[derive(Clone, Copy)]
pub(super) struct Rules {
    /// Whether `-` is allowed.
    pub(super) hyphen: bool,
    /// Whether elements may begin with a digit.
    pub(super) digit_first: bool,
    /// Whether there must be two elements.
    pub(super) dot: bool,
}

/// Whether `bytes` are a name under `rules`. Length is the caller's matter.
#[inline(always)]
pub(super) fn is_valid(bytes: &[u8], rules: Rules) -> bool {
    let ([first, ..], [.., last]) = (bytes, bytes) else {
        return false;
    };
    if !(is_letter(*first)
        || (rules.hyphen && *first == b'-')
        || (rules.digit_first && first.is_ascii_digit()))
    {
        return false;
    }
    let found = fold_pairs(bytes, [0; 16], |found, before, after| {
        or(found, before, after, |before, byte| {
            let wrong = if is_wrong(before, byte, rules) == 0 { 0 } else { WRONG };
            wrong | is(before, b'.') & DOT
        })
    });
    let found = u128::from_ne_bytes(found);
    found & u128::from_ne_bytes([WRONG; 16]) == 0
        && *last != b'.'
        && !(rules.dot && found & u128::from_ne_bytes([DOT; 16]) == 0)
}

/// What is found of a pair of bytes: that it is not allowed, and that its first byte is a dot.
const WRONG: u8 = 1;
const DOT: u8 = 2;

/// 0 when `byte` may follow `before`, something else when not.
#[inline(always)]
fn is_wrong(before: u8, byte: u8, rules: Rules) -> u8 {
    let forbidden = not_letter(byte)
        .min(not_in(byte, b'0', 10))
        .min(byte ^ b'_')
        .min(if rules.hyphen { not_in(byte, b'-', 2) } else { byte ^ b'.' });
    let no_start = if rules.digit_first {
        is(byte, b'.')
    } else {
        // From '.' on: '/', which is forbidden anyhow, and the digits.
        is(not_in(byte, b'.', 12), 0)
    };
    forbidden | (is(before, b'.') & no_start)
}

#[inline(always)]
const fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_'
}

/// All bits when equal, none when not.
#[inline(always)]
const fn is(byte: u8, other: u8) -> u8 {
    if byte == other { 0xff } else { 0 }
}

/// Walks from byte to byte of `bytes[from..]`, for constants and for the reason.
#[allow(
    clippy::indexing_slicing,
    reason = "constant evaluation has no get; every index is compared with its bound first"
)]
pub(super) const fn check(bytes: &[u8], from: usize, rules: Rules) -> Result<(), NameError> {
    if bytes.is_empty() {
        return Err(NameError::new(Kind::Empty, 0));
    }
    if bytes.len() > limits::NAME_LEN {
        return Err(NameError::new(Kind::TooLong, limits::NAME_LEN));
    }
    let mut has_dot = false;
    let mut starts = true;
    let mut i = from;
    while i < bytes.len() {
        match bytes[i] {
            b'A'..=b'Z' | b'a'..=b'z' | b'_' => starts = false,
            b'-' if rules.hyphen => starts = false,
            b'0'..=b'9' => {
                if starts && !rules.digit_first {
                    return Err(NameError::new(Kind::DigitFirst, i));
                }
                starts = false;
            }
            b'.' => {
                if starts {
                    return Err(NameError::new(Kind::EmptyElement, i));
                }
                has_dot = true;
                starts = true;
            }
            _ => return Err(NameError::new(Kind::BadCharacter, i)),
        }
        i += 1;
    }
    if starts {
        return Err(NameError::new(Kind::EmptyElement, i));
    }
    if rules.dot && !has_dot {
        return Err(NameError::new(Kind::TooFewElements, i));
    }
    Ok(())
}
