//! What a session does with each message that comes, and when time passes.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use barebus_wire::name::{BusName, ErrorName, InterfaceName, MemberName};
use barebus_wire::{Flags, Message, MessageType, Serial};

use crate::backlog::Matter;
use crate::config::Peer;
use crate::error::{NoReply, SessionError};
use crate::event::CallId;
use crate::ledger::Ledger;
use crate::matching::SubscriptionId;
use crate::moment::Moment;
use crate::owners::{BUS, Expected, NameIndex};
use crate::pending::{Pending, Purpose};

/// What to do with a message that has come.
#[derive(Debug)]
pub(crate) enum Sorted {
    /// Nothing more: it was for the session itself, or for nobody.
    Done,
    /// It is an event.
    Event(Matter),
    /// It ends the connection.
    End(Box<SessionError>),
}

impl<F> Ledger<F> {
    /// Decides what a message is for.
    #[inline]
    pub(crate) fn sort(&mut self, message: &Message<'_>) -> Sorted {
        if self.is_monitor {
            return Sorted::Event(Matter::Monitored);
        }
        match message.header().message_type {
            MessageType::MethodReturn | MessageType::Error => self.sort_reply(message),
            MessageType::Signal => self.sort_signal(message),
            MessageType::MethodCall => self.sort_call(message),
            // To be ignored. Spec: Message Types.
            MessageType::Unknown(_) => self.ignore(),
        }
    }

    fn ignore(&mut self) -> Sorted {
        self.ignored += 1;
        Sorted::Done
    }

    #[inline]
    fn sort_reply(&mut self, message: &Message<'_>) -> Sorted {
        let header = message.header();
        let sender = header.sender.map(BusName::as_str);
        let Some(serial) = header.reply_serial else {
            return self.ignore();
        };
        let believed = self
            .pending
            .get(serial)
            .is_some_and(|call| self.owners.believes(call.expected, sender));
        if !believed || !self.is_for_us(message) {
            return self.ignore();
        }
        let Some(call) = self.pending.remove(serial) else {
            return self.ignore();
        };
        match call.purpose {
            Purpose::User => Sorted::Event(Matter::Reply(CallId(serial))),
            Purpose::Hello => self.take_hello(message),
            Purpose::Owner(name) => {
                self.take_owner(name, message);
                Sorted::Done
            }
            Purpose::Watch(name) => {
                if header.message_type == MessageType::Error {
                    self.end_unknown(name);
                }
                Sorted::Done
            }
            Purpose::Subscription(id) if header.message_type == MessageType::Error => {
                (self.on_refusal)(self, id);
                Sorted::Event(Matter::NotSubscribed(id))
            }
            Purpose::Subscription(_) | Purpose::Ended => Sorted::Done,
        }
    }

    /// Whether the message is addressed to us, or to nobody in particular. What others are told is not for us to act on.
    fn is_for_us(&self, message: &Message<'_>) -> bool {
        match (message.header().destination, &self.unique_name) {
            (Some(destination), Some(ours)) => {
                !destination.is_unique() || destination.as_str() == ours
            }
            _ => true,
        }
    }

    /// Ends the subscriptions that share the refused one's rule.
    pub(crate) fn drop_refused(&mut self, id: SubscriptionId) {
        let rule = self.subscriptions.rule(id).map(String::from);
        self.subscriptions.remove(id);
        self.backlog.forget_subscription(id);
        let Some(rule) = rule else { return };
        while let Some(other) = self.subscriptions.remove_refused(&rule) {
            self.backlog.forget_subscription(other);
            self.backlog.note(Matter::NotSubscribed(other));
        }
    }

    fn take_hello(&mut self, message: &Message<'_>) -> Sorted {
        let refused = |reason: &str| SessionError::HelloRefused { reason: reason.into() };
        let error = match (message.header().error_name, message.body::<(&str,)>()) {
            (Some(name), _) => refused(name.as_str()),
            (None, Ok((name,))) if BusName::parse(name).is_ok_and(|name| name.is_unique()) => {
                self.unique_name = Some(name.into());
                return Sorted::Done;
            }
            (None, Ok(_)) => refused("the answer is no unique name"),
            (None, Err(error)) => SessionError::HelloInvalid(error),
        };
        Sorted::End(Box::new(error))
    }

    fn take_owner(&mut self, name: NameIndex, message: &Message<'_>) {
        if let Some(error) = message.header().error_name {
            if error.as_str() == "org.freedesktop.DBus.Error.NameHasNoOwner" {
                self.owners.answered(name, None);
            } else {
                self.end_unknown(name);
            }
            return;
        }
        match message.body::<(&str,)>() {
            Ok((owner,)) => self.owners.answered(name, Some(owner)),
            Err(_) => self.end_unknown(name),
        }
    }

    /// Nobody tells who owns the name: calls to it cannot be answered.
    fn end_unknown(&mut self, name: NameIndex) {
        self.owners.refused(name);
        self.end_calls(
            NoReply::OwnerUnknown,
            |expected| matches!(expected, Expected::Owner { name: other, .. } if other == name),
        );
    }

    /// Ends the call with `serial`, if its reply is awaited.
    pub(crate) fn end_call(&mut self, serial: Serial, reason: NoReply) {
        if self.pending.remove(serial).is_some() {
            self.backlog.note(Matter::NoReply(CallId(serial), reason));
        }
    }

    /// Ends the user's calls that expect what `ends` says.
    fn end_calls(&mut self, reason: NoReply, ends: impl Fn(Expected) -> bool) {
        let mut from = 0;
        while let Some(call) = self.pending.remove_where(&mut from, |call| ends(call.expected)) {
            self.backlog.note(Matter::NoReply(CallId(call.serial), reason));
        }
    }

    fn sort_signal(&mut self, message: &Message<'_>) -> Sorted {
        let header = message.header();
        let sender = header.sender.map(BusName::as_str);
        // The bus writes unique names, and its own.
        let is_true = |name: BusName<'_>| name.is_unique() || name.as_str() == BUS;
        if self.config.peer == Peer::Bus && !header.sender.is_some_and(is_true) {
            return self.ignore();
        }
        let member = header.member.map(MemberName::as_str);
        if self.config.peer == Peer::Bus
            && sender == Some(BUS)
            && member == Some("NameOwnerChanged")
            && header.interface.map(InterfaceName::as_str) == Some(BUS)
        {
            self.take_owner_change(message);
        }
        if self.subscriptions.want(message, &self.owners) {
            Sorted::Event(Matter::Signal(Vec::new()))
        } else {
            self.ignore()
        }
    }

    fn take_owner_change(&mut self, message: &Message<'_>) {
        let mut reader = message.reader();
        let (true, Ok(name), Ok(old), Ok(new)) = (
            message.signature().as_str() == "sss",
            reader.read_str(),
            reader.read_str(),
            reader.read_str(),
        ) else {
            return;
        };
        if let Some(change) = self.owners.changed(name, old, new) {
            self.end_calls(NoReply::OwnerChanged, |expected| {
                matches!(expected, Expected::Owner { name, generation }
                    if name == change.name && generation != change.generation)
            });
        }
    }

    fn sort_call(&mut self, message: &Message<'_>) -> Sorted {
        let header = message.header();
        // Whom to answer the bus tells; a call without a sender is none of its.
        let is_nobodys = self.config.peer == Peer::Bus && header.sender.is_none();
        if is_nobodys || !self.is_for_us(message) {
            return self.ignore();
        }
        let expects = !header.flags.contains(Flags::NO_REPLY_EXPECTED);
        let sender = header.sender.map(BusName::as_str);
        let interface = header.interface.map(InterfaceName::as_str);
        let member = header.member.map_or("", MemberName::as_str);
        let serial = header.serial;
        let (machine_id, refusal);
        let (error, text) = match (interface, member) {
            (Some("org.freedesktop.DBus.Peer"), _) if !expects => return Sorted::Done,
            (Some("org.freedesktop.DBus.Peer"), "Ping") => (None, None),
            (Some("org.freedesktop.DBus.Peer"), "GetMachineId") => {
                machine_id = (self.config.machine_id)();
                match machine_id.as_ref().and_then(|id| core::str::from_utf8(id).ok()) {
                    Some(id) => (None, Some(id)),
                    None => (Some(FILE_NOT_FOUND), Some("this machine has no machine id")),
                }
            }
            _ => {
                if let Some(take) = self.config.serving.take {
                    let reply_to = take(&mut self.duties, serial, sender, expects);
                    return Sorted::Event(Matter::MethodCall(reply_to));
                }
                if !expects {
                    return Sorted::Done;
                }
                let interface = interface.unwrap_or("(none)");
                let of = ["no method ", member, " of interface ", interface, " is served here"];
                refusal = of.concat();
                (Some(UNKNOWN_METHOD), Some(&*refusal))
            }
        };
        // A full queue: the caller has to live with its deadline. It must not cost us the connection.
        if self.tell(serial, sender, error, text).is_err() {
            self.ignored += 1;
        }
        Sorted::Done
    }

    /// Ends the calls whose deadline has passed. Errors end the connection.
    #[inline]
    pub(crate) fn expire(&mut self, now: Moment) {
        let mut from = 0;
        while let Some(call) = self.pending.expired(&mut from, now) {
            self.end_late(&call, now);
        }
    }

    #[cold]
    fn end_late(&mut self, call: &Pending, now: Moment) {
        match call.purpose {
            Purpose::User => {
                self.backlog.note(Matter::NoReply(CallId(call.serial), NoReply::TimedOut));
            }
            Purpose::Owner(name) | Purpose::Watch(name) => {
                // What the calls themselves ran out of is time.
                let is_late =
                    |call: &Pending| call.purpose == Purpose::User && call.deadline <= now;
                let mut from = 0;
                while let Some(call) = self.pending.remove_where(&mut from, is_late) {
                    self.backlog.note(Matter::NoReply(CallId(call.serial), NoReply::TimedOut));
                }
                self.end_unknown(name);
            }
            Purpose::Subscription(id) => {
                (self.on_refusal)(self, id);
                self.backlog.note(Matter::NotSubscribed(id));
            }
            // `Hello` has the handshake's deadline.
            Purpose::Hello | Purpose::Ended => {}
        }
    }
}

const UNKNOWN_METHOD: ErrorName<'static> =
    ErrorName::from_static("org.freedesktop.DBus.Error.UnknownMethod");
const FILE_NOT_FOUND: ErrorName<'static> =
    ErrorName::from_static("org.freedesktop.DBus.Error.FileNotFound");
