//! Errors, split by what they affect: the connection, one call, or one request of the user.

use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;

use barebus_sasl::{Guid, SaslError};
use barebus_wire::{BodyError, DecodeError, EncodeError};

/// Why the connection has ended. Nothing more can be sent or received on it.
///
/// ```
/// use core::time::Duration;
///
/// use barebus_sasl::Mechanism;
/// use barebus_session::{Config, ServerKind, Session, SessionError, Want};
///
/// let config = Config::new(ServerKind::Direct, Mechanism::Anonymous.into());
/// let mut session: Session<()> = Session::new(config);
/// // The time of the handshake begins with the first poll.
/// let begin = Duration::from_secs(60);
/// assert!(session.poll_event(Want::Anything, begin)?.is_none());
/// // No answer within the time limit of the handshake: the session ends, in this way or by asking for a second attempt.
/// let error = session.poll_event(Want::Anything, begin * 2).unwrap_err();
/// assert!(matches!(error, SessionError::HandshakeTimedOut { .. }));
/// # Ok::<(), SessionError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SessionError {
    /// The server broke the authentication protocol, or refused us. After a pipelined attempt
    /// [`Session::retry_handshake`](crate::Session::retry_handshake) on a new stream may still succeed.
    Authentication(SaslError),
    /// The server's GUID is not the one in the address.
    Guid {
        /// From the address.
        expected: Guid,
        /// From the server.
        found: Guid,
    },
    /// The server did not complete authentication, or did not answer `Hello`, in time.
    HandshakeTimedOut {
        /// The step that was not complete.
        awaited: Awaited,
    },
    /// The bus answered `Hello` with an ERROR, or with a text that is not a unique name.
    HelloRefused {
        /// The name of the error, or what is wrong with the reply.
        reason: String,
    },
    /// The reply to `Hello` is not a text, or is invalid.
    HelloInvalid(BodyError),
    /// File descriptors arrived during authentication, or without having been negotiated.
    UnexpectedFds,
    /// More file descriptors arrived before the end of their message than two messages may carry.
    TooManyFds,
    /// The frame or header of a message is invalid. The following bytes cannot be trusted.
    InvalidMessage(DecodeError),
    /// The other side closed the stream.
    Closed {
        /// The step of the handshake that was not complete; `None` once the connection was established.
        awaited: Option<Awaited>,
        /// How many bytes of an incomplete message had arrived.
        unfinished: usize,
    },
}

/// The step of the handshake that the server did not complete.
///
/// ```
/// use barebus_session::{Awaited, SessionError};
///
/// /// Whether the server authenticated us before it fell silent.
/// fn was_authenticated(error: &SessionError) -> bool {
///     matches!(error, SessionError::HandshakeTimedOut { awaited: Awaited::Hello, .. })
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Awaited {
    /// A line of the authentication conversation. The state is named as in the specification.
    Authentication(barebus_sasl::State),
    /// The reply to `Hello`.
    Hello,
}

/// How authentication was tried.
///
/// ```
/// use barebus_sasl::Mechanism;
/// use barebus_session::{Config, HandshakeAttempts, ServerKind, Session};
///
/// let config = Config::new(ServerKind::Direct, Mechanism::Anonymous.into());
/// let session: Session<()> = Session::new(config);
/// assert_eq!(session.handshake_attempts(), HandshakeAttempts::Pipelined);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HandshakeAttempts {
    /// In one write.
    Pipelined,
    /// Line by line, because the configuration says so.
    StepByStep,
    /// In one write, which failed, and then line by line.
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

/// Why a message was not queued. The connection goes on, except after [`Ended`](Self::Ended).
///
/// ```
/// use barebus_sasl::Mechanism;
/// use barebus_session::{Config, SendError, ServerKind, Session};
/// use barebus_wire::MethodCall;
///
/// let mut config = Config::new(ServerKind::Direct, Mechanism::Anonymous.into());
/// config.send_limit = 16;
/// let mut session: Session<()> = Session::new(config);
/// let call = MethodCall::from_static("org.example", "/", "org.example.Calculator", "Add");
/// // The limit is compared with what is queued already.
/// session.call(&call, &(2, 3), Vec::new(), None)?;
/// let error = session.call(&call, &(4, 5), Vec::new(), None).unwrap_err();
/// assert!(matches!(error, SendError::QueueFull { limit: 16, .. }));
/// # Ok::<(), SendError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SendError {
    /// The message cannot be marshalled.
    Encode(EncodeError),
    /// More file descriptors than one message may carry.
    TooManyFds {
        /// The number of descriptors of the message.
        count: usize,
    },
    /// The server does not accept file descriptors.
    FdsNotNegotiated,
    /// The call has the flag NO_REPLY_EXPECTED, so there is no reply to wait for.
    NoReplyExpected,
    /// The bytes that wait to be written have reached the limit.
    QueueFull {
        /// The limit in bytes.
        limit: usize,
    },
    /// The connection is a monitor. The bus disconnects a monitor that sends a message. Spec:
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

/// Why a call gets no reply. The connection goes on.
///
/// ```
/// use barebus_session::{Event, NoReply};
///
/// fn report<F>(event: &Event<'_, F>) {
///     if let Event::NoReply { call, reason: NoReply::TimedOut } = event {
///         println!("call {} has timed out", call.serial());
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoReply {
    /// The deadline of the call has passed. A reply that arrives later is dropped.
    TimedOut,
    /// The bus refuses `GetNameOwner` for the name that was called, so no reply can be verified. Its policy must allow that method, or
    /// [`Config::verify_senders`](crate::Config::verify_senders) must be `false`.
    OwnerUnknown,
    /// The reply arrived with other file descriptors than its header announces. They were closed.
    Fds(FdsError),
    /// The queue of received messages was full when the reply arrived.
    QueueFull,
    /// The call has file descriptors, and the server does not accept any. The call was not sent.
    FdsNotNegotiated,
    /// The system refused to pass the call's file descriptors, because too many are in flight. The call was not sent.
    FdsNotPassed,
    /// No such call is outstanding: its result was taken before, or it was given up with `forget`.
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

/// Why a message was refused: its file descriptors are not those that it announces.
///
/// ```
/// use barebus_session::{Event, FdsError};
///
/// fn report<F>(event: &Event<'_, F>) {
///     match event {
///         Event::Refused(FdsError::Count { announced, received }) => {
///             println!("a message announced {announced} descriptors, {received} came");
///         }
///         Event::Refused(other) => println!("{other}"),
///         _ => {}
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FdsError {
    /// Their number differs from UNIX_FDS.
    Count {
        /// UNIX_FDS in the header.
        announced: u32,
        /// The number that arrived with the message's bytes.
        received: usize,
    },
    /// UNIX_FDS is more than one message may carry.
    TooMany {
        /// UNIX_FDS in the header.
        announced: u32,
    },
    /// The system could not deliver all of them (MSG_CTRUNC), usually because the process may open no more files.
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

#[cfg(test)]
mod tests;
