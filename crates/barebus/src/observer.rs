//! Observing a connection: what sees each message that is sent or received.

use std::fmt;
use std::time::SystemTime;

use barebus_session::{HandshakeAttempts, Session};
use barebus_wire::{DecodeError, Message, frame_len};

use crate::connection::Connection;
use crate::sys::{self, Descriptor};

/// A message that a connection has sent or received, as its [observer](Connection::observe) sees it.
///
/// ```no_run
/// use barebus::{Connection, Direction, Observed};
///
/// fn log(observed: &Observed<'_>) {
///     let arrow = match observed.direction {
///         Direction::Sent => "->",
///         Direction::Received => "<-",
///     };
///     if let Ok(message) = observed.message() {
///         eprintln!("{arrow} {} bytes: {:?}", observed.bytes.len(), message.header().member);
///     }
/// }
///
/// let mut bus = Connection::system()?;
/// bus.observe(log)?;
/// # Ok::<(), barebus::Error>(())
/// ```
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Observed<'a> {
    /// Whether it was sent or received.
    pub direction: Direction,
    /// When its last byte was written or read.
    pub time: SystemTime,
    /// The whole message. Its size is `bytes.len()`.
    pub bytes: &'a [u8],
}

impl<'a> Observed<'a> {
    /// The message: its header is checked, its body is not.
    ///
    /// # Errors
    /// The header of a received message is invalid. The connection ends for the same reason.
    pub fn message(&self) -> Result<Message<'a>, DecodeError> {
        Message::parse(self.bytes)
    }
}

impl fmt::Debug for Observed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Observed");
        debug.field("direction", &self.direction).field("time", &self.time);
        debug.field("len", &self.bytes.len()).finish_non_exhaustive()
    }
}

/// The direction of a message; [`Observed`] has an example.
///
/// ```
/// use barebus::{Direction, Observed};
///
/// fn log(observed: &Observed<'_>) {
///     let arrow = match observed.direction {
///         Direction::Sent => "->",
///         Direction::Received => "<-",
///     };
///     println!("{arrow} {} bytes", observed.bytes.len());
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// It was sent.
    Sent,
    /// It was received.
    Received,
}

/// The connection cannot be [observed](Connection::observe), because it has already sent something. Nothing has changed.
///
/// ```no_run
/// use barebus::{Connection, ObservedTooLate};
///
/// let mut bus = Connection::system()?;
/// bus.establish()?;
/// assert_eq!(bus.observe(|_| {}), Err(ObservedTooLate));
/// # Ok::<(), barebus::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ObservedTooLate;

impl fmt::Display for ObservedTooLate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "cannot observe the connection: it has sent something; observe it before the first call",
        )
    }
}

impl std::error::Error for ObservedTooLate {}

impl Connection {
    /// Calls `observer` with each message that is sent and received from now on: for a log, a counter, a capture. Call it between opening
    /// the connection and the first call. Only one observer is kept, the last one.
    ///
    /// ```no_run
    /// use barebus::{Connection, Direction};
    ///
    /// let mut bus = Connection::system()?;
    /// bus.observe(|observed| {
    ///     let arrow = if observed.direction == Direction::Sent { "->" } else { "<-" };
    ///     if let Ok(message) = observed.message() {
    ///         let header = message.header();
    ///         eprintln!("{arrow} {} bytes, {:?} {:?}", observed.bytes.len(), header.message_type, header.member);
    ///     }
    /// })?;
    /// bus.establish()?;
    /// # Ok::<(), barebus::Error>(())
    /// ```
    ///
    /// - It sees all messages of the connection: also `Hello`, the questions about names that the connection asks, and messages that
    ///   are dropped or ignored. It does not see the lines of the authentication.
    /// - It is called when the last byte of a message was written to the socket or read from it, which can be long before a received
    ///   message is an event.
    /// - If authentication in one write fails, the second attempt sends the queued messages again, and they are seen again.
    /// - It runs within the methods that read and write, so it should not wait. In `barebus-tokio` it runs in the driver.
    /// - A connection that is observed copies each message once more. A connection that is not pays nothing.
    ///
    /// # Errors
    /// [`ObservedTooLate`]: the connection has already sent something.
    pub fn observe(
        &mut self,
        observer: impl FnMut(&Observed<'_>) + Send + Sync + 'static,
    ) -> Result<(), ObservedTooLate> {
        // The first byte that a connection sends is this NUL.
        let [lines, _] = self.session.poll_transmit().bytes;
        if lines.first() != Some(&0) {
            return Err(ObservedTooLate);
        }
        let attempts = self.session.handshake_attempts();
        let (sent, received) = (Stream::default(), Stream::default());
        self.observer = Some(Box::new(Observing { observer, sent, received, attempts }));
        Ok(())
    }
}

/// The connection knows [`Observing`] by this trait alone, so programs that observe nothing do not link it.
pub(crate) trait Observe: fmt::Debug + Send + Sync {
    /// The first `count` bytes of the session's output were written. Tells the session.
    fn sent(&mut self, session: &mut Session<Descriptor>, count: usize);

    /// What was read into the session's input buffer. Passes it to the session.
    fn received(&mut self, session: &mut Session<Descriptor>, read: sys::Read);
}

/// The observer, and the bytes of both directions.
struct Observing<O> {
    observer: O,
    sent: Stream,
    received: Stream,
    /// Tells the streams of the second attempt at authentication from those of the first.
    attempts: HandshakeAttempts,
}

impl<O> Observing<O> {
    /// Starts anew if there are other streams.
    fn follow(&mut self, session: &Session<Descriptor>) {
        let attempts = session.handshake_attempts();
        if attempts != self.attempts {
            self.attempts = attempts;
            (self.sent, self.received) = (Stream::default(), Stream::default());
        }
    }
}

// The bytes are copied, and the observer is called after the session was told: should it panic, nothing is sent or received twice.
impl<O: FnMut(&Observed<'_>) + Send + Sync> Observe for Observing<O> {
    fn sent(&mut self, session: &mut Session<Descriptor>, count: usize) {
        self.follow(session);
        let [first, second] = session.poll_transmit().bytes;
        let of_first = count.min(first.len());
        self.sent.push(first, of_first);
        self.sent.push(second, count - of_first);
        session.transmitted(count);
        self.sent.tell(Direction::Sent, &mut self.observer);
    }

    fn received(&mut self, session: &mut Session<Descriptor>, read: sys::Read) {
        self.follow(session);
        self.received.push(session.input_buffer(), read.count);
        session.handle_input(read.count, read.fds, read.truncated);
        self.received.tell(Direction::Received, &mut self.observer);
    }
}

impl<O> fmt::Debug for Observing<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Observing").finish_non_exhaustive()
    }
}

/// The bytes of one direction, of which messages are cut off: authentication lines, then messages.
#[derive(Default)]
struct Stream {
    bytes: Vec<u8>,
    /// Bytes that were consumed: start <= bytes.len()
    start: usize,
    phase: Phase,
}

#[derive(Clone, Copy, Default, PartialEq)]
enum Phase {
    #[default]
    Lines,
    Messages,
    /// No further message can be found.
    Broken,
}

/// A buffer that held more bytes than this is freed once it is empty.
const MAX_AT_REST: usize = 256 * 1024;

impl Stream {
    /// Appends the first `count` bytes of `bytes`.
    fn push(&mut self, bytes: &[u8], count: usize) {
        if self.phase == Phase::Broken {
            return;
        }
        self.bytes.drain(..self.start);
        self.start = 0;
        self.bytes.extend_from_slice(bytes.get(..count).unwrap_or(bytes));
    }

    /// Shows the complete messages to `observer`.
    fn tell(&mut self, direction: Direction, observer: &mut impl FnMut(&Observed<'_>)) {
        let time = SystemTime::now();
        while let Some(bytes) = self.next() {
            observer(&Observed { direction, time, bytes });
        }
        if self.start == self.bytes.len() && self.bytes.capacity() > MAX_AT_REST {
            *self = Self { phase: self.phase, ..Self::default() };
        }
    }

    /// The next complete message.
    fn next(&mut self) -> Option<&[u8]> {
        while self.phase == Phase::Lines {
            let rest = self.bytes.get(self.start..)?;
            match rest {
                // A line begins with a capital letter, and no command with these two bytes.
                [b'l', ..] => self.phase = Phase::Messages,
                [b'B', second, ..] if !second.is_ascii_uppercase() => self.phase = Phase::Messages,
                [b'B'] => return None,
                [0, ..] => self.start += 1,
                line => self.start += line.iter().position(|byte| *byte == b'\n')? + 1,
            }
        }
        let rest = self.bytes.get(self.start..)?;
        match frame_len(rest) {
            Ok(len) => {
                let (from, to) = (self.start, self.start + len.filter(|len| *len <= rest.len())?);
                self.start = to;
                self.bytes.get(from..to)
            }
            Err(_) => {
                *self = Self { phase: Phase::Broken, ..Self::default() };
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use barebus_wire::{Endian, Header, MessageBuf, MessageType, Serial};

    use super::*;

    /// A message with so many bytes of text.
    fn message(endian: Endian, len: usize) -> Vec<u8> {
        let mut header = Header::new(MessageType::MethodReturn, Serial::FIRST);
        header.endian = endian;
        header.reply_serial = Some(Serial::FIRST);
        let mut buf = MessageBuf::new();
        buf.push(&header, &("x".repeat(len),)).unwrap();
        buf.as_slice().to_vec()
    }

    /// The messages that are found in `stream` if it comes in pieces of `size` bytes.
    fn found(stream: &[u8], size: usize) -> Vec<Vec<u8>> {
        let (mut taken, mut found) = (Stream::default(), Vec::new());
        for piece in stream.chunks(size) {
            taken.push(piece, piece.len());
            taken.tell(Direction::Sent, &mut |observed| found.push(observed.bytes.to_vec()));
        }
        found
    }

    #[test]
    fn messages_are_found_behind_the_lines_however_they_come() {
        for endian in [Endian::Little, Endian::Big] {
            let messages = [message(endian, 0), message(endian, 300), message(endian, 7)];
            for lines in [&b"\0AUTH EXTERNAL\r\nBEGIN\r\n"[..], b"OK x\r\nAGREE_UNIX_FD\r\n", b""] {
                let stream = [lines, &messages.concat()].concat();
                for size in 1..=stream.len() {
                    assert_eq!(found(&stream, size), messages, "in pieces of {size}");
                }
            }
        }
    }

    #[test]
    fn nothing_is_found_behind_what_is_no_message() {
        let good = message(Endian::Little, 3);
        let mut bad = good.clone();
        bad[3] = 9;
        let stream = [&good[..], &bad, &good].concat();
        for size in 1..=stream.len() {
            assert_eq!(found(&stream, size), [&good[..]], "in pieces of {size}");
        }
    }
}
