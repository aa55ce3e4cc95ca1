//! The transport's input: bytes and file descriptors.

use alloc::vec::Vec;

use super::Session;
use super::handshake::Phase;
use crate::error::SessionError;

impl<F> Session<F> {
    /// The buffer for the next read: about 60 KiB, or 4 KiB until the first calls are answered. Messages of earlier events must have been
    /// dropped.
    #[inline]
    pub fn input_buffer(&mut self) -> &mut [u8] {
        if self.ready.is_some() {
            self.requeue_ready();
        }
        let is_opening = self.inbox.is_small()
            && !self.is_reused
            && (self.awaited().is_some() || self.outstanding() != 0);
        self.inbox.free(is_opening)
    }

    /// Handles a read that put `count` bytes into the [`input_buffer`](Self::input_buffer) and brought `fds`. `is_truncated`: the system
    /// reports that it could not deliver all descriptors (MSG_CTRUNC).
    #[inline]
    pub fn handle_input(&mut self, count: usize, fds: Vec<F>, is_truncated: bool) {
        if let Phase::Ended(_) = self.phase {
            return;
        }
        if !self.inbox.received(count, fds, is_truncated) {
            return self.end(SessionError::TooManyFds);
        }
        if let Phase::Authentication(_) = self.phase {
            self.converse();
            // They came with the last line of the authentication, not with the message after it.
            if self.inbox.has_stray_fds() {
                self.end(SessionError::UnexpectedFds);
            }
        }
        if self.inbox.has_fds() && self.passes_fds() != Some(true) {
            self.end(SessionError::UnexpectedFds);
        }
    }

    /// Handles the end of the stream. Messages that arrived before are still reported.
    pub fn handle_eof(&mut self) {
        self.is_eof = true;
        if let Phase::Authentication(_) = self.phase {
            self.end(SessionError::Closed { awaited: self.awaited(), unfinished: 0 });
        }
    }
}
