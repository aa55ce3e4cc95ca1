//! Colours for text that is printed on a terminal: busctl's long form, and indented JSON. Other forms have none, as with busctl.

use std::borrow::Cow;
use std::fmt::Write;

use crate::args::Form;
use crate::terminal::{Style, Styles};

/// The kind of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    Uniform,
    /// busctl's long form, of values or of messages.
    Long,
    /// Indented JSON.
    Json,
}

impl From<Form> for Look {
    fn from(form: Form) -> Self {
        match form {
            Form::Verbose => Self::Long,
            form if form.is_pretty() => Self::Json,
            _ => Self::Uniform,
        }
    }
}

impl From<barebus_text::Form> for Look {
    fn from(form: barebus_text::Form) -> Self {
        use barebus_text::Form as Values;
        match form {
            Values::Verbose => Self::Long,
            Values::JsonPretty | Values::BusctlJsonPretty => Self::Json,
            _ => Self::Uniform,
        }
    }
}

impl Look {
    /// The text with its colours, if the output has some. It must have been escaped.
    pub(crate) fn paint(self, text: &str) -> Cow<'_, str> {
        match self {
            Self::Uniform => Cow::Borrowed(text),
            _ => self.paint_in(text, Styles::of_output()),
        }
    }

    fn paint_in(self, text: &str, styles: Styles) -> Cow<'_, str> {
        if self == Self::Uniform || !styles.are_there() {
            return Cow::Borrowed(text);
        }
        let mut out = String::with_capacity(text.len() * 2);
        // Writing to a String does not fail.
        let _ = match self {
            Self::Json => paint_json(text, styles, &mut out),
            _ => text.split_inclusive('\n').try_for_each(|line| paint_line(line, styles, &mut out)),
        };
        Cow::Owned(out)
    }
}

/// Types of basic values in the long form.
const TYPES: [&str; 13] = [
    "BYTE",
    "BOOLEAN",
    "INT16",
    "UINT16",
    "INT32",
    "UINT32",
    "INT64",
    "UINT64",
    "DOUBLE",
    "STRING",
    "OBJECT_PATH",
    "SIGNATURE",
    "UNIX_FD",
];

/// What stands out in the head of a message.
const FIELDS: [&str; 8] =
    ["Type", "Sender", "Destination", "Path", "Interface", "Member", "ErrorName", "ErrorMessage"];

/// A line of the long form.
fn paint_line(line: &str, styles: Styles, out: &mut String) -> std::fmt::Result {
    let trimmed = line.trim_start();
    let typed = trimmed.split_once(' ').filter(|(word, _)| TYPES.contains(word));
    if let Some((value, end)) = typed.and_then(|(_, value)| value.rsplit_once(';')) {
        let inner = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
        let quote = if inner.is_some() { "\"" } else { "" };
        let value = inner.unwrap_or(value);
        let start = line.len() - end.len() - ";".len() - 2 * quote.len() - value.len();
        let start = line.get(..start).unwrap_or_default();
        return write!(out, "{start}{quote}{}{quote};{end}", styles.paint(Style::Bold, value));
    }
    if let Some(rest) = trimmed.strip_prefix('‣') {
        let style = rest.split_once("Type=").map(|(_, kind)| match kind {
            kind if kind.starts_with("error") => Some(Style::Red),
            kind if kind.starts_with("method_return") => Some(Style::Green),
            kind if kind.starts_with("signal") => None,
            _ => Some(Style::Bold),
        });
        match style.flatten() {
            Some(style) => write!(out, "{}", styles.paint(style, '‣'))?,
            None => out.push('‣'),
        }
        return paint_fields(rest, styles, out);
    }
    paint_fields(line, styles, out)
}

/// `Key=value`, two spaces between them.
fn paint_fields(line: &str, styles: Styles, out: &mut String) -> std::fmt::Result {
    let (mut rest, newline) = line.strip_suffix('\n').map_or((line, ""), |line| (line, "\n"));
    while let Some((key, value)) = rest.split_once('=') {
        let name = key.trim_start();
        // The text of an error is the last field, and may have anything in it.
        let end = match name {
            "ErrorMessage" => value.len(),
            _ => value.find("  ").unwrap_or(value.len()),
        };
        let (value, after) = value.split_at(end);
        match FIELDS.contains(&name) {
            true => write!(out, "{key}={}", styles.paint(Style::Bold, value))?,
            false => write!(out, "{key}={value}")?,
        }
        rest = after;
    }
    write!(out, "{rest}{newline}")
}

fn paint_json(text: &str, styles: Styles, out: &mut String) -> std::fmt::Result {
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if first == '"' {
            let inner = rest.get(1..).unwrap_or_default();
            let (string, after) = inner.split_at(string_len(inner));
            write!(out, "\"{}", styles.paint(Style::Green, string))?;
            rest = after.strip_prefix('"').inspect(|_| out.push('"')).unwrap_or(after);
            continue;
        }
        let is_of_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.');
        let end = rest.find(|c| !is_of_word(c)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(if end == 0 { first.len_utf8() } else { end });
        match word {
            "true" | "false" => write!(out, "{}", styles.paint(Style::Bold, word))?,
            _ if first.is_ascii_digit() || first == '-' => {
                write!(out, "{}", styles.paint(Style::Blue, word))?;
            }
            _ => out.push_str(word),
        }
        rest = after;
    }
    Ok(())
}

/// The length of a string up to its closing quotation mark.
fn string_len(text: &str) -> usize {
    let mut is_escaped = false;
    let is_end = |(_, c): &(usize, char)| {
        let is_end = *c == '"' && !is_escaped;
        is_escaped = *c == '\\' && !is_escaped;
        is_end
    };
    text.char_indices().find(is_end).map_or(text.len(), |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn painted(look: Look, text: &str) -> String {
        // Readable: the end of a style is >, its start is <STYLE:.
        let text = look.paint_in(text, Styles::ALL).replace("\x1b[0m", ">");
        [("1;31", "red"), ("1;32", "green"), ("1;34", "blue"), ("1", "bold")]
            .iter()
            .fold(text, |text, (code, name)| {
                text.replace(&format!("\x1b[{code}m"), &format!("<{name}:"))
            })
    }

    #[test]
    fn values_in_the_long_form_stand_out() {
        assert_eq!(
            painted(
                Look::Long,
                "MESSAGE \"sua{sv}\" {\n        STRING \"a; \\\"b\";\n        UINT32 7;\n        ARRAY \"{sv}\" {\n        };\n};\n\n"
            ),
            "MESSAGE \"sua{sv}\" {\n        STRING \"<bold:a; \\\"b>\";\n        UINT32 <bold:7>;\n        ARRAY \"{sv}\" {\n        };\n};\n\n"
        );
    }

    #[test]
    fn the_head_of_a_message_shows_its_type_and_its_names() {
        let head = |kind: &str| {
            format!("‣ Type={kind}  Endian=l  Flags=0\n  Sender=:1.9  Path=/a\n  UniqueName=:1.9\n")
        };
        let expected = |bullet: &str, kind: &str| {
            format!(
                "{bullet} Type=<bold:{kind}>  Endian=l  Flags=0\n  Sender=<bold::1.9>  Path=<bold:/a>\n  UniqueName=:1.9\n"
            )
        };
        for (kind, bullet) in [
            ("method_call", "<bold:‣>"),
            ("method_return", "<green:‣>"),
            ("error", "<red:‣>"),
            ("signal", "‣"),
        ] {
            assert_eq!(painted(Look::Long, &head(kind)), expected(bullet, kind));
        }
        assert_eq!(
            painted(Look::Long, "  ErrorName=a.b.C  ErrorMessage=\"x  Type=y\"\n"),
            "  ErrorName=<bold:a.b.C>  ErrorMessage=<bold:\"x  Type=y\">\n"
        );
    }

    #[test]
    fn strings_and_numbers_in_json_have_colours() {
        assert_eq!(
            painted(
                Look::Json,
                "{\n\t\"a\\\"\" : [\n\t\t-1.5e-3,\n\t\ttrue,\n\t\tnull,\n\t\t\"\\\\\"\n\t]\n}\n"
            ),
            "{\n\t\"<green:a\\\">\" : [\n\t\t<blue:-1.5e-3>,\n\t\t<bold:true>,\n\t\tnull,\n\t\t\"<green:\\\\>\"\n\t]\n}\n"
        );
    }

    #[test]
    fn broken_text_is_printed_all_the_same() {
        for text in
            ["", "\"", "\"\\", "é\"é", "STRING \";", "STRING ;", "=", "‣", "  =  =", "x=y  "]
        {
            for look in [Look::Long, Look::Json, Look::Uniform] {
                let painted = look.paint_in(text, Styles::ALL);
                let mut parts = painted.split("\x1b[");
                let first = parts.next().unwrap().to_owned();
                let plain = parts.fold(first, |text, part| text + part.split_once('m').unwrap().1);
                assert_eq!(plain, text, "{look:?}");
                assert_eq!(look.paint_in(text, Styles::NONE), text);
            }
        }
    }
}
