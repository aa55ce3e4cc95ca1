//! The Rust types that are numbers.

#[cfg(feature = "alloc")]
use alloc::vec::Vec;

use byteorder::ByteOrder;

#[cfg(feature = "alloc")]
use super::Numbers;
use super::sealed::Bulk;
use super::{Number, put_numbers};
use crate::error::{DecodeError, EncodeError};
use crate::reader::Reader;
use crate::signature::SignatureText;
use crate::value::{BasicType, Decode, Encode, Type};
use crate::writer::{Writer, copy};

macro_rules! number {
    ($type:ty, $code:literal, |$value:ident, $writer:ident| $put:expr, |$reader:ident| $get:expr,
     $($bulk:tt)*) => {
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
        }

        impl<'a> Decode<'a> for $type {
            #[inline]
            fn decode($reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
                $get
            }

            #[cfg(feature = "alloc")]
            fn decode_vec(elements: &mut Reader<'a>) -> Result<Vec<Self>, DecodeError> {
                Numbers::of(elements).map(|numbers| numbers.to_vec())
            }
        }

        impl Bulk for $type {
            const WIDTH: usize = size_of::<$type>();
            const ZERO: Self = 0 as $type;

            bulk!($($bulk)*);
        }
    };
}

/// How numbers are read and written in bulk.
macro_rules! bulk {
    (byte) => {
        #[inline]
        fn read<O: ByteOrder>(bytes: &[u8]) -> Self {
            bytes.first().copied().unwrap_or_default()
        }

        #[inline]
        fn read_into<O: ByteOrder>(bytes: &[u8], place: &mut [Self]) {
            copy(bytes, place);
        }

        #[inline]
        fn write_into<O: ByteOrder>(values: &[Self], place: &mut [u8]) {
            copy(values, place);
        }

        #[inline]
        fn as_bytes(values: &[Self]) -> Option<&[u8]> {
            Some(values)
        }
    };
    (chunk($read:ident $read_into:ident $write:ident $write_into:ident)) => {
        #[inline]
        fn read<O: ByteOrder>(bytes: &[u8]) -> Self {
            O::$read(bytes.first_chunk().unwrap_or(&[0; size_of::<Self>()]))
        }

        // One by one in a program built for size: byteorder's check of the lengths leaves a panic in it.
        #[inline]
        fn read_into<O: ByteOrder>(bytes: &[u8], place: &mut [Self]) {
            if !crate::COMPACT {
                return O::$read_into(bytes, place);
            }
            let mut rest = bytes;
            for place in place {
                let Some((chunk, tail)) = rest.split_first_chunk::<{ size_of::<Self>() }>() else {
                    return;
                };
                *place = O::$read(chunk);
                rest = tail;
            }
        }

        #[inline]
        fn write_into<O: ByteOrder>(values: &[Self], place: &mut [u8]) {
            if !crate::COMPACT {
                return O::$write_into(values, place);
            }
            let mut rest = place;
            for value in values {
                let Some((chunk, tail)) = rest.split_first_chunk_mut::<{ size_of::<Self>() }>()
                else {
                    return;
                };
                O::$write(chunk, *value);
                rest = tail;
            }
        }
    };
}

number!(u8, "y", |value, writer| writer.put_u8(value), |reader| reader.read_u8(), byte);
number!(
    i16,
    "n",
    |value, writer| writer.put_u16(value as u16),
    |reader| reader.read_u16().map(|value| value as i16),
    chunk(read_i16 read_i16_into write_i16 write_i16_into)
);
number!(
    u16,
    "q",
    |value, writer| writer.put_u16(value),
    |reader| reader.read_u16(),
    chunk(read_u16 read_u16_into write_u16 write_u16_into)
);
number!(
    i32,
    "i",
    |value, writer| writer.put_u32(value as u32),
    |reader| reader.read_u32().map(|value| value as i32),
    chunk(read_i32 read_i32_into write_i32 write_i32_into)
);
number!(
    u32,
    "u",
    |value, writer| writer.put_u32(value),
    |reader| reader.read_u32(),
    chunk(read_u32 read_u32_into write_u32 write_u32_into)
);
number!(
    i64,
    "x",
    |value, writer| writer.put_u64(value as u64),
    |reader| reader.read_u64().map(|value| value as i64),
    chunk(read_i64 read_i64_into write_i64 write_i64_into)
);
number!(
    u64,
    "t",
    |value, writer| writer.put_u64(value),
    |reader| reader.read_u64(),
    chunk(read_u64 read_u64_into write_u64 write_u64_into)
);
number!(
    f64,
    "d",
    |value, writer| writer.put_u64(value.to_bits()),
    |reader| reader.read_u64().map(f64::from_bits),
    chunk(read_f64 read_f64_into write_f64 write_f64_into)
);
