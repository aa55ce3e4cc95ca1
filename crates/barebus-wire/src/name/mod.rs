//! Names and object paths: text that was checked against the rules of its kind. Spec: Valid Names, Valid Object Paths.

mod bus;
mod error;
mod path;

pub use bus::BusName;
pub use error::{NameError, NameErrorKind};
pub use path::ObjectPath;

pub(crate) use bus::check_namespace;
use error::fail;

/// Gives a name type everything but its grammar: `$check` is that, a const function on bytes.
macro_rules! name_type {
    ($(#[$doc:meta])* $name:ident $owned:ident $what:literal $check:path) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name<'a>(&'a str);

        impl<'a> $name<'a> {
            /// Checks `text`.
            ///
            /// # Errors
            /// The rule that is broken and where; see [`NameErrorKind`](crate::name::NameErrorKind).
            pub const fn parse(text: &'a str) -> Result<Self, $crate::name::NameError> {
                match $check(text.as_bytes()) {
                    Ok(()) => Ok(Self(text)),
                    Err(error) => Err(error),
                }
            }

            /// Checks bytes that should be the text.
            ///
            /// # Errors
            /// As [`parse`](Self::parse); bytes outside ASCII are characters that no name has.
            #[inline]
            pub fn from_bytes(bytes: &'a [u8]) -> Result<Self, $crate::name::NameError> {
                $check(bytes)?;
                // All characters allowed are ASCII, so this holds; the error is never seen.
                core::str::from_utf8(bytes)
                    .map(Self)
                    .map_err(|_| $crate::name::NameError::new($crate::name::NameErrorKind::BadCharacter, 0))
            }

            #[doc = concat!("What is known when compiling to be ", $what, "; else it does not compile, when used in a constant.")]
            ///
            /// # Panics
            /// When `text` is invalid.
            #[allow(clippy::panic, reason = "meant for constants, where the panic is a compile error")]
            pub const fn from_static(text: &'static str) -> $name<'static> {
                match $check(text.as_bytes()) {
                    Ok(()) => $name(text),
                    Err(_) => panic!(concat!("not ", $what)),
                }
            }

            /// The text.
            pub const fn as_str(self) -> &'a str {
                self.0
            }
        }

        impl core::fmt::Display for $name<'_> {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.pad(self.0)
            }
        }

        impl core::fmt::Debug for $name<'_> {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(self.0)
            }
        }

        impl AsRef<str> for $name<'_> {
            fn as_ref(&self) -> &str {
                self.0
            }
        }

        impl PartialEq<str> for $name<'_> {
            fn eq(&self, other: &str) -> bool {
                self.0 == other
            }
        }

        impl PartialEq<&str> for $name<'_> {
            fn eq(&self, other: &&str) -> bool {
                self.0 == *other
            }
        }

        impl<'a> TryFrom<&'a str> for $name<'a> {
            type Error = $crate::name::NameError;

            fn try_from(text: &'a str) -> Result<Self, Self::Error> {
                Self::parse(text)
            }
        }

        #[doc = concat!("The owned form of [`", stringify!($name), "`].")]
        #[cfg(feature = "alloc")]
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $owned(alloc::boxed::Box<str>);

        #[cfg(feature = "alloc")]
        impl $owned {
            /// It, borrowed.
            pub fn borrow(&self) -> $name<'_> {
                $name(&self.0)
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        #[cfg(feature = "alloc")]
        impl From<$name<'_>> for $owned {
            fn from(name: $name<'_>) -> Self {
                Self(name.0.into())
            }
        }

        #[cfg(feature = "alloc")]
        impl core::str::FromStr for $owned {
            type Err = $crate::name::NameError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                $name::parse(text).map(Into::into)
            }
        }

        #[cfg(feature = "alloc")]
        impl core::fmt::Display for $owned {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.pad(&self.0)
            }
        }

        #[cfg(feature = "alloc")]
        impl core::fmt::Debug for $owned {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}
pub(crate) use name_type;

name_type! {
    /// An interface's name: two or more elements, `org.freedesktop.DBus`. Spec: Interface names.
    InterfaceName OwnedInterfaceName "an interface name" check_interface
}

name_type! {
    /// A method's or signal's name: one element, `GetUnitFileState`. Spec: Member names.
    MemberName OwnedMemberName "a member name" check_member
}

name_type! {
    /// An error's name; as an interface's. Spec: Error names.
    ErrorName OwnedErrorName "an error name" check_interface
}

#[cfg(feature = "alloc")]
pub use bus::OwnedBusName;
#[cfg(feature = "alloc")]
pub use path::OwnedObjectPath;

const fn check_interface(bytes: &[u8]) -> Result<(), NameError> {
    check_elements(
        bytes,
        0,
        Elements { hyphen: false, digit_first: false, least: 2, most: usize::MAX },
    )
}

const fn check_member(bytes: &[u8]) -> Result<(), NameError> {
    check_elements(bytes, 0, Elements { hyphen: false, digit_first: false, least: 1, most: 1 })
}

/// What elements between periods look like.
#[derive(Clone, Copy)]
struct Elements {
    hyphen: bool,
    digit_first: bool,
    least: usize,
    most: usize,
}

/// Checks `bytes` from offset `at` on against the rules that all names share.
const fn check_elements(bytes: &[u8], at: usize, rules: Elements) -> Result<(), NameError> {
    let len = bytes.len();
    if len > crate::limits::NAME_LEN {
        return fail(NameErrorKind::TooLong, crate::limits::NAME_LEN);
    }
    if len == at {
        return fail(NameErrorKind::Empty, at);
    }
    let (_, mut rest) = bytes.split_at(at);
    let mut elements = 1;
    let mut is_first = true;
    while let [byte, tail @ ..] = rest {
        let position = len - rest.len();
        let is_letter = byte.is_ascii_alphabetic() || *byte == b'_';
        let is_digit = byte.is_ascii_digit();
        if is_letter
            || (is_digit && (!is_first || rules.digit_first))
            || (*byte == b'-' && rules.hyphen)
        {
            is_first = false;
        } else if *byte == b'.' && !is_first && elements < rules.most {
            is_first = true;
            elements += 1;
        } else {
            let kind = match *byte {
                b'.' if is_first => NameErrorKind::EmptyElement,
                b'0'..=b'9' => NameErrorKind::DigitFirst,
                _ => NameErrorKind::BadCharacter,
            };
            return fail(kind, position);
        }
        rest = tail;
    }
    if is_first {
        return fail(NameErrorKind::EmptyElement, len);
    }
    if elements < rules.least {
        return fail(NameErrorKind::TooFewElements, len);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use NameErrorKind as Kind;

    fn error<T>(result: Result<T, NameError>) -> Option<(NameErrorKind, u32)> {
        result.err().map(|error| (error.kind, error.at))
    }

    #[test]
    fn interface_names_have_two_elements_of_letters_digits_and_underscores() {
        for valid in ["a.b", "org.freedesktop.DBus", "_._", "a1._2", "a.b.c.d"] {
            assert_eq!(error(InterfaceName::parse(valid)), None, "{valid}");
            assert_eq!(error(ErrorName::parse(valid)), None, "{valid}");
        }
        for (invalid, kind, at) in [
            ("", Kind::Empty, 0),
            ("a", Kind::TooFewElements, 1),
            (".a.b", Kind::EmptyElement, 0),
            ("a..b", Kind::EmptyElement, 2),
            ("a.b.", Kind::EmptyElement, 4),
            ("a.1b", Kind::DigitFirst, 2),
            ("a.b-c", Kind::BadCharacter, 3),
            ("a.b\u{e9}", Kind::BadCharacter, 3),
        ] {
            assert_eq!(error(InterfaceName::parse(invalid)), Some((kind, at)), "{invalid}");
        }
    }

    #[test]
    fn member_names_have_one_element() {
        assert_eq!(error(MemberName::parse("GetUnit_2")), None);
        assert_eq!(error(MemberName::parse("a.b")), Some((Kind::BadCharacter, 1)));
        assert_eq!(error(MemberName::parse("2a")), Some((Kind::DigitFirst, 0)));
        assert_eq!(error(MemberName::parse("a-b")), Some((Kind::BadCharacter, 1)));
    }

    #[test]
    fn names_have_at_most_255_bytes() {
        let long = "a".repeat(256);
        assert_eq!(error(MemberName::parse(&long[..255])), None);
        assert_eq!(error(MemberName::parse(&long)), Some((Kind::TooLong, 255)));
    }
}
