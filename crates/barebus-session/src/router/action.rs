//! What has to happen besides the event that a message is.

use alloc::string::String;
use alloc::vec::Vec;

use barebus_wire::Serial;

use super::names::{NameId, Question};
use super::{Purpose, Router};
use crate::error::NoReply;
use crate::event::SubscriptionId;
use crate::event_queue::EventKey;

/// Something that the session has to do for the router.
#[derive(Debug)]
pub(crate) enum Action {
    /// Call a method of the bus.
    Request(Request),
    /// Report that the call gets no reply.
    EndCall(Serial, NoReply),
    /// Report that the subscriptions have ended without an answer.
    EndSubscriptions(Vec<SubscriptionId>),
    /// The reply that was held is the reply to the call.
    Release(Serial, EventKey),
    /// The reply that was held is not believed.
    Discard(EventKey),
}

/// A call of a method of the bus. Spec: Message Bus Messages.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Request {
    /// Its argument, and who waits for the reply.
    AddMatch(String, Purpose),
    /// No reply is expected.
    RemoveMatch(String),
    GetNameOwner(NameId),
}

impl Router {
    /// Takes the next action. After every use of the router all of them must be taken.
    #[inline]
    pub(crate) fn take_actions(&mut self) -> Vec<Action> {
        core::mem::take(&mut self.actions)
    }

    /// Whether there are actions.
    #[inline]
    pub(crate) const fn has_actions(&self) -> bool {
        !self.actions.is_empty()
    }

    /// The text of the name.
    pub(crate) fn name(&self, name: NameId) -> &str {
        self.names.text(name)
    }

    /// Adds what must be asked of the bus about the name.
    #[cold]
    pub(super) fn ask(&mut self, name: NameId, question: Question) {
        if question == Question::Follow {
            let rule = watch_rule(self.names.text(name));
            self.actions.push(Action::Request(Request::AddMatch(rule, Purpose::Watch(name))));
        }
        if question != Question::None {
            self.actions.push(Action::Request(Request::GetNameOwner(name)));
        }
    }

    /// Stops watching names.
    #[cold]
    pub(super) fn let_go(&mut self, names: Vec<String>) {
        for name in names {
            let rule = watch_rule(&name);
            self.actions.push(Action::Request(Request::RemoveMatch(rule)));
        }
    }
}

/// The rule that matches changes of the name's owner.
fn watch_rule(name: &str) -> String {
    ["type='signal',sender='org.freedesktop.DBus',interface='org.freedesktop.DBus',member='NameOwnerChanged',arg0='", name, "'"].concat()
}
