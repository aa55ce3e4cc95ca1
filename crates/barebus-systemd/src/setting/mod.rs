//! Settings of transient units: from the names and texts of unit files to the properties that systemd takes over D-Bus. Nothing
//! here needs a connection.
//!
//! The properties have other names, types and units than the settings: `TimeoutStopSec=90` is `TimeoutStopUSec`, 90,000,000, and
//! `LimitNOFILE=1:2` is two properties. [`Properties`] translates all that `systemd-run -p` takes.
//!
//! ```no_run
//! use barebus::Connection;
//! use barebus_systemd::UnitKind;
//! use barebus_systemd::interface::manager::{OBJECT, method::START_TRANSIENT_UNIT};
//! use barebus_systemd::setting::{NO_AUXILIARY, Properties};
//!
//! let mut properties = Properties::new(UnitKind::Service);
//! properties
//!     .set("Description", "Nightly backup")?
//!     .set("ExecStart", "/usr/bin/backup --all '/home/my files'")?
//!     .set("MemoryMax", "64M")?
//!     .set("TimeoutStopSec", "1min 30s")?
//!     .property("RemainAfterExit", true)?;
//!
//! let mut bus = Connection::system()?;
//! let arguments = ("nightly-backup.service", "fail", &properties, NO_AUXILIARY);
//! let reply = bus.request(START_TRANSIENT_UNIT.call(OBJECT, arguments))?;
//! let (job,) = START_TRANSIENT_UNIT.answer(&reply)?;
//! println!("{job}");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A setting or a text that systemd-run would refuse is an error before anything is sent:
//!
//! ```
//! use barebus_systemd::UnitKind;
//! use barebus_systemd::setting::Properties;
//!
//! let mut properties = Properties::new(UnitKind::Service);
//! let error = properties.set("MemoryMax", "lots").unwrap_err();
//! assert_eq!(
//!     error.to_string(),
//!     "cannot set 'MemoryMax' of a service to 'lots': expected a size in bytes, such as '64M', a percentage up to '100%', or 'infinity'"
//! );
//! let error = properties.set("ListenStream", "/run/x").unwrap_err();
//! assert_eq!(
//!     error.to_string(),
//!     "cannot set 'ListenStream' of a service to '/run/x': a socket has that setting"
//! );
//! ```
//!
//! Three texts are refused that systemd-run takes. Unknown words of `CapabilityBoundingSet`, `AmbientCapabilities` and `SecureBits`
//! are errors; systemd-run drops them. So are unknown options of `StateDirectory` and the like. `NUMAMask=all` is an error because
//! the memory nodes of the machine are not known here.

mod basic;
mod cgroup;
mod constant;
mod error;
mod exec;
mod execute;
mod limit;
mod mount;
mod network;
mod parse;
mod service;
mod table;
mod translation;
mod unit;

use std::fmt;
use std::time::Duration;

use barebus::wire::{OwnedValue, SignatureText, Writer};
use barebus::{Encode, EncodeError, Type};

pub(crate) use constant::{
    NAMESPACES, NUMA_POLICIES, PROPAGATION, RTMAX, RTMIN, capability_name, name_of, signal,
};
pub use error::{Expected, SettingError, SettingErrorKind};

/// A boolean in any of systemd's spellings: `yes`, `off`, `1`. `None` if the text is none.
pub fn boolean(text: &str) -> Option<bool> {
    parse::boolean(text)
}

/// A size in bytes: `4096`, `64K`, `1G 512M`, with units of 1024. `None` if the text is none.
pub fn size(text: &str) -> Option<u64> {
    parse::size(text, 1024)
}

/// A span of time: `5`, `300ms`, `1min 30s`. A number without a unit is in seconds, and `infinity` is [`Duration::MAX`]. `None` if the
/// text is none. systemd.time(7), "Parsing Time Spans".
pub fn time_span(text: &str) -> Option<Duration> {
    Some(match parse::span(text)? {
        u64::MAX => Duration::MAX,
        microseconds => Duration::from_micros(microseconds),
    })
}

use self::error::SettingErrorKind as Kind;
use self::translation::{Property, Translate, Translation, owned};
use crate::name::UnitKind;

/// No auxiliary units: the last argument of `StartTransientUnit`.
pub const NO_AUXILIARY: [(&str, Properties); 0] = [];

/// Properties of a unit that is to be made, or changed: they are marshalled as `a(sv)`, for `StartTransientUnit`,
/// `SetUnitProperties` and `SetProperties`.
///
/// See the [module](self) for an example. Properties are sent in the order in which they were set; systemd adds lists to those
/// that came before, and empties them for an empty text, as in unit files.
///
/// ```
/// use barebus_systemd::UnitKind;
/// use barebus_systemd::setting::Properties;
///
/// let mut properties = Properties::new(UnitKind::Service);
/// properties.set("MemoryMax", "1G")?.assign("Nice=5")?;
/// let names: Vec<&str> = properties.iter().map(|(name, _)| name).collect();
/// assert_eq!(names, ["MemoryMax", "Nice"]);
/// # Ok::<(), barebus_systemd::setting::SettingError>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct Properties {
    kind: UnitKind,
    list: Vec<Property>,
}

impl Properties {
    /// No properties yet, of a unit of this type.
    pub const fn new(kind: UnitKind) -> Self {
        Self { kind, list: Vec::new() }
    }

    /// The unit's type.
    pub const fn kind(&self) -> UnitKind {
        self.kind
    }

    /// Adds a setting by its name and text in unit files, for example `("MemoryMax", "64M")`.
    ///
    /// # Errors
    /// When units of this type have no such setting, or the text is not what it takes. Then nothing was added.
    pub fn set(&mut self, setting: &str, text: &str) -> Result<&mut Self, SettingError> {
        let refuse = |kind| SettingError::new(setting, text, self.kind, kind);
        let (name, translate) = self.find(setting).map_err(refuse)?;
        let len = self.list.len();
        let translated = translate(&mut Translation { name, text, properties: &mut self.list });
        if let Err(expected) = translated {
            self.list.truncate(len);
            return Err(refuse(Kind::Value(expected)));
        }
        Ok(self)
    }

    /// Whether units of this type have the setting, which is then sent as a property.
    pub(crate) fn check_setting(&self, setting: &str) -> Result<(), SettingError> {
        let refuse = |kind| SettingError::new(setting, "", self.kind, kind);
        self.find(setting).map(drop).map_err(refuse)
    }

    /// The setting's name and what translates it.
    fn find(&self, setting: &str) -> Result<(&'static str, Translate), Kind> {
        table::find(self.kind, setting).ok_or_else(|| match table::kind_with(setting) {
            Some(kind) => Kind::OtherUnit(kind),
            None => Kind::Unknown,
        })
    }

    /// Adds a setting as a line of a unit file, for example `MemoryMax=64M`.
    ///
    /// # Errors
    /// As [`set`](Self::set); `NoAssignment` when there is no `=`.
    pub fn assign(&mut self, assignment: &str) -> Result<&mut Self, SettingError> {
        match assignment.split_once('=') {
            Some((setting, text)) => self.set(setting, text),
            None => Err(SettingError::new(assignment, "", self.kind, Kind::NoAssignment)),
        }
    }

    /// Adds a property by its name and value on the bus, unchecked: what has no setting here, or only with a descriptor or a
    /// process ID, for example `("PIDs", vec![1234_u32])`.
    ///
    /// # Errors
    /// When D-Bus cannot carry the value, as a text with a NUL.
    pub fn property<T: Encode>(&mut self, name: &str, value: T) -> Result<&mut Self, SettingError> {
        match owned(value) {
            Ok(value) => Ok(self.push(name, value)),
            Err(expected) => Err(SettingError::new(name, "", self.kind, Kind::Value(expected))),
        }
    }

    /// Adds a property by its name and a value whose type was met at run time, unchecked.
    pub fn push(&mut self, name: &str, value: OwnedValue) -> &mut Self {
        self.list.push((name.to_owned().into(), value));
        self
    }

    /// The properties, in their order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &OwnedValue)> {
        self.list.iter().map(|(name, value)| (&**name, value))
    }

    /// How many properties there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

/// The names of all settings that units of a type have, for completion and help.
pub fn names(kind: UnitKind) -> impl Iterator<Item = &'static str> {
    table::names(kind)
}

impl Type for Properties {
    const TEXT: SignatureText = <Vec<Property> as Type>::TEXT;
    const MIN_LEN: usize = <Vec<Property> as Type>::MIN_LEN;
}

impl Encode for Properties {
    fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        self.list.encode(writer)
    }
}

impl fmt::Debug for Properties {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests;
