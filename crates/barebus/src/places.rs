//! Buses that are found without an address: of a user, a container, a capsule.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;

use barebus_wire::address::escape;
use nix::unistd::geteuid;

use crate::connection::Connection;
use crate::error::OpenError;
use crate::options::Options;

impl Options {
    /// Opens the bus of a user, below `/run/user`. Only that user is accepted by it, so this process must have the user's effective ID.
    ///
    /// # Errors
    /// [`OpenError::Unreachable`].
    pub fn open_user(&self, uid: u32) -> Result<Connection, OpenError> {
        self.open(&unix(&format!("/run/user/{uid}/bus")))
    }

    /// Opens the system bus of a container that systemd-machined knows by this name, through `/proc/LEADER/root`. `.host` is this machine.
    /// Neither systemd-machined nor the bus of this machine is asked.
    ///
    /// # Errors
    /// [`OpenError::Machine`]: there is no such container; [`OpenError::Unreachable`].
    pub fn open_machine(&self, name: &str) -> Result<Connection, OpenError> {
        if name == ".host" {
            return self.open_system();
        }
        let leader =
            leader(name).map_err(|error| OpenError::Machine { name: name.into(), error })?;
        self.open(&unix(&format!("/proc/{leader}/root/run/dbus/system_bus_socket")))
    }

    /// Opens the bus of a capsule: `capsule@NAME.service` of systemd 256 and later. The bus accepts only the capsule's user and root.
    ///
    /// # Errors
    /// [`OpenError::Capsule`]: no capsule can have this name; [`OpenError::Unreachable`].
    pub fn open_capsule(&self, name: &str) -> Result<Connection, OpenError> {
        check(name).map_err(|error| OpenError::Capsule { name: name.into(), error })?;
        self.open(&unix(&format!("/run/capsules/{name}/bus")))
    }
}

fn unix(path: &str) -> String {
    format!("unix:path={}", escape(path.as_bytes()))
}

/// Checks that a name leads to no other folder.
fn check(name: &str) -> io::Result<()> {
    if name.is_empty() || name.starts_with('.') || name.contains(['/', '\0']) {
        let why = "a name has no '/' and does not begin with '.'";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
    }
    Ok(())
}

/// The first process of a container, from the file that systemd-machined keeps about it.
fn leader(name: &str) -> io::Result<u32> {
    check(name)?;
    let file = fs::read_to_string(format!("/run/systemd/machines/{name}"))?;
    let mut lines = file.lines().filter_map(|line| line.split_once('='));
    let leader = lines.find(|(key, _)| *key == "LEADER").and_then(|(_, pid)| pid.parse().ok());
    leader.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "it has no leader"))
}

/// The socket of this user below `/run/user`, if it is there and nobody else's: for when the environment does not say where it is.
pub(crate) fn own_socket(socket: &str) -> Option<String> {
    let uid = geteuid().as_raw();
    let path = format!("/run/user/{uid}/{socket}");
    let is_ours = fs::symlink_metadata(&path).is_ok_and(|found| found.uid() == uid);
    is_ours.then(|| unix(&path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_to_no_other_folder() {
        for name in ["", ".", "..", "../x", "a/b", "a\0b"] {
            let container = Options::bus().open_machine(name).unwrap_err();
            assert!(matches!(container, OpenError::Machine { .. }), "{name:?}: {container}");
            let capsule = Options::bus().open_capsule(name).unwrap_err();
            assert!(matches!(capsule, OpenError::Capsule { .. }), "{name:?}: {capsule}");
        }
    }
}
