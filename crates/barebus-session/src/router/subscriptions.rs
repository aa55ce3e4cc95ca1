//! Subscriptions: which signals the bus is asked to send, and which signal is for whom.

use alloc::collections::VecDeque;
use alloc::string::String;
use alloc::vec::Vec;

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

/// The subscriptions, in the order of their making.
#[derive(Debug)]
pub(crate) struct Subscriptions {
    /// Ids ascend.
    made: Vec<Subscription>,
    last: u32,
    /// No subscription's deadline is earlier.
    earliest: Instant,
    /// [`Subscription::wants`], from the first subscription on: programs that make none do not link it.
    wants: Wants,
}

type Wants = fn(&Subscription, &Message<'_>, &Names, bool) -> bool;

impl Subscriptions {
    pub(crate) fn new() -> Self {
        Self { made: Vec::new(), last: 0, earliest: Instant::NEVER, wants: |_, _, _, _| false }
    }

    /// Adds a subscription. `true` when the bus must be asked for the rule.
    pub(crate) fn add(
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
        self.wants = Subscription::wants;
        (id, rule_id, is_new)
    }

    /// The rule's text, with quotes around every value.
    pub(crate) fn rule_text(&self, id: SubscriptionId) -> Option<&str> {
        self.get(id).map(|made| made.rule.as_str())
    }

    /// Whether it stands: made, and not ended.
    pub(crate) fn is_active(&self, id: SubscriptionId) -> bool {
        self.get(id).is_some_and(|made| made.state != State::Ended)
    }

    /// Whether the bus has answered the question for its rule, and those about its sender.
    pub(crate) fn is_settled(&self, id: SubscriptionId, names: &Names) -> bool {
        self.get(id).is_none_or(|made| {
            made.state == State::Ended
                || made.state == State::Active
                    && made.sender.is_none_or(|sender| names.is_settled(sender))
        })
    }

    /// The bus has accepted the rule.
    pub(crate) fn accepted(&mut self, rule_id: RuleId) {
        for made in self.made.iter_mut().filter(|made| made.rule_id == rule_id) {
            if made.state == State::Asked {
                made.state = State::Active;
                made.deadline = Instant::NEVER;
            }
        }
    }

    /// On a direct connection nobody needs to be asked.
    pub(crate) fn accept_last(&mut self) {
        if let Some(last) = self.made.last() {
            self.accepted(last.rule_id);
        }
    }

    /// Ends the next subscription that shares `rule_id`, in the order of their making.
    pub(crate) fn end_of_rule(&mut self, rule_id: RuleId) -> Option<(SubscriptionId, Released)> {
        self.end_where(|made| made.rule_id == rule_id)
    }

    /// Ends the next subscription to signals of the name.
    pub(crate) fn end_of_sender(&mut self, sender: NameId) -> Option<(SubscriptionId, Released)> {
        self.end_where(|made| made.sender == Some(sender))
    }

    /// Ends the next subscription whose deadline has passed.
    pub(crate) fn expired(&mut self, now: Instant) -> Option<(SubscriptionId, Released)> {
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

    /// No subscription's deadline is earlier.
    pub(crate) const fn earliest(&self) -> Instant {
        self.earliest
    }

    /// Removes a subscription: what is left to do at the bus, and the events that waited for it.
    pub(crate) fn remove(
        &mut self,
        id: SubscriptionId,
    ) -> Option<(Option<Released>, VecDeque<EventKey>)> {
        let index = self.index(id)?;
        let made = self.made.remove(index);
        let released = (made.state != State::Ended).then(|| self.released(&made));
        Some((released, made.waiting))
    }

    /// Adds the subscriptions that ask for `signal` to `matched`. With `verify`, a well-known sender means the name's present owner.
    pub(crate) fn matching(
        &self,
        signal: &Message<'_>,
        names: &Names,
        verify: bool,
        matched: &mut Vec<SubscriptionId>,
    ) {
        for made in &self.made {
            if made.state != State::Ended && (self.wants)(made, signal, names, verify) {
                matched.push(made.id);
            }
        }
    }

    /// The oldest event that waits for the subscription.
    pub(crate) fn first_waiting(&self, id: SubscriptionId) -> Option<EventKey> {
        self.get(id)?.waiting.front().copied()
    }

    /// An event waits for the subscription: behind those that came before, or before them.
    pub(crate) fn wait(&mut self, id: SubscriptionId, key: EventKey, at_front: bool) {
        if let Some(made) = self.get_mut(id) {
            match at_front {
                true => made.waiting.push_front(key),
                false => made.waiting.push_back(key),
            }
        }
    }

    /// The oldest event that waited for the subscription was taken. Once the end of a subscription was taken it is gone.
    pub(crate) fn taken(&mut self, id: SubscriptionId, key: EventKey, is_end: bool) {
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

impl Subscription {
    fn wants(&self, signal: &Message<'_>, names: &Names, verify: bool) -> bool {
        self.rule.matches(signal, |name, sender| !verify || names.owns(sender, name))
    }
}
