//! The Manager's answers, on both buses.

use barebus::{Dict, Proxy, Reply, Variant};
use barebus_systemd::interface::manager::{INTERFACE, OBJECT};
use barebus_systemd::{ActiveState, Cause, JobEnd, JobResult, Mode, Systemd, UnitFileState};

use crate::boxes::{DEPENDENT, FAILING, LONG, TEMPLATE, both, connect, printed};

#[test]
fn unit_file_states_equal_what_systemctl_is_enabled_says() {
    for the_box in both() {
        let systemd = Systemd::over(connect(the_box));
        for unit in ["dbus.service", "dbus.socket", "systemd-journald.service", LONG, FAILING] {
            let state = systemd.unit_file_state(unit).unwrap();
            let said = printed(the_box, "systemctl", &["is-enabled", unit]);
            assert_eq!(state.as_str(), said.trim(), "{unit}");
        }
        assert_eq!(systemd.unit_file_state(LONG).unwrap(), UnitFileState::Disabled);
    }
}

#[test]
fn an_unknown_unit_is_told_apart_from_other_errors() {
    for the_box in both() {
        let systemd = Systemd::over(connect(the_box));
        let error = systemd.unit_file_state("nowhere.service").unwrap_err();
        assert!(error.is_no_such_unit(), "{error}");
        let error = systemd.start_unit("nowhere.service", Mode::Replace).unwrap_err();
        assert!(error.is_no_such_unit(), "{error}");
        let error = systemd.unit_file_state("no/such/name").unwrap_err();
        assert!(!error.is_no_such_unit(), "{error}");
        assert!(matches!(error.cause, Cause::Name(_)), "{error}");
        let error = systemd.start_unit("no/such/name", Mode::Replace).unwrap_err();
        assert!(matches!(error.cause, Cause::Name(_)), "{error}");
        assert!(error.operation == "StartUnit of 'no/such/name'", "{error}");
        let error = systemd.reset_failed_unit("no/such/name").unwrap_err();
        assert!(matches!(error.cause, Cause::Name(_)), "{error}");
        // None of them ended the connection.
        assert!(systemd.version().is_ok());
    }
}

#[test]
fn listed_units_equal_what_systemctl_list_units_says() {
    for the_box in both() {
        let systemd = Systemd::over(connect(the_box));
        let said = printed(
            the_box,
            "systemctl",
            &["list-units", "--all", "--plain", "--no-legend", "--full"],
        );
        let list = systemd.list_units().unwrap();
        let mut units: Vec<_> = list
            .iter()
            .map(|unit| {
                [unit.name, unit.load_state, unit.active_state, unit.sub_state].map(String::from)
            })
            .collect();
        let mut expected: Vec<_> = said
            .lines()
            .map(|line| {
                let mut words = line.split_whitespace().map(String::from);
                [(); 4].map(|()| words.next().unwrap())
            })
            .collect();
        // Other tests start and stop units in the meantime.
        let steady =
            |row: &[String; 4]| !row[0].starts_with("live-") && !row[0].ends_with(".scope");
        units.retain(steady);
        expected.retain(steady);
        units.sort();
        expected.sort();
        assert!(expected.len() > 10);
        assert_eq!(units, expected);
    }
}

#[test]
fn jobs_are_waited_for_and_tell_how_they_ended() {
    // Of its own: other tests start and stop units, too, and their jobs would cancel these.
    let unit = &*TEMPLATE.replace('@', "@waited-for");
    for the_box in both() {
        let systemd = Systemd::over(connect(the_box));
        for (name, result) in [
            (unit, JobResult::Done),
            (FAILING, JobResult::Failed),
            (DEPENDENT, JobResult::Dependency),
        ] {
            let job = systemd.start_unit(name, Mode::Replace).unwrap();
            assert_eq!(systemd.wait(&job).unwrap(), JobEnd::Result(result), "{name}");
        }
        let status = systemd.status(unit).unwrap();
        assert_eq!(status.active_state, ActiveState::Active);
        assert_eq!(status.sub_state, "running");
        let pid = status.main_pid.unwrap();
        let said = printed(the_box, "systemctl", &["show", "--value", "-p", "MainPID", unit]);
        assert_eq!(said.trim(), pid.to_string());

        let job = systemd.stop_unit(unit, Mode::Replace).unwrap();
        assert_eq!(systemd.wait(&job).unwrap(), JobEnd::Result(JobResult::Done));
        let status = systemd.status(unit).unwrap();
        assert_eq!((status.active_state, status.main_pid), (ActiveState::Inactive, None));
        let bus = systemd.into_connection();
        assert_eq!(bus.session_state().outstanding(), 0);
    }
}

#[test]
fn jobs_run_side_by_side_and_units_are_asked_for_while_their_list_is_walked() {
    for the_box in both() {
        let systemd = Systemd::over(connect(the_box));
        let a = systemd.start_unit(LONG, Mode::Replace).unwrap();
        let b = systemd.start_unit(FAILING, Mode::Replace).unwrap();
        for unit in &systemd.list_units().unwrap() {
            assert_eq!(systemd.status(unit.name).unwrap().name, unit.name);
        }
        assert_eq!(systemd.wait(&a).unwrap(), JobEnd::Result(JobResult::Done));
        assert_eq!(systemd.wait(&b).unwrap(), JobEnd::Result(JobResult::Failed));
    }
}

#[test]
fn the_version_equals_what_systemctl_says() {
    for the_box in both() {
        let version = Systemd::over(connect(the_box)).version().unwrap();
        let said = printed(the_box, "systemctl", &["--version"]);
        assert!(said.contains(&version), "{said} {version}");
    }
}

#[test]
fn properties_are_set_and_read_one_by_one_and_all_together() {
    for the_box in both() {
        let mut bus = connect(the_box);
        let mut proxy = Proxy::for_object(&mut bus, OBJECT, INTERFACE);
        for watched in [false, true] {
            proxy.set("ServiceWatchdogs", watched).unwrap();
            assert_eq!(proxy.get::<bool>("ServiceWatchdogs").unwrap(), watched);
        }
        let refused = proxy.set("Version", "mine").unwrap_err();
        assert_eq!(refused.remote_name(), Some("org.freedesktop.DBus.Error.PropertyReadOnly"));
        let count = |reply: Reply<'_>| {
            let (all,) = reply.body::<(Dict<'_, &str, Variant<'_>>,)>().unwrap();
            all.map(Result::unwrap).count()
        };
        let of_manager = count(proxy.get_all().unwrap());
        // The empty name means all interfaces.
        let mut properties = proxy.of("org.freedesktop.DBus.Properties").unwrap();
        let of_all = properties.call("GetAll", &("",)).unwrap();
        assert!(of_manager > 50 && count(of_all) >= of_manager);
    }
}
