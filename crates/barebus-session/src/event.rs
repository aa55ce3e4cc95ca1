//! What a session has to tell.

use alloc::sync::Arc;
use alloc::vec::Vec;

use barebus_wire::{Message, Serial};

use crate::duties::Caller;
use crate::error::{FdsError, NoReply};
use crate::matching::SubscriptionId;

/// A call that was sent and awaits its reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId(pub(crate) Serial);

impl CallId {
    /// The call's serial.
    pub const fn serial(self) -> Serial {
        self.0
    }
}

/// A message and the file descriptors that came with it; as many as its header announces.
#[derive(Debug)]
pub struct Received<'a, F> {
    /// The message, borrowed from the session until it is used again.
    pub message: Message<'a>,
    /// Its file descriptors: a UNIX_FD in the body is an index of them.
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
        /// What its callee, or the bus, says.
        reply: Received<'a, F>,
    },
    /// A call that gets no reply.
    NoReply {
        /// The call.
        call: CallId,
        /// Why.
        reason: NoReply,
    },
    /// A signal that at least one subscription asks for.
    Signal(Received<'a, F>),
    /// A call of a method of ours.
    MethodCall {
        /// The call.
        call: Received<'a, F>,
        /// What it is answered with.
        reply_to: ReplyTo,
    },
    /// A signal or a call came with other file descriptors than its header announced; they were closed, the message dropped.
    Refused(FdsError),
    /// The bus refused a subscription: none of its signals will come.
    NotSubscribed {
        /// The subscription, which is gone.
        subscription: SubscriptionId,
        /// The bus's answer, unless it did not answer in time.
        reply: Option<Received<'a, F>>,
    },
    /// Any message that a monitor sees.
    Monitored(Received<'a, F>),
}

/// The right and the duty to answer a METHOD_CALL: dropped unanswered, the caller gets an error.
#[derive(Debug)]
#[must_use = "the caller waits for an answer; dropped, it gets an error"]
pub struct ReplyTo {
    pub(crate) caller: Arc<Caller>,
    pub(crate) is_expected: bool,
}

impl ReplyTo {
    /// Whether the caller wants an answer; without, answering does nothing.
    pub const fn is_expected(&self) -> bool {
        self.is_expected
    }
}

/// Which events are asked for; the others are kept for later, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Want {
    /// Whatever comes first.
    Anything,
    /// The end of this call: its reply, or why there is none.
    Reply(CallId),
    /// Nothing: what has come is sorted and kept.
    Nothing,
    /// A signal that this subscription asks for, or that the subscription was refused. Other subscriptions that ask for it
    /// are given it too, without its file descriptors.
    Signal(SubscriptionId),
}
