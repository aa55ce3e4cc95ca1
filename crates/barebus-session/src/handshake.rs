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
    /// Begins authentication anew on another stream, line by line: for a server that refused the pipelined attempt, after
    /// which that stream cannot be used. Messages that were queued are kept, none of them was believed to be received.
    ///
    /// `false` when this was no such refusal; then the session has ended for good.
    pub fn authenticate_again(&mut self, now: Duration) -> bool {
        let refused = matches!(
            self.phase,
            Phase::Ended(SessionError::Authentication(error)) if error.step_by_step_may_help()
        );
        if !refused || self.ledger.config.pacing == Pacing::StepByStep {
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
    }
}

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
