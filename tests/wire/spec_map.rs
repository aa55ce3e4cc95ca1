//! `docs/spec-map.md` names tests that exist, and leaves no rule out.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The text of a module's file, or of all files of the folder that it is.
fn module_text(path: &Path) -> String {
    if let Ok(text) = fs::read_to_string(path.with_extension("rs")) {
        return text;
    }
    let entries = fs::read_dir(path).expect("a module, as a file or as a folder");
    entries.map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap()).collect()
}

/// Whether `place::module::function` is a test.
fn is_test(name: &str) -> bool {
    let [place, module, function] = name.split("::").collect::<Vec<_>>()[..] else { return false };
    let folder = match place.starts_with("barebus_") {
        true => root().join("crates").join(place.replace('_', "-")).join("src"),
        false => root().join("tests").join(place),
    };
    let text = module_text(&folder.join(module));
    // Some tests are rows of a table: their name, and what they expect.
    text.contains(&format!("fn {function}(")) || text.contains(&format!("    {function}: Kind::"))
}

/// The rows of the tables in a part of the document: numbers, and names of tests.
fn rows(part: &str) -> Vec<(u32, Vec<&str>)> {
    let mut rows = Vec::new();
    for line in part.lines().filter_map(|line| line.strip_prefix("| ")) {
        let Ok(number) = line.split(' ').next().unwrap().parse() else { continue };
        let names = line.split('`').skip(1).step_by(2).filter(|name| name.contains("::"));
        rows.push((number, names.collect()));
    }
    rows
}

#[test]
fn every_rule_and_every_failure_has_tests_and_they_exist() {
    let document = fs::read_to_string(root().join("docs/spec-map.md")).unwrap();
    let (rules, rest) = document.split_once("## Where the others differ").unwrap();
    let (_, failures) = rest.split_once("## Failures of others").unwrap();
    let rule_numbers: Vec<u32> = (1..=101).chain(153..=165).collect();
    let failure_numbers: Vec<u32> = (1..=58).collect();
    for (part, numbers) in [(rules, rule_numbers), (failures, failure_numbers)] {
        let rows = rows(part);
        assert_eq!(rows.iter().map(|row| row.0).collect::<Vec<_>>(), numbers);
        for (number, names) in rows {
            assert!(!names.is_empty(), "{number} has no test");
            for name in names {
                assert!(is_test(name), "{number}: {name} is no test");
            }
        }
    }
    for name in document.split('`').skip(1).step_by(2).filter(|name| name.starts_with("wire::")) {
        assert!(name == "wire::spec_map" || is_test(name), "{name} is no test");
    }
}
