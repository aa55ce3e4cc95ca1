//! Decides whether bytes are a valid message.

use std::borrow::Cow;
use std::fmt;

use barebus::wire::{DecodeError, DecodeErrorKind, Message};

/// The verdict on bytes that should be a message.
#[derive(Debug)]
pub(crate) struct Verdict {
    /// `VALID`, `INCOMPLETE`, or the name of the broken rule. Names are stable.
    pub(crate) word: &'static str,
    /// Offset in bytes from the start of the message; for text that is not hexadecimal, in the text.
    at: Option<u64>,
    /// Description for people. It may change.
    sentence: Cow<'static, str>,
}

impl Verdict {
    /// The verdict on a whole message.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        Self::expected(Message::parse(bytes).and_then(|message| message.validate()).err())
    }

    /// The verdict on a message that breaks no rule but this one.
    pub(crate) fn expected(error: Option<DecodeError>) -> Self {
        match error {
            None => Self { word: VALID, at: None, sentence: Cow::Borrowed("the message is valid") },
            Some(error) => Self::broken(error),
        }
    }

    /// The verdict on bytes that break a rule.
    pub(crate) fn broken(error: DecodeError) -> Self {
        let word = match error.kind {
            DecodeErrorKind::Incomplete => "INCOMPLETE",
            kind => kind.name(),
        };
        let sentence = Cow::Owned(error.kind.to_string());
        Self { word, at: Some(u64::from(error.at)), sentence }
    }

    /// The verdict on text that is not hexadecimal.
    pub(crate) fn not_hex(at: u64, sentence: impl Into<Cow<'static, str>>) -> Self {
        Self { word: "NotHex", at: Some(at), sentence: sentence.into() }
    }

    pub(crate) fn no_digit(at: u64, found: u8) -> Self {
        Self::not_hex(at, format!("'{}' is not a hexadecimal digit", found.escape_ascii()))
    }

    pub(crate) fn half_byte(at: u64) -> Self {
        Self::not_hex(at, "a byte has only one digit")
    }

    /// Replaces the description by a more precise one.
    pub(crate) fn because(self, sentence: String) -> Self {
        Self { sentence: Cow::Owned(sentence), ..self }
    }

    /// The offset as a column: `-` without one.
    pub(crate) fn place(&self) -> String {
        self.at.map_or_else(|| "-".to_owned(), |at| at.to_string())
    }

    pub(crate) fn is_valid(&self) -> bool {
        self.word == VALID
    }
}

const VALID: &str = "VALID";

/// Prints the columns: name, offset, description.
impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\t{}\t{}", self.word, self.place(), self.sentence)
    }
}
