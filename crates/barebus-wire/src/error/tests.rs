//! What errors say.

extern crate alloc;

use alloc::string::ToString;

use super::*;

#[test]
fn an_error_of_sending_says_which_limit_or_rule_it_is() {
    let body = DecodeError::new(DecodeErrorKind::BadBoolean, 8);
    for (error, text) in [
        (EncodeError::BufferTooSmall { needed: 7 }, "the buffer is too small, 7 bytes are needed"),
        (EncodeError::StringWithNul, "a string contains a NUL"),
        (EncodeError::StringTooLong, "a string is longer than 4 GiB"),
        (EncodeError::ArrayTooLong, "an array is longer than 64 MiB"),
        (EncodeError::MessageTooLong, "the message is longer than 128 MiB"),
        (EncodeError::SignatureTooLong, "the signature is longer than 255 bytes"),
        (EncodeError::NestedTooDeeply, "containers are nested more than 64 deep"),
        (EncodeError::StructEmpty, "a struct has no fields"),
    ] {
        assert_eq!(error.to_string(), text);
    }
    let error = EncodeError::Header(DecodeErrorKind::BadBoolean).to_string();
    assert!(error.starts_with("the header cannot be sent: "), "{error}");
    let error = EncodeError::from(body).to_string();
    assert_eq!(error, alloc::format!("the body cannot be sent: {body}"));
}

#[test]
fn an_error_of_a_body_says_what_was_found_and_what_was_expected() {
    static ANY: Expected = Expected { signature: Signature::from_static("u"), key: None };
    static ENTRY: Expected = Expected { key: Some("Mtu"), ..ANY };
    let error = DecodeError::new(DecodeErrorKind::VariantType, 8);
    let found = SignatureExcerpt::of("as");
    for (body, text) in [
        (
            BodyError::Signature { expected: ANY.signature, found },
            "the signature is 'as', expected 'u'",
        ),
        (
            BodyError::Variant { expected: &ANY, found, error },
            "the variant at byte 8 holds 'as', expected 'u'",
        ),
        (
            BodyError::Variant { expected: &ENTRY, found, error },
            "the entry \"Mtu\" holds 'as' at byte 8, expected 'u'",
        ),
        (
            BodyError::MissingEntry { expected: &ENTRY, error },
            "the dictionary that ends at byte 8 lacks the entry \"Mtu\"",
        ),
        (
            BodyError::FdIndex { index: 3, count: 2, error },
            "descriptor 3 at byte 8 is missing: 2 came with the message",
        ),
    ] {
        assert_eq!(body.to_string(), text);
        let is_whole = matches!(body, BodyError::Signature { .. });
        assert_eq!(body.decode_error(), if is_whole { None } else { Some(error) });
    }
    assert_eq!(BodyError::from(error).to_string(), error.to_string());
}

#[test]
fn an_excerpt_of_a_signature_ends_in_an_ellipsis_where_it_was_cut() {
    for len in [0, 1, SignatureExcerpt::MAX] {
        let text = "y".repeat(len);
        let excerpt = SignatureExcerpt::new(Signature::parse(&text).unwrap());
        assert_eq!((excerpt.to_string(), alloc::format!("{excerpt:?}")), (text.clone(), text));
    }
    let cut = "y".repeat(SignatureExcerpt::MAX) + "…";
    for len in [SignatureExcerpt::MAX + 1, 255, 300] {
        assert_eq!(SignatureExcerpt::of(&"y".repeat(len)).to_string(), cut);
    }
}
