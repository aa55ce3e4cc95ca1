//! A whole D-Bus connection without a socket: authentication, framing, serials, calls and their replies, deadlines,
//! subscriptions, the owners of names, file descriptors.
//!
//! Bytes, file descriptors and the time are handed in; bytes, file descriptors and events come out: see [`Session`].
//!
//! What this crate does not do: it opens no socket, reads no clock and no environment, starts no thread, and serves no objects
//! of its own but `org.freedesktop.DBus.Peer`.
#![no_std]
#![forbid(unsafe_code)]
#![warn(clippy::std_instead_of_core, clippy::alloc_instead_of_core)]

extern crate alloc;

mod backlog;
mod config;
mod duties;
mod error;
mod event;
mod handshake;
mod inbox;
mod ledger;
mod matching;
mod moment;
mod outbox;
mod owners;
mod pending;
mod seek;
mod serial;
mod session;
mod sort;
mod stream;

pub use config::{Config, Peer};
pub use duties::Serving;
pub use error::{Awaited, FdsError, NoReply, SendError, SessionError};
pub use event::{CallId, Event, Received, ReplyTo, Want};
pub use matching::SubscriptionId;
pub use session::Session;
pub use stream::Output;
