//! Types of users: the guarantees hold for any [`Decode`] implementation.

use barebus_wire::{
    Array, BasicType, Decode, DecodeError, DecodeErrorKind as Kind, Dict, Endian, Reader,
    SignatureText, Type,
};

/// Refuses every number, and reads none.
#[derive(Debug, PartialEq)]
struct Refused;

impl Type for Refused {
    const TEXT: SignatureText = u32::TEXT;
}

impl BasicType for Refused {}

impl Decode<'_> for Refused {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Err(DecodeError::new(Kind::UnknownValue, reader.position()))
    }
}

/// A number that claims a minimum length of 0.
#[derive(Debug, PartialEq)]
struct Modest(u32);

impl Type for Modest {
    const TEXT: SignatureText = u32::TEXT;
    const MIN_LEN: usize = 0;
}

impl BasicType for Modest {}

impl Decode<'_> for Modest {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        reader.read_u32().map(Self)
    }
}

/// Accepts even numbers, and fails with the reader's error for odd ones.
#[derive(Debug, PartialEq)]
struct Even(u32);

impl Type for Even {
    const TEXT: SignatureText = u32::TEXT;
    const MIN_LEN: usize = 4;
}

impl Decode<'_> for Even {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        match reader.read_u32()? {
            number if number % 2 == 0 => Ok(Self(number)),
            _ => Err(reader.fail(Kind::UnknownValue, reader.position() - 4)),
        }
    }
}

/// An array of the numbers 1, 2 and 3.
const NUMBERS: &[u8] = b"\x0c\0\0\0\x01\0\0\0\x02\0\0\0\x03\0\0\0";

fn decode<'a, T: Decode<'a>>(bytes: &'a [u8]) -> Result<T, DecodeError> {
    T::decode(&mut Reader::new(bytes, Endian::Little))
}

#[test]
fn an_array_ends_behind_an_element_that_is_refused_without_having_been_read() {
    let refused = DecodeError { kind: Kind::UnknownValue, at: 4 };
    let mut array: Array<'_, Refused> = decode(NUMBERS).unwrap();
    assert_eq!(array.next(), Some(Err(refused)));
    assert_eq!(array.next(), None);
    assert_eq!(array.next(), None);
    // What is shown is the message's.
    let shown = format!("{:?}", decode::<Array<'_, Refused>>(NUMBERS).unwrap());
    assert_eq!(shown, "[uint32 1, 2, 3]");
    assert_eq!(
        format!("{array:?}"),
        "[<invalid: a value is not one that the type can hold at byte 4>]"
    );
    assert_eq!(decode::<Vec<Refused>>(NUMBERS), Err(refused));
}

#[test]
fn a_dictionary_ends_behind_an_entry_that_is_refused_without_having_been_read() {
    let entry = b"\x08\0\0\0\0\0\0\0\x01\0\0\0\x02\0\0\0";
    let mut keys: Dict<'_, Refused, u32> = decode(entry).unwrap();
    assert_eq!(keys.next(), Some(Err(DecodeError { kind: Kind::UnknownValue, at: 8 })));
    assert_eq!(keys.next(), None);
    let mut values: Dict<'_, u32, Refused> = decode(entry).unwrap();
    assert_eq!(values.find(&7), Err(DecodeError { kind: Kind::UnknownValue, at: 12 }));
    assert_eq!(values.next(), Some(Err(DecodeError { kind: Kind::UnknownValue, at: 12 })));
    assert_eq!(values.next(), None);
}

#[test]
fn an_array_ends_behind_an_element_whose_own_reader_failed() {
    // Two arrays of strings. The first contains an invalid string.
    let bytes = b"\x16\0\0\0\x06\0\0\0\x01\0\0\0\xff\0\0\0\x06\0\0\0\x01\0\0\0a\0";
    let mut arrays: Array<'_, Vec<&str>> = decode(bytes).unwrap();
    assert_eq!(arrays.next(), Some(Err(DecodeError { kind: Kind::NotUtf8, at: 12 })));
    assert_eq!(arrays.next(), None);
}

#[test]
fn a_type_that_may_take_no_bytes_divides_nothing_by_zero() {
    let array: Array<'_, Modest> = decode(NUMBERS).unwrap();
    assert_eq!(array.size_hint(), (0, Some(12)));
    assert_eq!(decode::<Vec<Modest>>(NUMBERS).unwrap().len(), 3);
    let dict: Dict<'_, Modest, Modest> = decode(b"\x08\0\0\0\0\0\0\0\x01\0\0\0\x02\0\0\0").unwrap();
    assert_eq!(dict.size_hint(), (0, Some(8)));
}

#[test]
fn a_type_of_ones_own_can_fail_as_the_reader_does() {
    let odd = DecodeError { kind: Kind::UnknownValue, at: 0 };
    let mut reader = Reader::new(b"\x01\0\0\0\x02\0\0\0", Endian::Little);
    assert_eq!(Even::decode(&mut reader), Err(odd));
    // The first error is permanent.
    assert_eq!(reader.read_u32(), Err(odd));
    assert_eq!(reader.fail(Kind::BadBoolean, 4), odd);
    assert!(reader.is_at_end());
    assert_eq!(reader.finish(), Err(odd));
    assert_eq!(decode::<Vec<Even>>(b"\x04\0\0\0\x02\0\0\0"), Ok(vec![Even(2)]));
}
