//! Where systemd is reached, and what it refuses.

mod containers;
mod refusals;
mod ssh;
mod users;

use std::process::{Command, Stdio};
use std::sync::OnceLock;

use barebus_box::SystemdBox;

use crate::boxes::{INSIDE, builder};
use crate::places::program_in;

/// A box of its own: it gets an sshd, a user manager and polkit.
fn the_box() -> &'static SystemdBox {
    static BOX: OnceLock<SystemdBox> = OnceLock::new();
    BOX.get_or_init(|| {
        builder()
            .unit("far.service", "[Service]\nExecStart=/bin/sleep infinity\n")
            .unit("manager.service", users::MANAGER)
            .boot()
            .unwrap_or_else(|error| panic!("the live tests cannot run: {error}"))
    })
}

/// Runs the test of that name inside the box; `true` when this is that process.
fn is_inside(test: &str) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        return true;
    }
    run_inside(&["env"], test);
    false
}

/// Runs the test of that name inside the box, with `prefix` before the command.
fn run_inside(prefix: &[&str], test: &str) {
    let status = the_box()
        .command(prefix[0])
        .args(&prefix[1..])
        .arg(program_in(the_box()))
        .args(["--exact", test, "--nocapture"])
        .env(INSIDE, "1")
        .status()
        .unwrap();
    assert!(status.success(), "{test}, inside the box, {prefix:?}: {status}");
}

/// Before a command: as a user who may do nothing.
const AS_USER: [&str; 5] =
    ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "env"];

/// Runs a command and checks that it succeeds.
fn run(program: &str, arguments: &[&str]) {
    let status = Command::new(program).args(arguments).stdout(Stdio::null()).status();
    let status = status.unwrap_or_else(|error| panic!("the test cannot run: {program}: {error}"));
    assert!(status.success(), "{program} {arguments:?}: {status}");
}
