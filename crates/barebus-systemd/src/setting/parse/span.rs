//! Spans of time. systemd.time(7), "Parsing Time Spans".

use super::SPACES;
use super::number::split_digits;

const SECOND: u64 = 1_000_000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
const YEAR: u64 = 31_557_600 * SECOND;

/// Units and their microseconds. Of two units with the same beginning the longer comes first.
static UNITS: &[(&str, u64)] = &[
    ("seconds", SECOND),
    ("second", SECOND),
    ("sec", SECOND),
    ("s", SECOND),
    ("minutes", MINUTE),
    ("minute", MINUTE),
    ("min", MINUTE),
    ("months", YEAR / 12),
    ("month", YEAR / 12),
    ("M", YEAR / 12),
    ("msec", SECOND / 1000),
    ("ms", SECOND / 1000),
    ("m", MINUTE),
    ("hours", HOUR),
    ("hour", HOUR),
    ("hr", HOUR),
    ("h", HOUR),
    ("days", DAY),
    ("day", DAY),
    ("d", DAY),
    ("weeks", 7 * DAY),
    ("week", 7 * DAY),
    ("w", 7 * DAY),
    ("years", YEAR),
    ("year", YEAR),
    ("y", YEAR),
    ("usec", 1),
    ("us", 1),
    ("µs", 1),
];

/// A span in microseconds; numbers without a unit are seconds. `u64::MAX` is `infinity`.
pub(in super::super) fn span(text: &str) -> Option<u64> {
    span_in(text, SECOND)
}

/// A span in microseconds; numbers without a unit are of `default` microseconds.
pub(in super::super) fn span_in(text: &str, default: u64) -> Option<u64> {
    sum(text, default, |text| {
        UNITS.iter().find_map(|(unit, factor)| Some((*factor, text.strip_prefix(unit)?)))
    })
}

/// A span in nanoseconds; numbers without a unit are nanoseconds.
pub(in super::super) fn nanoseconds(text: &str) -> Option<u64> {
    sum(text, 1, |text| {
        let nano = ["nsec", "ns"].iter().find_map(|unit| Some((1, text.strip_prefix(unit)?)));
        let known = UNITS
            .iter()
            .find_map(|(unit, factor)| Some((*factor * 1000, text.strip_prefix(unit)?)));
        nano.or(known)
    })
}

/// A sum of numbers with units; `unit` tells the factor of the unit that a text begins with, and what follows.
fn sum(text: &str, default: u64, unit: impl Fn(&str) -> Option<(u64, &str)>) -> Option<u64> {
    let mut rest = text.trim_start_matches(SPACES);
    if let Some(after) = rest.strip_prefix("infinity") {
        return after.trim_start_matches(SPACES).is_empty().then_some(u64::MAX);
    }
    let mut sum = 0_u64;
    loop {
        let number = rest.strip_prefix('+').unwrap_or(rest);
        let (whole, after) = split_digits(number);
        let (fraction, after) = match after.strip_prefix('.') {
            Some(after) => split_digits(after),
            None if whole.is_empty() => return None,
            None => ("0", after),
        };
        if fraction.is_empty() {
            return None;
        }
        let spaced = after.trim_start_matches(SPACES);
        let (factor, after_unit) = match unit(spaced) {
            Some(found) => found,
            // A number needs a unit or a space before the next one.
            None if spaced.len() == after.len() && !after.is_empty() => return None,
            None => (default, spaced),
        };
        let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
        let mut part = factor / 10;
        sum = add(sum, whole.checked_mul(factor)?)?;
        for digit in fraction.bytes() {
            sum = add(sum, part * u64::from(digit - b'0'))?;
            part /= 10;
        }
        rest = after_unit.trim_start_matches(SPACES);
        if rest.is_empty() {
            return Some(sum);
        }
    }
}

/// The sum, which stays less than infinity.
fn add(sum: u64, more: u64) -> Option<u64> {
    sum.checked_add(more).filter(|sum| *sum < u64::MAX)
}
