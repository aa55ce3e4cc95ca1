//! File descriptors: which message each belongs to, in both directions.
//!
//! The contract, on Unix sockets:
//!
//! - Descriptors leave with the first byte of their message. A write never begins before such a message and goes past its first
//!   byte's message boundary into another message with descriptors, so no read can mix two messages' descriptors.
//! - A read returns at most the bytes up to the end of the write that carried its descriptors. So descriptors that came with a read
//!   belong to a message that has bytes in that read: each such message takes as many as its header announces, in order.
//! - A message whose descriptors are not exactly those that its UNIX_FDS field announces is refused, and its descriptors are
//!   closed. The connection goes on: no descriptor is ever given to another message.
//! - Descriptors are owned: whoever drops the `F` closes it.

use alloc::vec;
use alloc::vec::Vec;

use barebus_wire::Serial;

use crate::error::FdsError;

/// Most file descriptors in one message: the kernel passes no more with one write (SCM_MAX_FD).
pub const MAX_FDS: u32 = 253;

/// Most received descriptors that may wait for the end of their message: two messages full of them.
const MAX_WAITING: usize = 2 * MAX_FDS as usize;

/// File descriptors that came with one read.
#[derive(Debug)]
struct Batch<F> {
    /// Position in the stream of the read's first byte, and of the byte behind its last: start < end
    start: u64,
    end: u64,
    fds: vec::IntoIter<F>,
    /// The system dropped some (MSG_CTRUNC).
    is_truncated: bool,
}

/// Received descriptors whose message is not complete yet.
#[derive(Debug)]
pub(crate) struct IncomingFds<F> {
    /// In the order of the stream.
    batches: Vec<Batch<F>>,
    /// Descriptors in all batches: waiting <= MAX_WAITING
    waiting: usize,
}

impl<F> IncomingFds<F> {
    pub(crate) const fn new() -> Self {
        Self { batches: Vec::new(), waiting: 0 }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.batches.is_empty()
    }

    #[cfg(test)]
    pub(crate) fn batches_for_tests(&self) -> usize {
        self.batches.len()
    }

    /// Whether a batch belongs only to bytes before `position`, which were consumed without taking it.
    pub(crate) fn has_stray(&self, position: u64) -> bool {
        self.batches.first().is_some_and(|batch| batch.end <= position)
    }

    /// Adds what came with the read of the bytes from `start` to `end`. `false` when more descriptors wait than messages may have.
    #[cold]
    #[must_use]
    pub(crate) fn push(&mut self, start: u64, end: u64, fds: Vec<F>, is_truncated: bool) -> bool {
        // One mark for neighbouring reads whose descriptors were all cut off: a peer can cause one for each byte that it sends.
        if let Some(last) = self.batches.last_mut() {
            if fds.is_empty() && last.fds.len() == 0 && last.is_truncated && last.end == start {
                last.end = end;
                return true;
            }
        }
        self.waiting += fds.len();
        self.batches.push(Batch { start, end, fds: fds.into_iter(), is_truncated });
        self.waiting <= MAX_WAITING
    }

    /// Takes the descriptors of the message that ends at `position`, whose header announces `announced` of them.
    #[cold]
    pub(crate) fn take(&mut self, position: u64, announced: u32) -> Result<Vec<F>, FdsError> {
        let mut taken = Vec::new();
        let mut is_truncated = false;
        let mut surplus = 0;
        // What came only with later reads is not this message's.
        while let Some(batch) = self.batches.first_mut().filter(|it| it.start < position) {
            while taken.len() < announced as usize {
                let Some(fd) = batch.fds.next() else { break };
                taken.push(fd);
            }
            let is_shared = batch.end > position;
            // Cut-off descriptors may have been this message's, if it has any.
            is_truncated |= batch.is_truncated && (announced != 0 || !is_shared);
            if is_shared {
                // The rest came with bytes of later messages too.
                break;
            }
            surplus += batch.fds.len();
            self.batches.remove(0);
        }
        self.waiting -= taken.len() + surplus;
        if is_truncated {
            return Err(FdsError::Truncated);
        }
        if announced > MAX_FDS {
            return Err(FdsError::TooMany { announced });
        }
        let received = taken.len() + surplus;
        if received != announced as usize {
            return Err(FdsError::Count { announced, received });
        }
        Ok(taken)
    }
}

/// Descriptors of one message that waits to be written.
#[derive(Debug)]
struct Attached<F> {
    /// Offset in the queue of their message's first byte.
    at: usize,
    /// Bytes of their message.
    len: usize,
    serial: Serial,
    fds: Vec<F>,
}

/// A message with descriptors that was taken out of the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Withdrawn {
    pub(crate) serial: Serial,
    /// Where in the queue it began, and its length in bytes.
    pub(crate) at: usize,
    pub(crate) len: usize,
}

/// Descriptors that wait to be written, in the order of their messages.
#[derive(Debug)]
pub(crate) struct OutgoingFds<F> {
    attached: Vec<Attached<F>>,
}

impl<F> OutgoingFds<F> {
    pub(crate) const fn new() -> Self {
        Self { attached: Vec::new() }
    }

    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.attached.is_empty()
    }

    /// Attaches `fds` to the message of `len` bytes at offset `at`.
    #[cold]
    pub(crate) fn push(&mut self, at: usize, len: usize, serial: Serial, fds: Vec<F>) {
        self.attached.push(Attached { at, len, serial, fds });
    }

    /// The descriptors that leave with the byte at `at`, and where the write must end: before the next message that has some.
    pub(crate) fn next(&self, at: usize) -> (&[F], Option<usize>) {
        match &*self.attached {
            [first, rest @ ..] if first.at == at => (&first.fds, rest.first().map(|next| next.at)),
            [first, ..] => (&[], Some(first.at)),
            [] => (&[], None),
        }
    }

    /// Whether the message at `at` has descriptors.
    pub(crate) fn is_next(&self, at: usize) -> bool {
        self.attached.first().is_some_and(|first| first.at == at)
    }

    /// Drops the first message's descriptors: they were written.
    #[cold]
    pub(crate) fn pop(&mut self) {
        self.attached.remove(0);
    }

    /// Takes out the first message with descriptors.
    #[cold]
    pub(crate) fn withdraw(&mut self) -> Option<Withdrawn> {
        self.attached.first()?;
        let Attached { at, len, serial, .. } = self.attached.remove(0);
        self.attached.iter_mut().for_each(|later| later.at -= len);
        Some(Withdrawn { serial, at, len })
    }

    /// The first `count` bytes of the queue are gone.
    pub(crate) fn shift(&mut self, count: usize) {
        self.attached.iter_mut().for_each(|attached| attached.at -= count);
    }
}
