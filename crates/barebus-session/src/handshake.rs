//! The beginning of a session: authentication, then `Hello`.

use alloc::boxed::Box;
use core::time::Duration;

use barebus_sasl::{Client, Options, Outcome, Pacing};
use barebus_wire::{MessageType, frame_len};

use crate::config::{Config, Peer};
use crate::error::{Awaited, NoReply, SessionError};
use crate::moment::Moment;
use crate::session::{Phase, Session};

impl<F> Session<F> {
    /// Restarts authentication on a new stream, line by line, after pipelined authentication failed. Queued messages are kept
    /// and written again.
    ///
    /// `false` if the session ended for another reason, or authenticates line by line already.
    pub fn authenticate_again(&mut self, now: Duration) -> bool {
        let has_failed = matches!(self.phase, Phase::Ended(SessionError::Authentication(_)));
        if !has_failed || self.ledger.config.pacing == Pacing::StepByStep {
            return false;
        }
        self.ledger.config.pacing = Pacing::StepByStep;
        self.ledger.outbox.rewind();
        self.inbox.clear();
        self.is_eof = false;
        self.phase = Phase::Authentication(Box::new(Client::new(options(&self.ledger.config))));
        let deadline = now.saturating_add(self.ledger.config.handshake_timeout);
        self.handshake_deadline = deadline.into();
        true
    }

    /// The step of the handshake that is not finished.
    pub(crate) fn awaited(&self) -> Option<Awaited> {
        match &self.phase {
            Phase::Authentication(client) => Some(Awaited::Authentication(client.state())),
            Phase::Messages
                if self.ledger.config.peer == Peer::Bus && self.unique_name().is_none() =>
            {
                Some(Awaited::Hello)
            }
            _ => None,
        }
    }

    /// Whether the handshake's deadline has passed. What came before it still counts, but nobody can put it off with messages.
    #[inline]
    pub(crate) fn is_late(&self, now: Moment) -> bool {
        now >= self.handshake_deadline && self.awaited().is_some()
    }

    /// Whether authentication, `Hello` and calls leave together.
    pub(crate) fn opens_in_one_go(&self) -> bool {
        let config = &self.ledger.config;
        config.pacing == Pacing::Pipelined && config.peer == Peer::Bus
    }

    /// Whether all that waits to be looked at are signals, and no more replies than the bus gives before any to the user: to `Hello`, and
    /// about names.
    #[cold]
    pub(crate) fn is_part(&self) -> bool {
        let mut rest = self.inbox.unread();
        if rest.len() > LARGEST_PART
            || self.inbox.has_fds()
            || self.is_eof
            || !matches!(self.phase, Phase::Messages)
            || !self.opens_in_one_go()
        {
            return false;
        }
        let mut replies = 0;
        while let Ok(len) = frame_len(rest) {
            let Some(behind) = len.and_then(|len| rest.get(len..)) else {
                return replies <= self.ledger.pending.own_before_users();
            };
            match rest.get(1) {
                Some(&METHOD_RETURN) => replies += 1,
                Some(&SIGNAL) => {}
                _ => break,
            }
            rest = behind;
        }
        false
    }

    /// Lets the authentication conversation take its lines.
    #[cold]
    pub(crate) fn converse(&mut self) {
        let Phase::Authentication(client) = &mut self.phase else {
            return;
        };
        match client.receive(self.inbox.unread()) {
            Ok(taken) => self.inbox.skip(taken),
            Err(error) => return self.end(SessionError::Authentication(error)),
        }
        self.finish_authentication();
    }

    /// Goes on to messages once both sides have said everything.
    #[cold]
    pub(crate) fn finish_authentication(&mut self) {
        let Phase::Authentication(client) = &self.phase else {
            return;
        };
        let Some(outcome) = client.outcome() else {
            return;
        };
        if let Some(expected) = self.ledger.config.guid.filter(|guid| *guid != outcome.guid) {
            return self.end(SessionError::Guid { expected, found: outcome.guid });
        }
        if client.output().is_empty() {
            self.begin_messages(outcome);
        }
    }

    fn begin_messages(&mut self, outcome: Outcome) {
        self.outcome = Some(outcome);
        self.phase = Phase::Messages;
        if !outcome.unix_fd {
            while let Some(serial) = self.ledger.outbox.withdraw_fds() {
                self.ledger.end_call(serial, NoReply::FdsNotNegotiated);
            }
        }
        self.ledger.outbox.settle();
        let config = &self.ledger.config;
        if config.pacing == Pacing::StepByStep && config.peer == Peer::Direct {
            self.push_past_begin();
        }
    }

    /// Queues four calls of `Peer.Ping` that want no reply.
    ///
    /// An sd-bus server (252, 257) reads up to 256 bytes while it waits for `BEGIN`. Message bytes from the same read stay
    /// unprocessed until the socket is readable again. Line by line, nothing shows that the server has read `BEGIN`, so more
    /// bytes must follow than fit in that read.
    #[cold]
    fn push_past_begin(&mut self) {
        for _ in 0..4 {
            let serial = self.ledger.serial().get().to_le_bytes();
            for part in [PING_BEFORE_SERIAL, &serial, PING_AFTER_SERIAL] {
                self.ledger.outbox.extend(part);
            }
        }
    }
}

/// A call of `org.freedesktop.DBus.Peer.Ping` at `/` that wants no reply. It is marshalled here because the code that marshals it
/// is larger.
const PING_BEFORE_SERIAL: &[u8] = b"l\x01\x01\x01\0\0\0\0";
const PING_AFTER_SERIAL: &[u8] = b"\x45\0\0\0\
    \x01\x01o\0\x01\0\0\0/\0\0\0\0\0\0\0\
    \x02\x01s\0\x19\0\0\0org.freedesktop.DBus.Peer\0\0\0\0\0\0\0\
    \x03\x01s\0\x04\0\0\0Ping\0\0\0\0";

/// As many bytes as an opening's answers have, roughly. A peer that floods us is looked at.
const LARGEST_PART: usize = 1024;

const METHOD_RETURN: u8 = MessageType::MethodReturn.code();
const SIGNAL: u8 = MessageType::Signal.code();

/// What the authentication conversation is told.
pub(crate) fn options(config: &Config) -> Options {
    Options {
        mechanisms: config.mechanisms,
        negotiate_unix_fd: config.unix_fds,
        pacing: config.pacing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use barebus_wire::{Flags, Message};

    #[test]
    fn the_call_after_begin_is_a_ping_without_reply() {
        let bytes = [PING_BEFORE_SERIAL, &[7, 0, 0, 0], PING_AFTER_SERIAL].concat();
        let message = Message::parse(&bytes).unwrap();
        message.validate().unwrap();
        let header = message.header();
        assert_eq!(header.message_type, MessageType::MethodCall);
        assert_eq!(header.flags, Flags::NO_REPLY_EXPECTED);
        assert_eq!(header.serial.get(), 7);
        assert_eq!(header.interface.unwrap(), "org.freedesktop.DBus.Peer");
        assert_eq!(header.member.unwrap(), "Ping");
        // What an sd-bus server reads at once, without BEGIN.
        assert!(4 * bytes.len() > 256 - b"BEGIN\r\n".len());
    }
}
