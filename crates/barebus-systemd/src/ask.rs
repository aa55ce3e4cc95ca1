//! Calls of the manager's methods, and what failed.

use barebus::EncodeBody;
use barebus::OwnedMessage;
use barebus::definition::{Arguments, Kinds, Method};

use crate::client::{CallOptions, Client};
use crate::error::{Cause, Error};
use crate::interface::manager::OBJECT;
use crate::name::UnitName;

/// Calls a method of the manager. `about` is what an error names besides the method.
pub(crate) async fn ask<C: Client, In: Kinds, Out: Kinds, A: Arguments + EncodeBody>(
    client: &C,
    method: Method<In, Out>,
    arguments: A,
    about: Option<&str>,
    options: CallOptions,
) -> Result<OwnedMessage, Error> {
    let reply = client.call(method.call(OBJECT, arguments), options).await;
    reply.map_err(failed(method, about))
}

/// As [`ask`] for a method that answers with nothing.
pub(crate) async fn tell<C: Client, In: Kinds, A: Arguments + EncodeBody>(
    client: &C,
    method: Method<In, ()>,
    arguments: A,
    about: Option<&str>,
    options: CallOptions,
) -> Result<(), Error> {
    ask(client, method, arguments, about, options).await.map(drop)
}

/// As [`tell`] for a method that takes a unit. Checks the unit's name first.
pub(crate) async fn tell_of<C: Client, In: Kinds, A: Arguments + EncodeBody>(
    client: &C,
    method: Method<In, ()>,
    arguments: A,
    unit: &str,
    options: CallOptions,
) -> Result<(), Error> {
    // To systemd, an empty name is the unit that the caller is in.
    if !unit.is_empty() {
        checked(method, unit)?;
    }
    tell(client, method, arguments, Some(unit), options).await
}

/// Checks the name of the unit that a method is called about.
pub(crate) fn checked<In, Out>(method: Method<In, Out>, unit: &str) -> Result<UnitName, Error> {
    UnitName::parse(unit).map_err(failed(method, Some(unit)))
}

/// Makes an error of a method that was called about something.
pub(crate) fn failed<In, Out, E: Into<Cause>>(
    method: Method<In, Out>,
    about: Option<&str>,
) -> impl Fn(E) -> Error {
    move |cause| Error::new(method.name().as_str(), about, cause)
}

/// Names for an error: the only one, or the first and how many there are besides.
pub(crate) fn names(names: &[&str]) -> Option<String> {
    match names {
        [] => None,
        [only] => Some((*only).to_owned()),
        [first, _] => Some(format!("{first} and 1 other")),
        [first, others @ ..] => Some(format!("{first} and {} others", others.len())),
    }
}
