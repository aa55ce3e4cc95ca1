//! Messages that wait to be written.

use alloc::vec::Vec;

use barebus_wire::{EncodeBody, EncodeError, Header, MessageBuf, Serial};

use crate::fds::{Carrier, OutgoingFds};

/// The queue of bytes to be written, and the file descriptors that leave with them.
#[derive(Debug)]
pub(crate) struct Outbox<F> {
    messages: MessageBuf,
    /// Bytes that were written: sent <= messages.len()
    sent: usize,
    /// Most bytes that `messages` has held at once since it was made.
    most: usize,
    fds: OutgoingFds<F>,
    /// Set before the first message with file descriptors is pushed.
    fd_passing: Option<FdPassing<F>>,
    /// Authentication is over. Until then written bytes are kept, because they may have to be written again on another stream, and
    /// messages with file descriptors wait until the server has agreed to take them.
    is_authenticated: bool,
}

/// Bytes, and the file descriptors that go with the first of them.
type BytesAndFds<'a, F> = (&'a [u8], &'a [F]);

/// What is done about file descriptors. Functions that are set when they are needed: programs that send none do not link them.
#[derive(Debug)]
struct FdPassing<F> {
    attach: fn(&mut Outbox<F>, at: usize, len: usize, Serial, Vec<F>),
    output: fn(&Outbox<F>) -> BytesAndFds<'_, F>,
    written: fn(&mut Outbox<F>),
}

impl<F> Outbox<F> {
    pub(crate) fn new() -> Self {
        Self {
            messages: MessageBuf::new(),
            sent: 0,
            most: 0,
            fds: OutgoingFds::new(),
            fd_passing: None,
            is_authenticated: false,
        }
    }

    /// Bytes that wait.
    pub(crate) fn queued(&self) -> usize {
        self.messages.len() - self.sent
    }

    /// Prepares for messages with file descriptors.
    pub(crate) fn pass_fds(&mut self) {
        self.fd_passing = Some(FdPassing {
            attach: |outbox, at, len, serial, fds| outbox.fds.push(at, len, serial, fds),
            output: Self::output_with_fds,
            written: Self::fds_written,
        });
    }

    /// Marshals a message into the queue. Its file descriptors were [prepared](Self::pass_fds) for.
    #[inline]
    pub(crate) fn push(
        &mut self,
        header: &Header<'_>,
        body: &dyn EncodeBody,
        fds: Vec<F>,
    ) -> Result<(), EncodeError> {
        let at = self.messages.len();
        let len = self.messages.push(header, body)?;
        self.most = self.most.max(self.messages.len());
        if let (Some(passing), false) = (&self.fd_passing, fds.is_empty()) {
            (passing.attach)(self, at, len, header.serial, fds);
        }
        Ok(())
    }

    /// Appends a part of a marshalled message without descriptors.
    pub(crate) fn extend(&mut self, bytes: &[u8]) {
        self.messages.extend(bytes);
        self.most = self.most.max(self.messages.len());
    }

    /// What to write now, with the file descriptors that go with its first byte.
    #[inline]
    pub(crate) fn output(&self) -> BytesAndFds<'_, F> {
        let bytes = self.messages.as_slice();
        match &self.fd_passing {
            Some(passing) => (passing.output)(self),
            None => (bytes.get(self.sent..).unwrap_or_default(), &[]),
        }
    }

    fn output_with_fds(&self) -> BytesAndFds<'_, F> {
        let bytes = self.messages.as_slice();
        // An offset that no message has: descriptors wait for the end of authentication.
        let at = if self.is_authenticated { self.sent } else { usize::MAX };
        let (fds, end) = self.fds.next(at);
        (bytes.get(self.sent..end.unwrap_or(bytes.len())).unwrap_or_default(), fds)
    }

    /// The first `count` bytes of [`output`](Self::output) were written. File descriptors that went along are closed.
    pub(crate) fn advance(&mut self, count: usize) {
        if count == 0 {
            return;
        }
        if let Some(passing) = &self.fd_passing {
            (passing.written)(self);
        }
        self.sent = (self.sent + count).min(self.messages.len());
        if self.is_authenticated {
            self.drop_sent();
        }
    }

    fn fds_written(&mut self) {
        if self.is_next_with_fds() {
            self.fds.pop();
        }
    }

    /// Whether the message that is to be written next has file descriptors.
    fn is_next_with_fds(&self) -> bool {
        self.is_authenticated && self.fds.is_next(self.sent)
    }

    /// Authentication is over: what was written is never written again.
    pub(crate) fn authenticated(&mut self) {
        self.is_authenticated = true;
        self.drop_sent();
    }

    /// Everything is written again, on another stream.
    pub(crate) fn rewind(&mut self) {
        self.sent = 0;
        self.is_authenticated = false;
    }

    /// Takes the message that is to be written next out of the queue, if it has file descriptors.
    pub(crate) fn withdraw_next_fds(&mut self) -> Option<Serial> {
        if self.is_next_with_fds() { self.withdraw_fds() } else { None }
    }

    /// Takes the first message with file descriptors out of the queue. None of its bytes may have been written.
    pub(crate) fn withdraw_fds(&mut self) -> Option<Serial> {
        let Carrier { serial, at, len, .. } = self.fds.pop()?;
        self.fds.shift(len);
        let mut kept = MessageBuf::new();
        let bytes = self.messages.as_slice();
        kept.extend(bytes.get(..at).unwrap_or_default());
        kept.extend(bytes.get(at + len..).unwrap_or_default());
        self.messages = kept;
        Some(serial)
    }

    /// Drops everything; file descriptors are closed.
    pub(crate) fn clear(&mut self) {
        self.messages = MessageBuf::new();
        self.sent = 0;
        self.fds = OutgoingFds::new();
    }

    fn drop_sent(&mut self) {
        if self.sent == self.messages.len() {
            if self.most > MAX_AT_REST {
                self.messages = MessageBuf::new();
                self.most = 0;
            }
            self.messages.clear();
        } else if self.sent >= MIN_MOVED && self.sent * 2 >= self.messages.len() {
            // At least half of the buffer is gone: each byte is moved once on average.
            self.messages.consume(self.sent);
        } else {
            return;
        }
        self.fds.shift(self.sent);
        self.sent = 0;
    }
}

/// Written bytes stay in the buffer up to this count, so that the rest is not moved after every write.
const MIN_MOVED: usize = 64 * 1024;

/// A buffer that held more bytes than this is freed once it is empty.
const MAX_AT_REST: usize = 1024 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    fn outbox(messages: &[(&[u8], &[u8])]) -> Outbox<u8> {
        let mut outbox = Outbox::new();
        outbox.pass_fds();
        for (index, (bytes, fds)) in messages.iter().enumerate() {
            let serial = Serial::new(u32::try_from(index).unwrap() + 1).unwrap();
            let at = outbox.messages.len();
            outbox.messages.extend(bytes);
            if !fds.is_empty() {
                outbox.fds.push(at, bytes.len(), serial, fds.to_vec());
            }
        }
        outbox
    }

    #[test]
    fn fds_leave_once_with_the_first_byte_of_their_message() {
        let mut outbox = outbox(&[(b"aa", &[]), (b"bbb", &[1, 2]), (b"c", &[]), (b"dd", &[3])]);
        outbox.authenticated();
        assert_eq!(outbox.output(), (&b"aa"[..], &[][..]));
        outbox.advance(1);
        assert_eq!(outbox.output(), (&b"a"[..], &[][..]));
        outbox.advance(1);
        assert_eq!(outbox.output(), (&b"bbbc"[..], &[1, 2][..]));
        outbox.advance(1);
        assert_eq!(outbox.output(), (&b"bbc"[..], &[][..]));
        outbox.advance(3);
        assert_eq!(outbox.output(), (&b"dd"[..], &[3][..]));
        outbox.advance(2);
        assert_eq!((outbox.output(), outbox.queued()), ((&b""[..], &[][..]), 0));
    }

    #[test]
    fn until_authenticated_fds_wait_and_bytes_can_be_written_again() {
        let mut outbox = outbox(&[(b"aa", &[]), (b"bbb", &[1])]);
        outbox.advance(2);
        assert_eq!(outbox.output(), (&b""[..], &[][..]));
        outbox.rewind();
        assert_eq!(outbox.output(), (&b"aa"[..], &[][..]));
        outbox.advance(2);
        outbox.authenticated();
        assert_eq!(outbox.output(), (&b"bbb"[..], &[1][..]));
    }

    #[test]
    fn written_bytes_are_dropped_once_they_are_half_of_a_large_queue_or_all_of_it() {
        const KIB: usize = 1024;
        // Bytes that were queued and written, and those that stay in the buffer.
        for (queued, written, kept) in [
            (100, 99, 100),
            (100, 100, 0),
            (64 * KIB, 64 * KIB - 1, 64 * KIB),
            (128 * KIB, 64 * KIB - 1, 128 * KIB),
            (128 * KIB, 64 * KIB, 64 * KIB),
            (128 * KIB + 1, 64 * KIB, 128 * KIB + 1),
            (128 * KIB + 1, 128 * KIB + 1, 0),
        ] {
            let mut outbox = Outbox::<u8>::new();
            outbox.authenticated();
            outbox.extend(&alloc::vec![b'a'; queued]);
            outbox.advance(written);
            assert_eq!(outbox.messages.len(), kept, "{written} of {queued}");
            assert_eq!(outbox.queued(), queued - written, "{written} of {queued}");
            assert_eq!(outbox.output().0.len(), queued - written, "{written} of {queued}");
        }
    }

    #[test]
    fn messages_with_fds_can_be_withdrawn() {
        let mut outbox = outbox(&[(b"aa", &[]), (b"bbb", &[1]), (b"cc", &[]), (b"d", &[2])]);
        outbox.advance(1);
        assert_eq!(outbox.withdraw_fds(), Serial::new(2));
        assert_eq!(outbox.withdraw_fds(), Serial::new(4));
        assert_eq!(outbox.withdraw_fds(), None);
        outbox.authenticated();
        assert_eq!(outbox.output(), (&b"acc"[..], &[][..]));
    }
}
