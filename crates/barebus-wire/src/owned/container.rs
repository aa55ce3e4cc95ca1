//! What an owned value is made of: arrays, dictionaries, signatures.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::OwnedValue;
use crate::error::EncodeError;
use crate::signature::{Signature, SignatureError, SignatureErrorKind};
use crate::writer::Writer;

/// A [`Signature`] in memory of its own.
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
                _ => EncodeError::TypeMismatch,
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

/// Elements of one type.
#[derive(Clone, Debug, PartialEq)]
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
    /// `TypeMismatch` when `element` is no single complete type, or an element has another type.
    pub fn new(element: Signature<'_>, elements: Vec<OwnedValue>) -> Result<Self, EncodeError> {
        if !is_type(element) || !elements.iter().all(|value| value.has_type(element)) {
            return Err(EncodeError::TypeMismatch);
        }
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
    /// `TypeMismatch` when it has another type.
    pub fn push(&mut self, value: OwnedValue) -> Result<(), EncodeError> {
        if !value.has_type(self.element()) {
            return Err(EncodeError::TypeMismatch);
        }
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
#[derive(Clone, Debug, PartialEq)]
pub struct OwnedDict {
    /// A basic type.
    key: OwnedSignature,
    /// A single complete type.
    value: OwnedSignature,
    /// Each is of the types `key` and `value`.
    entries: Vec<(OwnedValue, OwnedValue)>,
}

impl OwnedDict {
    /// A dictionary of `entries`.
    ///
    /// # Errors
    /// `TypeMismatch` when `key` is no basic type or `value` no single complete type, or an entry has other types.
    pub fn new(
        key: Signature<'_>,
        value: Signature<'_>,
        entries: Vec<(OwnedValue, OwnedValue)>,
    ) -> Result<Self, EncodeError> {
        let is_basic = key.len() == 1 && key.code().is_some_and(crate::signature::is_basic);
        let mut dict = Self { key: key.into(), value: value.into(), entries: Vec::new() };
        if !is_basic || !is_type(value) {
            return Err(EncodeError::TypeMismatch);
        }
        if !entries.iter().all(|(key, value)| dict.has_types_of(key, value)) {
            return Err(EncodeError::TypeMismatch);
        }
        dict.entries = entries;
        Ok(dict)
    }

    /// Entries that were read as being of the type `entry`.
    pub(super) fn trusted(entry: Signature<'_>, entries: Vec<(OwnedValue, OwnedValue)>) -> Self {
        let mut types = entry.fields().unwrap_or_default().types();
        let key = types.next().unwrap_or_default().into();
        Self { key, value: types.next().unwrap_or_default().into(), entries }
    }

    /// The keys' type.
    pub fn key_type(&self) -> Signature<'_> {
        self.key.borrow()
    }

    /// The values' type.
    pub fn value_type(&self) -> Signature<'_> {
        self.value.borrow()
    }

    /// The entries.
    pub fn entries(&self) -> &[(OwnedValue, OwnedValue)] {
        &self.entries
    }

    /// The entries, handed over.
    pub fn into_entries(self) -> Vec<(OwnedValue, OwnedValue)> {
        self.entries
    }

    /// The value of the first entry whose key is the text `key`.
    pub fn get(&self, key: &str) -> Option<&OwnedValue> {
        self.entries.iter().find(|entry| entry.0.as_str() == Some(key)).map(|entry| &entry.1)
    }

    /// Appends an entry.
    ///
    /// # Errors
    /// `TypeMismatch` when it has other types.
    pub fn push(&mut self, key: OwnedValue, value: OwnedValue) -> Result<(), EncodeError> {
        if !self.has_types_of(&key, &value) {
            return Err(EncodeError::TypeMismatch);
        }
        self.entries.push((key, value));
        Ok(())
    }

    fn has_types_of(&self, key: &OwnedValue, value: &OwnedValue) -> bool {
        key.has_type(self.key_type()) && value.has_type(self.value_type())
    }

    pub(super) fn has_type(&self, signature: Signature<'_>) -> bool {
        let entry = signature.element().filter(|element| element.code() == Some(b'{'));
        let Some(fields) = entry.and_then(Signature::fields) else { return false };
        fields.types().eq([self.key_type(), self.value_type()])
    }

    pub(super) fn push_signature(&self, text: &mut String) {
        text.push_str("a{");
        text.push_str(self.key.as_str());
        text.push_str(self.value.as_str());
        text.push('}');
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
