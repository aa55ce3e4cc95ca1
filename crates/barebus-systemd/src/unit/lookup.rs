//! Finding units: by process, by control group, by invocation.

use std::os::fd::BorrowedFd;

use barebus::{CallError, FdIndex, NoReply, ObjectPath};

use crate::ask::{ask, failed};
use crate::client::{CallOptions, Client};
use crate::error::Error;
use crate::interface::manager::OBJECT;
use crate::interface::manager::method as call;
use crate::interface::unit::property::ID;
use crate::name::UnitName;
use crate::pidfd::pid_of;

pub(crate) async fn unit_by_pid<C: Client>(client: &C, pid: u32) -> Result<UnitName, Error> {
    let about = format!("process {pid}");
    let method = call::GET_UNIT_BY_PID;
    let reply = ask(client, method, (pid,), Some(&about), CallOptions::default()).await?;
    let (path,) = method.answer(&reply).map_err(failed(method, Some(&about)))?;
    name_of(path, method.name().as_str(), &about)
}

pub(crate) async fn unit_by_pidfd<C: Client>(
    client: &C,
    pidfd: BorrowedFd<'_>,
) -> Result<UnitName, Error> {
    const ABOUT: &str = "a process by its descriptor";

    let method = call::GET_UNIT_BY_PIDFD;
    let copy = pidfd.try_clone_to_owned();
    let copy = copy.map_err(failed(method, Some(ABOUT)))?;
    let options = CallOptions { fds: vec![copy], ..CallOptions::default() };
    match ask(client, method, (FdIndex(0),), Some(ABOUT), options).await {
        // Before 253, or descriptors do not get there.
        Err(error) if error.is_unsupported() || !takes_descriptors(&error) => {
            by_number(client, pidfd, error).await
        }
        reply => {
            let reply = reply?;
            let (_, name, _) = method.answer(&reply).map_err(failed(method, Some(ABOUT)))?;
            UnitName::parse(name).map_err(failed(method, Some(ABOUT)))
        }
    }
}

/// Asks by the number of the process. The answer counts only if the process was there until then: the number could be another's. If it
/// was not, the error is `newer`, that of the method which takes the descriptor.
async fn by_number<C: Client>(
    client: &C,
    pidfd: BorrowedFd<'_>,
    newer: Error,
) -> Result<UnitName, Error> {
    let Some(pid) = pid_of(pidfd) else { return Err(newer) };
    let unit = unit_by_pid(client, pid).await;
    match pid_of(pidfd) == Some(pid) {
        true => unit,
        false => Err(newer),
    }
}

/// Whether the connection passes descriptors.
fn takes_descriptors(error: &Error) -> bool {
    !matches!(error.call(), Some(CallError::NoReply(NoReply::FdsNotNegotiated)))
}

pub(crate) async fn unit_by_control_group<C: Client>(
    client: &C,
    control_group: &str,
) -> Result<UnitName, Error> {
    let method = call::GET_UNIT_BY_CONTROL_GROUP;
    let about = Some(control_group);
    let reply = ask(client, method, (control_group,), about, CallOptions::default()).await?;
    let (path,) = method.answer(&reply).map_err(failed(method, about))?;
    name_of(path, method.name().as_str(), control_group)
}

pub(crate) async fn unit_by_invocation_id<C: Client>(
    client: &C,
    invocation_id: [u8; 16],
) -> Result<UnitName, Error> {
    let method = call::GET_UNIT_BY_INVOCATION_ID;
    let about = format!("{:032x}", u128::from_be_bytes(invocation_id));
    let arguments = (&invocation_id[..],);
    let reply = ask(client, method, arguments, Some(&about), CallOptions::default()).await?;
    let (path,) = method.answer(&reply).map_err(failed(method, Some(&about)))?;
    // The object's path has the identifier where others have the name.
    let id = client.call(ID.get(OBJECT.at(path)), CallOptions::default()).await;
    let id = id.map_err(failed(method, Some(&about)))?;
    let name = ID.value(&id).map_err(failed(method, Some(&about)))?;
    UnitName::parse(name).map_err(failed(method, Some(&about)))
}

/// The unit whose object an answer names.
fn name_of(path: ObjectPath<'_>, operation: &str, about: &str) -> Result<UnitName, Error> {
    UnitName::from_object_path(path).map_err(|error| Error::new(operation, about, error))
}
