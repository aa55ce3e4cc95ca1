//! Subscriptions: what the bus is asked to send, and which signal is for whom.

use alloc::string::String;
use alloc::vec::Vec;

use barebus_wire::match_rule::OwnedMatchRule;
use barebus_wire::{MatchRule, Message};

use crate::owners::Owners;

/// A subscription to signals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubscriptionId(u32);

#[derive(Debug)]
struct Subscription {
    id: SubscriptionId,
    rule: OwnedMatchRule,
}

/// The subscriptions, in the order of their making.
#[derive(Debug)]
pub(crate) struct Subscriptions {
    made: Vec<Subscription>,
    last: u32,
    /// [`Subscription::wants`], from the first subscription on: programs that make none do not carry what it needs.
    wants: Wants,
}

type Wants = fn(&Subscription, &Message<'_>, &Owners) -> bool;

impl Default for Subscriptions {
    fn default() -> Self {
        Self { made: Vec::new(), last: 0, wants: |_, _, _| false }
    }
}

impl Subscriptions {
    /// Adds a subscription. The second is whether the bus has not yet been asked for the rule.
    pub(crate) fn add(&mut self, rule: &MatchRule<'_>) -> (SubscriptionId, bool) {
        let rule = OwnedMatchRule::from(*rule);
        let is_new = !self.made.iter().any(|other| other.rule.as_str() == rule.as_str());
        self.last = self.last.wrapping_add(1);
        let id = SubscriptionId(self.last);
        self.made.push(Subscription { id, rule });
        self.wants = Subscription::wants;
        (id, is_new)
    }

    pub(crate) fn len(&self) -> usize {
        self.made.len()
    }

    /// The rule's text as the bus knows it.
    pub(crate) fn rule(&self, id: SubscriptionId) -> Option<&str> {
        self.made.iter().find(|made| made.id == id).map(|made| made.rule.as_str())
    }

    /// Ends a subscription. Gives the rule's text when no other subscription needs it.
    pub(crate) fn remove(&mut self, id: SubscriptionId) -> Option<String> {
        let index = self.made.iter().position(|made| made.id == id)?;
        let rule = self.made.remove(index).rule;
        let is_needed = self.made.iter().any(|other| other.rule.as_str() == rule.as_str());
        (!is_needed).then(|| rule.as_str().into())
    }

    /// Ends a subscription with the rule that the bus refused. To be called until it gives none.
    pub(crate) fn remove_refused(&mut self, rule: &str) -> Option<SubscriptionId> {
        let index = self.made.iter().position(|made| made.rule.as_str() == rule)?;
        Some(self.made.remove(index).id)
    }

    /// Whether any subscription asks for the signal.
    pub(crate) fn want(&self, signal: &Message<'_>, owners: &Owners) -> bool {
        self.made.iter().any(|made| (self.wants)(made, signal, owners))
    }

    /// The subscriptions that ask for the signal.
    pub(crate) fn wanting(&self, signal: &Message<'_>, owners: &Owners) -> Vec<SubscriptionId> {
        self.made
            .iter()
            .filter(|made| (self.wants)(made, signal, owners))
            .map(|made| made.id)
            .collect()
    }

    /// Whether the subscription asks for the signal.
    pub(crate) fn wants(&self, id: SubscriptionId, signal: &Message<'_>, owners: &Owners) -> bool {
        self.made.iter().any(|made| made.id == id && (self.wants)(made, signal, owners))
    }
}

impl Subscription {
    fn wants(&self, signal: &Message<'_>, owners: &Owners) -> bool {
        self.rule.matches(signal, |name, sender| owners.owns(sender, name))
    }
}
