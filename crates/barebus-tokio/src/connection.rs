//! The handle.

use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::task::Waker;
use std::time::Duration;

use barebus::definition::Request;
use barebus::{CallError, CallId, EncodeBody, MatchRule, MethodCall, OpenError};

use crate::call::PendingReply;
use crate::driver::Driver;
use crate::incoming::Incoming;
use crate::shared::{Handle, Shared};
use crate::stream::SignalStream;

/// A handle to a connection, cheap to clone. The [`Driver`] that comes with it must be polled.
///
/// ```no_run
/// use std::time::Duration;
///
/// use barebus::Options;
/// use barebus_tokio::Connection;
///
/// # fn example() -> Result<(), barebus::Error> {
/// // With default options: `Connection::system()`.
/// let options = Options::bus().call_timeout(Some(Duration::from_secs(5)));
/// let (bus, driver) = Connection::new(options.open_system()?);
/// tokio::spawn(driver);
/// let other_task = bus.clone();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Connection {
    handle: Arc<Handle>,
}

impl Connection {
    /// The system bus, see [`barebus::Connection::system`].
    ///
    /// # Errors
    /// [`OpenError`] names every server that was tried.
    pub fn system() -> Result<(Self, Driver), OpenError> {
        Ok(Self::new(barebus::Connection::system()?))
    }

    /// The session bus, see [`barebus::Connection::session`].
    ///
    /// # Errors
    /// As [`system`](Self::system).
    pub fn session() -> Result<(Self, Driver), OpenError> {
        Ok(Self::new(barebus::Connection::session()?))
    }

    /// The bus at `address`: a list of servers, tried in order. Spec: Server Addresses.
    ///
    /// # Errors
    /// As [`system`](Self::system).
    pub fn open(address: &str) -> Result<(Self, Driver), OpenError> {
        Ok(Self::new(barebus::Connection::open(address)?))
    }

    /// Takes over a connection that was opened in another way: with [`barebus::Options`], directly to a peer, or over a stream. Replies to
    /// calls that were made before are dropped, and so are signals of earlier subscriptions.
    pub fn new(connection: barebus::Connection) -> (Self, Driver) {
        let shared = Arc::new(Shared::new(connection));
        let handle = Arc::new(Handle(Arc::clone(&shared)));
        (Self { handle }, Driver::new(shared))
    }

    /// Queues a call at once. The future waits for its reply. Any number of calls can be outstanding.
    pub fn call<B: EncodeBody + ?Sized>(&self, call: &MethodCall<'_>, body: &B) -> PendingReply {
        self.call_with_fds(call, body, Vec::new())
    }

    /// As [`call`](Self::call), with file descriptors to send along. A UNIX_FD in the body is an index into `fds`.
    pub fn call_with_fds<B: EncodeBody + ?Sized>(
        &self,
        call: &MethodCall<'_>,
        body: &B,
        fds: Vec<OwnedFd>,
    ) -> PendingReply {
        self.queue(|connection| connection.start_call(call, body, fds))
    }

    /// As [`call_with_fds`](Self::call_with_fds), with a time limit for this call alone; `None`: no limit.
    pub fn call_within<B: EncodeBody + ?Sized>(
        &self,
        call: &MethodCall<'_>,
        body: &B,
        fds: Vec<OwnedFd>,
        timeout: Option<Duration>,
    ) -> PendingReply {
        self.queue(|connection| {
            let common = connection.call_timeout();
            connection.set_call_timeout(timeout);
            let queued = connection.start_call(call, body, fds);
            connection.set_call_timeout(common);
            queued
        })
    }

    /// Queues a call with `start`.
    fn queue(
        &self,
        start: impl FnOnce(&mut barebus::Connection) -> Result<CallId, CallError>,
    ) -> PendingReply {
        PendingReply::new(Arc::clone(&self.handle), self.handle.start_call(start))
    }

    /// Queues a [`Request`] of a [definition](barebus::definition), as [`call`](Self::call) does. On a direct connection the
    /// destination is left out.
    pub fn request<A: EncodeBody, Out>(&self, request: Request<'_, A, Out>) -> PendingReply {
        self.request_with_fds(request, Vec::new())
    }

    /// As [`request`](Self::request), with file descriptors to send along. A UNIX_FD in the arguments is an index into `fds`.
    pub fn request_with_fds<A: EncodeBody, Out>(
        &self,
        request: Request<'_, A, Out>,
        fds: Vec<OwnedFd>,
    ) -> PendingReply {
        self.queue(|connection| connection.start_request_with_fds(request, fds))
    }

    /// Queues a call with NO_REPLY_EXPECTED, with file descriptors to send along.
    ///
    /// # Errors
    /// [`CallError::Send`], [`CallError::Connection`].
    pub fn send<B: EncodeBody + ?Sized>(
        &self,
        call: &MethodCall<'_>,
        body: &B,
        fds: Vec<OwnedFd>,
    ) -> Result<(), CallError> {
        self.handle.change(|state| state.connection()?.start_send(call, body, fds))
    }

    /// Queues a subscription to signals at once. The future waits until the bus has accepted the rule. With a well-known name as sender, only
    /// signals of the name's present owner are delivered.
    ///
    /// # Errors
    /// [`CallError::Remote`]: the bus refused the rule, or the question who owns the rule's sender. [`CallError::NoReply`]: it did not answer
    /// in time. [`CallError::Send`], [`CallError::Connection`].
    pub fn subscribe(
        &self,
        rule: &MatchRule<'_>,
    ) -> impl Future<Output = Result<SignalStream, CallError>> + Send + use<> {
        let stream = self.start_subscription(rule);
        async {
            let stream = stream?;
            stream.accepted().await?;
            Ok(stream)
        }
    }

    /// Queues a subscription to signals at once, as [`subscribe`](Self::subscribe) does, without a future: the stream misses no signal
    /// that is caused by a call that is made later. If the bus refuses the rule, the stream stays empty;
    /// [`SignalStream::accepted`] returns the refusal.
    ///
    /// # Errors
    /// [`CallError::Send`], [`CallError::Connection`].
    pub fn start_subscription(&self, rule: &MatchRule<'_>) -> Result<SignalStream, CallError> {
        SignalStream::new(Arc::clone(&self.handle), rule)
    }

    /// The calls of our methods, if the connection [serves calls](barebus::Options::serve_calls). `None` if an [`Incoming`] exists already. To
    /// miss no call, take it before the driver is spawned.
    pub fn incoming(&self) -> Option<Incoming> {
        Incoming::new(Arc::clone(&self.handle))
    }

    /// Sets how long later calls wait for their reply; `None`: no limit.
    pub fn set_call_timeout(&self, timeout: Option<Duration>) {
        if let Some(connection) = &mut self.handle.lock().connection {
            connection.set_call_timeout(timeout);
        }
    }

    /// How long calls wait for their reply; `None`: no limit.
    pub fn call_timeout(&self) -> Option<Duration> {
        self.look(barebus::Connection::call_timeout)
    }

    /// Whether this is a direct connection, without a bus.
    pub fn is_direct(&self) -> bool {
        self.look(barebus::Connection::is_direct)
    }

    /// Our unique name. `None` until the bus has answered `Hello`: after the first call.
    pub fn unique_name(&self) -> Option<String> {
        self.look(|connection| connection.unique_name().map(String::from))
    }

    /// Whether the connection has ended: every later call fails with the reason.
    pub fn has_ended(&self) -> bool {
        let state = self.handle.lock();
        state.is_over
    }

    /// Reads what has arrived, without waiting for the driver's next turn: then [`has_ended`](Self::has_ended) tells whether the other side
    /// has hung up by now. See [`barebus::Connection::read_arrived`].
    pub fn read_arrived(&self) {
        let mut woken = Vec::new();
        // Wakes the driver, too: it ends with the connection.
        self.handle.change(|state| {
            let Some(connection) = state.connection.as_mut().filter(|_| !state.is_over) else {
                return;
            };
            if connection.read_arrived() && state.hand_out(&mut woken).is_err() {
                state.end(&mut woken);
            }
        });
        woken.into_iter().for_each(Waker::wake);
    }

    /// The number of calls whose reply is outstanding, including the session's own.
    pub fn outstanding(&self) -> usize {
        self.look(|connection| connection.session_state().outstanding())
    }

    /// The number of received messages that were dropped: the session's queue was full, or the file descriptors were not those that were
    /// announced. Streams count separately what they drop: [`SignalStream::dropped`].
    pub fn dropped(&self) -> u64 {
        let refused = self.handle.lock().refused;
        self.look(|connection| connection.session_state().dropped()) + refused
    }

    /// The number of unsolicited messages: replies that are late, repeated or not from the callee, signals without a subscription.
    pub fn ignored(&self) -> u64 {
        self.look(|connection| connection.session_state().ignored())
    }

    fn look<T: Default>(&self, look: impl FnOnce(&barebus::Connection) -> T) -> T {
        self.handle.lock().connection.as_ref().map(look).unwrap_or_default()
    }
}
