//! The standard output of verbs that run until they are interrupted: it is written when it takes bytes, and what it does not take waits in
//! memory, so that receiving goes on.

use std::fmt;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::stat::{SFlag, fstat};
use nix::unistd::write;

use super::interrupt::Interrupt;

/// Output that waits until the reader takes it.
#[derive(Debug)]
pub(crate) struct Ahead {
    out: io::Stdout,
    interrupt: Interrupt,
    /// What waits: `start <= pending.len()`
    pending: Vec<u8>,
    start: usize,
    /// Bytes that can be written without blocking once poll(2) reports the output as writable.
    step: usize,
    /// An error of [`fmt::Write`], which has no place for it.
    failed: Option<io::Error>,
}

/// Bytes that may wait before receiving stops: then the bus keeps the messages. Small, because the bus has more room than we need.
const LIMIT: usize = 2 << 20;

/// Bytes after which a single message is written even if that blocks: its text can be many times longer than the message.
const MESSAGE_LIMIT: usize = 2 * LIMIT;

/// A pipe that is writable takes this many bytes without blocking: PIPE_BUF, see pipe(7).
const PIPE_STEP: usize = 4096;

/// Writes of a file never wait for a reader.
const FILE_STEP: usize = 1 << 20;

impl Ahead {
    pub(crate) fn new(interrupt: Interrupt) -> Self {
        let out = io::stdout();
        let kind = fstat(&out).map_or(0, |stat| stat.st_mode) & SFlag::S_IFMT.bits();
        let step = if kind == SFlag::S_IFREG.bits() { FILE_STEP } else { PIPE_STEP };
        Self { out, interrupt, pending: Vec::new(), start: 0, step, failed: None }
    }

    pub(crate) const fn interrupt(&mut self) -> &mut Interrupt {
        &mut self.interrupt
    }

    /// Readable when a signal has arrived.
    pub(crate) fn signals(&self) -> BorrowedFd<'_> {
        self.interrupt.as_fd()
    }

    /// What is to be written, to append to.
    pub(crate) const fn bytes(&mut self) -> &mut Vec<u8> {
        &mut self.pending
    }

    /// Whether something waits.
    pub(crate) fn is_pending(&self) -> bool {
        self.start < self.pending.len()
    }

    /// Whether receiving should stop until the output has taken something.
    pub(crate) fn is_full(&self) -> bool {
        self.pending.len() - self.start >= LIMIT
    }

    /// Writes what the output takes without blocking.
    pub(crate) fn write_ready(&mut self) -> io::Result<()> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        while self.is_pending() && (self.step == FILE_STEP || is_writable(self.out.as_fd())?) {
            self.write_step()?;
        }
        self.compact();
        Ok(())
    }

    /// Writes everything at the end of the program, however long the reader takes.
    ///
    /// # Errors
    /// Writing fails, or a signal arrives while the reader takes nothing.
    pub(crate) fn write_last(&mut self) -> io::Result<()> {
        self.interrupt.begin_finish();
        self.write_all()
    }

    /// Writes everything. The first signal is noted, the second one ends the wait.
    fn write_all(&mut self) -> io::Result<()> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        while self.is_pending() {
            if self.step == FILE_STEP || self.wait_writable()? {
                self.write_step()?;
            } else {
                self.interrupt.take()?;
            }
        }
        self.compact();
        Ok(())
    }

    fn write_step(&mut self) -> io::Result<()> {
        let waiting = self.pending.get(self.start..).unwrap_or_default();
        let step = waiting.get(..self.step).unwrap_or(waiting);
        match write(&self.out, step) {
            Ok(count) => self.start += count,
            // An output that somebody else made non-blocking.
            Err(Errno::EINTR | Errno::EAGAIN) => {}
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    /// Waits until the output takes something, or until a signal arrives: then it returns `false`.
    fn wait_writable(&self) -> io::Result<bool> {
        let (out, interrupt) = (self.out.as_fd(), self.interrupt.as_fd());
        let mut asked =
            [PollFd::new(out, PollFlags::POLLOUT), PollFd::new(interrupt, PollFlags::POLLIN)];
        match poll(&mut asked, PollTimeout::NONE) {
            Ok(_) => Ok(asked[0].any().unwrap_or(true)),
            Err(Errno::EINTR) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Frees the room of what was written.
    fn compact(&mut self) {
        if !self.is_pending() {
            self.start = 0;
            self.pending.clear();
            // A long message may have enlarged it.
            self.pending.shrink_to(MESSAGE_LIMIT);
        } else if self.start >= self.pending.len() / 2 {
            self.pending.drain(..self.start);
            self.start = 0;
        }
    }
}

impl AsFd for Ahead {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.out.as_fd()
    }
}

impl fmt::Write for Ahead {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.pending.extend_from_slice(text.as_bytes());
        if self.pending.len() - self.start < MESSAGE_LIMIT {
            return Ok(());
        }
        self.write_all().map_err(|error| {
            self.failed = Some(error);
            fmt::Error
        })
    }
}

fn is_writable(out: BorrowedFd<'_>) -> io::Result<bool> {
    let mut asked = [PollFd::new(out, PollFlags::POLLOUT)];
    match poll(&mut asked, PollTimeout::ZERO) {
        Ok(count) => Ok(count > 0),
        Err(Errno::EINTR) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
