//! Opening a connection to a well-known place.

use nix::unistd::geteuid;

use crate::connection::Connection;
use crate::error::OpenError;
use crate::options::Options;

impl Connection {
    /// Opens the system bus: the address in `DBUS_SYSTEM_BUS_ADDRESS`, otherwise `/run/dbus/system_bus_socket`. Setuid programs ignore the
    /// environment.
    ///
    /// # Errors
    /// [`OpenError`] names every server that was tried.
    #[inline(never)]
    pub fn system() -> Result<Self, OpenError> {
        Options::bus().open_system()
    }

    /// Opens the session bus: the address in `DBUS_SESSION_BUS_ADDRESS`, otherwise `$XDG_RUNTIME_DIR/bus`. Setuid programs ignore the
    /// environment, so they fail.
    ///
    /// # Errors
    /// [`OpenError`] names every server that was tried. [`OpenError::NotSet`]: neither variable is set.
    pub fn session() -> Result<Self, OpenError> {
        Options::bus().open_session()
    }

    /// Opens the bus at `address`, a list of servers that are tried in order. Spec: Server Addresses.
    ///
    /// # Errors
    /// As [`system`](Self::system).
    pub fn open(address: &str) -> Result<Self, OpenError> {
        Options::bus().open(address)
    }

    /// Opens a direct connection to the server at `address`, which is no bus: no `Hello`, no names.
    ///
    /// # Errors
    /// As [`system`](Self::system).
    pub fn open_direct(address: &str) -> Result<Self, OpenError> {
        Options::direct().open(address)
    }

    /// Opens systemd's private socket. It works before and without a bus, for root only.
    ///
    /// # Errors
    /// As [`system`](Self::system).
    pub fn systemd_private() -> Result<Self, OpenError> {
        Options::direct().open("unix:path=/run/systemd/private")
    }

    /// Opens a connection to the system's systemd, as `systemctl` does: for root the private socket, or the system bus if there is none;
    /// for others the system bus.
    ///
    /// # Errors
    /// As [`system`](Self::system); it names the private socket too, if that was tried.
    pub fn systemd() -> Result<Self, OpenError> {
        if !geteuid().is_root() {
            return Self::system();
        }
        Self::systemd_private()
            .or_else(|private| Self::system().map_err(|bus| private.and_then(bus)))
    }

    /// Opens a connection to the user's systemd, as `systemctl --user` does: the private socket in `$XDG_RUNTIME_DIR`, or the session bus if
    /// there is none.
    ///
    /// # Errors
    /// As [`session`](Self::session); it names the private socket too, if that was tried.
    pub fn systemd_user() -> Result<Self, OpenError> {
        let private = Options::direct().open_user_private();
        private.or_else(|private| Self::session().map_err(|bus| private.and_then(bus)))
    }
}
