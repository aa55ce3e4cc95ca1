//! `org.freedesktop.systemd1.Automount`, in systemd 252 and systemd 257.
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
    InterfaceName::from_static("org.freedesktop.systemd1.Automount");

/// Properties.
pub mod property {
    use super::INTERFACE;
    use barebus::definition::{Emits, Property, Str};

    /// `Where`: `s`, constant.
    pub const WHERE: Property<Str> = Property::new(INTERFACE, "Where", Emits::Const);

    /// `ExtraOptions`: `s`, constant.
    pub const EXTRA_OPTIONS: Property<Str> = Property::new(INTERFACE, "ExtraOptions", Emits::Const);

    /// `DirectoryMode`: `u`, constant.
    pub const DIRECTORY_MODE: Property<u32> =
        Property::new(INTERFACE, "DirectoryMode", Emits::Const);

    /// `Result`: `s`, emits its changes.
    pub const RESULT: Property<Str> = Property::new(INTERFACE, "Result", Emits::Value);

    /// `TimeoutIdleUSec`: `t`, constant.
    pub const TIMEOUT_IDLE_USEC: Property<u64> =
        Property::new(INTERFACE, "TimeoutIdleUSec", Emits::Const);
}
