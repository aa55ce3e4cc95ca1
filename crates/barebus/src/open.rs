//! Where connections lead, in one word each.

use nix::unistd::geteuid;

use crate::connection::Connection;
use crate::error::OpenError;
use crate::options::Options;

impl Connection {
    /// The system bus: `DBUS_SYSTEM_BUS_ADDRESS`, else its well-known place. Setuid programs ignore the environment.
    ///
    /// # Errors
    /// [`OpenError`] names every server that was tried.
    pub fn system() -> Result<Self, OpenError> {
        Options::bus().open_system()
    }

    /// The session bus: `DBUS_SESSION_BUS_ADDRESS`, else `$XDG_RUNTIME_DIR/bus`. Setuid programs ignore the environment.
    ///
    /// # Errors
    /// As [`system`](Self::system).
    pub fn session() -> Result<Self, OpenError> {
        Options::bus().open_session()
    }

    /// The bus at `address`: a list of servers, tried in order. Spec: Server Addresses.
    ///
    /// # Errors
    /// As [`system`](Self::system).
    pub fn open(address: &str) -> Result<Self, OpenError> {
        Options::bus().open(address)
    }

    /// Whoever listens at `address`, without a bus: no `Hello`, no names.
    ///
    /// # Errors
    /// As [`system`](Self::system).
    pub fn open_direct(address: &str) -> Result<Self, OpenError> {
        Options::direct().open(address)
    }

    /// systemd's private socket, for root: it works before and without a bus.
    ///
    /// # Errors
    /// As [`system`](Self::system).
    pub fn systemd_private() -> Result<Self, OpenError> {
        Options::direct().open("unix:path=/run/systemd/private")
    }

    /// The system's systemd, as systemctl looks for it: root by the private socket, or by the bus when there is none; others
    /// by the bus.
    ///
    /// # Errors
    /// As [`system`](Self::system).
    pub fn systemd() -> Result<Self, OpenError> {
        if geteuid().is_root() {
            if let Ok(connection) = Self::systemd_private() {
                return Ok(connection);
            }
        }
        Self::system()
    }

    /// The user's systemd, as `systemctl --user` looks for it: by the private socket in `$XDG_RUNTIME_DIR`, or by the session
    /// bus when there is none.
    ///
    /// # Errors
    /// As [`session`](Self::session).
    pub fn systemd_user() -> Result<Self, OpenError> {
        if let Ok(connection) = Options::direct().open_user_private() {
            return Ok(connection);
        }
        Self::session()
    }
}
