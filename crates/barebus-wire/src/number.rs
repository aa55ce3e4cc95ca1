//! Numbers of fixed width, one by one and in bulk.

use core::fmt;
use core::marker::PhantomData;

use byteorder::{BigEndian, ByteOrder, LittleEndian};

use crate::endian::Endian;
use crate::error::{DecodeError, DecodeErrorKind, EncodeError};
use crate::gather::Gather;
use crate::limits;
use crate::reader::Reader;
use crate::signature::SignatureText;
use crate::value::{BasicType, Decode, Encode, Type};
use crate::writer::Writer;

/// A type whose every bit pattern of its width is a value, so that an array of it is a run of bytes.
///
/// Sealed: these are the specification's fixed types but BOOLEAN.
pub trait Number: Type + BasicType + Encode + for<'a> Decode<'a> + Copy + Bulk {}

/// Index of a file descriptor among those attached to the message. Spec: Type System, UNIX_FD.
///
/// Whether a descriptor stands at that index is known to whoever holds the message's descriptors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FdIndex(pub u32);

impl fmt::Display for FdIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An ARRAY of numbers as it lies in the message: borrowed, whatever its size, alignment and byte order.
#[derive(Clone, Copy)]
pub struct Numbers<'a, T> {
    /// bytes.len() % T::WIDTH == 0
    bytes: &'a [u8],
    endian: Endian,
    number: PhantomData<T>,
}

impl<'a, T: Number> Numbers<'a, T> {
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
            Endian::Little => T::read_into::<LittleEndian>(bytes, place),
            Endian::Big => T::read_into::<BigEndian>(bytes, place),
        }
        count
    }

    /// The numbers as they lie in the message.
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The numbers in a vector: one allocation, one pass.
    #[cfg(feature = "alloc")]
    pub fn to_vec(&self) -> alloc::vec::Vec<T> {
        let mut numbers = alloc::vec::Vec::with_capacity(self.len());
        match self.endian {
            Endian::Little => {
                numbers.extend(self.bytes.chunks_exact(T::WIDTH).map(T::read::<LittleEndian>));
            }
            Endian::Big => {
                numbers.extend(self.bytes.chunks_exact(T::WIDTH).map(T::read::<BigEndian>));
            }
        }
        numbers
    }
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
        let mut elements = reader.enter_array(T::ALIGNMENT)?;
        let start = elements.position();
        let bytes = elements.rest();
        if bytes.len() % T::WIDTH == 0 {
            Ok(Self { bytes, endian: reader.endian(), number: PhantomData })
        } else {
            let at = start + bytes.len() / T::WIDTH * T::WIDTH;
            Err(reader.fail(DecodeErrorKind::ArrayLengthIncorrect, at))
        }
    }
}

mod sealed {
    use byteorder::ByteOrder;

    /// The bulk conversions of a number; byteorder's, each a copy or a loop that vectorises.
    pub trait Bulk: Sized {
        /// Width in bytes.
        const WIDTH: usize;
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
        let rest = writer.hide(bytes);
        writer.put_bytes(rest);
        return Ok(());
    }
    let endian = writer.endian();
    if let Some(place) = writer.claim(len) {
        match endian {
            Endian::Little => T::write_into::<LittleEndian>(values, place),
            Endian::Big => T::write_into::<BigEndian>(values, place),
        }
    }
    Ok(())
}

macro_rules! number {
    ($type:ty, $code:literal, |$value:ident, $writer:ident| $put:expr, |$reader:ident| $get:expr,
     $read:expr, $read_into:expr, $write_into:expr $(, $as_bytes:expr)?) => {
        impl Type for $type {
            const TEXT: SignatureText = SignatureText::literal($code);
            const MIN_LEN: usize = size_of::<$type>();
        }

        impl BasicType for $type {}
        impl Number for $type {}

        impl Encode for $type {
            #[inline]
            fn encode(&self, $writer: &mut Writer<'_>) -> Result<(), EncodeError> {
                let $value = *self;
                $put;
                Ok(())
            }

            #[inline]
            fn encode_slice(values: &[Self], writer: &mut Writer<'_>) -> Result<(), EncodeError> {
                put_numbers(values, writer)
            }

            #[inline]
            fn gather_slice<'v>(values: &'v [Self], gather: &mut Gather<'_, 'v>) {
                if let Some(bytes) = Self::as_bytes(values) {
                    gather.offer(bytes);
                }
            }
        }

        impl<'a> Decode<'a> for $type {
            #[inline]
            fn decode($reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
                $get
            }
        }

        impl Bulk for $type {
            const WIDTH: usize = size_of::<$type>();

            #[inline]
            fn read<O: ByteOrder>(bytes: &[u8]) -> Self {
                ($read)(bytes)
            }

            #[inline]
            fn read_into<O: ByteOrder>(bytes: &[u8], place: &mut [Self]) {
                ($read_into)(bytes, place);
            }

            #[inline]
            fn write_into<O: ByteOrder>(values: &[Self], place: &mut [u8]) {
                ($write_into)(values, place);
            }

            $(#[inline]
            fn as_bytes(values: &[Self]) -> Option<&[u8]> {
                ($as_bytes)(values)
            })?
        }
    };
}

number!(
    u8,
    "y",
    |value, writer| writer.put_u8(value),
    |reader| reader.read_u8(),
    |bytes: &[u8]| bytes.first().copied().unwrap_or_default(),
    |bytes: &[u8], place: &mut [u8]| place.copy_from_slice(bytes),
    |values: &[u8], place: &mut [u8]| place.copy_from_slice(values),
    Some
);
number!(
    i16,
    "n",
    |value, writer| writer.put_u16(value as u16),
    |reader| reader.read_u16().map(|value| value as i16),
    O::read_i16,
    O::read_i16_into,
    O::write_i16_into
);
number!(
    u16,
    "q",
    |value, writer| writer.put_u16(value),
    |reader| reader.read_u16(),
    O::read_u16,
    O::read_u16_into,
    O::write_u16_into
);
number!(
    i32,
    "i",
    |value, writer| writer.put_u32(value as u32),
    |reader| reader.read_u32().map(|value| value as i32),
    O::read_i32,
    O::read_i32_into,
    O::write_i32_into
);
number!(
    u32,
    "u",
    |value, writer| writer.put_u32(value),
    |reader| reader.read_u32(),
    O::read_u32,
    O::read_u32_into,
    O::write_u32_into
);
number!(
    i64,
    "x",
    |value, writer| writer.put_u64(value as u64),
    |reader| reader.read_u64().map(|value| value as i64),
    O::read_i64,
    O::read_i64_into,
    O::write_i64_into
);
number!(
    u64,
    "t",
    |value, writer| writer.put_u64(value),
    |reader| reader.read_u64(),
    O::read_u64,
    O::read_u64_into,
    O::write_u64_into
);
number!(
    f64,
    "d",
    |value, writer| writer.put_u64(value.to_bits()),
    |reader| reader.read_u64().map(f64::from_bits),
    O::read_f64,
    O::read_f64_into,
    O::write_f64_into
);

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
        reader.read_u32().map(Self)
    }
}
