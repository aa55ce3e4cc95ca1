//! Rust types against the cursor, which knows only their signatures.

use barebus_wire::{
    Array, AsVariant, BasicType, Cursor, CursorEvent, Decode, DecodeError, Dict, Encode, Endian,
    Entries, FdIndex, Numbers, ObjectPath, OwnedValue, Reader, Signature, Type, Value, Variant,
    Writer,
};

/// Bytes as values of many Rust types, in both byte orders: typed and dynamic reading accept the same bytes and consume as many,
/// and what was read is marshalled to the same bytes.
pub fn typed(bytes: &[u8]) {
    for endian in [Endian::Little, Endian::Big] {
        numbers(bytes, endian);
        agrees::<bool>(bytes, endian);
        agrees::<&str>(bytes, endian);
        agrees::<String>(bytes, endian);
        agrees::<ObjectPath<'_>>(bytes, endian);
        agrees::<Signature<'_>>(bytes, endian);
        agrees::<FdIndex>(bytes, endian);
        agrees::<(u8, u64)>(bytes, endian);
        agrees::<(bool, (i16, &str), u8)>(bytes, endian);
        agrees::<Vec<bool>>(bytes, endian);
        agrees::<Vec<&str>>(bytes, endian);
        agrees::<Vec<FdIndex>>(bytes, endian);
        agrees::<Vec<ObjectPath<'_>>>(bytes, endian);
        agrees::<Vec<Signature<'_>>>(bytes, endian);
        agrees::<Vec<(u8, u64)>>(bytes, endian);
        agrees::<Vec<(&str, bool)>>(bytes, endian);
        agrees::<Vec<Vec<Vec<u64>>>>(bytes, endian);
        agrees::<Variant<'_>>(bytes, endian);
        agrees::<Value<'_>>(bytes, endian);
        agrees::<Vec<Variant<'_>>>(bytes, endian);
        agrees::<OwnedValue>(bytes, endian);
        agrees::<(u8, Vec<OwnedValue>)>(bytes, endian);
        agrees::<(u8, Value<'_>, u8)>(bytes, endian);
        agrees::<&[u8]>(bytes, endian);
        agrees::<Numbers<'_, u16>>(bytes, endian);
        agrees::<Numbers<'_, f64>>(bytes, endian);
        value_within(bytes, endian);
        entries::<&str, Variant<'_>>(bytes, endian);
        entries::<&str, Value<'_>>(bytes, endian);
        entries::<u8, u64>(bytes, endian);
        entries::<ObjectPath<'_>, Vec<u64>>(bytes, endian);
        lazy::<Vec<u32>>(bytes, endian);
        lazy::<(u8, Value<'_>)>(bytes, endian);
        as_variant::<u32>(bytes, endian);
        as_variant::<Vec<&str>>(bytes, endian);
    }
}

fn numbers(bytes: &[u8], endian: Endian) {
    macro_rules! agree {
        ($($type:ty)*) => {$(
            agrees::<$type>(bytes, endian);
            agrees::<Vec<$type>>(bytes, endian);
            slices::<$type>(bytes, endian);
        )*};
    }
    agree!(u8 i16 u16 i32 u32 i64 u64 f64);
}

/// An array of numbers as a view, one by one and in bulk.
fn slices<T>(bytes: &[u8], endian: Endian)
where
    T: barebus_wire::Number + Default,
{
    let Ok(view) = Numbers::<T>::decode(&mut Reader::new(bytes, endian)) else { return };
    let vector = Vec::<T>::decode(&mut Reader::new(bytes, endian)).expect("the same array");
    let encoded = |values: &[T]| marshalled(values, Endian::Little);
    let mut copy = vec![T::default(); view.len()];
    assert_eq!(view.copy_to(&mut copy), view.len());
    let by_index: Vec<_> =
        (0..view.len()).map(|index| view.get(index).expect("an element")).collect();
    assert!(view.get(view.len()).is_none());
    let backwards: Vec<_> = view.iter().rev().collect();
    let forwards: Vec<_> = backwards.into_iter().rev().collect();
    for other in [&view.to_vec(), &copy, &by_index, &forwards] {
        assert_eq!(encoded(&vector), encoded(other));
    }
}

fn agrees<'a, T: Decode<'a> + Encode>(bytes: &'a [u8], endian: Endian) {
    let mut reader = Reader::new(bytes, endian);
    let typed = T::decode(&mut reader);
    if let Some((value, consumed)) = same_as_dynamic::<T, T>(bytes, endian, typed, &reader) {
        assert_eq!(marshalled(&value, endian), consumed, "{}", T::SIGNATURE);
        let other = if endian == Endian::Little { Endian::Big } else { Endian::Little };
        let swapped = marshalled(&value, other);
        let mut walking = Cursor::new(Reader::new(&swapped, other), T::SIGNATURE);
        walking.skip_all().expect("what was marshalled");
        assert_eq!(walking.position(), swapped.len());
    }
}

fn entries<'a, K: BasicType + Decode<'a> + Encode, V: Decode<'a> + Encode>(
    bytes: &'a [u8],
    endian: Endian,
) {
    let mut reader = Reader::new(bytes, endian);
    let typed = Dict::<K, V>::decode(&mut reader).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    if let Some((pairs, consumed)) =
        same_as_dynamic::<Dict<'a, K, V>, _>(bytes, endian, typed, &reader)
    {
        assert_eq!(marshalled(&Entries(&pairs), endian), consumed);
    }
}

fn lazy<'a, T: Decode<'a> + Encode>(bytes: &'a [u8], endian: Endian) {
    let mut reader = Reader::new(bytes, endian);
    let typed = Array::<T>::decode(&mut reader).and_then(|array| {
        let most = array.size_hint().1.expect("an upper bound");
        let values = array.collect::<Result<Vec<_>, _>>()?;
        assert!(values.len() <= most);
        Ok(values)
    });
    if let Some((values, consumed)) =
        same_as_dynamic::<Array<'a, T>, _>(bytes, endian, typed, &reader)
    {
        assert_eq!(marshalled(&*values, endian), consumed);
    }
}

/// A variant read as what it must hold: the same bytes, as long as it holds that.
fn as_variant<'a, T: Decode<'a> + Encode>(bytes: &'a [u8], endian: Endian) {
    let mut reader = Reader::new(bytes, endian);
    let Ok(AsVariant(value)) = AsVariant::<T>::decode(&mut reader) else { return };
    let variant = Variant::decode(&mut Reader::new(bytes, endian)).expect("the same variant");
    assert_eq!(variant.signature(), T::SIGNATURE);
    assert!(variant.get::<T>().is_ok());
    assert_eq!(marshalled(&AsVariant(value), endian), &bytes[..reader.position()]);
}

/// A value opened variant by variant: as many as the cursor meets, and each read again without an error.
fn value_within(bytes: &[u8], endian: Endian) {
    let Ok(mut value) = Value::decode(&mut Reader::new(bytes, endian)) else { return };
    let owned = OwnedValue::decode(&mut Reader::new(bytes, endian)).expect("the same value");
    let converted = OwnedValue::try_from(&value).expect("a value that was validated");
    assert_eq!(marshalled(&converted, endian), marshalled(&owned, endian));
    let mut walking = Cursor::new(Reader::new(bytes, endian), Value::SIGNATURE);
    assert!(matches!(walking.next(), Ok(Some(CursorEvent::Variant(_)))));
    while let Value::Variant(inner) = &value {
        assert_eq!(walking.next(), Ok(Some(CursorEvent::Variant(inner.signature()))));
        value = inner.value().expect("a value that was validated");
    }
    if let Value::Array(held) | Value::Struct(held) = &value {
        // Passing what was validated takes the same bytes as validating it.
        let mut passing = held.cursor();
        assert_eq!(passing.skip_all(), Ok(()));
        assert_eq!(walking.skip_all(), Ok(()));
        assert_eq!(passing.position(), walking.position());
    }
}

/// That the cursor accepts `S` where `typed` is one; the value and the bytes that it took.
fn same_as_dynamic<'a, S: Type, T>(
    bytes: &'a [u8],
    endian: Endian,
    typed: Result<T, DecodeError>,
    reader: &Reader<'a>,
) -> Option<(T, &'a [u8])> {
    let mut walking = Cursor::new(Reader::new(bytes, endian), S::SIGNATURE);
    let dynamic = walking.skip_all();
    match typed {
        Ok(value) => {
            assert_eq!(dynamic, Ok(()), "{} is accepted when typed", S::SIGNATURE);
            assert_eq!(reader.position(), walking.position(), "{}", S::SIGNATURE);
            Some((value, &bytes[..reader.position()]))
        }
        Err(error) => {
            assert!(error.at as usize <= bytes.len(), "{error}");
            assert!(dynamic.is_err(), "{}: only typed reading says {error}", S::SIGNATURE);
            None
        }
    }
}

/// A value in bytes, at the beginning of a message.
pub fn marshalled<T: Encode + ?Sized>(value: &T, endian: Endian) -> Vec<u8> {
    let mut counter = Writer::new(&mut [], endian);
    value.encode(&mut counter).expect("a value that was read");
    let mut bytes = vec![0xaa; counter.position()];
    let mut writer = Writer::new(&mut bytes, endian);
    value.encode(&mut writer).expect("a value that was read");
    assert_eq!(writer.finish(), Ok(bytes.len()));
    bytes
}
