//! Rust types as D-Bus types: their bytes, decoding, and refused values.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Debug;
use std::hash::{BuildHasherDefault, DefaultHasher};
use std::rc::Rc;
use std::sync::Arc;

use barebus_tests::golden::kept;
use barebus_wire::name::{OwnedBusName, OwnedErrorName, OwnedInterfaceName, OwnedMemberName};
use barebus_wire::{
    AsVariant, BodyError, BusName, Decode, DecodeError, DecodeErrorKind as Kind, Dict, Encode,
    Endian, Entries, ErrorName, Header, InterfaceName, Layout, LayoutError, MemberName, Message,
    MessageBuf, MessageType, OwnedSignature, Serial, Signature, Type, Value, Variant,
};

fn message_in(endian: Endian, argument: impl Encode) -> &'static [u8] {
    let mut header = Header::new(MessageType::Unknown(9), Serial::FIRST);
    header.endian = endian;
    let mut buf = MessageBuf::new();
    buf.push(&header, &(argument,)).unwrap();
    kept(buf.as_slice().to_vec())
}

fn read<T: Decode<'static>>(bytes: &'static [u8]) -> Result<T, BodyError> {
    Message::parse(bytes).unwrap().body().map(|(value,)| value)
}

/// Checks that `value` has the same bytes as `plain` in either byte order, and is decoded again.
#[track_caller]
fn same<T: Encode + Decode<'static> + PartialEq + Debug>(value: &T, plain: impl Encode) {
    for endian in [Endian::Little, Endian::Big] {
        let bytes = message_in(endian, value);
        assert_eq!(bytes, message_in(endian, &plain));
        assert_eq!(read::<T>(bytes).unwrap(), *value);
    }
}

/// The error of reading `argument`, and its byte in the body.
#[track_caller]
fn refused<T: Decode<'static> + Debug>(argument: impl Encode) -> (Kind, usize) {
    let bytes = message_in(Endian::Little, argument);
    let start = Message::parse(bytes).unwrap().reader().position();
    let error = read::<T>(bytes).unwrap_err().decode_error().unwrap();
    (error.kind, error.at as usize - start)
}

#[test]
fn strings_may_be_shared_borrowed_or_owned() {
    same::<Rc<str>>(&"a".into(), "a");
    same::<Arc<str>>(&"a".into(), "a");
    same::<Cow<'static, str>>(&Cow::Owned("a".into()), "a");
    assert!(matches!(read(message_in(Endian::Little, "a")).unwrap(), Cow::Borrowed("a")));
    same(&HashMap::from([(Rc::<str>::from("a"), 1_u8)]), Entries(&[("a", 1_u8)]));
}

#[test]
fn an_owned_signature_is_a_signature() {
    assert_eq!((OwnedSignature::SIGNATURE.as_str(), OwnedSignature::ALIGNMENT), ("g", 1));
    same(&OwnedSignature::from(Signature::from_static("a{sv}")), Signature::from_static("a{sv}"));
    same(&(1_u8, OwnedSignature::default()), (1_u8, Signature::EMPTY));
}

#[test]
fn names_are_strings_whose_rules_are_checked() {
    same(&BusName::from_static(":1.2"), ":1.2");
    same(&InterfaceName::from_static("a.b"), "a.b");
    same(&MemberName::from_static("M"), "M");
    same(&ErrorName::from_static("a.b"), "a.b");
    same(&OwnedBusName::from(BusName::from_static("a.b")), "a.b");
    same(&OwnedInterfaceName::from(InterfaceName::from_static("a.b")), "a.b");
    same(&OwnedMemberName::from(MemberName::from_static("M")), "M");
    same(&OwnedErrorName::from(ErrorName::from_static("a.b")), "a.b");
    let names = [(InterfaceName::from_static("a.b"), 7_u8)];
    assert_eq!(
        read::<Dict<'_, InterfaceName<'_>, u8>>(message_in(Endian::Little, Entries(&names)))
            .unwrap()
            .collect::<Vec<_>>(),
        names.map(Ok)
    );
    assert_eq!(refused::<BusName<'_>>("a"), (Kind::BadBusName, 5));
    assert_eq!(refused::<InterfaceName<'_>>("a.b."), (Kind::BadInterface, 8));
    assert_eq!(refused::<MemberName<'_>>("a.b"), (Kind::BadMember, 5));
    assert_eq!(refused::<ErrorName<'_>>("a"), (Kind::BadErrorName, 5));
    assert_eq!(refused::<OwnedBusName>(""), (Kind::BadBusName, 4));
}

#[test]
fn a_boxed_slice_is_an_array() {
    same::<Box<[u16]>>(&[1, 2, 3].into(), [1_u16, 2, 3]);
    same::<Box<[&str]>>(&["a", "b"].into(), ["a", "b"]);
}

#[test]
fn a_map_may_have_a_hasher_of_its_own() {
    type Map = HashMap<&'static str, u32, BuildHasherDefault<DefaultHasher>>;
    same(&Map::from_iter([("a", 1_u32)]), Entries(&[("a", 1_u32)]));
}

#[test]
fn an_array_of_a_fixed_length_takes_no_other() {
    same(&[7_u8; 16], &[7_u8; 16][..]);
    same(&(1_u8, [1_u64, 2]), (1_u8, &[1_u64, 2][..]));
    same(&[0_i16; 0], &[] as &[i16]);
    for len in [0, 15, 17] {
        assert_eq!(refused::<[u8; 16]>(&*vec![7_u8; len]), (Kind::ElementCount, 0));
    }
    assert_eq!(refused::<(u8, [u64; 2])>((1_u8, &[1_u64][..])), (Kind::ElementCount, 8 - 4));
}

type Sixteen<'a> = (
    &'a str,
    u8,
    bool,
    &'a str,
    u8,
    bool,
    &'a str,
    u8,
    bool,
    &'a str,
    u8,
    bool,
    u8,
    u8,
    u8,
    &'a str,
);

#[test]
fn a_body_may_have_sixteen_arguments() {
    let body =
        ("a", 1_u8, true, "b", 2_u8, true, "c", 3_u8, true, "d", 4_u8, true, 5_u8, 6_u8, 7_u8, "e");
    let mut buf = MessageBuf::new();
    buf.push(&Header::new(MessageType::Unknown(9), Serial::FIRST), &body).unwrap();
    let message = Message::parse(buf.as_slice()).unwrap();
    assert_eq!(message.signature(), "sybsybsybsybyyys");
    assert!(
        message
            .body::<Sixteen<'_>>()
            .is_ok_and(|read| read.0 == "a" && read.9 == "d" && read.15 == "e")
    );
}

#[test]
fn variants_are_equal_where_their_values_are() {
    // After a number and at the start, for different padding, in both byte orders.
    let entries = [("k", AsVariant(1_u64)), ("l", AsVariant(2))];
    let here: Value<'_> = read(message_in(Endian::Little, AsVariant(Entries(&entries)))).unwrap();
    let (_, there): (u32, Value<'_>) =
        read(message_in(Endian::Big, (1_u32, AsVariant(Entries(&entries))))).unwrap();
    assert_eq!(here, there);
    let other: Value<'_> =
        read(message_in(Endian::Little, AsVariant(Entries(&entries[..1])))).unwrap();
    assert_ne!(here, other);
    assert_ne!(other, here);
    let (a, b): (Variant<'_>, Variant<'_>) = read(message_in(
        Endian::Little,
        (AsVariant(&[(1_u8, "x")][..]), AsVariant(&[(1_u8, "y")][..])),
    ))
    .unwrap();
    assert_eq!(a, a.clone());
    assert_ne!(a, b);
    let (a, b): (Variant<'_>, Variant<'_>) =
        read(message_in(Endian::Little, (AsVariant(&[] as &[u8]), AsVariant(&[] as &[u16]))))
            .unwrap();
    assert_ne!(a, b, "of different types");
    assert_eq!(Value::String("a"), read(message_in(Endian::Big, AsVariant("a"))).unwrap());
    assert_ne!(Value::Double(f64::NAN), Value::Double(f64::NAN));
}

#[test]
fn a_layout_takes_messages_of_its_own_signature_only() {
    let message = Message::parse(message_in(Endian::Little, "a")).unwrap();
    assert_eq!(Layout::new(Signature::from_static("s")).validate(&message), Ok(()));
    // An object path is text, but its type is not STRING.
    let refused = Layout::new(Signature::from_static("sas")).validate(&message).unwrap_err();
    assert_eq!(refused.to_string(), "the signature is 's', expected 'sas'");
    let mut bytes = message.as_bytes().to_vec();
    let last = bytes.len() - 1;
    bytes[last] = b'x';
    let message = Message::parse(&bytes).unwrap();
    let error = DecodeError { kind: Kind::StringMissingNul, at: u32::try_from(last).unwrap() };
    let refused = Layout::new(Signature::from_static("s")).validate(&message);
    assert_eq!(refused, Err(LayoutError::Decode(error)));
}
