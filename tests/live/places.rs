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
}

impl Place {
    /// A program of the box.
    pub(crate) fn command(&self, program: &str) -> Command {
        match self {
            Self::Outside(the_box) => the_box.command(program),
            Self::Inside => Command::new(program),
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
    let mut inside = boxes[0]().command(program_in(boxes[0]()));
    inside.args(["--exact", test, "--nocapture"]).env(INSIDE, "1");
    let status = inside.status().unwrap();
    assert!(status.success(), "{test}, on the private socket: {status}");
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

/// Runs the tests that hold for every version of systemd in boxes of another system.
#[test]
#[ignore = "needs a Debian 13 root: cargo xtask test --all"]
fn all_of_it_holds_with_another_systemd() {
    assert!(std::env::var_os(ROOT).is_some(), "{ROOT} does not say where the other system is");
    let this = std::env::current_exe().unwrap();
    let tests = ["jobs::", "members::", "units::", "transient::", "watch::"];
    let status = Command::new(this).args(tests).status().unwrap();
    assert!(status.success(), "{status}");
}
