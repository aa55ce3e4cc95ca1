//! Reading, writing and waiting of a connection, and what happens when a system call fails.

use std::time::Duration;

use barebus_session::{CallId, SendError, SessionError, SubscriptionId, Want};
use nix::errno::Errno;
use nix::time::ClockId;

use crate::connection::Connection;
use crate::endpoint;
use crate::error::{CallError, Cause, ConnectionError};
use crate::sys;

/// Reads after a failure: more than a socket's buffer holds.
const LAST_READS: usize = 64;

/// How long a read may wait.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Waiting {
    Not,
    For(Option<Duration>),
}

impl Connection {
    /// The session's clock.
    #[inline]
    pub(crate) fn now(&self) -> Duration {
        monotonic()
    }

    /// The deadline of a call that is made now.
    #[inline]
    pub(crate) fn call_deadline(&self) -> Option<Duration> {
        self.call_timeout.map(|timeout| self.now().saturating_add(timeout))
    }

    /// Waits until a wanted event has arrived, at most for `timeout`. Fails as `check` does, which is called whenever none has arrived.
    pub(crate) fn wait_until<E: From<Box<ConnectionError>>>(
        &mut self,
        want: Want,
        timeout: Option<Duration>,
        check: impl Fn(&Self) -> Result<(), E>,
    ) -> Result<bool, E> {
        self.release_dropped();
        let now = self.now();
        self.session.begin_wait(now);
        let deadline = timeout.map(|timeout| now.saturating_add(timeout));
        while !self.poll(want)? {
            check(self)?;
            if deadline.is_some_and(|deadline| self.now() >= deadline) {
                return Ok(false);
            }
            self.progress(deadline, self.now())?;
        }
        Ok(true)
    }

    /// Polls for an event. If authentication in one write has failed, connects once more to authenticate line by line.
    #[inline]
    pub(crate) fn poll(&mut self, want: Want) -> Result<bool, Box<ConnectionError>> {
        self.poll_at(want, self.now())
    }

    #[inline]
    pub(crate) fn poll_at(
        &mut self,
        want: Want,
        now: Duration,
    ) -> Result<bool, Box<ConnectionError>> {
        match self.session.poll(want, now) {
            Ok(found) => Ok(found),
            Err(error) => self.ended(error).map(|()| false),
        }
    }

    /// Checks that the end of the call is still to come.
    #[inline]
    pub(crate) fn check_outstanding(&self, call: CallId) -> Result<(), CallError> {
        if self.session.is_outstanding(call) {
            return Ok(());
        }
        Err(CallError::NoReply(barebus_session::NoReply::NotOutstanding))
    }

    /// Checks that the subscription has not ended.
    pub(crate) fn check_subscribed(&self, subscription: SubscriptionId) -> Result<(), CallError> {
        match self.session.is_subscribed(subscription) {
            true => Ok(()),
            false => Err(CallError::NotSubscribed),
        }
    }

    /// Checks that the process was not forked since the connection was made. Each public method checks once before it reads or writes:
    /// nobody forks while it runs.
    #[inline(always)]
    pub(crate) fn check_home(&mut self) -> Result<(), Box<ConnectionError>> {
        match self.transport.is_foreign() {
            true => Err(self.error(Cause::Forked)),
            false => Ok(()),
        }
    }

    /// If the session has ended, starts the second attempt at authentication, or returns why the session has ended.
    #[inline]
    pub(crate) fn revive(&mut self) -> Result<(), Box<ConnectionError>> {
        self.check_home()?;
        match self.session.error() {
            None => Ok(()),
            Some(error) => self.ended(error.clone()),
        }
    }

    #[cold]
    fn ended(&mut self, error: SessionError) -> Result<(), Box<ConnectionError>> {
        self.check_home()?;
        if let Some(timeout) = self.reopening.filter(|_| self.session.retry_handshake()) {
            let left = self.session.next_deadline().map(|end| end.saturating_sub(self.now()));
            match endpoint::reach_again(&self.address, left.unwrap_or(timeout)) {
                Ok(transport) => {
                    self.transport = transport;
                    self.failure = None;
                    // Without it a read waits by poll(2).
                    let _ = self.transport.set_patience(self.patience);
                    return Ok(());
                }
                Err(cause) => {
                    self.session.end(error);
                    // Later calls get the same error, not the first server's refusal.
                    self.failure = Some(("connecting again", cause.errno()));
                    return Err(self.error(Cause::Reopen(Box::new(cause))));
                }
            }
        }
        let cause = match self.failure {
            Some((doing, errno)) => {
                // The session ends when the stream does, and then knows which step it was in.
                let awaited = match error {
                    SessionError::Closed { awaited, .. } => awaited,
                    _ => None,
                };
                Cause::Io { doing, error: errno.into(), awaited }
            }
            None => Cause::Session(error),
        };
        Err(self.error(cause))
    }

    fn error(&mut self, cause: Cause) -> Box<ConnectionError> {
        #[cfg(feature = "unixexec")]
        let cause = self.transport.with_program(cause);
        let is_handshake = self.session.guid().is_none();
        let handshake = is_handshake.then(|| self.session.handshake_attempts());
        Box::new(ConnectionError { address: self.address.clone(), handshake, cause })
    }

    #[cold]
    pub(crate) fn not_sent(&mut self, error: SendError) -> CallError {
        match error {
            SendError::Ended(error) => match self.ended(*error) {
                Err(error) => error.into(),
                // The second attempt has started. The call can be made again.
                Ok(()) => CallError::NoReply(barebus_session::NoReply::TimedOut),
            },
            error => CallError::Send(error),
        }
    }

    /// Writes what can be written, then waits for something to read, at most until `until` or the session's own deadline. `now` is the
    /// present time, or slightly earlier.
    #[inline]
    pub(crate) fn progress(
        &mut self,
        until: Option<Duration>,
        now: Duration,
    ) -> Result<(), Box<ConnectionError>> {
        self.check_home()?;
        self.progress_at_home(until, now)
    }

    /// As [`progress`](Self::progress), without [`check_home`](Self::check_home), which the caller has done.
    #[inline]
    pub(crate) fn progress_at_home(
        &mut self,
        until: Option<Duration>,
        now: Duration,
    ) -> Result<(), Box<ConnectionError>> {
        self.write()?;
        // After a failure, the caller takes the events that arrived before it, then the error. And writing may have ended the call that
        // the caller waits for.
        if self.failure.is_some() || self.session.needs_poll() {
            return Ok(());
        }
        let deadline = match (self.session.next_deadline(), until) {
            (Some(session), Some(until)) => Some(session.min(until)),
            (session, until) => session.or(until),
        };
        let time = deadline.map(|deadline| deadline.saturating_sub(now));
        if !self.session.wants_transmit() {
            return self.read(Waiting::For(time)).map(|_| ());
        }
        match self.transport.wait(true, time) {
            Ok(ready) if ready.read => self.read(Waiting::Not).map(|_| ()),
            Ok(_) => Ok(()),
            Err(error) => self.failed("waiting for the socket", error),
        }
    }

    /// Writes what the socket accepts without blocking.
    #[inline]
    pub(crate) fn write(&mut self) -> Result<(), Box<ConnectionError>> {
        while self.failure.is_none() {
            let output = self.session.poll_transmit();
            if output.is_empty() {
                break;
            }
            match self.transport.send(output.bytes, output.fds, self.transmit) {
                Ok(count) => match &mut self.observer {
                    None => self.session.transmitted(count),
                    Some(observer) => observer.sent(&mut self.session, count),
                },
                Err(Errno::EAGAIN) => break,
                // Too many descriptors are in flight. Only the message that has some fails: no byte of it was written.
                Err(Errno::ETOOMANYREFS | Errno::EMFILE) if self.session.handle_fds_refused() => {}
                // ENOBUFS and ENOMEM end the connection, too: nothing tells when to try again, because poll(2) reports the socket as
                // writable all the while.
                Err(error) => return self.failed("writing", error),
            }
        }
        Ok(())
    }

    /// Reads once. Returns `false` if nothing had arrived. The end of the stream counts as something.
    #[inline]
    pub(crate) fn read(&mut self, waiting: Waiting) -> Result<bool, Box<ConnectionError>> {
        let room = self.session.input_buffer();
        let read = match waiting {
            Waiting::Not => self.transport.receive(room),
            Waiting::For(time) => self.transport.receive_within(room, time),
        };
        match read {
            Ok(read) if read.count == 0 && read.fds.is_empty() => {
                self.session.handle_eof();
                Ok(true)
            }
            Ok(read) => {
                self.take_in(read);
                Ok(true)
            }
            Err(Errno::EAGAIN) => Ok(false),
            Err(error) => self.failed("reading", error).map(|()| true),
        }
    }

    /// Passes what was read to the session.
    #[inline]
    fn take_in(&mut self, read: sys::Read) {
        match &mut self.observer {
            None => self.session.handle_input(read.count, read.fds, read.truncated),
            Some(observer) => observer.received(&mut self.session, read),
        }
    }

    /// A system call has failed. Reads what arrived before the failure; then the session ends.
    #[cold]
    fn failed(&mut self, doing: &'static str, error: Errno) -> Result<(), Box<ConnectionError>> {
        self.failure.get_or_insert((doing, error));
        // Bounded, so a peer that goes on writing cannot keep us here.
        for _ in 0..LAST_READS {
            match self.transport.receive(self.session.input_buffer()) {
                Ok(read) if read.count != 0 => self.take_in(read),
                _ => break,
            }
        }
        self.session.handle_eof();
        Ok(())
    }
}

/// The time since the machine was started. `std::time::Instant` would also do, but it links the texts of its panics into every program.
#[inline]
pub(crate) fn monotonic() -> Duration {
    // It does not fail: the clock exists and the place to write to is valid. No time has more nanoseconds; without saying so, programs would
    // carry what `Duration::new` prints.
    ClockId::CLOCK_MONOTONIC.now().map_or(Duration::ZERO, |time| {
        let (seconds, nanoseconds) = (time.tv_sec(), time.tv_nsec());
        let seconds = u64::try_from(seconds).unwrap_or_default();
        let nanoseconds = u32::try_from(nanoseconds).unwrap_or_default();
        Duration::new(seconds, nanoseconds.min(999_999_999))
    })
}
