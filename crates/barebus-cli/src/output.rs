//! The standard output.

use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};

/// The standard output: buffered, but for people line by line.
pub(crate) struct Output {
    out: BufWriter<StdoutLock<'static>>,
    is_terminal: bool,
}

impl Output {
    pub(crate) fn new() -> Self {
        let is_terminal = io::stdout().is_terminal();
        Self { out: BufWriter::with_capacity(BUFFER_LEN, io::stdout().lock()), is_terminal }
    }

    pub(crate) const fn is_terminal(&self) -> bool {
        self.is_terminal
    }

    /// Writes a line.
    pub(crate) fn line(&mut self, line: impl std::fmt::Display) -> io::Result<()> {
        writeln!(self.out, "{line}")?;
        // Somebody may be looking on as the messages come in.
        if self.is_terminal { self.out.flush() } else { Ok(()) }
    }

    /// Writes bytes.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.write_all(bytes)
    }

    /// Sees to it that all has been written: only then it can be told whether it could be.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.out.flush()
    }
}

const BUFFER_LEN: usize = 64 * 1024;
