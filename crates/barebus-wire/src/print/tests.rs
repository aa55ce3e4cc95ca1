//! What people see of values.

use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use alloc::{format, vec};

use crate::{
    Array, AsVariant, Dict, EncodeBody, Endian, Entries, FdIndex, Header, InterfaceName,
    MemberName, Message, ObjectPath, OwnedBody, OwnedValue, RawBody, Serial, Signature, Value,
    Variant,
};

fn body<B: EncodeBody>(values: &B) -> OwnedBody {
    OwnedBody::new(values).unwrap()
}

/// The value as it is displayed: by `Debug` and `Display`, as a variant, as a value, and as a tree.
#[track_caller]
fn shown<T: crate::Encode>(value: T) -> String {
    let body = body(&(AsVariant(value),));
    let (variant,): (Variant<'_>,) = body.get().unwrap();
    let (value,): (Value<'_>,) = body.get().unwrap();
    let (owned,): (OwnedValue,) = body.get().unwrap();
    let text = variant.to_string();
    assert_eq!(format!("{variant:?}"), text);
    assert_eq!(value.to_string(), text);
    assert_eq!(format!("{value:?}"), text);
    assert_eq!(owned.to_string(), text);
    assert_eq!(format!("{owned:?}"), text);
    text
}

#[test]
fn a_basic_value_tells_its_type_where_its_text_does_not() {
    assert_eq!(shown(0x2a_u8), "byte 0x2a");
    assert_eq!(shown(true), "true");
    assert_eq!(shown(-2_i16), "int16 -2");
    assert_eq!(shown(2_u16), "uint16 2");
    assert_eq!(shown(-3_i32), "-3");
    assert_eq!(shown(1500_u32), "uint32 1500");
    assert_eq!(shown(i64::MIN), "int64 -9223372036854775808");
    assert_eq!(shown(u64::MAX), "uint64 18446744073709551615");
    assert_eq!(shown(1_f64), "1.0");
    assert_eq!(shown(f64::NAN), "nan");
    assert_eq!(shown(f64::NEG_INFINITY), "-inf");
    assert_eq!(shown("text"), "'text'");
    assert_eq!(shown(ObjectPath::from_static("/a")), "objectpath '/a'");
    assert_eq!(shown(Signature::from_static("a{sv}")), "signature 'a{sv}'");
    assert_eq!(shown(FdIndex(3)), "handle 3");
}

#[test]
fn nothing_in_a_string_is_acted_on_by_a_terminal() {
    assert_eq!(shown("it's"), r#""it's""#);
    assert_eq!(shown(r#"it's "x""#), r#""it's \"x\"""#);
    assert_eq!(shown("a\\b\n\t\u{1b}[31m"), r"'a\\b\n\t\u001b[31m'");
    assert_eq!(shown("\u{202e}\u{e0001}é字"), r"'\u202e\U000e0001é字'");
}

#[test]
fn what_cannot_be_printed_is_escaped_as_glib_does() {
    for (text, expected) in [
        ("\u{7}\u{8}\u{b}\u{c}\n\r\t", r"'\a\b\v\f\n\r\t'"),
        ("it's", r#""it's""#),
        (r#"'"\"#, r#""'\"\\""#),
        ("\u{1}\u{7f}\u{85}\u{200b}", r"'\u0001\u007f\u0085\u200b'"),
        ("é\u{301}\u{e000}\u{2003}", "'é\u{301}\u{e000}\u{2003}'"),
        ("\u{e0001}", r"'\U000e0001'"),
    ] {
        assert_eq!(shown(text), expected);
    }
}

#[test]
fn a_container_is_shown_with_its_values() {
    assert_eq!(shown((1_u8, "a")), "(byte 0x01, 'a')");
    assert_eq!(shown(("a",)), "('a',)");
    assert_eq!(shown(&["a", "b"][..]), "['a', 'b']");
    // The first element tells the type of all.
    assert_eq!(shown(&[1_u32, 2][..]), "[uint32 1, 2]");
    assert_eq!(shown(&[(1_u32, 2_u8), (3, 4)][..]), "[(uint32 1, byte 0x02), (3, 0x04)]");
    assert_eq!(shown(&[0_u16; 0][..]), "@aq []");
    assert_eq!(shown(Entries::<[(&str, Value<'_>); 0]>([])), "@a{sv} {}");
    assert_eq!(shown(vec![vec![], vec!["x"]]), "[@as [], ['x']]");
    let entries = [("Mtu", Value::Uint32(1500)), ("Name", Value::String("x"))];
    assert_eq!(shown(Entries(&entries)), "{'Mtu': <uint32 1500>, 'Name': <'x'>}");
    assert_eq!(shown(AsVariant(AsVariant(7_u8))), "<<byte 0x07>>");
}

#[test]
fn an_array_and_a_dictionary_are_shown_from_where_the_iteration_stands() {
    let body = body(&(["a", "b"], Entries(&[(1_u8, 2_u64), (3, 4)])));
    let (mut array, mut dict): (Array<'_, &str>, Dict<'_, u8, u64>) = body.get().unwrap();
    assert_eq!(array.to_string(), "['a', 'b']");
    assert_eq!(format!("{dict:?}"), "{byte 0x01: uint64 2, 0x03: 4}");
    array.next();
    dict.next();
    assert_eq!(format!("{array:?}"), "['b']");
    assert_eq!(dict.to_string(), "{byte 0x03: uint64 4}");
    array.next();
    dict.next();
    assert_eq!(array.to_string(), "@as []");
    assert_eq!(dict.to_string(), "@a{yt} {}");
}

fn signal<B: EncodeBody>(body: &B) -> Vec<u8> {
    let mut header = Header::signal(
        Serial::FIRST,
        ObjectPath::from_static("/a"),
        InterfaceName::from_static("a.b"),
        MemberName::from_static("C"),
    );
    // The tests change single bytes.
    header.endian = Endian::Little;
    let mut buf = vec![0; 512];
    let len = header.encode(&mut buf, body).unwrap();
    buf.truncate(len);
    buf
}

#[test]
fn a_message_is_shown_with_its_fields_and_its_values() {
    let head = r#"Message { message_type: Signal, flags: {"NO_REPLY_EXPECTED"}, serial: 1, path: "/a", interface: "a.b", member: "C""#;
    let bytes = signal(&("x", 7_u32));
    let message = Message::parse(&bytes).unwrap();
    assert_eq!(
        format!("{message:?}"),
        format!(r#"{head}, signature: "su", body: ('x', uint32 7) }}"#)
    );
    assert_eq!(format!("{:?}", RawBody::of(&message)), "('x', uint32 7)");
    assert_eq!(format!("{:?}", OwnedBody::try_from(&message).unwrap()), "('x', uint32 7)");
    let bytes = signal(&());
    assert_eq!(format!("{:?}", Message::parse(&bytes).unwrap()), format!("{head}, body: () }}"));
}

#[test]
fn an_invalid_value_is_shown_as_its_error_in_its_place() {
    let shown = |bytes: &[u8]| {
        let text = format!("{:?}", Message::parse(bytes).unwrap());
        text.split_once("body: ").unwrap().1.strip_suffix(" }").unwrap().to_string()
    };
    let mut bytes = signal(&(7_u32, vec![(1_u8, true), (2, true)]));
    let len = bytes.len();
    bytes[len - 4] = 2;
    let why = "a boolean is neither 0 nor 1 at byte";
    assert_eq!(
        shown(&bytes),
        format!("(uint32 7, [(byte 0x01, true), (0x02, <invalid: {why} {}>)])", len - 4)
    );

    // A byte too many.
    let mut bytes = signal(&(7_u32,));
    bytes.push(0);
    bytes[4] += 1;
    let why = "bytes are left after the last value of the body at byte";
    assert_eq!(shown(&bytes), format!("(uint32 7, <invalid: {why} {}>)", bytes.len() - 1));

    let elements = [4, 0, 0, 0, 2, 0, 0, 0];
    let mut reader = crate::Reader::new(&elements, Endian::Little);
    let mut array = <Array<'_, bool> as crate::Decode>::decode(&mut reader).unwrap();
    let text = "[<invalid: a boolean is neither 0 nor 1 at byte 4>]";
    assert_eq!(array.to_string(), text);
    assert!(array.next().unwrap().is_err());
    assert_eq!(array.to_string(), text, "after the iteration has failed");
}

#[test]
fn containers_that_no_message_can_hold_are_left_out() {
    let nest =
        |depth| (0..depth).fold(OwnedValue::Byte(1), |v, _| OwnedValue::Variant(Box::new(v)));
    let text = |depth: usize| ["<".repeat(depth), ">".repeat(depth)];
    let [before, behind] = text(64);
    assert_eq!(nest(64).to_string(), [&*before, "byte 0x01", &*behind].concat());
    let [before, behind] = text(66);
    let mut value = nest(10_000);
    assert_eq!(value.to_string(), [&*before, "…", &*behind].concat());
    // From the outside in: dropping it is a recursion, for which some machines need more stack than a test has.
    while let OwnedValue::Variant(inner) = value {
        value = *inner;
    }
}
