//! `barebus-wire` accepts what is valid, and refuses what is broken for exactly that rule at that byte.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use arbitrary::{Arbitrary, Unstructured};
use barebus_gen::{
    Generated, Generator, Message, Shape, ShapeError, Source, any_broken, any_message, broken,
    is_large, rule_named, rules,
};
use barebus_wire::{DecodeError, DecodeErrorKind as Kind, Endian, MessageType, SignatureErrorKind};
use proptest::prelude::*;

/// What `barebus-wire` finds wrong with the bytes of a message.
fn verdict(bytes: &[u8]) -> Option<DecodeError> {
    barebus_wire::Message::parse(bytes).and_then(|message| message.validate()).err()
}

fn with_fds() -> Shape {
    let mut shape = Shape::default();
    shape.unix_fds = true;
    shape
}

#[test]
fn each_broken_message_is_refused_for_exactly_that_rule_at_that_byte() {
    for rule in rules().filter(|rule| !is_large(*rule)) {
        let generator = Generator::new(1, Shape::default());
        for number in 0..400 {
            let Generated { bytes, error } = generator.broken(number, rule).unwrap();
            assert_eq!(error.map(|error| error.kind), Some(rule), "{number}");
            assert_eq!(verdict(&bytes), error, "message {number}: {bytes:02x?}");
        }
    }
}

#[test]
fn an_array_over_64_mib_is_broken_as_well() {
    let mut shape = Shape::default();
    shape.signature = Some("uay".into());
    let Generated { bytes, error } =
        Generator::new(1, shape).broken(0, Kind::ArrayTooLong).unwrap();
    assert_eq!(error.map(|error| error.kind), Some(Kind::ArrayTooLong));
    assert_eq!(verdict(&bytes), error);
}

#[test]
fn each_valid_message_is_accepted() {
    for shape in [Shape::default(), with_fds()] {
        let generator = Generator::new(2, shape);
        for number in 0..5_000 {
            let message = generator.message(number).unwrap();
            let bytes = message.marshal();
            assert_eq!(verdict(&bytes), None, "message {number}: {message:?}");
            let parsed = barebus_wire::Message::parse(&bytes).unwrap();
            let mut header = message.header();
            header.signature = parsed.signature();
            assert_eq!(*parsed.header(), header, "message {number}");
        }
    }
}

#[test]
fn every_rule_of_messages_can_be_broken_but_a_signature_over_255_bytes() {
    let all = Kind::ALL.iter().copied();
    let all = all.chain(SignatureErrorKind::ALL.iter().map(|kind| Kind::Signature(*kind)));
    let left: Vec<_> =
        all.filter(|kind| !rules().any(|rule| rule == *kind)).map(Kind::name).collect();
    let of_rust_types =
        ["BadBusName", "ElementCount", "UnknownValue", "MissingEntry", "EntryType", "VariantType"];
    assert_eq!(left, [&of_rust_types[..], &["SignatureTooLong"]].concat());
    for rule in rules() {
        assert_eq!(rule_named(rule.name()), Some(rule));
    }
    let unbreakable = Kind::Signature(SignatureErrorKind::TooLong);
    assert_eq!(
        Generator::new(1, Shape::default()).broken(0, unbreakable),
        Err(ShapeError::NotOfMessages(unbreakable))
    );
}

#[test]
fn one_seed_gives_the_same_messages_and_another_one_others() {
    let bytes = |seed, number| Generator::new(seed, Shape::default()).valid(number).unwrap().bytes;
    assert_eq!(bytes(1, 5), bytes(1, 5));
    assert_ne!(bytes(1, 5), bytes(2, 5));
    assert_ne!(bytes(1, 5), bytes(1, 6));
    // Messages that users have kept as a seed and a number stay the same.
    let told: u64 =
        (0..100).flat_map(|number| bytes(1, number)).fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
        });
    assert_eq!(told, FIRST_HUNDRED, "{told:#x}");
}

/// FNV-1a of the first hundred messages of seed 1.
const FIRST_HUNDRED: u64 = 0x6f9e_af81_96c3_13e3;

#[test]
fn a_shape_is_kept() {
    for (signature, depth) in
        [("a{sv}", 5), ("v", 64), ("(yv)s", 2), ("s", 0), ("aau", 2), ("aau", 1), ("a(ya{sv})", 10)]
    {
        let mut shape = Shape::default();
        shape.signature = Some(signature.into());
        shape.depth = Some(depth);
        shape.endian = Some(Endian::Big);
        shape.message_type = Some(MessageType::Signal);
        for number in 0..50 {
            let message = Generator::new(3, shape.clone()).message(number).unwrap();
            assert_eq!((message.body.types(), message.body.depth()), (signature, depth));
            assert_eq!((message.endian, message.message_type), (Endian::Big, MessageType::Signal));
            assert_eq!(verdict(&message.marshal()), None);
        }
    }
    for depth in 0..=64 {
        let mut shape = Shape::default();
        shape.depth = Some(depth);
        for number in 0..50 {
            let message = Generator::new(4, shape.clone()).message(number).unwrap();
            assert_eq!(message.body.depth(), depth, "{message:?}");
            assert_eq!(verdict(&message.marshal()), None, "{message:?}");
        }
    }
}

#[test]
fn a_message_has_the_size_that_was_asked_for_or_up_to_seven_bytes_more() {
    for signature in
        [None, Some("s"), Some("ay"), Some("a{sv}u"), Some("at"), Some("ox"), Some("uv")]
    {
        for size in [150, 200, 201, 207, 1000, 4099, 100_000] {
            let mut shape = Shape::default();
            shape.signature = signature.map(String::from);
            shape.size = Some(size);
            for number in 0..20 {
                let Generated { bytes, .. } =
                    Generator::new(5, shape.clone()).valid(number).unwrap();
                let most = if signature.is_none_or(|it| it == "s" || it == "ay") { 0 } else { 7 };
                assert!(
                    (size..=size + most).contains(&bytes.len()),
                    "{signature:?}, {size}: {}",
                    bytes.len()
                );
                assert_eq!(verdict(&bytes), None);
            }
        }
    }
}

#[test]
fn what_cannot_be_is_said() {
    let shape = |signature: Option<&str>, depth, size| {
        let mut shape = Shape::default();
        shape.signature = signature.map(String::from);
        (shape.depth, shape.size) = (depth, size);
        shape
    };
    for (shape, expected) in [
        (
            shape(Some("z"), None, None),
            "cannot generate a body of the signature 'z': a byte is not a type code at byte 0",
        ),
        (
            shape(Some("h"), None, None),
            "cannot generate a body of 'h': it needs file descriptors; allow them",
        ),
        (
            shape(Some("au"), Some(2), None),
            "cannot generate a body of 'au' that is nested 2 deep: its types do not allow it",
        ),
        (
            shape(None, Some(65), None),
            "cannot generate a body that is nested 65 deep: at most 64 containers enclose one another",
        ),
        (shape(None, None, Some(15)), "cannot generate a message of 15 bytes: it has at least"),
        (
            shape(Some("u"), None, Some(5000)),
            "cannot generate a message of 5000 bytes: it has at most",
        ),
    ] {
        let error = Generator::new(1, shape).valid(0).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{error}");
    }
    let error = Generator::new(1, shape(Some("u"), None, None)).broken(0, Kind::BadBoolean);
    assert_eq!(
        error.unwrap_err().to_string(),
        "cannot break BadBoolean in such a message: nothing in it can break the rule"
    );
}

#[test]
fn arbitrary_makes_them_from_any_bytes() {
    let mut source = Source::seeded(9);
    let noise: Vec<u8> = (0..100_000).map(|_| source.byte()).collect();
    let (mut kinds, mut failed) = (std::collections::HashSet::new(), 0);
    for input in noise.chunks(200) {
        let message = Message::arbitrary_take_rest(Unstructured::new(input)).unwrap();
        assert_eq!(verdict(&message.marshal()), None);
        match Generated::arbitrary(&mut Unstructured::new(input)) {
            Ok(Generated { bytes, error }) => {
                assert_eq!(verdict(&bytes), error);
                kinds.insert(error.map(|error| error.kind));
            }
            Err(_) => failed += 1,
        }
    }
    assert!(kinds.len() > 40 && failed < 50, "{} kinds, {failed} failed", kinds.len());
}

proptest! {
    #[test]
    fn proptest_makes_valid_messages(message in any_message(Shape::default())) {
        prop_assert_eq!(verdict(&message.marshal()), None);
    }

    #[test]
    fn proptest_makes_broken_messages(generated in any_broken(Shape::default())) {
        prop_assert_eq!(verdict(&generated.bytes), generated.error);
    }

    #[test]
    fn simple_choices_break_a_rule_as_well(bytes in prop::collection::vec(any::<u8>(), 0..20)) {
        for rule in rules().filter(|rule| !is_large(*rule)) {
            let Generated { bytes, error } = broken(&mut Source::new(&bytes), &Shape::default(), rule).unwrap();
            prop_assert_eq!(verdict(&bytes), error);
            prop_assert_eq!(error.map(|error| error.kind), Some(rule));
        }
    }
}
