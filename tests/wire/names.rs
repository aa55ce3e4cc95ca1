//! Names, object paths and text from tests of other projects.

use std::collections::BTreeMap;

use barebus_tests::corpus::Corpus;
use barebus_wire::{BusName, ErrorName, InterfaceName, MemberName, ObjectPath, Signature, utf8};

/// Texts that the corpus calls valid, but the specification does not, and why.
const NOT_FOLLOWED: &[(&str, &str, &str)] = &[
    ("bus-name", ":", TWO_ELEMENTS),
    ("bus-name", ":a", TWO_ELEMENTS),
    ("bus-name", ":.1", EMPTY_ELEMENT),
    ("bus-name", ":.blah", EMPTY_ELEMENT),
    ("member", "foo-bar", "a member name has no hyphen; libdbus refuses it too"),
];

const TWO_ELEMENTS: &str = "bus names have two elements or more, unique ones too: the corpus itself calls ':1' invalid, and \
     only libdbus differs";

const EMPTY_ELEMENT: &str = "every element has a character or more: only libdbus lets the first one of a unique name be empty";

#[test]
fn judges_every_name_as_the_corpus_does() {
    let Some(corpus) = Corpus::find() else { return };
    let mut seen = BTreeMap::<String, usize>::new();
    for row in corpus.rows("vectors/names.tsv") {
        let bytes = hex::decode(&row[2]).unwrap();
        let is_valid = match row[0].as_str() {
            "bus-name" => BusName::from_bytes(&bytes).is_ok(),
            "interface" => InterfaceName::from_bytes(&bytes).is_ok(),
            "error-name" => ErrorName::from_bytes(&bytes).is_ok(),
            "member" => MemberName::from_bytes(&bytes).is_ok(),
            "object-path" => ObjectPath::from_bytes(&bytes).is_ok(),
            "signature" => Signature::from_bytes(&bytes).is_ok(),
            "single-signature" => Signature::from_bytes(&bytes).is_ok_and(Signature::is_single),
            "utf8" => utf8::check_str(&bytes).is_ok(),
            other => panic!("a kind of name that no test knows: {other}"),
        };
        let not_followed =
            NOT_FOLLOWED.iter().any(|known| known.0 == row[0] && known.1.as_bytes() == bytes);
        let expected = row[1] == "valid" && !not_followed;
        assert_eq!(is_valid, expected, "{} {:?} ({})", row[0], bytes.escape_ascii(), row[4]);
        *seen.entry(row[0].clone()).or_default() += 1;
    }
    assert_eq!(seen.len(), 8, "{seen:?}");
    assert!(seen.values().sum::<usize>() > 150, "{seen:?}");
}
