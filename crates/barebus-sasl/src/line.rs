//! Lines: finding their ends, and what may stand in one.

use crate::error::{Excerpt, Position, SaslError};

/// The longest line taken from a peer, in bytes, `\r\n` counted. The specification sets none; no honest line comes near.
pub const MAX_LINE: usize = 4096;

/// One whole line of the peer.
#[derive(Clone, Copy)]
pub(crate) struct Line<'a> {
    /// Without its `\r\n`; ASCII, no NUL, begins with `A`..=`Z` or `_` or is empty.
    pub(crate) text: &'a [u8],
    number: u32,
}

impl Line<'_> {
    pub(crate) fn at(&self, byte: usize) -> Position {
        Position::new(self.number, byte)
    }

    pub(crate) fn excerpt(&self) -> Excerpt {
        Excerpt::new(self.text)
    }

    /// Length in bytes as received.
    pub(crate) fn len(&self) -> usize {
        self.text.len().saturating_add(2)
    }
}

/// Finds the lines of a stream of which it sees, at each call, all from the current line's first byte on.
#[derive(Clone, Debug)]
pub(crate) struct Lines {
    /// Bytes of the current line known to hold neither its end nor a forbidden byte; `scanned < MAX_LINE`.
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
        Position::new(self.number, self.scanned)
    }

    /// The line at the head of `bytes`, or `None` while its end has not come.
    pub(crate) fn next<'a>(&mut self, bytes: &'a [u8]) -> Result<Option<Line<'a>>, SaslError> {
        let window = bytes.get(..MAX_LINE).unwrap_or(bytes);
        if self.scanned == 0 {
            self.check_first(window)?;
        }
        let fresh = window.get(self.scanned..).unwrap_or_default();
        let end = fresh.iter().position(|byte| matches!(byte, b'\r' | b'\n'));
        let clean = fresh.get(..end.unwrap_or(fresh.len())).unwrap_or_default();
        self.check_ascii(window, clean)?;
        self.scanned = self.scanned.saturating_add(clean.len());

        let after = window.get(self.scanned..).unwrap_or_default();
        match after {
            [b'\r', b'\n', ..] => {
                let text = window.get(..self.scanned).unwrap_or_default();
                let line = Line { text, number: self.number };
                self.scanned = 0;
                self.number = self.number.saturating_add(1);
                return Ok(Some(line));
            }
            [b'\r', _, ..] => {
                return Err(SaslError::BareReturn {
                    at: self.position(),
                    line: self.seen(window, self.scanned),
                });
            }
            [b'\n', ..] => {
                return Err(SaslError::BareNewline {
                    at: self.position(),
                    line: self.seen(window, self.scanned),
                });
            }
            _ => {}
        }
        if window.len() == MAX_LINE {
            return Err(SaslError::LineTooLong {
                at: Position::new(self.number, MAX_LINE),
                line: Excerpt::new(window),
            });
        }
        Ok(None)
    }

    /// A line that cannot begin a command is refused at its first byte: a peer that speaks another protocol, or sends messages too
    /// early, must not be waited for.
    fn check_first(&self, window: &[u8]) -> Result<(), SaslError> {
        match window.first() {
            Some(&byte)
                if byte.is_ascii() && !matches!(byte, 0 | b'\r' | b'\n' | b'A'..=b'Z' | b'_') =>
            {
                Err(SaslError::NoCommand { at: self.position(), byte })
            }
            _ => Ok(()),
        }
    }

    fn check_ascii(&self, window: &[u8], clean: &[u8]) -> Result<(), SaslError> {
        let Some(offset) = clean.iter().position(|&byte| byte == 0 || !byte.is_ascii()) else {
            return Ok(());
        };
        let byte = clean.get(offset).copied().unwrap_or_default();
        let offset = self.scanned.saturating_add(offset);
        let (at, line) = (Position::new(self.number, offset), self.seen(window, offset));
        Err(if byte == 0 {
            SaslError::Nul { at, line }
        } else {
            SaslError::NotAscii { at, byte, line }
        })
    }

    /// The line up to the byte in question: an error tells the same however the bytes were cut up.
    fn seen(&self, window: &[u8], offset: usize) -> Excerpt {
        Excerpt::new(window.get(..offset).unwrap_or_default())
    }
}
