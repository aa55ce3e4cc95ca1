//! Why text is no match rule.

use core::fmt;

use crate::name::NameError;

/// Why text is no match rule, and where.
///
/// ```
/// use barebus_wire::match_rule::{MatchRule, MatchRuleErrorKind};
///
/// let error = MatchRule::parse("type='signal',colour='red'").unwrap_err();
/// assert_eq!(error.kind, MatchRuleErrorKind::UnknownKey);
/// assert_eq!(error.at, 14);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MatchRuleError {
    /// Which rule is broken.
    pub kind: MatchRuleErrorKind,
    /// Offset in bytes where the key begins whose pair breaks it.
    pub at: usize,
}

/// What can be wrong with a match rule.
///
/// ```
/// use barebus_wire::match_rule::{MatchRule, MatchRuleErrorKind};
///
/// let twice = MatchRule::parse("member='A',member='B'").unwrap_err();
/// assert_eq!(twice.kind, MatchRuleErrorKind::RepeatedKey);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MatchRuleErrorKind {
    /// More than 1024 bytes, which buses refuse.
    TooLong,
    /// A key without `=`.
    MissingValue,
    /// A key that the specification does not know.
    UnknownKey,
    /// A key that the rule has already; `argN` and `argNpath` of one N count as one.
    RepeatedKey,
    /// `path` beside `path_namespace`.
    PathTwice,
    /// An argument's number is over 63.
    ArgumentNumber,
    /// A quote that is not closed.
    UnclosedQuote,
    /// `type` is none of the four.
    BadType,
    /// `eavesdrop` is neither `true` nor `false`.
    BadEavesdrop,
    /// A name or path is invalid.
    BadName(NameError),
}

impl fmt::Display for MatchRuleErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLong => "the match rule is longer than 1024 bytes",
            Self::MissingValue => "a key has no '=' and value",
            Self::UnknownKey => "the key is unknown",
            Self::RepeatedKey => "the key is repeated",
            Self::PathTwice => "'path' and 'path_namespace' exclude one another",
            Self::ArgumentNumber => "the argument's number is over 63",
            Self::UnclosedQuote => "a quote is not closed",
            Self::BadType => "the type is none of signal, method_call, method_return, error",
            Self::BadEavesdrop => "eavesdrop is neither true nor false",
            Self::BadName(error) => return write!(f, "the value is invalid: {error}"),
        })
    }
}

impl fmt::Display for MatchRuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            MatchRuleErrorKind::BadName(_) => {
                write!(f, "{}, in the pair at byte {}", self.kind, self.at)
            }
            kind => write!(f, "{kind} at byte {}", self.at),
        }
    }
}

impl core::error::Error for MatchRuleError {}

/// Text that was given as a match rule and is none.
///
/// ```
/// use barebus_wire::match_rule::MatchRuleBuf;
///
/// let error = MatchRuleBuf::signals().member("Not a member").rule().unwrap_err();
/// println!("{error}");
/// ```
#[cfg(feature = "alloc")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidRule {
    /// The text.
    pub text: alloc::string::String,
    /// Which rule it breaks, and where.
    pub error: MatchRuleError,
}

#[cfg(feature = "alloc")]
impl fmt::Display for InvalidRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot use {:?} as match rule: {}", self.text, self.error)
    }
}

// The text says all that the error says, so there is no source.
#[cfg(feature = "alloc")]
impl core::error::Error for InvalidRule {}
