//! The server's side.

use core::fmt;

use crate::client::Outcome;
use crate::command::{ClientCommand, Data};
use crate::error::{SaslError, Waiting};
use crate::fault::{Fault, Rule};
use crate::guid::Guid;
use crate::line::Lines;
use crate::mechanism::MAX_UID_DIGITS;
use crate::output::Output;

/// How often a server rejects a client before it gives up.
pub const MAX_REJECTED: u8 = 6;

/// How many lines that lead nowhere a server answers before it gives up: those answered with ERROR, and each NEGOTIATE_UNIX_FD.
pub const MAX_COMPLAINTS: u8 = 16;

/// All that a server can say in one conversation: each REJECTED with the OK or DATA before it, the last OK, and each answer that
/// leaves the state as it is.
const CAPACITY: usize = (MAX_REJECTED as usize + 1)
    * ("REJECTED EXTERNAL ANONYMOUS\r\n".len() + "OK \r\n".len() + 32 + DATA.len())
    + MAX_COMPLAINTS as usize * AGREE_UNIX_FD.len();

const DATA: &[u8] = b"DATA\r\n";
const ERROR: &[u8] = b"ERROR\r\n";
const AGREE_UNIX_FD: &[u8] = b"AGREE_UNIX_FD\r\n";

/// Whom a server lets in, and as what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServerOptions {
    /// The server's id.
    pub guid: Guid,
    /// Whether EXTERNAL is offered.
    pub external: bool,
    /// Whether ANONYMOUS is offered.
    pub anonymous: bool,
    /// The client's uid as the kernel reports it. Without one, EXTERNAL rejects everybody.
    pub peer_uid: Option<u32>,
    /// Whether to agree to passing of file descriptors.
    pub allow_unix_fd: bool,
}

/// The states of the server. Spec: Authentication state diagrams, server states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ServerState {
    /// AUTH is due (and before it, NUL).
    WaitingForAuth,
    /// A challenge is sent; the client's DATA is due.
    WaitingForData,
    /// OK is sent; BEGIN is due.
    WaitingForBegin,
    /// Authenticated: all that comes is message data.
    Done,
}

impl fmt::Display for ServerState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::WaitingForAuth => "WaitingForAuth",
            Self::WaitingForData => "WaitingForData",
            Self::WaitingForBegin => "WaitingForBegin",
            Self::Done => "Done",
        })
    }
}

/// The server's side of one conversation, for tests, scripted peers and fuzzing.
#[derive(Clone, Debug)]
pub struct Server {
    options: ServerOptions,
    state: ServerState,
    lines: Lines,
    output: Output<CAPACITY>,
    /// Whether the client's first byte, NUL, has come.
    begun: bool,
    /// Whom the client has proven to be; `None` while nobody, and for ANONYMOUS.
    uid: Option<u32>,
    unix_fd: bool,
    rejected: u8,
    complaints: u8,
    failed: Option<SaslError>,
}

impl Server {
    /// A conversation at its beginning; the client speaks first.
    pub fn new(options: ServerOptions) -> Self {
        Self {
            options,
            state: ServerState::WaitingForAuth,
            lines: Lines::new(),
            output: Output::new(),
            begun: false,
            uid: None,
            unix_fd: false,
            rejected: 0,
            complaints: 0,
            failed: None,
        }
    }

    /// Bytes to be written now; maybe none.
    pub fn output(&self) -> &[u8] {
        self.output.pending()
    }

    /// Says that `n` bytes of [`output`](Self::output) are written.
    pub fn advance_output(&mut self, n: usize) {
        self.output.advance(n);
    }

    /// Takes what the client sent; returns how many bytes it took. The others are to be handed in again, with those that come after
    /// them; once the state is [`ServerState::Done`], they are message data.
    ///
    /// # Errors
    /// The client broke a rule, or was rejected too often. What is in the output may still be written, then the connection is to
    /// be closed; every later call fails the same way.
    pub fn receive(&mut self, bytes: &[u8]) -> Result<usize, SaslError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        let mut taken = 0_usize;
        if !self.begun {
            match bytes.first() {
                None => return Ok(0),
                Some(0) => (self.begun, taken) = (true, 1),
                Some(&byte) => {
                    let error = SaslError::FirstByteNotNul { byte };
                    self.failed = Some(error);
                    return Err(error);
                }
            }
        }
        while self.failed.is_none() && self.state != ServerState::Done {
            let rest = bytes.get(taken..).unwrap_or_default();
            let answered = match self.lines.next(rest) {
                Ok(Some(line)) => self.answer(line),
                Ok(None) => break,
                Err(fault) => Err(fault),
            };
            match answered {
                Ok(()) => taken = taken.saturating_add(self.lines.pass()),
                Err(fault) => {
                    let waiting = Waiting::Server(self.state);
                    self.failed = Some(fault.tell(&self.lines, rest, waiting, None));
                }
            }
        }
        match &self.failed {
            Some(error) => Err(*error),
            None => Ok(taken),
        }
    }

    /// What is being waited for.
    pub fn state(&self) -> ServerState {
        self.state
    }

    /// The uid that the client has proven to have: EXTERNAL succeeded. `None` before that, and for ANONYMOUS.
    pub fn uid(&self) -> Option<u32> {
        self.uid
    }

    /// What it came to, once BEGIN is there.
    pub fn outcome(&self) -> Option<Outcome> {
        (self.state == ServerState::Done)
            .then_some(Outcome { guid: self.options.guid, unix_fd: self.unix_fd })
    }

    /// The error to report when the client closes the connection now: what had failed before, else what was waited for.
    pub fn eof(&self) -> SaslError {
        self.failed.unwrap_or(SaslError::Eof {
            waiting: Waiting::Server(self.state),
            at: self.lines.position(),
        })
    }

    fn answer(&mut self, line: &[u8]) -> Result<(), Fault> {
        use ClientCommand as Command;
        use ServerState::{Done, WaitingForAuth, WaitingForBegin, WaitingForData};

        match (self.state, Command::parse(line)?) {
            (WaitingForAuth, Command::Auth(b"EXTERNAL", Data::Empty)) if self.options.external => {
                self.output.push(DATA);
                self.state = WaitingForData;
                Ok(())
            }
            (WaitingForAuth, Command::Auth(b"EXTERNAL", response)) if self.options.external => {
                self.external(response)
            }
            (WaitingForAuth, Command::Auth(b"ANONYMOUS", Data::Malformed))
                if self.options.anonymous =>
            {
                self.complain(ERROR)
            }
            (WaitingForAuth, Command::Auth(b"ANONYMOUS", _)) if self.options.anonymous => {
                self.accept();
                Ok(())
            }
            (WaitingForAuth, Command::Auth(..) | Command::Error) => self.reject(),
            // Only EXTERNAL ever sends a challenge.
            (WaitingForData, Command::Data(response)) => self.external(response),
            (WaitingForBegin, Command::Begin) => {
                self.state = Done;
                Ok(())
            }
            (WaitingForBegin, Command::NegotiateUnixFd) if self.options.allow_unix_fd => {
                self.complain(AGREE_UNIX_FD)?;
                self.unix_fd = true;
                Ok(())
            }
            (WaitingForData | WaitingForBegin, Command::Cancel | Command::Error) => self.reject(),
            (WaitingForAuth | WaitingForData, Command::Begin) | (Done, _) => {
                Err(Rule::Unexpected.into())
            }
            _ => self.complain(ERROR),
        }
    }

    /// Judges who the client wants to be. The empty identity is whoever the kernel says.
    fn external(&mut self, response: Data<'_>) -> Result<(), Fault> {
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

    fn reject(&mut self) -> Result<(), Fault> {
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
            return Err(Rule::TooManyRejected.into());
        }
        Ok(())
    }

    /// Answers without changing the state.
    fn complain(&mut self, answer: &[u8]) -> Result<(), Fault> {
        if self.complaints == MAX_COMPLAINTS {
            return Err(Rule::TooManyErrors.into());
        }
        self.complaints = self.complaints.saturating_add(1);
        self.output.push(answer);
        Ok(())
    }
}

/// A uid from hex of decimal digits, and of nothing else: no sign, no space, no login name, no leading zero.
fn decimal(hex: &[u8]) -> Option<u32> {
    let mut digits = [0; MAX_UID_DIGITS];
    let digits = digits.get_mut(..hex.len() / 2)?;
    hex::decode_to_slice(hex, digits).ok()?;
    let leading_zero = matches!(digits, [b'0', _, ..]);
    if leading_zero || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    core::str::from_utf8(digits).ok()?.parse().ok()
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
        // The round that the capacity has beyond these is the one that succeeds.
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
