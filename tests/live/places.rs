//! The three ways to a systemd, for tests that must hold on all of them: dbus-daemon, dbus-broker, and the private socket.

use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::{Mutex, PoisonError};

use barebus::Connection;
use barebus_box::SystemdBox;
use barebus_systemd::Systemd;

use crate::boxes::{INSIDE, ROOT, connect};

/// Where a test is.
pub(crate) enum Place {
    /// Outside of a box, on its bus.
    Outside(&'static SystemdBox),
    /// Inside of a box, on the private socket.
    Inside,
    /// Inside of a box, on its bus: systemd sees which process calls.
    InsideOnBus,
}

impl Place {
    /// A program of the box.
    pub(crate) fn command(&self, program: &str) -> Command {
        match self {
            Self::Outside(the_box) => the_box.command(program),
            Self::Inside | Self::InsideOnBus => Command::new(program),
        }
    }

    /// What a program of the box prints, whether it fails or not.
    pub(crate) fn printed(&self, program: &str, arguments: &[&str]) -> String {
        let Output { stdout, stderr, .. } = self.command(program).args(arguments).output().unwrap();
        assert!(
            !stdout.is_empty(),
            "{program} {arguments:?}: {}",
            String::from_utf8_lossy(&stderr)
        );
        String::from_utf8(stdout).unwrap()
    }

    /// Runs a program of the box, which must succeed.
    pub(crate) fn run(&self, program: &str, arguments: &[&str]) {
        let Output { status, stderr, .. } = self.command(program).args(arguments).output().unwrap();
        let said = String::from_utf8_lossy(&stderr);
        assert!(status.success(), "{program} {arguments:?}: {status}: {said}");
    }

    /// A property as systemctl shows it.
    pub(crate) fn shown(&self, unit: &str, property: &str) -> String {
        self.printed("systemctl", &["show", "--value", "-p", property, unit]).trim_end().into()
    }

    /// Another connection to the same systemd.
    pub(crate) fn systemd(&self) -> Systemd {
        Systemd::over(self.connection())
    }

    /// Another connection, without the layer.
    pub(crate) fn connection(&self) -> Connection {
        match self {
            Self::Outside(the_box) => connect(the_box),
            Self::Inside => Connection::systemd_private().unwrap(),
            Self::InsideOnBus => Connection::system().unwrap(),
        }
    }

    /// Whether the connections of this place have no bus.
    pub(crate) const fn is_direct(&self) -> bool {
        matches!(self, Self::Inside)
    }
}

/// Runs `check` on the bus of each box, and on the private socket of the first. For that, the test of that name, which must consist of
/// this call, runs once more inside.
pub(crate) fn everywhere(
    test: &str,
    boxes: [fn() -> &'static SystemdBox; 2],
    check: impl Fn(&Systemd, &Place),
) {
    if std::env::var_os(INSIDE).is_some() {
        return check(&Place::Inside.systemd(), &Place::Inside);
    }
    for the_box in boxes {
        let place = Place::Outside(the_box());
        check(&place.systemd(), &place);
    }
    run_inside(boxes[0](), test, "1");
}

/// As [`everywhere`], but inside the boxes on their buses, too.
pub(crate) fn everywhere_inside(
    test: &str,
    boxes: [fn() -> &'static SystemdBox; 2],
    check: impl Fn(&Place),
) {
    const ON_BUS: &str = "bus";
    match std::env::var_os(INSIDE) {
        Some(how) if how == ON_BUS => check(&Place::InsideOnBus),
        Some(_) => check(&Place::Inside),
        None => {
            boxes.iter().for_each(|the_box| run_inside(the_box(), test, ON_BUS));
            run_inside(boxes[0](), test, "1");
        }
    }
}

/// Runs the test of that name in a box, with [`INSIDE`] set to `how`.
fn run_inside(the_box: &SystemdBox, test: &str, how: &str) {
    let mut inside = the_box.command(program_in(the_box));
    let status = inside.args(["--exact", test, "--nocapture"]).env(INSIDE, how).status().unwrap();
    assert!(status.success(), "{test}, inside ({how}): {status}");
}

/// This program's path in a box. A box of another system does not have it: it is copied there.
pub(crate) fn program_in(the_box: &SystemdBox) -> PathBuf {
    let program = std::env::current_exe().unwrap();
    if std::env::var_os(ROOT).is_none() {
        return program;
    }
    static COPYING: Mutex<()> = Mutex::new(());
    let _alone = COPYING.lock().unwrap_or_else(PoisonError::into_inner);
    let copy = the_box.root().join("srv/live-tests");
    if !copy.exists() {
        // By another process: a file that this one has open for writing, and with it each child until its exec, cannot be run.
        let status = Command::new("cp").arg(program).arg(copy).status().unwrap();
        assert!(status.success(), "cp: {status}");
    }
    "/srv/live-tests".into()
}

/// Runs the tests that hold for every version of systemd in boxes of another system. One process for each module ends the module's boxes:
/// those of all modules need more inotify instances than a user has (128 by default).
#[test]
#[ignore = "needs a Debian 13 root: cargo xtask test --all"]
fn all_of_it_holds_with_another_systemd() {
    assert!(std::env::var_os(ROOT).is_some(), "{ROOT} does not say where the other system is");
    let modules =
        ["access::", "jobs::", "members::", "settings::", "transient::", "units::", "watch::"];
    let failed = modules.into_iter().filter(|module| {
        let this = std::env::current_exe().unwrap();
        !Command::new(this).arg(module).status().unwrap().success()
    });
    let failed: Vec<&str> = failed.collect();
    assert!(failed.is_empty(), "tests of {failed:?} failed");
}
