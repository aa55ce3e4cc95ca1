//! The blocking connection.

use std::os::fd::OwnedFd;
use std::time::Duration;

use barebus_session::{CallId, Config, Event, Session, SubscriptionId, Want};
use barebus_wire::{Emission, EncodeBody, MatchRule, MethodCall};
use nix::errno::Errno;

use crate::error::{CallError, ConnectionError};
use crate::observer::Observe;
use crate::reply::{Reply, Signal, into_reply};
use crate::signals::DroppedSignals;
use crate::sys::{self, Descriptor};
use crate::transport::Transport;

/// A connection to a message bus, or a direct connection to a peer.
///
/// ```no_run
/// use barebus::{Connection, MethodCall};
///
/// let mut bus = Connection::system()?;
/// let (systemd, path) = ("org.freedesktop.systemd1", "/org/freedesktop/systemd1");
/// let call = MethodCall::new(systemd, path, "org.freedesktop.systemd1.Manager", "GetUnitFileState")?;
///
/// // One call.
/// let reply = bus.call(&call, &("sshd.service",))?;
/// let (state,): (&str,) = reply.body()?;
/// println!("{state}");
///
/// // Two calls that are outstanding together. They leave in one write.
/// let first = bus.start_call(&call, &("cron.service",), Vec::new())?;
/// let second = bus.start_call(&call, &("dbus.service",), Vec::new())?;
/// for call in [first, second] {
///     let (state,): (String,) = bus.wait(call)?.body()?;
///     println!("{state}");
/// }
/// # Ok::<(), barebus::Error>(())
/// ```
///
/// Opening it connects the socket. Authentication, `Hello` and the first call then leave in one write; [`establish`](Self::establish)
/// sends the first two at once.
///
/// A connection is `Send`: it can be moved to another thread, or shared behind a mutex. After fork(2) it belongs to the parent alone.
/// Dropping it closes the socket. A connection never reconnects: after a fatal error, open a new one.
#[derive(Debug)]
pub struct Connection {
    pub(crate) session: Session<Descriptor>,
    pub(crate) transport: Transport,
    /// Time limit for connecting once more; `None` for a stream that cannot be connected again.
    pub(crate) reopening: Option<Duration>,
    pub(crate) address: String,
    pub(crate) call_timeout: Option<Duration>,
    /// See [`Transport::set_patience`].
    pub(crate) patience: Duration,
    /// The system call that failed. The session has ended because of it, or will.
    pub(crate) failure: Option<(&'static str, Errno)>,
    /// How messages are sent: without file descriptors, until the first ones are queued.
    pub(crate) transmit: sys::Send,
    /// Made with the first [`Signals`](crate::Signals).
    pub(crate) dropped: Option<Box<dyn DroppedSignals>>,
    pub(crate) observer: Option<Box<dyn Observe>>,
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
        // The shortest common wait.
        let handshake = config.handshake_timeout;
        let patience = call_timeout.map_or(handshake, |call| call.min(handshake));
        transport.set_patience(patience)?;
        Ok(Self {
            session: Session::new(config),
            transport,
            reopening,
            address: address.into(),
            call_timeout,
            patience,
            failure: None,
            transmit: sys::send,
            dropped: None,
            observer: None,
        })
    }

    /// The server's address.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Our unique name. `None` until the bus has answered `Hello`: after the first call, or after [`establish`](Self::establish).
    pub fn unique_name(&self) -> Option<&str> {
        self.session.unique_name()
    }

    /// Whether this is a direct connection, without a bus.
    pub const fn is_direct(&self) -> bool {
        matches!(self.session.server(), barebus_session::ServerKind::Direct)
    }

    /// The state of the session: counters, the server's GUID, whether file descriptors can be passed.
    pub const fn session_state(&self) -> &Session<Descriptor> {
        &self.session
    }

    /// How long a call waits for its reply; `None`: no limit.
    pub const fn call_timeout(&self) -> Option<Duration> {
        self.call_timeout
    }

    /// Sets how long later calls wait for their reply; `None`: no limit.
    pub fn set_call_timeout(&mut self, timeout: Option<Duration>) {
        self.call_timeout = timeout;
    }

    /// Authenticates and, on a bus, waits for the reply to `Hello`.
    ///
    /// # Errors
    /// [`ConnectionError`]: why the connection has ended.
    pub fn establish(&mut self) -> Result<(), ConnectionError> {
        self.session.begin_wait(self.now());
        while !self.session.is_established() {
            // Processes what has arrived, and watches the deadline of the handshake. Events stay in the queue.
            self.poll(Want::Nothing)?;
            if self.session.is_established() {
                break;
            }
            self.progress(None, self.now())?;
        }
        Ok(())
    }

    /// Calls a method and waits for the reply, which borrows from the receive buffer. Other events that arrive meanwhile are kept.
    ///
    /// # Errors
    /// - [`CallError::Remote`]: the callee or the bus replied with an ERROR.
    /// - [`CallError::NoReply`]: there is no reply, or none that can be believed.
    /// - [`CallError::Send`]: the call was not sent.
    /// - [`CallError::Connection`]: the connection has ended.
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
        self.session.begin_wait(now);
        // What arrived before cannot be the reply. If the next read brings it, the time that the read took does not matter.
        let has_time = self.call_timeout != Some(Duration::ZERO);
        if has_time {
            self.progress_at_home(None, now)?;
        }
        if !(has_time && self.poll_at(Want::Reply(id), now)?) {
            self.wait_longer(id)?;
        }
        self.take_reply()
    }

    /// Queues a call without waiting, with file descriptors to send along. A UNIX_FD in the body is an index into `fds`. Any number of
    /// calls can be outstanding. They leave in one write with the next [`wait`](Self::wait) or [`flush`](Self::flush).
    ///
    /// # Errors
    /// [`CallError::Send`], [`CallError::Connection`].
    #[inline]
    pub fn start_call<B: EncodeBody + ?Sized>(
        &mut self,
        call: &MethodCall<'_>,
        body: &B,
        fds: Vec<OwnedFd>,
    ) -> Result<CallId, CallError> {
        let fds = self.own(fds);
        self.start_call_at(self.now(), call, &body, fds)
    }

    /// The user's file descriptors, to be sent.
    pub(crate) fn own(&mut self, fds: Vec<OwnedFd>) -> Vec<Descriptor> {
        if !fds.is_empty() {
            self.transmit = sys::send_with_fds;
        }
        fds.into_iter().map(Descriptor::from).collect()
    }

    #[inline]
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

    /// Waits for the reply to a call. Other events that arrive first are kept.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    #[inline]
    pub fn wait(&mut self, call: CallId) -> Result<Reply<'_>, CallError> {
        self.check_home()?;
        // Otherwise the time does not matter.
        if !self.session.is_established() {
            self.session.begin_wait(self.now());
        }
        self.wait_longer(call)?;
        self.take_reply()
    }

    /// Waits until the call has ended. The caller has checked that the process was not forked.
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
        self.session.take_reply().map_err(CallError::NoReply).and_then(into_reply)
    }

    /// Sends all calls in one write and passes the replies to `take`, in the order of the calls: one round trip for all.
    ///
    /// # Errors
    /// The first error that `take` returns, or that ends the connection. The other replies are dropped.
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

    /// Gives up a call. Its reply is dropped when it arrives.
    pub fn forget(&mut self, call: CallId) {
        self.session.forget(call);
    }

    /// Calls a method with NO_REPLY_EXPECTED, and writes everything that is queued.
    ///
    /// # Errors
    /// [`CallError::Send`]; [`CallError::NoReply`]: the other side does not read; [`CallError::Connection`].
    pub fn send<B: EncodeBody + ?Sized>(
        &mut self,
        call: &MethodCall<'_>,
        body: &B,
    ) -> Result<(), CallError> {
        self.start_send(call, body, Vec::new())?;
        self.flush()
    }

    /// Emits a signal, and writes everything that is queued.
    ///
    /// ```no_run
    /// use barebus::{Connection, Emission, InterfaceName, MemberName, ObjectPath};
    ///
    /// const PRESSED: Emission<'static> = Emission::new(
    ///     ObjectPath::from_static("/org/example/Button"),
    ///     InterfaceName::from_static("org.example.Button"),
    ///     MemberName::from_static("Pressed"),
    /// );
    ///
    /// let mut bus = Connection::session()?;
    /// bus.emit(&PRESSED, &(3_u32,))?;
    /// # Ok::<(), barebus::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`send`](Self::send). That nobody has got the signal is no error.
    pub fn emit<B: EncodeBody + ?Sized>(
        &mut self,
        signal: &Emission<'_>,
        body: &B,
    ) -> Result<(), CallError> {
        self.start_emit(signal, body, Vec::new())?;
        self.flush()
    }

    /// Writes everything that is queued. It reads meanwhile, so two sides that write to each other do not block for ever.
    ///
    /// # Errors
    /// [`CallError::NoReply`]: the other side did not read within the time limit of a call; [`CallError::Connection`].
    pub fn flush(&mut self) -> Result<(), CallError> {
        self.check_home()?;
        let deadline = self.call_deadline();
        self.session.begin_wait(self.now());
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

    /// Subscribes to signals and waits until the bus has accepted the rule. With a well-known name as sender, only signals of the name's
    /// present owner are reported.
    ///
    /// # Errors
    /// [`CallError::Remote`]: the bus refused the rule, or the question who owns the rule's sender. [`CallError::NoReply`]: it did not answer
    /// in time. [`CallError::Send`], [`CallError::Connection`].
    pub fn subscribe(&mut self, rule: &MatchRule<'_>) -> Result<SubscriptionId, CallError> {
        let id = self.start_subscription(rule)?;
        self.session.begin_wait(self.now());
        while !self.session.is_settled(id) {
            self.poll(Want::Nothing)?;
            if !self.session.is_settled(id) {
                self.progress(None, self.now())?;
            }
        }
        if self.session.is_subscribed(id) {
            return Ok(id);
        }
        // Takes the signals that arrived before the refusal, then the refusal itself, which is the error.
        while self.poll_signal(id)?.is_some() {}
        Err(CallError::NotSubscribed)
    }

    /// Ends a subscription. Signals that wait only for it are dropped.
    ///
    /// # Errors
    /// [`CallError::Send`], [`CallError::Connection`]. The subscription has ended all the same.
    pub fn unsubscribe(&mut self, subscription: SubscriptionId) -> Result<(), CallError> {
        self.session.unsubscribe(subscription).map_err(|error| self.not_sent(error))
    }

    /// Waits for the next signal of a subscription, at most for `timeout`; `None`: no limit. Returns `None` if none arrived in time. Other
    /// events are kept.
    ///
    /// # Errors
    /// [`CallError::Remote`], [`CallError::NoReply`]: the bus has ended the subscription, or did not answer in time.
    /// [`CallError::NotSubscribed`]: the subscription has ended before. [`CallError::Connection`].
    pub fn next_signal(
        &mut self,
        subscription: SubscriptionId,
        timeout: Option<Duration>,
    ) -> Result<Option<Signal<'_>>, CallError> {
        let want = Want::Signal(subscription);
        match self.wait_until(want, timeout, |bus| bus.check_subscribed(subscription))? {
            true => self.take_signal(),
            false => Ok(None),
        }
    }

    /// Waits for the next event of any kind, at most for `timeout`; `None`: no limit. Returns `None` if none arrived in time.
    ///
    /// # Errors
    /// [`ConnectionError`]: why the connection has ended.
    pub fn next_event(
        &mut self,
        timeout: Option<Duration>,
    ) -> Result<Option<Event<'_, Descriptor>>, ConnectionError> {
        let goes_on = |_: &Self| Ok::<_, Box<ConnectionError>>(());
        if !self.wait_until(Want::Anything, timeout, goes_on)? {
            return Ok(None);
        }
        Ok(self.session.take_event().unwrap_or_default())
    }

    /// Makes the connection a monitor: every message on the bus that one of `rules` matches is reported as [`Event::Monitored`]; without
    /// rules every message is. Nothing can be sent afterwards. Spec: org.freedesktop.DBus.Monitoring.BecomeMonitor.
    ///
    /// # Errors
    /// As [`call`](Self::call). [`CallError::Remote`]: only privileged users may monitor.
    pub fn become_monitor(&mut self, rules: &[MatchRule<'_>]) -> Result<(), CallError> {
        const CALL: MethodCall<'static> = MethodCall::from_static(
            "org.freedesktop.DBus",
            "/org/freedesktop/DBus",
            "org.freedesktop.DBus.Monitoring",
            "BecomeMonitor",
        );
        let rules: Vec<String> = rules.iter().map(ToString::to_string).collect();
        self.call(&CALL, &(rules, 0_u32))?;
        self.session.become_monitor();
        Ok(())
    }
}
