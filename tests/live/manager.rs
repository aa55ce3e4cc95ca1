//! The Manager's answers, on both buses.

use barebus::{Dict, Reply, Variant};
use barebus_systemd::{ActiveState, JobEnd, JobResult, Manager, Mode, Systemd, UnitFileState};

use crate::boxes::{DEPENDENT, FAILING, LONG, both, connect, printed};

#[test]
fn unit_file_states_equal_what_systemctl_is_enabled_says() {
    for the_box in both() {
        let mut bus = connect(the_box);
        let manager = Manager::new();
        for unit in ["dbus.service", "dbus.socket", "systemd-journald.service", LONG, FAILING] {
            let state = manager.get_unit_file_state(&mut bus, unit).unwrap();
            let said = printed(the_box, "systemctl", &["is-enabled", unit]);
            assert_eq!(state.as_str(), said.trim(), "{unit}");
        }
        assert_eq!(manager.get_unit_file_state(&mut bus, LONG).unwrap(), UnitFileState::Disabled);
    }
}

#[test]
fn an_unknown_unit_is_told_apart_from_other_errors() {
    for the_box in both() {
        let mut bus = connect(the_box);
        let manager = Manager::new();
        let error = manager.get_unit_file_state(&mut bus, "nowhere.service").unwrap_err();
        assert!(error.is_no_such_unit(), "{error}");
        let error = manager.get_unit(&mut bus, "nowhere.service").unwrap_err();
        assert!(error.is_no_such_unit(), "{error}");
        let error = Systemd::over(connect(the_box))
            .start_unit("nowhere.service", Mode::Replace)
            .unwrap_err();
        assert!(error.is_no_such_unit(), "{error}");
        let error = manager.get_unit_file_state(&mut bus, "no/such/name").unwrap_err();
        assert!(!error.is_no_such_unit(), "{error}");
        // None of them cost the connection.
        assert!(manager.version(&mut bus).is_ok());
    }
}

#[test]
fn listed_units_equal_what_systemctl_list_units_says() {
    for the_box in both() {
        let mut bus = connect(the_box);
        let manager = Manager::new();
        let said = printed(
            the_box,
            "systemctl",
            &["list-units", "--all", "--plain", "--no-legend", "--full"],
        );
        let list = manager.list_units(&mut bus).unwrap();
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
        // Other tests start and stop their units meanwhile.
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
    for the_box in both() {
        let mut bus = connect(the_box);
        let manager = Manager::new();
        let systemd = Systemd::over(connect(the_box));
        for (unit, result) in [
            (LONG, JobResult::Done),
            (FAILING, JobResult::Failed),
            (DEPENDENT, JobResult::Dependency),
        ] {
            let job = systemd.start_unit(unit, Mode::Replace).unwrap();
            assert_eq!(systemd.wait(&job).unwrap(), JobEnd::Result(result), "{unit}");
        }
        let unit = manager.get_unit(&mut bus, LONG).unwrap();
        assert_eq!(unit.active_state(&mut bus).unwrap(), ActiveState::Active);
        assert_eq!(unit.sub_state(&mut bus).unwrap(), "running");
        let pid = unit.main_pid(&mut bus).unwrap().unwrap();
        let said = printed(the_box, "systemctl", &["show", "--value", "-p", "MainPID", LONG]);
        assert_eq!(said.trim(), pid.to_string());

        let job = systemd.stop_unit(LONG, Mode::Replace).unwrap();
        assert_eq!(systemd.wait(&job).unwrap(), JobEnd::Result(JobResult::Done));
        let unit = manager.load_unit(&mut bus, LONG).unwrap();
        assert_eq!(unit.active_state(&mut bus).unwrap(), ActiveState::Inactive);
        assert_eq!(unit.main_pid(&mut bus).unwrap(), None);
        assert_eq!(bus.session_state().outstanding(), 0);
    }
}

#[test]
fn jobs_run_side_by_side_and_units_are_asked_for_while_their_list_is_walked() {
    for the_box in both() {
        let mut bus = connect(the_box);
        let manager = Manager::new();
        let systemd = Systemd::over(connect(the_box));
        let a = systemd.start_unit(LONG, Mode::Replace).unwrap();
        let b = systemd.start_unit(FAILING, Mode::Replace).unwrap();
        for unit in &manager.list_units(&mut bus).unwrap() {
            // Some end meanwhile.
            match manager.get_unit(&mut bus, unit.name) {
                Ok(found) => assert_eq!(found.path(), unit.path),
                Err(error) => assert!(error.is_no_such_unit(), "{error}"),
            }
        }
        assert_eq!(systemd.wait(&a).unwrap(), JobEnd::Result(JobResult::Done));
        assert_eq!(systemd.wait(&b).unwrap(), JobEnd::Result(JobResult::Failed));
        let borrowed = manager.list_units_borrowed(&mut bus).unwrap().count();
        assert!(borrowed > 10);
    }
}

#[test]
fn the_version_equals_what_systemctl_says() {
    for the_box in both() {
        let mut bus = connect(the_box);
        let version = Manager::new().version(&mut bus).unwrap();
        let said = printed(the_box, "systemctl", &["--version"]);
        assert!(said.contains(&version), "{said} {version}");
    }
}

#[test]
fn properties_are_set_and_read_one_by_one_and_all_together() {
    for the_box in both() {
        let mut bus = connect(the_box);
        let manager = Manager::new();
        let mut proxy = manager.proxy(&mut bus);
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
        // The empty name stands for all interfaces.
        let mut properties = proxy.of("org.freedesktop.DBus.Properties").unwrap();
        let of_all = properties.call("GetAll", &("",)).unwrap();
        assert!(of_manager > 50 && count(of_all) >= of_manager);
    }
}
