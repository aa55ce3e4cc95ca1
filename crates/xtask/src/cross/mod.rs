//! `cargo xtask cross`: the tests of the crates without I/O on other machines, played by qemu, with the oldest compiler.

mod toolchain;

use std::path::Path;
use std::process::Command;

use clap::ValueEnum;

use crate::packages;
use crate::run::{Failure, cargo, top};
use crate::step::{Step, run_all};

/// A machine that is not this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Target {
    /// 32 bits, little-endian; 64-bit integers are aligned to 4
    I686,
    /// 64 bits, big-endian
    S390x,
    /// 32 bits, little-endian
    Armv7,
}

impl Target {
    /// What rustc calls it.
    const fn triple(self) -> &'static str {
        match self {
            Self::I686 => "i686-unknown-linux-gnu",
            Self::S390x => "s390x-unknown-linux-gnu",
            Self::Armv7 => "armv7-unknown-linux-gnueabihf",
        }
    }

    /// What Debian calls it.
    const fn architecture(self) -> &'static str {
        match self {
            Self::I686 => "i386",
            Self::S390x => "s390x",
            Self::Armv7 => "armhf",
        }
    }

    /// What gcc calls it.
    const fn gnu(self) -> &'static str {
        match self {
            Self::I686 => "i686-linux-gnu",
            Self::S390x => "s390x-linux-gnu",
            Self::Armv7 => "arm-linux-gnueabihf",
        }
    }

    const fn qemu(self) -> &'static str {
        match self {
            Self::I686 => "qemu-i386",
            Self::S390x => "qemu-s390x",
            Self::Armv7 => "qemu-arm",
        }
    }

    /// `cargo`, for this machine.
    fn cargo(self, rustc: &Path, arguments: &[&str]) -> Command {
        let mut command = cargo();
        command.args(arguments).args(["--target", self.triple()]);
        command.env("RUSTC", rustc).env("CARGO_TARGET_DIR", top().join("target/cross/build"));
        command.env("CARGO_INCREMENTAL", "0");
        // qemu is slow: a little optimisation saves more time than it costs.
        command.env("CARGO_PROFILE_DEV_OPT_LEVEL", "1").env("CARGO_PROFILE_DEV_DEBUG", "0");
        let triple = self.triple().to_uppercase().replace('-', "_");
        command.env(format!("CARGO_TARGET_{triple}_LINKER"), format!("{}-gcc", self.gnu()));
        let runner = format!("{} -L /usr/{}", self.qemu(), self.gnu());
        command.env(format!("CARGO_TARGET_{triple}_RUNNER"), runner);
        command
    }

    fn steps(self, rustc: &Path) -> [Step; 3] {
        let mut tests = self.cargo(rustc, &["test", "--no-fail-fast", "--lib", "--tests"]);
        tests.args(PURE.iter().flat_map(|name| ["-p", name]));
        let mut rules = self.cargo(rustc, &["test", "--no-fail-fast", "-p", "barebus-tests"]);
        rules.args(["--test", "wire", "--test", "session", "--test", "handshake"]);
        // The proofs build programs for x86-64.
        rules.args(["--", "--skip", "proofs"]);
        let mut rest = self.cargo(rustc, &["build", "-p", "barebus-cli", "-p", "barebus-tokio"]);
        rest.args(["-p", "barebus-systemd"]);
        [
            Step::tests(self.triple(), tests),
            Step::tests(self.triple(), rules),
            Step::command(self.triple(), rest),
        ]
    }
}

/// Runs the tests for each of `targets`.
///
/// # Errors
/// A compiler, an emulator or a library is missing, or a test failed.
pub(crate) fn run(targets: &[Target]) -> Result<(), Failure> {
    run_all(steps(targets)?)
}

/// One step a test command.
///
/// # Errors
/// A compiler, an emulator or a library is missing.
pub(crate) fn steps(targets: &[Target]) -> Result<Vec<Step>, Failure> {
    let compilers: Vec<String> =
        targets.iter().map(|target| format!("{}-gcc", target.gnu())).collect();
    let mut needed: Vec<&str> = compilers.iter().map(String::as_str).collect();
    needed.extend(targets.iter().map(|target| target.qemu()));
    packages::need(&needed)?;
    let architectures: Vec<_> = targets.iter().map(|target| target.architecture()).collect();
    let rustc = toolchain::rustc(&architectures)?;
    Ok(targets.iter().flat_map(|target| target.steps(&rustc)).collect())
}

/// The crates that know no system.
const PURE: &[&str] =
    &["barebus-wire", "barebus-sasl", "barebus-session", "barebus-text", "barebus-derive"];
