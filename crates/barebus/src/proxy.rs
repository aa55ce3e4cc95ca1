//! One interface of one remote object.

use barebus_wire::definition::Object;
use barebus_wire::name::{BusName, InterfaceName, MemberName, ObjectPath};
use barebus_wire::{AsVariant, Decode, DecodeBody, Encode, EncodeBody, MethodCall, Variant};

use crate::connection::Connection;
use crate::error::CallError;
use crate::reply::Reply;
use barebus_wire::name::{IntoName, InvalidName, NameRole};

/// One interface of one remote object. It borrows the connection; making one costs no call.
///
/// ```no_run
/// use barebus::{Connection, Proxy};
///
/// let mut bus = Connection::system()?;
/// let (name, path) = ("org.freedesktop.systemd1", "/org/freedesktop/systemd1");
/// let mut manager = Proxy::new(&mut bus, name, path, "org.freedesktop.systemd1.Manager")?;
///
/// let (state,): (&str,) = manager.call("GetUnitFileState", &("sshd.service",))?.body()?;
/// println!("{state}");
/// let version: String = manager.get("Version")?;
/// println!("systemd {version}");
/// manager.set("LogLevel", "info")?;
/// # Ok::<(), barebus::Error>(())
/// ```
#[derive(Debug)]
pub struct Proxy<'c, 'n> {
    connection: &'c mut Connection,
    destination: Option<BusName<'n>>,
    path: ObjectPath<'n>,
    interface: InterfaceName<'n>,
}

pub(crate) const PROPERTIES: InterfaceName<'static> =
    InterfaceName::from_static("org.freedesktop.DBus.Properties");
const GET: MemberName<'static> = MemberName::from_static("Get");
const SET: MemberName<'static> = MemberName::from_static("Set");
const GET_ALL: MemberName<'static> = MemberName::from_static("GetAll");

impl<'c, 'n> Proxy<'c, 'n> {
    /// The interface `interface` of the object `path` of `destination`. Names are text or checked types; see [`IntoName`]. A
    /// direct connection ignores the destination.
    ///
    /// # Errors
    /// [`InvalidName`] names the text that is no name or path, and what it was to be used as.
    pub fn new(
        connection: &'c mut Connection,
        destination: impl IntoName<BusName<'n>>,
        path: impl IntoName<ObjectPath<'n>>,
        interface: impl IntoName<InterfaceName<'n>>,
    ) -> Result<Self, InvalidName> {
        let destination = Some(destination.into_name(NameRole::Destination)?);
        let object = Object { destination, path: path.into_name(NameRole::Path)? };
        let interface = interface.into_name(NameRole::Interface)?;
        Ok(Self::for_object(connection, object, interface))
    }

    /// An interface of an object whose names were checked before. A direct connection ignores the destination.
    pub const fn for_object(
        connection: &'c mut Connection,
        object: Object<'n>,
        interface: InterfaceName<'n>,
    ) -> Self {
        let destination = if connection.is_direct() { None } else { object.destination };
        Self { connection, destination, path: object.path, interface }
    }

    /// The connection.
    pub const fn connection(&mut self) -> &mut Connection {
        self.connection
    }

    /// Destination of every call; `None` on a direct connection.
    pub const fn destination(&self) -> Option<BusName<'n>> {
        self.destination
    }

    /// The path of the object.
    pub const fn path(&self) -> ObjectPath<'n> {
        self.path
    }

    /// The interface.
    pub const fn interface(&self) -> InterfaceName<'n> {
        self.interface
    }

    /// Another interface of the same object.
    ///
    /// # Errors
    /// [`InvalidName`] when `interface` is text that is no interface name.
    pub fn of<'a>(
        &'a mut self,
        interface: impl IntoName<InterfaceName<'n>>,
    ) -> Result<Proxy<'a, 'n>, InvalidName> {
        let interface = interface.into_name(NameRole::Interface)?;
        let (destination, path) = (self.destination, self.path);
        Ok(Proxy { connection: self.connection, destination, path, interface })
    }

    /// A call of the method `member`, to add flags to, or to send with [`Connection::start_call`].
    ///
    /// # Errors
    /// [`InvalidName`] when `member` is text that is no member name.
    pub fn method(
        &self,
        member: impl IntoName<MemberName<'n>>,
    ) -> Result<MethodCall<'n>, InvalidName> {
        Ok(self.method_of(self.interface, member.into_name(NameRole::Member)?))
    }

    /// A call of a method of `interface`, whichever the proxy's own is.
    pub(crate) const fn method_of<'m>(
        &self,
        interface: InterfaceName<'m>,
        member: MemberName<'m>,
    ) -> MethodCall<'m>
    where
        'n: 'm,
    {
        let mut call = MethodCall::checked(self.path, member).interface(interface);
        call.destination = self.destination;
        call
    }

    /// Calls a method and waits for its reply.
    ///
    /// ```no_run
    /// use barebus::{Connection, Entries, Proxy};
    ///
    /// let mut bus = Connection::session()?;
    /// let mut link = Proxy::new(&mut bus, "org.example", "/org/example", "org.example.Link")?;
    /// let settings = Entries::variants([("Mtu", 1500_u32.into()), ("Name", "eth0".into())]);
    /// link.call("Configure", &("eth0", settings))?;
    /// # Ok::<(), barebus::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Connection::call`]; `CallError::Name` when `member` is text that is no member name.
    pub fn call<'m, B: EncodeBody + ?Sized>(
        &mut self,
        member: impl IntoName<MemberName<'m>>,
        body: &B,
    ) -> Result<Reply<'_>, CallError> {
        let call = self.method_of(self.interface, member.into_name(NameRole::Member)?);
        self.connection.call(&call, body)
    }

    /// Calls a method and returns the arguments of the reply as owned types.
    ///
    /// ```no_run
    /// use barebus::{Connection, OwnedObjectPath, Proxy};
    ///
    /// let mut bus = Connection::system()?;
    /// let mut manager = Proxy::new(
    ///     &mut bus,
    ///     "org.freedesktop.systemd1",
    ///     "/org/freedesktop/systemd1",
    ///     "org.freedesktop.systemd1.Manager",
    /// )?;
    /// let (path,): (OwnedObjectPath,) = manager.call_as("GetUnit", &("dbus.service",))?;
    /// # Ok::<(), barebus::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`call`](Self::call); `CallError::Body` when the reply holds something else. It names the method.
    pub fn call_as<'m, B, T>(
        &mut self,
        member: impl IntoName<MemberName<'m>>,
        body: &B,
    ) -> Result<T, CallError>
    where
        B: EncodeBody + ?Sized,
        T: for<'a> DecodeBody<'a>,
    {
        let member = member.into_name(NameRole::Member)?;
        let (interface, path) = (self.interface, self.path);
        let reply = self.call(member, body)?;
        reply.body().map_err(|error| CallError::body(interface, member.as_str(), path, error))
    }

    /// The present value of a property. Spec: org.freedesktop.DBus.Properties.
    ///
    /// # Errors
    /// As [`Connection::call`]. [`CallError::Body`]: the property, which it names, has another type.
    pub fn get<T: for<'a> Decode<'a>>(&mut self, property: &str) -> Result<T, CallError> {
        let call = self.method_of(PROPERTIES, GET);
        let reply = self.connection.call(&call, &(self.interface.as_str(), property))?;
        let value = reply.body().and_then(|(value,): (Variant<'_>,)| value.get());
        value.map_err(|error| CallError::body(self.interface, property, self.path, error))
    }

    /// Sets a property. Spec: org.freedesktop.DBus.Properties.
    ///
    /// # Errors
    /// As [`Connection::call`].
    pub fn set<T: Encode>(&mut self, property: &str, value: T) -> Result<(), CallError> {
        let call = self.method_of(PROPERTIES, SET);
        let body = (self.interface.as_str(), property, AsVariant(value));
        self.connection.call(&call, &body).map(|_| ())
    }

    /// All properties of the interface: `let (all,): (Dict<&str, Variant>,) = reply.body()?`. Spec: org.freedesktop.DBus.Properties.
    ///
    /// # Errors
    /// As [`Connection::call`].
    pub fn get_all(&mut self) -> Result<Reply<'_>, CallError> {
        let call = self.method_of(PROPERTIES, GET_ALL);
        self.connection.call(&call, &(self.interface.as_str(),))
    }
}
