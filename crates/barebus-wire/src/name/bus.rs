//! Bus names. Spec: Valid Names, Bus names.

use super::dotted::{self, Rules};
use super::error::NameError;
use crate::limits;

super::name! {
    /// The name of a connection on a bus: unique (`:1.42`, given by the bus) or well-known (`org.freedesktop.systemd1`).
    ///
    /// Two or more elements of `[A-Za-z0-9_-]` with dots between them, at most 255 bytes; only in unique names may elements
    /// begin with a digit. Spec: Valid Names, Bus names.
    ///
    /// ```
    /// use barebus_wire::BusName;
    ///
    /// let name = BusName::parse(":1.42")?;
    /// assert!(name.is_unique());
    /// const SYSTEMD: BusName<'static> = BusName::from_static("org.freedesktop.systemd1");
    /// assert!(SYSTEMD.is_well_known());
    /// assert!(BusName::parse("systemd").is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    BusName,
    /// A [`BusName`] in memory of its own.
    ///
    /// ```
    /// use barebus_wire::BusName;
    /// use barebus_wire::name::OwnedBusName;
    ///
    /// let owned: OwnedBusName = BusName::parse(&String::from(":1.42"))?.to_owned();
    /// assert_eq!(owned.borrow(), BusName::from_static(":1.42"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    OwnedBusName,
    is_valid, check
}

impl<'a> BusName<'a> {
    /// Whether the bus itself gave the name, which begins with `:` then.
    pub const fn is_unique(self) -> bool {
        matches!(self.0.as_bytes(), [b':', ..])
    }

    /// Whether a connection asked for the name.
    pub const fn is_well_known(self) -> bool {
        !self.is_unique()
    }

    /// Whether this is `namespace` or lies below it. Spec: Match Rules, `arg0namespace`.
    pub fn is_in(self, namespace: BusNamespace<'_>) -> bool {
        namespace.contains(self.0)
    }
}

super::name! {
    /// The beginning of bus names, up to a dot or the end: as a [`BusName`], but one element is enough.
    /// Spec: Match Rules, `arg0namespace`.
    ///
    /// ```
    /// use barebus_wire::BusName;
    /// use barebus_wire::name::BusNamespace;
    ///
    /// let namespace = BusNamespace::parse("org.freedesktop")?;
    /// assert!(BusName::from_static("org.freedesktop.systemd1").is_in(namespace));
    /// assert!(!namespace.contains("org.freedesktopper"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    BusNamespace,
    /// A [`BusNamespace`] in memory of its own.
    ///
    /// ```
    /// use barebus_wire::name::{BusNamespace, OwnedBusNamespace};
    ///
    /// let owned: OwnedBusNamespace = BusNamespace::parse(&String::from("org"))?.to_owned();
    /// assert!(owned.borrow().contains("org.example"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    OwnedBusNamespace,
    is_valid_namespace, check_namespace
}

impl BusNamespace<'_> {
    /// Whether `text` is this very name or continues it with a dot.
    pub fn contains(self, text: &str) -> bool {
        text.strip_prefix(self.0).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }
}

impl<'a> From<BusName<'a>> for BusNamespace<'a> {
    fn from(name: BusName<'a>) -> Self {
        Self(name.0)
    }
}

const WELL_KNOWN: Rules = Rules { hyphen: true, digit_first: false, dot: true };
const UNIQUE: Rules = Rules { hyphen: true, digit_first: true, dot: true };

#[inline]
fn is_valid(bytes: &[u8]) -> bool {
    bytes.len() <= limits::NAME_LEN
        && match bytes {
            [b':', rest @ ..] => dotted::is_valid(rest, UNIQUE),
            _ => dotted::is_valid(bytes, WELL_KNOWN),
        }
}

#[cold]
pub(crate) const fn check(bytes: &[u8]) -> Result<(), NameError> {
    match bytes {
        [b':', ..] => dotted::check(bytes, 1, UNIQUE),
        _ => dotted::check(bytes, 0, WELL_KNOWN),
    }
}

#[inline]
fn is_valid_namespace(bytes: &[u8]) -> bool {
    check_namespace(bytes).is_ok()
}

pub(super) const fn check_namespace(bytes: &[u8]) -> Result<(), NameError> {
    match bytes {
        [b':', ..] => dotted::check(bytes, 1, Rules { dot: false, ..UNIQUE }),
        _ => dotted::check(bytes, 0, Rules { dot: false, ..WELL_KNOWN }),
    }
}
