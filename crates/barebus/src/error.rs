//! Errors: of opening a connection, of a connection, and of one call.

use std::fmt;
use std::io;

use barebus_session::{Awaited, HandshakeAttempts, NoReply, SendError, SessionError};
use barebus_wire::match_rule::InvalidRule;
use barebus_wire::name::InvalidName;
use barebus_wire::{BodyError, Header, InterfaceName, ObjectPath};
use nix::errno::Errno;

/// Why no connection was opened.
///
/// ```no_run
/// use barebus::{Connection, OpenError};
///
/// match Connection::session() {
///     Ok(bus) => println!("connected to {}", bus.address()),
///     Err(OpenError::NotSet { variable }) => eprintln!("there is no session: {variable} is not set"),
///     Err(error) => eprintln!("{error}"),
/// }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum OpenError {
    /// The address is invalid.
    Address {
        /// The text.
        address: String,
        /// What is wrong with it.
        error: barebus_wire::address::AddressError,
    },
    /// The address lists no server.
    NoAddress,
    /// The environment variable that says where the bus is, is not set, is not UTF-8, or is ignored in a privileged program.
    NotSet {
        /// The variable's name.
        variable: &'static str,
    },
    /// None of the servers that the address lists could be reached; the reason for each.
    Unreachable(Vec<Attempt>),
    /// The container is not known to systemd-machined.
    Machine {
        /// Its name.
        name: String,
        /// Why its first process was not found.
        error: io::Error,
    },
    /// No capsule can have this name.
    Capsule {
        /// The name.
        name: String,
        /// What is wrong with it.
        error: io::Error,
    },
    /// The socket could not be prepared.
    Prepare(io::Error),
}

/// A server that could not be reached.
///
/// ```
/// use barebus::{AttemptError, Connection, OpenError};
///
/// let error = Connection::open("unix:path=/nowhere;launchd:env=X").unwrap_err();
/// let OpenError::Unreachable(attempts) = error else { unreachable!() };
/// assert_eq!(attempts.len(), 2);
/// assert_eq!(attempts[0].address, "unix:path=/nowhere");
/// assert!(matches!(&attempts[0].error, AttemptError::Io(_)));
/// assert!(matches!(&attempts[1].error, AttemptError::Unsupported { .. }));
/// ```
#[derive(Debug)]
pub struct Attempt {
    /// Its address.
    pub address: String,
    /// Why.
    pub error: AttemptError,
}

/// Why a server could not be reached; [`Attempt`] has an example.
#[derive(Debug)]
#[non_exhaustive]
pub enum AttemptError {
    /// A system call failed.
    Io(io::Error),
    /// The transport is unknown, is not built in, or is for servers only.
    Unsupported {
        /// Its name.
        transport: String,
    },
    /// A key that the transport needs is missing or has an unusable value.
    Key {
        /// The key.
        key: &'static str,
        /// What is wrong.
        reason: &'static str,
    },
}

impl AttemptError {
    /// The error number.
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

// The text says all that the cause says, so there is no source.
impl std::error::Error for AttemptError {}

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
            Self::Address { address, error } => write!(f, "'{address}' is not an address: {error}"),
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
            Self::Machine { name, error } => {
                write!(f, "cannot find the container '{name}': {error}")
            }
            Self::Capsule { name, error } => write!(f, "cannot find the capsule '{name}': {error}"),
            Self::Prepare(error) => write!(f, "cannot prepare the socket: {error}"),
        }
    }
}

impl std::error::Error for OpenError {}

/// Why a connection has ended.
///
/// ```no_run
/// use barebus::{Cause, Connection, SessionError};
///
/// let mut bus = Connection::system()?;
/// if let Err(error) = bus.establish() {
///     match &error.cause {
///         Cause::Session(SessionError::Authentication(_)) => eprintln!("we are not let in: {error}"),
///         _ => eprintln!("{error}"),
///     }
/// }
/// # Ok::<(), barebus::OpenError>(())
/// ```
#[derive(Debug)]
pub struct ConnectionError {
    /// The address of the server.
    pub address: String,
    /// How authentication was tried, if it was not complete.
    pub handshake: Option<HandshakeAttempts>,
    /// What ended it.
    pub cause: Cause,
}

/// What ended a connection; [`ConnectionError`] has an example.
#[derive(Debug)]
#[non_exhaustive]
pub enum Cause {
    /// The other side broke the protocol, refused us, or closed the connection.
    Session(SessionError),
    /// A system call failed.
    Io {
        /// What it was for.
        doing: &'static str,
        /// The error of the system.
        error: io::Error,
        /// The step of the handshake that the server had not finished; `None` once the connection was established.
        awaited: Option<Awaited>,
    },
    /// Authentication in one write failed, and the server could not be connected to again.
    Reopen(Box<AttemptError>),
    /// The process was forked: the connection belongs to the parent.
    Forked,
    /// The program of a `unixexec:` address has ended, or printed something.
    #[cfg(feature = "unixexec")]
    Program {
        /// What has become of it.
        program: crate::Program,
        /// How the connection saw it: no other `Program`.
        cause: Box<Cause>,
    },
}

impl Cause {
    /// How the connection saw it: not [`Program`](Self::Program).
    pub(crate) fn of_connection(&self) -> &Self {
        match self {
            #[cfg(feature = "unixexec")]
            Self::Program { cause, .. } => cause,
            cause => cause,
        }
    }
}

impl ConnectionError {
    /// Whether the server hung up before the connection was established. Later it has other reasons, such as its own end.
    fn is_refusal(&self) -> bool {
        match self.cause.of_connection() {
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
        self.cause.fmt(f)?;
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

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Session(error) => error.fmt(f),
            Self::Io { doing, error, .. } => write!(f, "{doing}: {error}"),
            Self::Reopen(error) => write!(f, "cannot connect again: {error}"),
            Self::Forked => f.write_str("it belongs to the process that this one was forked from"),
            #[cfg(feature = "unixexec")]
            Self::Program { program, cause } => write!(f, "{program} ({cause})"),
        }
    }
}

// The text says all that the cause says, so there is no source.
impl std::error::Error for ConnectionError {}

/// Why a call failed. Only [`Connection`](Self::Connection) is fatal; after the others the connection goes on.
///
/// ```no_run
/// use barebus::{Bus, CallError, Connection};
///
/// let mut bus = Connection::session()?;
/// match Bus::new(&mut bus).get_name_owner("org.example.Daemon") {
///     Ok(owner) => println!("{owner}"),
///     Err(CallError::Remote { name, .. }) if name.ends_with(".NameHasNoOwner") => println!("not running"),
///     Err(error) if error.is_timeout() => println!("the bus does not answer"),
///     Err(error) => return Err(error.into()),
/// }
/// # Ok::<(), barebus::Error>(())
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum CallError {
    /// The callee or the bus replied with an ERROR.
    Remote {
        /// ERROR_NAME.
        name: String,
        /// The first argument, if it is a string: by convention a text for people.
        message: String,
    },
    /// There is no reply, or none that can be believed.
    NoReply(NoReply),
    /// A reply or signal holds other types than expected, or is invalid.
    Body {
        /// What was read, and of which object: `org.example.Link.Mtu of /org/example`. `None` for the arguments of a
        /// [`Reply`](crate::Reply), which does not name its method.
        of: Option<Box<str>>,
        /// What is wrong.
        error: BodyError,
    },
    /// The match rule is invalid.
    Rule(InvalidRule),
    /// Text that was given as a name or a path is invalid.
    Name(InvalidName),
    /// The call was not sent.
    Send(SendError),
    /// The subscription has ended: with [`Connection::unsubscribe`](crate::Connection::unsubscribe), or because the bus ended it, which an
    /// earlier error or event reported.
    NotSubscribed,
    /// A subscription was used with another connection than the one that made it.
    OtherConnection,
    /// The connection has ended: every later call fails with the same error.
    Connection(Box<ConnectionError>),
}

impl CallError {
    /// ERROR_NAME, if the callee or the bus answered with an ERROR.
    pub fn remote_name(&self) -> Option<&str> {
        match self {
            Self::Remote { name, .. } => Some(name),
            _ => None,
        }
    }

    /// The error of a body that cannot be read: what `member` of `interface` of the object `path` returned or holds.
    #[cold]
    pub(crate) fn body(
        interface: InterfaceName<'_>,
        member: &str,
        path: ObjectPath<'_>,
        error: impl Into<BodyError>,
    ) -> Self {
        let of = format!("{interface}.{member} of {path}");
        Self::Body { of: Some(of.into()), error: error.into() }
    }

    /// The error of a signal whose body cannot be read; `header` is the signal's.
    #[cold]
    pub fn signal_body(header: &Header<'_>, error: BodyError) -> Self {
        match (header.interface, header.member, header.path) {
            (Some(interface), Some(member), Some(path)) => {
                Self::body(interface, member.as_str(), path, error)
            }
            // The header of a signal has them.
            _ => error.into(),
        }
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Remote { name, message } if message.is_empty() => f.write_str(name),
            Self::Remote { name, message } => write!(f, "{message} ({name})"),
            Self::NoReply(reason) => reason.fmt(f),
            Self::Body { of: Some(of), error } => write!(f, "cannot read {of}: {error}"),
            Self::Body { of: None, error } => write!(f, "the reply cannot be used: {error}"),
            Self::Rule(error) => error.fmt(f),
            Self::Name(error) => error.fmt(f),
            Self::Send(error) => error.fmt(f),
            Self::NotSubscribed => {
                f.write_str("cannot read signals of the subscription: it has ended")
            }
            Self::OtherConnection => {
                f.write_str("cannot read signals of a subscription: another connection made it")
            }
            Self::Connection(error) => error.fmt(f),
        }
    }
}

// As for `ConnectionError`.
impl std::error::Error for CallError {}

impl From<BodyError> for CallError {
    fn from(error: BodyError) -> Self {
        Self::Body { of: None, error }
    }
}

impl From<InvalidRule> for CallError {
    fn from(error: InvalidRule) -> Self {
        Self::Rule(error)
    }
}

impl From<InvalidName> for CallError {
    fn from(error: InvalidName) -> Self {
        Self::Name(error)
    }
}

impl From<barebus_wire::DecodeError> for CallError {
    fn from(error: barebus_wire::DecodeError) -> Self {
        BodyError::from(error).into()
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
