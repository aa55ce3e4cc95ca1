//! Words: text split at separators, with quotes and escapes. systemd.syntax(7), "Quoting".

use std::str::Chars;

/// What separates words.
pub(in super::super) const SPACES: &[char] = &[' ', '\t', '\n', '\r'];

/// Splits text into words. The default splits at spaces; a backslash then makes the next character a plain one.
#[derive(Clone, Debug)]
pub(in super::super) struct Splitter<'a> {
    /// What is left; `None` after the last word.
    rest: Option<Chars<'a>>,
    separators: &'static [char],
    /// Quotes enclose words with separators.
    unquote: bool,
    /// A backslash begins an escape as in C; an unknown one is an error.
    escapes: bool,
    /// A backslash before a separator or backslash makes it a plain character.
    escapes_separators: bool,
    /// A backslash is a plain character.
    keeps_escapes: bool,
    /// Two separators in a row have an empty word between them.
    has_empty_words: bool,
    /// The separator that ended the last word.
    ended_by: Option<char>,
}

/// A word, or text that is split wrongly: an unbalanced quote, an unknown escape, or what is not UTF-8.
type Word = Result<String, ()>;

impl<'a> Splitter<'a> {
    /// Splits at spaces.
    pub(in super::super) fn new(text: &'a str) -> Self {
        Self {
            rest: Some(text.chars()),
            separators: SPACES,
            unquote: false,
            escapes: false,
            escapes_separators: false,
            keeps_escapes: false,
            has_empty_words: false,
            ended_by: None,
        }
    }

    pub(in super::super) fn separators(mut self, separators: &'static [char]) -> Self {
        self.separators = separators;
        self
    }

    pub(in super::super) fn unquote(mut self) -> Self {
        self.unquote = true;
        self
    }

    pub(in super::super) fn escapes(mut self) -> Self {
        self.escapes = true;
        self
    }

    pub(in super::super) fn escapes_separators(mut self) -> Self {
        self.escapes_separators = true;
        self
    }

    pub(in super::super) fn keeps_escapes(mut self) -> Self {
        self.keeps_escapes = true;
        self
    }

    pub(in super::super) fn has_empty_words(mut self) -> Self {
        self.has_empty_words = true;
        self
    }

    /// Whether the separator that ended the last word is this one.
    pub(in super::super) fn ended_by(&self, separator: char) -> bool {
        self.ended_by == Some(separator)
    }

    /// What follows the last word, as it is; `None` if it was the end.
    pub(in super::super) fn rest(&self) -> Option<&'a str> {
        self.rest.as_ref().map(Chars::as_str)
    }

    /// All words.
    pub(in super::super) fn words(self) -> Option<Vec<String>> {
        self.collect::<Result<_, ()>>().ok()
    }

    /// The next word, in bytes; `chars` is after the separators that precede it.
    fn word(&mut self, chars: &mut Chars<'a>) -> Result<Vec<u8>, ()> {
        let mut word = Vec::new();
        let mut quote = None;
        loop {
            let Some(character) = chars.next() else {
                self.rest = None;
                return if quote.is_none() { Ok(word) } else { Err(()) };
            };
            match character {
                '\\' if !self.keeps_escapes => self.escape(chars, &mut word)?,
                _ if quote == Some(character) => quote = None,
                '\'' | '"' if quote.is_none() && self.unquote => quote = Some(character),
                _ if quote.is_none() && self.separators.contains(&character) => {
                    self.ended_by = Some(character);
                    if !self.has_empty_words {
                        let rest = chars.as_str().trim_start_matches(self.separators);
                        *chars = rest.chars();
                    }
                    // Separators at the end are followed by no word, unless words may be empty.
                    let is_end = !self.has_empty_words && chars.as_str().is_empty();
                    self.rest = (!is_end).then(|| chars.clone());
                    return Ok(word);
                }
                _ => push(&mut word, character),
            }
        }
    }

    /// Appends what follows a backslash.
    fn escape(&self, chars: &mut Chars<'a>, word: &mut Vec<u8>) -> Result<(), ()> {
        if self.escapes {
            let mut after = chars.clone();
            if unescape_one(&mut after, word, false).is_some() {
                *chars = after;
                return Ok(());
            }
        }
        let character = chars.next().ok_or(())?;
        let is_plain = match self.escapes || self.escapes_separators {
            true => {
                self.escapes_separators
                    && (character == '\\' || self.separators.contains(&character))
            }
            false => true,
        };
        if is_plain {
            push(word, character);
            Ok(())
        } else {
            Err(())
        }
    }
}

impl Iterator for Splitter<'_> {
    type Item = Word;

    fn next(&mut self) -> Option<Word> {
        let mut chars = self.rest.clone()?;
        self.ended_by = None;
        if !self.has_empty_words {
            chars = chars.as_str().trim_start_matches(self.separators).chars();
            if chars.as_str().is_empty() {
                self.rest = None;
                return None;
            }
        }
        let word = self.word(&mut chars);
        if word.is_err() {
            self.rest = None;
        }
        Some(word.and_then(|word| String::from_utf8(word).map_err(|_| ())))
    }
}

fn push(word: &mut Vec<u8>, character: char) {
    word.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
}

/// Text without its escapes as in C; `nul` tells whether they may stand for a NUL.
pub(in super::super) fn unescape(text: &str, nul: bool) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(character) = chars.next() {
        match character {
            '\\' => unescape_one(&mut chars, &mut bytes, nul)?,
            _ => push(&mut bytes, character),
        }
    }
    Some(bytes)
}

/// Appends what the escape after a backslash stands for.
fn unescape_one(chars: &mut Chars<'_>, bytes: &mut Vec<u8>, nul: bool) -> Option<()> {
    let plain = match chars.next()? {
        'a' => b'\x07',
        'b' => b'\x08',
        'f' => b'\x0c',
        'n' => b'\n',
        'r' => b'\r',
        't' => b'\t',
        'v' => b'\x0b',
        's' => b' ',
        character @ ('\\' | '"' | '\'') => u8::try_from(character).ok()?,
        'x' => u8::try_from(digits(chars, 2, 16, nul)?).ok()?,
        first @ '0'..='7' => {
            let first = first.to_digit(8)? << 6;
            // Two digits may be 0 where the first is not.
            u8::try_from(first + digits(chars, 2, 8, nul || first > 0)?).ok()?
        }
        kind @ ('u' | 'U') => {
            let count = if kind == 'u' { 4 } else { 8 };
            push(bytes, char::from_u32(digits(chars, count, 16, nul)?)?);
            return Some(());
        }
        _ => return None,
    };
    bytes.push(plain);
    Some(())
}

/// A number of so many digits; 0 only where `zero` says so.
fn digits(chars: &mut Chars<'_>, count: u32, radix: u32, zero: bool) -> Option<u32> {
    let mut number = 0_u32;
    for _ in 0..count {
        number = number.checked_mul(radix)?.checked_add(chars.next()?.to_digit(radix)?)?;
    }
    (zero || number != 0).then_some(number)
}
