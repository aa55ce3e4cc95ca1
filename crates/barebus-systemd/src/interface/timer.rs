//! `org.freedesktop.systemd1.Timer`, in systemd 252 and systemd 257.
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
    InterfaceName::from_static("org.freedesktop.systemd1.Timer");

/// Properties.
pub mod property {
    use super::INTERFACE;
    use barebus::definition::{Emits, List, Property, Str};

    /// `Unit`: `s`, constant.
    pub const UNIT: Property<Str> = Property::new(INTERFACE, "Unit", Emits::Const);

    /// `TimersMonotonic`: `a(stt)`, emits that it changed, without the value.
    pub const TIMERS_MONOTONIC: Property<List<(Str, u64, u64)>> =
        Property::new(INTERFACE, "TimersMonotonic", Emits::Invalidates);

    /// `TimersCalendar`: `a(sst)`, emits that it changed, without the value.
    pub const TIMERS_CALENDAR: Property<List<(Str, Str, u64)>> =
        Property::new(INTERFACE, "TimersCalendar", Emits::Invalidates);

    /// `OnClockChange`: `b`, constant.
    pub const ON_CLOCK_CHANGE: Property<bool> =
        Property::new(INTERFACE, "OnClockChange", Emits::Const);

    /// `OnTimezoneChange`: `b`, constant.
    pub const ON_TIMEZONE_CHANGE: Property<bool> =
        Property::new(INTERFACE, "OnTimezoneChange", Emits::Const);

    /// `NextElapseUSecRealtime`: `t`, emits its changes.
    pub const NEXT_ELAPSE_USEC_REALTIME: Property<u64> =
        Property::new(INTERFACE, "NextElapseUSecRealtime", Emits::Value);

    /// `NextElapseUSecMonotonic`: `t`, emits its changes.
    pub const NEXT_ELAPSE_USEC_MONOTONIC: Property<u64> =
        Property::new(INTERFACE, "NextElapseUSecMonotonic", Emits::Value);

    /// `LastTriggerUSec`: `t`, emits its changes.
    pub const LAST_TRIGGER_USEC: Property<u64> =
        Property::new(INTERFACE, "LastTriggerUSec", Emits::Value);

    /// `LastTriggerUSecMonotonic`: `t`, emits its changes.
    pub const LAST_TRIGGER_USEC_MONOTONIC: Property<u64> =
        Property::new(INTERFACE, "LastTriggerUSecMonotonic", Emits::Value);

    /// `Result`: `s`, emits its changes.
    pub const RESULT: Property<Str> = Property::new(INTERFACE, "Result", Emits::Value);

    /// `AccuracyUSec`: `t`, constant.
    pub const ACCURACY_USEC: Property<u64> = Property::new(INTERFACE, "AccuracyUSec", Emits::Const);

    /// `RandomizedDelayUSec`: `t`, constant.
    pub const RANDOMIZED_DELAY_USEC: Property<u64> =
        Property::new(INTERFACE, "RandomizedDelayUSec", Emits::Const);

    /// `FixedRandomDelay`: `b`, constant.
    pub const FIXED_RANDOM_DELAY: Property<bool> =
        Property::new(INTERFACE, "FixedRandomDelay", Emits::Const);

    /// `Persistent`: `b`, constant.
    pub const PERSISTENT: Property<bool> = Property::new(INTERFACE, "Persistent", Emits::Const);

    /// `WakeSystem`: `b`, constant.
    pub const WAKE_SYSTEM: Property<bool> = Property::new(INTERFACE, "WakeSystem", Emits::Const);

    /// `RemainAfterElapse`: `b`, constant.
    pub const REMAIN_AFTER_ELAPSE: Property<bool> =
        Property::new(INTERFACE, "RemainAfterElapse", Emits::Const);

    /// `DeferReactivation`: `b`, constant. In systemd 257, not in systemd 252.
    pub const DEFER_REACTIVATION: Property<bool> =
        Property::new(INTERFACE, "DeferReactivation", Emits::Const);
}
