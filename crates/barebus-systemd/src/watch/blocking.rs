//! The watch that blocks, which is the one for event loops as well.

use std::fmt;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use barebus::CallError;

use super::event::Event;
use super::flow::follow;
use super::watching::{Watching, names};
use crate::Systemd;
use crate::client::Client;
use crate::error::Error;
use crate::name::UnitName;
use crate::shell::Shell;

/// A watch of units: an iterator that waits for their next [`Event`]. Dropping it ends the watch.
///
/// The first event is [`Event::Snapshot`], the state of the units; the others are changes since. None is missed from the moment that the
/// watch was made, none comes twice, and those of a unit come in the order in which they happened. Whoever applies them has what
/// `ListUnits` returns. After [`Event::Overflow`] a new snapshot replaces what is known. A reload or reexec of systemd is not seen,
/// except by what it changed.
///
/// A watch borrows the [`Systemd`] as its other methods do, so they can be used meanwhile. What they do is seen as what others do. While
/// they wait, signals for the watch are kept, within the [limit](barebus::Options::queue_limits) of the connection. Beyond it they are lost,
/// which [`Event::Overflow`] tells.
///
/// An event loop calls [`poll`](Self::poll) after each [`Systemd::process`] instead of iterating.
///
/// After an error the iterator ends.
///
/// ```no_run
/// use barebus_systemd::Systemd;
///
/// let systemd = Systemd::system()?;
/// for event in systemd.watch_all() {
///     if let Some(unit) = event?.failed() {
///         println!("{unit} has failed");
///     }
/// }
/// # Ok::<(), barebus::Error>(())
/// ```
#[must_use = "dropping it ends the watch"]
pub struct Watch<'s> {
    shell: &'s Shell,
    watching: Watching<Pin<Box<dyn Future<Output = CallError> + 's>>>,
}

impl Systemd {
    /// Watches units by their names. A unit that is not in memory is watched, too: it is inactive until it comes.
    ///
    /// A unit is reported by its primary name, also if another one is given.
    ///
    /// # Errors
    /// [`Cause::Name`](crate::Cause::Name) for a name that is invalid. Other errors are reported by the watch.
    pub fn watch(
        &self,
        units: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Result<Watch<'_>, Error> {
        Ok(Watch::begin(&self.shell, Some(names(units)?)))
    }

    /// Watches all units that systemd has in memory, and those that come.
    pub fn watch_all(&self) -> Watch<'_> {
        Watch::begin(&self.shell, None)
    }
}

impl<'s> Watch<'s> {
    fn begin(shell: &'s Shell, names: Option<Vec<UnitName>>) -> Self {
        let watching = Watching::begin(names, |table| {
            Box::pin(async move { follow(shell, &table).await }) as Pin<Box<dyn Future<Output = _>>>
        });
        Self { shell, watching }
    }

    /// Waits for the next event, at most for `timeout`; `None` when that has passed, and after an error.
    ///
    /// # Errors
    /// Why the watch has ended.
    pub fn next_within(&mut self, timeout: Duration) -> Result<Option<Event>, Error> {
        let Some(deadline) = Instant::now().checked_add(timeout) else {
            return self.next().transpose();
        };
        let mut late = pin!(self.shell.sleep_until(deadline));
        let next = poll_fn(|cx| match self.watching.poll_next(cx) {
            Poll::Pending => late.as_mut().poll(cx).map(|()| None),
            ready => ready,
        });
        self.shell.block_on(next).transpose()
    }

    /// The next event, if it has come; never waits.
    ///
    /// # Errors
    /// Why the watch has ended.
    pub fn poll(&mut self) -> Result<Option<Event>, Error> {
        let waker = self.shell.waker();
        match self.watching.poll_next(&mut Context::from_waker(&waker)) {
            Poll::Ready(next) => next.transpose(),
            Poll::Pending => Ok(None),
        }
    }
}

impl Iterator for Watch<'_> {
    type Item = Result<Event, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.shell.block_on(poll_fn(|cx| self.watching.poll_next(cx)))
    }
}

impl fmt::Debug for Watch<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch").finish_non_exhaustive()
    }
}
