//! Numbers, sizes, percentages.

use super::SPACES;

/// A boolean in any of systemd's spellings.
pub(in super::super) fn boolean(text: &str) -> Option<bool> {
    let is = |words: [&str; 6]| words.iter().any(|word| word.eq_ignore_ascii_case(text));
    match () {
        () if is(["1", "yes", "y", "true", "t", "on"]) => Some(true),
        () if is(["0", "no", "n", "false", "f", "off"]) => Some(false),
        () => None,
    }
}

/// An integer: decimal, with `0x` hexadecimal, with `0` or `0o` octal, with `0b` binary. `T` is the type that it must fit.
pub(in super::super) fn integer<T: TryFrom<i128>>(text: &str) -> Option<T> {
    let text = text.trim_start_matches(SPACES);
    let (is_negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let strip =
        |prefixes: [&str; 2]| prefixes.into_iter().find_map(|prefix| digits.strip_prefix(prefix));
    let (digits, radix) = if let Some(digits) = strip(["0b", "0B"]) {
        (digits, 2)
    } else if let Some(digits) = strip(["0o", "0O"]) {
        (digits, 8)
    } else if let Some(digits) = strip(["0x", "0X"]) {
        (digits, 16)
    } else if digits.starts_with('0') {
        (digits, 8)
    } else {
        (digits, 10)
    };
    let number = unsigned(digits, radix)?;
    T::try_from(if is_negative { -number } else { number }).ok()
}

/// Digits and nothing else, up to 64 bits.
fn unsigned(digits: &str, radix: u32) -> Option<i128> {
    if digits.starts_with('+') {
        return None;
    }
    u64::from_str_radix(digits, radix).ok().map(i128::from)
}

/// The mode of a file, in octal digits.
pub(in super::super) fn octal(text: &str) -> Option<u32> {
    let mode = unsigned(text.trim_start_matches(SPACES), 8)?;
    u32::try_from(mode).ok().filter(|mode| *mode <= 0o7777)
}

/// A size in bytes: a sum of numbers with `E`, `P`, `T`, `G`, `M`, `K`, `B` or nothing, in that order. `base` is 1000 or 1024.
pub(in super::super) fn size(text: &str, base: u64) -> Option<u64> {
    const UNITS: &[u8] = b"EPTGMKB";
    let mut units = UNITS;
    let mut sum = 0_u64;
    let mut rest = text;
    loop {
        let (number, fraction, after) = decimal(rest)?;
        rest = after.trim_start_matches(SPACES);
        let unit = rest.bytes().next();
        let place = unit.and_then(|unit| units.iter().position(|known| *known == unit));
        let exponent = match place {
            Some(place) => {
                units = units.get(place + 1..)?;
                rest = rest.get(1..)?;
                // `B` is the last, and nothing follows it.
                units.len()
            }
            None => 0,
        };
        let factor = base.checked_pow(u32::try_from(exponent).ok()?)?;
        let whole = number.checked_mul(factor)?;
        sum = sum.checked_add(whole)?.checked_add(part(fraction, factor))?;
        if rest.is_empty() {
            return Some(sum);
        }
        // A number without a unit is the last.
        place?;
    }
}

/// A fraction of a unit. In floating point, as systemd does it, so that the rounding is the same.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "the fraction is from 0 to 1, and factors are at most 2^60; systemd rounds the same way"
)]
fn part(fraction: f64, factor: u64) -> u64 {
    (fraction * factor as f64) as u64
}

/// A decimal number and the fraction after its dot, and what follows.
#[allow(clippy::cast_precision_loss, reason = "systemd rounds the same way")]
fn decimal(text: &str) -> Option<(u64, f64, &str)> {
    let text = text.trim_start_matches(SPACES);
    let text = text.strip_prefix('+').unwrap_or(text);
    let (digits, rest) = split_digits(text);
    let number = digits.parse().ok()?;
    let Some(rest) = rest.strip_prefix('.') else { return Some((number, 0.0, rest)) };
    let (digits, rest) = split_digits(rest);
    if digits.is_empty() {
        return Some((number, 0.0, rest));
    }
    let mut fraction = digits.parse::<u64>().ok()? as f64;
    for _ in digits.bytes() {
        fraction /= 10.0;
    }
    Some((number, fraction, rest))
}

/// The decimal digits that the text begins with, and the rest.
pub(super) fn split_digits(text: &str) -> (&str, &str) {
    let end = text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// A percentage in parts of ten thousand: `12.34%`, `123.4‰`, `1234‱`.
pub(in super::super) fn permyriad(text: &str) -> Option<u32> {
    let (number, places) = if let Some(number) = text.strip_suffix('‱') {
        (number, 0)
    } else if let Some(number) = text.strip_suffix('‰') {
        (number, 1)
    } else {
        (text.strip_suffix('%')?, 2)
    };
    let (whole, fraction) = match number.split_once('.') {
        Some((whole, fraction)) if (1..=places).contains(&fraction.len()) => (whole, fraction),
        Some(_) => return None,
        None => (number, ""),
    };
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let whole = integer::<u32>(whole)?;
    let scale =
        |number: u32, places: usize| number.checked_mul(10_u32.pow(u32::try_from(places).ok()?));
    let parts = match fraction {
        "" => 0,
        _ => scale(fraction.parse().ok()?, places - fraction.len())?,
    };
    scale(whole, places)?.checked_add(parts).filter(|value| i32::try_from(*value).is_ok())
}

/// A percentage as systemd sends it: `u32::MAX` is 100%.
pub(in super::super) fn scaled(text: &str) -> Option<u32> {
    let permyriad = permyriad(text).filter(|permyriad| *permyriad <= 10_000)?;
    u32::try_from((u64::from(permyriad) * u64::from(u32::MAX) + 5_000) / 10_000).ok()
}
