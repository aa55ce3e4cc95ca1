//! A root directory with nothing in it but one program.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::top;

/// What `program` prints when it is alone in its root directory.
pub(crate) fn answer(program: &Path, arguments: &[&str], bus: &str) -> Result<String, String> {
    let root = top()?.join("target/size-root");
    let failed = |error: std::io::Error| format!("{}: {error}", root.display());
    if root.exists() {
        fs::remove_dir_all(&root).map_err(failed)?;
    }
    fs::create_dir(&root).map_err(failed)?;
    fs::copy(program, root.join("program")).map_err(failed)?;
    let output = Command::new("chroot")
        .arg(&root)
        .arg("/program")
        .args(arguments)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("DBUS_SYSTEM_BUS_ADDRESS", bus)
        .output()
        .map_err(|error| format!("chroot cannot be run: {error}"))?;
    fs::remove_dir_all(&root).map_err(failed)?;
    // What it says itself when it may not, which only root may.
    match String::from_utf8_lossy(&output.stderr) {
        complaint if complaint.is_empty() => {
            Ok(String::from_utf8_lossy(&output.stdout).into_owned())
        }
        complaint => Err(complaint.trim().into()),
    }
}
