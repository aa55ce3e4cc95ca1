//! D-Bus calls and signals for tokio, over [`barebus`]: the same session, driven by tokio's reactor and timer.
//!
//! ```no_run
//! use barebus::{BusName, InterfaceName, MatchRuleBuf, MemberName, MethodCall, ObjectPath};
//! use barebus_tokio::Connection;
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let (bus, driver) = Connection::system()?;
//! tokio::spawn(driver);
//!
//! let systemd = BusName::from_static("org.freedesktop.systemd1");
//! let call = MethodCall::new(
//!     ObjectPath::from_static("/org/freedesktop/systemd1"),
//!     MemberName::from_static("GetUnitFileState"),
//! )
//! .interface(InterfaceName::from_static("org.freedesktop.systemd1.Manager"))
//! .destination(systemd);
//! let reply = bus.call(&call, &("sshd.service",)).await?;
//! let (state,): (&str,) = reply.body()?;
//! println!("{state}");
//!
//! let rule = MatchRuleBuf::signals().sender(systemd).member(MemberName::from_static("JobRemoved"));
//! let mut jobs = bus.subscribe(&rule.rule()?).await?;
//! while let Some(signal) = jobs.next().await.transpose()? {
//!     let (_, _, unit, result): (u32, ObjectPath, &str, &str) = signal.body()?;
//!     println!("{unit}: {result}");
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # The driver
//!
//! A [`Connection`] is a handle: cheap to clone, for any number of tasks and threads. Reading, writing and deadlines are the
//! [`Driver`]'s, a future that whoever opens the connection spawns, or awaits beside the rest. Nothing is spawned behind the
//! user's back, and there is no thread.
//!
//! The other way would be that whoever awaits a reply reads for all. Then a task that is dropped, or slow, while it is its turn
//! keeps replies from the others, and when nobody awaits anything nobody answers a ping or notices that the bus has gone. With
//! a driver, dropping any other future is harmless, a reply wakes the one task that waits for it, and the reason why the
//! connection ended has a place where it is returned: `driver.await`.
//!
//! A driver that nobody polls moves nothing: calls then wait for as long as it is not polled. A driver that is dropped ends the
//! connection, and everything that waits is told.
//!
//! # What holds
//!
//! - A call is queued when [`call`](Connection::call) is called, in this order on the wire; the future only waits. So calls are
//!   under way together without being spawned. Dropped, it forgets the call: a reply that still comes is dropped.
//! - Dropping a [`SignalStream`] ends the subscription. Every future here can be dropped at any time, as `select!` and
//!   [`tokio::time::timeout`] do.
//! - Replies do not wait behind signals: each stream has a queue of its own, bounded in bytes. What finds no place is dropped
//!   and counted: [`SignalStream::dropped`].
//! - When the connection ends, every call gets the reason, and so does every stream, behind the signals that came before.
//! - When all handles, streams and calls are gone the driver writes what is still queued, for at most 5 s, and is done.
//!
//! # What waits in the old way
//!
//! Opening does: connect(2) on a Unix socket returns at once, unless the server's queue is full; then it waits for at most the
//! [handshake's timeout](barebus::Options::handshake_timeout). `tcp:` and `unixexec:` take longer: open a
//! [`barebus::Connection`] in `spawn_blocking` and hand it to [`Connection::new`]. Authentication and all that follows wait
//! without blocking.
//!
//! The runtime needs its I/O and its time (`enable_all`); the time is the system's, tokio's paused clock does not hold it.
//!
//! What this crate does not do: monitors ([`barebus::Connection::become_monitor`]), proxies, anything without tokio.
#![forbid(unsafe_code)]

mod call;
mod connection;
mod driver;
mod incoming;
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
pub use stream::SignalStream;
