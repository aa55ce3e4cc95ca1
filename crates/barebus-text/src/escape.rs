//! Escapes text for terminals.

use core::fmt::{self, Write as _};

/// Whether a character is unsafe to print: control characters, on which a terminal may act, and invisible characters that change the direction
/// or joining of the text around them. For programs that print untrusted text themselves.
pub fn is_unsafe(c: char) -> bool {
    match c {
        '\u{ad}'
        | '\u{61c}'
        | '\u{180e}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}' => true,
        c => c.is_control(),
    }
}

/// Writes text in double quotes, with unsafe characters escaped.
pub(crate) struct Quoted<'a>(pub(crate) &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for c in self.0.chars() {
            match c {
                '"' | '\\' => write!(f, "\\{c}")?,
                '\n' => f.write_str("\\n")?,
                '\r' => f.write_str("\\r")?,
                '\t' => f.write_str("\\t")?,
                c if is_unsafe(c) => write!(f, "\\u{{{:x}}}", u32::from(c))?,
                c => f.write_char(c)?,
            }
        }
        f.write_char('"')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_what_is_not_seen_from_what_is() {
        for c in "\u{0}\t\n\x1b\u{7f}\u{85}\u{9b}\u{ad}\u{61c}\u{180e}\u{200b}\u{200f}\u{2028}\u{202e}\u{2066}\u{feff}\u{e0041}"
            .chars()
        {
            assert!(is_unsafe(c), "{c:?}");
        }
        assert!(!"aÄ \u{a0}§‐—…„漢字🦀ع\u{301}".contains(is_unsafe));
    }

    #[test]
    fn escapes_what_a_terminal_acts_on() {
        let text = "a\x1b[2J\u{9b}\u{202e}\u{7f}\n\"\\ä";
        assert_eq!(Quoted(text).to_string(), r#""a\u{1b}[2J\u{9b}\u{202e}\u{7f}\n\"\\ä""#);
    }
}
