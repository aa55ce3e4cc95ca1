//! Names as values: STRINGs whose rules are checked as they are read.

use crate::error::{DecodeError, DecodeErrorKind as Kind, EncodeError};
use crate::name::{self, BusName, ErrorName, InterfaceName, MemberName, NameError};
use crate::reader::Reader;
use crate::signature::SignatureText;
use crate::value::{BasicType, Decode, Encode, Type};
use crate::writer::Writer;

/// Reads a STRING that `check` finds nothing wrong with, from byte to byte: names in bodies are few, and the check of many bytes at
/// once would no longer be inlined where headers need it if it were called here, too.
#[inline(never)]
fn read<'a>(
    reader: &mut Reader<'a>,
    check: fn(&[u8]) -> Result<(), NameError>,
    kind: Kind,
) -> Result<&'a str, DecodeError> {
    let text = reader.read_str()?;
    match check(text.as_bytes()) {
        Ok(()) => Ok(text),
        // After the text is its NUL.
        Err(error) => {
            let start = reader.position() - text.len() - 1;
            Err(reader.fail(kind, start + error.at as usize))
        }
    }
}

macro_rules! values {
    ($($name:ident, $owned:ident, $check:path, $kind:expr;)*) => {$(
        impl Type for $name<'_> {
            const TEXT: SignatureText = SignatureText::literal("s");
            const MIN_LEN: usize = 6;
        }

        impl BasicType for $name<'_> {}

        impl Encode for $name<'_> {
            #[inline]
            fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
                writer.put_checked_str(self.as_str())
            }
        }

        impl<'de: 'a, 'a> Decode<'de> for $name<'a> {
            #[inline]
            fn decode(reader: &mut Reader<'de>) -> Result<Self, DecodeError> {
                read(reader, $check, $kind).map($name::trusted)
            }
        }

        #[cfg(feature = "alloc")]
        impl Type for name::$owned {
            const TEXT: SignatureText = SignatureText::literal("s");
            const MIN_LEN: usize = 6;
        }

        #[cfg(feature = "alloc")]
        impl BasicType for name::$owned {}

        #[cfg(feature = "alloc")]
        impl Encode for name::$owned {
            #[inline]
            fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
                self.borrow().encode(writer)
            }
        }

        #[cfg(feature = "alloc")]
        impl<'de> Decode<'de> for name::$owned {
            fn decode(reader: &mut Reader<'de>) -> Result<Self, DecodeError> {
                $name::decode(reader).map($name::to_owned)
            }
        }
    )*};
}

values! {
    BusName, OwnedBusName, name::bus::check, Kind::BadBusName;
    InterfaceName, OwnedInterfaceName, name::interface::check, Kind::BadInterface;
    MemberName, OwnedMemberName, name::member::check, Kind::BadMember;
    ErrorName, OwnedErrorName, name::interface::check, Kind::BadErrorName;
}
