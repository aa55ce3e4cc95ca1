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

use alloc::vec::Vec;

use barebus_wire::Serial;

use crate::error::FdsError;

/// Most file descriptors in one message: the kernel passes no more with one write (SCM_MAX_FD).
pub const MAX_FDS: u32 = 253;

/// Most received descriptors that may wait for the end of their message: two messages full of them.
const MAX_WAITING: usize = 2 * MAX_FDS as usize;

/// The bytes of one read that brought file descriptors.
#[derive(Clone, Copy, Debug)]
struct Batch {
    /// Position in the stream of the read's first byte, and of the byte after its last: start < end
    start: u64,
    end: u64,
    /// Descriptors that were not taken yet.
    count: usize,
    /// The system dropped some (MSG_CTRUNC).
    is_truncated: bool,
}

/// Received descriptors whose message is not complete yet.
#[derive(Debug)]
pub(crate) struct IncomingFds<F> {
    /// In the order of the stream.
    batches: Vec<Batch>,
    /// The descriptors of all batches, in order: fds.len() <= MAX_WAITING
    fds: Vec<F>,
}

impl<F> IncomingFds<F> {
    pub(crate) const fn new() -> Self {
        Self { batches: Vec::new(), fds: Vec::new() }
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
    pub(crate) fn push(
        &mut self,
        start: u64,
        end: u64,
        mut fds: Vec<F>,
        is_truncated: bool,
    ) -> bool {
        let count = fds.len();
        match self.batches.last_mut() {
            // One mark for neighbouring reads whose descriptors were all cut off: a peer can cause one for each byte that it sends.
            Some(last)
                if count == 0 && last.count == 0 && last.is_truncated && last.end == start =>
            {
                last.end = end;
            }
            _ => self.batches.push(Batch { start, end, count, is_truncated }),
        }
        self.fds.append(&mut fds);
        self.fds.len() <= MAX_WAITING
    }

    /// Takes the descriptors of the message that ends at `position`, whose header announces `announced` of them.
    #[cold]
    pub(crate) fn take(&mut self, position: u64, announced: u32) -> Result<Vec<F>, FdsError> {
        let mut received = 0;
        let mut is_truncated = false;
        // What came only with later reads is not this message's.
        for batch in self.batches.iter_mut().take_while(|batch| batch.start < position) {
            let is_shared = batch.end > position;
            // Cut-off descriptors may have been this message's, if it has any.
            is_truncated |= batch.is_truncated && (announced != 0 || !is_shared);
            // The rest of a shared batch came with bytes of later messages too.
            let most =
                if is_shared { (announced as usize).saturating_sub(received) } else { MAX_WAITING };
            let count = batch.count.min(most);
            batch.count -= count;
            received += count;
        }
        self.batches.retain(|batch| batch.end > position);
        let later = self.fds.split_off(received.min(self.fds.len()));
        let taken = core::mem::replace(&mut self.fds, later);
        if is_truncated {
            return Err(FdsError::Truncated);
        }
        check_announced(announced, received)?;
        Ok(taken)
    }
}

/// Checks that a header announces as many descriptors as came, and no more than a message may have.
pub(crate) const fn check_announced(announced: u32, received: usize) -> Result<(), FdsError> {
    if announced > MAX_FDS {
        return Err(FdsError::TooMany { announced });
    }
    if received != announced as usize {
        return Err(FdsError::Count { announced, received });
    }
    Ok(())
}

/// A message with descriptors that waits to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Carrier {
    pub(crate) serial: Serial,
    /// Offset in the queue of its first byte.
    pub(crate) at: usize,
    /// Its length in bytes.
    pub(crate) len: usize,
    /// Its descriptors.
    count: usize,
}

/// Descriptors that wait to be written.
#[derive(Debug)]
pub(crate) struct OutgoingFds<F> {
    /// Their messages, in order.
    carriers: Vec<Carrier>,
    /// The descriptors of all messages, in order.
    fds: Vec<F>,
}

impl<F> OutgoingFds<F> {
    pub(crate) const fn new() -> Self {
        Self { carriers: Vec::new(), fds: Vec::new() }
    }

    /// Attaches `fds` to the message of `len` bytes at offset `at`.
    pub(crate) fn push(&mut self, at: usize, len: usize, serial: Serial, mut fds: Vec<F>) {
        self.carriers.push(Carrier { serial, at, len, count: fds.len() });
        self.fds.append(&mut fds);
    }

    /// The descriptors that leave with the byte at `at`, and where the write must end: before the next message that has some.
    pub(crate) fn next(&self, at: usize) -> (&[F], Option<usize>) {
        match &*self.carriers {
            [first, rest @ ..] if first.at == at => {
                let fds = self.fds.get(..first.count).unwrap_or_default();
                (fds, rest.first().map(|next| next.at))
            }
            [first, ..] => (&[], Some(first.at)),
            [] => (&[], None),
        }
    }

    /// Whether the message at `at` has descriptors.
    pub(crate) fn is_next(&self, at: usize) -> bool {
        self.carriers.first().is_some_and(|first| first.at == at)
    }

    /// Takes out the first message with descriptors, and closes them.
    pub(crate) fn pop(&mut self) -> Option<Carrier> {
        self.carriers.first()?;
        let first = self.carriers.remove(0);
        self.fds.drain(..first.count.min(self.fds.len()));
        Some(first)
    }

    /// `count` bytes of the queue before the first message with descriptors are gone.
    pub(crate) fn shift(&mut self, count: usize) {
        self.carriers.iter_mut().for_each(|carrier| carrier.at -= count);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_may_announce_253_descriptors_and_no_more() {
        assert_eq!(check_announced(253, 253), Ok(()));
        assert_eq!(check_announced(254, 254), Err(FdsError::TooMany { announced: 254 }));
    }

    #[test]
    fn two_messages_full_of_descriptors_may_wait_and_no_more() {
        let mut fds = IncomingFds::new();
        assert!(fds.push(0, 10, alloc::vec![1_u8; 506], false));
        assert!(!fds.push(10, 20, alloc::vec![1_u8], false));
    }

    #[test]
    fn descriptors_of_consumed_bytes_are_stray() {
        let mut fds = IncomingFds::new();
        assert!(!fds.has_stray(0));
        assert!(fds.push(10, 20, alloc::vec![1_u8], false));
        assert!(!fds.has_stray(19));
        assert!(fds.has_stray(20));
    }

    #[test]
    fn only_neighbouring_marks_without_descriptors_are_joined() {
        // Of the read before: descriptors, cut off, end. Of this one: start, descriptors.
        for (count, is_cut, end, start, next, batches) in [
            (0, true, 20, 20, 0, 1),
            (1, true, 20, 20, 0, 2),
            (0, false, 20, 20, 0, 2),
            (0, true, 20, 21, 0, 2),
            (0, true, 20, 20, 1, 2),
        ] {
            let mut fds = IncomingFds::new();
            assert!(fds.push(10, end, alloc::vec![1_u8; count], is_cut));
            assert!(fds.push(start, 30, alloc::vec![2_u8; next], true));
            assert_eq!(fds.batches.len(), batches, "{count} {is_cut} {end} {start} {next}");
        }
    }

    #[test]
    fn what_is_cut_off_before_a_message_with_descriptors_is_not_its_loss_if_it_has_none() {
        let mut fds = IncomingFds::new();
        // The read goes on after the message's end.
        assert!(fds.push(0, 20, alloc::vec![1_u8], true));
        assert_eq!(fds.take(10, 0), Ok(Vec::new()));
        // The read ends with the message.
        assert_eq!(fds.take(20, 0), Err(FdsError::Truncated));
        assert!(fds.is_empty());
    }
}
