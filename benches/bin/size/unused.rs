//! Programs that have systemd's definitions and use none.

use std::fs;
use std::path::Path;

use crate::programs::{Program, cargo};
use crate::top;

/// Asks for the state of a unit file with names written by hand.
const ASK: &str = r#"use std::process::ExitCode;

use barebus::{Connection, MethodCall};

const GET_UNIT_FILE_STATE: MethodCall<'static> = MethodCall::from_static(
    "org.freedesktop.systemd1",
    "/org/freedesktop/systemd1",
    "org.freedesktop.systemd1.Manager",
    "GetUnitFileState",
);

fn main() -> ExitCode {
    let Ok(mut bus) = Connection::system() else { return ExitCode::from(2) };
    let Ok(reply) = bus.call(&GET_UNIT_FILE_STATE, &("dbus.service",)) else {
        return ExitCode::from(1);
    };
    ExitCode::from(u8::from(reply.body::<(&str,)>().is_ok_and(|(state,)| state == "enabled")))
}
"#;

/// Bytes by which the program is larger with the crate of the definitions linked, and with their generated files in the program itself.
pub(crate) fn grown() -> Result<[(&'static str, u64); 2], String> {
    let top = top()?;
    let folder = top.join("target/barebus_bench_unused");
    let interface = top.join("crates/barebus-systemd/src/interface/mod.rs");
    let files = format!("#[path = {interface:?}]\nmod interface;\n{ASK}");
    let linked = format!("use barebus_systemd as _;\n{ASK}");
    write(&top, &folder, &[("plain", ASK), ("crate", &linked), ("files", &files)])
        .map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut build = cargo()?;
    build.args(["build", "--quiet", "--offline", "--profile", "tiny"]).current_dir(&folder);
    build.args(["--target-dir", "target"]);
    // Flags that the user has set would be measured along.
    build.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
    let status = build.status().map_err(|error| format!("cargo cannot be run: {error}"))?;
    if !status.success() {
        return Err("the programs that use no definitions cannot be built".into());
    }
    let bytes = |name| Program::at(folder.join("target/tiny").join(name)).map(|it| it.bytes);
    let plain = bytes("plain")?;
    Ok([
        ("the definitions, in a linked crate,", bytes("crate")?.saturating_sub(plain)),
        ("the definitions, in files of the program,", bytes("files")?.saturating_sub(plain)),
    ])
}

/// Makes a package of programs.
fn write(top: &Path, folder: &Path, programs: &[(&str, &str)]) -> std::io::Result<()> {
    let workspace = fs::read_to_string(top.join("Cargo.toml"))?;
    let start = workspace.find("[profile.tiny]").unwrap_or(workspace.len());
    let profile = workspace.get(start..).unwrap_or_default();
    let profile = profile.split_once("\n\n").map_or(profile, |(profile, _)| profile);
    let dependency = |name: &str| {
        let path = top.join("crates").join(name);
        format!("{name} = {{ path = {path:?}, default-features = false }}\n")
    };
    let manifest = format!(
        "[package]\nname = \"barebus_bench_unused\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
         [dependencies]\n{}{}\n{profile}\n",
        dependency("barebus"),
        dependency("barebus-systemd"),
    );
    fs::create_dir_all(folder.join("src/bin"))?;
    fs::write(folder.join("Cargo.toml"), manifest)?;
    // With the versions of the workspace, so that nothing is downloaded.
    fs::copy(top.join("Cargo.lock"), folder.join("Cargo.lock"))?;
    for (name, text) in programs {
        fs::write(folder.join("src/bin").join(name).with_extension("rs"), text)?;
    }
    Ok(())
}
