//! Values and bodies whose types are met at run time, in memory of their own.

mod body;
mod container;
mod fixed;
mod from_rust;
mod print;
mod read;
mod to_rust;

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

pub use body::OwnedBody;
pub use container::{OwnedArray, OwnedDict, OwnedSignature, TypeError};
pub use from_rust::{IntoElement, IntoValue};
pub use to_rust::FromElement;

use self::fixed::match_fixed;
use crate::basic::Basic;
use crate::cursor::Cursor;
use crate::error::{DecodeError, EncodeError};
use crate::limits;
use crate::name::OwnedObjectPath;
use crate::number::FdIndex;
use crate::reader::Reader;
use crate::signature::{Signature, SignatureText};
use crate::type_code::basic_types;
use crate::value::{Decode, Encode, Type};
use crate::variant::{Value, Variant};
use crate::writer::Writer;

/// Any value, as a tree that owns what is in it: for values that are kept, changed or made at run time. Needs the feature `alloc`.
///
/// As a [`Type`] it is the VARIANT that holds the value.
///
/// ```
/// use std::collections::BTreeMap;
///
/// use barebus_wire::OwnedValue;
///
/// // `From` every natural Rust type, and `TryFrom` back. A value in a map, a vector or a tuple is a VARIANT there.
/// let settings = BTreeMap::from([("Mtu", OwnedValue::from(1500_u32)), ("Names", ["a", "b"].into())]);
/// let value = OwnedValue::from(settings);
/// assert_eq!(value.signature()?.as_str(), "a{sv}");
/// assert_eq!(value.to_string(), "{'Mtu': <uint32 1500>, 'Names': <['a', 'b']>}");
///
/// let mut settings: BTreeMap<String, OwnedValue> = value.try_into()?;
/// let mtu: u32 = settings.remove("Mtu").ok_or("no Mtu")?.try_into()?;
/// assert_eq!(mtu, 1500);
///
/// let error = u32::try_from(&settings["Names"]).unwrap_err();
/// assert_eq!(error.to_string(), "the value is of the type 'as', expected 'u'");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Memory
/// An array of a fixed-size type is one slice, no longer than it was on the wire. Any other value takes 24 bytes on 64-bit machines,
/// besides what it holds: text its length, an array or dictionary 40 bytes and its type as text, a struct or variant its values.
/// While an array is read it has room for an eighth more. A peer that sends as many small values as possible makes the tree so many
/// times as large as what it sends:
///
/// | received | times | because on the wire |
/// |---|---|---|
/// | `ay`, `an`, `at`, … | 1 | it is one slice |
/// | `as`, `ao` | 4 | an empty text takes 8 bytes |
/// | `a{sv}` | 5 | an entry takes at least 16 bytes |
/// | `aan`, `aat`, … | 7 | an empty array takes 4 bytes |
/// | `ag`, `av` | 14 | an empty signature takes 2 bytes, a variant 4 |
/// | `aas`, `aa{sv}`, … | 18 | an empty array takes 4 bytes |
/// | `a(yyyyyyyy)` | 28 | a field takes one byte |
/// | `aa(yyyy…)` | 41 | an empty array takes 8 bytes, and its type takes up to 254 in memory |
///
/// No type takes more than 41 times. Where that is too much, decode the types that are expected.
#[derive(Clone, PartialEq)]
#[allow(missing_docs, reason = "the variants are the specification's type names")]
pub enum OwnedValue {
    Byte(u8),
    Boolean(bool),
    Int16(i16),
    Uint16(u16),
    Int32(i32),
    Uint32(u32),
    Int64(i64),
    Uint64(u64),
    Double(f64),
    String(String),
    ObjectPath(OwnedObjectPath),
    Signature(OwnedSignature),
    UnixFd(FdIndex),
    /// An ARRAY of BYTE. What is read as an array of a fixed-size type is never an [`OwnedValue::Array`].
    Bytes(Box<[u8]>),
    Booleans(Box<[bool]>),
    Int16s(Box<[i16]>),
    Uint16s(Box<[u16]>),
    Int32s(Box<[i32]>),
    Uint32s(Box<[u32]>),
    Int64s(Box<[i64]>),
    Uint64s(Box<[u64]>),
    Doubles(Box<[f64]>),
    UnixFds(Box<[FdIndex]>),
    /// An ARRAY of any other type but DICT_ENTRY.
    Array(Box<OwnedArray>),
    /// An ARRAY of DICT_ENTRY.
    Dict(Box<OwnedDict>),
    /// A STRUCT; one without fields cannot be marshalled.
    Struct(Box<[OwnedValue]>),
    /// A VARIANT within the variant.
    Variant(Box<OwnedValue>),
}

impl OwnedValue {
    /// The value of any type that can be marshalled, such as a derived struct. Types that implement [`IntoValue`] convert with `into()`.
    ///
    /// # Errors
    /// As [`Encode::encode`].
    pub fn new<T: Encode + ?Sized>(value: &T) -> Result<Self, EncodeError> {
        let body = OwnedBody::new(&(value,))?;
        Ok(read::value(&mut body.cursor())?)
    }

    /// An ARRAY of elements of one type.
    ///
    /// # Errors
    /// When `element` is no single complete type, or an element has another type.
    pub fn array(element: Signature<'_>, elements: Vec<Self>) -> Result<Self, TypeError> {
        if let Some(array) = fixed::array(element, &elements) {
            return array;
        }
        Ok(Self::Array(Box::new(OwnedArray::new(element, elements)?)))
    }

    /// A dictionary with keys and values of one type each.
    ///
    /// # Errors
    /// When `key` is no basic type or `value` no single complete type, or an entry has other types.
    pub fn dict(
        key: Signature<'_>,
        value: Signature<'_>,
        entries: Vec<(Self, Self)>,
    ) -> Result<Self, TypeError> {
        Ok(Self::Dict(Box::new(OwnedDict::new(key, value, entries)?)))
    }

    /// The value's type.
    ///
    /// # Errors
    /// What no signature can say: `StructEmpty`, `SignatureTooLong`, `NestedTooDeeply`.
    pub fn signature(&self) -> Result<OwnedSignature, EncodeError> {
        let mut text = String::new();
        self.push_signature(&mut text, 0)?;
        OwnedSignature::checked(text)
    }

    /// Appends the value's type; `depth` structs enclose it.
    pub(crate) fn push_signature(&self, text: &mut String, depth: u8) -> Result<(), EncodeError> {
        if depth > limits::STRUCT_DEPTH {
            return Err(EncodeError::NestedTooDeeply);
        }
        if text.len() > limits::SIGNATURE_LEN {
            return Err(EncodeError::SignatureTooLong);
        }
        match_fixed!(self,
            array => text.push_str(fixed::signature(array).as_str()),
            Self::Array(array) => array.push_signature(text),
            Self::Dict(dict) => dict.push_signature(text),
            Self::Struct(fields) => {
                text.push('(');
                fields.iter().try_for_each(|field| field.push_signature(text, depth + 1))?;
                text.push(')');
            }
            Self::Variant(_) => text.push('v'),
            basic => {
                let code = basic.as_basic().map_or(b'v', |basic| basic.code());
                text.push(char::from(code));
            }
        );
        Ok(())
    }

    /// Whether this is a value of the single complete type `signature`.
    pub fn has_type(&self, signature: Signature<'_>) -> bool {
        match_fixed!(self,
            array => signature == fixed::signature(array),
            Self::Array(array) => signature.element() == Some(array.element()),
            Self::Dict(dict) => dict.has_type(signature),
            Self::Struct(fields) => {
                // A dictionary entry has fields too.
                let types = signature.fields().filter(|_| signature.code() == Some(b'('));
                let Some(types) = types else { return false };
                let mut types = types.types();
                let fit =
                    fields.iter().all(|field| types.next().is_some_and(|t| field.has_type(t)));
                fit && types.next().is_none()
            }
            Self::Variant(_) => signature == "v",
            basic => {
                let code = basic.as_basic().map(|basic| basic.code());
                signature.len() == 1 && signature.code() == code
            }
        )
    }

    /// The value, if it is of a basic type.
    pub fn as_basic(&self) -> Option<Basic<'_>> {
        Some(match self {
            Self::Byte(value) => Basic::Byte(*value),
            Self::Boolean(value) => Basic::Boolean(*value),
            Self::Int16(value) => Basic::Int16(*value),
            Self::Uint16(value) => Basic::Uint16(*value),
            Self::Int32(value) => Basic::Int32(*value),
            Self::Uint32(value) => Basic::Uint32(*value),
            Self::Int64(value) => Basic::Int64(*value),
            Self::Uint64(value) => Basic::Uint64(*value),
            Self::Double(value) => Basic::Double(*value),
            Self::String(text) => Basic::String(text),
            Self::ObjectPath(path) => Basic::ObjectPath(path.borrow()),
            Self::Signature(signature) => Basic::Signature(signature.borrow()),
            Self::UnixFd(index) => Basic::UnixFd(*index),
            _ => return None,
        })
    }

    /// The text, if it is a STRING, OBJECT_PATH or SIGNATURE.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            Self::ObjectPath(path) => Some(path.as_str()),
            Self::Signature(signature) => Some(signature.as_str()),
            _ => None,
        }
    }

    /// The dictionary, if it is one.
    pub fn as_dict(&self) -> Option<&OwnedDict> {
        match self {
            Self::Dict(dict) => Some(dict),
            _ => None,
        }
    }

    /// Marshals the value itself, without the VARIANT around it.
    ///
    /// # Errors
    /// As [`Encode::encode`].
    pub fn encode_inner(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        match_fixed!(self,
            array => array.encode(writer),
            Self::Array(array) => array.encode(writer),
            Self::Dict(dict) => dict.encode(writer),
            Self::Struct(fields) => {
                writer.enter_struct()?;
                fields.iter().try_for_each(|field| field.encode_inner(writer))?;
                writer.leave();
                Ok(())
            }
            Self::Variant(value) => value.encode(writer),
            basic => match basic.as_basic() {
                Some(value) => writer.put_basic(value),
                None => Ok(()),
            },
        )
    }
}

impl Type for OwnedValue {
    const TEXT: SignatureText = SignatureText::literal("v");
    const MIN_LEN: usize = 4;
}

impl<'a> Decode<'a> for OwnedValue {
    fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        let signature = reader.read_variant_signature()?;
        reader.enter()?;
        let mut cursor = Cursor::new(reader.clone(), signature);
        let value = read::value(&mut cursor);
        *reader = cursor.into_reader();
        reader.leave();
        value
    }
}

impl Encode for OwnedValue {
    fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        writer.enter_variant(self.signature()?.borrow())?;
        self.encode_inner(writer)?;
        writer.leave();
        Ok(())
    }
}

/// The value that the variant holds, in memory of its own. It does not fail in practice: the value was validated.
impl TryFrom<&Variant<'_>> for OwnedValue {
    type Error = DecodeError;

    fn try_from(variant: &Variant<'_>) -> Result<Self, DecodeError> {
        read::value(&mut variant.cursor())
    }
}

macro_rules! from_basic {
    ($($name:ident $code:literal $width:literal $alignment:literal $array:literal [$type:ty])*) => {
        impl From<Basic<'_>> for OwnedValue {
            fn from(value: Basic<'_>) -> Self {
                match value {
                    $(Basic::$name(value) => Self::from(value),)*
                }
            }
        }

        /// The value in memory of its own. It does not fail in practice: the value was validated.
        impl TryFrom<&Value<'_>> for OwnedValue {
            type Error = DecodeError;

            fn try_from(value: &Value<'_>) -> Result<Self, DecodeError> {
                Ok(match value {
                    $(Value::$name(value) => Self::from(*value),)*
                    Value::Array(variant) | Value::Struct(variant) => Self::try_from(variant)?,
                    Value::Variant(content) => Self::Variant(Box::new(Self::try_from(content)?)),
                })
            }
        }
    };
}

basic_types!(from_basic);

#[cfg(test)]
mod conversions;
#[cfg(test)]
mod tests;
