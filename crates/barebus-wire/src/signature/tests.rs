//! Comparing a signature with text, and what its errors say.

extern crate std;
use super::*;
use std::string::ToString;
use std::vec::Vec;

#[test]
fn a_signature_is_equal_to_its_own_text_only() {
    let signature = Signature::parse("a{sv}").unwrap();
    assert!(signature == *"a{sv}" && signature == "a{sv}");
    assert!(signature != *"as" && signature != "as");
    assert_eq!(Signature::try_from("a{sv}"), Ok(signature));
}

#[test]
fn only_a_single_container_has_an_element_or_fields() {
    for (text, element, fields) in [
        ("as", Some("s"), None),
        ("aas", Some("as"), None),
        ("a{sv}", Some("{sv}"), None),
        ("(sa(y))", None, Some("sa(y)")),
        ("s", None, None),
        ("", None, None),
        ("asas", None, None),
        ("(s)(s)", None, None),
    ] {
        let signature = Signature::parse(text).unwrap();
        assert_eq!(signature.element().map(Signature::as_str), element, "{text}");
        assert_eq!(signature.fields().map(Signature::as_str), fields, "{text}");
    }
    let entry = Signature::parse("a{sv}").unwrap().element().and_then(Signature::fields);
    assert_eq!(entry.map(Signature::as_str), Some("sv"));
}

#[test]
fn an_error_names_the_rule_and_the_byte() {
    let error = Signature::try_from("sa").unwrap_err();
    assert_eq!(error.kind, SignatureErrorKind::MissingElementType);
    let text = "an array has no element type at byte";
    assert!(error.to_string().starts_with(text), "{error}");
    assert!(error.to_string().ends_with(" of the signature"), "{error}");
}

#[test]
fn the_text_of_a_type_is_put_together_from_its_parts() {
    let name = SignatureText::literal("s");
    let text = SignatureText::dictionary(&name, &SignatureText::literal("v")).then(&name);
    assert_eq!(text.bytes[..text.len], *b"a{sv}s");
    let text = SignatureText::array(&SignatureText::structure(&text));
    assert_eq!(text.bytes[..text.len], *b"a(a{sv}s)");
    let text = SignatureText::EMPTY.then(&SignatureText::EMPTY);
    assert_eq!(text.bytes[..text.len], *b"");
}

#[test]
fn a_text_is_short_up_to_fifteen_bytes() {
    for len in [0, 1, 14, 15] {
        let expected: Vec<u8> = [b'y'].repeat(len).into_iter().chain([0; 15]).take(15).collect();
        let text = SignatureText::literal(&"y".repeat(len));
        assert_eq!(text.short().map(Vec::from), Some(expected));
    }
    for len in [16, 17, 255] {
        assert_eq!(SignatureText::literal(&"y".repeat(len)).short(), None, "{len} bytes");
    }
}

/// What a constant of a type is made of.
macro_rules! constant {
    ($text:expr) => {{
        const TEXT: &SignatureText = &$text;
        const SHORT: &ShortText = &TEXT.short();
        [TEXT.signature(), TEXT.signature_in(SHORT)]
    }};
}

#[test]
fn a_signature_is_the_same_in_a_short_place_and_in_a_long_one() {
    assert_eq!(constant!(SignatureText::EMPTY), [""; 2]);
    assert_eq!(constant!(SignatureText::literal("(sv)u")), ["(sv)u"; 2]);
    assert_eq!(constant!(SignatureText::literal("sssssssssssssss")), ["sssssssssssssss"; 2]);
    assert_eq!(constant!(SignatureText::literal("ssssssssssssssss")), ["ssssssssssssssss"; 2]);
}

#[test]
fn one_code_and_an_array_of_it_need_no_text() {
    for code in "ybnqiuxtdsoghv".chars() {
        let (one, array) = (code.to_string(), std::format!("a{code}"));
        let code = code as u8;
        assert_eq!(Signature::of_code(code).map(Signature::as_str), Some(&one[..]));
        assert_eq!(Signature::of_array(code).map(Signature::as_str), Some(&array[..]));
    }
    for code in *b"a(){}ez?\0" {
        assert_eq!((Signature::of_code(code), Signature::of_array(code)), (None, None));
    }
}

#[cfg(not(compact))]
#[test]
fn a_short_signature_is_told_with_its_length_and_nul() {
    let short = |bytes| Signature::of_short(bytes).map(|(it, len)| (it.as_str(), len));
    for code in "ybnqiuxtdsoghv".chars() {
        let (one, array) = (code.to_string(), std::format!("a{code}"));
        let code = code as u8;
        assert_eq!(short([1, code, 0, b'?']), Some((&one[..], 3)));
        assert_eq!(short([2, b'a', code, 0]), Some((&array[..], 4)));
        assert_eq!(short([1, code, b'?', 0]), None);
        assert_eq!(short([2, b'a', code, b'?']), None);
        assert_eq!(short([2, code, b's', 0]), None);
        assert_eq!(short([3, b'a', code, 0]), None);
        assert_eq!(short([0, code, 0, 0]), None);
    }
    for code in *b"a(){}ez?\0" {
        assert_eq!(short([1, code, 0, 0]), None);
    }
}

#[test]
fn each_rule_is_broken_at_the_byte_that_breaks_it() {
    use SignatureErrorKind::*;
    let cases = [
        ("ye", UnknownTypeCode, 1),
        ("a", MissingElementType, 1),
        ("(sa)", MissingElementType, 3),
        ("a{sa}", MissingElementType, 4),
        ("y)", StructNotStarted, 1),
        ("a{s)", StructNotStarted, 3),
        ("(yy", StructNotEnded, 3),
        ("y()", StructEmpty, 2),
        ("y}", EntryNotStarted, 1),
        ("(y}", EntryNotStarted, 2),
        ("a{sv", EntryNotEnded, 4),
        ("{sv}", EntryOutsideArray, 0),
        ("a({sv})", EntryOutsideArray, 2),
        ("a{}", EntryEmpty, 2),
        ("a{s}", EntryOneField, 3),
        ("a{ssv}", EntryTooManyFields, 4),
        ("a{s(y)(y)}", EntryTooManyFields, 8),
        ("a{vs}", EntryKeyNotBasic, 2),
        ("a{ays}", EntryKeyNotBasic, 2),
        ("a{(y)s}", EntryKeyNotBasic, 2),
    ];
    for (text, kind, at) in cases {
        assert_eq!(Signature::parse(text), Err(SignatureError { kind, at }), "{text}");
    }
    let deep = [(TooLong, "y".repeat(256), 255), (ArrayTooDeep, "a".repeat(33) + "y", 32)];
    let deep = deep.into_iter().chain([(StructTooDeep, "(".repeat(33), 32)]);
    for (kind, text, at) in deep {
        assert_eq!(Signature::parse(&text), Err(SignatureError { kind, at }), "{text}");
    }
    for kind in SignatureErrorKind::ALL {
        let is_deep = matches!(kind, TooLong | ArrayTooDeep | StructTooDeep);
        assert!(is_deep || cases.iter().any(|(_, it, _)| it == kind), "{kind:?}");
    }
}
