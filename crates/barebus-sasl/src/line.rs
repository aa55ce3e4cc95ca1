//! Splits a stream into lines, and a line into command and arguments.

use crate::command::Command;
use crate::error::{SaslError, SaslErrorKind};
use crate::guid::Guid;
use crate::mechanism::Offered;

/// Longest line accepted from a peer, in bytes, with `\r\n`. The specification sets no limit; real lines are far shorter.
pub const MAX_LINE: usize = 4096;

/// Finds the lines of a stream. Each call sees all bytes from the first byte of the current line on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lines {
    /// Bytes of the current line that contain neither its end nor a forbidden byte. `scanned <= MAX_LINE`
    scanned: usize,
    /// Number of the current line, counted from 1.
    number: u32,
}

impl Lines {
    pub(crate) const fn new() -> Self {
        Self { scanned: 0, number: 1 }
    }

    /// Passes each whole line to `answer`, without its `\r\n`, until `answer` returns `true`. Returns how many bytes the lines
    /// took.
    pub(crate) fn take(
        &mut self,
        bytes: &[u8],
        mut answer: impl FnMut(&[u8]) -> Result<bool, SaslErrorKind>,
    ) -> Result<usize, SaslError> {
        let mut taken = 0_usize;
        let mut is_over = false;
        while !is_over {
            let rest = bytes.get(taken..).unwrap_or_default();
            let line = match self.next(rest) {
                Ok(Some(line)) => line,
                Ok(None) => break,
                Err(kind) => return Err(self.error_here(kind)),
            };
            match answer(line) {
                Ok(over) => is_over = over,
                Err(kind) => return Err(SaslError::new(kind, offset_of(kind, line), self.number)),
            }
            taken = taken.saturating_add(self.scanned + 2);
            self.scanned = 0;
            self.number = self.number.saturating_add(1);
        }
        Ok(taken)
    }

    /// An error where the scanned bytes end.
    pub(crate) fn error_here(&self, kind: SaslErrorKind) -> SaslError {
        SaslError::new(kind, self.scanned, self.number)
    }

    /// The line that `bytes` start with, without its `\r\n`, or `None` if its end is missing. The line is ASCII without NUL, and
    /// is empty or starts with `A`..=`Z` or `_`.
    fn next<'a>(&mut self, bytes: &'a [u8]) -> Result<Option<&'a [u8]>, SaslErrorKind> {
        let window = bytes.get(..MAX_LINE).unwrap_or(bytes);
        // A line that starts no command is refused at its first byte. Its end may never come: the peer may speak another
        // protocol, or send messages too early.
        if let (0, Some(&first @ (1..=0x7f))) = (self.scanned, window.first()) {
            if !matches!(first, b'\r' | b'\n' | b'A'..=b'Z' | b'_') {
                return Err(SaslErrorKind::NoCommand(first));
            }
        }
        let unscanned = window.get(self.scanned..).unwrap_or_default();
        let is_text = |byte: &u8| byte.is_ascii() && !matches!(byte, 0 | b'\r' | b'\n');
        self.scanned += unscanned.iter().take_while(|byte| is_text(byte)).count();
        let kind = match window.get(self.scanned..).unwrap_or_default() {
            [b'\r', b'\n', ..] => return Ok(window.get(..self.scanned)),
            [b'\r', _, ..] => SaslErrorKind::BareReturn,
            [b'\n', ..] => SaslErrorKind::BareNewline,
            [0, ..] => SaslErrorKind::Nul,
            [byte, ..] if !byte.is_ascii() => SaslErrorKind::NotAscii(*byte),
            _ if window.len() == MAX_LINE => {
                self.scanned = MAX_LINE;
                SaslErrorKind::LineTooLong
            }
            _ => return Ok(None),
        };
        Err(kind)
    }
}

/// A line, split at the first space.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line<'a> {
    pub(crate) command: Command,
    /// Everything after the space; `None` if there is no space.
    pub(crate) arguments: Option<&'a [u8]>,
}

impl<'a> Line<'a> {
    /// Splits a line without its `\r\n`. The command is `[A-Z_]+`. Spec: Authentication Protocol.
    pub(crate) fn parse(line: &'a [u8]) -> Result<Self, SaslErrorKind> {
        match line.split_at_checked(command_len(line)) {
            Some((name @ [_, ..], [])) => {
                Ok(Self { command: Command::named(name), arguments: None })
            }
            Some((name @ [_, ..], [b' ', arguments @ ..])) => {
                Ok(Self { command: Command::named(name), arguments: Some(arguments) })
            }
            _ => Err(SaslErrorKind::MalformedCommand),
        }
    }

    /// Checks that the command has no argument.
    pub(crate) fn no_argument(&self) -> Result<(), SaslErrorKind> {
        match self.arguments {
            None => Ok(()),
            Some(_) => Err(SaslErrorKind::SurplusArgument),
        }
    }

    /// The argument of `OK`.
    #[inline(always)]
    pub(crate) fn guid(&self) -> Result<Guid, SaslErrorKind> {
        Guid::parse(self.arguments.unwrap_or_default()).map_err(|_| SaslErrorKind::BadGuid)
    }

    /// The argument of `REJECTED`: names separated by single spaces. Some servers list no name.
    pub(crate) fn offered(&self) -> Result<Offered, SaslErrorKind> {
        let mut offered = Offered::default();
        let Some(list) = self.arguments else {
            return Ok(offered);
        };
        for name in list.split(|&byte| byte == b' ') {
            if name.is_empty() || !name.iter().all(u8::is_ascii_graphic) {
                return Err(SaslErrorKind::BadMechanismList);
            }
            offered.add(name);
        }
        Ok(offered)
    }
}

fn command_len(line: &[u8]) -> usize {
    line.iter().take_while(|byte| matches!(byte, b'A'..=b'Z' | b'_')).count()
}

/// Where in `line` the fault is.
#[cold]
fn offset_of(kind: SaslErrorKind, line: &[u8]) -> usize {
    let command_len = command_len(line);
    match kind {
        SaslErrorKind::MalformedCommand => command_len,
        SaslErrorKind::SurplusArgument
        | SaslErrorKind::BadGuid
        | SaslErrorKind::BadMechanismList => line.len().min(command_len + 1),
        _ => 0,
    }
}
