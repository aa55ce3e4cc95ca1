//! Replies: to the user's calls, and to the session's own.

use alloc::boxed::Box;

use barebus_wire::name::{BusName, ErrorName};
use barebus_wire::{Message, MessageType, Serial};

use super::names::{self, NameId, Question};
use super::{Action, Callee, Held, PendingCall, Purpose, Route, Router};
use crate::error::{NoReply, SessionError};
use crate::event::{CallId, Kind};
use crate::event_queue::EventKey;

/// Whether a reply comes from who was called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Belief {
    Yes,
    No,
    /// It depends on who owns the name, which is not known yet.
    Unknown(NameId),
}

impl Router {
    #[inline]
    pub(super) fn route_reply(&mut self, message: &Message<'_>) -> Route {
        let header = message.header();
        let Some(serial) = header.reply_serial else {
            return self.ignore_reply();
        };
        let sender = self.sender(message);
        let call = self.pending.find(serial).filter(|_| self.is_for_us(message));
        let Some((index, call)) = call else {
            return self.ignore_reply();
        };
        match self.belief(&call, sender) {
            Belief::Yes => {}
            Belief::No => return self.ignore_reply(),
            Belief::Unknown(name) => return self.hold(&call, name, sender.unwrap_or_default()),
        }
        if self.pending.end_at(index).is_none() {
            // Its end has come already.
            return self.ignore_reply();
        }
        self.call_ended(call.callee);
        if call.purpose == Purpose::User {
            self.drop_held(serial);
            return Route::Event(Kind::Reply(CallId(serial)));
        }
        self.route_own(call.purpose, message)
    }

    /// A monitor sees replies to others.
    #[cold]
    fn ignore_reply(&mut self) -> Route {
        if self.is_monitor {
            return Route::Event(Kind::Monitored);
        }
        self.ignore()
    }

    /// Whether a reply from `sender` answers the call. The bus may answer for anybody: it reports that nobody took the call.
    #[inline]
    fn belief(&self, call: &PendingCall, sender: Option<&str>) -> Belief {
        let sender = match (call.callee, sender) {
            (Callee::Anyone, _) | (_, Some(names::BUS)) => return Belief::Yes,
            (Callee::Bus, _) | (_, None) => return Belief::No,
            (_, Some(sender)) => sender,
        };
        match call.callee {
            Callee::Anyone => Belief::Yes,
            Callee::Bus => Belief::No,
            Callee::Unique(key) if names::unique_key(sender) == Some(key) => Belief::Yes,
            Callee::Unique(_) => Belief::No,
            Callee::Owner { name, since } if self.names.has_owned(name, since, sender) => {
                Belief::Yes
            }
            Callee::Owner { name, .. } if self.names.is_followed(name) => Belief::No,
            Callee::Owner { name, .. } => Belief::Unknown(name),
        }
    }

    /// Keeps a reply that may be the callee's: one for each call, so that forged ones cannot pile up.
    #[cold]
    fn hold(&mut self, call: &PendingCall, name: NameId, sender: &str) -> Route {
        let is_awaited = call.purpose == Purpose::User;
        if !is_awaited || self.held.iter().any(|held| held.call == call.serial) {
            return self.ignore_reply();
        }
        let call = call.serial;
        let is_asked = self.ask_again(name);
        self.held.push(Held { call, sender: sender.into(), key: EventKey::NONE, is_asked });
        Route::Hold(call)
    }

    /// Asks for the owner, unless a question that was sent before the held reply came is under way: the answer to that may do. Whether it
    /// was asked.
    fn ask_again(&mut self, name: NameId) -> bool {
        let asks = self.names.ask_again(name);
        if asks {
            self.ask(name, Question::Owner);
        }
        asks
    }

    /// Where the reply to `call` is held; `None` when it could not be kept: it is forgotten.
    #[cold]
    pub(crate) fn set_held(&mut self, call: Serial, key: Option<EventKey>) {
        match (key, self.held.iter_mut().find(|held| held.call == call)) {
            (Some(key), Some(held)) => held.key = key,
            _ => self.held.retain(|held| held.call != call),
        }
    }

    /// The call has ended otherwise.
    #[inline]
    pub(super) fn drop_held(&mut self, call: Serial) {
        if let Some(index) = self.held.iter().position(|held| held.call == call) {
            self.remove_held(index, false);
        }
    }

    /// The reply that is held is believed or not.
    #[cold]
    fn remove_held(&mut self, index: usize, is_believed: bool) {
        let Held { call, key, .. } = self.held.swap_remove(index);
        self.ignored += u64::from(!is_believed);
        self.actions.push(Action::Release { call, key, is_believed });
    }

    /// A reply to one of the session's own calls.
    #[cold]
    fn route_own(&mut self, purpose: Purpose, message: &Message<'_>) -> Route {
        let is_error = message.header().message_type == MessageType::Error;
        match purpose {
            Purpose::Hello => return self.hello_answered(message),
            Purpose::Owner(name) => return self.owner_answered(name, message),
            Purpose::Watch(name) => {
                self.names.watch_answered(name, !is_error);
                if is_error {
                    return self.sender_unknown(name);
                }
            }
            Purpose::Rule(rule) if is_error => {
                self.matched = self.end_subscriptions(false, &mut |made| made.end_of_rule(rule));
                return self.subscriptions_ended();
            }
            Purpose::Rule(rule) => {
                if let Some(made) = &mut self.subscriptions {
                    made.accepted(rule);
                }
            }
            Purpose::User | Purpose::Ended(_) | Purpose::Removed => {}
        }
        Route::Done
    }

    fn hello_answered(&mut self, message: &Message<'_>) -> Route {
        let refused = |reason: &str| SessionError::HelloRefused { reason: reason.into() };
        let error = match (message.header().error_name, message.body::<(&str,)>()) {
            (Some(name), _) => refused(name.as_str()),
            (None, Ok((name,))) if BusName::parse(name).is_ok_and(|name| name.is_unique()) => {
                self.unique_name = Some(name.into());
                return Route::Done;
            }
            (None, Ok(_)) => refused("the answer is not a unique name"),
            (None, Err(error)) => SessionError::HelloInvalid(error),
        };
        Route::End(Box::new(error))
    }

    fn owner_answered(&mut self, name: NameId, message: &Message<'_>) -> Route {
        let error = message.header().error_name.map(ErrorName::as_str);
        let owner = match (error, message.body::<(&str,)>()) {
            (Some(NAME_HAS_NO_OWNER | SERVICE_UNKNOWN), _) => None,
            (None, Ok((owner,))) => Some(owner),
            _ => {
                self.names.owner_refused(name);
                self.end_calls_to(name);
                return self.sender_unknown(name);
            }
        };
        self.names.owner_answered(name, owner);
        self.decide_held(name);
        // The call may start the service: its replies are believed only if it is seen to take the name.
        if owner.is_none() && self.names.follow_called(name) {
            self.ask(name, Question::Follow);
        }
        Route::Done
    }

    /// The bus does not say who owns the name: no reply to a call of it can be believed.
    fn end_calls_to(&mut self, name: NameId) {
        let is_to = |call: &PendingCall| matches!(call.callee, Callee::Owner { name: other, .. } if other == name);
        let mut from = 0;
        while let Some(call) = self.pending.end_where(&mut from, is_to) {
            self.call_failed(&call, NoReply::OwnerUnknown);
        }
    }

    /// Signals of the name cannot be told from others': subscriptions to them end.
    fn sender_unknown(&mut self, name: NameId) -> Route {
        self.matched = self.end_subscriptions(true, &mut |made| made.end_of_sender(name));
        self.subscriptions_ended()
    }

    fn subscriptions_ended(&self) -> Route {
        match self.matched.is_empty() {
            true => Route::Done,
            false => Route::Event(Kind::NotSubscribed),
        }
    }

    /// More is known about the name's owners: decides which of the held replies are believed.
    pub(super) fn decide_held(&mut self, name: NameId) {
        // One question decides all that are held by now.
        let mut asks = false;
        let mut index = 0;
        while let Some(held) = self.held.get(index) {
            let call = self.pending.find(held.call).map(|(_, call)| call);
            let belief = call.map_or(Belief::No, |call| self.belief(&call, Some(&held.sender)));
            match belief {
                Belief::Unknown(other) if other != name => index += 1,
                // The question was sent before the reply came.
                Belief::Unknown(_) if !held.is_asked => {
                    asks = asks || self.ask_again(name);
                    if let Some(held) = self.held.get_mut(index) {
                        held.is_asked = asks;
                    }
                    index += 1;
                }
                Belief::Yes => {
                    if let Some(call) = self.pending.end(held.call) {
                        self.call_ended(call.callee);
                    }
                    self.remove_held(index, true);
                }
                Belief::No | Belief::Unknown(_) => self.remove_held(index, false),
            }
        }
    }
}

const NAME_HAS_NO_OWNER: &str = "org.freedesktop.DBus.Error.NameHasNoOwner";
/// What xdg-dbus-proxy answers for names that it hides.
const SERVICE_UNKNOWN: &str = "org.freedesktop.DBus.Error.ServiceUnknown";
