//! Where systemd is.

use barebus::Connection;

use crate::error::Error;
use crate::systemd::Systemd;

impl Systemd {
    /// The system's systemd, as `systemctl` reaches it: for root over the private socket, or over the system bus if there is none; for
    /// others over the system bus.
    ///
    /// # Errors
    /// [`Cause::Open`](crate::Cause::Open) names every server that was tried.
    pub fn system() -> Result<Self, Error> {
        system().map(Self::over)
    }
}

#[cfg(feature = "tokio")]
impl crate::tokio::Systemd {
    /// The system's systemd, as [`crate::Systemd::system`].
    ///
    /// # Errors
    /// [`Cause::Open`](crate::Cause::Open) names every server that was tried.
    pub fn system() -> Result<(Self, crate::tokio::Driver), Error> {
        system().map(Self::over)
    }
}

fn system() -> Result<Connection, Error> {
    Connection::systemd().map_err(|error| Error::new("connecting to systemd", None, error))
}
