//! Which versions are measured.

use std::process::Command;

use barebus_benches::report::Report;

/// Prints the versions: those of the lock file, and of the C libraries those that pkg-config finds.
pub(crate) fn print(report: Report) -> Result<(), String> {
    let versions = [
        ("barebus", locked("barebus")?),
        ("zbus", locked("zbus")?),
        ("rustbus", locked("rustbus")?),
        ("sd-bus", installed("libsystemd")?),
        ("libdbus", installed("dbus-1")?),
    ];
    for (library, version) in versions {
        report.figure(["versions", library, "version"], &version, "");
        report.line(format_args!("{library} {version}"));
    }
    Ok(())
}

fn locked(name: &str) -> Result<String, String> {
    let lock = include_str!("../Cargo.lock");
    let package = format!("name = \"{name}\"\nversion = \"");
    let version = lock.split_once(&package).and_then(|(_, rest)| rest.split('"').next());
    version.map(str::to_owned).ok_or_else(|| format!("Cargo.lock names no {name}"))
}

fn installed(name: &str) -> Result<String, String> {
    let output = Command::new("pkg-config").args(["--modversion", name]).output();
    let output = output.map_err(|error| format!("cannot run pkg-config: {error}"))?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned()),
        false => Err(format!("pkg-config: {}", String::from_utf8_lossy(&output.stderr))),
    }
}
