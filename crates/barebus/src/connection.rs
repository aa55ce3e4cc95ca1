//! The blocking connection.

use std::os::fd::OwnedFd;
use std::time::Duration;

use barebus_session::{
    CallId, Config, Event, Received, ReplyTo, SendError, Session, SessionError, SubscriptionId,
    Want,
};
use barebus_wire::name::{BusName, ErrorName, InterfaceName, MemberName, ObjectPath};
use barebus_wire::{EncodeBody, MatchRule, Message, MessageType, MethodCall};
use nix::errno::Errno;
use nix::time::ClockId;

use crate::endpoint;
use crate::error::{CallError, Cause, ConnectionError};
use crate::reply::{Reply, Signal};
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
    pub(crate) session: Session<OwnedFd>,
    pub(crate) transport: Transport,
    /// How long connecting to the address once more may take; `None` where that cannot be.
    reopening: Option<Duration>,
    address: String,
    call_timeout: Option<Duration>,
    /// See [`Transport::set_patience`].
    patience: Duration,
    /// The system call that failed, which is why the session has ended or is about to.
    failure: Option<(&'static str, Errno)>,
}

impl Connection {
    pub(crate) fn over(
        mut transport: Transport,
        reopening: Option<Duration>,
        address: &str,
        config: Config,
        call_timeout: Option<Duration>,
    ) -> nix::Result<Self> {
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
        matches!(self.session.peer(), barebus_session::Peer::Direct)
    }

    /// What lies below: counters, the server's GUID, whether file descriptors pass.
    pub const fn session_state(&self) -> &Session<OwnedFd> {
        &self.session
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
            self.seek(Want::Nothing)?;
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
            self.progress(None, now)?;
        }
        if !(has_time && self.seek_at(Want::Reply(id), now)?) {
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
        self.start_call_at(self.now(), call, &body, fds)
    }

    #[inline]
    fn start_call_at(
        &mut self,
        now: Duration,
        call: &MethodCall<'_>,
        body: &dyn EncodeBody,
        fds: Vec<OwnedFd>,
    ) -> Result<CallId, CallError> {
        self.revive()?;
        let deadline = self.call_timeout.map(|timeout| now.saturating_add(timeout));
        self.session.call(call, body, fds, deadline).map_err(|error| self.not_sent(error))
    }

    /// Waits for the reply to a call. Replies to others that come first are kept.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    #[inline]
    pub fn wait(&mut self, call: CallId) -> Result<Reply<'_>, CallError> {
        self.wait_longer(call)?;
        self.take_reply()
    }

    /// Waits until the call has ended.
    fn wait_longer(&mut self, call: CallId) -> Result<(), CallError> {
        loop {
            let now = self.now();
            if self.seek_at(Want::Reply(call), now)? {
                return Ok(());
            }
            self.check_outstanding(call)?;
            self.progress(None, now)?;
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
        let deadline = self.call_deadline();
        loop {
            self.write()?;
            if self.is_flushed() {
                return Ok(());
            }
            if deadline.is_some_and(|deadline| self.now() >= deadline) {
                return Err(CallError::NoReply(barebus_session::NoReply::TimedOut));
            }
            self.seek(Want::Nothing)?;
            if !self.is_flushed() {
                self.progress(deadline, self.now())?;
            }
        }
    }

    fn is_flushed(&self) -> bool {
        !self.session.has_output() && self.session.is_established()
    }

    /// Subscribes to signals and waits until the bus has agreed. With a well-known name as sender, only signals of the name's
    /// present owner are given.
    ///
    /// # Errors
    /// `Remote` is the bus's refusal.
    pub fn subscribe(&mut self, rule: &MatchRule<'_>) -> Result<SubscriptionId, CallError> {
        let id = self.start_subscription(rule)?;
        while !self.session.is_settled(id) {
            self.seek(Want::Nothing)?;
            if !self.session.is_settled(id) {
                self.progress(None, self.now())?;
            }
        }
        if self.session.is_subscribed(id) {
            return Ok(id);
        }
        self.poll_signal(id)?;
        // Whoever refuses gives a reason, or none in time.
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
        match self.session.take() {
            Ok(Some(Event::Signal(signal))) => Ok(Some(signal.into())),
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
    ) -> Result<Option<Event<'_, OwnedFd>>, ConnectionError> {
        if !self.wait_until(Want::Anything, timeout)? {
            return Ok(None);
        }
        Ok(self.session.take().unwrap_or_default())
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

    // Within.

    /// The session's clock.
    #[inline]
    pub(crate) fn now(&self) -> Duration {
        monotonic()
    }

    /// When a call that is made now has waited long enough.
    #[inline]
    pub(crate) fn call_deadline(&self) -> Option<Duration> {
        self.call_timeout.map(|timeout| self.now().saturating_add(timeout))
    }

    /// Waits until an event that is wanted has come, at most for `timeout`.
    fn wait_until(
        &mut self,
        want: Want,
        timeout: Option<Duration>,
    ) -> Result<bool, Box<ConnectionError>> {
        let deadline = timeout.map(|timeout| self.now().saturating_add(timeout));
        while !self.seek(want)? {
            if deadline.is_some_and(|deadline| self.now() >= deadline) {
                return Ok(false);
            }
            self.progress(deadline, self.now())?;
        }
        Ok(true)
    }

    /// Looks for an event. When the server has refused authentication in one go, begins anew line by line.
    #[inline]
    pub(crate) fn seek(&mut self, want: Want) -> Result<bool, Box<ConnectionError>> {
        self.seek_at(want, self.now())
    }

    #[inline]
    fn seek_at(&mut self, want: Want, now: Duration) -> Result<bool, Box<ConnectionError>> {
        match self.session.seek(want, now) {
            Ok(found) => Ok(found),
            Err(error) => self.ended(error, now).map(|()| false),
        }
    }

    /// That waiting for the call is not in vain.
    #[inline]
    pub(crate) fn check_outstanding(&self, call: CallId) -> Result<(), CallError> {
        if self.session.is_outstanding(call) {
            return Ok(());
        }
        Err(CallError::NoReply(barebus_session::NoReply::NotOutstanding))
    }

    /// Begins anew, or tells why not, when the session has ended.
    #[inline]
    pub(crate) fn revive(&mut self) -> Result<(), Box<ConnectionError>> {
        match self.session.error() {
            None => Ok(()),
            Some(error) => self.ended(error.clone(), self.now()),
        }
    }

    #[cold]
    fn ended(&mut self, error: SessionError, now: Duration) -> Result<(), Box<ConnectionError>> {
        let reopening = self.reopening.filter(|_| self.failure.is_none());
        if let Some(timeout) = reopening.filter(|_| self.session.authenticate_again(now)) {
            match endpoint::reach_again(&self.address, timeout) {
                Ok(transport) => {
                    self.transport = transport;
                    // Without it a read waits by poll(2).
                    let _ = self.transport.set_patience(self.patience);
                    return Ok(());
                }
                Err(cause) => {
                    self.session.end(error);
                    // Whoever asks again is told so too, and not of the first server's refusal.
                    self.failure = Some(("connecting again", cause.errno()));
                    return Err(self.error(Cause::Reopen(Box::new(cause))));
                }
            }
        }
        let cause = match self.failure {
            Some((doing, error)) => Cause::Io { doing, error: error.into() },
            None => Cause::Session(error),
        };
        Err(self.error(cause))
    }

    fn error(&self, cause: Cause) -> Box<ConnectionError> {
        Box::new(ConnectionError { address: self.address.clone(), cause })
    }

    #[cold]
    pub(crate) fn not_sent(&mut self, error: SendError) -> CallError {
        match error {
            SendError::Ended(error) => {
                let now = self.now();
                match self.ended(*error, now) {
                    Err(error) => error.into(),
                    // Authentication began anew: the user's next try finds it so.
                    Ok(()) => CallError::NoReply(barebus_session::NoReply::TimedOut),
                }
            }
            error => CallError::Send(error),
        }
    }

    /// Writes what can be written, and waits, at most until `until` or the session's own deadline, for something to read. It is
    /// `now`, or was a moment ago.
    #[inline]
    fn progress(
        &mut self,
        until: Option<Duration>,
        now: Duration,
    ) -> Result<(), Box<ConnectionError>> {
        self.write()?;
        // What had come before a failure is taken next, and then told why it is the end. And writing may have ended the very call
        // that is waited for.
        if self.failure.is_some() || self.session.has_news() {
            return Ok(());
        }
        let deadline = match (self.session.next_deadline(), until) {
            (Some(session), Some(until)) => Some(session.min(until)),
            (session, until) => session.or(until),
        };
        let time = deadline.map(|deadline| deadline.saturating_sub(now));
        if !self.session.has_output() {
            return self.read(Waiting::For(time)).map(|_| ());
        }
        match self.transport.wait(true, time) {
            Ok(ready) if ready.read => self.read(Waiting::Not).map(|_| ()),
            Ok(_) => Ok(()),
            Err(error) => self.failed("waiting for the socket", error),
        }
    }

    /// Writes what the socket takes at once.
    #[inline]
    pub(crate) fn write(&mut self) -> Result<(), Box<ConnectionError>> {
        if self.transport.is_foreign() {
            return Err(self.error(Cause::Forked));
        }
        while self.failure.is_none() {
            let output = self.session.output();
            if output.is_empty() {
                break;
            }
            match self.transport.send(output.bytes, output.fds) {
                Ok(count) => self.session.sent(count),
                Err(Errno::EAGAIN) => break,
                // Too many descriptors are under way: an error of the message that has some, no byte of which was written.
                Err(Errno::ETOOMANYREFS | Errno::EMFILE) if self.session.fds_refused() => {}
                // Want of memory (ENOBUFS, ENOMEM) is the end as well: nothing tells when it is over, poll(2) calls the socket
                // writable all the while.
                Err(error) => return self.failed("writing", error),
            }
        }
        Ok(())
    }

    /// Reads once. `false` when nothing has come; the end of the stream has.
    #[inline]
    pub(crate) fn read(&mut self, waiting: Waiting) -> Result<bool, Box<ConnectionError>> {
        let room = self.session.room();
        let read = match waiting {
            Waiting::Not => self.transport.receive(room),
            Waiting::For(time) => self.transport.receive_within(room, time),
        };
        match read {
            Ok(read) if read.count == 0 && read.fds.is_empty() => {
                self.session.end_of_file();
                Ok(true)
            }
            Ok(read) => {
                self.session.filled(read.count, read.fds, read.truncated);
                Ok(true)
            }
            Err(Errno::EAGAIN) => Ok(false),
            Err(error) => self.failed("reading", error).map(|()| true),
        }
    }

    /// A system call has failed. What had come before is still taken; then the session ends.
    #[cold]
    fn failed(&mut self, doing: &'static str, error: Errno) -> Result<(), Box<ConnectionError>> {
        self.failure.get_or_insert((doing, error));
        // A peer that goes on writing cannot keep us here.
        for _ in 0..LAST_READS {
            match self.transport.receive(self.session.room()) {
                Ok(read) if read.count != 0 => {
                    self.session.filled(read.count, read.fds, read.truncated);
                }
                _ => break,
            }
        }
        self.session.end_of_file();
        Ok(())
    }
}

/// The time since the machine was started. `Instant` would do, but every program would carry what it prints if it fails.
#[inline]
pub(crate) fn monotonic() -> Duration {
    // It does not fail: the clock exists and the place to write to is valid.
    ClockId::CLOCK_MONOTONIC.now().map_or(Duration::ZERO, Duration::from)
}

/// Reads after a failure: more than a socket's buffer holds.
const LAST_READS: usize = 64;

/// How long a read may wait.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Waiting {
    Not,
    For(Option<Duration>),
}

#[inline]
pub(crate) fn into_reply(reply: Received<'_, OwnedFd>) -> Result<Reply<'_>, CallError> {
    if reply.message.header().message_type == MessageType::Error {
        return Err(remote_error(&reply.message));
    }
    Ok(Reply::new(reply))
}

/// What an ERROR says.
#[cold]
fn remote_error(message: &Message<'_>) -> CallError {
    let name = message.header().error_name.map_or("", ErrorName::as_str);
    CallError::Remote {
        name: name.into(),
        message: message.first_argument::<&str>().unwrap_or_default().into(),
    }
}
