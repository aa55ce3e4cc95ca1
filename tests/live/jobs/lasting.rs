//! Many jobs at a time, and jobs that outlast what happens to systemd.

use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

use barebus::Connection;
use barebus_box::SystemdBox;
use barebus_systemd::transient::TransientUnit;
use barebus_systemd::word::ActiveState;
use barebus_systemd::{JobEnd, JobResult, ProcessEnd, Systemd};

use super::{Place, both, connect, is_inside, result};

#[test]
fn a_thousand_transient_units_are_started_and_waited_for_on_a_bus() {
    const OWNER: &str = "busctl call org.freedesktop.DBus /org/freedesktop/DBus \
        org.freedesktop.DBus GetNameOwner s org.freedesktop.systemd1";
    for place in both() {
        let before = place.sh(OWNER);
        start_a_thousand(&place);
        assert_eq!(place.sh(OWNER), before);
    }
}

#[test]
fn a_thousand_transient_units_are_started_and_waited_for_on_the_private_socket() {
    if is_inside(
        "jobs::lasting::a_thousand_transient_units_are_started_and_waited_for_on_the_private_socket",
    ) {
        start_a_thousand(&Place::private());
    }
}

/// While systemd is made to reload itself all the time.
fn start_a_thousand(place: &Place) {
    let Place { systemd, .. } = place;
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let the_box = place.the_box;
        let _over = Over(&is_over);
        let is_over = &is_over;
        scope.spawn(move || {
            let reloader = Place { systemd: reconnect(the_box), the_box, _stage: None };
            while !is_over.load(Ordering::Relaxed) {
                reloader.sh("systemctl daemon-reload; sleep 1");
            }
        });
        let names: Vec<_> = (0..1000).map(|index| format!("job-many-{index}.service")).collect();
        let started = systemd.all(names.iter().map(|name| {
            let mut unit = TransientUnit::new(name).unwrap();
            unit.exec_start(["/bin/true"]).unwrap();
            let later = systemd.later();
            async move { later.start_transient_unit(unit).await }
        }));
        let jobs: Vec<_> = started.into_iter().map(Result::unwrap).collect();
        let ends = systemd.wait_all(&jobs);
        assert!(ends.into_iter().all(|end| result(end) == JobResult::Done));
    });
}

/// Sets the flag when the test has ended, or failed.
struct Over<'f>(&'f AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn reconnect(the_box: Option<&SystemdBox>) -> Systemd {
    match the_box {
        Some(the_box) => connect(the_box),
        None => Systemd::over(Connection::systemd_private().unwrap()),
    }
}

#[test]
fn reexec_in_the_middle_of_a_wait_is_survived_on_the_bus() {
    for (index, place) in both().enumerate() {
        let name = format!("reexec{index}");
        survive(&place, &name);
    }
}

#[test]
fn reexec_in_the_middle_of_a_wait_is_survived_on_the_private_socket() {
    if is_inside("jobs::lasting::reexec_in_the_middle_of_a_wait_is_survived_on_the_private_socket")
    {
        survive(&Place::private(), "reexec-private");
    }
}

/// systemd re-executes itself while a job runs, which ends afterwards.
fn survive(place: &Place, name: &str) {
    let unit = format!("job-held@{name}.service");
    let job = place.start(&unit);
    std::thread::scope(|scope| {
        let script = format!(
            "systemctl daemon-reexec; systemctl is-system-running; \
             until [ -p /run/{name} ]; do sleep 0.01; done; echo > /run/{name}"
        );
        let the_box = place.the_box;
        scope.spawn(move || {
            let mut command = match the_box {
                Some(the_box) => the_box.command("sh"),
                None => Command::new("sh"),
            };
            assert!(
                command.args(["-c", &script]).stdout(Stdio::null()).status().unwrap().success()
            );
        });
        assert_eq!(result(place.systemd.wait(&job)), JobResult::Done);
    });
    assert!(place.systemd.version().is_ok());
    let report = place.systemd.wait_unit(&place.start("job-done.service")).unwrap();
    assert!(report.end.is_success());
}

/// On the private socket, because on a bus systemd's signals wait for whoever does not read.
#[test]
fn a_result_that_was_lost_over_a_reexec_is_lost_with_the_unit_s_state() {
    const TEST: &str =
        "jobs::lasting::a_result_that_was_lost_over_a_reexec_is_lost_with_the_unit_s_state";
    if !is_inside(TEST) {
        return;
    }
    let place = Place::private();
    let job = place.start("job-kept@lost.service");
    place.sh("systemctl daemon-reexec; until systemctl show -p Version >/dev/null 2>&1; do sleep 0.01; done");
    place.let_go("lost");
    place.sh("until systemctl is-active -q job-kept@lost.service; do sleep 0.01; done");
    // Only now it learns that its connection has ended, and that the job is gone.
    let report = place.systemd.wait_unit(&job).unwrap();
    let JobEnd::Lost(status) = &report.end else { panic!("{report}") };
    assert_eq!(status.active_state, ActiveState::Active);
    assert_eq!(report.unit.main_process, Some(ProcessEnd::Exited(0)));
    assert!(!report.end.is_success());
    place.sh("systemctl stop job-kept@lost.service");
}
