//! systemd itself: its version, its environment, and reading everything again.

use std::time::{Duration, Instant};

use barebus::definition::{Object, SignalKind, Str};
use barebus::{CallError, InterfaceName, MatchRuleBuf, NoReply, OwnedMessage};

use crate::ask::tell;
use crate::client::{CallOptions, Client, Timeout, reopen};
use crate::error::Error;
use crate::interface::manager::OBJECT;
use crate::interface::manager::method as call;
use crate::interface::manager::property::{ENVIRONMENT, VERSION};
use crate::together::unless;

/// The bus.
const BUS: Object<'static> = Object::from_static("org.freedesktop.DBus", "/org/freedesktop/DBus");
/// `NameOwnerChanged(s name, s old_owner, s new_owner)`
const NAME_OWNER_CHANGED: SignalKind<(Str, Str, Str)> =
    SignalKind::new(InterfaceName::from_static("org.freedesktop.DBus"), "NameOwnerChanged");

/// How long a reload may take. It takes as long as reading all unit files does, and systemd answers nobody meanwhile.
const RELOAD: Duration = Duration::from_secs(300);

pub(crate) async fn version<C: Client>(client: &C) -> Result<String, Error> {
    let failed = |error| Error::new(VERSION.name(), None, error);
    let reply = client.call(VERSION.get(OBJECT), CallOptions::default()).await.map_err(failed)?;
    Ok(VERSION.value(&reply).map_err(|error| failed(error.into()))?.into())
}

pub(crate) async fn reload<C: Client>(client: &C) -> Result<(), Error> {
    tell(client, call::RELOAD, (), None, within(client, RELOAD)).await
}

/// A call that waits longer than others, unless the user has limited that.
pub(crate) fn within<C: Client>(client: &C, time: Duration) -> CallOptions {
    let timeout = Timeout::Of(Some(client.state().slow(time)));
    CallOptions { timeout, ..CallOptions::default() }
}

pub(crate) async fn environment<C: Client>(client: &C) -> Result<Vec<(String, String)>, Error> {
    let failed = |error: CallError| Error::new(ENVIRONMENT.name(), None, error);
    let reply = client.call(ENVIRONMENT.get(OBJECT), CallOptions::default()).await;
    let reply = reply.map_err(failed)?;
    let list = ENVIRONMENT.value_as::<Vec<String>>(&reply).map_err(|error| failed(error.into()))?;
    let pair = |assignment: &String| {
        let (name, value) = assignment.split_once('=').unwrap_or((assignment, ""));
        (name.to_owned(), value.to_owned())
    };
    Ok(list.iter().map(pair).collect())
}

pub(crate) async fn set_environment<C: Client>(
    client: &C,
    variables: &[(&str, &str)],
) -> Result<(), Error> {
    let list: Vec<_> = variables.iter().map(|(name, value)| [name, "=", value].concat()).collect();
    let about = variables.first().map(|(name, _)| *name);
    tell(client, call::SET_ENVIRONMENT, (list,), about, CallOptions::default()).await
}

pub(crate) async fn unset_environment<C: Client>(client: &C, names: &[&str]) -> Result<(), Error> {
    let about = crate::ask::names(names);
    let about = about.as_deref();
    tell(client, call::UNSET_ENVIRONMENT, (names,), about, CallOptions::default()).await
}

pub(crate) async fn reexecute<C: Client>(client: &C) -> Result<(), Error> {
    let name = call::REEXECUTE.name();
    let failed = |error: CallError| Error::new(name.as_str(), None, error);
    let generation = client.generation();
    // systemd has a name of the bus again when it is back.
    let owners = match client.is_direct() {
        true => None,
        false => Some(client.signals(&owner_changed()).map_err(failed)?),
    };
    match tell(client, call::REEXECUTE, (), None, within(client, RELOAD)).await {
        // It does not answer: its connection ends.
        Err(error) if !error.call().is_some_and(is_hangup) => return Err(error),
        _ => {}
    }
    let Some(owners) = owners else { return reopen(client, generation).await };
    let until = Instant::now() + client.state().absence();
    let back = unless(owner(client, owners), client.sleep_until(until)).await;
    back.unwrap_or(Err(CallError::NoReply(NoReply::TimedOut))).map_err(failed)
}

/// Whether a call ended because systemd did, or went on as another process.
pub(crate) fn is_hangup(error: &CallError) -> bool {
    match error {
        CallError::Connection(_) | CallError::NoReply(NoReply::NotOutstanding) => true,
        CallError::Remote { name, .. } => name == "org.freedesktop.DBus.Error.NoReply",
        _ => false,
    }
}

/// The rule for the changes of systemd's owner on the bus.
pub(crate) fn owner_changed() -> MatchRuleBuf {
    NAME_OWNER_CHANGED.rule(BUS).argument(0, OBJECT.destination.map_or("", |name| name.as_str()))
}

/// Whether systemd has an owner now, by that signal.
pub(crate) fn has_owner(signal: &OwnedMessage) -> bool {
    NAME_OWNER_CHANGED.read(signal).is_ok_and(|(_, _, new)| !new.is_empty())
}

/// Waits until systemd's name has a new owner.
async fn owner<C: Client>(client: &C, mut owners: C::Signals) -> Result<(), CallError> {
    loop {
        let signal = client.next(&mut owners).await?;
        if has_owner(&signal) {
            return Ok(());
        }
    }
}
