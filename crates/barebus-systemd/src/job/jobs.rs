//! The jobs of a connection: the table, the limit, and the subscription to their ends.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use barebus::definition::Object;
use barebus::{CallError, MatchRuleBuf};

use super::table::Table;
use crate::client::Client;
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
    /// One flow at a time reads the ends of jobs, for all.
    pub(super) reading: Turns,
    inner: Mutex<Inner<S>>,
}

#[derive(Debug)]
pub(super) struct Inner<S> {
    pub(super) table: Table,
    streams: Streams<S>,
    /// When something about jobs came last, or systemd was asked about them.
    pub(super) quiet_since: Instant,
    /// Whether systemd is to be asked about the jobs at once.
    pub(super) must_look: bool,
    /// Since when systemd cannot be reached.
    pub(super) away_since: Option<Instant>,
}

/// Where the subscriptions are.
#[derive(Debug)]
enum Streams<S> {
    None,
    Here(Stream<S>),
    /// The flow that reads has them.
    Taken,
}

/// The subscriptions to the ends of jobs, and to the changes of systemd's owner.
#[derive(Debug)]
pub(super) struct Stream<S> {
    pub(super) removed: S,
    /// On a bus.
    pub(super) owner: Option<S>,
    pub(super) generation: u64,
}

impl<S> Default for Jobs<S> {
    fn default() -> Self {
        let inner = Inner {
            table: Table::default(),
            streams: Streams::None,
            quiet_since: Instant::now(),
            must_look: false,
            away_since: None,
        };
        Self { turns: Turns::new(JOBS), reading: Turns::new(1), inner: Mutex::new(inner) }
    }
}

impl<S> Jobs<S> {
    pub(super) fn lock(&self) -> MutexGuard<'_, Inner<S>> {
        // Nothing that is done under the lock panics.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the turns of jobs that have ended.
    pub(super) fn end_turns(&self, count: usize) {
        if count != 0 {
            self.turns.end(count);
        }
    }
}

/// Subscribes to the ends of jobs, unless that was done: the ends of jobs that are queued later are told. The result waits for systemd's answer
/// to `Subscribe`.
pub(super) fn open<C: Client>(client: &C) -> Result<Subscribing<'_, C>, CallError> {
    let jobs = &client.state().jobs;
    let mut inner = jobs.lock();
    if !matches!(inner.streams, Streams::None) {
        return Ok(Subscribing::done(client));
    }
    inner.streams = Streams::Here(subscribe(client)?);
    // Jobs that were left while nobody read may have ended.
    inner.must_look = !inner.table.is_empty();
    drop(inner);
    Ok(subscription::enter(client))
}

fn subscribe<C: Client>(client: &C) -> Result<Stream<C::Signals>, CallError> {
    let generation = client.generation();
    if client.is_direct() {
        let removed = client.signals(&JOB_REMOVED.rule(Object::direct(OBJECT.path)))?;
        return Ok(Stream { removed, owner: None, generation });
    }
    let removed = client.signals(&JOB_REMOVED.rule(OBJECT))?;
    // Without it, a look every few seconds does.
    let owner = client.signals(&owner_changed()).ok();
    Ok(Stream { removed, owner, generation })
}

/// The rule for the changes of systemd's owner on the bus.
pub(crate) fn owner_changed() -> MatchRuleBuf {
    use barebus::{BusName, InterfaceName, MemberName, ObjectPath};

    const BUS: BusName<'static> = BusName::from_static("org.freedesktop.DBus");
    const INTERFACE: InterfaceName<'static> = InterfaceName::from_static("org.freedesktop.DBus");
    const PATH: ObjectPath<'static> = ObjectPath::from_static("/org/freedesktop/DBus");
    const MEMBER: MemberName<'static> = MemberName::from_static("NameOwnerChanged");
    let rule = MatchRuleBuf::signals().sender(BUS).path(PATH).interface(INTERFACE).member(MEMBER);
    rule.argument(0, OBJECT.destination.map_or("", |name| name.as_str()))
}

/// Ends the subscription if no job is of interest to anybody.
pub(crate) fn release<C: Client>(client: &C) {
    let mut inner = client.state().jobs.lock();
    if !matches!(inner.streams, Streams::Here(_)) || inner.table.is_watched() {
        return;
    }
    let streams = std::mem::replace(&mut inner.streams, Streams::None);
    drop(inner);
    drop(streams);
    subscription::leave(client);
}

/// The subscriptions, while one flow reads them.
pub(super) struct Reading<'c, C: Client> {
    client: &'c C,
    /// `None` only while they are made anew.
    stream: Option<Stream<C::Signals>>,
}

impl<'c, C: Client> Reading<'c, C> {
    /// Takes the subscriptions; makes them anew if there are none, or if they were made on a connection that has ended.
    pub(super) async fn begin(client: &'c C) -> Result<Self, CallError> {
        // If systemd refuses this, the end of the connection or the result of the jobs will tell.
        let _ = open(client)?.await;
        let streams = std::mem::replace(&mut client.state().jobs.lock().streams, Streams::Taken);
        let stream = match streams {
            Streams::Here(stream) => Some(stream),
            // Only one flow at a time reads.
            Streams::None | Streams::Taken => None,
        };
        let mut reading = Self { client, stream };
        reading.refresh().await?;
        Ok(reading)
    }

    /// Subscribes anew if the connection is another one.
    async fn refresh(&mut self) -> Result<(), CallError> {
        let generation = self.client.generation();
        if self.stream.as_ref().is_none_or(|stream| stream.generation != generation) {
            self.stream = None;
            self.stream = Some(subscribe(self.client)?);
            let _ = subscription::renew(self.client).await;
            self.client.state().jobs.lock().must_look = true;
        }
        Ok(())
    }

    pub(super) const fn stream(&mut self) -> Option<&mut Stream<C::Signals>> {
        self.stream.as_mut()
    }
}

impl<C: Client> Drop for Reading<'_, C> {
    fn drop(&mut self) {
        let mut inner = self.client.state().jobs.lock();
        match self.stream.take() {
            Some(stream) => inner.streams = Streams::Here(stream),
            None => {
                inner.streams = Streams::None;
                drop(inner);
                subscription::leave(self.client);
            }
        }
    }
}
