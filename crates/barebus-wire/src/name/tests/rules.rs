//! The rules of all kinds of names, against a naive rendering of each.

use super::*;

type Verdict = Result<(), NameError>;

/// The types, each with its name, its parser of bytes, and a naive rendering of the specification's rules.
struct Kind {
    parse: fn(&[u8]) -> Verdict,
    /// What constants are checked with.
    walk: fn(&[u8]) -> Verdict,
    oracle: fn(&[u8]) -> bool,
    /// Valid, and rich in what the rules speak of.
    seeds: &'static [&'static str],
}

const KINDS: [Kind; 6] = [
    Kind {
        parse: |bytes| ObjectPath::from_bytes(bytes).map(drop),
        walk: path::check,
        oracle: |bytes| {
            bytes == b"/"
                || bytes.strip_prefix(b"/").is_some_and(|rest| {
                    rest.split(|byte| *byte == b'/')
                        .all(|element| !element.is_empty() && element.iter().all(is_word))
                })
        },
        seeds: &["/", "/a", "/0/_1", "/org/freedesktop/systemd1/unit/dbus_2eservice"],
    },
    Kind {
        parse: |bytes| InterfaceName::from_bytes(bytes).map(drop),
        walk: interface::check,
        oracle: is_interface,
        seeds: &["a.b", "_a._1", "org.freedesktop.DBus.ObjectManager.Extra"],
    },
    Kind {
        parse: |bytes| ErrorName::from_bytes(bytes).map(drop),
        walk: interface::check,
        oracle: is_interface,
        seeds: &["a.b", "org.freedesktop.DBus.Error.NameHasNoOwner"],
    },
    Kind {
        parse: |bytes| MemberName::from_bytes(bytes).map(drop),
        walk: member::check,
        oracle: |bytes| is_element(bytes, false) && bytes.len() <= 255,
        seeds: &[
            "a",
            "_",
            "Get",
            "ListUnits",
            "GetUnitFileState",
            "GetConnectionUnixProcessID_AndMore",
        ],
    },
    Kind {
        parse: |bytes| BusName::from_bytes(bytes).map(drop),
        walk: bus::check,
        oracle: |bytes| match bytes {
            [b':', rest @ ..] => {
                let mut elements = rest.split(|byte| *byte == b'.');
                elements.all(|element| {
                    !element.is_empty() && element.iter().all(|byte| is_word(byte) || *byte == b'-')
                }) && rest.contains(&b'.')
                    && bytes.len() <= 255
            }
            _ => {
                let mut elements = bytes.split(|byte| *byte == b'.');
                elements.all(|element| is_element(element, true))
                    && bytes.contains(&b'.')
                    && bytes.len() <= 255
            }
        },
        seeds: &[
            ":1.0",
            ":a-1.0-1._",
            "a.b",
            "-a.-b",
            "org.mpris.MediaPlayer2.google-play-desktop",
        ],
    },
    Kind {
        parse: |bytes| BusNamespace::from_bytes(bytes).map(drop),
        walk: bus::check_namespace,
        oracle: |bytes| {
            let (rest, is_unique) = match bytes {
                [b':', rest @ ..] => (rest, true),
                _ => (bytes, false),
            };
            let mut elements = rest.split(|byte| *byte == b'.');
            bytes.len() <= 255
                && elements.all(|element| {
                    is_element(element, true)
                        || is_unique
                            && is_element(&[b"_", element].concat(), true)
                            && !element.is_empty()
                })
        },
        seeds: &[":1", ":a-1.0-1._", "a", "-a.-b", "org.mpris.MediaPlayer2"],
    },
];

/// Valid beginnings of names of the [`KINDS`].
const PREFIXES: [&str; 6] = ["/", "a.b", "a.b", "a", "a.b", "a"];

fn is_word(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || *byte == b'_'
}

fn is_element(element: &[u8], hyphen: bool) -> bool {
    !element.is_empty()
        && !element[0].is_ascii_digit()
        && element.iter().all(|byte| is_word(byte) || (hyphen && *byte == b'-'))
}

fn is_interface(bytes: &[u8]) -> bool {
    bytes.contains(&b'.')
        && bytes.len() <= 255
        && bytes.split(|byte| *byte == b'.').all(|element| is_element(element, false))
}

#[track_caller]
fn agree(kind: &Kind, bytes: &[u8]) {
    let verdict = (kind.parse)(bytes);
    assert_eq!(verdict.is_ok(), (kind.oracle)(bytes), "{:?}: {verdict:?}", bytes.escape_ascii());
    assert_eq!(verdict, (kind.walk)(bytes), "{:?}", bytes.escape_ascii());
    if let Err(error) = verdict {
        assert!(error.at as usize <= bytes.len(), "{:?}: {error:?}", bytes.escape_ascii());
    }
}

#[test]
fn agrees_with_the_naive_rules_whatever_byte_stands_where() {
    for kind in &KINDS {
        for seed in kind.seeds {
            agree(kind, seed.as_bytes());
            assert_eq!((kind.parse)(seed.as_bytes()), Ok(()));
            for at in 0..seed.len() {
                let mut bytes = Vec::from(*seed);
                for byte in 0..=255 {
                    bytes[at] = byte;
                    agree(kind, &bytes);
                }
            }
        }
    }
}

#[test]
fn agrees_with_the_naive_rules_on_all_short_texts() {
    const BYTES: &[u8] = b"/:.-_09aZ@`{\0\x80\xff";
    for kind in &KINDS {
        agree(kind, b"");
        for a in BYTES {
            agree(kind, &[*a]);
            for b in BYTES {
                agree(kind, &[*a, *b]);
                for c in BYTES {
                    agree(kind, &[*a, *b, *c]);
                    for d in BYTES {
                        agree(kind, &[*a, *b, *c, *d]);
                    }
                }
            }
        }
    }
}

#[test]
fn agrees_with_the_naive_rules_on_pairs_at_every_place_of_every_length() {
    const BYTES: &[u8] = b"/:.-_9a\x80";
    for (kind, prefix) in KINDS.iter().zip(PREFIXES) {
        for len in prefix.len()..=38 {
            let mut bytes = Vec::from(prefix);
            bytes.resize(len, b'a');
            assert_eq!((kind.parse)(&bytes), Ok(()), "{len}");
            for at in 0..len - 1 {
                for a in BYTES {
                    for b in BYTES {
                        let mut bytes = bytes.clone();
                        bytes[at] = *a;
                        bytes[at + 1] = *b;
                        agree(kind, &bytes);
                    }
                }
            }
        }
    }
}

#[test]
fn agrees_with_the_naive_rules_on_every_pair_of_bytes_that_may_stand_in_some_name() {
    let is_rich = |byte: &u8| is_word(byte) || b"/:.-@[`{\0\x80\xff".contains(byte);
    let rich: Vec<u8> = (0..=255).filter(is_rich).collect();
    for (kind, prefix) in KINDS.iter().zip(PREFIXES) {
        let mut bytes = Vec::from(prefix);
        bytes.extend(*b"??x");
        let at = prefix.len();
        for (first, second) in
            rich.iter().flat_map(|first| rich.iter().map(move |it| (*first, *it)))
        {
            (bytes[at], bytes[at + 1]) = (first, second);
            agree(kind, &bytes);
        }
    }
}

#[test]
fn agrees_with_the_naive_rules_on_what_stands_twice_in_a_long_name() {
    const BYTES: &[u8] = b"/:.-_9a\x80";
    for (kind, prefix) in KINDS.iter().zip(PREFIXES) {
        let mut bytes = Vec::from(prefix);
        bytes.resize(70, b'a');
        for (first, second) in (3..69).flat_map(|first| [(first, first + 16), (first, first + 32)])
        {
            for byte in BYTES {
                let mut bytes = bytes.clone();
                bytes[first] = *byte;
                if let Some(second) = bytes.get_mut(second) {
                    *second = *byte;
                }
                agree(kind, &bytes);
                // And without the dot at the beginning.
                bytes[1] = b'a';
                agree(kind, &bytes);
            }
        }
    }
}

#[test]
fn names_end_at_255_bytes_and_paths_do_not() {
    for (kind, prefix) in KINDS.iter().zip(PREFIXES) {
        for len in [254, 255, 256, 257, 70_000] {
            let mut bytes = Vec::from(prefix);
            bytes.resize(len, b'a');
            agree(kind, &bytes);
            let expected = (prefix == "/" || len <= 255)
                .then_some(())
                .ok_or(NameError { kind: NameErrorKind::TooLong, at: 255 });
            assert_eq!((kind.parse)(&bytes), expected);
        }
    }
}
