//! Calls of our methods.

use barebus_wire::name::{BusName, ErrorName, InterfaceName, MemberName};
use barebus_wire::{Flags, Message, Serial};

use super::{Route, Router};
use crate::config::ServerKind;
use crate::event::Kind;

impl Router {
    pub(crate) fn route_call(&mut self, message: &Message<'_>) -> Route {
        let header = message.header();
        // Only the bus can tell whom to answer.
        let is_anonymous = self.server == ServerKind::Bus && header.sender.is_none();
        if is_anonymous || !self.is_for_us(message) {
            return self.ignore();
        }
        let is_expected = !header.flags.contains(Flags::NO_REPLY_EXPECTED);
        let sender = header.sender.map(BusName::as_str);
        let interface = header.interface.map_or("(none)", InterfaceName::as_str);
        let member = header.member.map_or("", MemberName::as_str);
        let is_peer = interface == "org.freedesktop.DBus.Peer";
        if let (false, Some(calls)) = (is_peer, &mut self.incoming_calls) {
            let reply_to = calls.accept(header.serial, sender, is_expected);
            return Route::Event(Kind::MethodCall(reply_to));
        }
        if !is_expected {
            return Route::Done;
        }
        let (call, sender) = (header.serial, sender.unwrap_or_default());
        match member {
            "Ping" if is_peer => self.actions.answer(call, sender, None, &[]),
            "GetMachineId" if is_peer => self.answer_machine_id(call, sender),
            _ => {
                let text = ["no method ", member, " of interface ", interface, " is served here"];
                self.actions.answer(call, sender, Some(UNKNOWN_METHOD), &text);
            }
        }
        Route::Done
    }

    fn answer_machine_id(&mut self, call: Serial, sender: &str) {
        let id = (self.machine_id)();
        let (error, text) = match id.as_ref().and_then(|id| core::str::from_utf8(id).ok()) {
            Some(id) => (None, id),
            None => (Some(FILE_NOT_FOUND), "this machine has no machine ID"),
        };
        self.actions.answer(call, sender, error, &[text]);
    }

    /// Answers the callers whose [`ReplyTo`](crate::ReplyTo) was dropped.
    #[inline]
    pub(crate) fn answer_dropped(&mut self) {
        if let Some(calls) = &mut self.incoming_calls {
            calls.answer_dropped(&mut self.actions);
        }
    }
}

const UNKNOWN_METHOD: ErrorName<'static> =
    ErrorName::from_static("org.freedesktop.DBus.Error.UnknownMethod");
const FILE_NOT_FOUND: ErrorName<'static> =
    ErrorName::from_static("org.freedesktop.DBus.Error.FileNotFound");
