//! Examples of the workspace, built for size.

use std::env;
use std::fmt;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::top;

/// How a program is linked with the C library.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Linked {
    Shared,
    Static,
    /// As `Shared`, without what only unwinding needs: with the linker script that `docs/embedding.md` shows.
    WithoutUnwindTables,
}

impl fmt::Display for Linked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Shared => "shared",
            Self::Static => "static",
            Self::WithoutUnwindTables => "without unwind tables",
        })
    }
}

/// Which features of the client a program has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Features {
    /// Unix sockets only.
    None,
    /// All transports.
    Default,
}

/// A program that was built.
pub(crate) struct Program {
    pub(crate) path: PathBuf,
    pub(crate) bytes: u64,
}

impl Program {
    /// Builds the example `name` of `package` with the profile `tiny`.
    pub(crate) fn build(
        linked: Linked,
        package: &str,
        name: &str,
        features: Features,
    ) -> Result<Self, String> {
        let mut build = cargo()?;
        build.args(["build", "--quiet", "--profile", "tiny", "-p", package, "--example", name]);
        if features == Features::None {
            build.arg("--no-default-features");
        }
        // Flags that the user has set would be measured along.
        build.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
        let mut path = top()?.join("target");
        let flags = match linked {
            Linked::Shared => None,
            Linked::Static => Some("-C target-feature=+crt-static".to_owned()),
            Linked::WithoutUnwindTables => {
                let script = top()?.join("docs/no-unwind.ld");
                path.push("without-unwind-tables");
                Some(format!("-C link-arg=-Wl,-T,{}", script.display()))
            }
        };
        build.arg("--target-dir").arg(&path);
        if let Some(flags) = flags {
            // Named, so that the flags are for the program alone and not for what builds it.
            let target = host()?;
            build.args(["--target", &target]).env("RUSTFLAGS", flags);
            path.push(target);
        }
        let status = build.status().map_err(|error| format!("cargo cannot be run: {error}"))?;
        if !status.success() {
            return Err(format!("{name} cannot be built"));
        }
        path.extend(["tiny", "examples", name]);
        Self::at(path)
    }

    /// A program that has been built.
    pub(crate) fn at(path: PathBuf) -> Result<Self, String> {
        let bytes = fs::metadata(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Self { path, bytes: bytes.len() })
    }
}

/// The crates from the registry that the client is built of, as cargo says. Those that only run while it is built do not count.
pub(crate) fn registry_crates() -> Result<Vec<String>, String> {
    let mut tree = cargo()?;
    tree.args(["tree", "-p", "barebus", "-e", "normal", "--prefix", "none", "--format", "{p}"]);
    let output = tree.output().map_err(|error| format!("cargo cannot be run: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    // Crates of the workspace have their directory after them.
    let mut crates: Vec<String> = text
        .lines()
        .filter(|line| !line.is_empty() && !line.contains('('))
        .map(String::from)
        .collect();
    crates.sort();
    crates.dedup();
    match output.status.success() && text.contains("barebus ") {
        true => Ok(crates),
        false => Err(format!("cargo tree: {}", String::from_utf8_lossy(&output.stderr))),
    }
}

pub(crate) fn cargo() -> Result<Command, String> {
    let mut cargo = Command::new(env::var_os("CARGO").ok_or("not started by cargo")?);
    cargo.current_dir(top()?);
    Ok(cargo)
}

/// The target that the toolchain builds for when it is not told.
fn host() -> Result<String, String> {
    let output = Command::new("rustc").arg("-vV").output();
    let output = output.map_err(|error| format!("rustc cannot be run: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(String::from).ok_or("rustc does not say what it builds for".into())
}
