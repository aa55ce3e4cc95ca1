//! Settings that are one value: text, a boolean, a number, a span of time, words.

use super::error::Expected;
use super::parse::{Splitter, boolean as parse_boolean, integer, nanoseconds, octal, size, span};
use super::translation::{Outcome, Translation};

pub(super) fn text(t: &mut Translation<'_>) -> Outcome {
    t.same(t.text)
}

pub(super) fn boolean(t: &mut Translation<'_>) -> Outcome {
    t.some(parse_boolean(t.text), Expected::Boolean)
}

pub(super) fn int32(t: &mut Translation<'_>) -> Outcome {
    t.some(integer::<i32>(t.text), Expected::Integer)
}

pub(super) fn int64(t: &mut Translation<'_>) -> Outcome {
    t.some(integer::<i64>(t.text), Expected::Integer)
}

pub(super) fn uint32(t: &mut Translation<'_>) -> Outcome {
    t.some(integer::<u32>(t.text), Expected::Integer)
}

pub(super) fn mode(t: &mut Translation<'_>) -> Outcome {
    t.some(octal(t.text), Expected::Mode)
}

pub(super) fn bytes(t: &mut Translation<'_>) -> Outcome {
    t.some(size(t.text, 1024), Expected::Size)
}

/// `…Sec` becomes `…USec`.
pub(super) fn seconds(t: &mut Translation<'_>) -> Outcome {
    t.put(t.usec(), span(t.text).ok_or(Expected::Span)?)
}

/// As [`seconds`]; no text is infinity.
pub(super) fn seconds_or_infinity(t: &mut Translation<'_>) -> Outcome {
    let is_empty = t.text.trim().is_empty();
    let span = if is_empty { Some(u64::MAX) } else { span(t.text) };
    t.put(t.usec(), span.ok_or(Expected::Span)?)
}

pub(super) fn nanosecond(t: &mut Translation<'_>) -> Outcome {
    t.some(nanoseconds(t.text), Expected::Span)
}

pub(super) fn words(t: &mut Translation<'_>) -> Outcome {
    t.some(Splitter::new(t.text).unquote().words(), Expected::Words)
}

/// Words with escapes as in C.
pub(super) fn escaped_words(t: &mut Translation<'_>) -> Outcome {
    t.some(Splitter::new(t.text).unquote().escapes().words(), Expected::Words)
}

/// The whole text as the only element of a list; no text empties the list.
pub(super) fn one_text(t: &mut Translation<'_>) -> Outcome {
    t.same(one(t.text, t.text))
}

/// `value` as the only element of a list; no text empties the list.
pub(super) fn one<T>(text: &str, value: T) -> Vec<T> {
    if text.is_empty() { Vec::new() } else { vec![value] }
}

/// `-` before the text, and the text without it.
pub(super) fn dash(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(text) => (true, text),
        None => (false, text),
    }
}
