//! A connected Unix socket.

use crate::{Failure, PATIENCE, sys};

/// A connected Unix stream socket. It is closed when the program ends.
pub struct Socket(isize);

impl Socket {
    /// Connects to the socket at `path`.
    pub fn connect(path: &str) -> Result<Self, Failure> {
        let socket = sys::unix_socket();
        // If there is no socket, this fails as well, and so does `connect`.
        sys::limit_sending(socket, PATIENCE / 1000);
        if sys::connect(socket, path) < 0 { Err(Failure::Connect) } else { Ok(Self(socket)) }
    }

    /// Writes some of `bytes` and returns how many.
    pub fn write(&self, bytes: &[u8]) -> Result<usize, Failure> {
        usize::try_from(sys::send(self.0, bytes)).map_err(|_| Failure::System)
    }

    /// Writes all of `bytes`.
    pub fn write_all(&self, mut bytes: &[u8]) -> Result<(), Failure> {
        while !bytes.is_empty() {
            bytes = bytes.get(self.write(bytes)?..).unwrap_or_default();
        }
        Ok(())
    }

    /// Waits for bytes until `deadline`, in milliseconds of [`sys::now`],, and returns how many were read, at least one.
    pub fn read(&self, place: &mut [u8], deadline: u64) -> Result<usize, Failure> {
        sys::wait_readable(self.0, deadline.saturating_sub(sys::now()));
        match sys::read_now(self.0, place) {
            sys::WOULD_BLOCK => Err(Failure::TimedOut),
            0 => Err(Failure::Closed),
            count => usize::try_from(count).map_err(|_| Failure::System),
        }
    }
}
