//! The blocking connection.

use std::os::fd::OwnedFd;
use std::time::Duration;

use barebus_session::{CallId, Config, Event, ReplyTo, Session, SubscriptionId, Want};
use barebus_wire::name::{BusName, ErrorName, InterfaceName, MemberName, ObjectPath};
use barebus_wire::{EncodeBody, MatchRule, MethodCall};
use nix::errno::Errno;

use crate::error::{CallError, ConnectionError};
use crate::io::monotonic;
use crate::reply::{Reply, Signal, into_reply};
use crate::signals::DroppedSignals;
use crate::sys::{Descriptor, own};
use crate::transport::Transport;

/// A connection to a message bus, or to somebody directly.
///
/// Opening it connects the socket; authentication, `Hello` and the first call then leave in one write.
/// [`establish`](Self::establish) does it at once.
///
/// It belongs to one thread at a time; it can be moved to another, or shared behind a mutex. After fork(2) it belongs to the
/// parent alone. Dropping it closes the socket: there is no good-bye in the protocol.
#[derive(Debug)]
pub struct Connection {
    pub(crate) session: Session<Descriptor>,
    pub(crate) transport: Transport,
    /// How long connecting to the address once more may take; `None` where that cannot be.
    pub(crate) reopening: Option<Duration>,
    pub(crate) address: String,
    pub(crate) call_timeout: Option<Duration>,
    /// See [`Transport::set_patience`].
    pub(crate) patience: Duration,
    /// The system call that failed, which is why the session has ended or is about to.
    pub(crate) failure: Option<(&'static str, Errno)>,
    /// Made with the first [`Signals`](crate::Signals).
    pub(crate) dropped: Option<Box<dyn DroppedSignals>>,
}

impl Connection {
    pub(crate) fn over(
        mut transport: Transport,
        reopening: Option<Duration>,
        address: &str,
        mut config: Config,
        call_timeout: Option<Duration>,
    ) -> nix::Result<Self> {
        config.can_reconnect = reopening.is_some();
        // The shortest time that is waited for as a rule.
        let handshake = config.handshake_timeout;
        let patience = call_timeout.map_or(handshake, |call| call.min(handshake));
        transport.set_patience(patience)?;
        Ok(Self {
            session: Session::new(config, monotonic()),
            transport,
            reopening,
            address: address.into(),
            call_timeout,
            patience,
            failure: None,
            dropped: None,
        })
    }

    /// The server's address.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Our unique name, once the bus has said it: after the first call, or after [`establish`](Self::establish).
    pub fn unique_name(&self) -> Option<&str> {
        self.session.unique_name()
    }

    /// Whether the other end is somebody directly, without a bus between.
    pub const fn is_direct(&self) -> bool {
        matches!(self.session.server(), barebus_session::ServerKind::Direct)
    }

    /// What lies below: counters, the server's GUID, whether file descriptors pass.
    pub const fn session_state(&self) -> &Session<Descriptor> {
        &self.session
    }

    /// How long a call waits for its reply; `None`: no limit.
    pub const fn call_timeout(&self) -> Option<Duration> {
        self.call_timeout
    }

    /// How long a call waits for its reply from now on; `None`: for ever.
    pub fn set_call_timeout(&mut self, timeout: Option<Duration>) {
        self.call_timeout = timeout;
    }

    /// Authenticates and, on a bus, waits for the answer to `Hello`.
    ///
    /// # Errors
    /// Why the connection has ended.
    pub fn establish(&mut self) -> Result<(), ConnectionError> {
        while !self.session.is_established() {
            // What has come is sorted, and the handshake's deadline watched; events stay for later.
            self.poll(Want::Nothing)?;
            if self.session.is_established() {
                break;
            }
            self.progress(None, self.now())?;
        }
        Ok(())
    }

    /// Calls a method and waits for the reply, which borrows from the receive buffer.
    ///
    /// # Errors
    /// [`CallError`] tells the callee's answer from no answer, and from a connection that has ended.
    #[inline]
    pub fn call<B: EncodeBody + ?Sized>(
        &mut self,
        call: &MethodCall<'_>,
        body: &B,
    ) -> Result<Reply<'_>, CallError> {
        self.call_with(call, &body)
    }

    fn call_with(
        &mut self,
        call: &MethodCall<'_>,
        body: &dyn EncodeBody,
    ) -> Result<Reply<'_>, CallError> {
        let now = self.now();
        let id = self.start_call_at(now, call, body, Vec::new())?;
        // Nothing that has come before can be its reply; and if what comes next is, the time it took does not matter.
        let has_time = self.call_timeout != Some(Duration::ZERO);
        if has_time {
            self.progress_at_home(None, now)?;
        }
        if !(has_time && self.poll_at(Want::Reply(id), now)?) {
            self.wait_longer(id)?;
        }
        self.take_reply()
    }

    /// Queues a call, with file descriptors to be sent along (UNIX_FDs in the body are their indices), without waiting: any
    /// number can be under way. They leave with the next [`wait`](Self::wait) or [`flush`](Self::flush), in one write.
    ///
    /// # Errors
    /// `CallError::Send`, `CallError::Connection`.
    #[inline]
    pub fn start_call<B: EncodeBody + ?Sized>(
        &mut self,
        call: &MethodCall<'_>,
        body: &B,
        fds: Vec<OwnedFd>,
    ) -> Result<CallId, CallError> {
        self.start_call_at(self.now(), call, &body, own(fds))
    }

    fn start_call_at(
        &mut self,
        now: Duration,
        call: &MethodCall<'_>,
        body: &dyn EncodeBody,
        fds: Vec<Descriptor>,
    ) -> Result<CallId, CallError> {
        self.revive()?;
        self.release_dropped();
        let deadline = self.call_timeout.map(|timeout| now.saturating_add(timeout));
        self.session.call(call, body, fds, deadline).map_err(|error| self.not_sent(error))
    }

    /// Waits for the reply to a call. Replies to others that come first are kept.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    #[inline]
    pub fn wait(&mut self, call: CallId) -> Result<Reply<'_>, CallError> {
        self.check_home()?;
        self.wait_longer(call)?;
        self.take_reply()
    }

    /// Waits until the call has ended; the connection is this process's own.
    fn wait_longer(&mut self, call: CallId) -> Result<(), CallError> {
        loop {
            let now = self.now();
            if self.poll_at(Want::Reply(call), now)? {
                return Ok(());
            }
            self.check_outstanding(call)?;
            self.progress_at_home(None, now)?;
        }
    }

    /// Ends the subscriptions whose [`Signals`](crate::Signals) were dropped.
    #[inline]
    pub(crate) fn release_dropped(&mut self) {
        if let Some(dropped) = &self.dropped {
            dropped.release(&mut self.session);
        }
    }

    /// The reply that was found.
    #[inline]
    pub(crate) fn take_reply(&mut self) -> Result<Reply<'_>, CallError> {
        match self.session.take_reply() {
            Ok(reply) => into_reply(reply),
            Err(reason) => Err(CallError::NoReply(reason)),
        }
    }

    /// Makes all calls at once and gives the replies in the order of the calls, each to `take`: one round trip in all.
    ///
    /// # Errors
    /// The first that `take` gives, or that ends the connection; the replies to the others are dropped.
    pub fn call_all<B: EncodeBody>(
        &mut self,
        calls: &[(MethodCall<'_>, B)],
        mut take: impl FnMut(usize, Result<Reply<'_>, CallError>) -> Result<(), CallError>,
    ) -> Result<(), CallError> {
        let mut started = Vec::with_capacity(calls.len());
        for (call, body) in calls {
            match self.start_call(call, body, Vec::new()) {
                Ok(id) => started.push(id),
                Err(error) => {
                    started.into_iter().for_each(|id| self.session.forget(id));
                    return Err(error);
                }
            }
        }
        for (index, id) in started.iter().enumerate() {
            let taken = match self.wait(*id) {
                Err(CallError::Connection(error)) => Err(CallError::Connection(error)),
                result => take(index, result),
            };
            if let Err(error) = taken {
                started.iter().skip(index).for_each(|id| self.session.forget(*id));
                return Err(error);
            }
        }
        Ok(())
    }

    /// Waits no longer for a call's reply.
    pub fn forget(&mut self, call: CallId) {
        self.session.forget(call);
    }

    /// Calls a method that is to send no reply, and writes it.
    ///
    /// # Errors
    /// `CallError::Send`, `CallError::NoReply` when the other side does not read, `CallError::Connection`.
    pub fn send<B: EncodeBody + ?Sized>(
        &mut self,
        call: &MethodCall<'_>,
        body: &B,
    ) -> Result<(), CallError> {
        self.start_send(call, body, Vec::new())?;
        self.flush()
    }

    /// Writes all that is queued. It reads meanwhile, so that two sides that write to one another never block for good.
    ///
    /// # Errors
    /// `CallError::NoReply` when the other side has not read for the time of a call; `CallError::Connection`.
    pub fn flush(&mut self) -> Result<(), CallError> {
        self.check_home()?;
        let deadline = self.call_deadline();
        loop {
            self.write()?;
            if self.is_flushed() {
                return Ok(());
            }
            if deadline.is_some_and(|deadline| self.now() >= deadline) {
                return Err(CallError::NoReply(barebus_session::NoReply::TimedOut));
            }
            self.poll(Want::Nothing)?;
            if !self.is_flushed() {
                self.progress_at_home(deadline, self.now())?;
            }
        }
    }

    fn is_flushed(&self) -> bool {
        !self.session.wants_transmit() && self.session.is_established()
    }

    /// Subscribes to signals and waits until the bus has agreed. With a well-known name as sender, only signals of the name's
    /// present owner are given.
    ///
    /// # Errors
    /// `Remote` is the bus's refusal.
    pub fn subscribe(&mut self, rule: &MatchRule<'_>) -> Result<SubscriptionId, CallError> {
        let id = self.start_subscription(rule)?;
        while !self.session.is_settled(id) {
            self.poll(Want::Nothing)?;
            if !self.session.is_settled(id) {
                self.progress(None, self.now())?;
            }
        }
        if self.session.is_subscribed(id) {
            return Ok(id);
        }
        // Signals that came for it before the refusal are not for anybody any more.
        while self.poll_signal(id)?.is_some() {}
        Err(CallError::NoReply(barebus_session::NoReply::TimedOut))
    }

    /// Ends a subscription.
    ///
    /// # Errors
    /// `CallError::Send`, `CallError::Connection`.
    pub fn unsubscribe(&mut self, subscription: SubscriptionId) -> Result<(), CallError> {
        self.session.unsubscribe(subscription).map_err(|error| self.not_sent(error))
    }

    /// Waits for the next signal of a subscription, at most for `timeout`; `None` when it has passed. Other events are kept.
    ///
    /// # Errors
    /// Why the connection has ended.
    pub fn next_signal(
        &mut self,
        subscription: SubscriptionId,
        timeout: Option<Duration>,
    ) -> Result<Option<Signal<'_>>, ConnectionError> {
        if !self.wait_until(Want::Signal(subscription), timeout)? {
            return Ok(None);
        }
        match self.session.take_event() {
            Ok(Some(Event::Signal { signal, .. })) => Ok(Some(signal.into())),
            _ => Ok(None),
        }
    }

    /// Waits for whatever happens next, at most for `timeout`; `None` when it has passed.
    ///
    /// # Errors
    /// Why the connection has ended.
    pub fn next_event(
        &mut self,
        timeout: Option<Duration>,
    ) -> Result<Option<Event<'_, Descriptor>>, ConnectionError> {
        if !self.wait_until(Want::Anything, timeout)? {
            return Ok(None);
        }
        Ok(self.session.take_event().unwrap_or_default())
    }

    /// Becomes a monitor: every message on the bus that one of `rules` matches, or simply every one if there is none, comes as
    /// [`Event::Monitored`]. Nothing can be sent afterwards. Spec: org.freedesktop.DBus.Monitoring.BecomeMonitor.
    ///
    /// # Errors
    /// As [`call`](Self::call); only privileged users may.
    pub fn become_monitor(&mut self, rules: &[MatchRule<'_>]) -> Result<(), CallError> {
        const CALL: MethodCall<'static> = MethodCall::new(
            ObjectPath::from_static("/org/freedesktop/DBus"),
            MemberName::from_static("BecomeMonitor"),
        )
        .interface(InterfaceName::from_static("org.freedesktop.DBus.Monitoring"))
        .destination(BusName::from_static("org.freedesktop.DBus"));
        let rules: Vec<String> = rules.iter().map(ToString::to_string).collect();
        self.call(&CALL, &(rules, 0_u32))?;
        self.session.become_monitor();
        Ok(())
    }

    /// Answers a call that came as an event.
    ///
    /// # Errors
    /// `CallError::Send`, `CallError::Connection`.
    pub fn reply<B: EncodeBody + ?Sized>(
        &mut self,
        to: &ReplyTo,
        body: &B,
    ) -> Result<(), CallError> {
        self.start_reply(to, body, Vec::new())?;
        self.flush()
    }

    /// Answers a call that came as an event with an ERROR.
    ///
    /// # Errors
    /// `CallError::Send`, `CallError::Connection`.
    pub fn reply_error(
        &mut self,
        to: &ReplyTo,
        name: ErrorName<'_>,
        text: &str,
    ) -> Result<(), CallError> {
        self.start_reply_error(to, name, text)?;
        self.flush()
    }
}
