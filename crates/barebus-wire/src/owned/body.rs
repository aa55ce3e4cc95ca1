//! Arguments whose types are met at run time, owned.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;

use super::{OwnedSignature, OwnedValue};
use crate::body::EncodeBody;
use crate::cursor::Cursor;
use crate::endian::Endian;
use crate::error::{
    BodyError, DecodeError, DecodeErrorKind as Kind, EncodeError, SignatureExcerpt,
};
use crate::limits;
use crate::message::{DecodeBody, Message};
use crate::print::BodyText;
use crate::reader::Reader;
use crate::signature::Signature;
use crate::writer::Writer;

/// A body with its signature, owned and validated: what was parsed from text, or kept of a message. Needs the feature `alloc`.
///
/// ```
/// use barebus_wire::OwnedBody;
///
/// let body = OwnedBody::new(&("a", 7_u32))?;
/// assert_eq!(body.signature(), "su");
/// assert_eq!(body.get::<(&str, u32)>()?, ("a", 7));
/// assert_eq!(format!("{body:?}"), "('a', uint32 7)");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct OwnedBody {
    signature: Box<str>,
    /// The values of `signature`, from an offset that is a multiple of 8; valid to the last byte.
    bytes: Box<[u8]>,
    endian: Endian,
}

impl OwnedBody {
    /// Marshals arguments.
    ///
    /// # Errors
    /// What the arguments break; never `BufferTooSmall`.
    pub fn new<B: EncodeBody + ?Sized>(arguments: &B) -> Result<Self, EncodeError> {
        Self::build(arguments.signature(), Endian::NATIVE, |writer| arguments.encode_body(writer))
    }

    /// Marshals whatever `put` writes as the values of `signature`.
    ///
    /// `put` is called again with a larger buffer when the first one was too small, and must write the same then.
    ///
    /// # Errors
    /// Those of `put`; `Body` when it wrote other values than the signature says; `ArrayTooLong`, `MessageTooLong`.
    pub fn build<E: From<EncodeError>>(
        signature: Signature<'_>,
        endian: Endian,
        mut put: impl FnMut(&mut Writer<'_>) -> Result<(), E>,
    ) -> Result<Self, E> {
        let mut bytes = vec![0; FIRST_LEN];
        loop {
            let mut writer = Writer::new(&mut bytes, endian);
            put(&mut writer)?;
            match writer.finish() {
                Ok(len) => {
                    bytes.truncate(len);
                    let body = Self::from_bytes(signature, endian, bytes);
                    return body.map_err(|error| EncodeError::Body(error).into());
                }
                Err(EncodeError::BufferTooSmall { needed }) if needed > bytes.len() => {
                    bytes.resize(needed, 0);
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Takes bytes that are a body's, and validates them.
    ///
    /// # Errors
    /// `BodyTooLong`, or the first rule that the values break; offsets count from the body's first byte.
    pub fn from_bytes(
        signature: Signature<'_>,
        endian: Endian,
        bytes: Vec<u8>,
    ) -> Result<Self, DecodeError> {
        if bytes.len() > limits::MESSAGE_LEN as usize {
            return Err(DecodeError::new(Kind::BodyTooLong, 0));
        }
        validate(Reader::new(&bytes, endian), signature)?;
        Ok(Self { signature: signature.as_str().into(), bytes: bytes.into(), endian })
    }

    /// Marshals values.
    ///
    /// # Errors
    /// `StructEmpty`, `SignatureTooLong`, `NestedTooDeeply`, and what the values break.
    pub fn from_values(values: &[OwnedValue]) -> Result<Self, EncodeError> {
        let mut signature = String::new();
        values.iter().try_for_each(|value| value.push_signature(&mut signature, 0))?;
        let signature = OwnedSignature::checked(signature)?;
        Self::build(signature.borrow(), Endian::NATIVE, |writer| {
            values.iter().try_for_each(|value| value.encode_inner(writer))
        })
    }

    /// The values, as trees.
    ///
    /// # Errors
    /// None in practice: the values were validated.
    pub fn values(&self) -> Result<Vec<OwnedValue>, DecodeError> {
        let mut cursor = self.cursor();
        self.signature().types().map(|_| super::read::value(&mut cursor)).collect()
    }

    /// The types, one after the other.
    pub fn signature(&self) -> Signature<'_> {
        Signature::trusted(&self.signature)
    }

    /// The marshalled values.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Byte order of the marshalled values.
    pub const fn endian(&self) -> Endian {
        self.endian
    }

    /// Walks the values.
    pub fn cursor(&self) -> Cursor<'_> {
        Cursor::new(self.reader(), self.signature())
    }

    /// A reader that stands at the first value.
    pub fn reader(&self) -> Reader<'_> {
        Reader::new(&self.bytes, self.endian)
    }

    /// The values as a tuple of arguments.
    ///
    /// # Errors
    /// `BodyError::Signature` when they are of other types; else as [`Message::body`].
    pub fn get<'a, T: DecodeBody<'a>>(&'a self) -> Result<T, BodyError> {
        if self.signature() != T::SIGNATURE {
            return Err(BodyError::Signature {
                expected: T::SIGNATURE,
                found: SignatureExcerpt::new(self.signature()),
            });
        }
        let mut reader = self.reader();
        T::decode_body(&mut reader).map_err(|error| reader.explain(error))
    }
}

/// Keeps the body of `message`.
///
/// Fails with the first rule that the body breaks; offsets count from the body's first byte.
impl TryFrom<&Message<'_>> for OwnedBody {
    type Error = DecodeError;

    fn try_from(message: &Message<'_>) -> Result<Self, DecodeError> {
        let (endian, bytes) = (message.header().endian, message.body_bytes());
        let mut reader = Reader::new(bytes, endian);
        reader.set_fds(message.fds());
        validate(reader, message.signature())?;
        Ok(Self { signature: message.signature().as_str().into(), bytes: bytes.into(), endian })
    }
}

/// Checks that `body` reads values of `signature` and nothing else.
fn validate(body: Reader<'_>, signature: Signature<'_>) -> Result<(), DecodeError> {
    let mut cursor = Cursor::new(body, signature);
    cursor.skip_all()?;
    cursor.into_reader().finish()
}

impl EncodeBody for OwnedBody {
    fn signature(&self) -> Signature<'_> {
        self.signature()
    }

    fn encode_body(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        if writer.endian() == self.endian && writer.position() % 8 == 0 {
            writer.put_bytes(&self.bytes);
            return Ok(());
        }
        writer.put_values(self.cursor())
    }
}

/// The values as a tuple, in GVariant's text form: `('text', uint32 7)`.
impl fmt::Debug for OwnedBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        BodyText(self.cursor()).fmt(f)
    }
}

/// Bytes that most bodies fit into.
const FIRST_LEN: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_was_marshalled() {
        let body = OwnedBody::new(&("x", 7u32)).unwrap();
        assert_eq!(body.signature(), "su");
        assert_eq!(body.get::<(&str, u32)>().unwrap(), ("x", 7));
        assert!(matches!(body.get::<(u32,)>(), Err(BodyError::Signature { .. })));
    }

    #[test]
    fn builds_bodies_larger_than_the_first_buffer() {
        let text = "y".repeat(1000);
        let body = OwnedBody::new(&(text.as_str(),)).unwrap();
        assert_eq!(body.as_bytes().len(), 4 + 1000 + 1);
        assert_eq!(body.get::<(&str,)>().unwrap(), (text.as_str(),));
    }

    #[test]
    fn refuses_values_that_are_not_of_the_signature() {
        let built = OwnedBody::build(Signature::from_static("s"), Endian::Little, |writer| {
            writer.put_u32(9);
            Ok::<_, EncodeError>(())
        });
        assert_eq!(built, Err(EncodeError::Body(DecodeError::new(Kind::LengthOutOfBounds, 0))));
    }

    #[test]
    fn refuses_a_body_over_128_mib() {
        let bytes = vec![0; limits::MESSAGE_LEN as usize + 1];
        let error = OwnedBody::from_bytes(Signature::from_static("ay"), Endian::Little, bytes);
        assert_eq!(error.unwrap_err(), DecodeError::new(Kind::BodyTooLong, 0));
    }

    #[test]
    fn refuses_bytes_that_are_left_over() {
        let error =
            OwnedBody::from_bytes(Signature::from_static("y"), Endian::Little, vec![1, 2, 3]);
        assert_eq!(error, Err(DecodeError::new(Kind::TooMuchData, 1)));
    }

    #[test]
    fn is_marshalled_again_in_another_byte_order() {
        let body = OwnedBody::build(Signature::from_static("yu"), Endian::Big, |writer| {
            writer.put_u8(1);
            writer.put_u32(2);
            Ok::<_, EncodeError>(())
        });
        let body = body.unwrap();
        assert_eq!(body.as_bytes(), [1, 0, 0, 0, 0, 0, 0, 2]);
        let mut buf = [0xff; 8];
        let mut writer = Writer::new(&mut buf, Endian::Little);
        body.encode_body(&mut writer).unwrap();
        assert_eq!(buf, [1, 0, 0, 0, 2, 0, 0, 0]);
    }
}
