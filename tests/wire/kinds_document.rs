//! `docs/kinds.md` lists all kinds of invalid messages with libdbus's names.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use barebus_tests::verdict::RULES;
use barebus_wire::{DecodeErrorKind as Kind, SignatureErrorKind as Sig};

/// The document, and the rows of its three tables.
fn document() -> (String, [Vec<Vec<String>>; 3]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/kinds.md");
    let text = fs::read_to_string(path).unwrap();
    let table = |head: &str| {
        let part = text.split("\n## ").find(|part| part.starts_with(head)).expect(head);
        let rows = part.lines().filter_map(|line| line.strip_prefix("| `"));
        let cells = |row: &str| {
            let row = row.strip_suffix(" |").expect("a row");
            row.split(" | ").map(|cell| cell.trim_matches('`').to_owned()).collect()
        };
        rows.map(cells).collect()
    };
    let tables = ["Messages\n", "Signatures\n", "What `validate` never says\n"].map(table);
    (text, tables)
}

/// libdbus's names for a kind, as in the document.
fn names(kind: Kind) -> String {
    let all = RULES.iter().filter(|(_, kinds)| kinds.contains(&kind));
    let all: Vec<_> = all.map(|(name, _)| format!("INVALID_{name}")).collect();
    match kind {
        Kind::Incomplete => "VALID_BUT_INCOMPLETE".to_owned(),
        _ if all.is_empty() => "–".to_owned(),
        _ => all.join("`, `"),
    }
}

#[test]
fn every_kind_is_there_with_its_sentence_and_libdbuss_names() {
    const NEVER: [Kind; 6] = [
        Kind::BadBusName,
        Kind::ElementCount,
        Kind::UnknownValue,
        Kind::MissingEntry,
        Kind::EntryType,
        Kind::VariantType,
    ];
    let (_, [messages, signatures, never]) = document();
    let said = Kind::ALL.iter().copied().filter(|kind| !NEVER.contains(kind)).collect::<Vec<_>>();
    let of_signatures = Sig::ALL.iter().copied().map(Kind::Signature).collect();
    for (rows, kinds) in [(messages, said), (signatures, of_signatures)] {
        assert_eq!(rows.len(), kinds.len());
        for (row, kind) in rows.iter().zip(kinds) {
            assert_eq!(row[..3], [kind.name().to_owned(), kind.to_string(), names(kind)]);
            assert!(row.len() == 4 && !row[3].is_empty(), "{row:?}");
        }
    }
    let expected = NEVER.map(|kind| vec![kind.name().to_owned(), kind.to_string()]);
    assert_eq!(never, expected);
}

#[test]
fn each_of_libdbuss_57_names_has_one_kind_or_it_is_said_which_it_has() {
    assert_eq!(RULES.len(), 57);
    assert_eq!(RULES.iter().map(|(name, _)| name).collect::<BTreeSet<_>>().len(), 57);
    let (text, _) = document();
    let told: BTreeSet<_> =
        text.lines().filter_map(|line| line.strip_prefix("| `INVALID_")).collect();
    let told: BTreeSet<_> = told.iter().filter_map(|line| line.split('`').next()).collect();
    let others = RULES.iter().filter(|(_, kinds)| kinds.len() != 1).map(|(name, _)| *name);
    assert_eq!(told, others.collect());
}
