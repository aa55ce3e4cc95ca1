//! Messages of other projects with their verdicts.

use std::collections::BTreeMap;

use barebus_tests::corpus::Corpus;
use barebus_tests::verdict::{Verdict, judge, kinds_of};
use barebus_wire::DecodeErrorKind as Kind;

/// Refused messages for which we name another rule than libdbus: its rule, ours, and the reason.
const NAMED_OTHERWISE: &[(&str, Kind, &str)] = &[
    ("INVALID_UNKNOWN_TYPECODE", Kind::ArrayLengthIncorrect, PAST_THE_ARRAY),
    ("INVALID_VARIANT_SIGNATURE_BAD", Kind::ArrayLengthIncorrect, PAST_THE_ARRAY),
    ("INVALID_VARIANT_SIGNATURE_EMPTY", Kind::ArrayLengthIncorrect, PAST_THE_ARRAY),
    ("INVALID_VARIANT_SIGNATURE_LENGTH_OUT_OF_BOUNDS", Kind::ArrayLengthIncorrect, PAST_THE_ARRAY),
    ("INVALID_NOT_ENOUGH_DATA", Kind::PaddingNotZero, NEARER_FAULT),
];

const PAST_THE_ARRAY: &str = "libdbus reads an element on past the end of its array and judges the bytes that it finds there; \
     we stop where the array ends, which is the rule that is broken first";

const NEARER_FAULT: &str =
    "the padding is not zero and the body ends after it: we name the fault that stands first";

/// Rows with whose verdict we disagree, and why.
const NOT_FOLLOWED: &[(u32, &str)] = &[(6964, FIELD_10), (11877, FIELD_10)];

const FIELD_10: &str = "the SIGNATURE field's code was turned into 10, which the specification does not know: the message has a \
     body of 5 or 12 bytes then, and no signature; without one the body must be empty. libdbus 1.14.10 refuses them too";

#[test]
fn judges_every_message_as_libdbus_does() {
    let Some(corpus) = Corpus::find() else { return };
    let mut wrong = BTreeMap::<String, Vec<u32>>::new();
    let mut refused = 0;
    let mut named_otherwise = 0;
    for row in corpus.judged() {
        let ours = judge(&row.bytes);
        let agrees = match (row.verdict.as_str(), ours) {
            ("VALID", Verdict::Valid) | ("INCOMPLETE", Verdict::Incomplete) => true,
            ("VALID", Verdict::Invalid(Kind::TooMuchData)) => {
                NOT_FOLLOWED.iter().any(|(seq, _)| *seq == row.seq)
            }
            (rule, Verdict::Invalid(kind)) if !kinds_of(rule).contains(&kind) => {
                refused += 1;
                named_otherwise += 1;
                NAMED_OTHERWISE.iter().any(|known| (known.0, known.1) == (rule, kind))
            }
            (rule, Verdict::Invalid(_)) => {
                refused += 1;
                rule != "VALID" && rule != "INCOMPLETE"
            }
            _ => false,
        };
        if !agrees {
            wrong.entry(format!("{} is {ours:?}", row.verdict)).or_default().push(row.seq);
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(refused > 1900, "the corpus is not whole: {refused} messages refused");
    println!("{named_otherwise} of {refused} named otherwise");
    assert!(named_otherwise * 20 <= refused, "{named_otherwise} of {refused} named otherwise");
}

#[test]
fn accepts_the_valid_messages_of_libdbus_bluez_and_gvfs() {
    let Some(corpus) = Corpus::find() else { return };
    for folder in ["messages/libdbus-valid", "messages/bluez", "messages/gvfs"] {
        let files = corpus.files(folder);
        assert!(!files.is_empty());
        for (name, bytes) in files {
            assert_eq!(judge(&bytes), Verdict::Valid, "{folder}/{name}");
        }
    }
}

#[test]
fn refuses_the_invalid_messages_of_libdbus_and_glib() {
    let Some(corpus) = Corpus::find() else { return };
    for (name, bytes) in corpus.files("messages/libdbus-invalid") {
        assert!(matches!(judge(&bytes), Verdict::Invalid(_)), "{name}: {:?}", judge(&bytes));
    }
    for row in corpus.rows("vectors/glib-invalid-messages.tsv") {
        let bytes = hex::decode(&row[3]).unwrap();
        assert_ne!(judge(&bytes), Verdict::Valid, "{}", row[0]);
    }
}

#[test]
fn survives_what_crashed_sd_bus() {
    let Some(corpus) = Corpus::find() else { return };
    let files = corpus.files("messages/systemd-fuzz");
    assert_eq!(files.len(), 20);
    for (name, bytes) in files {
        // Each is refused or truncated: none of them is a complete message of protocol version 1.
        assert_ne!(judge(&bytes), Verdict::Valid, "{name}");
    }
}
