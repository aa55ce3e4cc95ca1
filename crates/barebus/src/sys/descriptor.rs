//! A file descriptor that a connection owns.

use std::fmt;
use std::mem::ManuallyDrop;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};

use nix::errno::Errno;
use nix::libc;

use super::process::{Process, state};

/// A file descriptor that a connection owns: received with a message, or waiting to be sent.
///
/// `OwnedFd::from` takes the descriptor out. [`as_fd`](AsFd::as_fd) borrows it.
///
/// ```no_run
/// use std::fs::File;
/// use std::os::fd::OwnedFd;
///
/// use barebus::{Connection, Event};
///
/// let mut bus = Connection::session()?;
/// while let Some(event) = bus.next_event(None)? {
///     if let Event::Signal { signal, .. } = event {
///         for descriptor in signal.fds {
///             let file = File::from(OwnedFd::from(descriptor));
///             println!("received {file:?}");
///         }
///     }
/// }
/// # Ok::<(), barebus::Error>(())
/// ```
///
/// Dropping it closes the descriptor. close(2) can block: on a TCP socket with unsent data for the time that SO_LINGER sets, on a FUSE or
/// NFS file until its server answers. So a short-lived thread closes descriptors that were received. To close a descriptor that you took
/// out in the same way, drop [`Descriptor::untrusted`].
pub struct Descriptor {
    fd: ManuallyDrop<OwnedFd>,
    is_untrusted: bool,
}

impl Descriptor {
    /// Wraps a file that another process may have chosen. Dropping the result never blocks.
    pub fn untrusted(fd: OwnedFd) -> Self {
        // Marks this process, so that a forked child knows that it has no thread. Connections do this when they are opened.
        Process::current();
        Self { fd: ManuallyDrop::new(fd), is_untrusted: true }
    }

    /// Duplicates a descriptor that this process inherited from the one that started it, by its number: for programs that take numbers from
    /// their users.
    ///
    /// # Errors
    /// `EBADF`: there is no such descriptor, or this process has opened it itself (it is close-on-exec, which what is inherited cannot be).
    pub fn inherited(number: RawFd) -> std::io::Result<OwnedFd> {
        // SAFETY: the command takes a number and reads a flag.
        let flags = Errno::result(unsafe { libc::fcntl(number, libc::F_GETFD) })?;
        if flags & libc::FD_CLOEXEC != 0 {
            return Err(Errno::EBADF.into());
        }
        // SAFETY: the command takes a number and returns a new descriptor.
        let clone = unsafe { libc::fcntl(number, libc::F_DUPFD_CLOEXEC, LEAST) };
        let clone = Errno::result(clone)?;
        // SAFETY: the descriptor is new, so it has no other owner.
        Ok(unsafe { OwnedFd::from_raw_fd(clone) })
    }

    /// Duplicates the descriptor above the numbers of standard input, output and error, if it has one of these. A program that has closed
    /// them would otherwise print into the connection or into a received file.
    pub(crate) fn above_stdio(mut self) -> nix::Result<Self> {
        if self.as_raw_fd() >= LEAST {
            return Ok(self);
        }
        // SAFETY: the command takes a number and returns a new descriptor.
        let number = unsafe { libc::fcntl(self.as_raw_fd(), libc::F_DUPFD_CLOEXEC, LEAST) };
        let number = Errno::result(number)?;
        // SAFETY: the descriptor is new, so it has no other owner.
        let mut clone = unsafe { Self::from_number(number) };
        clone.is_untrusted = self.is_untrusted;
        // Closed here, not by the thread, which might run after the program has opened its new standard output under this number. It is not
        // the file's last descriptor, so only FUSE and NFS can block.
        self.is_untrusted = false;
        Ok(clone)
    }

    /// Takes ownership of a descriptor that was received.
    ///
    /// # Safety
    /// `number` is an open file descriptor that has no other owner.
    #[inline(always)]
    pub(super) unsafe fn from_number(number: RawFd) -> Self {
        // SAFETY: the caller guarantees this.
        let fd = ManuallyDrop::new(unsafe { OwnedFd::from_raw_fd(number) });
        Self { fd, is_untrusted: true }
    }

    /// From now on dropping it does not block.
    pub(crate) const fn distrust(&mut self) {
        self.is_untrusted = true;
    }
}

/// The first number above those of standard input, output and error.
const LEAST: RawFd = libc::STDERR_FILENO + 1;

impl From<OwnedFd> for Descriptor {
    /// A file of this process: dropping it calls close(2) directly.
    fn from(fd: OwnedFd) -> Self {
        Self { fd: ManuallyDrop::new(fd), is_untrusted: false }
    }
}

impl From<Descriptor> for OwnedFd {
    fn from(descriptor: Descriptor) -> Self {
        let descriptor = ManuallyDrop::new(descriptor);
        // SAFETY: `descriptor` is neither dropped nor used again, so its field has no other owner.
        unsafe { std::ptr::read(&raw const *descriptor.fd) }
    }
}

impl Drop for Descriptor {
    fn drop(&mut self) {
        // SAFETY: the field is not used again.
        let fd = unsafe { ManuallyDrop::take(&mut self.fd) };
        if self.is_untrusted {
            state().closer.close(fd);
        }
    }
}

impl AsFd for Descriptor {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

impl AsRawFd for Descriptor {
    fn as_raw_fd(&self) -> RawFd {
        self.fd.as_raw_fd()
    }
}

impl fmt::Debug for Descriptor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fd.fmt(f)
    }
}
