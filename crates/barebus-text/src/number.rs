//! Parses integers as the C library does in base 0 (decimal, `0x`, octal after a leading 0), and as systemd does (`0b`, `0o`).

use barebus_wire::{Basic, FdIndex};

use crate::error::ParseErrorKind;

/// Parses a value of the integer type `code`, including UNIX_FD.
pub(crate) fn parse_integer(code: u8, text: &str) -> Result<Basic<'static>, ParseErrorKind> {
    // Each value is checked against its width, so nothing is truncated.
    #![allow(clippy::cast_possible_truncation, reason = "the range was checked when it was read")]
    Ok(match code {
        b'y' => Basic::Byte(parse_unsigned(text, 8)? as u8),
        b'n' => Basic::Int16(parse_signed(text, 16)? as i16),
        b'q' => Basic::Uint16(parse_unsigned(text, 16)? as u16),
        b'i' => Basic::Int32(parse_signed(text, 32)? as i32),
        b'u' => Basic::Uint32(parse_unsigned(text, 32)? as u32),
        b'x' => Basic::Int64(parse_signed(text, 64)?),
        b't' => Basic::Uint64(parse_unsigned(text, 64)?),
        _ => Basic::UnixFd(FdIndex(parse_unsigned(text, 32)? as u32)),
    })
}

/// Parses an integer of a signed type of `bits` bits.
fn parse_signed(text: &str, bits: u32) -> Result<i64, ParseErrorKind> {
    let (negative, magnitude) = parse_magnitude(text)?;
    let limit = 1u64 << (bits - 1);
    if magnitude > limit || (magnitude == limit && !negative) {
        return Err(ParseErrorKind::OutOfRange);
    }
    let value = magnitude as i64;
    Ok(if negative { value.wrapping_neg() } else { value })
}

/// Parses an integer of an unsigned type of `bits` bits.
pub(crate) fn parse_unsigned(text: &str, bits: u32) -> Result<u64, ParseErrorKind> {
    let (negative, magnitude) = parse_magnitude(text)?;
    if (negative && magnitude != 0) || magnitude > u64::MAX >> (64 - bits) {
        return Err(ParseErrorKind::OutOfRange);
    }
    Ok(magnitude)
}

/// Sign and magnitude.
fn parse_magnitude(text: &str) -> Result<(bool, u64), ParseErrorKind> {
    let (negative, digits) = split_sign(text);
    let (base, digits) = match digits.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, digits.get(2..).unwrap_or_default()),
        [b'0', b'b' | b'B', ..] => (2, digits.get(2..).unwrap_or_default()),
        [b'0', b'o' | b'O', ..] => (8, digits.get(2..).unwrap_or_default()),
        [b'0', _, ..] => (8, digits),
        _ => (10, digits),
    };
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(base)) {
        return Err(ParseErrorKind::NotANumber);
    }
    // All are digits, so the only possible error is a too large number.
    let magnitude = u64::from_str_radix(digits, base).map_err(|_| ParseErrorKind::OutOfRange)?;
    Ok((negative, magnitude))
}

/// Skips the white space that the C library skips, and reads the sign.
pub(crate) fn split_sign(text: &str) -> (bool, &str) {
    let text = text.trim_start_matches([' ', '\t', '\n', '\x0b', '\x0c', '\r']);
    match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_base() {
        for (text, value) in [
            ("0", 0),
            ("-0", 0),
            ("12", 12),
            ("+12", 12),
            (" \t12", 12),
            ("0x1F", 31),
            ("-0X1f", -31),
            ("010", 8),
            ("0b11", 3),
            ("0o17", 15),
        ] {
            assert_eq!(parse_signed(text, 32), Ok(value), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_number() {
        for text in ["", " ", "-", "+-5", "0x", "0x-5", "08", "5 ", "5_0", "- 5", "1.0", "٣", "0b2"]
        {
            assert_eq!(parse_signed(text, 64), Err(ParseErrorKind::NotANumber), "{text}");
        }
    }

    #[test]
    fn reads_exactly_the_range_of_each_width() {
        assert_eq!(parse_signed("-0x8000", 16), Ok(-32768));
        assert_eq!(parse_signed("32768", 16), Err(ParseErrorKind::OutOfRange));
        assert_eq!(parse_signed("-32769", 16), Err(ParseErrorKind::OutOfRange));
        assert_eq!(parse_signed("-9223372036854775808", 64), Ok(i64::MIN));
        assert_eq!(parse_signed("9223372036854775807", 64), Ok(i64::MAX));
        assert_eq!(parse_signed("9223372036854775808", 64), Err(ParseErrorKind::OutOfRange));
        assert_eq!(parse_unsigned("255", 8), Ok(255));
        assert_eq!(parse_unsigned("256", 8), Err(ParseErrorKind::OutOfRange));
        assert_eq!(parse_unsigned("-1", 8), Err(ParseErrorKind::OutOfRange));
        assert_eq!(parse_unsigned("18446744073709551615", 64), Ok(u64::MAX));
        assert_eq!(parse_unsigned("18446744073709551616", 64), Err(ParseErrorKind::OutOfRange));
    }
}
