//! `org.freedesktop.systemd1.Job`, in systemd 252 and systemd 257.
//!
//! Made by `cargo xtask generate`; do not edit.

#![allow(
    clippy::type_complexity,
    dead_code,
    unreachable_pub,
    reason = "a program uses some of the definitions, from wherever the module is"
)]

use barebus::definition::InterfaceName;

/// The interface's name.
pub const INTERFACE: InterfaceName<'static> =
    InterfaceName::from_static("org.freedesktop.systemd1.Job");

/// Methods.
pub mod method {
    use super::INTERFACE;
    use barebus::definition::{List, Method, Path, Str};

    /// `Cancel()`.
    pub const CANCEL: Method<(), ()> = Method::new(INTERFACE, "Cancel");

    /// `GetAfter(out a(usssoo) jobs)`.
    pub const GET_AFTER: Method<(), (List<(u32, Str, Str, Str, Path, Path)>,)> =
        Method::new(INTERFACE, "GetAfter");

    /// `GetBefore(out a(usssoo) jobs)`.
    pub const GET_BEFORE: Method<(), (List<(u32, Str, Str, Str, Path, Path)>,)> =
        Method::new(INTERFACE, "GetBefore");
}

/// Properties.
pub mod property {
    use super::INTERFACE;
    use barebus::definition::{Emits, List, Path, Property, Str};

    /// `Id`: `u`, constant.
    pub const ID: Property<u32> = Property::new(INTERFACE, "Id", Emits::Const);

    /// `Unit`: `(so)`, constant.
    pub const UNIT: Property<(Str, Path)> = Property::new(INTERFACE, "Unit", Emits::Const);

    /// `JobType`: `s`, constant.
    pub const JOB_TYPE: Property<Str> = Property::new(INTERFACE, "JobType", Emits::Const);

    /// `State`: `s`, emits its changes.
    pub const STATE: Property<Str> = Property::new(INTERFACE, "State", Emits::Value);

    /// `ActivationDetails`: `a(ss)`, constant.
    pub const ACTIVATION_DETAILS: Property<List<(Str, Str)>> =
        Property::new(INTERFACE, "ActivationDetails", Emits::Const);
}
