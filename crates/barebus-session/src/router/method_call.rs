//! Calls of our methods.

use alloc::boxed::Box;
use alloc::string::String;

use barebus_wire::name::{BusName, ErrorName, InterfaceName, MemberName};
use barebus_wire::{Flags, Message, Serial};

use super::{Route, Router};
use crate::config::ServerKind;
use crate::event::Kind;
use crate::incoming_calls::Caller;

/// The reply to a call that the session answers itself.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) call: Serial,
    pub(crate) destination: Option<String>,
    pub(crate) error: Option<ErrorName<'static>>,
    /// The only argument.
    pub(crate) text: Option<String>,
}

impl Router {
    pub(super) fn route_call(&mut self, message: &Message<'_>) -> Route {
        let header = message.header();
        // Only the bus can tell whom to answer.
        let is_anonymous = self.server == ServerKind::Bus && header.sender.is_none();
        if is_anonymous || !self.is_for_us(message) {
            return self.ignore();
        }
        let is_expected = !header.flags.contains(Flags::NO_REPLY_EXPECTED);
        let sender = header.sender.map(BusName::as_str);
        let interface = header.interface.map(InterfaceName::as_str);
        let member = header.member.map_or("", MemberName::as_str);
        let is_peer = interface == Some("org.freedesktop.DBus.Peer");
        if let (false, Some(calls)) = (is_peer, &mut self.incoming_calls) {
            let reply_to = calls.accept(header.serial, sender, is_expected);
            return Route::Event(Kind::MethodCall(reply_to));
        }
        if !is_expected {
            return Route::Done;
        }
        let (error, text) = match member {
            "Ping" if is_peer => (None, None),
            "GetMachineId" if is_peer => self.machine_id(),
            _ => {
                let interface = interface.unwrap_or("(none)");
                let text = ["no method ", member, " of interface ", interface, " is served here"];
                (Some(UNKNOWN_METHOD), Some(text.concat()))
            }
        };
        let destination = sender.map(Into::into);
        Route::Answer(Box::new(Answer { call: header.serial, destination, error, text }))
    }

    fn machine_id(&self) -> (Option<ErrorName<'static>>, Option<String>) {
        let id = (self.machine_id)();
        match id.as_ref().and_then(|id| core::str::from_utf8(id).ok()) {
            Some(id) => (None, Some(id.into())),
            None => (Some(FILE_NOT_FOUND), Some("this machine has no machine ID".into())),
        }
    }
}

impl Answer {
    /// For a caller whose [`ReplyTo`](crate::ReplyTo) was dropped.
    pub(crate) fn forgotten(caller: &Caller) -> Self {
        Self {
            call: caller.serial,
            destination: caller.name.clone(),
            error: Some(NO_REPLY),
            text: Some("the call was not answered".into()),
        }
    }
}

const UNKNOWN_METHOD: ErrorName<'static> =
    ErrorName::from_static("org.freedesktop.DBus.Error.UnknownMethod");
const FILE_NOT_FOUND: ErrorName<'static> =
    ErrorName::from_static("org.freedesktop.DBus.Error.FileNotFound");
const NO_REPLY: ErrorName<'static> = ErrorName::from_static("org.freedesktop.DBus.Error.NoReply");
