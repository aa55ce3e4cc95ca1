//! What has to happen besides the event that a message is.

use alloc::string::String;
use alloc::vec::Vec;

use barebus_wire::{MemberName, Serial};

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
    /// The reply that was held is the reply to the call, or not believed.
    Release { call: Serial, key: EventKey, is_believed: bool },
}

/// A call of a method of the bus. Spec: Message Bus Messages.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) member: MemberName<'static>,
    /// Its only argument.
    pub(crate) argument: String,
    /// What the reply is for. No reply is expected for [`Purpose::Removed`].
    pub(crate) purpose: Purpose,
}

const ADD_MATCH: MemberName<'static> = MemberName::from_static("AddMatch");
const REMOVE_MATCH: MemberName<'static> = MemberName::from_static("RemoveMatch");
const GET_NAME_OWNER: MemberName<'static> = MemberName::from_static("GetNameOwner");

impl Router {
    /// Takes the next action. After every use of the router all of them must be taken.
    #[inline]
    pub(crate) fn take_actions(&mut self) -> Vec<Action> {
        core::mem::take(&mut self.actions)
    }

    /// Whether there are actions.
    #[inline]
    pub(crate) fn has_actions(&self) -> bool {
        !self.actions.is_empty()
    }

    /// Adds what must be asked of the bus about the name.
    #[cold]
    pub(super) fn ask(&mut self, name: NameId, question: Question) {
        if question == Question::Follow {
            let rule = watch_rule(self.names.text(name));
            self.add_match(rule, Purpose::Watch(name));
        }
        if question != Question::None {
            let argument = self.names.text(name).into();
            self.request(GET_NAME_OWNER, argument, Purpose::Owner(name));
        }
    }

    pub(super) fn add_match(&mut self, rule: String, purpose: Purpose) {
        self.request(ADD_MATCH, rule, purpose);
    }

    pub(super) fn remove_match(&mut self, rule: String) {
        self.request(REMOVE_MATCH, rule, Purpose::Removed);
    }

    #[cold]
    fn request(&mut self, member: MemberName<'static>, argument: String, purpose: Purpose) {
        self.actions.push(Action::Request(Request { member, argument, purpose }));
    }

    /// Stops watching names.
    #[cold]
    pub(super) fn let_go(&mut self, names: Vec<String>) {
        for name in names {
            self.remove_match(watch_rule(&name));
        }
    }
}

/// The rule that matches changes of the name's owner.
fn watch_rule(name: &str) -> String {
    ["type='signal',sender='org.freedesktop.DBus',interface='org.freedesktop.DBus',member='NameOwnerChanged',arg0='", name, "'"].concat()
}
