//! The server's GUID.

use core::fmt;
use core::str::FromStr;

/// The globally unique ID of a server: 16 bytes, written as 32 hex digits.
///
/// The server sends it with `OK`. An address may contain the expected one. Spec: UUIDs.
///
/// ```
/// use barebus_sasl::Guid;
///
/// let guid: Guid = "a70c1178e836ccc6d4251f226b04381d".parse()?;
/// assert_eq!(guid.0[0], 0xa7);
/// assert_eq!(guid.to_string(), "a70c1178e836ccc6d4251f226b04381d");
/// # Ok::<(), barebus_sasl::GuidError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Guid(pub [u8; 16]);

impl Guid {
    /// Parses exactly 32 hex digits, upper or lower case.
    ///
    /// # Errors
    /// [`GuidError`]: there are more or fewer digits, or other bytes.
    pub fn parse(digits: &[u8]) -> Result<Self, GuidError> {
        let mut guid = [0; 16];
        if digits.len() != 32 {
            return Err(GuidError);
        }
        // Not by index: a check of the index leaves a panic in the program at opt-level z.
        let mut digits = digits.iter();
        for byte in &mut guid {
            for digit in digits.by_ref().take(2) {
                *byte = *byte << 4 | value(*digit).ok_or(GuidError)?;
            }
        }
        Ok(Self(guid))
    }

    /// The 32 digits, in lower case.
    pub fn to_hex(self) -> [u8; 32] {
        let mut digits = [b'0'; 32];
        let nibbles = self.0.into_iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
        for (digit, nibble) in digits.iter_mut().zip(nibbles) {
            *digit = nibble + if nibble < 10 { b'0' } else { b'a' - 10 };
        }
        digits
    }
}

/// Value of a hex digit.
fn value(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

impl fmt::Display for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Guid({self})")
    }
}

impl FromStr for Guid {
    type Err = GuidError;

    fn from_str(text: &str) -> Result<Self, GuidError> {
        Self::parse(text.as_bytes())
    }
}

/// The text is not 32 hex digits.
///
/// ```
/// use barebus_sasl::{Guid, GuidError};
///
/// assert_eq!(Guid::parse(b"a70c"), Err(GuidError));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GuidError;

impl fmt::Display for GuidError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a GUID is 32 hex digits")
    }
}

impl core::error::Error for GuidError {}

#[cfg(test)]
mod tests {
    extern crate alloc;
    use super::*;
    use alloc::format;
    use alloc::string::ToString;

    #[test]
    fn is_read_in_either_case_and_shown_in_lower_case() {
        let guid = Guid::parse(b"A70C1178e836ccc6d4251f226b04381d").unwrap();
        assert_eq!(guid.to_string(), "a70c1178e836ccc6d4251f226b04381d");
        assert_eq!(format!("{guid:?}"), "Guid(a70c1178e836ccc6d4251f226b04381d)");
        assert_eq!(&guid.to_hex(), b"a70c1178e836ccc6d4251f226b04381d");
        assert_eq!("a70c1178e836ccc6d4251f226b04381d".parse(), Ok(guid));
    }

    #[test]
    fn rejects_all_but_32_hex_digits() {
        for text in [
            "",
            "a70c1178",
            "a70c1178e836ccc6d4251f226b04381",
            "a70c1178e836ccc6d4251f226b04381d0",
            "a70c1178e836ccc6d4251f226b04381g",
            " 70c1178e836ccc6d4251f226b04381d",
            "a70c1178-e836-ccc6-d425-1f226b04381d",
        ] {
            assert_eq!(Guid::parse(text.as_bytes()), Err(GuidError), "{text}");
        }
        assert_eq!(GuidError.to_string(), "a GUID is 32 hex digits");
    }
}
