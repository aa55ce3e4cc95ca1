//! Parses text into a tree of literals whose types are not yet known.

use barebus_wire::{EncodeError, limits};

use crate::error::{ParseError, ParseErrorKind as Kind, Place};

/// A literal with its annotation.
#[derive(Debug)]
pub(super) struct Node<'t> {
    /// Offset in bytes of the literal, or of its annotation.
    pub(super) at: usize,
    /// The signature in the annotation, not yet validated.
    pub(super) annotation: Option<&'t str>,
    pub(super) literal: Literal<'t>,
}

#[derive(Debug)]
pub(super) enum Literal<'t> {
    Boolean(bool),
    Number(&'t str),
    Text(String),
    /// `b'…'`, without the terminating 0.
    Bytes(Vec<u8>),
    Array(Vec<Node<'t>>),
    Dictionary(Vec<(Node<'t>, Node<'t>)>),
    Entry(Box<(Node<'t>, Node<'t>)>),
    Tuple(Vec<Node<'t>>),
    Variant(Box<Node<'t>>),
}

/// Parses one value. Nothing may follow it.
pub(super) fn parse_node(text: &str) -> Result<Node<'_>, ParseError> {
    let mut parser = Parser { text, pos: 0, depth: 0 };
    let node = parser.node()?;
    parser.skip_space();
    match parser.rest() {
        "" => Ok(node),
        rest => Err(error(parser.pos, Kind::TooMany, "", rest)),
    }
}

pub(super) fn error(at: usize, kind: Kind, expected: &'static str, found: &str) -> ParseError {
    ParseError::new(Place::Byte(at), kind, expected, found)
}

/// The maximum depth of containers, plus 1 for the tuple of a body.
const DEPTH: u8 = limits::TOTAL_DEPTH + 1;

const ANY_VALUE: &str = "a value";

struct Parser<'t> {
    text: &'t str,
    /// pos <= text.len()
    pos: usize,
    /// Number of literals around the position; depth <= DEPTH
    depth: u8,
}

impl<'t> Parser<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.pos..).unwrap_or_default()
    }

    fn skip_space(&mut self) {
        let rest = self.rest();
        self.pos += rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_whitespace()).len();
    }

    /// Skips `c`, if it comes next.
    fn accept(&mut self, c: char) -> bool {
        self.skip_space();
        let found = self.rest().starts_with(c);
        self.pos += if found { c.len_utf8() } else { 0 };
        found
    }

    fn unexpected(&self, expected: &'static str) -> ParseError {
        let rest = self.rest();
        let kind = if rest.is_empty() { Kind::TooFew } else { Kind::Unexpected };
        error(self.pos, kind, expected, rest)
    }

    fn expect(&mut self, c: char, expected: &'static str) -> Result<(), ParseError> {
        if self.accept(c) { Ok(()) } else { Err(self.unexpected(expected)) }
    }

    /// A run of characters of words and numbers.
    fn word(&mut self) -> &'t str {
        let rest = self.rest();
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.' | '_');
        let word = rest.find(|c| !is_part(c)).map_or(rest, |end| rest.get(..end).unwrap_or(rest));
        self.pos += word.len();
        word
    }

    /// A value with its annotations. Several are allowed if they agree.
    fn node(&mut self) -> Result<Node<'t>, ParseError> {
        self.skip_space();
        let at = self.pos;
        let mut annotation = None;
        loop {
            self.skip_space();
            let before = self.pos;
            let Some(found) = self.annotation()? else {
                let literal = self.literal()?;
                return Ok(Node { at, annotation, literal });
            };
            if annotation.is_some_and(|annotation| annotation != found) {
                return Err(error(before, Kind::WrongType, "the same type twice", found));
            }
            annotation = Some(found);
        }
    }

    /// An annotation: `@` and a signature, or the name of a type.
    fn annotation(&mut self) -> Result<Option<&'t str>, ParseError> {
        let before = self.pos;
        if self.accept('@') {
            let rest = self.rest();
            let end = rest.find(|c: char| c.is_ascii_whitespace()).unwrap_or(rest.len());
            let signature = rest.get(..end).unwrap_or_default();
            if signature.is_empty() {
                return Err(self.unexpected("a type"));
            }
            self.pos += end;
            return Ok(Some(signature));
        }
        let found = match self.word() {
            "boolean" => "b",
            "byte" => "y",
            "int16" => "n",
            "uint16" => "q",
            "int32" => "i",
            "handle" => "h",
            "uint32" => "u",
            "int64" => "x",
            "uint64" => "t",
            "double" => "d",
            "string" => "s",
            "objectpath" => "o",
            "signature" => "g",
            _ => {
                self.pos = before;
                return Ok(None);
            }
        };
        Ok(Some(found))
    }

    fn literal(&mut self) -> Result<Literal<'t>, ParseError> {
        let at = self.pos;
        let rest = self.rest();
        match rest.as_bytes() {
            [b'\'' | b'"', ..] => self.quoted().map(Literal::Text),
            [b'b', b'\'' | b'"', ..] => {
                self.pos += 1;
                self.byte_string().map(Literal::Bytes)
            }
            [b'[' | b'{' | b'(' | b'<', ..] => {
                if self.depth == DEPTH {
                    let kind = Kind::Encode(EncodeError::NestedTooDeeply);
                    return Err(error(at, kind, "", rest));
                }
                self.depth += 1;
                let literal = self.container();
                self.depth -= 1;
                literal
            }
            _ => match self.word() {
                "true" => Ok(Literal::Boolean(true)),
                "false" => Ok(Literal::Boolean(false)),
                word if word.contains(|c: char| c.is_ascii_digit()) || is_not_finite(word) => {
                    Ok(Literal::Number(word))
                }
                _ => {
                    self.pos = at;
                    Err(self.unexpected(ANY_VALUE))
                }
            },
        }
    }

    /// The rest of an array after its opening bracket.
    fn container(&mut self) -> Result<Literal<'t>, ParseError> {
        if self.accept('[') {
            return self.list(']', "',' or ']'").map(Literal::Array);
        }
        if self.accept('(') {
            return self.list(')', "',' or ')'").map(Literal::Tuple);
        }
        if self.accept('<') {
            let inner = self.node()?;
            self.expect('>', "'>'")?;
            return Ok(Literal::Variant(Box::new(inner)));
        }
        self.expect('{', "'{'")?;
        self.dictionary()
    }

    /// Values up to `close`. As in GLib, a comma stands after the last one only if it is the only one of a tuple.
    fn list(&mut self, close: char, expected: &'static str) -> Result<Vec<Node<'t>>, ParseError> {
        let mut nodes = Vec::new();
        if self.accept(close) {
            return Ok(nodes);
        }
        loop {
            nodes.push(self.node()?);
            if !self.accept(',') {
                self.expect(close, expected)?;
                return Ok(nodes);
            }
            if close == ')' && nodes.len() == 1 && self.accept(close) {
                return Ok(nodes);
            }
        }
    }

    /// What follows `{`: entries `key: value`, or a single entry `key, value`.
    fn dictionary(&mut self) -> Result<Literal<'t>, ParseError> {
        let mut entries = Vec::new();
        if self.accept('}') {
            return Ok(Literal::Dictionary(entries));
        }
        loop {
            let key = self.node()?;
            if entries.is_empty() && self.accept(',') {
                let value = self.node()?;
                self.expect('}', "'}'")?;
                return Ok(Literal::Entry(Box::new((key, value))));
            }
            self.expect(':', "':'")?;
            entries.push((key, self.node()?));
            if !self.accept(',') {
                self.expect('}', "',' or '}'")?;
                return Ok(Literal::Dictionary(entries));
            }
        }
    }

    /// A string in single or double quotes.
    fn quoted(&mut self) -> Result<String, ParseError> {
        let at = self.pos;
        let bad = || error(at, Kind::BadEscape, "a string in quotes", self.rest());
        let mut characters = self.rest().char_indices();
        let (_, quote) = characters.next().ok_or_else(bad)?;
        let mut text = String::new();
        loop {
            let (offset, c) = characters.next().ok_or_else(bad)?;
            if c == quote {
                self.pos += offset + c.len_utf8();
                return Ok(text);
            }
            if c != '\\' {
                text.push(c);
                continue;
            }
            match characters.next().ok_or_else(bad)?.1 {
                // A line continuation.
                '\n' => {}
                'u' => text.push(unicode(&mut characters, 4).ok_or_else(bad)?),
                'U' => text.push(unicode(&mut characters, 8).ok_or_else(bad)?),
                c => text.push(control(c)),
            }
        }
    }

    /// Bytes in single or double quotes.
    fn byte_string(&mut self) -> Result<Vec<u8>, ParseError> {
        let at = self.pos;
        let bad = || error(at, Kind::BadEscape, "bytes in quotes", self.rest());
        let mut text = self.rest().bytes().enumerate().peekable();
        let (_, quote) = text.next().ok_or_else(bad)?;
        let mut bytes = Vec::new();
        loop {
            let (offset, byte) = text.next().ok_or_else(bad)?;
            if byte == quote {
                self.pos += offset + 1;
                return Ok(bytes);
            }
            if byte != b'\\' {
                bytes.push(byte);
                continue;
            }
            match text.next().ok_or_else(bad)?.1 {
                b'\n' => {}
                digit @ b'0'..=b'7' => {
                    let mut value = u32::from(digit - b'0');
                    for _ in 0..2 {
                        if let Some((_, digit)) = text.next_if(|(_, b)| matches!(b, b'0'..=b'7')) {
                            value = value * 8 + u32::from(digit - b'0');
                        }
                    }
                    bytes.push(u8::try_from(value).map_err(|_| bad())?);
                }
                byte if byte.is_ascii() => {
                    bytes.extend(u8::try_from(control(char::from(byte))).ok());
                }
                byte => bytes.push(byte),
            }
        }
    }
}

/// The meaning of a letter after a backslash: a control character, or the letter itself.
const fn control(c: char) -> char {
    match c {
        'a' => '\u{7}',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\u{b}',
        c => c,
    }
}

/// The character with the code in the next `count` digits.
fn unicode(characters: &mut core::str::CharIndices<'_>, count: usize) -> Option<char> {
    let mut value = 0u32;
    for _ in 0..count {
        value = value.checked_mul(16)? + characters.next()?.1.to_digit(16)?;
    }
    char::from_u32(value)
}

/// Whether a word without digits is a double.
pub(super) fn is_not_finite(word: &str) -> bool {
    let word = word.strip_prefix(['+', '-']).unwrap_or(word);
    ["inf", "infinity", "nan"].iter().any(|known| word.eq_ignore_ascii_case(known))
}
