//! The operations that start jobs.

use std::time::Duration;

use barebus_box::Bus;
use barebus_systemd::word::JobType;
use barebus_systemd::{Error, Job, JobResult, Mode};

use super::{Place, boot, both, connect, result};

#[test]
fn each_operation_does_what_systemctl_s_verb_does() {
    for place in both() {
        let Place { systemd, .. } = &place;
        const UNIT: &str = "job-ready.service";
        let state = || printed_state(&place, UNIT);
        let done = |job: Result<Job, Error>| {
            assert_eq!(result(systemd.wait(&job.unwrap())), JobResult::Done);
        };
        let mode = Mode::Replace;
        done(systemd.stop_unit(UNIT, mode));
        done(systemd.try_restart_unit(UNIT, mode));
        assert_eq!(state().0, "inactive");
        done(systemd.reload_or_try_restart_unit(UNIT, mode));
        assert_eq!(state().0, "inactive");
        done(systemd.reload_or_restart_unit(UNIT, mode));
        let (active, pid) = state();
        assert_eq!(active, "active");
        done(systemd.reload_unit(UNIT, mode));
        done(systemd.reload_or_restart_unit(UNIT, mode));
        done(systemd.reload_or_try_restart_unit(UNIT, mode));
        assert_eq!(state().1, pid);
        done(systemd.restart_unit(UNIT, mode));
        assert_ne!(state().1, pid);
        let pid = state().1;
        done(systemd.try_restart_unit(UNIT, mode));
        assert_ne!(state().1, pid);

        let jobs = systemd.enqueue_unit_job("job-pulls.service", JobType::Start, mode).unwrap();
        assert_eq!(jobs.job.job_type(), Some(&JobType::Start));
        let [other] = &*jobs.affected else { panic!("{:?}", jobs.affected) };
        assert_eq!((other.unit(), other.job_type()), ("job-done.service", Some(&JobType::Start)));
        let ends = systemd.wait_all(&[jobs.job.clone(), other.clone()]);
        assert!(ends.into_iter().all(|end| result(end) == JobResult::Done));

        done(systemd.start_unit("job-marked.service", mode));
        place.sh("systemctl set-property --runtime job-marked.service Markers=needs-restart");
        let before = printed_state(&place, "job-marked.service").1;
        let jobs = systemd.enqueue_marked_jobs().unwrap();
        let [job] = &*jobs else { panic!("{jobs:?}") };
        assert_eq!(job.unit(), "job-marked.service");
        done(Ok(job.clone()));
        assert_ne!(printed_state(&place, "job-marked.service").1, before);

        let refused = systemd.isolate_unit("job-done.service").unwrap_err();
        assert_eq!(refused.remote_name(), Some("org.freedesktop.systemd1.NoIsolation"));
        let refused = systemd.reload_unit("job-done.service", mode).unwrap_err();
        let name = "org.freedesktop.systemd1.JobTypeNotApplicable";
        assert_eq!(refused.remote_name(), Some(name));
        assert!(systemd.start_unit("no-such.service", mode).unwrap_err().is_no_such_unit());
    }
}

fn printed_state(place: &Place, unit: &str) -> (String, String) {
    let shown = place.sh(&format!("systemctl show --value -p ActiveState -p MainPID {unit}"));
    let mut lines: Vec<_> = shown.lines().map(String::from).collect();
    lines.sort();
    (lines[1].clone(), lines[0].clone())
}

/// In a box of its own: it stops nearly everything.
#[test]
fn a_target_is_isolated() {
    let the_box = boot(Bus::Daemon);
    let systemd = connect(&the_box);
    let job = systemd.start_unit("job-ready.service", Mode::Replace).unwrap();
    assert_eq!(result(systemd.wait(&job)), JobResult::Done);
    // The bus is stopped, too: what is told last is that the job has begun.
    let job = systemd.enqueue_unit_job("job-isolated.target", JobType::Start, Mode::Isolate);
    assert!(job.unwrap().affected.iter().any(|job| job.unit() == "job-ready.service"));
}

#[test]
fn two_starts_of_one_unit_are_one_job_and_both_waits_end() {
    for place in both() {
        let Place { systemd, .. } = &place;
        let [one, other] = [(); 2].map(|()| place.start("job-held@twice.service"));
        assert_eq!(one.path(), other.path());
        assert_eq!(one.result(), None);
        let error = systemd.wait_within(&one, Duration::from_millis(10)).unwrap_err();
        assert!(error.is_timeout(), "{error}");
        let text = "the job of job-held@twice.service has not ended within 0.01 s; it goes on";
        assert_eq!(error.to_string(), text);
        place.let_go("twice");
        let ends = systemd.wait_all(&[one, other]);
        assert!(ends.into_iter().all(|end| result(end) == JobResult::Done));
    }
}
