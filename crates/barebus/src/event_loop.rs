//! The connection in an event loop: nothing here ever waits.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Instant;

use barebus_session::{CallId, Event, Want};

use crate::connection::{Connection, Waiting, into_reply};
use crate::error::{CallError, ConnectionError};
use crate::reply::Reply;

impl Connection {
    /// What an event loop should wait for: readable always, writable when this is true.
    pub fn wants_write(&self) -> bool {
        !self.session.output().is_empty()
    }

    /// When [`process`](Self::process) should be called though nothing is readable.
    pub fn next_deadline(&self) -> Option<Instant> {
        let left = self.session.next_deadline()?.saturating_sub(self.now());
        Instant::now().checked_add(left)
    }

    /// Writes what can be written and reads what has come. To be called when the descriptor is ready or the deadline has
    /// passed; then take [`poll_event`](Self::poll_event) until it gives none.
    ///
    /// # Errors
    /// Why the connection has ended.
    pub fn process(&mut self) -> Result<(), ConnectionError> {
        self.write()?;
        // One read: whoever has more to say is ready again. So no peer can keep us from our other work.
        Ok(self.read(Waiting::Not)?)
    }

    /// The next event that has come.
    ///
    /// # Errors
    /// Why the connection has ended.
    pub fn poll_event(&mut self) -> Result<Option<Event<'_, OwnedFd>>, ConnectionError> {
        if !self.seek(Want::Anything)? {
            return Ok(None);
        }
        Ok(self.session.take().unwrap_or_default())
    }

    /// The reply to a call, if it has come.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn poll_reply(&mut self, call: CallId) -> Result<Option<Reply<'_>>, CallError> {
        if !self.seek(Want::Reply(call))? {
            return self.check_outstanding(call).map(|()| None);
        }
        match self.session.take() {
            Ok(Some(Event::Reply { reply, .. })) => into_reply(reply).map(Some),
            Ok(Some(Event::NoReply { reason, .. })) => Err(CallError::NoReply(reason)),
            _ => Ok(None),
        }
    }
}

impl AsFd for Connection {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.transport.as_fd()
    }
}
