//! `busctl`'s form: the expected lines are the output of systemd 252's busctl for the arguments beside them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a test fails by panicking"
)]

mod support;

use barebus_text::busctl::{parse, parse_line, print, print_exact, split};
use barebus_text::{ParseErrorKind as Kind, Place, PrintError, Values};
use barebus_wire::{DecodeErrorKind, EncodeError, Endian, OwnedBody, Reader, Signature};
use proptest::prelude::*;

fn printed(values: &impl Values) -> String {
    let mut text = String::new();
    print(values, &mut text).unwrap();
    text
}

fn printed_exactly(values: &impl Values) -> String {
    let mut text = String::new();
    print_exact(values, &mut text).unwrap();
    text
}

/// Signature, arguments, and the reply of an echo service.
const ECHOES: &[(&str, &[&str], &str)] = &[
    ("s", &["text"], r#"s "text""#),
    ("s", &[""], r#"s """#),
    ("a(ss)", &["2", "a", "b", "c", "d"], r#"a(ss) 2 "a" "b" "c" "d""#),
    ("a{sv}", &["1", "k", "s", "v"], r#"a{sv} 1 "k" s "v""#),
    ("v", &["s", "x"], r#"v s "x""#),
    ("v", &["v", "i", "0x1F"], "v v i 31"),
    (
        "sa{sv}a(ss)",
        &["hä\\n\"x\"", "1", "k", "s", "v", "2", "a", "b", "c", "d"],
        r#"sa{sv}a(ss) "h\303\244\\n\"x\"" 1 "k" s "v" 2 "a" "b" "c" "d""#,
    ),
    ("s", &["a\x01\x7f\t\\"], r#"s "a\001\177\t\\""#),
    ("s", &["it's \x07\x08\x0c\x0b\r\x1b"], r#"s "it\'s \a\b\f\v\r\033""#),
    ("bbb", &["yes", "On", "T"], "bbb true true true"),
    ("bbb", &["no", "OFF", "f"], "bbb false false false"),
    ("yy", &["010", "0b11"], "yy 8 3"),
    ("y", &["-0"], "y 0"),
    ("i", &[" +5"], "i 5"),
    ("i", &["0o17"], "i 15"),
    ("n", &["-0x8000"], "n -32768"),
    ("x", &["-9223372036854775808"], "x -9223372036854775808"),
    ("t", &["18446744073709551615"], "t 18446744073709551615"),
    ("dddd", &["0.1", "1e100", "nan", "-inf"], "dddd 0.1 1e+100 nan -inf"),
    ("dd", &["-nan", "nan(0x123)"], "dd -nan nan"),
    (
        "ddddd",
        &["1000000", "123456789", "1e-5", "0.0001", "-0.0"],
        "ddddd 1e+06 1.23457e+08 1e-05 0.0001 -0",
    ),
    ("ddd", &["0x1p3", "5.", ".5"], "ddd 8 5 0.5"),
    ("as", &["0"], "as 0"),
    ("au", &["0x2", "1", "2"], "au 2 1 2"),
    ("au", &["-0"], "au 0"),
    ("(s(ii))", &["a", "1", "2"], r#"(s(ii)) "a" 1 2"#),
    ("og", &["/a/b", "a{sv}"], r#"og "/a/b" "a{sv}""#),
];

#[test]
fn prints_and_parses_as_busctl() {
    for (signature, arguments, line) in ECHOES {
        let body = parse(signature, arguments).unwrap();
        assert_eq!(body.signature(), *signature);
        assert_eq!(printed(&body), *line);
        // The output is valid as arguments.
        let words = split(line).unwrap();
        let again = parse(&words[0], &words[1..]).unwrap();
        assert_eq!(printed(&again), *line);
    }
}

#[test]
fn no_values_are_no_text() {
    let body = parse::<&str>("", &[]).unwrap();
    assert_eq!(printed(&body), "");
    assert_eq!(parse_line("").unwrap(), body);
}

#[test]
fn tells_which_argument_is_wrong_and_what_is_expected() {
    for (signature, arguments, place, kind, text) in [
        (
            "su",
            &["a", "b"] as &[&str],
            Place::Argument(1),
            Kind::NotANumber,
            r#"argument 2: not a number, expected an unsigned 32-bit integer (u), found "b""#,
        ),
        (
            "y",
            &["256"],
            Place::Argument(0),
            Kind::OutOfRange,
            r#"argument 1: number out of range, expected a byte (y), found "256""#,
        ),
        (
            "b",
            &["maybe\x1b["],
            Place::Argument(0),
            Kind::NotABoolean,
            r#"argument 1: not a boolean, expected a boolean (b), found "maybe\u{1b}[""#,
        ),
        (
            "ai",
            &["3", "1", "2"],
            Place::Argument(3),
            Kind::TooFew,
            "argument 4: a value is missing, expected a signed 32-bit integer (i)",
        ),
        (
            "ai",
            &["1", "1", "2"],
            Place::Argument(2),
            Kind::TooMany,
            r#"argument 3: more values than the signature has types, found "2""#,
        ),
        (
            "as",
            &["many"],
            Place::Argument(0),
            Kind::NotANumber,
            "argument 1: not a number, expected the number of an array's elements, then each of \
             them, found \"many\"",
        ),
        (
            "v",
            &["si", "x", "3"],
            Place::Argument(0),
            Kind::NotOneType,
            r#"argument 1: not exactly one type, expected a variant's signature, found "si""#,
        ),
        (
            "s",
            &["a\0b"],
            Place::Argument(0),
            Kind::Encode(EncodeError::StringWithNul),
            "argument 1: a string contains a NUL, found \"a\\u{0}b\"",
        ),
    ] {
        let error = parse(signature, arguments).unwrap_err();
        assert_eq!((error.place.clone(), error.kind), (place, kind));
        assert_eq!(error.to_string(), text);
    }
    let error = parse("v", &["(s"]).unwrap_err();
    assert!(matches!((error.place, error.kind), (Place::Argument(0), Kind::BadSignature(_))));
    let error = parse("v", &[""]).unwrap_err();
    assert_eq!((error.place, error.kind), (Place::Argument(0), Kind::NotOneType));
    let error = parse("a", &["1"]).unwrap_err();
    assert!(matches!((error.place, error.kind), (Place::Signature, Kind::BadSignature(_))));
    let error = parse("g", &["("]).unwrap_err();
    assert!(matches!((error.place, error.kind), (Place::Argument(0), Kind::BadSignature(_))));
}

#[test]
fn refuses_more_than_64_containers() {
    let mut arguments = vec!["v"; 63];
    arguments.extend(["s", "x"]);
    let body = parse("v", &arguments).unwrap();
    assert_eq!(split(&printed(&body)).unwrap().len(), 66);
    arguments.insert(0, "v");
    let error = parse("v", &arguments).unwrap_err();
    assert_eq!(error.kind, Kind::Encode(EncodeError::NestedTooDeeply));
    // The stack does not grow with their number.
    let error = parse("v", &vec!["v"; 1_000_000]).unwrap_err();
    assert_eq!(error.kind, Kind::Encode(EncodeError::NestedTooDeeply));
}

#[test]
fn an_announced_length_costs_nothing() {
    let error = parse("at", &["4294967295"]).unwrap_err();
    assert_eq!((error.place, error.kind), (Place::Argument(1), Kind::TooFew));
}

#[test]
fn prints_nothing_of_what_is_invalid() {
    struct Invalid<'a>(&'a [u8]);
    impl Values for Invalid<'_> {
        fn signature(&self) -> Signature<'_> {
            Signature::from_static("yb")
        }
        fn cursor(&self) -> barebus_wire::Cursor<'_> {
            barebus_wire::Cursor::new(Reader::new(self.0, Endian::Little), self.signature())
        }
    }
    let mut text = String::new();
    let error = print(&Invalid(&[1, 0, 0, 0, 2, 0, 0, 0]), &mut text).unwrap_err();
    let PrintError::Decode(error) = error else { panic!("{error}") };
    assert_eq!((error.kind, error.at), (DecodeErrorKind::BadBoolean, 4));
    assert_eq!(text, "");
}

#[test]
fn counts_elements_of_arrays_within_arrays() {
    let body = parse("aas", &["3", "2", "a", "b", "0", "1", "c"]).unwrap();
    assert_eq!(printed(&body), r#"aas 3 2 "a" "b" 0 1 "c""#);
    let body = parse("a{sa(yv)}", &["1", "k", "2", "1", "ai", "1", "5", "2", "as", "0"]).unwrap();
    assert_eq!(printed(&body), r#"a{sa(yv)} 1 "k" 2 1 ai 1 5 2 as 0"#);
}

fn native(body: &OwnedBody) -> OwnedBody {
    OwnedBody::new(body).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_printed_exactly_is_parsed_to_the_same_bytes(seed: u64) {
        let body = native(&support::body(seed));
        let line = printed_exactly(&body);
        prop_assert!(line.bytes().all(|byte| (b' '..0x7f).contains(&byte)), "{}", line);
        prop_assert_eq!(parse_line(&line).unwrap(), body, "{}", line);
    }

    #[test]
    fn what_busctl_prints_is_parsed_to_what_it_prints(seed: u64) {
        let line = printed(&support::body(seed));
        prop_assert_eq!(printed(&parse_line(&line).unwrap()), line);
    }

    #[test]
    fn any_arguments_are_parsed_or_refused(
        signature in "[ybnqiuxtdsoghav(){}]{0,8}",
        arguments in prop::collection::vec("([0-9a-z]|-|\\.|.){0,4}", 0..8),
    ) {
        if let Ok(body) = parse(&signature, &arguments) {
            prop_assert_eq!(parse_line(&printed_exactly(&body)).unwrap(), body);
        }
    }

    #[test]
    fn any_line_is_split_or_refused(line in ".{0,20}", quoted in "\"[\\\\a-z0-9\"]{0,12}") {
        let _ = (parse_line(&line), parse_line(&quoted));
    }
}
