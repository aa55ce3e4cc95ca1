//! Reading one entry of a dictionary by its key.

use alloc::boxed::Box;
use core::fmt;

use crate::array::Dict;
use crate::error::{BodyError, SignatureExcerpt};
use crate::owned::{OwnedDict, OwnedValue, TypeError};
use crate::value::{Decode, Type};
use crate::variant::{Value, Variant};

/// Why an entry of a dictionary cannot be read. A missing entry is no error. Needs the feature `alloc`.
///
/// ```
/// use barebus_wire::{Entries, EntryErrorKind, OwnedValue};
///
/// let value = OwnedValue::from(Entries([("Mtu", 1500_u32), ("Mtu", 9000)]));
/// let dict = value.as_dict().ok_or("no dictionary")?;
/// let error = dict.get::<u32>("Mtu").unwrap_err();
/// assert_eq!(error.kind, EntryErrorKind::Twice);
/// assert_eq!(error.to_string(), "cannot read the entry \"Mtu\": it appears twice");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryError {
    /// The key that was asked for.
    pub key: Box<str>,
    /// What is wrong.
    pub kind: EntryErrorKind,
}

/// What is wrong with an entry. Needs the feature `alloc`.
///
/// ```
/// use barebus_wire::{Dict, Entries, EntryErrorKind, OwnedBody, Variant};
///
/// let body = OwnedBody::new(&(Entries::variants([("Mtu", "1500".into())]),))?;
/// let (settings,): (Dict<&str, Variant>,) = body.get()?;
/// match settings.get::<u32>("Mtu").unwrap_err().kind {
///     EntryErrorKind::Type { found, .. } => assert_eq!(found.to_string(), "s"),
///     other => panic!("{other:?}"),
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EntryErrorKind {
    /// The key appears twice. The specification does not say which value counts.
    Twice,
    /// The value has another type.
    Type {
        /// What the caller asks for.
        expected: SignatureExcerpt,
        /// What the entry holds.
        found: SignatureExcerpt,
    },
    /// An array in the value has another number of elements.
    Length {
        /// How many the caller asks for.
        expected: usize,
        /// How many the entry holds.
        found: usize,
    },
    /// The value, or an entry before it, is invalid.
    Body(BodyError),
}

impl EntryError {
    #[cold]
    fn new(key: &str, kind: impl Into<EntryErrorKind>) -> Self {
        Self { key: key.into(), kind: kind.into() }
    }
}

impl From<BodyError> for EntryErrorKind {
    fn from(error: BodyError) -> Self {
        match error {
            BodyError::Signature { expected, found } => {
                Self::Type { expected: SignatureExcerpt::new(expected), found }
            }
            error => Self::Body(error),
        }
    }
}

impl From<TypeError> for EntryErrorKind {
    fn from(error: TypeError) -> Self {
        match error {
            TypeError::Value { expected, found } => Self::Type { expected, found },
            TypeError::Length { expected, found } => Self::Length { expected, found },
            // Of a type that no value can have, there is none.
            TypeError::NoType { found } => Self::Type { expected: found, found },
        }
    }
}

impl fmt::Display for EntryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = &self.key;
        match &self.kind {
            EntryErrorKind::Twice => write!(f, "cannot read the entry {key:?}: it appears twice"),
            EntryErrorKind::Type { expected, found } => {
                write!(
                    f,
                    "cannot read the entry {key:?}: it holds '{found}', expected '{expected}'"
                )
            }
            EntryErrorKind::Length { expected, found } => {
                write!(
                    f,
                    "cannot read the entry {key:?}: an array has {found} elements, expected {expected}"
                )
            }
            EntryErrorKind::Body(error) => write!(f, "cannot read the entry {key:?}: {error}"),
        }
    }
}

// The text says all that the cause says, so there is no source.
impl core::error::Error for EntryError {}

/// A Rust type that reads a VARIANT whatever it holds: [`Variant`], [`Value`], [`OwnedValue`]. Needs the feature `alloc`.
///
/// ```
/// use barebus_wire::{AnyValue, Dict, EntryError};
///
/// /// Reads the MTU, whatever type of value the dictionary is read as.
/// fn mtu<V: AnyValue>(settings: &Dict<'_, &str, V>) -> Result<u32, EntryError> {
///     settings.get_or("Mtu", 1500)
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "the entries of this dictionary have values of the one type `{Self}`",
    note = "only the values of an `a{{sv}}` differ in type: find an entry with `find`"
)]
pub trait AnyValue: Type {}

impl AnyValue for Variant<'_> {}
impl AnyValue for Value<'_> {}
impl AnyValue for OwnedValue {}

/// Reading entries of an `a{sv}` by their keys.
///
/// ```
/// use barebus_wire::{Dict, Entries, OwnedBody, Variant};
///
/// let body = OwnedBody::new(&(Entries::variants([("Mtu", 1500_u32.into()), ("Name", "eth0".into())]),))?;
/// let (dict,): (Dict<&str, Variant>,) = body.get()?;
/// assert_eq!(dict.get("Mtu")?, Some(1500_u32));
/// assert_eq!(dict.get_or("Carrier", false)?, false);
///
/// let error = dict.get::<u32>("Name").unwrap_err();
/// assert_eq!(error.to_string(), "cannot read the entry \"Name\": it holds 's', expected 'u'");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Each call walks all entries from where the iteration stands. To read many of them, iterate, or derive a struct with
/// `#[barebus(dict)]`.
impl<'a, V> Dict<'a, &'a str, V> {
    /// The content of the entry `key`; `None` if there is no such entry. Needs the feature `alloc`; without it use [`find`](Self::find).
    ///
    /// # Errors
    /// [`EntryErrorKind::Twice`]; [`EntryErrorKind::Type`] when the entry holds another type than `T`; [`EntryErrorKind::Body`].
    pub fn get<T: Decode<'a>>(&self, key: &str) -> Result<Option<T>, EntryError>
    where
        // Here, so that the compiler prints the help of `AnyValue`.
        V: AnyValue,
    {
        let Some(variant) = self.entry(key)? else { return Ok(None) };
        variant.get().map(Some).map_err(|error| EntryError::new(key, error))
    }

    /// The content of the entry `key`, or `default` if there is no such entry. Needs the feature `alloc`.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub fn get_or<T: Decode<'a>>(&self, key: &str, default: T) -> Result<T, EntryError>
    where
        V: AnyValue,
    {
        Ok(self.get(key)?.unwrap_or(default))
    }

    /// The only entry with this key.
    fn entry(&self, key: &str) -> Result<Option<Variant<'a>>, EntryError> {
        let mut entries: Dict<'a, &'a str, Variant<'a>> = self.with_values();
        let mut found = None;
        while let Some(entry) = entries.next() {
            let (name, value) =
                entry.map_err(|error| EntryError::new(key, entries.explain(error)))?;
            if name == key && found.replace(value).is_some() {
                return Err(EntryError::new(key, EntryErrorKind::Twice));
            }
        }
        Ok(found)
    }
}

/// Reading entries by their keys.
///
/// ```
/// use barebus_wire::{Entries, OwnedValue};
///
/// let value = OwnedValue::from(Entries::variants([("Mtu", 1500_u32.into())]));
/// let dict = value.as_dict().ok_or("no dictionary")?;
/// assert_eq!(dict.get("Mtu")?, Some(1500_u32));
/// assert_eq!(dict.get_or("Name", "eth0")?, "eth0");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl OwnedDict {
    /// The value of the entry `key`; in an `a{sv}`, the content of the VARIANT. `None` if there is no such entry.
    ///
    /// # Errors
    /// [`EntryErrorKind::Twice`]; [`EntryErrorKind::Type`] when the entry holds another type than `T`; [`EntryErrorKind::Length`].
    pub fn get<'a, T>(&'a self, key: &str) -> Result<Option<T>, EntryError>
    where
        T: TryFrom<&'a OwnedValue, Error = TypeError>,
    {
        let mut values = self.find_all(key);
        let value = match (values.next(), values.next()) {
            (None, _) => return Ok(None),
            (Some(_), Some(_)) => return Err(EntryError::new(key, EntryErrorKind::Twice)),
            (Some(OwnedValue::Variant(content)), None) => &**content,
            (Some(value), None) => value,
        };
        T::try_from(value).map(Some).map_err(|error| EntryError::new(key, error))
    }

    /// The value of the entry `key`, or `default` if there is no such entry.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub fn get_or<'a, T>(&'a self, key: &str, default: T) -> Result<T, EntryError>
    where
        T: TryFrom<&'a OwnedValue, Error = TypeError>,
    {
        Ok(self.get(key)?.unwrap_or(default))
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::string::{String, ToString};
    use alloc::vec::Vec;

    use super::*;
    use crate::{Entries, OwnedBody};

    #[track_caller]
    fn told<T: fmt::Debug>(result: Result<T, EntryError>) -> String {
        result.unwrap_err().to_string()
    }

    fn body(entries: &[(&str, OwnedValue)]) -> OwnedBody {
        OwnedBody::new(&(Entries(entries),)).unwrap()
    }

    #[test]
    fn an_entry_is_read_as_the_type_that_is_asked_for() {
        let body = body(&[("Mtu", 1500_u32.into()), ("Names", ["a", "b"].into())]);
        let (dict,): (Dict<'_, &str, Variant<'_>>,) = body.get().unwrap();
        let (values,): (Dict<'_, &str, Value<'_>>,) = body.get().unwrap();
        let (trees,): (Dict<'_, &str, OwnedValue>,) = body.get().unwrap();
        for mtu in [dict.get("Mtu"), values.get("Mtu"), trees.get("Mtu")] {
            assert_eq!(mtu, Ok(Some(1500_u32)));
        }
        assert_eq!(dict.get::<Vec<&str>>("Names"), Ok(Some(Vec::from(["a", "b"]))));
        assert_eq!(dict.get::<u32>("mtu"), Ok(None));
        assert_eq!(dict.get_or("mtu", 7_u32), Ok(7));
        assert_eq!(dict.get_or("Mtu", 7_u32), Ok(1500));

        let values = body.values().unwrap();
        let dict = values[0].as_dict().unwrap();
        assert_eq!(dict.get("Mtu"), Ok(Some(1500_u32)));
        assert_eq!(dict.get::<Vec<String>>("Names").unwrap().unwrap(), ["a", "b"]);
        assert_eq!(dict.get::<u32>("mtu"), Ok(None));
        assert_eq!(dict.get_or("mtu", "x"), Ok("x"));
        assert_eq!(dict.find("Mtu").map(ToString::to_string).as_deref(), Some("<uint32 1500>"));
    }

    #[test]
    fn an_error_names_the_key_and_both_types() {
        let body = body(&[("Mtu", "x".into()), ("Twice", 1_u8.into()), ("Twice", 2_u8.into())]);
        let (dict,): (Dict<'_, &str, Variant<'_>>,) = body.get().unwrap();
        let values = body.values().unwrap();
        let owned = values[0].as_dict().unwrap();
        let wrong = r#"cannot read the entry "Mtu": it holds 's', expected 'u'"#;
        assert_eq!(told(dict.get::<u32>("Mtu")), wrong);
        assert_eq!(told(dict.get_or("Mtu", 1_u32)), wrong);
        assert_eq!(told(owned.get::<u32>("Mtu")), wrong);
        let twice = r#"cannot read the entry "Twice": it appears twice"#;
        assert_eq!(told(dict.get::<u8>("Twice")), twice);
        assert_eq!(told(owned.get::<u8>("Twice")), twice);
    }

    #[test]
    fn an_invalid_entry_before_it_is_an_error_that_names_the_key() {
        let entries = [("A", Value::Boolean(true)), ("Mtu", Value::Uint32(1))];
        let body = OwnedBody::new(&(Entries(&entries),)).unwrap();
        let mut bytes = body.as_bytes().to_vec();
        let at = bytes.iter().rposition(|byte| *byte == b'b').unwrap();
        let at = (at + 2).next_multiple_of(4);
        bytes[at] = 9;
        let mut reader = crate::Reader::new(&bytes, body.endian());
        let dict = <Dict<'_, &str, Variant<'_>> as Decode>::decode(&mut reader).unwrap();
        let text = "cannot read the entry \"Mtu\": a boolean is neither 0 nor 1 at byte";
        assert_eq!(told(dict.get::<u32>("Mtu")), format!("{text} {at}"));
    }
}
