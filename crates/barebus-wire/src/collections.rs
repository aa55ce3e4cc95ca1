//! Owned types: strings, vectors, maps.
//!
//! Their memory follows what was received, never a length that is only announced. A `Vec<T>` has a `T` for each element, and room for
//! an eighth more: numbers take as much as on the wire, texts at most 4 times as much, because an empty one takes 8 bytes there and a
//! `String` 24. Maps take up to 15 times as much.

use alloc::borrow::{Cow, ToOwned};
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::rc::Rc;
use alloc::string::String;
#[cfg(target_has_atomic = "ptr")]
use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::array::Dict;
use crate::entries::encode_entries;
use crate::error::{DecodeError, EncodeError};
use crate::name::OwnedObjectPath;
use crate::owned::OwnedSignature;
use crate::reader::Reader;
use crate::signature::SignatureText;
use crate::value::{BasicType, Decode, Encode, Type};
use crate::writer::Writer;

macro_rules! strings {
    ($($(#[$cfg:meta])* $type:ty),*) => {$(
        $(#[$cfg])*
        impl Type for $type {
            const TEXT: SignatureText = SignatureText::literal("s");
            const MIN_LEN: usize = 5;
        }

        $(#[$cfg])*
        impl BasicType for $type {}

        $(#[$cfg])*
        impl Encode for $type {
            #[inline]
            fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
                writer.put_str(self)
            }
        }

        $(#[$cfg])*
        impl<'a> Decode<'a> for $type {
            #[inline]
            fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
                reader.read_str().map(Self::from)
            }
        }
    )*};
}

strings!(String, Box<str>, Rc<str>, #[cfg(target_has_atomic = "ptr")] Arc<str>);

impl Type for OwnedSignature {
    const TEXT: SignatureText = SignatureText::literal("g");
    const MIN_LEN: usize = 2;
}

impl BasicType for OwnedSignature {}

impl Encode for OwnedSignature {
    #[inline]
    fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        writer.put_signature(self.borrow());
        Ok(())
    }
}

impl<'a> Decode<'a> for OwnedSignature {
    #[inline]
    fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        reader.read_signature().map(Self::from)
    }
}

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
}

impl<'a, T: Decode<'a>> Decode<'a> for Vec<T> {
    fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        let mut elements = reader.enter_array(T::ALIGNMENT)?;
        T::decode_vec(&mut elements).map_err(|error| reader.fail_within(&elements, error))
    }
}

impl<T: Type> Type for Box<[T]> {
    const TEXT: SignatureText = SignatureText::array(&T::TEXT);
    const MIN_LEN: usize = 4;
}

impl<T: Encode> Encode for Box<[T]> {
    #[inline]
    fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        self.as_ref().encode(writer)
    }
}

impl<'a, T: Decode<'a>> Decode<'a> for Box<[T]> {
    fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        Vec::decode(reader).map(Vec::into_boxed_slice)
    }
}

macro_rules! maps {
    ($($(#[$cfg:meta])* $map:ident [$($bound:path),*] $($hasher:ident)?;)*) => {$(
        $(#[$cfg])*
        impl<K: BasicType, V: Type $(, $hasher)?> Type for $map<K, V $(, $hasher)?> {
            const TEXT: SignatureText = SignatureText::dictionary(&K::TEXT, &V::TEXT);
            const MIN_LEN: usize = 4;
        }

        $(#[$cfg])*
        impl<K: BasicType + Encode, V: Encode $(, $hasher)?> Encode for $map<K, V $(, $hasher)?> {
            fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
                encode_entries(self, writer)
            }
        }

        /// Of entries with the same key the last one is kept.
        $(#[$cfg])*
        impl<'a, K, V $(, $hasher)?> Decode<'a> for $map<K, V $(, $hasher)?>
        where
            K: BasicType + Decode<'a> $(+ $bound)*,
            V: Decode<'a>,
            $($hasher: BuildHasher + Default,)?
        {
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
use core::hash::{BuildHasher, Hash};
#[cfg(feature = "std")]
use std::collections::HashMap;

maps! {
    BTreeMap [Ord];
    #[cfg(feature = "std")] HashMap [Eq, Hash] S;
}
