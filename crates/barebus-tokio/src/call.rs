//! The future of a call.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use barebus::{CallError, CallId, NoReply};

use crate::link::Link;
use crate::received::Reply;
use crate::shared::{Handle, Shared, Waiting, renew};

/// The future of a reply: a call that was queued. Dropping it gives up the call.
///
/// ```no_run
/// use barebus::MethodCall;
/// use barebus_tokio::{Connection, PendingReply};
///
/// # async fn example() -> Result<(), barebus::Error> {
/// let (bus, driver) = Connection::system()?;
/// tokio::spawn(driver);
/// let (systemd, path) = ("org.freedesktop.systemd1", "/org/freedesktop/systemd1");
/// let call = MethodCall::new(systemd, path, "org.freedesktop.systemd1.Manager", "GetUnitFileState")?;
///
/// // Both calls are outstanding now. Awaiting only waits.
/// let first: PendingReply = bus.call(&call, &("sshd.service",));
/// let second = bus.call(&call, &("cron.service",));
/// println!("{}", first.await?.body::<(&str,)>()?.0);
/// println!("{}", second.await?.body::<(&str,)>()?.0);
/// # Ok(())
/// # }
/// ```
///
/// The call ends at its deadline: [`Connection::set_call_timeout`](crate::Connection::set_call_timeout).
#[derive(Debug)]
#[must_use = "dropped, it forgets the call"]
pub struct PendingReply {
    handle: Arc<Handle>,
    call: Call,
}

#[derive(Debug)]
enum Call {
    UnderWay(CallId),
    /// The call was not queued.
    Failed(CallError),
    /// The result was returned.
    Taken,
}

impl PendingReply {
    pub(crate) fn new(handle: Arc<Handle>, queued: Result<CallId, CallError>) -> Self {
        Self { handle, call: queued.map_or_else(Call::Failed, Call::UnderWay) }
    }
}

impl Future for PendingReply {
    /// [`CallError`] distinguishes an ERROR of the callee, a missing reply, and a connection that has ended.
    type Output = Result<Reply, CallError>;

    /// After the reply was returned, every later poll returns [`NoReply::NotOutstanding`].
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let id = match std::mem::replace(&mut self.call, Call::Taken) {
            Call::UnderWay(id) => id,
            Call::Failed(error) => return Poll::Ready(Err(error)),
            Call::Taken => return Poll::Ready(Err(CallError::NoReply(NoReply::NotOutstanding))),
        };
        let end = self.handle.poll_reply(id, cx);
        if end.is_pending() {
            self.call = Call::UnderWay(id);
        }
        end
    }
}

impl Drop for PendingReply {
    fn drop(&mut self) {
        if let Call::UnderWay(call) = self.call {
            self.handle.give_up(call);
        }
    }
}

impl<C: Link> Shared<C> {
    /// Queues a call with `start`.
    pub(crate) fn start_call(
        &self,
        start: impl FnOnce(&mut C) -> Result<CallId, CallError>,
    ) -> Result<CallId, CallError> {
        self.change(|state| {
            let id = start(state.connection()?)?;
            state.calls.insert(id, Waiting::Task(None));
            Ok(id)
        })
    }

    /// The result of a call that was queued; it is returned once.
    pub(crate) fn poll_reply(
        &self,
        id: CallId,
        cx: &Context<'_>,
    ) -> Poll<Result<Reply, CallError>> {
        // Declared first, to be dropped last: see `renew`.
        let _before;
        let mut state = self.lock();
        let is_over = state.is_over;
        match state.calls.get_mut(&id) {
            Some(Waiting::Task(waker)) if !is_over => {
                _before = renew(waker, cx);
                return Poll::Pending;
            }
            _ => {}
        }
        Poll::Ready(match state.calls.remove(&id) {
            Some(Waiting::Over(end)) => end,
            _ => Err(state.error().into()),
        })
    }

    /// Nobody waits for the call any more.
    pub(crate) fn give_up(&self, call: CallId) {
        let mut state = self.lock();
        let waiting = state.calls.remove(&call);
        if let Some(connection) = &mut state.connection {
            connection.forget(call);
        }
        // A waker is dropped after the lock is released: see `renew`.
        drop(state);
        drop(waiting);
    }
}
