//! Owned types: strings, vectors, maps. Unmarshalling them allocates no more than was received.

use alloc::borrow::{Cow, ToOwned};
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use crate::array::{Array, Dict, encode_entries};
use crate::error::{DecodeError, EncodeError};
use crate::gather::Gather;
use crate::name::OwnedObjectPath;
use crate::reader::Reader;
use crate::signature::SignatureText;
use crate::value::{BasicType, Decode, Encode, Type};
use crate::writer::Writer;

macro_rules! strings {
    ($($type:ty),*) => {$(
        impl Type for $type {
            const TEXT: SignatureText = SignatureText::literal("s");
            const MIN_LEN: usize = 5;
        }

        impl BasicType for $type {}

        impl Encode for $type {
            #[inline]
            fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
                writer.put_str(self)
            }
        }

        impl<'a> Decode<'a> for $type {
            #[inline]
            fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
                reader.read_str().map(Self::from)
            }
        }
    )*};
}

strings!(String, Box<str>);

impl Type for OwnedObjectPath {
    const TEXT: SignatureText = SignatureText::literal("o");
    const MIN_LEN: usize = 6;
}

impl BasicType for OwnedObjectPath {}

impl Encode for OwnedObjectPath {
    #[inline]
    fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        writer.put_path(self.borrow())
    }
}

impl<'a> Decode<'a> for OwnedObjectPath {
    #[inline]
    fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        reader.read_path().map(Self::from)
    }
}

impl<T: ToOwned + Type + ?Sized> Type for Cow<'_, T> {
    const TEXT: SignatureText = T::TEXT;
    const MIN_LEN: usize = T::MIN_LEN;
}

impl<T: ToOwned + BasicType + ?Sized> BasicType for Cow<'_, T> {}

impl<T: ToOwned + Encode + ?Sized> Encode for Cow<'_, T> {
    fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        T::encode(self, writer)
    }

    #[inline]
    fn gather<'v>(&'v self, gather: &mut Gather<'_, 'v>) {
        T::gather(self, gather);
    }
}

/// Borrows whatever the message holds.
impl<'a, T: ToOwned + Type + ?Sized> Decode<'a> for Cow<'a, T>
where
    &'a T: Decode<'a>,
{
    fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        <&T>::decode(reader).map(Cow::Borrowed)
    }
}

impl<T: Type> Type for Vec<T> {
    const TEXT: SignatureText = SignatureText::array(&T::TEXT);
    const MIN_LEN: usize = 4;
}

impl<T: Encode> Encode for Vec<T> {
    #[inline]
    fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        self.as_slice().encode(writer)
    }

    #[inline]
    fn gather<'v>(&'v self, gather: &mut Gather<'_, 'v>) {
        T::gather_slice(self, gather);
    }
}

impl<'a, T: Decode<'a>> Decode<'a> for Vec<T> {
    fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        let mut elements = Array::decode(reader)?;
        T::decode_vec(&mut elements)
            .map_err(|error| reader.fail_within(elements.reader_mut(), error))
    }
}

macro_rules! maps {
    ($($(#[$cfg:meta])* $map:ident [$($bound:path),*];)*) => {$(
        $(#[$cfg])*
        impl<K: BasicType, V: Type> Type for $map<K, V> {
            const TEXT: SignatureText = SignatureText::dictionary(&K::TEXT, &V::TEXT);
            const MIN_LEN: usize = 4;
        }

        $(#[$cfg])*
        impl<K: BasicType + Encode, V: Encode> Encode for $map<K, V> {
            fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
                encode_entries(self, writer)
            }
        }

        /// Of entries with the same key the last one is kept.
        $(#[$cfg])*
        impl<'a, K: BasicType + Decode<'a> $(+ $bound)*, V: Decode<'a>> Decode<'a> for $map<K, V> {
            fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
                let mut entries = Dict::<K, V>::decode(reader)?;
                entries
                    .by_ref()
                    .collect::<Result<_, _>>()
                    .map_err(|error| reader.fail_within(entries.reader(), error))
            }
        }
    )*};
}

#[cfg(feature = "std")]
use core::hash::Hash;
#[cfg(feature = "std")]
use std::collections::HashMap;

maps! {
    BTreeMap [Ord];
    #[cfg(feature = "std")] HashMap [Eq, Hash];
}
