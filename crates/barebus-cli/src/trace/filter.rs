//! Which calls and signals are traced. Replies are not filtered: they belong to their calls.

use barebus::wire::match_rule::OwnedMatchRule;
use barebus::{BusName, Message};

use crate::watch::Narrow;

/// What a call or signal must be. All conditions hold together.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    /// Names, one of which sends or receives it; none: any.
    pub(crate) services: Vec<String>,
    /// Rules, one of which matches; none: everything.
    pub(crate) rules: Vec<OwnedMatchRule>,
    pub(crate) narrow: Narrow,
    pub(crate) destination: Option<String>,
    /// Connections of this program.
    pub(crate) ours: Vec<String>,
}

impl Filter {
    /// Whether a call or signal is traced. `owner` tells the owner of a name, if it is known.
    pub(crate) fn takes<'o>(
        &self,
        message: &Message<'_>,
        owner: impl Fn(&str) -> Option<&'o str>,
    ) -> bool {
        let header = message.header();
        let sender = header.sender.map(BusName::as_str);
        let destination = header.destination.map(BusName::as_str);
        let is_ours = |name: Option<&str>| {
            name.is_some_and(|name| self.ours.iter().any(|ours| ours.as_str() == name))
        };
        if is_ours(sender) || is_ours(destination) {
            return false;
        }
        let is_name = |found: Option<&str>, name: &str| {
            found.is_some_and(|found| found == name || owner(name) == Some(found))
        };
        let is_any = |name: &String| is_name(sender, name) || is_name(destination, name);
        let narrow = &self.narrow;
        (self.services.is_empty() || self.services.iter().any(is_any))
            && narrow.sender.as_ref().is_none_or(|name| is_name(sender, name))
            && self.destination.as_ref().is_none_or(|name| is_name(destination, name))
            && narrow.takes(header)
            && (self.rules.is_empty()
                || self
                    .rules
                    .iter()
                    .any(|rule| rule.matches(message, |name, sender| owner(name) == Some(sender))))
    }
}
