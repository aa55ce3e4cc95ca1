//! A file descriptor that a connection owns.

use std::fmt;
use std::mem::ManuallyDrop;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};

use nix::errno::Errno;
use nix::libc;

use super::process::{Process, state};

/// A file descriptor that a connection owns: one that a message brought, or one that is to be sent.
///
/// `OwnedFd::from` takes it out; [`as_fd`](AsFd::as_fd) lends it.
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
/// Dropping it closes it. close(2) waits if the file wants it to: a TCP socket with SO_LINGER and unsent data for as long as its owner
/// has set, a file of FUSE or NFS until its server answers. So one that came from somebody else is closed by a short-lived thread
/// instead. To close in this way one that was taken out, drop [`Descriptor::untrusted`] of it.
pub struct Descriptor {
    fd: ManuallyDrop<OwnedFd>,
    is_untrusted: bool,
}

impl Descriptor {
    /// Somebody else's file: whoever drops it does not wait until it is closed.
    pub fn untrusted(fd: OwnedFd) -> Self {
        // The thread must not be believed to run in a child of this process. Connections have seen to that.
        Process::current();
        Self { fd: ManuallyDrop::new(fd), is_untrusted: true }
    }

    /// The same file by a number that is not standard input's, output's or error's. Those are free in programs that have closed
    /// them, and what such a program prints must not get into the stream, or into a received file.
    pub(crate) fn above_stdio(mut self) -> nix::Result<Self> {
        const LEAST: RawFd = libc::STDERR_FILENO + 1;

        if self.as_raw_fd() >= LEAST {
            return Ok(self);
        }
        // SAFETY: the command takes a number and gives a new descriptor.
        let number = unsafe { libc::fcntl(self.as_raw_fd(), libc::F_DUPFD_CLOEXEC, LEAST) };
        let number = Errno::result(number)?;
        // SAFETY: it was just made, and nobody else knows its number.
        let mut clone = unsafe { Self::from_number(number) };
        clone.is_untrusted = self.is_untrusted;
        // At once: the thread might come when the program has put its new standard output there. It is not the file's last descriptor,
        // so only FUSE and NFS can make it wait.
        self.is_untrusted = false;
        Ok(clone)
    }

    /// Somebody else's file, which the system has just opened for us.
    ///
    /// # Safety
    /// The number is that of an open file, and nobody else owns it.
    #[inline(never)]
    pub(super) unsafe fn from_number(number: RawFd) -> Self {
        // SAFETY: the caller keeps the same contract.
        let fd = ManuallyDrop::new(unsafe { OwnedFd::from_raw_fd(number) });
        Self { fd, is_untrusted: true }
    }

    /// From now on dropping it does not wait.
    pub(crate) const fn distrust(&mut self) {
        self.is_untrusted = true;
    }
}

impl From<OwnedFd> for Descriptor {
    /// One's own file: it is closed by whoever drops it.
    fn from(fd: OwnedFd) -> Self {
        Self { fd: ManuallyDrop::new(fd), is_untrusted: false }
    }
}

impl From<Descriptor> for OwnedFd {
    fn from(descriptor: Descriptor) -> Self {
        let descriptor = ManuallyDrop::new(descriptor);
        // SAFETY: `descriptor` is not dropped and not used again, so that its field has no other owner.
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
