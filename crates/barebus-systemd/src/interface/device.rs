//! `org.freedesktop.systemd1.Device`, in systemd 252 and systemd 257.
//!
//! Made by `cargo xtask generate`; do not edit.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "a program uses some of the definitions, from wherever the module is"
)]

use barebus::definition::InterfaceName;

/// The interface's name.
pub const INTERFACE: InterfaceName<'static> =
    InterfaceName::from_static("org.freedesktop.systemd1.Device");

/// Properties.
pub mod property {
    use super::INTERFACE;
    use barebus::definition::{Emits, Property, Str};

    /// `SysFSPath`: `s`, emits its changes.
    pub const SYS_FS_PATH: Property<Str> = Property::new(INTERFACE, "SysFSPath", Emits::Value);
}
