//! Bus names, well-known and unique.

use super::error::fail;
use super::{Elements, NameError, NameErrorKind, check_elements, name_type};

name_type! {
    /// The name of a connection to a bus: unique, `:1.42`, or well-known, `org.freedesktop.systemd1`. Spec: Bus names.
    BusName OwnedBusName "a bus name" check
}

impl BusName<'_> {
    /// Whether it is a unique name, which the bus gives out once and never again.
    pub const fn is_unique(self) -> bool {
        matches!(self.as_str().as_bytes(), [b':', ..])
    }
}

const fn check(bytes: &[u8]) -> Result<(), NameError> {
    let rules = Elements { hyphen: true, digit_first: false, least: 2, most: usize::MAX };
    match bytes {
        [b':'] => fail(NameErrorKind::Empty, 1),
        [b':', ..] => check_elements(bytes, 1, Elements { digit_first: true, ..rules }),
        _ => check_elements(bytes, 0, rules),
    }
}

/// Checks the beginning of a bus name, as `arg0namespace` has it: one element is enough.
pub(crate) const fn check_namespace(bytes: &[u8]) -> Result<(), NameError> {
    check_elements(
        bytes,
        0,
        Elements { hyphen: true, digit_first: false, least: 1, most: usize::MAX },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unique_names_may_begin_elements_with_digits() {
        for (name, is_unique) in
            [(":1.0", true), (":a-b.1-c", true), ("a.b-c", false), ("_a.b", false)]
        {
            assert_eq!(BusName::parse(name).unwrap().is_unique(), is_unique, "{name}");
        }
        for (invalid, kind, at) in [
            (":", NameErrorKind::Empty, 1),
            (":1", NameErrorKind::TooFewElements, 2),
            (":.1", NameErrorKind::EmptyElement, 1),
            (":1.", NameErrorKind::EmptyElement, 3),
            ("a.1", NameErrorKind::DigitFirst, 2),
            ("a", NameErrorKind::TooFewElements, 1),
            ("a.b:c", NameErrorKind::BadCharacter, 3),
        ] {
            assert_eq!(BusName::parse(invalid), Err(NameError { kind, at }), "{invalid}");
        }
    }
}
