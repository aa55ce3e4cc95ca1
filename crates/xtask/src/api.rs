//! `cargo xtask api`: the public items of each published library, in `docs/api`, so that a review sees when they change.

use std::fs;
use std::path::PathBuf;

use crate::package;
use crate::run::{self, Failure, cargo, top};

/// The version of rustdoc's JSON that the crate public-api reads. Each of its releases reads one: 0.52.1 that of Rust 1.95, which is
/// why `Cargo.toml` pins it.
const FORMAT: &str = "57";

/// Writes the files, or with `check` compares them with the tree.
///
/// # Errors
/// With `check`: the files differ. Otherwise: rustdoc writes another format than public-api reads.
pub(crate) fn run(check: bool) -> Result<(), Failure> {
    let folder = top().join("docs/api");
    let mut different = Vec::new();
    let libraries = libraries()?;
    for name in &libraries {
        let json = document(name)?;
        match format(&fs::read_to_string(&json)?) {
            Some(FORMAT) => {}
            other => return of_another_rustdoc(other.unwrap_or("unknown"), check),
        }
        let text = public_items(&json)?;
        let path = folder.join(name).with_extension("txt");
        if check {
            // A file that is not there differs, too.
            if fs::read_to_string(&path).ok().as_deref() != Some(&*text) {
                different.push(name.as_str());
            }
        } else {
            fs::create_dir_all(&folder)?;
            fs::write(&path, text)?;
        }
    }
    different.extend(match check {
        true => without_a_library(&folder, &libraries)?,
        false => None,
    });
    if different.is_empty() {
        println!("xtask: docs/api has the public items of {} libraries", libraries.len());
        return Ok(());
    }
    Err(Failure(format!(
        "the public items of {} differ from docs/api: write them with `cargo xtask api`, and look at the difference",
        different.join(", ")
    )))
}

/// A file that belongs to no library any more.
fn without_a_library(
    folder: &PathBuf,
    libraries: &[String],
) -> Result<Option<&'static str>, Failure> {
    let count = fs::read_dir(folder)?.count();
    Ok((count != libraries.len()).then_some("a library that is not there"))
}

/// Published crates that are libraries.
fn libraries() -> Result<Vec<String>, Failure> {
    let mut names = package::published()?;
    names.retain(|name| top().join("crates").join(name).join("src/lib.rs").is_file());
    Ok(names)
}

/// Lets rustdoc write the JSON of `name` with all features.
fn document(name: &str) -> Result<PathBuf, Failure> {
    // A target directory of its own: some crates are compiled in another way when RUSTC_BOOTSTRAP is set.
    let target = top().join("target/api");
    let mut document = cargo();
    document.args(["rustdoc", "--quiet", "-p", name, "--lib", "--all-features", "--target-dir"]);
    document.arg(&target).args(["--", "-Zunstable-options", "--output-format=json"]);
    // rustdoc's JSON is not stable.
    document.env("RUSTC_BOOTSTRAP", "1").env_remove("RUSTDOCFLAGS");
    run::run(&mut document)?;
    Ok(target.join("doc").join(name.replace('-', "_")).with_extension("json"))
}

/// One item a line, sorted. Implementations that the compiler adds for every type are left out.
fn public_items(json: &PathBuf) -> Result<String, Failure> {
    let mut builder = public_api::Builder::from_rustdoc_json(json);
    builder = builder.omit_blanket_impls(true).omit_auto_trait_impls(true);
    Ok(builder.build()?.to_string())
}

/// The version in rustdoc's JSON.
fn format(json: &str) -> Option<&str> {
    let (_, rest) = json.rsplit_once("\"format_version\":")?;
    rest.split(|it: char| !it.is_ascii_digit()).next()
}

/// The items cannot be read. That is no fault of the tree, so a check only says it.
fn of_another_rustdoc(format: &str, check: bool) -> Result<(), Failure> {
    let why = format!(
        "rustdoc writes version {format} of its JSON, and crates/xtask/Cargo.toml has the public-api that reads {FORMAT} (Rust 1.95)"
    );
    if !check {
        return Err(Failure(why));
    }
    println!("xtask: {why}: whether docs/api has the public items is not checked");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_of_rustdocs_json_is_that_at_its_end() {
        let json = r#"{"root":1,"docs":"the \"format_version\":3","paths":{},"format_version":57}"#;
        assert_eq!(format(json), Some("57"));
        assert_eq!(format("{}"), None);
    }

    #[test]
    fn only_libraries_have_public_items() {
        let libraries = libraries().unwrap();
        assert!(libraries.contains(&"barebus-wire".to_owned()), "{libraries:?}");
        assert!(!libraries.contains(&"barebus-cli".to_owned()), "{libraries:?}");
    }
}
