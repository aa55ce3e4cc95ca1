//! Subscriptions: which signals the bus is asked to send, and which signal is for whom.

use alloc::collections::VecDeque;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use barebus_wire::match_rule::OwnedMatchRule;
use barebus_wire::{MatchRule, Message};

use super::names::{NameId, Names};
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
    /// When the bus must have answered; never, once it has.
    deadline: Instant,
    /// Events that wait for it, oldest first.
    waiting: VecDeque<EventKey>,
}

/// What is left to do at the bus when a subscription has ended.
#[derive(Debug)]
pub(crate) struct Released {
    /// The rule to remove, if no other subscription needs it.
    pub(crate) rule: Option<String>,
    /// The name that need not be followed for it any more.
    pub(crate) sender: Option<NameId>,
}

/// The subscriptions, in the order of their making. The router makes the table with the first subscription and knows it by this trait
/// alone, so programs that never subscribe do not link it.
pub(crate) trait Subscriptions: fmt::Debug + Send + Sync {
    /// Adds a subscription. `true` when the bus must be asked for the rule.
    fn add(
        &mut self,
        rule: &MatchRule<'_>,
        sender: Option<NameId>,
        deadline: Instant,
    ) -> (SubscriptionId, RuleId, bool);

    /// The rule's text, with quotes around every value.
    fn rule_text(&self, id: SubscriptionId) -> Option<&str>;

    /// Whether it stands: made, and not ended.
    fn is_active(&self, id: SubscriptionId) -> bool;

    /// Whether the bus has answered the question for its rule, and those about its sender.
    fn is_settled(&self, id: SubscriptionId, names: &Names) -> bool;

    /// The bus has accepted the rule.
    fn accepted(&mut self, rule_id: RuleId);

    /// Ends the next subscription that shares `rule_id`, in the order of their making.
    fn end_of_rule(&mut self, rule_id: RuleId) -> Option<(SubscriptionId, Released)>;

    /// Ends the next subscription to signals of the name.
    fn end_of_sender(&mut self, sender: NameId) -> Option<(SubscriptionId, Released)>;

    /// Ends the next subscription whose deadline has passed.
    fn expired(&mut self, now: Instant) -> Option<(SubscriptionId, Released)>;

    /// No subscription's deadline is earlier.
    fn earliest(&self) -> Instant;

    /// Removes a subscription: what is left to do at the bus, and the events that waited for it.
    fn remove(&mut self, id: SubscriptionId) -> Option<(Option<Released>, VecDeque<EventKey>)>;

    /// Adds the subscriptions that ask for `signal`, sent by `sender`, to `matched`. With `verify`, a rule's well-known sender means the
    /// name's present owner.
    fn matching(
        &self,
        signal: &Message<'_>,
        sender: Option<&str>,
        names: &Names,
        verify: bool,
        matched: &mut Vec<SubscriptionId>,
    );

    /// The oldest event that waits for the subscription.
    fn first_waiting(&self, id: SubscriptionId) -> Option<EventKey>;

    /// An event waits for the subscription: behind those that came before, or before them.
    fn wait(&mut self, id: SubscriptionId, key: EventKey, at_front: bool);

    /// The oldest event that waited for the subscription was taken. Once the end of a subscription was taken it is gone.
    fn taken(&mut self, id: SubscriptionId, key: EventKey, is_end: bool);
}

/// The subscriptions, in the order of their making.
#[derive(Debug)]
pub(crate) struct SubscriptionTable {
    /// Ids ascend.
    made: Vec<Subscription>,
    last: u32,
    /// No subscription's deadline is earlier.
    earliest: Instant,
}

impl SubscriptionTable {
    pub(crate) const fn new() -> Self {
        Self { made: Vec::new(), last: 0, earliest: Instant::NEVER }
    }
}

impl Subscriptions for SubscriptionTable {
    fn add(
        &mut self,
        rule: &MatchRule<'_>,
        sender: Option<NameId>,
        deadline: Instant,
    ) -> (SubscriptionId, RuleId, bool) {
        let rule = OwnedMatchRule::from(*rule);
        self.last = self.last.wrapping_add(1);
        let id = SubscriptionId(self.last);
        let is_equal = |other: &&Subscription| {
            other.state != State::Ended && other.rule.as_str() == rule.as_str()
        };
        let equal = self.made.iter().find(is_equal);
        let is_new = equal.is_none();
        let (rule_id, state) =
            equal.map_or((RuleId(self.last), State::Asked), |other| (other.rule_id, other.state));
        let deadline = if state == State::Asked { deadline } else { Instant::NEVER };
        self.earliest = self.earliest.min(deadline);
        let waiting = VecDeque::new();
        self.made.push(Subscription { id, rule, rule_id, sender, state, deadline, waiting });
        (id, rule_id, is_new)
    }

    fn rule_text(&self, id: SubscriptionId) -> Option<&str> {
        self.get(id).map(|made| made.rule.as_str())
    }

    fn is_active(&self, id: SubscriptionId) -> bool {
        self.get(id).is_some_and(|made| made.state != State::Ended)
    }

    fn is_settled(&self, id: SubscriptionId, names: &Names) -> bool {
        self.get(id).is_none_or(|made| {
            made.state == State::Ended
                || made.state == State::Active
                    && made.sender.is_none_or(|sender| names.is_settled(sender))
        })
    }

    fn accepted(&mut self, rule_id: RuleId) {
        for made in self.made.iter_mut().filter(|made| made.rule_id == rule_id) {
            if made.state == State::Asked {
                made.state = State::Active;
                made.deadline = Instant::NEVER;
            }
        }
    }

    fn end_of_rule(&mut self, rule_id: RuleId) -> Option<(SubscriptionId, Released)> {
        self.end_where(|made| made.rule_id == rule_id)
    }

    fn end_of_sender(&mut self, sender: NameId) -> Option<(SubscriptionId, Released)> {
        self.end_where(|made| made.sender == Some(sender))
    }

    fn expired(&mut self, now: Instant) -> Option<(SubscriptionId, Released)> {
        if self.earliest > now {
            return None;
        }
        let ended = self.end_where(|made| made.deadline <= now);
        if ended.is_none() {
            let deadlines = self.made.iter().map(|made| made.deadline);
            self.earliest = deadlines.fold(Instant::NEVER, Instant::min);
        }
        ended
    }

    fn earliest(&self) -> Instant {
        self.earliest
    }

    fn remove(&mut self, id: SubscriptionId) -> Option<(Option<Released>, VecDeque<EventKey>)> {
        let index = self.index(id)?;
        let made = self.made.remove(index);
        let released = (made.state != State::Ended).then(|| self.released(&made));
        Some((released, made.waiting))
    }

    fn matching(
        &self,
        signal: &Message<'_>,
        sender: Option<&str>,
        names: &Names,
        verify: bool,
        matched: &mut Vec<SubscriptionId>,
    ) {
        let owns = |name: &str, sender: &str| !verify || names.owns(sender, name);
        for made in &self.made {
            if made.state != State::Ended && made.rule.matches_from(signal, sender, owns) {
                matched.push(made.id);
            }
        }
    }

    fn first_waiting(&self, id: SubscriptionId) -> Option<EventKey> {
        self.get(id)?.waiting.front().copied()
    }

    fn wait(&mut self, id: SubscriptionId, key: EventKey, at_front: bool) {
        if let Some(made) = self.get_mut(id) {
            match at_front {
                true => made.waiting.push_front(key),
                false => made.waiting.push_back(key),
            }
        }
    }

    fn taken(&mut self, id: SubscriptionId, key: EventKey, is_end: bool) {
        if is_end {
            if let Some(index) = self.index(id) {
                self.made.remove(index);
            }
        } else if let Some(made) = self.get_mut(id) {
            if made.waiting.front() == Some(&key) {
                made.waiting.pop_front();
            }
        }
    }
}

impl SubscriptionTable {
    fn end_where(
        &mut self,
        ends: impl Fn(&Subscription) -> bool,
    ) -> Option<(SubscriptionId, Released)> {
        let ends = |made: &Subscription| made.state != State::Ended && ends(made);
        let index = self.made.iter().position(ends)?;
        let made = self.made.get_mut(index)?;
        made.state = State::Ended;
        made.deadline = Instant::NEVER;
        let made = self.made.get(index)?;
        Some((made.id, self.released(made)))
    }

    /// What `made` leaves to do, which has ended or was removed.
    fn released(&self, made: &Subscription) -> Released {
        let is_needed =
            self.made.iter().any(|it| it.state != State::Ended && it.rule_id == made.rule_id);
        Released { rule: (!is_needed).then(|| made.rule.as_str().into()), sender: made.sender }
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
