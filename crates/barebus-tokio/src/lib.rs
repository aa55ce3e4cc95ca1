//! D-Bus calls and signals for tokio, over [`barebus`]: the same session, driven by tokio's reactor and timer.
//!
//! ```no_run
//! use barebus::{MatchRuleBuf, MethodCall, ObjectPath};
//! use barebus_tokio::Connection;
//!
//! # async fn example() -> Result<(), barebus::Error> {
//! let (bus, driver) = Connection::system()?;
//! tokio::spawn(driver);
//!
//! let (systemd, path) = ("org.freedesktop.systemd1", "/org/freedesktop/systemd1");
//! let manager = |member| MethodCall::new(systemd, path, "org.freedesktop.systemd1.Manager", member);
//! let reply = bus.call(&manager("GetUnitFileState")?, &("sshd.service",)).await?;
//! let (state,): (&str,) = reply.body()?;
//! println!("{state}");
//!
//! let rule = MatchRuleBuf::signals().sender(systemd).member("JobRemoved");
//! let mut jobs = bus.subscribe(&rule.rule()?).await?;
//! // systemd sends signals only while a client has called `Subscribe`.
//! bus.call(&manager("Subscribe")?, &()).await?;
//! while let Some(signal) = jobs.next().await.transpose()? {
//!     let (_, _, unit, result): (u32, ObjectPath, &str, &str) = signal.body()?;
//!     println!("{unit}: {result}");
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Guide
//!
//! - **Open a connection**: [`Connection::system`], [`Connection::session`], [`Connection::open`]; [`Connection::new`] takes a
//!   [`barebus::Connection`] that was opened with [`barebus::Options`]. Spawn the [`Driver`].
//! - **Call methods**: [`Connection::call`] queues a call at once and returns a [`PendingReply`], the future of its [`Reply`].
//!   [`Connection::request`] does the same for a [definition](barebus::definition).
//! - **Receive signals**: [`Connection::subscribe`] returns a [`SignalStream`]; [`SignalStream::bodies`] is the stream of their arguments.
//! - **Answer calls of your methods**: [`Connection::incoming`], with [`barebus::Options::serve_calls`].
//! - **Log, count, capture**: [`barebus::Connection::observe`], before [`Connection::new`].
//!
//! Errors are those of [`barebus`], and convert into [`barebus::Error`]. Names and paths are text or checked types. The example
//! `watch_units` is a whole program.
//!
//! # The driver
//!
//! A [`Connection`] is a handle: clone it into any number of tasks and threads. The [`Driver`] is a future that reads, writes and watches
//! deadlines. You spawn it, or await it beside other futures. This crate spawns nothing and starts no thread.
//!
//! Without a driver, the task that awaits a reply would have to read for all others. Then a slow or dropped task would withhold replies from
//! the others, and while nobody awaits anything, no ping would be answered and the end of the bus would go unnoticed. With a driver,
//! dropping any other future is harmless, a reply wakes the one task that waits for it, and `driver.await` returns why the connection ended.
//!
//! A driver that is not polled moves nothing: calls wait until it is polled. A driver that is dropped ends the connection, and everything
//! that waits gets an error.
//!
//! # Guarantees
//!
//! - A call is queued when [`call`](Connection::call) is called, and calls are sent in this order. The future only waits, so calls are
//!   outstanding together without being spawned. Dropping the future gives up the call: its reply is dropped.
//! - Dropping a [`SignalStream`] ends the subscription. Every future of this crate can be dropped at any time, as `select!` and
//!   [`tokio::time::timeout`] do.
//! - Replies do not wait behind signals: each stream has its own queue, limited in bytes. Signals that do not fit are dropped and counted:
//!   [`SignalStream::dropped`].
//! - When the connection ends, every call gets the reason. Every stream gets it, too, after the signals that arrived before.
//! - When all handles, streams and calls are gone, the driver writes what is queued, for at most 5 s, and ends.
//!
//! # What blocks
//!
//! Opening a connection calls connect(2). On a Unix socket that returns at once, unless the server's queue is full; then it blocks for at most the
//! [timeout of the handshake](barebus::Options::handshake_timeout). `tcp:` and `unixexec:` take longer: open a [`barebus::Connection`] in
//! `spawn_blocking` and pass it to [`Connection::new`]. If authentication in one write fails, the driver connects once more in the same way.
//! Everything else waits without blocking.
//!
//! The runtime needs I/O and time (`enable_all`). Deadlines follow the system's clock: tokio's paused clock does not stop them.
//!
//! # What this crate does not do
//!
//! It has no monitors ([`barebus::Connection::become_monitor`]) and no proxies, and it does not work without tokio.
#![forbid(unsafe_code)]

mod call;
mod connection;
mod driver;
mod incoming;
#[cfg(test)]
mod interleavings;
mod link;
mod queue;
mod received;
mod shared;
mod stream;

pub use barebus;
pub use call::PendingReply;
pub use connection::Connection;
pub use driver::Driver;
pub use incoming::{Incoming, IncomingCall};
pub use received::{Reply, Signal};
pub use stream::{Bodies, SignalStream};
