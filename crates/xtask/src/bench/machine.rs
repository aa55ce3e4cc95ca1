//! What was measured with, and on what.

use std::fs;
use std::process::Command;

use super::figures::Figure;
use crate::run::{Failure, line};

/// Has the figures about the machine.
pub(super) const PROGRAM: &str = "machine";

/// The machine, its system, and the programs that measure or are measured against.
///
/// # Errors
/// A program does not tell its version.
pub(super) fn describe() -> Result<Vec<Figure>, Failure> {
    let processors = std::thread::available_parallelism()?;
    let model = value_of(&fs::read_to_string("/proc/cpuinfo")?, "model name", ':');
    let system = value_of(&fs::read_to_string("/etc/os-release")?, "PRETTY_NAME", '=');
    let about = [
        ("processor", format!("{model}, {processors} of them, {}", std::env::consts::ARCH)),
        ("system", format!("{}, Linux {}", system.trim_matches('"'), first("uname", "-r")?)),
        ("compiler", first("rustc", "--version")?),
        ("valgrind", first("valgrind", "--version")?),
        ("dbus-daemon", first("dbus-daemon", "--version")?),
        ("dbus-broker", first("dbus-broker-launch", "--version")?),
        ("barebus", revision()),
    ];
    let figure = |(what, value): (&str, String)| {
        Figure::new(PROGRAM, ["machine", what, "is"], &value.replace('\t', " "), "")
    };
    Ok(about.map(figure).into())
}

/// Processes that ran or waited to run, on average of the last minute.
pub(super) fn load() -> Result<String, Failure> {
    let load = fs::read_to_string("/proc/loadavg")?;
    Ok(load.split(' ').next().unwrap_or_default().to_owned())
}

fn value_of(text: &str, key: &str, separator: char) -> String {
    let pairs = text.lines().filter_map(|line| line.split_once(separator));
    let value = pairs.into_iter().find(|(name, _)| name.trim() == key);
    value.map_or("unknown", |(_, value)| value.trim()).to_owned()
}

/// The first line that a program prints.
fn first(program: &str, option: &str) -> Result<String, Failure> {
    let mut command = Command::new(program);
    let output = command.arg(option).output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    match text.lines().next() {
        Some(line) if !line.is_empty() => Ok(line.to_owned()),
        _ => Err(Failure(format!("{}: prints nothing", line(&command)))),
    }
}

/// The commit that is measured.
fn revision() -> String {
    let mut git = Command::new("git");
    git.args(["log", "-1", "--format=%h, %cs"]).current_dir(crate::run::top());
    let output =
        git.output().map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    output.ok().filter(|text| !text.is_empty()).unwrap_or_else(|| "unknown".into())
}
