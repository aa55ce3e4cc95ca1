//! All properties of an object, whatever their types.

use barebus::definition::standard::GET_ALL;
use barebus::wire::OwnedValue;
use barebus::{CallError, ObjectPath, Variant};

use crate::client::{CallOptions, Client};
use crate::error::Error;
use crate::interface::manager::OBJECT;
use crate::name::UnitName;

/// systemd answers `GetAll` of this interface with the properties of all interfaces of the object.
const ALL_INTERFACES: &str = "";

pub(crate) async fn unit_properties<C: Client>(
    client: &C,
    unit: &str,
) -> Result<Vec<(String, OwnedValue)>, Error> {
    const OPERATION: &str = "the properties";

    let name = UnitName::parse(unit).map_err(|error| Error::new(OPERATION, unit, error))?;
    let path = name.object_path();
    let properties = all(client, path.borrow()).await;
    properties.map_err(|error| Error::new(OPERATION, unit, error))
}

pub(crate) async fn manager_properties<C: Client>(
    client: &C,
) -> Result<Vec<(String, OwnedValue)>, Error> {
    let properties = all(client, OBJECT.path).await;
    properties.map_err(|error| Error::new("the properties of systemd", None, error))
}

async fn all<C: Client>(
    client: &C,
    path: ObjectPath<'_>,
) -> Result<Vec<(String, OwnedValue)>, CallError> {
    let request = GET_ALL.call(OBJECT.at(path), (ALL_INTERFACES,));
    let reply = client.call(request, CallOptions::default()).await?;
    let mut properties = Vec::new();
    for property in GET_ALL.answer(&reply)?.0 {
        let (name, value): (&str, Variant<'_>) = property?;
        properties.push((name.to_owned(), OwnedValue::try_from(&value)?));
    }
    Ok(properties)
}
