//! Trees into Rust types: `TryFrom` an [`OwnedValue`].

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
#[cfg(feature = "std")]
use core::hash::{BuildHasher, Hash};
#[cfg(feature = "std")]
use std::collections::HashMap;

use super::{OwnedSignature, OwnedValue, TypeError};
use crate::name::{ObjectPath, OwnedObjectPath};
use crate::number::FdIndex;
use crate::signature::Signature;
use crate::tuple::tuples_of_16;
use crate::value::{BasicType, Type};
use crate::variant::AsVariant;

/// A Rust type that an [`OwnedValue`] in an array, a struct or a dictionary can become: the types that implement `TryFrom<OwnedValue>`, and
/// [`OwnedValue`] itself, which is what a VARIANT holds.
///
/// ```
/// use barebus_wire::{FromElement, OwnedValue, TypeError};
///
/// fn read<T: FromElement>(value: OwnedValue) -> Result<Vec<T>, TypeError> {
///     T::from_array(value)
/// }
///
/// assert_eq!(read::<String>(vec!["a", "b"].into())?, ["a", "b"]);
/// # Ok::<(), TypeError>(())
/// ```
pub trait FromElement: Type + Sized {
    /// The value, which is of the type's signature.
    #[doc(hidden)]
    fn from_element(value: OwnedValue) -> Result<Self, TypeError>;

    /// The elements of an ARRAY of the type's signature. Types of a fixed size have one slice.
    #[doc(hidden)]
    fn from_array(value: OwnedValue) -> Result<Vec<Self>, TypeError> {
        match value {
            OwnedValue::Array(array) => {
                array.into_elements().into_iter().map(Self::from_element).collect()
            }
            value => Err(TypeError::other_than(<[Self]>::SIGNATURE, &value)),
        }
    }
}

/// The value as a `T`, if it has the type of `T`.
fn checked<T: FromElement>(value: OwnedValue) -> Result<T, TypeError> {
    check::<T>(&value)?;
    T::from_element(value)
}

fn check<T: Type>(value: &OwnedValue) -> Result<(), TypeError> {
    if value.has_type(T::SIGNATURE) {
        Ok(())
    } else {
        Err(TypeError::other_than(T::SIGNATURE, value))
    }
}

impl FromElement for OwnedValue {
    fn from_element(value: OwnedValue) -> Result<Self, TypeError> {
        match value {
            Self::Variant(content) => Ok(*content),
            value => Err(TypeError::other_than(Self::SIGNATURE, &value)),
        }
    }
}

macro_rules! try_from {
    ($(#[$cfg:meta])* [$($generics:tt)*] $type:ty) => {
        /// Fails if the value has another type: the error names both types.
        $(#[$cfg])*
        impl<$($generics)*> TryFrom<OwnedValue> for $type {
            type Error = TypeError;

            fn try_from(value: OwnedValue) -> Result<Self, TypeError> {
                checked(value)
            }
        }

        /// Fails if the value has another type: the error names both types.
        $(#[$cfg])*
        impl<$($generics)*> TryFrom<&OwnedValue> for $type {
            type Error = TypeError;

            fn try_from(value: &OwnedValue) -> Result<Self, TypeError> {
                check::<Self>(value)?;
                Self::from_element(value.clone())
            }
        }
    };
}

/// Implements the conversions of types that are one variant of [`OwnedValue`].
macro_rules! basic {
    ($($type:ty, $one:ident $(, $many:ident)?;)*) => {$(
        try_from!([] $type);

        impl FromElement for $type {
            fn from_element(value: OwnedValue) -> Result<Self, TypeError> {
                match value {
                    OwnedValue::$one(value) => Ok(value),
                    value => Err(TypeError::other_than(Self::SIGNATURE, &value)),
                }
            }

            $(fn from_array(value: OwnedValue) -> Result<Vec<Self>, TypeError> {
                match value {
                    OwnedValue::$many(elements) => Ok(elements.into()),
                    value => Err(TypeError::other_than(<[Self]>::SIGNATURE, &value)),
                }
            })?
        }

        $(
            /// Fails if the value has another type: the error names both types.
            impl<'a> TryFrom<&'a OwnedValue> for &'a [$type] {
                type Error = TypeError;

                fn try_from(value: &'a OwnedValue) -> Result<Self, TypeError> {
                    match value {
                        OwnedValue::$many(elements) => Ok(elements),
                        value => Err(TypeError::other_than(<[$type]>::SIGNATURE, value)),
                    }
                }
            }
        )?
    )*};
}

basic! {
    u8, Byte, Bytes;
    bool, Boolean, Booleans;
    i16, Int16, Int16s;
    u16, Uint16, Uint16s;
    i32, Int32, Int32s;
    u32, Uint32, Uint32s;
    i64, Int64, Int64s;
    u64, Uint64, Uint64s;
    f64, Double, Doubles;
    FdIndex, UnixFd, UnixFds;
    String, String;
    OwnedObjectPath, ObjectPath;
    OwnedSignature, Signature;
}

macro_rules! borrowed {
    ($($type:ty, $one:ident => |$value:ident| $borrowed:expr;)*) => {$(
        /// Fails if the value has another type: the error names both types.
        impl<'a> TryFrom<&'a OwnedValue> for $type {
            type Error = TypeError;

            fn try_from(value: &'a OwnedValue) -> Result<Self, TypeError> {
                match value {
                    OwnedValue::$one($value) => Ok($borrowed),
                    value => Err(TypeError::other_than(<$type>::SIGNATURE, value)),
                }
            }
        }
    )*};
}

borrowed! {
    &'a str, String => |text| text;
    ObjectPath<'a>, ObjectPath => |path| path.borrow();
    Signature<'a>, Signature => |signature| signature.borrow();
}

try_from!([T: FromElement] Vec<T>);

impl<T: FromElement> FromElement for Vec<T> {
    fn from_element(value: OwnedValue) -> Result<Self, TypeError> {
        T::from_array(value)
    }
}

try_from!([T: FromElement, const N: usize] [T; N]);

impl<T: FromElement, const N: usize> FromElement for [T; N] {
    fn from_element(value: OwnedValue) -> Result<Self, TypeError> {
        let found = |elements: Vec<T>| TypeError::Length { expected: N, found: elements.len() };
        Self::try_from(T::from_array(value)?).map_err(found)
    }
}

try_from!([T: FromElement] AsVariant<T>);

impl<T: FromElement> FromElement for AsVariant<T> {
    fn from_element(value: OwnedValue) -> Result<Self, TypeError> {
        checked(OwnedValue::from_element(value)?).map(Self)
    }
}

/// The entries of a dictionary of the type of `D`.
fn entries<D: Type, K: FromElement, V: FromElement, Map: FromIterator<(K, V)>>(
    value: OwnedValue,
) -> Result<Map, TypeError> {
    match value {
        OwnedValue::Dict(dict) => {
            let entries = dict.into_entries().into_iter();
            entries
                .map(|(key, value)| Ok((K::from_element(key)?, V::from_element(value)?)))
                .collect()
        }
        value => Err(TypeError::other_than(D::SIGNATURE, &value)),
    }
}

macro_rules! maps {
    ($($(#[$cfg:meta])* [$($generics:tt)*] $map:ty;)*) => {$(
        try_from!($(#[$cfg])* [$($generics)*] $map);

        /// Of entries with the same key the last one is kept.
        $(#[$cfg])*
        impl<$($generics)*> FromElement for $map {
            fn from_element(value: OwnedValue) -> Result<Self, TypeError> {
                entries::<Self, K, V, Self>(value)
            }
        }
    )*};
}

maps! {
    [K: FromElement + BasicType + Ord, V: FromElement] BTreeMap<K, V>;
    #[cfg(feature = "std")]
    [K: FromElement + BasicType + Eq + Hash, V: FromElement, S: BuildHasher + Default] HashMap<K, V, S>;
}

macro_rules! tuples {
    ($(($($name:ident $index:tt),+))*) => {$(
        try_from!([$($name: FromElement),+] ($($name,)+));

        impl<$($name: FromElement),+> FromElement for ($($name,)+) {
            fn from_element(value: OwnedValue) -> Result<Self, TypeError> {
                let mut fields = match value {
                    OwnedValue::Struct(fields) => Vec::from(fields).into_iter(),
                    value => return Err(TypeError::other_than(Self::SIGNATURE, &value)),
                };
                let missing = || TypeError::Length { expected: 0 $(.max($index + 1))+, found: 0 };
                Ok(($($name::from_element(fields.next().ok_or_else(missing)?)?,)+))
            }
        }
    )*};
}

tuples_of_16!(tuples);
