//! `unixexec:` with a program that runs as another user (sudo, pkexec) and cannot be killed.

use std::fs::{self, Permissions};
use std::io::Read;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use barebus::{Connection, Options};
use nix::sys::stat::Mode;
use nix::unistd::{geteuid, getuid, mkfifo, setresuid};

use crate::case::stage;
use crate::child;
use crate::privileged::{CALLER, FOLDER, Folder, OWNER, copy_of_this, until};

const TEST: &str = "foreign::a_program_of_another_user_ends_with_its_input_or_is_left_to_itself";

/// What the stubborn program waits for.
const FIFO: &str = "fifo";

#[test]
fn a_program_of_another_user_ends_with_its_input_or_is_left_to_itself() {
    let Some(role) = child::role() else { return plays() };
    let folder = PathBuf::from(std::env::var_os(FOLDER).unwrap());
    match role.as_str() {
        _ if getuid() != geteuid() => is_program(&role, &folder),
        "obedient" => ends_with_its_input(&folder),
        _ => is_left_to_itself(&folder),
    }
}

fn plays() {
    let _stage = stage();
    assert!(
        geteuid().is_root(),
        "making a setuid program another user's needs root: run it with sudo"
    );
    let folder = Folder::new("foreign");
    let (usual, setuid) = (folder.0.join("usual"), folder.0.join("setuid"));
    for (copy, mode) in [(&usual, 0o755), (&setuid, 0o4755)] {
        copy_of_this(copy);
        chown(copy, Some(OWNER), Some(OWNER)).unwrap();
        fs::set_permissions(copy, Permissions::from_mode(mode)).unwrap();
    }
    let fifo = folder.0.join(FIFO);
    mkfifo(&fifo, Mode::empty()).unwrap();
    fs::set_permissions(&fifo, Permissions::from_mode(0o666)).unwrap();
    for role in ["obedient", "stubborn"] {
        let mut command: Command = child::command(&usual, TEST, role);
        command.uid(CALLER).gid(CALLER).current_dir("/").env(FOLDER, &folder.0);
        child::succeeds(TEST, command);
    }
}

/// The program. It changes its user, as sudo does.
fn is_program(role: &str, folder: &Path) {
    setresuid(geteuid(), geteuid(), geteuid()).unwrap();
    let mut input = Vec::new();
    if role == "obedient" {
        let _ = std::io::stdin().read_to_end(&mut input);
    } else {
        // Blocks until the caller opens it for writing.
        fs::File::open(folder.join(FIFO)).unwrap().read_to_end(&mut input).unwrap();
    }
    // Skips the test harness.
    std::process::exit(0);
}

/// A connection to the program, and its directory in /proc, after it has changed its user.
fn start(folder: &Path) -> (Connection, PathBuf) {
    let address = format!(
        "unixexec:path={},argv1=--exact,argv2={},argv3=--nocapture",
        folder.join("setuid").display(),
        TEST.replace(':', "%3a"),
    );
    let connection = Options::direct().open(&address).unwrap();
    let children = fs::read_to_string("/proc/thread-self/children").unwrap();
    let process = Path::new("/proc").join(children.trim());
    let foreign = format!("Uid:\t{OWNER}\t{OWNER}\t{OWNER}");
    until("the program is another user's", || {
        fs::read_to_string(process.join("status")).unwrap().contains(&foreign)
    });
    (connection, process)
}

fn ends_with_its_input(folder: &Path) {
    let (connection, process) = start(folder);
    drop(connection);
    until("the program has ended and was waited for", || !process.exists());
}

fn is_left_to_itself(folder: &Path) {
    let (connection, process) = start(folder);
    drop(connection);
    let status = fs::read_to_string(process.join("status")).unwrap();
    assert!(!status.contains("zombie"), "it runs on: {status}");
    drop(fs::OpenOptions::new().write(true).open(folder.join(FIFO)).unwrap());
    until("the program has ended and was waited for", || !process.exists());
}
