//! Splits a printed line into words.

use crate::error::{ParseError, ParseErrorKind as Kind, Place};

/// Splits a printed line at spaces and decodes strings in double quotes with C escapes.
///
/// # Errors
/// [`Kind::BadEscape`]: a closing quote is missing, an escape is unknown, or the result is not UTF-8.
pub fn split(line: &str) -> Result<Vec<String>, ParseError> {
    let mut words = Vec::new();
    let mut rest = line;
    loop {
        rest = rest.trim_start_matches([' ', '\t', '\n', '\r']);
        if rest.is_empty() {
            return Ok(words);
        }
        let at = line.len() - rest.len();
        let (word, after) = match rest.strip_prefix('"') {
            Some(quoted) => unquote(quoted).ok_or_else(|| bad_escape(at, rest))?,
            None => {
                let end = rest.find([' ', '\t', '\n', '\r']).unwrap_or(rest.len());
                let (word, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
                if word.contains('"') {
                    return Err(bad_escape(at, rest));
                }
                (word.to_owned(), after)
            }
        };
        if !after.is_empty() && !after.starts_with([' ', '\t', '\n', '\r']) {
            return Err(bad_escape(line.len() - after.len(), after));
        }
        words.push(word);
        rest = after;
    }
}

fn bad_escape(at: usize, found: &str) -> ParseError {
    ParseError::new(Place::Byte(at), Kind::BadEscape, "a word, or a string in double quotes", found)
}

/// The string at the start of `quoted`, up to its closing quote, and the rest.
fn unquote(quoted: &str) -> Option<(String, &str)> {
    let mut bytes = Vec::new();
    let mut rest = quoted.as_bytes();
    loop {
        let (byte, after) = rest.split_first()?;
        rest = after;
        match byte {
            b'"' => break,
            b'\\' => {
                let (byte, after) = unescape(rest)?;
                bytes.push(byte);
                rest = after;
            }
            byte => bytes.push(*byte),
        }
    }
    let word = String::from_utf8(bytes).ok()?;
    Some((word, quoted.get(quoted.len() - rest.len()..)?))
}

/// The byte of the escape sequence after a backslash, and the rest.
fn unescape(rest: &[u8]) -> Option<(u8, &[u8])> {
    let byte = match rest {
        [b'a', ..] => 0x07,
        [b'b', ..] => 0x08,
        [b'f', ..] => 0x0c,
        [b'n', ..] => b'\n',
        [b'r', ..] => b'\r',
        [b't', ..] => b'\t',
        [b'v', ..] => 0x0b,
        [b'e', ..] => 0x1b,
        [byte @ (b'"' | b'\'' | b'\\'), ..] => *byte,
        [b'x', digits @ ..] => return numeric(digits, 2, 16),
        digits => return numeric(digits, 3, 8),
    };
    Some((byte, rest.get(1..)?))
}

/// A byte from `count` digits.
fn numeric(digits: &[u8], count: usize, base: u32) -> Option<(u8, &[u8])> {
    let (digits, rest) = digits.split_at_checked(count)?;
    let mut value = 0;
    for digit in digits {
        value = value * base + char::from(*digit).to_digit(base)?;
    }
    Some((u8::try_from(value).ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn undoes_every_escape() {
        let words = split(r#"s  "a\a\b\f\n\r\t\v\e\"\'\\\303\244\x41" 7 "" "#).unwrap();
        assert_eq!(words, ["s", "a\x07\x08\x0c\n\r\t\x0b\x1b\"'\\äA", "7", ""]);
        assert_eq!(split("").unwrap(), [""; 0]);
    }

    #[test]
    fn refuses_broken_quotation_and_tells_where() {
        for (line, at) in [
            ("s \"abc", 2),
            ("s \"a\\", 2),
            ("s \"\\q\"", 2),
            ("s \"\\400\"", 2),
            ("s \"\\377\"", 2),
            ("s \"\\x4\"", 2),
            ("s \"a\"b", 5),
            ("s a\"b\"", 2),
        ] {
            let error = split(line).unwrap_err();
            assert_eq!((error.place, error.kind), (Place::Byte(at), Kind::BadEscape), "{line}");
        }
    }
}
