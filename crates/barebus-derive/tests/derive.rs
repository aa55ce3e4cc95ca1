//! What derived types put on the wire, and what they read from it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use core::fmt::Debug;
use std::collections::BTreeMap;

use barebus_derive::{Decode, Encode, Type};
use barebus_wire::{
    Array, AsVariant, BasicType, BodyError, DecodeErrorKind as Kind, Dict, Encode, EncodeError,
    Endian, Entries, Header, Message, MessageBuf, MessageType, ObjectPath, Serial, Type, Value,
    Variant,
};

/// A message with `argument` as its body.
fn message(argument: impl Encode) -> &'static [u8] {
    let mut header = Header::new(MessageType::MethodReturn, Serial::FIRST);
    header.endian = Endian::Little;
    header.reply_serial = Some(Serial::FIRST);
    let mut buf = MessageBuf::new();
    buf.push(&header, &(argument,)).unwrap();
    Vec::leak(buf.as_slice().to_vec())
}

fn read<T: barebus_wire::Decode<'static>>(bytes: &'static [u8]) -> Result<T, BodyError> {
    Message::parse(bytes).unwrap().body().map(|(value,)| value)
}

/// What reading fails with, and at which byte of the body.
fn kind<T: barebus_wire::Decode<'static> + Debug>(argument: impl Encode) -> (Kind, usize) {
    let bytes = message(argument);
    let start = Message::parse(bytes).unwrap().reader().position();
    let refused = read::<T>(bytes).unwrap_err();
    let error = refused.decode_error().unwrap_or_else(|| panic!("{refused}"));
    (error.kind, error.at as usize - start)
}

/// That `derived` is on the wire what `plain` is, and comes back.
#[track_caller]
fn same<T>(derived: T, plain: impl Encode)
where
    T: Encode + barebus_wire::Decode<'static> + PartialEq + Debug,
{
    let bytes = message(&derived);
    assert_eq!(bytes, message(plain));
    assert_eq!(read::<T>(bytes).unwrap(), derived);
}

#[derive(Type, Encode, Decode, Debug, PartialEq)]
struct Unit<'a> {
    name: &'a str,
    path: ObjectPath<'a>,
    job: Job,
}

#[derive(Type, Encode, Decode, Debug, PartialEq)]
struct Job(u32, u64);

#[test]
fn struct_is_a_struct_of_its_fields() {
    let path = ObjectPath::from_static("/unit");
    let unit = Unit { name: "a.service", path, job: Job(1, 2) };
    assert_eq!(Unit::SIGNATURE, "(so(ut))");
    assert_eq!(Unit::MIN_LEN, 5 + 6 + 4 + 8);
    assert_eq!(Unit::ALIGNMENT, 8);
    same(unit, ("a.service", path, (1u32, 2u64)));
}

#[derive(Type, Encode, Decode, Debug, PartialEq)]
struct One {
    field: u32,
}

#[test]
fn struct_with_one_named_field_is_a_struct_all_the_same() {
    assert_eq!(One::SIGNATURE, "(u)");
    same(One { field: 7 }, (7u32,));
}

#[derive(Type, Encode, Decode, Debug, PartialEq, PartialOrd, Eq, Ord)]
struct Name(String);

#[derive(Type, Encode, Decode, Debug, PartialEq)]
struct Bytes(Vec<u8>);

#[derive(Type, Encode, Decode, Debug, PartialEq)]
#[barebus(transparent)]
struct Seconds {
    seconds: u32,
}

#[test]
fn newtype_is_its_field() {
    assert_eq!((Name::SIGNATURE, Name::MIN_LEN, Name::ALIGNMENT), (str::SIGNATURE, 5, 4));
    same(Name("x".into()), "x");
    same(Bytes(vec![1, 2]), &[1u8, 2][..]);
    same(Seconds { seconds: 4 }, 4u32);
}

#[test]
fn newtype_of_a_basic_type_is_a_key() {
    let names = BTreeMap::from([(Name("a".into()), 1u32)]);
    same(names, Entries(&[("a", 1u32)]));
}

#[derive(Type, Encode, Decode, Debug, PartialEq)]
struct Pair<T, const N: usize = 2>
where
    T: Debug,
{
    first: T,
    second: Vec<T>,
}

#[derive(Type, Decode)]
struct Lazy<'first, 'second: 'first, K, V>
where
    K: BasicType + 'second,
{
    names: Array<'first, &'second str>,
    entries: Dict<'second, K, V>,
}

#[derive(Type, Encode, Decode, Debug, PartialEq, PartialOrd, Eq, Ord)]
struct Wrapped<T>(T);

#[test]
fn generic_types_are_what_their_parameters_are() {
    same(Pair::<u16> { first: 1, second: vec![2, 3] }, (1u16, [2u16, 3]));
    same(Pair::<&str> { first: "a", second: vec![] }, ("a", &[] as &[&str]));
    same(BTreeMap::from([(Wrapped(3u8), 1u32)]), Entries(&[(3u8, 1u32)]));
    let lazy: Lazy<'_, '_, u32, bool> =
        read(message((&["x", "y"][..], Entries(&[(5u32, true)])))).unwrap();
    assert_eq!(lazy.names.map(Result::unwrap).collect::<Vec<_>>(), ["x", "y"]);
    assert_eq!(lazy.entries.find(&5), Ok(Some(true)));
}

mod renamed {
    pub(crate) use barebus_wire as wire;
}

#[derive(Type, Encode, Decode, Debug, PartialEq)]
#[barebus(crate = "renamed::wire")]
struct Elsewhere(u8, bool);

#[test]
fn wire_crate_may_have_another_path() {
    same(Elsewhere(1, true), (1u8, true));
}

#[derive(Type, Encode, Decode, Debug, PartialEq, Clone, Copy, PartialOrd, Eq, Ord)]
#[repr(u32)]
enum State {
    Off,
    On = 4,
    Standby,
}

#[derive(Type, Encode, Decode, Debug, PartialEq)]
#[repr(i16)]
enum Sign {
    Minus = -1,
    Zero,
}

#[derive(Type, Encode, Decode, Debug, PartialEq)]
#[repr(u8)]
enum Level {
    Low = 1,
    #[barebus(other)]
    Other(u8),
    High = 9,
}

#[derive(Type, Decode, Debug, PartialEq)]
#[repr(u64)]
enum Known {
    Yes = 1,
    #[barebus(other)]
    No,
}

#[test]
fn enum_with_a_repr_is_that_integer() {
    assert_eq!((State::SIGNATURE, State::MIN_LEN), (u32::SIGNATURE, 4));
    same(State::Off, 0u32);
    same(State::On, 4u32);
    same(State::Standby, 5u32);
    same(Sign::Minus, -1i16);
    same(Sign::Zero, 0i16);
    same(vec![State::On, State::Off], [4u32, 0]);
    same(BTreeMap::from([(State::On, 1u8)]), Entries(&[(4u32, 1u8)]));
}

#[test]
fn unknown_integer_is_refused_where_it_stands() {
    assert_eq!(kind::<State>(1u32), (Kind::UnknownValue, 0));
    assert_eq!(kind::<(u8, State)>((1u8, 1u32)), (Kind::UnknownValue, 4));
}

#[test]
fn unknown_integer_is_kept_by_the_variant_for_others() {
    same(Level::Low, 1u8);
    same(Level::High, 9u8);
    same(Level::Other(2), 2u8);
    assert_eq!(read::<Known>(message(1u64)).unwrap(), Known::Yes);
    assert_eq!(read::<Known>(message(0u64)).unwrap(), Known::No);
}

#[derive(Type, Encode, Decode, Debug, PartialEq, PartialOrd, Eq, Ord)]
#[barebus(string)]
enum Mode {
    Replace,
    ReplaceIrreversibly,
    #[barebus(rename = "Ignore!")]
    Ignore,
}

#[derive(Type, Encode, Decode, Debug, PartialEq)]
#[barebus(string, rename_all = "snake_case")]
enum Active<'a> {
    NotYet,
    r#Try,
    #[barebus(other)]
    Other(&'a str),
}

#[test]
fn string_enum_is_the_names_of_its_variants() {
    assert_eq!((Mode::SIGNATURE, Mode::MIN_LEN), (str::SIGNATURE, 5));
    same(Mode::Replace, "replace");
    same(Mode::ReplaceIrreversibly, "replace-irreversibly");
    same(Mode::Ignore, "Ignore!");
    same(Active::NotYet, "not_yet");
    same(Active::Try, "try");
    same(Active::Other("maintenance"), "maintenance");
    same(BTreeMap::from([(Mode::Replace, 1u8)]), Entries(&[("replace", 1u8)]));
}

#[test]
fn unknown_string_is_refused_where_it_stands() {
    assert_eq!(kind::<Mode>("isolate"), (Kind::UnknownValue, 4));
    assert_eq!(kind::<(u64, Mode)>((1u64, "")), (Kind::UnknownValue, 12));
}

#[derive(Type, Encode, Decode, Debug, PartialEq, Default)]
#[barebus(dict, rename_all = "PascalCase")]
struct Properties<'a> {
    id: &'a str,
    names: Vec<&'a str>,
    #[barebus(rename = "MainPID", default)]
    main_pid: u32,
    active_state: Option<String>,
    job: Option<(u32, String)>,
}

#[test]
fn dictionary_struct_is_its_entries() {
    assert_eq!((Properties::SIGNATURE, Properties::MIN_LEN), (<Dict<&str, Value>>::SIGNATURE, 4));
    let full = Properties {
        id: "a",
        names: vec!["b", "c"],
        main_pid: 1,
        active_state: Some("active".into()),
        job: Some((2, "/".into())),
    };
    let bytes = message(&full);
    assert_eq!(read::<Properties>(bytes).unwrap(), full);
    let (dict,): (Dict<&str, Variant>,) = Message::parse(bytes).unwrap().body().unwrap();
    let entries: Vec<_> =
        dict.map(|entry| entry.map(|(key, value)| (key, value.signature()))).collect();
    let entries: Vec<_> = entries.into_iter().map(|entry| entry.unwrap()).collect();
    let expected = ["s", "as", "u", "s", "(us)"].map(|text| text.try_into().unwrap());
    let keys = ["Id", "Names", "MainPID", "ActiveState", "Job"];
    assert_eq!(entries, keys.into_iter().zip(expected).collect::<Vec<_>>());
}

#[derive(Type, Encode, Decode, Debug, PartialEq)]
#[barebus(dict)]
struct Two {
    a: u32,
    b: Option<u32>,
}

#[test]
fn option_that_is_none_is_left_out() {
    same(Two { a: 1, b: None }, Entries(&[("a", AsVariant(1u32))]));
    same(Two { a: 1, b: Some(2) }, Entries(&[("a", AsVariant(1u32)), ("b", AsVariant(2))]));
}

#[test]
fn entries_may_come_in_any_order_and_the_last_of_a_key_counts() {
    let entries = [("b", AsVariant(3u32)), ("a", AsVariant(1)), ("b", AsVariant(2))];
    assert_eq!(read::<Two>(message(Entries(&entries))).unwrap(), Two { a: 1, b: Some(2) });
}

#[test]
fn unknown_entry_is_ignored_but_validated() {
    let bytes = message(Entries(&[("z", Value::String("text")), ("a", Value::Uint32(1))]));
    assert_eq!(read::<Two>(bytes).unwrap(), Two { a: 1, b: None });
    let mut broken = bytes.to_vec();
    let at = broken.windows(4).position(|window| window == b"text").unwrap();
    broken[at] = 0xff;
    let error = read::<Two>(broken.leak()).unwrap_err();
    assert!(matches!(error, BodyError::Decode(error) if error.kind == Kind::NotUtf8), "{error}");
}

#[test]
fn missing_entry_is_refused_behind_the_dictionary() {
    let empty: &[(&str, AsVariant<u32>)] = &[];
    assert_eq!(kind::<Two>(Entries(empty)), (Kind::MissingEntry, 8));
    assert_eq!(kind::<Two>(Entries(&[("b", AsVariant(1u32))])), (Kind::MissingEntry, 8 + 16));
}

#[test]
fn missing_entry_may_have_a_default() {
    let names: &[&str] = &[];
    let bytes = message(NamesAndId { id: "a", names });
    assert_eq!(read::<Properties>(bytes).unwrap(), Properties { id: "a", ..Default::default() });
}

#[derive(Type, Encode)]
#[barebus(dict, rename_all = "PascalCase")]
struct NamesAndId<'a> {
    id: &'a str,
    names: &'a [&'a str],
}

#[test]
fn entry_of_another_type_is_refused_at_its_signature() {
    assert_eq!(kind::<Two>(Entries(&[("a", AsVariant(1u64))])), (Kind::EntryType, 8 + 6));
}

#[derive(Type, Encode, Decode, Debug, PartialEq)]
#[barebus(dict)]
struct Outer {
    inner: Two,
    more: Vec<Two>,
}

/// What reading `argument` fails with, as people see it.
fn told<T: barebus_wire::Decode<'static> + Debug>(argument: impl Encode) -> String {
    read::<T>(message(argument)).unwrap_err().to_string()
}

#[test]
fn error_names_the_entry_and_both_its_types() {
    let wrong = || Entries(&[("a", AsVariant(1u64))]);
    let missing = || Entries(&[("b", AsVariant(1u32))]);
    let held = "the entry \"a\" holds 't' at byte";
    let lacked = "lacks the entry \"a\"";
    assert_eq!(told::<Two>(wrong()), format!("{held} 54, expected 'u'"));
    assert_eq!(told::<Two>(missing()), format!("the dictionary that ends at byte 64 {lacked}"));
    let BodyError::Variant { expected, found, error } = read::<Two>(message(wrong())).unwrap_err()
    else {
        panic!("the entry has another type");
    };
    assert_eq!((expected.signature.as_str(), expected.key), ("u", Some("a")));
    assert_eq!((found.to_string().as_str(), error.kind), ("t", Kind::EntryType));
    // However deep it lies: in structs, in arrays, in other dictionaries.
    assert!(told::<(u8, Two)>((1u8, wrong())).starts_with(held));
    assert!(told::<Vec<(u8, Two)>>(&[(1u8, wrong())][..]).starts_with(held));
    assert!(told::<Vec<Two>>(&[missing()][..]).ends_with(lacked));
    assert!(told::<BTreeMap<u8, Two>>(Entries(&[(1u8, wrong())])).starts_with(held));
    assert!(told::<AsVariant<Two>>(AsVariant(wrong())).starts_with(held));
    assert!(told::<Outer>(Entries(&[("inner", AsVariant(wrong()))])).starts_with(held));
    assert!(told::<Outer>(Entries(&[("more", AsVariant(&[missing()][..]))])).ends_with(lacked));
    assert_eq!(
        told::<Outer>(Entries(&[("inner", AsVariant(&[wrong()][..]))])),
        "the entry \"inner\" holds 'aa{sv}' at byte 58, expected 'a{sv}'"
    );
}

#[test]
fn error_of_a_lazy_array_names_the_entry_too() {
    let bytes = message(&[Entries(&[("a", AsVariant(1u64))])][..]);
    let mut array: Array<'_, Two> = read(bytes).unwrap();
    let error = array.next().unwrap().unwrap_err();
    assert_eq!((error.kind, array.next()), (Kind::EntryType, None));
    let told = array.explain(error).to_string();
    assert!(told.starts_with("the entry \"a\" holds 't'"), "{told}");
    // What it did not fail with, it cannot explain.
    let other = barebus_wire::DecodeError { at: 0, ..error };
    assert_eq!(array.explain(other), BodyError::Decode(other));
}

#[derive(Type, Decode, Debug)]
#[barebus(dict)]
struct Anything<'a> {
    value: Value<'a>,
    variant: Option<Variant<'a>>,
    boxed: AsVariant<u32>,
}

#[test]
fn field_that_is_a_variant_takes_whatever_the_entry_holds() {
    let entries = Entries(&[
        ("value", Value::Byte(3)),
        ("variant", Value::String("x")),
        ("boxed", Value::Uint32(4)),
    ]);
    let anything: Anything = read(message(entries)).unwrap();
    assert!(matches!(anything.value, Value::Byte(3)));
    assert_eq!(anything.variant.unwrap().get::<&str>(), Ok("x"));
    assert_eq!(anything.boxed, AsVariant(4));
}

#[test]
fn dictionary_nests_in_dictionary() {
    let outer = Outer { inner: Two { a: 1, b: None }, more: vec![Two { a: 2, b: Some(3) }] };
    assert_eq!(read::<Outer>(message(&outer)).unwrap(), outer);
}

#[test]
fn derived_values_of_the_other_byte_order_come_back() {
    let mut header = Header::new(MessageType::MethodReturn, Serial::FIRST);
    header.endian = Endian::Big;
    header.reply_serial = Some(Serial::FIRST);
    let mut buf = MessageBuf::new();
    let two = Two { a: 1, b: Some(2) };
    buf.push(&header, &(&two, State::Standby, Level::Other(3), Job(4, 5))).unwrap();
    let body = Message::parse(buf.as_slice()).unwrap().body().unwrap();
    assert_eq!((two, State::Standby, Level::Other(3), Job(4, 5)), body);
}

#[test]
fn string_with_a_nul_is_refused_in_a_derived_value_too() {
    let mut buf = MessageBuf::new();
    let header = Header::new(MessageType::Unknown(9), Serial::FIRST);
    assert_eq!(buf.push(&header, &(Name("a\0b".into()),)), Err(EncodeError::StringWithNul));
    assert_eq!(buf.push(&header, &(Active::Other("\0"),)), Err(EncodeError::StringWithNul));
}

#[test]
fn long_byte_arrays_of_structs_are_written_from_where_they_are() {
    #[derive(Type, Encode)]
    struct Bytes<'a>(&'a [u8]);

    #[derive(Type, Encode)]
    struct File<'a> {
        name: &'a str,
        content: Bytes<'a>,
        mode: u32,
    }

    let content = vec![7; barebus_wire::gather::GATHERED_LEN];
    let file = File { name: "a", content: Bytes(&content), mode: 0o644 };
    let mut header = Header::new(MessageType::MethodReturn, Serial::FIRST);
    header.reply_serial = Some(Serial::FIRST);
    let body = (file,);
    let (mut buf, mut holes) = ([0; 256], barebus_wire::Holes::new());
    let pieces = header.encode_gathered(&mut buf, &body, &mut holes).unwrap().collect::<Vec<_>>();
    assert!(pieces.iter().any(|piece| piece.as_ptr() == content.as_ptr()));
    let mut whole = vec![0; 8192];
    let len = header.encode(&mut whole, &body).unwrap();
    assert_eq!(pieces.concat(), whole[..len]);
}
