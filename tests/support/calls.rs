//! Calls that several tests make.

use barebus_wire::MethodCall;

use crate::peer::SERVICE;

/// A call of a method of the bus itself.
pub fn of_bus(member: &'static str) -> MethodCall<'static> {
    let bus = "org.freedesktop.DBus";
    MethodCall::from_static(bus, "/org/freedesktop/DBus", bus, member)
}

/// A call of a method of the scripted service.
pub fn of_service(member: &'static str) -> MethodCall<'static> {
    MethodCall::from_static(SERVICE, "/", "org.example.Interface", member)
}
