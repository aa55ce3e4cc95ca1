//! What the crate knows about a connection, apart from the connection itself.

use crate::turns::Turns;

/// The state of a connection that all flows share. `S` is the shell's type of subscription.
#[derive(Debug)]
pub(crate) struct State<S> {
    /// The calls that are outstanding.
    pub(crate) calls: Turns,
    signals: std::marker::PhantomData<fn() -> S>,
}

/// The default limit of outstanding calls. dbus-daemon gives a connection of the system bus 128 pending replies.
pub(crate) const CALLS: usize = 100;

impl<S> Default for State<S> {
    fn default() -> Self {
        Self { calls: Turns::new(CALLS), signals: std::marker::PhantomData }
    }
}
