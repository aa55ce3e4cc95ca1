//! The beginning of a session: authentication, then `Hello`.

use alloc::boxed::Box;
use core::mem;
use core::time::Duration;

use barebus_sasl::{Client, Options, Outcome, Pacing};

use super::Session;
use crate::config::{Config, ServerKind};
use crate::error::{Awaited, HandshakeAttempts, NoReply, SessionError};
use crate::instant::Instant;

/// Where the connection stands.
#[derive(Debug)]
pub(super) enum Phase {
    /// The authentication conversation is going on.
    Authentication(Box<Client>),
    /// Messages are exchanged. On a bus, the reply to `Hello` may still be awaited.
    Messages,
    Ended(SessionError),
}

/// How the handshake is done, and until when.
#[derive(Debug)]
pub(super) struct Handshake {
    options: Options,
    guid: Option<barebus_sasl::Guid>,
    /// The time that is left, in nanoseconds.
    left: u64,
    /// The time that a pipelined attempt leaves for one line by line.
    reserve: u64,
    /// Until when the time was counted; [`Instant::EPOCH`]: it has not begun.
    counted: Instant,
    /// A pipelined attempt failed: authentication may begin anew, line by line.
    may_retry: bool,
    /// Authentication began anew.
    has_retried: bool,
}

impl Handshake {
    pub(super) fn new(config: &Config) -> Self {
        let may_retry = config.pacing == Pacing::Pipelined && config.can_reconnect;
        let whole = Instant::from(config.handshake_timeout).since(Instant::EPOCH);
        let reserve = if may_retry { whole / 2 } else { 0 };
        Self {
            options: Options {
                mechanisms: config.mechanisms,
                negotiate_unix_fd: config.unix_fds,
                pacing: config.pacing,
            },
            guid: config.guid,
            left: whole - reserve,
            reserve,
            counted: Instant::EPOCH,
            may_retry,
            has_retried: false,
        }
    }

    /// The beginning of an authentication conversation.
    pub(super) fn begin(&self) -> Phase {
        Phase::Authentication(Box::new(Client::new(self.options)))
    }

    pub(super) const fn pacing(&self) -> Pacing {
        self.options.pacing
    }

    /// The pipelined attempt is over.
    fn use_reserve(&mut self) {
        self.left = self.left.saturating_add(mem::take(&mut self.reserve));
    }

    fn deadline(&self) -> Instant {
        self.counted.put_off(self.left)
    }
}

impl<F> Session<F> {
    /// How authentication is written: in one go, or line by line.
    pub const fn pacing(&self) -> Pacing {
        self.handshake.pacing()
    }

    /// How authentication was tried.
    pub fn handshake_attempts(&self) -> HandshakeAttempts {
        match (self.pacing(), self.handshake.has_retried) {
            (Pacing::Pipelined, _) => HandshakeAttempts::Pipelined,
            (Pacing::StepByStep, false) => HandshakeAttempts::StepByStep,
            (Pacing::StepByStep, true) => HandshakeAttempts::Both,
        }
    }

    /// Whether the session has ended, or is about to, in a pipelined authentication that was not complete. Nothing that was queued can
    /// have been processed by the server then.
    pub(super) const fn may_retry_handshake(&self) -> bool {
        self.handshake.may_retry && self.outcome.is_none()
    }

    /// Starts authentication again, line by line, for another stream. It is possible once, after a pipelined attempt has failed in any way:
    /// refused, closed, reset, or without an answer for half of the time limit. Queued messages are kept.
    ///
    /// Returns `false` if no pipelined authentication has failed. Then the session has ended for good.
    pub fn retry_handshake(&mut self) -> bool {
        if !self.may_retry_handshake() || !matches!(self.phase, Phase::Ended(_)) {
            return false;
        }
        self.handshake.may_retry = false;
        self.handshake.has_retried = true;
        self.handshake.use_reserve();
        self.handshake.options.pacing = Pacing::StepByStep;
        self.outbox.rewind();
        self.inbox.clear();
        self.is_eof = false;
        self.phase = self.handshake.begin();
        true
    }

    /// The step of the handshake that is not finished.
    pub(super) fn awaited(&self) -> Option<Awaited> {
        match &self.phase {
            Phase::Authentication(client) => Some(Awaited::Authentication(client.state())),
            Phase::Messages if self.awaits_hello() => Some(Awaited::Hello),
            _ => None,
        }
    }

    pub(super) fn awaits_hello(&self) -> bool {
        self.server() == ServerKind::Bus && self.unique_name().is_none()
    }

    /// When the step of the handshake that is going on is given up.
    #[inline]
    pub(super) fn handshake_deadline(&self) -> Instant {
        match &self.phase {
            Phase::Authentication(_) => self.handshake.deadline(),
            Phase::Messages if self.awaits_hello() => self.handshake.deadline(),
            Phase::Messages | Phase::Ended(_) => Instant::NEVER,
        }
    }

    /// Tells that the user begins to wait, before the first poll: the time since the last poll, in which nobody waited for the server, does not
    /// count for the handshake. Event loops, which wait all the while, need not call it.
    #[inline]
    pub fn begin_wait(&mut self, now: Duration) {
        self.handshake.counted = now.into();
    }

    /// Counts the time until now. Returns whether the step of the handshake that is going on is given up.
    #[inline]
    pub(super) fn is_handshake_late(&mut self, now: Instant) -> bool {
        let deadline = self.handshake_deadline();
        if deadline == Instant::NEVER {
            return false;
        }
        let Handshake { counted, left, .. } = &mut self.handshake;
        if *counted != Instant::EPOCH {
            *left = deadline.since(now);
        }
        *counted = now;
        *left == 0
    }

    /// Whether authentication, `Hello` and calls leave together.
    pub(super) fn opens_in_one_go(&self) -> bool {
        self.pacing() == Pacing::Pipelined && self.server() == ServerKind::Bus
    }

    /// Hands received lines to the authentication conversation.
    #[cold]
    pub(super) fn converse(&mut self) {
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
    pub(super) fn finish_authentication(&mut self) {
        let Phase::Authentication(client) = &self.phase else {
            return;
        };
        let Some(outcome) = client.outcome() else {
            return;
        };
        if let Some(expected) = self.handshake.guid.filter(|guid| *guid != outcome.guid) {
            self.outcome = Some(outcome);
            return self.end(SessionError::Guid { expected, found: outcome.guid });
        }
        if client.output().is_empty() {
            self.begin_messages(outcome);
        }
    }

    fn begin_messages(&mut self, outcome: Outcome) {
        self.outcome = Some(outcome);
        self.phase = Phase::Messages;
        self.handshake.use_reserve();
        if let (false, Some(withdraw)) = (outcome.unix_fd, self.withdraw_fds) {
            while withdraw(self, NoReply::FdsNotNegotiated) {}
        }
        self.outbox.authenticated();
        if self.pacing() == Pacing::StepByStep && self.server() == ServerKind::Direct {
            self.push_past_begin();
        }
    }

    /// Queues four calls of `Peer.Ping` that expect no reply.
    ///
    /// While it waits for `BEGIN`, an sd-bus server reads at most 256 bytes at a time. Message bytes from the read that brings `BEGIN` stay
    /// unprocessed until the socket is readable again. Line by line, nothing shows that the server has read `BEGIN`, so more bytes must
    /// follow than fit into that read.
    #[cold]
    fn push_past_begin(&mut self) {
        for _ in 0..4 {
            let serial = self.router.next_serial().get().to_le_bytes();
            for part in [PING_BEFORE_SERIAL, &serial, PING_AFTER_SERIAL] {
                self.outbox.extend(part);
            }
        }
    }
}

/// A call of `org.freedesktop.DBus.Peer.Ping` at `/` that expects no reply. It is marshalled here because the code that marshals it is
/// larger.
const PING_BEFORE_SERIAL: &[u8] = b"l\x01\x01\x01\0\0\0\0";
const PING_AFTER_SERIAL: &[u8] = b"\x45\0\0\0\
    \x01\x01o\0\x01\0\0\0/\0\0\0\0\0\0\0\
    \x02\x01s\0\x19\0\0\0org.freedesktop.DBus.Peer\0\0\0\0\0\0\0\
    \x03\x01s\0\x04\0\0\0Ping\0\0\0\0";

#[cfg(test)]
mod tests {
    use super::*;
    use barebus_wire::{Flags, Message, MessageType};

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
