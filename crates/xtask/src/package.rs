//! What `cargo publish` would upload: packed, and checked for what a published crate needs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::{Failure, cargo, line, run, top};

/// Keys that the manifest of a published crate has. crates.io and docs.rs show them.
const KEYS: [&str; 7] =
    ["description", "license", "readme", "keywords", "categories", "rust-version", "edition"];

const FILES: [&str; 3] = ["README.md", "LICENSE-MIT", "LICENSE-APACHE"];

/// Members of the workspace that are never published.
const PRIVATE: [&str; 3] = ["tests", "benches", "crates/xtask"];

/// Packs every crate that is published, and looks into the packages.
pub(crate) fn check() -> Result<(), Failure> {
    for folder in PRIVATE {
        if !is_private(&top().join(folder))? {
            return Err(Failure(format!("{folder}/Cargo.toml lacks `publish = false`")));
        }
    }
    let names = published()?;
    let target = top().join("target/packages");
    let mut pack = cargo();
    // Verifying would build each crate once more; the other steps have built them.
    pack.args(["package", "--quiet", "--no-verify", "--allow-dirty", "--target-dir"]).arg(&target);
    pack.args(names.iter().flat_map(|name| ["-p", name]));
    run(&mut pack)?;
    let version = env!("CARGO_PKG_VERSION");
    let mut problems = Vec::new();
    for name in &names {
        let package = target.join(format!("package/{name}-{version}.crate"));
        let root = format!("{name}-{version}");
        let files = output(Command::new("tar").arg("-tzf").arg(&package))?;
        let manifest = format!("{root}/Cargo.toml");
        let manifest = output(Command::new("tar").arg("-xzOf").arg(&package).arg(&manifest))?;
        let missing = missing(&root, &files, &manifest);
        problems.extend(missing.into_iter().map(|what| format!("{name} lacks {what}")));
    }
    if problems.is_empty() {
        println!("xtask: {} packages are complete", names.len());
        return Ok(());
    }
    Err(Failure(problems.join("; ")))
}

/// Names of the crates that are published, which are those of their folders.
pub(crate) fn published() -> Result<Vec<String>, Failure> {
    let mut names = Vec::new();
    for entry in fs::read_dir(top().join("crates"))? {
        let folder: PathBuf = entry?.path();
        if folder.join("Cargo.toml").is_file() && !is_private(&folder)? {
            names.extend(folder.file_name().map(|name| name.to_string_lossy().into_owned()));
        }
    }
    names.sort();
    Ok(names)
}

fn is_private(folder: &Path) -> Result<bool, Failure> {
    let manifest = fs::read_to_string(folder.join("Cargo.toml"))?;
    Ok(manifest.lines().any(|line| line == "publish = false"))
}

/// What a package lacks, by the list of its files and by the manifest that cargo wrote into it.
fn missing(root: &str, files: &str, manifest: &str) -> Vec<String> {
    let has_file = |name: &str| files.lines().any(|file| file == format!("{root}/{name}"));
    let has_key = |key: &str| {
        let value = manifest.lines().find_map(|line| line.strip_prefix(&format!("{key} = ")));
        value.is_some_and(|value| !matches!(value, "\"\"" | "[]"))
    };
    let files = FILES.iter().filter(|name| !has_file(name)).map(|name| (*name).to_owned());
    let keys = KEYS.iter().filter(|key| !has_key(key)).map(|key| format!("the key '{key}'"));
    let mut missing: Vec<String> = files.chain(keys).collect();
    if !manifest.contains("[package.metadata.docs.rs]") {
        missing.push("the table [package.metadata.docs.rs]".to_owned());
    }
    missing
}

fn output(command: &mut Command) -> Result<String, Failure> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let why = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(Failure(format!("{}: {why}", line(command))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_package_lacks_is_named() {
        let manifest = "description = \"x\"\nlicense = \"MIT\"\nreadme = \"README.md\"\nkeywords = [\"x\"]\n\
                        categories = [\nrust-version = \"1.85\"\nedition = \"2024\"\n[package.metadata.docs.rs]\n";
        let files = "a-1/README.md\na-1/LICENSE-MIT\na-1/LICENSE-APACHE\n";
        assert_eq!(missing("a-1", files, manifest), [""; 0]);
        let manifest = manifest.replace("license = ", "licence = ").replace("[\"x\"]", "[]");
        let files = files.replace("README.md", "docs/README.md");
        let expected = ["README.md", "the key 'license'", "the key 'keywords'"];
        assert_eq!(missing("a-1", &files, &manifest), expected);
        let of_docs = missing("a-1", &files, "").pop();
        assert_eq!(of_docs.as_deref(), Some("the table [package.metadata.docs.rs]"));
    }

    #[test]
    fn only_the_libraries_and_the_program_are_published() {
        let names = published().unwrap();
        assert!(names.iter().all(|name| name.starts_with("barebus")), "{names:?}");
        assert!(names.contains(&"barebus-cli".to_owned()) && names.len() >= 11, "{names:?}");
    }
}
