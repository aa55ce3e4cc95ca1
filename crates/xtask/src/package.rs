//! What `cargo publish` would upload: packed, and checked for what a published crate needs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use toml::{Table, Value};

use crate::run::{Failure, cargo, run, top};

/// Keys that the manifest of a published crate has. crates.io and docs.rs show them.
const KEYS: [&str; 7] =
    ["description", "license", "readme", "keywords", "categories", "rust-version", "edition"];

/// Files that are the same in every package.
const LICENSES: [&str; 2] = ["LICENSE-MIT", "LICENSE-APACHE"];

/// crates.io refuses more keywords or categories, and longer keywords.
const MOST_WORDS: usize = 5;
const MOST_KEYWORD_LEN: usize = 20;

/// crates.io refuses a larger package.
const MOST_BYTES: u64 = 10 << 20;

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
    let unpacked = target.join("unpacked");
    if unpacked.exists() {
        fs::remove_dir_all(&unpacked)?;
    }
    fs::create_dir_all(&unpacked)?;
    let mut problems = Vec::new();
    for name in &names {
        let package = target.join(format!("package/{name}-{version}.crate"));
        run(Command::new("tar").arg("-xzf").arg(&package).arg("-C").arg(&unpacked))?;
        let mut found = problems_of(&unpacked.join(format!("{name}-{version}")), name)?;
        if fs::metadata(&package)?.len() > MOST_BYTES {
            found.push("is too large for crates.io".to_owned());
        }
        problems.extend(found.into_iter().map(|what| format!("{name} {what}")));
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

/// What is wrong with the package of `name` that was unpacked to `folder`.
fn problems_of(folder: &Path, name: &str) -> Result<Vec<String>, Failure> {
    let mut problems = Vec::new();
    for license in LICENSES {
        // They are links to the files of the workspace, which a copy of the tree can lose.
        match fs::read(folder.join(license)) {
            Ok(text) if text == fs::read(top().join(license))? => {}
            Ok(_) => problems.push(format!("has another {license} than the workspace")),
            Err(_) => problems.push(format!("lacks {license}")),
        }
    }
    match fs::read_to_string(folder.join("README.md")) {
        Ok(text) if text.starts_with(&format!("# {name}\n")) => problems.extend(links(&text)),
        Ok(_) => problems.push(format!("has a README.md that does not begin with '# {name}'")),
        Err(_) => problems.push("lacks README.md".to_owned()),
    }
    let manifest: Table = fs::read_to_string(folder.join("Cargo.toml"))?.parse()?;
    problems.extend(problems_of_manifest(&manifest));
    Ok(problems)
}

/// Links of a README.md that lead out of the package: nobody who reads it elsewhere can follow them.
fn links(readme: &str) -> Option<String> {
    let has_link = ["](..", "](/"].iter().any(|start| readme.contains(start));
    has_link.then(|| "has a README.md with links to files outside of it".to_owned())
}

/// What the manifest that cargo wrote into the package lacks, and what crates.io refuses.
fn problems_of_manifest(manifest: &Table) -> Vec<String> {
    let mut problems = Vec::new();
    let package = manifest.get("package").and_then(Value::as_table);
    let get = |key: &str| package.and_then(|package| package.get(key));
    let has = |key: &&str| match get(key) {
        Some(Value::String(text)) => !text.is_empty(),
        Some(Value::Array(words)) => !words.is_empty(),
        _ => false,
    };
    let missing = KEYS.iter().filter(|key| !has(key));
    problems.extend(missing.map(|key| format!("lacks the key '{key}'")));
    let words = |key| get(key).and_then(Value::as_array).into_iter().flatten();
    for key in ["keywords", "categories"] {
        if words(key).count() > MOST_WORDS {
            problems.push(format!("has more than {MOST_WORDS} {key}"));
        }
    }
    for keyword in words("keywords").filter_map(Value::as_str) {
        if !is_keyword(keyword) {
            problems.push(format!("has the keyword '{keyword}', which crates.io refuses"));
        }
    }
    let metadata = get("metadata").and_then(|metadata| metadata.get("docs"));
    if metadata.and_then(|docs| docs.get("rs")).is_none() {
        problems.push("lacks the table [package.metadata.docs.rs]".to_owned());
    }
    problems
}

/// Whether crates.io accepts it.
fn is_keyword(word: &str) -> bool {
    word.len() <= MOST_KEYWORD_LEN
        && word.starts_with(|it: char| it.is_ascii_alphanumeric())
        && word.chars().all(|it| it.is_ascii_alphanumeric() || "_-+".contains(it))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = "[package]\ndescription = \"x\"\nlicense = \"MIT\"\nreadme = \"README.md\"\nkeywords = [\"x\"]\n\
                            categories = [\"encoding\"]\nrust-version = \"1.85\"\nedition = \"2024\"\n[package.metadata.docs.rs]\n";

    fn of(manifest: &str) -> Vec<String> {
        problems_of_manifest(&manifest.parse().unwrap())
    }

    #[test]
    fn what_a_manifest_lacks_is_named() {
        assert_eq!(of(MANIFEST), [""; 0]);
        let manifest = MANIFEST.replace("license = ", "licence = ").replace("[\"x\"]", "[]");
        assert_eq!(of(&manifest), ["lacks the key 'license'", "lacks the key 'keywords'"]);
        let of_docs = of("").pop();
        assert_eq!(of_docs.as_deref(), Some("lacks the table [package.metadata.docs.rs]"));
    }

    #[test]
    fn keywords_that_crates_io_refuses_are_named() {
        let with = |words: &str| of(&MANIFEST.replace("[\"x\"]", words));
        assert_eq!(with(r#"["zero-copy", "no_std"]"#), [""; 0]);
        assert_eq!(with(r#"["a b"]"#), ["has the keyword 'a b', which crates.io refuses"]);
        assert_eq!(with(r#"["a", "b", "c", "d", "e", "f"]"#), ["has more than 5 keywords"]);
    }

    #[test]
    fn what_a_package_lacks_is_named() {
        let folder = std::env::temp_dir().join(format!("xtask-package-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("Cargo.toml"), MANIFEST).unwrap();
        fs::write(folder.join("README.md"), "# a\n[more](../docs/a.md)\n").unwrap();
        fs::write(folder.join("LICENSE-MIT"), "../../LICENSE-MIT").unwrap();
        let problems = problems_of(&folder, "a");
        fs::remove_dir_all(&folder).unwrap();
        let expected = [
            "has another LICENSE-MIT than the workspace",
            "lacks LICENSE-APACHE",
            "has a README.md with links to files outside of it",
        ];
        assert_eq!(problems.unwrap(), expected);
    }

    #[test]
    fn only_the_libraries_and_the_program_are_published() {
        let names = published().unwrap();
        assert!(names.iter().all(|name| name.starts_with("barebus")), "{names:?}");
        assert!(names.contains(&"barebus-cli".to_owned()) && names.len() >= 11, "{names:?}");
    }
}
