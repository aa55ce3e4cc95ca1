//! The standard interfaces, as far as a client uses them. Spec: Standard Interfaces.

use barebus_wire::name::{InterfaceName, MemberName, ObjectPath};
use barebus_wire::{Array, Dict, Variant};

use crate::error::CallError;
use crate::proxy::{PROPERTIES, Proxy};
use crate::reply::{Reply, Signal};
use crate::signals::Signals;

/// What `PropertiesChanged` tells of one interface of one object.
#[derive(Debug)]
pub struct PropertiesChanged<'a> {
    /// Whose properties.
    pub interface: &'a str,
    /// Those that changed, with their new values.
    pub changed: Dict<'a, &'a str, Variant<'a>>,
    /// Those that changed to values that are not told.
    pub invalidated: Array<'a, &'a str>,
}

/// What `GetManagedObjects` answers with: objects, their interfaces, and those interfaces' properties.
pub type ManagedObjects<'a> =
    Dict<'a, ObjectPath<'a>, Dict<'a, &'a str, Dict<'a, &'a str, Variant<'a>>>>;

impl Proxy<'_, '_> {
    /// Subscribes to changes of the interface's properties, until the result is dropped; [`Signal::properties_changed`] reads them.
    ///
    /// To miss no change, subscribe first and then get the present values.
    ///
    /// # Errors
    /// As [`Connection::subscribe`](crate::Connection::subscribe).
    pub fn watch_properties(&mut self) -> Result<Signals, CallError> {
        const MEMBER: MemberName<'static> = MemberName::from_static("PropertiesChanged");
        let rule = self.signal_rule(PROPERTIES).member(MEMBER);
        self.subscribe(&rule.argument(0, self.interface().as_str()))
    }

    /// The object's interfaces and children, in XML. Spec: org.freedesktop.DBus.Introspectable.
    ///
    /// # Errors
    /// As [`Connection::call`](crate::Connection::call).
    pub fn introspect(&mut self) -> Result<String, CallError> {
        const INTERFACE: InterfaceName<'static> =
            InterfaceName::from_static("org.freedesktop.DBus.Introspectable");
        const MEMBER: MemberName<'static> = MemberName::from_static("Introspect");
        let call = self.method_of(INTERFACE, MEMBER);
        let (xml,) = self.connection().call(&call, &())?.body()?;
        Ok(xml)
    }

    /// The objects below this one, with their interfaces and properties: `let (objects,): (ManagedObjects,) = reply.body()?`.
    /// Spec: org.freedesktop.DBus.ObjectManager.
    ///
    /// # Errors
    /// As [`Connection::call`](crate::Connection::call).
    pub fn managed_objects(&mut self) -> Result<Reply<'_>, CallError> {
        const MEMBER: MemberName<'static> = MemberName::from_static("GetManagedObjects");
        let call = self.method_of(OBJECT_MANAGER, MEMBER);
        self.connection().call(&call, &())
    }

    /// Subscribes to `InterfacesAdded (oa{sa{sv}})` and `InterfacesRemoved (oas)` of an object that manages others.
    ///
    /// # Errors
    /// As [`Connection::subscribe`](crate::Connection::subscribe).
    pub fn watch_objects(&mut self) -> Result<Signals, CallError> {
        let rule = self.signal_rule(OBJECT_MANAGER);
        self.subscribe(&rule)
    }
}

const OBJECT_MANAGER: InterfaceName<'static> =
    InterfaceName::from_static("org.freedesktop.DBus.ObjectManager");

impl<'a> Signal<'a> {
    /// What a `PropertiesChanged` tells. Spec: org.freedesktop.DBus.Properties.
    ///
    /// # Errors
    /// `BodyError::Signature` for signals that are none.
    pub fn properties_changed(&self) -> Result<PropertiesChanged<'a>, barebus_wire::BodyError> {
        let (interface, changed, invalidated) = self.body()?;
        Ok(PropertiesChanged { interface, changed, invalidated })
    }
}
