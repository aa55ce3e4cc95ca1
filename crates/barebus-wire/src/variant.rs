//! VARIANT: a value that brings its own signature.

use crate::basic::Basic;
use crate::cursor::{Cursor, CursorEvent};
use crate::endian::Endian;
use crate::error::{
    BodyError, DecodeError, DecodeErrorKind, EncodeError, Expected, SignatureExcerpt,
};
use crate::name::ObjectPath;
use crate::number::FdIndex;
use crate::reader::{Reader, rarely};
use crate::signature::{Signature, SignatureText};
use crate::type_code::basic_types;
use crate::value::{Decode, Encode, Type};
use crate::writer::Writer;

/// A VARIANT as it lies in the message: validated, borrowed, to be read as what it holds.
///
/// ```
/// use barebus_wire::{AsVariant, OwnedBody, Variant};
///
/// let body = OwnedBody::new(&(AsVariant(1500_u32),))?;
/// let (variant,): (Variant,) = body.get()?;
/// assert_eq!(variant.signature(), "u");
/// assert_eq!(variant.get::<u32>()?, 1500);
/// assert_eq!(variant.to_string(), "uint32 1500");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Variant<'a> {
    /// The message up to the value's end.
    bytes: &'a [u8],
    /// A part of the message that is known to be UTF-8, so that strings in it need no second check.
    text: &'a str,
    /// Offset of the value, including the padding before it. The value's signature and a NUL precede it:
    /// signature_len + 2 <= start <= bytes.len()
    start: u32,
    signature_len: u8,
    endian: Endian,
    /// Containers that enclose the value.
    depth: u8,
}

impl<'a> Variant<'a> {
    /// The type of the value: one single complete type.
    #[inline]
    pub fn signature(&self) -> Signature<'a> {
        let known = match self.signature_bytes() {
            _ if crate::COMPACT => None,
            [code] => Signature::of_code(*code),
            [b'a', code] => Signature::of_array(*code),
            _ => None,
        };
        known.unwrap_or_else(|| self.any_signature())
    }

    #[inline(never)]
    fn any_signature(&self) -> Signature<'a> {
        // It was checked, so it is text; the empty one is never seen.
        core::str::from_utf8(self.signature_bytes()).map_or(Signature::EMPTY, Signature::trusted)
    }

    #[inline]
    fn signature_bytes(&self) -> &'a [u8] {
        let end = (self.start as usize).wrapping_sub(1);
        let start = end.wrapping_sub(usize::from(self.signature_len));
        self.bytes.get(start..end).unwrap_or_default()
    }

    /// The value as a `T`.
    ///
    /// # Errors
    /// `BodyError::Signature` when it is of another type; `BodyError::Variant` and `BodyError::MissingEntry` when a variant or a
    /// dictionary in it is not what `T` asks for.
    #[inline]
    pub fn get<T: Decode<'a>>(&self) -> Result<T, BodyError> {
        if self.signature_bytes() != T::SIGNATURE.as_str().as_bytes() {
            // The error comes out of a result of its own: so the value may stay in registers.
            self.wrong_type(T::SIGNATURE)?;
        }
        T::decode_validated(self.reader())
    }

    #[cold]
    #[inline(never)]
    fn wrong_type(&self, expected: Signature<'static>) -> Result<(), BodyError> {
        Err(BodyError::Signature { expected, found: SignatureExcerpt::new(self.signature()) })
    }

    /// The value, whatever it is. An array or struct is this variant again; of a variant within, the result holds the content.
    ///
    /// Takes constant time: nothing is validated a second time but the text of a string.
    ///
    /// # Errors
    /// None in practice: the value was validated.
    #[inline]
    pub fn value(&self) -> Result<Value<'a>, DecodeError> {
        match self.nested() {
            Some(content) => Ok(Value::Variant(content)),
            None => {
                // Apart from this variant and from the result, which so may stay in registers.
                let value = self.clone().value_but_variant()?;
                Ok(value)
            }
        }
    }

    /// Apart, so that opening a variant within a variant is short.
    #[inline(never)]
    fn value_but_variant(self) -> Result<Value<'a>, DecodeError> {
        match self.signature_bytes() {
            [code] => self.reader().read_basic(*code).map(Value::from),
            _ => Ok(Value::container(self)),
        }
    }

    /// The variant that this one holds, if it holds one.
    #[inline]
    fn nested(&self) -> Option<Self> {
        // The code stands before the signature's NUL, which the value follows.
        let code = self.bytes.get((self.start as usize).wrapping_sub(2));
        if self.signature_len == 1 && code == Some(&b'v') {
            Some(self.clone().content())
        } else {
            None
        }
    }

    /// The variant that this one holds: its value is a VARIANT.
    #[inline]
    fn content(self) -> Self {
        // Signature and value follow one another without padding, and end where this value does. Validated, nothing wraps.
        let signature_len = self.bytes.get(self.start as usize).copied().unwrap_or_default();
        if signature_len == 1 {
            // Apart, so that the next one's offset is predicted instead of computed from what is loaded here.
            let start = self.start.wrapping_add(3);
            return Self { start, signature_len: 1, depth: self.depth.wrapping_add(1), ..self };
        }
        rarely();
        Self {
            start: self.start.wrapping_add(u32::from(signature_len) + 2),
            signature_len,
            depth: self.depth.wrapping_add(1),
            ..self
        }
    }

    /// Walks the value.
    pub fn cursor(&self) -> Cursor<'a> {
        Cursor::new(self.reader(), self.signature())
    }

    /// A reader that stands at the value, before its padding.
    #[inline]
    pub fn reader(&self) -> Reader<'a> {
        Reader::resume(self.bytes, self.start as usize, self.endian, self.depth, self.text)
    }

    /// Validates and passes the value, after its signature.
    #[inline]
    fn validated(reader: &mut Reader<'a>, signature: Signature<'a>) -> Result<Self, DecodeError> {
        let (start, depth) = (reader.position(), reader.depth());
        reader.skip_value(signature)?;
        Ok(Self::consumed(reader, signature.len(), start, depth))
    }

    /// The value that began at `start`, with `depth` containers around it, and that `reader` has just passed.
    #[inline(always)]
    #[allow(
        clippy::cast_possible_truncation,
        reason = "signatures have 255 bytes at the most, and readers read no further than 2^27"
    )]
    const fn consumed(reader: &Reader<'a>, signature_len: usize, start: usize, depth: u8) -> Self {
        Self {
            bytes: reader.consumed(),
            text: reader.known_text(),
            start: start as u32,
            signature_len: signature_len as u8,
            endian: reader.endian(),
            depth,
        }
    }
}

/// Equal where types and values are, whatever the byte order and the place. A NaN is equal to nothing.
impl PartialEq for Variant<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.signature() == other.signature() && is_same(self.cursor(), other.cursor())
    }
}

fn is_same(mut a: Cursor<'_>, mut b: Cursor<'_>) -> bool {
    loop {
        match (a.next(), b.next()) {
            (Ok(None), Ok(None)) => return true,
            // Lengths count padding, which depends on the place.
            (
                Ok(Some(CursorEvent::Array { element: a, .. })),
                Ok(Some(CursorEvent::Array { element: b, .. })),
            ) if a == b => {}
            (Ok(Some(a)), Ok(Some(b))) if a == b => {}
            _ => return false,
        }
    }
}

impl Type for Variant<'_> {
    const TEXT: SignatureText = SignatureText::literal("v");
    const MIN_LEN: usize = 4;
}

impl<'a> Decode<'a> for Variant<'a> {
    #[inline]
    fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        let signature = reader.read_variant_signature()?;
        reader.enter()?;
        let variant = Self::validated(reader, signature)?;
        reader.leave();
        Ok(variant)
    }
}

/// Marshals the variant again, in whatever byte order and at whatever offset.
impl Encode for Variant<'_> {
    fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        writer.enter_variant(self.signature())?;
        writer.put_values(self.cursor())?;
        writer.leave();
        Ok(())
    }
}

/// Any value, borrowed: what a VARIANT holds. Values of basic types are read, containers are validated and kept as they lie.
///
/// As a [`Type`] it is the VARIANT that holds the value.
///
/// ```
/// use barebus_wire::{AsVariant, OwnedBody, Value};
///
/// let body = OwnedBody::new(&(AsVariant("eth0"), AsVariant(["a", "b"])))?;
/// let (name, list): (Value, Value) = body.get()?;
/// assert_eq!(name, Value::String("eth0"));
/// if let Value::Array(list) = &list {
///     assert_eq!(list.get::<Vec<&str>>()?, ["a", "b"]);
/// }
/// assert_eq!(list.to_string(), "['a', 'b']");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq)]
#[allow(missing_docs, reason = "the variants are the specification's type names")]
pub enum Value<'a> {
    Byte(u8),
    Boolean(bool),
    Int16(i16),
    Uint16(u16),
    Int32(i32),
    Uint32(u32),
    Int64(i64),
    Uint64(u64),
    Double(f64),
    String(&'a str),
    ObjectPath(ObjectPath<'a>),
    Signature(Signature<'a>),
    UnixFd(FdIndex),
    /// An ARRAY, or a dictionary: [`Variant::get`] and [`Variant::cursor`] read it.
    Array(Variant<'a>),
    /// A STRUCT: [`Variant::get`] and [`Variant::cursor`] read it.
    Struct(Variant<'a>),
    /// A VARIANT within the variant, with the content of the inner one: [`Variant::value`] and [`Variant::get`] read that.
    Variant(Variant<'a>),
}

impl<'a> Value<'a> {
    /// Reads a value of the single complete type `signature`.
    #[inline]
    fn read(reader: &mut Reader<'a>, signature: Signature<'a>) -> Result<Self, DecodeError> {
        match signature.as_str().as_bytes() {
            [b'v'] => Ok(Self::Variant(Variant::validated(reader, signature)?.content())),
            [code] => reader.read_basic(*code).map(Self::from),
            _ => Variant::validated(reader, signature).map(Self::container),
        }
    }

    /// The array or struct that the variant holds.
    #[inline]
    fn container(variant: Variant<'a>) -> Self {
        match variant.signature_bytes() {
            [b'a', ..] => Self::Array(variant),
            _ => Self::Struct(variant),
        }
    }

    /// Reads an array of the basic type `code`, after the variant's signature.
    #[inline(never)]
    fn decode_array(reader: &mut Reader<'a>, code: u8) -> Result<Self, DecodeError> {
        reader.enter()?;
        let (start, depth) = (reader.position(), reader.depth());
        reader.skip_array(code)?;
        reader.leave();
        Ok(Self::Array(Variant::consumed(reader, 2, start, depth)))
    }

    #[inline(never)]
    fn decode_any(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        let signature = reader.read_variant_signature()?;
        let depth = reader.depth();
        reader.enter()?;
        let value = Self::read(reader, signature)?;
        reader.set_depth(depth);
        Ok(value)
    }
}

macro_rules! basic_values {
    ($($name:ident $code:literal $width:literal $alignment:literal $array:literal [$type:ty])*) => {
        impl<'a> From<Basic<'a>> for Value<'a> {
            #[inline]
            fn from(value: Basic<'a>) -> Self {
                match value {
                    $(Basic::$name(value) => Self::$name(value),)*
                }
            }
        }

        impl Encode for Value<'_> {
            fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
                match self {
                    $(Self::$name(value) => AsVariant(value).encode(writer),)*
                    Self::Array(value) | Self::Struct(value) => value.encode(writer),
                    Self::Variant(value) => AsVariant(value).encode(writer),
                }
            }
        }

        impl<'a> Value<'a> {
            /// The value, if it is of a basic type.
            pub const fn as_basic(&self) -> Option<Basic<'a>> {
                Some(match self {
                    $(Self::$name(value) => Basic::$name(*value),)*
                    Self::Array(_) | Self::Struct(_) | Self::Variant(_) => return None,
                })
            }
        }
    };
}

basic_types!(basic_values);

impl Type for Value<'_> {
    const TEXT: SignatureText = SignatureText::literal("v");
    const MIN_LEN: usize = 4;
}

impl<'a> Decode<'a> for Value<'a> {
    // Not inlined, because it is large.
    #[inline(never)]
    fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        let start = reader.position();
        if let Some(code) = reader.take_short_signature() {
            if let Some(value) = reader.read_if_basic(code)? {
                return Ok(Self::from(value));
            }
            reader.start_at(start);
        }
        let Some(code) = reader.take_array_signature() else {
            return Self::decode_any(reader);
        };
        let (start, depth) = (reader.position(), reader.depth() + 1);
        // Nothing is as frequent among properties as an array of nothing.
        if reader.take_empty_array(code) {
            return Ok(Self::Array(Variant::consumed(reader, 2, start, depth)));
        }
        Self::decode_array(reader, code)
    }
}

/// A value of a known type, to be marshalled as the VARIANT that holds it.
///
/// ```
/// use barebus_wire::{AsVariant, OwnedBody};
///
/// let body = OwnedBody::new(&("Mtu", AsVariant(1500_u32)))?;
/// assert_eq!(body.signature(), "sv");
/// let (_, AsVariant(mtu)): (&str, AsVariant<u32>) = body.get()?;
/// assert_eq!(mtu, 1500);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AsVariant<T>(pub T);

impl<T: Type> Type for AsVariant<T> {
    const TEXT: SignatureText = SignatureText::literal("v");
    const MIN_LEN: usize = 4;
}

impl<T: Encode> Encode for AsVariant<T> {
    #[inline]
    fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        writer.enter_variant(T::SIGNATURE)?;
        self.0.encode(writer)?;
        writer.leave();
        Ok(())
    }
}

/// A VARIANT that holds a `T`.
///
/// Unmarshalling fails with `VariantType` when it holds something else; [`Reader::explain`] names both types, as does what
/// [`Message::body`](crate::Message::body) fails with.
impl<'a, T: Decode<'a>> Decode<'a> for AsVariant<T> {
    #[inline]
    fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        let at = reader.position();
        if !reader.take_signature(T::SIGNATURE) {
            // What is no signature at all is the graver fault.
            reader.read_variant_signature()?;
            return Err(reader.fail_explained(
                DecodeErrorKind::VariantType,
                at,
                |reader, error| {
                    let expected = const { &Expected { signature: T::SIGNATURE, key: None } };
                    reader.wrong_variant(expected, error)
                },
            ));
        }
        reader.enter()?;
        let value = T::decode(reader)?;
        reader.leave();
        Ok(Self(value))
    }
}
