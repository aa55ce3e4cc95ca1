//! The future that reads and writes.

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use barebus::ConnectionError;
use tokio::io::unix::{AsyncFd, AsyncFdReadyGuard};
use tokio::time::{Sleep, sleep_until};

use crate::shared::{Shared, State, Step};

/// The future that reads, writes and watches the deadlines of a connection. Spawn it, or await it beside other futures.
///
/// ```no_run
/// # async fn example() -> Result<(), barebus::Error> {
/// let (bus, driver) = barebus_tokio::Connection::system()?;
/// let driver = tokio::spawn(driver);
/// println!("{:?}", bus.unique_name());
/// drop(bus);
/// // Everything that was queued is written now, or this says why not.
/// if let Ok(Err(error)) = driver.await {
///     eprintln!("{error}");
/// }
/// # Ok(())
/// # }
/// ```
///
/// It ends with an error when the connection has ended. It ends with `Ok` when all handles, streams and calls are gone and everything that
/// they queued is written. Dropping it closes the connection, and everything that waits gets an error.
///
/// # Panics
/// When it is polled outside of a tokio runtime with I/O and time enabled.
#[derive(Debug)]
#[must_use = "nothing moves until it is spawned, or awaited"]
pub struct Driver {
    shared: Arc<Shared>,
    transfer: Transfer,
    /// Tasks to wake after the lock is released.
    woken: Vec<Waker>,
}

/// What the driver needs to write, to read and to wait.
#[derive(Debug)]
struct Transfer {
    socket: Option<Socket>,
    alarm: Alarm,
    /// Set when all handles are gone: the deadline for writing what is queued.
    until: Option<Instant>,
}

/// How long the other side may take to read what is queued when the last handle is dropped.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// The connection's socket as the reactor knows it.
#[derive(Debug)]
struct Socket {
    /// Its number in the connection. It changes with a second attempt at authentication.
    number: RawFd,
    /// A duplicate, which stays valid until the reactor has deregistered it.
    ready: AsyncFd<OwnedFd>,
}

impl Driver {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        let transfer = Transfer { socket: None, alarm: Alarm { sleep: None }, until: None };
        Self { shared, transfer, woken: Vec::new() }
    }
}

impl Transfer {
    /// Writes and reads if that is possible without blocking.
    fn step(&mut self, state: &mut State, cx: &mut Context<'_>, woken: &mut Vec<Waker>) -> Step {
        let Self { socket, alarm, until } = self;
        let Some(connection) = &mut state.connection else {
            return Step::Done(Ok(()));
        };
        let (socket, is_new) = match Socket::of(socket, connection.as_fd()) {
            Ok(found) => found,
            Err(error) => return failed(state, &error, woken),
        };

        let mut deadline = connection.next_deadline();
        if state.is_let_go {
            let is_written =
                connection.session_state().is_established() && !connection.wants_write();
            let until = *until.get_or_insert_with(|| Instant::now() + LAST_WORDS);
            if is_written || until <= Instant::now() {
                return Step::Done(Ok(()));
            }
            deadline = Some(deadline.map_or(until, |deadline| deadline.min(until)));
        }
        let is_due = deadline.is_some_and(|deadline| alarm.rings(deadline, cx));
        let wants_write = connection.wants_write();
        let mut may_read = socket.ready.poll_read_ready(cx);
        let mut may_write =
            if wants_write { socket.ready.poll_write_ready(cx) } else { Poll::Pending };
        if let Poll::Ready(Err(error)) = &may_read {
            return failed(state, error, woken);
        }
        if may_read.is_pending() && may_write.is_pending() && !is_due && !is_new {
            return Step::Wait;
        }
        let has_read = match connection.process() {
            Ok(has_read) => has_read,
            Err(error) => {
                state.fail(io::ErrorKind::Other, "the process was forked", woken);
                return Step::Done(Err(error));
            }
        };
        // The reactor is edge-triggered: readiness is cleared only for what would block. While reads succeed, what is still to be
        // written may have been queued after the write.
        if !has_read {
            clear(&mut may_read);
            if connection.wants_write() {
                clear(&mut may_write);
            }
        }
        Step::Again
    }
}

impl Future for Driver {
    type Output = Result<(), ConnectionError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { shared, transfer, woken } = &mut *self;
        shared.drive(cx, woken, |state, cx, woken| transfer.step(state, cx, woken))
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.shared.abandon();
    }
}

/// An error of the reactor ends the connection.
fn failed(state: &mut State, error: &io::Error, woken: &mut Vec<Waker>) -> Step {
    state.fail(error.kind(), &error.to_string(), woken);
    Step::Done(Err(state.error()))
}

fn clear(ready: &mut Poll<io::Result<AsyncFdReadyGuard<'_, OwnedFd>>>) {
    if let Poll::Ready(Ok(guard)) = ready {
        guard.clear_ready();
    }
}

impl Socket {
    /// The connection's socket, registered; and whether it was registered just now.
    fn of<'s>(known: &'s mut Option<Self>, fd: BorrowedFd<'_>) -> io::Result<(&'s Self, bool)> {
        let number = fd.as_raw_fd();
        let is_new = known.as_ref().is_none_or(|known| known.number != number);
        if is_new {
            *known = None;
        }
        match known {
            Some(known) => Ok((known, false)),
            none => {
                #[allow(
                    deprecated,
                    reason = "other types may close their descriptor while the reactor holds its number; an OwnedFd does not, \
                              and the way that is not deprecated is unsafe"
                )]
                let ready = AsyncFd::new(fd.try_clone_to_owned()?)?;
                Ok((none.insert(Self { number, ready }), true))
            }
        }
    }
}

/// A timer that is not reset with each call: it may fire for a deadline that has gone, which costs less than resetting it.
#[derive(Debug)]
struct Alarm {
    sleep: Option<Pin<Box<Sleep>>>,
}

impl Alarm {
    /// Whether `deadline` has passed. If not, the task is woken when it does.
    fn rings(&mut self, deadline: Instant, cx: &mut Context<'_>) -> bool {
        let deadline = deadline.into();
        let sleep = self.sleep.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if sleep.deadline() > deadline {
            sleep.as_mut().reset(deadline);
        }
        if sleep.as_mut().poll(cx).is_pending() {
            return false;
        }
        if sleep.deadline() == deadline {
            return true;
        }
        sleep.as_mut().reset(deadline);
        sleep.as_mut().poll(cx).is_ready()
    }
}
