//! Where systemd is.

use barebus::Connection;
use barebus::wire::address::escape;
use barebus_systemd::Systemd;
use nix::unistd::geteuid;

use crate::args::Target;
use crate::command;
use crate::exit::Failure;

/// Connects to the systemd that the command line asks for.
///
/// Without an address it is reached as systemctl does it: over its private socket if there is one for this user, so that no bus is needed;
/// otherwise over the bus.
pub(super) fn open(target: &Target) -> Result<Systemd, Failure> {
    let private = if target.address.is_some() || target.peer.is_some() {
        None
    } else if target.user {
        user_private()
    } else {
        system_private()
    };
    // Why there is no private socket is of no interest if there is a bus. If there is none, its address is what people know.
    let connection = private.and_then(|address| connect(target, &address));
    Ok(Systemd::over(match connection {
        Some(connection) => connection,
        None => command::open(target)?,
    }))
}

fn connect(target: &Target, address: &str) -> Option<Connection> {
    command::options(target, barebus::Options::direct()).open(address).ok()
}

/// The private socket of the system's systemd, which is root's. The environment can ask for the bus of another machine.
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
