//! Subscriptions that end when they are dropped.

use std::fmt;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use barebus_session::{Session, SubscriptionId};
use barebus_wire::definition::{Object, SignalKind};
use barebus_wire::match_rule::MatchRuleBuf;
use barebus_wire::name::{InterfaceName, MemberName};
use barebus_wire::{DecodeBody, MatchRule};

use crate::connection::Connection;
use crate::error::CallError;
use crate::proxy::Proxy;
use crate::reply::Signal;
use crate::sys::Descriptor;
use barebus_wire::name::{IntoName, NameRole};

/// The signals of one subscription. Dropping it ends the subscription.
///
/// It does not borrow the connection: [`next`](Self::next) takes it, so calls can be made between two signals. Where none are made,
/// [`bodies`](Self::bodies) is an iterator.
///
/// ```no_run
/// use std::time::Duration;
///
/// use barebus::{Connection, Proxy};
///
/// let mut bus = Connection::system()?;
/// let mut names =
///     Proxy::new(&mut bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus")?
///         .signals("NameOwnerChanged")?;
/// while let Some(signal) = names.next(&mut bus, Some(Duration::from_secs(10)))? {
///     let (name, old, new): (&str, &str, &str) = signal.body()?;
///     println!("{name}: {old:?} -> {new:?}");
/// }
/// println!("10 s have passed without a change");
/// # Ok::<(), barebus::Error>(())
/// ```
///
/// There are three ways to subscribe: [`Proxy::signals`] to one signal of an object, [`Connection::signals_of`] to a signal that has a
/// [definition](crate::definition::SignalKind), [`Connection::signals`] by a match rule.
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
    /// As [`Connection::next_signal`]. [`CallError::OtherConnection`]: `connection` is not the one that was subscribed with.
    pub fn next<'c>(
        &mut self,
        connection: &'c mut Connection,
        timeout: Option<Duration>,
    ) -> Result<Option<Signal<'c>>, CallError> {
        self.check(connection)?;
        connection.next_signal(self.id, timeout)
    }

    /// The arguments of the next signal, as [`next`](Self::next) and [`Signal::body`] give them:
    /// `while let Some((name, old, new)) = names.next_body::<(&str, &str, &str)>(&mut bus, None)? { … }`.
    ///
    /// # Errors
    /// As [`next`](Self::next); `CallError::Body` when the signal carries other types. The next call reads the next signal.
    pub fn next_body<'c, T: DecodeBody<'c>>(
        &mut self,
        connection: &'c mut Connection,
        timeout: Option<Duration>,
    ) -> Result<Option<T>, CallError> {
        match self.next(connection, timeout)? {
            Some(signal) => match signal.body() {
                Ok(body) => Ok(Some(body)),
                Err(error) => Err(CallError::signal_body(signal.header(), error)),
            },
            None => Ok(None),
        }
    }

    /// Iterates over the arguments of the signals that arrive within `time`; `None`: without an end. They are owned, because an iterator
    /// cannot return what it may overwrite with the next item.
    ///
    /// ```no_run
    /// use std::time::Duration;
    ///
    /// use barebus::{Connection, Proxy};
    ///
    /// let mut bus = Connection::system()?;
    /// let mut proxy =
    ///     Proxy::new(&mut bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus")?;
    /// let mut changes = proxy.signals("NameOwnerChanged")?;
    /// for change in changes.bodies(&mut bus, Some(Duration::from_secs(10))) {
    ///     let (name, old, new): (String, String, String) = change?;
    ///     println!("{name}: {old:?} -> {new:?}");
    /// }
    /// # Ok::<(), barebus::Error>(())
    /// ```
    ///
    /// The iterator borrows the connection. To make calls between two signals, use [`next`](Self::next) or
    /// [`next_body`](Self::next_body).
    ///
    /// # Errors
    /// Each item can be an error, as of [`next_body`](Self::next_body). After any error but [`CallError::Body`] the iterator ends.
    pub fn bodies<'c, T: for<'a> DecodeBody<'a>>(
        &'c mut self,
        connection: &'c mut Connection,
        time: Option<Duration>,
    ) -> Bodies<'c, T> {
        let until = time.map(|time| connection.now().saturating_add(time));
        Bodies { signals: self, connection, until, has_ended: false, body: PhantomData }
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

/// The iterator over the arguments of a subscription's signals; [`Signals::bodies`] makes it and has an example.
///
/// ```no_run
/// use std::time::Duration;
///
/// use barebus::{Connection, MatchRule};
///
/// let mut bus = Connection::system()?;
/// let rule = MatchRule::parse("type='signal',member='NameOwnerChanged'").unwrap();
/// let mut names = bus.signals(&rule)?;
/// for change in names.bodies::<(String, String, String)>(&mut bus, Some(Duration::from_secs(5))) {
///     let (name, _, new_owner) = change?;
///     println!("{name} belongs to {new_owner:?}");
/// }
/// # Ok::<(), barebus::Error>(())
/// ```
#[derive(Debug)]
#[must_use = "iterators do nothing until they are asked for an item"]
pub struct Bodies<'c, T> {
    signals: &'c mut Signals,
    connection: &'c mut Connection,
    until: Option<Duration>,
    has_ended: bool,
    body: PhantomData<fn() -> T>,
}

impl<T: for<'a> DecodeBody<'a>> Iterator for Bodies<'_, T> {
    type Item = Result<T, CallError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.has_ended {
            return None;
        }
        let left = self.until.map(|until| until.saturating_sub(self.connection.now()));
        let next = self.signals.next_body(self.connection, left).transpose();
        self.has_ended = !matches!(next, Some(Ok(_) | Err(CallError::Body { .. })));
        next
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
        Ok(self.signals_with(id))
    }

    /// As [`signals`](Self::signals), without waiting until the bus has accepted the rule, as
    /// [`start_subscription`](Self::start_subscription) does. [`Signals::poll`] and [`Signals::next`] return a refusal.
    ///
    /// # Errors
    /// [`CallError::Send`], [`CallError::Connection`].
    pub fn start_signals(&mut self, rule: &MatchRule<'_>) -> Result<Signals, CallError> {
        let id = self.start_subscription(rule)?;
        Ok(self.signals_with(id))
    }

    fn signals_with(&mut self, id: SubscriptionId) -> Signals {
        let dropped = self.dropped.get_or_insert_with(|| Box::new(Arc::new(Dropped::default())));
        Signals { id, dropped: dropped.shared() }
    }
}

impl Connection {
    /// Subscribes to the signal of `object` that a definition names, until the result is dropped; [`SignalKind::read`] reads it. On a
    /// direct connection the destination of `object` is left out.
    ///
    /// # Errors
    /// As [`subscribe`](Self::subscribe).
    pub fn signals_of<K>(
        &mut self,
        kind: SignalKind<K>,
        object: Object<'_>,
    ) -> Result<Signals, CallError> {
        Proxy::for_object(self, object, kind.interface()).signals(kind.name())
    }
}

impl Proxy<'_, '_> {
    /// Subscribes to the signal `member` of the interface, until the result is dropped.
    ///
    /// `PropertiesChanged` is a signal of the interface `org.freedesktop.DBus.Properties`; use
    /// [`watch_properties`](Self::watch_properties).
    ///
    /// # Errors
    /// As [`Connection::subscribe`]; `CallError::Name` when `member` is text that is no member name.
    pub fn signals<'m>(
        &mut self,
        member: impl IntoName<MemberName<'m>>,
    ) -> Result<Signals, CallError> {
        let member = member.into_name(NameRole::Member)?;
        let rule = self.signal_rule(self.interface()).member(member);
        self.subscribe(&rule)
    }

    /// The rule for all signals of `interface`, whichever the proxy's own is.
    pub(crate) fn signal_rule(&self, interface: InterfaceName<'_>) -> MatchRuleBuf {
        let mut rule = MatchRuleBuf::signals();
        if let Some(sender) = self.destination() {
            rule = rule.sender(sender);
        }
        rule.path(self.path()).interface(interface)
    }

    pub(crate) fn subscribe(&mut self, rule: &MatchRuleBuf) -> Result<Signals, CallError> {
        // Every key is there once; only an immense path makes it too long.
        let rule = rule.rule()?;
        self.connection().signals(&rule)
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
