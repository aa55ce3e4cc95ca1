//! A METHOD_CALL to be sent.

use crate::header::{Flags, Header, MessageType, Serial};
use crate::name::{BusName, InterfaceName, MemberName, ObjectPath};

/// A METHOD_CALL to be sent. Spec: Message Types, Method Calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MethodCall<'a> {
    /// PATH: the object to be called.
    pub path: ObjectPath<'a>,
    /// MEMBER: the method.
    pub member: MemberName<'a>,
    /// INTERFACE: which of the object's interfaces has the method.
    pub interface: Option<InterfaceName<'a>>,
    /// DESTINATION: who is called; on a direct connection there is none.
    pub destination: Option<BusName<'a>>,
    /// The call's flags.
    pub flags: Flags,
    /// How many file descriptors are sent along.
    pub unix_fds: u32,
}

impl<'a> MethodCall<'a> {
    /// A call of the method `member` of the object `path`.
    pub const fn new(path: ObjectPath<'a>, member: MemberName<'a>) -> Self {
        Self { path, member, interface: None, destination: None, flags: Flags::NONE, unix_fds: 0 }
    }

    /// A call whose names are known when compiling. In a constant an invalid name does not compile.
    ///
    /// ```
    /// use barebus_wire::MethodCall;
    ///
    /// const ADD: MethodCall<'static> =
    ///     MethodCall::from_static("org.example", "/org/example", "org.example.Calculator", "Add");
    /// ```
    ///
    /// ```compile_fail
    /// # use barebus_wire::MethodCall;
    /// const ADD: MethodCall<'static> =
    ///     MethodCall::from_static("org.example", "/org/example/", "org.example.Calculator", "Add");
    /// ```
    ///
    /// # Panics
    /// When a name or the path is invalid.
    #[track_caller]
    pub const fn from_static(
        destination: &'static str,
        path: &'static str,
        interface: &'static str,
        member: &'static str,
    ) -> MethodCall<'static> {
        MethodCall::new(ObjectPath::from_static(path), MemberName::from_static(member))
            .interface(InterfaceName::from_static(interface))
            .destination(BusName::from_static(destination))
    }

    /// With the interface that has the method.
    #[must_use]
    pub const fn interface(mut self, interface: InterfaceName<'a>) -> Self {
        self.interface = Some(interface);
        self
    }

    /// To `destination`.
    #[must_use]
    pub const fn destination(mut self, destination: BusName<'a>) -> Self {
        self.destination = Some(destination);
        self
    }

    /// With `flags` besides those that are set.
    #[must_use]
    pub const fn flags(mut self, flags: Flags) -> Self {
        self.flags = self.flags.with(flags);
        self
    }

    /// The header, native in byte order.
    pub const fn header(&self, serial: Serial) -> Header<'a> {
        let mut header = Header::new(MessageType::MethodCall, serial);
        header.path = Some(self.path);
        header.member = Some(self.member);
        header.interface = self.interface;
        header.destination = self.destination;
        header.flags = self.flags;
        header.unix_fds = self.unix_fds;
        header
    }
}
