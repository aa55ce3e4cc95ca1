//! What has to happen besides the event that a message is.

use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

use barebus_wire::{MemberName, Serial};

use super::Purpose;
use super::names::NameId;
use crate::error::NoReply;
use crate::event_queue::EventKey;

/// Something that the session has to do for the router.
#[derive(Clone, Debug)]
pub(crate) enum Action {
    /// Call a method of the bus.
    Request(Request),
    /// Report that the call gets no reply.
    EndCall(Serial, NoReply),
    /// The reply that was held is the reply to the call, or not believed.
    Release { call: Serial, key: EventKey, is_believed: bool },
}

/// A call of a method of the bus. Spec: Message Bus Messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) member: MemberName<'static>,
    /// The place of its only argument in [`Actions::arguments`].
    pub(crate) argument: Range<usize>,
    /// What the reply is for. No reply is expected for [`Purpose::Removed`].
    pub(crate) purpose: Purpose,
}

const ADD_MATCH: MemberName<'static> = MemberName::from_static("AddMatch");
const REMOVE_MATCH: MemberName<'static> = MemberName::from_static("RemoveMatch");
const GET_NAME_OWNER: MemberName<'static> = MemberName::from_static("GetNameOwner");

/// What the session has to do for the router, in order.
#[derive(Debug, Default)]
pub(crate) struct Actions {
    pub(crate) list: Vec<Action>,
    /// The arguments of all requests, one behind the other.
    pub(crate) arguments: String,
}

impl Actions {
    pub(super) fn push(&mut self, action: Action) {
        self.list.push(action);
    }

    /// Asks for the name's owner.
    pub(super) fn get_name_owner(&mut self, name: &str, id: NameId) {
        self.request(GET_NAME_OWNER, [name, "", ""], Purpose::Owner(id));
    }

    /// Asks for changes of the name's owner.
    pub(super) fn watch(&mut self, name: &str, id: NameId) {
        self.request(ADD_MATCH, watch_rule(name), Purpose::Watch(id));
    }

    /// Stops watching the name.
    pub(super) fn unwatch(&mut self, name: &str) {
        self.request(REMOVE_MATCH, watch_rule(name), Purpose::Removed);
    }

    pub(super) fn add_match(&mut self, rule: &str, purpose: Purpose) {
        self.request(ADD_MATCH, [rule, "", ""], purpose);
    }

    pub(super) fn remove_match(&mut self, rule: &str) {
        self.request(REMOVE_MATCH, [rule, "", ""], Purpose::Removed);
    }

    /// Adds a request, whose argument comes in parts.
    #[cold]
    fn request(&mut self, member: MemberName<'static>, argument: [&str; 3], purpose: Purpose) {
        let start = self.arguments.len();
        for part in argument {
            self.arguments.push_str(part);
        }
        let argument = start..self.arguments.len();
        self.push(Action::Request(Request { member, argument, purpose }));
    }
}

/// The rule that matches changes of the name's owner.
const fn watch_rule(name: &str) -> [&str; 3] {
    [
        "type='signal',sender='org.freedesktop.DBus',interface='org.freedesktop.DBus',member='NameOwnerChanged',arg0='",
        name,
        "'",
    ]
}
