//! Running a transient unit until it has stopped.
//!
//! systemd forgets a unit as it stops, unless somebody refers to it or it has failed. On a bus, we refer to it, so that it can be asked in the end.
//! The private socket knows no references. There, a unit that was forgotten ended as the last changes say that systemd told of.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use barebus::definition::Object;
use barebus::definition::standard::PROPERTIES_CHANGED;
use barebus::{BodyError, CallError, OwnedMessage, OwnedObjectPath};

use super::{RunEnd, TransientUnit, start};
use crate::client::{CallOptions, Client, open, reopen};
use crate::daemon::{has_owner, is_hangup, owner_changed};
use crate::error::{Cause, Error};
use crate::interface::manager::OBJECT;
use crate::interface::manager::method::UNREF_UNIT;
use crate::interface::unit;
use crate::job::wait;
use crate::name::UnitName;
use crate::subscription;
use crate::together::Limit;
use crate::unit::status::of_object;
use crate::unit::{Reading, Status};
use crate::word::LoadState;

pub(crate) async fn run<C: Client>(client: &C, mut unit: TransientUnit) -> Result<RunEnd, Error> {
    let name = unit.name().clone();
    let failed = |cause: Cause| Error::new("the run", name.as_str(), cause);
    let keeps = !client.is_direct();
    if keeps {
        unit.property("AddRef", true).map_err(|error| failed(error.into()))?;
    }
    open(client).await;
    let mut watch = Watch::begin(client, &name).map_err(|error| failed(error.into()))?;
    let job = start::start_transient_unit(client, unit).await?;
    let (status, is_lost) = watch.until_stopped().await.map_err(|error| failed(error.into()))?;
    // It has ended, as the unit has no job any more.
    let job = wait(client, &job).await?;
    if keeps {
        // The name is free when this returns. systemd forgets the reference with the connection, too, so that an error does no harm.
        let request = UNREF_UNIT.call(OBJECT, (name.as_str(),));
        let _ = client.call(request, CallOptions::default()).await;
    }
    Ok(RunEnd { job, status, is_lost })
}

pub(super) async fn run_limited<C: Client>(
    client: &C,
    unit: TransientUnit,
    limit: Limit,
) -> Result<RunEnd, Error> {
    let name = unit.name().clone();
    let end = limit.keep(client, run(client, unit)).await;
    let late = || Cause::JobNotEnded(limit.time.unwrap_or_default());
    end.unwrap_or_else(|| Err(Error::new("the run", name.as_str(), late())))
}

/// The changes of one unit.
struct Watch<'c, C: Client> {
    client: &'c C,
    name: &'c UnitName,
    path: OwnedObjectPath,
    changes: C::Signals,
    /// Changes of systemd's owner, on a bus.
    owner: Option<C::Signals>,
    /// That of the subscriptions.
    generation: u64,
    /// What is known of the unit.
    reading: Reading,
}

/// What has come.
enum Came {
    Change(Arc<OwnedMessage>),
    Owner(Arc<OwnedMessage>),
}

impl<'c, C: Client> Watch<'c, C> {
    /// Subscribes to the changes that are caused by what is sent later.
    fn begin(client: &'c C, name: &'c UnitName) -> Result<Self, CallError> {
        let path = name.object_path();
        let (changes, owner) = Self::subscribe(client, &path)?;
        // The answer comes before that to the start of the unit. If systemd refuses, no change is told, and nothing was started either.
        drop(subscription::enter(client));
        let (generation, reading) = (client.generation(), Reading::of(name));
        Ok(Self { client, name, path, changes, owner, generation, reading })
    }

    fn subscribe(
        client: &C,
        path: &OwnedObjectPath,
    ) -> Result<(C::Signals, Option<C::Signals>), CallError> {
        if client.is_direct() {
            let rule = PROPERTIES_CHANGED.rule(Object::direct(path.borrow()));
            return Ok((client.signals(&rule)?, None));
        }
        let changes = client.signals(&PROPERTIES_CHANGED.rule(OBJECT.at(path.borrow())))?;
        Ok((changes, Some(client.signals(&owner_changed())?)))
    }

    /// Waits until the unit has stopped. Returns its status, and whether that is only the last that was known of it.
    async fn until_stopped(&mut self) -> Result<(Status, bool), CallError> {
        loop {
            let mut has_stopped = self.until_asked_for().await?;
            // Only this says what it used. Before 254 only this tells a unit that has failed for good from one that will be restarted: its
            // state is `failed` for a moment.
            let status = loop {
                match self.ask().await {
                    Err(error) if is_hangup(&error) && self.client.is_direct() => {
                        self.go_on(error).await?;
                        has_stopped = false;
                    }
                    status => break status,
                }
            };
            match status {
                Ok(Some(status)) if status.has_stopped() => return Ok((status, false)),
                Ok(Some(_)) => {}
                // It is forgotten.
                Ok(None) => return Ok((self.reading.status(), !has_stopped)),
                // systemd's next owner is told.
                Err(error) if is_hangup(&error) && !error.is_disconnected() => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Waits until the unit is to be asked for its state: it has stopped, as the result says, or changes may not have been told, as systemd was away.
    async fn until_asked_for(&mut self) -> Result<bool, CallError> {
        loop {
            match self.next().await {
                Ok(Came::Change(signal)) => {
                    if self.has_stopped_with(&signal)? {
                        return Ok(true);
                    }
                }
                Ok(Came::Owner(signal)) => {
                    if has_owner(&signal) {
                        drop(subscription::repeat(self.client));
                        return Ok(false);
                    }
                }
                Err(error) => {
                    self.go_on(error).await?;
                    return Ok(false);
                }
            }
        }
    }

    /// The next change of the unit or of systemd's owner.
    async fn next(&mut self) -> Result<Came, CallError> {
        let Self { client, changes, owner, .. } = self;
        poll_fn(|cx| {
            if let Poll::Ready(signal) = pin!(client.next(changes)).poll(cx) {
                return Poll::Ready(signal.map(Came::Change));
            }
            match owner.as_mut().map(|owner| pin!(client.next(owner)).poll(cx)) {
                Some(Poll::Ready(signal)) => Poll::Ready(signal.map(Came::Owner)),
                Some(Poll::Pending) | None => Poll::Pending,
            }
        })
        .await
    }

    /// Takes a change. Returns whether the unit has stopped with it.
    ///
    /// systemd tells all properties of the unit's type before those that all units have. So what is read then is of one moment.
    fn has_stopped_with(&mut self, signal: &OwnedMessage) -> Result<bool, BodyError> {
        let interface = self.reading.change(signal)?;
        Ok(interface == unit::INTERFACE.as_str() && self.reading.status().has_stopped())
    }

    /// Subscribes again on the connection that is opened in place of one that has ended.
    async fn go_on(&mut self, error: CallError) -> Result<(), CallError> {
        let client = self.client;
        let is_other = client.generation() != self.generation;
        if !is_other {
            if !error.is_disconnected() || !client.can_reopen() {
                return Err(error);
            }
            reopen(client, self.generation).await.map_err(|_| error)?;
        }
        self.generation = client.generation();
        (self.changes, self.owner) = Self::subscribe(client, &self.path)?;
        drop(subscription::renew(client));
        Ok(())
    }

    /// Asks how the unit is; `None` if systemd has forgotten it.
    async fn ask(&self) -> Result<Option<Status>, CallError> {
        let status = of_object(self.client, self.path.borrow(), self.name.kind()).await?;
        Ok(Some(status).filter(|status| status.load_state != LoadState::NotFound))
    }
}

impl<C: Client> Drop for Watch<'_, C> {
    fn drop(&mut self) {
        subscription::leave(self.client);
    }
}
