//! What the compiler needs for systemd's definitions.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;

use crate::Figure;

/// CPU time of a check, in s.
const MOST_CPU: f64 = 1.2;
/// Memory of a check, in MB.
const MOST_MEMORY: f64 = 150.0;

/// Names the file to which this program, run in the compiler's place, writes what the compiler took.
const REPORT: &str = "BAREBUS_BENCH_COMPILER";

/// Runs the compiler, if cargo has started this program in its place.
pub(crate) fn compile_if_asked() -> Option<ExitCode> {
    let report = env::var_os(REPORT)?;
    let mut arguments = env::args_os().skip(1);
    let compiler = arguments.next()?;
    let arguments: Vec<OsString> = arguments.collect();
    let is_measured = arguments.iter().any(|argument| argument == CRATE);
    let status = Command::new(compiler).args(arguments).status().unwrap();
    if is_measured {
        // It is the only child.
        let usage = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap();
        let time = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
        fs::write(report, format!("{time} {}", usage.max_rss())).unwrap();
    }
    Some(ExitCode::from(u8::from(!status.success())))
}

/// The crate that consists of the definitions alone.
const CRATE: &str = "barebus_bench_definitions";

pub(crate) fn figures() -> Result<Vec<Figure>, String> {
    let manifest = env::var_os("CARGO_MANIFEST_DIR").ok_or("not started by cargo")?;
    let top = Path::new(&manifest).parent().ok_or("the workspace is not there")?;
    let folder = make(top)?;
    let mut least = (f64::INFINITY, f64::INFINITY);
    for round in 0..4 {
        let (time, memory) = check(&folder)?;
        // The first builds what the crate depends on beside it.
        if round != 0 {
            least = (least.0.min(time), least.1.min(memory));
        }
    }
    Ok(vec![
        Figure::new("CPU time of checking them, in s", least.0, MOST_CPU),
        Figure::new("memory of checking them, in MB", least.1, MOST_MEMORY),
    ])
}

/// Makes a package of the definitions. Returns its folder.
fn make(top: &Path) -> Result<PathBuf, String> {
    let folder = top.join("target").join(CRATE);
    let barebus = top.join("crates/barebus");
    let interface = top.join("crates/barebus-systemd/src/interface/mod.rs");
    let manifest = format!(
        "[package]\nname = \"{CRATE}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\
         [dependencies]\nbarebus = {{ path = {barebus:?}, default-features = false }}\n[workspace]\n"
    );
    let library = format!("#[path = {interface:?}]\npub mod interface;\n");
    fs::create_dir_all(folder.join("src"))
        .and_then(|()| fs::write(folder.join("Cargo.toml"), manifest))
        .and_then(|()| fs::copy(top.join("Cargo.lock"), folder.join("Cargo.lock")).map(drop))
        .and_then(|()| fs::write(folder.join("src/lib.rs"), library))
        .map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(folder)
}

/// Checks the package. Returns the compiler's CPU time in s and its memory in MB.
fn check(folder: &Path) -> Result<(f64, f64), String> {
    let report = folder.join("report");
    let library = folder.join("src/lib.rs");
    let failed =
        |what: &dyn std::fmt::Display| format!("the definitions cannot be checked: {what}");
    // Cargo checks what is newer than its last check.
    let text = fs::read(&library).map_err(|error| failed(&error))?;
    fs::write(&library, text).map_err(|error| failed(&error))?;
    let _ = fs::remove_file(&report);
    let cargo = env::var_os("CARGO").ok_or("not started by cargo")?;
    let this = env::current_exe().map_err(|error| failed(&error))?;
    let output = Command::new(cargo)
        .args(["check", "--quiet"])
        .current_dir(folder)
        .env("RUSTC_WRAPPER", this)
        .env(REPORT, &report)
        .env("CARGO_INCREMENTAL", "0")
        .env_remove("RUSTFLAGS")
        .output()
        .map_err(|error| failed(&error))?;
    if !output.status.success() {
        return Err(failed(&String::from_utf8_lossy(&output.stderr)));
    }
    let report = fs::read_to_string(&report).map_err(|error| failed(&error))?;
    let mut numbers = report.split(' ').filter_map(|number| number.parse::<f64>().ok());
    match (numbers.next(), numbers.next()) {
        (Some(micros), Some(kilobytes)) => Ok((micros / 1e6, kilobytes * 1024.0 / 1e6)),
        _ => Err(failed(&report)),
    }
}
