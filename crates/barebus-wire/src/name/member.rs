//! Member names. Spec: Valid Names, Member names.

use super::error::{NameError, NameErrorKind as Kind};
use super::lanes::{all_zero, fold_pairs, not_in, not_letter, or};
use crate::limits;

super::name! {
    /// The name of a method or signal: `[A-Za-z0-9_]`, no digit first, 1 to 255 bytes. Spec: Valid Names, Member names.
    ///
    /// ```
    /// use barebus_wire::MemberName;
    ///
    /// const GET: MemberName<'static> = MemberName::from_static("Get");
    /// assert_eq!(MemberName::parse("Get")?, GET);
    /// assert!(MemberName::parse("Get.It").is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    MemberName,
    /// A [`MemberName`] in memory of its own.
    ///
    /// ```
    /// use barebus_wire::MemberName;
    /// use barebus_wire::name::OwnedMemberName;
    ///
    /// let owned: OwnedMemberName = MemberName::parse(&String::from("Get"))?.to_owned();
    /// assert_eq!(owned.as_str(), "Get");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    OwnedMemberName,
    is_valid, check
}

#[inline]
fn is_valid(bytes: &[u8]) -> bool {
    let Some(first) = bytes.first() else {
        return false;
    };
    let wrong = fold_pairs(bytes, [0; 16], |wrong, before, after| {
        or(wrong, before, after, |_, byte| {
            not_letter(byte).min(not_in(byte, b'0', 10)).min(byte ^ b'_')
        })
    });
    let is_start = first.is_ascii_alphabetic() || *first == b'_';
    is_start && all_zero(wrong) && bytes.len() <= limits::NAME_LEN
}

#[cold]
#[allow(
    clippy::indexing_slicing,
    reason = "constant evaluation has no get; every index is compared with its bound first"
)]
pub(crate) const fn check(bytes: &[u8]) -> Result<(), NameError> {
    if bytes.is_empty() {
        return Err(NameError::new(Kind::Empty, 0));
    }
    if bytes.len() > limits::NAME_LEN {
        return Err(NameError::new(Kind::TooLong, limits::NAME_LEN));
    }
    if bytes[0].is_ascii_digit() {
        return Err(NameError::new(Kind::DigitFirst, 0));
    }
    let mut i = 0;
    while i < bytes.len() {
        if !bytes[i].is_ascii_alphanumeric() && bytes[i] != b'_' {
            return Err(NameError::new(Kind::BadCharacter, i));
        }
        i += 1;
    }
    Ok(())
}
