//! The session: joins the handshake, the buffers, the router and the event queue.

mod actions;
mod handshake;
mod input;
mod output;
mod poll;
mod queue;
mod send;

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::ops::Range;

use barebus_sasl::{Guid, Outcome};
use barebus_wire::HeaderCache;

use crate::config::{Config, ServerKind};
use crate::error::{NoReply, SessionError};
use crate::event::{CallId, Kind, SubscriptionId};
use crate::event_queue::EventQueue;
use crate::inbox::Inbox;
use crate::outbox::Outbox;
use crate::router::{Answer, Router};

use handshake::{Handshake, Phase};

pub use output::Output;

/// A whole connection without a socket. `F` is what a file descriptor is to the transport; dropping it closes it.
///
/// ```text
///   input_buffer(), handle_input() ──► Inbox ──► Router ──► EventQueue ──► poll(), take_event()
///   poll_transmit(), transmitted() ◄── Outbox ◄──────────────────────────── call(), subscribe(), reply()
/// ```
///
/// `now` is the time since an arbitrary epoch, which is the same for the life of the session. Deadlines are times of the same clock. See the
/// [crate's documentation](crate) for a guide.
#[derive(Debug)]
pub struct Session<F> {
    phase: Phase,
    handshake: Handshake,
    outcome: Option<Outcome>,
    inbox: Inbox<F>,
    outbox: Outbox<F>,
    router: Router,
    queue: EventQueue<F>,
    /// Messages that found no place in the queue.
    dropped: u64,
    /// The event that was polled and not taken yet.
    ready: Option<Ready<F>>,
    /// The message of the event that was polled last, if it waited in the queue.
    current: Box<[u8]>,
    /// The other side sends nothing more. What it sent is still processed.
    is_eof: bool,
    /// Events were added to the queue that [`poll`](Self::poll) has not seen.
    needs_poll: bool,
    /// Something was sent after the connection was established: the connection is used for more than one question.
    is_reused: bool,
    send_limit: usize,
    /// Set before the first message with file descriptors is queued: programs that send none do not link it.
    withdraw_fds: Option<WithdrawFds<F>>,
    /// Set if calls of ours are answered: programs that ignore them do not link it.
    send_answer: Option<SendAnswer<F>>,
    /// A message is parsed when it is routed and again when its event is taken, and headers repeat from message to message.
    headers: HeaderCache,
}

/// Takes a message with file descriptors out of the queue, and says whether there was one.
type WithdrawFds<F> = fn(&mut Session<F>, NoReply) -> bool;

/// Answers a call of ours. The text holds those that the answer names by their place.
type SendAnswer<F> = fn(&mut Session<F>, Answer, &str);

/// An event that was polled.
#[derive(Debug)]
struct Ready<F> {
    kind: Kind,
    /// Its message in the inbox; `None` when it waited in the queue.
    frame: Option<Range<usize>>,
    fds: Vec<F>,
}

impl<F> Session<F> {
    /// A new session. On a bus `Hello` is queued. The time of the handshake begins with the first poll.
    pub fn new(config: Config) -> Self {
        let handshake = Handshake::new(&config);
        let mut session = Self {
            phase: handshake.begin(),
            handshake,
            outcome: None,
            inbox: Inbox::new(),
            outbox: Outbox::new(),
            router: Router::new(&config),
            queue: EventQueue::new(config.receive_limit),
            dropped: 0,
            ready: None,
            current: Box::default(),
            is_eof: false,
            needs_poll: false,
            is_reused: false,
            send_limit: config.send_limit,
            withdraw_fds: None,
            send_answer: config.serving.route.map(|_| Self::send_answer as SendAnswer<F>),
            headers: HeaderCache::default(),
        };
        if session.router.server() == ServerKind::Bus {
            session.send_hello();
        }
        session
    }

    /// What is at the other end.
    pub const fn server(&self) -> ServerKind {
        self.router.server()
    }

    /// Our unique name. `None` until the bus has answered `Hello`.
    pub fn unique_name(&self) -> Option<&str> {
        self.router.unique_name()
    }

    /// The server's GUID. `None` until authentication is complete.
    pub fn guid(&self) -> Option<Guid> {
        self.outcome.map(|outcome| outcome.guid)
    }

    /// Whether file descriptors can be passed. `None` until authentication is complete.
    pub fn passes_fds(&self) -> Option<bool> {
        self.outcome.map(|outcome| outcome.unix_fd)
    }

    /// Whether authentication is complete and, on a bus, `Hello` was answered.
    pub fn is_established(&self) -> bool {
        matches!(self.phase, Phase::Messages) && !self.awaits_hello()
    }

    /// Why the session has ended; `None` if it has not.
    pub fn error(&self) -> Option<&SessionError> {
        match &self.phase {
            Phase::Ended(error) => Some(error),
            _ => None,
        }
    }

    /// The number of received messages that were dropped because the queue was full.
    pub const fn dropped(&self) -> u64 {
        self.dropped
    }

    /// The number of unsolicited messages: replies that are late, repeated or not from the callee, signals without a subscription, messages
    /// of unknown types.
    pub const fn ignored(&self) -> u64 {
        self.router.ignored()
    }

    /// The number of calls whose reply is outstanding, including the session's own.
    pub const fn outstanding(&self) -> usize {
        self.router.pending.outstanding()
    }

    /// Whether the result of the call is still to come, or to be taken.
    pub fn is_outstanding(&self, call: CallId) -> bool {
        self.router.pending.get(call.0).is_some()
    }

    /// Whether the bus has answered the questions that the subscription needs, or the subscription has ended.
    pub fn is_settled(&self, subscription: SubscriptionId) -> bool {
        self.router.is_settled(subscription)
    }

    /// Whether the subscription was made and has not ended.
    pub fn is_subscribed(&self, subscription: SubscriptionId) -> bool {
        self.router.is_subscribed(subscription)
    }

    /// Makes the session a monitor. Call it when the bus has answered `BecomeMonitor`. From then on every message is an event, none is
    /// answered, and nothing can be sent. Outstanding calls end when their reply arrives. Spec:
    /// org.freedesktop.DBus.Monitoring.BecomeMonitor.
    pub fn become_monitor(&mut self) {
        self.router.become_monitor();
        self.outbox.clear();
    }

    /// Ends the session. Everything that is queued is dropped, and its file descriptors are closed. A session that has already ended keeps
    /// its first error.
    pub fn end(&mut self, error: SessionError) {
        if let Phase::Ended(_) = self.phase {
            return;
        }
        // Until authentication is over, what was queued may still be sent on another stream.
        if !self.may_retry_handshake() {
            self.outbox.clear();
        }
        self.inbox.clear();
        self.phase = Phase::Ended(error);
    }
}
