//! Addresses of the buses in the environment.

use std::os::unix::fs::symlink;
use std::process::Command;

use crate::session_bus::SessionBus;
use crate::support::{BAREBUS, Folder, Way, refused, stdout};

const GET_ID: [&str; 5] =
    ["call", "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetId"];

/// The program, without a bus in its environment.
fn barebus() -> Command {
    let mut command = Command::new(BAREBUS);
    for variable in ["DBUS_SYSTEM_BUS_ADDRESS", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"] {
        command.env_remove(variable);
    }
    command
}

#[test]
fn the_system_bus_is_where_its_variable_says_or_at_its_well_known_place() {
    for way in [Way::Daemon, Way::Broker] {
        let id = stdout(way.inside("busctl").args(GET_ID));
        for address in [None, Some(""), Some("unix:path=/var/run/dbus/system_bus_socket")] {
            let mut command = way.inside(BAREBUS);
            match address {
                None => command.env_remove("DBUS_SYSTEM_BUS_ADDRESS"),
                Some(address) => command.env("DBUS_SYSTEM_BUS_ADDRESS", address),
            };
            assert_eq!(stdout(command.arg("--system").args(GET_ID)), id, "{way:?}: {address:?}");
        }
        let mut command = way.inside(BAREBUS);
        command.env("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/no/such/bus").args(GET_ID);
        refused(&mut command, 3, &["unix:path=/no/such/bus"]);
    }
}

#[test]
fn the_session_bus_is_where_its_variable_says_or_in_the_runtime_directory() {
    let place = Folder::new("session-bus");
    let bus = SessionBus::at(format!("unix:path={}", place.join("bus")));
    // Its name must be escaped in an address.
    let folder = Folder::new("runtime directory, 100%");
    symlink(bus.address.trim_start_matches("unix:path="), folder.join("bus")).unwrap();
    let id = stdout(barebus().args(["--address", &bus.address]).args(GET_ID));

    let user = || {
        let mut command = barebus();
        command.arg("--user").args(GET_ID);
        command
    };
    assert_eq!(stdout(user().env("DBUS_SESSION_BUS_ADDRESS", &bus.address)), id);
    assert_eq!(stdout(user().env("XDG_RUNTIME_DIR", &folder.0)), id);
    let empty = [("DBUS_SESSION_BUS_ADDRESS", "")];
    assert_eq!(stdout(user().envs(empty).env("XDG_RUNTIME_DIR", &folder.0)), id);
    // The variable decides.
    let nowhere = [("DBUS_SESSION_BUS_ADDRESS", "unix:path=/no/such/bus")];
    let mut command = user();
    command.envs(nowhere).env("XDG_RUNTIME_DIR", &folder.0);
    refused(&mut command, 3, &["unix:path=/no/such/bus"]);
    // No other bus is used or started.
    let mut command = user();
    command.env("DBUS_SESSION_BUS_ADDRESS", "autolaunch:").env("XDG_RUNTIME_DIR", &folder.0);
    refused(&mut command, 3, &["autolaunch:", "autolaunch is not supported"]);
}

#[test]
fn in_another_user_namespace_we_are_who_the_kernel_says() {
    let bus = SessionBus::start("user-namespace");
    let call = [&GET_ID[..4], &["GetConnectionUnixUser", "s", "org.freedesktop.DBus"]].concat();
    let outside = stdout(barebus().args(["--address", &bus.address]).args(&call));
    // In that namespace the bus refuses our user ID.
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-user=4711", BAREBUS, "--address", &bus.address]);
    assert_eq!(stdout(command.args(&call)), outside);
}
