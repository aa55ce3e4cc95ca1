//! `cargo xtask cross`: the tests of the crates without I/O and the program on other machines, with the oldest compiler.

mod program;
mod target;
mod toolchain;

use crate::packages;
use crate::run::Failure;
use crate::step::{Step, run_all};

pub(crate) use target::Target;

/// The crates that know no system.
const PURE: &[&str] =
    &["barebus-wire", "barebus-sasl", "barebus-session", "barebus-text", "barebus-derive"];

/// Runs the tests for each of `targets`, and their program.
///
/// # Errors
/// A compiler, an emulator or a library is missing, or a test failed.
pub(crate) fn run(targets: &'static [Target]) -> Result<(), Failure> {
    packages::need(&programs(targets))?;
    let mut steps = tests(targets);
    steps.extend(targets.iter().flat_map(|target| program_steps(*target)));
    run_all(steps)
}

/// The programs that [`tests`] needs.
pub(crate) fn programs(targets: &[Target]) -> Vec<&'static str> {
    targets.iter().flat_map(|target| [target.linker(), target.qemu()]).collect()
}

/// The tests of the crates without I/O on each of `targets`. The first step downloads the compiler.
pub(crate) fn tests(targets: &'static [Target]) -> Vec<Step> {
    let mut steps = vec![Step::check("Rust 1.85 for other machines", || toolchain::make(targets))];
    for target in targets {
        let mut pure = target.cargo(&["test", "--no-fail-fast", "--lib", "--tests"]);
        pure.args(PURE.iter().flat_map(|name| ["-p", name]));
        let mut rules = target.cargo(&["test", "--no-fail-fast", "-p", "barebus-tests"]);
        rules.args(["--test", "wire", "--test", "session", "--test", "handshake"]);
        // The proofs build programs for x86-64.
        rules.args(["--", "--skip", "proof"]);
        steps.push(Step::tests(format!("{target}: the crates without I/O"), pure));
        steps.push(Step::tests(format!("{target}: the rules of wire, session and sasl"), rules));
    }
    steps
}

/// The rest is compiled for `target`, and its program talks to a systemd.
fn program_steps(target: Target) -> [Step; 2] {
    let build = target.cargo(&["build", "-p", "barebus-cli", "-p", "barebus-tokio"]);
    [
        Step::command(format!("{target}: the program and tokio's connection"), build),
        Step::check(format!("{target}: the program on a systemd"), move || program::check(target)),
    ]
}
