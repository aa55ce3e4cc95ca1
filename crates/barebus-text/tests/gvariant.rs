//! GVariant's text format: the expected texts are those that GLib 2.74 prints.
#![allow(clippy::unwrap_used, missing_docs, reason = "a test fails by panicking")]

mod support;

use barebus_text::gvariant::{
    parse, parse_arguments, parse_untyped_arguments, parse_value, print, print_untyped_value,
    print_value,
};
use barebus_text::{Compiled, ParseErrorKind as Kind, Place, PrintError, Values, busctl};
use barebus_wire::{
    Basic, DecodeErrorKind, EncodeError, Endian, Layout, OwnedBody, Reader, Signature,
};
use proptest::prelude::*;

fn printed(values: &impl Values) -> String {
    let mut text = String::new();
    print(values, &mut text).unwrap();
    text
}

fn printed_value(values: &impl Values) -> String {
    let mut text = String::new();
    print_value(values, &mut text).unwrap();
    text
}

#[test]
fn prints_and_parses_as_glib() {
    for (line, text) in [
        ("", "()"),
        (r#"s "x""#, "('x',)"),
        (r#"su "x" 7"#, "('x', uint32 7)"),
        (
            "ybnqiuxtdh 5 true 1 1 1 1 1 1 1 1",
            "(byte 0x05, true, int16 1, uint16 1, 1, uint32 1, int64 1, uint64 1, 1.0, handle 1)",
        ),
        (r#"sog "a" "/a" "as""#, "('a', objectpath '/a', signature 'as')"),
        // Only the first element is annotated, and only the first entry.
        ("au 2 1 2", "([uint32 1, 2],)"),
        ("a{yq} 2 1 2 3 4", "({byte 0x01: uint16 2, 0x03: 4},)"),
        ("a(yu) 2 1 2 3 4", "([(byte 0x01, uint32 2), (0x03, 4)],)"),
        ("aas 2 0 1 \"x\"", "([@as [], ['x']],)"),
        ("aau 2 1 5 0", "([[uint32 5], []],)"),
        ("asa{sv} 0 0", "(@as [], @a{sv} {})"),
        ("av 2 u 1 u 2", "([<uint32 1>, <uint32 2>],)"),
        ("a{sv} 2 \"k\" i 1 \"l\" v s \"x\"", "({'k': <1>, 'l': <<'x'>>},)"),
        ("(y)(yy) 1 1 1", "((byte 0x01,), (byte 0x01, byte 0x01))"),
        // Bytes that end with the only 0 are a string of bytes.
        ("ay 1 0", "(b'',)"),
        ("ay 4 97 98 99 0", "(b'abc',)"),
        ("ay 3 39 34 0", r#"(b"'\"",)"#),
        ("ay 10 8 12 10 13 9 11 92 1 255 0", r"(b'\b\f\n\r\t\v\\\001\377',)"),
        ("ay 2 97 98", "([byte 0x61, 0x62],)"),
        ("ay 3 97 0 0", "([byte 0x61, 0x00, 0x00],)"),
        ("aay 2 2 97 0 1 1", "([b'a', [0x01]],)"),
        ("ddddd 0.1 5 1e100 -0 1e17", "(0.10000000000000001, 5.0, 1e+100, -0.0, 1e+17)"),
        ("ddd inf -inf nan", "(inf, -inf, nan)"),
        ("x -9223372036854775808", "(int64 -9223372036854775808,)"),
        ("h 4294967295", "(handle -1,)"),
    ] {
        let body = busctl::parse_line(line).unwrap();
        assert_eq!(printed(&body), text);
        let layout = Layout::new(body.signature());
        assert_eq!(printed(&Compiled { layout: &layout, reader: body.reader() }), text);
        assert_eq!(parse(body.signature(), text, Endian::NATIVE).unwrap(), body, "{text}");
    }
}

#[test]
fn prints_nothing_of_compiled_values_that_are_invalid() {
    let layout = Layout::new(Signature::from_static("yb"));
    for (bytes, kind) in [
        (&b"\x01\0\0\0\x02\0\0\0"[..], DecodeErrorKind::BadBoolean),
        (b"\x01\0\0\0\x01\0\0\0\0", DecodeErrorKind::TooMuchData),
    ] {
        let reader = Reader::new(bytes, Endian::Little);
        let mut text = String::new();
        let refused = print(&Compiled { layout: &layout, reader }, &mut text);
        assert!(matches!(refused, Err(PrintError::Decode(error)) if error.kind == kind));
        assert_eq!(text, "");
    }
}

#[test]
fn escapes_what_glib_escapes() {
    for (text, quoted) in [
        ("it's", r#""it's""#),
        ("\"", "'\"'"),
        ("'\"", r#""'\"""#),
        ("\\", r"'\\'"),
        ("\u{7}\u{8}\u{c}\n\r\t\u{b}", r"'\a\b\f\n\r\t\v'"),
        ("\u{1}\u{1b}\u{7f}\u{85}\u{9b}", r"'\u0001\u001b\u007f\u0085\u009b'"),
        ("\u{ad}\u{200b}\u{202e}\u{feff}\u{e0001}", r"'\u00ad\u200b\u202e\ufeff\U000e0001'"),
        ("\u{10ffff}\u{e01}", "'\\U0010ffff\u{e01}'"),
        // Spaces, separators, marks and private characters are printable.
        (
            "ä€😀\u{a0}\u{301}\u{2028}\u{e000}\u{100000}",
            "'ä€😀\u{a0}\u{301}\u{2028}\u{e000}\u{100000}'",
        ),
    ] {
        let body = OwnedBody::new(&(text,)).unwrap();
        assert_eq!(printed_value(&body), quoted);
        assert_eq!(parse_value(body.signature(), quoted, Endian::NATIVE).unwrap(), body);
    }
}

#[test]
fn tells_the_type_of_what_a_variant_holds_as_glib_does() {
    for (text, printed) in [
        ("<1>", "<1>"),
        ("< 'x' >", "<'x'>"),
        ("<[1, 2.0]>", "<[1.0, 2.0]>"),
        ("<[1, byte 2]>", "<[byte 0x01, 0x02]>"),
        ("<['/a', objectpath '/b']>", "<[objectpath '/a', '/b']>"),
        ("<[{'a', 1}]>", "<{'a': 1}>"),
        ("<[[], [1]]>", "<[@ai [], [1]]>"),
        ("<[{}, {'a': 1}]>", "<[@a{si} {}, {'a': 1}]>"),
        ("<[(1, []), (2, ['x'])]>", "<[(1, @as []), (2, ['x'])]>"),
        (
            "<[@(ya{sv}) (1, {}), (2, {'a': <1>})]>",
            "<[(byte 0x01, @a{sv} {}), (0x02, {'a': <1>})]>",
        ),
        ("<1e3>", "<1000.0>"),
        ("<0x1e3>", "<483>"),
        ("<017>", "<15>"),
        ("<+5>", "<5>"),
        ("<.5>", "<0.5>"),
        ("<-inf>", "<-inf>"),
        ("<@d 5>", "<5.0>"),
        ("<@as @as []>", "<@as []>"),
        ("<int16 @n 5>", "<int16 5>"),
        ("<double 5>", "<5.0>"),
        ("<boolean true>", "<true>"),
        ("<b'ab\\001'>", "<b'ab\\001'>"),
        ("<'a\\u00e4\\x\\\n b\\U0001f600'>", "<'aäx b😀'>"),
        ("<[<1>, <'x'>]>", "<[<1>, <'x'>]>"),
    ] {
        let body = parse_value(Signature::from_static("v"), text, Endian::NATIVE).unwrap();
        assert_eq!(printed_value(&body), printed, "{text}");
    }
}

#[test]
fn a_signature_settles_the_types_without_annotations() {
    let signature = Signature::from_static("ya{ov}ad(xg)ay");
    let text = " ( 5,{ '/a' :<'x'>},[1,0x1p1], (7,'as') , b'' ) ";
    let body = parse(signature, text, Endian::NATIVE).unwrap();
    assert_eq!(
        printed(&body),
        "(byte 0x05, {objectpath '/a': <'x'>}, [1.0, 2.0], (int64 7, signature 'as'), b'')"
    );
}

#[test]
fn arguments_need_no_quotes() {
    let signature = Signature::from_static("sogsau");
    let arguments = ["plain text", "/a", "a{sv}", "'quoted'", "[1, 2]"];
    let body = parse_arguments(signature, &arguments, Endian::NATIVE).unwrap();
    assert_eq!(
        printed(&body),
        "('plain text', objectpath '/a', signature 'a{sv}', 'quoted', [uint32 1, 2])"
    );
    let seven = parse_arguments(Signature::from_static("s"), &["7"], Endian::NATIVE).unwrap();
    assert_eq!(printed(&seven), "('7',)");
    for (arguments, place, kind) in [
        (&["a", "/a", "", "b"] as &[&str], Place::Argument(4), Kind::TooFew),
        (&["a", "/a", "", "b", "[1]", "c"], Place::Argument(5), Kind::TooMany),
        (&["a", "/a", "", "b", "[1"], Place::Argument(4), Kind::TooFew),
        (
            &["a", "/a", "(", "b", "[1]"],
            Place::Argument(2),
            Kind::BadSignature(Signature::parse("(").unwrap_err()),
        ),
        (&["a", "/a", "", "b", "['c']"], Place::Argument(4), Kind::WrongType),
    ] {
        let error = parse_arguments(signature, arguments, Endian::NATIVE).unwrap_err();
        assert_eq!((error.place, error.kind), (place, kind));
    }
}

/// As `gdbus introspect` prints properties.
#[test]
fn a_value_without_its_type_keeps_the_types_in_variants() {
    for (line, text) in [
        ("u 7", "7"),
        ("as 0", "[]"),
        (r#"o "/a""#, "'/a'"),
        ("a{sv} 1 \"k\" u 7", "{'k': <uint32 7>}"),
        ("ay 2 1 2", "[0x01, 0x02]"),
        ("v as 0", "<@as []>"),
        ("(uy) 1 2", "(1, 0x02)"),
        ("d 1", "1.0"),
    ] {
        let mut printed = String::new();
        print_untyped_value(&busctl::parse_line(line).unwrap(), &mut printed).unwrap();
        assert_eq!(printed, text);
    }
}

/// As `gdbus call` and `gdbus emit` take them, GLib 2.74.
#[test]
fn a_bare_string_is_read_as_if_it_were_in_quotes() {
    for (signature, argument, text) in [
        ("s", r"a\tb", r"('a\tb',)"),
        ("s", "uint32 7", "('uint32 7',)"),
        ("s", "@o '/a'", "('/a',)"),
        ("ai", "[uint32 1, byte 2]", "([1, 2],)"),
        ("s", r#"say "x""#, r#"('say "x"',)"#),
        ("s", "'quoted'", "('quoted',)"),
        ("s", "'half", "(\"'half\",)"),
        ("s", "", "('',)"),
        ("s", "true", "('true',)"),
        ("o", "/a", "(objectpath '/a',)"),
    ] {
        let signature = Signature::parse(signature).unwrap();
        let body = parse_arguments(signature, &[argument], Endian::NATIVE).unwrap();
        assert_eq!(printed(&body), text);
    }
    for (signature, argument) in
        [("s", r"a\"), ("s", r"\u12"), ("v", "x"), ("as", "x"), ("o", "'a'")]
    {
        let signature = Signature::parse(signature).unwrap();
        parse_arguments(signature, &[argument], Endian::NATIVE).unwrap_err();
    }
    let arguments =
        ["x", "7", "byte 7", "[]", "/a", "{'k': <1>}", "handle 0", "@ay []", "(1, 'x')"];
    let body = parse_untyped_arguments(&arguments, Endian::NATIVE).unwrap();
    let text = "('x', 7, byte 0x07, '[]', '/a', {'k': <1>}, handle 0, @ay [], (1, 'x'))";
    assert_eq!(printed(&body), text);
    parse_untyped_arguments(&[r"\"], Endian::NATIVE).unwrap_err();
}

#[test]
fn tells_where_the_text_is_wrong_and_what_is_expected() {
    for (signature, text, kind, message) in [
        ("i", "(7", Kind::TooFew, "byte 2: a value is missing, expected ',' or ')'"),
        (
            "i",
            "(7,) 8",
            Kind::TooMany,
            "byte 5: more values than the signature has types, found \"8\"",
        ),
        (
            "i",
            "(7, 8)",
            Kind::TooMany,
            "byte 4: more values than the signature has types, expected a tuple with a value for each type",
        ),
        (
            "ii",
            "(7,)",
            Kind::TooFew,
            "byte 0: a value is missing, expected a tuple with a value for each type",
        ),
        (
            "i",
            "7",
            Kind::WrongType,
            "byte 0: not the right kind of value, expected a tuple with a value for each type, found \"7\"",
        ),
        (
            "y",
            "(256,)",
            Kind::OutOfRange,
            "byte 1: number out of range, expected a byte (y), found \"256\"",
        ),
        (
            "y",
            "(uint32 5,)",
            Kind::WrongType,
            "byte 1: not the right kind of value, expected a byte (y), found \"u\"",
        ),
        (
            "i",
            "(1.5,)",
            Kind::NotANumber,
            "byte 1: not a number, expected a signed 32-bit integer (i), found \"1.5\"",
        ),
        (
            "s",
            "(\x1b,)",
            Kind::Unexpected,
            "byte 1: unexpected text, expected a value, found \"\\u{1b},)\"",
        ),
        (
            "s",
            "('\\u12',)",
            Kind::BadEscape,
            "byte 1: invalid quotation or escape, expected a string in quotes, found \"'\\\\u12',)\"",
        ),
        (
            "s",
            "('\\ud800',)",
            Kind::BadEscape,
            "byte 1: invalid quotation or escape, expected a string in quotes, found \"'\\\\ud800',)\"",
        ),
        (
            "ay",
            "(b'\\400',)",
            Kind::BadEscape,
            "byte 2: invalid quotation or escape, expected bytes in quotes, found \"'\\\\400',)\"",
        ),
        (
            "s",
            "('\\u0000',)",
            Kind::Encode(EncodeError::StringWithNul),
            "byte 1: a string contains a NUL",
        ),
        (
            "as",
            "({'a': 'b'},)",
            Kind::WrongType,
            "byte 1: not the right kind of value, expected an array (a), found \"{…}\"",
        ),
        (
            "a{ss}",
            "('a',)",
            Kind::WrongType,
            "byte 1: not the right kind of value, expected a dictionary, found \"a\"",
        ),
        (
            "a{ss}",
            "({'a' 'b'},)",
            Kind::Unexpected,
            "byte 6: unexpected text, expected ':', found \"'b'},)\"",
        ),
        (
            "v",
            "('a',)",
            Kind::WrongType,
            "byte 1: not the right kind of value, expected a variant (v), found \"a\"",
        ),
        (
            "v",
            "(<[]>,)",
            Kind::UnknownType,
            "byte 2: a value of no certain type, expected an annotation, like @as []",
        ),
        (
            "v",
            "(<[1, 'x']>,)",
            Kind::WrongType,
            "byte 6: not the right kind of value, expected a value of the type of those before it",
        ),
        (
            "v",
            "(<@as @ai []>,)",
            Kind::WrongType,
            "byte 6: not the right kind of value, expected the same type twice, found \"ai\"",
        ),
        (
            "v",
            "(<@ss []>,)",
            Kind::NotOneType,
            "byte 2: not exactly one type, expected one type, found \"ss\"",
        ),
        (
            "v",
            "(<just 1>,)",
            Kind::Unexpected,
            "byte 2: unexpected text, expected a value, found \"just 1>,)\"",
        ),
        ("v", "(<1,)", Kind::Unexpected, "byte 3: unexpected text, expected '>', found \",)\""),
    ] {
        let signature = Signature::from_static(signature);
        let error = parse(signature, text, Endian::NATIVE).unwrap_err();
        assert_eq!(error.to_string(), message);
        assert_eq!(error.kind, kind, "{text}");
    }
    for text in ["(<()>,)", "(<{1, 2}>,)", "(<@mi 1>,)", "(<{[1]: 2}>,)"] {
        let error = parse(Signature::from_static("v"), text, Endian::NATIVE).unwrap_err();
        assert!(matches!(error.kind, Kind::BadSignature(_)), "{text}");
    }
}

#[test]
fn refuses_more_than_64_containers() {
    let nest = |depth: usize| {
        let text = format!("({}1{},)", "<".repeat(depth), ">".repeat(depth));
        parse(Signature::from_static("v"), &text, Endian::NATIVE)
    };
    let body = nest(64).unwrap();
    assert_eq!(parse(body.signature(), &printed(&body), Endian::NATIVE).unwrap(), body);
    assert_eq!(nest(65).unwrap_err().kind, Kind::Encode(EncodeError::NestedTooDeeply));
    // However deep: the stack does not grow with it.
    assert_eq!(nest(1_000_000).unwrap_err().kind, Kind::Encode(EncodeError::NestedTooDeeply));
    let annotations = "int32 ".repeat(1_000_000);
    let body = parse_value(Signature::from_static("i"), &format!("{annotations}1"), Endian::NATIVE);
    assert_eq!(printed_value(&body.unwrap()), "1");
}

/// With every NaN as the one that the text knows.
fn with_plain_nans(body: &OwnedBody) -> OwnedBody {
    let line = {
        let mut text = String::new();
        busctl::print_exact(body, &mut text).unwrap();
        text
    };
    let words = busctl::split(&line).unwrap();
    let words: Vec<&str> = words
        .iter()
        .map(|word| match word.strip_prefix("-nan(0x").or(word.strip_prefix("nan(0x")) {
            Some(_) if word.starts_with('-') => "-nan",
            Some(_) => "nan",
            None => word,
        })
        .collect();
    match words.split_first() {
        Some((signature, arguments)) => busctl::parse(signature, arguments).unwrap(),
        None => body.clone(),
    }
}

#[test]
fn a_nan_is_read_back_as_a_nan() {
    let body = OwnedBody::build(Signature::from_static("d"), Endian::NATIVE, |writer| {
        writer.put_basic(Basic::Double(f64::from_bits(0xfff0_0000_0000_0001)))
    });
    let body: OwnedBody = body.map_err(|error: EncodeError| error).unwrap();
    assert_eq!(printed(&body), "(-nan,)");
    let again = parse(body.signature(), "(-nan,)", Endian::NATIVE).unwrap();
    assert_eq!(again, with_plain_nans(&body));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_printed_is_parsed_to_the_same_bytes(seed: u64) {
        let body = with_plain_nans(&OwnedBody::new(&support::body(seed)).unwrap());
        let text = printed(&body);
        prop_assert!(!text.chars().any(char::is_control), "{:?}", text);
        prop_assert_eq!(parse(body.signature(), &text, Endian::NATIVE).unwrap(), body, "{}", text);
    }

    #[test]
    fn what_is_printed_is_parsed_without_a_signature(seed: u64) {
        // As one variant, the text must tell all types by itself.
        let body = with_plain_nans(&OwnedBody::new(&support::body(seed)).unwrap());
        prop_assume!(!body.signature().is_empty());
        let text = format!("<{}>", printed(&body));
        if let Ok(variant) = parse_value(Signature::from_static("v"), &text, Endian::NATIVE) {
            prop_assert_eq!(printed_value(&variant), text);
        } else {
            // Only when the struct around it is one too many, or its signature two bytes too long.
            prop_assert!(body.signature().len() > 253);
        }
    }

    #[test]
    fn any_text_is_parsed_or_refused(text in ".{0,30}") {
        let _ = parse(Signature::from_static("v"), &text, Endian::Little);
    }

    #[test]
    fn any_values_are_parsed_or_refused(
        text in "(\\[|\\]|\\{|\\}|\\(|\\)|<|>|,|:|'a'|b'a'|[0-9]|-1|1.5|true|byte |@as |@v ){0,12}",
    ) {
        let text = format!("<{text}>");
        if let Ok(body) = parse_value(Signature::from_static("v"), &text, Endian::NATIVE) {
            let printed = printed_value(&body);
            let again = parse_value(Signature::from_static("v"), &printed, Endian::NATIVE);
            prop_assert_eq!(again.unwrap(), body, "{} {}", text, printed);
        }
    }
}
