//! An object of somebody's, with destination, path and interface fixed.

use barebus_wire::name::{BusName, InterfaceName, MemberName, ObjectPath};
use barebus_wire::{AsVariant, Decode, DecodeBody, Encode, EncodeBody, MethodCall, Variant};

use crate::connection::Connection;
use crate::error::CallError;
use crate::reply::Reply;

/// One interface of one object. It borrows the connection, and is as cheap to make as it is to copy.
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
    /// The interface `interface` of the object `path` of `destination`; on a direct connection there is no destination.
    pub const fn new(
        connection: &'c mut Connection,
        destination: Option<BusName<'n>>,
        path: ObjectPath<'n>,
        interface: InterfaceName<'n>,
    ) -> Self {
        Self { connection, destination, path, interface }
    }

    /// The connection.
    pub const fn connection(&mut self) -> &mut Connection {
        self.connection
    }

    /// Whose object it is; nobody's in particular on a direct connection.
    pub const fn destination(&self) -> Option<BusName<'n>> {
        self.destination
    }

    /// The object's path.
    pub const fn path(&self) -> ObjectPath<'n> {
        self.path
    }

    /// The interface.
    pub const fn interface(&self) -> InterfaceName<'n> {
        self.interface
    }

    /// Another interface of the same object.
    pub const fn of<'a>(&'a mut self, interface: InterfaceName<'n>) -> Proxy<'a, 'n> {
        Proxy {
            connection: self.connection,
            destination: self.destination,
            path: self.path,
            interface,
        }
    }

    /// A call of the method `member`, to be changed and sent as the caller likes.
    pub const fn method(&self, member: MemberName<'n>) -> MethodCall<'n> {
        let mut call = MethodCall::new(self.path, member).interface(self.interface);
        call.destination = self.destination;
        call
    }

    /// Calls a method and waits for its reply.
    ///
    /// # Errors
    /// As [`Connection::call`].
    pub fn call<B: EncodeBody + ?Sized>(
        &mut self,
        member: MemberName<'_>,
        body: &B,
    ) -> Result<Reply<'_>, CallError> {
        let mut call = MethodCall::new(self.path, member).interface(self.interface);
        call.destination = self.destination;
        self.connection.call(&call, body)
    }

    /// Calls a method and gives the reply's arguments, owned: `let (path,): (OwnedObjectPath,) = proxy.ask(…)?`.
    ///
    /// # Errors
    /// As [`Connection::call`]; `CallError::Body` when the reply holds something else.
    pub fn ask<B, T>(&mut self, member: MemberName<'_>, body: &B) -> Result<T, CallError>
    where
        B: EncodeBody + ?Sized,
        T: for<'a> DecodeBody<'a>,
    {
        Ok(self.call(member, body)?.body()?)
    }

    /// The present value of a property. Spec: org.freedesktop.DBus.Properties.
    ///
    /// # Errors
    /// As [`Connection::call`]; `CallError::Body` when the property is of another type.
    pub fn get<T: for<'a> Decode<'a>>(&mut self, property: &str) -> Result<T, CallError> {
        let call = self.properties(GET);
        let reply = self.connection.call(&call, &(self.interface.as_str(), property))?;
        let (value,): (Variant<'_>,) = reply.body()?;
        Ok(value.get()?)
    }

    /// Sets a property. Spec: org.freedesktop.DBus.Properties.
    ///
    /// # Errors
    /// As [`Connection::call`].
    pub fn set<T: Encode>(&mut self, property: &str, value: T) -> Result<(), CallError> {
        let call = self.properties(SET);
        let body = (self.interface.as_str(), property, AsVariant(value));
        self.connection.call(&call, &body).map(|_| ())
    }

    /// All properties: `let (all,): (Dict<&str, Variant>,) = reply.body()?`. Spec: org.freedesktop.DBus.Properties.
    ///
    /// # Errors
    /// As [`Connection::call`].
    pub fn get_all(&mut self) -> Result<Reply<'_>, CallError> {
        let call = self.properties(GET_ALL);
        self.connection.call(&call, &(self.interface.as_str(),))
    }

    fn properties(&self, member: MemberName<'static>) -> MethodCall<'n> {
        let mut call = MethodCall::new(self.path, member).interface(PROPERTIES);
        call.destination = self.destination;
        call
    }
}
