//! The name of a unit.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use barebus::{ObjectPath, OwnedObjectPath};

use super::error::{NameError, NameErrorKind as Kind, Task};
use super::escape::is_name_byte;
use super::kind::UnitKind;
use super::label::{escape_label, unescape_label};

/// A unit's name, checked by systemd's rules: `prefix.type`, `prefix@.type` (a template) or `prefix@instance.type`.
///
/// A name has at most 255 bytes, of ASCII letters, digits and `:-_.\`; instances may have `@` too. [`escape`](super::escape) makes
/// any text such a part.
///
/// ```
/// use barebus_systemd::UnitName;
///
/// let name = UnitName::parse("getty@tty1.service")?;
/// assert_eq!(name.prefix(), "getty");
/// assert_eq!(name.instance(), Some("tty1"));
/// assert_eq!(name.template().unwrap(), "getty@.service");
/// assert_eq!(name.object_path().as_str(), "/org/freedesktop/systemd1/unit/getty_40tty1_2eservice");
/// # Ok::<(), barebus_systemd::name::NameError>(())
/// ```
#[derive(Clone)]
pub struct UnitName {
    text: Box<str>,
    /// Where the first `@` is. `0 < at < dot`.
    at: Option<u8>,
    /// Where the last dot is, which the type follows. `0 < dot < text.len() <= 255`.
    dot: u8,
    kind: UnitKind,
}

impl UnitName {
    /// Longest name in bytes.
    pub const MAX_LEN: usize = 255;

    /// Where systemd's units are as objects.
    const PARENT: ObjectPath<'static> = ObjectPath::from_static("/org/freedesktop/systemd1/unit");

    /// Checks a name. [`mangle`](super::mangle) completes what people type, for example `sshd`.
    ///
    /// # Errors
    /// The rule that the text breaks, and where.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        Self::check(text, Task::Name)
    }

    pub(super) fn check(text: &str, task: Task) -> Result<Self, NameError> {
        let refuse = |kind, at| Err(NameError::new(task, text, kind, at));
        if text.is_empty() {
            return refuse(Kind::Empty, 0);
        }
        if text.len() > Self::MAX_LEN {
            return refuse(Kind::TooLong, Self::MAX_LEN);
        }
        let Some((name, word)) = text.rsplit_once('.') else {
            return refuse(Kind::NoType, text.len());
        };
        let Some(kind) = UnitKind::find(word) else {
            return refuse(Kind::UnknownType, name.len() + 1);
        };
        let allowed = |byte: u8| is_name_byte(byte) || byte == b'@';
        if let Some((at, character)) =
            name.char_indices().find(|(_, c)| !u8::try_from(*c).is_ok_and(allowed))
        {
            return refuse(Kind::BadCharacter(character), at);
        }
        let at = name.find('@');
        if name.is_empty() || at == Some(0) {
            return refuse(Kind::NoPrefix, 0);
        }
        // Both are less than the length, which is at most 255.
        let short = |index: usize| u8::try_from(index).unwrap_or(u8::MAX);
        Ok(Self { text: text.into(), at: at.map(short), dot: short(name.len()), kind })
    }

    /// The whole name.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The unit's type.
    pub const fn kind(&self) -> UnitKind {
        self.kind
    }

    /// The part before the `@`, or before the type if there is no `@`. It is escaped, if it was made of other text.
    pub fn prefix(&self) -> &str {
        self.slice(0, self.at.unwrap_or(self.dot))
    }

    /// The part between `@` and type, escaped as it is in the name; empty for a template, `None` if there is no `@`.
    /// [`unescape`](super::unescape) gives the text that it was made of.
    pub fn instance(&self) -> Option<&str> {
        self.at.map(|at| self.slice(at + 1, self.dot))
    }

    /// Whether this is a template, `prefix@.type`: it names a file, never a unit.
    pub fn is_template(&self) -> bool {
        self.instance() == Some("")
    }

    /// The template that this is an instance of, or this itself if it is one; `None` if there is no `@`.
    pub fn template(&self) -> Option<Self> {
        let at = self.at?;
        let text = [self.slice(0, at + 1), self.slice(self.dot, u8::MAX)].concat();
        Some(Self { text: text.into(), at: Some(at), dot: at + 1, kind: self.kind })
    }

    /// The unit with that instance, of the same template. Other text than a valid part of a name is first to be
    /// [escaped](super::escape).
    ///
    /// # Errors
    /// `NotTemplate` when this has no `@`; `Empty` and `BadCharacter` for the instance; `TooLong`.
    pub fn with_instance(&self, instance: &str) -> Result<Self, NameError> {
        let Some(at) = self.at else {
            return Err(NameError::new(
                Task::Name,
                &*self.text,
                Kind::NotTemplate,
                self.text.len(),
            ));
        };
        if instance.is_empty() {
            return Err(NameError::new(Task::Instance, instance, Kind::Empty, 0));
        }
        let text = [self.slice(0, at + 1), instance, self.slice(self.dot, u8::MAX)].concat();
        Self::parse(&text).map_err(|error| match error.kind {
            Kind::BadCharacter(_) => {
                let inside = error.at - usize::from(at) - 1;
                NameError::new(Task::Instance, instance, error.kind, inside)
            }
            _ => error,
        })
    }

    /// The unit's object.
    pub fn object_path(&self) -> OwnedObjectPath {
        let path = [Self::PARENT.as_str(), "/", &escape_label(&self.text)].concat();
        // A label is letters, digits and `_`, and not empty: the path is valid.
        OwnedObjectPath::try_from(path).unwrap_or_else(|_| Self::PARENT.to_owned())
    }

    /// The name of the unit that is this object: the inverse of [`object_path`](Self::object_path).
    ///
    /// # Errors
    /// `NotUnitPath`; what [`unescape_label`] and [`parse`](Self::parse) refuse.
    pub fn from_object_path(path: ObjectPath<'_>) -> Result<Self, NameError> {
        if path.parent() != Some(Self::PARENT) {
            return Err(NameError::new(Task::ObjectPath, path.as_str(), Kind::NotUnitPath, 0));
        }
        Self::parse(&unescape_label(path.last().unwrap_or_default())?)
    }

    /// The part of the name from one index to another, as far as it goes.
    fn slice(&self, from: u8, to: u8) -> &str {
        let to = self.text.len().min(to.into());
        self.text.get(from.into()..to).unwrap_or_default()
    }
}

impl FromStr for UnitName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        Self::parse(text)
    }
}

impl TryFrom<&str> for UnitName {
    type Error = NameError;

    fn try_from(text: &str) -> Result<Self, NameError> {
        Self::parse(text)
    }
}

impl From<UnitName> for String {
    fn from(name: UnitName) -> Self {
        name.text.into()
    }
}

impl AsRef<str> for UnitName {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

// All that is known of a name follows from its text, so names compare and hash as their texts do: maps are searched with `&str`.
impl Borrow<str> for UnitName {
    fn borrow(&self) -> &str {
        &self.text
    }
}

impl PartialEq for UnitName {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for UnitName {}

impl PartialOrd for UnitName {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for UnitName {
    fn cmp(&self, other: &Self) -> Ordering {
        self.text.cmp(&other.text)
    }
}

impl Hash for UnitName {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl PartialEq<str> for UnitName {
    fn eq(&self, other: &str) -> bool {
        &*self.text == other
    }
}

impl PartialEq<&str> for UnitName {
    fn eq(&self, other: &&str) -> bool {
        &*self.text == *other
    }
}

impl fmt::Display for UnitName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl fmt::Debug for UnitName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, f)
    }
}
