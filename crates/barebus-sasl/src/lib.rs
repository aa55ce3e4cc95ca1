//! The D-Bus authentication conversation, both sides, as bytes in and bytes out.
//!
//! A [`Client`] or [`Server`] holds the state of one conversation. What it has to say is in `output()`; `advance_output(n)` tells
//! it that n bytes of that are written; `receive(bytes)` hands it what came and answers how many bytes it has taken. It does no
//! I/O, allocates nothing, and knows no time.
//!
//! ```text
//!            AUTH with a response                     OK, fds wanted
//!   start ------------------------> WaitingForOK -----------------------> WaitingForAgreeUnixFD
//!     |                              ^   |   |                                    |
//!     | AUTH without                 |   |   | OK, no fds wanted                  | AGREE_UNIX_FD or ERROR
//!     v            DATA, answered    |   |   v                                    v
//!   WaitingForData ------------------+   |  Done <--------------------------------+
//!     |                                  |
//!     |  ERROR: CANCEL                   |  DATA or ERROR: CANCEL
//!     +--------> WaitingForReject <------+
//!                       |
//!                       | REJECTED: AUTH with the next mechanism, or out of mechanisms
//! ```
//!
//! # The bytes between caller and conversation
//!
//! `receive` is called with **all bytes not yet taken**, those left over from the call before first. It takes whole lines only, and
//! never a byte after the line that ends the conversation: those are message data (Spec: Authentication Protocol). A part of a line
//! is left with the caller, who needs room for [`MAX_LINE`] bytes; the conversation remembers how far it has looked, so a peer that
//! sends single bytes costs linear time. Lines are refused as soon as a byte breaks a rule, not only at their end.
//!
//! ```
//! use barebus_sasl::{Client, Identity, Mechanism, Options, Pacing};
//!
//! let mut client = Client::new(Options {
//!     mechanisms: Mechanism::External(Identity::Uid(1000)).into(),
//!     negotiate_unix_fd: true,
//!     pacing: Pacing::Pipelined,
//! });
//! assert_eq!(client.output(), b"\0AUTH EXTERNAL 31303030\r\nNEGOTIATE_UNIX_FD\r\nBEGIN\r\n");
//! client.advance_output(client.output().len());
//!
//! // The bytes of a first message may follow at once: they are left alone.
//! let bytes = b"OK a70c1178e836ccc6d4251f226b04381d\r\nAGREE_UNIX_FD\r\nl\x02";
//! let taken = client.receive(bytes)?;
//! assert_eq!(&bytes[taken..], b"l\x02");
//! assert!(client.outcome().is_some_and(|outcome| outcome.unix_fd));
//! # Ok::<(), barebus_sasl::SaslError>(())
//! ```
//!
//! What this crate does not do: it opens no socket, passes no credentials (the kernel does), sets no deadline, looks up no user,
//! and knows no mechanism but EXTERNAL and ANONYMOUS. It touches no home directory, so DBUS_COOKIE_SHA1 is out of its reach on purpose.
#![no_std]
#![forbid(unsafe_code)]
#![warn(clippy::std_instead_of_core, clippy::alloc_instead_of_core)]

mod client;
mod command;
mod error;
mod fault;
mod guid;
mod line;
mod mechanism;
mod output;
mod server;

pub use client::{Client, MAX_ERRORS_SENT, Options, Outcome, Pacing, State};
pub use error::{Excerpt, Offered, Position, SaslError, Waiting};
pub use guid::{Guid, GuidError};
pub use line::MAX_LINE;
pub use mechanism::{Identity, Mechanism, Mechanisms};
pub use server::{MAX_COMPLAINTS, MAX_REJECTED, Server, ServerOptions, ServerState};
