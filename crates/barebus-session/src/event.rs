//! What a session reports.

use alloc::vec::Vec;

use barebus_wire::{Message, Serial};

use crate::error::{FdsError, NoReply};
use crate::incoming_calls::ReplyTo;

/// A call that was sent and awaits its reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId(pub(crate) Serial);

impl CallId {
    /// The call's serial.
    pub const fn serial(self) -> Serial {
        self.0
    }
}

/// A subscription to signals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubscriptionId(pub(crate) u32);

/// A message and the file descriptors that came with it: as many as its header announces.
#[derive(Debug)]
pub struct Received<'a, F> {
    /// The message, borrowed from the session until its next use.
    pub message: Message<'a>,
    /// Its file descriptors: a UNIX_FD in the body is an index into them.
    pub fds: Vec<F>,
}

/// What happened.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a, F> {
    /// The reply to a call: a METHOD_RETURN or an ERROR.
    Reply {
        /// The call.
        call: CallId,
        /// The answer of the callee or of the bus.
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
    /// Somebody calls a method of ours.
    MethodCall {
        /// The call.
        call: Received<'a, F>,
        /// Answers the call.
        reply_to: ReplyTo,
    },
    /// A signal or a call came with other file descriptors than its header announces. They were closed, and the message dropped.
    Refused(FdsError),
    /// Subscriptions have ended: the bus refused their rule, or the question who owns the rule's sender, or did not answer in time.
    NotSubscribed {
        /// The subscriptions, oldest first.
        subscriptions: &'a [SubscriptionId],
        /// The refusal of the bus; `None` when it did not answer in time.
        reply: Option<Received<'a, F>>,
    },
    /// A message that a monitor sees.
    Monitored(Received<'a, F>),
}

/// Which events to report; the others are kept in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Want {
    /// Whatever came first.
    Anything,
    /// The end of this call: its reply, or why there is none.
    Reply(CallId),
    /// Nothing: received messages are processed and kept.
    Nothing,
    /// The next signal of this subscription, or its end. Other subscriptions that ask for the same signal get it too, without its file
    /// descriptors.
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
