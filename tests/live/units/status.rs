//! The status of units.

use std::collections::BTreeMap;

use barebus_systemd::unit::{ProcessEnd, Status};
use barebus_systemd::word::{ActiveState, LoadState, SubState, UnitResult};

use super::{FAILING, in_all_places, instance, start_long};
use crate::places::Place;

/// What systemctl shows of a unit.
fn shown(place: &Place, unit: &str) -> BTreeMap<String, String> {
    let text = place.printed("systemctl", &["show", "--", unit]);
    let pairs = text.lines().filter_map(|line| line.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// The same of a status.
fn told(status: &Status) -> Vec<(&'static str, String)> {
    let number = |number: Option<u32>| number.unwrap_or_default().to_string();
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let mut told = vec![
        ("Id", status.name.clone()),
        ("Description", status.description.clone()),
        ("LoadState", status.load_state.to_string()),
        ("ActiveState", status.active_state.to_string()),
        ("SubState", status.sub_state.to_string()),
        (
            "FreezerState",
            status.freezer_state.as_ref().map(ToString::to_string).unwrap_or_default(),
        ),
        ("FragmentPath", text(&status.file)),
        ("UnitFileState", status.file_state.as_ref().map(ToString::to_string).unwrap_or_default()),
        (
            "UnitFilePreset",
            status.file_preset.as_ref().map(ToString::to_string).unwrap_or_default(),
        ),
        ("NeedDaemonReload", if status.needs_reload { "yes" } else { "no" }.into()),
        ("ConditionResult", if status.conditions_held == Some(true) { "yes" } else { "no" }.into()),
        ("AssertResult", if status.assertions_held == Some(true) { "yes" } else { "no" }.into()),
        ("Triggers", status.triggers.join(" ")),
        ("TriggeredBy", status.triggered_by.join(" ")),
        ("DropInPaths", status.drop_ins.join(" ")),
        (
            "InvocationID",
            status
                .invocation_id
                .map(|id| format!("{:032x}", u128::from_be_bytes(id)))
                .unwrap_or_default(),
        ),
    ];
    if let Some(result) = &status.result {
        told.push(("Result", result.to_string()));
    }
    if status.name.ends_with(".service") {
        told.push(("MainPID", number(status.main_pid)));
        told.push(("ControlPID", number(status.control_pid)));
        told.push(("StatusText", text(&status.status_text)));
        told.push(("NRestarts", number(status.restarts)));
        told.push(("ControlGroup", text(&status.control_group)));
    }
    told
}

#[test]
fn it_is_what_systemctl_shows_of_every_unit() {
    in_all_places("units::status::it_is_what_systemctl_shows_of_every_unit", |systemd, place| {
        let long = start_long(place, "status");
        let mut kinds = std::collections::BTreeSet::new();
        for unit in &systemd.list_units().unwrap() {
            // Other tests start and stop theirs meanwhile.
            if (unit.name.starts_with("units-") && unit.name != long)
                || unit.name.ends_with(".scope")
            {
                continue;
            }
            let status = systemd.status(unit.name).unwrap();
            let shown = shown(place, unit.name);
            let is_of_others = |name: &str| name == "NeedDaemonReload";
            for (name, value) in told(&status) {
                let expected = shown.get(name).map_or("", String::as_str);
                if !is_of_others(name) {
                    assert_eq!(value, expected.trim_matches('"'), "{name} of {}", unit.name);
                }
            }
            kinds.insert(unit.name.rsplit('.').next().unwrap().to_owned());
        }
        assert!(kinds.len() >= 6, "{kinds:?}");

        let status = systemd.status(&long).unwrap();
        assert_eq!(status.active_state, ActiveState::Active);
        assert_eq!(status.sub_state, SubState::Running);
        assert_eq!(status.status_text.as_deref(), Some("all is well"));
        assert!(status.since.is_some() && status.main_pid.is_some());
        assert_eq!((status.main_process, status.run_time), (None, None));
        assert!(status.resources.cpu.is_some());
    });
}

#[test]
fn of_a_unit_that_failed_it_says_how() {
    in_all_places("units::status::of_a_unit_that_failed_it_says_how", |systemd, place| {
        let unit = instance(FAILING, place, "status");
        let mut start = place.command("systemctl");
        assert!(!start.args(["start", &unit]).status().unwrap().success());
        let status = systemd.status(&unit).unwrap();
        assert_eq!(status.active_state, ActiveState::Failed);
        assert_eq!(status.result, Some(UnitResult::ExitCode));
        assert_eq!(status.main_process, Some(ProcessEnd::Exited(7)));
        assert!(status.run_time.is_some());
        assert_eq!(status.main_pid, None);

        systemd.reset_failed_unit(&unit).unwrap();
        assert_eq!(systemd.status(&unit).unwrap().active_state, ActiveState::Inactive);
    });
}

#[test]
fn a_unit_that_does_not_exist_is_not_found() {
    in_all_places("units::status::a_unit_that_does_not_exist_is_not_found", |systemd, _| {
        let status = systemd.status("nowhere.service").unwrap();
        assert_eq!(status.load_state, LoadState::NotFound);
        assert_eq!(status.name, "nowhere.service");
        assert_eq!((status.file, status.file_state, status.since), (None, None, None));
        // There is no reason to give but that.
        assert!(status.load_error.is_some_and(|text| text.contains("nowhere.service")));
    });
}
