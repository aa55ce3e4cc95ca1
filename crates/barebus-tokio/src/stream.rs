//! The signals of a subscription.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use barebus::{CallError, ConnectionError, MatchRule, SubscriptionId};
use futures_core::Stream;

use crate::received::Signal;
use crate::shared::{Handle, Subscription};

/// The signals that a subscription asks for. Dropped, it ends the subscription.
///
/// They wait in a queue, of at most 1 MiB unless [`set_queue_limit`](Self::set_queue_limit) says otherwise; later ones that find
/// no place are dropped and [counted](Self::dropped). When the connection ends, the last item is the reason.
#[derive(Debug)]
pub struct SignalStream {
    handle: Arc<Handle>,
    id: SubscriptionId,
    /// Whether the end was told.
    is_over: bool,
}

impl SignalStream {
    pub(crate) fn new(handle: Arc<Handle>, rule: &MatchRule<'_>) -> Result<Self, CallError> {
        let id = handle.change(|state| {
            let id = state.connection()?.start_subscription(rule)?;
            state.streams.insert(id, Subscription::default());
            state.unsettled.push(id);
            Ok::<_, CallError>(id)
        })?;
        Ok(Self { handle, id, is_over: false })
    }

    /// Waits until the bus has agreed.
    pub(crate) fn poll_agreed(&self, cx: &Context<'_>) -> Poll<Result<(), CallError>> {
        // Declared first, to be dropped last: see `renew`.
        let _before;
        let mut state = self.handle.lock();
        let is_over = state.is_over;
        match state.streams.get_mut(&self.id) {
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

    /// The next signal; `None` after the error that tells why the connection has ended. Dropping the future loses nothing.
    pub async fn next(&mut self) -> Option<Result<Signal, ConnectionError>> {
        poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }

    /// Signals of this subscription that found no place in its queue.
    pub fn dropped(&self) -> u64 {
        self.handle.lock().streams.get(&self.id).map_or(0, |stream| stream.queue.dropped())
    }

    /// Most bytes of signals that wait in the queue from now on. A file descriptor counts 16 KiB.
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
        // Declared first, to be dropped last: see `renew`.
        let _before;
        let mut state = self.handle.lock();
        let is_over = state.is_over;
        if let Some(stream) = state.streams.get_mut(&self.id) {
            if let Some(signal) = stream.queue.pop() {
                return Poll::Ready(Some(Ok(signal)));
            }
            if !is_over {
                _before = stream.queue.wait(cx);
                return Poll::Pending;
            }
        }
        let error = state.error();
        drop(state);
        self.is_over = true;
        Poll::Ready(Some(Err(error)))
    }
}

impl Drop for SignalStream {
    fn drop(&mut self) {
        let subscription = self.handle.change(|state| {
            state.unsettled.retain(|id| *id != self.id);
            if let Ok(connection) = state.connection() {
                // Its signals stop coming all the same; at worst the bus sends a few too many.
                let _ = connection.unsubscribe(self.id);
            }
            state.streams.remove(&self.id)
        });
        drop(subscription);
    }
}
