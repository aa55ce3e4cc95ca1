//! The Manager's answers, on both buses.

use barebus::{Dict, InterfaceName, MemberName, Reply, Variant};
use barebus_systemd::{ActiveState, JobResult, Manager, Mode, UnitFileState};

use crate::boxes::{DEPENDENT, FAILING, LONG, both, connect, printed};

#[test]
fn unit_file_states_equal_what_systemctl_is_enabled_says() {
    for the_box in both() {
        let mut bus = connect(the_box);
        let mut manager = Manager::new(&mut bus);
        for unit in ["dbus.service", "dbus.socket", "systemd-journald.service", LONG, FAILING] {
            let state = manager.get_unit_file_state(unit).unwrap();
            let said = printed(the_box, "systemctl", &["is-enabled", unit]);
            assert_eq!(state.as_str(), said.trim(), "{unit}");
        }
        assert_eq!(manager.get_unit_file_state(LONG).unwrap(), UnitFileState::Disabled);
    }
}

#[test]
fn an_unknown_unit_is_told_apart_from_other_errors() {
    for the_box in both() {
        let mut bus = connect(the_box);
        let mut manager = Manager::new(&mut bus);
        let error = manager.get_unit_file_state("nowhere.service").unwrap_err();
        assert!(error.is_no_such_unit(), "{error}");
        let error = manager.get_unit("nowhere.service").unwrap_err();
        assert!(error.is_no_such_unit(), "{error}");
        let error = manager.start_unit("nowhere.service", Mode::Replace).unwrap_err();
        assert!(error.is_no_such_unit(), "{error}");
        let error = manager.get_unit_file_state("no/such/name").unwrap_err();
        assert!(!error.is_no_such_unit(), "{error}");
        // None of them cost the connection.
        assert!(manager.version().is_ok());
    }
}

#[test]
fn listed_units_equal_what_systemctl_list_units_says() {
    for the_box in both() {
        let mut bus = connect(the_box);
        let mut manager = Manager::new(&mut bus);
        let said = printed(
            the_box,
            "systemctl",
            &["list-units", "--all", "--plain", "--no-legend", "--full"],
        );
        let list = manager.list_units().unwrap();
        let mut units: Vec<_> = list
            .iter()
            .map(|unit| unit.unwrap())
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
        let mut manager = Manager::new(&mut bus);
        for (unit, result) in [
            (LONG, JobResult::Done),
            (FAILING, JobResult::Failed),
            (DEPENDENT, JobResult::Dependency),
        ] {
            let job = manager.start_unit(unit, Mode::Replace).unwrap();
            assert_eq!(job.wait(None).unwrap(), result, "{unit}");
        }
        let mut unit = manager.get_unit(LONG).unwrap();
        assert_eq!(unit.active_state().unwrap(), ActiveState::Active);
        assert_eq!(unit.sub_state().unwrap(), "running");
        let pid = unit.main_pid().unwrap().unwrap();
        let said = printed(the_box, "systemctl", &["show", "--value", "-p", "MainPID", LONG]);
        assert_eq!(said.trim(), pid.to_string());

        let job = manager.stop_unit(LONG, Mode::Replace).unwrap();
        assert_eq!(job.wait(None).unwrap(), JobResult::Done);
        let mut unit = manager.load_unit(LONG).unwrap();
        assert_eq!(unit.active_state().unwrap(), ActiveState::Inactive);
        assert_eq!(unit.main_pid().unwrap(), None);
        assert_eq!(bus.session_state().outstanding(), 0);
    }
}

#[test]
fn the_version_equals_what_systemctl_says() {
    for the_box in both() {
        let mut bus = connect(the_box);
        let version = Manager::new(&mut bus).version().unwrap();
        let said = printed(the_box, "systemctl", &["--version"]);
        assert!(said.contains(&version), "{said} {version}");
    }
}

#[test]
fn properties_are_set_and_read_one_by_one_and_all_together() {
    for the_box in both() {
        let mut bus = connect(the_box);
        let mut manager = Manager::new(&mut bus);
        let mut proxy = manager.proxy();
        for watched in [false, true] {
            proxy.set("ServiceWatchdogs", watched).unwrap();
            assert_eq!(proxy.get::<bool>("ServiceWatchdogs").unwrap(), watched);
        }
        let refused = proxy.set("Version", "mine").unwrap_err();
        assert_eq!(refused.name(), Some("org.freedesktop.DBus.Error.PropertyReadOnly"));
        let count = |reply: Reply<'_>| {
            let (all,) = reply.body::<(Dict<'_, &str, Variant<'_>>,)>().unwrap();
            all.map(Result::unwrap).count()
        };
        let of_manager = count(proxy.get_all().unwrap());
        // The empty name stands for all interfaces.
        let mut properties =
            proxy.of(InterfaceName::from_static("org.freedesktop.DBus.Properties"));
        let of_all = properties.call(MemberName::from_static("GetAll"), &("",)).unwrap();
        assert!(of_manager > 50 && count(of_all) >= of_manager);
    }
}
