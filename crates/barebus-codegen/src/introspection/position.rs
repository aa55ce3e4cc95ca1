//! Positions in a document, and excerpts for errors.

use std::cell::Cell;

use super::{Problem, ProblemKind};

/// A position in the document. Lines are counted when they are asked for, each once.
pub(super) struct Position<'a> {
    xml: &'a str,
    offset: usize,
    counted: Cell<Counted>,
}

/// The lines in front of an offset that was passed.
#[derive(Clone, Copy)]
struct Counted {
    offset: usize,
    line: usize,
    /// Where the line begins.
    start: usize,
}

impl<'a> Position<'a> {
    /// The start of the document.
    pub(super) const fn start(xml: &'a str) -> Self {
        Self { xml, offset: 0, counted: Cell::new(Counted { offset: 0, line: 1, start: 0 }) }
    }

    /// Moves forward to `offset`.
    pub(super) fn advance(&mut self, offset: u64) {
        let offset = usize::try_from(offset).unwrap_or(usize::MAX).min(self.xml.len());
        self.offset = self.offset.max(offset);
    }

    fn counted(&self) -> Counted {
        let mut counted = self.counted.get();
        let passed = self.xml.as_bytes().get(counted.offset..self.offset).unwrap_or_default();
        if let Some(last) = passed.iter().rposition(|byte| *byte == b'\n') {
            counted.line += passed.iter().filter(|byte| **byte == b'\n').count();
            counted.start = counted.offset + last + 1;
        }
        counted.offset = self.offset;
        self.counted.set(counted);
        counted
    }

    /// Counted from 1.
    pub(super) fn line(&self) -> usize {
        self.counted().line
    }

    pub(super) fn problem(&self, kind: ProblemKind) -> Problem {
        let Counted { offset, line, start } = self.counted();
        Problem { line, column: offset - start + 1, interface: None, member: None, kind }
    }
}

/// The start of a text, for an error. What a terminal acts on is escaped.
pub(super) fn excerpt(text: &str) -> String {
    let acted_on = |c: char| c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c);
    let mut excerpt = String::new();
    for (index, character) in text.chars().enumerate() {
        if index == EXCERPT_LEN {
            excerpt.push('…');
            break;
        }
        if acted_on(character) {
            excerpt.extend(character.escape_debug());
        } else {
            excerpt.push(character);
        }
    }
    excerpt
}

/// In characters.
const EXCERPT_LEN: usize = 200;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_is_short_and_nothing_in_it_controls_a_terminal() {
        assert_eq!(excerpt("a'ü\u{1b}[2J\0\u{202e}"), "a'ü\\u{1b}[2J\\0\\u{202e}");
        assert_eq!(excerpt(&"x".repeat(201)), format!("{}…", "x".repeat(200)));
        assert_eq!(excerpt(&"x".repeat(200)), "x".repeat(200));
    }
}
