//! Rust types made trees and back.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Debug;

use crate::name::OwnedObjectPath;
use crate::{
    AsVariant, BusName, Decode, Encode, Entries, FdIndex, ObjectPath, OwnedBody, OwnedSignature,
    OwnedValue, Signature, TypeError,
};

/// A value becomes the tree that it is read as when it was marshalled.
#[track_caller]
fn becomes<T: Encode + Clone>(value: T) -> OwnedValue
where
    OwnedValue: From<T>,
{
    let tree = OwnedValue::from(value.clone());
    assert_eq!(OwnedValue::new(&value), Ok(tree.clone()));
    assert!(tree.has_type(T::SIGNATURE), "{tree} is no {}", T::SIGNATURE);
    tree
}

/// A value of a type that no test asks for.
fn other() -> OwnedValue {
    Vec::<Vec<ObjectPath<'_>>>::new().into()
}

/// A value becomes a tree, and the tree becomes the value.
#[track_caller]
fn comes_back<T>(value: T)
where
    T: Encode + Clone + PartialEq + Debug,
    T: TryFrom<OwnedValue, Error = TypeError> + for<'a> TryFrom<&'a OwnedValue, Error = TypeError>,
    T: for<'a> Decode<'a>,
    OwnedValue: From<T>,
{
    let tree = becomes(value.clone());
    assert_eq!(T::try_from(&tree).as_ref(), Ok(&value));
    assert_eq!(T::try_from(tree), Ok(value));
    // A value of another type is refused.
    let other = other();
    let error = T::try_from(&other).unwrap_err();
    let expected = T::SIGNATURE;
    let text = format!("the value is of the type 'aao', expected '{expected}'");
    assert_eq!(error.to_string(), text);
    assert_eq!(T::try_from(other), Err(error));
}

#[test]
fn every_natural_type_becomes_a_value_and_comes_back() {
    comes_back(1_u8);
    comes_back(true);
    comes_back(-2_i16);
    comes_back(2_u16);
    comes_back(-3_i32);
    comes_back(3_u32);
    comes_back(i64::MIN);
    comes_back(u64::MAX);
    comes_back(0.5);
    comes_back(FdIndex(7));
    comes_back(String::from("text"));
    comes_back(OwnedObjectPath::from(ObjectPath::from_static("/a")));
    comes_back(OwnedSignature::from(Signature::from_static("a{sv}")));
    comes_back(Vec::from([1_u8, 2]));
    comes_back(Vec::from([true, false]));
    comes_back(Vec::from([-1_i16]));
    comes_back(Vec::from([1_u16]));
    comes_back(Vec::from([-1_i32]));
    comes_back(Vec::from([1_u32]));
    comes_back(Vec::from([-1_i64]));
    comes_back(Vec::from([1_u64]));
    comes_back(Vec::from([1.5]));
    comes_back(Vec::from([FdIndex(1)]));
    comes_back(Vec::<String>::new());
    comes_back(Vec::from([String::from("a"), String::from("b")]));
    comes_back(Vec::from([Vec::from([1_u8]), Vec::new()]));
    comes_back([1_u32, 2, 3]);
    comes_back((1_u8,));
    comes_back((1_u8, String::from("a"), Vec::from([(1_u64, -1_i64)])));
    comes_back((1_u8, 2_u8, 3_u8, 4_u8, 5_u8, 6_u8, 7_u8, 8_u8, 9_u8, 10_u8, 11_u8, 12_u8));
    comes_back(BTreeMap::from([(String::from("a"), 1_u32), (String::from("b"), 2)]));
    comes_back(BTreeMap::from([(1_u8, BTreeMap::from([(2_u16, true)]))]));
    comes_back(AsVariant(1_u32));
}

#[cfg(feature = "std")]
#[test]
fn a_hash_map_becomes_a_value_and_comes_back() {
    comes_back(std::collections::HashMap::from([(String::from("a"), 1_u32)]));
    comes_back(std::collections::HashMap::<i32, OwnedValue>::new());
}

#[test]
fn a_value_in_a_container_is_a_variant() {
    let values = [OwnedValue::from(1_u32), "a".into()];
    comes_back(Vec::from(values.clone()));
    comes_back((7_u8, values[0].clone()));
    comes_back(BTreeMap::from([(String::from("a"), values[0].clone())]));
    comes_back(AsVariant(values[1].clone()));
    assert_eq!(becomes(values.to_vec()).to_string(), "[<uint32 1>, <'a'>]");
    let map = BTreeMap::from([("Mtu", values[0].clone()), ("Name", values[1].clone())]);
    assert_eq!(becomes(map.clone()).to_string(), "{'Mtu': <uint32 1>, 'Name': <'a'>}");
    assert_eq!(OwnedBody::new(&(map,)).unwrap().signature(), "a{sv}");
}

#[test]
fn borrowed_types_become_values_and_are_borrowed_again() {
    let bytes = [1_u8, 2];
    assert_eq!(<&[u8]>::try_from(&becomes(&bytes[..])), Ok(&bytes[..]));
    assert_eq!(<&[u8]>::try_from(&becomes(&bytes)), Ok(&bytes[..]));
    assert_eq!(<&[f64]>::try_from(&becomes(&[0.5][..])), Ok(&[0.5][..]));
    assert_eq!(<&str>::try_from(&becomes("a")), Ok("a"));
    assert_eq!(<&str>::try_from(&becomes(&String::from("a"))), Ok("a"));
    assert_eq!(<&str>::try_from(&becomes(Cow::Borrowed("a"))), Ok("a"));
    assert_eq!(<&str>::try_from(&becomes(Box::<str>::from("a"))), Ok("a"));
    assert_eq!(<&str>::try_from(&becomes(BusName::from_static("a.b"))), Ok("a.b"));
    let path = ObjectPath::from_static("/a");
    assert_eq!(ObjectPath::try_from(&becomes(path)), Ok(path));
    let signature = Signature::from_static("a{sv}");
    assert_eq!(Signature::try_from(&becomes(signature)), Ok(signature));
    assert_eq!(becomes(["a", "b"]).to_string(), "['a', 'b']");
    assert_eq!(becomes(&["a", "b"][..]).to_string(), "['a', 'b']");
    assert_eq!(becomes(Entries(&[(1_u8, "a")])).to_string(), "{byte 0x01: 'a'}");
    let nested = Entries::variants([("Mtu", 1500_u32.into())]);
    let entries = [("Link", nested.into()), ("Name", OwnedValue::from("x"))];
    let text = "{'Link': <{'Mtu': <uint32 1500>}>, 'Name': <'x'>}";
    assert_eq!(becomes(Entries(entries)).to_string(), text);
}

#[test]
fn the_error_names_what_was_found_and_expected() {
    let told = |error: TypeError| error.to_string();
    let value = OwnedValue::from(["a", "b"]);
    let of = |found, expected| format!("the value is of the type '{found}', expected '{expected}'");
    assert_eq!(told(u32::try_from(&value).unwrap_err()), of("as", "u"));
    assert_eq!(told(<&str>::try_from(&value).unwrap_err()), of("as", "s"));
    assert_eq!(told(<&[u8]>::try_from(&value).unwrap_err()), of("as", "ay"));
    assert_eq!(told(ObjectPath::try_from(&OwnedValue::from("/a")).unwrap_err()), of("s", "o"));
    assert_eq!(told(Vec::<u32>::try_from(value.clone()).unwrap_err()), of("as", "au"));
    assert_eq!(told(<(String, u8)>::try_from(value.clone()).unwrap_err()), of("as", "(sy)"));
    assert_eq!(told(<AsVariant<u8>>::try_from(value.clone()).unwrap_err()), of("as", "v"));
    let variant = OwnedValue::from(AsVariant("x"));
    assert_eq!(told(<AsVariant<u8>>::try_from(variant).unwrap_err()), of("s", "y"));
    let error = <[String; 3]>::try_from(value).unwrap_err();
    assert_eq!(told(error), "the array has 2 elements, expected 3");
}

#[test]
fn a_value_that_cannot_be_marshalled_is_refused() {
    assert_eq!(OwnedValue::new("a\0"), Err(crate::EncodeError::StringWithNul));
}
