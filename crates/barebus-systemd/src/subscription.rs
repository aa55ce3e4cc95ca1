//! `Subscribe`: systemd sends its signals only while somebody has called it.
//!
//! systemd counts a connection once, however often it subscribes. So the users of a connection are counted here: the first one subscribes, the
//! last one unsubscribes.

use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use barebus::CallError;

use crate::client::{CallOptions, Client, Timeout};
use crate::error::Error;
use crate::interface::manager::OBJECT;
use crate::interface::manager::method::{SUBSCRIBE, UNSUBSCRIBE};

/// Who uses systemd's signals on a connection: state without I/O.
#[derive(Debug, Default)]
pub(crate) struct Subscription(Mutex<Users>);

#[derive(Debug, Default)]
struct Users {
    count: usize,
    /// Whether `Subscribe` was called, on the connection of `generation`, and `Unsubscribe` was not.
    is_subscribed: bool,
    generation: u64,
    /// Whether systemd said that the connection is subscribed already: somebody does that by hand, who must not lose it.
    is_foreign: bool,
}

impl Subscription {
    fn lock(&self) -> MutexGuard<'_, Users> {
        // Nothing that is done under the lock panics.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Adds a user. If it is the first one, this queues `Subscribe`, before anything that is sent later. The future waits for systemd's answer;
/// dropping it does no harm. [`leave`] removes the user, also after an error.
pub(crate) fn enter<C: Client>(client: &C) -> Subscribing<'_, C> {
    client.state().subscription.lock().count += 1;
    renew(client)
}

/// Subscribes again if the connection was opened again since, or has unsubscribed.
pub(crate) fn renew<C: Client>(client: &C) -> Subscribing<'_, C> {
    let generation = client.generation();
    let mut users = client.state().subscription.lock();
    if users.count == 0 || (users.is_subscribed && users.generation == generation) {
        return Subscribing::done(client);
    }
    users.is_subscribed = true;
    users.is_foreign = false;
    users.generation = generation;
    drop(users);
    subscribe(client)
}

/// Subscribes again, where systemd may have forgotten the connection: after it has re-executed itself.
pub(crate) fn repeat<C: Client>(client: &C) -> Subscribing<'_, C> {
    let is_used = client.state().subscription.lock().count != 0;
    if is_used { subscribe(client) } else { Subscribing::done(client) }
}

fn subscribe<C: Client>(client: &C) -> Subscribing<'_, C> {
    // systemd answers when it comes to it. Nobody waits for that alone.
    let options = CallOptions { timeout: Timeout::Of(None), ..CallOptions::default() };
    let reply = client.send_request(&SUBSCRIBE.call(OBJECT, ()), options);
    Subscribing { client, reply: Some(reply) }
}

pub(crate) async fn subscribe_user<C: Client>(client: &C) -> Result<(), Error> {
    enter(client).await.map_err(|error| {
        leave(client);
        Error::new(SUBSCRIBE.name().as_str(), None, error)
    })
}

pub(crate) async fn unsubscribe_user<C: Client>(client: &C) -> Result<(), Error> {
    leave(client);
    match settle(client) {
        None => Ok(()),
        Some(reply) => match reply.await {
            Ok(_) => Ok(()),
            Err(error) => Err(Error::new(UNSUBSCRIBE.name().as_str(), None, error)),
        },
    }
}

/// Removes a user. When the last one has gone, [`settle`] unsubscribes, unless another one comes before.
pub(crate) fn leave<C: Client>(client: &C) {
    let mut users = client.state().subscription.lock();
    users.count = users.count.saturating_sub(1);
}

/// Queues `Unsubscribe` if nobody uses the signals any more. Its answer need not be waited for.
pub(crate) fn settle<C: Client>(client: &C) -> Option<C::Reply<'_>> {
    let mut users = client.state().subscription.lock();
    if users.count != 0 || !users.is_subscribed {
        return None;
    }
    users.is_subscribed = false;
    let is_ours = !users.is_foreign && users.generation == client.generation();
    drop(users);
    is_ours.then(|| client.send_request(&UNSUBSCRIBE.call(OBJECT, ()), CallOptions::default()))
}

/// Waits for the answer to `Subscribe`, if it was sent.
#[must_use = "await it, or drop it on purpose"]
pub(crate) struct Subscribing<'c, C: Client + 'c> {
    client: &'c C,
    reply: Option<C::Reply<'c>>,
}

impl<'c, C: Client> Subscribing<'c, C> {
    /// Nothing was sent.
    pub(crate) const fn done(client: &'c C) -> Self {
        Self { client, reply: None }
    }
}

impl<C: Client> Future for Subscribing<'_, C> {
    type Output = Result<(), CallError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(reply) = &mut self.reply else { return Poll::Ready(Ok(())) };
        let answer = std::task::ready!(Pin::new(reply).poll(cx));
        self.reply = None;
        let mut users = self.client.state().subscription.lock();
        Poll::Ready(match answer {
            Ok(_) => Ok(()),
            Err(error) if error.remote_name() == Some(ALREADY) => {
                users.is_foreign = true;
                Ok(())
            }
            Err(error) => {
                users.is_subscribed = false;
                Err(error)
            }
        })
    }
}

const ALREADY: &str = "org.freedesktop.systemd1.AlreadySubscribed";
