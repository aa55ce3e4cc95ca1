//! A D-Bus client from the socket up: no D-Bus library under it, no threads, no name service, no globals.
//!
//! ```no_run
//! use barebus::{BusName, Connection, InterfaceName, MemberName, MethodCall, ObjectPath};
//!
//! let mut bus = Connection::system()?;
//! let call = MethodCall::new(
//!     ObjectPath::from_static("/org/freedesktop/systemd1"),
//!     MemberName::from_static("GetUnitFileState"),
//! )
//! .interface(InterfaceName::from_static("org.freedesktop.systemd1.Manager"))
//! .destination(BusName::from_static("org.freedesktop.systemd1"));
//! let reply = bus.call(&call, &("sshd.service",))?;
//! let (state,): (&str,) = reply.body()?;
//! println!("{state}");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! What this crate does not do: it serves no objects. It can own a name ([`Bus::request_name`]) and answer calls one by one, by hand
//! ([`Options::serve_calls`]); it knows no paths, no interfaces and no properties of yours, and tells nobody about them. It starts no
//! bus.

mod bus;
#[cfg(feature = "unixexec")]
mod child;
mod connection;
mod endpoint;
mod error;
mod event_loop;
mod open;
mod options;
mod progress;
mod proxy;
mod reply;
mod standard;
mod sys;
mod transport;

pub use barebus_sasl::{Guid, Identity, Mechanism, Mechanisms, SaslError};
pub use barebus_session::{
    Awaited, CallId, Event, FdsError, NoReply, Peer, Received, ReplyTo, SendError, Session,
    SessionError, SubscriptionId,
};
pub use barebus_wire as wire;
pub use barebus_wire::match_rule::MatchRuleBuf;
pub use barebus_wire::name::{OwnedBusName, OwnedObjectPath};
pub use barebus_wire::{
    Array, AsVariant, BodyError, BusName, Decode, DecodeError, Dict, Encode, EncodeBody,
    EncodeError, ErrorName, Expected, FdIndex, Flags, Header, InterfaceName, MatchRule, MemberName,
    Message, MessageType, MethodCall, ObjectPath, Signature, Type, Value, Variant,
};
pub use bus::{Bus, Credentials, NameFlags, ReleaseName, RequestName, StartService};
pub use connection::Connection;
pub use error::{Attempt, AttemptError, CallError, Cause, ConnectionError, OpenError};
pub use options::Options;
pub use proxy::Proxy;
pub use reply::{Reply, Signal};
pub use standard::{ManagedObjects, PropertiesChanged};
