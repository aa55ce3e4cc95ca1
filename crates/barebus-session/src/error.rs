//! What can go wrong, split by whom it hits: the connection, one call, or one request of the user.

use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;

use barebus_sasl::{Guid, SaslError};
use barebus_wire::{BodyError, DecodeError, EncodeError};

/// Why the connection has ended. Nothing more can be sent or received on it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SessionError {
    /// The server broke the authentication protocol, or refused to let us in. After a pipelined attempt
    /// [`Session::retry_handshake`](crate::Session::retry_handshake) on a new stream may still succeed.
    Authentication(SaslError),
    /// The server's GUID is not the one that the address promised.
    Guid {
        /// From the address.
        expected: Guid,
        /// From the server.
        found: Guid,
    },
    /// The server did not finish authentication, or did not answer `Hello`, in time.
    HandshakeTimedOut {
        /// What was awaited.
        awaited: Awaited,
    },
    /// The bus answered `Hello` with an error, or with a text that is no unique name.
    HelloRefused {
        /// The error's name, or what was wrong with the answer.
        reason: String,
    },
    /// The bus answered `Hello` with something that is no text.
    HelloInvalid(BodyError),
    /// File descriptors came during authentication, or without having been negotiated. Spec: D-Bus and Unix file descriptors.
    UnexpectedFds,
    /// More file descriptors wait for the end of their message than two messages may carry.
    TooManyFds,
    /// A message's frame or header is invalid: where the next message begins, or what it says, cannot be trusted.
    InvalidMessage(DecodeError),
    /// The other side closed the stream.
    Closed {
        /// What was awaited then, if the connection was not yet established.
        awaited: Option<Awaited>,
        /// Bytes of an unfinished message that had arrived.
        unfinished: usize,
    },
}

/// The step of the handshake that a server did not finish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Awaited {
    /// A line of the authentication conversation; the state is named as in the specification.
    Authentication(barebus_sasl::State),
    /// The reply to `Hello`.
    Hello,
}

/// How authentication was tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HandshakeAttempts {
    /// Written in one go.
    Pipelined,
    /// Line by line, as asked for.
    StepByStep,
    /// In one go, which failed, and once more line by line.
    Both,
}

impl fmt::Display for HandshakeAttempts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pipelined => "tried in one go",
            Self::StepByStep => "tried line by line",
            Self::Both => "tried in one go, then line by line",
        })
    }
}

impl fmt::Display for Awaited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Authentication(state) => write!(f, "authentication ({state:?})"),
            Self::Hello => f.write_str("the reply to Hello"),
        }
    }
}

impl fmt::Display for SessionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Authentication(error) => write!(f, "authentication failed: {error}"),
            Self::Guid { expected, found } => {
                write!(f, "the server's GUID is {found}, the address promised {expected}")
            }
            Self::HandshakeTimedOut { awaited } => {
                write!(f, "the server did not answer in time: waiting for {awaited}")
            }
            Self::HelloRefused { reason } => write!(f, "the bus refused Hello: {reason}"),
            Self::HelloInvalid(error) => write!(f, "the answer to Hello cannot be used: {error}"),
            Self::UnexpectedFds => f.write_str("file descriptors came where none may come"),
            Self::TooManyFds => f.write_str("more file descriptors came than messages may carry"),
            Self::InvalidMessage(error) => write!(f, "an invalid message came: {error}"),
            Self::Closed { awaited: Some(awaited), .. } => {
                write!(f, "the server closed the connection: waiting for {awaited}")
            }
            Self::Closed { awaited: None, unfinished: 0 } => {
                f.write_str("the other side closed the connection")
            }
            Self::Closed { awaited: None, unfinished } => {
                write!(f, "the other side closed the connection {unfinished} bytes into a message")
            }
        }
    }
}

// The text says all that the cause says, so there is no source.
impl core::error::Error for SessionError {}

/// Why a message was not queued. The connection is as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SendError {
    /// The message cannot be marshalled.
    Encode(EncodeError),
    /// More file descriptors than one message may carry.
    TooManyFds {
        /// How many were to be sent.
        count: usize,
    },
    /// The server takes no file descriptors.
    FdsNotNegotiated,
    /// The call says NO_REPLY_EXPECTED, so that no reply can be awaited.
    NoReplyExpected,
    /// The bytes that wait for being written have reached the limit.
    QueueFull {
        /// The limit in bytes.
        limit: usize,
    },
    /// The connection is a monitor, which the bus cuts off when it sends anything. Spec:
    /// org.freedesktop.DBus.Monitoring.BecomeMonitor.
    Monitor,
    /// The connection has ended.
    Ended(Box<SessionError>),
}

impl From<EncodeError> for SendError {
    fn from(error: EncodeError) -> Self {
        Self::Encode(error)
    }
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Encode(error) => write!(f, "the message cannot be marshalled: {error}"),
            Self::TooManyFds { count } => {
                write!(f, "{count} file descriptors are more than the 253 a message may carry")
            }
            Self::FdsNotNegotiated => f.write_str("the server takes no file descriptors"),
            Self::NoReplyExpected => {
                f.write_str("a call that expects no reply cannot be waited for")
            }
            Self::QueueFull { limit } => {
                write!(f, "the queue of messages to be sent has reached its {limit} bytes")
            }
            Self::Monitor => f.write_str("a monitor must not send anything"),
            Self::Ended(error) => error.fmt(f),
        }
    }
}

// As for `SessionError`.
impl core::error::Error for SendError {}

/// Why a call gets no reply, though the connection goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoReply {
    /// Its deadline passed. A reply that still comes is dropped.
    TimedOut,
    /// The bus refuses `GetNameOwner` for the name that was called, so no reply can be verified.
    OwnerUnknown,
    /// The reply came with other file descriptors than its header announced; they were closed.
    Fds(FdsError),
    /// The reply had no place in the queue of received messages.
    QueueFull,
    /// The call carries file descriptors and the server takes none: it was not sent.
    FdsNotNegotiated,
    /// The system refused to pass the call's file descriptors, too many are under way already: it was not sent.
    FdsNotPassed,
    /// No such call is outstanding: its end was taken before, or it was forgotten.
    NotOutstanding,
}

impl fmt::Display for NoReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TimedOut => f.write_str("no reply came in time"),
            Self::OwnerUnknown => f.write_str(
                "the bus does not say who owns the name, so no reply can be verified: \
                 its policy must allow org.freedesktop.DBus.GetNameOwner",
            ),
            Self::Fds(error) => write!(f, "the reply was refused: {error}"),
            Self::QueueFull => f.write_str("the queue of received messages is full"),
            Self::FdsNotNegotiated => f.write_str("the server takes no file descriptors"),
            Self::FdsNotPassed => f.write_str(
                "the system refused to pass the file descriptors, too many may be under way",
            ),
            Self::NotOutstanding => {
                f.write_str("no such call is outstanding: its end was taken, or it was forgotten")
            }
        }
    }
}

impl core::error::Error for NoReply {}

/// Why a message's file descriptors are not those that it announced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FdsError {
    /// Their number is not UNIX_FDS.
    Count {
        /// UNIX_FDS in the header.
        announced: u32,
        /// How many came with the message's bytes.
        received: usize,
    },
    /// More than one message may carry.
    TooMany {
        /// UNIX_FDS in the header.
        announced: u32,
    },
    /// The system could not hand all of them over (MSG_CTRUNC): usually the process may open no more files.
    Truncated,
}

impl fmt::Display for FdsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count { announced, received } => {
                write!(f, "{announced} file descriptors are announced and {received} came")
            }
            Self::TooMany { announced } => {
                write!(f, "{announced} file descriptors are more than the 253 a message may carry")
            }
            Self::Truncated => f.write_str(
                "the system cut off file descriptors, the process may have too many open files",
            ),
        }
    }
}

impl core::error::Error for FdsError {}
