//! Lists, and finding units.

use std::os::fd::AsFd;

use rustix::process::{Pid, PidfdFlags, pidfd_open};

use super::{in_all_places, start_long};

#[test]
fn lists_are_what_systemctl_lists() {
    in_all_places("units::finding::lists_are_what_systemctl_lists", |systemd, place| {
        let first = |text: &str| -> Vec<String> {
            let words = text.lines().filter_map(|line| line.split_whitespace().next());
            words.map(String::from).collect()
        };
        let patterns = ["systemd-*.service", "*.slice"];
        let list = systemd.list_units_by_patterns(&[], &patterns).unwrap();
        let mut names: Vec<_> = list.iter().map(|unit| unit.name.to_owned()).collect();
        let list = ["list-units", "--all", "--plain", "--no-legend", "--full"];
        let mut expected = first(&place.printed("systemctl", &[&list[..], &patterns].concat()));
        names.sort();
        expected.sort();
        assert!(names.len() > 4, "{names:?}");
        assert_eq!(names, expected);

        let active = systemd.list_units_filtered(&["active"]).unwrap();
        assert!(active.iter().all(|unit| unit.active_state == "active"));
        let both =
            systemd.list_units_by_patterns(&["listening", "running"], &["*.socket"]).unwrap();
        assert!(!both.is_empty() && both.len() < active.len());

        let list = systemd.list_unit_files_by_patterns(&[], &["units-*"]).unwrap();
        let mut files: Vec<_> = list.iter().map(|file| file.name().to_owned()).collect();
        files.sort();
        files.dedup();
        let said = place.printed("systemctl", &["list-unit-files", "--no-legend", "units-*"]);
        let mut expected = first(&said);
        expected.sort();
        assert!(files.len() >= 4, "{files:?}");
        // Links of instances come and go with other tests.
        let is_steady = |name: &String| !name.contains('@') || name.contains("@.");
        files.retain(is_steady);
        expected.retain(is_steady);
        assert_eq!(files, expected);
        assert!(systemd.list_unit_files().unwrap().len() > 100);
        let masked = systemd.list_unit_files_by_patterns(&["static"], &[]).unwrap();
        assert!(masked.iter().all(|file| file.state == "static"));
    });
}

/// Listing by pattern loads nothing; listing by names does.
#[test]
fn units_are_loaded_to_be_listed_by_name() {
    in_all_places("units::finding::units_are_loaded_to_be_listed_by_name", |systemd, _| {
        let name = "units-plain.service";
        let by_names = systemd.list_units_by_names(&[name, "nowhere.service"]).unwrap();
        let states: Vec<_> = by_names.iter().map(|unit| (unit.name, unit.load_state)).collect();
        assert!(states.contains(&(name, "loaded")), "{states:?}");
        assert!(states.contains(&("nowhere.service", "not-found")), "{states:?}");
        assert!(systemd.list_units_by_patterns(&[], &["never-heard-of-*"]).unwrap().is_empty());
    });
}

#[test]
fn units_are_found_by_process_control_group_and_invocation() {
    const TEST: &str = "units::finding::units_are_found_by_process_control_group_and_invocation";
    in_all_places(TEST, |systemd, place| {
        let unit = &*start_long(place, "found");
        let status = systemd.status(unit).unwrap();
        let (pid, group) = (status.main_pid.unwrap(), status.control_group.unwrap());
        assert_eq!(systemd.unit_by_pid(pid).unwrap(), unit);
        assert_eq!(systemd.unit_by_control_group(&group).unwrap(), unit);
        let invocation_id = status.invocation_id.unwrap();
        assert_eq!(systemd.unit_by_invocation_id(invocation_id).unwrap(), unit);

        let error = systemd.unit_by_pid(u32::MAX >> 1).unwrap_err();
        assert!(error.to_string().starts_with("GetUnitByPID of process 2147483647: "), "{error}");
        assert!(systemd.unit_by_invocation_id([7; 16]).is_err());

        // 252 is asked by the number, which is that of this PID namespace.
        if place.is_direct() {
            let pid = Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
            let pidfd = pidfd_open(pid, PidfdFlags::empty()).unwrap();
            assert_eq!(systemd.unit_by_pidfd(pidfd.as_fd()).unwrap(), unit);
        }
        let processes = systemd.unit_processes(unit).unwrap();
        assert!(processes.iter().any(|process| {
            process.pid == pid
                && process.control_group == group
                && process.command.contains("sleep")
        }));
        place.run("systemctl", &["stop", unit]);
    });
}

#[test]
fn jobs_are_listed() {
    in_all_places("units::finding::jobs_are_listed", |systemd, place| {
        let (waiting, blocked) = match place.is_direct() {
            true => ("blocking-inside.service", "blocked-inside.service"),
            false => ("blocking.service", "blocked.service"),
        };
        let endless = ["--no-block", "-p", "Type=oneshot", "-p", "TimeoutStartSec=infinity"];
        let unit = [endless.as_slice(), &["--unit", waiting, "sleep", "infinity"]].concat();
        place.run("systemd-run", &unit);
        let after = format!("After={waiting}");
        place.run("systemd-run", &["--no-block", "-p", &after, "--unit", blocked, "true"]);
        let job = |unit: &str| {
            let mut jobs = systemd.list_jobs().unwrap().into_iter();
            jobs.find(|job| job.unit == unit).unwrap()
        };
        // It begins in its own time.
        while job(waiting).state != "running" {}
        assert_eq!(job(waiting).job_type, "start");
        assert_eq!(job(blocked).state, "waiting");
        assert_eq!(systemd.status(blocked).unwrap().job, Some(job(blocked).id));
        place.run("systemctl", &["stop", blocked, waiting]);
    });
}
