//! JSON as it was written: numbers with all their digits, and every key in its place, be it there twice or not.

use core::fmt;
use std::borrow::Cow;

use crate::error::{ParseError, ParseErrorKind as Kind, Place};

/// A JSON value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Json<'t> {
    Null,
    Boolean(bool),
    /// As JSON writes numbers: `-1.50e+3`.
    Number(&'t str),
    String(Cow<'t, str>),
    Array(Vec<Json<'t>>),
    Object(Vec<(Cow<'t, str>, Json<'t>)>),
}

impl Json<'_> {
    /// The value of a string.
    pub(super) fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }
}

/// A few words that tell what is there, for errors.
impl fmt::Display for Json<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Boolean(value) => value.fmt(f),
            Self::Number(text) => f.write_str(text),
            Self::String(text) => f.write_str(text),
            Self::Array(values) => write!(f, "[…{}]", values.len()),
            Self::Object(entries) => write!(f, "{{…{}}}", entries.len()),
        }
    }
}

/// The JSON values of a text, one behind the other.
pub(super) struct JsonReader<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> JsonReader<'t> {
    pub(super) const fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    /// The next value; `None` at the end. After an error it ends.
    pub(super) fn next(&mut self) -> Option<Result<Json<'t>, ParseError>> {
        self.peek()?;
        let value = self.value(0);
        if value.is_err() {
            self.at = self.text.len();
        }
        Some(value)
    }

    /// The one value that the text is.
    pub(super) fn only(mut self) -> Result<Json<'t>, ParseError> {
        let value = self.value(0)?;
        match self.peek() {
            None => Ok(value),
            Some(_) => Err(self.wrong("nothing more")),
        }
    }

    /// The first byte behind white space.
    fn peek(&mut self) -> Option<u8> {
        let is_space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
        self.pass(is_space);
        self.byte()
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Passes the bytes for which `which` holds. Tells how many.
    fn pass(&mut self, which: impl Fn(&u8) -> bool) -> usize {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let count = rest.iter().position(|byte| !which(byte)).unwrap_or(rest.len());
        self.at += count;
        count
    }

    /// Passes a byte if it is there, behind white space or not.
    fn takes(&mut self, byte: u8) -> bool {
        let is_there = self.peek() == Some(byte);
        self.at += usize::from(is_there);
        is_there
    }

    fn value(&mut self, depth: usize) -> Result<Json<'t>, ParseError> {
        match self.peek() {
            Some(b'{' | b'[') if depth == DEPTH_MAX => Err(self.wrong("less nesting")),
            Some(b'{') => self.object(depth + 1),
            Some(b'[') => self.array(depth + 1),
            Some(b'"') => self.string().map(Json::String),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => {
                for (word, value) in WORDS {
                    if self.text.as_bytes().get(self.at..).is_some_and(|it| it.starts_with(word)) {
                        self.at += word.len();
                        return Ok(value);
                    }
                }
                Err(self.wrong("a value"))
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Json<'t>, ParseError> {
        self.at += 1;
        let mut entries = Vec::new();
        if self.takes(b'}') {
            return Ok(Json::Object(entries));
        }
        loop {
            if self.peek() != Some(b'"') {
                return Err(self.wrong("a key in double quotes"));
            }
            let key = self.string()?;
            if !self.takes(b':') {
                return Err(self.wrong("':'"));
            }
            entries.push((key, self.value(depth)?));
            if self.takes(b'}') {
                return Ok(Json::Object(entries));
            }
            if !self.takes(b',') {
                return Err(self.wrong("',' or '}'"));
            }
        }
    }

    fn array(&mut self, depth: usize) -> Result<Json<'t>, ParseError> {
        self.at += 1;
        let mut values = Vec::new();
        if self.takes(b']') {
            return Ok(Json::Array(values));
        }
        loop {
            values.push(self.value(depth)?);
            if self.takes(b']') {
                return Ok(Json::Array(values));
            }
            if !self.takes(b',') {
                return Err(self.wrong("',' or ']'"));
            }
        }
    }

    fn number(&mut self) -> Result<Json<'t>, ParseError> {
        let begin = self.at;
        self.pass_one(|byte| *byte == b'-');
        if !self.pass_one(|byte| *byte == b'0') && self.pass(u8::is_ascii_digit) == 0 {
            return Err(self.wrong("a digit"));
        }
        if self.pass_one(|byte| *byte == b'.') && self.pass(u8::is_ascii_digit) == 0 {
            return Err(self.wrong("a digit"));
        }
        if self.pass_one(|byte| matches!(byte, b'e' | b'E')) {
            self.pass_one(|byte| matches!(byte, b'+' | b'-'));
            if self.pass(u8::is_ascii_digit) == 0 {
                return Err(self.wrong("a digit"));
            }
        }
        Ok(Json::Number(self.text.get(begin..self.at).unwrap_or_default()))
    }

    /// Passes a byte if `which` holds for it. Tells whether.
    fn pass_one(&mut self, which: impl Fn(&u8) -> bool) -> bool {
        let is_there = self.byte().is_some_and(|byte| which(&byte));
        self.at += usize::from(is_there);
        is_there
    }

    /// A string from its opening quote on.
    fn string(&mut self) -> Result<Cow<'t, str>, ParseError> {
        self.at += 1;
        let mut string = Cow::Borrowed("");
        loop {
            let begin = self.at;
            self.pass(|byte| !matches!(byte, b'"' | b'\\' | 0..=0x1f));
            let run = self.text.get(begin..self.at).unwrap_or_default();
            match &mut string {
                Cow::Borrowed(string) if string.is_empty() => *string = run,
                string => string.to_mut().push_str(run),
            }
            match self.byte() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(string);
                }
                Some(b'\\') => string.to_mut().push(self.escape()?),
                _ => return Err(self.wrong("'\"'")),
            }
        }
    }

    /// What an escape sequence stands for.
    fn escape(&mut self) -> Result<char, ParseError> {
        let begin = self.at;
        self.at += 1;
        let escaped = self.byte();
        self.at += 1;
        let character = match escaped {
            Some(byte @ (b'"' | b'\\' | b'/')) => Some(char::from(byte)),
            Some(b'b') => Some('\u{8}'),
            Some(b'f') => Some('\u{c}'),
            Some(b'n') => Some('\n'),
            Some(b'r') => Some('\r'),
            Some(b't') => Some('\t'),
            Some(b'u') => self.utf16(),
            _ => None,
        };
        character.ok_or_else(|| {
            self.at = begin;
            ParseError { kind: Kind::BadEscape, ..self.wrong("an escape sequence of JSON") }
        })
    }

    /// A character whose UTF-16 form is `\u` and four digits once or twice, from the first digit on.
    fn utf16(&mut self) -> Option<char> {
        let first = self.unit()?;
        let mut units = [first, 0];
        let is_pair = (0xd800..0xdc00).contains(&first);
        if is_pair {
            let rest = self.text.get(self.at..)?;
            self.at += rest.strip_prefix("\\u").map(|_| 2)?;
            units = [first, self.unit()?];
        }
        let units = units.into_iter().take(1 + usize::from(is_pair));
        char::decode_utf16(units).next()?.ok()
    }

    fn unit(&mut self) -> Option<u16> {
        let digits = self.text.get(self.at..self.at + 4)?;
        self.at += 4;
        let is_hexadecimal = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        u16::from_str_radix(digits, 16).ok().filter(|_| is_hexadecimal)
    }

    /// That something else is expected here.
    fn wrong(&self, expected: &'static str) -> ParseError {
        let before = self.text.as_bytes().get(..self.at).unwrap_or_default();
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        let column = 1 + before.iter().rev().take_while(|byte| **byte != b'\n').count();
        let rest = self.text.get(self.at..).unwrap_or_default();
        let found = rest.get(..rest.chars().next().map_or(0, char::len_utf8)).unwrap_or_default();
        let kind = if rest.is_empty() { Kind::TooFew } else { Kind::NotJson };
        ParseError::new(Place::Line { line, column }, kind, expected, found)
    }
}

const WORDS: [(&[u8], Json<'static>); 3] =
    [(b"null", Json::Null), (b"true", Json::Boolean(true)), (b"false", Json::Boolean(false))];

/// A value in as many containers as a message may have takes 66.
const DEPTH_MAX: usize = 128;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Result<Json<'_>, ParseError> {
        JsonReader::new(text).only()
    }

    /// The same as another reader has it, whose objects have no order and no key twice.
    fn from_other(value: &serde_json::Value) -> String {
        match value {
            serde_json::Value::Null => "null".into(),
            serde_json::Value::Bool(value) => value.to_string(),
            serde_json::Value::Number(number) => format!("{:?}", number.as_f64()),
            serde_json::Value::String(text) => format!("{text:?}"),
            serde_json::Value::Array(values) => {
                format!("[{}]", values.iter().map(from_other).collect::<Vec<_>>().join(","))
            }
            serde_json::Value::Object(entries) => {
                let entries =
                    entries.iter().map(|(key, value)| format!("{key:?}:{}", from_other(value)));
                let mut entries: Vec<_> = entries.collect();
                entries.sort();
                format!("{{{}}}", entries.join(","))
            }
        }
    }

    fn from_ours(value: &Json<'_>) -> String {
        match value {
            Json::Null => "null".into(),
            Json::Boolean(value) => value.to_string(),
            Json::Number(number) => format!("{:?}", number.parse::<f64>().ok()),
            Json::String(text) => format!("{text:?}"),
            Json::Array(values) => {
                format!("[{}]", values.iter().map(from_ours).collect::<Vec<_>>().join(","))
            }
            Json::Object(entries) => {
                let last = |at: usize, key: &str| entries.iter().skip(at + 1).all(|it| it.0 != key);
                let kept = entries.iter().enumerate().filter(|(at, entry)| last(*at, &entry.0));
                let entries =
                    kept.map(|(_, (key, value))| format!("{:?}:{}", &**key, from_ours(value)));
                let mut entries: Vec<_> = entries.collect();
                entries.sort();
                format!("{{{}}}", entries.join(","))
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, cases: 1024, ..ProptestConfig::default() })]

        #[test]
        fn takes_what_another_reader_takes_for_the_same(
            text in "([{}\\[\\]:,]|[ \\n]|\"[a-c\\t]?(\\\\(u[0-9a-fD]{3,4}|[\"\\\\/bfnrtx]))?\"|-?[0-9]{1,2}(\\.[0-9]?)?([eE][+-]?[0-9]?)?|null|tru|false|\"a\":|é){0,10}",
        ) {
            for text in [&*text, &format!("[{text}]"), &format!("{{\"x\":{text}}}"), &format!("\"\\u{text}\"")] {
                match (read(text), serde_json::from_str::<serde_json::Value>(text)) {
                    (Ok(ours), Ok(other)) => prop_assert_eq!(from_ours(&ours), from_other(&other), "{}", text),
                    (Err(_), Err(_)) => {}
                    // Which doubles there are is no matter here.
                    (Ok(_), Err(error)) if error.to_string().starts_with("number out of range") => {}
                    (ours, other) => prop_assert!(false, "{}: {:?}, {:?}", text, ours, other),
                }
            }
        }
    }

    #[test]
    fn keeps_digits_and_keys_as_they_are() {
        let Json::Object(entries) =
            read(" {\"a\":-0,\"a\" : 1.50e+400 , \"\\u00e9\\ud83d\\ude00\":\"x\"}\n").unwrap()
        else {
            panic!("no object");
        };
        assert_eq!(
            entries,
            [
                ("a".into(), Json::Number("-0")),
                ("a".into(), Json::Number("1.50e+400")),
                ("é😀".into(), Json::String("x".into())),
            ]
        );
    }

    #[test]
    fn says_what_is_expected_where() {
        for (text, expected) in [
            ("", "line 1, column 1: a value is missing, expected a value"),
            ("[1 2]", "line 1, column 4: not JSON, expected ',' or ']', found \"2\""),
            ("{\n\"a\" 1}", "line 2, column 5: not JSON, expected ':', found \"1\""),
            ("{a:1}", "line 1, column 2: not JSON, expected a key in double quotes, found \"a\""),
            (
                "{\"a\":1,}",
                "line 1, column 8: not JSON, expected a key in double quotes, found \"}\"",
            ),
            ("{\"a\":1", "line 1, column 7: a value is missing, expected ',' or '}'"),
            ("[01]", "line 1, column 3: not JSON, expected ',' or ']', found \"1\""),
            ("-", "line 1, column 2: a value is missing, expected a digit"),
            ("1.e5", "line 1, column 3: not JSON, expected a digit, found \"e\""),
            ("\"é\t\"", "line 1, column 4: not JSON, expected '\"', found \"\\t\""),
            ("\"ab", "line 1, column 4: a value is missing, expected '\"'"),
            (
                "\"a\\x\"",
                "line 1, column 3: invalid quotation or escape, expected an escape sequence of JSON, found \"\\\\\"",
            ),
            (
                "\"\\ud800\\u0041\"",
                "line 1, column 2: invalid quotation or escape, expected an escape sequence of JSON, found \"\\\\\"",
            ),
            ("\u{1b}", "line 1, column 1: not JSON, expected a value, found \"\\u{1b}\""),
            ("nul", "line 1, column 1: not JSON, expected a value, found \"n\""),
            ("{} {}", "line 1, column 4: not JSON, expected nothing more, found \"{\""),
        ] {
            assert_eq!(read(text).unwrap_err().to_string(), expected, "{text}");
        }
        let deep = "[".repeat(1_000_000);
        let expected = "line 1, column 129: not JSON, expected less nesting, found \"[\"";
        assert_eq!(read(&deep).unwrap_err().to_string(), expected);
    }
}
