//! `systemctl show`: what it prints of values of basic types.
//!
//! It has words of its own for many other properties. `barebus unit show` prints those, and is compared with it in `crates/barebus-cli/tests`.

use super::definition::Value;

/// Whether `shown` is this value; `None` if systemctl has a form of its own for the property.
pub(super) fn is_shown(name: &str, value: &Value, shown: &str) -> Option<bool> {
    let (signature, text) = value.text.split_once(' ').unwrap_or((&value.text, ""));
    let is = match signature {
        "s" | "o" => text == format!("{shown:?}") && shown.is_ascii(),
        "b" => text == if shown == "yes" { "true" } else { "false" },
        "as" => is_list(text, shown)?,
        "i" | "u" | "n" | "q" | "t" | "x" => is_number(name, signature, text, shown)?,
        _ => return None,
    };
    match signature {
        // Other characters are escaped in one of them, or left out.
        "s" | "o" if !is => {
            shown.chars().all(|c| c.is_ascii_graphic() && c != '"').then_some(false)
        }
        _ => Some(is),
    }
}

/// systemctl quotes words with spaces; whether those are equal is not compared. Sets have no order.
fn is_list(text: &str, shown: &str) -> Option<bool> {
    if text.contains('\\') || shown.contains(['"', '\\']) {
        return None;
    }
    let mut ours: Vec<&str> = text.split(' ').skip(1).map(|word| word.trim_matches('"')).collect();
    let mut theirs: Vec<&str> = shown.split_whitespace().collect();
    ours.sort_unstable();
    theirs.sort_unstable();
    Some(ours == theirs)
}

fn is_number(name: &str, signature: &str, text: &str, shown: &str) -> Option<bool> {
    let is_none = match signature {
        "t" => text == u64::MAX.to_string(),
        "u" => text == u32::MAX.to_string(),
        "i" => text == "-1",
        _ => false,
    };
    if matches!(shown, "infinity" | "[not set]" | "[no data]") {
        return Some(is_none);
    }
    if name.ends_with("Timestamp") {
        // As seconds since the epoch, and nothing if there is none.
        let microseconds: u64 = text.parse().ok()?;
        return Some(match shown.strip_prefix('@') {
            Some(seconds) => seconds == (microseconds / 1_000_000).to_string(),
            None => is_none || microseconds == 0,
        });
    }
    if name.ends_with("Mode") || name == "UMask" {
        return Some(u32::from_str_radix(shown, 8).ok()?.to_string() == text);
    }
    if name.contains("USec") && !name.ends_with("Monotonic") {
        return Some(microseconds(shown)?.to_string() == text);
    }
    shown.parse::<i128>().ok()?;
    Some(shown == text)
}

/// A time span as systemctl prints it: `1h 5min 3.020007s`.
fn microseconds(span: &str) -> Option<u64> {
    const UNITS: [(&str, u64); 9] = [
        ("y", 31_557_600_000_000),
        ("month", 2_629_800_000_000),
        ("w", 604_800_000_000),
        ("d", 86_400_000_000),
        ("h", 3_600_000_000),
        ("min", 60_000_000),
        ("s", 1_000_000),
        ("ms", 1000),
        ("us", 1),
    ];
    if span == "0" {
        return Some(0);
    }
    span.split(' ').try_fold(0, |sum, word| {
        let unit = word.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
        let (_, scale) = UNITS.iter().find(|(name, _)| *name == unit)?;
        let (whole, part) = match word[..word.len() - unit.len()].split_once('.') {
            Some((whole, part)) => (whole, part),
            None => (&word[..word.len() - unit.len()], ""),
        };
        let whole: u64 = whole.parse().ok()?;
        let part: u64 = format!("0{part}").parse().ok()?;
        let digits = u32::try_from(word.split_once('.').map_or(0, |(_, it)| it.len() - unit.len()));
        Some(sum + whole * scale + part * scale / 10_u64.pow(digits.ok()?))
    })
}

#[test]
fn spans_are_read_as_systemctl_prints_them() {
    for (span, expected) in [
        ("0", 0),
        ("1h 5min 3.020007s", 3_903_020_007),
        ("50ms", 50_000),
        ("1w 2d", 777_600_000_000),
    ] {
        assert_eq!(microseconds(span), Some(expected), "{span}");
    }
    assert_eq!(microseconds("infinity"), None);
}
