//! The future that moves everything.

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use barebus::ConnectionError;
use tokio::io::unix::{AsyncFd, AsyncFdReadyGuard};
use tokio::time::{Sleep, sleep_until};

use crate::shared::{Shared, State, renew};

/// Reads, writes and watches the deadlines of a connection, as long as it is polled: spawn it, or await it beside the rest.
///
/// It is done when the connection has ended, with the reason; or when all handles, streams and calls are gone, once what they
/// had queued is written. Dropped, it closes the connection, and whoever waits for something is told.
///
/// # Panics
/// When it is polled outside of a tokio runtime whose I/O and time are enabled.
#[derive(Debug)]
#[must_use = "nothing moves until it is spawned, or awaited"]
pub struct Driver {
    shared: Arc<Shared>,
    socket: Option<Socket>,
    alarm: Alarm,
    /// When all handles are gone: how long what is queued may still take.
    until: Option<Instant>,
    /// Tasks to be woken once nothing is locked.
    woken: Vec<Waker>,
}

/// So long the other side may take to read what was queued when the last handle went.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// The connection's socket as the reactor knows it.
#[derive(Debug)]
struct Socket {
    /// Its number in the connection: another one after a second attempt at authentication.
    number: RawFd,
    /// A duplicate, which stays what it is until the reactor lets go of it.
    ready: AsyncFd<OwnedFd>,
}

/// What a step has come to.
enum Step {
    Again,
    /// All wakers are in place.
    Wait,
    Done(Result<(), ConnectionError>),
}

impl Driver {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        let alarm = Alarm { sleep: None };
        Self { shared, socket: None, alarm, until: None, woken: Vec::new() }
    }

    /// Hands out what has come, then writes and reads if that can be done without waiting.
    fn step(&mut self, cx: &mut Context<'_>) -> Step {
        let Self { shared, socket, alarm, until, woken } = self;
        let state = &mut *shared.lock();
        if let Err(error) = state.hand_out(woken) {
            state.end(woken);
            return Step::Done(Err(error));
        }
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
        // The reactor tells edges: only of what would block must it be asked again. As long as something is read, what is
        // still to be written may have been queued after the writing.
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
        // In a statement of its own: what it gives goes once nothing is locked.
        let before = renew(&mut self.shared.lock().driver, cx);
        drop(before);
        loop {
            // A peer that never stops cannot keep the task: the reactor gives each task a budget.
            let step = self.step(cx);
            self.woken.drain(..).for_each(Waker::wake);
            match step {
                Step::Again => {}
                Step::Wait => return Poll::Pending,
                Step::Done(result) => return Poll::Ready(result),
            }
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        if !state.is_over {
            state.fail(io::ErrorKind::NotConnected, "the driver was dropped", &mut self.woken);
        }
        drop(state);
        self.woken.drain(..).for_each(Waker::wake);
    }
}

/// What the reactor refuses ends everything.
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
    /// The connection's socket, registered; and whether that was done just now.
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

/// A timer that is set late: an alarm for an earlier deadline may ring in vain, which costs less than setting it with each call.
#[derive(Debug)]
struct Alarm {
    sleep: Option<Pin<Box<Sleep>>>,
}

impl Alarm {
    /// Whether `deadline` has passed; if not, the task is woken when it has.
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
