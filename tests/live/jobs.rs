//! Jobs of a real systemd, over both buses and the private socket.

use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use barebus::Connection;
use barebus_box::{Bus, SystemdBox};
use barebus_systemd::transient::TransientUnit;
use barebus_systemd::word::{JobType, Signal, UnitResult};
use barebus_systemd::{Error, Job, JobEnd, JobReport, JobResult, Mode, ProcessEnd, Systemd};

use crate::boxes::{self, INSIDE};
use crate::places::program_in;

/// The units of this file's boxes.
const UNITS: &[(&str, &str)] = &[
    ("job-short.service", "[Service]\nType=oneshot\nExecStart=/bin/true\n"),
    ("job-done.service", "[Service]\nType=oneshot\nExecStart=/bin/true\n"),
    (
        "job-ready.service",
        "[Unit]\nAfter=job-often.service\n[Service]\nExecStart=/bin/sleep infinity\nExecReload=/bin/true\n",
    ),
    // Ends when somebody opens its FIFO for writing.
    (
        "job-held@.service",
        "[Service]\nType=oneshot\nTimeoutStartSec=infinity\nExecStartPre=/bin/mkfifo /run/%i\nExecStart=/bin/sh -c 'read line < /run/%i'\nExecStopPost=/bin/rm -f /run/%i\n",
    ),
    ("job-exit.service", "[Service]\nType=oneshot\nExecStart=/bin/sh -c 'exit 7'\n"),
    (
        "job-signal.service",
        "[Service]\nType=oneshot\nExecStart=/bin/sh -c 'kill -TERM $$$$'\nSuccessExitStatus=99\n",
    ),
    (
        "job-core.service",
        "[Service]\nType=oneshot\nLimitCORE=infinity\nExecStart=/bin/sh -c 'cd /tmp; kill -SEGV $$$$'\n",
    ),
    (
        "job-late.service",
        "[Service]\nType=notify\nTimeoutStartSec=100ms\nExecStart=/bin/sleep infinity\n",
    ),
    (
        "job-watchdog.service",
        "[Service]\nWatchdogSec=100ms\nTimeoutAbortSec=1s\nExecStart=/bin/sleep infinity\n",
    ),
    ("job-protocol.service", "[Service]\nType=notify\nExecStart=/bin/true\n"),
    (
        "job-often.service",
        "[Unit]\nStartLimitBurst=1\nStartLimitIntervalSec=1h\n[Service]\nType=oneshot\nExecStart=/bin/true\n",
    ),
    (
        "job-resources.service",
        "[Service]\nType=oneshot\nEnvironmentFile=/nowhere/at/all\nExecStart=/bin/true\n",
    ),
    (
        "job-nobody.service",
        "[Service]\nType=oneshot\nUser=nobody-of-this-name\nExecStart=/bin/true\n",
    ),
    ("job-nothing.service", "[Service]\nType=oneshot\nExecStart=/nowhere/at/all\n"),
    (
        "job-dependent.service",
        "[Unit]\nRequires=job-exit.service\nAfter=job-exit.service\n[Service]\nType=oneshot\nExecStart=/bin/true\n",
    ),
    (
        "job-condition.service",
        "[Unit]\nConditionPathExists=/nowhere/at/all\n[Service]\nType=oneshot\nExecStart=/bin/true\n",
    ),
    (
        "job-assert.service",
        "[Unit]\nAssertPathExists=/nowhere/at/all\n[Service]\nType=oneshot\nExecStart=/bin/true\n",
    ),
    (
        "job-limited.service",
        "[Unit]\nJobTimeoutSec=100ms\nAfter=job-held@limit.service\n[Service]\nType=oneshot\nExecStart=/bin/true\n",
    ),
    ("job-isolated.target", "[Unit]\nAllowIsolate=yes\n"),
    ("job-marked.service", "[Service]\nExecStart=/bin/sleep infinity\n"),
    (
        "job-pulls.service",
        "[Unit]\nWants=job-done.service\n[Service]\nType=oneshot\nExecStart=/bin/true\n",
    ),
];

fn daemon() -> &'static SystemdBox {
    static BOX: OnceLock<SystemdBox> = OnceLock::new();
    BOX.get_or_init(|| boot(Bus::Daemon))
}

fn broker() -> &'static SystemdBox {
    static BOX: OnceLock<SystemdBox> = OnceLock::new();
    BOX.get_or_init(|| boot(Bus::Broker))
}

fn boot(bus: Bus) -> SystemdBox {
    let mut builder = boxes::builder().bus(bus);
    for (name, text) in UNITS {
        builder = builder.unit(*name, *text);
    }
    builder.boot().unwrap_or_else(|error| panic!("the live tests cannot run: {error}"))
}

fn connect(the_box: &SystemdBox) -> Systemd {
    Systemd::over(Connection::open(the_box.system_bus_address()).unwrap())
}

/// Runs the test of that name in the box with dbus-daemon; `true` if this is the process inside.
fn is_inside(test: &str) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        return true;
    }
    let _stage = stage();
    let test = format!("jobs::{test}");
    let mut inside = daemon().command(program_in(daemon()));
    inside.args(["--exact", &test, "--nocapture"]).env(INSIDE, "1");
    let status = inside.status().unwrap();
    assert!(status.success(), "{test}, inside the box: {status}");
    false
}

fn stage() -> MutexGuard<'static, ()> {
    static STAGE: Mutex<()> = Mutex::new(());
    // A test that failed has told so itself.
    STAGE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A systemd, and how to run a command beside it. One at a time: some tests make systemd re-execute itself.
struct Place {
    _stage: Option<MutexGuard<'static, ()>>,
    systemd: Systemd,
    /// `None` inside the box.
    the_box: Option<&'static SystemdBox>,
}

impl Place {
    fn bus(the_box: &'static SystemdBox) -> Self {
        let stage = stage();
        Self { systemd: connect(the_box), the_box: Some(the_box), _stage: Some(stage) }
    }

    /// The private socket, inside the box.
    fn private() -> Self {
        let systemd = Systemd::over(Connection::systemd_private().unwrap());
        Self { systemd, the_box: None, _stage: None }
    }

    /// What a shell prints.
    fn sh(&self, script: &str) -> String {
        let output = match self.the_box {
            Some(the_box) => the_box.command("sh").args(["-c", script]).output(),
            None => Command::new("sh").args(["-c", script]).output(),
        };
        let output = output.unwrap();
        assert!(output.status.success(), "{script}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn start(&self, unit: &str) -> Job {
        self.systemd.start_unit(unit, Mode::Replace).unwrap()
    }

    /// Lets `job-held@NAME.service` end.
    fn let_go(&self, name: &str) {
        self.sh(&format!("until [ -p /run/{name} ]; do sleep 0.01; done; echo > /run/{name}"));
    }

    /// Starts a unit and waits for it. The report must be what systemctl shows.
    fn report(&self, unit: &str) -> JobReport {
        let report = self.systemd.wait_unit(&self.start(unit)).unwrap();
        let properties = "LoadState,ActiveState,SubState,Result,ExecMainCode,ExecMainStatus";
        let shown = self.sh(&format!("systemctl show -p {properties} {unit}"));
        let is_shown = |property: &str, value: &str| {
            let line = format!("{property}={value}");
            assert!(shown.lines().any(|shown| shown == line), "{unit}: {line} is not in\n{shown}");
        };
        is_shown("LoadState", report.unit.load_state.as_str());
        is_shown("ActiveState", report.unit.active_state.as_str());
        is_shown("SubState", report.unit.sub_state.as_str());
        is_shown("Result", report.unit.result.as_ref().unwrap().as_str());
        let (code, status) = match report.unit.main_process {
            None => (0, 0),
            Some(ProcessEnd::Exited(code)) => (1, code),
            Some(ProcessEnd::Killed(signal)) => (2, signal.number()),
            Some(ProcessEnd::Dumped(signal)) => (3, signal.number()),
        };
        is_shown("ExecMainCode", &code.to_string());
        is_shown("ExecMainStatus", &status.to_string());
        report
    }
}

/// One for each bus, connected when it comes to it.
fn both() -> impl Iterator<Item = Place> {
    [daemon, broker].into_iter().map(|the_box| Place::bus(the_box()))
}

fn result(end: Result<JobEnd, Error>) -> JobResult {
    match end.unwrap() {
        JobEnd::Result(result) => result,
        other => panic!("{other}"),
    }
}

#[test]
fn every_failure_is_told_with_the_unit_s_state() {
    for place in both() {
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
        // That one refers to it, so systemd remembers its first start.
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
fn what_systemd_has_forgotten_is_told_on_the_private_socket() {
    if is_inside("what_systemd_has_forgotten_is_told_on_the_private_socket") {
        tells_about_what_is_forgotten(&Place::private().systemd);
    }
}

#[test]
fn every_result_is_told() {
    for place in both() {
        let Place { systemd, .. } = &place;
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
}

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
        place.let_go("twice");
        let ends = systemd.wait_all(&[one, other]);
        assert!(ends.into_iter().all(|end| result(end) == JobResult::Done));
    }
}

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
    if is_inside("a_thousand_transient_units_are_started_and_waited_for_on_the_private_socket") {
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
    if is_inside("reexec_in_the_middle_of_a_wait_is_survived_on_the_private_socket") {
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
