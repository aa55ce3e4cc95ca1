//! Bytes to D-Bus types and back: signatures, values, headers, whole messages.
//!
//! No state, no I/O, no unsafe code, and no allocation but in the owned types under the feature `alloc`. Unmarshalling borrows from
//! the bytes received and validates what it reads in the same pass; marshalling writes into the caller's buffer.
//!
//! What this crate does not do: it keeps no connection, counts no serials, holds no file descriptors (a UNIX_FD is an index,
//! [`FdIndex`]), and prints no values; those are the rooms above it.
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
pub mod definition;
#[doc(hidden)]
pub mod derive;
mod endian;
mod error;
mod field;
mod frame;
pub mod gather;
mod header;
#[cfg(feature = "alloc")]
mod header_cache;
mod holes;
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

pub use array::{Array, Dict, Entries};
pub use basic::Basic;
pub use body::{Arguments, EncodeBody, RawBody};
pub use cursor::{Cursor, CursorEvent};
pub use endian::Endian;
pub use error::{BodyError, DecodeError, DecodeErrorKind, EncodeError, Expected, SignatureExcerpt};
pub use frame::frame_len;
pub use gather::{Gather, Holes, Pieces};
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
pub use owned::{OwnedArray, OwnedBody, OwnedDict, OwnedSignature, OwnedValue, TypeError};
#[cfg(feature = "alloc")]
pub use prepared::{PreparedCall, PreparedError};
pub use reader::Reader;
pub use signature::{Signature, SignatureError, SignatureErrorKind, SignatureText, Types};
pub use validate::LayoutError;
pub use value::{BasicType, Decode, Encode, Type};
pub use variant::{AsVariant, Value, Variant};
pub use writer::{OpenArray, Writer};
