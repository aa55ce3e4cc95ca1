//! Definitions: constants that name a method, property or signal and the D-Bus types that it carries.
//!
//! ```
//! use barebus_wire::InterfaceName;
//! use barebus_wire::definition::{Emits, Method, Object, Path, Property, Str};
//!
//! const MANAGER: InterfaceName<'static> =
//!     InterfaceName::from_static("org.freedesktop.systemd1.Manager");
//! const SYSTEMD: Object<'static> =
//!     Object::from_static("org.freedesktop.systemd1", "/org/freedesktop/systemd1");
//! const START_UNIT: Method<(Str, Str), (Path,)> = Method::new(MANAGER, "StartUnit");
//! const VERSION: Property<Str> = Property::new(MANAGER, "Version", Emits::Const);
//!
//! let request = START_UNIT.call(SYSTEMD, ("x.service", "replace"));
//! assert_eq!(request.call.member, "StartUnit");
//! let request = VERSION.get(SYSTEMD);
//! assert_eq!(request.call.member, "Get");
//! ```
//!
//! A definition needs no connection and holds no code. A connection sends the [`Request`] that it makes; it reads the reply.
//! `barebus codegen` and the crate `barebus-codegen` write definitions from introspection data.
//!
//! The types are written as [`Kind`]s: [`Str`], [`Path`], [`List`], [`Map`], … are types without values, which say which D-Bus
//! type is meant and which Rust type borrows it from a message. Arguments may be any Rust types with the same signature. That is
//! checked when the program is built: a call with arguments of another signature does not compile.
//!
//! ```compile_fail
//! # use barebus_wire::InterfaceName;
//! # use barebus_wire::definition::{Method, Object, Path, Str};
//! # const MANAGER: InterfaceName<'static> =
//! #     InterfaceName::from_static("org.freedesktop.systemd1.Manager");
//! # const SYSTEMD: Object<'static> =
//! #     Object::from_static("org.freedesktop.systemd1", "/org/freedesktop/systemd1");
//! # const START_UNIT: Method<(Str, Str), (Path,)> = Method::new(MANAGER, "StartUnit");
//! // The arguments' signature is 'su', StartUnit takes 'ss'.
//! let request = START_UNIT.call(SYSTEMD, ("x.service", 1_u32));
//! ```

mod check;
mod kind;
mod method;
mod object;
mod property;
mod signal;
pub mod standard;

pub use crate::body::Arguments;
pub use crate::name::InterfaceName;
pub use kind::{Any, BasicKind, Bytes, Fd, Kind, Kinds, List, Map, Path, Sig, Str};
pub use method::Method;
pub use object::{Object, Request};
pub use property::{Emits, Property};
pub use signal::SignalKind;

use crate::error::DecodeError;
use crate::message::Message;

/// A received message from which a definition reads: a reply, a signal, a [`Message`].
///
/// ```
/// use barebus_wire::BodyError;
/// use barebus_wire::definition::{IntoMessage, InterfaceName, Method};
///
/// const CALCULATOR: InterfaceName<'static> = InterfaceName::from_static("org.example.Calculator");
/// const ADD: Method<(i32, i32), (i32,)> = Method::new(CALCULATOR, "Add");
///
/// /// Takes whatever a definition reads from.
/// fn sum<'a>(reply: impl IntoMessage<'a>) -> Result<i32, BodyError> {
///     Ok(ADD.answer(reply)?.0)
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "a definition cannot read from `{Self}`",
    label = "expected a reference to a reply, a signal or a `Message`"
)]
pub trait IntoMessage<'a> {
    /// The message.
    ///
    /// # Errors
    /// The bytes are not a valid message. Types that hold a message that was parsed before do not fail.
    fn into_message(self) -> Result<Message<'a>, DecodeError>;
}

impl<'a> IntoMessage<'a> for &Message<'a> {
    fn into_message(self) -> Result<Message<'a>, DecodeError> {
        Ok(*self)
    }
}

/// Implements what a derive would bound by the kinds.
macro_rules! constant {
    ($name:ident<$($kind:ident),+>, $($field:ident),+) => {
        impl<$($kind),+> Clone for $name<$($kind),+> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<$($kind),+> Copy for $name<$($kind),+> {}

        impl<$($kind),+> core::fmt::Debug for $name<$($kind),+> {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.debug_struct(stringify!($name))$(.field(stringify!($field), &self.$field))+.finish()
            }
        }
    };
}
use constant;

#[cfg(test)]
mod tests;
