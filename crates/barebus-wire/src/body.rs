//! Arguments: what a message's body holds, as a tuple.

use crate::cursor::Cursor;
use crate::error::{DecodeError, EncodeError};
use crate::gather::Gather;
use crate::message::{DecodeBody, Message};
use crate::reader::Reader;
use crate::signature::{Signature, SignatureText};
use crate::value::{Decode, Encode, Type};
use crate::writer::Writer;

/// Arguments to be marshalled as a message's body: implemented for tuples of up to 16 [`Encode`] types, for `()`, and for the
/// body of another message.
pub trait EncodeBody {
    /// The arguments' types, one after the other.
    fn signature(&self) -> Signature<'_>;

    /// Marshals the arguments.
    ///
    /// # Errors
    /// As the arguments' own [`Encode`].
    fn encode_body(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError>;

    /// Offers the arrays of bytes within, see [`Encode::gather`].
    fn gather<'v>(&'v self, gather: &mut Gather<'_, 'v>) {
        let _ = gather;
    }
}

impl<T: EncodeBody + ?Sized> EncodeBody for &T {
    fn signature(&self) -> Signature<'_> {
        T::signature(self)
    }

    fn encode_body(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        T::encode_body(self, writer)
    }

    fn gather<'v>(&'v self, gather: &mut Gather<'_, 'v>) {
        T::gather(self, gather);
    }
}

/// Arguments that another message brought.
#[derive(Clone, Debug)]
pub struct RawBody<'a> {
    cursor: Cursor<'a>,
    signature: Signature<'a>,
}

impl<'a> RawBody<'a> {
    /// The arguments of `message`, to be validated as they are marshalled again.
    pub fn of(message: &Message<'a>) -> Self {
        Self { cursor: message.cursor(), signature: message.signature() }
    }
}

impl EncodeBody for RawBody<'_> {
    fn signature(&self) -> Signature<'_> {
        self.signature
    }

    fn encode_body(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        let mut cursor = self.cursor.clone();
        writer.put_all(&mut cursor)?;
        // Bytes behind the last value make the body invalid; dropping them would hide it.
        Ok(cursor.into_reader().finish()?)
    }
}

impl EncodeBody for () {
    fn signature(&self) -> Signature<'_> {
        Signature::EMPTY
    }

    fn encode_body(&self, _: &mut Writer<'_>) -> Result<(), EncodeError> {
        Ok(())
    }
}

impl Arguments for () {
    const TEXT: SignatureText = SignatureText::EMPTY;
}

impl DecodeBody<'_> for () {
    fn decode_body(_: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(())
    }
}

/// A list of arguments whose signature is known when compiling: implemented for `()` and for tuples of up to 16 [`Type`]s.
///
/// A tuple that is a single value is a STRUCT and has the signature `(…)`, see [`Type`]. As a list of arguments it has the
/// signatures of its fields, one after the other.
pub trait Arguments {
    /// The signature's text.
    const TEXT: SignatureText;

    /// [`Arguments::TEXT`], where a constant lives.
    #[doc(hidden)]
    const TEXT_REF: &'static SignatureText = &Self::TEXT;

    /// The arguments' types, one after the other.
    const SIGNATURE: Signature<'static> = Self::TEXT_REF.signature();
}

macro_rules! tuples {
    ($(($($name:ident $index:tt),+))*) => {$(
        impl<$($name: Type),+> Arguments for ($($name,)+) {
            const TEXT: SignatureText = SignatureText::EMPTY$(.then(&$name::TEXT))+;
        }

        impl<$($name: Encode),+> EncodeBody for ($($name,)+) {
            #[inline]
            fn signature(&self) -> Signature<'_> {
                const { <Self as Arguments>::SIGNATURE }
            }

            #[inline]
            fn encode_body(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
                $(self.$index.encode(writer)?;)+
                Ok(())
            }

            #[inline]
            fn gather<'v>(&'v self, gather: &mut Gather<'_, 'v>) {
                $(self.$index.gather(gather);)+
            }
        }

        impl<'a, $($name: Decode<'a>),+> DecodeBody<'a> for ($($name,)+) {
            #[inline]
            fn decode_body(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
                Ok(($($name::decode(reader)?,)+))
            }
        }
    )*};
}

tuples! {
    (A 0)
    (A 0, B 1)
    (A 0, B 1, C 2)
    (A 0, B 1, C 2, D 3)
    (A 0, B 1, C 2, D 3, E 4)
    (A 0, B 1, C 2, D 3, E 4, F 5)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11, M 12)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11, M 12, N 13)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11, M 12, N 13, O 14)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11, M 12, N 13, O 14, P 15)
}
