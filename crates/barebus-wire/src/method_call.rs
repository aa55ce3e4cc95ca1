//! A METHOD_CALL to be sent.

use crate::header::{Flags, Header, MessageType, Serial};
use crate::name::{BusName, InterfaceName, MemberName, ObjectPath};
#[cfg(feature = "alloc")]
use crate::name::{IntoName, InvalidName, NameRole};

/// A METHOD_CALL to be sent. Spec: Message Types, Method Calls.
///
/// ```
/// use barebus_wire::{Flags, MethodCall};
///
/// // Text that is known when compiling is checked then.
/// const ADD: MethodCall<'static> =
///     MethodCall::from_static("org.example", "/", "org.example.Calculator", "Add");
/// assert_eq!(ADD.member, "Add");
///
/// let name = String::from("org.example");
/// let call = MethodCall::new(&name, "/", "org.example.Calculator", "Add")?;
/// assert!(call.flags(Flags::NO_AUTO_START).flags.contains(Flags::NO_AUTO_START));
/// # Ok::<(), barebus_wire::name::InvalidName>(())
/// ```
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
    /// A call of the method `member` of the interface `interface` of the object `path` of `destination`. Names are text or checked
    /// types; see [`IntoName`].
    ///
    /// ```
    /// use barebus_wire::MethodCall;
    ///
    /// let call = MethodCall::new("org.example", "/org/example", "org.example.Calculator", "Add")?;
    /// assert_eq!(call.member, "Add");
    /// # Ok::<(), barebus_wire::name::InvalidName>(())
    /// ```
    ///
    /// Needs the feature `alloc`. For names that are known when compiling use [`from_static`](Self::from_static) in a constant, and for
    /// a call without a destination or an interface [`checked`](Self::checked).
    ///
    /// # Errors
    /// [`InvalidName`] names the text that is no name or path, and what it was to be used as.
    #[cfg(feature = "alloc")]
    pub fn new(
        destination: impl IntoName<BusName<'a>>,
        path: impl IntoName<ObjectPath<'a>>,
        interface: impl IntoName<InterfaceName<'a>>,
        member: impl IntoName<MemberName<'a>>,
    ) -> Result<Self, InvalidName> {
        let destination = destination.into_name(NameRole::Destination)?;
        let path = path.into_name(NameRole::Path)?;
        let interface = interface.into_name(NameRole::Interface)?;
        let member = member.into_name(NameRole::Member)?;
        Ok(Self::checked(path, member).interface(interface).destination(destination))
    }

    /// A call of the method `member` of the object `path`, without an interface and a destination, which
    /// [`interface`](Self::interface) and [`destination`](Self::destination) add.
    pub const fn checked(path: ObjectPath<'a>, member: MemberName<'a>) -> Self {
        Self { path, member, interface: None, destination: None, flags: Flags::NONE, unix_fds: 0 }
    }

    /// A call whose names are known when compiling. In a constant, an invalid name does not compile.
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
    /// When a name or the path is invalid. The message names it.
    #[track_caller]
    pub const fn from_static(
        destination: &'static str,
        path: &'static str,
        interface: &'static str,
        member: &'static str,
    ) -> MethodCall<'static> {
        MethodCall::checked(ObjectPath::from_static(path), MemberName::from_static(member))
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
