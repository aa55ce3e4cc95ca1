//! org.freedesktop.DBus.Properties. Spec: Standard Interfaces.

use super::{Any, InterfaceName, List, Map, Method, SignalKind, Str};

/// The interface.
pub const PROPERTIES: InterfaceName<'static> =
    InterfaceName::from_static("org.freedesktop.DBus.Properties");

/// `Get(in s interface, in s property, out v value)`
pub const GET: Method<(Str, Str), (Any,)> = Method::new(PROPERTIES, "Get");

/// `Set(in s interface, in s property, in v value)`
pub const SET: Method<(Str, Str, Any), ()> = Method::new(PROPERTIES, "Set");

/// `GetAll(in s interface, out a{sv} properties)`
pub const GET_ALL: Method<(Str,), (Map<Str, Any>,)> = Method::new(PROPERTIES, "GetAll");

/// `PropertiesChanged(s interface, a{sv} changed, as invalidated)`
pub const PROPERTIES_CHANGED: SignalKind<(Str, Map<Str, Any>, List<Str>)> =
    SignalKind::new(PROPERTIES, "PropertiesChanged");
