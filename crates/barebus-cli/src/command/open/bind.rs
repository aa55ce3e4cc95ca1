//! Waiting for the socket of a server that has not started.

use std::os::fd::AsFd;
use std::path::Path;
use std::time::{Duration, Instant};

use barebus::wire::address::Addresses;
use barebus::{Attempt, AttemptError, Connection, OpenError};
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::inotify::{AddWatchFlags, InitFlags, Inotify};

/// Tries again whenever something changes where the socket will be, until there is a connection.
///
/// # Errors
/// What does not change by waiting; or the last error, when `limit` has passed.
pub(super) fn wait(
    limit: Option<Duration>,
    connect: impl Fn() -> Result<Connection, OpenError>,
) -> Result<Connection, OpenError> {
    let until = limit.and_then(|limit| Instant::now().checked_add(limit));
    let mut watch: Option<Inotify> = None;
    loop {
        let error = match connect() {
            Err(OpenError::Unreachable(attempts)) if attempts.iter().all(may_come) => attempts,
            other => return other,
        };
        let is_refused = error.iter().any(|attempt| is(&attempt.error, Errno::ECONNREFUSED));
        let left = until.map(|until| until.saturating_duration_since(Instant::now()));
        if left == Some(Duration::ZERO) {
            return Err(OpenError::Unreachable(error));
        }
        // The watch is older than the attempt that failed, so it has seen whatever came since then.
        if let Some(watch) = &watch {
            sleep(watch, is_refused, left);
        }
        match watch_for(&error) {
            Ok(fresh) => watch = Some(fresh),
            Err(_) => std::thread::sleep(RETRY),
        }
    }
}

/// Nothing tells that somebody listens on a socket that is there already.
const RETRY: Duration = Duration::from_millis(100);

/// Whether a server at this address can still come.
fn may_come(attempt: &Attempt) -> bool {
    path(&attempt.address).is_some()
        && [Errno::ENOENT, Errno::ECONNREFUSED].into_iter().any(|errno| is(&attempt.error, errno))
}

fn is(error: &AttemptError, errno: Errno) -> bool {
    matches!(error, AttemptError::Io(error) if error.raw_os_error() == Some(errno as i32))
}

/// The path of a socket.
fn path(address: &str) -> Option<String> {
    let address = Addresses::parse(address).ok()?.into_iter().next()?;
    String::from_utf8(address.get("path")?.bytes().collect()).ok()
}

/// Watches the nearest folder above each socket that exists.
fn watch_for(attempts: &[Attempt]) -> nix::Result<Inotify> {
    let inotify = Inotify::init(InitFlags::IN_CLOEXEC | InitFlags::IN_NONBLOCK)?;
    let changes = AddWatchFlags::IN_CREATE | AddWatchFlags::IN_MOVED_TO | AddWatchFlags::IN_ATTRIB;
    for attempt in attempts {
        let path = path(&attempt.address).unwrap_or_default();
        for folder in Path::new(&path).ancestors().skip(1) {
            let added = inotify.add_watch(folder, changes | AddWatchFlags::IN_DELETE_SELF);
            if added.is_ok() {
                break;
            }
        }
    }
    Ok(inotify)
}

fn sleep(watch: &Inotify, is_refused: bool, left: Option<Duration>) {
    let longest = if is_refused { Some(RETRY) } else { left };
    let longest = longest.map(|longest| left.map_or(longest, |left| left.min(longest)));
    let timeout = longest.map_or(PollTimeout::NONE, |longest| {
        PollTimeout::try_from(longest.saturating_add(Duration::from_millis(1)))
            .unwrap_or(PollTimeout::MAX)
    });
    // Whatever ends the wait, the next attempt tells.
    let _ = poll(&mut [PollFd::new(watch.as_fd(), PollFlags::POLLIN)], timeout);
}
