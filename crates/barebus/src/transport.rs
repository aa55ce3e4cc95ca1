//! The stream: bytes and file descriptors, with deadlines.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::libc;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::socket::setsockopt;
use nix::sys::socket::sockopt::ReceiveTimeout;
use nix::sys::time::TimeVal;

#[cfg(feature = "unixexec")]
use crate::child::Child;
#[cfg(feature = "unixexec")]
use crate::error::Cause;
use crate::sys::{self, Descriptor, Process};

/// A connected stream socket.
#[derive(Debug)]
pub(crate) struct Transport {
    socket: Descriptor,
    /// Whoever may wait no less may wait by a blocking read, which ends by itself: SO_RCVTIMEO of the socket, but for the moment
    /// that passes between setting a deadline and waiting for it. `None` where reads do not block or have no end.
    patience: Option<Duration>,
    /// Whether a read waits if asked to: not on a stream that somebody has set O_NONBLOCK on.
    blocks: bool,
    /// Whether file descriptors can be sent along.
    pub(crate) passes_fds: bool,
    /// The program behind the socket (`unixexec:`). It is declared, and so dropped, after the socket, whose end may be what ends it.
    #[cfg(feature = "unixexec")]
    pub(crate) child: Option<Child>,
    /// The process that connected, to which the stream belongs.
    home: Process,
}

/// What a transport can do next without waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ready {
    pub(crate) read: bool,
    pub(crate) write: bool,
}

impl Transport {
    /// Over a socket that this crate has made.
    pub(crate) fn connected(socket: OwnedFd) -> nix::Result<Self> {
        Descriptor::from(socket).above_stdio().map(Self::new)
    }

    fn new(socket: Descriptor) -> Self {
        Self {
            socket,
            patience: None,
            blocks: true,
            passes_fds: true,
            #[cfg(feature = "unixexec")]
            child: None,
            home: Process::current(),
        }
    }

    /// The end of the connection, with what has become of the program behind it.
    #[cfg(feature = "unixexec")]
    pub(crate) fn with_program(&mut self, cause: Cause) -> Cause {
        use barebus_session::SessionError;

        let Some(child) = self.child.as_mut().filter(|_| self.home.is_current()) else {
            return cause;
        };
        let has_hung_up =
            matches!(cause, Cause::Session(SessionError::Closed { .. }) | Cause::Io { .. });
        let program = child.report(has_hung_up);
        match program.is_telling() {
            true => Cause::Program { program, cause: Box::new(cause) },
            false => cause,
        }
    }

    /// Over a socket that the user has made.
    pub(crate) fn given(socket: OwnedFd) -> Self {
        let flags = fcntl(&socket, FcntlArg::F_GETFL).map(OFlag::from_bits_retain);
        let blocks = flags.is_ok_and(|flags| !flags.contains(OFlag::O_NONBLOCK));
        let mut transport = Self::new(socket.into());
        transport.blocks = blocks;
        transport
    }

    /// How long a blocking read may wait: the system watches that time then. Where reads do not block poll(2) watches it.
    pub(crate) fn set_patience(&mut self, patience: Duration) -> nix::Result<()> {
        if !self.blocks {
            return Ok(());
        }
        setsockopt(&self.socket, ReceiveTimeout, &time_val(patience))?;
        let slack =
            Duration::from_millis(patience.as_secs().saturating_mul(SLACK).saturating_add(1));
        self.patience = Some(patience.saturating_sub(slack));
        Ok(())
    }

    /// Whether this process was forked from the one that connected, to whom the stream belongs.
    #[inline]
    pub(crate) fn is_foreign(&self) -> bool {
        !self.home.is_current()
    }

    /// Writes what the socket takes at once, by `send`. File descriptors go with the first byte.
    pub(crate) fn send(
        &self,
        bytes: [&[u8]; 2],
        fds: &[Descriptor],
        send: sys::Send,
    ) -> nix::Result<usize> {
        let flags = libc::MSG_DONTWAIT | libc::MSG_NOSIGNAL;
        loop {
            match send(self.socket.as_fd(), bytes, fds, flags) {
                Err(Errno::EINTR) => {}
                sent => return sent,
            }
        }
    }

    /// Reads what has come; `EAGAIN` when nothing has.
    pub(crate) fn receive(&self, room: &mut [u8]) -> nix::Result<sys::Read> {
        loop {
            match sys::receive(self.socket.as_fd(), room, libc::MSG_DONTWAIT) {
                Err(Errno::EINTR) => {}
                read => return read,
            }
        }
    }

    /// Reads, and waits for at most `time`, maybe less: with one system call if `time` is no shorter than the patience. Without a
    /// limit it sleeps in poll(2), because a blocking read would wake up when the patience is over. `EAGAIN` when nothing has come.
    pub(crate) fn receive_within(
        &self,
        room: &mut [u8],
        time: Option<Duration>,
    ) -> nix::Result<sys::Read> {
        // A read that ends before its time is up is read again.
        if self.patience.is_some_and(|patience| time.is_some_and(|time| time >= patience)) {
            return match sys::receive(self.socket.as_fd(), room, 0) {
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
            // The caller looks at its deadline again. Where memory is short POSIX lets it say EAGAIN.
            Err(Errno::EINTR | Errno::EAGAIN) | Ok(0) => Ok(Ready { read: false, write: false }),
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

/// A remaining time counts as equal to the patience if it is shorter by so many milliseconds for each second: the clock went on between
/// setting the deadline and waiting for it, on a busy machine for many milliseconds.
const SLACK: u64 = 4;

impl AsFd for Transport {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

impl Drop for Transport {
    fn drop(&mut self) {
        // With the stream the system closes the descriptors that were not read, and waits as it does for each of them. Once nobody
        // can send any more, an empty stream stays empty.
        if self.is_foreign() || !sys::end_reading(self.socket.as_fd()) {
            self.socket.distrust();
        }
    }
}

/// In whole milliseconds, rounded up: a wait that ends early would only wait again.
pub(crate) fn millis(time: Duration) -> i64 {
    let seconds = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
    let rest = i64::from(time.subsec_nanos().div_ceil(1_000_000));
    seconds.saturating_mul(1000).saturating_add(rest).min(A_YEAR)
}

/// The same as sockets take it, for which no time means for ever.
pub(crate) fn time_val(time: Duration) -> TimeVal {
    // What seconds and microseconds are counted in differs from machine to machine.
    fn count<T: TryFrom<i64> + Default>(count: i64) -> T {
        T::try_from(count).unwrap_or_default()
    }
    let time = millis(time).max(1);
    TimeVal::new(count(time / 1000), count(time % 1000 * 1000))
}

/// In milliseconds: longer nobody waits, and the system's types hold it.
const A_YEAR: i64 = 365 * 24 * 60 * 60 * 1000;
