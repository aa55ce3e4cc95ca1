//! systemd's private socket, without a bus: only reached from inside the box, so the test runs itself there.

use barebus::{Connection, Options};
use barebus_systemd::{Mode, Systemd};

use crate::boxes::{INSIDE, LONG, daemon};

/// Runs the test of that name inside the box; `true` when this is that process.
fn is_inside(test: &str) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        return true;
    }
    let status = daemon()
        .command(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(INSIDE, "1")
        .status()
        .unwrap();
    assert!(status.success(), "{test}, inside the box: {status}");
    false
}

#[test]
fn the_manager_answers_without_a_bus() {
    if !is_inside("private::the_manager_answers_without_a_bus") {
        return;
    }
    let mut systemd = Systemd::over(Connection::systemd_private().unwrap());
    assert_eq!(systemd.unit_file_state("dbus.service").unwrap().as_str(), "static");
    assert!(systemd.unit_file_state("nowhere.service").unwrap_err().is_no_such_unit());
    let job = systemd.restart_unit(LONG, Mode::Replace).unwrap();
    assert_eq!(systemd.wait(&job).unwrap().to_string(), "done");
    assert!(systemd.list_units().unwrap().iter().count() > 10);
    assert_eq!(systemd.connection().unique_name(), None);
}

#[test]
fn a_thousand_connections_are_answered_and_none_hangs() {
    if !is_inside("private::a_thousand_connections_are_answered_and_none_hangs") {
        return;
    }
    for _ in 0..1000 {
        let systemd = Systemd::over(Connection::systemd_private().unwrap());
        assert_eq!(systemd.unit_file_state("dbus.service").unwrap().as_str(), "static");
    }
}

/// systemd does not process message bytes that it reads together with `BEGIN` until more bytes arrive.
#[test]
fn a_thousand_connections_line_by_line_are_answered_and_none_hangs() {
    if !is_inside("private::a_thousand_connections_line_by_line_are_answered_and_none_hangs") {
        return;
    }
    for _ in 0..1000 {
        let options = Options::direct().step_by_step();
        let systemd = Systemd::over(options.open("unix:path=/run/systemd/private").unwrap());
        assert_eq!(systemd.unit_file_state("dbus.service").unwrap().as_str(), "static");
    }
}

/// As systemctl looks for it.
#[test]
fn root_reaches_systemd_directly_or_over_the_bus_when_that_is_not_there() {
    const TEST: &str =
        "private::root_reaches_systemd_directly_or_over_the_bus_when_that_is_not_there";

    if !is_inside(TEST) {
        // Once more, where the private socket is hidden.
        let script = format!("mount -t tmpfs tmpfs /run/systemd && exec \"$0\" --exact {TEST}");
        let this = std::env::current_exe().unwrap();
        let mut hidden = daemon().command("unshare");
        hidden.args(["--mount", "sh", "-c", &script]).arg(this).env(INSIDE, "hidden");
        let status = hidden.status().unwrap();
        assert!(status.success(), "with the private socket hidden: {status}");
        return;
    }
    let is_hidden = std::env::var(INSIDE).is_ok_and(|how| how == "hidden");
    let mut systemd = Systemd::system().unwrap();
    assert_eq!(systemd.connection().is_direct(), !is_hidden);
    assert!(systemd.version().is_ok());
}

#[test]
fn from_outside_the_error_names_the_likely_cause() {
    let address = format!("unix:path={}/run/systemd/private", daemon().root().display());
    let systemd = Systemd::over(Connection::open_direct(&address).unwrap());
    let error = systemd.version().unwrap_err().to_string();
    assert!(error.contains("PID namespace"), "{error}");
}

#[test]
fn a_request_leaves_its_destination_out_without_a_bus() {
    use barebus_systemd::interface::manager::{OBJECT, method::LIST_UNITS, property::VERSION};

    if !is_inside("private::a_request_leaves_its_destination_out_without_a_bus") {
        return;
    }
    assert!(OBJECT.destination.is_some());
    let mut systemd = Connection::systemd_private().unwrap();
    let reply = systemd.ask(LIST_UNITS.call(OBJECT, ())).unwrap();
    assert!(LIST_UNITS.answer(&reply).unwrap().0.count() > 10);
    let call = systemd.start(VERSION.get(OBJECT)).unwrap();
    let reply = systemd.wait(call).unwrap();
    assert!(!VERSION.value(&reply).unwrap().is_empty());
}
