//! Trees of every type: made, marshalled, read again, refused.

use alloc::format;
use alloc::string::ToString;
use alloc::vec;

use super::*;
use crate::{AsVariant, DecodeErrorKind, Endian, ObjectPath};

fn marshal(value: &OwnedValue) -> Vec<u8> {
    let body = OwnedBody::new(&(value,)).unwrap();
    body.as_bytes().to_vec()
}

fn read_back(value: &OwnedValue) -> OwnedValue {
    let bytes = marshal(value);
    let mut reader = Reader::new(&bytes, Endian::NATIVE);
    let value = OwnedValue::decode(&mut reader).unwrap();
    reader.finish().unwrap();
    value
}

/// A value of each type, containers within containers among them.
fn one_of_each() -> Vec<OwnedValue> {
    let signature = Signature::from_static;
    let array = OwnedValue::array(signature("q"), vec![1u16.into(), 2u16.into()]).unwrap();
    let empty = OwnedValue::array(signature("(sv)"), vec![]).unwrap();
    let nested =
        OwnedValue::array(signature("ay"), vec![vec![1u8, 2].into(), Vec::<u8>::new().into()])
            .unwrap();
    let dict = OwnedValue::dict(
        signature("s"),
        signature("v"),
        vec![
            ("a".into(), OwnedValue::Variant(Box::new(array.clone()))),
            ("a".into(), OwnedValue::Variant(Box::new(7u32.into()))),
        ],
    )
    .unwrap();
    vec![
        1u8.into(),
        true.into(),
        (-2i16).into(),
        2u16.into(),
        (-3i32).into(),
        3u32.into(),
        i64::MIN.into(),
        u64::MAX.into(),
        0.5.into(),
        "text".into(),
        ObjectPath::from_static("/a").into(),
        signature("a{sv}").into(),
        FdIndex(9).into(),
        vec![1u8, 2, 3].into(),
        array.clone(),
        empty,
        nested,
        dict.clone(),
        OwnedValue::Struct([dict.clone(), OwnedValue::Struct([5u8.into()].into())].into()),
        OwnedValue::Variant(Box::new(OwnedValue::Variant(Box::new(dict)))),
    ]
}

#[test]
fn an_owned_value_is_small() {
    // A text, or a number with 64 bits beside what tells the type.
    assert!(size_of::<OwnedValue>() <= (3 * size_of::<usize>()).max(2 * size_of::<u64>()));
}

#[test]
fn every_value_is_read_as_it_was_marshalled() {
    for value in one_of_each() {
        assert_eq!(read_back(&value), value);
        let signature = value.signature().unwrap();
        assert!(value.has_type(signature.borrow()), "{signature}");
    }
}

#[test]
fn an_array_of_a_fixed_size_type_is_one_slice_in_either_byte_order() {
    let arrays: [OwnedValue; 10] = [
        vec![1u8, 2].into(),
        vec![true, false].into(),
        vec![-2i16, 3].into(),
        vec![2u16, 3].into(),
        vec![-3i32, 4].into(),
        vec![3u32, 4].into(),
        vec![i64::MIN, 5].into(),
        vec![u64::MAX, 5].into(),
        vec![0.5, -0.5].into(),
        vec![FdIndex(0), FdIndex(1)].into(),
    ];
    for (array, code) in arrays.into_iter().zip("ybnqiuxtdh".chars()) {
        assert_eq!(array.signature().unwrap().as_str(), format!("a{code}"));
        for endian in [Endian::Little, Endian::Big] {
            let body = OwnedBody::build(Signature::from_static("v"), endian, |writer| {
                array.encode(writer)
            });
            assert_eq!(body.unwrap().get::<(OwnedValue,)>(), Ok((array.clone(),)));
        }
    }
    for code in "ybnqiuxtdh".chars() {
        let code = code.to_string();
        let empty = OwnedValue::array(Signature::parse(&code).unwrap(), vec![]).unwrap();
        assert!(!matches!(empty, OwnedValue::Array(_)));
        assert_eq!(read_back(&empty), empty);
    }
}

#[test]
fn bodies_are_made_of_values_and_give_them_back() {
    let values = one_of_each();
    let body = OwnedBody::from_values(&values).unwrap();
    assert_eq!(body.signature(), "ybnqiuxtdsoghayaqa(sv)aaya{sv}(a{sv}(y))v");
    assert_eq!(body.values().unwrap(), values);
    assert_eq!(OwnedBody::from_values(&[]).unwrap().values().unwrap(), []);
}

#[test]
fn a_value_gives_its_text_its_number_or_its_entries() {
    let path = OwnedValue::from(ObjectPath::from_static("/a"));
    let signature = OwnedValue::from(Signature::from_static("as"));
    let texts = [OwnedValue::from("text"), path, signature, 7u32.into()];
    let found: Vec<_> = texts.iter().map(OwnedValue::as_str).collect();
    assert_eq!(found, [Some("text"), Some("/a"), Some("as"), None]);
    for value in one_of_each() {
        let signature = value.signature().unwrap();
        let signature = signature.as_str();
        let is_container = signature.starts_with(['a', '(', 'v']);
        assert_eq!(value.as_basic().is_none(), is_container, "{value:?}");
        assert_eq!(value.as_dict().is_some(), signature.starts_with("a{"), "{value:?}");
    }
}

#[test]
fn a_dictionary_has_one_basic_type_as_its_key() {
    let signature = Signature::from_static;
    for key in ["", "v", "as", "ss", "(s)"] {
        assert!(OwnedDict::new(signature(key), signature("s"), vec![]).is_err(), "{key}");
    }
    assert!(OwnedDict::new(signature("s"), signature(""), vec![]).is_err());
}

#[test]
fn a_signature_over_255_bytes_is_refused() {
    let fields = |count| OwnedValue::Struct(vec![OwnedValue::from(1u8); count].into());
    assert_eq!(fields(253).signature().unwrap().as_str().len(), 255);
    for count in [254, 255, 256, 1000] {
        assert_eq!(fields(count).signature(), Err(EncodeError::SignatureTooLong), "{count}");
    }
    let structs = OwnedValue::Struct(vec![fields(200), fields(200), fields(1)].into());
    assert_eq!(structs.signature(), Err(EncodeError::SignatureTooLong));
}

#[test]
fn the_rest_of_a_body_is_passed_like_the_rest_of_a_container() {
    let body = OwnedBody::new(&(1u8, ["a", "b"], 7u32)).unwrap();
    let mut cursor = body.cursor();
    cursor.next().unwrap();
    cursor.skip_container().unwrap();
    assert!(cursor.next().unwrap().is_none());
}

#[test]
fn a_value_is_made_of_an_array_or_a_dictionary() {
    for value in one_of_each() {
        match value.clone() {
            OwnedValue::Array(array) => assert_eq!(OwnedValue::from(*array), value),
            OwnedValue::Dict(dict) => assert_eq!(OwnedValue::from(*dict), value),
            _ => {}
        }
    }
}

#[test]
fn an_owned_signature_is_made_of_text_and_shown_as_it() {
    let signature: OwnedSignature = "a{sv}".parse().unwrap();
    assert_eq!(format!("{signature} {signature:?}"), "a{sv} \"a{sv}\"");
    assert_eq!(signature.borrow(), Signature::from_static("a{sv}"));
    assert!("a{vs}".parse::<OwnedSignature>().is_err());
}

#[test]
fn a_borrowed_value_becomes_an_owned_one() {
    for value in one_of_each() {
        let bytes = marshal(&value);
        let borrowed = Value::decode(&mut Reader::new(&bytes, Endian::NATIVE)).unwrap();
        assert_eq!(OwnedValue::try_from(&borrowed).unwrap(), value);
        let variant = Variant::decode(&mut Reader::new(&bytes, Endian::NATIVE)).unwrap();
        assert_eq!(OwnedValue::try_from(&variant).unwrap(), value);
    }
}

#[test]
fn elements_and_entries_have_the_type_of_their_container() {
    let signature = Signature::from_static;
    let told = |result: Result<_, TypeError>| result.unwrap_err().to_string();
    let other =
        |found, expected| format!("the value is of the type '{found}', expected '{expected}'");
    let none = |found| format!("no value there can be of the type '{found}'");
    let array = |element, elements| told(OwnedValue::array(element, elements));
    assert_eq!(array(signature("u"), vec![2u32.into(), 1u8.into()]), other("y", "u"));
    assert_eq!(array(signature("y"), vec![1u32.into()]), other("u", "y"));
    assert_eq!(array(signature("(y)"), vec![OwnedValue::Struct([].into())]), other("()", "(y)"));
    assert_eq!(array(signature(""), vec![]), none(""));
    assert_eq!(array(signature("uu"), vec![]), none("uu"));
    let entry = signature("a{sv}").element().unwrap();
    assert_eq!(array(entry, vec![]), none("{sv}"));
    let dict = |key, value, entries| told(OwnedValue::dict(key, value, entries));
    assert_eq!(dict(signature("v"), signature("s"), vec![]), none("v"));
    assert_eq!(dict(signature("s"), signature("ss"), vec![]), none("ss"));
    assert_eq!(dict(signature("s"), entry, vec![]), none("{sv}"));
    let wrong = vec![("a".into(), OwnedValue::from("b")), (1u8.into(), "c".into())];
    assert_eq!(dict(signature("s"), signature("s"), wrong), other("y", "s"));

    let mut array = OwnedArray::new(signature("(us)"), vec![]).unwrap();
    let fitting = OwnedValue::Struct([1u32.into(), "x".into()].into());
    let longer = OwnedValue::Struct([1u32.into(), "x".into(), 1u8.into()].into());
    let shorter = OwnedValue::Struct([1u32.into()].into());
    assert_eq!(array.push(fitting.clone()), Ok(()));
    assert_eq!(array.push(longer).unwrap_err().to_string(), other("(usy)", "(us)"));
    assert_eq!(array.push(shorter).unwrap_err().to_string(), other("(u)", "(us)"));
    assert_eq!(array.into_elements(), [fitting]);

    let mut dict = OwnedDict::new(signature("s"), signature("u"), vec![]).unwrap();
    assert_eq!(dict.push("k".into(), 7u32.into()), Ok(()));
    let refused = |dict: &mut OwnedDict, key, value| dict.push(key, value).unwrap_err().to_string();
    assert_eq!(refused(&mut dict, "k".into(), 7u8.into()), other("y", "u"));
    assert_eq!(refused(&mut dict, 7u32.into(), 7u32.into()), other("u", "s"));
    assert_eq!(dict.find("k"), Some(&7u32.into()));
    assert_eq!(dict.find("l"), None);
}

#[test]
fn a_dictionary_is_no_array_of_structs() {
    let signature = Signature::from_static;
    let dict = OwnedValue::dict(signature("s"), signature("s"), vec![]).unwrap();
    let structs = OwnedValue::array(signature("(ss)"), vec![]).unwrap();
    assert!(dict.has_type(signature("a{ss}")) && !dict.has_type(signature("a(ss)")));
    assert!(structs.has_type(signature("a(ss)")) && !structs.has_type(signature("a{ss}")));
    let fields = OwnedValue::Struct(["a".into(), "b".into()].into());
    assert!(fields.has_type(signature("(ss)")));
    assert!(!fields.has_type(signature("a{ss}").element().unwrap()));
}

#[test]
fn refuses_what_no_signature_can_say() {
    let empty = OwnedValue::Struct([].into());
    assert_eq!(OwnedBody::new(&(&empty,)).err(), Some(EncodeError::StructEmpty));
    assert_eq!(OwnedBody::from_values(&[empty]).err(), Some(EncodeError::StructEmpty));
    let wide = OwnedValue::Struct((0..255u8).map(OwnedValue::from).collect());
    assert_eq!(OwnedBody::new(&(&wide,)).err(), Some(EncodeError::SignatureTooLong));
    let values: Vec<_> = (0..=255u8).map(OwnedValue::from).collect();
    assert_eq!(OwnedBody::from_values(&values).err(), Some(EncodeError::SignatureTooLong));
    let mut deep = OwnedValue::Byte(1);
    for _ in 0..33 {
        deep = OwnedValue::Struct([deep].into());
    }
    assert_eq!(OwnedBody::new(&(&deep,)).err(), Some(EncodeError::NestedTooDeeply));
    for _ in 0..1000 {
        deep = OwnedValue::Struct([deep].into());
    }
    assert_eq!(deep.signature(), Err(EncodeError::NestedTooDeeply));
    let text = OwnedValue::from("a\0");
    assert_eq!(OwnedBody::new(&(&text,)).err(), Some(EncodeError::StringWithNul));
}

#[test]
fn refuses_more_than_64_containers() {
    let nest = |depth: usize| {
        (1..depth).fold(OwnedValue::Byte(1), |value, _| OwnedValue::Variant(Box::new(value)))
    };
    assert_eq!(read_back(&nest(64)), nest(64));
    assert_eq!(OwnedBody::new(&(&nest(65),)).err(), Some(EncodeError::NestedTooDeeply));

    let mut bytes = b"\x01v\0".repeat(64);
    bytes.extend(b"\x01y\0\x07");
    let error = OwnedValue::decode(&mut Reader::new(&bytes, Endian::Little)).unwrap_err();
    assert_eq!(error.kind, DecodeErrorKind::NestedTooDeeply);
    assert!(OwnedValue::decode(&mut Reader::new(&bytes[3..], Endian::Little)).is_ok());
}

#[test]
fn stands_where_a_variant_stands() {
    let body = OwnedBody::new(&(vec![OwnedValue::from(1u8), "x".into()], AsVariant("y"))).unwrap();
    assert_eq!(body.signature(), "avv");
    let (values, last) = body.get::<(Vec<OwnedValue>, OwnedValue)>().unwrap();
    assert_eq!((values, last), (vec![1u8.into(), "x".into()], "y".into()));
}

#[test]
fn refuses_what_is_invalid_at_its_place() {
    for (bytes, kind, at) in [
        (&b"\x01b\0\0\x02\0\0\0"[..], DecodeErrorKind::BadBoolean, 4),
        (b"\x02ab\0\x04\0\0\0\x02\0\0\0", DecodeErrorKind::BadBoolean, 8),
        (b"\x02ay\0\x04\0\0\0\x02", DecodeErrorKind::LengthOutOfBounds, 4),
        (b"\x01y\0", DecodeErrorKind::NotEnoughData, 3),
        (b"\x02yy\0\0\0", DecodeErrorKind::VariantSignatureMultiple, 1),
    ] {
        let mut reader = Reader::new(bytes, Endian::Little);
        let error = OwnedValue::decode(&mut reader).unwrap_err();
        assert_eq!((error.kind, error.at), (kind, at));
        assert_eq!(reader.read_u8(), Err(error), "the reader keeps its error");
    }
}
