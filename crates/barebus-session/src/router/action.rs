//! What has to happen besides the event that a message is.

use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

use barebus_wire::{ErrorName, MemberName, Serial};

use super::Purpose;
use super::names::NameId;
use crate::error::NoReply;
use crate::event_queue::EventKey;

/// Something that the session has to do for the router.
#[derive(Clone, Debug)]
pub(crate) enum Action {
    /// Call a method of the bus.
    Request(Request),
    /// Answer a call of a method of ours.
    Answer(Answer),
    /// Report that the call gets no reply.
    EndCall(Serial, NoReply),
    /// The reply that was held is the reply to the call, or not believed.
    Release { call: Serial, key: EventKey, is_believed: bool },
}

/// A call of a method of the bus. Spec: Message Bus Messages.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) member: MemberName<'static>,
    /// Its only argument.
    pub(crate) argument: TextRange,
    /// What the reply is for. No reply is expected for [`Purpose::Removed`].
    pub(crate) purpose: Purpose,
}

/// The reply to a call that the session answers itself.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) call: Serial,
    /// Empty: on a direct connection.
    pub(crate) destination: TextRange,
    pub(crate) error: Option<ErrorName<'static>>,
    /// The only argument, unless it is empty.
    pub(crate) text: TextRange,
}

/// The place of a text in [`Actions::texts`].
pub(crate) type TextRange = Range<usize>;

const ADD_MATCH: MemberName<'static> = MemberName::from_static("AddMatch");
const REMOVE_MATCH: MemberName<'static> = MemberName::from_static("RemoveMatch");
const GET_NAME_OWNER: MemberName<'static> = MemberName::from_static("GetNameOwner");

/// What the session has to do for the router, in order.
#[derive(Debug, Default)]
pub(crate) struct Actions {
    pub(crate) list: Vec<Action>,
    /// The texts of all actions, one after the other.
    pub(crate) texts: String,
}

impl Actions {
    pub(super) fn push(&mut self, action: Action) {
        self.list.push(action);
    }

    /// Asks for the name's owner.
    pub(super) fn get_name_owner(&mut self, name: &str, id: NameId) {
        self.request(GET_NAME_OWNER, &[name], Purpose::Owner(id));
    }

    /// Asks for changes of the name's owner.
    pub(super) fn watch(&mut self, name: &str, id: NameId) {
        self.request_watch(ADD_MATCH, name, Purpose::Watch(id));
    }

    /// Stops watching the name.
    pub(super) fn unwatch(&mut self, name: &str) {
        self.request_watch(REMOVE_MATCH, name, Purpose::Removed);
    }

    /// A request with the rule that matches changes of the name's owner.
    #[cold]
    fn request_watch(&mut self, member: MemberName<'static>, name: &str, purpose: Purpose) {
        const RULE: &str = "type='signal',sender='org.freedesktop.DBus',interface='org.freedesktop.DBus',member='NameOwnerChanged',arg0='";
        self.request(member, &[RULE, name, "'"], purpose);
    }

    pub(super) fn add_match(&mut self, rule: &str, purpose: Purpose) {
        self.request(ADD_MATCH, &[rule], purpose);
    }

    pub(super) fn remove_match(&mut self, rule: &str) {
        self.request(REMOVE_MATCH, &[rule], Purpose::Removed);
    }

    /// Answers a call of `sender` with an error, or with nothing but `text`.
    #[cold]
    pub(crate) fn answer(
        &mut self,
        call: Serial,
        sender: &str,
        error: Option<ErrorName<'static>>,
        text: &[&str],
    ) {
        let destination = self.text(&[sender]);
        let text = self.text(text);
        self.push(Action::Answer(Answer { call, destination, error, text }));
    }

    #[cold]
    fn request(&mut self, member: MemberName<'static>, argument: &[&str], purpose: Purpose) {
        let argument = self.text(argument);
        self.push(Action::Request(Request { member, argument, purpose }));
    }

    /// Adds a text, which comes in parts.
    fn text(&mut self, parts: &[&str]) -> TextRange {
        let start = self.texts.len();
        for part in parts {
            self.texts.push_str(part);
        }
        start..self.texts.len()
    }
}
