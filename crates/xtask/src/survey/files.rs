//! The interface files of Debian's packages.

use std::fs;
use std::path::{Path, PathBuf};

use super::scratch::Scratch;
use crate::apt::Apt;
use crate::run::Failure;

/// Packages with services, and those with the interface files of `network-manager` and `modemmanager`. What has no such file is surveyed, too:
/// another version may.
const PACKAGES: [&str; 9] = [
    "libglib2.0-bin",
    "udisks2",
    "network-manager",
    "network-manager-dev",
    "bluez",
    "modemmanager",
    "modemmanager-dev",
    "avahi-daemon",
    "upower",
];

/// Downloads the packages, and generates definitions of every introspection file in them.
pub(super) fn generate(folder: &Path, scratch: &mut Scratch) -> Result<(), Failure> {
    let apt = Apt::new(folder.join("apt"), &[])?;
    for package in PACKAGES {
        let unpacked = folder.join("packages").join(package);
        let _ = fs::remove_dir_all(&unpacked);
        apt.unpack(&[package], &unpacked)?;
        let mut found = Vec::new();
        search(&unpacked, &mut found)?;
        found.sort();
        let mut interfaces = 0;
        if !found.is_empty() {
            let mut arguments = vec!["codegen"];
            arguments.extend(found.iter().filter_map(|file| file.to_str()));
            interfaces = scratch.add(package, &arguments)?;
        }
        println!(
            "xtask: {package} has {} introspection files, {interfaces} interfaces",
            found.len()
        );
    }
    Ok(())
}

/// Finds the introspection files in a folder and below it.
fn search(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), Failure> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            search(&entry.path(), found)?;
        }
        if kind.is_file() && is_introspection(&fs::read(entry.path())?) {
            found.push(entry.path());
        }
    }
    Ok(())
}

/// Whether the bytes are XML whose outermost element is `node`, with interfaces. Programs may have pieces of such XML, which they put together.
fn is_introspection(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    text.trim_start().starts_with('<') && text.contains("<node") && text.contains("<interface")
}
