//! Answering calls of our methods.

use std::os::fd::OwnedFd;

use barebus_session::ReplyTo;
use barebus_wire::EncodeBody;
use barebus_wire::name::{ErrorName, IntoName, NameRole};

use crate::connection::Connection;
use crate::error::CallError;

/// Answers to calls of our methods, which a connection that [serves calls](crate::Options::serve_calls) reports as events. The
/// methods that start with `start_` do not wait.
impl Connection {
    /// Answers a call that was reported as an event, and writes the answer.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub fn reply<B: EncodeBody + ?Sized>(
        &mut self,
        to: &ReplyTo,
        body: &B,
    ) -> Result<(), CallError> {
        self.start_reply(to, body, Vec::new())?;
        self.flush()
    }

    /// Answers a call that was reported as an event with an ERROR, and writes the answer.
    ///
    /// # Errors
    /// As [`send`](Self::send). [`CallError::Name`]: `name` is text that is no error name.
    pub fn reply_error<'n>(
        &mut self,
        to: &ReplyTo,
        name: impl IntoName<ErrorName<'n>>,
        text: &str,
    ) -> Result<(), CallError> {
        self.start_reply_error(to, name, text)?;
        self.flush()
    }

    /// Queues the answer to a call that was reported as an event, with file descriptors to send along.
    ///
    /// # Errors
    /// [`CallError::Send`], [`CallError::Connection`].
    pub fn start_reply<B: EncodeBody + ?Sized>(
        &mut self,
        to: &ReplyTo,
        body: &B,
        fds: Vec<OwnedFd>,
    ) -> Result<(), CallError> {
        let fds = self.own(fds);
        self.session.reply(to, body, fds).map_err(|error| self.not_sent(error))
    }

    /// Queues an ERROR as the answer to a call that was reported as an event.
    ///
    /// # Errors
    /// [`CallError::Name`]: `name` is text that is no error name. [`CallError::Send`], [`CallError::Connection`].
    pub fn start_reply_error<'n>(
        &mut self,
        to: &ReplyTo,
        name: impl IntoName<ErrorName<'n>>,
        text: &str,
    ) -> Result<(), CallError> {
        let name = name.into_name(NameRole::ErrorName)?;
        self.session.reply_error(to, name, text).map_err(|error| self.not_sent(error))
    }
}
