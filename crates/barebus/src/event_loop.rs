//! The connection in an event loop: nothing here ever waits.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Instant;

use barebus_session::{CallId, Event, NoReply, Received, ReplyTo, SubscriptionId, Want};
use barebus_wire::{EncodeBody, ErrorName, MatchRule, MethodCall};

use crate::connection::Connection;
use crate::error::{CallError, ConnectionError};
use crate::io::Waiting;
use crate::reply::into_reply;
use crate::reply::{Reply, Signal};
use crate::sys::{Descriptor, own};

/// For event loops: nothing from here on waits, nor does [`start_call`](Self::start_call).
///
/// A loop that is told levels (poll(2), epoll) waits until the descriptor is readable, or writable while
/// [`wants_write`](Self::wants_write), at most until [`next_deadline`](Self::next_deadline). Then it calls
/// [`process`](Self::process), takes [`poll_event`](Self::poll_event) until it gives none, and waits again.
///
/// A loop that is told edges (EPOLLET, mio) registers for reading and writing once. It takes `poll_event` until it gives none
/// and calls `process`, both again until `process` is `false`: then it may wait.
///
/// The descriptor changes at most once, when a server refuses authentication in one go and is connected to anew: its number is
/// another one then, and a loop that registers it looks at it before it waits. Whoever lets
/// [`establish`](Self::establish) wait first is spared that.
impl Connection {
    /// Whether something waits for being written. To be asked just before waiting: events that are taken, and calls that are
    /// made, add to it.
    pub fn wants_write(&self) -> bool {
        self.session.wants_transmit()
    }

    /// When [`process`](Self::process) should be called though nothing is readable. To be asked just before waiting.
    pub fn next_deadline(&self) -> Option<Instant> {
        let left = self.session.next_deadline()?.saturating_sub(self.now());
        Instant::now().checked_add(left)
    }

    /// Writes what can be written, and reads once. `false` when nothing had come, so that there is nothing to read until the
    /// descriptor is readable again; the end of the stream has come, too.
    ///
    /// What is read waits for being taken, in memory: take [`poll_event`](Self::poll_event) until it gives none.
    ///
    /// # Errors
    /// Why the connection cannot be used; why it has ended `poll_event` tells, after the last event.
    pub fn process(&mut self) -> Result<bool, ConnectionError> {
        self.check_home()?;
        self.write()?;
        // One read: whoever has more to say is ready again. So no peer can keep us from our other work.
        Ok(self.read(Waiting::Not)?)
    }

    /// The next event that has come.
    ///
    /// # Errors
    /// Why the connection has ended.
    pub fn poll_event(&mut self) -> Result<Option<Event<'_, Descriptor>>, ConnectionError> {
        self.release_dropped();
        if !self.poll(Want::Anything)? {
            return Ok(None);
        }
        Ok(self.session.take_event().unwrap_or_default())
    }

    /// The reply to a call, if it has come. Other events are kept.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn poll_reply(&mut self, call: CallId) -> Result<Option<Reply<'_>>, CallError> {
        if !self.poll(Want::Reply(call))? {
            return self.check_outstanding(call).map(|()| None);
        }
        self.take_reply().map(Some)
    }

    /// The next signal of a subscription, if it has come. Other events are kept.
    ///
    /// # Errors
    /// `Remote` is the bus's refusal of the subscription, `NoReply` that it did not answer in time; `CallError::Connection`.
    pub fn poll_signal(
        &mut self,
        subscription: SubscriptionId,
    ) -> Result<Option<Signal<'_>>, CallError> {
        self.release_dropped();
        if !self.poll(Want::Signal(subscription))? {
            return Ok(None);
        }
        self.take_signal()
    }

    /// The signal that was found, or why the subscription has ended.
    pub(crate) fn take_signal(&mut self) -> Result<Option<Signal<'_>>, CallError> {
        match self.session.take_event() {
            Ok(Some(Event::Signal { signal, .. })) => Ok(Some(signal.into())),
            Ok(Some(Event::NotSubscribed { reply, .. })) => {
                reply.map_or(Ok(()), |reply| into_reply(reply).map(|_| ()))?;
                Err(CallError::NoReply(NoReply::TimedOut))
            }
            _ => Ok(None),
        }
    }

    /// Queues a call that is to send no reply, with file descriptors to be sent along.
    ///
    /// # Errors
    /// `CallError::Send`, `CallError::Connection`.
    pub fn start_send<B: EncodeBody + ?Sized>(
        &mut self,
        call: &MethodCall<'_>,
        body: &B,
        fds: Vec<OwnedFd>,
    ) -> Result<(), CallError> {
        self.revive()?;
        self.session.send(call, body, own(fds)).map_err(|error| self.not_sent(error))
    }

    /// Queues a subscription to signals, as [`subscribe`](Self::subscribe) without waiting until the bus has agreed. Its
    /// refusal is an event; [`session_state`](Self::session_state) tells when the subscription is settled.
    ///
    /// # Errors
    /// `CallError::Send`, `CallError::Connection`.
    pub fn start_subscription(
        &mut self,
        rule: &MatchRule<'_>,
    ) -> Result<SubscriptionId, CallError> {
        self.revive()?;
        let deadline = self.call_deadline();
        let subscribed = self.session.subscribe(rule, deadline);
        // Only now: if a dropped subscription had the same rule, the bus keeps the rule and is not asked again.
        self.release_dropped();
        subscribed.map_err(|error| self.not_sent(error))
    }

    /// Queues the answer to a call that came as an event, with file descriptors to be sent along.
    ///
    /// # Errors
    /// `CallError::Send`, `CallError::Connection`.
    pub fn start_reply<B: EncodeBody + ?Sized>(
        &mut self,
        to: &ReplyTo,
        body: &B,
        fds: Vec<OwnedFd>,
    ) -> Result<(), CallError> {
        self.session.reply(to, body, own(fds)).map_err(|error| self.not_sent(error))
    }

    /// Queues an ERROR as the answer to a call that came as an event.
    ///
    /// # Errors
    /// `CallError::Send`, `CallError::Connection`.
    pub fn start_reply_error(
        &mut self,
        to: &ReplyTo,
        name: ErrorName<'_>,
        text: &str,
    ) -> Result<(), CallError> {
        self.session.reply_error(to, name, text).map_err(|error| self.not_sent(error))
    }
}

impl AsFd for Connection {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.transport.as_fd()
    }
}

impl<'a> TryFrom<Received<'a, Descriptor>> for Reply<'a> {
    type Error = CallError;

    /// The reply of an event; `CallError::Remote` when it is an ERROR.
    fn try_from(reply: Received<'a, Descriptor>) -> Result<Self, CallError> {
        into_reply(reply)
    }
}

impl<'a> From<Received<'a, Descriptor>> for Signal<'a> {
    fn from(signal: Received<'a, Descriptor>) -> Self {
        Self::new(signal)
    }
}
