//! What an owned value is made of: arrays, dictionaries, signatures.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::OwnedValue;
use crate::error::{EncodeError, SignatureExcerpt};
use crate::signature::{Signature, SignatureError, SignatureErrorKind};
use crate::type_code::is_basic;
use crate::writer::Writer;

/// A [`Signature`] in memory of its own.
///
/// ```
/// use barebus_wire::{OwnedSignature, Signature};
///
/// let signature: OwnedSignature = "a{sv}".parse()?;
/// assert_eq!(signature.borrow(), Signature::from_static("a{sv}"));
/// # Ok::<(), barebus_wire::SignatureError>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct OwnedSignature(
    /// Passes the check of signatures.
    Box<str>,
);

impl OwnedSignature {
    /// The text as a [`Signature`].
    pub fn borrow(&self) -> Signature<'_> {
        Signature::trusted(&self.0)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Text that was put together from values.
    pub(super) fn checked(text: String) -> Result<Self, EncodeError> {
        use SignatureErrorKind as Kind;
        match Signature::parse(&text) {
            Ok(_) => Ok(Self(text.into())),
            Err(error) => Err(match error.kind {
                Kind::TooLong => EncodeError::SignatureTooLong,
                Kind::ArrayTooDeep | Kind::StructTooDeep => EncodeError::NestedTooDeeply,
                // Put together from types as it is, nothing else can be wrong with it.
                _ => EncodeError::StructEmpty,
            }),
        }
    }
}

impl From<Signature<'_>> for OwnedSignature {
    fn from(signature: Signature<'_>) -> Self {
        Self(signature.as_str().into())
    }
}

impl core::str::FromStr for OwnedSignature {
    type Err = SignatureError;

    fn from_str(text: &str) -> Result<Self, SignatureError> {
        Signature::parse(text).map(Self::from)
    }
}

impl fmt::Display for OwnedSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.borrow(), f)
    }
}

impl fmt::Debug for OwnedSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.borrow(), f)
    }
}

/// A value is not of the type that its place demands.
///
/// ```
/// use barebus_wire::OwnedValue;
///
/// let error = u32::try_from(OwnedValue::from("eth0")).unwrap_err();
/// assert_eq!(error.to_string(), "the value is of the type 's', expected 'u'");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TypeError {
    /// Elements, keys or values are to be of what is no type that they can have: no single complete type, for keys no basic one.
    NoType {
        /// What they are to be of.
        found: SignatureExcerpt,
    },
    /// An array has another number of elements.
    Length {
        /// How many the place demands.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// An element, key or value is of another type.
    Value {
        /// What the place demands.
        expected: SignatureExcerpt,
        /// What the value is.
        found: SignatureExcerpt,
    },
}

impl TypeError {
    /// That `value` is not of the type `expected`.
    pub(super) fn other_than(expected: Signature<'_>, value: &OwnedValue) -> Self {
        let mut found = String::new();
        // Even where that is no signature: as far as it goes.
        let _ = value.push_signature(&mut found, 0);
        Self::Value {
            expected: SignatureExcerpt::new(expected),
            found: SignatureExcerpt::of(&found),
        }
    }

    /// That no value can be of the type `signature`, where it stands.
    fn no_type(signature: Signature<'_>) -> Self {
        Self::NoType { found: SignatureExcerpt::new(signature) }
    }
}

impl fmt::Display for TypeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoType { found } => write!(f, "no value there can be of the type '{found}'"),
            Self::Length { expected, found } => {
                write!(f, "the array has {found} elements, expected {expected}")
            }
            Self::Value { expected, found } => {
                write!(f, "the value is of the type '{found}', expected '{expected}'")
            }
        }
    }
}

impl core::error::Error for TypeError {}

/// That `value` is of the type `expected`.
fn check(expected: Signature<'_>, value: &OwnedValue) -> Result<(), TypeError> {
    if value.has_type(expected) { Ok(()) } else { Err(TypeError::other_than(expected, value)) }
}

/// Elements of one type.
///
/// ```
/// use barebus_wire::{OwnedArray, Signature};
///
/// let mut array = OwnedArray::new(Signature::from_static("s"), vec!["a".into()])?;
/// array.push("b".into())?;
/// assert_eq!(array.to_string(), "['a', 'b']");
/// assert!(array.push(7_u32.into()).is_err());
/// # Ok::<(), barebus_wire::TypeError>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct OwnedArray {
    /// A single complete type.
    element: OwnedSignature,
    /// Each is of the type `element`.
    elements: Vec<OwnedValue>,
}

impl OwnedArray {
    /// An array of `elements`.
    ///
    /// # Errors
    /// When `element` is no single complete type, or an element has another type.
    pub fn new(element: Signature<'_>, elements: Vec<OwnedValue>) -> Result<Self, TypeError> {
        if !is_type(element) {
            return Err(TypeError::no_type(element));
        }
        elements.iter().try_for_each(|value| check(element, value))?;
        Ok(Self { element: element.into(), elements })
    }

    /// Elements that were read as being of that type.
    pub(super) fn trusted(element: Signature<'_>, elements: Vec<OwnedValue>) -> Self {
        Self { element: element.into(), elements }
    }

    /// The elements' type.
    pub fn element(&self) -> Signature<'_> {
        self.element.borrow()
    }

    /// The elements.
    pub fn elements(&self) -> &[OwnedValue] {
        &self.elements
    }

    /// The elements, handed over.
    pub fn into_elements(self) -> Vec<OwnedValue> {
        self.elements
    }

    /// Appends an element.
    ///
    /// # Errors
    /// When it has another type.
    pub fn push(&mut self, value: OwnedValue) -> Result<(), TypeError> {
        check(self.element(), &value)?;
        self.elements.push(value);
        Ok(())
    }

    pub(super) fn push_signature(&self, text: &mut String) {
        text.push('a');
        text.push_str(self.element.as_str());
    }

    pub(super) fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        let array = writer.start_array(self.element().alignment())?;
        self.elements.iter().try_for_each(|element| element.encode_inner(writer))?;
        writer.end_array(array)
    }
}

/// Whether a value can have this type, which those of dictionary entries cannot outside their dictionary.
fn is_type(signature: Signature<'_>) -> bool {
    signature.is_single() && signature.code() != Some(b'{')
}

/// Entries with keys of one type and values of one type, in their order. A key may appear twice, as D-Bus allows.
///
/// ```
/// use barebus_wire::{OwnedDict, Signature};
///
/// let [key, value] = ["s", "u"].map(Signature::from_static);
/// let mut dict = OwnedDict::new(key, value, vec![])?;
/// dict.push("Mtu".into(), 1500_u32.into())?;
/// assert_eq!(dict.to_string(), "{'Mtu': uint32 1500}");
/// # Ok::<(), barebus_wire::TypeError>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct OwnedDict {
    /// The dictionary's own type: `a{`, the key's type code, the values' single complete type, `}`.
    signature: OwnedSignature,
    /// Each has a key and a value of these types.
    entries: Vec<(OwnedValue, OwnedValue)>,
}

impl OwnedDict {
    /// A dictionary of `entries`.
    ///
    /// # Errors
    /// When `key` is no basic type or `value` no single complete type, or an entry has other types.
    pub fn new(
        key: Signature<'_>,
        value: Signature<'_>,
        entries: Vec<(OwnedValue, OwnedValue)>,
    ) -> Result<Self, TypeError> {
        if key.len() != 1 || !key.code().is_some_and(is_basic) {
            return Err(TypeError::no_type(key));
        }
        if !is_type(value) {
            return Err(TypeError::no_type(value));
        }
        let signature = ["a{", key.as_str(), value.as_str(), "}"].concat();
        let dict = Self { signature: OwnedSignature(signature.into()), entries };
        dict.entries.iter().try_for_each(|(key, value)| dict.check(key, value))?;
        Ok(dict)
    }

    /// Entries that were read as being of the type `entry`.
    pub(super) fn trusted(entry: Signature<'_>, entries: Vec<(OwnedValue, OwnedValue)>) -> Self {
        Self { signature: OwnedSignature(["a", entry.as_str()].concat().into()), entries }
    }

    /// The entries' type: `{`, the key's type code, the values' single complete type, `}`.
    pub(super) fn entry_type(&self) -> Signature<'_> {
        Signature::trusted(self.signature.as_str().get(1..).unwrap_or_default())
    }

    /// The keys' type.
    pub fn key_type(&self) -> Signature<'_> {
        Signature::trusted(self.signature.as_str().get(2..3).unwrap_or_default())
    }

    /// The values' type.
    pub fn value_type(&self) -> Signature<'_> {
        let values = self.signature.as_str().get(3..).and_then(|text| text.strip_suffix('}'));
        Signature::trusted(values.unwrap_or_default())
    }

    /// The entries.
    pub fn entries(&self) -> &[(OwnedValue, OwnedValue)] {
        &self.entries
    }

    /// The entries, handed over.
    pub fn into_entries(self) -> Vec<(OwnedValue, OwnedValue)> {
        self.entries
    }

    /// The value of the first entry whose key is the text `key`. [`OwnedDict::get`] reads it as a Rust type.
    pub fn find(&self, key: &str) -> Option<&OwnedValue> {
        self.find_all(key).next()
    }

    /// The values of all entries whose key is the text `key`.
    pub(crate) fn find_all(&self, key: &str) -> impl Iterator<Item = &OwnedValue> {
        let entries = self.entries.iter().filter(move |entry| entry.0.as_str() == Some(key));
        entries.map(|entry| &entry.1)
    }

    /// Appends an entry.
    ///
    /// # Errors
    /// When it has other types.
    pub fn push(&mut self, key: OwnedValue, value: OwnedValue) -> Result<(), TypeError> {
        self.check(&key, &value)?;
        self.entries.push((key, value));
        Ok(())
    }

    fn check(&self, key: &OwnedValue, value: &OwnedValue) -> Result<(), TypeError> {
        check(self.key_type(), key)?;
        check(self.value_type(), value)
    }

    pub(super) fn has_type(&self, signature: Signature<'_>) -> bool {
        self.signature.borrow() == signature
    }

    pub(super) fn push_signature(&self, text: &mut String) {
        text.push_str(self.signature.as_str());
    }

    pub(super) fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        let array = writer.start_array(8)?;
        for (key, value) in &self.entries {
            writer.enter_struct()?;
            key.encode_inner(writer)?;
            value.encode_inner(writer)?;
            writer.leave();
        }
        writer.end_array(array)
    }
}
