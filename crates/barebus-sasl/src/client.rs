//! The client's side.

use core::fmt;

use crate::command::ServerCommand;
use crate::error::{Offered, SaslError, Waiting};
use crate::fault::{Fault, Rule};
use crate::guid::Guid;
use crate::line::Lines;
use crate::mechanism::{Identity, Mechanism, Mechanisms, UidHex};
use crate::output::Output;

/// How often a client answers ERROR before it gives up.
pub const MAX_ERRORS_SENT: u8 = 8;

/// All that a client can say in one conversation: NUL; for each of four mechanisms the longest AUTH, DATA and CANCEL; each ERROR;
/// NEGOTIATE_UNIX_FD and BEGIN.
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

/// When the client's lines leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pacing {
    /// All at once, from NUL to BEGIN; the answers are checked as they come. One round trip. The first mechanism must succeed:
    /// after [`SaslError::step_by_step_may_help`] connect anew, step by step.
    Pipelined,
    /// Each line after the answer to the one before. BEGIN, which has no answer, leaves together with NEGOTIATE_UNIX_FD, whose
    /// answers both lead to it: so that the last answer tells that the server has read BEGIN, and no message need be sent before
    /// that. sd-bus servers leave message bytes lying that they read together with BEGIN.
    StepByStep,
}

/// How a client authenticates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Which mechanisms, in which order.
    pub mechanisms: Mechanisms,
    /// Whether to ask for passing of file descriptors; only for transports that can (Unix sockets).
    pub negotiate_unix_fd: bool,
    /// When the lines leave.
    pub pacing: Pacing,
}

/// The states of the client. Spec: Authentication state diagrams, client states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// AUTH is sent without a response; the server's challenge is due.
    WaitingForData,
    /// All that the mechanism has to say is sent; OK is due.
    WaitingForOk,
    /// CANCEL is sent; REJECTED is due.
    WaitingForReject,
    /// NEGOTIATE_UNIX_FD is sent; its answer is due.
    WaitingForAgreeUnixFd,
    /// Authenticated: all answers are there, all that comes is message data.
    Done,
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::WaitingForData => "WaitingForData",
            Self::WaitingForOk => "WaitingForOK",
            Self::WaitingForReject => "WaitingForReject",
            Self::WaitingForAgreeUnixFd => "WaitingForAgreeUnixFD",
            Self::Done => "Done",
        })
    }
}

/// What a conversation came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The server's id. Compare it with the address's `guid=`, where there is one.
    pub guid: Guid,
    /// Whether file descriptors may be passed.
    pub unix_fd: bool,
}

/// The client's side of one conversation.
#[derive(Clone, Debug)]
pub struct Client {
    options: Options,
    state: State,
    lines: Lines,
    output: Output<CAPACITY>,
    /// Index in `options.mechanisms.fallbacks` of the next to be tried.
    next_fallback: usize,
    /// What the first REJECTED offered: later ones are not looked at.
    offered: Option<Offered>,
    errors_sent: u8,
    guid: Option<Guid>,
    unix_fd: bool,
    failed: Option<SaslError>,
}

impl Client {
    /// A conversation at its beginning; the first bytes are in [`output`](Self::output).
    pub fn new(options: Options) -> Self {
        let mut client = Self {
            options,
            state: State::WaitingForOk,
            lines: Lines::new(),
            output: Output::new(),
            next_fallback: 0,
            offered: None,
            errors_sent: 0,
            guid: None,
            unix_fd: false,
            failed: None,
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

    /// Bytes to be written now; maybe none. Once the state is [`State::Done`] and this is empty, messages may be written.
    pub fn output(&self) -> &[u8] {
        self.output.pending()
    }

    /// Says that `n` bytes of [`output`](Self::output) are written.
    pub fn advance_output(&mut self, n: usize) {
        self.output.advance(n);
    }

    /// Takes what the server sent; returns how many bytes it took. The others are to be handed in again, with those that come after
    /// them; once the state is [`State::Done`], they are message data.
    ///
    /// An answer that arrives before its question is written counts as its answer: bytes carry no time.
    ///
    /// # Errors
    /// The server broke a rule, or will not let this client in. The connection is to be closed; every later call fails the same way.
    #[inline(never)]
    pub fn receive(&mut self, bytes: &[u8]) -> Result<usize, SaslError> {
        let mut taken = 0_usize;
        while self.failed.is_none() && self.state != State::Done {
            let rest = bytes.get(taken..).unwrap_or_default();
            let answered = match self.lines.next(rest) {
                Ok(Some(line)) => self.answer(line),
                Ok(None) => break,
                Err(fault) => Err(fault),
            };
            match answered {
                Ok(()) => taken += self.lines.pass(),
                Err(fault) => {
                    let waiting = Waiting::Client(self.state);
                    self.failed = Some(fault.tell(&self.lines, rest, waiting, self.offered));
                }
            }
        }
        match &self.failed {
            Some(error) => Err(*error),
            None => Ok(taken),
        }
    }

    /// What is being waited for.
    pub fn state(&self) -> State {
        self.state
    }

    /// What it came to, once the server's last answer is there. The closing BEGIN may then still be in the output.
    pub fn outcome(&self) -> Option<Outcome> {
        match (self.state, self.guid) {
            (State::Done, Some(guid)) => Some(Outcome { guid, unix_fd: self.unix_fd }),
            _ => None,
        }
    }

    /// The error to report when the server closes the connection now: what had failed before, else what was waited for.
    pub fn eof(&self) -> SaslError {
        self.failed.unwrap_or(SaslError::Eof {
            waiting: Waiting::Client(self.state),
            at: self.lines.position(),
        })
    }

    #[inline(never)]
    fn answer(&mut self, line: &[u8]) -> Result<(), Fault> {
        use ServerCommand as Command;
        use State::{Done, WaitingForAgreeUnixFd, WaitingForData, WaitingForOk, WaitingForReject};

        let pipelined = self.options.pacing == Pacing::Pipelined;
        match (self.state, Command::parse(line)?) {
            (WaitingForData, Command::Ok(_)) if pipelined => {
                return Err(Rule::OkWithoutChallenge.into());
            }
            (WaitingForData | WaitingForOk, Command::Ok(guid)) => {
                self.guid = Some(guid);
                self.state = Done;
                if self.options.negotiate_unix_fd {
                    self.say(NEGOTIATE_UNIX_FD);
                    self.state = WaitingForAgreeUnixFd;
                }
                self.say(BEGIN);
            }
            (WaitingForData | WaitingForOk | WaitingForReject, Command::Rejected(names)) => {
                self.offered.get_or_insert_with(|| Offered::new(names));
                if pipelined {
                    return Err(Rule::Rejected.into());
                }
                let mechanism = self.next_mechanism().ok_or(Rule::OutOfMechanisms)?;
                self.start(mechanism);
            }
            (WaitingForData, Command::EmptyData) => {
                self.say(DATA);
                self.state = WaitingForOk;
            }
            (WaitingForData | WaitingForOk, Command::EmptyData | Command::Data) if pipelined => {
                return Err(Rule::UnexpectedChallenge.into());
            }
            (WaitingForData | WaitingForOk, Command::Error) if pipelined => {
                return Err(Rule::Refused.into());
            }
            (WaitingForOk, Command::EmptyData | Command::Data)
            | (WaitingForData | WaitingForOk, Command::Error) => {
                self.say(CANCEL);
                self.state = WaitingForReject;
            }
            (WaitingForData | WaitingForOk, Command::AgreeUnixFd) if pipelined => {
                return Err(Rule::Unexpected.into());
            }
            (WaitingForData | WaitingForOk, Command::Unknown) if pipelined => {
                return Err(Rule::UnknownCommand.into());
            }
            // EXTERNAL has no answer to a challenge that says something, nor has anybody to one that is not hex.
            (WaitingForData, Command::Data)
            | (WaitingForData | WaitingForOk, Command::Unknown | Command::AgreeUnixFd) => {
                if self.errors_sent == MAX_ERRORS_SENT {
                    return Err(Rule::TooManyErrors.into());
                }
                self.errors_sent += 1;
                self.say(ERROR);
            }
            (WaitingForAgreeUnixFd, answer @ (Command::AgreeUnixFd | Command::Error)) => {
                self.unix_fd = answer == Command::AgreeUnixFd;
                self.state = Done;
            }
            (WaitingForAgreeUnixFd, Command::Ok(_)) => return Err(Rule::SecondOk.into()),
            (WaitingForReject | WaitingForAgreeUnixFd | Done, _) => {
                return Err(Rule::Unexpected.into());
            }
        }
        Ok(())
    }

    /// Says a line that a pipelined client has said long ago.
    fn say(&mut self, line: &[u8]) {
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
                self.output.push(UidHex::new(uid).as_bytes());
            }
            Mechanism::External(Identity::Empty) => self.state = State::WaitingForData,
            // Without a trace some servers send a challenge first.
            Mechanism::Anonymous => self.output.push(b" 62617265627573"),
        }
        self.output.push(b"\r\n");
    }

    fn next_mechanism(&mut self) -> Option<Mechanism> {
        let offered = self.offered.as_ref()?;
        while let Some(fallback) = self.options.mechanisms.fallbacks.get(self.next_fallback) {
            self.next_fallback += 1;
            if let Some(mechanism) = fallback.filter(|&mechanism| offered.allows(mechanism)) {
                return Some(mechanism);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
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
        // Less than the capacity by the four DATA of the empty identity, and the fourth CANCEL.
        assert_eq!(client.output().len(), CAPACITY - 4 * DATA.len() - CANCEL.len());
        assert!(client.output().ends_with(b"NEGOTIATE_UNIX_FD\r\nBEGIN\r\n"));
    }

    #[test]
    fn a_client_is_small() {
        assert!(size_of::<Client>() < 1024, "{}", size_of::<Client>());
    }
}
