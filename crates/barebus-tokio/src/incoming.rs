//! Calls of our methods.

use std::future::poll_fn;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use barebus::wire::DecodeBody;
use barebus::{
    BodyError, CallError, ConnectionError, DecodeError, EncodeBody, ErrorName, FdIndex, IntoName,
    Message, OwnedMessage, ReplyTo,
};
use futures_core::Stream;

use crate::link::Link;
use crate::queue::Queue;
use crate::received::received;
use crate::shared::{Handle, Shared};

/// The stream of calls of our methods, for a connection that [serves calls](barebus::Options::serve_calls).
///
/// ```no_run
/// use barebus::{MethodCall, Options};
/// use barebus_tokio::Connection;
///
/// # async fn example() -> Result<(), barebus::Error> {
/// let (bus, driver) = Connection::new(Options::bus().serve_calls().open_session()?);
/// let Some(mut calls) = bus.incoming() else { return Ok(()) };
/// tokio::spawn(driver);
/// let (name, path) = ("org.freedesktop.DBus", "/org/freedesktop/DBus");
/// let request = MethodCall::new(name, path, "org.freedesktop.DBus", "RequestName")?;
/// bus.call(&request, &("org.example.Calculator", 0_u32)).await?;
///
/// while let Some(call) = calls.next().await.transpose()? {
///     match call.body::<(i32, i32)>() {
///         Ok((a, b)) => call.reply(&(a + b,), Vec::new())?,
///         Err(error) => call.reply_error("org.example.Error.BadArguments", &error.to_string())?,
///     }
/// }
/// # Ok(())
/// # }
/// ```
///
/// Calls wait in a queue of at most 1 MiB. Calls that do not fit, and calls that arrive while there is no `Incoming`, are answered with an
/// error. When the connection ends, the last item is the reason.
#[derive(Debug)]
pub struct Incoming {
    handle: Arc<Handle>,
    /// Whether the reason for the end was returned.
    is_over: bool,
}

impl Incoming {
    /// `None` if there is one already.
    pub(crate) fn new(handle: Arc<Handle>) -> Option<Self> {
        // Lazily: dropping an `Incoming` ends the queue.
        handle.start_incoming().then(|| Self { handle, is_over: false })
    }

    /// The next call; `None` after the error that says why the connection has ended. Dropping the future loses no call.
    pub async fn next(&mut self) -> Option<Result<IncomingCall, ConnectionError>> {
        poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }

    /// The number of calls that did not fit into the queue.
    pub fn dropped(&self) -> u64 {
        self.handle.lock().incoming.as_ref().map_or(0, Queue::dropped)
    }
}

impl Stream for Incoming {
    type Item = Result<IncomingCall, ConnectionError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.is_over {
            return Poll::Ready(None);
        }
        let next = ready!(self.handle.poll_call(cx));
        self.is_over = next.is_err();
        Poll::Ready(Some(next.map(|(received, reply_to)| {
            let (handle, reply_to) = (Arc::clone(&self.handle), Some(reply_to));
            IncomingCall { received, reply_to, handle }
        })))
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        self.handle.end_incoming();
    }
}

impl<C: Link> Shared<C> {
    /// Lets calls of our methods wait in a queue. `false` if they do already.
    pub(crate) fn start_incoming(&self) -> bool {
        let mut state = self.lock();
        let is_first = state.incoming.is_none();
        state.incoming.get_or_insert_default();
        is_first
    }

    /// The next call of our methods, or why the connection has ended.
    pub(crate) fn poll_call(
        &self,
        cx: &Context<'_>,
    ) -> Poll<Result<(OwnedMessage, ReplyTo), ConnectionError>> {
        // Declared first, to be dropped last: see `renew`.
        let _before;
        let mut state = self.lock();
        let is_over = state.is_over;
        if let Some(queue) = &mut state.incoming {
            if let Some(call) = queue.pop() {
                return Poll::Ready(Ok(call));
            }
            if !is_over {
                _before = queue.wait(cx);
                return Poll::Pending;
            }
        }
        Poll::Ready(Err(state.error()))
    }

    pub(crate) fn end_incoming(&self) {
        let waker = self.change(|state| {
            let mut queue = state.incoming.take()?;
            // The waiting calls are dropped here, before the driver is woken: it answers calls whose `ReplyTo` was dropped.
            queue.wake()
        });
        // Dropped after the lock is released: see `renew`.
        drop(waker);
    }
}

/// A call of one of our methods; [`Incoming`] has an example. If it is dropped without an answer, the caller gets an error.
///
/// ```
/// use barebus_tokio::IncomingCall;
/// use barebus_tokio::barebus::CallError;
///
/// fn answer(call: IncomingCall) -> Result<(), CallError> {
///     match call.body::<(i32, i32)>() {
///         Ok((a, b)) => call.reply(&(a + b,), Vec::new()),
///         Err(error) => call.reply_error("org.example.Error.BadArguments", &error.to_string()),
///     }
/// }
/// ```
#[derive(Debug)]
#[must_use = "the caller waits for an answer; dropped, it gets an error"]
pub struct IncomingCall {
    received: OwnedMessage,
    /// `None` only while it is being dropped.
    reply_to: Option<ReplyTo>,
    handle: Arc<Handle>,
}

received!(IncomingCall);

impl IncomingCall {
    /// Whether the caller wants an answer. If not, answering does nothing.
    pub fn expects_reply(&self) -> bool {
        self.reply_to.as_ref().is_some_and(ReplyTo::is_expected)
    }

    /// Queues the answer, with file descriptors to send along.
    ///
    /// # Errors
    /// [`CallError::Send`], [`CallError::Connection`].
    pub fn reply<B: EncodeBody + ?Sized>(
        self,
        body: &B,
        fds: Vec<OwnedFd>,
    ) -> Result<(), CallError> {
        self.answer(|connection, to| connection.start_reply(to, body, fds))
    }

    /// Queues an ERROR as the answer.
    ///
    /// # Errors
    /// [`CallError::Name`]: `name` is text that is no error name. [`CallError::Send`], [`CallError::Connection`].
    pub fn reply_error<'n>(
        self,
        name: impl IntoName<ErrorName<'n>>,
        text: &str,
    ) -> Result<(), CallError> {
        self.answer(|connection, to| connection.start_reply_error(to, name, text))
    }

    fn answer(
        &self,
        answer: impl FnOnce(&mut barebus::Connection, &ReplyTo) -> Result<(), CallError>,
    ) -> Result<(), CallError> {
        let Some(to) = &self.reply_to else { return Ok(()) };
        self.handle.change(|state| answer(state.connection()?, to))
    }
}

impl Drop for IncomingCall {
    fn drop(&mut self) {
        // The session answers the call when the driver polls it.
        self.handle.change(|_| self.reply_to = None);
    }
}
