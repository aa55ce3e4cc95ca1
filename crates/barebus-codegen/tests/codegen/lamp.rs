//! `org.example.Lamp`, in `lamp.xml`.
//!
//! Made by `barebus codegen`; do not edit.
//!
//! A lamp.
//!
//! It `<shines>`, see `set_color`.

#![allow(
    clippy::type_complexity,
    dead_code,
    unreachable_pub,
    reason = "a program uses some of the definitions, from wherever the module is"
)]

use barebus::definition::{InterfaceName, Object};

/// The interface's name.
pub const INTERFACE: InterfaceName<'static> = InterfaceName::from_static("org.example.Lamp");

/// The object that has it.
pub const OBJECT: Object<'static> = Object::from_static("org.example.Lamp", "/org/example/lamp");

/// Methods.
pub mod method {
    use super::INTERFACE;
    use barebus::definition::{Any, Map, Method, Str};

    /// `Blink(in u arg0, in (ddd) color, out a{sv} color)`.
    ///
    /// Blinks, then stays on.
    ///
    /// - `color`:
    ///   Red, green and blue.
    ///
    /// Annotation `org.example.Safe`: `yes`.
    pub const BLINK: Method<(u32, (f64, f64, f64)), (Map<Str, Any>,)> =
        Method::new(INTERFACE, "Blink");

    /// `Break()`. Sends no reply.
    #[deprecated]
    pub const BREAK: Method<(), ()> = Method::new(INTERFACE, "Break");
}

/// Properties.
pub mod property {
    use super::INTERFACE;
    use barebus::definition::{Bytes, Emits, Property, Str};

    /// `Color`: `(ddd)`, emits that it changed, without the value, writable.
    pub const COLOR: Property<(f64, f64, f64)> =
        Property::new(INTERFACE, "Color", Emits::Invalidates);

    /// `2Bulbs`: `ay`, constant.
    pub const _2_BULBS: Property<Bytes> = Property::new(INTERFACE, "2Bulbs", Emits::Const);

    /// `Secret`: `s`, emits its changes, write-only.
    pub const SECRET: Property<Str> = Property::new(INTERFACE, "Secret", Emits::Value);
}

/// Signals.
pub mod signal {
    use super::INTERFACE;
    use barebus::definition::SignalKind;

    /// `Burnt(t hours)`.
    pub const BURNT: SignalKind<(u64,)> = SignalKind::new(INTERFACE, "Burnt");
}
