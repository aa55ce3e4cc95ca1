//! Where systemd is.

use barebus::wire::address::escape;
use barebus::{Connection, Options};
use barebus_systemd::Systemd;
use nix::unistd::geteuid;

use crate::args::{Place, Target};
use crate::command;
use crate::exit::Failure;

/// Connects to the systemd that the command line selects.
///
/// Without an address, systemd is reached as by systemctl: over its private socket if there is one for this user, so that no bus is needed;
/// otherwise over the bus.
pub(crate) fn open(target: &Target, interactive: bool) -> Result<Systemd, Failure> {
    let private = match target.place()? {
        Place::System => system_private(),
        Place::User => user_private(),
        _ => None,
    };
    // If both fail, the error of the bus is the one that people know.
    let connection = match private.and_then(|address| direct(target, &address)) {
        Some(connection) => connection,
        None => command::open(target)?,
    };
    let systemd = Systemd::over(connection);
    systemd.allow_interactive_authorization(interactive);
    if let Some(limit) = target.time_limit() {
        systemd.limit_slow_calls(limit);
    }
    Ok(systemd)
}

fn direct(target: &Target, address: &str) -> Option<Connection> {
    command::options(target, Options::direct()).open(address).ok()
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
