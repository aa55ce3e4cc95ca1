//! Why text is no name.

use core::fmt;

/// Why text is no name, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NameError {
    /// Which rule is broken.
    pub kind: NameErrorKind,
    /// Offset in bytes of what breaks it.
    pub at: u32,
}

impl NameError {
    pub(crate) const fn new(kind: NameErrorKind, at: usize) -> Self {
        // Names are short, and paths no longer than a message.
        #[allow(clippy::cast_possible_truncation, reason = "clamped first")]
        let at = if at > u32::MAX as usize { u32::MAX } else { at as u32 };
        Self { kind, at }
    }
}

/// An error at `at`, in one word.
pub(crate) const fn fail(kind: NameErrorKind, at: usize) -> Result<(), NameError> {
    Err(NameError::new(kind, at))
}

/// The rules that names and paths can break. Spec: Valid Names, Valid Object Paths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NameErrorKind {
    /// Nothing at all.
    Empty,
    /// More than 255 bytes.
    TooLong,
    /// A character that this kind of name does not have.
    BadCharacter,
    /// An element of no characters: a separator at the beginning, at the end, or beside another.
    EmptyElement,
    /// An element that begins with a digit.
    DigitFirst,
    /// One element, where there must be two.
    TooFewElements,
    /// An object path that does not begin with `/`.
    Relative,
    /// An object path that ends with `/`, and is not the root.
    TrailingSlash,
}

impl fmt::Display for NameErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "it is empty",
            Self::TooLong => "it is longer than 255 bytes",
            Self::BadCharacter => "a character is not allowed",
            Self::EmptyElement => "an element is empty",
            Self::DigitFirst => "an element begins with a digit",
            Self::TooFewElements => "it has no period",
            Self::Relative => "it does not begin with '/'",
            Self::TrailingSlash => "it ends with '/'",
        })
    }
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.kind, self.at)
    }
}

impl core::error::Error for NameError {}
