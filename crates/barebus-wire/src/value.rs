//! Rust types as D-Bus types: the traits, and the basic types.

#[cfg(feature = "alloc")]
use alloc::vec::Vec;

use crate::error::{BodyError, DecodeError, EncodeError};
use crate::name::ObjectPath;
use crate::reader::Reader;
use crate::signature::{ShortText, Signature, SignatureText};
use crate::writer::Writer;

/// A Rust type that has one D-Bus type, known when compiling. `#[derive(Type)]` needs the feature `derive`.
///
/// ```
/// use barebus_wire::Type;
///
/// assert_eq!(<Vec<(u32, &str)>>::SIGNATURE, "a(us)");
/// assert_eq!(u64::ALIGNMENT, 8);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no D-Bus type",
    note = "derive `Type` for a struct or an enum; a value of any type is a `Value` or an `OwnedValue`"
)]
pub trait Type {
    /// The signature's text, from which containers build theirs.
    const TEXT: SignatureText;

    /// [`Type::TEXT`], where a constant lives.
    #[doc(hidden)]
    const TEXT_REF: &'static SignatureText = &Self::TEXT;

    /// [`Self::TEXT`] if it is short.
    #[doc(hidden)]
    const SHORT_TEXT: &'static ShortText = &Self::TEXT.short();

    /// The type's signature: one single complete type. Comparing it is all that checking a message's type takes.
    const SIGNATURE: Signature<'static> = Self::TEXT_REF.signature_in(Self::SHORT_TEXT);

    /// Alignment in bytes. Spec: Marshaling, the summary table.
    const ALIGNMENT: usize = alignment_of(Self::SIGNATURE);

    /// Fewest bytes that a value takes on the wire, without padding: bounds what may be reserved for an array.
    const MIN_LEN: usize = 1;
}

/// A type that may be a dictionary's key. Spec: Type System, Basic Types.
///
/// ```
/// use barebus_wire::{BasicType, Type};
/// use std::collections::BTreeMap;
///
/// fn signature_of_map<K: BasicType>() -> String {
///     BTreeMap::<K, bool>::SIGNATURE.to_string()
/// }
///
/// assert_eq!(signature_of_map::<u16>(), "a{qb}");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the key of a dictionary",
    note = "keys are numbers, booleans, strings, object paths, signatures and descriptors"
)]
pub trait BasicType: Type {}

/// A value that can be marshalled. `#[derive(Encode)]` needs the feature `derive`.
///
/// ```
/// use barebus_wire::{Encode, EncodeError, SignatureText, Type, Writer};
///
/// /// A duration, as a number of microseconds.
/// struct Micros(std::time::Duration);
///
/// impl Type for Micros {
///     const TEXT: SignatureText = u64::TEXT;
/// }
///
/// impl Encode for Micros {
///     fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
///         u64::try_from(self.0.as_micros()).unwrap_or(u64::MAX).encode(writer)
///     }
/// }
///
/// let body = barebus_wire::OwnedBody::new(&(Micros(std::time::Duration::from_millis(2)),))?;
/// assert_eq!(body.get::<(u64,)>()?, (2000,));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be marshalled",
    note = "derive `Type` and `Encode` for a struct or an enum; `usize` and `isize` have no width on the wire: use `u64` or `i64`"
)]
pub trait Encode: Type {
    /// Marshals the value.
    ///
    /// # Errors
    /// What D-Bus cannot carry: a string with a NUL, an array over 64 MiB, nesting over 64.
    fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError>;

    /// Marshals a run of values, as an array's elements. Types whose values are plain bytes do it in one go.
    ///
    /// # Errors
    /// As [`Encode::encode`].
    #[inline]
    fn encode_slice(values: &[Self], writer: &mut Writer<'_>) -> Result<(), EncodeError>
    where
        Self: Sized,
    {
        values.iter().try_for_each(|value| value.encode(writer))
    }
}

/// A value that can be unmarshalled, borrowing from the message where it can. `#[derive(Decode)]` needs the feature `derive`.
///
/// ```
/// use barebus_wire::{Decode, DecodeError, OwnedBody, Reader, SignatureText, Type};
///
/// /// A duration, as a number of microseconds.
/// struct Micros(std::time::Duration);
///
/// impl Type for Micros {
///     const TEXT: SignatureText = u64::TEXT;
/// }
///
/// impl<'a> Decode<'a> for Micros {
///     fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
///         Ok(Self(std::time::Duration::from_micros(u64::decode(reader)?)))
///     }
/// }
///
/// let (micros,): (Micros,) = OwnedBody::new(&(2000_u64,))?.get()?;
/// assert_eq!(micros.0.as_millis(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be unmarshalled",
    note = "derive `Type` and `Decode` for a struct or an enum; `usize` and `isize` have no width on the wire: use `u64` or `i64`"
)]
pub trait Decode<'a>: Type + Sized {
    /// Unmarshals and validates the value: reads all of its bytes and no others.
    ///
    /// # Errors
    /// Whatever the bytes break; see [`DecodeErrorKind`](crate::DecodeErrorKind). [`Reader::fail`] makes the error for what is
    /// valid and still cannot be taken.
    fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError>;

    /// Unmarshals the value after padding to a multiple of 8, where a struct or a dictionary entry begins with it. Types that can
    /// look at the padding and at the value at once do.
    ///
    /// # Errors
    /// As [`Decode::decode`]; `PaddingNotZero`.
    #[doc(hidden)]
    #[inline]
    fn decode_first(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        reader.align(8)?;
        Self::decode(reader)
    }

    /// Unmarshals a value that was validated before and that is all of what `reader` reads. Types that keep a reader take this one.
    ///
    /// # Errors
    /// As [`Decode::decode`], in full: see [`Reader::explain`].
    #[doc(hidden)]
    #[inline]
    fn decode_validated(mut reader: Reader<'a>) -> Result<Self, BodyError> {
        Self::decode(&mut reader).map_err(|error| reader.explain(error))
    }

    /// Unmarshals the elements of an array, which are what is left of `elements`. Types whose values are plain bytes do it in one go.
    ///
    /// # Errors
    /// As [`Decode::decode`].
    #[cfg(feature = "alloc")]
    fn decode_vec(elements: &mut Reader<'a>) -> Result<Vec<Self>, DecodeError> {
        // Room for what the bytes received could hold at the most, but never for more bytes than they are.
        let most = elements.remaining() / Self::MIN_LEN.max(size_of::<Self>()).max(1);
        let mut values = Vec::with_capacity(most);
        while !elements.is_at_end() {
            let element = Self::decode(elements).map_err(|error| elements.give_up(error))?;
            push(&mut values, element);
        }
        Ok(values)
    }
}

/// Appends to a vector that grows by an eighth: doubled, it would take twice the memory that its elements need.
#[cfg(feature = "alloc")]
#[inline]
pub(crate) fn push<T>(values: &mut Vec<T>, value: T) {
    if values.len() == values.capacity() {
        values.reserve_exact(values.len() / 8 + 4);
    }
    values.push(value);
}

const fn alignment_of(signature: Signature<'static>) -> usize {
    match signature.as_str().as_bytes().first() {
        Some(code) => crate::type_code::alignment(*code),
        None => 1,
    }
}

impl<T: Type + ?Sized> Type for &T {
    const TEXT: SignatureText = T::TEXT;
    const MIN_LEN: usize = T::MIN_LEN;
}

impl<T: BasicType + ?Sized> BasicType for &T {}

impl<T: Encode + ?Sized> Encode for &T {
    #[inline]
    fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        T::encode(self, writer)
    }
}

/// Implements the traits of one basic type whose values the reader and the writer know.
macro_rules! basic {
    ($code:literal, $len:literal, $type:ty $(, $lifetime:lifetime)?; |$value:ident, $writer:ident| $put:expr, |$reader:ident| $read:expr) => {
        impl $(<$lifetime>)? Type for $type {
            const TEXT: SignatureText = SignatureText::literal($code);
            const MIN_LEN: usize = $len;
        }

        impl $(<$lifetime>)? BasicType for $type {}

        impl $(<$lifetime>)? Encode for $type {
            #[inline]
            fn encode(&self, $writer: &mut Writer<'_>) -> Result<(), EncodeError> {
                let $value = *self;
                $put
            }
        }

        impl<'de $(: $lifetime, $lifetime)?> Decode<'de> for $type {
            #[inline]
            fn decode($reader: &mut Reader<'de>) -> Result<Self, DecodeError> {
                $read
            }
        }
    };
}

basic!("b", 4, bool; |value, writer| { writer.put_u32(u32::from(value)); Ok(()) }, |reader| reader.read_bool());
basic!("o", 6, ObjectPath<'a>, 'a; |value, writer| writer.put_path(value), |reader| reader.read_path());
basic!("g", 2, Signature<'a>, 'a; |value, writer| { writer.put_signature(value); Ok(()) }, |reader| reader.read_signature());

impl Type for str {
    const TEXT: SignatureText = SignatureText::literal("s");
    const MIN_LEN: usize = 5;
}

impl BasicType for str {}

impl Encode for str {
    #[inline]
    fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        writer.put_str(self)
    }
}

impl<'a> Decode<'a> for &'a str {
    #[inline]
    fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        reader.read_str()
    }

    #[inline]
    fn decode_first(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        reader.read_first_str()
    }
}
