//! Match rules: which messages a bus is to send, and whether a message is one of them. Spec: Match Rules.

#[cfg(feature = "alloc")]
mod build;
mod error;
mod matching;
#[cfg(feature = "alloc")]
mod owned;
mod text;

use core::fmt;

use crate::header::MessageType;
use crate::limits;
use crate::message::Message;
use crate::name::{BusName, BusNamespace, InterfaceName, MemberName, ObjectPath};

#[cfg(feature = "alloc")]
pub use build::MatchRuleBuf;
#[cfg(feature = "alloc")]
pub use error::InvalidRule;
pub use error::{MatchRuleError, MatchRuleErrorKind};
#[cfg(feature = "alloc")]
pub use owned::OwnedMatchRule;
pub use text::MatchValue;

use text::Pairs;

/// A match rule: text that was checked, `type='signal',member='JobRemoved'`.
///
/// Two rules are equal when they ask for the same, however they are written and in whatever order. Displayed, a rule is
/// written with quotes around every value: what stands outside quotes, buses do not all read as the specification says.
/// [`MatchRule::bus_text`] is the form for a bus.
///
/// ```
/// use barebus_wire::{Header, InterfaceName, MatchRule, MemberName, Message, MessageBuf, ObjectPath, Serial};
///
/// let rule = MatchRule::parse("type='signal',member='Renamed',path_namespace='/links'")?;
///
/// let path = ObjectPath::from_static("/links/eth0");
/// let interface = InterfaceName::from_static("org.example.Link");
/// let header = Header::signal(Serial::FIRST, path, interface, MemberName::from_static("Renamed"));
/// let mut buf = MessageBuf::new();
/// buf.push(&header, &())?;
/// // The rule names no sender, so nobody asks who owns a name.
/// assert!(rule.matches(&Message::parse(buf.as_slice())?, |_, _| false));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy)]
pub struct MatchRule<'a>(
    /// At most 1024 bytes; every pair was checked.
    &'a str,
);

/// What a rule looks at.
///
/// ```
/// use barebus_wire::match_rule::{MatchKey, MatchRule};
///
/// let rule = MatchRule::parse("interface='org.example.Link',arg1path='/links/'")?;
/// let keys: Vec<MatchKey> = rule.pairs().map(|(key, _)| key).collect();
/// assert_eq!(keys, [MatchKey::Interface, MatchKey::ArgumentPath(1)]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MatchKey {
    /// `type`.
    Type,
    /// `sender`: a unique name, or a well-known name's owner.
    Sender,
    /// `interface`.
    Interface,
    /// `member`.
    Member,
    /// `path`.
    Path,
    /// `path_namespace`: the path or one below it.
    PathNamespace,
    /// `destination`.
    Destination,
    /// `eavesdrop`: for monitors, deprecated; it does not change whether a message matches.
    Eavesdrop,
    /// `argN`: a STRING.
    Argument(u8),
    /// `argNpath`: a STRING or OBJECT_PATH that is equal, or where one of both ends with `/` and the other begins with it.
    ArgumentPath(u8),
    /// `arg0namespace`: a STRING that is a bus or interface name, or one below it.
    Argument0Namespace,
}

impl<'a> MatchRule<'a> {
    /// The rule that every message matches.
    pub const ANY: MatchRule<'static> = MatchRule("");

    /// Checks a rule's text.
    ///
    /// # Errors
    /// The rule of match rules that is broken and where; see [`MatchRuleErrorKind`].
    pub fn parse(text: &'a str) -> Result<Self, MatchRuleError> {
        if text.len() > limits::MATCH_RULE_LEN {
            return Err(MatchRuleError {
                kind: MatchRuleErrorKind::TooLong,
                at: limits::MATCH_RULE_LEN,
            });
        }
        let mut seen = Seen::default();
        let mut pairs = Pairs::of(text);
        while let Some((key, value)) = pairs.next_pair()? {
            check_pair(key, value, &mut seen)
                .map_err(|kind| MatchRuleError { kind, at: pairs.key_at() })?;
        }
        Ok(Self(text))
    }

    /// The rule's text as it was given.
    pub const fn as_str(&self) -> &'a str {
        self.0
    }

    /// The rule for `AddMatch` and `RemoveMatch`: as it is displayed, but without `path_namespace='/'`.
    ///
    /// That key leaves out only messages without PATH, of which no signal is one. dbus-broker 32 takes it for "the path `/` and
    /// none below it". What a bus sends for this rule is matched by the caller again, with the whole rule.
    #[cfg(feature = "alloc")]
    pub fn bus_text(&self) -> alloc::string::String {
        let mut text = alloc::string::String::new();
        // Writing to memory does not fail.
        let _ = self.write(&mut text, |key, value| key == MatchKey::PathNamespace && value.is("/"));
        text
    }

    /// Writes the pairs but for those that `leaves_out` says, with quotes around every value.
    fn write(
        &self,
        to: &mut impl fmt::Write,
        leaves_out: impl Fn(MatchKey, MatchValue<'_>) -> bool,
    ) -> fmt::Result {
        let mut comma = "";
        for (key, value) in self.pairs().filter(|(key, value)| !leaves_out(*key, *value)) {
            write!(to, "{comma}{key}={value}")?;
            comma = ",";
        }
        Ok(())
    }

    /// The keys and values.
    pub fn pairs(&self) -> impl Iterator<Item = (MatchKey, MatchValue<'a>)> + use<'a> {
        let mut pairs = Pairs::of(self.0);
        core::iter::from_fn(move || pairs.next_pair().ok()?)
    }

    /// The value of a key.
    pub fn get(&self, key: MatchKey) -> Option<MatchValue<'a>> {
        self.pairs().find(|(other, _)| *other == key).map(|(_, value)| value)
    }

    /// Whether `message` matches. `owns(name, sender)` says whether `sender` is the present owner of the well-known `name`.
    ///
    /// A message whose arguments are invalid matches no rule that looks at them.
    pub fn matches(&self, message: &Message<'_>, owns: impl Fn(&str, &str) -> bool) -> bool {
        let sender = message.header().sender.map(BusName::as_str);
        self.pairs().all(|(key, value)| {
            value.with_text(|text| matching::pair_matches(key, text, message, sender, &owns))
        })
    }
}

impl fmt::Display for MatchRule<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, |_, _| false)
    }
}

impl fmt::Debug for MatchRule<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.0, f)
    }
}

impl PartialEq for MatchRule<'_> {
    fn eq(&self, other: &Self) -> bool {
        // No key is there twice, so as many pairs that are all found are the same pairs.
        self.0 == other.0
            || self.pairs().count() == other.pairs().count()
                && self.pairs().all(|(key, value)| other.get(key) == Some(value))
    }
}

impl Eq for MatchRule<'_> {}

impl fmt::Display for MatchKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Type => "type",
            Self::Sender => "sender",
            Self::Interface => "interface",
            Self::Member => "member",
            Self::Path => "path",
            Self::PathNamespace => "path_namespace",
            Self::Destination => "destination",
            Self::Eavesdrop => "eavesdrop",
            Self::Argument0Namespace => "arg0namespace",
            Self::Argument(number) => return write!(f, "arg{number}"),
            Self::ArgumentPath(number) => return write!(f, "arg{number}path"),
        })
    }
}

/// Which keys a rule has.
#[derive(Default)]
struct Seen {
    arguments: u64,
    others: u8,
}

impl Seen {
    /// Notes a key; `false` when it, or one that stands for the same, was there.
    fn add(&mut self, key: MatchKey) -> bool {
        let (keys, bit) = match key {
            MatchKey::Argument(number) | MatchKey::ArgumentPath(number) => {
                (&mut self.arguments, 1 << (number & 63))
            }
            MatchKey::Argument0Namespace => (&mut self.arguments, 1),
            other => {
                let bit = 1 << place(other);
                let is_new = self.others & bit == 0;
                self.others |= bit;
                return is_new;
            }
        };
        let is_new = *keys & bit == 0;
        *keys |= bit;
        is_new
    }

    fn has(&self, key: MatchKey) -> bool {
        self.others & 1 << place(key) != 0
    }
}

/// A number below 8 for every key that is no argument's.
const fn place(key: MatchKey) -> u8 {
    match key {
        MatchKey::Type => 0,
        MatchKey::Sender => 1,
        MatchKey::Interface => 2,
        MatchKey::Member => 3,
        MatchKey::Path => 4,
        MatchKey::PathNamespace => 5,
        MatchKey::Destination => 6,
        _ => 7,
    }
}

fn check_pair(
    key: MatchKey,
    value: MatchValue<'_>,
    seen: &mut Seen,
) -> Result<(), MatchRuleErrorKind> {
    if !seen.add(key) {
        return Err(MatchRuleErrorKind::RepeatedKey);
    }
    if seen.has(MatchKey::Path) && seen.has(MatchKey::PathNamespace) {
        return Err(MatchRuleErrorKind::PathTwice);
    }
    value.with_text(|text| {
        let checked = match key {
            MatchKey::Type => {
                return parse_type(text).map(drop).ok_or(MatchRuleErrorKind::BadType);
            }
            MatchKey::Eavesdrop => {
                let is_known = matches!(text, "true" | "false");
                return is_known.then_some(()).ok_or(MatchRuleErrorKind::BadEavesdrop);
            }
            MatchKey::Sender | MatchKey::Destination => BusName::parse(text).map(drop),
            MatchKey::Interface => InterfaceName::parse(text).map(drop),
            MatchKey::Member => MemberName::parse(text).map(drop),
            MatchKey::Path | MatchKey::PathNamespace => ObjectPath::parse(text).map(drop),
            MatchKey::Argument0Namespace => BusNamespace::parse(text).map(drop),
            MatchKey::Argument(_) | MatchKey::ArgumentPath(_) => Ok(()),
        };
        checked.map_err(MatchRuleErrorKind::BadName)
    })
}

fn parse_type(text: &str) -> Option<MessageType> {
    Some(match text {
        "signal" => MessageType::Signal,
        "method_call" => MessageType::MethodCall,
        "method_return" => MessageType::MethodReturn,
        "error" => MessageType::Error,
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
