//! Tuples: a STRUCT as a value, and the arguments of a message as its body.

use crate::body::{Arguments, EncodeBody};
use crate::error::{DecodeError, EncodeError};
use crate::message::DecodeBody;
use crate::reader::Reader;
use crate::signature::{Signature, SignatureText};
use crate::value::{Decode, Encode, Type};
use crate::writer::Writer;

/// Gives the tuples of up to 16 elements to the macro `$use`: names and numbers of their fields.
macro_rules! tuples_of_16 {
    ($use:ident) => {
        $use! {
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
    };
}

#[cfg(feature = "alloc")]
pub(crate) use tuples_of_16;

/// No arguments.
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

/// No arguments.
impl DecodeBody<'_> for () {
    fn decode_body(_: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(())
    }
}

macro_rules! tuples {
    (decode $reader:ident $first:ident $($name:ident)*) => {
        ($first::decode_first($reader)?, $($name::decode($reader)?,)*)
    };
    ($(($($name:ident $index:tt),+))*) => {$(
        impl<$($name: Type),+> Arguments for ($($name,)+) {
            const TEXT: SignatureText = SignatureText::EMPTY$(.then(&$name::TEXT))+;
        }

        /// A STRUCT.
        impl<$($name: Type),+> Type for ($($name,)+) {
            const TEXT: SignatureText = SignatureText::structure(<Self as Arguments>::TEXT_REF);
            const MIN_LEN: usize = 0 $(+ $name::MIN_LEN)+;
        }

        impl<$($name: Encode),+> Encode for ($($name,)+) {
            #[inline]
            fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
                writer.enter_struct()?;
                $(self.$index.encode(writer)?;)+
                writer.leave();
                Ok(())
            }
        }

        impl<'a, $($name: Decode<'a>),+> Decode<'a> for ($($name,)+) {
            #[inline]
            fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
                let depth = reader.depth();
                reader.enter_unaligned()?;
                let fields = tuples!(decode reader $($name)+);
                reader.set_depth(depth);
                Ok(fields)
            }
        }

        /// Arguments.
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
        }

        /// Arguments.
        impl<'a, $($name: Decode<'a>),+> DecodeBody<'a> for ($($name,)+) {
            #[inline]
            fn decode_body(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
                Ok(($($name::decode(reader)?,)+))
            }
        }
    )*};
}

tuples_of_16!(tuples);
