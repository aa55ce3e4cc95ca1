//! The transport's output: bytes and file descriptors.

use core::time::Duration;

use super::Session;
use super::handshake::Phase;
use crate::error::NoReply;

/// What to write now.
///
/// ```
/// use barebus_sasl::Mechanism;
/// use barebus_session::{Config, ServerKind, Session};
///
/// let config = Config::new(ServerKind::Direct, Mechanism::Anonymous.into());
/// let mut session: Session<()> = Session::new(config);
/// let output = session.poll_transmit();
/// assert!(output.bytes.concat().starts_with(b"\0AUTH ANONYMOUS"));
/// assert!(output.fds.is_empty());
/// // After writing, say how much was written.
/// let written = output.bytes.concat().len();
/// session.transmitted(written);
/// assert!(session.poll_transmit().is_empty());
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Output<'a, F> {
    /// Bytes: the second slice follows the first. Either may be empty.
    pub bytes: [&'a [u8]; 2],
    /// File descriptors to send with the first byte.
    pub fds: &'a [F],
}

impl<F> Output<'_, F> {
    /// Whether there is nothing to write.
    pub const fn is_empty(&self) -> bool {
        let [first, second] = self.bytes;
        first.is_empty() && second.is_empty()
    }
}

impl<F> Session<F> {
    /// What to write now. Until authentication is complete these are its lines, followed by messages if the server accepts them there.
    #[inline]
    pub fn poll_transmit(&self) -> Output<'_, F> {
        if let Phase::Messages = &self.phase {
            let (bytes, fds) = self.outbox.output();
            return Output { bytes: [bytes, &[]], fds };
        }
        self.handshake_output()
    }

    /// Whether there is something to write now.
    #[inline]
    pub fn wants_transmit(&self) -> bool {
        !self.poll_transmit().is_empty()
    }

    #[cold]
    fn handshake_output(&self) -> Output<'_, F> {
        match &self.phase {
            Phase::Authentication(client) => {
                let messages = match self.opens_in_one_go() {
                    true => self.outbox.output().0,
                    false => &[],
                };
                Output { bytes: [client.output(), messages], fds: &[] }
            }
            Phase::Messages | Phase::Ended(_) => Output { bytes: [&[], &[]], fds: &[] },
        }
    }

    /// Says that the first `count` bytes of [`poll_transmit`](Self::poll_transmit) were written, with its file descriptors if `count` is not
    /// 0.
    #[inline]
    pub fn transmitted(&mut self, count: usize) {
        let mut messages = count;
        if let Phase::Authentication(client) = &mut self.phase {
            let lines = client.output().len().min(count);
            client.advance_output(lines);
            messages -= lines;
            self.outbox.advance(messages);
            return self.finish_authentication();
        }
        self.outbox.advance(messages);
    }

    /// Says that the system refused to pass the file descriptors of [`poll_transmit`](Self::poll_transmit), and none of its bytes were written.
    /// The message is withdrawn: its call gets no reply, and the connection goes on. Returns `false` if the output has no descriptors.
    pub fn handle_fds_refused(&mut self) -> bool {
        self.withdraw_fds.is_some_and(|withdraw| withdraw(self, NoReply::FdsNotPassed))
    }

    /// Whether a call or a subscription has ended since the last [`poll`](Self::poll). Then call `poll` again before you wait. Writing causes
    /// this if file descriptors cannot be passed.
    pub const fn needs_poll(&self) -> bool {
        self.needs_poll
    }

    /// When to call [`poll`](Self::poll) even if nothing was received; `None` if no deadline is set.
    #[inline(always)]
    pub fn next_deadline(&self) -> Option<Duration> {
        self.handshake_deadline().min(self.router.next_deadline()).time()
    }
}
