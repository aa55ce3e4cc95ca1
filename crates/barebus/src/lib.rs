//! A D-Bus client from the socket up: no D-Bus library under it, no name service, and no thread but a short one that closes
//! strangers' files ([`Descriptor`]).
//!
//! ```no_run
//! use barebus::{Connection, MethodCall};
//!
//! // An invalid name in a constant does not compile.
//! const GET_UNIT_FILE_STATE: MethodCall<'static> = MethodCall::from_static(
//!     "org.freedesktop.systemd1",
//!     "/org/freedesktop/systemd1",
//!     "org.freedesktop.systemd1.Manager",
//!     "GetUnitFileState",
//! );
//!
//! let mut bus = Connection::system()?;
//! let reply = bus.call(&GET_UNIT_FILE_STATE, &("sshd.service",))?;
//! let (state,): (&str,) = reply.body()?;
//! println!("{state}");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! What this crate does not do: it serves no objects. It can own a name ([`Bus::request_name`]) and answer calls one by one, by hand
//! ([`Options::serve_calls`]); it knows no paths, no interfaces and no properties of yours, and tells nobody about them. It starts no
//! bus.

mod any_error;
mod bus;
#[cfg(feature = "unixexec")]
mod child;
mod connection;
mod endpoint;
mod error;
mod event_loop;
mod io;
mod names;
mod open;
mod options;
mod proxy;
mod reply;
mod request;
mod signals;
mod standard;
mod sys;
mod transport;

pub use any_error::Error;
pub use barebus_sasl::{Guid, Identity, Mechanism, Mechanisms, SaslError, SaslErrorKind};
pub use barebus_session::{
    Awaited, CallId, Event, FdsError, HandshakeAttempts, NoReply, Received, ReplyTo, SendError,
    ServerKind, Session, SessionError, SubscriptionId,
};
pub use barebus_wire as wire;
pub use barebus_wire::definition;
pub use barebus_wire::match_rule::MatchRuleBuf;
pub use barebus_wire::name::{OwnedBusName, OwnedObjectPath};
pub use barebus_wire::{
    Array, BodyError, Boxed, BusName, Decode, DecodeError, Dict, Encode, EncodeBody, EncodeError,
    ErrorName, Expected, FdIndex, Flags, Header, InterfaceName, MatchRule, MemberName, Message,
    MessageType, MethodCall, ObjectPath, Signature, Type, Value, Variant,
};
pub use bus::{Bus, Credentials, NameFlags, ReleaseName, RequestName, StartService};
pub use connection::Connection;
pub use error::{Attempt, AttemptError, CallError, Cause, ConnectionError, OpenError};
pub use names::{IntoName, InvalidName, NameRole};
pub use options::Options;
pub use proxy::Proxy;
pub use reply::{Reply, Signal};
pub use signals::Signals;
pub use standard::{ManagedObjects, PropertiesChanged};
pub use sys::Descriptor;
