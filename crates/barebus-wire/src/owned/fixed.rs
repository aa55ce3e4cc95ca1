//! Arrays of values of one width: one vector of numbers, not one of trees.

use alloc::boxed::Box;

use super::{OwnedValue, TypeError};
use crate::endian::Endian;
use crate::number::{FdIndex, Number, Numbers};
use crate::signature::Signature;
use crate::value::Type;

/// Matches an [`OwnedValue`]: where it is an array of a fixed-size type, `$then` is run with the array.
macro_rules! match_fixed {
    ($value:expr, $array:ident => $then:expr, $($other:tt)*) => {
        match $value {
            OwnedValue::Bytes($array) => $then,
            OwnedValue::Booleans($array) => $then,
            OwnedValue::Int16s($array) => $then,
            OwnedValue::Uint16s($array) => $then,
            OwnedValue::Int32s($array) => $then,
            OwnedValue::Uint32s($array) => $then,
            OwnedValue::Int64s($array) => $then,
            OwnedValue::Uint64s($array) => $then,
            OwnedValue::Doubles($array) => $then,
            OwnedValue::UnixFds($array) => $then,
            $($other)*
        }
    };
}

pub(super) use match_fixed;

macro_rules! fixed {
    ($($one:ident $many:ident $type:ty;)*) => {
        /// The array of `elements`, if their type `element` is of a fixed size.
        pub(super) fn array(
            element: Signature<'_>,
            elements: &[OwnedValue],
        ) -> Option<Result<OwnedValue, TypeError>> {
            $(if element == <$type>::SIGNATURE {
                let numbers = elements.iter().map(|value| match value {
                    OwnedValue::$one(number) => Ok(*number),
                    value => Err(TypeError::other_than(element, value)),
                });
                return Some(numbers.collect::<Result<_, _>>().map(OwnedValue::$many));
            })*
            None
        }
    };
}

fixed! {
    Byte Bytes u8;
    Boolean Booleans bool;
    Int16 Int16s i16;
    Uint16 Uint16s u16;
    Int32 Int32s i32;
    Uint32 Uint32s u32;
    Int64 Int64s i64;
    Uint64 Uint64s u64;
    Double Doubles f64;
    UnixFd UnixFds FdIndex;
}

/// The array of `T`'s signature.
pub(super) fn signature<T: Type>(_: &[T]) -> Signature<'static> {
    <[T]>::SIGNATURE
}

/// The array of numbers of the type `code` that have the marshalled form `bytes`; `None` for BOOLEAN and UNIX_FD, which must be read
/// one by one, and for types of no fixed size.
pub(super) fn from_bytes(code: u8, bytes: &[u8], endian: Endian) -> Option<OwnedValue> {
    fn numbers<T: Number>(bytes: &[u8], endian: Endian) -> Box<[T]> {
        Numbers::from_bytes(bytes, endian).to_vec().into()
    }
    Some(match code {
        b'y' => OwnedValue::Bytes(bytes.into()),
        b'n' => OwnedValue::Int16s(numbers(bytes, endian)),
        b'q' => OwnedValue::Uint16s(numbers(bytes, endian)),
        b'i' => OwnedValue::Int32s(numbers(bytes, endian)),
        b'u' => OwnedValue::Uint32s(numbers(bytes, endian)),
        b'x' => OwnedValue::Int64s(numbers(bytes, endian)),
        b't' => OwnedValue::Uint64s(numbers(bytes, endian)),
        b'd' => OwnedValue::Doubles(numbers(bytes, endian)),
        _ => return None,
    })
}
