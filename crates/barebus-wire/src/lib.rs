//! D-Bus messages: bytes to Rust types and back. `no_std`, no unsafe code, no I/O, no state, and no allocation except in owned types.
//!
//! ```
//! # #[cfg(feature = "alloc")] {
//! use barebus_wire::{Message, MessageBuf, MethodCall, Serial};
//!
//! // Marshal a call.
//! let call = MethodCall::new("org.example", "/org/example", "org.example.Calculator", "Add")?;
//! let mut buf = MessageBuf::new();
//! buf.push(&call.header(Serial::FIRST), &(2, 3))?;
//!
//! // Read it. Strings, arrays and variants borrow from the bytes.
//! let message = Message::parse(buf.as_slice())?;
//! assert_eq!(message.header().member.unwrap(), "Add");
//! let (a, b): (i32, i32) = message.body()?;
//! assert_eq!(a + b, 5);
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Guide
//!
//! - **Read**: [`frame_len`] says how many bytes make a message. [`Message::parse`] checks the header; [`Message::body`] compares the
//!   signature with the types' own and validates in the same pass. [`Reader`] is the cursor under it, [`Cursor`] the one for types that
//!   are known at run time only. [`Message::validate`] checks a body without reading it.
//! - **Write**: [`MessageBuf`] marshals messages into memory of its own, [`Header::encode`] one message into a buffer of yours. [`Writer`] is the
//!   cursor under them. [`PreparedCall`] marshals a header once and calls many times.
//! - **Types**: [`Type`] gives a Rust type its signature, [`Encode`] marshals and [`Decode`] unmarshals it. Numbers, `bool`, `&str`, `String`,
//!   slices, `Vec`, maps, tuples (a STRUCT) and the types of this crate implement them. The feature `derive` has macros for structs and
//!   enums of yours; [`structure!`] and [`dictionary!`] declare structs without a procedural macro.
//! - **Containers**: [`Array`] and [`Dict`] are read element by element, [`Numbers`] is an array of numbers, [`Variant`] and [`Value`] hold
//!   a value of any type. [`OwnedValue`] is a tree in memory of its own. [`Entries`] is a dictionary as argument. `Display` and `Debug` show
//!   values in GVariant's text form: `{'Mtu': <uint32 1500>}`.
//! - **Names**: [`BusName`], [`ObjectPath`], [`InterfaceName`], [`MemberName`], [`ErrorName`] hold checked text. Arguments that are names
//!   are text or these types, see [`name::IntoName`].
//! - **Definitions**: [`definition`] has constants that name a method, property or signal and its types.
//! - **Rules and addresses**: [`MatchRule`] and [`match_rule::MatchRuleBuf`], [`address`].
//! - **Errors**: [`DecodeError`] is what the bytes break, and where. [`BodyError`] is what reading a body fails with. [`EncodeError`] is what
//!   D-Bus cannot carry.
//!
//! # Features
//!
//! - `std`, on by default: implies `alloc`.
//! - `alloc`: all that takes memory of its own, and its errors:
//!   - [`MethodCall::new`], [`Object::new`](definition::Object::new), [`name::IntoName`] and the owned names;
//!   - [`MessageBuf`], [`PreparedCall`] and [`HeaderCache`];
//!   - [`Dict::get`], [`Dict::get_or`], [`EntryError`] and [`Entries::variants`];
//!   - [`OwnedValue`], [`OwnedBody`] and the types and traits beside them;
//!   - [`match_rule::MatchRuleBuf`] and [`match_rule::OwnedMatchRule`];
//!   - `String`, `Vec`, `Box` and `BTreeMap` as D-Bus types. `HashMap` needs `std`.
//! - `derive`, off by default: the macros of the traits [`Type`], [`Encode`] and [`Decode`]. They need no `alloc`.
//!
//! # Without `alloc`
//!
//! Names are constants, or are checked at run time by `parse` ([`BusName::parse`]). Messages are marshalled into buffers of yours:
//!
//! ```
//! use barebus_wire::{AsVariant, Dict, Entries, Message, MethodCall, Serial, Variant};
//!
//! const CONFIGURE: MethodCall<'static> =
//!     MethodCall::from_static("org.example", "/org/example", "org.example.Link", "Configure");
//!
//! let mut buffer = [0; 256];
//! let body = ("eth0", Entries([("Mtu", AsVariant(1500_u32)), ("Speed", AsVariant(1000))]));
//! let len = CONFIGURE.header(Serial::FIRST).encode(&mut buffer, &body)?;
//!
//! let message = Message::parse(&buffer[..len])?;
//! let (link, settings): (&str, Dict<&str, Variant>) = message.body()?;
//! let mtu: Option<u32> = settings.find(&"Mtu")?.map(|value| value.get()).transpose()?;
//! assert_eq!((link, mtu), ("eth0", Some(1500)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! An `a{sv}` with values of different types is a struct that derives [`Encode`], with the feature `derive`:
//!
//! ```
//! # #[cfg(feature = "derive")] {
//! use barebus_wire::{Decode, Encode, Message, MethodCall, Serial, Type};
//!
//! #[derive(Type, Encode, Decode, Debug, PartialEq)]
//! #[barebus(dict, rename_all = "PascalCase")]
//! struct Settings<'a> {
//!     mtu: u32,
//!     /// `None` is not written.
//!     name: Option<&'a str>,
//! }
//!
//! const CONFIGURE: MethodCall<'static> =
//!     MethodCall::from_static("org.example", "/org/example", "org.example.Link", "Configure");
//!
//! let settings = Settings { mtu: 1500, name: Some("eth0") };
//! let mut buffer = [0; 256];
//! let len = CONFIGURE.header(Serial::FIRST).encode(&mut buffer, &(settings,))?;
//!
//! let message = Message::parse(&buffer[..len])?;
//! assert_eq!(message.signature(), "a{sv}");
//! assert_eq!(message.body::<(Settings,)>()?.0, Settings { mtu: 1500, name: Some("eth0") });
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What this crate does not do
//!
//! It keeps no connection, counts no serials, and holds no file descriptors: a UNIX_FD is an index ([`FdIndex`]). `barebus-session` is a
//! connection without a socket, `barebus` one with a socket. `barebus-text` prints values.
#![no_std]
#![forbid(unsafe_code)]
#![warn(clippy::std_instead_of_core, clippy::alloc_instead_of_core)]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

pub mod address;
mod align;
mod array;
mod basic;
mod body;
#[cfg(feature = "alloc")]
mod collections;
mod cursor;
mod declare;
pub mod definition;
#[doc(hidden)]
pub mod derive;
mod emission;
mod endian;
mod entries;
#[cfg(feature = "alloc")]
mod entry;
mod error;
mod field;
mod frame;
mod header;
#[cfg(feature = "alloc")]
mod header_cache;
mod layout;
pub mod limits;
mod marshal;
pub mod match_rule;
mod message;
#[cfg(feature = "alloc")]
mod message_buf;
mod method_call;
pub mod name;
mod name_value;
mod node;
mod nul;
mod number;
#[cfg(feature = "alloc")]
mod owned;
#[cfg(feature = "alloc")]
mod prepared;
mod print;
mod reader;
mod signature;
mod skip;
pub mod terminal;
mod transcode;
mod tuple;
mod type_code;
pub mod utf8;
mod validate;
mod value;
mod variant;
mod writer;

/// Whether the crate is built for size (`opt-level` "s" or "z"): ways that only shorten others are left out then.
pub(crate) const COMPACT: bool = cfg!(compact);

pub use array::{Array, Dict};
#[cfg(feature = "derive")]
pub use barebus_derive::{Decode, Encode, Type};
pub use basic::Basic;
pub use body::{Arguments, EncodeBody, RawBody};
pub use cursor::{Cursor, CursorEvent};
pub use emission::Emission;
pub use endian::Endian;
pub use entries::{Entries, Pairs};
#[cfg(feature = "alloc")]
pub use entry::{AnyValue, EntryError, EntryErrorKind};
pub use error::{BodyError, DecodeError, DecodeErrorKind, EncodeError, Expected, SignatureExcerpt};
pub use frame::frame_len;
pub use header::{Flags, Header, MessageType, Serial};
#[cfg(feature = "alloc")]
pub use header_cache::HeaderCache;
pub use layout::Layout;
pub use match_rule::MatchRule;
pub use message::{DecodeBody, Message};
#[cfg(feature = "alloc")]
pub use message_buf::MessageBuf;
pub use method_call::MethodCall;
pub use name::{BusName, ErrorName, InterfaceName, MemberName, ObjectPath};
pub use number::{FdIndex, Number, Numbers};
#[cfg(feature = "alloc")]
pub use owned::{
    FromElement, IntoElement, IntoValue, OwnedArray, OwnedBody, OwnedDict, OwnedSignature,
    OwnedValue, TypeError,
};
#[cfg(feature = "alloc")]
pub use prepared::{PreparedCall, PreparedError};
pub use reader::Reader;
pub use signature::{Signature, SignatureError, SignatureErrorKind, SignatureText, Types};
pub use validate::LayoutError;
pub use value::{BasicType, Decode, Encode, Type};
pub use variant::{AsVariant, Value, Variant};
pub use writer::{OpenArray, Writer};
