//! The systemds of this machine.

use std::path::Path;

use barebus::wire::address::escape;
use barebus::{Connection, OpenError, Options};
use nix::unistd::geteuid;

use super::error::AccessError;
use crate::error::Error;

const CONNECTING: &str = "connecting to systemd";

pub(super) fn system() -> Result<Connection, Error> {
    Connection::systemd().map_err(|error| Error::new(CONNECTING, None, error))
}

pub(super) fn user() -> Result<Connection, Error> {
    Connection::systemd_user().map_err(|error| match error {
        OpenError::NotSet { .. } => {
            let found = runtime_dir(geteuid().as_raw());
            let found = Some(found).filter(|found| Path::new(found).is_dir());
            Error::new(CONNECTING, None, AccessError::NoRuntimeDir { found })
        }
        error => Error::new(CONNECTING, None, error),
    })
}

/// Where systemd-logind puts what belongs to a user as long as that is logged in.
fn runtime_dir(uid: u32) -> String {
    format!("/run/user/{uid}")
}

pub(super) fn user_of(uid: u32) -> Result<Connection, Error> {
    let at = |socket: &str| format!("unix:path={}/{socket}", runtime_dir(uid));
    Connection::open_direct(&at("systemd/private"))
        .or_else(|direct| Connection::open(&at("bus")).map_err(|bus| direct.and_then(bus)))
        .map_err(|error| Error::new(CONNECTING, None, error))
}

pub(super) fn at(address: &str) -> Result<Connection, Error> {
    Connection::open(address).map_err(|error| Error::new(CONNECTING, None, error))
}

pub(super) fn root_of(pid: u32) -> Result<Connection, Error> {
    let path = format!("/proc/{pid}/root/run/dbus/system_bus_socket");
    Connection::open(&format!("unix:path={}", escape(path.as_bytes())))
        .map_err(|error| Error::new(CONNECTING, None, AccessError::Root { pid, error }))
}

pub(super) fn machine(name: &str) -> Result<Connection, Error> {
    if name == ".host" {
        return system();
    }
    Options::bus().open_machine(name).map_err(|error| Error::new(CONNECTING, name, error))
}
