//! The watch for tokio.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use barebus::CallError;
use futures_core::Stream;

use super::event::Event;
use super::flow::follow;
use super::watching::{Watching, names};
use crate::error::Error;
use crate::name::UnitName;
use crate::tokio::{Shell, Systemd};

/// A watch of units for tokio: a [`Stream`] of their [`Event`]s, as [`crate::watch::Watch`] is an iterator. Dropping it ends the watch.
///
/// Signals for the watch are kept until it is polled, up to 16 MiB. Beyond that they are lost, which [`Event::Overflow`] tells.
#[must_use = "dropping it ends the watch"]
pub struct Watch {
    watching: Watching<Pin<Box<dyn Future<Output = CallError> + Send>>>,
}

impl Systemd {
    /// Watches units by their names, as [`crate::Systemd::watch`].
    ///
    /// # Errors
    /// [`Cause::Name`](crate::Cause::Name) for a name that is invalid. Other errors are reported by the watch.
    pub fn watch(&self, units: impl IntoIterator<Item = impl AsRef<str>>) -> Result<Watch, Error> {
        Ok(Watch::begin(Arc::clone(&self.shell), Some(names(units)?)))
    }

    /// Watches all units, as [`crate::Systemd::watch_all`].
    pub fn watch_all(&self) -> Watch {
        Watch::begin(Arc::clone(&self.shell), None)
    }
}

impl Watch {
    fn begin(shell: Arc<Shell>, names: Option<Vec<UnitName>>) -> Self {
        let watching = Watching::begin(names, |table| {
            Box::pin(async move { follow(&*shell, &table).await })
                as Pin<Box<dyn Future<Output = _> + Send>>
        });
        Self { watching }
    }

    /// The next event; `None` after the error that ended the watch. Dropping the future loses no event.
    pub async fn next(&mut self) -> Option<Result<Event, Error>> {
        poll_fn(|cx| self.watching.poll_next(cx)).await
    }
}

impl Stream for Watch {
    type Item = Result<Event, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.watching.poll_next(cx)
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch").finish_non_exhaustive()
    }
}
