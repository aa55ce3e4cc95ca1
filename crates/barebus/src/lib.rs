//! A D-Bus client from the socket up, with no D-Bus library under it.
//!
//! ```no_run
//! use barebus::{Connection, Proxy};
//!
//! fn main() -> Result<(), barebus::Error> {
//!     let mut bus = Connection::system()?;
//!     let (name, path) = ("org.freedesktop.systemd1", "/org/freedesktop/systemd1");
//!     let mut manager = Proxy::new(&mut bus, name, path, "org.freedesktop.systemd1.Manager")?;
//!     // Arguments and results are tuples, checked against the signature.
//!     let (state,): (&str,) = manager.call("GetUnitFileState", &("sshd.service",))?.body()?;
//!     println!("{state}");
//!     Ok(())
//! }
//! ```
//!
//! # Guide
//!
//! - **Open a connection**: [`Connection::system`], [`Connection::session`], [`Connection::open`] for an address, [`Connection::open_direct`]
//!   for a peer without a bus. [`Options`] sets time limits, limits of memory, and how the connection authenticates.
//! - **Call methods**: [`Proxy`] fixes destination, path and interface, and reads and sets properties. [`Connection::call`] takes a
//!   [`MethodCall`], which a constant can hold ([`MethodCall::from_static`]). [`Connection::start_call`] and [`Connection::wait`] have many
//!   calls outstanding. A [`definition`] checks the types of the arguments at compile time.
//! - **Give names**: every method that takes a name or a path takes text or a checked type such as [`BusName`]; see [`IntoName`].
//! - **Read replies**: [`Reply::body`] returns the arguments as a tuple. `&str`, [`Array`], [`Dict`] and [`Variant`] borrow from the
//!   receive buffer. To keep a value longer, decode it into an owned type (`String`, `Vec`, [`OwnedObjectPath`], …).
//! - **Handle values of any type**: [`Entries::variants`] makes an `a{sv}`, [`Dict::get`] reads an entry of one. An [`OwnedValue`] is made of Rust
//!   types with `into()`. Values are shown in GVariant's text form: `{'Mtu': <uint32 1500>}`.
//! - **Use structs and enums of your own**: with the feature `derive`, `#[derive(Type, Encode, Decode)]`. Dictionaries of properties
//!   (`a{sv}`) are structs, too.
//! - **Receive signals**: [`Proxy::signals`], [`Connection::signals_of`], or [`Connection::signals`] with a [`MatchRule`] or
//!   [`MatchRuleBuf`]. [`Signals::next`] reads one, [`Signals::bodies`] iterates.
//! - **Use an event loop**: [`Connection::process`] and [`Connection::poll_event`]. For tokio use the crate `barebus-tokio`.
//! - **Ask the bus**: [`Bus`] has the methods of `org.freedesktop.DBus`.
//! - **Pass file descriptors**: [`Connection::start_call`] sends them, [`Reply::into_fds`] takes received ones. See [`Descriptor`] for how they
//!   are closed.
//! - **Log, count, capture**: [`Connection::observe`].
//!
//! The examples in `crates/barebus/examples` are whole programs.
//!
//! # Features
//!
//! - `tcp` and `unixexec`, both on by default: the transports of these names.
//! - `derive`: the macros of the traits [`Type`], [`Encode`] and [`Decode`].
//!
//! # Errors
//!
//! All errors convert into [`Error`] with `?`. [`OpenError`] says why no connection was opened. [`CallError`] says why a call failed; only
//! [`CallError::Connection`] is fatal. A connection never reconnects: after a fatal error, open a new one.
//!
//! # What this crate does not do
//!
//! It serves no objects. It can own a name ([`Bus::request_name`]) and answer calls one by one ([`Options::serve_calls`]). It has no paths,
//! interfaces and properties of yours, and introspects nothing for others. It uses no name service, starts no bus, and starts no thread
//! except a short-lived one that closes files of other processes ([`Descriptor`]) and one that waits for a `unixexec:` program that does not
//! end.

mod answer;
mod any_error;
mod bus;
#[cfg(feature = "unixexec")]
mod child;
mod connection;
mod credentials;
mod endpoint;
mod error;
mod event_loop;
mod io;
mod observer;
mod open;
mod options;
mod owned;
mod places;
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
#[cfg(feature = "derive")]
pub use barebus_derive::{BarebusDecode as Decode, BarebusEncode as Encode, BarebusType as Type};
pub use barebus_sasl::{Guid, Identity, Mechanism, Mechanisms, SaslError, SaslErrorKind};
pub use barebus_session::{
    Awaited, CallId, Event, FdsError, HandshakeAttempts, MAX_FDS, NoReply, Received, ReplyTo,
    SendError, ServerKind, Session, SessionError, SubscriptionId,
};
pub use barebus_wire as wire;
pub use barebus_wire::definition;
// The traits alone: barebus-wire may have macros of the same names, for users of its own.
pub use barebus_wire::derive::{Decode, Encode, Type};
pub use barebus_wire::match_rule::{InvalidRule, MatchRuleBuf};
pub use barebus_wire::name::{IntoName, InvalidName, NameRole, OwnedBusName, OwnedObjectPath};
pub use barebus_wire::{
    Array, AsVariant, BodyError, BusName, DecodeBody, DecodeError, Dict, Emission, EncodeBody,
    EncodeError, Entries, EntryError, ErrorName, Expected, FdIndex, Flags, Header, InterfaceName,
    MatchRule, MemberName, Message, MessageType, MethodCall, ObjectPath, OwnedArray, OwnedDict,
    OwnedSignature, OwnedValue, Signature, TypeError, Value, Variant,
};
pub use bus::{Bus, NameFlags, ReleaseName, RequestName, StartService};
pub use connection::Connection;
pub use credentials::Credentials;
pub use error::{Attempt, AttemptError, CallError, Cause, ConnectionError, OpenError};
pub use observer::{Direction, Observed, ObservedTooLate};
pub use options::Options;
pub use owned::OwnedMessage;
#[cfg(feature = "unixexec")]
pub use program::{Program, ProgramStatus};
pub use proxy::Proxy;
pub use reply::{Reply, Signal};
pub use signals::{Bodies, Signals};
pub use standard::{ManagedObjects, PropertiesChanged};
pub use sys::Descriptor;
