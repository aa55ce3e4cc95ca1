//! Subscriptions: which signals the bus is asked to send, and which signal is for whom.

use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::fmt;

use barebus_wire::match_rule::{MatchKey, OwnedMatchRule};
use barebus_wire::{MatchRule, Message};

use super::Purpose;
use super::action::Actions;
use super::names::{self, NameId, Names};
use crate::event::SubscriptionId;
use crate::event_queue::EventKey;
use crate::instant::Instant;

/// A match rule at the bus, which equal subscriptions share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RuleId(u32);

/// What the bus said to a subscription's rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// `AddMatch` is under way.
    Asked,
    Active,
    /// Refused or not answered in time. The subscription stays until the user has been told.
    Ended,
}

#[derive(Debug)]
struct Subscription {
    id: SubscriptionId,
    rule: OwnedMatchRule,
    rule_id: RuleId,
    /// The rule's sender, if that is a well-known name.
    sender: Option<NameId>,
    state: State,
    /// When the bus must have answered for the rule and its sender; never, once it has.
    deadline: Instant,
    /// Events that wait for it, oldest first.
    waiting: VecDeque<EventKey>,
}

/// Which subscriptions end.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Ending {
    /// Those whose rule the bus refused.
    Rule(RuleId),
    /// Those to signals of a name that cannot be told from others'.
    Sender(NameId),
    /// Those whose deadline has passed.
    Deadline(Instant),
}

/// The subscriptions, in the order of their making. The router makes the table with the first subscription and knows it by this trait
/// alone, so programs that never subscribe do not link it.
pub(crate) trait Subscriptions: fmt::Debug + Send + Sync {
    /// Adds a subscription. What must be asked of the bus is added to `actions`.
    fn add(
        &mut self,
        rule: &MatchRule<'_>,
        deadline: Instant,
        names: &mut Names,
        actions: &mut Actions,
    ) -> SubscriptionId;

    /// Whether it stands: made, and not ended.
    fn is_active(&self, id: SubscriptionId) -> bool;

    /// Whether the bus has answered the question for its rule, and those about its sender.
    fn is_settled(&self, id: SubscriptionId, names: &Names) -> bool;

    /// The bus has accepted the rule.
    fn accepted(&mut self, rule_id: RuleId);

    /// The bus has answered a question: those that wait for no other have no deadline from now on.
    fn settle(&mut self, names: &Names);

    /// Ends subscriptions, and adds them to `ended`, oldest first.
    fn end(
        &mut self,
        ending: Ending,
        names: &mut Names,
        actions: &mut Actions,
        ended: &mut Vec<SubscriptionId>,
    );

    /// No subscription's deadline is earlier.
    fn earliest(&self) -> Instant;

    /// Removes a subscription: the events that waited for it.
    fn remove(
        &mut self,
        id: SubscriptionId,
        names: &mut Names,
        actions: &mut Actions,
    ) -> VecDeque<EventKey>;

    /// Adds the subscriptions that ask for `signal`, sent by `sender`, to `matched`.
    fn matching(
        &self,
        signal: &Message<'_>,
        sender: Option<&str>,
        names: &Names,
        matched: &mut Vec<SubscriptionId>,
    );

    /// The oldest event that waits for the subscription.
    fn first_waiting(&self, id: SubscriptionId) -> Option<EventKey>;

    /// An event waits for the subscriptions: after those that came before, or ahead of them.
    fn wait(&mut self, ids: &[SubscriptionId], key: EventKey, at_front: bool);

    /// The oldest event that waited for the subscriptions was taken. Once the end of a subscription was taken it is gone.
    fn taken(&mut self, ids: &[SubscriptionId], key: EventKey, is_end: bool);
}

/// The subscriptions, in the order of their making.
#[derive(Debug)]
pub(crate) struct SubscriptionTable {
    /// Ids ascend.
    made: Vec<Subscription>,
    last: u32,
    /// No subscription's deadline is earlier.
    earliest: Instant,
    /// On a direct connection there is nobody to ask.
    is_bus: bool,
    /// A rule's well-known sender means the name's present owner.
    verify_senders: bool,
}

impl SubscriptionTable {
    pub(crate) const fn new(is_bus: bool, verify_senders: bool) -> Self {
        Self { made: Vec::new(), last: 0, earliest: Instant::NEVER, is_bus, verify_senders }
    }
}

impl Subscriptions for SubscriptionTable {
    fn add(
        &mut self,
        rule: &MatchRule<'_>,
        deadline: Instant,
        names: &mut Names,
        actions: &mut Actions,
    ) -> SubscriptionId {
        let sender = rule.get(MatchKey::Sender).map(|value| value.to_text());
        let followed =
            sender.as_deref().filter(|name| *name != names::BUS && !name.starts_with(':'));
        let sender = followed
            .filter(|_| self.is_bus && self.verify_senders)
            .map(|name| names.subscribe(name, actions));
        let rule = OwnedMatchRule::from(*rule);
        self.last = self.last.wrapping_add(1);
        let id = SubscriptionId(self.last);
        let is_equal = |other: &&Subscription| {
            other.state != State::Ended && other.rule.as_str() == rule.as_str()
        };
        let (rule_id, state) = match self.made.iter().find(is_equal) {
            Some(other) => (other.rule_id, other.state),
            None if !self.is_bus => (RuleId(self.last), State::Active),
            None => {
                let rule_id = RuleId(self.last);
                actions.add_match(rule.as_str(), Purpose::Rule(rule_id));
                (rule_id, State::Asked)
            }
        };
        let waiting = VecDeque::new();
        let made = Subscription { id, rule, rule_id, sender, state, deadline, waiting };
        self.made.push(made);
        self.settle(names);
        id
    }

    fn is_active(&self, id: SubscriptionId) -> bool {
        self.get(id).is_some_and(|made| made.state != State::Ended)
    }

    fn is_settled(&self, id: SubscriptionId, names: &Names) -> bool {
        self.get(id).is_none_or(|made| made.is_settled(names))
    }

    fn accepted(&mut self, rule_id: RuleId) {
        for made in self.made.iter_mut().filter(|made| made.rule_id == rule_id) {
            if made.state == State::Asked {
                made.state = State::Active;
            }
        }
    }

    fn settle(&mut self, names: &Names) {
        for made in self.made.iter_mut().filter(|made| made.is_settled(names)) {
            made.deadline = Instant::NEVER;
        }
        self.earliest = self.first_deadline();
    }

    fn end(
        &mut self,
        ending: Ending,
        names: &mut Names,
        actions: &mut Actions,
        ended: &mut Vec<SubscriptionId>,
    ) {
        // The bus has no rule that it refused.
        let is_known = !matches!(ending, Ending::Rule(_));
        for index in 0..self.made.len() {
            let Some(made) = self.made.get_mut(index) else { break };
            let ends = match ending {
                Ending::Rule(rule_id) => made.rule_id == rule_id,
                Ending::Sender(name) => made.sender == Some(name),
                Ending::Deadline(now) => made.deadline <= now,
            };
            if !ends || made.state == State::Ended {
                continue;
            }
            made.state = State::Ended;
            made.deadline = Instant::NEVER;
            ended.push(made.id);
            if let Some(made) = self.made.get(index) {
                self.release(made, is_known, names, actions);
            }
        }
        self.earliest = self.first_deadline();
    }

    fn earliest(&self) -> Instant {
        self.earliest
    }

    fn remove(
        &mut self,
        id: SubscriptionId,
        names: &mut Names,
        actions: &mut Actions,
    ) -> VecDeque<EventKey> {
        let Some(index) = self.index(id) else { return VecDeque::new() };
        let made = self.made.remove(index);
        if made.state != State::Ended {
            self.release(&made, true, names, actions);
        }
        made.waiting
    }

    fn matching(
        &self,
        signal: &Message<'_>,
        sender: Option<&str>,
        names: &Names,
        matched: &mut Vec<SubscriptionId>,
    ) {
        let owns = |name: &str, sender: &str| !self.verify_senders || names.owns(sender, name);
        for made in self.made.iter().filter(|made| made.state != State::Ended) {
            if made.rule.matches_from(signal, sender, owns) {
                matched.push(made.id);
            }
        }
    }

    fn first_waiting(&self, id: SubscriptionId) -> Option<EventKey> {
        self.get(id)?.waiting.front().copied()
    }

    fn wait(&mut self, ids: &[SubscriptionId], key: EventKey, at_front: bool) {
        for id in ids {
            match self.get_mut(*id) {
                Some(made) if at_front => made.waiting.push_front(key),
                Some(made) => made.waiting.push_back(key),
                None => {}
            }
        }
    }

    fn taken(&mut self, ids: &[SubscriptionId], key: EventKey, is_end: bool) {
        for id in ids {
            if is_end {
                if let Some(index) = self.index(*id) {
                    self.made.remove(index);
                }
            } else if let Some(made) = self.get_mut(*id) {
                if made.waiting.front() == Some(&key) {
                    made.waiting.pop_front();
                }
            }
        }
    }
}

impl Subscription {
    /// Whether the bus has answered everything that was asked for it.
    fn is_settled(&self, names: &Names) -> bool {
        match self.state {
            State::Asked => false,
            State::Active => self.sender.is_none_or(|sender| names.is_settled(sender)),
            State::Ended => true,
        }
    }
}

impl SubscriptionTable {
    /// The earliest deadline.
    fn first_deadline(&self) -> Instant {
        self.made.iter().map(|made| made.deadline).fold(Instant::NEVER, Instant::min)
    }

    /// What `made` needed, which has ended or was removed, is needed no more. `is_known`: the bus may have its rule.
    fn release(
        &self,
        made: &Subscription,
        is_known: bool,
        names: &mut Names,
        actions: &mut Actions,
    ) {
        if let Some(sender) = made.sender {
            names.unsubscribe(sender);
        }
        let is_needed =
            self.made.iter().any(|it| it.state != State::Ended && it.rule_id == made.rule_id);
        if self.is_bus && is_known && !is_needed {
            actions.remove_match(made.rule.as_str());
        }
    }

    fn index(&self, id: SubscriptionId) -> Option<usize> {
        self.made.binary_search_by_key(&id, |made| made.id).ok()
    }

    fn get(&self, id: SubscriptionId) -> Option<&Subscription> {
        self.made.get(self.index(id)?)
    }

    fn get_mut(&mut self, id: SubscriptionId) -> Option<&mut Subscription> {
        let index = self.index(id)?;
        self.made.get_mut(index)
    }
}
