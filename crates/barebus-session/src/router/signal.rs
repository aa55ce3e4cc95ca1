//! Signals: to whom they go.

use barebus_wire::name::{InterfaceName, MemberName};
use barebus_wire::{Message, MessageType};

use super::{Route, Router, names};
use crate::config::ServerKind;
use crate::event::Kind;

impl Router {
    pub(super) fn route_signal(&mut self, message: &Message<'_>) -> Route {
        debug_assert_eq!(message.header().message_type, MessageType::Signal);
        let is_bus = self.server == ServerKind::Bus && self.is_from_bus(message);
        let is_ours = is_bus && self.watch_owners(message);
        let sender = self.sender(message);
        let Self { subscriptions, names, matched, .. } = self;
        if let Some(made) = subscriptions {
            made.matching(message, sender, names, matched);
        }
        match (self.matched.is_empty(), is_ours) {
            (false, _) => Route::Event(Kind::Signal),
            (true, true) => Route::Done,
            (true, false) => self.ignore(),
        }
    }

    /// Learns from a signal of the bus who owns a name. Whether it told that of a name that the router knows.
    fn watch_owners(&mut self, message: &Message<'_>) -> bool {
        let header = message.header();
        if header.member.map_or("", MemberName::as_str) != "NameOwnerChanged"
            || header.interface.map_or("", InterfaceName::as_str) != names::BUS
        {
            return false;
        }
        let change = message.body::<(&str, &str, &str)>().ok();
        let known = change.and_then(|(name, _, new)| self.names.owner_changed(name, new));
        if let Some(name) = known {
            self.decide_held(Some(name));
        }
        known.is_some()
    }
}
