//! The calls that are measured, as values and as bytes.

use barebus_wire::{
    BusName, InterfaceName, MemberName, MessageBuf, MethodCall, ObjectPath, Serial,
};

/// A call with one string as argument, answered with one string.
#[derive(Clone, Copy, Debug)]
pub struct Call {
    /// Whom and what.
    pub method: MethodCall<'static>,
    /// The argument.
    pub argument: &'static str,
}

impl Call {
    /// Asks systemd, or whoever has taken its name, for a unit file's state.
    pub const OF_SYSTEMD: Self = Self {
        method: MethodCall::checked(
            ObjectPath::from_static("/org/freedesktop/systemd1"),
            MemberName::from_static("GetUnitFileState"),
        )
        .interface(InterfaceName::from_static("org.freedesktop.systemd1.Manager"))
        .destination(BusName::from_static(SYSTEMD)),
        argument: "dbus.service",
    };

    /// Asks the bus itself who owns a name.
    pub const OF_BUS: Self =
        Self { method: bus_method("GetNameOwner"), argument: "org.freedesktop.DBus" };

    /// The message.
    pub fn bytes(&self, serial: Serial) -> Vec<u8> {
        let mut buf = MessageBuf::new();
        buf.push(&self.method.header(serial), &(self.argument,)).unwrap();
        buf.as_slice().to_vec()
    }
}

/// The `Hello` that every connection to a bus begins with.
pub fn hello() -> Vec<u8> {
    let mut buf = MessageBuf::new();
    buf.push(&bus_method("Hello").header(Serial::FIRST), &()).unwrap();
    buf.as_slice().to_vec()
}

/// A method of the bus itself. Spec: Message Bus Messages.
pub const fn bus_method(member: &'static str) -> MethodCall<'static> {
    MethodCall::checked(
        ObjectPath::from_static("/org/freedesktop/DBus"),
        MemberName::from_static(member),
    )
    .interface(InterfaceName::from_static(BUS))
    .destination(BusName::from_static(BUS))
}

/// The bus's own name.
pub const BUS: &str = "org.freedesktop.DBus";

/// systemd's name.
pub const SYSTEMD: &str = "org.freedesktop.systemd1";
