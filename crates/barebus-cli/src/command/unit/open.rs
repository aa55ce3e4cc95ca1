//! Where systemd is.

use barebus::wire::address::escape;
use barebus::{Connection, Options};
use barebus_systemd::{Remote, Systemd};
use nix::unistd::geteuid;

use crate::args::Target;
use crate::args::unit::Place;
use crate::command;
use crate::exit::Failure;

/// Connects to the systemd that the command line selects.
pub(super) fn open(target: &Target, place: &Place) -> Result<Systemd, Failure> {
    let mut systemd = match place {
        Place { host: Some(host), .. } => {
            let mut remote = Remote::new(host)?;
            if let Some(timeout) = target.timeout {
                remote = remote.timeout(timeout);
            }
            Systemd::over(remote.open()?)
        }
        Place { machine: Some(machine), .. } => Systemd::machine(machine)?,
        Place { .. } => Systemd::over(local(target)?),
    };
    systemd.connection().set_call_timeout(Some(target.reply_timeout()));
    systemd.allow_interactive_authorization(place.interactive);
    Ok(systemd)
}

/// Without an address, systemd is reached as by systemctl: over its private socket if there is one for this user, so that no bus is needed;
/// otherwise over the bus.
fn local(target: &Target) -> Result<Connection, Failure> {
    let private = if target.address.is_some() || target.peer.is_some() {
        None
    } else if target.user {
        user_private()
    } else {
        system_private()
    };
    let direct = command::options(target, Options::direct());
    // If both fail, the error of the bus is the one that people know.
    match private.and_then(|address| direct.open(&address).ok()) {
        Some(connection) => Ok(connection),
        None => command::open(target),
    }
}

/// The private socket of the system's systemd, which only root may use. With `DBUS_SYSTEM_BUS_ADDRESS` another machine can be meant.
fn system_private() -> Option<String> {
    let is_elsewhere =
        std::env::var("DBUS_SYSTEM_BUS_ADDRESS").is_ok_and(|address| address != SYSTEM_BUS);
    (geteuid().is_root() && !is_elsewhere).then(|| PRIVATE.to_owned())
}

const SYSTEM_BUS: &str = "unix:path=/run/dbus/system_bus_socket";
const PRIVATE: &str = "unix:path=/run/systemd/private";

/// The private socket of the user's systemd.
fn user_private() -> Option<String> {
    let directory = std::env::var("XDG_RUNTIME_DIR").ok()?;
    let path = format!("{directory}/systemd/private");
    Some(format!("unix:path={}", escape(path.as_bytes())))
}
