//! Arrays and dictionaries that are read as they are walked, and slices that are marshalled whole.

use core::iter::FusedIterator;
use core::marker::PhantomData;

use crate::align::align_up;
use crate::error::{BodyError, DecodeError, DecodeErrorKind as Kind, EncodeError};
use crate::number::{Number, Numbers};
use crate::reader::Reader;
use crate::signature::SignatureText;
use crate::value::{BasicType, Decode, Encode, Type};
use crate::writer::Writer;

/// An ARRAY read lazily: an iterator that validates and borrows element by element.
///
/// Its length was checked when it was decoded, its elements are as they are reached; what is not walked is not checked.
/// After an error it ends, whatever an element's [`Decode`] has read before it failed.
///
/// ```
/// use barebus_wire::{Array, OwnedBody};
///
/// let body = OwnedBody::new(&(["a.service", "b.service"],))?;
/// let (units,): (Array<&str>,) = body.get()?;
/// assert_eq!(units.to_string(), "['a.service', 'b.service']");
/// for unit in units {
///     println!("{}", unit?);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Array<'a, T> {
    elements: Reader<'a>,
    element: PhantomData<T>,
}

impl<'a, T> Array<'a, T> {
    /// Length of the payload in bytes that is still to be read.
    pub const fn remaining(&self) -> usize {
        self.elements.remaining()
    }

    /// An error that the iteration ended with, in full: see [`Reader::explain`].
    pub fn explain(&self, error: DecodeError) -> BodyError {
        self.elements.explain(error)
    }

    /// The reader of the elements that are left.
    pub(crate) const fn reader(&self) -> &Reader<'a> {
        &self.elements
    }
}

impl<T> Clone for Array<'_, T> {
    fn clone(&self) -> Self {
        Self { elements: self.elements.clone(), element: PhantomData }
    }
}

impl<'a, T: Decode<'a>> Iterator for Array<'a, T> {
    type Item = Result<T, DecodeError>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.elements.is_at_end() {
            return None;
        }
        Some(T::decode(&mut self.elements).map_err(|error| self.elements.give_up(error)))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, Some(self.elements.remaining().div_ceil(T::MIN_LEN.max(1))))
    }
}

impl<'a, T: Decode<'a>> FusedIterator for Array<'a, T> {}

impl<T: Type> Type for Array<'_, T> {
    const TEXT: SignatureText = SignatureText::array(&T::TEXT);
    const MIN_LEN: usize = 4;
}

impl<'a, T: Type> Decode<'a> for Array<'a, T> {
    #[inline]
    fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        Ok(Self { elements: reader.enter_array(T::ALIGNMENT)?, element: PhantomData })
    }

    #[inline]
    fn decode_validated(reader: Reader<'a>) -> Result<Self, BodyError> {
        let elements = reader.enter_validated_array(T::ALIGNMENT);
        Ok(Self { elements, element: PhantomData })
    }
}

/// A dictionary, an ARRAY of DICT_ENTRY, read lazily like [`Array`].
///
/// Keys may repeat: the specification lets receivers leave that unchecked, and so does the iteration. `get` checks it.
///
/// ```
/// use barebus_wire::{Dict, Entries, OwnedBody, Variant};
///
/// let entries = Entries::variants([("Mtu", 1500_u32.into()), ("Name", "eth0".into())]);
/// let body = OwnedBody::new(&(entries,))?;
/// let (dict,): (Dict<&str, Variant>,) = body.get()?;
/// assert_eq!(dict.get("Mtu")?, Some(1500_u32));
/// assert_eq!(dict.to_string(), "{'Mtu': <uint32 1500>, 'Name': <'eth0'>}");
/// for entry in dict {
///     let (key, value) = entry?;
///     println!("{key} is {value}");
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Dict<'a, K, V> {
    /// Its depth counts the entry, too, where there is one: reading it need not.
    entries: Reader<'a>,
    entry: PhantomData<(K, V)>,
}

impl<'a, K: BasicType + Decode<'a>, V: Decode<'a>> Dict<'a, K, V> {
    /// The value of the first entry whose key is `key`: walks the entries from where the iteration stands.
    ///
    /// # Errors
    /// Whatever the entries up to that one break.
    pub fn find(&self, key: &K) -> Result<Option<V>, DecodeError>
    where
        K: PartialEq,
    {
        for entry in self.clone() {
            let (found, value) = entry?;
            if found == *key {
                return Ok(Some(value));
            }
        }
        Ok(None)
    }

    /// An error that the iteration ended with, in full: see [`Reader::explain`].
    pub fn explain(&self, error: DecodeError) -> BodyError {
        self.entries.explain(error)
    }

    /// The reader of the entries that are left.
    #[cfg(feature = "alloc")]
    pub(crate) const fn reader(&self) -> &Reader<'a> {
        &self.entries
    }

    /// Reads the next entry. Spec: Type System, DICT_ENTRY.
    #[inline(always)]
    fn read_entry(&mut self) -> Result<(K, V), DecodeError> {
        let key = match K::decode_first(&mut self.entries) {
            Ok(key) => key,
            Err(ref error) => return Err(self.entries.give_up(*error)),
        };
        match V::decode(&mut self.entries) {
            Ok(value) => Ok((key, value)),
            // By reference, or a large value would be moved out piece by piece where there is no error.
            Err(ref error) => Err(self.entries.give_up(*error)),
        }
    }
}

impl<'a, K, V> Dict<'a, K, V> {
    /// The same dictionary with values of another Rust type, which has the same D-Bus type.
    #[cfg(feature = "alloc")]
    pub(crate) fn with_values<W>(&self) -> Dict<'a, K, W> {
        Dict { entries: self.entries.clone(), entry: PhantomData }
    }

    /// The entries that are left, for a cursor: it counts the entry that it enters.
    pub(crate) fn entries(&self) -> Reader<'a> {
        let mut entries = self.entries.clone();
        entries.set_depth(entries.depth().saturating_sub(1));
        entries
    }
}

impl<K, V> Clone for Dict<'_, K, V> {
    fn clone(&self) -> Self {
        Self { entries: self.entries.clone(), entry: PhantomData }
    }
}

impl<'a, K: BasicType + Decode<'a>, V: Decode<'a>> Iterator for Dict<'a, K, V> {
    type Item = Result<(K, V), DecodeError>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.entries.is_at_end() { None } else { Some(self.read_entry()) }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, Some(self.entries.remaining().div_ceil((K::MIN_LEN + V::MIN_LEN).max(1))))
    }
}

impl<'a, K: BasicType + Decode<'a>, V: Decode<'a>> FusedIterator for Dict<'a, K, V> {}

impl<K: BasicType, V: Type> Type for Dict<'_, K, V> {
    const TEXT: SignatureText = SignatureText::dictionary(&K::TEXT, &V::TEXT);
    const MIN_LEN: usize = 4;
}

impl<'a, K: BasicType, V: Type> Decode<'a> for Dict<'a, K, V> {
    #[inline]
    fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        let mut entries = reader.enter_array(8)?;
        if !entries.is_at_end() {
            entries.enter().map_err(|error| reader.fail(error.kind, error.at as usize))?;
        }
        Ok(Self { entries, entry: PhantomData })
    }

    #[inline]
    fn decode_validated(reader: Reader<'a>) -> Result<Self, BodyError> {
        let mut entries = reader.enter_validated_array(8);
        if !entries.is_at_end() {
            entries.set_depth(entries.depth() + 1);
        }
        Ok(Self { entries, entry: PhantomData })
    }
}

impl<T: Type> Type for [T] {
    const TEXT: SignatureText = SignatureText::array(&T::TEXT);
    const MIN_LEN: usize = 4;
}

impl<T: Encode> Encode for [T] {
    #[inline]
    fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        let array = writer.start_array(T::ALIGNMENT)?;
        T::encode_slice(self, writer)?;
        writer.end_array(array)
    }
}

impl<T: Type, const N: usize> Type for [T; N] {
    const TEXT: SignatureText = SignatureText::array(&T::TEXT);
    const MIN_LEN: usize = 4;
}

impl<T: Encode, const N: usize> Encode for [T; N] {
    #[inline]
    fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        self.as_slice().encode(writer)
    }
}

/// Fails with `ElementCount` where there are not as many numbers.
impl<'a, T: Number, const N: usize> Decode<'a> for [T; N] {
    #[inline]
    fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        let start = reader.position();
        let numbers = Numbers::decode(reader)?;
        if numbers.len() != N {
            return Err(reader.fail(Kind::ElementCount, align_up(start, 4)));
        }
        let mut place = [T::ZERO; N];
        numbers.copy_to(&mut place);
        Ok(place)
    }
}

impl<'a> Decode<'a> for &'a [u8] {
    #[inline(always)]
    fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        reader.read_array(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AsVariant, Cursor, Endian, Entries, Value, Variant, limits};

    /// That `value` is refused as a `T`, by the same error, at the depths at which a cursor refuses it.
    #[track_caller]
    fn agrees<'a, T: Decode<'a>, R>(
        place: &'a mut [u8],
        value: impl Encode,
        walk: impl Fn(T) -> Result<R, DecodeError>,
    ) {
        let mut writer = Writer::new(place, Endian::Little);
        value.encode(&mut writer).unwrap();
        let len = writer.finish().unwrap();
        let bytes: &'a [u8] = &place[..len];
        let mut refused = 0;
        for depth in 0..=limits::TOTAL_DEPTH {
            let mut reader = Reader::new(bytes, Endian::Little);
            reader.set_depth(depth);
            let expected = Cursor::new(reader.clone(), T::SIGNATURE).skip_all();
            let result = T::decode(&mut reader).and_then(&walk).map(drop);
            assert_eq!(result, expected, "{} within {depth}", T::SIGNATURE);
            refused += u8::from(expected.is_err());
        }
        assert!(0 < refused && refused < 10, "{refused} times");
    }

    #[test]
    fn is_refused_at_the_depth_at_which_a_cursor_refuses_it() {
        agrees::<(&str, u8), _>(&mut [0; 64], ("a", 1_u8), Ok);
        agrees::<(u8, (&str,)), _>(&mut [0; 64], (1_u8, ("a",)), Ok);
        agrees::<Array<(&str,)>, _>(&mut [0; 64], [("a",), ("b",)], |mut array| {
            array.try_for_each(|element| element.map(drop))
        });
        let entries = Entries(&[("k", AsVariant(1_u32)), ("l", AsVariant(2))]);
        agrees::<Dict<&str, Value>, _>(&mut [0; 64], entries, |mut dict| {
            dict.try_for_each(|entry| entry.map(drop))
        });
        let entries = Entries(&[("k", AsVariant("v"))]);
        agrees::<Dict<&str, Variant>, _>(&mut [0; 64], entries, |mut dict| {
            dict.try_for_each(|entry| entry.map(drop))
        });
        let none: &[u32] = &[];
        agrees::<Value, _>(&mut [0; 64], AsVariant(1_u64), Ok);
        agrees::<Value, _>(&mut [0; 64], AsVariant(none), Ok);
        agrees::<Value, _>(&mut [0; 64], AsVariant([1_u8]), Ok);
        agrees::<Value, _>(&mut [0; 64], AsVariant(["a"]), Ok);
        agrees::<Value, _>(&mut [0; 64], AsVariant([(1_u8, "a")]), Ok);
        agrees::<Value, _>(&mut [0; 64], AsVariant(AsVariant("a")), Ok);
    }

    /// That what a variant holds is got from it, whatever its offset: an array that reads as a `T` with `elements`.
    #[track_caller]
    fn gets<'a, T, E>(value: impl Encode + Copy, elements: &[E], place: &'a mut [[u8; 64]; 8])
    where
        T: Decode<'a> + Iterator<Item = Result<E, DecodeError>>,
        E: PartialEq + core::fmt::Debug + Copy,
    {
        for (offset, place) in place.iter_mut().enumerate() {
            *place = [0; 64];
            let mut writer = Writer::new(place, Endian::Big);
            (0..offset).for_each(|_| writer.put_u8(0));
            AsVariant(value).encode(&mut writer).unwrap();
            let len = writer.finish().unwrap();
            let mut reader = Reader::new(&place[..len], Endian::Big);
            reader.start_at(offset);
            let variant = Variant::decode(&mut reader).unwrap();
            let got: alloc::vec::Vec<_> = variant.get::<T>().unwrap().collect();
            let expected: alloc::vec::Vec<_> =
                elements.iter().map(|element| Ok(*element)).collect();
            assert_eq!(got, expected, "{} at {offset}", T::SIGNATURE);
        }
    }

    #[test]
    fn is_got_from_a_variant_at_every_offset() {
        gets::<Array<u8>, _>(&[1_u8, 2, 3][..], &[1, 2, 3], &mut [[0; 64]; 8]);
        gets::<Array<u64>, _>(&[1_u64, 2][..], &[1, 2], &mut [[0; 64]; 8]);
        gets::<Array<u64>, u64>(&[] as &[u64], &[], &mut [[0; 64]; 8]);
        gets::<Array<&str>, _>(&["a", "bcd"][..], &["a", "bcd"], &mut [[0; 64]; 8]);
        gets::<Array<(u8,)>, _>(&[(1_u8,), (2,)][..], &[(1,), (2,)], &mut [[0; 64]; 8]);
        let entries = [("k", 1_u32), ("l", 2)];
        gets::<Dict<&str, u32>, _>(Entries(&entries), &entries, &mut [[0; 64]; 8]);
        gets::<Dict<&str, u32>, (&str, u32)>(
            Entries(&[] as &[(&str, u32)]),
            &[],
            &mut [[0; 64]; 8],
        );
    }

    #[test]
    fn a_value_that_is_an_empty_array_has_the_padding_that_a_cursor_finds() {
        for code in b"ybnqiuhxtdsog" {
            for padding in [[0; 4], [0, 0, 0, 1]] {
                // From an offset at which padding to 8 follows the length.
                let bytes = [[0; 4], [2, b'a', *code, 0], [0; 4], padding].concat();
                let mut reader = Reader::new(&bytes, Endian::Little);
                reader.start_at(4);
                let mut cursor = Cursor::new(reader.clone(), Value::SIGNATURE);
                let expected = cursor.skip_all();
                assert_eq!(Value::decode(&mut reader).map(drop), expected);
                assert_eq!(
                    expected.is_err(),
                    matches!(code, b'x' | b't' | b'd') && padding[3] == 1
                );
                if expected.is_ok() {
                    assert_eq!(reader.position(), cursor.position());
                }
            }
        }
    }
}
