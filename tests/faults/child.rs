//! Runs tests in a process of their own.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use nix::unistd::alarm;

/// Set in the process of such a test.
const ROLE: &str = "BAREBUS_TEST_CHILD";

/// The role of this process, if it is one of a test.
pub(crate) fn role() -> Option<String> {
    let role = std::env::var(ROLE).ok();
    if role.is_some() {
        // A process that hangs is ended by a signal, which its parent notices.
        alarm::set(LONGEST);
    }
    role
}

/// In seconds, far longer than any test takes on a busy machine.
const LONGEST: u32 = 120;

/// A command that runs only the test of that name, in the role. `program` is this program or a copy.
pub(crate) fn command(program: &Path, test: &str, role: &str) -> Command {
    let mut command = Command::new(program);
    command.args(["--exact", test, "--nocapture"]).env(ROLE, role).env("RUST_BACKTRACE", "0");
    command
}

/// Runs the test of that name in the role, checks that it succeeds, and returns its output.
pub(crate) fn run(test: &str, role: &str) -> Output {
    succeeds(test, command(&this(), test, role))
}

/// Runs the command, and checks that it succeeds and has run the test.
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
