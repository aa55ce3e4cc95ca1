//! Running a transient unit until it has stopped.
//!
//! systemd forgets a unit as it stops, unless somebody refers to it. On a bus, we do, and ask for its state in the end. The private socket knows no
//! references. There, the last changes that systemd told of say how it ended, but for what it used.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use barebus::definition::Object;
use barebus::definition::standard::PROPERTIES_CHANGED;
use barebus::{BodyError, CallError, OwnedMessage, OwnedObjectPath};

use super::{RunEnd, TransientUnit, start};
use crate::client::{CallOptions, Client, reopen};
use crate::daemon::{has_owner, owner_changed};
use crate::error::{Cause, Error};
use crate::interface::manager::OBJECT;
use crate::interface::manager::method::UNREF_UNIT;
use crate::interface::unit;
use crate::job::wait;
use crate::name::UnitName;
use crate::subscription;
use crate::unit::Status;
use crate::unit::status::{Reading, of_object};
use crate::word::LoadState;

pub(crate) async fn run<C: Client>(client: &C, mut unit: TransientUnit) -> Result<RunEnd, Error> {
    let name = unit.name().clone();
    let failed = |cause: Cause| Error::new("running", name.as_str(), cause);
    let keeps = !client.is_direct();
    if keeps {
        unit.property("AddRef", true).map_err(|error| failed(error.into()))?;
    }
    let mut watch = Watch::begin(client, &name).map_err(|error| failed(error.into()))?;
    let job = start::start_transient_unit(client, unit).await?;
    let stopped = watch.until_stopped().await;
    let stopped = stopped.map_err(|error| failed(error.into()))?;
    // It has ended, as the unit has no job any more.
    let job = wait(client, &job).await?;
    let is_lost = stopped.is_none();
    let mut status = stopped.unwrap_or_else(|| watch.reading.status());
    if keeps {
        // Only now does it say what the unit used.
        if let Some(kept) = watch.ask().await.map_err(|error| failed(error.into()))? {
            status = kept;
        }
        // The name is free when this returns. systemd forgets the reference with the connection, too, so that an error does no harm.
        let _ =
            client.call(UNREF_UNIT.call(OBJECT, (name.as_str(),)), CallOptions::default()).await;
    }
    Ok(RunEnd { job, status, is_lost })
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
        let (generation, reading) = (client.generation(), Reading::default());
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

    /// Waits until the unit has stopped; `None` if systemd has forgotten it meanwhile.
    async fn until_stopped(&mut self) -> Result<Option<Status>, CallError> {
        loop {
            match self.next().await {
                Ok(Came::Change(signal)) => {
                    if let Some(status) = self.take(&signal)? {
                        return Ok(Some(status));
                    }
                    continue;
                }
                Ok(Came::Owner(signal)) if !has_owner(&signal) => continue,
                Ok(Came::Owner(_)) => drop(subscription::repeat(self.client)),
                Err(error) => self.go_on(error).await?,
            }
            // systemd was away: changes may not have been told.
            match self.ask().await? {
                None => return Ok(None),
                Some(status) if status.has_stopped() => return Ok(Some(status)),
                Some(_) => {}
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

    /// Takes a change. Returns the status if the unit has stopped with it.
    ///
    /// systemd tells all properties of the unit's type before those that all units have. So what is read then is of one moment.
    fn take(&mut self, signal: &OwnedMessage) -> Result<Option<Status>, BodyError> {
        let (interface, changed, _) = PROPERTIES_CHANGED.read(signal)?;
        if interface == self.name.kind().interface().as_str() {
            self.reading.take_of_type(changed)?;
        } else if interface == unit::INTERFACE.as_str() {
            self.reading.take_of_unit(changed)?;
            return Ok(Some(self.reading.status()).filter(Status::has_stopped));
        }
        Ok(None)
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
