//! Checks that `docs/architecture.md` names the files that there are.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::run::top;

/// The names in the first column of each table in a part of the page.
fn named(part: &str) -> BTreeSet<String> {
    let page = fs::read_to_string(top().join("docs/architecture.md")).unwrap();
    let part = page.split_once(part).expect(part).1;
    let part = part.split("\n## ").next().unwrap_or_default();
    let cells = part.lines().filter_map(|line| line.strip_prefix("| `")?.split(" |").next());
    cells
        .flat_map(|cell| cell.split('`'))
        .filter(|name| name.ends_with(".rs"))
        .map(String::from)
        .collect()
}

/// The Rust files below `folder` that are not tests, without the folder's own name.
fn files(folder: &Path, before: &str, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{before}{}", path.file_name().unwrap().to_str().unwrap());
        match path.is_dir() {
            true if name.ends_with("tests") => {}
            true => files(&path, &format!("{name}/"), found),
            false if name.ends_with(".rs") && !name.ends_with("tests.rs") => {
                found.insert(name);
            }
            false => {}
        }
    }
}

#[test]
fn the_architecture_names_each_file_of_the_session() {
    let mut found = BTreeSet::new();
    files(&top().join("crates/barebus-session/src"), "", &mut found);
    found.remove("lib.rs");
    assert_eq!(named("One file for each responsibility:"), found);
}

#[test]
fn the_architecture_names_each_file_with_unsafe_code() {
    let mut found = BTreeSet::new();
    for name in ["barebus", "barebus-box", "barebus-cli"] {
        files(&top().join("crates").join(name).join("src/sys"), "", &mut found);
    }
    found.remove("mod.rs");
    assert_eq!(named("\n## Unsafe code"), found);
}

#[test]
fn the_architecture_names_each_file_beside_the_folders_of_the_program() {
    let mut found = BTreeSet::new();
    files(&top().join("crates/barebus-cli/src"), "", &mut found);
    found.retain(|name| !name.contains('/') && name != "main.rs");
    assert_eq!(named("\n## Inside the program"), found);
}
