//! A value of a basic type.

use crate::error::{DecodeError, DecodeErrorKind as Kind, EncodeError};
use crate::name::ObjectPath;
use crate::number::FdIndex;
use crate::reader::Reader;
use crate::signature::Signature;
use crate::type_code::basic_types;
use crate::value::Encode;
use crate::writer::Writer;

macro_rules! define {
    ($($name:ident $code:literal $width:literal $alignment:literal $array:literal [$type:ty])*) => {
        /// A value of a basic type. Spec: Type System, Basic Types.
        ///
        /// ```
        /// use barebus_wire::Basic;
        ///
        /// let value = Basic::from(1500_u32);
        /// assert_eq!(value.code(), b'u');
        /// assert_eq!(value.to_string(), "uint32 1500");
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq)]
        #[allow(missing_docs, reason = "the variants are the specification's type names")]
        pub enum Basic<'a> {
            $($name($type),)*
        }

        impl Basic<'_> {
            /// The value's type code.
            pub const fn code(&self) -> u8 {
                match self {
                    $(Self::$name(_) => $code,)*
                }
            }
        }

        $(
            impl<'a> From<$type> for Basic<'a> {
                fn from(value: $type) -> Self {
                    Self::$name(value)
                }
            }
        )*

        impl Writer<'_> {
            /// A value of a basic type.
            ///
            /// # Errors
            /// As the value's own [`Encode`].
            pub fn put_basic(&mut self, value: Basic<'_>) -> Result<(), EncodeError> {
                match value {
                    $(Basic::$name(value) => value.encode(self),)*
                }
            }
        }
    };
}

basic_types!(define);

impl<'a> Reader<'a> {
    /// Reads a value of the basic type `code`.
    #[inline(always)]
    pub(crate) fn read_basic(&mut self, code: u8) -> Result<Basic<'a>, DecodeError> {
        match self.read_if_basic(code)? {
            Some(value) => Ok(value),
            // A signature that was checked has no other code where a basic type stands.
            None => Err(self.fail(Kind::VariantSignatureBad, self.position())),
        }
    }

    /// Reads a value of the type `code` if that is a basic type.
    #[inline(always)]
    pub(crate) fn read_if_basic(&mut self, code: u8) -> Result<Option<Basic<'a>>, DecodeError> {
        Ok(Some(match code {
            b's' => Basic::String(self.read_str()?),
            b'o' => Basic::ObjectPath(self.read_path()?),
            b'u' => Basic::Uint32(self.read_u32()?),
            b'y' => Basic::Byte(self.read_u8()?),
            b'b' => Basic::Boolean(self.read_bool()?),
            b'n' => Basic::Int16(self.read_u16()? as i16),
            b'q' => Basic::Uint16(self.read_u16()?),
            b'i' => Basic::Int32(self.read_u32()? as i32),
            b'x' => Basic::Int64(self.read_u64()? as i64),
            b't' => Basic::Uint64(self.read_u64()?),
            b'd' => Basic::Double(f64::from_bits(self.read_u64()?)),
            b'g' => Basic::Signature(self.read_signature()?),
            b'h' => Basic::UnixFd(FdIndex(self.read_fd_index()?)),
            _ => return Ok(None),
        }))
    }
}
