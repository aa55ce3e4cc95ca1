//! Bytes received, cut into messages, and the file descriptors that came with them.

use alloc::vec;
use alloc::vec::Vec;
use core::ops::Range;

use barebus_wire::{DecodeError, frame_len};

use crate::error::FdsError;
use crate::ledger::MOST_FDS;

/// File descriptors that came with one read.
#[derive(Debug)]
struct Batch<F> {
    /// Where in the stream the read's bytes began and ended. The system ends a read behind the bytes that file descriptors were sent
    /// with, so they belong to a message that has bytes in the read.
    start: u64,
    end: u64,
    fds: vec::IntoIter<F>,
    /// The system had to drop some (MSG_CTRUNC).
    truncated: bool,
}

/// The receive buffer.
#[derive(Debug)]
pub(crate) struct Inbox<F> {
    /// Initialised to its end.
    bytes: Vec<u8>,
    /// First byte that was not taken yet: start <= end
    start: usize,
    /// end <= bytes.len()
    end: usize,
    /// Offset in the stream of the byte at `start`.
    position: u64,
    batches: Vec<Batch<F>>,
}

/// Bytes of the buffer at rest: as many as systems hand over in one read of a Unix socket, roughly. With all else that a
/// connection holds they stay within 64 KiB.
pub(crate) const ROOM: usize = 59 * 1024;

/// Bytes of the buffer while a connection is opened and its first calls are answered: programs that ask one question need no
/// more.
const FIRST_ROOM: usize = 4 * 1024;

/// Fewest bytes worth a read, once the buffer is not small itself.
const LEAST_ROOM: usize = 4 * 1024;

/// Most file descriptors that may wait for their message's end: two messages full of them.
const WAITING_FDS: usize = 2 * MOST_FDS as usize;

impl<F> Inbox<F> {
    pub(crate) fn new() -> Self {
        Self { bytes: Vec::new(), start: 0, end: 0, position: 0, batches: Vec::new() }
    }

    /// Whether the buffer has not yet the size that lasts.
    pub(crate) fn is_first(&self) -> bool {
        self.bytes.len() < ROOM
    }

    /// Room for a read, of an opening connection little. It grows with the bytes received, never with the bytes announced.
    pub(crate) fn room(&mut self, is_opening: bool) -> &mut [u8] {
        if self.start == self.end {
            self.start = 0;
            self.end = 0;
            if self.bytes.len() > 16 * ROOM {
                self.bytes = Vec::new();
            }
        }
        if self.is_first() {
            // A full buffer shows that much is coming.
            let is_enough = is_opening && self.end < FIRST_ROOM;
            let len = if is_enough { FIRST_ROOM } else { ROOM };
            if self.bytes.len() < len {
                self.grow(len);
            }
        }
        let least = LEAST_ROOM.min(self.bytes.len() / 4);
        if self.bytes.len() - self.end < least {
            if self.start >= least {
                self.bytes.copy_within(self.start..self.end, 0);
                self.end -= self.start;
                self.start = 0;
            }
            if self.bytes.len() - self.end < least {
                self.grow(self.bytes.len() + (self.bytes.len() / 2).max(ROOM));
            }
        }
        self.bytes.get_mut(self.end..).unwrap_or_default()
    }

    #[cold]
    fn grow(&mut self, len: usize) {
        self.bytes.reserve_exact(len.saturating_sub(self.bytes.len()));
        self.bytes.resize(len, 0);
    }

    /// That a read put `count` bytes into the room, and brought file descriptors. `false` when more of them wait than any
    /// message may have.
    #[must_use]
    pub(crate) fn filled(&mut self, count: usize, fds: Vec<F>, truncated: bool) -> bool {
        self.end = (self.end + count).min(self.bytes.len());
        if fds.is_empty() && !truncated {
            return true;
        }
        let end = self.position + (self.end - self.start) as u64;
        let start = end.saturating_sub(count as u64);
        self.batches.push(Batch { start, end, fds: fds.into_iter(), truncated });
        self.batches.iter().map(|batch| batch.fds.len()).sum::<usize>() <= WAITING_FDS
    }

    /// Whether file descriptors wait for their message.
    pub(crate) fn has_fds(&self) -> bool {
        !self.batches.is_empty()
    }

    /// Whether file descriptors came with bytes that were all taken already: they belong to nothing that follows.
    pub(crate) fn has_stray_fds(&self) -> bool {
        self.batches.first().is_some_and(|batch| batch.end <= self.position)
    }

    /// Bytes that were not taken yet.
    pub(crate) fn unread(&self) -> &[u8] {
        self.bytes.get(self.start..self.end).unwrap_or_default()
    }

    /// Takes `count` bytes that are no message: the authentication's.
    pub(crate) fn skip(&mut self, count: usize) {
        self.start = (self.start + count).min(self.end);
        self.position += count as u64;
    }

    /// The place of the next whole message.
    #[inline]
    pub(crate) fn frame(&self) -> Result<Option<Range<usize>>, DecodeError> {
        let unread = self.unread();
        Ok(frame_len(unread)?
            .filter(|len| *len <= unread.len())
            .map(|len| self.start..self.start + len))
    }

    /// The bytes of a message, also after it was taken, until the next [`room`](Self::room).
    #[inline]
    pub(crate) fn bytes(&self, place: Range<usize>) -> &[u8] {
        self.bytes.get(place).unwrap_or_default()
    }

    /// Takes the message at `place`, which is the next, and the file descriptors that came with it.
    #[inline]
    pub(crate) fn take(
        &mut self,
        place: &Range<usize>,
        announced: u32,
    ) -> Result<Vec<F>, FdsError> {
        self.start = place.end;
        self.position += (place.end - place.start) as u64;
        if self.batches.is_empty() && announced == 0 {
            return Ok(Vec::new());
        }
        self.take_fds(announced)
    }

    #[cold]
    fn take_fds(&mut self, announced: u32) -> Result<Vec<F>, FdsError> {
        let mut taken = Vec::new();
        let mut truncated = false;
        let mut surplus = 0;
        // What came with later reads alone is not this message's.
        while let Some(batch) = self.batches.first_mut().filter(|it| it.start < self.position) {
            while taken.len() < announced as usize {
                let Some(fd) = batch.fds.next() else { break };
                taken.push(fd);
            }
            let is_shared = batch.end > self.position;
            // Those that were cut off may have been this message's, if it has any.
            truncated |= batch.truncated && (announced != 0 || !is_shared);
            if is_shared {
                // Read no further: what is left came with bytes of later messages too.
                break;
            }
            surplus += batch.fds.len();
            self.batches.remove(0);
        }
        if truncated {
            return Err(FdsError::Truncated);
        }
        if announced > MOST_FDS {
            return Err(FdsError::TooMany { announced });
        }
        let received = taken.len() + surplus;
        if received != announced as usize {
            return Err(FdsError::Count { announced, received });
        }
        Ok(taken)
    }

    /// Another stream begins, or none follows.
    pub(crate) fn clear(&mut self) {
        *self = Self::new();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use barebus_wire::{Header, MessageBuf, MessageType, Serial};

    fn message(fds: u32) -> Vec<u8> {
        let mut header = Header::new(MessageType::MethodReturn, Serial::FIRST);
        header.reply_serial = Some(Serial::FIRST);
        header.unix_fds = fds;
        let mut buf = MessageBuf::new();
        buf.push(&header, &()).unwrap();
        buf.as_slice().to_vec()
    }

    fn feed(inbox: &mut Inbox<u8>, bytes: &[u8], fds: &[u8], truncated: bool) {
        inbox.room(false)[..bytes.len()].copy_from_slice(bytes);
        assert!(inbox.filled(bytes.len(), fds.to_vec(), truncated));
    }

    fn next(inbox: &mut Inbox<u8>, announced: u32) -> Option<Result<Vec<u8>, FdsError>> {
        let place = inbox.frame().unwrap()?;
        Some(inbox.take(&place, announced))
    }

    #[test]
    fn fds_belong_to_the_message_whose_bytes_they_came_with() {
        let (plain, with_fd) = (message(0), message(1));
        for at in 0..with_fd.len() {
            let mut inbox = Inbox::new();
            feed(&mut inbox, &plain, &[], false);
            feed(&mut inbox, &with_fd[..at], &[], false);
            feed(&mut inbox, &with_fd[at..=at], &[7], false);
            feed(&mut inbox, &with_fd[at + 1..], &[], false);
            feed(&mut inbox, &with_fd, &[], false);
            assert_eq!(next(&mut inbox, 0), Some(Ok(Vec::new())));
            assert_eq!(next(&mut inbox, 1), Some(Ok(alloc::vec![7])));
            let missing = FdsError::Count { announced: 1, received: 0 };
            assert_eq!(next(&mut inbox, 1), Some(Err(missing)));
            assert_eq!(next(&mut inbox, 0), None);
        }
    }

    #[test]
    fn fds_of_a_later_read_are_not_given_to_a_message_that_lacks_its_own() {
        let mut inbox = Inbox::new();
        feed(&mut inbox, &message(1), &[], false);
        feed(&mut inbox, &message(1), &[7], false);
        let missing = FdsError::Count { announced: 1, received: 0 };
        assert_eq!(next(&mut inbox, 1), Some(Err(missing)));
        assert_eq!(next(&mut inbox, 1), Some(Ok(alloc::vec![7])));
    }

    #[test]
    fn fds_that_no_header_announced_are_not_given_to_the_next_message() {
        let mut inbox = Inbox::new();
        feed(&mut inbox, &message(0), &[7], false);
        feed(&mut inbox, &message(1), &[8], false);
        assert_eq!(next(&mut inbox, 0), Some(Err(FdsError::Count { announced: 0, received: 1 })));
        assert_eq!(next(&mut inbox, 1), Some(Ok(alloc::vec![8])));
    }

    #[test]
    fn messages_written_together_share_their_fds_in_order() {
        let mut inbox = Inbox::new();
        let together = [message(1), message(0), message(2)].concat();
        feed(&mut inbox, &together, &[1, 2, 3], false);
        assert_eq!(next(&mut inbox, 1), Some(Ok(alloc::vec![1])));
        assert_eq!(next(&mut inbox, 0), Some(Ok(Vec::new())));
        assert_eq!(next(&mut inbox, 2), Some(Ok(alloc::vec![2, 3])));
    }

    #[test]
    fn truncated_fds_are_an_error_of_their_message() {
        let mut inbox = Inbox::new();
        feed(&mut inbox, &message(3), &[1], true);
        feed(&mut inbox, &message(0), &[], false);
        assert_eq!(next(&mut inbox, 3), Some(Err(FdsError::Truncated)));
        assert_eq!(next(&mut inbox, 0), Some(Ok(Vec::new())));
    }

    #[test]
    fn truncation_is_no_error_of_a_message_without_fds() {
        let mut inbox = Inbox::new();
        feed(&mut inbox, &[message(0), message(2)].concat(), &[1], true);
        assert_eq!(next(&mut inbox, 0), Some(Ok(Vec::new())));
        assert_eq!(next(&mut inbox, 2), Some(Err(FdsError::Truncated)));
    }

    #[test]
    fn more_fds_than_one_write_passes_are_refused() {
        let mut inbox = Inbox::new();
        let message = message(254);
        feed(&mut inbox, &message[..10], &[1; 250], false);
        feed(&mut inbox, &message[10..], &[2; 4], false);
        assert_eq!(next(&mut inbox, 254), Some(Err(FdsError::TooMany { announced: 254 })));
        assert!(!inbox.has_fds());
    }

    #[test]
    fn grows_with_what_was_received_only() {
        let mut inbox = Inbox::<u8>::new();
        let mut received = 0;
        // A header that announces 100 MiB.
        let header = [b'l', 2, 0, 1, 0, 0, 64, 6, 1, 0, 0, 0, 8, 0, 0, 0];
        feed(&mut inbox, &header, &[], false);
        for _ in 0..300 {
            let count = inbox.room(false).len().min(10_000);
            assert!(inbox.filled(count, Vec::new(), false));
            received += count;
            assert!(inbox.bytes.capacity() <= 2 * received + ROOM, "{received}");
        }
        assert_eq!(inbox.frame(), Ok(None));
    }
}
