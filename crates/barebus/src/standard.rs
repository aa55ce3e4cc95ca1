//! The standard interfaces that a client uses. Spec: Standard Interfaces.

use barebus_wire::name::{InterfaceName, MemberName, ObjectPath};
use barebus_wire::{Array, Dict, Variant};

use crate::error::CallError;
use crate::proxy::{PROPERTIES, Proxy};
use crate::reply::{Reply, Signal};
use crate::signals::Signals;

/// The arguments of `PropertiesChanged`: changes of one interface of one object.
///
/// ```no_run
/// use barebus::{Connection, Proxy};
///
/// let mut bus = Connection::system()?;
/// let path = "/org/freedesktop/systemd1/unit/dbus_2eservice";
/// let mut changes =
///     Proxy::new(&mut bus, "org.freedesktop.systemd1", path, "org.freedesktop.systemd1.Unit")?
///         .watch_properties()?;
/// // systemd sends signals only while a client has called `Subscribe`.
/// let systemd = "/org/freedesktop/systemd1";
/// Proxy::new(&mut bus, "org.freedesktop.systemd1", systemd, "org.freedesktop.systemd1.Manager")?
///     .call("Subscribe", &())?;
/// while let Some(signal) = changes.next(&mut bus, None)? {
///     let change = signal.properties_changed()?;
///     if let Some(state) = change.changed.find(&"ActiveState")? {
///         println!("{}", state.get::<&str>()?);
///     }
/// }
/// # Ok::<(), barebus::Error>(())
/// ```
#[derive(Debug)]
pub struct PropertiesChanged<'a> {
    /// The interface that has the properties.
    pub interface: &'a str,
    /// The properties that changed, with their new values.
    pub changed: Dict<'a, &'a str, Variant<'a>>,
    /// The properties that changed, whose new values are not sent.
    pub invalidated: Array<'a, &'a str>,
}

/// The reply to `GetManagedObjects`: objects, their interfaces, and the properties of those interfaces.
///
/// ```no_run
/// use barebus::{Connection, ManagedObjects, Proxy};
///
/// let mut bus = Connection::system()?;
/// let mut root = Proxy::new(&mut bus, "org.bluez", "/", "org.freedesktop.DBus.ObjectManager")?;
/// let reply = root.managed_objects()?;
/// let (objects,): (ManagedObjects<'_>,) = reply.body()?;
/// for object in objects {
///     let (path, interfaces) = object?;
///     for interface in interfaces {
///         println!("{path}: {}", interface?.0);
///     }
/// }
/// # Ok::<(), barebus::Error>(())
/// ```
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

    /// The introspection data of the object: its interfaces and children, in XML. Spec: org.freedesktop.DBus.Introspectable.
    ///
    /// # Errors
    /// As [`Connection::call`](crate::Connection::call).
    pub fn introspect(&mut self) -> Result<String, CallError> {
        const INTERFACE: InterfaceName<'static> =
            InterfaceName::from_static("org.freedesktop.DBus.Introspectable");
        const MEMBER: MemberName<'static> = MemberName::from_static("Introspect");
        let call = self.method_of(INTERFACE, MEMBER);
        let path = self.path();
        let body = self.connection().call(&call, &())?.body();
        let (xml,) =
            body.map_err(|error| CallError::body(INTERFACE, MEMBER.as_str(), path, error))?;
        Ok(xml)
    }

    /// The objects that this one manages, with their interfaces and properties: `let (objects,): (ManagedObjects,) = reply.body()?`.
    /// Spec: org.freedesktop.DBus.ObjectManager.
    ///
    /// # Errors
    /// As [`Connection::call`](crate::Connection::call).
    pub fn managed_objects(&mut self) -> Result<Reply<'_>, CallError> {
        const MEMBER: MemberName<'static> = MemberName::from_static("GetManagedObjects");
        let call = self.method_of(OBJECT_MANAGER, MEMBER);
        self.connection().call(&call, &())
    }

    /// Subscribes to the signals of `ObjectManager`: `InterfacesAdded (oa{sa{sv}})` and `InterfacesRemoved (oas)`.
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
    /// The arguments of `PropertiesChanged`. Spec: org.freedesktop.DBus.Properties.
    ///
    /// # Errors
    /// `BodyError::Signature`: this is another signal.
    pub fn properties_changed(&self) -> Result<PropertiesChanged<'a>, barebus_wire::BodyError> {
        let (interface, changed, invalidated) = self.body()?;
        Ok(PropertiesChanged { interface, changed, invalidated })
    }
}
