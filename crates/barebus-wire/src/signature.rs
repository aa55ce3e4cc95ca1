//! Signatures: validated text, walked type by type, built at compile time.

use core::fmt;

use crate::limits;
use crate::name::panic::refuse;
use crate::type_code::{alignment, array_of};

mod check;

pub(crate) use check::check;

/// Zero or more single complete types, as text that was checked. Spec: Type System, Valid Signatures.
///
/// ```
/// use barebus_wire::Signature;
///
/// let signature = Signature::parse("sa{sv}")?;
/// let mut types = signature.types();
/// assert_eq!(types.next(), Some(Signature::from_static("s")));
/// let dictionary = types.next().unwrap();
/// assert_eq!(dictionary, "a{sv}");
/// assert!(dictionary.is_single());
/// assert!(!signature.is_single());
/// # Ok::<(), barebus_wire::SignatureError>(())
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Signature<'a>(&'a str);

impl<'a> Signature<'a> {
    /// No types at all: the signature of a message without a body.
    pub const EMPTY: Signature<'static> = Signature("");

    /// Checks `text`.
    ///
    /// # Errors
    /// The first rule that is broken and where; see [`SignatureErrorKind`].
    pub const fn parse(text: &'a str) -> Result<Self, SignatureError> {
        match check(text.as_bytes()) {
            Ok(_) => Ok(Self(text)),
            Err(error) => Err(error),
        }
    }

    /// Checks bytes that should be a signature's text.
    ///
    /// # Errors
    /// As [`Signature::parse`]; bytes outside ASCII are [`SignatureErrorKind::UnknownTypeCode`].
    pub fn from_bytes(bytes: &'a [u8]) -> Result<Self, SignatureError> {
        if let ([code], false) = (bytes, crate::COMPACT) {
            if let Some(signature) = Self::of_code(*code) {
                return Ok(signature);
            }
        }
        check(bytes)?;
        // Type codes are ASCII, so this holds; the error is never seen.
        core::str::from_utf8(bytes)
            .map(Self)
            .map_err(|_| SignatureError { kind: SignatureErrorKind::UnknownTypeCode, at: 0 })
    }

    /// A signature known when compiling; an invalid one does not compile when used in a constant.
    ///
    /// # Panics
    /// When `text` is invalid. The message names it.
    #[track_caller]
    pub const fn from_static(text: &'static str) -> Signature<'static> {
        match check(text.as_bytes()) {
            Ok(_) => Signature(text),
            Err(error) => refuse(text, "Signature", error.kind.text()),
        }
    }

    /// For text that is a run of whole types cut out of a checked signature.
    pub(crate) const fn trusted(text: &'a str) -> Self {
        Self(text)
    }

    /// The signature that is one type code: a basic type's, or `v`.
    #[inline]
    pub(crate) fn of_code(code: u8) -> Option<Signature<'static>> {
        array_of(code)?.get(1..).map(Signature)
    }

    /// The signature of an array of that type.
    #[inline]
    pub(crate) fn of_array(code: u8) -> Option<Signature<'static>> {
        array_of(code).map(Signature)
    }

    /// The signature that a SIGNATURE begins with, when it is that of a basic type or of an array of one, as most are; and how many
    /// bytes it takes with its length and NUL.
    #[cfg(not(compact))]
    #[inline]
    pub(crate) fn of_short(bytes: [u8; 4]) -> Option<(Signature<'static>, usize)> {
        match bytes {
            [1, code, 0, _] => Some((Self::of_code(code)?, 3)),
            [2, b'a', code, 0] => Some((Self::of_array(code)?, 4)),
            _ => None,
        }
    }

    /// The text.
    pub const fn as_str(self) -> &'a str {
        self.0
    }

    /// Length in bytes, at most 255.
    pub const fn len(self) -> usize {
        self.0.len()
    }

    /// Whether there are no types.
    pub const fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// Whether this is exactly one single complete type.
    pub fn is_single(self) -> bool {
        !self.is_empty() && type_end(self.0.as_bytes(), 0) == self.len()
    }

    /// The single complete types, one after the other.
    pub const fn types(self) -> Types<'a> {
        Types { rest: self.0 }
    }

    /// The type of an array's elements, when this is a single array.
    pub fn element(self) -> Option<Self> {
        if self.is_single() { self.0.strip_prefix('a').map(Self) } else { None }
    }

    /// The fields of a struct or dictionary entry, when this is a single one.
    pub fn fields(self) -> Option<Self> {
        if !self.is_single() {
            return None;
        }
        let inner = self.0.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
        inner.or_else(|| self.0.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'))).map(Self)
    }

    /// The type code that the signature begins with.
    pub fn code(self) -> Option<u8> {
        self.0.as_bytes().first().copied()
    }

    /// Alignment in bytes of values of the first type. Spec: Marshaling, the summary table.
    pub fn alignment(self) -> usize {
        self.code().map_or(1, alignment)
    }
}

impl fmt::Display for Signature<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}

impl fmt::Debug for Signature<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.0, f)
    }
}

impl PartialEq<str> for Signature<'_> {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for Signature<'_> {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

impl<'a> TryFrom<&'a str> for Signature<'a> {
    type Error = SignatureError;

    fn try_from(text: &'a str) -> Result<Self, SignatureError> {
        Self::parse(text)
    }
}

/// Iterator over single complete types; see [`Signature::types`].
///
/// ```
/// use barebus_wire::Signature;
///
/// let types: Vec<_> = Signature::from_static("s(uo)as").types().collect();
/// assert_eq!(types, ["s", "(uo)", "as"]);
/// ```
#[derive(Clone, Debug)]
pub struct Types<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Types<'a> {
    type Item = Signature<'a>;

    fn next(&mut self) -> Option<Signature<'a>> {
        if self.rest.is_empty() {
            return None;
        }
        let (first, rest) = self.rest.split_at_checked(type_end(self.rest.as_bytes(), 0))?;
        self.rest = rest;
        Some(Signature(first))
    }
}

/// A signature put together at compile time, for [`Type`](crate::Type).
///
/// ```
/// use barebus_wire::{Signature, SignatureText};
///
/// const ENTRY: SignatureText =
///     SignatureText::literal("s").then(&SignatureText::literal("v"));
/// const TEXT: SignatureText = SignatureText::array(&SignatureText::structure(&ENTRY));
/// const SIGNATURE: Signature<'static> = {
///     const PLACE: &SignatureText = &TEXT;
///     PLACE.signature()
/// };
/// assert_eq!(SIGNATURE, "a(sv)");
/// ```
#[derive(Clone, Copy)]
pub struct SignatureText {
    bytes: [u8; limits::SIGNATURE_LEN],
    len: usize,
}

impl SignatureText {
    /// No types.
    pub const EMPTY: Self = Self { bytes: [0; limits::SIGNATURE_LEN], len: 0 };

    /// One basic type or a literal run of types.
    pub const fn literal(text: &str) -> Self {
        Self::EMPTY.push_bytes(text.as_bytes())
    }

    /// An array of `element`.
    pub const fn array(element: &Self) -> Self {
        Self::literal("a").then(element)
    }

    /// A dictionary: an array of entries.
    pub const fn dictionary(key: &Self, value: &Self) -> Self {
        Self::literal("a{").then(key).then(value).push_bytes(b"}")
    }

    /// A struct of `fields`, which are the fields' types one after the other.
    pub const fn structure(fields: &Self) -> Self {
        Self::literal("(").then(fields).push_bytes(b")")
    }

    /// This and then `next`.
    #[must_use]
    pub const fn then(self, next: &Self) -> Self {
        let (bytes, _) = next.bytes.split_at(next.len);
        self.push_bytes(bytes)
    }

    #[allow(
        clippy::indexing_slicing,
        reason = "runs at compile time; a signature over 255 bytes is a compile error"
    )]
    const fn push_bytes(mut self, bytes: &[u8]) -> Self {
        let mut i = 0;
        while i < bytes.len() {
            self.bytes[self.len] = bytes[i];
            self.len += 1;
            i += 1;
        }
        self
    }

    /// The signature; an invalid one is a compile error where this is used in a constant.
    ///
    /// # Panics
    /// When the text is invalid, or not ASCII.
    pub const fn signature(&'static self) -> Signature<'static> {
        let (bytes, _) = self.bytes.split_at(self.len);
        constant(bytes)
    }

    /// The text, if it is short.
    pub(crate) const fn short(&self) -> ShortText {
        match self.bytes.first_chunk() {
            Some(bytes) if self.len <= SHORT_LEN => Some(*bytes),
            _ => None,
        }
    }

    /// As [`signature`](Self::signature), where `short` is [`Self::short`]: a program that uses the signature of a short text does not
    /// carry the 255 bytes that a long one may have.
    pub(crate) const fn signature_in(
        &'static self,
        short: &'static ShortText,
    ) -> Signature<'static> {
        match short {
            Some(bytes) => {
                let (bytes, _) = bytes.split_at(self.len);
                constant(bytes)
            }
            None => self.signature(),
        }
    }
}

/// Bytes of a text that is short. Most signatures are.
const SHORT_LEN: usize = 15;

/// A text that is short, with zeros after it; `None`: it is not.
pub(crate) type ShortText = Option<[u8; SHORT_LEN]>;

#[allow(clippy::panic, reason = "meant for constants, where the panic is a compile error")]
const fn constant(bytes: &'static [u8]) -> Signature<'static> {
    match core::str::from_utf8(bytes) {
        Ok(text) => Signature::from_static(text),
        Err(_) => panic!("a signature is ASCII"),
    }
}

/// Why text is no signature, and where.
///
/// ```
/// use barebus_wire::{Signature, SignatureErrorKind};
///
/// let error = Signature::parse("a{vs}").unwrap_err();
/// assert_eq!((error.kind, error.at), (SignatureErrorKind::EntryKeyNotBasic, 2));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SignatureError {
    /// Which rule is broken.
    pub kind: SignatureErrorKind,
    /// Offset in bytes from the signature's start.
    pub at: u8,
}

impl fmt::Display for SignatureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {} of the signature", self.kind.text(), self.at)
    }
}

impl core::error::Error for SignatureError {}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident $label:ident $text:literal,)*) => {
        /// One kind for each way in which a signature can be invalid. Spec: Valid Signatures.
        ///
        /// ```
        /// use barebus_wire::{Signature, SignatureErrorKind};
        ///
        /// assert_eq!(Signature::parse("()").unwrap_err().kind, SignatureErrorKind::StructEmpty);
        /// assert_eq!(Signature::parse("su?").unwrap_err().kind, SignatureErrorKind::UnknownTypeCode);
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum SignatureErrorKind {
            $($(#[$doc])* $name,)*
        }

        impl SignatureErrorKind {
            /// Every kind, for tests and documentation.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The kind's name as `barebus validate` prints it.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($label),)*
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
    /// Longer than 255 bytes.
    TooLong SignatureTooLong "the signature is longer than 255 bytes",
    /// A byte that is not a type code.
    UnknownTypeCode UnknownTypeCode "a byte is not a type code",
    /// An array without an element type.
    MissingElementType MissingElementType "an array has no element type",
    /// More than 32 arrays within one another.
    ArrayTooDeep ArrayTooDeep "arrays are nested more than 32 deep",
    /// More than 32 structs within one another.
    StructTooDeep StructTooDeep "structs are nested more than 32 deep",
    /// `)` without its `(`.
    StructNotStarted StructNotStarted "a struct ends but was not started",
    /// `(` without its `)`.
    StructNotEnded StructNotEnded "a struct is started but not ended",
    /// `()`.
    StructEmpty StructEmpty "a struct has no fields",
    /// `}` without its `{`.
    EntryNotStarted EntryNotStarted "a dictionary entry ends but was not started",
    /// `{` without its `}`.
    EntryNotEnded EntryNotEnded "a dictionary entry is started but not ended",
    /// `{` that no `a` precedes.
    EntryOutsideArray EntryOutsideArray "a dictionary entry is not an array's element",
    /// `{}`.
    EntryEmpty EntryEmpty "a dictionary entry has no fields",
    /// A dictionary entry with one field.
    EntryOneField EntryOneField "a dictionary entry has only one field",
    /// A dictionary entry with more than two fields.
    EntryTooManyFields EntryTooManyFields "a dictionary entry has more than two fields",
    /// A dictionary entry whose key is a container.
    EntryKeyNotBasic EntryKeyNotBasic "a dictionary entry's key is not a basic type",
}

/// The index just after the single complete type that starts at `at` in a checked signature.
pub(crate) fn type_end(signature: &[u8], at: usize) -> usize {
    let mut open = 0usize;
    let mut index = at;
    while let Some(code) = signature.get(index) {
        index += 1;
        match code {
            b'a' => continue,
            b'(' | b'{' => open += 1,
            b')' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
        if open == 0 {
            break;
        }
    }
    index
}

#[cfg(test)]
mod tests;
