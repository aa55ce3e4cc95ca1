//! Acting on units without jobs.

use barebus_systemd::setting::Properties;
use barebus_systemd::unit::{BindMount, Lasting, ProcessEnd};
use barebus_systemd::word::{
    ActiveState, CleanMask, FreezerState, KillWhom, Signal, SubState, UnitResult,
};
use barebus_systemd::{Error, Systemd, UnitKind};

use super::{SANDBOXED, in_all_places, instance, start_long};
use crate::places::Place;

/// Waits until a unit is in a state, by the event that systemd sends: systemctl does that, for any unit that is not stopping.
fn stopped(place: &Place, systemd: &Systemd, unit: &str) {
    // A stop of what is failed or stopping is done when the unit is down.
    place.run("systemctl", &["stop", unit]);
    let status = systemd.status(unit).unwrap();
    assert!(!status.active_state.is_active(), "{unit} {}", status.active_state);
}

#[test]
fn signals_reach_the_processes() {
    in_all_places("units::acting::signals_reach_the_processes", |systemd, place| {
        let unit = &*start_long(place, "kill");
        systemd.kill_unit(unit, KillWhom::Main, Signal::KILL).unwrap();
        stopped(place, systemd, unit);
        let status = systemd.status(unit).unwrap();
        assert_eq!(status.result, Some(UnitResult::Signal));
        assert_eq!(status.main_process.and_then(ProcessEnd::signal), Some(Signal::KILL));

        let error = systemd.kill_unit(unit, KillWhom::MainFail, Signal::TERM).unwrap_err();
        assert_eq!(error.remote_name(), Some("org.freedesktop.systemd1.NoSuchProcess"), "{error}");
        let error = systemd.kill_unit("nowhere.service", KillWhom::All, Signal::TERM).unwrap_err();
        assert!(error.is_no_such_unit(), "{error}");
    });
}

/// Since 254.
#[test]
fn signals_have_values_or_are_unsupported() {
    const TEST: &str = "units::acting::signals_have_values_or_are_unsupported";
    in_all_places(TEST, |systemd, place| {
        let unit = &*start_long(place, "queue");
        match systemd.queue_signal_unit(unit, KillWhom::Main, Signal::new(40), 5) {
            Ok(()) => {
                stopped(place, systemd, unit);
                let end = systemd.status(unit).unwrap().main_process;
                assert_eq!(end.and_then(ProcessEnd::signal), Some(Signal::new(40)));
            }
            Err(error) => assert!(error.is_unsupported(), "{error}"),
        }
        place.run("systemctl", &["stop", unit]);
    });
}

#[test]
fn files_are_cleaned() {
    in_all_places("units::acting::files_are_cleaned", |systemd, place| {
        let unit = &*start_long(place, "clean");
        let directory = place.shown(unit, "StateDirectory");
        let path = format!("/var/lib/{directory}");
        place.run("test", &["-d", &path]);
        // Not while it runs.
        let error = systemd.clean_unit(unit, &[CleanMask::State]).unwrap_err();
        assert_eq!(error.remote_name(), Some("org.freedesktop.systemd1.UnitBusy"), "{error}");
        stopped(place, systemd, unit);
        systemd.clean_unit(unit, &[CleanMask::State]).unwrap();
        // A process of its own does it.
        while systemd.status(unit).unwrap().sub_state == SubState::Cleaning {}
        place.run("test", &["!", "-e", &path]);
    });
}

/// systemd forgets whom to answer when it is reloaded, which other tests in the same box do.
fn answered(ask: impl Fn() -> Result<(), Error>) {
    if let Err(error) = ask() {
        assert!(error.is_timeout(), "{error}");
        ask().unwrap();
    }
}

#[test]
fn units_are_frozen_and_thawed() {
    in_all_places("units::acting::units_are_frozen_and_thawed", |systemd, place| {
        let unit = &*start_long(place, "freeze");
        answered(|| systemd.freeze_unit(unit));
        assert_eq!(systemd.status(unit).unwrap().freezer_state, Some(FreezerState::Frozen));
        answered(|| systemd.thaw_unit(unit));
        assert_eq!(systemd.status(unit).unwrap().freezer_state, Some(FreezerState::Running));
        stopped(place, systemd, unit);
    });
}

#[test]
fn all_that_failed_is_reset() {
    in_all_places("units::acting::all_that_failed_is_reset", |systemd, place| {
        let unit = &*instance(super::FAILING, place, "reset");
        let _ = place.command("systemctl").args(["start", "--quiet", unit]).status().unwrap();
        systemd.reset_failed().unwrap();
        assert_eq!(systemd.status(unit).unwrap().active_state, ActiveState::Inactive);
        let error = systemd.reset_failed_unit("nowhere.service").unwrap_err();
        assert!(error.is_no_such_unit(), "{error}");
    });
}

#[test]
fn settings_are_changed_while_it_runs() {
    in_all_places("units::acting::settings_are_changed_while_it_runs", |systemd, place| {
        let unit = &*start_long(place, "set");
        let mut properties = Properties::new(UnitKind::Service);
        properties.set("CPUQuota", "50%").unwrap().set("TasksMax", "100").unwrap();
        systemd.set_unit_properties(unit, Lasting::Runtime, &properties).unwrap();
        assert_eq!(place.shown(unit, "CPUQuotaPerSecUSec"), "500ms");
        assert_eq!(place.shown(unit, "TasksMax"), "100");
        assert!(
            systemd.status(unit).unwrap().drop_ins.iter().all(|path| path.starts_with("/run/"))
        );

        systemd.set_unit_properties(unit, Lasting::Persistent, &properties).unwrap();
        let drop_ins = systemd.status(unit).unwrap().drop_ins;
        assert!(drop_ins.iter().any(|path| path.starts_with("/etc/")), "{drop_ins:?}");
        stopped(place, systemd, unit);

        let mut refused = Properties::new(UnitKind::Service);
        refused.property("NoSuchSetting", true).unwrap();
        let error = systemd.set_unit_properties(unit, Lasting::Runtime, &refused).unwrap_err();
        assert!(error.remote_name().is_some(), "{error}");
    });
}

/// systemd refuses references on the private socket: they end with a connection to the bus.
#[test]
fn references_keep_a_unit_on_a_bus() {
    in_all_places("units::acting::references_keep_a_unit_on_a_bus", |systemd, place| {
        let unit = &*start_long(place, "reference");
        if place.is_direct() {
            let error = systemd.ref_unit(unit).unwrap_err();
            assert!(error.remote_name().is_some(), "{error}");
            return;
        }
        systemd.ref_unit(unit).unwrap();
        stopped(place, systemd, unit);
        let listed = |unit| systemd.list_units_by_patterns(&[], &[unit]).unwrap().len();
        assert_eq!(listed(unit), 1, "it is kept");
        systemd.unref_unit(unit).unwrap();
        // It is forgotten at once, as it has stopped.
        assert!(systemd.unref_unit(unit).unwrap_err().is_no_such_unit());
    });
}

#[test]
fn a_directory_is_mounted_into_a_service() {
    in_all_places("units::acting::a_directory_is_mounted_into_a_service", |systemd, place| {
        // In a container systemd leaves mounts private, and then can mount nothing into services.
        place.run("mount", &["--make-rshared", "/"]);
        place.run("systemctl", &["restart", SANDBOXED]);
        place.run("mkdir", &["-p", "/srv/mounted"]);
        place.run("touch", &["/srv/mounted/seen"]);
        let destination = if place.is_direct() { "/srv/inside" } else { "/srv/outside" };
        let mount = BindMount {
            source: "/srv/mounted",
            destination,
            read_only: true,
            make_destination: true,
        };
        systemd.bind_mount_unit(SANDBOXED, mount).unwrap();
        let pid = systemd.status(SANDBOXED).unwrap().main_pid.unwrap().to_string();
        let seen = format!("{destination}/seen");
        place.run("nsenter", &["-t", &pid, "-m", "test", "-e", &seen]);
        let error = systemd.bind_mount_unit("units-plain.service", mount).unwrap_err();
        assert!(error.to_string().starts_with("BindMountUnit of units-plain.service: "), "{error}");
    });
}
