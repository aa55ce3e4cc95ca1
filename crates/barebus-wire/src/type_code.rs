//! Type codes: the basic types in one list, and what the specification lays down for each. Spec: Type System, Summary of types;
//! Marshaling, Summary of D-Bus marshalling.

/// Gives the 13 basic types to the macro `$use`: name, type code, width (0 where it varies) and alignment in bytes, the signature of
/// an array, and the Rust type.
macro_rules! basic_types {
    ($use:ident) => {
        $use! {
            Byte b'y' 1 1 "ay" [u8]
            Boolean b'b' 4 4 "ab" [bool]
            Int16 b'n' 2 2 "an" [i16]
            Uint16 b'q' 2 2 "aq" [u16]
            Int32 b'i' 4 4 "ai" [i32]
            Uint32 b'u' 4 4 "au" [u32]
            Int64 b'x' 8 8 "ax" [i64]
            Uint64 b't' 8 8 "at" [u64]
            Double b'd' 8 8 "ad" [f64]
            String b's' 0 4 "as" [&'a str]
            ObjectPath b'o' 0 4 "ao" [ObjectPath<'a>]
            Signature b'g' 0 1 "ag" [Signature<'a>]
            UnixFd b'h' 4 4 "ah" [FdIndex]
        }
    };
}

pub(crate) use basic_types;

macro_rules! define {
    ($($name:ident $code:literal $width:literal $alignment:literal $array:literal [$type:ty])*) => {
        /// Whether `code` is a basic type: fixed or string-like. Spec: Type System, Basic Types.
        pub(crate) const fn is_basic(code: u8) -> bool {
            matches!(code, $($code)|*)
        }

        /// The signature of an array of a basic type, or of variants, with a static life.
        pub(crate) const fn array_of(code: u8) -> Option<&'static str> {
            match code {
                $($code => Some($array),)*
                b'v' => Some("av"),
                _ => None,
            }
        }

        /// Width in bytes of a fixed type's value, 0 for every other type.
        #[inline(always)]
        pub(crate) const fn fixed_width(code: u8) -> usize {
            match code {
                $($code => $width,)*
                _ => 0,
            }
        }

        /// Alignment in bytes of values whose signature begins with `code`.
        pub(crate) const fn alignment(code: u8) -> usize {
            match code {
                $($code => $alignment,)*
                b'v' => 1,
                b'(' | b'{' => 8,
                _ => 4,
            }
        }
    };
}

basic_types!(define);

/// Whether values of the type `code` are of one width and valid whatever their bytes are.
pub(crate) const fn has_no_rules(code: u8) -> bool {
    fixed_width(code) > 0 && !matches!(code, b'b' | b'h')
}
