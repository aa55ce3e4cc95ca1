//! What a message is to be like.

use std::fmt;

use barebus_wire::{DecodeErrorKind, Endian, MessageType};

/// What generated messages are like. The default allows every valid message without file descriptors.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Shape {
    /// Signature of the body; `None` for any.
    pub signature: Option<String>,
    /// Length of the whole message in bytes; `None` for any. Where alignment forbids it, up to 7 bytes more.
    pub size: Option<usize>,
    /// Number of containers around the innermost value of the body, exactly; `None` for any.
    pub depth: Option<usize>,
    /// Byte order; `None` for any.
    pub endian: Option<Endian>,
    /// Message type; `None` for any, unknown ones as well.
    pub message_type: Option<MessageType>,
    /// Whether UNIX_FDS may be greater than 0. Bytes carry no descriptors, so most parsers of bytes refuse such a message.
    pub unix_fds: bool,
}

/// Why no such message can be generated.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ShapeError {
    /// The signature is invalid.
    Signature {
        /// The signature.
        signature: String,
        /// The rule that it breaks.
        error: barebus_wire::SignatureError,
    },
    /// The signature needs descriptors, which the shape excludes.
    NeedsFds(String),
    /// No values of the signature are nested exactly so deep.
    Depth {
        /// The signature; `None` for any.
        signature: Option<String>,
        /// The depth.
        depth: usize,
    },
    /// The message cannot be as short as that.
    TooShort {
        /// The size.
        size: usize,
        /// Length in bytes of the shortest message that was found.
        least: usize,
    },
    /// The message cannot be as long as that: nothing in it can grow so far.
    TooLong {
        /// The size.
        size: usize,
        /// Length in bytes of the longest message that was found.
        most: usize,
    },
    /// No message of this shape can break the rule.
    NoPlace(DecodeErrorKind),
    /// No message can break the rule: it is one of reading into Rust types, or one of signatures without a message.
    NotOfMessages(DecodeErrorKind),
}

impl fmt::Display for ShapeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Signature { signature, error } => {
                write!(
                    f,
                    "cannot generate a body of the signature '{}': {error}",
                    signature.escape_debug()
                )
            }
            Self::NeedsFds(signature) => {
                write!(
                    f,
                    "cannot generate a body of '{signature}': it needs file descriptors; allow them"
                )
            }
            Self::Depth { signature: Some(signature), depth } => {
                write!(
                    f,
                    "cannot generate a body of '{signature}' that is nested {depth} deep: its types do not allow it"
                )
            }
            Self::Depth { signature: None, depth } => {
                write!(
                    f,
                    "cannot generate a body that is nested {depth} deep: at most 64 containers enclose one another"
                )
            }
            Self::TooShort { size, least } => {
                write!(f, "cannot generate a message of {size} bytes: it has at least {least}")
            }
            Self::TooLong { size, most } => {
                write!(
                    f,
                    "cannot generate a message of {size} bytes: it has at most {most}; try a signature with a string or an array"
                )
            }
            Self::NoPlace(rule) => {
                write!(
                    f,
                    "cannot break {} in such a message: nothing in it can break the rule",
                    rule.name()
                )
            }
            Self::NotOfMessages(rule) => {
                write!(f, "cannot break {}: no message breaks this rule", rule.name())
            }
        }
    }
}

impl std::error::Error for ShapeError {}
