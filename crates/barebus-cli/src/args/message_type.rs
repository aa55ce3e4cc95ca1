//! Types of messages on the command line.

use barebus::MessageType;
use clap::ValueEnum;

/// A type of messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Type {
    /// Calls
    #[value(name = "call", alias = "method_call")]
    MethodCall,
    /// Replies
    #[value(name = "return", alias = "method_return")]
    MethodReturn,
    /// Errors
    Error,
    /// Signals
    Signal,
}

impl Type {
    pub(crate) const fn message_type(self) -> MessageType {
        match self {
            Self::MethodCall => MessageType::MethodCall,
            Self::MethodReturn => MessageType::MethodReturn,
            Self::Error => MessageType::Error,
            Self::Signal => MessageType::Signal,
        }
    }

    /// The word in match rules. Spec: Match Rules.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::MethodCall => "method_call",
            Self::MethodReturn => "method_return",
            Self::Error => "error",
            Self::Signal => "signal",
        }
    }
}
