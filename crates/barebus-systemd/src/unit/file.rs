//! Unit files.

use crate::client::{CallOptions, Client};
use crate::error::Error;
use crate::interface::manager::OBJECT;
use crate::interface::manager::method::GET_UNIT_FILE_STATE;
use crate::interface::manager::property::VERSION;
use crate::word::UnitFileState;

pub(crate) async fn unit_file_state<C: Client>(
    client: &C,
    unit: &str,
) -> Result<UnitFileState, Error> {
    let failed = |error| Error::new(GET_UNIT_FILE_STATE.name().as_str(), unit, error);
    let request = GET_UNIT_FILE_STATE.call(OBJECT, (unit,));
    let reply = client.call(request, CallOptions::default()).await.map_err(failed)?;
    let (state,) = GET_UNIT_FILE_STATE.answer(&reply).map_err(|error| failed(error.into()))?;
    Ok(UnitFileState::from(state))
}

pub(crate) async fn version<C: Client>(client: &C) -> Result<String, Error> {
    let failed = |error| Error::new(VERSION.name(), None, error);
    let reply = client.call(VERSION.get(OBJECT), CallOptions::default()).await.map_err(failed)?;
    Ok(VERSION.value(&reply).map_err(|error| failed(error.into()))?.into())
}
