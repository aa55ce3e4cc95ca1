//! A program with more rights than whoever started it (AT_SECURE) does not let the environment tell it where the bus is.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;

use barebus::{Connection, OpenError, Options};
use nix::unistd::{geteuid, getuid};

use crate::case::stage;
use crate::child;

const TEST: &str = "privileged::the_environment_leads_no_privileged_program_to_a_bus";

/// Neither is root: the copy is nobody's key to anything.
const OWNER: u32 = 65_533;
const CALLER: u32 = 65_534;

/// Where the environment says that everything is.
const LURE: &str = "/nowhere/of-the-environment";

/// A directory that is removed when dropped.
struct Folder(PathBuf);

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
    let folder =
        Folder(std::env::temp_dir().join(format!("barebus-faults-{}", std::process::id())));
    fs::create_dir(&folder.0).unwrap();
    fs::set_permissions(&folder.0, Permissions::from_mode(0o755)).unwrap();
    let copy = folder.0.join("copy");
    // By another process: a test's own copy may be held open for writing by whatever is started meanwhile.
    assert!(Command::new("cp").arg(child::this()).arg(&copy).status().unwrap().success());
    for (mode, role) in [(0o755, "usual"), (0o4755, "setuid")] {
        chown(&copy, Some(OWNER), Some(OWNER)).unwrap();
        fs::set_permissions(&copy, Permissions::from_mode(mode)).unwrap();
        let mut command = child::command(&copy, TEST, role);
        command
            .uid(CALLER)
            .gid(CALLER)
            .current_dir("/")
            .env("DBUS_SYSTEM_BUS_ADDRESS", format!("unix:path={LURE}/system"))
            .env("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={LURE}/session"))
            .env("XDG_RUNTIME_DIR", LURE);
        child::succeeds(TEST, command);
    }
}

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
}
