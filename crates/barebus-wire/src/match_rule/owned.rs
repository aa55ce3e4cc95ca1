//! A rule to be kept: taken apart once, to be matched often.

use alloc::boxed::Box;
use alloc::string::ToString;
use core::fmt;

use super::{MatchKey, MatchRule, MatchRuleError, matching};
use crate::message::Message;
use crate::name::BusName;

/// A [`MatchRule`] in memory of its own, taken apart so that matching a message parses nothing.
///
/// ```
/// use barebus_wire::match_rule::OwnedMatchRule;
///
/// let rule: OwnedMatchRule = "type='signal',interface='org.example.Link'".parse()?;
/// assert_eq!(rule.as_str(), "type='signal',interface='org.example.Link'");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct OwnedMatchRule {
    /// As a rule is displayed.
    text: Box<str>,
    /// The rule for a bus, where that is another text.
    bus_text: Option<Box<str>>,
    /// The values are without their quoting.
    pairs: Box<[(MatchKey, Box<str>)]>,
}

impl OwnedMatchRule {
    /// The rule, with quotes around every value.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// As [`MatchRule::bus_text`]: for `AddMatch` and `RemoveMatch`. Rules that differ may have the same.
    pub fn bus_text(&self) -> &str {
        self.bus_text.as_deref().unwrap_or(&self.text)
    }

    /// It, borrowed.
    pub fn borrow(&self) -> MatchRule<'_> {
        MatchRule(&self.text)
    }

    /// As [`MatchRule::matches`].
    pub fn matches(&self, message: &Message<'_>, owns: impl Fn(&str, &str) -> bool) -> bool {
        self.matches_from(message, message.header().sender.map(BusName::as_str), owns)
    }

    /// As [`matches`](Self::matches), for a message from `sender`, whatever its SENDER field says. A message of a bus without SENDER
    /// comes from the bus itself.
    pub fn matches_from(
        &self,
        message: &Message<'_>,
        sender: Option<&str>,
        owns: impl Fn(&str, &str) -> bool,
    ) -> bool {
        let pair_matches = |(key, value): &(MatchKey, Box<str>)| {
            matching::pair_matches(*key, value, message, sender, &owns)
        };
        self.pairs.iter().all(pair_matches)
    }
}

impl From<MatchRule<'_>> for OwnedMatchRule {
    fn from(rule: MatchRule<'_>) -> Self {
        let pairs = rule.pairs().map(|(key, value)| (key, value.to_text().into())).collect();
        let (text, bus_text) = (rule.to_string(), rule.bus_text());
        let bus_text = (bus_text != text).then(|| bus_text.into());
        Self { text: text.into(), bus_text, pairs }
    }
}

impl core::str::FromStr for OwnedMatchRule {
    type Err = MatchRuleError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        MatchRule::parse(text).map(Self::from)
    }
}

impl PartialEq for OwnedMatchRule {
    fn eq(&self, other: &Self) -> bool {
        self.borrow() == other.borrow()
    }
}

impl Eq for OwnedMatchRule {}

impl fmt::Display for OwnedMatchRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for OwnedMatchRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.text, f)
    }
}
