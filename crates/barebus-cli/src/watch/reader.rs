//! Waiting beside an output whose reader may need no more.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Instant;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, poll};

use super::live::time_left;

/// Waits until `source` is ready for `events`, at most until `until`. It may return early.
///
/// # Errors
/// `BrokenPipe`: the reader of the standard output is gone.
pub(crate) fn wait_for(
    source: BorrowedFd<'_>,
    events: PollFlags,
    until: Option<Instant>,
) -> io::Result<()> {
    let stdout = io::stdout();
    // No event is asked for: errors are reported nevertheless.
    let mut asked = [PollFd::new(stdout.as_fd(), PollFlags::empty()), PollFd::new(source, events)];
    match poll(&mut asked, time_left(until)) {
        Ok(_) | Err(Errno::EINTR | Errno::EAGAIN) => {}
        Err(error) => return Err(error.into()),
    }
    let is_gone = |found: PollFlags| found.intersects(PollFlags::POLLERR | PollFlags::POLLHUP);
    match asked[0].revents().is_some_and(is_gone) {
        true => Err(io::ErrorKind::BrokenPipe.into()),
        false => Ok(()),
    }
}
