//! Messages that wait for being written, and the file descriptors that leave with them.

use alloc::vec::Vec;

use barebus_wire::{EncodeBody, EncodeError, Header, MessageBuf, Serial};

/// File descriptors of one message.
#[derive(Debug)]
struct Parcel<F> {
    /// Offset in `messages` of the first byte of their message.
    at: usize,
    /// Bytes of their message.
    len: usize,
    serial: Serial,
    fds: Vec<F>,
}

/// The queue of bytes to be written.
#[derive(Debug)]
pub(crate) struct Outbox<F> {
    messages: MessageBuf,
    /// Bytes that were written already: sent <= messages.len()
    sent: usize,
    /// Bytes that `messages` has held at once, since it was new.
    most: usize,
    parcels: Vec<Parcel<F>>,
    /// Until authentication is over, bytes that were written are kept, so that they can be written again on another stream,
    /// and messages with file descriptors wait for the server to agree to them.
    unsettled: bool,
}

impl<F> Outbox<F> {
    pub(crate) fn new() -> Self {
        Self { messages: MessageBuf::new(), sent: 0, most: 0, parcels: Vec::new(), unsettled: true }
    }

    /// Bytes that wait.
    pub(crate) fn queued(&self) -> usize {
        self.messages.len() - self.sent
    }

    /// Marshals a message into the queue.
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
        if !fds.is_empty() {
            self.parcels.push(Parcel { at, len, serial: header.serial, fds });
        }
        Ok(())
    }

    /// Appends a part of a marshalled message without descriptors.
    pub(crate) fn extend(&mut self, bytes: &[u8]) {
        self.messages.extend(bytes);
        self.most = self.most.max(self.messages.len());
    }

    /// What to write now, with the file descriptors that go with its first byte. Never more than up to the next message that
    /// has some: else they would arrive together with another message's bytes.
    #[inline]
    pub(crate) fn output(&self) -> (&[u8], &[F]) {
        if self.parcels.is_empty() {
            return (self.messages.as_slice().get(self.sent..).unwrap_or_default(), &[]);
        }
        self.output_with_fds()
    }

    #[cold]
    fn output_with_fds(&self) -> (&[u8], &[F]) {
        let bytes = self.messages.as_slice();
        let mut parcels = self.parcels.iter();
        let first = parcels.next();
        let (fds, end) = match first {
            Some(parcel) if parcel.at == self.sent && !self.unsettled => {
                (&*parcel.fds, parcels.next().map(|next| next.at))
            }
            Some(parcel) => (&[][..], Some(parcel.at)),
            None => (&[][..], None),
        };
        (bytes.get(self.sent..end.unwrap_or(bytes.len())).unwrap_or_default(), fds)
    }

    /// That the first `count` bytes of [`output`](Self::output) were written. File descriptors that went along are closed.
    pub(crate) fn advance(&mut self, count: usize) {
        if count == 0 {
            return;
        }
        if !self.unsettled && self.parcels.first().is_some_and(|parcel| parcel.at == self.sent) {
            self.parcels.remove(0);
        }
        self.sent = (self.sent + count).min(self.messages.len());
        if !self.unsettled {
            self.drop_sent();
        }
    }

    /// Authentication is over: what was written will not be written again.
    pub(crate) fn settle(&mut self) {
        self.unsettled = false;
        self.drop_sent();
    }

    /// Everything will be written again, on another stream.
    pub(crate) fn rewind(&mut self) {
        self.sent = 0;
        self.unsettled = true;
    }

    /// Takes a message with file descriptors that was not begun to be written out of the queue.
    pub(crate) fn withdraw_fds(&mut self) -> Option<Serial> {
        self.parcels.first()?;
        let parcel = self.parcels.remove(0);
        let mut kept = MessageBuf::new();
        let bytes = self.messages.as_slice();
        kept.extend(bytes.get(..parcel.at).unwrap_or_default());
        kept.extend(bytes.get(parcel.at + parcel.len..).unwrap_or_default());
        self.messages = kept;
        self.parcels.iter_mut().for_each(|later| later.at -= parcel.len);
        Some(parcel.serial)
    }

    /// Takes the message that is next to be written out of the queue, if it has file descriptors.
    pub(crate) fn withdraw_next_fds(&mut self) -> Option<Serial> {
        let is_next = self.parcels.first().is_some_and(|parcel| parcel.at == self.sent);
        if is_next && !self.unsettled { self.withdraw_fds() } else { None }
    }

    /// The connection has ended.
    pub(crate) fn clear(&mut self) {
        self.messages = MessageBuf::new();
        self.sent = 0;
        self.parcels.clear();
    }

    fn drop_sent(&mut self) {
        if self.sent == self.messages.len() {
            if self.most > MOST_AT_REST {
                self.messages = MessageBuf::new();
                self.most = 0;
            }
            self.messages.clear();
        } else if self.sent >= KEPT && self.sent * 2 >= self.messages.len() {
            // Half of the buffer at least: each byte is moved once on average.
            self.messages.consume(self.sent);
        } else {
            return;
        }
        self.parcels.iter_mut().for_each(|parcel| parcel.at -= self.sent);
        self.sent = 0;
    }
}

/// Written bytes that may stay in the buffer, so that they need not be moved after every write.
const KEPT: usize = 64 * 1024;

/// After messages of more bytes the buffer is given back.
const MOST_AT_REST: usize = 1024 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    fn outbox(messages: &[(&[u8], &[u8])]) -> Outbox<u8> {
        let mut outbox = Outbox::new();
        for (index, (bytes, fds)) in messages.iter().enumerate() {
            let serial = Serial::new(u32::try_from(index).unwrap() + 1).unwrap();
            let at = outbox.messages.len();
            outbox.messages.extend(bytes);
            if !fds.is_empty() {
                let parcel = Parcel { at, len: bytes.len(), serial, fds: fds.to_vec() };
                outbox.parcels.push(parcel);
            }
        }
        outbox
    }

    #[test]
    fn fds_leave_once_with_the_first_byte_of_their_message() {
        let mut outbox = outbox(&[(b"aa", &[]), (b"bbb", &[1, 2]), (b"c", &[]), (b"dd", &[3])]);
        outbox.settle();
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
    fn until_settled_fds_wait_and_bytes_can_be_written_again() {
        let mut outbox = outbox(&[(b"aa", &[]), (b"bbb", &[1])]);
        outbox.advance(2);
        assert_eq!(outbox.output(), (&b""[..], &[][..]));
        outbox.rewind();
        assert_eq!(outbox.output(), (&b"aa"[..], &[][..]));
        outbox.advance(2);
        outbox.settle();
        assert_eq!(outbox.output(), (&b"bbb"[..], &[1][..]));
    }

    #[test]
    fn messages_with_fds_can_be_withdrawn() {
        let mut outbox = outbox(&[(b"aa", &[]), (b"bbb", &[1]), (b"cc", &[]), (b"d", &[2])]);
        outbox.advance(1);
        assert_eq!(outbox.withdraw_fds(), Serial::new(2));
        assert_eq!(outbox.withdraw_fds(), Serial::new(4));
        assert_eq!(outbox.withdraw_fds(), None);
        outbox.settle();
        assert_eq!(outbox.output(), (&b"acc"[..], &[][..]));
    }
}
