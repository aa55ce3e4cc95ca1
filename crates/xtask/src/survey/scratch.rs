//! A crate of generated modules.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::{Failure, cargo, run, top};

/// A crate with a module for each source of introspection data.
pub(super) struct Scratch {
    folder: PathBuf,
    modules: Vec<String>,
}

impl Scratch {
    /// Makes an empty crate, which depends on the library as a user's crate does.
    pub(super) fn new(folder: PathBuf) -> Result<Self, Failure> {
        let _ = fs::remove_dir_all(folder.join("src"));
        fs::create_dir_all(folder.join("src"))?;
        let library = top().join("crates/barebus");
        let manifest = format!(
            "[package]\nname = \"survey\"\nedition = \"2024\"\nrust-version = \"1.85\"\n\n[workspace]\n\n[dependencies]\nbarebus.path = {library:?}\n"
        );
        fs::write(folder.join("Cargo.toml"), manifest)?;
        // With the versions of the workspace, so that nothing is downloaded.
        fs::copy(top().join("Cargo.lock"), folder.join("Cargo.lock"))?;
        // The defaults of both, not what the tree has.
        for name in ["rustfmt.toml", "clippy.toml"] {
            fs::write(folder.join(name), "")?;
        }
        Ok(Self { folder, modules: Vec::new() })
    }

    /// Generates the modules of one source by `barebus codegen`, and returns how many interfaces it has.
    pub(super) fn add(&mut self, source: &str, arguments: &[&str]) -> Result<usize, Failure> {
        let name = source
            .to_lowercase()
            .replace(|character: char| !character.is_ascii_alphanumeric(), "_");
        let output = self.folder.join("src").join(&name);
        let mut codegen = cargo();
        codegen.args(["run", "--quiet", "-p", "barebus-cli", "--"]).args(arguments);
        run(codegen.arg("--output").arg(&output))?;
        self.modules.push(name);
        // One of the files declares the others.
        Ok(files(&output)?.len().saturating_sub(1))
    }

    /// Compiles the modules with the strictest lints, each warning an error, and compares them with what rustfmt makes of them.
    pub(super) fn check(&self) -> Result<(), Failure> {
        let source = self.folder.join("src");
        let mut text = String::from(
            "//! Generated definitions.\n\n#![warn(clippy::pedantic, missing_docs, unreachable_pub)]\n\n",
        );
        for module in &self.modules {
            text += &format!("pub mod {module};\n");
        }
        let crate_file = source.join("lib.rs");
        fs::write(&crate_file, text)?;
        let mut clippy = cargo();
        clippy.args(["clippy", "--quiet", "--offline"]).arg("--target-dir");
        clippy.arg(self.folder.with_file_name("build")).current_dir(&self.folder);
        run(clippy.args(["--", "-D", "warnings"]))?;
        let mut generated = Vec::new();
        for module in &self.modules {
            generated.extend(files(&source.join(module))?);
        }
        let mut rustfmt = Command::new("rustfmt");
        rustfmt.args(["--check", "--edition", "2024", "--config-path"]).arg(&self.folder);
        run(rustfmt.args(&generated))?;
        println!(
            "xtask: {} files of definitions compile without a warning, and rustfmt leaves them as they are",
            generated.len()
        );
        Ok(())
    }
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let files = fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path()));
    let mut files: Vec<PathBuf> = files.collect::<Result<_, _>>()?;
    files.sort();
    Ok(files)
}
