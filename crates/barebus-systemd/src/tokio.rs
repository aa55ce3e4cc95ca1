//! systemd for tokio: [`Systemd`] has the methods of [`crate::Systemd`], `async`.
//!
//! ```no_run
//! use barebus_systemd::tokio::Systemd;
//!
//! # async fn example() -> Result<(), barebus::Error> {
//! let (systemd, driver) = Systemd::system()?;
//! tokio::spawn(driver);
//! println!("{}", systemd.unit_file_state("sshd.service").await?);
//! # Ok(())
//! # }
//! ```
//!
//! The methods are async: they do nothing until awaited. The runtime needs I/O and timers: call `enable_all` on its builder, or use `#[tokio::main]`, which
//! does so.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use barebus::{CallError, ConnectionError, EncodeBody, MatchRuleBuf, MethodCall, OwnedMessage};
use barebus_tokio::{Connection, PendingReply, SignalStream};

use crate::client::{CallOptions, Client, Timeout, is_reopenable};
use crate::error::Error;
use crate::state::State;
pub use crate::watch::tokio::Watch;

/// A connection to systemd, cheap to clone. The [`Driver`] that comes with it must be spawned.
///
/// ```no_run
/// use barebus_systemd::tokio::Systemd;
///
/// # async fn example() -> Result<(), barebus::Error> {
/// let (systemd, driver) = Systemd::system()?;
/// tokio::spawn(driver);
/// println!("{}", systemd.unit_file_state("dbus.service").await?);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Systemd {
    pub(crate) shell: Arc<Shell>,
}

impl Systemd {
    /// Takes over a connection: to a bus, or directly to systemd. Replies to calls that were made before are dropped.
    pub fn over(connection: barebus::Connection) -> (Self, Driver) {
        let address = connection.address().to_owned();
        let is_direct = connection.is_direct();
        let can_reopen = is_direct && is_reopenable(&address);
        let (connection, driver) = Connection::new(connection);
        let open = Open { connection, generation: 0, next_driver: None, driver_task: None };
        let shell = Arc::new(Shell {
            address,
            is_direct,
            can_reopen,
            open: Mutex::new(open),
            state: State::default(),
        });
        let shared = Arc::downgrade(&shell);
        (Self { shell }, Driver { shell: shared, driver })
    }

    /// The connection, for everything that this type has no method for: [definitions](crate::interface), calls and subscriptions of your
    /// own. After systemd has re-executed itself, a direct connection is another one.
    pub fn connection(&self) -> Connection {
        self.shell.lock().connection.clone()
    }
}

limits!(Systemd);

/// The future that reads and writes for a [`Systemd`]: see [`barebus_tokio::Driver`]. It also drives the connection that is opened in place
/// of a direct one that systemd has ended by re-executing itself: so if such a connection ends and is not opened again, this goes on until all
/// handles are gone.
///
/// ```no_run
/// use barebus_systemd::tokio::{Driver, Systemd};
///
/// # async fn example() -> Result<(), barebus::Error> {
/// let (systemd, driver): (Systemd, Driver) = Systemd::system()?;
/// // Nothing happens on the connection until the driver runs.
/// let driver = tokio::spawn(driver);
/// println!("{}", systemd.status("dbus.service").await?.active_state);
/// drop(systemd);
/// driver.await.ok();
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "nothing moves until it is spawned, or awaited"]
pub struct Driver {
    shell: Weak<Shell>,
    driver: barebus_tokio::Driver,
}

impl Future for Driver {
    type Output = Result<(), ConnectionError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        loop {
            let ended = std::task::ready!(Pin::new(&mut self.driver).poll(cx));
            let Some(shell) = self.shell.upgrade() else { return Poll::Ready(ended) };
            let mut open = shell.lock();
            match open.next_driver.take() {
                Some(next) => {
                    drop(open);
                    self.driver = next;
                }
                // Polled again when the connection was opened again, or the last handle is gone.
                None if shell.can_reopen => {
                    open.driver_task = Some(cx.waker().clone());
                    return Poll::Pending;
                }
                None => return Poll::Ready(ended),
            }
        }
    }
}

/// The connection and what is known about it.
#[derive(Debug)]
pub(crate) struct Shell {
    address: String,
    is_direct: bool,
    can_reopen: bool,
    open: Mutex<Open>,
    state: State<Stream>,
}

/// The connection that is open now.
#[derive(Debug)]
struct Open {
    connection: Connection,
    generation: u64,
    /// The driver of `connection`, until [`Driver`] takes it.
    next_driver: Option<barebus_tokio::Driver>,
    /// The task of [`Driver`], while it waits for `next_driver`.
    driver_task: Option<Waker>,
}

/// A subscription.
#[derive(Debug)]
pub(crate) struct Stream {
    signals: SignalStream,
    is_accepted: bool,
}

impl Shell {
    fn lock(&self) -> MutexGuard<'_, Open> {
        // Nothing that is done under the lock panics.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        if let Some(task) = self.lock().driver_task.take() {
            task.wake();
        }
    }
}

/// How many bytes of signals of a subscription may wait: as many as a blocking connection keeps.
const QUEUE: usize = 16 << 20;

impl Client for Shell {
    type Signals = Stream;
    type Reply<'c> = Reply;

    fn send<B: EncodeBody>(&self, call: &MethodCall<'_>, body: &B, options: CallOptions) -> Reply {
        let connection = &self.lock().connection;
        Reply(match options.timeout {
            Timeout::Common => connection.call_with_fds(call, body, options.fds),
            Timeout::Of(timeout) => connection.call_within(call, body, options.fds, timeout),
        })
    }

    fn signals(&self, rule: &MatchRuleBuf) -> Result<Stream, CallError> {
        let rule = rule.rule().map_err(CallError::Rule)?;
        let signals = self.lock().connection.start_subscription(&rule)?;
        signals.set_queue_limit(QUEUE);
        Ok(Stream { signals, is_accepted: false })
    }

    async fn next<'a>(&'a self, stream: &'a mut Stream) -> Result<Arc<OwnedMessage>, CallError> {
        poll_fn(|cx| {
            if !stream.is_accepted {
                match pin!(stream.signals.accepted()).poll(cx) {
                    Poll::Ready(Ok(())) => stream.is_accepted = true,
                    Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                    Poll::Pending => {}
                }
            }
            pin!(stream.signals.next()).poll(cx).map(|signal| match signal {
                Some(Ok(signal)) => Ok(signal.into()),
                Some(Err(error)) => Err(error.into()),
                None => Err(CallError::OtherConnection),
            })
        })
        .await
    }

    fn lost(&self, stream: &Stream) -> u64 {
        self.lock().connection.dropped() + stream.signals.dropped()
    }

    async fn sleep_until(&self, at: Instant) {
        tokio::time::sleep_until(at.into()).await;
    }

    fn is_direct(&self) -> bool {
        self.is_direct
    }

    fn look(&self) {
        // Only direct connections are opened again.
        if !self.is_direct {
            return;
        }
        // A copy, so that no task is woken under the lock.
        let connection = self.lock().connection.clone();
        // Where a reply is awaited, somebody waits for the driver.
        if connection.outstanding() == 0 {
            connection.read_arrived();
        }
    }

    fn has_ended(&self) -> bool {
        self.lock().connection.has_ended()
    }

    fn outstanding(&self) -> usize {
        self.lock().connection.outstanding()
    }

    fn state(&self) -> &State<Stream> {
        &self.state
    }

    fn generation(&self) -> u64 {
        self.lock().generation
    }

    fn reopen(&self, generation: u64) -> Result<(), Error> {
        let opened = barebus::Connection::open_direct(&self.address);
        let mut opened = opened.map_err(|error| Error::new("connecting again", None, error))?;
        let mut open = self.lock();
        if open.generation == generation {
            opened.set_call_timeout(open.connection.call_timeout());
            let (connection, driver) = Connection::new(opened);
            open.connection = connection;
            open.generation += 1;
            open.next_driver = Some(driver);
            if let Some(task) = open.driver_task.take() {
                task.wake();
            }
        }
        Ok(())
    }

    fn address(&self) -> String {
        self.address.clone()
    }

    fn can_reopen(&self) -> bool {
        self.can_reopen
    }
}

/// The reply to a call.
pub(crate) struct Reply(PendingReply);

impl Future for Reply {
    type Output = Result<OwnedMessage, CallError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(cx).map(|reply| reply.map(OwnedMessage::from))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Mode;

    #[test]
    fn operations_can_be_spawned() {
        fn check<T: Send>(_: impl FnOnce(&'static Systemd) -> T) {}
        check(|systemd| systemd.unit_file_state("x.service"));
        check(|systemd| systemd.version());
        check(|systemd| systemd.start_unit("x.service", Mode::Replace));
        check(|systemd| async {
            let jobs = systemd.start_units(&["x.service"], Mode::Replace).await;
            let jobs: Vec<_> = jobs.into_iter().flatten().collect();
            systemd.wait_all(&jobs).await;
            systemd.wait_unit(&jobs[0]).await
        });
    }
}
