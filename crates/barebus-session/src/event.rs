//! Events: what a session reports.

use alloc::vec::Vec;

use barebus_wire::{Message, Serial};

use crate::error::{FdsError, NoReply};
use crate::incoming_calls::ReplyTo;

/// Identifies a call.
///
/// ```
/// use barebus_sasl::Mechanism;
/// use barebus_session::{Config, ServerKind, Session};
/// use barebus_wire::MethodCall;
///
/// let config = Config::new(ServerKind::Direct, Mechanism::Anonymous.into());
/// let mut session: Session<()> = Session::new(config);
/// let call = MethodCall::from_static("org.example", "/", "org.example.Calculator", "Add");
/// let first = session.call(&call, &(2, 3), Vec::new(), None)?;
/// let second = session.call(&call, &(4, 5), Vec::new(), None)?;
/// assert_ne!(first, second);
/// # Ok::<(), barebus_session::SendError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId(pub(crate) Serial);

impl CallId {
    /// The serial of the call.
    pub const fn serial(self) -> Serial {
        self.0
    }
}

/// Identifies a subscription to signals.
///
/// ```
/// use barebus_sasl::Mechanism;
/// use barebus_session::{Config, ServerKind, Session};
/// use barebus_wire::MatchRule;
///
/// let config = Config::new(ServerKind::Bus, Mechanism::Anonymous.into());
/// let mut session: Session<()> = Session::new(config);
/// let rule = MatchRule::parse("type='signal',interface='org.example.Link'").unwrap();
/// let subscription = session.subscribe(&rule, None)?;
/// session.unsubscribe(subscription)?;
/// # Ok::<(), barebus_session::SendError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubscriptionId(pub(crate) u32);

/// A received message and its file descriptors: as many as its header announces.
///
/// ```
/// use barebus_session::Received;
/// use barebus_wire::BodyError;
///
/// /// The arguments of a reply or signal, and how many descriptors came with it.
/// fn read<F>(received: &Received<'_, F>) -> Result<(String, usize), BodyError> {
///     let (name,): (String,) = received.message.body()?;
///     Ok((name, received.fds.len()))
/// }
/// ```
#[derive(Debug)]
pub struct Received<'a, F> {
    /// The message. It borrows from the session.
    pub message: Message<'a>,
    /// Its file descriptors: a UNIX_FD in the body is an index into them.
    pub fds: Vec<F>,
}

/// What has happened.
///
/// ```
/// use barebus_session::Event;
///
/// fn report<F>(event: Event<'_, F>) {
///     match event {
///         Event::Reply { call, reply } => println!("{}: {}", call.serial(), reply.message.signature()),
///         Event::NoReply { call, reason } => println!("{}: {reason}", call.serial()),
///         Event::Signal { subscriptions, signal } => {
///             println!("{:?} for {} subscriptions", signal.message, subscriptions.len());
///         }
///         _ => {}
///     }
/// }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a, F> {
    /// The reply to a call: a METHOD_RETURN or an ERROR.
    Reply {
        /// The call.
        call: CallId,
        /// The reply of the callee or of the bus.
        reply: Received<'a, F>,
    },
    /// A call gets no reply.
    NoReply {
        /// The call.
        call: CallId,
        /// Why.
        reason: NoReply,
    },
    /// A signal that at least one subscription asks for.
    Signal {
        /// The subscriptions that it is for, oldest first.
        subscriptions: &'a [SubscriptionId],
        /// The signal.
        signal: Received<'a, F>,
    },
    /// A call of one of our methods.
    MethodCall {
        /// The call.
        call: Received<'a, F>,
        /// Answers the call.
        reply_to: ReplyTo,
    },
    /// A signal or a call arrived with other file descriptors than its header announces. They were closed, and the message was dropped.
    Refused(FdsError),
    /// Subscriptions have ended: the bus refused their rule, refused the question who owns the rule's sender, or did not answer in time.
    NotSubscribed {
        /// The subscriptions, oldest first.
        subscriptions: &'a [SubscriptionId],
        /// The ERROR of the bus; `None` if it did not answer in time.
        reply: Option<Received<'a, F>>,
    },
    /// A message that the connection sees as a monitor.
    Monitored(Received<'a, F>),
}

/// Selects which event to report. The other events are kept, in order.
///
/// ```
/// use core::time::Duration;
///
/// use barebus_sasl::Mechanism;
/// use barebus_session::{Config, ServerKind, Session, Want};
/// use barebus_wire::MethodCall;
///
/// let config = Config::new(ServerKind::Direct, Mechanism::Anonymous.into());
/// let mut session: Session<()> = Session::new(config);
/// let call = MethodCall::from_static("org.example", "/", "org.example.Calculator", "Add");
/// let call = session.call(&call, &(2, 3), Vec::new(), None)?;
/// // Other events stay in the queue.
/// assert!(session.poll_event(Want::Reply(call), Duration::ZERO)?.is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Want {
    /// Any event: the oldest one.
    Anything,
    /// The end of this call: its reply, or why there is no reply.
    Reply(CallId),
    /// No event. Received messages are processed, and events are kept.
    Nothing,
    /// The next signal of this subscription, or its end. If the signal is also for other subscriptions, they get it later, without its
    /// file descriptors.
    Signal(SubscriptionId),
}

/// The kind of an event, without its message.
#[derive(Debug)]
pub(crate) enum Kind {
    Reply(CallId),
    NoReply(CallId, NoReply),
    Signal,
    MethodCall(ReplyTo),
    Refused(FdsError),
    NotSubscribed,
    Monitored,
    /// A reply whose sender may turn out to be the callee: not an event yet.
    Held,
}

impl Kind {
    /// The call that the event ends.
    #[inline]
    pub(crate) const fn ended_call(&self) -> Option<CallId> {
        match self {
            Self::Reply(call) | Self::NoReply(call, _) => Some(*call),
            _ => None,
        }
    }
}
