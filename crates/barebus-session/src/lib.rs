//! A whole D-Bus connection without a socket: authentication, framing, serials, calls and their replies, deadlines, subscriptions, owners
//! of names, file descriptors.
//!
//! You pass in bytes, file descriptors and the time. You get bytes, file descriptors and events. For a connection over a socket use the crate
//! `barebus`.
//!
//! ```
//! use barebus_sasl::{Identity, Mechanism};
//! use barebus_session::{Config, ServerKind, Session};
//!
//! let mut config = Config::new(ServerKind::Direct, Mechanism::External(Identity::Uid(0)).into());
//! config.unix_fds = false;
//! let mut session: Session<()> = Session::new(config);
//!
//! // Write what the session wants to write.
//! let written = session.poll_transmit().bytes.concat();
//! assert_eq!(written, b"\0AUTH EXTERNAL 30\r\nBEGIN\r\n");
//! session.transmitted(written.len());
//!
//! // Read into the session's buffer.
//! let read = b"OK a70c1178e836ccc6d4251f226b04381d\r\n";
//! session.input_buffer()[..read.len()].copy_from_slice(read);
//! session.handle_input(read.len(), Vec::new(), false);
//! assert!(session.is_established());
//! ```
//!
//! # Guide
//!
//! - **Configure**: [`Config`] says what the server is, how to authenticate, and the limits.
//! - **Write**: [`Session::poll_transmit`] returns what to write, [`Session::transmitted`] says how much was written.
//! - **Read**: read into [`Session::input_buffer`], then call [`Session::handle_input`], or [`Session::handle_eof`] at the end of the stream.
//! - **Take events**: [`Session::poll_event`] returns the next [`Event`]. A [`Want`] selects which: any event, one reply, or the signals of
//!   one subscription. The others are kept, in order, within [`Config::receive_limit`].
//! - **Watch the time**: call [`Session::poll_event`] at the latest at [`Session::next_deadline`].
//! - **Send**: [`Session::call`], [`Session::send`], [`Session::subscribe`], [`Session::reply`]. They only queue.
//! - **Authenticate again**: if the session ends with an error and [`Session::retry_handshake`] returns `true`, connect again and go on.
//!
//! # What this crate does not do
//!
//! It opens no socket, reads no clock and no environment, starts no thread, and serves no objects except `org.freedesktop.DBus.Peer`.
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
