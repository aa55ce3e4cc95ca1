//! Structs that are declared, and what is said of messages that do not hold them.

use alloc::string::{String, ToString};
use alloc::vec;

use crate::{BodyError, DecodeErrorKind as Kind, Entries, OwnedBody, OwnedValue, Type, Variant};

crate::structure! {
    #[derive(Debug, PartialEq)]
    struct Pair<'a> {
        number: u64,
        name: &'a str,
    }
}

crate::dictionary! {
    #[derive(Debug, PartialEq)]
    struct Settings<'a> {
        "Mtu" => mtu: Option<u32>,
        "Name" => name: Option<&'a str>,
        "Pair" => pair: Option<Pair<'a>>,
    }
}

crate::dictionary! {
    struct Open<'a> {
        "Any" => any: Option<Variant<'a>>,
    }
}

fn entries<const COUNT: usize>(entries: [(&str, OwnedValue); COUNT]) -> OwnedBody {
    OwnedBody::new(&(Entries::variants(entries),)).unwrap()
}

#[test]
fn a_struct_is_its_fields() {
    assert_eq!(Pair::SIGNATURE, "(ts)");
    let body = OwnedBody::new(&(7_u8, Pair { number: 1, name: "a" })).unwrap();
    assert_eq!(body.get::<(u8, (u64, &str))>().unwrap(), (7, (1, "a")));
    assert_eq!(body.get::<(u8, Pair<'_>)>().unwrap().1, Pair { number: 1, name: "a" });
}

#[test]
fn a_dictionary_holds_the_fields_that_are_set_and_entries_of_others() {
    assert_eq!(Settings::SIGNATURE, "a{sv}");
    let settings =
        || Settings { mtu: None, name: Some("eth0"), pair: Some(Pair { number: 1, name: "a" }) };
    let body = OwnedBody::new(&(settings(),)).unwrap();
    assert_eq!(body.get::<(Settings<'_>,)>().unwrap().0, settings());

    let body = entries([("Name", "eth0".into()), ("Other", vec![1_u8].into())]);
    let expected = Settings { mtu: None, name: Some("eth0"), pair: None };
    assert_eq!(body.get::<(Settings<'_>,)>().unwrap().0, expected);
}

#[test]
fn an_entry_of_any_type_is_the_variant_that_stands_there() {
    let body = entries([("Any", 7_u32.into())]);
    let (open,) = body.get::<(Open<'_>,)>().unwrap();
    assert_eq!(open.any.as_ref().unwrap().get::<u32>().unwrap(), 7);
    assert_eq!(OwnedBody::new(&(open,)).unwrap().as_bytes(), body.as_bytes());
}

#[test]
fn an_entry_of_another_type_is_named_with_both() {
    for (value, found) in [("1500".into(), "s"), (vec![1_u8].into(), "ay")] {
        let body = entries([("Name", "eth0".into()), ("Mtu", value)]);
        let error = body.get::<(Settings<'_>,)>().unwrap_err();
        let decode = error.decode_error().unwrap();
        assert_eq!(decode.kind, Kind::EntryType);
        let text =
            alloc::format!("the entry \"Mtu\" holds '{found}' at byte {}, expected 'u'", decode.at);
        assert_eq!(error.to_string(), text);
    }
}

#[test]
fn an_entry_that_is_required_is_missed_where_the_dictionary_ends() {
    struct Key;
    impl crate::derive::Key for Key {
        const TEXT: &'static str = "Mtu";
    }
    let mut reader = crate::Reader::new(&[0; 4], crate::Endian::Little);
    reader.read_u32().unwrap();
    let required = crate::derive::require_entry::<Key, u32>(Some(7), &mut reader);
    assert_eq!(required, Ok(7));
    let error = crate::derive::require_entry::<Key, u32>(None, &mut reader).unwrap_err();
    assert_eq!((error.kind, error.at), (Kind::MissingEntry, 4));
    let error = reader.explain(error);
    assert!(matches!(error, BodyError::MissingEntry { expected, .. } if expected.signature == "u"));
    let text = "the dictionary that ends at byte 4 lacks the entry \"Mtu\"";
    assert_eq!(error.to_string(), String::from(text));
}

#[test]
fn a_value_that_an_enumeration_lacks_is_found_where_it_stands() {
    let mut reader = crate::Reader::new(&[0; 8], crate::Endian::Little);
    reader.read_u64().unwrap();
    let error = crate::derive::unknown_value(&mut reader, 8);
    assert_eq!((error.kind, error.at), (Kind::UnknownValue, 0));
}

#[test]
fn a_name_is_put_as_a_string() {
    let mut place = [0; 16];
    let mut writer = crate::Writer::new(&mut place, crate::Endian::Little);
    crate::derive::put_name("eth0", &mut writer).unwrap();
    assert_eq!(writer.finish(), Ok(9));
    assert_eq!(place[..9], *b"\x04\0\0\0eth0\0");
}

#[test]
fn types_are_the_same_when_their_codes_are() {
    crate::derive::assert_same_type::<&str, String>();
    crate::derive::assert_same_type::<u32, u32>();
}

#[test]
#[should_panic = "another D-Bus type than the enum"]
fn a_field_of_another_type_than_the_enum_is_refused() {
    crate::derive::assert_same_type::<u32, u64>();
}
