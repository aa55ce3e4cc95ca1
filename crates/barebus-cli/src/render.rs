//! What strangers wrote, made fit for a terminal.

use std::borrow::Cow;
use std::fmt::Write;

/// Text of strangers on one line: control characters, and those that change the direction of writing, are escaped.
pub(crate) fn one_line(text: &str) -> Cow<'_, str> {
    if !text.chars().any(must_escape) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if must_escape(character) {
            // Writing to a String does not fail.
            let _ = write!(escaped, "{}", character.escape_default());
        } else {
            escaped.push(character);
        }
    }
    Cow::Owned(escaped)
}

/// Text of strangers as a string of JSON, with the same escaped.
pub(crate) fn json_string(text: &str) -> String {
    let mut string = String::with_capacity(text.len() + 2);
    string.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => string.extend(['\\', character]),
            // All of them have four digits.
            _ if must_escape(character) => {
                string.push_str(&format!("\\u{:04x}", u32::from(character)))
            }
            _ => string.push(character),
        }
    }
    string.push('"');
    string
}

fn must_escape(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_steers_the_terminal() {
        assert_eq!(one_line("plain é"), "plain é");
        assert_eq!(json_string("\"\\\x1b\u{9b}\u{202e}é"), r#""\"\\\u001b\u009b\u202eé""#);
        assert_eq!(one_line("a\x1b[31m\n\u{9b}\u{202e}"), r"a\u{1b}[31m\n\u{9b}\u{202e}");
    }
}
