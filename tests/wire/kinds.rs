//! Breaks each rule once, and checks the kind and the byte of the error.

use std::collections::BTreeMap;

use barebus_tests::golden::{call, call_of, hex};
use barebus_tests::model::pad;
use barebus_tests::verdict::{Verdict, judge};
use barebus_wire::{
    AsVariant, DecodeError, DecodeErrorKind as Kind, Dict, EncodeError, Endian, Message, OwnedBody,
    SignatureErrorKind as Sig, Variant, frame_len, limits,
};

/// Only derived types produce these. The tests are in `barebus-derive`.
const OF_DERIVED_TYPES: &[Kind] = &[Kind::UnknownValue, Kind::MissingEntry, Kind::EntryType];

/// Only reading as a Rust type produces these: `rust_types`, and `refuses_a_variant_of_another_type_than_was_asked_for`.
const OF_RUST_TYPES: &[Kind] = &[Kind::BadBusName, Kind::ElementCount, Kind::VariantType];

/// The error of a refused message.
fn refusal(bytes: &[u8]) -> DecodeError {
    frame_len(bytes)
        .and_then(|_| Message::parse(bytes))
        .and_then(|message| message.validate())
        .expect_err("a rule is broken")
}

/// Tests with a kind, its offset, and bytes; and the list of all kinds.
macro_rules! refusals {
    ($($name:ident: $kind:expr, at $at:expr, $bytes:expr;)*) => {
        $(#[test]
        fn $name() {
            let bytes: Vec<u8> = $bytes;
            assert_eq!(refusal(&bytes), DecodeError { kind: $kind, at: $at });
        })*
        const REFUSED: &[Kind] = &[$($kind),*];
    };
}

/// A message without a body whose header fields are `fields`, each in hexadecimal; the padding between them is put in.
fn with_fields(message_type: u8, fields: &[&str]) -> Vec<u8> {
    let mut message = vec![b'l', message_type, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0];
    for field in fields {
        pad(&mut message, 8);
        message.extend(hex(field));
    }
    let fields_len = u32::try_from(message.len() - 16).unwrap();
    message[12..16].copy_from_slice(&fields_len.to_le_bytes());
    pad(&mut message, 8);
    message
}

/// PATH `/`, MEMBER `M`, and then another field, which begins at byte 48.
fn with_field(field: &str) -> Vec<u8> {
    with_fields(1, &[PATH, MEMBER, field])
}

const PATH: &str = "01 01 6f 00  01000000 2f 00";
const MEMBER: &str = "03 01 73 00  01000000 4d 00";
const INTERFACE: &str = "02 01 73 00  03000000 612e62 00";
const ERROR_NAME: &str = "04 01 73 00  03000000 612e62 00";

/// A call with a body, in little endian. It begins at byte 56 where the signature has one or two bytes, else at 64.
fn body(signature: &str, hexadecimal: &str) -> Vec<u8> {
    call(Endian::Little, signature, hexadecimal)
}

/// A message with the UNIX_FDS `count` and a body of one UNIX_FD, at byte 64.
fn unix_fd(count: &str, index: &str) -> Vec<u8> {
    let fields = [PATH, MEMBER, "08 01 67 00  01 68 00", &format!("09 01 75 00  {count}")];
    let mut message = with_fields(1, &fields);
    message.extend(hex(index));
    message[4] = 4;
    message
}

/// A call whose body is one SIGNATURE. Its text begins at byte 57.
fn signature_value(text: &str) -> Vec<u8> {
    let mut value = vec![u8::try_from(text.len()).unwrap()];
    value.extend(text.bytes());
    value.push(0);
    call_of(Endian::Little, "g", &value)
}

/// `depth` nested variants, with a BYTE in the innermost.
fn variants(depth: usize) -> Vec<u8> {
    let mut value = b"\x01v\0".repeat(depth - 1);
    value.extend(b"\x01y\0\x07");
    call_of(Endian::Little, "v", &value)
}

refusals! {
    refuses_the_index_of_a_descriptor_that_did_not_come: Kind::FdIndexOutOfBounds, at 64,
        unix_fd("02000000", "02000000");
    refuses_a_message_without_its_last_byte: Kind::Incomplete, at 57,
        body("q", "3412")[..57].into();
    refuses_an_unknown_byte_order: Kind::UnknownByteOrder, at 0,
        hex("4c 01 00 01  00000000  01000000  00000000");
    refuses_message_type_zero: Kind::MessageTypeZero, at 1,
        with_fields(0, &[PATH]);
    refuses_protocol_version_two: Kind::ProtocolVersion, at 3,
        hex("6c 02 00 02  00000000  01000000  08000000  05 01 75 00 01000000");
    refuses_serial_zero: Kind::SerialZero, at 8,
        hex("6c 02 00 01  00000000  00000000  08000000  05 01 75 00 01000000");
    refuses_header_fields_over_64_mib: Kind::HeaderFieldsTooLong, at 12,
        hex("6c 01 00 01  00000000  01000000  01000004");
    refuses_header_fields_of_4_gib: Kind::HeaderFieldsTooLong, at 12,
        hex("42 01 00 01  00000000  00000001  ffffffff");
    refuses_a_body_over_128_mib: Kind::BodyTooLong, at 4,
        hex("6c 01 00 01  01000008  01000000  00000000");
    refuses_a_body_of_4_gib: Kind::BodyTooLong, at 4,
        hex("42 01 00 01  ffffffff  00000001  00000000");
    refuses_header_and_body_over_128_mib_together: Kind::MessageTooLong, at 4,
        hex("6c 01 00 01  f1ffff07  01000000  00000000");
    refuses_a_byte_behind_the_message: Kind::SurplusBytes, at 24,
        hex("6c 02 00 01  00000000  01000000  08000000  05 01 75 00 01000000  00");

    refuses_padding_between_header_fields_that_is_not_zero: Kind::PaddingNotZero, at 27,
        with_fields(1, &["01 01 6f 00  01000000 2f 00  000100000000", MEMBER]);
    refuses_padding_before_the_body_that_is_not_zero: Kind::PaddingNotZero, at 47,
        hex("6c 01 00 01  00000000  01000000  1a000000
             01 01 6f 00  01000000 2f 00  000000000000
             03 01 73 00  01000000 4d 00  000000000001");
    refuses_padding_in_the_body_that_is_not_zero: Kind::PaddingNotZero, at 58,
        body("yu", "07 00 01 00  2a000000");
    refuses_padding_of_eight_that_is_not_zero: Kind::PaddingNotZero, at 63,
        body("yt", "07 00000000000001  2a00000000000000");
    refuses_padding_before_an_arrays_elements_that_is_not_zero: Kind::PaddingNotZero, at 60,
        body("at", "08000000 01000000  2a00000000000000");
    refuses_padding_in_an_empty_array_that_is_not_zero: Kind::PaddingNotZero, at 61,
        body("at", "00000000 00010000");
    refuses_padding_behind_a_variants_signature_that_is_not_zero: Kind::PaddingNotZero, at 59,
        body("v", "01 75 00 ff  2a000000");

    refuses_header_field_code_zero: Kind::HeaderFieldZero, at 48,
        with_field("00 01 79 00 07");
    refuses_path_as_a_string: Kind::HeaderFieldType, at 16,
        with_fields(1, &["01 01 73 00  01000000 2f 00"]);
    refuses_reply_serial_as_an_int32: Kind::HeaderFieldType, at 16,
        with_fields(2, &["05 01 69 00  01000000"]);
    refuses_a_known_field_twice: Kind::HeaderFieldTwice, at 48,
        with_field(MEMBER);
    refuses_a_call_without_path: Kind::MissingPath, at 26,
        with_fields(1, &[MEMBER]);
    refuses_a_signal_without_path: Kind::MissingPath, at 42,
        with_fields(4, &[INTERFACE, MEMBER]);
    refuses_a_signal_without_interface: Kind::MissingInterface, at 42,
        with_fields(4, &[PATH, MEMBER]);
    refuses_a_call_without_member: Kind::MissingMember, at 26,
        with_fields(1, &[PATH]);
    refuses_a_signal_without_member: Kind::MissingMember, at 44,
        with_fields(4, &[PATH, INTERFACE]);
    refuses_an_error_without_a_name: Kind::MissingErrorName, at 24,
        with_fields(3, &["05 01 75 00  01000000"]);
    refuses_a_return_that_answers_nothing: Kind::MissingReplySerial, at 16,
        with_fields(2, &[]);
    refuses_an_error_that_answers_nothing: Kind::MissingReplySerial, at 28,
        with_fields(3, &[ERROR_NAME]);
    refuses_an_answer_to_serial_zero: Kind::ReplySerialZero, at 20,
        with_fields(2, &["05 01 75 00  00000000"]);
    refuses_the_local_path: Kind::LocalPath, at 24,
        with_fields(1, &[&format!("01 01 6f 00  1b000000 {} 00", hex::encode("/org/freedesktop/DBus/Local")), MEMBER]);
    refuses_the_local_interface: Kind::LocalInterface, at 56,
        with_field(&format!("02 01 73 00  1a000000 {} 00", hex::encode("org.freedesktop.DBus.Local")));

    refuses_a_path_without_a_slash: Kind::BadPath, at 24,
        with_fields(1, &["01 01 6f 00  01000000 61 00"]);
    refuses_a_path_that_ends_with_a_slash: Kind::BadPath, at 62,
        body("o", "03000000 2f612f 00");
    refuses_an_interface_of_one_element: Kind::BadInterface, at 57,
        with_field("02 01 73 00  01000000 61 00");
    refuses_a_member_with_a_dot: Kind::BadMember, at 41,
        with_fields(1, &[PATH, "03 01 73 00  03000000 612e62 00"]);
    refuses_an_error_name_that_begins_with_a_digit: Kind::BadErrorName, at 56,
        with_field("04 01 73 00  03000000 312e62 00");
    refuses_a_destination_with_an_empty_element: Kind::BadDestination, at 58,
        with_field("06 01 73 00  04000000 612e2e62 00");
    refuses_a_sender_that_is_no_bus_name: Kind::BadSender, at 56,
        with_field("07 01 73 00  03000000 2e6162 00");

    refuses_a_body_that_lacks_its_last_value: Kind::NotEnoughData, at 60,
        body("uu", "2a000000");
    refuses_a_signature_without_a_body: Kind::NotEnoughData, at 56,
        body("u", "");
    refuses_a_body_that_ends_in_padding: Kind::NotEnoughData, at 57,
        body("yt", "07");
    refuses_bytes_behind_the_last_value: Kind::TooMuchData, at 60,
        body("u", "2a000000 00");
    refuses_a_body_without_a_signature: Kind::TooMuchData, at 48,
        body("", "00");
    refuses_a_string_longer_than_the_body: Kind::LengthOutOfBounds, at 56,
        body("s", "05000000 616263 00");
    refuses_a_string_of_4_gib: Kind::LengthOutOfBounds, at 56,
        body("s", "ffffffff 616263 00");
    refuses_an_array_longer_than_the_body: Kind::LengthOutOfBounds, at 56,
        body("ay", "05000000 01020304");
    refuses_a_nul_in_a_string: Kind::StringWithNul, at 61,
        body("s", "03000000 610062 00");
    refuses_a_string_without_its_nul: Kind::StringMissingNul, at 63,
        body("s", "03000000 616263 01");
    refuses_a_path_without_its_nul: Kind::StringMissingNul, at 61,
        body("o", "01000000 2f 2f");
    refuses_an_overlong_character: Kind::NotUtf8, at 61,
        body("s", "03000000 61c080 00");
    refuses_a_surrogate: Kind::NotUtf8, at 60,
        body("s", "03000000 eda080 00");
    refuses_a_character_over_10ffff: Kind::NotUtf8, at 60,
        body("s", "04000000 f4908080 00");
    refuses_boolean_two: Kind::BadBoolean, at 56,
        body("b", "02000000");
    refuses_boolean_two_in_an_array: Kind::BadBoolean, at 64,
        body("ab", "08000000 01000000 02000000");
    refuses_an_array_over_64_mib: Kind::ArrayTooLong, at 56, {
        let mut value = (limits::ARRAY_LEN + 1).to_le_bytes().to_vec();
        value.resize(value.len() + limits::ARRAY_LEN as usize + 1, 0);
        call_of(Endian::Little, "ay", &value)
    };
    refuses_an_array_of_fixed_elements_that_is_no_multiple_of_them: Kind::ArrayLengthIncorrect, at 64,
        body("au", "05000000 01000000 00");
    refuses_an_array_that_ends_inside_a_string: Kind::ArrayLengthIncorrect, at 72,
        body("asy", "04000000 01000000 61 00 07");
    refuses_an_array_that_ends_in_padding: Kind::ArrayLengthIncorrect, at 84,
        body("a(y)t", "0c000000 00000000 07 00000000000000 08 00000000000000 0000000000000000");
    refuses_header_fields_that_end_inside_a_number: Kind::ArrayLengthIncorrect, at 23,
        hex("6c020001 00000000 01000000 07000000 05017500 02000000");
    refuses_a_signature_longer_than_the_body: Kind::SignatureOutOfBounds, at 56,
        body("g", "ff 7979 00");
    refuses_a_signature_without_its_nul: Kind::SignatureMissingNul, at 58,
        body("g", "01 79 79");

    refuses_a_variants_signature_longer_than_the_body: Kind::VariantSignatureOutOfBounds, at 56,
        body("v", "09 79 00 07");
    refuses_a_variants_signature_without_its_nul: Kind::VariantSignatureMissingNul, at 58,
        body("v", "01 79 01 07");
    refuses_a_variant_of_nothing: Kind::VariantSignatureEmpty, at 56,
        body("v", "00 00");
    refuses_a_variant_of_two_types: Kind::VariantSignatureMultiple, at 57,
        body("v", "02 7979 00 07 07");
    refuses_a_variant_of_no_type: Kind::VariantSignatureBad, at 57,
        body("v", "01 7a 00 07");
    refuses_a_variant_of_a_dictionary_entry: Kind::VariantSignatureBad, at 57,
        body("v", "04 7b79797d 00 00 07 07");
    refuses_65_variants_within_one_another: Kind::NestedTooDeeply, at 251,
        variants(65);
    refuses_a_million_variants_within_one_another: Kind::NestedTooDeeply, at 251,
        variants(1_000_000);

    refuses_a_signature_with_a_reserved_code: Kind::Signature(Sig::UnknownTypeCode), at 58,
        signature_value("yr");
    refuses_an_array_of_nothing: Kind::Signature(Sig::MissingElementType), at 58,
        signature_value("a");
    refuses_33_arrays: Kind::Signature(Sig::ArrayTooDeep), at 89,
        signature_value(&format!("{}y", "a".repeat(33)));
    refuses_33_structs: Kind::Signature(Sig::StructTooDeep), at 89,
        signature_value(&format!("{}y{}", "(".repeat(33), ")".repeat(33)));
    refuses_a_struct_that_was_not_started: Kind::Signature(Sig::StructNotStarted), at 58,
        signature_value("y)");
    refuses_a_struct_that_is_not_ended: Kind::Signature(Sig::StructNotEnded), at 59,
        signature_value("(y");
    refuses_a_struct_without_fields: Kind::Signature(Sig::StructEmpty), at 58,
        signature_value("()");
    refuses_an_entry_that_was_not_started: Kind::Signature(Sig::EntryNotStarted), at 58,
        signature_value("y}");
    refuses_an_entry_that_is_not_ended: Kind::Signature(Sig::EntryNotEnded), at 61,
        signature_value("a{yy");
    refuses_an_entry_outside_an_array: Kind::Signature(Sig::EntryOutsideArray), at 57,
        signature_value("{yy}");
    refuses_an_entry_without_fields: Kind::Signature(Sig::EntryEmpty), at 59,
        signature_value("a{}");
    refuses_an_entry_with_one_field: Kind::Signature(Sig::EntryOneField), at 60,
        signature_value("a{y}");
    refuses_an_entry_with_three_fields: Kind::Signature(Sig::EntryTooManyFields), at 61,
        signature_value("a{yyy}");
    refuses_an_entry_whose_key_is_a_variant: Kind::Signature(Sig::EntryKeyNotBasic), at 59,
        signature_value("a{vy}");
    refuses_brackets_that_cross: Kind::Signature(Sig::EntryNotStarted), at 62,
        signature_value("a{y(v}v)");
}

/// A SIGNATURE value cannot be over 255 bytes: its length is one byte. Text that is to become one can.
#[test]
fn refuses_a_signature_over_255_bytes() {
    let text = "y".repeat(256);
    let error = barebus_wire::Signature::parse(&text).unwrap_err();
    assert_eq!((error.kind, error.at), (Sig::TooLong, 255));
}

#[test]
fn refuses_a_variant_of_another_type_than_was_asked_for() {
    let bytes = body("v", "01 75 00 00 2a000000");
    let message = Message::parse(&bytes).unwrap();
    assert_eq!(message.body::<(AsVariant<u32>,)>(), Ok((AsVariant(42),)));
    let refused = message.body::<(AsVariant<i32>,)>().unwrap_err();
    assert_eq!(refused.decode_error(), Some(DecodeError { kind: Kind::VariantType, at: 56 }));
    // With both types, at any position.
    let told = "the variant at byte 56 holds 'u', expected 'i'";
    assert_eq!(refused.to_string(), told);
    assert_eq!(message.first_argument::<AsVariant<i32>>().unwrap_err().to_string(), told);
    let bytes = body("v", "01 76 00 01 75 00 00 00 2a000000");
    let message = Message::parse(&bytes).unwrap();
    let told = "the variant at byte 59 holds 'u', expected 'i'";
    let (variant,): (Variant<'_>,) = message.body().unwrap();
    assert_eq!(variant.get::<AsVariant<i32>>().unwrap_err().to_string(), told);
    assert_eq!(message.body::<(AsVariant<AsVariant<i32>>,)>().unwrap_err().to_string(), told);

    let bytes = body("a{sv}", "10000000 00000000 01000000 6b 00 01 75 00 000000 2a000000");
    let message = Message::parse(&bytes).unwrap();
    let told = "the variant at byte 78 holds 'u', expected 'i'";
    let refused = message.body::<(BTreeMap<&str, AsVariant<i32>>,)>().unwrap_err();
    assert_eq!(refused.to_string(), told);
    let (mut dict,): (Dict<'_, &str, AsVariant<i32>>,) = message.body().unwrap();
    let error = dict.next().unwrap().unwrap_err();
    assert_eq!(dict.explain(error).to_string(), told);
    let kept = OwnedBody::try_from(&message).unwrap();
    let refused = kept.get::<(BTreeMap<&str, AsVariant<i32>>,)>().unwrap_err();
    assert_eq!(refused.to_string(), "the variant at byte 14 holds 'u', expected 'i'");
}

#[test]
fn has_a_test_for_every_kind() {
    for kind in Kind::ALL {
        let tested = [REFUSED, OF_DERIVED_TYPES, OF_RUST_TYPES].concat().contains(kind);
        assert!(tested, "{} has no test", kind.name());
    }
    for kind in Sig::ALL {
        let tested = REFUSED.contains(&Kind::Signature(*kind)) || *kind == Sig::TooLong;
        assert!(tested, "{} has no test", kind.name());
    }
}

#[test]
fn every_kind_has_a_name_and_a_text_of_its_own() {
    let kinds =
        || Kind::ALL.iter().copied().chain(Sig::ALL.iter().map(|kind| Kind::Signature(*kind)));
    let names: std::collections::BTreeSet<_> = kinds().map(Kind::name).collect();
    let texts: std::collections::BTreeSet<_> = kinds().map(|kind| kind.to_string()).collect();
    assert_eq!(names.len(), kinds().count());
    assert_eq!(texts.len(), kinds().count());
    assert!(texts.iter().all(|text| !text.ends_with('.')));
}

/// Every read and write returns one of them. Up to this size they are returned in registers.
#[test]
fn errors_are_small() {
    assert_eq!(size_of::<DecodeError>(), 8);
    assert!(size_of::<Result<&str, DecodeError>>() <= 16);
    assert!(size_of::<Result<(), EncodeError>>() <= 16);
}

#[test]
fn accepts_what_lies_just_within_the_limits() {
    for valid in [
        variants(64),
        signature_value(&format!("{}y", "a".repeat(32))),
        signature_value(&format!("{}y{}", "(".repeat(32), ")".repeat(32))),
        signature_value(&"y".repeat(255)),
        with_field("0a 01 67 00 01 79 00"),
        with_field("ff 02 6179 00 000000 00000000"),
    ] {
        assert_eq!(judge(&valid), Verdict::Valid, "{}", hex::encode(&valid));
    }
    assert_eq!(frame_len(&hex("6c 01 00 01  f0ffff07  01000000  00000000")), Ok(Some(1 << 27)));
    assert_eq!(
        frame_len(&hex("6c 01 00 01  00000000  01000000  00000004")),
        Ok(Some((1 << 26) + 16))
    );
}
