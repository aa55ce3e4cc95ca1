//! Nested containers: reading, skipping and marshalling refuse the same depth.

use barebus_tests::golden::{call_of, hex};
use barebus_tests::model::{Model, pad};
use barebus_tests::verdict::{Verdict, judge};
use barebus_wire::{
    AsVariant, Decode, DecodeErrorKind as Kind, Encode, Endian, Message, MessageBuf, RawBody,
    Reader, Value, Variant, Writer, limits,
};

const MOST: usize = limits::TOTAL_DEPTH as usize;

/// A BYTE in `depth` variants.
fn variants(depth: usize) -> Vec<u8> {
    let mut value = b"\x01v\0".repeat(depth - 1);
    value.extend(b"\x01y\0\x07");
    value
}

#[test]
fn every_way_to_read_a_body_takes_64_variants_and_no_more() {
    for depth in (1..=70).chain([1000, 1_000_000]) {
        let bytes = call_of(Endian::Little, "v", &variants(depth));
        let message = Message::parse(&bytes).unwrap();
        let fits = depth <= MOST;
        let refused = (!fits).then_some(Kind::NestedTooDeeply);
        assert_eq!(message.validate().map_err(|error| error.kind).err(), refused, "{depth}");
        assert_eq!(
            Model::read_all(&mut message.cursor()).map_err(|error| error.kind).err(),
            refused
        );
        assert_eq!(message.body::<(Variant<'_>,)>().is_ok(), fits);
        assert_eq!(message.body::<(Value<'_>,)>().is_ok(), fits);
        assert_eq!(message.first_argument::<Variant<'_>>().is_ok(), fits);
        let mut again = MessageBuf::new();
        assert_eq!(again.push(message.header(), &RawBody::of(&message)).is_ok(), fits);
        let mut cursor = message.cursor();
        cursor.next().unwrap();
        assert_eq!(cursor.skip_container().is_ok(), fits);
    }
}

#[test]
fn opens_variants_one_by_one_to_the_innermost() {
    let bytes = call_of(Endian::Little, "v", &variants(MOST));
    let (mut variant,) = Message::parse(&bytes).unwrap().body::<(Variant<'_>,)>().unwrap();
    for _ in 1..MOST {
        variant = variant.get::<Variant<'_>>().unwrap();
    }
    assert_eq!(variant.get::<u8>(), Ok(7));
}

#[test]
fn a_walk_by_values_ends_at_the_innermost() {
    for depth in 1..=MOST {
        let bytes = call_of(Endian::Little, "v", &variants(depth));
        let (mut value,) = Message::parse(&bytes).unwrap().body::<(Value<'_>,)>().unwrap();
        for _ in 1..depth {
            let Value::Variant(inner) = &value else { panic!("{value:?} of {depth} variants") };
            value = inner.value().unwrap();
        }
        assert_eq!(value, Value::Byte(7), "{depth}");
    }
}

#[test]
fn the_value_of_a_container_is_the_container() {
    let boxed = AsVariant((7_u8, &["a", "b"][..]));
    let mut bytes = [0; 64];
    let mut writer = Writer::new(&mut bytes, Endian::Little);
    AsVariant(boxed).encode(&mut writer).unwrap();
    let variant = Variant::decode(&mut Reader::new(&bytes, Endian::Little)).unwrap();
    assert_eq!(variant.signature(), "v");
    let Ok(Value::Variant(inner)) = variant.value() else { panic!("no variant") };
    assert_eq!(inner.signature(), "(yas)");
    let Ok(Value::Struct(same)) = inner.value() else { panic!("no struct") };
    assert_eq!(same, inner);
    assert_eq!(same.get::<(u8, Vec<&str>)>(), Ok((7, vec!["a", "b"])));
}

/// A message of an unknown type with one unknown field.
fn unknown_field(variant: &[u8]) -> Vec<u8> {
    let mut message = vec![b'l', 5, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0];
    message.extend(u32::try_from(variant.len() + 1).unwrap().to_le_bytes());
    message.push(99);
    message.extend(variant);
    pad(&mut message, 8);
    message
}

/// The header is an array of structs: a field's own variant is the third container.
#[test]
fn an_unknown_header_field_counts_the_array_and_the_struct_it_stands_in() {
    for depth in (1..=70).chain([1_000_000]) {
        let expected = match depth + 2 <= MOST {
            true => Verdict::Valid,
            false => Verdict::Invalid(Kind::NestedTooDeeply),
        };
        assert_eq!(judge(&unknown_field(&variants(depth))), expected, "{depth}");
    }
}

/// A value of `arrays` arrays of `structs` structs of what `inner` is.
fn tower(arrays: usize, structs: usize, inner: Model) -> Model {
    let structs = (0..structs).fold(inner, |value, _| Model::Struct(vec![value]));
    (0..arrays).fold(structs, |value, _| Model::Array(value.signature(), vec![value]))
}

fn judge_value(value: &Model) -> Verdict {
    let mut body = Vec::new();
    value.marshal(&mut body, Endian::Little);
    judge(&call_of(Endian::Little, &value.signature(), &body))
}

#[test]
fn takes_32_arrays_of_32_structs_and_nothing_around_a_value_in_them() {
    assert_eq!(judge_value(&tower(32, 32, Model::Byte(7))), Verdict::Valid);
    let variant = Model::Variant(Box::new(Model::Byte(7)));
    assert_eq!(judge_value(&tower(32, 31, variant.clone())), Verdict::Valid);
    assert_eq!(judge_value(&tower(31, 32, variant.clone())), Verdict::Valid);
    assert_eq!(judge_value(&tower(32, 32, variant)), Verdict::Invalid(Kind::NestedTooDeeply));
}

#[test]
fn counts_depth_through_variants_with_towers_in_them() {
    for (outer, inner, fits) in [
        ((16, 16), (16, 15), true),
        ((16, 16), (16, 16), false),
        ((32, 0), (31, 0), true),
        ((32, 0), (32, 0), false),
    ] {
        let value = Model::Variant(Box::new(tower(inner.0, inner.1, Model::Byte(7))));
        let verdict = judge_value(&tower(outer.0, outer.1, value));
        let expected = if fits { Verdict::Valid } else { Verdict::Invalid(Kind::NestedTooDeeply) };
        assert_eq!(verdict, expected, "{outer:?} around {inner:?}");
    }
}

/// Entries count as containers: 32 arrays of entries are 64 deep.
#[test]
fn counts_dictionary_entries() {
    let mut value = Model::Byte(7);
    for _ in 0..32 {
        let entry = Model::DictEntry(Box::new((Model::Byte(1), value)));
        value = Model::Array(entry.signature(), vec![entry]);
    }
    assert_eq!(judge_value(&value), Verdict::Valid);
    let outside = Model::Variant(Box::new(value));
    assert_eq!(judge_value(&outside), Verdict::Invalid(Kind::NestedTooDeeply));
}

/// A signature that is valid alone is valid as a body's, and as a variant's; one struct more is not.
#[test]
fn takes_32_structs_as_a_bodys_and_as_a_variants_signature() {
    let value = tower(0, 32, Model::Byte(7));
    assert_eq!(judge_value(&value), Verdict::Valid);
    assert_eq!(judge_value(&Model::Variant(Box::new(value))), Verdict::Valid);
    let value = tower(0, 33, Model::Byte(7));
    assert!(matches!(judge_value(&value), Verdict::Invalid(Kind::Signature(_))));
    let value = Model::Variant(Box::new(value));
    assert_eq!(judge_value(&value), Verdict::Invalid(Kind::VariantSignatureBad));
}

/// Structs side by side are not nested.
#[test]
fn leaving_a_container_makes_room_for_the_next() {
    let mut body = hex("40060000 00000000");
    for _ in 0..200 {
        body.extend([7, 0, 0, 0, 0, 0, 0, 0]);
    }
    assert_eq!(judge(&call_of(Endian::Little, "a(yqu)", &body)), Verdict::Valid);
}
