//! Rust types into trees: `From` for [`OwnedValue`], [`OwnedArray`] and [`OwnedDict`].

use alloc::borrow::{Cow, ToOwned};
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
#[cfg(feature = "std")]
use std::collections::HashMap;

use super::{OwnedArray, OwnedDict, OwnedSignature, OwnedValue};
use crate::entries::{Entries, Pairs};
use crate::name::{
    BusName, ErrorName, InterfaceName, MemberName, ObjectPath, OwnedBusName, OwnedErrorName,
    OwnedInterfaceName, OwnedMemberName, OwnedObjectPath,
};
use crate::number::FdIndex;
use crate::signature::Signature;
use crate::tuple::tuples_of_16;
use crate::value::{BasicType, Type};
use crate::variant::AsVariant;

/// A Rust type that an [`OwnedValue`] is made of with `into()`.
///
/// Implemented for all numbers, `bool`, text, object paths, signatures and other names, [`FdIndex`], vectors, slices, arrays, maps, tuples,
/// and [`AsVariant`]. An [`OwnedValue`] in a vector, map or tuple is a VARIANT there.
///
/// ```
/// use barebus_wire::OwnedValue;
///
/// assert_eq!(OwnedValue::from(1500_u32).to_string(), "uint32 1500");
/// assert_eq!(OwnedValue::from(vec!["a", "b"]).to_string(), "['a', 'b']");
/// assert_eq!(OwnedValue::from((true, [1_u8, 2])).to_string(), "(true, [byte 0x01, 0x02])");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be made an `OwnedValue`",
    note = "marshal a type that implements `Encode` into an `OwnedBody`, or make its fields values"
)]
pub trait IntoValue: IntoElement {}

/// A Rust type that can be an element of an array, a field or an entry: an [`IntoValue`], or an [`OwnedValue`], which is a VARIANT there.
///
/// ```
/// use barebus_wire::{IntoElement, OwnedValue};
///
/// fn list<T: IntoElement>(elements: Vec<T>) -> OwnedValue {
///     T::into_array(elements)
/// }
///
/// assert_eq!(list(vec![1_u32, 2]).to_string(), "[uint32 1, 2]");
/// ```
pub trait IntoElement: Type + Sized {
    /// The value of the type's signature.
    #[doc(hidden)]
    fn into_element(self) -> OwnedValue;

    /// The ARRAY of the elements. Types of a fixed size keep one slice.
    #[doc(hidden)]
    fn into_array(elements: Vec<Self>) -> OwnedValue {
        let elements = elements.into_iter().map(Self::into_element).collect();
        OwnedValue::Array(Box::new(OwnedArray::trusted(Self::SIGNATURE, elements)))
    }
}

impl<T: IntoValue> From<T> for OwnedValue {
    fn from(value: T) -> Self {
        value.into_element()
    }
}

impl IntoElement for OwnedValue {
    fn into_element(self) -> OwnedValue {
        Self::Variant(Box::new(self))
    }
}

/// Implements both traits.
macro_rules! into {
    ($($(#[$cfg:meta])* [$($generics:tt)*] $type:ty => |$value:ident| $owned:expr $(, array: $many:ident)?;)*) => {$(
        $(#[$cfg])*
        impl<$($generics)*> IntoValue for $type {}

        $(#[$cfg])*
        impl<$($generics)*> IntoElement for $type {
            fn into_element(self) -> OwnedValue {
                let $value = self;
                $owned
            }

            $(fn into_array(elements: Vec<Self>) -> OwnedValue {
                OwnedValue::$many(elements.into())
            })?
        }
    )*};
}

into! {
    [] u8 => |value| OwnedValue::Byte(value), array: Bytes;
    [] bool => |value| OwnedValue::Boolean(value), array: Booleans;
    [] i16 => |value| OwnedValue::Int16(value), array: Int16s;
    [] u16 => |value| OwnedValue::Uint16(value), array: Uint16s;
    [] i32 => |value| OwnedValue::Int32(value), array: Int32s;
    [] u32 => |value| OwnedValue::Uint32(value), array: Uint32s;
    [] i64 => |value| OwnedValue::Int64(value), array: Int64s;
    [] u64 => |value| OwnedValue::Uint64(value), array: Uint64s;
    [] f64 => |value| OwnedValue::Double(value), array: Doubles;
    [] FdIndex => |value| OwnedValue::UnixFd(value), array: UnixFds;
    [] &str => |value| OwnedValue::String(value.into());
    [] String => |value| OwnedValue::String(value);
    [] Box<str> => |value| OwnedValue::String(value.into());
    [] ObjectPath<'_> => |value| OwnedValue::ObjectPath(value.to_owned());
    [] OwnedObjectPath => |value| OwnedValue::ObjectPath(value);
    [] Signature<'_> => |value| OwnedValue::Signature(value.into());
    [] OwnedSignature => |value| OwnedValue::Signature(value);
    [] BusName<'_> => |value| OwnedValue::String(value.as_str().into());
    [] OwnedBusName => |value| OwnedValue::String(value.as_str().into());
    [] InterfaceName<'_> => |value| OwnedValue::String(value.as_str().into());
    [] OwnedInterfaceName => |value| OwnedValue::String(value.as_str().into());
    [] MemberName<'_> => |value| OwnedValue::String(value.as_str().into());
    [] OwnedMemberName => |value| OwnedValue::String(value.as_str().into());
    [] ErrorName<'_> => |value| OwnedValue::String(value.as_str().into());
    [] OwnedErrorName => |value| OwnedValue::String(value.as_str().into());
    ['a, T: ToOwned<Owned: IntoValue> + Type + ?Sized] Cow<'a, T> => |value| value.into_owned().into_element();
    ['a, T: IntoValue + Clone] &'a T => |value| value.clone().into_element();
    [T: IntoElement] Vec<T> => |value| T::into_array(value);
    [T: IntoElement] Box<[T]> => |value| T::into_array(value.into());
    ['a, T: IntoElement + Clone] &'a [T] => |value| T::into_array(value.into());
    [T: IntoElement, const N: usize] [T; N] => |value| T::into_array(value.into());
    [T: IntoElement] AsVariant<T> => |value| OwnedValue::Variant(Box::new(value.0.into_element()));
    [P: Pairs<Key: IntoElement + BasicType + Clone, Value: IntoElement + Clone>] Entries<P> => |value| dict::<Self, _, _>(value.0.pairs().iter().cloned());
    [K: IntoElement + BasicType, V: IntoElement] BTreeMap<K, V> => |value| dict::<Self, _, _>(value);
    #[cfg(feature = "std")] [K: IntoElement + BasicType, V: IntoElement, S] HashMap<K, V, S> => |value| dict::<Self, _, _>(value);
}

/// The dictionary of `entries`, whose type is that of `D`.
fn dict<D: Type, K: IntoElement, V: IntoElement>(
    entries: impl IntoIterator<Item = (K, V)>,
) -> OwnedValue {
    let entries =
        entries.into_iter().map(|(key, value)| (key.into_element(), value.into_element()));
    let entry = D::SIGNATURE.element().unwrap_or(Signature::EMPTY);
    OwnedValue::Dict(Box::new(OwnedDict::trusted(entry, entries.collect())))
}

macro_rules! tuples {
    ($(($($name:ident $index:tt),+))*) => {$(
        impl<$($name: IntoElement),+> IntoValue for ($($name,)+) {}

        impl<$($name: IntoElement),+> IntoElement for ($($name,)+) {
            fn into_element(self) -> OwnedValue {
                OwnedValue::Struct([$(self.$index.into_element()),+].into())
            }
        }
    )*};
}

tuples_of_16!(tuples);

impl From<OwnedArray> for OwnedValue {
    fn from(array: OwnedArray) -> Self {
        Self::Array(Box::new(array))
    }
}

impl From<OwnedDict> for OwnedValue {
    fn from(dict: OwnedDict) -> Self {
        Self::Dict(Box::new(dict))
    }
}
