//! A privileged program (AT_SECURE) does not take the address of the bus from the environment.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use std::time::Instant;

use barebus::{Connection, OpenError, Options};
use barebus_tests::peer::PATIENCE;
use nix::unistd::{geteuid, getuid};

use crate::case::stage;
use crate::child;

const TEST: &str = "privileged::the_environment_leads_no_privileged_program_to_a_bus";

/// Neither is root, so the copy gives no rights.
pub(crate) const OWNER: u32 = 65_533;
pub(crate) const CALLER: u32 = 65_534;

/// Where the environment says that everything is.
const LURE: &str = "/nowhere/of-the-environment";

/// A directory that is removed when dropped.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    /// One that everybody can enter.
    pub(crate) fn new(test: &str) -> Self {
        let name = format!("barebus-faults-{test}-{}", std::process::id());
        let folder = Self(std::env::temp_dir().join(name));
        fs::create_dir(&folder.0).unwrap();
        fs::set_permissions(&folder.0, Permissions::from_mode(0o755)).unwrap();
        folder
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn the_environment_leads_no_privileged_program_to_a_bus() {
    match child::role().as_deref() {
        None => {}
        Some("usual") => return led(),
        Some(_) => return not_led(),
    }
    let _stage = stage();
    assert!(
        geteuid().is_root(),
        "making a setuid program another user's needs root: run it with sudo"
    );
    let folder = Folder::new("privileged");
    let copy = folder.0.join("copy");
    copy_of_this(&copy);
    let told = folder.0.join("told");
    fs::create_dir(&told).unwrap();
    fs::set_permissions(&told, Permissions::from_mode(0o777)).unwrap();
    for (mode, role) in [(0o755, "usual"), (0o4755, "setuid")] {
        chown(&copy, Some(OWNER), Some(OWNER)).unwrap();
        fs::set_permissions(&copy, Permissions::from_mode(mode)).unwrap();
        let mut command = child::command(&copy, TEST, role);
        command
            .uid(CALLER)
            .gid(CALLER)
            .current_dir("/")
            .env(FOLDER, &told)
            .env("DBUS_SYSTEM_BUS_ADDRESS", format!("unix:path={LURE}/system"))
            .env("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={LURE}/session"))
            .env("XDG_RUNTIME_DIR", LURE);
        child::succeeds(TEST, command);
    }
}

/// Copies this program. Another process does it: a file that this process wrote may be held open for writing by a child that is started
/// in the meantime.
pub(crate) fn copy_of_this(to: &Path) {
    assert!(Command::new("cp").arg(child::this()).arg(to).status().unwrap().success());
}

/// Waits for an event in another process. A watchdog ends the wait.
pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !is_so() {
        assert!(begin.elapsed() < PATIENCE, "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Tells such a program where the folder of its test is.
pub(crate) const FOLDER: &str = "BAREBUS_TEST_FOLDER";

/// What each way to a bus says.
fn ways() -> [Result<Connection, OpenError>; 3] {
    [Options::bus().open_system(), Options::bus().open_session(), Connection::systemd_user()]
}

fn led() {
    assert_eq!(getuid(), geteuid());
    for opened in ways() {
        let error = opened.unwrap_err().to_string();
        assert!(error.contains(LURE), "{error}");
    }
    assert_eq!(told_by_a_program(), format!("unix:path={LURE}/session"));
    assert!(Options::direct().open("unixexec:path=true").is_ok());
}

/// The session bus's address that a program which `unixexec:` starts finds in its environment.
fn told_by_a_program() -> String {
    let file = PathBuf::from(std::env::var_os(FOLDER).unwrap()).join(geteuid().to_string());
    let script = format!(
        "echo $DBUS_SESSION_BUS_ADDRESS > {0}.new; mv {0}.new {0}; exec cat",
        file.display()
    );
    let script = barebus::wire::address::escape(script.as_bytes());
    let address = format!("unixexec:path=/bin/sh,argv1=-c,argv2={script}");
    let _connection = Options::direct().open(&address).unwrap();
    until("the program has written the file", || file.exists());
    fs::read_to_string(file).unwrap().trim().into()
}

fn not_led() {
    assert_eq!(getuid().as_raw(), CALLER);
    assert_eq!(geteuid().as_raw(), OWNER, "setuid has no effect: is the directory mounted nosuid?");
    let [system, session, user] = ways();
    let place = match system {
        // There is a bus here.
        Ok(connection) => connection.address().to_owned(),
        Err(error) => error.to_string(),
    };
    assert!(place.contains("unix:path=/run/dbus/system_bus_socket"), "{place}");
    assert!(!place.contains(LURE), "{place}");
    for opened in [session, user] {
        assert!(matches!(opened, Err(OpenError::NotSet { .. })), "{opened:?}");
    }
    assert_eq!(told_by_a_program(), "");
    let error = Options::direct().open("unixexec:path=true").unwrap_err().to_string();
    assert!(error.contains("the key 'path' needs a '/'"), "{error}");
}
