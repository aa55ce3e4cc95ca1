//! A whole D-Bus connection without a socket: authentication, framing, serials, calls and their replies, deadlines, subscriptions, the
//! owners of names, file descriptors.
//!
//! Bytes, file descriptors and the time are handed in; bytes, file descriptors and events come out: see [`Session`].
//!
//! What this crate does not do: it opens no socket, reads no clock and no environment, starts no thread, and serves no objects except
//! `org.freedesktop.DBus.Peer`.
#![no_std]
#![forbid(unsafe_code)]
#![warn(clippy::std_instead_of_core, clippy::alloc_instead_of_core)]

extern crate alloc;

mod config;
mod error;
mod event;
mod event_queue;
mod fds;
mod inbox;
mod incoming_calls;
mod instant;
mod outbox;
mod router;
mod serial;
mod session;

pub use config::{Config, ServerKind};
pub use error::{Awaited, FdsError, HandshakeAttempts, NoReply, SendError, SessionError};
pub use event::{CallId, Event, Received, SubscriptionId, Want};
pub use fds::MAX_FDS;
pub use incoming_calls::{ReplyTo, Serving};
pub use session::{Output, Session};
