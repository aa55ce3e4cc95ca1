//! Times and durations as systemctl prints them.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// A time in the local time zone: `Mon 2026-11-30 02:08:23 UTC`. `None` for what systemd sends if there is none: 0 and `u64::MAX`.
///
/// `microseconds` counts from 1970.
pub(crate) fn timestamp(microseconds: u64) -> Option<String> {
    let time = i64::try_from(microseconds).ok().filter(|time| *time != 0)?;
    let time = Timestamp::from_microsecond(time).ok()?;
    let zone = TimeZone::try_system().unwrap_or(TimeZone::UTC);
    Some(time.to_zoned(zone).strftime("%a %Y-%m-%d %H:%M:%S %Z").to_string())
}

/// The units of durations, in microseconds, largest first.
const UNITS: [(&str, u64); 9] = [
    ("y", 31_557_600_000_000),
    ("month", 2_629_800_000_000),
    ("w", 604_800_000_000),
    ("d", 86_400_000_000),
    ("h", 3_600_000_000),
    ("min", MINUTE),
    ("s", 1_000_000),
    ("ms", 1_000),
    ("us", 1),
];
const MINUTE: u64 = 60_000_000;

/// A duration: `1min 30s`, `1.500s`, `infinity` for `u64::MAX`. What is shorter than `accuracy` microseconds is left out; 0: nothing is.
pub(crate) fn span(microseconds: u64, accuracy: u64) -> String {
    match microseconds {
        0 => return "0".into(),
        u64::MAX => return "infinity".into(),
        _ => {}
    }
    let mut parts = Vec::new();
    let mut rest = microseconds;
    for (unit, size) in UNITS {
        if rest == 0 || (rest < accuracy && !parts.is_empty()) {
            break;
        }
        if rest < size {
            continue;
        }
        let (whole, fraction) = (rest / size, rest % size);
        let digits = size.ilog10().saturating_sub(accuracy.max(1).ilog10());
        if rest < MINUTE && fraction > 0 && digits > 0 {
            let fraction = fraction / 10_u64.pow(size.ilog10().saturating_sub(digits));
            let width = usize::try_from(digits).unwrap_or_default();
            parts.push(format!("{whole}.{fraction:0width$}{unit}"));
            break;
        }
        parts.push(format!("{whole}{unit}"));
        rest = fraction;
    }
    parts.join(" ")
}

/// How long ago a time was: `2min 5s ago`.
pub(crate) fn ago(microseconds: u64) -> Option<String> {
    let now = u64::try_from(Timestamp::now().as_microsecond()).ok()?;
    let passed = now.checked_sub(microseconds)?;
    // Two or three units are enough.
    let accuracy = UNITS.iter().find(|(_, size)| passed >= *size).map_or(1, |(_, size)| size / 60);
    Some(format!("{} ago", span(passed, accuracy.max(1_000_000))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_systemds() {
        for (time, text) in [
            (90_000_000, "1min 30s"),
            (100_000, "100ms"),
            (1_500_000, "1.500000s"),
            (1_500, "1.500ms"),
            (5, "5us"),
            (2 * 86_400_000_000 + 1, "2d 1us"),
            (0, "0"),
            (u64::MAX, "infinity"),
        ] {
            assert_eq!(span(time, 0), text);
        }
        assert_eq!(span(1_234_567, 1_000), "1.234s");
        assert_eq!(span(61_234_567, 1_000_000), "1min 1s");
        assert_eq!(span(1_234_567, 1_000_000), "1s");
    }

    #[test]
    fn there_is_no_time_without_a_time() {
        assert_eq!(timestamp(0), None);
        assert_eq!(timestamp(u64::MAX), None);
        assert!(timestamp(1).unwrap().contains("19"));
    }
}
