//! What the other side says in the properties about sessions.

use barebus_wire::{
    Header, InterfaceName, MemberName, MessageType, MethodCall, ObjectPath, Serial,
};

use crate::peer::{CLIENT, bus_name};

const PATH: ObjectPath<'static> = ObjectPath::from_static("/");
/// The interface of all that is no bus's.
pub const INTERFACE: InterfaceName<'static> = InterfaceName::from_static("org.example.Interface");

/// A METHOD_RETURN.
pub fn reply(serial: Serial, to: Serial, sender: Option<&str>, on_bus: bool) -> Header<'_> {
    let mut header = Header::new(MessageType::MethodReturn, serial);
    header.reply_serial = Some(to);
    if on_bus {
        header.sender = sender.map(bus_name);
        header.destination = Some(bus_name(CLIENT));
    }
    header
}

/// A signal `Changed`.
pub fn signal(serial: Serial, sender: Option<&str>) -> Header<'_> {
    const MEMBER: MemberName<'static> = MemberName::from_static("Changed");
    let mut header = Header::signal(serial, PATH, INTERFACE, MEMBER);
    header.sender = sender.map(bus_name);
    header
}

/// A call of our `member`.
pub fn call<'n>(serial: Serial, sender: Option<&'n str>, member: &'n str) -> Header<'n> {
    let member = MemberName::parse(member).expect("a member");
    let mut header = MethodCall::checked(PATH, member).interface(INTERFACE).header(serial);
    header.sender = sender.map(bus_name);
    header
}

/// What the user calls.
pub const ASK: MethodCall<'static> =
    MethodCall::checked(PATH, MemberName::from_static("Ask")).interface(INTERFACE);
