//! The text of a property, as systemctl prints it. Where its versions differ, that of 257.

use std::fmt::Write;

use barebus::wire::OwnedValue;
use barebus_systemd::value::NumaPolicy;

use super::number::NOT_SET;
use super::{list, number};

/// The text of a property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Text {
    /// A line. An empty one is shown only on request.
    Line(String),
    /// A line for each element of a list.
    Lines(Vec<String>),
    /// A line that stands for nothing. Shown only on request.
    Unset(&'static str),
    /// systemctl has no text for values of this type. Shown only on request.
    Unprintable,
}

impl Text {
    pub(super) fn line(text: impl Into<String>) -> Self {
        Self::Line(text.into())
    }
}

/// The text of a property's value.
pub(super) fn text(name: &str, value: &OwnedValue) -> Text {
    match value {
        OwnedValue::String(text) if text.contains('\n') => Text::line("[unprintable]"),
        OwnedValue::String(text) => Text::line(text),
        OwnedValue::Boolean(is_true) => Text::line(yes_no(*is_true)),
        OwnedValue::Uint64(number) => Text::line(number::of_u64(name, *number)),
        OwnedValue::Uint32(number) => Text::line(number::of_u32(name, *number)),
        OwnedValue::Int32(code) if name.ends_with("ActionExitStatus") => match code {
            0..=255 => Text::line(code.to_string()),
            _ => Text::Unset(NOT_SET),
        },
        OwnedValue::Int32(policy) if name == "NUMAPolicy" => {
            Text::line(NumaPolicy(*policy).to_string())
        }
        OwnedValue::Int32(number) => Text::line(number.to_string()),
        OwnedValue::Int64(number) => Text::line(number.to_string()),
        OwnedValue::Double(number) => Text::line(number.to_string()),
        OwnedValue::Bytes(bytes) => Text::line(bytes_text(name, bytes)),
        OwnedValue::Uint32s(numbers) => {
            Text::line(numbers.iter().fold(String::new(), |text, number| add_hex(text, *number, 8)))
        }
        OwnedValue::Array(array) if array.element() == "s" => {
            let texts = array.elements().iter().filter_map(OwnedValue::as_str);
            Text::line(texts.map(quoted).collect::<Vec<_>>().join(" "))
        }
        OwnedValue::Array(array) => list::text(name, array),
        OwnedValue::Struct(fields) => structure(name, fields),
        _ => Text::Unprintable,
    }
}

pub(super) const fn yes_no(is_true: bool) -> &'static str {
    if is_true { "yes" } else { "no" }
}

fn bytes_text(name: &str, bytes: &[u8]) -> String {
    match name {
        "StandardInputData" | "RootHashSignature" => base64(bytes),
        "CPUAffinity"
        | "NUMAMask"
        | "AllowedCPUs"
        | "StartupAllowedCPUs"
        | "AllowedMemoryNodes"
        | "StartupAllowedMemoryNodes"
        | "EffectiveCPUs"
        | "EffectiveMemoryNodes" => ranges(bytes),
        _ => bytes.iter().fold(String::new(), |text, byte| add_hex(text, u32::from(*byte), 2)),
    }
}

fn add_hex(mut text: String, number: u32, width: usize) -> String {
    // Writing to a String does not fail.
    let _ = write!(text, "{number:0width$x}");
    text
}

/// The numbers of the bits that are set, the lowest bit of the first byte first: `0-3 8`.
fn ranges(bytes: &[u8]) -> String {
    let is_set = |bit: &usize| bytes.get(bit / 8).is_some_and(|byte| byte & (1 << (bit % 8)) != 0);
    let mut ranges: Vec<(usize, usize)> = Vec::new();
    for bit in (0..bytes.len() * 8).filter(is_set) {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == bit => *last = bit,
            _ => ranges.push((bit, bit)),
        }
    }
    let range = |(first, last): &(usize, usize)| match first == last {
        true => first.to_string(),
        false => format!("{first}-{last}"),
    };
    ranges.iter().map(range).collect::<Vec<_>>().join(" ")
}

/// RFC 4648, section 4.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let byte = |index: usize| u32::from(chunk.get(index).copied().unwrap_or_default());
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            let digit = usize::try_from(bits >> (18 - 6 * place) & 63).unwrap_or_default();
            let digit = DIGITS.get(digit).copied().unwrap_or(b'=');
            text.push(char::from(if place <= chunk.len() { digit } else { b'=' }));
        }
    }
    text
}

/// A word of a list, in quotes if a shell would need them.
pub(super) fn quoted(text: &str) -> String {
    let is_special = |c: char| {
        c.is_ascii_control() || c.is_ascii_whitespace() || "\"\\`$*?['()<>|&;!".contains(c)
    };
    if !text.is_empty() && !text.contains(is_special) {
        return text.into();
    }
    let mut quoted = String::from('"');
    for c in text.chars() {
        match c {
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            '\x07' => quoted.push_str("\\a"),
            '\x08' => quoted.push_str("\\b"),
            '\x0b' => quoted.push_str("\\v"),
            '\x0c' => quoted.push_str("\\f"),
            c if c.is_ascii_control() => {
                let _ = write!(quoted, "\\{:03o}", u32::from(c));
            }
            '"' | '\\' | '`' | '$' => quoted.extend(['\\', c]),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// A struct. Those that systemctl does not know are unprintable.
fn structure(name: &str, fields: &[OwnedValue]) -> Text {
    use OwnedValue::{Array, Boolean, Int32s, ObjectPath, String, Uint32};

    match (name, fields) {
        ("Job", [Uint32(0), ObjectPath(_)]) => Text::line(""),
        ("Job", [Uint32(job), ObjectPath(_)]) => Text::line(job.to_string()),
        ("Unit", [String(unit), ObjectPath(_)]) => Text::line(unit),
        ("LoadError", [String(name), String(text)]) => match (&**name, &**text) {
            ("", "") => Text::line(""),
            (name, text) => Text::line(format!("{name} \"{text}\"")),
        },
        (
            "SELinuxContext" | "AppArmorProfile" | "SmackProcessLabel",
            [Boolean(ignore), String(s)],
        ) => {
            let dash = if *ignore && !s.is_empty() { "-" } else { "" };
            Text::line(format!("{dash}{s}"))
        }
        (
            "SystemCallFilter"
            | "SystemCallLog"
            | "RestrictAddressFamilies"
            | "RestrictFileSystems"
            | "RestrictNetworkInterfaces",
            [Boolean(is_allow_list), Array(words)],
        ) => {
            let words = words.elements().iter().filter_map(OwnedValue::as_str).collect::<Vec<_>>();
            match (is_allow_list, &*words) {
                // Nothing is filtered.
                (false, []) => Text::Unset("~"),
                (true, words) => Text::Lines(vec![words.join(" ")]),
                (false, words) => Text::Lines(vec![format!("~{}", words.join(" "))]),
            }
        }
        (_, [Int32s(codes), Int32s(signals)]) if name.ends_with("ExitStatus") => {
            let codes = codes.iter().map(i32::to_string);
            let signals = signals.iter().map(|signal| number::signal(*signal));
            Text::line(codes.chain(signals).collect::<Vec<_>>().join(" "))
        }
        _ => Text::Unprintable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_where_a_shell_needs_it() {
        assert_eq!(quoted("A=b"), "A=b");
        assert_eq!(quoted(""), "\"\"");
        assert_eq!(quoted("A=b c"), "\"A=b c\"");
        assert_eq!(quoted("a\"$\n\x01"), r#""a\"\$\n\001""#);
    }

    #[test]
    fn bytes_are_what_they_stand_for() {
        assert_eq!(bytes_text("InvocationID", &[1, 0xab]), "01ab");
        assert_eq!(bytes_text("CPUAffinity", &[0b1001_1110, 0b1]), "1-4 7-8");
        assert_eq!(bytes_text("AllowedCPUs", &[]), "");
        for (bytes, text) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v")] {
            assert_eq!(bytes_text("StandardInputData", bytes.as_bytes()), text);
        }
    }
}
