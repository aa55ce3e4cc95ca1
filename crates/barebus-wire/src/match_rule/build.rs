//! Rules made of their parts.

use alloc::string::String;
use core::fmt::Write;

use super::text::write_quoted;
use super::{InvalidRule, MatchKey, MatchRule};

/// Builds a match rule from its parts. Names and paths are text or checked types; [`rule`](Self::rule) checks the text. Needs
/// the feature `alloc`; without it use [`MatchRule::parse`].
///
/// ```
/// use barebus_wire::match_rule::MatchRuleBuf;
///
/// let rule = MatchRuleBuf::signals().sender("org.freedesktop.systemd1").member("JobRemoved");
/// assert_eq!(rule.as_str(), "type='signal',sender='org.freedesktop.systemd1',member='JobRemoved'");
/// assert!(rule.rule().is_ok());
/// assert!(rule.path("no path").rule().is_err());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MatchRuleBuf(String);

impl MatchRuleBuf {
    /// The rule that every message matches.
    pub const fn new() -> Self {
        Self(String::new())
    }

    /// The rule that every signal matches.
    pub fn signals() -> Self {
        Self::new().with(MatchKey::Type, "signal")
    }

    /// The rule that every METHOD_CALL matches.
    pub fn method_calls() -> Self {
        Self::new().with(MatchKey::Type, "method_call")
    }

    /// The rule that every METHOD_RETURN matches.
    pub fn method_returns() -> Self {
        Self::new().with(MatchKey::Type, "method_return")
    }

    /// The rule that every ERROR matches.
    pub fn errors() -> Self {
        Self::new().with(MatchKey::Type, "error")
    }

    /// From this sender: a unique name, or whoever owns a well-known one.
    #[must_use]
    pub fn sender(self, name: impl AsRef<str>) -> Self {
        self.with(MatchKey::Sender, name.as_ref())
    }

    /// Of this interface.
    #[must_use]
    pub fn interface(self, name: impl AsRef<str>) -> Self {
        self.with(MatchKey::Interface, name.as_ref())
    }

    /// With this name.
    #[must_use]
    pub fn member(self, name: impl AsRef<str>) -> Self {
        self.with(MatchKey::Member, name.as_ref())
    }

    /// From this object.
    #[must_use]
    pub fn path(self, path: impl AsRef<str>) -> Self {
        self.with(MatchKey::Path, path.as_ref())
    }

    /// From this object or one below it.
    #[must_use]
    pub fn path_namespace(self, path: impl AsRef<str>) -> Self {
        self.with(MatchKey::PathNamespace, path.as_ref())
    }

    /// To this connection.
    #[must_use]
    pub fn destination(self, name: impl AsRef<str>) -> Self {
        self.with(MatchKey::Destination, name.as_ref())
    }

    /// With this text as argument `number`, counted from 0.
    #[must_use]
    pub fn argument(self, number: u8, text: &str) -> Self {
        self.with(MatchKey::Argument(number), text)
    }

    /// With argument `number`, counted from 0, a path that is `path`, or below it if that ends with `/`.
    #[must_use]
    pub fn argument_path(self, number: u8, path: &str) -> Self {
        self.with(MatchKey::ArgumentPath(number), path)
    }

    /// With argument 0 a bus or interface name that is `namespace` or lies below it.
    #[must_use]
    pub fn argument0_namespace(self, namespace: impl AsRef<str>) -> Self {
        self.with(MatchKey::Argument0Namespace, namespace.as_ref())
    }

    /// The rule.
    ///
    /// # Errors
    /// A name or a path is invalid, a key was given twice, an argument's number is over 63, or the text is too long.
    pub fn rule(&self) -> Result<MatchRule<'_>, InvalidRule> {
        MatchRule::parse(&self.0).map_err(|error| InvalidRule { text: self.0.clone(), error })
    }

    /// The rule's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn with(mut self, key: MatchKey, value: &str) -> Self {
        let comma = if self.0.is_empty() { "" } else { "," };
        // Writing to memory does not fail.
        let _ = write!(self.0, "{comma}{key}=");
        let _ = write_quoted(value, &mut self.0);
        self
    }
}
