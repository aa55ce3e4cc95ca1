//! Why text is no name and no object path.

use core::fmt;

/// Why text is no valid name or object path, and where.
///
/// ```
/// use barebus_wire::ObjectPath;
/// use barebus_wire::name::NameErrorKind;
///
/// let error = ObjectPath::parse("/a//b").unwrap_err();
/// assert_eq!((error.kind, error.at), (NameErrorKind::EmptyElement, 3));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NameError {
    /// Which rule is broken.
    pub kind: NameErrorKind,
    /// Offset in bytes, from the text's start, of what breaks it.
    pub at: u32,
}

impl NameError {
    #[allow(
        clippy::cast_possible_truncation,
        reason = "constant evaluation has no try_from; the value is compared first"
    )]
    pub(crate) const fn new(kind: NameErrorKind, at: usize) -> Self {
        Self { kind, at: if at > u32::MAX as usize { u32::MAX } else { at as u32 } }
    }
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.kind, self.at)
    }
}

impl core::error::Error for NameError {}

/// The error that a walk found.
///
/// What the quick check refuses, the walk refuses: the tests hold them together. Were that untrue, refusing stays safe.
#[cold]
pub(super) fn refusal(found: Result<(), NameError>) -> NameError {
    match found {
        Err(error) => error,
        Ok(()) => NameError::new(NameErrorKind::BadCharacter, 0),
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident $text:literal,)*) => {
        /// One kind for each way in which a name or object path can be invalid. Spec: Valid Names, Valid Object Paths.
        ///
        /// ```
        /// use barebus_wire::{MemberName, ObjectPath};
        /// use barebus_wire::name::NameErrorKind;
        ///
        /// assert_eq!(MemberName::parse("1st").unwrap_err().kind, NameErrorKind::DigitFirst);
        /// assert_eq!(ObjectPath::parse("links").unwrap_err().kind, NameErrorKind::Relative);
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum NameErrorKind {
            $($(#[$doc])* $name,)*
        }

        impl NameErrorKind {
            /// Every kind, for tests and documentation.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The kind's name, stable across releases.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)*
                }
            }

            pub(crate) const fn text(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }
    };
}

kinds! {
    /// No text at all.
    Empty "the text is empty",
    /// A name of more than 255 bytes; object paths have no such limit.
    TooLong "the name is longer than 255 bytes",
    /// A character that this kind of text cannot hold.
    BadCharacter "a character is not allowed",
    /// An element that begins with a digit, in anything but an object path or a unique name.
    DigitFirst "an element begins with a digit",
    /// Two separators in a row, or one where the first or last element should be.
    EmptyElement "an element is empty",
    /// A name of one element where two are the least.
    TooFewElements "the name has no dot",
    /// An object path that does not begin with `/`.
    Relative "the path does not begin with a slash",
    /// An object path that ends with `/`, but is not the root.
    TrailingSlash "the path ends with a slash",
}

impl fmt::Display for NameErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}
