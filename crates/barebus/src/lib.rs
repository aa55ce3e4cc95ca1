//! A D-Bus client from the socket up, with no D-Bus library under it.
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
//! # Guide
//!
//! - **Open a connection**: [`Connection::system`], [`Connection::session`], [`Connection::open`] for an address, [`Connection::open_direct`]
//!   for a peer without a bus. [`Options`] sets time limits, limits of memory, and how the connection authenticates.
//! - **Call methods**: [`Connection::call`] waits for one reply. [`Connection::start_call`] and [`Connection::wait`] have many calls
//!   outstanding. [`Proxy`] fixes destination, path and interface, and reads and sets properties. A [`definition`] checks the types of the
//!   arguments at compile time.
//! - **Read replies**: [`Reply::body`] returns the arguments as a tuple. `&str`, [`Array`], [`Dict`] and [`Variant`] borrow from the
//!   receive buffer. To keep a value longer, decode it into an owned type (`String`, `Vec`, [`OwnedObjectPath`], …).
//! - **Receive signals**: [`Connection::subscribe`] with a [`MatchRule`] or [`MatchRuleBuf`], then [`Connection::next_signal`].
//! - **Use an event loop**: [`Connection::process`] and [`Connection::poll_event`]. For tokio use the crate `barebus-tokio`.
//! - **Ask the bus**: [`Bus`] has the methods of `org.freedesktop.DBus`.
//! - **Pass file descriptors**: [`Connection::start_call`] sends them, [`Reply::into_fds`] takes received ones. See [`Descriptor`] for how they
//!   are closed.
//!
//! # Errors
//!
//! [`OpenError`] says why no connection was opened. [`CallError`] says why a call failed; only [`CallError::Connection`] is fatal.
//! A connection never reconnects: after a fatal error, open a new one.
//!
//! # What this crate does not do
//!
//! It serves no objects. It can own a name ([`Bus::request_name`]) and answer calls one by one ([`Options::serve_calls`]). It has no paths,
//! interfaces and properties of yours, and introspects nothing for others. It uses no name service, starts no bus, and starts no thread
//! except a short-lived one that closes files of other processes ([`Descriptor`]) and one that waits for a `unixexec:` program that does not
//! end.

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
mod owned;
#[cfg(feature = "unixexec")]
mod program;
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
    Array, AsVariant, BodyError, BusName, Decode, DecodeError, Dict, Encode, EncodeBody,
    EncodeError, ErrorName, Expected, FdIndex, Flags, Header, InterfaceName, MatchRule, MemberName,
    Message, MessageType, MethodCall, ObjectPath, Signature, Type, Value, Variant,
};
pub use bus::{Bus, Credentials, NameFlags, ReleaseName, RequestName, StartService};
pub use connection::Connection;
pub use error::{Attempt, AttemptError, CallError, Cause, ConnectionError, OpenError};
pub use names::{IntoName, InvalidName, NameRole};
pub use options::Options;
pub use owned::OwnedMessage;
#[cfg(feature = "unixexec")]
pub use program::{Program, ProgramStatus};
pub use proxy::Proxy;
pub use reply::{Reply, Signal};
pub use signals::Signals;
pub use standard::{ManagedObjects, PropertiesChanged};
pub use sys::Descriptor;
