//! Makes untrusted text safe for a terminal.

use std::borrow::Cow;
use std::fmt::Display;
use std::io::{self, Write as _};

use barebus_text::{is_unsafe, json};

use crate::colour::Look;
use crate::terminal::{self, Style, Styles};

/// Prints a warning as one line on standard error. It does not change the exit code.
pub(crate) fn warn(what: impl Display) {
    // Nobody may be reading.
    let head = Styles::of_errors().paint(Style::Yellow, "barebus: warning:");
    let _ = writeln!(io::stderr(), "{head} {}", one_line(&what.to_string()));
}

/// Puts untrusted text on one line and escapes unsafe characters.
pub(crate) fn one_line(text: &str) -> Cow<'_, str> {
    escaped(text, is_unsafe)
}

/// Escapes unsafe characters in untrusted text of several lines. Line breaks and tabs stay.
pub(crate) fn escaped_lines(text: &str) -> Cow<'_, str> {
    escaped(text, |c| is_unsafe(c) && !matches!(c, '\n' | '\t'))
}

fn escaped(text: &str, is_unsafe: fn(char) -> bool) -> Cow<'_, str> {
    // Most text is plain, and characters are decoded one by one.
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) || !text.contains(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            c if is_unsafe(c) => escaped.extend(c.escape_default()),
            c => escaped.push(c),
        }
    }
    Cow::Owned(escaped)
}

/// Prints text in which a peer's own characters are not escaped. For a terminal they are.
pub(crate) fn put(text: &str) -> io::Result<()> {
    put_as(text, Look::Uniform)
}

/// The same, with the colours of such a text on a terminal.
pub(crate) fn put_as(text: &str, look: impl Into<Look>) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let shown = match escaped_lines(text) {
        Cow::Owned(escaped) if terminal::is_output() => Cow::Owned(escaped),
        // Nothing to escape: what the output is need not be known.
        _ => Cow::Borrowed(text),
    };
    out.write_all(look.into().paint(&shown).as_bytes())?;
    out.flush()
}

/// Whether the terminal's character set is UTF-8, by the environment. Without any locale it is, as systemd assumes.
pub(crate) fn is_utf8() -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .find_map(|variable| std::env::var(variable).ok().filter(|locale| !locale.is_empty()));
    locale.is_none_or(|locale| {
        let locale = locale.to_ascii_lowercase();
        locale.ends_with("utf-8") || locale.ends_with("utf8") || locale.contains("utf-8@")
    })
}

/// Returns untrusted text as a JSON string, with the same characters escaped.
pub(crate) fn json_string(text: &str) -> String {
    let mut string = String::with_capacity(text.len() + 2);
    let _ = json::print_string(text, &mut string);
    string
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

    #[test]
    fn lines_and_tabs_stay() {
        assert_eq!(escaped_lines("a\n\tb\x1b[31m\u{202e}\n"), "a\n\tb\\u{1b}[31m\\u{202e}\n");
    }

    #[test]
    fn the_library_says_what_is_unsafe() {
        for character in ('\0'..=char::MAX).filter(|character| is_unsafe(*character)) {
            let text = character.to_string();
            assert!(one_line(&text).starts_with('\\'), "{character:?}");
            assert!(json_string(&text).starts_with("\"\\"), "{character:?}");
        }
    }
}
