//! Rules made of their parts.

use alloc::string::String;
use core::fmt::Write;

use super::text::write_quoted;
use super::{MatchKey, MatchRule, MatchRuleError};
use crate::name::{BusName, BusNamespace, InterfaceName, MemberName, ObjectPath};

/// A match rule in the making, and its text.
///
/// ```
/// use barebus_wire::match_rule::MatchRuleBuf;
/// use barebus_wire::{BusName, MemberName};
///
/// let rule = MatchRuleBuf::signals()
///     .sender(BusName::from_static("org.freedesktop.systemd1"))
///     .member(MemberName::from_static("JobRemoved"));
/// assert_eq!(rule.as_str(), "type='signal',sender='org.freedesktop.systemd1',member='JobRemoved'");
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
    pub fn sender(self, name: BusName<'_>) -> Self {
        self.with(MatchKey::Sender, name.as_str())
    }

    /// Of this interface.
    #[must_use]
    pub fn interface(self, name: InterfaceName<'_>) -> Self {
        self.with(MatchKey::Interface, name.as_str())
    }

    /// With this name.
    #[must_use]
    pub fn member(self, name: MemberName<'_>) -> Self {
        self.with(MatchKey::Member, name.as_str())
    }

    /// From this object.
    #[must_use]
    pub fn path(self, path: ObjectPath<'_>) -> Self {
        self.with(MatchKey::Path, path.as_str())
    }

    /// From this object or one below it.
    #[must_use]
    pub fn path_namespace(self, path: ObjectPath<'_>) -> Self {
        self.with(MatchKey::PathNamespace, path.as_str())
    }

    /// To this connection.
    #[must_use]
    pub fn destination(self, name: BusName<'_>) -> Self {
        self.with(MatchKey::Destination, name.as_str())
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
    pub fn argument0_namespace(self, namespace: BusNamespace<'_>) -> Self {
        self.with(MatchKey::Argument0Namespace, namespace.as_str())
    }

    /// The rule.
    ///
    /// # Errors
    /// A key was given twice, an argument's number is over 63, or the text is too long.
    pub fn rule(&self) -> Result<MatchRule<'_>, MatchRuleError> {
        MatchRule::parse(&self.0)
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
