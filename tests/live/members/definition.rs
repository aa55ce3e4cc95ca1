//! systemd's definitions as values, so that tests can go through all of them.

use barebus::definition::standard::GET;
use barebus::definition::{Kind, Method, Object, Property};
use barebus::wire::Variant;
use barebus::{CallError, Connection};
use barebus_systemd::Error;
use barebus_text::{busctl, json};

/// The definitions of an interface.
pub(super) struct Interface {
    pub(super) name: &'static str,
    pub(super) methods: &'static [&'static dyn AnyMethod],
    pub(super) properties: &'static [&'static dyn AnyProperty],
}

/// A method, whatever its types.
pub(super) trait AnyMethod: Sync {
    fn name(&self) -> &'static str;
}

impl<In, Out> AnyMethod for Method<In, Out> {
    fn name(&self) -> &'static str {
        Self::name(*self).as_str()
    }
}

/// A property, whatever its type.
pub(super) trait AnyProperty: Sync {
    fn name(&self) -> &'static str;

    /// Gets the property of `object` by its definition. The value must have the type of the definition.
    fn get(&self, connection: &mut Connection, object: Object<'_>) -> Result<Value, Error>;
}

impl<K: Kind> AnyProperty for Property<K> {
    fn name(&self) -> &'static str {
        Self::name(*self)
    }

    fn get(&self, connection: &mut Connection, object: Object<'_>) -> Result<Value, Error> {
        let name = Self::name(*self);
        let reply = connection.request(Self::get(*self, object));
        let reply = reply.map_err(|error| failed(name, error))?;
        // A list is read as it is walked: printing walks all of it.
        self.value(&reply).unwrap_or_else(|error| panic!("{name}: {error}"));
        let (value,) = GET.answer(&reply).unwrap();
        Ok(Value::new(&value))
    }
}

/// The error of a call by a definition, as the layer has it.
pub(super) fn failed(operation: &str, error: CallError) -> Error {
    Error { operation: operation.into(), cause: error.into() }
}

/// A property's value as `busctl get-property` prints it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Value {
    pub(super) signature: String,
    pub(super) text: String,
    pub(super) json: String,
}

impl Value {
    fn new(value: &Variant<'_>) -> Self {
        let (mut text, mut json) = (String::new(), String::new());
        busctl::print(value, &mut text).unwrap();
        json::print_value(value, &mut json).unwrap();
        Self { signature: value.signature().as_str().to_owned(), text, json }
    }
}

/// Declares the list of all interfaces from the names of their constants.
macro_rules! table {
    ($($module:ident {
        method: $($method:ident)*;
        property: $($property:ident)*;
    })*) => {
        pub(super) static INTERFACES: &[$crate::members::definition::Interface] = &[$(
            $crate::members::definition::Interface {
                name: barebus_systemd::interface::$module::INTERFACE.as_str(),
                methods: &[$(&barebus_systemd::interface::$module::method::$method),*],
                properties: &[$(&barebus_systemd::interface::$module::property::$property),*],
            }
        ),*];
    };
}
pub(super) use table;
