//! Where a call goes, and the call.

use core::marker::PhantomData;

use super::Kinds;
use crate::header::Flags;
use crate::method_call::MethodCall;
use crate::name::{BusName, ObjectPath};
#[cfg(feature = "alloc")]
use crate::name::{IntoName, InvalidName, NameRole};
use crate::signature::Signature;

/// An object of a service: a destination and a path, without a connection.
///
/// ```
/// use barebus_wire::definition::Object;
///
/// const NETWORK: Object<'static> = Object::from_static("org.example.Network", "/links");
/// let link = NETWORK.at_path("/links/eth0")?;
/// assert_eq!(link.path, "/links/eth0");
/// assert_eq!(link.destination, NETWORK.destination);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Object<'a> {
    /// Bus name of the service; `None` only suits a direct connection. A connection without a bus ignores the name.
    pub destination: Option<BusName<'a>>,
    /// The object's path.
    pub path: ObjectPath<'a>,
}

impl<'a> Object<'a> {
    /// The object `path` of `destination`. Names are text or checked types; see [`IntoName`].
    ///
    /// # Errors
    /// [`InvalidName`] names the text that is no name or path, and what it was to be used as.
    #[cfg(feature = "alloc")]
    pub fn new(
        destination: impl IntoName<BusName<'a>>,
        path: impl IntoName<ObjectPath<'a>>,
    ) -> Result<Self, InvalidName> {
        let destination = Some(destination.into_name(NameRole::Destination)?);
        Ok(Self { destination, path: path.into_name(NameRole::Path)? })
    }

    /// An object that is known when compiling. In a constant, an invalid name does not compile.
    ///
    /// # Panics
    /// When the bus name or the path is invalid. The message names it.
    #[track_caller]
    pub const fn from_static(destination: &'static str, path: &'static str) -> Object<'static> {
        Object {
            destination: Some(BusName::from_static(destination)),
            path: ObjectPath::from_static(path),
        }
    }

    /// An object of the peer of a direct connection.
    pub const fn direct(path: ObjectPath<'a>) -> Self {
        Self { destination: None, path }
    }

    /// Another object of the same service, whose path is text or a checked type.
    ///
    /// # Errors
    /// [`InvalidName`] when `path` is text that is no path.
    #[cfg(feature = "alloc")]
    pub fn at_path<'b>(self, path: impl IntoName<ObjectPath<'b>>) -> Result<Object<'b>, InvalidName>
    where
        'a: 'b,
    {
        Ok(self.at(path.into_name(NameRole::Path)?))
    }

    /// Another object of the same service, whose path was checked before.
    #[must_use]
    pub const fn at<'b>(self, path: ObjectPath<'b>) -> Object<'b>
    where
        'a: 'b,
    {
        Object { destination: self.destination, path }
    }
}

/// A call that a definition made: header, arguments, and the kinds of the answer.
///
/// `Connection::request` and `Connection::start_request` of the crate `barebus` send it, as does `barebus-tokio`.
///
/// ```
/// use barebus_wire::Flags;
/// use barebus_wire::definition::{InterfaceName, Method, Object};
///
/// const CALCULATOR: InterfaceName<'static> = InterfaceName::from_static("org.example.Calculator");
/// const ADD: Method<(i32, i32), (i32,)> = Method::new(CALCULATOR, "Add");
///
/// let request = ADD
///     .call(Object::from_static("org.example", "/"), (2, 3))
///     .flags(Flags::NO_AUTO_START);
/// assert!(request.call.flags.contains(Flags::NO_AUTO_START));
/// ```
#[derive(Debug)]
#[must_use = "a request does nothing until a connection sends it"]
pub struct Request<'a, A, Out> {
    /// The header. Flags can be added.
    pub call: MethodCall<'a>,
    /// The arguments.
    pub arguments: A,
    answer: PhantomData<fn() -> Out>,
}

impl<'a, A, Out: Kinds> Request<'a, A, Out> {
    /// Signature of the answer.
    pub const ANSWER: Signature<'static> = Out::SIGNATURE;

    pub(super) const fn new(call: MethodCall<'a>, arguments: A) -> Self {
        Self { call, arguments, answer: PhantomData }
    }
}

impl<A, Out> Request<'_, A, Out> {
    /// With `flags` besides those that are set.
    pub const fn flags(mut self, flags: Flags) -> Self {
        self.call.flags = self.call.flags.with(flags);
        self
    }
}
