//! Comparing a signature with text, and what its errors say.

extern crate std;
use super::*;
use std::string::ToString;

#[test]
fn a_signature_is_equal_to_its_own_text_only() {
    let signature = Signature::parse("a{sv}").unwrap();
    assert!(signature == *"a{sv}" && signature == "a{sv}");
    assert!(signature != *"as" && signature != "as");
    assert_eq!(Signature::try_from("a{sv}"), Ok(signature));
}

#[test]
fn an_error_names_the_rule_and_the_byte() {
    let error = Signature::try_from("sa").unwrap_err();
    assert_eq!(error.kind, SignatureErrorKind::MissingElementType);
    let text = "an array has no element type at byte";
    assert!(error.to_string().starts_with(text), "{error}");
    assert!(error.to_string().ends_with(" of the signature"), "{error}");
}
