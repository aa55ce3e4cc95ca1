//! Names and object paths: text that was checked, so that holding one proves the rules. Spec: Valid Names, Valid Object Paths.
//!
//! Each type is checked twice over: by a rule over pairs of neighbouring bytes, sixteen pairs at a time, which says only yes or
//! no; and, where that says no, by a walk from byte to byte, which says why and where. Constants know only the second, as do
//! programs built for size.

#[cfg(feature = "alloc")]
mod argument;
pub(crate) mod bus;
mod dotted;
mod error;
mod error_name;
pub(crate) mod interface;
mod lanes;
pub(crate) mod member;
pub(crate) mod panic;
mod path;

pub use bus::{BusName, BusNamespace};
pub use error::{NameError, NameErrorKind};
pub use error_name::ErrorName;
pub use interface::InterfaceName;
pub use member::MemberName;
pub use path::{Elements, ObjectPath};

#[cfg(feature = "alloc")]
pub use self::{
    argument::{IntoName, InvalidName, NameRole},
    bus::{OwnedBusName, OwnedBusNamespace},
    error_name::OwnedErrorName,
    interface::OwnedInterfaceName,
    member::OwnedMemberName,
    path::OwnedObjectPath,
};

/// Makes a borrowed type and, under `alloc`, an owned one for text of one kind.
///
/// `$fast` says whether bytes are valid, `$slow` (constant) why not; what is valid is ASCII.
macro_rules! name {
    (
        $(#[$doc:meta])* $name:ident,
        $(#[$owned_doc:meta])* $owned:ident,
        $fast:path, $slow:path
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name<'a>(
            /// Passes the check of this type, so it is ASCII.
            &'a str,
        );

        impl<'a> $name<'a> {
            /// Checks `text`.
            ///
            /// # Errors
            /// The first rule that is broken and where; see [`NameErrorKind`](crate::name::NameErrorKind).
            #[inline]
            pub fn parse(text: &'a str) -> Result<Self, $crate::name::NameError> {
                if !$crate::COMPACT && Self::accepts(text.as_bytes()) {
                    Ok(Self(text))
                } else {
                    $slow(text.as_bytes()).map(|()| Self(text))
                }
            }

            /// Checks bytes.
            ///
            /// # Errors
            /// As [`Self::parse`]; bytes outside ASCII are
            /// [`BadCharacter`](crate::name::NameErrorKind::BadCharacter).
            #[inline]
            pub fn from_bytes(bytes: &'a [u8]) -> Result<Self, $crate::name::NameError> {
                if Self::accepts(bytes) {
                    if let Ok(text) = core::str::from_utf8(bytes) {
                        return Ok(Self(text));
                    }
                }
                Err($crate::name::error::refusal($slow(bytes)))
            }

            /// Checks bytes, of which nothing is kept.
            #[allow(dead_code, reason = "headers hold all kinds of names but namespaces")]
            pub(crate) const fn check(bytes: &[u8]) -> Result<(), $crate::name::NameError> {
                $slow(bytes)
            }

            /// Whether `bytes` are valid, without the reason.
            #[inline]
            fn accepts(bytes: &[u8]) -> bool {
                if $crate::COMPACT { $slow(bytes).is_ok() } else { $fast(bytes) }
            }

            /// Text known when compiling; invalid text does not compile when used in a constant.
            ///
            /// # Panics
            /// When `text` is invalid. The message names it.
            #[track_caller]
            pub const fn from_static(text: &'static str) -> $name<'static> {
                match $slow(text.as_bytes()) {
                    Ok(()) => $name(text),
                    Err(error) => $crate::name::panic::refuse(text, stringify!($name), error.kind.text()),
                }
            }

            /// The text.
            #[inline]
            pub const fn as_str(self) -> &'a str {
                self.0
            }

            /// For text that was checked before.
            #[allow(dead_code, reason = "headers and bodies hold all kinds of names but namespaces")]
            pub(crate) const fn trusted(text: &'a str) -> Self {
                Self(text)
            }
        }

        impl core::fmt::Display for $name<'_> {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.pad(self.0)
            }
        }

        impl core::fmt::Debug for $name<'_> {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                core::fmt::Debug::fmt(self.0, f)
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

        impl<'a> TryFrom<&'a [u8]> for $name<'a> {
            type Error = $crate::name::NameError;

            fn try_from(bytes: &'a [u8]) -> Result<Self, Self::Error> {
                Self::from_bytes(bytes)
            }
        }

        $(#[$owned_doc])*
        #[cfg(feature = "alloc")]
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $owned(
            /// As in the borrowed type.
            alloc::boxed::Box<str>,
        );

        #[cfg(feature = "alloc")]
        impl $owned {
            #[doc = concat!("The text as a [`", stringify!($name), "`].")]
            #[inline]
            pub fn borrow(&self) -> $name<'_> {
                $name(&self.0)
            }

            /// The text.
            #[inline]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        #[cfg(feature = "alloc")]
        impl $name<'_> {
            /// The same text in memory of its own.
            pub fn to_owned(self) -> $owned {
                $owned(self.0.into())
            }
        }

        #[cfg(feature = "alloc")]
        impl From<$name<'_>> for $owned {
            fn from(name: $name<'_>) -> Self {
                name.to_owned()
            }
        }

        #[cfg(feature = "alloc")]
        impl<'a> From<&'a $owned> for $name<'a> {
            fn from(name: &'a $owned) -> Self {
                name.borrow()
            }
        }

        #[cfg(feature = "alloc")]
        impl From<$owned> for alloc::string::String {
            fn from(name: $owned) -> Self {
                name.0.into()
            }
        }

        #[cfg(feature = "alloc")]
        impl TryFrom<alloc::string::String> for $owned {
            type Error = $crate::name::NameError;

            fn try_from(text: alloc::string::String) -> Result<Self, Self::Error> {
                $name::parse(&text)?;
                Ok(Self(text.into()))
            }
        }

        #[cfg(feature = "alloc")]
        impl core::str::FromStr for $owned {
            type Err = $crate::name::NameError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                $name::parse(text).map($name::to_owned)
            }
        }

        #[cfg(feature = "alloc")]
        impl core::fmt::Display for $owned {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                core::fmt::Display::fmt(&self.borrow(), f)
            }
        }

        #[cfg(feature = "alloc")]
        impl core::fmt::Debug for $owned {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                core::fmt::Debug::fmt(&self.borrow(), f)
            }
        }

        #[cfg(feature = "alloc")]
        impl AsRef<str> for $owned {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        #[cfg(feature = "alloc")]
        impl core::borrow::Borrow<str> for $owned {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        #[cfg(feature = "alloc")]
        impl PartialEq<$name<'_>> for $owned {
            fn eq(&self, other: &$name<'_>) -> bool {
                self.as_str() == other.as_str()
            }
        }

        #[cfg(feature = "alloc")]
        impl PartialEq<$owned> for $name<'_> {
            fn eq(&self, other: &$owned) -> bool {
                self.as_str() == other.as_str()
            }
        }

        #[cfg(feature = "alloc")]
        impl PartialEq<str> for $owned {
            fn eq(&self, other: &str) -> bool {
                self.as_str() == other
            }
        }

        #[cfg(feature = "alloc")]
        impl PartialEq<&str> for $owned {
            fn eq(&self, other: &&str) -> bool {
                self.as_str() == *other
            }
        }
    };
}
use name;

#[cfg(test)]
mod tests;
