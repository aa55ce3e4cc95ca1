//! Many jobs at a time, and jobs that outlast what happens to systemd.

use std::collections::BTreeSet;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use barebus::Connection;
use barebus_box::SystemdBox;
use barebus_systemd::tokio::{Systemd, Watch};
use barebus_systemd::transient::TransientUnit;
use barebus_systemd::watch::Event;
use barebus_systemd::word::ActiveState;
use barebus_systemd::{JobEnd, JobResult, ProcessEnd};

use super::{Place, both, connect, is_inside, result};
use crate::boxes::PATIENCE;
use crate::watch::replay::Replay;

#[test]
fn a_thousand_transient_units_are_started_waited_for_and_watched_on_a_bus() {
    const OWNER: &str = "busctl call org.freedesktop.DBus /org/freedesktop/DBus \
        org.freedesktop.DBus GetNameOwner s org.freedesktop.systemd1";
    for place in both() {
        let before = place.sh(OWNER);
        start_a_thousand(&place);
        assert_eq!(place.sh(OWNER), before);
    }
}

#[test]
fn a_thousand_transient_units_are_started_waited_for_and_watched_on_the_private_socket() {
    if is_inside(
        "jobs::lasting::a_thousand_transient_units_are_started_waited_for_and_watched_on_the_private_socket",
    ) {
        start_a_thousand(&Place::private());
    }
}

const MANY: usize = 1000;

/// As fast as can be, over one connection, while systemd is made to reload itself all the time.
fn start_a_thousand(place: &Place) {
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
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (systemd, driver) = Systemd::over(reconnect(the_box).into_connection());
            tokio::spawn(driver);
            let systemd = Arc::new(systemd);
            let mut watch = systemd.watch_all();
            assert!(matches!(watch.next().await, Some(Ok(Event::Snapshot(_)))));
            let watcher = tokio::spawn(check_events(watch));
            let runs: Vec<_> = (0..MANY)
                .map(|index| {
                    let systemd = Arc::clone(&systemd);
                    tokio::spawn(async move {
                        let name = format!("job-many-{index}.service");
                        let mut unit = TransientUnit::new(&name).unwrap();
                        unit.exec_start(["/bin/true"]).unwrap();
                        let job = systemd.start_transient_unit(unit).await.unwrap();
                        systemd.wait(&job).await
                    })
                })
                .collect();
            for run in runs {
                assert_eq!(result(run.await.unwrap()), JobResult::Done);
            }
            watcher.await.unwrap();
        });
    });
}

/// The events of all units that are started: none is missing, and none comes twice, which the replay checks.
async fn check_events(mut watch: Watch) {
    let (mut replay, mut ended, mut gone) = (Replay::default(), BTreeSet::new(), 0);
    replay.read(Event::Snapshot(Vec::new()));
    while gone < MANY {
        let event = tokio::time::timeout(PATIENCE, watch.next()).await.unwrap();
        let event = event.unwrap().unwrap();
        if !event.unit().is_some_and(is_many) {
            // The snapshot's units have other tests.
            continue;
        }
        match &event {
            Event::Gone { .. } => gone += 1,
            Event::JobRemoved { unit, result, .. } => {
                assert_eq!(result.as_ref(), Some(&JobResult::Done), "{unit}");
                assert!(ended.insert(unit.clone()), "{unit} twice");
            }
            _ => {}
        }
        replay.read(event);
    }
    assert_eq!((ended.len(), replay.overflows), (MANY, 0));
    assert_eq!(replay.rows(is_many), []);
}

fn is_many(unit: &str) -> bool {
    unit.starts_with("job-many-")
}

/// Sets the flag when the test has ended, or failed.
struct Over<'f>(&'f AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn reconnect(the_box: Option<&SystemdBox>) -> barebus_systemd::Systemd {
    match the_box {
        Some(the_box) => connect(the_box),
        None => barebus_systemd::Systemd::over(Connection::systemd_private().unwrap()),
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
