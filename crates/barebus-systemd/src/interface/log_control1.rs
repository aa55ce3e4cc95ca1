//! `org.freedesktop.LogControl1`, in systemd 252 and systemd 257.
//!
//! Made by `cargo xtask generate`; do not edit.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "a program uses some of the definitions, from wherever the module is"
)]

use barebus::definition::{InterfaceName, Object};

/// The interface's name.
pub const INTERFACE: InterfaceName<'static> =
    InterfaceName::from_static("org.freedesktop.LogControl1");

/// The object that has it.
pub const OBJECT: Object<'static> =
    Object::from_static("org.freedesktop.systemd1", "/org/freedesktop/LogControl1");

/// Properties.
pub mod property {
    use super::INTERFACE;
    use barebus::definition::{Emits, Property, Str};

    /// `LogLevel`: `s`, does not emit its changes, writable.
    ///
    /// Annotation `org.freedesktop.systemd1.Privileged`: `true`.
    pub const LOG_LEVEL: Property<Str> = Property::new(INTERFACE, "LogLevel", Emits::Never);

    /// `LogTarget`: `s`, does not emit its changes, writable.
    ///
    /// Annotation `org.freedesktop.systemd1.Privileged`: `true`.
    pub const LOG_TARGET: Property<Str> = Property::new(INTERFACE, "LogTarget", Emits::Never);

    /// `SyslogIdentifier`: `s`, does not emit its changes.
    pub const SYSLOG_IDENTIFIER: Property<Str> =
        Property::new(INTERFACE, "SyslogIdentifier", Emits::Never);
}
