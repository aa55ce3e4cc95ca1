//! Checks that `docs/spec-map.md` has all rules and names existing tests.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The text of a module: its file and those of the modules in it.
fn module_text(path: &Path) -> String {
    let own = fs::read_to_string(path.with_extension("rs")).unwrap_or_default();
    let inner = fs::read_dir(path).into_iter().flatten();
    inner.fold(own, |text, entry| text + &module_text(&entry.unwrap().path()))
}

/// Possible paths of `module`: in a crate, in its tests, or in a directory here.
fn places(place: &str, module: &str) -> Vec<PathBuf> {
    let the_crate = root().join("crates").join(place.replace('_', "-"));
    if !the_crate.is_dir() {
        return vec![root().join("tests").join(place).join(module)];
    }
    let tests = the_crate.join("tests");
    let mut places = vec![the_crate.join("src").join(module), tests.join(module)];
    let programs = fs::read_dir(tests).into_iter().flatten();
    places.extend(programs.map(|program| program.unwrap().path().join(module)));
    places
}

/// Whether `place::module::function` is a test.
fn is_test(name: &str) -> bool {
    let [place, module, function] = name.split("::").collect::<Vec<_>>()[..] else { return false };
    places(place, module).iter().any(|path| has_test(&module_text(path), function))
}

fn has_test(text: &str, function: &str) -> bool {
    // A program without a harness is one test.
    let head = format!("fn {function}(");
    if function == "main" {
        return text.contains(&head);
    }
    // Some tests are rows of a table: their name, and what they expect.
    if text.contains(&format!("    {function}: Kind::")) {
        return true;
    }
    let lines: Vec<_> = text.lines().map(str::trim_start).collect();
    let is_marked = |at: usize| {
        let attributes = lines[..at].iter().rev().take_while(|line| line.starts_with("#["));
        attributes.into_iter().any(|line| *line == "#[test]")
    };
    (0..lines.len()).any(|at| lines[at].starts_with(&head) && is_marked(at))
}

/// Whether `wire/field.rs` is a file of the crate.
fn is_file(name: &str) -> bool {
    let Some((place, path)) = name.split_once('/') else { return false };
    let the_crate = if place == "barebus" { place.to_owned() } else { format!("barebus-{place}") };
    root().join("crates").join(the_crate).join("src").join(path).is_file()
}

/// A row of a table: its number, the files and the tests that it names.
struct Row<'d> {
    number: u32,
    files: Vec<&'d str>,
    tests: Vec<&'d str>,
}

/// The rows of the tables in a part of the document.
fn rows(part: &str) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    for line in part.lines().filter_map(|line| line.strip_prefix("| ")) {
        let Ok(number) = line.split(' ').next().unwrap().parse() else { continue };
        let cell = line.split(" | ").nth(2).unwrap_or_default();
        let files = cell.split('`').skip(1).step_by(2).collect();
        let names = line.split('`').skip(1).step_by(2).filter(|name| name.contains("::"));
        rows.push(Row { number, files, tests: names.collect() });
    }
    rows
}

#[test]
fn every_rule_and_every_failure_has_tests_and_they_exist() {
    let document = fs::read_to_string(root().join("docs/spec-map.md")).unwrap();
    let (rules, rest) = document.split_once("## Differences to other implementations").unwrap();
    let (_, rest) = rest.split_once("## Failures of other implementations").unwrap();
    let (failures, _) = rest.split_once("## A hostile server").unwrap();
    for (part, last) in [(rules, 193), (failures, 117)] {
        let rows = rows(part);
        assert_eq!(
            rows.iter().map(|row| row.number).collect::<Vec<_>>(),
            (1..=last).collect::<Vec<_>>()
        );
        for Row { number, files, tests } in rows {
            assert!(!files.is_empty(), "{number} has no file");
            for file in files {
                assert!(is_file(file), "{number}: {file} is no file");
            }
            assert!(!tests.is_empty(), "{number} has no test");
            for name in tests {
                assert!(is_test(name), "{number}: {name} is no test");
            }
        }
    }
    // All other names, except this file and whole modules.
    for name in document.split('`').skip(1).step_by(2).filter(|name| name.contains("::")) {
        let is_whole = name.ends_with('…') || name == "wire::spec_map";
        assert!(is_whole || is_test(name), "{name} is no test");
    }
}

#[test]
fn what_is_no_test_is_not_taken_for_one() {
    for name in [
        "wire::spec_map::root",
        "wire::spec_map::nothing",
        "wire::nothing::every_rule_and_every_failure_has_tests_and_they_exist",
        "nothing::spec_map::every_rule_and_every_failure_has_tests_and_they_exist",
        "barebus_wire::utf8::check",
        "wire::spec_map",
    ] {
        assert!(!is_test(name), "{name}");
    }
    assert!(is_test("wire::spec_map::what_is_no_test_is_not_taken_for_one"));
    assert!(is_test("barebus::fork::main"));
}
