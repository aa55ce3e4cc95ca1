//! Where systemd is, and what it allows.

mod authorization;
mod error;
mod local;
mod remote;

pub use authorization::Refusal;
pub(crate) use authorization::action;
pub use error::AccessError;
pub use remote::Remote;

use crate::error::Error;
use crate::systemd::Systemd;

/// Makes the same constructors for [`Systemd`] and for `tokio::Systemd`.
macro_rules! access {
    ($(
        $(#[$doc:meta])*
        fn $name:ident($($argument:ident: $type:ty)?) = $open:path;
    )*) => {
        impl Systemd {
            $(
                $(#[$doc])*
                pub fn $name($($argument: $type)?) -> Result<Self, Error> {
                    $open($($argument)?).map(Self::over)
                }
            )*
        }

        #[cfg(feature = "tokio")]
        impl crate::tokio::Systemd {
            $(
                $(#[$doc])*
                pub fn $name($($argument: $type)?) -> Result<(Self, crate::tokio::Driver), Error> {
                    $open($($argument)?).map(Self::over)
                }
            )*
        }
    };
}

access! {
    /// The system's systemd, as `systemctl` reaches it: for root over the private socket, or over the system bus if there is none; for
    /// others over the system bus.
    ///
    /// # Errors
    /// [`Cause::Open`](crate::Cause::Open) names every server that was tried.
    fn system() = local::system;

    /// The user's systemd, as `systemctl --user` reaches it: over its private socket below `$XDG_RUNTIME_DIR`, or over the session bus if
    /// there is none. If the variable is not set, both are looked for below `/run/user/UID`.
    ///
    /// # Errors
    /// [`AccessError::NoRuntimeDir`] if that variable is not set and they are not there; [`Cause::Open`](crate::Cause::Open) names every
    /// server that was tried.
    fn user() = local::user;

    /// The systemd of the user with this ID, below `/run/user`. Only root and that user reach it.
    ///
    /// # Errors
    /// [`Cause::Open`](crate::Cause::Open) names every server that was tried.
    fn user_of(uid: u32) = local::user_of;

    /// The systemd of another machine, over ssh: `"host"`, `"user@host"`, `"user@host:port"`, `"[::1]:port"`. [`Remote`] has options.
    ///
    /// # Errors
    /// [`AccessError::Target`] if the text is none of these; [`Cause::Open`](crate::Cause::Open) if ssh cannot be started. What ssh says
    /// later, such as that there is no such host, is the error of the first operation.
    fn remote(target: &str) = remote::remote;

    /// The systemd of a container that systemd-machined knows by this name, over the container's system bus; `.host` is this machine.
    /// Its first process is found in the file that systemd-machined keeps about it.
    ///
    /// # Errors
    /// [`Cause::Open`](crate::Cause::Open): there is no such container, or its bus cannot be reached.
    fn machine(name: &str) = local::machine;

    /// The systemd of the container that the process belongs to, over the container's system bus, which is found at `/proc/PID/root`. The
    /// container is not entered.
    ///
    /// # Errors
    /// [`AccessError::Root`].
    fn root_of(pid: u32) = local::root_of;

    /// The systemd on the bus at `address`. Spec: Server Addresses. For systemd itself at an address, use [`over`](Self::over) with
    /// [`Connection::open_direct`](barebus::Connection::open_direct).
    ///
    /// # Errors
    /// [`Cause::Open`](crate::Cause::Open) names every server that was tried.
    fn at(address: &str) = local::at;
}
