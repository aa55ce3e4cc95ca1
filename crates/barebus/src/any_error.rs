//! One error that all others convert into.

use std::fmt;
use std::io;

use barebus_sasl::{GuidError, SaslError};
use barebus_session::{FdsError, NoReply, SendError, SessionError};
use barebus_wire::address::AddressError;
use barebus_wire::match_rule::{InvalidRule, MatchRuleError};
use barebus_wire::name::NameError;
use barebus_wire::{
    BodyError, DecodeError, EncodeError, EntryError, LayoutError, PreparedError, SignatureError,
    TypeError,
};

use crate::error::{AttemptError, CallError, Cause, ConnectionError, OpenError};
use crate::observer::ObservedTooLate;
use barebus_wire::name::InvalidName;

/// Any error of this crate, of the crates under it, and of the crates that are built on it. All of them convert into it with `?`.
///
/// All errors follow one rule: the text of an error says the cause, too, and [`source`](std::error::Error::source) returns only what the
/// text does not say. So one line is enough for people, and whoever prints the chain of sources prints nothing twice. The causes are
/// variants and public fields.
///
/// The `Debug` of this type is its text, so a `main` that returns it prints one readable line:
///
/// ```no_run
/// use barebus::{Connection, Proxy};
///
/// fn main() -> Result<(), barebus::Error> {
///     let mut bus = Connection::session()?;
///     let mut proxy = Proxy::new(&mut bus, "org.example", "/org/example", "org.example.Calculator")?;
///     let (sum,): (i32,) = proxy.call("Add", &(2, 3))?.body()?;
///     println!("{sum}");
///     Ok(())
/// }
/// ```
#[non_exhaustive]
pub enum Error {
    /// No connection was opened.
    Open(OpenError),
    /// A call failed, or the connection has ended.
    Call(CallError),
    /// An operation of a crate that is built on this one failed.
    Operation {
        /// What was to be done: `GetUnitFileState of x.service`.
        operation: String,
        /// Why it failed.
        cause: Box<Self>,
        /// Who refused it and what to try, if that is known.
        hint: Option<String>,
    },
    /// A name, an address or a signature of the caller's is invalid.
    Invalid(Box<dyn std::error::Error + Send + Sync>),
    /// A value has another type than expected, or an entry of a dictionary cannot be read.
    Value(Box<dyn std::error::Error + Send + Sync>),
    /// An I/O error of the program itself, such as printing.
    Io(io::Error),
    /// An error of another crate, see [`Error::other`].
    Other(Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// An error of another crate, or a text: `bus.call(…).map_err(Error::other)`, `Err(Error::other("no such unit"))`.
    pub fn other(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Other(error.into())
    }

    /// Whether a deadline has passed: of connecting, of authentication, or of a call.
    pub fn is_timeout(&self) -> bool {
        match self {
            Self::Open(error) => error.is_timeout(),
            Self::Io(error) => error.kind() == io::ErrorKind::TimedOut,
            Self::Operation { cause, .. } => cause.is_timeout(),
            _ => self.call().is_some_and(CallError::is_timeout),
        }
    }

    /// Whether the connection has ended. Open another one.
    pub fn is_disconnected(&self) -> bool {
        self.call().is_some_and(CallError::is_disconnected)
    }

    /// ERROR_NAME, if the callee or the bus answered with an ERROR.
    pub fn remote_name(&self) -> Option<&str> {
        self.call()?.remote_name()
    }

    fn call(&self) -> Option<&CallError> {
        match self {
            Self::Call(error) => Some(error),
            Self::Operation { cause, .. } => cause.call(),
            _ => None,
        }
    }
}

impl OpenError {
    /// The error of two addresses that were tried in turn: the servers of both, if none could be reached.
    #[must_use]
    pub fn and_then(self, second: Self) -> Self {
        match (self, second) {
            (Self::Unreachable(mut attempts), Self::Unreachable(more)) => {
                attempts.extend(more);
                Self::Unreachable(attempts)
            }
            (_, second) => second,
        }
    }

    /// Whether one of the servers that were tried did not answer until the deadline had passed. With more time it may.
    pub fn is_timeout(&self) -> bool {
        let Self::Unreachable(attempts) = self else { return false };
        attempts.iter().any(|attempt| attempt.error.is_timeout())
    }
}

impl AttemptError {
    /// Whether the server was tried until the deadline had passed.
    pub fn is_timeout(&self) -> bool {
        matches!(self, Self::Io(error) if error.kind() == io::ErrorKind::TimedOut)
    }
}

impl ConnectionError {
    /// Whether the server did not finish authentication, or did not answer `Hello`, in time.
    pub fn is_timeout(&self) -> bool {
        let cause = self.cause.of_connection();
        matches!(cause, Cause::Session(SessionError::HandshakeTimedOut { .. }))
    }
}

impl CallError {
    /// Whether a deadline has passed: of the call, or of authentication.
    pub fn is_timeout(&self) -> bool {
        match self {
            Self::NoReply(reason) => *reason == NoReply::TimedOut,
            Self::Connection(error) => error.is_timeout(),
            _ => false,
        }
    }

    /// Whether the connection has ended. Every later call fails with the same error; open another connection.
    pub const fn is_disconnected(&self) -> bool {
        matches!(self, Self::Connection(_) | Self::Send(SendError::Ended(_)))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open(error) => error.fmt(f),
            Self::Call(error) => error.fmt(f),
            Self::Operation { operation, cause, hint: None } => write!(f, "{operation}: {cause}"),
            Self::Operation { operation, cause, hint: Some(hint) } => {
                write!(f, "{operation}: {cause}: {hint}")
            }
            Self::Invalid(error) | Self::Value(error) | Self::Other(error) => error.fmt(f),
            Self::Io(error) => error.fmt(f),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)?;
        let mut source = std::error::Error::source(self);
        while let Some(error) = source {
            write!(f, ": {error}")?;
            source = error.source();
        }
        Ok(())
    }
}

impl std::error::Error for Error {
    /// What the text does not say.
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Invalid(error) | Self::Value(error) | Self::Other(error) => error.source(),
            Self::Io(error) => error.source(),
            Self::Operation { cause, .. } => cause.source(),
            Self::Open(_) | Self::Call(_) => None,
        }
    }
}

impl From<OpenError> for Error {
    fn from(error: OpenError) -> Self {
        Self::Open(error)
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<EncodeError> for Error {
    fn from(error: EncodeError) -> Self {
        SendError::from(error).into()
    }
}

impl From<SendError> for Error {
    fn from(error: SendError) -> Self {
        Self::Call(CallError::Send(error))
    }
}

impl From<NoReply> for Error {
    fn from(error: NoReply) -> Self {
        Self::Call(CallError::NoReply(error))
    }
}

impl From<FdsError> for Error {
    fn from(error: FdsError) -> Self {
        NoReply::Fds(error).into()
    }
}

impl From<SessionError> for Error {
    fn from(error: SessionError) -> Self {
        SendError::Ended(Box::new(error)).into()
    }
}

impl From<SaslError> for Error {
    fn from(error: SaslError) -> Self {
        SessionError::Authentication(error).into()
    }
}

macro_rules! from {
    ($variant:ident: $($error:ty),*) => {
        $(
            impl From<$error> for Error {
                fn from(error: $error) -> Self {
                    Self::$variant(error.into())
                }
            }
        )*
    };
}

from!(Call: CallError, ConnectionError, InvalidName, InvalidRule, BodyError, DecodeError);
from!(Invalid: NameError, AddressError, SignatureError, MatchRuleError, LayoutError, PreparedError, GuidError, ObservedTooLate);
from!(Value: EntryError, TypeError);
