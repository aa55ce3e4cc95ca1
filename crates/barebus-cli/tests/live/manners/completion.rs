//! Completion, which asks the bus and starts nothing.

use crate::support::{BAREBUS, Way, stdout};

/// The candidates for the last word, with what fish shows beside them.
fn candidates(words: &[&str]) -> Vec<String> {
    let mut command = Way::Daemon.inside(BAREBUS);
    command.env("BAREBUS_COMPLETE", "fish").args(["--", "barebus"]).args(words);
    stdout(&mut command).lines().map(String::from).collect()
}

/// The same. A busy machine may have none in time, so they are asked for again.
fn some_candidates(words: &[&str]) -> Vec<String> {
    let mut asked = (0..100).map(|_| candidates(words));
    asked.find(|found| !found.is_empty()).unwrap_or_default()
}

const NAME: &str = "org.freedesktop.systemd1";
const OBJECT: &str = "/org/freedesktop/systemd1";
const MANAGER: &str = "org.freedesktop.systemd1.Manager";

#[test]
fn services_objects_interfaces_and_members_are_offered() {
    let has = |words: &[&str], expected: &str| {
        let found = some_candidates(words);
        assert!(found.iter().any(|line| line == expected), "{words:?}: {found:?}");
    };
    has(&["call", "org.freedesktop.sys"], NAME);
    has(
        &["introspect", NAME, "/org/freedesktop/systemd1/unit/dbus_2es"],
        "/org/freedesktop/systemd1/unit/dbus_2eservice",
    );
    has(&["tree", "--system", "org.freedesktop.DB"], "org.freedesktop.DBus");
    has(
        &["call", NAME, OBJECT, MANAGER, "GetUnitFileS"],
        "GetUnitFileState\t(file: s) → (state: s)",
    );
    has(&["call", NAME, OBJECT, MANAGER, "StartUnit", ""], "ss\t(name: s, mode: s) → (job: o)");
    has(&["call", "-t", NAME, OBJECT, MANAGER, "StartUnit", "name=x", ""], "mode=\ts");
    has(&["get-property", NAME, OBJECT, MANAGER, "Versi"], "Version\ts read");
    has(&["set-property", NAME, OBJECT, MANAGER, "LogLev"], "LogLevel\ts readwrite");
    has(
        &["wait", NAME, OBJECT, MANAGER, "JobR"],
        "JobRemoved\t(id: u, job: o, unit: s, result: s)",
    );
    has(&["wait", "--property", NAME, OBJECT, MANAGER, "Versi"], "Version=\ts read");
    has(&["unit", "status", "dbus.ser"], "dbus.service\tD-Bus System Message Bus");
    has(&["unit", "enable", "dbus.ser"], "dbus.service\tstatic");
    let members = some_candidates(&["call", NAME, OBJECT, ""]);
    assert_eq!(members.len(), 4, "{members:?}");
}

#[test]
fn no_service_is_started() {
    let is_there = || {
        let call =
            ["call", "org.freedesktop.DBus", "/", "org.freedesktop.DBus", "NameHasOwner", "s"];
        let mut command = Way::Daemon.inside(BAREBUS);
        stdout(command.args(call).arg("org.freedesktop.timedate1")) == "b true\n"
    };
    assert!(!is_there());
    let found = some_candidates(&["call", "org.freedesktop.timedat"]);
    assert_eq!(found, ["org.freedesktop.timedate1\tcan be started"]);
    candidates(&["introspect", "org.freedesktop.timedate1", "/org"]);
    assert!(!is_there());
}
