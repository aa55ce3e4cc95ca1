//! What can go wrong: opening a connection, keeping it, one call.

use std::fmt;
use std::io;

use barebus_session::{Awaited, HandshakeAttempts, NoReply, SendError, SessionError};
use barebus_wire::BodyError;
use nix::errno::Errno;

/// Why no connection was opened.
#[derive(Debug)]
#[non_exhaustive]
pub enum OpenError {
    /// The address is none.
    Address {
        /// What was given.
        address: String,
        /// What is wrong with it.
        error: barebus_wire::address::AddressError,
    },
    /// The address lists no server.
    NoAddress,
    /// The environment says where the bus is, in a variable that is not set or is not UTF-8.
    NotSet {
        /// The variable's name.
        variable: &'static str,
    },
    /// None of the servers that the address lists could be reached; each with its reason.
    Unreachable(Vec<Attempt>),
    /// The socket could not be prepared.
    Prepare(io::Error),
}

/// A server that could not be reached.
#[derive(Debug)]
pub struct Attempt {
    /// Its address.
    pub address: String,
    /// Why.
    pub error: AttemptError,
}

/// Why a server could not be reached.
#[derive(Debug)]
#[non_exhaustive]
pub enum AttemptError {
    /// The system says.
    Io(io::Error),
    /// The transport is unknown, or nothing that a client can use.
    Unsupported {
        /// Its name.
        transport: String,
    },
    /// A key that the transport needs is missing or does not make sense.
    Key {
        /// The key.
        key: &'static str,
        /// What is wrong.
        reason: &'static str,
    },
}

impl AttemptError {
    /// The system's number for it.
    pub(crate) fn errno(&self) -> Errno {
        match self {
            Self::Io(error) => error.raw_os_error().map_or(Errno::ETIMEDOUT, Errno::from_raw),
            Self::Unsupported { .. } | Self::Key { .. } => Errno::EINVAL,
        }
    }
}

impl From<Errno> for AttemptError {
    fn from(error: Errno) -> Self {
        Self::Io(error.into())
    }
}

impl fmt::Display for AttemptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => error.fmt(f),
            Self::Unsupported { transport } => f.write_str(why_unsupported(transport)),
            Self::Key { key, reason } => write!(f, "the key '{key}' {reason}"),
        }
    }
}

fn why_unsupported(transport: &str) -> &'static str {
    match transport {
        "unixexec" | "tcp" | "nonce-tcp" => "the transport is not built in",
        "autolaunch" => "autolaunch is not supported",
        "launchd" => "launchd is not supported",
        "systemd" => "the transport is for servers only",
        _ => "the transport is unknown",
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address { address, error } => write!(f, "'{address}' is no address: {error}"),
            Self::NoAddress => f.write_str("the address lists no server"),
            Self::NotSet { variable } => {
                let verb = if variable.contains(' ') { "are" } else { "is" };
                write!(
                    f,
                    "the environment does not say where the bus is: {variable} {verb} not set"
                )
            }
            Self::Unreachable(attempts) => {
                for (index, Attempt { address, error }) in attempts.iter().enumerate() {
                    let separator = if index == 0 { "" } else { "; " };
                    write!(f, "{separator}cannot connect to {address}: {error}")?;
                }
                Ok(())
            }
            Self::Prepare(error) => write!(f, "cannot prepare the socket: {error}"),
        }
    }
}

impl std::error::Error for OpenError {}

/// Why a connection has ended.
#[derive(Debug)]
pub struct ConnectionError {
    /// Where it led.
    pub address: String,
    /// How authentication was tried, if it was not over.
    pub handshake: Option<HandshakeAttempts>,
    /// What ended it.
    pub cause: Cause,
}

/// What ended a connection.
#[derive(Debug)]
#[non_exhaustive]
pub enum Cause {
    /// What the other side did.
    Session(SessionError),
    /// What the system did.
    Io {
        /// What was tried.
        doing: &'static str,
        /// What the system said.
        error: io::Error,
        /// The step of the handshake that the server had not finished; `None` once the connection was established.
        awaited: Option<Awaited>,
    },
    /// The server refused authentication in one go, and could then not be reached a second time.
    Reopen(Box<AttemptError>),
    /// The process forked: the connection belongs to the other one.
    Forked,
}

impl ConnectionError {
    /// Whether the server hung up before the connection was established. Later it has other reasons, such as its own end.
    fn is_refusal(&self) -> bool {
        match &self.cause {
            Cause::Session(SessionError::Closed { awaited, .. }) => awaited.is_some(),
            Cause::Io { error, awaited, .. } => {
                awaited.is_some()
                    && matches!(
                        error.kind(),
                        io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe
                    )
            }
            _ => false,
        }
    }
}

impl fmt::Display for ConnectionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "connection to {}: ", self.address)?;
        match &self.cause {
            Cause::Session(error) => error.fmt(f)?,
            Cause::Io { doing, error, .. } => write!(f, "{doing}: {error}")?,
            Cause::Reopen(error) => write!(f, "cannot connect again: {error}")?,
            Cause::Forked => {
                f.write_str("it belongs to the process that this one was forked from")?
            }
        }
        if let Some(handshake) = self.handshake {
            write!(f, " (authentication was {handshake})")?;
        }
        if self.is_refusal() && self.address.ends_with("/systemd/private") {
            f.write_str(
                " (systemd hangs up on its private socket when it cannot see the process: \
                 another user's, or in another PID namespace)",
            )?;
        }
        Ok(())
    }
}

impl std::error::Error for ConnectionError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.cause {
            Cause::Session(error) => Some(error),
            Cause::Io { error, .. } => Some(error),
            Cause::Reopen(_) | Cause::Forked => None,
        }
    }
}

/// Why a call came to nothing.
#[derive(Debug)]
#[non_exhaustive]
pub enum CallError {
    /// The callee, or the bus, answered with an ERROR. The connection is fine.
    Remote {
        /// ERROR_NAME.
        name: String,
        /// The first argument, if it is a string: by convention a sentence.
        message: String,
    },
    /// No reply came, or none that could be believed. The connection is fine.
    NoReply(NoReply),
    /// The reply holds other types than expected, or is invalid. The connection is fine.
    Body(BodyError),
    /// The rule to subscribe with is none. The connection is fine.
    Rule(barebus_wire::match_rule::MatchRuleError),
    /// The call could not be sent. The connection is fine.
    Send(SendError),
    /// The connection has ended.
    Connection(Box<ConnectionError>),
}

impl CallError {
    /// The error's name, if it is the callee's answer.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Remote { name, .. } => Some(name),
            _ => None,
        }
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Remote { name, message } if message.is_empty() => f.write_str(name),
            Self::Remote { name, message } => write!(f, "{message} ({name})"),
            Self::NoReply(reason) => reason.fmt(f),
            Self::Body(error) => write!(f, "the reply cannot be used: {error}"),
            Self::Rule(error) => error.fmt(f),
            Self::Send(error) => error.fmt(f),
            Self::Connection(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for CallError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Remote { .. } => None,
            Self::NoReply(error) => Some(error),
            Self::Body(error) => Some(error),
            Self::Rule(error) => Some(error),
            Self::Send(error) => Some(error),
            Self::Connection(error) => Some(&**error),
        }
    }
}

impl From<BodyError> for CallError {
    fn from(error: BodyError) -> Self {
        Self::Body(error)
    }
}

impl From<barebus_wire::DecodeError> for CallError {
    fn from(error: barebus_wire::DecodeError) -> Self {
        Self::Body(error.into())
    }
}

impl From<Box<ConnectionError>> for CallError {
    fn from(error: Box<ConnectionError>) -> Self {
        Self::Connection(error)
    }
}

impl From<Box<ConnectionError>> for ConnectionError {
    fn from(error: Box<ConnectionError>) -> Self {
        *error
    }
}

impl From<ConnectionError> for CallError {
    fn from(error: ConnectionError) -> Self {
        Self::Connection(Box::new(error))
    }
}
