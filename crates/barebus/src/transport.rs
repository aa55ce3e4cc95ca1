//! The stream: bytes and file descriptors, with deadlines.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::libc;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::socket::setsockopt;
use nix::sys::socket::sockopt::ReceiveTimeout;
use nix::sys::time::{TimeVal, TimeValLike};

use crate::child::Child;
use crate::sys;

/// A connected stream socket.
#[derive(Debug)]
pub(crate) struct Transport {
    socket: OwnedFd,
    control: sys::Control,
    /// SO_RCVTIMEO of the socket: so long a blocking read waits at most.
    patience: Duration,
    /// Whether a read waits if asked to: not on a stream that somebody has set O_NONBLOCK on.
    blocks: bool,
    /// The program behind the socket (`unixexec:`), to be reaped.
    child: Option<Child>,
    /// Tells whether this is still the process that connected.
    mark: Option<sys::ForkMark>,
}

/// What a transport can do next without waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ready {
    pub(crate) read: bool,
    pub(crate) write: bool,
}

impl Transport {
    pub(crate) fn new(socket: OwnedFd, child: Option<Child>) -> Self {
        Self {
            socket,
            control: sys::Control::new(),
            patience: Duration::ZERO,
            blocks: true,
            child,
            mark: sys::ForkMark::new(),
        }
    }

    /// Over a socket that the user has made.
    pub(crate) fn given(socket: OwnedFd) -> Self {
        let flags = fcntl(&socket, FcntlArg::F_GETFL).map(OFlag::from_bits_retain);
        let blocks = flags.is_ok_and(|flags| !flags.contains(OFlag::O_NONBLOCK));
        let mut transport = Self::new(socket, None);
        transport.blocks = blocks;
        transport
    }

    /// How long a blocking read may wait; [`receive_within`](Self::receive_within) makes the system watch that time. Where
    /// reads do not block poll(2) watches it.
    pub(crate) fn set_patience(&mut self, patience: Duration) -> nix::Result<()> {
        if !self.blocks {
            return Ok(());
        }
        setsockopt(&self.socket, ReceiveTimeout, &TimeVal::milliseconds(millis(patience)))?;
        self.patience = patience;
        Ok(())
    }

    /// Whether this process was forked from the one that connected, to whom the stream belongs.
    #[inline]
    pub(crate) fn is_foreign(&self) -> bool {
        self.mark.as_ref().is_some_and(sys::ForkMark::is_in_child)
    }

    /// Writes what the socket takes at once. File descriptors go with the first byte.
    pub(crate) fn send(&mut self, bytes: [&[u8]; 2], fds: &[OwnedFd]) -> nix::Result<usize> {
        let flags = libc::MSG_DONTWAIT | libc::MSG_NOSIGNAL;
        loop {
            match sys::send(self.socket.as_fd(), bytes, fds, &mut self.control, flags) {
                Err(Errno::EINTR) => {}
                sent => return sent,
            }
        }
    }

    /// Reads what has come; `EAGAIN` when nothing has.
    pub(crate) fn receive(&mut self, room: &mut [u8]) -> nix::Result<sys::Read> {
        loop {
            match sys::receive(self.socket.as_fd(), room, &mut self.control, libc::MSG_DONTWAIT) {
                Err(Errno::EINTR) => {}
                read => return read,
            }
        }
    }

    /// Reads, and waits for at most `time`: with one system call if that is no less than the patience. `EAGAIN` when
    /// nothing has come.
    pub(crate) fn receive_within(
        &mut self,
        room: &mut [u8],
        time: Option<Duration>,
    ) -> nix::Result<sys::Read> {
        let watched = self.patience != Duration::ZERO
            && time.is_none_or(|time| time.saturating_add(self.patience / SLACK) >= self.patience);
        if watched {
            return match sys::receive(self.socket.as_fd(), room, &mut self.control, 0) {
                // The caller looks at its deadline again.
                Err(Errno::EINTR) => Err(Errno::EAGAIN),
                read => read,
            };
        }
        self.wait(false, time)?;
        self.receive(room)
    }

    /// Waits until something can be read, or written if `write` is asked for, for at most `time`.
    pub(crate) fn wait(&self, write: bool, time: Option<Duration>) -> nix::Result<Ready> {
        let writing = if write { PollFlags::POLLOUT } else { PollFlags::empty() };
        let mut asked = [PollFd::new(self.socket.as_fd(), PollFlags::POLLIN | writing)];
        let time = match time {
            None => PollTimeout::NONE,
            Some(time) => PollTimeout::try_from(millis(time)).unwrap_or(PollTimeout::MAX),
        };
        match poll(&mut asked, time) {
            // The caller looks at its deadline again.
            Err(Errno::EINTR) | Ok(0) => Ok(Ready { read: false, write: false }),
            Err(error) => Err(error),
            Ok(_) => {
                let [asked] = asked;
                let found = asked.revents().unwrap_or(PollFlags::empty());
                let write = found.contains(PollFlags::POLLOUT);
                // An error or a hang-up is told by reading.
                Ok(Ready { read: !(found - PollFlags::POLLOUT).is_empty(), write })
            }
        }
    }
}

/// A remaining time that is shorter than the patience by one part in so many counts as equal: the clock went on between setting
/// the deadline and waiting for it, on a busy machine for many milliseconds.
const SLACK: u32 = 256;

impl AsFd for Transport {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

impl Drop for Transport {
    fn drop(&mut self) {
        let is_foreign = self.is_foreign();
        if let Some(child) = self.child.as_ref().filter(|_| !is_foreign) {
            child.end();
        }
    }
}

/// In whole milliseconds, rounded up: a wait that ends early would only wait again.
pub(crate) fn millis(time: Duration) -> i64 {
    let seconds = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
    let rest = i64::from(time.subsec_nanos().div_ceil(1_000_000));
    seconds.saturating_mul(1000).saturating_add(rest).min(A_YEAR)
}

/// In milliseconds: longer nobody waits, and the system's types hold it.
const A_YEAR: i64 = 365 * 24 * 60 * 60 * 1000;
