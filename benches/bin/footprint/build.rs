//! Cold builds of one program.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;

/// What it took to build a program.
pub(crate) struct Built {
    /// From cargo's start to its end, in the default release profile.
    pub(crate) wall: Duration,
    /// User and system time of cargo and all that it ran.
    pub(crate) cpu: Duration,
    /// Crates that were compiled, the program itself aside. Build scripts belong to their crates.
    pub(crate) crates: usize,
    /// Length of the program, built for size: the profile `tiny`.
    pub(crate) bytes: u64,
}

/// Downloads the crates of all programs.
pub(crate) fn fetch() -> Result<(), String> {
    succeed(cargo()?.args(["fetch", "--locked", "--quiet"])).map(drop)
}

/// Builds the program `name` twice, for release and for size, each time from nothing.
pub(crate) fn build(name: &str) -> Result<Built, String> {
    let target = folder().join("../../../target/footprint");
    let failed = |error| format!("{}: {error}", target.display());
    let empty = || match target.exists() {
        true => fs::remove_dir_all(&target).map_err(failed),
        false => Ok(()),
    };
    empty()?;
    let (begun, before) = (Instant::now(), cpu()?);
    let messages = compile(name, "release", &target)?;
    let (wall, cpu) = (begun.elapsed(), cpu()?.saturating_sub(before));
    empty()?;
    compile(name, "tiny", &target)?;
    let program = target.join("tiny").join(name);
    let bytes =
        fs::metadata(&program).map_err(|error| format!("{}: {error}", program.display()))?;
    empty()?;
    Ok(Built { wall, cpu, crates: crates(&messages), bytes: bytes.len() })
}

/// The version of `library` in the lock file.
pub(crate) fn version(library: &str) -> Result<String, String> {
    let lock =
        fs::read_to_string(folder().join("Cargo.lock")).map_err(|error| error.to_string())?;
    let package = format!("name = \"{library}\"\nversion = \"");
    let version = lock.split_once(&package).and_then(|(_, rest)| rest.split('"').next());
    version.map(str::to_owned).ok_or_else(|| format!("Cargo.lock names no {library}"))
}

/// Builds the program, and returns what cargo tells of each crate.
fn compile(name: &str, profile: &str, target: &Path) -> Result<String, String> {
    let mut build = cargo()?;
    build.args(["build", "--locked", "--offline", "--quiet", "--message-format", "json"]);
    // minidbus declares a later compiler than it needs.
    build.args(["--ignore-rust-version", "--profile", profile, "--bin", name, "--features", name]);
    succeed(build.arg("--target-dir").arg(target))
}

/// Packages in cargo's messages, without the program's own.
fn crates(messages: &str) -> usize {
    let id = |line: &str| {
        line.split_once("\"package_id\":\"")
            .and_then(|(_, id)| Some(id.split_once('"')?.0.to_owned()))
    };
    let built = messages.lines().filter(|line| line.contains("\"reason\":\"compiler-artifact\""));
    let all: BTreeSet<String> = built.filter_map(id).collect();
    all.len().saturating_sub(1)
}

fn cargo() -> Result<Command, String> {
    let mut cargo = Command::new(env::var_os("CARGO").ok_or("must be started by cargo")?);
    cargo.current_dir(folder());
    // What the user has set for builds would be measured along.
    let set = env::vars_os().map(|(name, _)| name).filter(|name| {
        let name = name.to_string_lossy();
        name.starts_with("RUSTFLAGS") || name.starts_with("CARGO_")
    });
    set.filter(|name| name != "CARGO_HOME").for_each(|name| _ = cargo.env_remove(name));
    Ok(cargo)
}

fn succeed(command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|error| format!("cannot run cargo: {error}"))?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
    }
}

/// Processor time of all processes that this one has started and that have ended.
fn cpu() -> Result<Duration, String> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).map_err(|error| error.to_string())?;
    let spent = usage.user_time() + usage.system_time();
    Ok(Duration::from_micros(u64::try_from(spent.num_microseconds()).unwrap_or(0)))
}

fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/rivals/small"))
}
