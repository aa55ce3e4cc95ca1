//! Received bytes, cut into messages.

use alloc::vec::Vec;
use core::ops::Range;

use barebus_wire::{DecodeError, frame_len};

use crate::error::FdsError;
use crate::fds::{IncomingFds, check_announced};

/// The receive buffer, with the file descriptors that came with its bytes.
#[derive(Debug)]
pub(crate) struct Inbox<F> {
    /// Initialised to its end.
    bytes: Vec<u8>,
    /// First byte that was not consumed: start <= end
    start: usize,
    /// end <= bytes.len()
    end: usize,
    /// Position in the stream of the byte at `start`.
    position: u64,
    fds: IncomingFds<F>,
    /// Set when file descriptors come: programs to which none pass do not link it.
    take_fds: Option<TakeFds<F>>,
}

/// Takes the descriptors of the message that ends at a position, whose header announces so many.
type TakeFds<F> = fn(&mut IncomingFds<F>, u64, u32) -> Result<Vec<F>, FdsError>;

/// Bytes of the buffer at rest: roughly what one read of a Unix socket returns. With everything else that a connection holds it
/// stays within 64 KiB.
pub(crate) const CAPACITY: usize = 59 * 1024;

/// Bytes of the buffer while a connection is opened and its first calls are answered: a program that asks one question needs no
/// more.
const FIRST_CAPACITY: usize = 4 * 1024;

/// Fewest free bytes worth a read, once the buffer is not small itself.
const MIN_FREE: usize = 4 * 1024;

impl<F> Inbox<F> {
    pub(crate) const fn new() -> Self {
        Self {
            bytes: Vec::new(),
            start: 0,
            end: 0,
            position: 0,
            fds: IncomingFds::new(),
            take_fds: None,
        }
    }

    /// Whether the buffer is smaller than [`CAPACITY`].
    pub(crate) fn is_small(&self) -> bool {
        self.bytes.len() < CAPACITY
    }

    /// Free space for the next read; small while `is_opening`. It grows with the bytes received, never with lengths announced.
    pub(crate) fn free(&mut self, is_opening: bool) -> &mut [u8] {
        if self.start == self.end {
            self.start = 0;
            self.end = 0;
            if self.bytes.len() > 16 * CAPACITY {
                self.bytes = Vec::new();
            }
        }
        if self.is_small() {
            // A full first buffer shows that more is coming.
            let is_enough = is_opening && self.end < FIRST_CAPACITY;
            let len = if is_enough { FIRST_CAPACITY } else { CAPACITY };
            if self.bytes.len() < len {
                self.grow(len);
            }
        }
        let least = MIN_FREE.min(self.bytes.len() / 4);
        if self.bytes.len() - self.end < least {
            if self.start >= least {
                self.bytes.copy_within(self.start..self.end, 0);
                self.end -= self.start;
                self.start = 0;
            }
            if self.bytes.len() - self.end < least {
                self.grow(self.bytes.len() + (self.bytes.len() / 2).max(CAPACITY));
            }
        }
        self.bytes.get_mut(self.end..).unwrap_or_default()
    }

    #[cold]
    fn grow(&mut self, len: usize) {
        self.bytes.reserve_exact(len.saturating_sub(self.bytes.len()));
        self.bytes.resize(len, 0);
    }

    /// A read put `count` bytes into the [free space](Self::free) and brought `fds`; the system may have cut some off. `false` when
    /// more descriptors wait than messages may have.
    #[must_use]
    #[inline]
    pub(crate) fn received(&mut self, count: usize, fds: Vec<F>, is_truncated: bool) -> bool {
        self.end = (self.end + count).min(self.bytes.len());
        if fds.is_empty() && !is_truncated {
            return true;
        }
        self.take_fds = Some(IncomingFds::take);
        let end = self.position + (self.end - self.start) as u64;
        self.fds.push(end.saturating_sub(count as u64), end, fds, is_truncated)
    }

    /// Whether file descriptors wait for their message.
    pub(crate) fn has_fds(&self) -> bool {
        !self.fds.is_empty()
    }

    /// Whether file descriptors came with bytes that were consumed already: they belong to nothing that follows.
    pub(crate) fn has_stray_fds(&self) -> bool {
        self.fds.has_stray(self.position)
    }

    /// Bytes that were not consumed.
    pub(crate) fn unread(&self) -> &[u8] {
        self.bytes.get(self.start..self.end).unwrap_or_default()
    }

    /// Consumes `count` bytes that are not a message: authentication lines.
    pub(crate) fn skip(&mut self, count: usize) {
        self.start = (self.start + count).min(self.end);
        self.position += count as u64;
    }

    /// The range of the next complete message.
    #[inline]
    pub(crate) fn frame(&self) -> Result<Option<Range<usize>>, DecodeError> {
        let unread = self.unread();
        Ok(frame_len(unread)?
            .filter(|len| *len <= unread.len())
            .map(|len| self.start..self.start + len))
    }

    /// The bytes of a message. They stay, also once consumed, until the next [`free`](Self::free).
    pub(crate) fn bytes(&self, frame: &Range<usize>) -> &[u8] {
        self.bytes.get(frame.start..frame.end).unwrap_or_default()
    }

    /// Consumes the message at `frame`, which is the next one, and takes its file descriptors.
    pub(crate) fn take(
        &mut self,
        frame: &Range<usize>,
        announced: u32,
    ) -> Result<Vec<F>, FdsError> {
        self.start = frame.end;
        self.position += (frame.end - frame.start) as u64;
        match self.take_fds {
            Some(take) if self.has_fds() => take(&mut self.fds, self.position, announced),
            _ => check_announced(announced, 0).map(|()| Vec::new()),
        }
    }

    /// Drops everything: another stream begins, or the session has ended.
    pub(crate) fn clear(&mut self) {
        *self = Self::new();
    }
}

#[cfg(test)]
mod tests;
