//! How jobs end, and why they fail.

use barebus_box::Bus;
use barebus_systemd::word::{JobType, Signal, UnitResult};
use barebus_systemd::{JobEnd, JobResult, Mode, ProcessEnd, Systemd};

use super::{Place, boot, both, connect, is_inside, result};

#[test]
fn every_failure_is_told_with_the_unit_s_state() {
    both().for_each(|place| tell_every_failure(&place));
}

#[test]
fn every_failure_is_told_on_the_private_socket() {
    if is_inside("jobs::results::every_failure_is_told_on_the_private_socket") {
        tell_every_failure(&Place::private());
    }
}

fn tell_every_failure(place: &Place) {
    let exited = |code| Some(ProcessEnd::Exited(code));
    for (unit, failure, process) in [
        ("job-exit.service", UnitResult::ExitCode, exited(7)),
        ("job-signal.service", UnitResult::Signal, Some(ProcessEnd::Killed(Signal::TERM))),
        ("job-late.service", UnitResult::Timeout, Some(ProcessEnd::Killed(Signal::TERM))),
        ("job-protocol.service", UnitResult::Protocol, exited(0)),
        ("job-resources.service", UnitResult::Resources, None),
        ("job-nobody.service", UnitResult::ExitCode, exited(217)),
        ("job-nothing.service", UnitResult::ExitCode, exited(203)),
    ] {
        let report = place.report(unit);
        assert_eq!(report.end, JobEnd::Result(JobResult::Failed), "{unit}");
        assert_eq!(report.failure(), Some(&failure), "{unit}");
        assert_eq!(report.unit.main_process, process, "{unit}");
    }
    // Whether core is dumped is the machine's affair.
    let report = place.report("job-core.service");
    match report.unit.main_process.unwrap() {
        ProcessEnd::Dumped(Signal::SEGV) => {
            assert_eq!(report.failure(), Some(&UnitResult::CoreDump))
        }
        ProcessEnd::Killed(Signal::SEGV) => {
            assert_eq!(report.failure(), Some(&UnitResult::Signal))
        }
        other => panic!("{other:?}"),
    }
    // That one refers to it, so systemd remembers its first start; and those of a test before.
    place.sh("systemctl reset-failed job-often.service || :");
    assert!(place.report("job-ready.service").end.is_success());
    assert!(place.report("job-often.service").end.is_success());
    let report = place.report("job-often.service");
    assert_eq!(report.failure(), Some(&UnitResult::StartLimitHit));
    assert_eq!(report.to_string(), "failed: start-limit-hit; failed (failed)");

    // It fails after it was started.
    let job = place.start("job-watchdog.service");
    place.sh("until systemctl is-failed -q job-watchdog.service; do sleep 0.1; done");
    let report = place.systemd.wait_unit(&job).unwrap();
    assert_eq!((&report.end, report.failure()), (&JobEnd::Result(JobResult::Done), None));
    assert_eq!(report.unit.result, Some(UnitResult::Watchdog));
}

/// Units that systemd forgets as their jobs end.
fn tells_about_what_is_forgotten(systemd: &Systemd) {
    let report = |unit| systemd.start_and_report(unit, Mode::Replace).unwrap();
    let done = report("job-short.service");
    assert_eq!(done.to_string(), "done; inactive (dead)");
    assert_eq!((done.failure(), done.unit.conditions_held), (None, Some(true)));
    assert_eq!(done.unit.main_process, Some(ProcessEnd::Exited(0)));
    let skipped = report("job-condition.service");
    assert_eq!(skipped.end, JobEnd::Result(JobResult::Done));
    assert_eq!(skipped.unit.conditions_held, Some(false));
    let asserted = report("job-assert.service");
    assert_eq!(asserted.end, JobEnd::Result(JobResult::Assert));
    assert_eq!(asserted.unit.assertions_held, Some(false));
}

#[test]
fn every_result_is_told() {
    both().for_each(|place| tell_every_result(&place));
}

#[test]
fn every_result_is_told_on_the_private_socket() {
    if is_inside("jobs::results::every_result_is_told_on_the_private_socket") {
        tell_every_result(&Place::private());
    }
}

fn tell_every_result(place: &Place) {
    let Place { systemd, .. } = place;
    tells_about_what_is_forgotten(systemd);
    let report = place.report("job-dependent.service");
    assert_eq!(report.end, JobEnd::Result(JobResult::Dependency));

    // Invalid: it is not active, so it cannot be reloaded. Skipped: nothing is verified of what is not active.
    place.sh("systemctl stop job-ready.service");
    let job = systemd.reload_unit("job-ready.service", Mode::Replace).unwrap();
    assert_eq!(result(systemd.wait(&job)), JobResult::Invalid);
    let verify =
        systemd.enqueue_unit_job("job-ready.service", JobType::VerifyActive, Mode::Replace);
    assert_eq!(result(systemd.wait(&verify.unwrap().job)), JobResult::Skipped);

    // Timeout: the job waits for another one, longer than it may. Canceled.
    let held = place.start("job-held@limit.service");
    assert_eq!(result(systemd.wait(&place.start("job-limited.service"))), JobResult::Timeout);
    systemd.cancel(&held).unwrap();
    assert_eq!(result(systemd.wait(&held)), JobResult::Canceled);
    assert!(systemd.cancel(&held).unwrap_err().remote_name().is_some());

    // Frozen, where the version has that: older ones thaw the unit.
    assert_eq!(result(systemd.wait(&place.start("job-ready.service"))), JobResult::Done);
    systemd.freeze_unit("job-ready.service").unwrap();
    let job = systemd.restart_unit("job-ready.service", Mode::Replace).unwrap();
    let version: u32 = systemd.version().unwrap()[..3].parse().unwrap();
    let expected = if version < 257 { JobResult::Done } else { JobResult::Frozen };
    assert_eq!(result(systemd.wait(&job)), expected);
    let _ = systemd.thaw_unit("job-ready.service");

    // There are no devices in a box.
    assert_eq!(result(systemd.wait(&place.start("dev-none.device"))), JobResult::Unsupported);

    // Once: a scope that has ended cannot be started again.
    let left = "systemd-run --scope --unit=job-once -p RuntimeMaxSec=100ms sleep infinity || :";
    place.sh(left);
    assert_eq!(result(systemd.wait(&place.start("job-once.scope"))), JobResult::Once);
    place.sh("systemctl reset-failed job-once.scope");
}

/// Jobs of devices alone are collected: when nothing waits for the device any more.
#[test]
fn a_job_that_nobody_needs_is_collected() {
    let the_box = boot(Bus::Daemon);
    // Without it there are no devices. systemd looks once, when it starts.
    let status = the_box.command("mount").args(["-o", "remount,rw", "/sys"]).status().unwrap();
    assert!(status.success(), "{status}");
    let systemd = connect(&the_box);
    systemd.reexecute().unwrap();
    let jobs = systemd.enqueue_unit_job("job-device.service", JobType::Start, Mode::Replace);
    let jobs = jobs.unwrap();
    let [device] = &*jobs.affected else { panic!("{:?}", jobs.affected) };
    assert_eq!(device.unit(), "dev-none.device");
    systemd.cancel(&jobs.job).unwrap();
    assert_eq!(result(systemd.wait(&jobs.job)), JobResult::Canceled);
    assert_eq!(result(systemd.wait(device)), JobResult::Collected);
}
