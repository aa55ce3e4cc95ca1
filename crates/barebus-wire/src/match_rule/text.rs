//! A rule's text: keys, and values in their quoting.

use core::fmt::{self, Write};

use super::{MatchKey, MatchRuleError, MatchRuleErrorKind};
use crate::limits;

/// A value of a rule as it is written: with its quotes. Displayed, it is written anew, with quotes around all of it.
///
/// ```
/// use barebus_wire::match_rule::{MatchKey, MatchRule};
///
/// let rule = MatchRule::parse(r"arg0='it'\''s'")?;
/// assert!(rule.get(MatchKey::Argument(0)).unwrap().is("it's"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct MatchValue<'a>(&'a str);

impl<'a> MatchValue<'a> {
    /// The value's bytes, without the quoting.
    pub fn bytes(&self) -> impl Iterator<Item = u8> + use<'a> {
        let mut rest = self.0.as_bytes();
        let mut quoted = false;
        core::iter::from_fn(move || {
            loop {
                let (found, behind) = match (quoted, rest) {
                    (_, []) => return None,
                    (false, [b'\\', b'\'', behind @ ..]) => (Some(b'\''), behind),
                    (_, [b'\'', behind @ ..]) => {
                        quoted = !quoted;
                        (None, behind)
                    }
                    (_, [byte, behind @ ..]) => (Some(*byte), behind),
                };
                rest = behind;
                if found.is_some() {
                    return found;
                }
            }
        })
    }

    /// Whether the value is `text`.
    pub fn is(&self, text: &str) -> bool {
        match self.as_plain() {
            Some(plain) => plain == text,
            None => self.bytes().eq(text.bytes()),
        }
    }

    /// The value without the quoting, borrowed where it is written in one piece.
    #[cfg(feature = "alloc")]
    pub fn to_text(&self) -> alloc::borrow::Cow<'a, str> {
        match self.as_plain() {
            Some(plain) => plain.into(),
            None => self.with_text(|text| alloc::string::String::from(text).into()),
        }
    }

    /// The value, when it is written in one piece, with quotes around all of it or none, as nearly all are.
    pub(super) fn as_plain(&self) -> Option<&'a str> {
        let inner = match self.0.strip_prefix('\'') {
            Some(rest) => rest.strip_suffix('\'')?,
            None => self.0,
        };
        memchr::memchr(b'\'', inner.as_bytes()).is_none().then_some(inner)
    }

    /// Hands out the value without the quoting.
    #[inline]
    pub(super) fn with_text<T>(&self, f: impl FnOnce(&str) -> T) -> T {
        match self.as_plain() {
            Some(plain) => f(plain),
            None => self.with_text_unquoted(f),
        }
    }

    #[cold]
    #[inline(never)]
    fn with_text_unquoted<T>(&self, f: impl FnOnce(&str) -> T) -> T {
        // A value is shorter than its rule, so it always fits.
        let mut buf = [0; limits::MATCH_RULE_LEN];
        let mut len = 0;
        for (place, byte) in buf.iter_mut().zip(self.bytes()) {
            *place = byte;
            len += 1;
        }
        // Only whole characters were left out, so it is text still.
        f(buf.get(..len).and_then(|text| core::str::from_utf8(text).ok()).unwrap_or_default())
    }
}

impl PartialEq for MatchValue<'_> {
    fn eq(&self, other: &Self) -> bool {
        match other.as_plain() {
            Some(plain) => self.is(plain),
            None => self.bytes().eq(other.bytes()),
        }
    }
}

impl Eq for MatchValue<'_> {}

impl fmt::Display for MatchValue<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.with_text(|text| write_quoted(text, f))
    }
}

/// Writes a value with quotes around it. Within quotes nothing can stand for a quote: it stands between them, escaped.
pub(super) fn write_quoted(value: &str, to: &mut impl Write) -> fmt::Result {
    to.write_char('\'')?;
    for (index, piece) in value.split('\'').enumerate() {
        if index > 0 {
            to.write_str(r"'\''")?;
        }
        to.write_str(piece)?;
    }
    to.write_char('\'')
}

/// Cuts a rule into keys and values.
pub(super) struct Pairs<'a> {
    rest: &'a str,
    len: usize,
    /// Offset of the key that was cut off last.
    key_at: usize,
}

impl<'a> Pairs<'a> {
    pub(super) const fn of(text: &'a str) -> Self {
        Self { rest: text, len: text.len(), key_at: 0 }
    }

    /// Offset of the key that was cut off last.
    pub(super) const fn key_at(&self) -> usize {
        self.key_at
    }

    /// The next pair; the value's grammar is not looked at.
    pub(super) fn next_pair(
        &mut self,
    ) -> Result<Option<(MatchKey, MatchValue<'a>)>, MatchRuleError> {
        let rest = self.rest.trim_start_matches(WHITESPACE);
        self.key_at = self.len - rest.len();
        self.cut(rest).map_err(|kind| MatchRuleError { kind, at: self.key_at })
    }

    fn cut(
        &mut self,
        rest: &'a str,
    ) -> Result<Option<(MatchKey, MatchValue<'a>)>, MatchRuleErrorKind> {
        let equals = memchr::memchr(b'=', rest.as_bytes());
        let Some((key, rest)) = equals.and_then(|at| rest.split_at_checked(at)) else {
            self.rest = "";
            return if rest.is_empty() { Ok(None) } else { Err(MatchRuleErrorKind::MissingValue) };
        };
        let rest = rest.strip_prefix('=').unwrap_or(rest);
        let len = value_len(rest)?;
        let (value, behind) = rest.split_at_checked(len).unwrap_or((rest, ""));
        self.rest = behind.strip_prefix(',').unwrap_or(behind);
        let key = key.trim_end_matches(WHITESPACE);
        if key.is_empty() && value.is_empty() && self.rest.is_empty() {
            // Nothing is asked for; the reference implementations take it for an end.
            return Ok(None);
        }
        Ok(Some((parse_key(key)?, MatchValue(value))))
    }
}

const WHITESPACE: [char; 4] = [' ', '\t', '\n', '\r'];

/// Length in bytes of the value that `text` begins with: up to a comma outside quotes.
fn value_len(text: &str) -> Result<usize, MatchRuleErrorKind> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(rest) = bytes.get(at..) {
        let Some(found) = memchr::memchr2(b'\'', b',', rest) else { return Ok(text.len()) };
        match rest.split_at_checked(found) {
            Some((_, [b',', ..])) => return Ok(at + found),
            Some(([.., b'\\'], _)) => at += found + 1,
            Some((_, [_, quoted @ ..])) => {
                let end = memchr::memchr(b'\'', quoted).ok_or(MatchRuleErrorKind::UnclosedQuote)?;
                at += found + 1 + end + 1;
            }
            _ => break,
        }
    }
    Ok(text.len())
}

fn parse_key(key: &str) -> Result<MatchKey, MatchRuleErrorKind> {
    Ok(match key {
        "type" => MatchKey::Type,
        "sender" => MatchKey::Sender,
        "interface" => MatchKey::Interface,
        "member" => MatchKey::Member,
        "path" => MatchKey::Path,
        "path_namespace" => MatchKey::PathNamespace,
        "destination" => MatchKey::Destination,
        "eavesdrop" => MatchKey::Eavesdrop,
        "arg0namespace" => MatchKey::Argument0Namespace,
        _ => return parse_argument_key(key),
    })
}

fn parse_argument_key(key: &str) -> Result<MatchKey, MatchRuleErrorKind> {
    let number = key.strip_prefix("arg").ok_or(MatchRuleErrorKind::UnknownKey)?;
    let (number, is_path) =
        number.strip_suffix("path").map_or((number, false), |number| (number, true));
    if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(MatchRuleErrorKind::UnknownKey);
    }
    let number: u8 = number.parse().map_err(|_| MatchRuleErrorKind::ArgumentNumber)?;
    if number > limits::MATCH_ARGUMENT {
        return Err(MatchRuleErrorKind::ArgumentNumber);
    }
    Ok(if is_path { MatchKey::ArgumentPath(number) } else { MatchKey::Argument(number) })
}
