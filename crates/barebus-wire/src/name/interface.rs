//! Interface names. Spec: Valid Names, Interface names.

use super::dotted::{self, Rules};
use super::error::NameError;
use crate::limits;

super::name! {
    /// The name of an interface: two or more elements of `[A-Za-z0-9_]` with dots between them, none of which begins with a
    /// digit; at most 255 bytes. Spec: Valid Names, Interface names.
    ///
    /// ```
    /// use barebus_wire::InterfaceName;
    ///
    /// const LINK: InterfaceName<'static> = InterfaceName::from_static("org.example.Link");
    /// assert_eq!(InterfaceName::parse("org.example.Link")?, LINK);
    /// assert!(InterfaceName::parse("Link").is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    InterfaceName,
    /// An [`InterfaceName`] in memory of its own.
    ///
    /// ```
    /// use barebus_wire::InterfaceName;
    /// use barebus_wire::name::OwnedInterfaceName;
    ///
    /// let owned: OwnedInterfaceName = InterfaceName::parse(&String::from("org.example.Link"))?.to_owned();
    /// assert_eq!(owned.as_str(), "org.example.Link");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    OwnedInterfaceName,
    is_valid, check
}

const RULES: Rules = Rules { hyphen: false, digit_first: false, dot: true };

#[inline]
pub(super) fn is_valid(bytes: &[u8]) -> bool {
    bytes.len() <= limits::NAME_LEN && dotted::is_valid(bytes, RULES)
}

#[cold]
pub(crate) const fn check(bytes: &[u8]) -> Result<(), NameError> {
    dotted::check(bytes, 0, RULES)
}
