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

/// The start of a text, for an error.
pub(super) fn excerpt(text: &str) -> String {
    match text.char_indices().nth(EXCERPT_LEN) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
    }
}

/// In characters.
const EXCERPT_LEN: usize = 200;
