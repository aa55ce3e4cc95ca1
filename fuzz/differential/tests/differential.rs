//! Messages of `barebus-gen` and the seeds of the fuzz targets, judged by all parsers: they differ only as `cases.tsv` shows, and still so.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use barebus_differential::{
    CAUSES, Case, Comparison, Parser, cases, compare, file, message_of_body, message_of_fields,
};
use barebus_gen::{Generator, Shape, is_large, rule_named, rules};
use barebus_tests::golden;
use barebus_wire::Endian;

/// Valid messages; and of each broken rule a twentieth.
const COUNT: u64 = 20_000;

/// All messages that are compared.
fn messages(mut visit: impl FnMut(&str, &[u8])) {
    made().iter().for_each(|bytes| visit("made", bytes));
    for target in ["message", "parse", "header", "dynamic"] {
        for bytes in seeds(target) {
            visit(target, &bytes);
            (0..bytes.len().min(32))
                .for_each(|len| visit("the beginning of a seed", &bytes[..len]));
        }
    }
    let generator = Generator::new(1, Shape::default());
    for number in 0..COUNT {
        let bytes = generator.valid(number).unwrap().bytes;
        visit("valid", &bytes);
        visit("one byte is changed", &changed(bytes, number));
    }
    for rule in rules().filter(|rule| !is_large(*rule)) {
        for number in 0..COUNT / 20 {
            visit(rule.name(), &generator.broken(number, rule).unwrap().bytes);
        }
    }
}

/// The message with one other byte, anywhere.
fn changed(mut bytes: Vec<u8>, number: u64) -> Vec<u8> {
    let random = number
        .wrapping_mul(0x9e37_79b9_7f4a_7c15)
        .rotate_left(29)
        .wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let at = (random >> 8) as usize % bytes.len();
    bytes[at] ^= 1 << (random & 7);
    bytes
}

/// What neither the generator nor the seeds have.
fn made() -> Vec<Vec<u8>> {
    let signature = format!("{0}({0}y)", "a".repeat(20));
    let field_10 = b"\x0a\x01s\0\x01\0\0\0a\0\0\0\0\0\0\0\x01\x01o\0\x01\0\0\0/\0\0\0\0\0\0\0\x03\x01s\0\x01\0\0\0A\0\0\0\0\0\0\0";
    let mut made = vec![
        b"x".to_vec(),
        b"l\x01\0\x02".to_vec(),
        golden::call_of(Endian::Little, &signature, &[0; 8]),
        golden::call_of(
            Endian::Little,
            "g",
            &[&[signature.len() as u8], signature.as_bytes(), &[0]].concat(),
        ),
        golden::call_of(
            Endian::Little,
            "v",
            &[&[signature.len() as u8], signature.as_bytes(), &[0; 8]].concat(),
        ),
    ];
    made.extend(message_of_fields(field_10));
    // The NUL after the last text is not there.
    for (signature, body) in [("s", &[0; 4][..]), ("o", &[1, 0, 0, 0, b'/']), ("g", &[0])] {
        made.push(golden::call_of(Endian::Little, signature, body));
    }
    made
}

/// The messages of a fuzz target's seeds.
fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus").join(target);
    let entries =
        fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort_unstable();
    let files = paths.into_iter().map(|path| fs::read(path).unwrap());
    files
        .filter_map(|bytes| match target {
            "header" => message_of_fields(&bytes),
            "dynamic" => message_of_body(&bytes),
            _ => Some(bytes),
        })
        .collect()
}

#[test]
fn generated_messages_and_seeds_are_judged_alike_but_for_the_differences_that_are_known() {
    let mut known = BTreeMap::new();
    let mut unknown = Vec::new();
    let mut count = 0;
    messages(|of, bytes| {
        let comparison = compare(bytes);
        count += 1;
        for difference in Parser::ALL.into_iter().filter_map(|parser| comparison.difference(parser))
        {
            if difference.is_known() {
                let key = (difference.parser.name(), difference.kind.unwrap(), difference.theirs);
                *known.entry(key).or_insert(0_u64) += 1;
            } else if unknown.len() < 20 {
                unknown.push(format!("{of}: {difference:?} {}", Case::new("", &comparison)));
            }
        }
    });
    for ((parser, kind, theirs), times) in known {
        println!("{parser:8} {kind:44} {theirs:10} {times:6}");
    }
    println!("{count} messages");
    assert!(unknown.is_empty(), "{unknown:#?}");
}

#[test]
fn every_case_is_still_judged_as_it_is_written() {
    assert!(cases().len() > 40);
    for case in cases() {
        let now = Case::new(&case.kind, &compare(&case.bytes));
        assert_eq!(now.to_string(), case.to_string());
        let is_kind =
            |kind: &str| rule_named(kind).is_some() || CAUSES.iter().any(|it| it.kind == kind);
        assert!(is_kind(&case.kind), "{}", case.kind);
    }
}

#[test]
fn every_kind_is_told_of() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/fuzzing.md");
    let document = fs::read_to_string(path).unwrap();
    for case in cases() {
        assert!(document.contains(&format!("`{}`", case.kind)), "{}", case.kind);
    }
}

/// Writes `cases.tsv`: the smallest messages that show each kind for each parser.
#[test]
#[ignore = "writes a file"]
fn write_the_cases() {
    let mut found = BTreeMap::<_, (String, Comparison)>::new();
    messages(|_, bytes| {
        let comparison = compare(bytes);
        for parser in Parser::ALL {
            let Some(difference) = comparison.difference(parser) else { continue };
            let Some(kind) = difference.kind else {
                println!("no cause is known: {difference:?} {}", Case::new("", &comparison));
                continue;
            };
            let key = (kind.clone(), difference.theirs, parser);
            // Best is a message that shows the kind for many parsers, shows no other kind, and is short.
            let value = |it: &Comparison| {
                let all = || Parser::ALL.into_iter().filter_map(|parser| it.difference(parser));
                let others = all().filter(|it| it.kind.as_ref() != Some(&kind)).count();
                let same = all().filter(|it| it.theirs == difference.theirs).count();
                (std::cmp::Reverse(others), same, std::cmp::Reverse(it.frame().len()))
            };
            if found.get(&key).is_none_or(|(_, before)| value(before) < value(&comparison)) {
                found.insert(key, (kind.clone(), compare(bytes)));
            }
        }
    });
    let mut text = Case::header();
    let mut written = Vec::new();
    for (kind, comparison) in found.into_values() {
        let line = Case::new(&kind, &comparison).to_string();
        if !written.contains(&line) {
            writeln!(text, "{line}").unwrap();
            written.push(line);
        }
    }
    fs::write(file(), text).unwrap();
}
