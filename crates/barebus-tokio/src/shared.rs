//! The state that the driver and all handles share.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, PoisonError};
// The unit tests run every order of the threads' steps, which the standard library's mutex does not show.
#[cfg(not(test))]
use std::sync::{Mutex, MutexGuard};
use std::task::{Context, Poll, Waker};

use barebus::{
    CallError, CallId, Cause, ConnectionError, Event, NoReply, OwnedMessage, ReplyTo,
    SubscriptionId,
};
#[cfg(test)]
use shuttle::sync::{Mutex, MutexGuard};

use crate::link::Link;
use crate::queue::Queue;
use crate::received::{Reply, Signal, cost};

/// The connection and everything that waits for it.
#[derive(Debug)]
pub(crate) struct Shared<C = barebus::Connection> {
    state: Mutex<State<C>>,
}

#[derive(Debug)]
pub(crate) struct State<C = barebus::Connection> {
    /// `None` after the driver was dropped or failed, which closes the connection.
    pub(crate) connection: Option<C>,
    address: String,
    /// The outstanding calls, and those whose result was not taken.
    pub(crate) calls: HashMap<CallId, Waiting>,
    pub(crate) streams: HashMap<SubscriptionId, Subscription>,
    /// Subscriptions that the bus has not answered.
    pub(crate) unsettled: Vec<SubscriptionId>,
    /// Calls of our methods, while an [`Incoming`](crate::Incoming) exists.
    pub(crate) incoming: Option<Queue<(OwnedMessage, ReplyTo)>>,
    /// The number of messages with other file descriptors than they announced.
    pub(crate) refused: u64,
    /// The driver's task, if it waits.
    pub(crate) driver: Option<Waker>,
    /// Whether all handles are gone.
    pub(crate) is_let_go: bool,
    /// Whether the connection or its driver has ended.
    pub(crate) is_over: bool,
    /// Why the driver ended, if the connection was not the reason.
    failure: Option<(io::ErrorKind, String)>,
}

/// Who waits for the result of a call.
#[derive(Debug)]
pub(crate) enum Waiting {
    /// A task; `None` if the future was not polled yet.
    Task(Option<Waker>),
    /// Nobody: the result has arrived.
    Over(Result<Reply, CallError>),
}

/// A subscription and its signals.
#[derive(Debug, Default)]
pub(crate) struct Subscription {
    pub(crate) queue: Queue<Signal>,
    /// The answer of the bus; `None` if it has not answered.
    pub(crate) answer: Option<Result<(), CallError>>,
}

/// What the driver does after a step.
pub(crate) enum Step {
    Again,
    /// All wakers are in place.
    Wait,
    Done(Result<(), ConnectionError>),
}

impl<C: Link> Shared<C> {
    pub(crate) fn new(connection: C) -> Self {
        let state = State {
            address: connection.address().into(),
            connection: Some(connection),
            calls: HashMap::new(),
            streams: HashMap::new(),
            unsettled: Vec::new(),
            incoming: None,
            refused: 0,
            driver: None,
            is_let_go: false,
            is_over: false,
            failure: None,
        };
        Self { state: Mutex::new(state) }
    }

    /// Ignores poisoning: only a user's type that is marshalled can panic here, and that changes no state.
    pub(crate) fn lock(&self) -> MutexGuard<'_, State<C>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the state, then wakes the driver.
    pub(crate) fn change<R>(&self, change: impl FnOnce(&mut State<C>) -> R) -> R {
        let mut state = self.lock();
        let result = change(&mut state);
        let driver = state.driver.take();
        drop(state);
        if let Some(driver) = driver {
            driver.wake();
        }
        result
    }

    /// Polls the driver: delivers what has arrived, then lets `transfer` write and read, until that has to wait. `woken` is empty; it
    /// keeps its memory for the next time.
    pub(crate) fn drive(
        &self,
        cx: &mut Context<'_>,
        woken: &mut Vec<Waker>,
        mut transfer: impl FnMut(&mut State<C>, &mut Context<'_>, &mut Vec<Waker>) -> Step,
    ) -> Poll<Result<(), ConnectionError>> {
        // In a separate statement, so that the old waker is dropped after the lock is released.
        let before = renew(&mut self.lock().driver, cx);
        drop(before);
        loop {
            // A peer that sends without end cannot keep this task busy: tokio limits each task by a budget.
            let mut state = self.lock();
            let step = match state.hand_out(woken) {
                Ok(()) => transfer(&mut state, cx, woken),
                Err(error) => {
                    state.end(woken);
                    Step::Done(Err(error))
                }
            };
            drop(state);
            woken.drain(..).for_each(Waker::wake);
            match step {
                Step::Again => {}
                Step::Wait => return Poll::Pending,
                Step::Done(result) => return Poll::Ready(result),
            }
        }
    }

    /// The driver is gone: the connection is closed, unless it has ended.
    pub(crate) fn abandon(&self) {
        let mut woken = Vec::new();
        let mut state = self.lock();
        if !state.is_over {
            state.fail(io::ErrorKind::NotConnected, "the driver was dropped", &mut woken);
        }
        drop(state);
        woken.into_iter().for_each(Waker::wake);
    }
}

impl<C: Link> State<C> {
    /// The connection, unless it has ended.
    pub(crate) fn connection(&mut self) -> Result<&mut C, CallError> {
        if self.is_over {
            return Err(self.error().into());
        }
        // `None` only after `fail`, which sets `is_over`.
        self.connection.as_mut().ok_or(CallError::NoReply(NoReply::NotOutstanding))
    }

    /// Delivers all events. The tasks that wait for them are added to `woken`, to be woken after the lock is released.
    ///
    /// The error says why the connection has ended.
    pub(crate) fn hand_out(&mut self, woken: &mut Vec<Waker>) -> Result<(), ConnectionError> {
        let Self { connection: Some(connection), calls, streams, unsettled, .. } = self else {
            return Ok(());
        };
        // Calls and subscriptions that are unknown here were made before `Connection::new`: nobody waits for them.
        while let Some(event) = connection.poll_event()? {
            match event {
                Event::Reply { call, reply } => {
                    if let Some(waiting) = calls.get_mut(&call) {
                        woken.extend(waiting.end(barebus::Reply::try_from(reply).map(Reply::from)));
                    }
                }
                Event::NoReply { call, reason } => {
                    if let Some(waiting) = calls.get_mut(&call) {
                        woken.extend(waiting.end(Err(CallError::NoReply(reason))));
                    }
                }
                Event::Signal { subscriptions, signal } => {
                    let signal = Signal::from(OwnedMessage::from(signal));
                    for id in subscriptions {
                        if let Some(subscription) = streams.get_mut(id) {
                            subscription.queue.push(signal.cost(), signal.clone());
                            woken.extend(subscription.queue.wake());
                        }
                    }
                }
                Event::NotSubscribed { subscriptions, reply } => {
                    let reply = reply.map(barebus::Reply::try_from);
                    for id in subscriptions {
                        if let Some(subscription) = streams.get_mut(id) {
                            subscription.answer = Some(Err(refusal(reply.as_ref())));
                            woken.extend(subscription.queue.wake());
                        }
                    }
                }
                Event::MethodCall { call, reply_to } => {
                    // If nobody takes it, or it does not fit, dropping its `ReplyTo` answers it with an error.
                    if let Some(incoming) = &mut self.incoming {
                        let call = OwnedMessage::from(call);
                        incoming.push(cost(&call), (call, reply_to));
                        woken.extend(incoming.wake());
                    }
                }
                Event::Refused(_) => self.refused += 1,
                _ => {}
            }
        }
        unsettled.retain(|id| {
            let is_settled = connection.is_settled(*id);
            if let Some(subscription) = streams.get_mut(id).filter(|_| is_settled) {
                subscription.answer.get_or_insert(Ok(()));
                woken.extend(subscription.queue.wake());
            }
            !is_settled
        });
        Ok(())
    }

    /// The connection has ended: wakes everything that waits.
    pub(crate) fn end(&mut self, woken: &mut Vec<Waker>) {
        self.is_over = true;
        woken.extend(self.calls.values_mut().filter_map(Waiting::wake));
        woken.extend(self.streams.values_mut().filter_map(|stream| stream.queue.wake()));
        woken.extend(self.incoming.as_mut().and_then(Queue::wake));
    }

    /// As [`end`](Self::end), for a reason that is not the connection's own. Closes the connection.
    pub(crate) fn fail(&mut self, kind: io::ErrorKind, text: &str, woken: &mut Vec<Waker>) {
        self.connection = None;
        self.failure = Some((kind, text.into()));
        self.end(woken);
    }

    /// Why the connection or its driver has ended.
    pub(crate) fn error(&mut self) -> ConnectionError {
        // A connection that has ended always returns the same error.
        if let Some(Err(error)) = self.connection.as_mut().map(Link::poll_event) {
            return error;
        }
        let (kind, text) = match &self.failure {
            Some((kind, text)) => (*kind, text.clone()),
            None => (io::ErrorKind::NotConnected, String::new()),
        };
        let error = io::Error::new(kind, text);
        ConnectionError {
            address: self.address.clone(),
            handshake: None,
            cause: Cause::Io { doing: "driving it", error, awaited: None },
        }
    }
}

/// Why a subscription has ended: the bus refused it, or did not answer in time.
fn refusal(reply: Option<&Result<barebus::Reply<'_>, CallError>>) -> CallError {
    match reply {
        Some(Err(CallError::Remote { name, message })) => {
            CallError::Remote { name: name.clone(), message: message.clone() }
        }
        _ => CallError::NoReply(NoReply::TimedOut),
    }
}

impl Waiting {
    /// Stores the result of the call. Returns the task that waits for it.
    fn end(&mut self, end: Result<Reply, CallError>) -> Option<Waker> {
        let waker = self.wake();
        *self = Self::Over(end);
        waker
    }

    fn wake(&mut self) -> Option<Waker> {
        match self {
            Self::Task(waker) => waker.take(),
            Self::Over(_) => None,
        }
    }
}

/// Registers the task of `cx`. Returns the former waker, to be dropped after the lock is released: dropping the last waker of a task can
/// drop values whose destructors take the lock.
pub(crate) fn renew(place: &mut Option<Waker>, cx: &Context<'_>) -> Option<Waker> {
    match place {
        Some(waker) if waker.will_wake(cx.waker()) => None,
        _ => place.replace(cx.waker().clone()),
    }
}

/// Shared by all handles. When the last one is dropped, the driver learns of it.
#[derive(Debug)]
pub(crate) struct Handle<C: Link = barebus::Connection>(pub(crate) Arc<Shared<C>>);

impl<C: Link> Drop for Handle<C> {
    fn drop(&mut self) {
        self.0.change(|state| state.is_let_go = true);
    }
}

impl<C: Link> std::ops::Deref for Handle<C> {
    type Target = Shared<C>;

    fn deref(&self) -> &Shared<C> {
        &self.0
    }
}
