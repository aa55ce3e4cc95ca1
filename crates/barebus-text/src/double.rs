//! Prints and parses doubles as the C library does.

use crate::error::ParseErrorKind;
use crate::number::split_sign;

/// Prints a double like `printf("%.{digits}g")`.
pub(crate) fn print_general(value: f64, digits: usize) -> String {
    if let Some(text) = print_not_finite(value) {
        return text.to_owned();
    }
    let rounded = format!("{:.*e}", digits - 1, value);
    let (mantissa, exponent) = split_exponent(&rounded);
    if exponent >= -4 && exponent < i32::try_from(digits).unwrap_or(i32::MAX) {
        let decimals = usize::try_from(digits as i64 - 1 - i64::from(exponent)).unwrap_or(0);
        return trim_zeros(&format!("{value:.decimals$}")).to_owned();
    }
    scientific(trim_zeros(mantissa), exponent)
}

/// Prints a finite double like `printf("%.{decimals}e")`.
pub(crate) fn print_scientific(value: f64, decimals: usize) -> String {
    let rounded = format!("{value:.decimals$e}");
    let (mantissa, exponent) = split_exponent(&rounded);
    scientific(mantissa, exponent)
}

/// The C library's notation: a sign and at least two digits in the exponent.
fn scientific(mantissa: &str, exponent: i32) -> String {
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.unsigned_abs())
}

/// Prints the fewest digits that are read back as the same value, in a form that the C library reads too.
///
/// A NaN other than the default one has its bits in parentheses.
pub(crate) fn print_exact(value: f64) -> String {
    if value.is_nan() && !matches!(value.to_bits(), QUIET_NAN | NEGATIVE_QUIET_NAN) {
        let sign = if value.is_sign_negative() { "-" } else { "" };
        return format!("{sign}nan({:#x})", value.to_bits());
    }
    if let Some(text) = print_not_finite(value) {
        return text.to_owned();
    }
    let scientific = format!("{value:e}");
    let (_, exponent) = split_exponent(&scientific);
    if (-5..17).contains(&exponent) { format!("{value}") } else { scientific }
}

fn print_not_finite(value: f64) -> Option<&'static str> {
    match (value.is_nan(), value.is_infinite(), value.is_sign_negative()) {
        (true, _, false) => Some("nan"),
        (true, _, true) => Some("-nan"),
        (_, true, false) => Some("inf"),
        (_, true, true) => Some("-inf"),
        _ => None,
    }
}

/// Mantissa and exponent of what `{:e}` prints.
fn split_exponent(scientific: &str) -> (&str, i32) {
    match scientific.split_once('e') {
        Some((mantissa, exponent)) => (mantissa, exponent.parse().unwrap_or(0)),
        None => (scientific, 0),
    }
}

fn trim_zeros(digits: &str) -> &str {
    if digits.contains('.') { digits.trim_end_matches('0').trim_end_matches('.') } else { digits }
}

const QUIET_NAN: u64 = 0x7ff8_0000_0000_0000;
const NEGATIVE_QUIET_NAN: u64 = 0xfff8_0000_0000_0000;
const SIGN: u64 = 1 << 63;
const EXPONENT: u64 = 0x7ff0_0000_0000_0000;
const MANTISSA: u64 = 0x000f_ffff_ffff_ffff;
/// Bits of a quiet NaN that its text can set in the C library.
const PAYLOAD: u64 = 0x0007_ffff_ffff_ffff;

/// Parses what `strtod` parses: decimal, hexadecimal, infinities and NaNs.
///
/// The parentheses after `nan` contain a payload, or all bits of the double if these are a NaN's.
pub(crate) fn parse(text: &str) -> Result<f64, ParseErrorKind> {
    let (negative, text) = split_sign(text);
    let bits = if let Some(digits) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        parse_hexadecimal(digits)?
    } else if is_decimal(text) {
        match text.parse::<f64>() {
            Ok(value) if value.is_finite() => value.to_bits(),
            Ok(_) => return Err(ParseErrorKind::OutOfRange),
            Err(_) => return Err(ParseErrorKind::NotANumber),
        }
    } else {
        parse_not_finite(text)?
    };
    Ok(f64::from_bits(if negative { bits | SIGN } else { bits }))
}

fn parse_not_finite(text: &str) -> Result<u64, ParseErrorKind> {
    if text.eq_ignore_ascii_case("inf") || text.eq_ignore_ascii_case("infinity") {
        return Ok(EXPONENT);
    }
    if text.eq_ignore_ascii_case("nan") {
        return Ok(QUIET_NAN);
    }
    let payload = text
        .split_at_checked(4)
        .filter(|(nan, _)| nan.eq_ignore_ascii_case("nan("))
        .and_then(|(_, rest)| rest.strip_suffix(')'))
        .ok_or(ParseErrorKind::NotANumber)?;
    let bits = match payload.strip_prefix("0x") {
        _ if payload.is_empty() => 0,
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
            u64::from_str_radix(digits, 16).map_err(|_| ParseErrorKind::NotANumber)?
        }
        _ => return Err(ParseErrorKind::NotANumber),
    };
    let whole = bits & EXPONENT == EXPONENT && bits & MANTISSA != 0;
    Ok(if whole { bits } else { QUIET_NAN | bits & PAYLOAD })
}

/// Whether the text is digits with at most one point, and an optional exponent.
fn is_decimal(text: &str) -> bool {
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent_fits = exponent.is_none_or(|exponent| {
        let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        !digits.is_empty() && is_digits(digits)
    });
    is_digits(whole) && is_digits(fraction) && whole.len() + fraction.len() > 0 && exponent_fits
}

/// Parses what follows `0x`, rounded to the nearest double, ties to even.
fn parse_hexadecimal(text: &str) -> Result<u64, ParseErrorKind> {
    let (digits, power) = match text.split_once(['p', 'P']) {
        Some((digits, power)) => (digits, Some(power)),
        None => (text, None),
    };
    let mut exponent = match power {
        Some(power) => parse_power(power)?,
        None => 0,
    };
    let mut mantissa = 0u64;
    // Whether a nonzero digit did not fit into the mantissa.
    let mut lost = false;
    let mut any = false;
    let mut after_point = false;
    for c in digits.chars() {
        let Some(digit) = c.to_digit(16) else {
            if c == '.' && !after_point {
                after_point = true;
                continue;
            }
            return Err(ParseErrorKind::NotANumber);
        };
        any = true;
        let fits = mantissa >> 60 == 0;
        if fits {
            mantissa = mantissa << 4 | u64::from(digit);
        } else {
            lost |= digit != 0;
        }
        exponent += match (after_point, fits) {
            (true, true) => -4,
            (false, false) => 4,
            _ => 0,
        };
    }
    if any { round(mantissa, exponent, lost) } else { Err(ParseErrorKind::NotANumber) }
}

/// The power of two after `p`, clamped to a value far beyond the range of doubles.
fn parse_power(text: &str) -> Result<i64, ParseErrorKind> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(ParseErrorKind::NotANumber);
    }
    let power = digits.parse().unwrap_or(POWER_MAX).min(POWER_MAX);
    Ok(if negative { -power } else { power })
}

/// No text is long enough for its digits to compensate for this exponent.
const POWER_MAX: i64 = 1 << 48;

/// The double nearest to `mantissa * 2^exponent`, or to slightly more if digits were `lost`.
fn round(mantissa: u64, exponent: i64, lost: bool) -> Result<u64, ParseErrorKind> {
    if mantissa == 0 {
        return Ok(0);
    }
    let zeros = mantissa.leading_zeros();
    let mantissa = u128::from(mantissa << zeros);
    // The value is between 2^magnitude and twice that.
    let magnitude = exponent - i64::from(zeros) + 63;
    if magnitude > 1023 {
        return Err(ParseErrorKind::OutOfRange);
    }
    // A mantissa has 53 bits, fewer below the smallest normal double.
    let cut = 11 + (-1022 - magnitude).max(0);
    let Some(cut) = u32::try_from(cut).ok().filter(|cut| *cut <= 64) else {
        return Ok(0);
    };
    let mut kept = u64::try_from(mantissa >> cut).unwrap_or(0);
    let rest = mantissa & ((1 << cut) - 1);
    let half = 1 << (cut - 1);
    if rest > half || rest == half && (lost || kept % 2 == 1) {
        kept += 1;
    }
    // The exponent here is 1 too small: the mantissa's leading bit, or a carry, adds 1 to it.
    let biased = u64::try_from(magnitude + 1022).unwrap_or(0);
    let bits = (biased << 52) + kept;
    if bits < EXPONENT { Ok(bits) } else { Err(ParseErrorKind::OutOfRange) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `printf("%g")` of the GNU C library prints.
    #[test]
    fn prints_as_the_c_library() {
        for (value, text) in [
            (0.0, "0"),
            (-0.0, "-0"),
            (1.0, "1"),
            (0.1, "0.1"),
            (100000.5, "100000"),
            (100001.5, "100002"),
            (123456.0, "123456"),
            (1234567.0, "1.23457e+06"),
            (999999.5, "1e+06"),
            (1e5, "100000"),
            (1e6, "1e+06"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (0.000099999995, "0.0001"),
            (1e100, "1e+100"),
            (5e-324, "4.94066e-324"),
            (f64::MAX, "1.79769e+308"),
            (f64::INFINITY, "inf"),
            (f64::NEG_INFINITY, "-inf"),
            (f64::NAN, "nan"),
            (-f64::NAN, "-nan"),
        ] {
            assert_eq!(print_general(value, 6), text);
        }
        assert_eq!(print_general(0.1, 17), "0.10000000000000001");
        assert_eq!(print_general(1e16, 17), "10000000000000000");
        assert_eq!(print_general(1e17, 17), "1e+17");
    }

    #[test]
    fn prints_exactly_what_is_read_back() {
        let doubles = [
            0.1,
            -0.0,
            1e16,
            1e17,
            1e300,
            5e-324,
            f64::MAX,
            f64::MIN_POSITIVE,
            f64::NAN,
            -f64::NAN,
            f64::INFINITY,
            123456.789,
            f64::from_bits(0x7ff0_0000_0000_0001),
            f64::from_bits(0xffff_ffff_ffff_ffff),
        ];
        for value in doubles {
            let text = print_exact(value);
            assert_eq!(parse(&text).map(f64::to_bits), Ok(value.to_bits()), "{text}");
        }
    }

    #[test]
    fn reads_hexadecimal_rounded_to_even() {
        for (text, value) in [
            ("0x1p3", 8.0),
            ("0x.8", 0.5),
            ("-0x1.8P+1", -3.0),
            ("0x0p999999999999999999999", 0.0),
            ("0x1.fffffffffffffp1023", f64::MAX),
            ("0x1p-1074", 5e-324),
            ("0x1p-1075", 0.0),
            ("0x1.8p-1075", 5e-324),
            ("0x1.00000000000000000001p-1075", 5e-324),
            ("0x1p-99999999999999999999", 0.0),
            ("0x1.fffffffffffffp-1023", f64::MIN_POSITIVE),
            ("0x20000000000001", 9007199254740992.0),
            ("0x20000000000003", 9007199254740996.0),
            ("0x20000000000001000000000000001p-60", 9007199254740994.0),
        ] {
            assert_eq!(parse(text).map(f64::to_bits), Ok(value.to_bits()), "{text}");
        }
        for text in ["0x1p1024", "0x1.fffffffffffff8p1023", "0x1p99999999999999999999", "1e400"] {
            assert_eq!(parse(text), Err(ParseErrorKind::OutOfRange), "{text}");
        }
    }

    #[test]
    fn reads_decimals_infinities_and_nans() {
        for (text, value) in [
            (".5", 0.5),
            ("5.", 5.0),
            (" +5e-1", 0.5),
            ("-Infinity", f64::NEG_INFINITY),
            ("inf", f64::INFINITY),
            ("NaN", f64::NAN),
            ("nan()", f64::NAN),
            ("-nan(0x123)", f64::from_bits(0xfff8_0000_0000_0123)),
        ] {
            assert_eq!(parse(text).map(f64::to_bits), Ok(value.to_bits()), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_number() {
        for text in [
            "", ".", "e5", "5e", "5e+", "1 ", "1,5", "0x", "0x.", "0x1p", "0x1.2.3", "infx",
            "nan(", "nan(x)", "nan(0x1", "0b11", "1.2.3", "--1", "nän(1)", "0x1p1.5", "1e5e5",
        ] {
            assert_eq!(parse(text), Err(ParseErrorKind::NotANumber), "{text}");
        }
    }
}
