//! `structure!` and `dictionary!` of barebus-wire make what the derive macros make.
#![allow(
    missing_docs,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use barebus_wire::{
    AsVariant, BodyError, Decode, Encode, Endian, Entries, ObjectPath, OwnedBody, Type, Writer,
};

#[derive(Type, Encode, Decode, Clone, Copy, Debug, PartialEq)]
struct DerivedJob<'a> {
    id: u8,
    unit: &'a str,
    path: ObjectPath<'a>,
}

barebus_wire::structure! {
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct Job<'a> {
        id: u8,
        unit: &'a str,
        path: ObjectPath<'a>
    }
}

barebus_wire::structure! {
    /// One field, and no lifetime.
    #[derive(Debug, PartialEq)]
    struct Id {
        id: u64,
    }
}

#[derive(Type, Encode, Decode, Debug, PartialEq)]
#[barebus(dict, rename_all = "PascalCase")]
struct DerivedSettings<'a> {
    mtu: Option<u32>,
    names: Option<Vec<&'a str>>,
}

barebus_wire::dictionary! {
    #[derive(Debug, PartialEq)]
    struct Settings<'a> {
        "Mtu" => mtu: Option<u32>,
        "Names" => names: Option<Vec<&'a str>>
    }
}

barebus_wire::dictionary! {
    #[derive(Debug, PartialEq)]
    struct Mtu {
        "Mtu" => mtu: Option<u32>,
    }
}

/// `value` after one byte, so that padding is needed.
fn bytes<T: Encode>(value: &T) -> Vec<u8> {
    let mut place = [0; 256];
    let mut writer = Writer::new(&mut place, Endian::Big);
    writer.put_u8(1);
    value.encode(&mut writer).unwrap();
    let len = writer.finish().unwrap();
    place[..len].to_vec()
}

#[test]
fn a_declared_struct_is_marshalled_as_the_derived_one() {
    let (id, unit, path) = (7, "dbus.service", ObjectPath::from_static("/job/7"));
    let job = Job { id, unit, path };
    let derived = DerivedJob { id, unit, path };
    assert_eq!(Job::SIGNATURE, DerivedJob::SIGNATURE);
    assert_eq!(Job::MIN_LEN, DerivedJob::MIN_LEN);
    assert_eq!(bytes(&job), bytes(&derived));
    assert_eq!(Id::SIGNATURE, "(t)");

    let body = OwnedBody::new(&(1_u8, derived, Id { id: 9 })).unwrap();
    assert_eq!(body.get::<(u8, Job<'_>, Id)>().unwrap(), (1, job, Id { id: 9 }));
}

#[test]
fn a_declared_dictionary_is_marshalled_as_the_derived_one() {
    for (mtu, names) in [(None, None), (Some(1500), Some(vec!["a", "b"])), (None, Some(vec![]))] {
        let settings = Settings { mtu, names: names.clone() };
        let derived = DerivedSettings { mtu, names };
        assert_eq!(Settings::SIGNATURE, DerivedSettings::SIGNATURE);
        assert_eq!(bytes(&settings), bytes(&derived));
        let body = OwnedBody::new(&(derived,)).unwrap();
        assert_eq!(body.get::<(Settings<'_>,)>().unwrap().0, settings);
        // Entries of no field are skipped.
        assert_eq!(body.get::<(Mtu,)>().unwrap().0, Mtu { mtu });
    }
}

#[test]
fn a_declared_dictionary_names_the_entry_that_has_another_type() {
    let body = OwnedBody::new(&(Entries(&[("Mtu", AsVariant("1500"))]),)).unwrap();
    let error = body.get::<(Settings<'_>,)>().unwrap_err();
    assert_eq!(error, body.get::<(DerivedSettings<'_>,)>().unwrap_err());
    assert!(matches!(error, BodyError::Variant { .. }), "{error:?}");
    assert!(error.to_string().contains("Mtu"), "{error}");
}
