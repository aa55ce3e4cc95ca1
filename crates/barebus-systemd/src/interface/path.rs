//! `org.freedesktop.systemd1.Path`, in systemd 252 and systemd 257.
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
    InterfaceName::from_static("org.freedesktop.systemd1.Path");

/// Properties.
pub mod property {
    use super::INTERFACE;
    use barebus::definition::{Emits, List, Property, Str};

    /// `Unit`: `s`, constant.
    pub const UNIT: Property<Str> = Property::new(INTERFACE, "Unit", Emits::Const);

    /// `Paths`: `a(ss)`, constant.
    pub const PATHS: Property<List<(Str, Str)>> = Property::new(INTERFACE, "Paths", Emits::Const);

    /// `MakeDirectory`: `b`, constant.
    pub const MAKE_DIRECTORY: Property<bool> =
        Property::new(INTERFACE, "MakeDirectory", Emits::Const);

    /// `DirectoryMode`: `u`, constant.
    pub const DIRECTORY_MODE: Property<u32> =
        Property::new(INTERFACE, "DirectoryMode", Emits::Const);

    /// `Result`: `s`, emits its changes.
    pub const RESULT: Property<Str> = Property::new(INTERFACE, "Result", Emits::Value);

    /// `TriggerLimitIntervalUSec`: `t`, constant.
    pub const TRIGGER_LIMIT_INTERVAL_USEC: Property<u64> =
        Property::new(INTERFACE, "TriggerLimitIntervalUSec", Emits::Const);

    /// `TriggerLimitBurst`: `u`, constant.
    pub const TRIGGER_LIMIT_BURST: Property<u32> =
        Property::new(INTERFACE, "TriggerLimitBurst", Emits::Const);
}
