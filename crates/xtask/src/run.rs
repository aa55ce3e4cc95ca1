//! Running other programs.

use std::fmt::Display;
use std::path::PathBuf;
use std::process::Command;

/// Why a task failed, for people.
#[derive(Debug)]
pub(crate) struct Failure(pub(crate) String);

impl<E: Display> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

/// The cargo that runs xtask, with the top of the tree as its working directory.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(top());
    command
}

/// cargo with the flags of sanitizers, which need a nightly compiler, or a stable one with this variable.
pub(crate) fn unstable_cargo() -> Command {
    let mut command = cargo();
    command.env("RUSTC_BOOTSTRAP", "1");
    command
}

/// The machine's target triple, in whose folder cargo puts what is built with `--target`.
pub(crate) fn triple() -> Result<String, Failure> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("-vV").output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| Failure("rustc -vV names no host".into()))
}

/// The top of the tree.
pub(crate) fn top() -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.join("../..").canonicalize().unwrap_or(here)
}

/// Runs a command that must succeed.
pub(crate) fn run(command: &mut Command) -> Result<(), Failure> {
    let line = line(command);
    let status =
        command.status().map_err(|error| Failure(format!("cannot run {line}: {error}")))?;
    if status.success() {
        return Ok(());
    }
    Err(Failure(format!("{line}: {status}")))
}

/// The command as it would be typed.
pub(crate) fn line(command: &Command) -> String {
    let program = PathBuf::from(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str()).to_string_lossy().into_owned();
    let words = command.get_args().map(|word| word.to_string_lossy().into_owned());
    std::iter::once(name).chain(words).collect::<Vec<_>>().join(" ")
}

/// Whether a program is installed.
pub(crate) fn is_there(program: &str) -> bool {
    let places = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&places)
        // The path of an ordinary user may lack these.
        .chain(["/usr/sbin".into(), "/sbin".into()])
        .any(|place| place.join(program).is_file())
}
