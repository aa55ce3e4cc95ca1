//! `barebus generate`.

use std::fs;

use barebus_gen::rules;

use crate::common::Folder;
use crate::support::{bytes, run};

#[test]
fn expected_verdicts_are_those_of_validate() {
    let ran = run(&["generate", "--mixed", "--count", "300", "--seed", "5", "--tsv"], b"");
    assert_eq!((ran.code, &*ran.err), (0, ""));
    assert_eq!(ran.out.lines().count(), 300);
    let judged = run(&["validate", "--tsv", "-"], ran.out.as_bytes());
    assert_eq!(judged.code, 1);
    let columns = |table: &str| {
        let row = |row: &str| row.split('\t').take(3).map(String::from).collect::<Vec<_>>();
        table.lines().map(row).collect::<Vec<_>>()
    };
    assert_eq!(columns(&ran.out), columns(&judged.out));
    let valid = columns(&ran.out).into_iter().filter(|row| row[1] == "VALID").count();
    assert_eq!(valid, 150);
}

#[test]
fn each_rule_is_broken_in_turn() {
    let names = run(&["generate", "--list-rules"], b"").out;
    let names: Vec<_> = names.lines().collect();
    assert_eq!(names, rules().map(|rule| rule.name()).collect::<Vec<_>>());
    let small: Vec<_> = names.into_iter().filter(|name| *name != "ArrayTooLong").collect();
    let count = small.len().to_string();
    let ran = run(&["generate", "--broken", "-n", &count, "--tsv"], b"");
    let broken: Vec<_> = ran.out.lines().map(|row| row.split('\t').nth(1).unwrap()).collect();
    // `validate` says INCOMPLETE for the kind of that name.
    let expected: Vec<_> = small
        .into_iter()
        .map(|name| if name == "Incomplete" { "INCOMPLETE" } else { name })
        .collect();
    assert_eq!(broken, expected);
    let two = ["generate", "--rule", "BadMember", "--rule", "BadPath", "-n", "4", "--tsv"];
    let verdicts = run(&two, b"").out;
    let verdicts: Vec<_> = verdicts.lines().map(|row| row.split('\t').nth(1).unwrap()).collect();
    assert_eq!(verdicts, ["BadMember", "BadPath", "BadMember", "BadPath"]);
}

#[test]
fn all_forms_hold_the_same_messages() {
    let folder = Folder::new("generated");
    let options =
        ["generate", "--seed", "9", "-n", "20", "--signature", "a{sv}s", "--endian", "big"];
    let with = |option: &[&str]| bytes(&[&options[..], option].concat(), b"");
    let raw = with(&[]);
    let decoded = run(&["decode", "-"], &raw);
    assert_eq!((decoded.code, &*decoded.err, decoded.out.lines().count()), (0, "", 20));
    assert!(decoded.out.lines().all(|line| line.contains(r#""endian":"B""#)));
    for form in ["--hex", "--pcapng"] {
        assert_eq!(run(&["decode", "-"], &with(&[form])).out, decoded.out, "{form}");
    }
    let directory = folder.join("corpus");
    with(&["--directory", &directory]);
    let mut files: Vec<_> =
        fs::read_dir(&directory).unwrap().map(|it| it.unwrap().path()).collect();
    files.sort();
    assert_eq!(files.iter().map(|file| fs::read(file).unwrap()).collect::<Vec<_>>().concat(), raw);
    assert!(files.iter().all(|file| file.to_string_lossy().ends_with("-VALID")), "{files:?}");
    // One message again, by its number.
    let last = bytes(&[&options[..3], &["--first", "19"], &options[5..]].concat(), b"");
    assert!(raw.ends_with(&last) && !last.is_empty());
}

#[test]
fn a_shape_that_cannot_be_is_wrong_usage() {
    for (options, expected) in [
        (&["--signature", "a{vs}"][..], "cannot generate a body of the signature 'a{vs}': "),
        (&["--depth", "65"], "cannot generate a body that is nested 65 deep: "),
        (
            &["--rule", "BadBoolean", "--signature", "u"],
            "cannot break BadBoolean in such a message: ",
        ),
        (&["--rule", "SignatureTooLong"], "invalid value 'SignatureTooLong' for '--rule <RULE>': "),
    ] {
        let ran = run(&[&["generate", "--hex"], options].concat(), b"");
        assert_eq!((ran.code, &*ran.out), (2, ""));
        assert!(ran.err.contains(expected), "{}", ran.err);
    }
}
