//! The transport's side of a session: bytes, file descriptors and the time in; bytes and file descriptors out.

use alloc::vec::Vec;
use core::time::Duration;

use crate::error::{NoReply, SessionError};
use crate::moment::Moment;
use crate::session::{Phase, Session};

/// What to write now.
#[derive(Clone, Copy, Debug)]
pub struct Output<'a, F> {
    /// Bytes, the second behind the first; either may be empty.
    pub bytes: [&'a [u8]; 2],
    /// File descriptors that go with the first byte.
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
    /// What to write now. Until authentication is over that is its lines, and behind them the messages where the other end
    /// can be trusted to take them.
    #[inline]
    pub fn output(&self) -> Output<'_, F> {
        if let Phase::Messages = &self.phase {
            let (bytes, fds) = self.ledger.outbox.output();
            return Output { bytes: [bytes, &[]], fds };
        }
        self.opening_output()
    }

    /// Whether there is something to write now.
    #[inline]
    pub fn has_output(&self) -> bool {
        !self.output().is_empty()
    }

    #[cold]
    fn opening_output(&self) -> Output<'_, F> {
        match &self.phase {
            Phase::Authentication(client) => {
                let messages = match self.opens_in_one_go() {
                    true => self.ledger.outbox.output().0,
                    false => &[],
                };
                Output { bytes: [client.output(), messages], fds: &[] }
            }
            Phase::Messages | Phase::Ended(_) => Output { bytes: [&[], &[]], fds: &[] },
        }
    }

    /// That the first `count` bytes of [`output`](Self::output) were written, with its file descriptors if `count` is not 0.
    #[inline]
    pub fn sent(&mut self, count: usize) {
        let messages = match &mut self.phase {
            Phase::Authentication(client) => {
                let lines = client.output().len().min(count);
                client.advance_output(lines);
                self.ledger.outbox.advance(count - lines);
                return self.finish_authentication();
            }
            _ => count,
        };
        self.ledger.outbox.advance(messages);
    }

    /// That the system refused to pass the file descriptors of [`output`](Self::output). None of its bytes were written, so the
    /// message is withdrawn: the call gets no reply, the connection goes on. `false` when the output has none.
    pub fn fds_refused(&mut self) -> bool {
        let withdrawn = self.ledger.outbox.withdraw_next_fds();
        if let Some(serial) = withdrawn {
            self.ledger.end_call(serial, NoReply::FdsNotPassed);
        }
        withdrawn.is_some()
    }

    /// Room for the next read: about 64 KiB, 4 until the first calls are answered. Messages of earlier events must have been let go.
    #[inline]
    pub fn room(&mut self) -> &mut [u8] {
        if self.found.is_some() {
            self.put_back_found();
        }
        let is_opening = self.inbox.is_first()
            && !self.is_used_again
            && (self.awaited().is_some() || self.ledger.pending.len() != 0);
        self.inbox.room(is_opening)
    }

    /// That a read put `count` bytes into the [`room`](Self::room) and brought `fds`; `truncated` when the system says that it
    /// could not hand over all of them (MSG_CTRUNC).
    #[inline]
    pub fn filled(&mut self, count: usize, fds: Vec<F>, truncated: bool) {
        if let Phase::Ended(_) = self.phase {
            return;
        }
        if !self.inbox.filled(count, fds, truncated) {
            return self.end(SessionError::TooManyFds);
        }
        if let Phase::Authentication(_) = self.phase {
            self.converse();
            // They came with the last line of the authentication, not with the message behind it.
            if self.inbox.has_stray_fds() {
                self.end(SessionError::UnexpectedFds);
            }
        }
        if self.inbox.has_fds() && self.passes_fds() != Some(true) {
            self.end(SessionError::UnexpectedFds);
        }
    }

    /// Whether nothing that has come since the opening can end a call of the user's: whoever waits for that should read on before looking
    /// for it. A bus writes its answers to an opening one by one; to look at each would take the time, and, on one processor, the caches,
    /// that the bus needs to write the next.
    #[inline]
    pub fn has_part(&self) -> bool {
        self.unique_name().is_none() && !self.has_news() && self.is_part()
    }

    /// That the other side sends nothing more. Messages that came before are still given.
    pub fn end_of_file(&mut self) {
        self.is_eof = true;
        if let Phase::Authentication(_) = self.phase {
            self.end(SessionError::Closed { awaited: self.awaited(), unfinished: 0 });
        }
    }

    /// When [`next`](Self::next) should be called though nothing was received; `None` when nothing is waited for.
    pub fn next_deadline(&self) -> Option<Duration> {
        let handshake = self.awaited().map_or(Moment::NEVER, |_| self.handshake_deadline);
        handshake.min(self.ledger.pending.earliest()).time()
    }
}
