//! [`HeaderCache`] in a program built for size: every header is parsed.

use crate::error::DecodeError;
use crate::message::Message;

/// Remembers the last header that was parsed, but not here: in a program built for size, each is parsed anew.
#[derive(Clone, Debug, Default)]
pub struct HeaderCache(());

impl HeaderCache {
    /// Checks the header of the one message that `bytes` are, which was [received](Message::received).
    ///
    /// # Errors
    /// As [`Message::parse`].
    pub fn parse<'a>(&'a mut self, bytes: &'a [u8]) -> Result<Message<'a>, DecodeError> {
        Message::parse_with(bytes, 0)
    }

    /// Checks the header of the one message that `bytes` are, which was [received](Message::received).
    ///
    /// # Errors
    /// As [`Message::parse`].
    pub fn parse_without_update<'a>(&'a self, bytes: &'a [u8]) -> Result<Message<'a>, DecodeError> {
        Message::parse_with(bytes, 0)
    }
}
