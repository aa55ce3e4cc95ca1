//! Escapes text for terminals.

use core::fmt::{self, Write as _};

pub use barebus_wire::terminal::is_unsafe;

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
    fn escapes_what_a_terminal_acts_on() {
        let text = "a\x1b[2J\u{9b}\u{202e}\u{7f}\n\"\\ä";
        assert_eq!(Quoted(text).to_string(), r#""a\u{1b}[2J\u{9b}\u{202e}\u{7f}\n\"\\ä""#);
    }
}
