//! Replies: to the user's calls, and to the session's own.

use alloc::boxed::Box;
use core::mem;

use barebus_wire::name::{BusName, ErrorName};
use barebus_wire::{Message, MessageType, Serial};

use super::names::{self, NameId};
use super::{Action, Callee, Ending, Held, PendingCall, Purpose, Route, Router, Unanswered};
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
        let call = message.header().reply_serial.and_then(|serial| self.pending.awaited(serial));
        let Some(call) = call.filter(|_| self.is_for_us(message)) else {
            return self.ignore_reply();
        };
        let sender = self.sender(message);
        match self.belief(&call, sender) {
            Belief::Yes => self.pending.end(call.serial),
            Belief::No => return self.ignore_reply(),
            Belief::Unknown(name) => return self.may_hold(&call, name, sender.unwrap_or_default()),
        };
        self.call_ended(call.callee);
        if call.purpose.is_user() {
            self.drop_held(call.serial);
            return Route::Event(Kind::Reply(CallId(call.serial)));
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
    fn belief(&self, call: &PendingCall, sender: Option<&str>) -> Belief {
        match (call.callee, sender) {
            (Callee::Anyone, _) | (_, Some(names::BUS)) => Belief::Yes,
            (Callee::Unique(key), Some(sender)) => {
                match names::unique_key(sender).is_some_and(|other| other == key) {
                    true => Belief::Yes,
                    false => Belief::No,
                }
            }
            (Callee::Owner { name, since }, Some(sender)) => {
                if self.names.has_owned(name, since, sender) {
                    Belief::Yes
                } else if self.names.is_followed(name) {
                    Belief::No
                } else {
                    Belief::Unknown(name)
                }
            }
            _ => Belief::No,
        }
    }

    /// Keeps a reply that may be the callee's: one for each call, so that forged ones cannot pile up. It is a call of the user's: the
    /// session's own are of the bus.
    #[cold]
    fn may_hold(&mut self, call: &PendingCall, name: NameId, sender: &str) -> Route {
        if self.is_held(call.serial) {
            return self.ignore_reply();
        }
        let (call, sender) = (call.serial, sender.into());
        Route::Hold(Box::new(Held { call, name, sender, key: EventKey::NONE, is_asked: false }))
    }

    /// A reply is held at its key; [`EventKey::NONE`]: it was not kept, but the next one may be. Asks for the owner, unless a question that
    /// was sent before the reply came is under way: then the answer to that may do.
    pub(crate) fn hold(&mut self, mut held: Box<Held>) {
        held.is_asked = self.names.ask_again(held.name, &mut self.actions);
        if held.key != EventKey::NONE {
            self.held.push(held);
        }
    }

    fn is_held(&self, call: Serial) -> bool {
        self.held.iter().any(|held| held.call == call)
    }

    /// The call has ended otherwise.
    #[inline]
    pub(super) fn drop_held(&mut self, call: Serial) {
        if self.is_held(call) {
            self.decide_held(None);
        }
    }

    /// A reply to one of the session's own calls.
    #[cold]
    fn route_own(&mut self, purpose: Purpose, message: &Message<'_>) -> Route {
        let is_error = message.header().message_type == MessageType::Error;
        let route = match purpose {
            Purpose::Hello => return self.hello_answered(message),
            Purpose::Owner(name) => self.owner_answered(name, message),
            Purpose::Watch(name) => {
                self.names.watch_answered(name, !is_error);
                match is_error {
                    true => self.end_subscriptions(Ending::Sender(name)),
                    false => Route::Done,
                }
            }
            Purpose::Rule(rule) if is_error => self.end_subscriptions(Ending::Rule(rule)),
            Purpose::Rule(rule) => {
                if let Some(made) = &mut self.subscriptions {
                    made.accepted(rule);
                }
                Route::Done
            }
            Purpose::User | Purpose::Ended(_) | Purpose::Removed => Route::Done,
        };
        if let Some(made) = &mut self.subscriptions {
            made.settle(&self.names);
        }
        route
    }

    fn hello_answered(&mut self, message: &Message<'_>) -> Route {
        let reason = match (message.header().error_name, message.body::<(&str,)>()) {
            (Some(name), _) => name.as_str(),
            (None, Ok((name,))) if BusName::parse(name).is_ok_and(|name| name.is_unique()) => {
                self.unique_name = Some(name.into());
                return Route::Done;
            }
            (None, Ok(_)) => "the answer is not a unique name",
            (None, Err(error)) => return Route::End(Box::new(SessionError::HelloInvalid(error))),
        };
        Route::End(Box::new(SessionError::HelloRefused { reason: reason.into() }))
    }

    fn owner_answered(&mut self, name: NameId, message: &Message<'_>) -> Route {
        let error = message.header().error_name.map(ErrorName::as_str);
        let owner = match (error, message.body::<(&str,)>()) {
            (Some(NAME_HAS_NO_OWNER | SERVICE_UNKNOWN), _) => None,
            (None, Ok((owner,))) => Some(owner),
            _ => {
                self.names.owner_answered(name, None, false);
                // No reply to a call of it can be believed.
                self.end_unanswered(Unanswered::To(name), NoReply::OwnerUnknown);
                return self.end_subscriptions(Ending::Sender(name));
            }
        };
        self.names.owner_answered(name, owner, true);
        self.decide_held(Some(name));
        // The call may start the service: its replies are believed only if it is seen to take the name.
        if owner.is_none() {
            self.names.follow_called(name, &mut self.actions);
        }
        Route::Done
    }

    /// Decides which of the held replies are believed: more is known about the owners of `name`, or calls have ended.
    #[cold]
    pub(super) fn decide_held(&mut self, name: Option<NameId>) {
        // One question decides all that are held by now.
        let mut is_asked = false;
        for mut held in mem::take(&mut self.held) {
            let call = self.pending.awaited(held.call);
            let belief = call.map_or(Belief::No, |call| self.belief(&call, Some(&held.sender)));
            let is_believed = match belief {
                Belief::Unknown(other) if name != Some(other) => {
                    self.held.push(held);
                    continue;
                }
                // The question was sent before the reply came.
                Belief::Unknown(_) if !held.is_asked => {
                    is_asked = is_asked || self.names.ask_again(held.name, &mut self.actions);
                    held.is_asked = is_asked;
                    self.held.push(held);
                    continue;
                }
                Belief::Yes => true,
                Belief::No | Belief::Unknown(_) => false,
            };
            let Held { call, key, .. } = *held;
            if is_believed {
                self.pending.end(call);
                self.names.call_ended(held.name);
            } else {
                self.ignored += 1;
            }
            self.actions.push(Action::Release { call, key, is_believed });
        }
    }
}

const NAME_HAS_NO_OWNER: &str = "org.freedesktop.DBus.Error.NameHasNoOwner";
/// What xdg-dbus-proxy answers for names that it hides.
const SERVICE_UNKNOWN: &str = "org.freedesktop.DBus.Error.ServiceUnknown";
