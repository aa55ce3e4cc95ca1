//! The cost of reading: time in proportion to the message, and no memory for refused messages.

use std::collections::{BTreeMap, HashMap};

use barebus_tests::golden::call_of;
use barebus_tests::memory;
use barebus_tests::model::{Body, Model, pad};
use barebus_tests::verdict::{Verdict, judge};
use barebus_wire::{
    Array, Cursor, Decode, DecodeBody, DecodeError, DecodeErrorKind as Kind, Endian, Message,
    OwnedBody, OwnedValue, Reader, SignatureText, Type,
};

/// Number of cursor events for an array with `count` times `element`.
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

/// GVariant's offsets allow a value to be visited many times. In this format nothing is visited twice.
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
    // Valid entries, and an invalid one.
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

/// A message with a VARIANT of the type `array`, which holds as many times `element` as `len` bytes have room for.
fn repeated(array: &str, element: &[u8], len: usize) -> Vec<u8> {
    let mut body = vec![u8::try_from(array.len()).unwrap()];
    body.extend(array.as_bytes());
    body.push(0);
    pad(&mut body, 4);
    let length_at = body.len();
    body.extend([0; 4]);
    let alignment = match array.as_bytes()[1] {
        b'(' | b'{' | b'd' => 8,
        b'a' | b'b' | b'h' | b's' | b'o' => 4,
        _ => 1,
    };
    pad(&mut body, alignment);
    let start = body.len();
    while body.len() < len {
        pad(&mut body, alignment);
        body.extend(element);
    }
    let payload = u32::try_from(body.len() - start).unwrap();
    body[length_at..length_at + 4].copy_from_slice(&payload.to_le_bytes());
    call_of(Endian::Little, "v", &body)
}

/// Most bytes held at once for each byte of `bytes`, a message, while its body is read; rounded up.
fn factor<T>(bytes: &[u8], read: impl Fn(&Message<'_>) -> T) -> usize {
    let message = Message::parse(bytes).unwrap();
    let (value, peak) = memory::peak(|| read(&message));
    drop(value);
    // What does not depend on the length: the list of open containers, and room for four more values in each.
    peak.saturating_sub(4096).div_ceil(bytes.len())
}

/// What the documentation of `OwnedValue` says.
#[test]
fn an_owned_value_takes_no_more_memory_than_is_documented() {
    let empty = [0; 4];
    let variants = b"\x01v\0".repeat(60);
    let nested = "a".repeat(31) + "as";
    let arrays = format!("aa({})", "y".repeat(251));
    let dictionaries = format!("aa{{y({})}}", "y".repeat(248));
    for (array, element, most) in [
        ("ay", &[7][..], 1),
        ("ab", &[1, 0, 0, 0], 1),
        ("an", &[7, 0], 1),
        ("ad", &[7; 8], 1),
        ("ah", &[7, 0, 0, 0], 1),
        ("as", b"\0\0\0\0\0", 4),
        ("ao", b"\x01\0\0\0/\0", 4),
        ("a{sv}", b"\0\0\0\0\0\x01y\0\x07", 5),
        ("aan", &empty, 7),
        ("aat", &empty, 7),
        ("a{yg}", &[0; 3], 7),
        ("ag", &[0, 0], 14),
        ("av", b"\x01y\0\x07", 14),
        ("av", &[&variants[..], b"\x01y\0\x07"].concat(), 14),
        ("aas", &empty, 18),
        ("aao", &empty, 18),
        ("aaay", &empty, 18),
        ("aa{ss}", &empty, 18),
        ("aa{sv}", &empty, 18),
        (&nested, &empty, 25),
        ("a(gggg)", &[0; 8], 28),
        ("a(yyyyyyyy)", &[7; 8], 28),
        (&arrays, &empty, 41),
        (&dictionaries, &empty, 41),
    ] {
        // A vector that grows has more or less room to spare.
        for len in (200_000..225_000).step_by(4_000) {
            let bytes = repeated(array, element, len);
            let read = factor(&bytes, |message| message.body::<(OwnedValue,)>().unwrap());
            assert!(read <= most, "{array}: {read} times what was received");
        }
    }
}

/// A message with a dictionary of as many empty arrays, with keys that count, as `len` bytes have room for.
fn counted_entries(len: usize) -> Vec<u8> {
    let entries = (0..u32::try_from(len / 8).unwrap()).map(|key| [key.to_le_bytes(), [0; 4]]);
    let entries = entries.flatten().flatten().collect::<Vec<u8>>();
    let length = u32::try_from(entries.len()).unwrap().to_le_bytes();
    call_of(Endian::Little, "a{uay}", &[&length[..], &[0; 4], &entries].concat())
}

/// As many times as documented; the vectors' elements are 24 bytes for an empty text that takes 8.
#[test]
fn owned_collections_take_a_few_times_what_was_received() {
    fn times<T: for<'a> DecodeBody<'a>>(array: &str, element: &[u8]) -> usize {
        let times = (200_000..225_000).step_by(4_000).map(|len| {
            let mut body = vec![0; 4];
            while body.len() < len {
                pad(&mut body, 4);
                body.extend(element);
            }
            let payload = u32::try_from(body.len() - 4).unwrap();
            body[..4].copy_from_slice(&payload.to_le_bytes());
            let bytes = call_of(Endian::Little, array, &body);
            factor(&bytes, |message| message.body::<T>().unwrap())
        });
        times.max().unwrap()
    }
    assert_eq!(times::<(Vec<u16>,)>("aq", &[7, 0, 8, 0]), 1);
    assert_eq!(times::<(Vec<bool>,)>("ab", &[1, 0, 0, 0]), 1);
    assert!(times::<(Vec<String>,)>("as", b"\0\0\0\0\0") <= 4);
    assert!(times::<(Vec<String>,)>("as", b"\x03\0\0\0abc\0") <= 4);
    assert!(times::<(Vec<Vec<u8>>,)>("aay", &[0; 4]) <= 7);
    for len in (150_000..300_000).step_by(10_000) {
        let bytes = counted_entries(len);
        let hashed = factor(&bytes, |message| message.body::<(HashMap<u32, Vec<u8>>,)>().unwrap());
        let sorted = factor(&bytes, |message| message.body::<(BTreeMap<u32, Vec<u8>>,)>().unwrap());
        assert!(hashed <= 15 && sorted <= 15, "{hashed} and {sorted} times what was received");
    }
}
