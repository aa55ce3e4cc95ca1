//! Names of units: as systemd's own tools escape them, and as systemd itself finds them.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::process::Command;

use barebus::{OwnedObjectPath, definition::Object};
use barebus_systemd::UnitName;
use barebus_systemd::interface::{manager, unit};
use barebus_systemd::name::{
    UnitKind, escape, escape_bytes, escape_label, escape_path, mangle, unescape, unescape_bytes,
    unescape_label, unescape_path,
};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::boxes::{both, connect};

/// Number of random texts for each comparison.
const COUNT: usize = 10_000;
/// Number of texts per process.
const BATCH: usize = 500;

/// What `systemd-escape` prints for the texts, without the newline at the end.
fn escaped_by_systemd(options: &[&str], texts: &[impl AsRef<OsStr>]) -> Vec<u8> {
    let mut command = Command::new("systemd-escape");
    let output = command.args(options).arg("--").args(texts).output();
    let output = output
        .unwrap_or_else(|error| panic!("the tests of names cannot run: systemd-escape: {error}"));
    assert!(output.status.success(), "{options:?}: {}", String::from_utf8_lossy(&output.stderr));
    let mut printed = output.stdout;
    assert_eq!(printed.pop(), Some(b'\n'));
    printed
}

/// Compares what was escaped, which has no spaces, text by text.
fn assert_same(texts: &[String], ours: &[String], theirs: &[u8]) {
    let theirs = String::from_utf8(theirs.to_vec()).unwrap();
    let theirs: Vec<&str> = theirs.split(' ').collect();
    assert_eq!(ours.len(), theirs.len());
    for (text, (ours, theirs)) in texts.iter().zip(ours.iter().zip(theirs)) {
        assert_eq!(ours, theirs, "{text:?}");
    }
}

/// Which of the texts `systemd-escape` accepts, one process per text.
fn accepted_by_systemd(options: &str, texts: &[String]) -> Vec<bool> {
    let script = format!(
        "for text; do if systemd-escape {options} -- \"$text\" >/dev/null 2>&1; then echo 1; else echo 0; fi; done"
    );
    let output = Command::new("sh").args(["-c", &*script, "sh"]).args(texts).output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    let accepted: Vec<bool> = printed.lines().map(|line| line == "1").collect();
    assert_eq!(accepted.len(), texts.len());
    accepted
}

/// Random texts without NUL; half of them of the characters that escaping treats differently.
fn texts(count: usize, special: &str) -> Vec<String> {
    let any = proptest::collection::vec(proptest::char::range('\u{1}', '\u{2fff}'), 0..12);
    let special: Vec<char> = special.chars().collect();
    let special = proptest::collection::vec(proptest::sample::select(special), 0..12);
    let text = prop_oneof![any, special].prop_map(|text| text.into_iter().collect::<String>());
    let mut runner = TestRunner::deterministic();
    (0..count).map(|_| text.new_tree(&mut runner).unwrap().current()).collect()
}

const SPECIAL: &str = "a1Z.-_:/\\@ x2d\u{fc}\u{20ac}~%+\n\"'";

#[test]
fn texts_are_escaped_and_unescaped_as_systemd_escape_does() {
    for batch in texts(COUNT, SPECIAL).chunks(BATCH) {
        let ours: Vec<String> = batch.iter().map(|text| escape(text)).collect();
        assert_same(batch, &ours, &escaped_by_systemd(&[], batch));
        let theirs = escaped_by_systemd(&["--unescape"], &ours);
        assert!(theirs == batch.join(" ").into_bytes(), "{batch:?}");
        for (text, escaped) in batch.iter().zip(&ours) {
            assert_eq!(unescape(escaped).unwrap(), *text);
        }
    }
}

#[test]
fn bytes_that_are_not_utf8_are_escaped_as_systemd_escape_does() {
    let every: Vec<u8> = (1..=u8::MAX).collect();
    let ours = escape_bytes(&every);
    assert_eq!(escaped_by_systemd(&[], &[OsStr::from_bytes(&every)]), ours.as_bytes());
    assert_eq!(escaped_by_systemd(&["--unescape"], &[&ours]), every);
    assert_eq!(unescape_bytes(&ours).unwrap(), every);
}

#[test]
fn paths_are_escaped_and_unescaped_as_systemd_escape_does() {
    let paths = texts(COUNT, "ab./-_\\\u{fc} ");
    let (good, bad): (Vec<String>, Vec<String>) =
        paths.into_iter().partition(|path| escape_path(path).is_ok());
    assert!(good.len() > COUNT / 2 && bad.len() > 50, "{} {}", good.len(), bad.len());
    for batch in good.chunks(BATCH) {
        let ours: Vec<String> = batch.iter().map(|path| escape_path(path).unwrap()).collect();
        assert_same(batch, &ours, &escaped_by_systemd(&["--path"], batch));
        let back: Vec<String> = ours
            .iter()
            .map(|path| unescape_path(path).unwrap().into_os_string().into_string().unwrap())
            .collect();
        assert_eq!(
            escaped_by_systemd(&["--path", "--unescape"], &ours),
            back.join(" ").into_bytes()
        );
    }
    let refused = accepted_by_systemd("--path", &bad[..bad.len().min(100)]);
    assert!(!refused.contains(&true));
}

#[test]
fn what_cannot_be_unescaped_is_refused_as_systemd_escape_does() {
    // Without x00: a NUL ends the text for systemd.
    let mut texts = texts(200, "a.-\\x245f\u{fc}");
    texts.retain(|text| !text.contains("\\x00"));
    let ours: Vec<bool> = texts.iter().map(|text| unescape_bytes(text).is_ok()).collect();
    assert!(ours.contains(&false) && ours.contains(&true));
    assert_eq!(ours, accepted_by_systemd("--unescape", &texts));
    let ours: Vec<bool> = texts.iter().map(|text| unescape_path(text).is_ok()).collect();
    assert_eq!(ours, accepted_by_systemd("--unescape --path", &texts));
}

#[test]
fn instances_are_made_as_systemd_escape_does() {
    let template = UnitName::parse("some.thing@.service").unwrap();
    let mut texts = texts(COUNT, SPECIAL);
    texts.retain(|text| !text.is_empty());
    for batch in texts.chunks(BATCH) {
        let name = |text: &String| template.with_instance(&escape(text)).unwrap();
        let ours: Vec<String> = batch.iter().map(|text| name(text).into()).collect();
        let theirs = escaped_by_systemd(&["--template=some.thing@.service"], batch);
        assert_same(batch, &ours, &theirs);
        for (name, text) in ours.iter().zip(batch) {
            let name = UnitName::parse(name).unwrap();
            assert_eq!(unescape(name.instance().unwrap()).unwrap(), *text);
            assert_eq!(name.template().unwrap(), template);
        }
    }
}

#[test]
fn words_are_completed_as_systemd_escape_does() {
    let mut words = texts(COUNT, "ab./-_\\@\u{fc} *[]");
    for (start, end) in
        [("/dev/", ""), ("/", ".mount"), ("a", ".service"), ("", ".timer"), ("/sys", "")]
    {
        words.extend(texts(200, "ab./-@").into_iter().map(|word| [start, &word, end].concat()));
    }
    // Names of paths that are too long, which end in a hash.
    words.extend((230..260).map(|len| format!("/{}", "a/".repeat(len / 2))));
    words.extend(["/dev", "/sys", "/", "//dev//x", "dev", "foo@", "a@b@c.d"].map(String::from));
    let (good, bad): (Vec<String>, Vec<String>) =
        words.into_iter().partition(|word| mangle(word, UnitKind::Service).is_ok());
    assert!(good.len() > COUNT / 2);
    for batch in good.chunks(BATCH) {
        let ours: Vec<String> =
            batch.iter().map(|word| mangle(word, UnitKind::Service).unwrap().into()).collect();
        assert_same(batch, &ours, &escaped_by_systemd(&["--mangle"], batch));
    }
    let refused = accepted_by_systemd("--mangle", &bad[..bad.len().min(100)]);
    assert!(!refused.contains(&true));
}

/// Random valid names of units.
fn name() -> impl Strategy<Value = String> {
    let kind = proptest::sample::select(UnitKind::ALL);
    ("[a-zA-Z0-9:_.\\\\-]{1,20}", "(@[a-zA-Z0-9:_.\\\\@-]{0,20})?", kind)
        .prop_map(|(prefix, instance, kind)| format!("{prefix}{instance}.{kind}"))
}

proptest! {
    #[test]
    fn object_paths_and_names_are_bijective(text in name()) {
        let name = UnitName::parse(&text).unwrap();
        let path = name.object_path();
        prop_assert_eq!(UnitName::from_object_path(path.borrow()).unwrap(), name);
    }

    #[test]
    fn a_label_that_is_read_is_the_one_that_is_written(label in "[a-f0-9_]{0,8}") {
        if let Ok(text) = unescape_label(&label) {
            prop_assert_eq!(escape_label(&text), label);
        }
    }

    #[test]
    fn any_text_is_escaped_and_comes_back(text in ".*") {
        prop_assert_eq!(unescape(&escape(&text)).unwrap(), &*text);
        prop_assert_eq!(unescape_label(&escape_label(&text)).unwrap(), text);
    }

    #[test]
    fn a_name_is_the_sum_of_its_parts(text in name()) {
        let name = UnitName::parse(&text).unwrap();
        let instance = name.instance().map(|instance| format!("@{instance}")).unwrap_or_default();
        prop_assert_eq!(format!("{}{instance}.{}", name.prefix(), name.kind()), text);
        if let Some(template) = name.template() {
            prop_assert!(template.is_template());
            if !name.is_template() {
                prop_assert_eq!(template.with_instance(name.instance().unwrap()).unwrap(), name);
            }
        }
    }
}

#[test]
fn every_unit_of_the_box_has_the_object_path_of_its_name() {
    use manager::method::{GET_UNIT, LIST_UNITS};

    for the_box in both() {
        let mut bus = connect(the_box);
        let reply = bus.request(LIST_UNITS.call(manager::OBJECT, ())).unwrap();
        let (units,) = LIST_UNITS.answer(&reply).unwrap();
        let units: Vec<(String, OwnedObjectPath)> = units
            .map(|unit| unit.unwrap())
            .map(|unit| (unit.0.to_owned(), unit.6.to_owned()))
            .collect();
        assert!(units.len() > 50, "{}", units.len());
        // The bus allows 128 outstanding calls per connection.
        for units in units.chunks(100) {
            let ask = |(name, _): &(String, _)| GET_UNIT.call(manager::OBJECT, (name.clone(),));
            let calls: Vec<_> =
                units.iter().map(|unit| bus.start_request(ask(unit)).unwrap()).collect();
            for ((text, listed), call) in units.iter().zip(calls) {
                let name = UnitName::parse(text).unwrap_or_else(|error| panic!("{error}"));
                let path = name.object_path();
                assert_eq!(path, *listed);
                assert_eq!(UnitName::from_object_path(listed.borrow()).unwrap(), name);
                // Units of other tests may be gone.
                if let Ok(reply) = bus.wait(call) {
                    assert_eq!(GET_UNIT.answer(&reply).unwrap().0, path.borrow(), "{text}");
                }
            }
        }
        // systemd loads a unit by the path that we make of an unusual name, and calls it by that name.
        for text in ["1.service", "_.service", r".a\x2fb@c:d@e.f.service", "-.timer"] {
            let path = UnitName::parse(text).unwrap().object_path();
            let object = Object { path: path.borrow(), ..manager::OBJECT };
            let reply = bus.request(unit::property::ID.get(object)).unwrap();
            assert_eq!(unit::property::ID.value(&reply).unwrap(), text);
        }
    }
}
