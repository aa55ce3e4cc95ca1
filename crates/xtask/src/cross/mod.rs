//! `cargo xtask cross`: the tests of the crates without I/O and the program on other machines, with the oldest compiler.

mod program;
mod target;
mod toolchain;

use std::process::Command;

use crate::run::Failure;
use crate::step::{Step, run_all};

pub(crate) use target::Target;

/// Runs the tests for each of `targets`, and their program.
///
/// # Errors
/// A compiler, an emulator or a library is missing, or a test failed.
pub(crate) fn run(targets: &'static [Target]) -> Result<(), Failure> {
    crate::packages::need(&programs(targets))?;
    let mut steps = tests(targets);
    steps.extend(targets.iter().flat_map(|target| rest(*target)));
    run_all(steps)
}

/// The programs that [`tests`] needs.
pub(crate) fn programs(targets: &[Target]) -> Vec<&'static str> {
    let of_targets = targets.iter().flat_map(|target| [target.linker(), target.qemu()]);
    of_targets.chain(OTHER_SIDES).collect()
}

/// With what `tests/handshake` makes handshakes.
const OTHER_SIDES: [&str; 5] =
    ["busctl", "dbus-daemon", "dbus-send", "gdbus", "systemd-stdio-bridge"];

/// The tests of the codec, the handshake and the session on each of `targets`. The first step downloads the compiler.
pub(crate) fn tests(targets: &'static [Target]) -> Vec<Step> {
    let compiler = Step::check("Rust 1.85 for other machines", || toolchain::make(targets));
    std::iter::once(compiler).chain(targets.iter().map(|target| core(*target))).collect()
}

fn core(target: Target) -> Step {
    let mut tests = target.cargo(&["test", "--no-fail-fast", "--lib"]);
    tests.args(["-p", "barebus-wire", "-p", "barebus-sasl", "-p", "barebus-session"]);
    tests.args(["-p", "barebus-tests", "--test", "wire", "--test", "session"]);
    // The proofs build programs for x86-64.
    tests.args(["--test", "handshake", "--", "--skip", "proof"]);
    Step::tests(format!("{target}: codec, handshake and session ({})", target.how()), tests)
}

/// What is above them.
fn rest(target: Target) -> [Step; 3] {
    let tests = target.cargo(&["test", "--no-fail-fast", "--lib", "--tests"]);
    let tests = packages(tests, &["barebus-text", "barebus-derive"]);
    let build = packages(target.cargo(&["build"]), &["barebus-cli", "barebus-tokio"]);
    [
        Step::tests(format!("{target}: text forms and derive macros ({})", target.how()), tests),
        Step::command(format!("{target}: the program and tokio's connection"), build),
        Step::check(format!("{target}: the program on a systemd"), move || program::check(target)),
    ]
}

fn packages(mut command: Command, names: &[&str]) -> Command {
    command.args(names.iter().flat_map(|name| ["-p", name]));
    command
}
