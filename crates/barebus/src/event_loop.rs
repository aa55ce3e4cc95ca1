//! The connection in an event loop.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Instant;

use barebus_session::{CallId, Event, NoReply, Received, SubscriptionId, Want};
use barebus_wire::{Emission, EncodeBody, MatchRule, MethodCall};

use crate::connection::Connection;
use crate::error::{CallError, ConnectionError};
use crate::io::Waiting;
use crate::reply::into_reply;
use crate::reply::{Reply, Signal};
use crate::sys::Descriptor;

/// Reads in one [`Connection::read_arrived`].
const MOST_READS: usize = 16;

/// Methods for event loops. They do not wait; [`start_call`](Self::start_call) does not either.
///
/// A level-triggered loop (poll(2), epoll) waits until the descriptor is readable, or writable if [`wants_write`](Self::wants_write), at
/// most until [`next_deadline`](Self::next_deadline). Then it calls [`process`](Self::process), calls [`poll_event`](Self::poll_event)
/// until it returns `None`, and waits again.
///
/// An edge-triggered loop (EPOLLET, mio) registers for reading and writing once. Before it waits, it calls `poll_event` until it returns
/// `None`, then `process`, and repeats both until `process` returns `false`.
///
/// If authentication in one write fails, the connection is made once more, in `poll_event` or in the method that queues a call. Then the
/// descriptor has another number, and connect(2) is called, which returns at once on a Unix socket unless the server's queue is full. To
/// avoid both, call [`establish`](Self::establish) before the loop. Otherwise compare the number before each wait.
impl Connection {
    /// Whether something waits to be written. Call it immediately before waiting: taking events and making calls change it.
    pub fn wants_write(&self) -> bool {
        self.session.wants_transmit()
    }

    /// When to call [`process`](Self::process) even if nothing is readable. Call it immediately before waiting.
    pub fn next_deadline(&self) -> Option<Instant> {
        let left = self.session.next_deadline()?.saturating_sub(self.now());
        Instant::now().checked_add(left)
    }

    /// Writes what can be written, and reads once. Returns `false` if nothing had arrived: there is nothing to read until the descriptor is
    /// readable again. The end of the stream counts as something that has arrived.
    ///
    /// Received events take memory until they are taken: call [`poll_event`](Self::poll_event) until it returns `None`.
    ///
    /// # Errors
    /// [`Cause::Forked`](crate::Cause::Forked). Why the connection has ended is returned by `poll_event`, after the last event.
    pub fn process(&mut self) -> Result<bool, ConnectionError> {
        self.check_home()?;
        self.write()?;
        // One read only, so no peer can keep the loop busy. If more has arrived, the descriptor is readable again.
        Ok(self.read(Waiting::Not)?)
    }

    /// Writes and reads what is possible without waiting, in at most 16 steps. Then [`poll_event`](Self::poll_event) also tells that the other side
    /// has hung up, if it has by now. Returns whether anything had arrived; the end of the stream counts. Does nothing before authentication is
    /// complete.
    pub fn read_arrived(&mut self) -> bool {
        self.session.is_established()
            // The session keeps the errors.
            && (0..MOST_READS).take_while(|_| self.process().is_ok_and(|has_read| has_read)).count() != 0
    }

    /// Writes what can be written, then waits until something arrives or `until` has passed, and reads it once; `None`: no limit. It also
    /// returns when a deadline of the connection has passed. Events stay in the queue. For loops that look for several events with
    /// [`poll_reply`](Self::poll_reply) and [`poll_signal`](Self::poll_signal): wait when none of them has arrived.
    ///
    /// # Errors
    /// [`ConnectionError`]: why the connection has ended. Events that arrived before are still in the queue.
    pub fn wait_for_input(&mut self, until: Option<Instant>) -> Result<(), ConnectionError> {
        self.release_dropped();
        let now = self.now();
        self.session.begin_wait(now);
        self.poll_at(Want::Nothing, now)?;
        let until =
            until.map(|until| now.saturating_add(until.saturating_duration_since(Instant::now())));
        Ok(self.progress(until, now)?)
    }

    /// The next event; `None` if none has arrived.
    ///
    /// # Errors
    /// [`ConnectionError`]: why the connection has ended.
    pub fn poll_event(&mut self) -> Result<Option<Event<'_, Descriptor>>, ConnectionError> {
        self.release_dropped();
        if !self.poll(Want::Anything)? {
            return Ok(None);
        }
        Ok(self.session.take_event().unwrap_or_default())
    }

    /// The reply to a call; `None` if it has not arrived. Other events are kept.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn poll_reply(&mut self, call: CallId) -> Result<Option<Reply<'_>>, CallError> {
        if !self.poll(Want::Reply(call))? {
            return self.check_outstanding(call).map(|()| None);
        }
        self.take_reply().map(Some)
    }

    /// The next signal of a subscription; `None` if none has arrived. Other events are kept.
    ///
    /// # Errors
    /// As [`next_signal`](Self::next_signal).
    pub fn poll_signal(
        &mut self,
        subscription: SubscriptionId,
    ) -> Result<Option<Signal<'_>>, CallError> {
        self.release_dropped();
        if !self.poll(Want::Signal(subscription))? {
            return self.check_subscribed(subscription).map(|()| None);
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

    /// Queues a call with NO_REPLY_EXPECTED, with file descriptors to send along.
    ///
    /// # Errors
    /// [`CallError::Send`], [`CallError::Connection`].
    pub fn start_send<B: EncodeBody + ?Sized>(
        &mut self,
        call: &MethodCall<'_>,
        body: &B,
        fds: Vec<OwnedFd>,
    ) -> Result<(), CallError> {
        self.revive()?;
        let fds = self.own(fds);
        self.session.send(call, body, fds).map_err(|error| self.not_sent(error))
    }

    /// Queues a signal, with file descriptors to send along.
    ///
    /// # Errors
    /// [`CallError::Send`], [`CallError::Connection`].
    pub fn start_emit<B: EncodeBody + ?Sized>(
        &mut self,
        signal: &Emission<'_>,
        body: &B,
        fds: Vec<OwnedFd>,
    ) -> Result<(), CallError> {
        self.revive()?;
        let fds = self.own(fds);
        self.session.emit(signal, body, fds).map_err(|error| self.not_sent(error))
    }

    /// Queues a subscription to signals, as [`subscribe`](Self::subscribe) does, without waiting until the bus has accepted the rule. A
    /// refusal is reported as [`Event::NotSubscribed`]. [`Session::is_settled`](crate::Session::is_settled) of
    /// [`session_state`](Self::session_state) says whether the bus has answered.
    ///
    /// # Errors
    /// [`CallError::Send`], [`CallError::Connection`].
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
}

impl AsFd for Connection {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.transport.as_fd()
    }
}

impl<'a> TryFrom<Received<'a, Descriptor>> for Reply<'a> {
    type Error = CallError;

    /// The reply of an event; [`CallError::Remote`] if it is an ERROR.
    fn try_from(reply: Received<'a, Descriptor>) -> Result<Self, CallError> {
        into_reply(reply)
    }
}

impl<'a> From<Received<'a, Descriptor>> for Signal<'a> {
    fn from(signal: Received<'a, Descriptor>) -> Self {
        Self::new(signal)
    }
}
