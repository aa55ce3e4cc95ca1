//! Lines: finding their ends, and what may stand in one.

use crate::error::Position;
use crate::fault::{Fault, Rule};

/// The longest line taken from a peer, in bytes, `\r\n` counted. The specification sets none; no honest line comes near.
pub const MAX_LINE: usize = 4096;

/// Finds the lines of a stream of which it sees, at each call, all from the current line's first byte on.
#[derive(Clone, Debug)]
pub(crate) struct Lines {
    /// Bytes of the current line known to hold neither its end nor a forbidden byte; `scanned < MAX_LINE`, unless it is too long.
    scanned: usize,
    /// Number of the current line, the first is 1.
    number: u32,
}

impl Lines {
    pub(crate) const fn new() -> Self {
        Self { scanned: 0, number: 1 }
    }

    /// Where the bytes looked at so far end.
    pub(crate) fn position(&self) -> Position {
        self.at(self.scanned)
    }

    /// A place in the current line.
    pub(crate) fn at(&self, byte: usize) -> Position {
        Position::new(self.number, byte)
    }

    /// What is known of the current line, which `bytes` begin with: all of a whole one, else what stands before the byte that is
    /// wrong. So an error tells the same however the bytes were cut up.
    pub(crate) fn known<'a>(&self, bytes: &'a [u8]) -> &'a [u8] {
        bytes.get(..self.scanned).unwrap_or_default()
    }

    /// The line at the head of `bytes`, without its `\r\n`, or `None` while its end has not come. It is ASCII without NUL, and
    /// begins with `A`..=`Z` or `_` or is empty. It stays the current one until it is passed.
    pub(crate) fn next<'a>(&mut self, bytes: &'a [u8]) -> Result<Option<&'a [u8]>, Fault> {
        let window = bytes.get(..MAX_LINE).unwrap_or(bytes);
        // A line that cannot begin a command is refused at its first byte: a peer that speaks another protocol, or sends messages
        // too early, must not be waited for.
        let begins =
            |byte: &u8| !byte.is_ascii() || matches!(byte, 0 | b'\r' | b'\n' | b'A'..=b'Z' | b'_');
        if self.scanned == 0 && !window.first().is_none_or(begins) {
            return Err(Rule::NoCommand.into());
        }
        let fresh = window.get(self.scanned..).unwrap_or_default();
        let clean = fresh
            .iter()
            .position(|byte| matches!(byte, 0 | b'\r' | b'\n') || !byte.is_ascii())
            .unwrap_or(fresh.len());
        self.scanned += clean;
        let rule = match window.get(self.scanned..).unwrap_or_default() {
            [b'\r', b'\n', ..] => return Ok(Some(self.known(window))),
            [b'\r', _, ..] => Rule::BareReturn,
            [b'\n', ..] => Rule::BareNewline,
            [0, ..] => Rule::Nul,
            [byte, ..] if !byte.is_ascii() => Rule::NotAscii,
            _ if window.len() == MAX_LINE => {
                self.scanned = MAX_LINE;
                Rule::LineTooLong
            }
            _ => return Ok(None),
        };
        Err(Fault { rule, at: self.scanned })
    }

    /// Passes the line that was found and understood: gives its length as received.
    pub(crate) fn pass(&mut self) -> usize {
        let len = self.scanned + 2;
        self.scanned = 0;
        self.number = self.number.saturating_add(1);
        len
    }
}
