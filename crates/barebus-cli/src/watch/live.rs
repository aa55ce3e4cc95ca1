//! The loop of verbs that watch a connection: receives, handles, writes what the output takes, and waits.

use std::fmt::Write;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::time::{Duration, Instant, SystemTime};

use barebus::{Connection, ConnectionError, Event, Message, SubscriptionId};
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use super::ahead::Ahead;
use super::interrupt::Interrupt;
use crate::exit::{Exit, Failure};
use crate::render::warn;

/// Why waiting ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Woken {
    /// Something can be read, or the time to wait until has come.
    Ready,
    /// A signal asks the program to end.
    Interrupted,
}

/// Whether a verb goes on after a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flow {
    Continue,
    End,
}

/// Why watching ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stopped {
    /// The verb has seen enough.
    Enough,
    /// A signal has asked the program to end.
    Interrupted,
    /// The time has passed.
    Late,
}

/// The output and the signals of a verb that watches.
#[derive(Debug)]
pub(crate) struct Live {
    pub(crate) out: Ahead,
}

impl Live {
    /// Call it when the connections are open: programs that they start must not inherit the blocked signals.
    pub(crate) fn new() -> Result<Self, Failure> {
        let interrupt = Interrupt::new().map_err(|error| {
            Failure::new(Exit::Refused, format_args!("cannot receive signals: {error}"))
        })?;
        Ok(Self { out: Ahead::new(interrupt) })
    }

    /// Writes what the output takes, then waits until one of `sources` can be read, at most until `until`. While too much output waits, the
    /// sources are not looked at: the bus keeps their messages.
    pub(crate) fn wait(
        &mut self,
        sources: &[BorrowedFd<'_>],
        until: Option<Instant>,
    ) -> Result<Woken, Failure> {
        loop {
            self.out.write_ready()?;
            if self.out.interrupt().is_asked() {
                return Ok(Woken::Interrupted);
            }
            let reads = if self.out.is_full() { PollFlags::empty() } else { PollFlags::POLLIN };
            let writes =
                if self.out.is_pending() { PollFlags::POLLOUT } else { PollFlags::empty() };
            let mut asked = Vec::with_capacity(sources.len() + 2);
            // Also without anything to write: a reader that is gone is reported.
            asked.push(PollFd::new(self.out.as_fd(), writes));
            asked.push(PollFd::new(self.out.signals(), PollFlags::POLLIN));
            asked.extend(sources.iter().map(|source| PollFd::new(*source, reads)));
            match poll(&mut asked, time_left(until)) {
                Ok(0) if until.is_some_and(|until| Instant::now() < until) => continue,
                Ok(0) => return Ok(Woken::Ready),
                Ok(_) => {}
                Err(Errno::EINTR | Errno::EAGAIN) => continue,
                Err(error) => {
                    let what = format!("cannot wait for messages: {error}");
                    return Err(Failure::new(Exit::Connection, what));
                }
            }
            let found = |asked: &PollFd<'_>| asked.revents().unwrap_or(PollFlags::empty());
            let mut found = asked.iter().map(found);
            let (out, signals) = (found.next(), found.next());
            let is_ready = found.any(|found| !found.is_empty());
            if signals.is_some_and(|found| !found.is_empty()) {
                self.out.interrupt().take()?;
            } else if out
                .is_some_and(|found| found.intersects(PollFlags::POLLERR | PollFlags::POLLHUP))
            {
                return Err(io::Error::from(io::ErrorKind::BrokenPipe).into());
            } else if is_ready {
                return Ok(Woken::Ready);
            }
        }
    }

    /// Writes `text` and everything before it at the end of the program, however long the reader takes.
    ///
    /// # Errors
    /// The output cannot be written, or a signal arrives while the reader takes nothing.
    pub(crate) fn finish(mut self, text: &str) -> Result<(), Failure> {
        // An error is told by the next call.
        let _ = self.out.write_str(text);
        Ok(self.out.write_last()?)
    }

    /// Passes each message that arrives to `take`, until that says to end, a signal arrives, or `until` has passed. Then everything is
    /// written.
    ///
    /// # Errors
    /// Those of `take`; the connection has ended, after its last message; the output cannot be written.
    pub(crate) fn run(
        mut self,
        connection: &mut Connection,
        until: Option<Instant>,
        mut take: impl FnMut(&Seen<'_>, &mut Ahead) -> Result<Flow, Failure>,
    ) -> Result<Stopped, Failure> {
        let stopped = self.watch(connection, until, &mut take);
        self.finish("")?;
        stopped
    }

    fn watch(
        &mut self,
        connection: &mut Connection,
        until: Option<Instant>,
        take: &mut impl FnMut(&Seen<'_>, &mut Ahead) -> Result<Flow, Failure>,
    ) -> Result<Stopped, Failure> {
        let mut time = now();
        let mut load = Load::new();
        loop {
            let flow = drain(connection, time, |seen| {
                load.count += 1;
                take(seen, &mut self.out)
            })?;
            if flow == Flow::End {
                return Ok(Stopped::Enough);
            }
            if until.is_some_and(|until| Instant::now() >= until) {
                return Ok(Stopped::Late);
            }
            let woken = match load.is_busy() && !self.out.is_full() {
                true => self.wait(&[], Some(Instant::now() + REST))?,
                false => self.wait(&[connection.as_fd()], until)?,
            };
            if woken == Woken::Interrupted {
                return Ok(Stopped::Interrupted);
            }
            connection.process().map_err(|error| ended(&error))?;
            time = now();
        }
    }
}

/// How many messages arrive. If they are many, waking up for each costs more than handling it.
#[derive(Debug)]
struct Load {
    /// Start of the interval that is counted in.
    since: Instant,
    /// Messages in it.
    count: u32,
    was_busy: bool,
}

/// How long messages are counted.
const INTERVAL: Duration = Duration::from_millis(10);

/// Messages in a millisecond on a busy bus.
const BUSY: u32 = 4;

impl Load {
    fn new() -> Self {
        Self { since: Instant::now(), count: 0, was_busy: false }
    }

    /// Whether the last interval was busy.
    fn is_busy(&mut self) -> bool {
        let time = self.since.elapsed();
        if time >= INTERVAL {
            self.was_busy = u128::from(self.count) >= u128::from(BUSY) * time.as_millis();
            self.since = Instant::now();
            self.count = 0;
        }
        self.was_busy
    }
}

/// On a busy bus, messages are read together that arrive within this time. Their times are later by as much.
const REST: Duration = Duration::from_millis(2);

/// A message that was received.
#[derive(Debug)]
pub(crate) struct Seen<'a> {
    pub(crate) message: &'a Message<'a>,
    /// The subscriptions that it is for; none of a monitor.
    pub(crate) subscriptions: &'a [SubscriptionId],
    /// When it was received, since 1970-01-01.
    pub(crate) time: Duration,
}

/// Passes the messages that were received at `time` to `take`.
pub(crate) fn drain(
    connection: &mut Connection,
    time: Duration,
    mut take: impl FnMut(&Seen<'_>) -> Result<Flow, Failure>,
) -> Result<Flow, Failure> {
    while let Some(event) = connection.poll_event().map_err(|error| ended(&error))? {
        let (received, subscriptions) = match &event {
            Event::Monitored(received) => (received, &[][..]),
            Event::Signal { signal, subscriptions } => (signal, *subscriptions),
            Event::Refused(error) => {
                warn(format_args!("a message was dropped: {error}"));
                continue;
            }
            _ => continue,
        };
        if take(&Seen { message: &received.message, subscriptions, time })? == Flow::End {
            return Ok(Flow::End);
        }
    }
    Ok(Flow::Continue)
}

pub(crate) fn ended(error: &ConnectionError) -> Failure {
    Failure::new(Exit::Connection, error)
}

/// The time since 1970-01-01.
pub(crate) fn now() -> Duration {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()
}

/// For poll(2), rounded up.
pub(super) fn time_left(until: Option<Instant>) -> PollTimeout {
    let Some(until) = until else {
        return PollTimeout::NONE;
    };
    let left = until.saturating_duration_since(Instant::now());
    let left = left.as_millis().saturating_add(u128::from(!left.is_zero()));
    PollTimeout::try_from(left).unwrap_or(PollTimeout::MAX)
}
