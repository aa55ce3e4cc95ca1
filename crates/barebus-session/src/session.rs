//! The session: what its user sees of it, and asks it to send.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::time::Duration;

use barebus_sasl::{Client, Guid, Outcome};
use barebus_wire::{EncodeBody, ErrorName, HeaderCache, MatchRule, Message, MethodCall, Serial};

use crate::backlog::Matter;
use crate::config::{Config, Peer};
use crate::error::{SendError, SessionError};
use crate::event::{CallId, ReplyTo, Want};
use crate::handshake::options;
use crate::inbox::Inbox;
use crate::ledger::{HELLO, Ledger};
use crate::matching::SubscriptionId;
use crate::moment::Moment;
use crate::pending::Purpose;
use crate::seek::Found;

/// A whole connection without a socket. `F` is what a file descriptor is to the transport: it is dropped to close it.
///
/// ```text
///   room(), filled() ─► │ Authentication ─► Hello ─► messages │ ─► next()
///   output(), sent() ◄─ │ serials, calls, owners, limits      │ ◄─ call(), subscribe()
/// ```
///
/// `now` is the time since any epoch, the same for the life of the session; deadlines are times of the same clock.
#[derive(Debug)]
pub struct Session<F> {
    pub(crate) inbox: Inbox<F>,
    pub(crate) ledger: Ledger<F>,
    pub(crate) phase: Phase,
    pub(crate) handshake_deadline: Moment,
    pub(crate) outcome: Option<Outcome>,
    /// The other side sends nothing more: what it sent is still taken.
    pub(crate) is_eof: bool,
    /// The event that was found and not yet taken.
    pub(crate) found: Option<Found<F>>,
    /// What the events that wait were last searched for in vain: they need not be searched again, however many there are.
    pub(crate) in_vain: Option<Want>,
    /// The message of the last event that had to wait.
    pub(crate) current: Box<[u8]>,
    /// Something was sent once the connection was established: it is here to stay.
    pub(crate) is_used_again: bool,
    /// Messages are looked at when they are sorted and again when they are taken, and one reply is headed much as the last.
    pub(crate) familiar: HeaderCache,
}

/// Where the connection stands.
#[derive(Debug)]
pub(crate) enum Phase {
    /// The authentication conversation is going on.
    Authentication(Box<Client>),
    /// Messages are exchanged; on a bus, the reply to `Hello` may still be awaited.
    Messages,
    Ended(SessionError),
}

impl<F> Session<F> {
    /// A session that begins now; on a bus `Hello` is queued.
    pub fn new(config: Config, now: Duration) -> Self {
        let mut session = Self {
            inbox: Inbox::new(),
            phase: Phase::Authentication(Box::new(Client::new(options(&config)))),
            handshake_deadline: now.saturating_add(config.handshake_timeout).into(),
            ledger: Ledger::new(config),
            outcome: None,
            is_eof: false,
            found: None,
            in_vain: None,
            current: Box::default(),
            is_used_again: false,
            familiar: HeaderCache::default(),
        };
        if session.ledger.config.peer == Peer::Bus {
            // The queue is empty and the message is valid: it fails only when the limit is 0, and then everything does.
            let _ = session.ledger.call_bus(HELLO, &(), Moment::NEVER, Purpose::Hello);
        }
        session
    }

    // What is known.

    /// What is at the other end.
    pub const fn peer(&self) -> Peer {
        self.ledger.config.peer
    }

    /// Our unique name, once the bus has said it.
    pub fn unique_name(&self) -> Option<&str> {
        self.ledger.unique_name.as_deref()
    }

    /// The server's GUID, once authentication is over.
    pub fn guid(&self) -> Option<Guid> {
        self.outcome.map(|outcome| outcome.guid)
    }

    /// Whether file descriptors can be passed, once authentication is over.
    pub fn passes_fds(&self) -> Option<bool> {
        self.outcome.map(|outcome| outcome.unix_fd)
    }

    /// Whether authentication is over and, on a bus, `Hello` was answered.
    pub fn is_established(&self) -> bool {
        self.awaited().is_none() && !matches!(self.phase, Phase::Ended(_))
    }

    /// Why the session has ended.
    pub fn error(&self) -> Option<&SessionError> {
        match &self.phase {
            Phase::Ended(error) => Some(error),
            _ => None,
        }
    }

    /// Received messages that found no place in the queue and were dropped.
    pub fn dropped(&self) -> u64 {
        self.ledger.backlog.dropped()
    }

    /// Received messages that nobody asked for: replies that are late, doubled or not from whom was called, signals without a
    /// subscription, types that the specification does not know.
    pub fn ignored(&self) -> u64 {
        self.ledger.ignored
    }

    /// Calls whose reply is awaited, the session's own among them.
    pub fn outstanding(&self) -> usize {
        self.ledger.pending.len()
    }

    /// Whether the call's end is still to come or to be taken: without, waiting for it is in vain.
    pub fn is_outstanding(&self, call: CallId) -> bool {
        self.ledger.pending.contains(call.0)
            || self.found.as_ref().is_some_and(|found| found.matter.is_end_of(call))
            || self.ledger.backlog.holds_end_of(call)
    }

    /// Whether the subscription asks for `signal`.
    pub fn is_for(&self, subscription: SubscriptionId, signal: &Message<'_>) -> bool {
        self.ledger.subscriptions.wants(subscription, signal, &self.ledger.owners)
    }

    /// The subscriptions that ask for `signal`, in the order of their making.
    pub fn wanting(&self, signal: &Message<'_>) -> Vec<SubscriptionId> {
        self.ledger.subscriptions.wanting(signal, &self.ledger.owners)
    }

    /// Whether `sender` is the present owner of the well-known `name`, as far as it was called or subscribed to.
    pub fn owns(&self, sender: &str, name: &str) -> bool {
        self.ledger.owners.owns(sender, name)
    }

    // Sending.

    /// Queues a call; its reply is awaited until `deadline`.
    ///
    /// # Errors
    /// See [`SendError`]; nothing was queued.
    #[inline]
    pub fn call<B: EncodeBody + ?Sized>(
        &mut self,
        call: &MethodCall<'_>,
        body: &B,
        fds: Vec<F>,
        deadline: Option<Duration>,
    ) -> Result<CallId, SendError> {
        self.check_sendable(fds.len())?;
        if call.flags.contains(barebus_wire::Flags::NO_REPLY_EXPECTED) {
            return Err(SendError::NoReplyExpected);
        }
        let deadline = Moment::until(deadline);
        self.ledger.call(call, &body, fds, deadline, Purpose::User).map(CallId)
    }

    /// Queues a call that wants no reply.
    ///
    /// # Errors
    /// See [`SendError`]; nothing was queued.
    pub fn send<B: EncodeBody + ?Sized>(
        &mut self,
        call: &MethodCall<'_>,
        body: &B,
        fds: Vec<F>,
    ) -> Result<(), SendError> {
        self.check_sendable(fds.len())?;
        let call = call.flags(barebus_wire::Flags::NO_REPLY_EXPECTED);
        self.ledger.send(&mut call.header(Serial::FIRST), &body, fds).map(|_| ())
    }

    /// Answers a call of ours with a METHOD_RETURN.
    ///
    /// # Errors
    /// See [`SendError`]; the caller gets an error instead.
    pub fn reply<B: EncodeBody + ?Sized>(
        &mut self,
        to: &ReplyTo,
        body: &B,
        fds: Vec<F>,
    ) -> Result<(), SendError> {
        self.check_sendable(fds.len())?;
        self.ledger.answer(to, None, &body, fds)
    }

    /// Answers a call of ours with an ERROR.
    ///
    /// # Errors
    /// See [`SendError`]; the caller gets another error instead.
    pub fn reply_error(
        &mut self,
        to: &ReplyTo,
        name: ErrorName<'_>,
        text: &str,
    ) -> Result<(), SendError> {
        self.check_sendable(0)?;
        self.ledger.answer(to, Some(name), &(text,), Vec::new())
    }

    /// Waits no longer for a reply; when it comes it is dropped.
    pub fn forget(&mut self, call: CallId) {
        if self.found.as_ref().is_some_and(|found| found.matter.is_end_of(call)) {
            self.found = None;
        }
        self.ledger.pending.remove(call.0);
        self.ledger.backlog.forget(call);
    }

    /// Subscribes to the signals that `rule` describes. On a bus it is asked for them, by `deadline`; equal rules are asked for
    /// once. With a well-known name as sender, only signals of its present owner are taken.
    ///
    /// # Errors
    /// See [`SendError`]. A refusal of the bus comes as [`Event::NotSubscribed`](crate::Event::NotSubscribed).
    pub fn subscribe(
        &mut self,
        rule: &MatchRule<'_>,
        deadline: Option<Duration>,
    ) -> Result<SubscriptionId, SendError> {
        self.check_sendable(0)?;
        self.ledger.subscribe(rule, Moment::until(deadline))
    }

    /// Ends a subscription.
    ///
    /// # Errors
    /// See [`SendError`]. When the bus cannot be told, the subscription has ended all the same, and its signals may still come.
    pub fn unsubscribe(&mut self, subscription: SubscriptionId) -> Result<(), SendError> {
        self.check_sendable(0)?;
        // A signal that was found for it, and not taken, is not given to it any more.
        if let Some(found) = self.found.take_if(|found| matches!(found.matter, Matter::Signal(_))) {
            self.keep_found(found);
        }
        self.ledger.unsubscribe(subscription)
    }

    /// Whether the bus has taken the subscription, refusals included.
    pub fn is_settled(&self, subscription: SubscriptionId) -> bool {
        let subscriptions = &self.ledger.subscriptions;
        let rule = subscriptions.rule(subscription);
        // Equal rules are asked for once, for the first of them.
        let asks = |id| id == subscription || rule.is_some() && subscriptions.rule(id) == rule;
        self.ledger
            .pending
            .find(|call| matches!(call.purpose, Purpose::Subscription(id) if asks(id)))
            .is_none()
    }

    /// Whether the subscription stands.
    pub fn is_subscribed(&self, subscription: SubscriptionId) -> bool {
        self.ledger.subscriptions.rule(subscription).is_some()
    }

    fn check_sendable(&mut self, fds: usize) -> Result<(), SendError> {
        self.is_used_again = self.is_established();
        match &self.phase {
            Phase::Ended(error) => Err(SendError::Ended(Box::new(error.clone()))),
            _ if self.ledger.is_monitor => Err(SendError::Monitor),
            _ if fds != 0 && self.passes_fds() == Some(false) => Err(SendError::FdsNotNegotiated),
            _ => Ok(()),
        }
    }

    /// Makes the connection a monitor once the bus has agreed to `BecomeMonitor`: every message is an event, none is
    /// answered, and nothing can be sent any more. Spec: org.freedesktop.DBus.Monitoring.BecomeMonitor.
    pub fn become_monitor(&mut self) {
        self.ledger.become_monitor();
    }

    /// Ends the session: everything queued is dropped, its file descriptors are closed. A session that has ended keeps its
    /// first error.
    pub fn end(&mut self, error: SessionError) {
        if let Phase::Ended(_) = self.phase {
            return;
        }
        // Until authentication is over, what was queued may still be sent on another stream.
        if !matches!(error, SessionError::Authentication(_)) {
            self.ledger.outbox.clear();
        }
        self.inbox.clear();
        self.phase = Phase::Ended(error);
    }
}
