//! The D-Bus authentication conversation, both sides: bytes in, bytes out.
//!
//! [`Client`] and [`Server`] each hold the state of one conversation. `output()` returns the bytes to write, and
//! `advance_output(n)` marks n of them as written. `receive(bytes)` handles the peer's bytes and returns how many it took. The
//! crate does no I/O, allocates nothing, and has no clock.
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
//! // The first message may follow the last answer: its bytes are not taken.
//! let bytes = b"OK a70c1178e836ccc6d4251f226b04381d\r\nAGREE_UNIX_FD\r\nl\x02";
//! let taken = client.receive(bytes)?;
//! assert_eq!(&bytes[taken..], b"l\x02");
//! assert!(client.outcome().is_some_and(|outcome| outcome.unix_fd));
//! # Ok::<(), barebus_sasl::SaslError>(())
//! ```
//!
//! # States of the client
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
//! # Bytes that were not taken
//!
//! Call `receive` with **all bytes not yet taken**, the remaining ones of the last call first. It takes whole lines only, and no
//! byte after the line that ends the conversation: those bytes are message data (Spec: Authentication Protocol). The caller keeps
//! the start of an unfinished line and needs room for [`MAX_LINE`] bytes. The conversation remembers which bytes it has scanned,
//! so a peer that sends single bytes causes linear work only. A line is refused at the first byte that breaks a rule, not only at
//! its end.
//!
//! # Not in this crate
//!
//! Sockets, credentials (the kernel passes them), deadlines, user names, and mechanisms other than EXTERNAL and ANONYMOUS.
//! DBUS_COOKIE_SHA1 is left out on purpose: it needs files in the home directory.
#![no_std]
#![forbid(unsafe_code)]
#![warn(clippy::std_instead_of_core, clippy::alloc_instead_of_core)]

mod client;
mod command;
mod error;
mod guid;
mod line;
mod mechanism;
mod output;
mod server;
mod state;

pub use client::{Client, MAX_ERRORS_SENT, Options, Pacing};
pub use command::Command;
pub use error::{SaslError, SaslErrorKind};
pub use guid::{Guid, GuidError};
pub use line::MAX_LINE;
pub use mechanism::{Identity, Mechanism, Mechanisms, Offered};
pub use server::{MAX_COMPLAINTS, MAX_REJECTED, Server, ServerOptions};
pub use state::{Outcome, ServerState, State, Waiting};
