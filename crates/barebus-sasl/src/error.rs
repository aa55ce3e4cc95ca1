//! How a conversation can fail.

use core::fmt;

use crate::client::State;
use crate::command::Names;
use crate::mechanism::Mechanism;
use crate::server::ServerState;

/// A place in what the peer sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Number of the line, the first is 1.
    pub line: u32,
    /// Offset in bytes within the line.
    pub byte: u32,
}

impl Position {
    pub(crate) fn new(line: u32, byte: usize) -> Self {
        Self { line, byte: u32::try_from(byte).unwrap_or(u32::MAX) }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, byte {}", self.line, self.byte)
    }
}

/// The head of something that the peer sent: at most 64 bytes are kept, and shown with all but printable ASCII escaped.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Excerpt {
    bytes: [u8; Self::MAX],
    /// `kept <= MAX`
    kept: u8,
    cut: bool,
}

impl Excerpt {
    const MAX: usize = 64;
    const EMPTY: Self = Self { bytes: [0; Self::MAX], kept: 0, cut: false };

    pub(crate) fn new(bytes: &[u8]) -> Self {
        let mut this = Self { cut: bytes.len() > Self::MAX, ..Self::EMPTY };
        for (to, from) in this.bytes.iter_mut().zip(bytes) {
            *to = *from;
            this.kept = this.kept.saturating_add(1);
        }
        this
    }

    /// The bytes kept, as received.
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.kept)).unwrap_or_default()
    }

    /// Whether the peer sent more than was kept.
    pub const fn is_cut(&self) -> bool {
        self.cut
    }
}

impl fmt::Display for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}{}\"", self.as_bytes().escape_ascii(), if self.cut { "..." } else { "" })
    }
}

impl fmt::Debug for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The mechanisms that a server named with REJECTED.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offered {
    /// EXTERNAL is among them.
    pub external: bool,
    /// ANONYMOUS is among them.
    pub anonymous: bool,
    /// The names, separated by spaces; empty when the server named none.
    pub list: Excerpt,
}

impl Offered {
    pub(crate) const NONE: Self = Self { external: false, anonymous: false, list: Excerpt::EMPTY };

    pub(crate) fn new(names: Names<'_>) -> Self {
        let Names { list, external, anonymous } = names;
        Self { external, anonymous, list: Excerpt::new(list) }
    }

    /// Whether trying `mechanism` makes sense: the server named it, or named none at all.
    pub fn allows(&self, mechanism: Mechanism) -> bool {
        self.list.as_bytes().is_empty()
            || match mechanism {
                Mechanism::External(_) => self.external,
                Mechanism::Anonymous => self.anonymous,
            }
    }
}

impl fmt::Display for Offered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.list.as_bytes().is_empty() {
            f.write_str("the server offers none by name")
        } else {
            write!(f, "the server offers {}", self.list)
        }
    }
}

/// Which side waited, and for what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waiting {
    /// The client waited for the server.
    Client(State),
    /// The server waited for the client.
    Server(ServerState),
}

impl fmt::Display for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Client(state) => state.fmt(f),
            Self::Server(state) => state.fmt(f),
        }
    }
}

/// Why a conversation failed. None leaves it usable: the connection must be closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SaslError {
    /// A line ends with `\n` alone.
    BareNewline {
        /// Where the `\n` stands.
        at: Position,
        /// The line before it.
        line: Excerpt,
    },
    /// A `\r` without `\n` behind it.
    BareReturn {
        /// Where the `\r` stands.
        at: Position,
        /// The line before it.
        line: Excerpt,
    },
    /// A NUL within a line.
    Nul {
        /// Where the NUL stands.
        at: Position,
        /// The line before it.
        line: Excerpt,
    },
    /// A byte that is not ASCII.
    NotAscii {
        /// Where the byte stands.
        at: Position,
        /// The byte.
        byte: u8,
        /// The line before it.
        line: Excerpt,
    },
    /// A line longer than [`MAX_LINE`](crate::MAX_LINE).
    LineTooLong {
        /// Where the line would have had to end.
        at: Position,
        /// The line's head.
        line: Excerpt,
    },
    /// A line begins with a byte that begins no command: a message sent too early, or another protocol.
    NoCommand {
        /// Where the byte stands.
        at: Position,
        /// The byte.
        byte: u8,
    },
    /// A command is empty, or something other than a space follows its `[A-Z_]+`.
    MalformedCommand {
        /// Where the command breaks off.
        at: Position,
        /// The line.
        line: Excerpt,
    },
    /// An argument behind a command that takes none.
    SurplusArgument {
        /// Where the argument begins.
        at: Position,
        /// The line.
        line: Excerpt,
    },
    /// OK carries something other than 32 hex digits.
    BadGuid {
        /// Where the argument begins.
        at: Position,
        /// The line.
        line: Excerpt,
    },
    /// An empty name in REJECTED's list, or one with control characters.
    BadMechanismList {
        /// Where the name begins.
        at: Position,
        /// The line.
        line: Excerpt,
    },
    /// OK came a second time.
    SecondOk {
        /// Where it came.
        at: Position,
    },
    /// OK came where a pipelined client had counted on a DATA challenge, so its DATA is one answer too many.
    OkWithoutChallenge {
        /// Where it came.
        at: Position,
    },
    /// The server sent a challenge that a pipelined client cannot answer any more.
    UnexpectedChallenge {
        /// Where it came.
        at: Position,
        /// The line.
        line: Excerpt,
    },
    /// The server answered a pipelined client's AUTH with ERROR.
    Refused {
        /// Where it came.
        at: Position,
        /// The line.
        line: Excerpt,
    },
    /// A command that does not exist, sent to a pipelined client: it cannot answer ERROR any more.
    UnknownCommand {
        /// Where it came.
        at: Position,
        /// The line.
        line: Excerpt,
    },
    /// A command that the state has no place for, and after which the conversation cannot go on.
    Unexpected {
        /// What was waited for.
        waiting: Waiting,
        /// Where it came.
        at: Position,
        /// The line.
        line: Excerpt,
    },
    /// The server rejected a pipelined client's mechanism. The lines already sent behind it are lost with it.
    Rejected {
        /// Where it came.
        at: Position,
        /// What the server would take instead.
        offered: Offered,
    },
    /// The server rejected the last mechanism that the client has.
    OutOfMechanisms {
        /// Where it came.
        at: Position,
        /// What the server offered with its first REJECTED; only that list counts.
        offered: Offered,
    },
    /// The peer kept sending lines that can only be answered with ERROR.
    TooManyErrors {
        /// Where the line came that was one too many.
        at: Position,
        /// The line.
        line: Excerpt,
    },
    /// The client was rejected as often as a server puts up with. The last REJECTED is still in the output.
    TooManyRejected {
        /// Where the line came that was rejected last.
        at: Position,
    },
    /// The client's first byte is not NUL.
    FirstByteNotNul {
        /// What it is.
        byte: u8,
    },
    /// The peer closed the connection before the conversation was over.
    Eof {
        /// What was waited for.
        waiting: Waiting,
        /// Where the bytes ended.
        at: Position,
    },
}

impl SaslError {
    /// Whether a new connection with [`Pacing::StepByStep`](crate::Pacing::StepByStep) may succeed where this one failed: the server
    /// broke no rule, it only did not answer as a pipelined client had counted on.
    pub const fn step_by_step_may_help(&self) -> bool {
        matches!(
            self,
            Self::Rejected { .. }
                | Self::Refused { .. }
                | Self::OkWithoutChallenge { .. }
                | Self::UnexpectedChallenge { .. }
                | Self::UnknownCommand { .. }
        )
    }
}

impl fmt::Display for SaslError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BareNewline { at, line } => {
                write!(f, "newline without carriage return at {at}, after {line}")
            }
            Self::BareReturn { at, line } => {
                write!(f, "carriage return without newline at {at}, after {line}")
            }
            Self::Nul { at, line } => write!(f, "unexpected NUL at {at}, after {line}"),
            Self::NotAscii { at, byte, line } => {
                write!(f, "byte {byte:#04x} is not ASCII at {at}, after {line}")
            }
            Self::LineTooLong { at, line } => write!(f, "line is too long at {at}: {line}"),
            Self::NoCommand { at, byte } => {
                write!(f, "byte '{}' begins no authentication command at {at}", byte.escape_ascii())
            }
            Self::MalformedCommand { at, line } => write!(f, "malformed command at {at}: {line}"),
            Self::SurplusArgument { at, line } => {
                write!(f, "argument to a command that takes none at {at}: {line}")
            }
            Self::BadGuid { at, line } => write!(f, "guid is not 32 hex digits at {at}: {line}"),
            Self::BadMechanismList { at, line } => {
                write!(f, "malformed mechanism name at {at}: {line}")
            }
            Self::SecondOk { at } => write!(f, "second OK at {at}"),
            Self::OkWithoutChallenge { at } => write!(f, "early OK, DATA was due, at {at}"),
            Self::UnexpectedChallenge { at, line } => {
                write!(f, "challenge that cannot be answered at {at}: {line}")
            }
            Self::Refused { at, line } => {
                write!(f, "server answered AUTH with an error at {at}: {line}")
            }
            Self::UnknownCommand { at, line } => write!(f, "unknown command at {at}: {line}"),
            Self::Unexpected { waiting, at, line } => {
                write!(f, "unexpected command in state {waiting} at {at}: {line}")
            }
            Self::Rejected { at, offered } => {
                write!(f, "authentication rejected at {at}, {offered}")
            }
            Self::OutOfMechanisms { at, offered } => {
                write!(f, "last mechanism rejected at {at}, {offered}")
            }
            Self::TooManyErrors { at, line } => {
                write!(f, "too many commands without meaning at {at}: {line}")
            }
            Self::TooManyRejected { at } => write!(f, "too many attempts to authenticate at {at}"),
            Self::FirstByteNotNul { byte } => write!(f, "first byte is {byte:#04x}, not NUL"),
            Self::Eof { waiting, at } => write!(f, "connection closed in state {waiting} at {at}"),
        }
    }
}

impl core::error::Error for SaslError {}
