//! The programs on the systemd of a box.

use std::process::Command;

use super::{Ran, ran};
use crate::support::{BAREBUS, Way, at_once};

fn busctl(arguments: &[&str]) -> Ran {
    ran(Way::Daemon.inside("busctl").args(arguments))
}

/// Inside, where `/proc` is that of the processes on the bus.
fn barebus(arguments: &[&str]) -> Ran {
    ran(Way::Daemon.inside(BAREBUS).args(arguments))
}

/// Other tests change what systemd tells, so it is asked until nothing changes meanwhile.
#[track_caller]
fn same(arguments: &[&str]) {
    let shown = |ran: Ran| (ran.out, ran.is_done);
    let (ours, theirs) = at_once(|| shown(barebus(arguments)), || shown(busctl(arguments)));
    assert_eq!(ours, theirs, "{arguments:?}");
}

const SYSTEMD: &str = "org.freedesktop.systemd1";
const OBJECT: &str = "/org/freedesktop/systemd1";
const MANAGER: &str = "org.freedesktop.systemd1.Manager";

#[test]
fn objects_and_names_are_listed_as_by_busctl() {
    for arguments in [
        &["list", "--acquired"] as &[&str],
        &["list", "--activatable", "--json=short"],
        &["list", "--acquired", "--show-machine", "--json=pretty"],
        &["status"],
        &["status", SYSTEMD],
        &["status", "1"],
        &["status", "--augment-creds=no", SYSTEMD],
        &["tree", "--list", SYSTEMD],
        &["tree", SYSTEMD, "org.freedesktop.DBus"],
        &["tree"],
        &["introspect", "org.freedesktop.DBus", "/org/freedesktop/DBus"],
        &["introspect", SYSTEMD, OBJECT, MANAGER, "--no-legend"],
    ] {
        same(arguments);
    }
}

#[test]
fn every_property_of_the_manager_is_printed_as_by_busctl() {
    let table = busctl(&["introspect", "--no-legend", SYSTEMD, OBJECT, MANAGER]).out;
    let properties = table.lines().filter(|row| row.split_whitespace().nth(1) == Some("property"));
    let names: Vec<&str> =
        properties.filter_map(|row| row.split_whitespace().next()?.strip_prefix('.')).collect();
    assert!(names.len() > 100, "{table}");
    let get = ["get-property", SYSTEMD, OBJECT, MANAGER];
    for form in ["--json=short", "--json=pretty", "--json=off"] {
        same(&[&get[..], &names[..], &[form]].concat());
    }
}

#[test]
fn without_a_bus_both_fail() {
    for program in ["busctl", BAREBUS] {
        let mut command = Command::new(program);
        let ran = ran(command.args(["--address=unix:path=/nonexistent/bus", "list"]));
        assert!(!ran.is_done && ran.out.is_empty(), "{program}: {ran:?}");
    }
}
