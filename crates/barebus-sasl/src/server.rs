//! The server's side.

use crate::command::Command;
use crate::error::{SaslError, SaslErrorKind};
use crate::guid::Guid;
use crate::line::{Line, Lines};
use crate::output::Output;
use crate::state::{Outcome, ServerState, Waiting};

/// Number of `REJECTED` after which a server gives up.
pub const MAX_REJECTED: u8 = 6;

/// Number of lines without progress that a server answers before it gives up: those answered with `ERROR`, and each
/// `NEGOTIATE_UNIX_FD`.
pub const MAX_COMPLAINTS: u8 = 16;

/// Everything that a server can write in one conversation: each REJECTED with the OK and DATA before it, the last OK, and each
/// answer that does not change the state.
const CAPACITY: usize = (MAX_REJECTED as usize + 1)
    * ("REJECTED EXTERNAL ANONYMOUS\r\n".len() + "OK \r\n".len() + 32 + DATA.len())
    + MAX_COMPLAINTS as usize * AGREE_UNIX_FD.len();

const DATA: &[u8] = b"DATA\r\n";
const ERROR: &[u8] = b"ERROR\r\n";
const AGREE_UNIX_FD: &[u8] = b"AGREE_UNIX_FD\r\n";

/// How a server authenticates its client.
///
/// ```
/// use barebus_sasl::{Guid, Server, ServerOptions};
///
/// let mut server = Server::new(ServerOptions {
///     guid: Guid([7; 16]),
///     external: true,
///     anonymous: false,
///     peer_uid: Some(1000),
///     allow_unix_fd: false,
/// });
/// server.receive(b"\0AUTH EXTERNAL 31303030\r\nBEGIN\r\n")?;
/// assert_eq!(server.uid(), Some(1000));
/// # Ok::<(), barebus_sasl::SaslError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServerOptions {
    /// The server's GUID.
    pub guid: Guid,
    /// Whether EXTERNAL is offered.
    pub external: bool,
    /// Whether ANONYMOUS is offered.
    pub anonymous: bool,
    /// The client's uid as reported by the kernel. With `None`, EXTERNAL rejects every client.
    pub peer_uid: Option<u32>,
    /// Whether to agree to pass file descriptors.
    pub allow_unix_fd: bool,
}

/// The server's side of one conversation, for tests, scripted peers and fuzzing.
///
/// ```
/// use barebus_sasl::{Guid, Server, ServerOptions};
///
/// let mut server = Server::new(ServerOptions {
///     guid: "a70c1178e836ccc6d4251f226b04381d".parse()?,
///     external: true,
///     anonymous: false,
///     peer_uid: Some(1000),
///     allow_unix_fd: true,
/// });
/// let bytes = b"\0AUTH EXTERNAL 31303030\r\nNEGOTIATE_UNIX_FD\r\nBEGIN\r\nl\x01";
/// let taken = server.receive(bytes)?;
/// assert_eq!(server.output(), b"OK a70c1178e836ccc6d4251f226b04381d\r\nAGREE_UNIX_FD\r\n");
/// server.advance_output(server.output().len());
///
/// // What follows BEGIN is message data.
/// assert!(server.outcome().is_some());
/// assert_eq!(server.uid(), Some(1000));
/// assert_eq!(&bytes[taken..], b"l\x01");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Server {
    options: ServerOptions,
    state: ServerState,
    lines: Lines,
    output: Output<CAPACITY>,
    /// Whether the client's first byte, NUL, has arrived.
    has_nul: bool,
    /// The uid that EXTERNAL accepted.
    uid: Option<u32>,
    unix_fd: bool,
    rejected: u8,
    complaints: u8,
    failed: Option<SaslError>,
}

impl Server {
    /// Starts a conversation. The client writes first.
    pub fn new(options: ServerOptions) -> Self {
        Self {
            options,
            state: ServerState::WaitingForAuth,
            lines: Lines::new(),
            output: Output::new(),
            has_nul: false,
            uid: None,
            unix_fd: false,
            rejected: 0,
            complaints: 0,
            failed: None,
        }
    }

    /// Bytes to write now; may be empty.
    pub fn output(&self) -> &[u8] {
        self.output.pending()
    }

    /// Tells the conversation that `n` bytes of [`output`](Self::output) were written.
    pub fn advance_output(&mut self, n: usize) {
        self.output.advance(n);
    }

    /// Handles bytes from the client and returns how many were taken. Pass the remaining ones again, together with those that
    /// arrive next. In [`ServerState::Done`] the remaining bytes are message data.
    ///
    /// # Errors
    /// The client broke a rule, or was rejected too often. Write the remaining [`output`](Self::output), then close the
    /// connection. Every later call returns the same error.
    pub fn receive(&mut self, bytes: &[u8]) -> Result<usize, SaslError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        let mut lines = self.lines;
        let result = self.receive_nul(bytes).and_then(|nul| {
            let rest = bytes.get(nul..).unwrap_or_default();
            if self.state == ServerState::Done || rest.is_empty() {
                return Ok(nul);
            }
            let taken = lines.take(rest, |line| {
                self.answer(line)?;
                Ok(self.state == ServerState::Done)
            })?;
            Ok(nul + taken)
        });
        self.lines = lines;
        self.failed = result.err();
        result
    }

    /// The current state.
    pub fn state(&self) -> ServerState {
        self.state
    }

    /// The client's uid, once EXTERNAL has accepted it. `None` before that, and with ANONYMOUS.
    pub fn uid(&self) -> Option<u32> {
        self.uid
    }

    /// The result, once `BEGIN` has arrived.
    pub fn outcome(&self) -> Option<Outcome> {
        (self.state == ServerState::Done)
            .then_some(Outcome { guid: self.options.guid, unix_fd: self.unix_fd })
    }

    /// The error to report if the client closes the connection now: the error of [`receive`](Self::receive) if there was one,
    /// otherwise [`SaslErrorKind::Eof`].
    pub fn eof(&self) -> SaslError {
        let kind = SaslErrorKind::Eof(Waiting::Server(self.state));
        self.failed.unwrap_or(self.lines.error_here(kind))
    }

    /// Takes the NUL byte before the first line. Returns how many bytes were taken.
    fn receive_nul(&mut self, bytes: &[u8]) -> Result<usize, SaslError> {
        match bytes.first() {
            Some(0) if !self.has_nul => {
                self.has_nul = true;
                Ok(1)
            }
            Some(&byte) if !self.has_nul => {
                Err(self.lines.error_here(SaslErrorKind::FirstByteNotNul(byte)))
            }
            _ => Ok(0),
        }
    }

    fn answer(&mut self, line: &[u8]) -> Result<(), SaslErrorKind> {
        use ServerState::{Done, WaitingForAuth, WaitingForBegin, WaitingForData};

        let line = Line::parse(line)?;
        match (self.state, line.command) {
            (WaitingForAuth, Command::Auth) => self.auth(line.arguments.unwrap_or_default()),
            (WaitingForAuth, Command::Error) => self.reject(),
            // Only EXTERNAL sends a challenge.
            (WaitingForData, Command::Data) => self.external(Data::new(line.arguments)),
            (WaitingForBegin, Command::Begin) => {
                line.no_argument()?;
                self.state = Done;
                Ok(())
            }
            (WaitingForBegin, Command::NegotiateUnixFd) if self.options.allow_unix_fd => {
                line.no_argument()?;
                self.complain(AGREE_UNIX_FD)?;
                self.unix_fd = true;
                Ok(())
            }
            (WaitingForData | WaitingForBegin, Command::Cancel) => {
                line.no_argument()?;
                self.reject()
            }
            (WaitingForData | WaitingForBegin, Command::Error) => self.reject(),
            (WaitingForAuth | WaitingForData, Command::Begin) | (Done, _) => {
                let waiting = Waiting::Server(self.state);
                Err(SaslErrorKind::Unexpected { command: line.command, waiting })
            }
            _ => self.complain(ERROR),
        }
    }

    /// `AUTH` with a mechanism and its initial response. Both are missing if the client asks for the list of mechanisms.
    fn auth(&mut self, arguments: &[u8]) -> Result<(), SaslErrorKind> {
        let mut parts = arguments.splitn(2, |&byte| byte == b' ');
        let mechanism = parts.next().unwrap_or_default();
        match (mechanism, Data::new(parts.next())) {
            (b"EXTERNAL", Data::Empty) if self.options.external => {
                self.output.push(DATA);
                self.state = ServerState::WaitingForData;
                Ok(())
            }
            (b"EXTERNAL", response) if self.options.external => self.external(response),
            (b"ANONYMOUS", Data::Malformed) if self.options.anonymous => self.complain(ERROR),
            (b"ANONYMOUS", _) if self.options.anonymous => {
                self.accept();
                Ok(())
            }
            _ => self.reject(),
        }
    }

    /// Checks the identity that the client asks for. The empty identity is the user that the kernel reports.
    fn external(&mut self, response: Data<'_>) -> Result<(), SaslErrorKind> {
        let wanted = match response {
            Data::Malformed => return self.complain(ERROR),
            Data::Empty => self.options.peer_uid,
            Data::Hex(hex) => decimal(hex),
        };
        if wanted.is_none() || wanted != self.options.peer_uid {
            return self.reject();
        }
        self.uid = wanted;
        self.accept();
        Ok(())
    }

    fn accept(&mut self) {
        self.output.push(b"OK ");
        self.output.push(&self.options.guid.to_hex());
        self.output.push(b"\r\n");
        self.state = ServerState::WaitingForBegin;
    }

    fn reject(&mut self) -> Result<(), SaslErrorKind> {
        self.output.push(b"REJECTED");
        if self.options.external {
            self.output.push(b" EXTERNAL");
        }
        if self.options.anonymous {
            self.output.push(b" ANONYMOUS");
        }
        self.output.push(b"\r\n");
        (self.state, self.uid, self.unix_fd) = (ServerState::WaitingForAuth, None, false);
        self.rejected = self.rejected.saturating_add(1);
        if self.rejected == MAX_REJECTED {
            return Err(SaslErrorKind::TooManyRejected);
        }
        Ok(())
    }

    /// Answers without changing the state.
    fn complain(&mut self, answer: &[u8]) -> Result<(), SaslErrorKind> {
        if self.complaints == MAX_COMPLAINTS {
            return Err(SaslErrorKind::TooManyErrors);
        }
        self.complaints = self.complaints.saturating_add(1);
        self.output.push(answer);
        Ok(())
    }
}

/// A uid from the hex form of its decimal digits. A sign, a space, a login name or a leading zero is refused.
fn decimal(hex: &[u8]) -> Option<u32> {
    // ASCII digits are 0x30 to 0x39.
    let mut uid = 0_u32;
    for pair in hex.chunks(2) {
        let &[b'3', digit @ b'0'..=b'9'] = pair else {
            return None;
        };
        uid = uid.checked_mul(10)?.checked_add(u32::from(digit - b'0'))?;
    }
    let has_leading_zero = matches!(hex, [b'3', b'0', _, ..]);
    (!has_leading_zero && !hex.is_empty()).then_some(uid)
}

/// The argument of `DATA`, or the initial response of `AUTH`, as the server reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Data<'a> {
    Empty,
    /// Hex digits: an even number, at least two.
    Hex(&'a [u8]),
    /// An odd number of hex digits, or other bytes.
    Malformed,
}

impl<'a> Data<'a> {
    fn new(argument: Option<&'a [u8]>) -> Self {
        match argument {
            None | Some([]) => Self::Empty,
            Some(hex) if hex.len() % 2 == 0 && hex.iter().all(u8::is_ascii_hexdigit) => {
                Self::Hex(hex)
            }
            Some(_) => Self::Malformed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_conversation_fits_the_output() {
        let mut server = Server::new(ServerOptions {
            guid: Guid([7; 16]),
            external: true,
            anonymous: true,
            peer_uid: Some(0),
            allow_unix_fd: true,
        });
        assert_eq!(server.receive(b"\0"), Ok(1));
        let mut says = |line: &[u8]| server.receive(line);
        for round in 0..MAX_REJECTED {
            assert!(says(b"AUTH EXTERNAL\r\n").is_ok());
            assert!(says(b"DATA\r\n").is_ok());
            for _ in 0..if round == 0 { MAX_COMPLAINTS } else { 0 } {
                assert!(says(b"NEGOTIATE_UNIX_FD\r\n").is_ok());
            }
            assert_eq!(says(b"CANCEL\r\n").is_err(), round + 1 == MAX_REJECTED);
        }
        // The capacity has room for one round more: the one that succeeds.
        let round = DATA.len() + "OK \r\n".len() + 32 + "REJECTED EXTERNAL ANONYMOUS\r\n".len();
        assert_eq!(server.output().len(), CAPACITY - round);
        assert!(server.output().ends_with(b"REJECTED EXTERNAL ANONYMOUS\r\n"));
    }

    #[test]
    fn a_uid_is_decimal_digits_and_nothing_else() {
        assert_eq!(decimal(b"30"), Some(0));
        assert_eq!(decimal(b"31303030"), Some(1000));
        assert_eq!(decimal(b"34323934393637323935"), Some(u32::MAX));
        for (hex, text) in [
            (&b"34323934393637323936"[..], "4294967296"),
            (b"3030", "00"),
            (b"2b31", "+1"),
            (b"2d31", "-1"),
            (b"2031", " 1"),
            (b"3120", "1 "),
            (b"726f6f74", "root"),
            (b"3031323334353637383930", "01234567890"),
            (b"00", "NUL"),
        ] {
            assert_eq!(decimal(hex), None, "{text}");
        }
    }
}
