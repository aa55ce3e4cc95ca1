//! What the shared state needs of a connection.

use std::fmt::Debug;

use barebus::{CallId, ConnectionError, Descriptor, Event, SubscriptionId};

/// A connection, as the state that all tasks share sees it. The tests of that state play one, without a socket.
pub(crate) trait Link: Debug {
    /// The server's address, for errors.
    fn address(&self) -> &str;
    /// The next event. A connection that has ended always returns the same error.
    fn poll_event(&mut self) -> Result<Option<Event<'_, Descriptor>>, ConnectionError>;
    /// Whether the bus has answered the subscription's rule.
    fn is_settled(&self, subscription: SubscriptionId) -> bool;
    /// Gives up a call.
    fn forget(&mut self, call: CallId);
    /// Ends a subscription.
    fn unsubscribe(&mut self, subscription: SubscriptionId);
}

impl Link for barebus::Connection {
    fn address(&self) -> &str {
        self.address()
    }

    fn poll_event(&mut self) -> Result<Option<Event<'_, Descriptor>>, ConnectionError> {
        self.poll_event()
    }

    fn is_settled(&self, subscription: SubscriptionId) -> bool {
        self.session_state().is_settled(subscription)
    }

    fn forget(&mut self, call: CallId) {
        self.forget(call);
    }

    fn unsubscribe(&mut self, subscription: SubscriptionId) {
        // If the bus cannot be told, it sends a few signals too many. They are ignored.
        let _ = self.unsubscribe(subscription);
    }
}
