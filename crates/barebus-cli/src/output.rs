//! The standard output.

use std::cell::RefCell;
use std::io::{self, BufWriter, Read, StdoutLock, Write};
use std::rc::Rc;

/// The standard output, buffered until the program waits for input.
#[derive(Clone)]
pub(crate) struct Output(Rc<RefCell<BufWriter<StdoutLock<'static>>>>);

impl Output {
    pub(crate) fn new() -> Self {
        let out = BufWriter::with_capacity(BUFFER_LEN, io::stdout().lock());
        Self(Rc::new(RefCell::new(out)))
    }

    /// Writes a line.
    pub(crate) fn line(&self, line: impl std::fmt::Display) -> io::Result<()> {
        writeln!(self.0.borrow_mut(), "{line}")
    }

    /// Writes bytes.
    pub(crate) fn bytes(&self, bytes: &[u8]) -> io::Result<()> {
        self.0.borrow_mut().write_all(bytes)
    }

    /// Writes everything that is buffered.
    pub(crate) fn flush(&self) -> io::Result<()> {
        self.0.borrow_mut().flush()
    }

    /// Wraps a reader: the output is flushed before each read, because the process that writes the input may wait for an answer.
    ///
    /// If flushing fails, reading fails with the same error, and so does [`Self::flush`] afterwards.
    pub(crate) fn before<R: Read>(&self, reader: R) -> Answering<R> {
        Answering { reader, out: self.clone() }
    }
}

pub(crate) struct Answering<R> {
    reader: R,
    out: Output,
}

impl<R: Read> Read for Answering<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.out.flush()?;
        self.reader.read(buf)
    }
}

/// Size in bytes of the output and input buffers.
pub(crate) const BUFFER_LEN: usize = 64 * 1024;
