//! The handle.

use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::Duration;

use barebus::definition::Request;
use barebus::{CallError, EncodeBody, MatchRule, MethodCall, OpenError};

use crate::call::PendingReply;
use crate::driver::Driver;
use crate::incoming::Incoming;
use crate::shared::{Handle, Shared, Waiting};
use crate::stream::SignalStream;

/// A handle to a connection, cheap to clone. The [`Driver`] that comes with it must be polled.
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

    /// Takes over a connection that was opened as its owner likes: with [`barebus::Options`], directly to somebody, over a
    /// stream. What was asked of it before goes unheard.
    pub fn new(connection: barebus::Connection) -> (Self, Driver) {
        let shared = Arc::new(Shared::new(connection));
        let handle = Arc::new(Handle(Arc::clone(&shared)));
        (Self { handle }, Driver::new(shared))
    }

    /// Queues a call, at once. The future waits for its reply; any number can be under way.
    pub fn call<B: EncodeBody + ?Sized>(&self, call: &MethodCall<'_>, body: &B) -> PendingReply {
        self.call_with_fds(call, body, Vec::new())
    }

    /// As [`call`](Self::call), with file descriptors to be sent along: UNIX_FDs in the body are their indices.
    pub fn call_with_fds<B: EncodeBody + ?Sized>(
        &self,
        call: &MethodCall<'_>,
        body: &B,
        fds: Vec<OwnedFd>,
    ) -> PendingReply {
        let queued = self.handle.change(|state| {
            let id = state.connection()?.start_call(call, body, fds)?;
            state.calls.insert(id, Waiting::Task(None));
            Ok(id)
        });
        PendingReply::new(Arc::clone(&self.handle), queued)
    }

    /// Queues a [`Request`] of a [definition](barebus::definition), as [`call`](Self::call) does. On a direct connection the
    /// destination is left out.
    pub fn ask<A: EncodeBody, Out>(&self, request: Request<'_, A, Out>) -> PendingReply {
        self.ask_with_fds(request, Vec::new())
    }

    /// As [`ask`](Self::ask), with file descriptors to be sent along: UNIX_FDs in the arguments are their indices.
    pub fn ask_with_fds<A: EncodeBody, Out>(
        &self,
        request: Request<'_, A, Out>,
        fds: Vec<OwnedFd>,
    ) -> PendingReply {
        let queued = self.handle.change(|state| {
            let id = state.connection()?.start_with_fds(request, fds)?;
            state.calls.insert(id, Waiting::Task(None));
            Ok(id)
        });
        PendingReply::new(Arc::clone(&self.handle), queued)
    }

    /// Queues a call that is to send no reply, with file descriptors to be sent along.
    ///
    /// # Errors
    /// `CallError::Send`, `CallError::Connection`.
    pub fn send<B: EncodeBody + ?Sized>(
        &self,
        call: &MethodCall<'_>,
        body: &B,
        fds: Vec<OwnedFd>,
    ) -> Result<(), CallError> {
        self.handle.change(|state| state.connection()?.start_send(call, body, fds))
    }

    /// Queues a subscription to signals, at once. The future waits until the bus has agreed. With a well-known name as sender,
    /// only signals of the name's present owner are given.
    ///
    /// # Errors
    /// `CallError::Remote` is the bus's refusal.
    pub fn subscribe(
        &self,
        rule: &MatchRule<'_>,
    ) -> impl Future<Output = Result<SignalStream, CallError>> + Send + use<> {
        let stream = SignalStream::new(Arc::clone(&self.handle), rule);
        async {
            let stream = stream?;
            std::future::poll_fn(|cx| stream.poll_agreed(cx)).await?;
            Ok(stream)
        }
    }

    /// The calls of our methods, if the connection [serves calls](barebus::Options::serve_calls). `None` when somebody has
    /// them already. To miss none, ask for them before the driver is spawned.
    pub fn incoming(&self) -> Option<Incoming> {
        Incoming::new(Arc::clone(&self.handle))
    }

    /// How long a call waits for its reply from now on; `None`: for ever.
    pub fn set_call_timeout(&self, timeout: Option<Duration>) {
        if let Some(connection) = &mut self.handle.lock().connection {
            connection.set_call_timeout(timeout);
        }
    }

    /// Our unique name, once the bus has said it: after the first call.
    pub fn unique_name(&self) -> Option<String> {
        self.look(|connection| connection.unique_name().map(String::from))
    }

    /// Calls whose reply is awaited, the session's own among them.
    pub fn outstanding(&self) -> usize {
        self.look(|connection| connection.session_state().outstanding())
    }

    /// Received messages that were dropped: they found no place in the session's queue, or had other file descriptors than
    /// they announced. What streams drop they count themselves.
    pub fn dropped(&self) -> u64 {
        let refused = self.handle.lock().refused;
        self.look(|connection| connection.session_state().dropped()) + refused
    }

    /// Received messages that nobody asked for: replies that are late, doubled or not from whom was called, signals without a
    /// subscription.
    pub fn ignored(&self) -> u64 {
        self.look(|connection| connection.session_state().ignored())
    }

    fn look<T: Default>(&self, look: impl FnOnce(&barebus::Connection) -> T) -> T {
        self.handle.lock().connection.as_ref().map(look).unwrap_or_default()
    }
}
