//! What reading costs: steps in proportion to the message, and no memory for what is refused.

use std::collections::HashMap;

use barebus_tests::golden::call_of;
use barebus_tests::memory;
use barebus_tests::model::{Body, Model};
use barebus_tests::verdict::{Verdict, judge};
use barebus_wire::{
    Array, Cursor, Decode, DecodeError, DecodeErrorKind as Kind, Endian, Message, OwnedBody,
    OwnedValue, Reader, SignatureText, Type,
};

/// How many events a cursor tells of `count` times `element` in an array.
fn steps(element: &Model, count: usize) -> usize {
    let array = Model::Array(element.signature(), vec![element.clone(); count]);
    let bytes = call_of(
        Endian::Little,
        &array.signature(),
        &Body::new(vec![array.clone()]).marshal(Endian::Little),
    );
    let message = Message::parse(&bytes).unwrap();
    let mut cursor: Cursor<'_> = message.cursor();
    let mut steps = 0;
    while cursor.next().unwrap().is_some() {
        steps += 1;
    }
    steps
}

/// GVariant's offsets let a value be walked many times over; on this wire nothing is met twice.
#[test]
fn twice_the_elements_are_twice_the_steps() {
    let string = || Model::String("text".into());
    let variant = |value| Model::Variant(Box::new(value));
    let array = |value: Model| Model::Array(value.signature(), vec![value]);
    let nested = |wrap: &dyn Fn(Model) -> Model, depth| {
        (0..depth).fold(Model::Byte(7), |value, _| wrap(value))
    };
    for element in [
        Model::Byte(7),
        string(),
        Model::Array("s".into(), Vec::new()),
        array(string()),
        variant(string()),
        variant(array(string())),
        Model::Struct(vec![string(), array(Model::Byte(7)), variant(Model::Byte(7))]),
        nested(&|value| Model::Struct(vec![value]), 32),
        nested(&array, 31),
        nested(&variant, 63),
    ] {
        let of_none = steps(&element, 0);
        let of_one = steps(&element, 1) - of_none;
        for count in [2, 20, 2000] {
            assert_eq!(steps(&element, count), of_none + count * of_one, "{}", element.signature());
        }
    }
}

/// A BYTE that counts how often it is read.
struct Counted;

thread_local! {
    static READ: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

impl Type for Counted {
    const TEXT: SignatureText = u8::TEXT;
}

impl Decode<'_> for Counted {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        READ.set(READ.get() + 1);
        reader.read_u8().map(|_| Self)
    }
}

#[test]
fn typed_reading_reads_each_element_once() {
    let body = [&3_u32.to_le_bytes()[..], &[1, 2, 3]].concat();
    let bytes = call_of(Endian::Little, "ay", &body);
    let (array,): (Array<'_, Counted>,) = Message::parse(&bytes).unwrap().body().unwrap();
    assert_eq!((READ.take(), array.map(Result::unwrap).count(), READ.take()), (0, 3, 3));
    let (array,): (Vec<Counted>,) = Message::parse(&bytes).unwrap().body().unwrap();
    assert_eq!((array.len(), READ.take()), (3, 3));
}

/// Messages that are refused, early and late.
fn refused() -> Vec<(Vec<u8>, Kind)> {
    let path = "/element".repeat(28_000) + "/";
    let length = |len: usize| u32::try_from(len).unwrap().to_le_bytes().to_vec();
    let path = [length(path.len()), path.into_bytes(), vec![0]].concat();
    // Entries that are right, and one that is not.
    let entry = |key: u8, value: &[u8]| [&[1, 0, 0, 0, key, 0, 1][..], value].concat();
    let mut entries = Vec::new();
    for key in 0..100 {
        entries.extend(entry(b'a' + key % 26, b"u\0\0\0\0\x07\0\0\0"));
    }
    entries.extend(entry(b'z', b"b\0\0\0\0\x02\0\0\0"));
    let dictionary = [length(entries.len()), vec![0; 4], entries].concat();
    let cut = call_of(Endian::Little, "s", b"\x04\0\0\0text\0");
    let mut wrong_header = cut.clone();
    wrong_header[1] = 0;
    vec![
        (call_of(Endian::Little, "o", &path), Kind::BadPath),
        (call_of(Endian::Little, "a{sv}", &dictionary), Kind::BadBoolean),
        (call_of(Endian::Little, "v", &b"\x01v\0".repeat(1000)), Kind::NestedTooDeeply),
        (call_of(Endian::Little, "as", b"\xff\xff\xff\x03"), Kind::LengthOutOfBounds),
        (call_of(Endian::Little, "s", b"\x04\0\0\0text"), Kind::NotEnoughData),
        (wrong_header, Kind::MessageTypeZero),
    ]
}

#[test]
fn a_hundred_thousand_invalid_messages_leave_nothing_behind() {
    let refused = refused();
    let ((), held) = memory::held(|| {
        for round in 0..20_000 {
            // The long ones in some rounds only.
            for (bytes, kind) in &refused[if round % 1000 == 0 { 0 } else { 2 }..] {
                let (verdict, allocations) = memory::allocations(|| judge(bytes));
                assert_eq!((verdict, allocations), (Verdict::Invalid(*kind), 0));
            }
        }
    });
    assert_eq!(held, 0);
}

#[test]
fn what_is_refused_half_read_is_given_back() {
    for (bytes, _) in refused() {
        let Ok(message) = Message::parse(&bytes) else { continue };
        let read = || {
            message.body::<(HashMap<String, OwnedValue>,)>().is_err()
                && message.body::<(OwnedValue,)>().is_err()
                && message.body::<(Vec<String>,)>().is_err()
                && OwnedBody::try_from(&message).is_err()
        };
        let ((refused, peak), held) = memory::held(|| memory::peak(read));
        assert!(refused && held == 0, "{held}");
        // A tree takes 24 bytes for a value, a map's entry three times as much.
        assert!(peak <= 16 * bytes.len() + 4096, "{peak} bytes for a message of {}", bytes.len());
    }
}
