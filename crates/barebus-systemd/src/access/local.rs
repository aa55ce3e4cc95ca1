//! The systemds of this machine.

use barebus::{Connection, OpenError, Options};

use super::error::AccessError;
use crate::error::Error;

const CONNECTING: &str = "connecting to systemd";

pub(super) fn system() -> Result<Connection, Error> {
    Connection::systemd().map_err(|error| Error::new(CONNECTING, None, error))
}

pub(super) fn user() -> Result<Connection, Error> {
    Connection::systemd_user().map_err(|error| match error {
        OpenError::NotSet { .. } => Error::new(CONNECTING, None, AccessError::NoRuntimeDir),
        error => Error::new(CONNECTING, None, error),
    })
}

pub(super) fn user_of(uid: u32) -> Result<Connection, Error> {
    // Where systemd-logind puts what belongs to a user as long as that is logged in.
    let at = |socket: &str| format!("unix:path=/run/user/{uid}/{socket}");
    Connection::open_direct(&at("systemd/private"))
        .or_else(|direct| Connection::open(&at("bus")).map_err(|bus| direct.and_then(bus)))
        .map_err(|error| Error::new(CONNECTING, None, error))
}

pub(super) fn at(address: &str) -> Result<Connection, Error> {
    Connection::open(address).map_err(|error| Error::new(CONNECTING, None, error))
}

pub(super) fn root_of(pid: u32) -> Result<Connection, Error> {
    Options::bus()
        .open_root_of(pid)
        .map_err(|error| Error::new(CONNECTING, None, AccessError::Root { pid, error }))
}

pub(super) fn machine(name: &str) -> Result<Connection, Error> {
    if name == ".host" {
        return system();
    }
    Options::bus().open_machine(name).map_err(|error| Error::new(CONNECTING, name, error))
}
