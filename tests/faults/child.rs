//! Tests that need a process of their own: each runs itself again in one.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use nix::unistd::alarm;

/// Set in the process that a test runs itself in.
const ROLE: &str = "BAREBUS_TEST_CHILD";

/// Whether this is such a process; which role it plays, if its test has several.
pub(crate) fn role() -> Option<String> {
    let role = std::env::var(ROLE).ok();
    if role.is_some() {
        // Whoever hangs is ended by a signal, which its parent sees.
        alarm::set(LONGEST);
    }
    role
}

/// In seconds: far longer than any of them takes on the busiest machine.
const LONGEST: u32 = 120;

/// A command that runs the test of that name, alone, in the role. `program` is this one, or a copy.
pub(crate) fn command(program: &Path, test: &str, role: &str) -> Command {
    let mut command = Command::new(program);
    command.args(["--exact", test, "--nocapture"]).env(ROLE, role).env("RUST_BACKTRACE", "0");
    command
}

/// Runs the test of that name in the role, and gives what it printed; it must succeed.
pub(crate) fn run(test: &str, role: &str) -> Output {
    succeeds(test, command(&this(), test, role))
}

/// Runs the command; it must succeed, and have run the test.
pub(crate) fn succeeds(test: &str, mut command: Command) -> Output {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let (said, complained) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{test}: {}\n{said}{complained}", output.status);
    assert!(said.contains(" 1 passed"), "{test}: {said}");
    output
}

/// This program.
pub(crate) fn this() -> PathBuf {
    std::env::current_exe().unwrap()
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
