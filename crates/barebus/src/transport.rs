//! A connected stream: bytes and file descriptors, with deadlines.

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
    /// A wait of at least this time can use a blocking read, which SO_RCVTIMEO ends. It is slightly less than SO_RCVTIMEO, to allow for the
    /// time between setting a deadline and waiting. `None` if reads do not block or have no time limit.
    patience: Option<Duration>,
    /// Whether reads can block: `false` if the stream has O_NONBLOCK.
    blocks: bool,
    /// Whether the stream can pass file descriptors.
    pub(crate) passes_fds: bool,
    /// The program of a `unixexec:` address. It is declared, and so dropped, after the socket, because closing the socket may end it.
    #[cfg(feature = "unixexec")]
    pub(crate) child: Option<Child>,
    /// The process that opened the connection. The stream belongs to it.
    home: Process,
}

/// Which operations do not block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ready {
    pub(crate) read: bool,
    pub(crate) write: bool,
}

impl Transport {
    /// Wraps a socket that this crate created.
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

    /// Wraps a socket of the user.
    pub(crate) fn given(socket: OwnedFd) -> Self {
        let flags = fcntl(&socket, FcntlArg::F_GETFL).map(OFlag::from_bits_retain);
        let blocks = flags.is_ok_and(|flags| !flags.contains(OFlag::O_NONBLOCK));
        let mut transport = Self::new(socket.into());
        transport.blocks = blocks;
        transport
    }

    /// Sets the time limit of a blocking read. If reads do not block, poll(2) enforces time limits.
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

    /// Whether this process is a fork of the one that opened the connection.
    #[inline]
    pub(crate) fn is_foreign(&self) -> bool {
        !self.home.is_current()
    }

    /// Writes what fits into the socket without blocking, by `send`. File descriptors go with the first byte.
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

    /// Reads what has arrived; `EAGAIN` if nothing has.
    pub(crate) fn receive(&self, room: &mut [u8]) -> nix::Result<sys::Read> {
        loop {
            match sys::receive(self.socket.as_fd(), room, libc::MSG_DONTWAIT) {
                Err(Errno::EINTR) => {}
                read => return read,
            }
        }
    }

    /// Reads, and waits for at most `time`, possibly less. If `time` is at least `patience`, this is one system call. Without a limit it
    /// waits in poll(2), because a blocking read would end after SO_RCVTIMEO. `EAGAIN` if nothing has arrived.
    pub(crate) fn receive_within(
        &self,
        room: &mut [u8],
        time: Option<Duration>,
    ) -> nix::Result<sys::Read> {
        // If the read ends too early, the caller reads again.
        if self.patience.is_some_and(|patience| time.is_some_and(|time| time >= patience)) {
            return match sys::receive(self.socket.as_fd(), room, 0) {
                // The caller checks its deadline again.
                Err(Errno::EINTR) => Err(Errno::EAGAIN),
                read => read,
            };
        }
        self.wait(false, time)?;
        self.receive(room)
    }

    /// Waits for at most `time` until the stream is readable or, if `write` is set, writable.
    pub(crate) fn wait(&self, write: bool, time: Option<Duration>) -> nix::Result<Ready> {
        let writing = if write { PollFlags::POLLOUT } else { PollFlags::empty() };
        let mut asked = [PollFd::new(self.socket.as_fd(), PollFlags::POLLIN | writing)];
        let time = match time {
            None => PollTimeout::NONE,
            Some(time) => PollTimeout::try_from(millis(time)).unwrap_or(PollTimeout::MAX),
        };
        match poll(&mut asked, time) {
            // The caller checks its deadline again. POSIX allows EAGAIN if memory is short.
            Err(Errno::EINTR | Errno::EAGAIN) | Ok(0) => Ok(Ready { read: false, write: false }),
            Err(error) => Err(error),
            Ok(_) => {
                let [asked] = asked;
                let found = asked.revents().unwrap_or(PollFlags::empty());
                let write = found.contains(PollFlags::POLLOUT);
                // Reading reports an error or a hang-up.
                Ok(Ready { read: !(found - PollFlags::POLLOUT).is_empty(), write })
            }
        }
    }
}

/// Milliseconds per second by which `patience` is shorter than SO_RCVTIMEO: on a busy machine many milliseconds can pass between setting a
/// deadline and waiting.
const SLACK: u64 = 4;

impl AsFd for Transport {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

impl Drop for Transport {
    fn drop(&mut self) {
        // Closing the stream also closes unread descriptors in it, each of which can block. After reading is shut down, an empty stream
        // stays empty.
        if self.is_foreign() || !sys::end_reading(self.socket.as_fd()) {
            self.socket.distrust();
        }
    }
}

/// Converts to milliseconds, rounded up: a wait that ends early would have to wait again.
pub(crate) fn millis(time: Duration) -> i64 {
    let seconds = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
    let rest = i64::from(time.subsec_nanos().div_ceil(1_000_000));
    seconds.saturating_mul(1000).saturating_add(rest).min(A_YEAR)
}

/// Converts to a socket timeout, at least 1 ms: 0 means no limit there.
pub(crate) fn time_val(time: Duration) -> TimeVal {
    // The integer types of the fields differ between platforms.
    fn count<T: TryFrom<i64> + Default>(count: i64) -> T {
        T::try_from(count).unwrap_or_default()
    }
    let time = millis(time).max(1);
    TimeVal::new(count(time / 1000), count(time % 1000 * 1000))
}

/// In milliseconds. Longer times are cut to this, which fits the system's types.
const A_YEAR: i64 = 365 * 24 * 60 * 60 * 1000;
