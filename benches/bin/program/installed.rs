//! Programs as they are installed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A copy of a program, written as a package manager, `cargo install` or `cp` writes it. It is removed when this is dropped.
///
/// Linkers write through a mapping, page by page. The kernel then keeps the file in single pages until it leaves the cache; a file that is written in large
/// pieces it keeps in large ones, as those of the other programs here. Fewer page faults map it then, and more memory.
pub(crate) struct Installed(PathBuf);

impl Installed {
    /// Copies a program to its own directory: a directory for temporary files may be in memory.
    pub(crate) fn copy(program: &Path) -> Result<Self, String> {
        let copy = Self(program.with_extension("installed"));
        fs::copy(program, &copy.0)
            .map_err(|error| format!("cannot copy {}: {error}", program.display()))?;
        Ok(copy)
    }

    /// Compiles a program that only prints its argument: what every program takes, whatever it does.
    pub(crate) fn line(directory: &Path, linkage: Linkage) -> Result<Self, String> {
        let program = directory.join("line");
        let mut rustc = Command::new("rustc");
        rustc.args(["-O", "--edition=2024", SOURCE, "-o"]).arg(&program);
        if let Linkage::Static = linkage {
            rustc.arg("-Ctarget-feature=+crt-static");
        }
        let status = rustc.status().map_err(|error| format!("cannot run rustc: {error}"))?;
        if !status.success() {
            return Err(format!("cannot compile {SOURCE}: {status}"));
        }
        let copy = Self::copy(&program);
        let _ = fs::remove_file(program);
        copy
    }

    pub(crate) fn path(&self) -> String {
        self.0.display().to_string()
    }
}

impl Drop for Installed {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

#[derive(Clone, Copy)]
pub(crate) enum Linkage {
    Shared,
    Static,
}

const SOURCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/barebus/examples/print.rs");
