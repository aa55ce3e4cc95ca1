//! Properties.

use core::marker::PhantomData;

use super::check::assert_same;
use super::standard::{GET, SET};
use super::{IntoMessage, Kind, Object, Request, constant};
use crate::error::BodyError;
use crate::name::InterfaceName;
use crate::value::{Decode, Encode};
use crate::variant::{AsVariant, Variant};

/// A property whose values are of the kind `K`. Spec: org.freedesktop.DBus.Properties.
///
/// ```
/// use barebus_wire::definition::{Emits, InterfaceName, Object, Property, Str};
///
/// const LINK: InterfaceName<'static> = InterfaceName::from_static("org.example.Link");
/// const NAME: Property<Str> = Property::new(LINK, "Name", Emits::Value);
///
/// let object = Object::from_static("org.example", "/links/eth0");
/// assert_eq!(NAME.get(object).call.member, "Get");
/// assert_eq!(NAME.set(object, "eth1").call.member, "Set");
/// ```
pub struct Property<K> {
    interface: InterfaceName<'static>,
    name: &'static str,
    emits: Emits,
    kind: PhantomData<fn() -> K>,
}

constant!(Property<K>, interface, name, emits);

/// What `PropertiesChanged` tells about changes of a property. Spec: Introspection Data Format,
/// org.freedesktop.DBus.Property.EmitsChangedSignal.
///
/// ```
/// use barebus_wire::definition::{Emits, InterfaceName, Property, Str};
///
/// const LINK: InterfaceName<'static> = InterfaceName::from_static("org.example.Link");
/// const DRIVER: Property<Str> = Property::new(LINK, "Driver", Emits::Const);
/// // A property that never changes may be remembered.
/// assert_eq!(DRIVER.emits(), Emits::Const);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Emits {
    /// The signal is sent with the new value.
    Value,
    /// The signal is sent without the new value.
    Invalidates,
    /// The property never changes.
    Const,
    /// No signal is sent; a watcher must ask again.
    Never,
}

impl<K> Property<K> {
    /// The interface.
    pub const fn interface(self) -> InterfaceName<'static> {
        self.interface
    }

    /// The property's name.
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// How its changes are told.
    pub const fn emits(self) -> Emits {
        self.emits
    }
}

impl<K: Kind> Property<K> {
    /// The property `name` of `interface`.
    pub const fn new(interface: InterfaceName<'static>, name: &'static str, emits: Emits) -> Self {
        Self { interface, name, emits, kind: PhantomData }
    }

    /// A call of `Get` for the property of `object`; [`value`](Self::value) reads the reply.
    pub const fn get(
        self,
        object: Object<'_>,
    ) -> Request<'_, (InterfaceName<'static>, &'static str), (super::Any,)> {
        GET.call(object, (self.interface, self.name))
    }

    /// A call of `Set` for the property of `object`. The value is of any Rust type that has the signature of `K`; another value
    /// does not compile.
    pub const fn set<V: Encode>(
        self,
        object: Object<'_>,
        value: V,
    ) -> Request<'_, (InterfaceName<'static>, &'static str, AsVariant<V>), ()> {
        const {
            let words = ("the signature of the value is", "the property has");
            assert_same(words.0, V::SIGNATURE, words.1, K::SIGNATURE);
        }
        SET.call(object, (self.interface, self.name, AsVariant(value)))
    }

    /// The value, borrowed from the reply to [`get`](Self::get).
    ///
    /// # Errors
    /// `BodyError::Signature` when the value is of another type than introspection promised; `BodyError::Decode` when it is
    /// invalid.
    pub fn value<'a>(self, reply: impl IntoMessage<'a>) -> Result<K::Value<'a>, BodyError> {
        let (value,) = GET.answer(reply)?;
        self.read(&value)
    }

    /// The value as a Rust type of your own with the signature of `K`. Another signature does not compile.
    ///
    /// # Errors
    /// As [`value`](Self::value).
    pub fn value_as<'a, T: Decode<'a>>(self, reply: impl IntoMessage<'a>) -> Result<T, BodyError> {
        const {
            let words = ("the signature of the type is", "the property has");
            assert_same(words.0, T::SIGNATURE, words.1, K::SIGNATURE);
        }
        let (value,) = GET.answer(reply)?;
        value.get()
    }

    /// The value in a VARIANT of the reply to `GetAll` or of the signal `PropertiesChanged`.
    ///
    /// # Errors
    /// As [`value`](Self::value).
    pub fn read<'a>(self, value: &Variant<'a>) -> Result<K::Value<'a>, BodyError> {
        value.get()
    }
}
