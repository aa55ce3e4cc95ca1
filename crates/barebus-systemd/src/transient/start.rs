//! Starting transient units.

use super::TransientUnit;
use super::prepared::Prepared;
use crate::client::{CallOptions, Client};
use crate::error::{Cause, Error};
use crate::interface::manager::OBJECT;
use crate::interface::manager::method::START_TRANSIENT_UNIT;
use crate::interface::unit::property::ACTIVE_STATE;
use crate::job::{Job, JobEnd, start_job, wait};
use crate::word::ActiveState;

pub(crate) async fn start_transient_unit<C: Client>(
    client: &C,
    unit: TransientUnit,
) -> Result<Job, Error> {
    let name = unit.name().clone();
    let failed =
        |cause: Cause| Error::new(START_TRANSIENT_UNIT.name().as_str(), name.as_str(), cause);
    let prepared = Prepared::new(unit).map_err(|error| failed(error.into()))?;
    let older = prepared.older();
    let started = match (send(client, prepared).await, older) {
        (Err(error), Some(older)) if error.is_unsupported() => send(client, older).await,
        (started, _) => started,
    };
    match started {
        Err(error) if error.remote_name() == Some(UNIT_EXISTS) => {
            let path = name.object_path();
            let request = ACTIVE_STATE.get(OBJECT.at(path.borrow()));
            let reply = client.call(request, CallOptions::default()).await;
            let state = reply.and_then(|reply| Ok(ActiveState::from(ACTIVE_STATE.value(&reply)?)));
            Err(state.map_or(error, |state| failed(Cause::UnitExists(state))))
        }
        started => started,
    }
}

async fn send<C: Client>(client: &C, prepared: Prepared) -> Result<Job, Error> {
    let Prepared { name, mode, properties, auxiliary, fds } = prepared;
    let arguments = (name.as_str(), mode.as_str(), properties, auxiliary);
    let request = START_TRANSIENT_UNIT.call(OBJECT, arguments);
    start_job(client, name.as_str(), request, CallOptions { fds, ..CallOptions::default() }).await
}

const UNIT_EXISTS: &str = "org.freedesktop.systemd1.UnitExists";

pub(crate) async fn start_scope<C: Client>(
    client: &C,
    scope: TransientUnit,
) -> Result<JobEnd, Error> {
    let job = start_transient_unit(client, scope).await?;
    wait(client, &job).await
}
