//! Debian's Rust 1.85.0, the oldest that the published crates support, for this machine and for others.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use super::target::Target;
use crate::apt::{Apt, HOST};
use crate::run::{Failure, top};

/// The compiler, which runs on x86-64, and what it loads. Only Debian 12 calls it rustc-web.
const COMPILER: &[&str] = &["rustc-web", "libstd-rust-web-1.85", "libllvm19", "libz3-4"];
/// The standard library of each machine.
const LIBRARY: &str = "libstd-rust-web-dev";

/// The compiler, once it was [made](make).
pub(super) fn path() -> PathBuf {
    folder().join("rustc")
}

fn folder() -> PathBuf {
    top().join("target/cross/rust-1.85")
}

/// Makes the compiler, with standard libraries for this machine and `targets`. Its packages are unpacked, not installed.
///
/// # Errors
/// This is no Debian on x86-64, or a package cannot be downloaded.
pub(super) fn make(targets: &[Target]) -> Result<(), Failure> {
    let architectures: Vec<_> = targets.iter().map(|target| target.architecture()).collect();
    let (folder, rustc) = (folder(), path());
    let unpacked = folder.join("unpacked");
    let mut missing: Vec<String> = Vec::new();
    for architecture in [HOST].iter().chain(&architectures) {
        if !folder.join(architecture).exists() {
            missing.push(format!("{LIBRARY}:{architecture}"));
        }
    }
    if !rustc.exists() {
        missing.extend(COMPILER.iter().map(|name| format!("{name}:{HOST}")));
    }
    if missing.is_empty() {
        return Ok(());
    }
    Apt::new(folder.join("apt"), &architectures)
        .and_then(|apt| apt.unpack(&missing, &unpacked))
        .map_err(|Failure(why)| {
            Failure(format!(
                "cannot download Rust 1.85 ({}) from the mirror of apt: {why}; only a mirror of Debian 12 has it",
                missing.join(" ")
            ))
        })?;
    for architecture in [HOST].iter().chain(&architectures) {
        fs::write(folder.join(architecture), "")?;
    }
    let libraries = unpacked.join("usr/lib/x86_64-linux-gnu");
    let script = format!(
        "#!/bin/sh\nLD_LIBRARY_PATH='{}' exec '{}' \"$@\"\n",
        libraries.display(),
        unpacked.join("usr/bin/rustc").display()
    );
    fs::write(&rustc, script)?;
    fs::set_permissions(&rustc, fs::Permissions::from_mode(0o755))?;
    Ok(())
}
