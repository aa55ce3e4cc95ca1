//! Numbers of fixed width, one by one and in bulk.

use core::fmt;
use core::marker::PhantomData;

use byteorder::{BigEndian, LittleEndian, NativeEndian};

#[cfg(feature = "alloc")]
use alloc::vec::Vec;

use crate::endian::Endian;
use crate::error::{DecodeError, DecodeErrorKind, EncodeError};
use crate::limits;
use crate::reader::Reader;
use crate::signature::SignatureText;
use crate::value::{BasicType, Decode, Encode, Type};
use crate::writer::Writer;

mod types;

/// A type whose every bit pattern of its width is a value, so that an array of it is a run of bytes.
///
/// Sealed: these are the specification's fixed types but BOOLEAN.
///
/// ```
/// use barebus_wire::{Number, Numbers};
///
/// fn largest<T: Number + Ord>(numbers: &Numbers<'_, T>) -> Option<T> {
///     numbers.iter().max()
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no D-Bus number",
    note = "numbers are `u8`, `i16`, `u16`, `i32`, `u32`, `i64`, `u64` and `f64`"
)]
pub trait Number: Type + BasicType + Encode + for<'a> Decode<'a> + Copy + Bulk {}

/// Index of a file descriptor among those that came with the message. Spec: Type System, UNIX_FD.
///
/// Read from a [`Message`](crate::Message) it is below the header's UNIX_FDS, or the read fails with `FdIndexOutOfBounds`.
///
/// ```
/// use barebus_wire::{FdIndex, OwnedBody};
///
/// // The first of the file descriptors that are sent with the message.
/// let body = OwnedBody::new(&(FdIndex(0),))?;
/// assert_eq!(body.signature(), "h");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FdIndex(pub u32);

impl fmt::Display for FdIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An ARRAY of numbers as it lies in the message: borrowed, whatever its size, alignment and byte order.
///
/// ```
/// use barebus_wire::{Numbers, OwnedBody};
///
/// let body = OwnedBody::new(&(vec![3_u64, 1, 2],))?;
/// let (numbers,): (Numbers<u64>,) = body.get()?;
/// assert_eq!(numbers.len(), 3);
/// assert_eq!(numbers.get(1), Some(1));
/// assert_eq!(numbers.iter().max(), Some(3));
/// assert_eq!(numbers.to_vec(), [3, 1, 2]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy)]
pub struct Numbers<'a, T> {
    /// bytes.len() % T::WIDTH == 0
    bytes: &'a [u8],
    endian: Endian,
    number: PhantomData<T>,
}

impl<'a, T: Number> Numbers<'a, T> {
    /// All that is left of an array.
    #[cfg(feature = "alloc")]
    #[inline]
    fn of(elements: &mut Reader<'a>) -> Result<Self, DecodeError> {
        let (start, endian) = (elements.position(), elements.endian());
        let bytes = elements.rest();
        if bytes.len() % T::WIDTH == 0 {
            Ok(Self { bytes, endian, number: PhantomData })
        } else {
            let at = start + bytes.len() / T::WIDTH * T::WIDTH;
            Err(DecodeError::new(DecodeErrorKind::ArrayLengthIncorrect, at))
        }
    }

    /// Numbers as they lie in a message; a last one that is cut off is left out.
    #[cfg(feature = "alloc")]
    pub(crate) const fn from_bytes(bytes: &'a [u8], endian: Endian) -> Self {
        Self { bytes, endian, number: PhantomData }
    }

    /// How many numbers there are.
    pub const fn len(&self) -> usize {
        self.bytes.len() / T::WIDTH
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The number at `index`.
    pub fn get(&self, index: usize) -> Option<T> {
        let start = index.checked_mul(T::WIDTH)?;
        self.bytes.get(start..start.checked_add(T::WIDTH)?).map(|bytes| one(bytes, self.endian))
    }

    /// The numbers, one after the other.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = T> + DoubleEndedIterator + 'a {
        let endian = self.endian;
        self.bytes.chunks_exact(T::WIDTH).map(move |bytes| one(bytes, endian))
    }

    /// Copies the first numbers into `place`; gives how many: the shorter of the two lengths.
    pub fn copy_to(&self, place: &mut [T]) -> usize {
        let count = self.len().min(place.len());
        let (Some(place), Some(bytes)) =
            (place.get_mut(..count), self.bytes.get(..count * T::WIDTH))
        else {
            return 0;
        };
        match self.endian {
            Endian::NATIVE => T::read_into::<NativeEndian>(bytes, place),
            _ => read_foreign(bytes, place),
        }
        count
    }

    /// The numbers as they lie in the message.
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The numbers in a vector: one allocation, one pass.
    #[cfg(feature = "alloc")]
    pub fn to_vec(&self) -> Vec<T> {
        if self.endian == Endian::NATIVE {
            self.bytes.chunks_exact(T::WIDTH).map(T::read::<NativeEndian>).collect()
        } else {
            let mut numbers = alloc::vec![T::ZERO; self.len()];
            read_foreign(self.bytes, &mut numbers);
            numbers
        }
    }
}

/// The byte order that the machine has not.
#[cfg(target_endian = "little")]
type ForeignEndian = BigEndian;
#[cfg(target_endian = "big")]
type ForeignEndian = LittleEndian;

/// How many numbers are turned round at once.
const BLOCK: usize = 8;

/// Copies numbers of the foreign byte order. In blocks: of a loop over single numbers the compiler makes vector instructions, which
/// without those of later processors take twice as long as turning the numbers round in a register each.
#[inline]
fn read_foreign<T: Number>(bytes: &[u8], place: &mut [T]) {
    if crate::COMPACT {
        return T::read_into::<ForeignEndian>(bytes, place);
    }
    let read = |(bytes, place): (&[u8], &mut T)| *place = T::read::<ForeignEndian>(bytes);
    let bytes = bytes.chunks_exact(BLOCK * T::WIDTH);
    let bytes_left = bytes.remainder().chunks_exact(T::WIDTH);
    let mut place = place.chunks_exact_mut(BLOCK);
    for (bytes, place) in bytes.zip(&mut place) {
        bytes.chunks_exact(T::WIDTH).zip(place).for_each(read);
    }
    bytes_left.zip(place.into_remainder()).for_each(read);
}

/// Marshals numbers in the foreign byte order; as [`read_foreign`].
#[inline]
fn write_foreign<T: Number>(values: &[T], place: &mut [u8]) {
    if crate::COMPACT {
        return T::write_into::<ForeignEndian>(values, place);
    }
    let write = |(value, place): (&T, &mut [u8])| {
        T::write_into::<ForeignEndian>(core::slice::from_ref(value), place);
    };
    let values = values.chunks_exact(BLOCK);
    let values_left = values.remainder();
    let mut place = place.chunks_exact_mut(BLOCK * T::WIDTH);
    for (values, place) in values.zip(&mut place) {
        values.iter().zip(place.chunks_exact_mut(T::WIDTH)).for_each(write);
    }
    values_left.iter().zip(place.into_remainder().chunks_exact_mut(T::WIDTH)).for_each(write);
}

#[inline]
fn one<T: Number>(bytes: &[u8], endian: Endian) -> T {
    match endian {
        Endian::Little => T::read::<LittleEndian>(bytes),
        Endian::Big => T::read::<BigEndian>(bytes),
    }
}

impl<T: Number + fmt::Debug> fmt::Debug for Numbers<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl<T: Number + PartialEq> PartialEq for Numbers<'_, T> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().eq(other.iter())
    }
}

impl<T: Number + PartialEq> PartialEq<[T]> for Numbers<'_, T> {
    fn eq(&self, other: &[T]) -> bool {
        self.len() == other.len() && self.iter().eq(other.iter().copied())
    }
}

impl<T: Number> Type for Numbers<'_, T> {
    const TEXT: SignatureText = SignatureText::array(&T::TEXT);
    const MIN_LEN: usize = 4;
}

impl<T: Number> Encode for Numbers<'_, T> {
    fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        let array = writer.start_array(T::ALIGNMENT)?;
        if writer.endian() == self.endian {
            writer.put_bytes(self.bytes);
        } else {
            self.iter().try_for_each(|number| number.encode(writer))?;
        }
        writer.end_array(array)
    }
}

impl<'a, T: Number> Decode<'a> for Numbers<'a, T> {
    #[inline]
    fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        let bytes = reader.read_array(T::ALIGNMENT)?;
        let surplus = bytes.len() % T::WIDTH;
        if surplus != 0 {
            return Err(
                reader.fail(DecodeErrorKind::ArrayLengthIncorrect, reader.position() - surplus)
            );
        }
        Ok(Self { bytes, endian: reader.endian(), number: PhantomData })
    }
}

mod sealed {
    use byteorder::ByteOrder;

    /// The bulk conversions of a number; byteorder's, each a copy or a loop that vectorises.
    pub trait Bulk: Sized {
        /// Width in bytes.
        const WIDTH: usize;
        /// The number 0.
        const ZERO: Self;
        fn read<O: ByteOrder>(bytes: &[u8]) -> Self;
        fn read_into<O: ByteOrder>(bytes: &[u8], place: &mut [Self]);
        fn write_into<O: ByteOrder>(values: &[Self], place: &mut [u8]);
        /// The values as they stand on the wire, if that is how they stand in memory in any byte order.
        fn as_bytes(values: &[Self]) -> Option<&[u8]> {
            let _ = values;
            None
        }
    }
}

use sealed::Bulk;

/// Marshals the elements of an array of numbers: one bounds check, one copy.
#[inline]
fn put_numbers<T: Number>(values: &[T], writer: &mut Writer<'_>) -> Result<(), EncodeError> {
    let len = values.len().checked_mul(T::WIDTH).filter(|len| *len <= limits::ARRAY_LEN as usize);
    let len = len.ok_or(EncodeError::ArrayTooLong)?;
    if let Some(bytes) = T::as_bytes(values) {
        writer.put_bytes(bytes);
        return Ok(());
    }
    let endian = writer.endian();
    if let Some(place) = writer.claim(len) {
        match endian {
            Endian::NATIVE => T::write_into::<NativeEndian>(values, place),
            _ => write_foreign(values, place),
        }
    }
    Ok(())
}

impl Type for FdIndex {
    const TEXT: SignatureText = SignatureText::literal("h");
    const MIN_LEN: usize = 4;
}

impl BasicType for FdIndex {}

impl Encode for FdIndex {
    #[inline]
    fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        writer.put_u32(self.0);
        Ok(())
    }
}

impl<'a> Decode<'a> for FdIndex {
    #[inline]
    fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        reader.read_fd_index().map(Self)
    }
}

#[cfg(test)]
mod tests {
    extern crate alloc;

    use alloc::vec::Vec;

    use super::*;
    use crate::{Header, Message, MessageBuf, MessageType, Serial};

    /// That the first numbers of `values`, as many as you like, come back in either byte order and in every way.
    fn come_back<T: Number + PartialEq + fmt::Debug>(values: &[T]) {
        for endian in [Endian::Little, Endian::Big] {
            for values in (0..=values.len()).filter_map(|len| values.get(..len)) {
                let mut header = Header::new(MessageType::Unknown(9), Serial::FIRST);
                header.endian = endian;
                let mut buf = MessageBuf::new();
                buf.push(&header, &(values,)).unwrap();
                let message = Message::parse(buf.as_slice()).unwrap();
                let one_by_one: Vec<u8> = values
                    .iter()
                    .flat_map(|value| {
                        let mut place = [0; 8];
                        let mut writer = Writer::new(&mut place, endian);
                        value.encode(&mut writer).unwrap();
                        let len = writer.finish().unwrap();
                        place.into_iter().take(len)
                    })
                    .collect();
                assert!(message.body_bytes().ends_with(&one_by_one));

                let (numbers,): (Numbers<T>,) = message.body().unwrap();
                assert_eq!(numbers, *values);
                assert_eq!(numbers.to_vec(), values);
                assert_eq!(message.body::<(Vec<T>,)>().unwrap().0, values);
                let mut place = alloc::vec![T::ZERO; values.len()];
                assert_eq!(numbers.copy_to(&mut place), values.len());
                assert_eq!(place, values);
                assert_eq!(numbers.copy_to(&mut []), 0);
                assert_eq!(numbers.is_empty(), values.is_empty());
                assert_eq!(numbers.as_bytes(), one_by_one);
                assert_eq!(alloc::format!("{numbers:?}"), alloc::format!("{values:?}"));
                assert_eq!(numbers, message.body::<(Numbers<T>,)>().unwrap().0);
                // Marshalled again, in its own byte order and in the other one.
                for endian in [Endian::Little, Endian::Big] {
                    let mut header = Header::new(MessageType::Unknown(9), Serial::FIRST);
                    header.endian = endian;
                    let mut again = MessageBuf::new();
                    again.push(&header, &(numbers,)).unwrap();
                    let again = Message::parse(again.as_slice()).unwrap();
                    assert_eq!(again.body::<(Numbers<T>,)>().unwrap().0, *values);
                }
            }
        }
    }

    #[test]
    fn numbers_are_equal_when_all_are() {
        let numbers = |bytes| Numbers::<u16>::from_bytes(bytes, Endian::Little);
        let two = numbers(&[1, 0, 2, 0]);
        assert_eq!(two, Numbers::from_bytes(&[0, 1, 0, 2], Endian::Big));
        for other in [&[][..], &[1, 0], &[1, 0, 3, 0], &[1, 0, 2, 0, 3, 0]] {
            assert_ne!(two, numbers(other));
        }
        assert_eq!(two, [1, 2][..]);
        for other in [&[][..], &[1], &[1, 3], &[1, 2, 3]] {
            assert_ne!(two, *other);
        }
    }

    #[test]
    fn numbers_come_back_in_either_byte_order_however_many_they_are() {
        fn many<T>(number: impl Fn(u8) -> T) -> Vec<T> {
            (0..20).map(number).collect()
        }
        come_back(&many(|index| index));
        come_back(&many(|index| -0x0102 - i16::from(index)));
        come_back(&many(|index| 0x0102 + u16::from(index)));
        come_back(&many(|index| -0x0102_0304 - i32::from(index)));
        come_back(&many(|index| 0x0102_0304 + u32::from(index)));
        come_back(&many(|index| !0x0102_0304_0506 - i64::from(index)));
        come_back(&many(|index| 0x0102_0304_0506 + u64::from(index)));
        come_back(&many(|index| 1.0 / (1.0 + f64::from(index))));
    }
}
