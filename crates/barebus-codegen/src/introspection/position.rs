//! Positions in a document, and excerpts for errors.

use super::{Problem, ProblemKind};

/// A position in the document.
pub(super) struct Position<'a> {
    xml: &'a str,
    offset: usize,
    pub(super) line: usize,
    column: usize,
}

impl<'a> Position<'a> {
    /// The start of the document.
    pub(super) const fn start(xml: &'a str) -> Self {
        Self { xml, offset: 0, line: 1, column: 1 }
    }

    /// Moves forward to `offset`.
    pub(super) fn advance(&mut self, offset: u64) {
        let offset = usize::try_from(offset).unwrap_or(usize::MAX).min(self.xml.len());
        let passed = self.xml.as_bytes().get(self.offset..offset).unwrap_or_default();
        for byte in passed {
            if *byte == b'\n' {
                self.line += 1;
                self.column = 1;
            } else {
                self.column += 1;
            }
        }
        self.offset = self.offset.max(offset);
    }

    pub(super) fn problem(&self, kind: ProblemKind) -> Problem {
        Problem { line: self.line, column: self.column, interface: None, member: None, kind }
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
