//! The signals of a subscription.

use std::future::poll_fn;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use barebus::wire::DecodeBody;
use barebus::{CallError, ConnectionError, MatchRule, SubscriptionId};
use futures_core::Stream;

use crate::link::Link;
use crate::received::Signal;
use crate::shared::{Handle, Shared, Subscription};

/// The stream of signals of a subscription. Dropping it ends the subscription.
///
/// ```no_run
/// use barebus::MatchRuleBuf;
/// use barebus_tokio::{Connection, SignalStream};
///
/// # async fn example() -> Result<(), barebus::Error> {
/// let (bus, driver) = Connection::system()?;
/// tokio::spawn(driver);
/// let rule = MatchRuleBuf::signals().sender("org.freedesktop.DBus").member("NameOwnerChanged");
/// let mut changes: SignalStream = bus.subscribe(&rule.rule()?).await?;
/// while let Some(signal) = changes.next().await.transpose()? {
///     let (name, old, new): (&str, &str, &str) = signal.body()?;
///     println!("{name}: {old:?} -> {new:?}");
/// }
/// # Ok(())
/// # }
/// ```
///
/// Signals wait in a queue of at most 1 MiB ([`set_queue_limit`](Self::set_queue_limit) changes that). Signals that do not fit are dropped
/// and [counted](Self::dropped). When the connection ends, the last item is the reason.
#[derive(Debug)]
pub struct SignalStream {
    handle: Arc<Handle>,
    id: SubscriptionId,
    /// Whether the reason for the end was returned.
    is_over: bool,
}

impl SignalStream {
    pub(crate) fn new(handle: Arc<Handle>, rule: &MatchRule<'_>) -> Result<Self, CallError> {
        let id = handle.subscribe(|connection| connection.start_subscription(rule))?;
        Ok(Self { handle, id, is_over: false })
    }

    /// Waits until the bus has accepted the rule.
    ///
    /// # Errors
    /// As [`Connection::subscribe`](crate::Connection::subscribe). A refusal is returned once.
    pub async fn accepted(&self) -> Result<(), CallError> {
        poll_fn(|cx| self.handle.poll_accepted(self.id, cx)).await
    }

    /// The next signal; `None` after the error that says why the connection has ended. Dropping the future loses no signal.
    pub async fn next(&mut self) -> Option<Result<Signal, ConnectionError>> {
        poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }

    /// The stream of the signals' arguments, decoded into an owned tuple. For a time limit use [`tokio::time::timeout`].
    ///
    /// ```no_run
    /// use barebus::MatchRuleBuf;
    /// use barebus_tokio::Connection;
    ///
    /// # async fn example() -> Result<(), barebus::Error> {
    /// let (bus, driver) = Connection::system()?;
    /// tokio::spawn(driver);
    /// let rule = MatchRuleBuf::signals().sender("org.freedesktop.DBus").member("NameOwnerChanged");
    /// let mut changes = bus.subscribe(&rule.rule()?).await?.bodies();
    /// while let Some(change) = changes.next().await {
    ///     let (name, old, new): (String, String, String) = change?;
    ///     println!("{name}: {old:?} -> {new:?}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub const fn bodies<T: for<'a> DecodeBody<'a>>(self) -> Bodies<T> {
        Bodies { signals: self, body: PhantomData }
    }

    /// The number of signals of this subscription that did not fit into its queue.
    pub fn dropped(&self) -> u64 {
        self.handle.lock().streams.get(&self.id).map_or(0, |stream| stream.queue.dropped())
    }

    /// Sets how many bytes of signals may wait in the queue. A file descriptor counts as 16 KiB.
    pub fn set_queue_limit(&self, bytes: usize) {
        if let Some(stream) = self.handle.lock().streams.get_mut(&self.id) {
            stream.queue.set_limit(bytes);
        }
    }
}

impl Stream for SignalStream {
    type Item = Result<Signal, ConnectionError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.is_over {
            return Poll::Ready(None);
        }
        let next = ready!(self.handle.poll_signal(self.id, cx));
        self.is_over = next.is_err();
        Poll::Ready(Some(next))
    }
}

/// The stream of the arguments of a subscription's signals; [`SignalStream::bodies`] makes it and has an example.
///
/// ```
/// use barebus_tokio::SignalStream;
/// use barebus_tokio::barebus::Error;
///
/// /// Prints the arguments of each signal.
/// async fn print(signals: SignalStream) -> Result<(), Error> {
///     let mut changes = signals.bodies::<(String, String, String)>();
///     while let Some(change) = changes.next().await.transpose()? {
///         println!("{change:?}, {} were dropped", changes.signals().dropped());
///     }
///     Ok(())
/// }
/// ```
#[derive(Debug)]
pub struct Bodies<T> {
    signals: SignalStream,
    body: PhantomData<fn() -> T>,
}

impl<T: for<'a> DecodeBody<'a>> Bodies<T> {
    /// The arguments of the next signal; `None` after the error that says why the connection has ended. Dropping the future loses no
    /// signal.
    ///
    /// # Errors
    /// [`CallError::Body`]: the signal has other arguments; the stream goes on. [`CallError::Connection`].
    pub async fn next(&mut self) -> Option<Result<T, CallError>> {
        poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }

    /// The stream of the signals themselves, for its counter and its limit.
    pub const fn signals(&self) -> &SignalStream {
        &self.signals
    }
}

impl<T: for<'a> DecodeBody<'a>> Stream for Bodies<T> {
    type Item = Result<T, CallError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let body = |signal: Result<Signal, ConnectionError>| {
            let signal = signal?;
            signal.body().map_err(|error| match signal.message() {
                Ok(message) => CallError::signal_body(message.header(), error),
                Err(_) => error.into(),
            })
        };
        Pin::new(&mut self.signals).poll_next(cx).map(|next| next.map(body))
    }
}

impl Drop for SignalStream {
    fn drop(&mut self) {
        self.handle.unsubscribe(self.id);
    }
}

impl<C: Link> Shared<C> {
    /// Queues a subscription with `start`.
    pub(crate) fn subscribe(
        &self,
        start: impl FnOnce(&mut C) -> Result<SubscriptionId, CallError>,
    ) -> Result<SubscriptionId, CallError> {
        self.change(|state| {
            let id = start(state.connection()?)?;
            state.streams.insert(id, Subscription::default());
            state.unsettled.push(id);
            Ok(id)
        })
    }

    /// Whether the bus has accepted the rule. A refusal is returned once.
    pub(crate) fn poll_accepted(
        &self,
        id: SubscriptionId,
        cx: &Context<'_>,
    ) -> Poll<Result<(), CallError>> {
        // Declared first, to be dropped last: see `renew`.
        let _before;
        let mut state = self.lock();
        let is_over = state.is_over;
        match state.streams.get_mut(&id) {
            Some(Subscription { answer: Some(answer), .. }) => {
                Poll::Ready(std::mem::replace(answer, Ok(())))
            }
            Some(subscription) if !is_over => {
                _before = subscription.queue.wait(cx);
                Poll::Pending
            }
            _ => Poll::Ready(Err(state.error().into())),
        }
    }

    /// The next signal, or why the connection has ended.
    pub(crate) fn poll_signal(
        &self,
        id: SubscriptionId,
        cx: &Context<'_>,
    ) -> Poll<Result<Signal, ConnectionError>> {
        // Declared first, to be dropped last: see `renew`.
        let _before;
        let mut state = self.lock();
        let is_over = state.is_over;
        if let Some(stream) = state.streams.get_mut(&id) {
            if let Some(signal) = stream.queue.pop() {
                return Poll::Ready(Ok(signal));
            }
            if !is_over {
                _before = stream.queue.wait(cx);
                return Poll::Pending;
            }
        }
        Poll::Ready(Err(state.error()))
    }

    /// Ends a subscription.
    pub(crate) fn unsubscribe(&self, id: SubscriptionId) {
        let subscription = self.change(|state| {
            state.unsettled.retain(|unsettled| *unsettled != id);
            if let Ok(connection) = state.connection() {
                connection.unsubscribe(id);
            }
            state.streams.remove(&id)
        });
        // Dropped after the lock is released: see `renew`.
        drop(subscription);
    }
}
