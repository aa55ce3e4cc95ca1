//! Why a conversation fails.

use core::fmt;

use crate::command::Command;
use crate::mechanism::Offered;
use crate::state::Waiting;

/// Why a conversation failed, and where in the peer's bytes.
///
/// Every error is final: the conversation cannot continue, and the connection must be closed. After an error with
/// [`Pacing::Pipelined`](crate::Pacing::Pipelined), a new connection with [`Pacing::StepByStep`](crate::Pacing::StepByStep)
/// may succeed.
///
/// ```
/// use barebus_sasl::{Client, Mechanism, Options, Pacing, SaslErrorKind};
///
/// let mut client = Client::new(Options {
///     mechanisms: Mechanism::Anonymous.into(),
///     negotiate_unix_fd: false,
///     pacing: Pacing::StepByStep,
/// });
/// let error = client.receive(b"OK no-guid\r\n").unwrap_err();
/// assert_eq!(error.kind, SaslErrorKind::BadGuid);
/// assert_eq!(error.line, 1);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SaslError {
    /// The rule that was broken.
    pub kind: SaslErrorKind,
    /// Offset in bytes within the line of what is at fault: a byte, the end of the command, or the argument. 0 if it is the line
    /// as a whole.
    pub at: u32,
    /// Number of the line, counted from 1.
    pub line: u32,
}

impl SaslError {
    #[cold]
    pub(crate) fn new(kind: SaslErrorKind, at: usize, line: u32) -> Self {
        Self { kind, at: u32::try_from(at).unwrap_or(u32::MAX), line }
    }
}

impl fmt::Display for SaslError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at line {}, byte {}", self.kind, self.line, self.at)
    }
}

impl core::error::Error for SaslError {}

/// The rule that a peer broke, or its reason to refuse.
///
/// ```
/// use barebus_sasl::{Client, Mechanism, Options, Pacing, SaslErrorKind};
///
/// let mut client = Client::new(Options {
///     mechanisms: Mechanism::Anonymous.into(),
///     negotiate_unix_fd: false,
///     pacing: Pacing::StepByStep,
/// });
/// match client.receive(b"REJECTED EXTERNAL\r\n").unwrap_err().kind {
///     SaslErrorKind::Rejected(offered) | SaslErrorKind::OutOfMechanisms(offered) => {
///         assert!(offered.external());
///     }
///     other => panic!("{other}"),
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SaslErrorKind {
    /// A line ends with `\n` alone.
    BareNewline,
    /// `\r` is not followed by `\n`.
    BareReturn,
    /// A line contains a NUL byte.
    Nul,
    /// A line contains this byte, which is not ASCII.
    NotAscii(u8),
    /// A line is longer than [`MAX_LINE`](crate::MAX_LINE).
    LineTooLong,
    /// A line starts with this byte, which starts no command: a message sent too early, or another protocol.
    NoCommand(u8),
    /// A command is empty, or a byte other than a space follows its `[A-Z_]+`.
    MalformedCommand,
    /// An argument follows a command that takes none.
    SurplusArgument,
    /// The argument of `OK` is not 32 hex digits.
    BadGuid,
    /// A mechanism name in `REJECTED` is empty or contains control characters.
    BadMechanismList,
    /// The command is not allowed in this state, and the conversation cannot continue after it. A pipelined client has already
    /// sent every line, so for it this is any command but the expected one.
    Unexpected {
        /// What the peer sent.
        command: Command,
        /// What was expected.
        waiting: Waiting,
    },
    /// The server rejected the only mechanism that a pipelined client can try.
    Rejected(Offered),
    /// The server rejected the last mechanism that the client can try. Contains the list of the first `REJECTED`: only that
    /// list counts.
    OutOfMechanisms(Offered),
    /// The peer sent too many lines that lead to no progress: [`MAX_ERRORS_SENT`](crate::MAX_ERRORS_SENT) to a client,
    /// [`MAX_COMPLAINTS`](crate::MAX_COMPLAINTS) to a server.
    TooManyErrors,
    /// The server rejected the client [`MAX_REJECTED`](crate::MAX_REJECTED) times. The last `REJECTED` is still in the output.
    TooManyRejected,
    /// The client's first byte is this one instead of NUL.
    FirstByteNotNul(u8),
    /// The peer closed the connection in this state.
    Eof(Waiting),
}

impl fmt::Display for SaslErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BareNewline => "newline without carriage return",
            Self::BareReturn => "carriage return without newline",
            Self::Nul => "unexpected NUL",
            Self::NotAscii(byte) => return write!(f, "byte {byte:#04x} is not ASCII"),
            Self::LineTooLong => "line is too long",
            Self::NoCommand(byte) => {
                return write!(f, "byte {byte:#04x} starts no authentication command");
            }
            Self::MalformedCommand => "malformed command",
            Self::SurplusArgument => "argument to a command that takes none",
            Self::BadGuid => "the GUID is not 32 hex digits",
            Self::BadMechanismList => "malformed mechanism name",
            Self::Unexpected { command, waiting } => {
                return write!(f, "unexpected {command} in state {waiting}");
            }
            Self::Rejected(offered) => return write!(f, "mechanism rejected ({offered})"),
            Self::OutOfMechanisms(offered) => {
                return write!(f, "last mechanism rejected ({offered})");
            }
            Self::TooManyErrors => "too many commands without progress",
            Self::TooManyRejected => "too many rejected attempts",
            Self::FirstByteNotNul(byte) => return write!(f, "first byte is {byte:#04x}, not NUL,"),
            Self::Eof(waiting) => return write!(f, "connection closed in state {waiting}"),
        })
    }
}
