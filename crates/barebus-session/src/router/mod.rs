//! What is done with each message, and what must be asked of the bus.
//!
//! The router sends nothing and keeps no message. [`Router::route`] says what a message is; what has to happen besides (questions to the
//! bus, calls that end) it adds to its [actions](Router::take_actions). So every rule can be tested by handing messages
//! in, without sockets and without time.

mod action;
mod call;
mod method_call;
mod names;
mod pending;
mod reply;
mod signal;
mod subscriptions;
#[cfg(test)]
mod tests;

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::mem;

use barebus_wire::name::BusName;
use barebus_wire::{MatchRule, Message, MessageType, Serial};

use crate::config::{Config, ServerKind};
use crate::error::{NoReply, SessionError};
use crate::event::{Kind, SubscriptionId};
use crate::event_queue::EventKey;
use crate::incoming_calls::IncomingCalls;
use crate::instant::Instant;
use crate::serial::Serials;

pub(crate) use action::{Action, Actions, Answer, Request, TextRange};
use names::{NameId, Names};
use pending::Unanswered;
pub(crate) use pending::{Callee, PendingCall, PendingCalls, Purpose};
use subscriptions::{Ending, SubscriptionTable, Subscriptions};

/// What a received message is.
#[derive(Debug)]
pub(crate) enum Route {
    /// For the session itself, or for nobody.
    Done,
    /// An event. [`Router::matched`] has the subscriptions that it is for.
    Event(Kind),
    /// A reply whose sender may be the callee: to be kept until the bus has told who owns the name. If there is room for it, the router is
    /// told [where](Router::hold).
    Hold(Box<Held>),
    /// The end of the connection.
    End(Box<SessionError>),
}

/// What decides what a call of ours is.
pub(crate) type RouteCall = fn(&mut Router, &Message<'_>) -> Route;

/// A reply that is kept until it is known who owns the name that was called.
#[derive(Debug)]
pub(crate) struct Held {
    call: Serial,
    name: NameId,
    sender: String,
    pub(crate) key: EventKey,
    /// The owner was asked for since the reply came: the answer decides.
    is_asked: bool,
}

/// What a session knows about its messages: which calls await a reply and from whom, who subscribed to which signals, who calls us.
#[derive(Debug)]
pub(crate) struct Router {
    server: ServerKind,
    verify_senders: bool,
    machine_id: fn() -> Option<[u8; 32]>,
    /// Ours, once `Hello` was answered.
    unique_name: Option<String>,
    is_monitor: bool,
    serials: Serials,
    pub(crate) pending: PendingCalls,
    names: Names,
    /// From the first subscription on.
    subscriptions: Option<Box<dyn Subscriptions>>,
    /// `None`: calls of ours are ignored.
    route_call: Option<RouteCall>,
    /// `None`: no calls are served.
    incoming_calls: Option<Box<dyn IncomingCalls>>,
    #[allow(clippy::vec_box, reason = "they come in a box and are moved in it")]
    held: Vec<Box<Held>>,
    actions: Actions,
    /// The subscriptions that the last event is for.
    matched: Vec<SubscriptionId>,
    /// Unsolicited messages: late, doubled or unbelievable replies, signals without a subscription.
    ignored: u64,
}

impl Router {
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            server: config.server,
            verify_senders: config.verify_senders,
            machine_id: config.machine_id,
            unique_name: None,
            is_monitor: false,
            serials: Serials::starting_at(config.first_serial),
            pending: PendingCalls::new(),
            names: Names::new(config.followed_names),
            subscriptions: None,
            route_call: config.serving.route,
            incoming_calls: config.serving.table.map(|make| make()),
            held: Vec::new(),
            actions: Actions::default(),
            matched: Vec::new(),
            ignored: 0,
        }
    }

    pub(crate) const fn server(&self) -> ServerKind {
        self.server
    }

    pub(crate) fn unique_name(&self) -> Option<&str> {
        self.unique_name.as_deref()
    }

    pub(crate) const fn is_monitor(&self) -> bool {
        self.is_monitor
    }

    pub(crate) const fn ignored(&self) -> u64 {
        self.ignored
    }

    /// The subscriptions that the last event is for, oldest first: the last [routed](Self::route) message, or one that was taken from the
    /// queue.
    pub(crate) fn matched(&self) -> &[SubscriptionId] {
        &self.matched
    }

    /// The same, to be kept with the event or to be set when it is taken.
    pub(crate) fn matched_mut(&mut self) -> &mut Vec<SubscriptionId> {
        &mut self.matched
    }

    /// Takes what must be done. After every use of the router all of it must be done.
    pub(crate) fn take_actions(&mut self) -> Actions {
        mem::take(&mut self.actions)
    }

    /// Whether something must be done.
    #[inline]
    pub(crate) fn has_actions(&self) -> bool {
        !self.actions.list.is_empty()
    }

    pub(crate) fn incoming_calls(&mut self) -> Option<&mut (dyn IncomingCalls + 'static)> {
        self.incoming_calls.as_deref_mut()
    }

    /// Decides what a message is.
    #[inline]
    pub(crate) fn route(&mut self, message: &Message<'_>) -> Route {
        self.matched.clear();
        match message.header().message_type {
            MessageType::MethodReturn | MessageType::Error => self.route_reply(message),
            _ if self.is_monitor => Route::Event(Kind::Monitored),
            MessageType::Signal => self.route_signal(message),
            MessageType::MethodCall => match self.route_call {
                Some(route) => route(self, message),
                None => self.ignore(),
            },
            // Spec: Message Types: unknown types must be ignored.
            MessageType::Unknown(_) => self.ignore(),
        }
    }

    fn ignore(&mut self) -> Route {
        self.ignored += 1;
        Route::Done
    }

    /// The sender of a message. On a bus only the bus itself can leave SENDER out: it writes everybody else's.
    fn sender<'a>(&self, message: &Message<'a>) -> Option<&'a str> {
        let sender = message.header().sender.map(BusName::as_str);
        if sender.is_none() && self.server == ServerKind::Bus {
            return Some(names::BUS);
        }
        sender
    }

    /// Whether the bus itself sent the message.
    fn is_from_bus(&self, message: &Message<'_>) -> bool {
        self.sender(message).is_some_and(|sender| sender == names::BUS)
    }

    /// Whether the message is addressed to us, or to nobody in particular. Messages to others are not for us to act on.
    fn is_for_us(&self, message: &Message<'_>) -> bool {
        match (message.header().destination, &self.unique_name) {
            (Some(destination), Some(ours)) => {
                !destination.is_unique() || destination.as_str() == ours
            }
            _ => !self.is_monitor,
        }
    }

    /// Whether the bus has answered the questions that the subscription needs, or the subscription has ended.
    pub(crate) fn is_settled(&self, id: SubscriptionId) -> bool {
        self.subscriptions.as_ref().is_none_or(|made| made.is_settled(id, &self.names))
    }

    /// Whether the subscription stands: made, and not ended.
    pub(crate) fn is_subscribed(&self, id: SubscriptionId) -> bool {
        self.subscriptions.as_ref().is_some_and(|made| made.is_active(id))
    }

    /// The oldest event that waits for the subscription.
    pub(crate) fn first_waiting(&self, id: SubscriptionId) -> Option<EventKey> {
        self.subscriptions.as_ref()?.first_waiting(id)
    }

    /// An event waits for the subscriptions: after those that came before, or ahead of them.
    pub(crate) fn wait(&mut self, ids: &[SubscriptionId], key: EventKey, at_front: bool) {
        if let Some(made) = &mut self.subscriptions {
            made.wait(ids, key, at_front);
        }
    }

    /// The oldest event that waited for the [matched](Self::matched) subscriptions was taken. `is_end`: it told that they have ended.
    #[inline(always)]
    pub(crate) fn taken(&mut self, key: EventKey, is_end: bool) {
        if let Some(made) = &mut self.subscriptions {
            made.taken(&self.matched, key, is_end);
        }
    }

    /// Adds a subscription. What must be asked of the bus is added to the actions.
    pub(crate) fn subscribe(&mut self, rule: &MatchRule<'_>, deadline: Instant) -> SubscriptionId {
        let Self { server, verify_senders, names, actions, subscriptions, .. } = self;
        let make = || -> Box<dyn Subscriptions> {
            Box::new(SubscriptionTable::new(*server == ServerKind::Bus, *verify_senders))
        };
        subscriptions.get_or_insert_with(make).add(rule, deadline, names, actions)
    }

    /// Ends a subscription: the events that waited for it.
    pub(crate) fn unsubscribe(
        &mut self,
        id: SubscriptionId,
    ) -> impl Iterator<Item = EventKey> + use<> {
        let Self { names, actions, subscriptions, .. } = self;
        let waiting = subscriptions.as_mut().map(|made| made.remove(id, names, actions));
        waiting.into_iter().flatten()
    }

    /// From now on every message is an event, and nothing is sent: not even answers that were still to be written. Calls under way end
    /// when their reply comes.
    pub(crate) fn become_monitor(&mut self) {
        self.is_monitor = true;
        self.incoming_calls = None;
    }

    /// The earliest time at which [`handle_timeout`](Self::handle_timeout) has something to do.
    #[inline]
    pub(crate) fn next_deadline(&self) -> Instant {
        let subscriptions = self.subscriptions.as_ref().map(|made| made.earliest());
        self.pending.earliest().min(subscriptions.unwrap_or(Instant::NEVER))
    }

    /// Ends the calls and subscriptions whose deadline has passed.
    #[inline]
    pub(crate) fn handle_timeout(&mut self, now: Instant) -> Route {
        match self.next_deadline() <= now {
            true => self.expire(now),
            false => Route::Done,
        }
    }

    #[cold]
    fn expire(&mut self, now: Instant) -> Route {
        self.end_unanswered(Unanswered::Expired(now), NoReply::TimedOut);
        self.matched.clear();
        self.end_subscriptions(Ending::Deadline(now))
    }

    /// Ends subscriptions, and says so.
    fn end_subscriptions(&mut self, ending: Ending) -> Route {
        let Self { names, actions, subscriptions, matched, .. } = self;
        if let Some(made) = subscriptions {
            made.end(ending, names, actions, matched);
        }
        match matched.is_empty() {
            true => Route::Done,
            false => Route::Event(Kind::NotSubscribed),
        }
    }
}
