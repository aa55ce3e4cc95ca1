//! Names of units: checked, taken apart, escaped, completed, and as object paths. Nothing here needs a connection.
//!
//! ```
//! use barebus_systemd::name::{Mangled, UnitKind, UnitName, escape, escape_path, mangle};
//!
//! let name = UnitName::parse("getty@tty1.service")?;
//! assert_eq!((name.prefix(), name.instance(), name.kind()), ("getty", Some("tty1"), UnitKind::Service));
//! assert_eq!(name.object_path().as_str(), "/org/freedesktop/systemd1/unit/getty_40tty1_2eservice");
//!
//! // Any text becomes a part of a name.
//! let backup = UnitName::parse("backup@.service")?.with_instance(&escape("my files/2024"))?;
//! assert_eq!(backup, r"backup@my\x20files-2024.service");
//! assert_eq!(escape_path("/var/lib/foo-bar")?, r"var-lib-foo\x2dbar");
//!
//! // Words of a command line are completed as systemctl does.
//! assert_eq!(mangle("/home", UnitKind::Service)?, "home.mount");
//! # Ok::<(), barebus_systemd::name::NameError>(())
//! ```
//!
//! Rules: systemd.unit(5), "Unit File Names" and "String Escaping for Inclusion in Unit Names".

mod error;
mod escape;
mod kind;
mod label;
mod mangle;
mod unit_name;

pub use error::{NameError, NameErrorKind};
pub use escape::{escape, escape_bytes, escape_path, unescape, unescape_bytes, unescape_path};
pub use kind::UnitKind;
pub use label::{escape_label, unescape_label};
pub use mangle::{Mangled, mangle, mangle_pattern};
pub use unit_name::UnitName;

pub(crate) use error::Quoted;

#[cfg(test)]
mod tests;
