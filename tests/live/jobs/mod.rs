//! Jobs of a real systemd, over both buses and the private socket.

mod lasting;
mod operations;
mod restart;
mod results;

use std::process::Command;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use barebus::Connection;
use barebus_box::{Bus, SystemdBox};
use barebus_systemd::{Error, Job, JobEnd, JobReport, JobResult, Mode, ProcessEnd, Systemd};

use crate::boxes::{self, INSIDE};
use crate::places::program_in;

/// The units of these boxes.
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
    (
        "job-device.service",
        "[Unit]\nWants=dev-none.device\nAfter=dev-none.device\n[Service]\nType=oneshot\nExecStart=/bin/true\n",
    ),
    // Is active once its FIFO was opened for writing.
    (
        "job-kept@.service",
        "[Service]\nType=oneshot\nRemainAfterExit=yes\nTimeoutStartSec=infinity\nExecStartPre=/bin/mkfifo /run/%i\nExecStart=/bin/sh -c 'read line < /run/%i'\nExecStopPost=/bin/rm -f /run/%i\n",
    ),
    ("job-isolated.target", "[Unit]\nAllowIsolate=yes\n"),
    ("job-marked.service", "[Service]\nExecStart=/bin/sleep infinity\n"),
    (
        "job-pulls.service",
        "[Unit]\nWants=job-done.service\n[Service]\nType=oneshot\nExecStart=/bin/true\n",
    ),
];

pub(super) fn daemon() -> &'static SystemdBox {
    static BOX: OnceLock<SystemdBox> = OnceLock::new();
    BOX.get_or_init(|| boot(Bus::Daemon))
}

pub(super) fn broker() -> &'static SystemdBox {
    static BOX: OnceLock<SystemdBox> = OnceLock::new();
    BOX.get_or_init(|| boot(Bus::Broker))
}

pub(super) fn boot(bus: Bus) -> SystemdBox {
    let mut builder = boxes::builder().bus(bus);
    for (name, text) in UNITS {
        builder = builder.unit(*name, *text);
    }
    builder.boot().unwrap_or_else(|error| panic!("the live tests cannot run: {error}"))
}

pub(super) fn connect(the_box: &SystemdBox) -> Systemd {
    Systemd::over(Connection::open(the_box.system_bus_address()).unwrap())
}

/// Runs the test of that name in the box with dbus-daemon; `true` if this is the process inside.
pub(super) fn is_inside(test: &str) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        return true;
    }
    let _stage = stage();
    let mut inside = daemon().command(program_in(daemon()));
    inside.args(["--exact", test, "--nocapture"]).env(INSIDE, "1");
    let status = inside.status().unwrap();
    assert!(status.success(), "{test}, inside the box: {status}");
    false
}

pub(super) fn stage() -> MutexGuard<'static, ()> {
    static STAGE: Mutex<()> = Mutex::new(());
    // A test that failed has told so itself.
    STAGE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A systemd, and how to run a command beside it. One at a time: some tests make systemd re-execute itself.
pub(super) struct Place {
    pub(super) _stage: Option<MutexGuard<'static, ()>>,
    pub(super) systemd: Systemd,
    /// `None` inside the box.
    pub(super) the_box: Option<&'static SystemdBox>,
}

impl Place {
    pub(super) fn bus(the_box: &'static SystemdBox) -> Self {
        let stage = stage();
        Self { systemd: connect(the_box), the_box: Some(the_box), _stage: Some(stage) }
    }

    /// The private socket, inside the box.
    pub(super) fn private() -> Self {
        let systemd = Systemd::over(Connection::systemd_private().unwrap());
        Self { systemd, the_box: None, _stage: None }
    }

    /// What a shell prints.
    pub(super) fn sh(&self, script: &str) -> String {
        let output = match self.the_box {
            Some(the_box) => the_box.command("sh").args(["-c", script]).output(),
            None => Command::new("sh").args(["-c", script]).output(),
        };
        let output = output.unwrap();
        assert!(output.status.success(), "{script}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    pub(super) fn start(&self, unit: &str) -> Job {
        self.systemd.start_unit(unit, Mode::Replace).unwrap()
    }

    /// Lets `job-held@NAME.service` end.
    pub(super) fn let_go(&self, name: &str) {
        self.sh(&format!("until [ -p /run/{name} ]; do sleep 0.01; done; echo > /run/{name}"));
    }

    /// Starts a unit and waits for it. The report must be what systemctl shows.
    pub(super) fn report(&self, unit: &str) -> JobReport {
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
pub(super) fn both() -> impl Iterator<Item = Place> {
    [daemon, broker].into_iter().map(|the_box| Place::bus(the_box()))
}

pub(super) fn result(end: Result<JobEnd, Error>) -> JobResult {
    match end.unwrap() {
        JobEnd::Result(result) => result,
        other => panic!("{other}"),
    }
}
