//! The client's side.

use crate::command::Command;
use crate::error::{SaslError, SaslErrorKind};
use crate::guid::Guid;
use crate::line::{Line, Lines};
use crate::mechanism::{Identity, Mechanism, Mechanisms, Offered};
use crate::output::Output;
use crate::state::{Outcome, State, Waiting};

/// Number of `ERROR` that a client sends before it gives up.
pub const MAX_ERRORS_SENT: u8 = 8;

/// Everything that a client can write in one conversation: NUL; for each of four mechanisms the longest AUTH, DATA and CANCEL;
/// each ERROR; NEGOTIATE_UNIX_FD and BEGIN.
const CAPACITY: usize = 1
    + 4 * ("AUTH EXTERNAL \r\n".len() + 20 + DATA.len() + CANCEL.len())
    + MAX_ERRORS_SENT as usize * ERROR.len()
    + NEGOTIATE_UNIX_FD.len()
    + BEGIN.len();

const DATA: &[u8] = b"DATA\r\n";
const CANCEL: &[u8] = b"CANCEL\r\n";
const ERROR: &[u8] = b"ERROR\r\n";
const NEGOTIATE_UNIX_FD: &[u8] = b"NEGOTIATE_UNIX_FD\r\n";
const BEGIN: &[u8] = b"BEGIN\r\n";

/// When the client's lines are written.
///
/// ```
/// use barebus_sasl::{Client, Identity, Mechanism, Options, Pacing};
///
/// let mut options = Options {
///     mechanisms: Mechanism::External(Identity::Uid(0)).into(),
///     negotiate_unix_fd: false,
///     pacing: Pacing::StepByStep,
/// };
/// assert_eq!(Client::new(options).output(), b"\0AUTH EXTERNAL 30\r\n");
/// options.pacing = Pacing::Pipelined;
/// assert_eq!(Client::new(options).output(), b"\0AUTH EXTERNAL 30\r\nBEGIN\r\n");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pacing {
    /// All at once, from NUL to `BEGIN`; the answers are checked as they arrive. This takes one round trip, and only the first
    /// mechanism is tried. Some servers and proxies cannot handle it. If it fails in any way before the conversation is over,
    /// open a new connection and use [`StepByStep`](Self::StepByStep).
    Pipelined,
    /// Each line after the answer to the line before: `AUTH`, then `NEGOTIATE_UNIX_FD`, then `BEGIN`. `BEGIN` has no answer, so
    /// the client cannot tell when the server has read it. Spec: Authentication Protocol, BEGIN.
    StepByStep,
}

/// How a client authenticates.
///
/// ```
/// use barebus_sasl::{Client, Identity, Mechanism, Options, Pacing};
///
/// let options = Options {
///     mechanisms: Mechanism::External(Identity::Uid(0)).into(),
///     negotiate_unix_fd: true,
///     pacing: Pacing::StepByStep,
/// };
/// assert_eq!(Client::new(options).output(), b"\0AUTH EXTERNAL 30\r\n");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// The mechanisms to try, in order.
    pub mechanisms: Mechanisms,
    /// Whether to ask for file descriptors to be passed. Only Unix sockets can pass them.
    pub negotiate_unix_fd: bool,
    /// When the lines are written.
    pub pacing: Pacing,
}

/// The client's side of one conversation.
///
/// ```
/// use barebus_sasl::{Client, Identity, Mechanism, Options, Pacing};
///
/// let mut client = Client::new(Options {
///     mechanisms: Mechanism::External(Identity::Uid(1000)).into(),
///     negotiate_unix_fd: true,
///     pacing: Pacing::StepByStep,
/// });
/// for (line, answer) in [
///     (&b"\0AUTH EXTERNAL 31303030\r\n"[..], &b"OK a70c1178e836ccc6d4251f226b04381d\r\n"[..]),
///     (b"NEGOTIATE_UNIX_FD\r\n", b"AGREE_UNIX_FD\r\n"),
/// ] {
///     assert_eq!(client.output(), line);
///     client.advance_output(line.len());
///     assert_eq!(client.receive(answer)?, answer.len());
/// }
/// assert_eq!(client.output(), b"BEGIN\r\n");
/// client.advance_output(client.output().len());
///
/// let outcome = client.outcome().expect("the conversation is over");
/// assert!(outcome.unix_fd);
/// # Ok::<(), barebus_sasl::SaslError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Client {
    /// Of the fallbacks, those that were not tried yet.
    options: Options,
    state: State,
    lines: Lines,
    output: Output<CAPACITY>,
    /// The list of the first `REJECTED`; later lists are ignored.
    offered: Option<Offered>,
    errors_sent: u8,
    guid: Option<Guid>,
    unix_fd: bool,
    failed: Option<SaslError>,
    /// What only a client does that waits for each answer; `None` if it is pipelined. A function, so that a program whose clients are all
    /// pipelined does not link it.
    step_by_step: Option<Answer>,
}

/// Answers a line that is no step forward.
type Answer = fn(&mut Client, &Line<'_>) -> Result<(), SaslErrorKind>;

impl Client {
    /// Starts a conversation. Its first bytes are in [`output`](Self::output).
    pub fn new(options: Options) -> Self {
        let mut client = Self {
            options,
            state: State::WaitingForOk,
            lines: Lines::new(),
            output: Output::new(),
            offered: None,
            errors_sent: 0,
            guid: None,
            unix_fd: false,
            failed: None,
            step_by_step: match options.pacing {
                Pacing::Pipelined => None,
                Pacing::StepByStep => Some(Self::answer_step_by_step),
            },
        };
        client.output.push(&[0]);
        client.start(options.mechanisms.first);
        if options.pacing == Pacing::Pipelined {
            if client.state == State::WaitingForData {
                client.output.push(DATA);
            }
            if options.negotiate_unix_fd {
                client.output.push(NEGOTIATE_UNIX_FD);
            }
            client.output.push(BEGIN);
        }
        client
    }

    /// Bytes to write now; may be empty. Messages may be written once [`outcome`](Self::outcome) is `Some` and this is empty.
    pub fn output(&self) -> &[u8] {
        self.output.pending()
    }

    /// Tells the conversation that `n` bytes of [`output`](Self::output) were written.
    pub fn advance_output(&mut self, n: usize) {
        self.output.advance(n);
    }

    /// Handles bytes from the server and returns how many were taken. Pass the remaining ones again, together with those that
    /// arrive next. In [`State::Done`] the remaining bytes are message data.
    ///
    /// An answer that arrives before its line was written is accepted: the bytes do not show when they were sent.
    ///
    /// # Errors
    /// The server broke a rule, or refused the client. Close the connection. Every later call returns the same error.
    #[inline(never)]
    pub fn receive(&mut self, bytes: &[u8]) -> Result<usize, SaslError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        if self.state == State::Done {
            return Ok(0);
        }
        let mut lines = self.lines;
        let result = lines.take(bytes, |line| {
            self.answer(line)?;
            Ok(self.state == State::Done)
        });
        self.lines = lines;
        self.failed = result.err();
        result
    }

    /// The current state.
    pub fn state(&self) -> State {
        self.state
    }

    /// The result, once the server's last answer has arrived. With [`Pacing::StepByStep`], `BEGIN` is then still in the
    /// [`output`](Self::output).
    pub fn outcome(&self) -> Option<Outcome> {
        match (self.state, self.guid) {
            (State::Done, Some(guid)) => Some(Outcome { guid, unix_fd: self.unix_fd }),
            _ => None,
        }
    }

    /// The error to report if the server closes the connection now: the error of [`receive`](Self::receive) if there was one,
    /// otherwise [`SaslErrorKind::Eof`].
    pub fn eof(&self) -> SaslError {
        let kind = SaslErrorKind::Eof(Waiting::Client(self.state));
        self.failed.unwrap_or(self.lines.error_here(kind))
    }

    #[inline(never)]
    fn answer(&mut self, line: &[u8]) -> Result<(), SaslErrorKind> {
        use State::{WaitingForAgreeUnixFd, WaitingForData, WaitingForOk};

        let line = Line::parse(line)?;
        match (self.state, line.command) {
            (WaitingForOk, Command::Ok) => self.accept(line.guid()?),
            // Some servers send a space after DATA.
            (WaitingForData, Command::Data) if line.arguments.unwrap_or_default().is_empty() => {
                self.write(DATA);
                self.state = WaitingForOk;
            }
            (WaitingForAgreeUnixFd, Command::AgreeUnixFd) => {
                line.no_argument()?;
                self.unix_fd = true;
                self.begin();
            }
            (WaitingForAgreeUnixFd, Command::Error) => self.begin(),
            _ => match self.step_by_step {
                Some(answer) => return answer(self, &line),
                None if self.may_be_rejected() && line.command == Command::Rejected => {
                    return Err(SaslErrorKind::Rejected(line.offered()?));
                }
                None => return Err(self.unexpected(&line)),
            },
        }
        Ok(())
    }

    /// Goes on after what is no step forward: with another mechanism, or by saying that the line was not understood.
    fn answer_step_by_step(&mut self, line: &Line<'_>) -> Result<(), SaslErrorKind> {
        use State::{WaitingForData, WaitingForOk};

        match (self.state, line.command) {
            // Old sd-bus servers send no challenge. A pipelined client has sent its DATA already, one line too many.
            (WaitingForData, Command::Ok) => self.accept(line.guid()?),
            (_, Command::Rejected) if self.may_be_rejected() => {
                let offered = *self.offered.get_or_insert(line.offered()?);
                let mut fallbacks = self.options.mechanisms.fallbacks.iter_mut();
                let next = fallbacks.find_map(|next| next.take_if(|next| offered.allows(*next)));
                self.start(next.ok_or(SaslErrorKind::OutOfMechanisms(offered))?);
            }
            // EXTERNAL has no response to a challenge with data, and no mechanism has one to a challenge that is not hex.
            (WaitingForData | WaitingForOk, Command::Error) | (WaitingForOk, Command::Data) => {
                self.write(CANCEL);
                self.state = State::WaitingForReject;
            }
            (WaitingForData | WaitingForOk, _) if self.errors_sent == MAX_ERRORS_SENT => {
                return Err(SaslErrorKind::TooManyErrors);
            }
            (WaitingForData | WaitingForOk, _) => {
                self.errors_sent += 1;
                self.write(ERROR);
            }
            _ => return Err(self.unexpected(line)),
        }
        Ok(())
    }

    /// Whether `REJECTED` is one of the answers that the client waits for.
    fn may_be_rejected(&self) -> bool {
        use State::{WaitingForData, WaitingForOk, WaitingForReject};

        matches!(self.state, WaitingForData | WaitingForOk | WaitingForReject)
    }

    fn unexpected(&self, line: &Line<'_>) -> SaslErrorKind {
        SaslErrorKind::Unexpected { command: line.command, waiting: Waiting::Client(self.state) }
    }

    /// `OK` has arrived: what follows is the negotiation of file descriptors, or `BEGIN`.
    fn accept(&mut self, guid: Guid) {
        self.guid = Some(guid);
        if self.options.negotiate_unix_fd {
            self.write(NEGOTIATE_UNIX_FD);
            self.state = State::WaitingForAgreeUnixFd;
        } else {
            self.begin();
        }
    }

    fn begin(&mut self) {
        self.write(BEGIN);
        self.state = State::Done;
    }

    /// Writes a line, unless the client is pipelined: then the line was written at the start.
    fn write(&mut self, line: &[u8]) {
        if self.options.pacing == Pacing::StepByStep {
            self.output.push(line);
        }
    }

    fn start(&mut self, mechanism: Mechanism) {
        self.output.push(b"AUTH ");
        self.output.push(mechanism.name().as_bytes());
        self.state = State::WaitingForOk;
        match mechanism {
            Mechanism::External(Identity::Uid(uid)) => {
                self.output.push(b" ");
                self.push_uid(uid);
            }
            Mechanism::External(Identity::Empty) => self.state = State::WaitingForData,
            // Without a trace some servers send a challenge first.
            Mechanism::Anonymous => self.output.push(b" 62617265627573"),
        }
        self.output.push(b"\r\n");
    }

    /// Pushes the uid's decimal digits, each as two hex digits. Calls itself for at most ten digits.
    fn push_uid(&mut self, uid: u32) {
        if uid >= 10 {
            self.push_uid(uid / 10);
        }
        // ASCII digits are 0x30 to 0x39.
        let ones = u8::try_from(uid % 10).unwrap_or_default();
        self.output.push(&[b'3', b'0' + ones]);
    }
}

#[cfg(test)]
mod tests {
    extern crate alloc;
    use super::*;

    #[test]
    fn the_longest_conversation_fits_the_output() {
        let mut client = Client::new(Options {
            mechanisms: Mechanisms {
                first: Mechanism::External(Identity::Uid(u32::MAX)),
                fallbacks: [Some(Mechanism::External(Identity::Uid(u32::MAX))); 3],
            },
            negotiate_unix_fd: true,
            pacing: Pacing::StepByStep,
        });
        let mut hears = |line: &[u8]| assert_eq!(client.receive(line), Ok(line.len()));
        for _ in 0..MAX_ERRORS_SENT {
            hears(b"NONSENSE\r\n");
        }
        for _ in 0..3 {
            hears(b"ERROR\r\n");
            hears(b"REJECTED\r\n");
        }
        hears(b"OK a70c1178e836ccc6d4251f226b04381d\r\n");
        hears(b"AGREE_UNIX_FD\r\n");
        // The capacity also has room for four DATA of the empty identity, and a fourth CANCEL.
        assert_eq!(client.output().len(), CAPACITY - 4 * DATA.len() - CANCEL.len());
        assert!(client.output().ends_with(b"NEGOTIATE_UNIX_FD\r\nBEGIN\r\n"));
    }

    #[test]
    fn a_uid_is_its_decimal_digits_in_hex() {
        for (uid, hex) in [
            (0, "30"),
            (9, "39"),
            (10, "3130"),
            (1000, "31303030"),
            (4_294_967_294, "34323934393637323934"),
            (u32::MAX, "34323934393637323935"),
        ] {
            let client = Client::new(Options {
                mechanisms: Mechanism::External(Identity::Uid(uid)).into(),
                negotiate_unix_fd: false,
                pacing: Pacing::StepByStep,
            });
            let auth = alloc::format!("\0AUTH EXTERNAL {hex}\r\n");
            assert_eq!(client.output(), auth.as_bytes(), "{uid}");
        }
    }

    #[test]
    fn a_client_is_small() {
        assert!(size_of::<Client>() < 1024, "{}", size_of::<Client>());
    }
}
