//! One error that all others convert into.

use std::fmt;
use std::io;

use barebus_session::{SendError, SessionError};
use barebus_wire::address::AddressError;
use barebus_wire::match_rule::MatchRuleError;
use barebus_wire::name::NameError;
use barebus_wire::{BodyError, DecodeError, EncodeError, SignatureError};

use crate::error::{CallError, Cause, ConnectionError, OpenError};
use crate::names::InvalidName;

/// Any error of this crate and of the crates that are built on it. All of them convert into it with `?`.
///
/// Its `Debug` is the text of its `Display`, so a `main` that returns it prints one readable line:
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
    /// An operation that consists of calls failed.
    Operation {
        /// What was to be done: `GetUnitFileState of x.service`.
        operation: String,
        /// Why it failed.
        cause: CallError,
    },
    /// A name, an address or a signature of the caller's is invalid.
    Invalid(Box<dyn std::error::Error + Send + Sync>),
    /// An I/O error of the program itself, such as printing.
    Io(io::Error),
}

impl Error {
    /// Whether a deadline has passed: of connecting, of authentication, or of a call.
    pub fn is_timeout(&self) -> bool {
        match self {
            Self::Open(error) => error.is_timeout(),
            Self::Io(error) => error.kind() == io::ErrorKind::TimedOut,
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

    const fn call(&self) -> Option<&CallError> {
        match self {
            Self::Call(error) | Self::Operation { cause: error, .. } => Some(error),
            _ => None,
        }
    }
}

impl OpenError {
    /// Whether every server that the address lists was tried until the deadline had passed.
    pub fn is_timeout(&self) -> bool {
        use crate::error::AttemptError;

        let Self::Unreachable(attempts) = self else { return false };
        let is_late = |error: &AttemptError| matches!(error, AttemptError::Io(error) if error.kind() == io::ErrorKind::TimedOut);
        !attempts.is_empty() && attempts.iter().all(|attempt| is_late(&attempt.error))
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
            Self::NoReply(reason) => *reason == barebus_session::NoReply::TimedOut,
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
            Self::Operation { operation, cause } => write!(f, "{operation}: {cause}"),
            Self::Invalid(error) => error.fmt(f),
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
            Self::Invalid(error) => error.source(),
            Self::Io(error) => error.source(),
            Self::Open(_) | Self::Call(_) | Self::Operation { .. } => None,
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
        Self::Call(CallError::Send(error.into()))
    }
}

impl From<SendError> for Error {
    fn from(error: SendError) -> Self {
        Self::Call(CallError::Send(error))
    }
}

impl From<MatchRuleError> for Error {
    fn from(error: MatchRuleError) -> Self {
        Self::Call(CallError::Rule(error))
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

from!(Call: CallError, ConnectionError, InvalidName, BodyError, DecodeError);
from!(Invalid: NameError, AddressError, SignatureError);
