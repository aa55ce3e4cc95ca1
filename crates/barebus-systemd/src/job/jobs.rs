//! The jobs of a connection: the table, the limit, and the subscription to their ends.

use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use barebus::definition::Object;
use barebus::{CallError, OwnedMessage};

use super::readers::Readers;
use super::table::{News, Table};
use crate::client::Client;
use crate::daemon;
use crate::interface::manager::OBJECT;
use crate::interface::manager::signal::JOB_REMOVED;
use crate::subscription::{self, Subscribing};
use crate::turns::Turns;

/// The default limit of jobs that are out. systemd has 512 match rules for its own connection to the bus and spends one for each job that was
/// queued over the bus. Beyond, it loses the connection or the results. A hundred at a time is also the fastest for systemd.
const JOBS: usize = 100;

/// The jobs of a connection.
#[derive(Debug)]
pub(crate) struct Jobs<S> {
    /// The jobs that are out.
    pub(crate) turns: Turns,
    /// The flows that wait for the end of a job.
    pub(super) readers: Arc<Readers>,
    /// `None` while nobody is interested in a job. Locked before `inner`.
    streams: Mutex<Option<Streams<S>>>,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
pub(super) struct Inner {
    pub(super) table: Table,
    /// When something about jobs came last, or systemd was asked about them.
    pub(super) quiet_since: Instant,
    /// When systemd was asked about the jobs, if it has not answered.
    pub(super) asked_at: Option<Instant>,
    /// Whether systemd is to be asked about the jobs without waiting until nothing has come for a while.
    pub(super) must_look: bool,
    /// Since when systemd cannot be reached.
    pub(super) away_since: Option<Instant>,
}

/// The subscriptions to the ends of jobs, and to the changes of systemd's owner.
#[derive(Debug)]
struct Streams<S> {
    removed: S,
    /// On a bus, if it accepts the rule.
    owner: Option<S>,
    generation: u64,
}

impl<S> Default for Jobs<S> {
    fn default() -> Self {
        let inner = Inner {
            table: Table::default(),
            quiet_since: Instant::now(),
            asked_at: None,
            must_look: false,
            away_since: None,
        };
        Self {
            turns: Turns::new(JOBS),
            readers: Arc::default(),
            streams: Mutex::new(None),
            inner: Mutex::new(inner),
        }
    }
}

impl<S> Jobs<S> {
    pub(super) fn lock(&self) -> MutexGuard<'_, Inner> {
        // Nothing that is done under the lock panics.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does what follows from the ends of jobs. The caller holds no lock.
    pub(super) fn spread(&self, news: News) {
        self.turns.end(news.fewer);
        news.woken.into_iter().for_each(Waker::wake);
    }

    fn streams(&self) -> MutexGuard<'_, Option<Streams<S>>> {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Subscribes to the ends of jobs, unless that was done: the ends of jobs that are queued later are told. The result waits for systemd's answer
/// to `Subscribe`.
pub(super) fn open<C: Client>(client: &C) -> Result<Subscribing<'_, C>, CallError> {
    let jobs = &client.state().jobs;
    let mut streams = jobs.streams();
    match &*streams {
        Some(open) if open.generation == client.generation() => Ok(Subscribing::done(client)),
        Some(_) => {
            *streams = None;
            *streams = Some(subscribe(client)?);
            jobs.lock().look_at_once();
            Ok(subscription::renew(client))
        }
        None => {
            *streams = Some(subscribe(client)?);
            let mut inner = jobs.lock();
            // Jobs that were left while nobody read may have ended.
            if !inner.table.is_empty() {
                inner.look_at_once();
            }
            drop(inner);
            Ok(subscription::enter(client))
        }
    }
}

impl Inner {
    /// Has systemd asked about the jobs. What was asked before does not count.
    pub(super) const fn look_at_once(&mut self) {
        self.must_look = true;
        self.asked_at = None;
    }

    /// systemd has said something.
    pub(super) fn heard(&mut self) {
        self.quiet_since = Instant::now();
        self.away_since = None;
    }
}

fn subscribe<C: Client>(client: &C) -> Result<Streams<C::Signals>, CallError> {
    let generation = client.generation();
    if client.is_direct() {
        let removed = client.signals(&JOB_REMOVED.rule(Object::direct(OBJECT.path)))?;
        return Ok(Streams { removed, owner: None, generation });
    }
    let removed = client.signals(&JOB_REMOVED.rule(OBJECT))?;
    // Without it, a look every few seconds does.
    let owner = client.signals(&daemon::owner_changed()).ok();
    Ok(Streams { removed, owner, generation })
}

/// Ends the subscription if no job is of interest to anybody.
pub(crate) fn release<C: Client>(client: &C) {
    let jobs = &client.state().jobs;
    let mut streams = jobs.streams();
    if streams.is_some() && !jobs.lock().table.is_watched() {
        *streams = None;
        subscription::leave(client);
    }
}

/// Takes what has arrived, whoever it is for. Every flow that waits does so: none depends on another one that may not be polled.
///
/// The error says why nothing more will come from these subscriptions; the next call makes them anew.
pub(super) fn poll<C: Client>(client: &C, cx: &mut Context<'_>) -> Result<(), CallError> {
    drop(open(client)?);
    let jobs = &client.state().jobs;
    let mut news = News::default();
    let mut streams = jobs.streams();
    let polled = match &mut *streams {
        Some(streams) => poll_streams(client, streams, cx, &mut news),
        None => Ok(()),
    };
    if polled.is_err() {
        *streams = None;
        subscription::leave(client);
    }
    drop(streams);
    jobs.spread(news);
    polled
}

fn poll_streams<C: Client>(
    client: &C,
    streams: &mut Streams<C::Signals>,
    cx: &mut Context<'_>,
    news: &mut News,
) -> Result<(), CallError> {
    while let Poll::Ready(signal) = poll_signal(client, &mut streams.removed, cx) {
        let signal = signal?;
        let mut inner = client.state().jobs.lock();
        inner.heard();
        // A signal with another body is not the end of a job.
        if let Ok((_, path, unit, result)) = JOB_REMOVED.read(&*signal) {
            inner.table.removed(path.as_str(), unit, result, news);
        }
    }
    while let Some(owner) = &mut streams.owner {
        match poll_signal(client, owner, cx) {
            Poll::Ready(Ok(signal)) => owner_changed(client, &signal),
            // The bus refuses the rule; a look every few seconds does. Or the connection has ended, as the other subscription tells.
            Poll::Ready(Err(_)) => streams.owner = None,
            Poll::Pending => break,
        }
    }
    Ok(())
}

fn poll_signal<C: Client>(
    client: &C,
    signals: &mut C::Signals,
    cx: &mut Context<'_>,
) -> Poll<Result<Arc<OwnedMessage>, CallError>> {
    // The future has no state of its own.
    pin!(client.next(signals)).poll(cx)
}

/// systemd has another owner on the bus, or none: it has re-executed itself. It may have forgotten that somebody subscribed.
fn owner_changed<C: Client>(client: &C, signal: &OwnedMessage) {
    if daemon::has_owner(signal) {
        drop(subscription::repeat(client));
        client.state().jobs.lock().look_at_once();
    }
}
