//! What is done with each message, and what must be asked of the bus.
//!
//! The router sends nothing and keeps no message. [`Router::route`] says what a message is; what has to happen besides (questions to the
//! bus, calls and subscriptions that end) it adds to its [actions](Router::next_action). So every rule can be tested by handing messages
//! in, without sockets and without time.

mod action;
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

use barebus_wire::match_rule::MatchKey;
use barebus_wire::name::BusName;
use barebus_wire::{MatchRule, Message, MessageType, Serial};

use crate::config::{Config, ServerKind};
use crate::error::{NoReply, SessionError};
use crate::event::{Kind, SubscriptionId};
use crate::event_queue::EventKey;
use crate::incoming_calls::{IncomingCalls, Serving};
use crate::instant::Instant;
use crate::serial::Serials;

pub(crate) use action::Action;
pub(crate) use method_call::Answer;
use names::{Names, Question};
pub(crate) use pending::{Callee, PendingCall, PendingCalls, Purpose};
use subscriptions::{Released, SubscriptionTable, Subscriptions};

/// What a received message is.
#[derive(Debug)]
pub(crate) enum Route {
    /// For the session itself, or for nobody.
    Done,
    /// An event. [`Router::matched`] has the subscriptions that it is for.
    Event(Kind),
    /// A reply to this call whose sender may be the callee: to be kept until the bus has told who owns the name.
    Hold(Serial),
    /// A call that the session answers itself.
    Answer(Box<Answer>),
    /// The end of the connection.
    End(Box<SessionError>),
}

/// Ends the next of some subscriptions.
type NextEnded<'a> =
    &'a mut dyn FnMut(&mut dyn Subscriptions) -> Option<(SubscriptionId, Released)>;

/// A reply that is kept until it is known who owns the name that was called.
#[derive(Debug)]
struct Held {
    call: Serial,
    sender: String,
    key: EventKey,
    /// The owner was asked for since the reply came: the answer decides.
    is_asked: bool,
}

/// What a session knows about its messages: which calls await a reply and from whom, who subscribed to which signals, who calls us.
#[derive(Debug)]
pub(crate) struct Router {
    server: ServerKind,
    verify_senders: bool,
    serving: Serving,
    machine_id: fn() -> Option<[u8; 32]>,
    /// Ours, once `Hello` was answered.
    unique_name: Option<String>,
    is_monitor: bool,
    serials: Serials,
    pub(crate) pending: PendingCalls,
    names: Names,
    /// From the first subscription on.
    subscriptions: Option<Box<dyn Subscriptions>>,
    pub(crate) incoming_calls: IncomingCalls,
    held: Vec<Held>,
    actions: Vec<Action>,
    matched: Vec<SubscriptionId>,
    /// Unsolicited messages: late, doubled or unbelievable replies, signals without a subscription.
    ignored: u64,
}

impl Router {
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            server: config.server,
            verify_senders: config.verify_senders,
            serving: config.serving,
            machine_id: config.machine_id,
            unique_name: None,
            is_monitor: false,
            serials: Serials::starting_at(config.first_serial),
            pending: PendingCalls::new(),
            names: Names::new(config.followed_names),
            subscriptions: None,
            incoming_calls: IncomingCalls::default(),
            held: Vec::new(),
            actions: Vec::new(),
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

    /// The subscriptions that the last [routed](Self::route) signal is for, oldest first.
    pub(crate) fn matched(&self) -> &[SubscriptionId] {
        &self.matched
    }

    /// Decides what a message is.
    #[inline]
    pub(crate) fn route(&mut self, message: &Message<'_>) -> Route {
        self.matched.clear();
        match message.header().message_type {
            MessageType::MethodReturn | MessageType::Error => self.route_reply(message),
            _ if self.is_monitor => Route::Event(Kind::Monitored),
            MessageType::Signal => self.route_signal(message),
            MessageType::MethodCall => self.route_call(message),
            // Spec: Message Types: unknown types must be ignored.
            MessageType::Unknown(_) => self.ignore(),
        }
    }

    fn ignore(&mut self) -> Route {
        self.ignored += 1;
        Route::Done
    }

    /// The sender of a message. On a bus only the bus itself can leave SENDER out: it writes everybody else's.
    #[inline]
    fn sender<'a>(&self, message: &Message<'a>) -> Option<&'a str> {
        let sender = message.header().sender.map(BusName::as_str);
        if sender.is_none() && self.server == ServerKind::Bus {
            return Some(names::BUS);
        }
        sender
    }

    /// Whether the message is addressed to us, or to nobody in particular. Messages to others are not for us to act on.
    #[inline]
    fn is_for_us(&self, message: &Message<'_>) -> bool {
        match (message.header().destination, &self.unique_name) {
            (Some(destination), Some(ours)) => {
                !destination.is_unique() || destination.as_str() == ours
            }
            _ => !self.is_monitor,
        }
    }

    /// A serial for the next message.
    #[inline]
    pub(crate) fn next_serial(&mut self) -> Serial {
        let pending = &self.pending;
        self.serials.take(|serial| pending.contains(serial))
    }

    /// Who may answer a call to `destination`, which is sent next. What must be asked before is added to the actions.
    #[inline]
    pub(crate) fn callee(&mut self, destination: Option<BusName<'_>>) -> Callee {
        if self.server == ServerKind::Direct {
            return Callee::Anyone;
        }
        match destination.map(BusName::as_str) {
            None | Some(names::BUS) => Callee::Bus,
            _ if !self.verify_senders => Callee::Anyone,
            Some(unique) if unique.starts_with(':') => match names::unique_key(unique) {
                Some(key) => Callee::Unique(key),
                // Longer than any that a known bus gives out.
                None => {
                    let mut let_go = Vec::new();
                    let (name, since) = self.names.own_itself(unique, &mut let_go);
                    self.let_go(let_go);
                    Callee::Owner { name, since }
                }
            },
            Some(name) => {
                let mut let_go = Vec::new();
                let (name, since, question) = self.names.call(name, &mut let_go);
                if question != Question::None {
                    self.let_go(let_go);
                    self.ask(name, question);
                }
                Callee::Owner { name, since }
            }
        }
    }

    /// A call was sent.
    #[inline]
    pub(crate) fn sent(&mut self, call: PendingCall) {
        self.pending.push(call);
    }

    /// A call whose [callee](Self::callee) was asked for was not sent.
    #[cold]
    pub(crate) fn not_sent(&mut self, callee: Callee) {
        self.call_ended(callee);
    }

    /// The user waits no longer for the call: where its end waits, if it has come.
    pub(crate) fn forget(&mut self, serial: Serial) -> Option<EventKey> {
        let call = self.pending.remove(serial)?;
        match call.purpose {
            Purpose::Ended(key) => Some(key),
            _ => {
                self.call_ended(call.callee);
                self.drop_held(serial);
                None
            }
        }
    }

    /// Ends the user's call without a reply, if it is awaited.
    #[cold]
    pub(crate) fn end_call(&mut self, serial: Serial, reason: NoReply) {
        if let Some(call) = self.pending.end(serial) {
            self.call_failed(&call, reason);
        }
    }

    fn call_failed(&mut self, call: &PendingCall, reason: NoReply) {
        self.call_ended(call.callee);
        self.drop_held(call.serial);
        if call.purpose == Purpose::User {
            self.actions.push(Action::EndCall(call.serial, reason));
        }
    }

    /// The call is no longer outstanding.
    #[inline]
    fn call_ended(&mut self, callee: Callee) {
        if let Callee::Owner { name, .. } = callee {
            self.names.call_ended(name);
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

    /// An event waits for the subscriptions: behind those that came before, or before them.
    pub(crate) fn wait(&mut self, ids: &[SubscriptionId], key: EventKey, at_front: bool) {
        if let Some(made) = &mut self.subscriptions {
            ids.iter().for_each(|id| made.wait(*id, key, at_front));
        }
    }

    /// The oldest event that waited for the subscriptions was taken. `is_end`: it told that they have ended.
    pub(crate) fn taken(&mut self, ids: &[SubscriptionId], key: EventKey, is_end: bool) {
        if let Some(made) = &mut self.subscriptions {
            ids.iter().for_each(|id| made.taken(*id, key, is_end));
        }
    }

    /// Adds a subscription. What must be asked of the bus is added to the actions.
    pub(crate) fn subscribe(&mut self, rule: &MatchRule<'_>, deadline: Instant) -> SubscriptionId {
        let mut made =
            self.subscriptions.take().unwrap_or_else(|| Box::new(SubscriptionTable::new()));
        let id = self.subscribe_in(&mut *made, rule, deadline);
        self.subscriptions = Some(made);
        id
    }

    fn subscribe_in(
        &mut self,
        made: &mut dyn Subscriptions,
        rule: &MatchRule<'_>,
        deadline: Instant,
    ) -> SubscriptionId {
        if self.server == ServerKind::Direct {
            let (id, rule_id, _) = made.add(rule, None, deadline);
            made.accepted(rule_id);
            return id;
        }
        let sender = rule.get(MatchKey::Sender).map(|value| value.to_text());
        let name = sender.as_deref();
        let name = name.filter(|name| *name != names::BUS && !name.starts_with(':'));
        let sender = name.filter(|_| self.verify_senders).map(|name| {
            let mut let_go = Vec::new();
            let (name, question) = self.names.subscribe(name, &mut let_go);
            self.let_go(let_go);
            self.ask(name, question);
            name
        });
        let (id, rule_id, is_new) = made.add(rule, sender, deadline);
        if is_new {
            let text = made.rule_text(id).unwrap_or_default().into();
            self.add_match(text, Purpose::Rule(rule_id));
        }
        id
    }

    /// Ends a subscription: the events that waited for it.
    pub(crate) fn unsubscribe(
        &mut self,
        id: SubscriptionId,
    ) -> impl Iterator<Item = EventKey> + use<> {
        let removed = self.subscriptions.as_mut().and_then(|made| made.remove(id));
        let (released, waiting) = removed.unzip();
        if let Some(released) = released.flatten() {
            self.release(released, true);
        }
        waiting.into_iter().flatten()
    }

    /// The names and rules that an ended subscription needed are needed no more. `is_known`: the bus may have its rule.
    fn release(&mut self, released: Released, is_known: bool) {
        if let Some(sender) = released.sender {
            self.names.unsubscribe(sender);
        }
        if let Some(rule) = released.rule.filter(|_| is_known && self.server == ServerKind::Bus) {
            self.remove_match(rule);
        }
    }

    /// From now on every message is an event, and nothing is sent: not even answers that were still to be written. Calls under way end
    /// when their reply comes.
    pub(crate) fn become_monitor(&mut self) {
        self.is_monitor = true;
        self.incoming_calls = IncomingCalls::default();
    }

    /// The earliest time at which [`handle_timeout`](Self::handle_timeout) has something to do.
    #[inline]
    pub(crate) fn next_deadline(&self) -> Instant {
        let subscriptions = self.subscriptions.as_ref().map(|made| made.earliest());
        self.pending.earliest().min(subscriptions.unwrap_or(Instant::NEVER))
    }

    /// Ends the calls and subscriptions whose deadline has passed.
    #[inline]
    pub(crate) fn handle_timeout(&mut self, now: Instant) {
        if self.next_deadline() <= now {
            self.expire(now);
        }
    }

    #[cold]
    fn expire(&mut self, now: Instant) {
        let mut from = 0;
        while let Some(call) = self.pending.expired(&mut from, now) {
            self.call_failed(&call, NoReply::TimedOut);
        }
        let ended = self.end_subscriptions(true, &mut |made| made.expired(now));
        if !ended.is_empty() {
            self.actions.push(Action::EndSubscriptions(ended));
        }
    }

    /// Ends the subscriptions that `next` gives, until it gives none. `is_known`: the bus may have accepted their rules, or still do.
    fn end_subscriptions(&mut self, is_known: bool, next: NextEnded<'_>) -> Vec<SubscriptionId> {
        let mut ended = Vec::new();
        while let Some((id, released)) =
            self.subscriptions.as_mut().and_then(|made| next(&mut **made))
        {
            ended.push(id);
            self.release(released, is_known);
        }
        ended
    }
}
