//! Subscriptions that end when they are dropped.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use barebus_session::{Session, SubscriptionId, Want};
use barebus_wire::MatchRule;

use crate::connection::Connection;
use crate::error::CallError;
use crate::reply::Signal;
use crate::sys::Descriptor;

/// The signals of one subscription. Dropping it ends the subscription.
///
/// It does not borrow the connection: [`next`](Self::next) takes it, so calls can be made while signals are read. That is why it
/// is no [`Iterator`].
///
/// ```no_run
/// use barebus::{Connection, MatchRule};
/// use std::time::Duration;
///
/// let mut bus = Connection::system()?;
/// let rule = MatchRule::parse("type='signal',member='NameOwnerChanged'")?;
/// let mut signals = bus.signals(&rule)?;
/// while let Some(signal) = signals.next(&mut bus, Some(Duration::from_secs(10)))? {
///     let (name, old, new): (&str, &str, &str) = signal.body()?;
///     println!("{name}: {old} -> {new}");
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// The connection removes the rule from the bus with the next call, or when signals or events are next looked for. It keeps the rule
/// if another subscription has the same one.
#[derive(Debug)]
#[must_use = "dropping it ends the subscription"]
pub struct Signals {
    id: SubscriptionId,
    dropped: Arc<Dropped>,
}

impl Signals {
    /// Waits for the next signal, for at most `timeout`; returns `None` when it has passed. Other events are kept. `None` as
    /// `timeout` means no limit.
    ///
    /// # Errors
    /// `Remote`: the bus has ended the subscription. `CallError::OtherConnection`: `connection` is not the one that was
    /// subscribed with. `CallError::Connection`.
    pub fn next<'c>(
        &mut self,
        connection: &'c mut Connection,
        timeout: Option<Duration>,
    ) -> Result<Option<Signal<'c>>, CallError> {
        self.check(connection)?;
        match connection.wait_until(Want::Signal(self.id), timeout)? {
            true => connection.take_signal(),
            false => Ok(None),
        }
    }

    /// Returns the next signal if it has come; never waits. For event loops.
    ///
    /// # Errors
    /// As [`next`](Self::next).
    pub fn poll<'c>(
        &mut self,
        connection: &'c mut Connection,
    ) -> Result<Option<Signal<'c>>, CallError> {
        self.check(connection)?;
        connection.poll_signal(self.id)
    }

    /// The subscription, to compare with those of an [`Event::Signal`](crate::Event::Signal).
    pub const fn subscription(&self) -> SubscriptionId {
        self.id
    }

    fn check(&self, connection: &Connection) -> Result<(), CallError> {
        match &connection.dropped {
            Some(dropped) if dropped.is(&self.dropped) => Ok(()),
            _ => Err(CallError::OtherConnection),
        }
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        self.dropped.lock().push(self.id);
    }
}

impl Connection {
    /// Subscribes to signals as [`subscribe`](Self::subscribe) does, until the result is dropped.
    ///
    /// # Errors
    /// As [`subscribe`](Self::subscribe).
    pub fn signals(&mut self, rule: &MatchRule<'_>) -> Result<Signals, CallError> {
        let id = self.subscribe(rule)?;
        let dropped = self.dropped.get_or_insert_with(|| Box::new(Arc::new(Dropped::default())));
        Ok(Signals { id, dropped: dropped.shared() })
    }
}

/// The subscriptions of a connection whose [`Signals`] were dropped and which have not yet been ended.
#[derive(Debug, Default)]
pub(crate) struct Dropped(Mutex<Vec<SubscriptionId>>);

impl Dropped {
    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<SubscriptionId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The connection knows [`Dropped`] by this trait alone, so programs that never subscribe do not link it.
pub(crate) trait DroppedSignals: fmt::Debug + Send + Sync {
    /// Ends the subscriptions.
    fn release(&self, session: &mut Session<Descriptor>);

    fn is(&self, other: &Arc<Dropped>) -> bool;

    fn shared(&self) -> Arc<Dropped>;
}

impl DroppedSignals for Arc<Dropped> {
    fn release(&self, session: &mut Session<Descriptor>) {
        for id in std::mem::take(&mut *self.lock()) {
            // It has ended here even if the bus cannot be told.
            let _ = session.unsubscribe(id);
        }
    }

    fn is(&self, other: &Arc<Dropped>) -> bool {
        Self::ptr_eq(self, other)
    }

    fn shared(&self) -> Arc<Dropped> {
        Self::clone(self)
    }
}
