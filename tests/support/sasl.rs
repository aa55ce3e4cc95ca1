//! Properties that hold for every authentication handshake. Tests and fuzz targets call them.
#![allow(clippy::missing_panics_doc, reason = "a property fails by panicking")]

use core::fmt::Debug;

use barebus_sasl::{
    Client, Guid, Identity, MAX_LINE, Mechanism, Mechanisms, Options, Outcome, Pacing, SaslError,
    Server, ServerOptions, ServerState, State,
};

/// The id of the servers in these tests.
pub const GUID: &str = "a70c1178e836ccc6d4251f226b04381d";

/// The uid of the clients in these tests.
pub const UID: u32 = 1000;

/// [`GUID`], read.
pub fn guid() -> Guid {
    GUID.parse().unwrap()
}

/// Result of feeding bytes to one side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run<S> {
    /// Number of bytes that it took.
    pub taken: usize,
    /// Its whole output.
    pub said: Vec<u8>,
    /// Its state.
    pub state: S,
    /// Its outcome.
    pub outcome: Option<Outcome>,
    /// Its error.
    pub failed: Option<SaslError>,
}

/// The names that both sides share.
pub trait Side: Clone {
    /// Its states.
    type State: Debug + PartialEq;
    /// See [`Client::output`].
    fn output(&self) -> &[u8];
    /// See [`Client::advance_output`].
    fn advance_output(&mut self, n: usize);
    /// See [`Client::receive`].
    ///
    /// # Errors
    /// As there.
    fn receive(&mut self, bytes: &[u8]) -> Result<usize, SaslError>;
    /// See [`Client::state`].
    fn state(&self) -> Self::State;
    /// See [`Client::outcome`].
    fn outcome(&self) -> Option<Outcome>;
    /// See [`Client::eof`].
    fn eof(&self) -> SaslError;
}

macro_rules! side {
    ($side:ty, $state:ty) => {
        impl Side for $side {
            type State = $state;
            fn output(&self) -> &[u8] {
                self.output()
            }
            fn advance_output(&mut self, n: usize) {
                self.advance_output(n);
            }
            fn receive(&mut self, bytes: &[u8]) -> Result<usize, SaslError> {
                self.receive(bytes)
            }
            fn state(&self) -> $state {
                self.state()
            }
            fn outcome(&self) -> Option<Outcome> {
                self.outcome()
            }
            fn eof(&self) -> SaslError {
                self.eof()
            }
        }
    };
}

side!(Client, State);
side!(Server, ServerState);

/// Takes the whole output of a side.
pub fn said(side: &mut impl Side) -> Vec<u8> {
    let bytes = side.output().to_vec();
    side.advance_output(bytes.len());
    bytes
}

/// Feeds `bytes` in chunks of the given sizes, repeatedly. A size of 0 counts as 1.
pub fn run<S: Side>(mut side: S, bytes: &[u8], sizes: &[usize]) -> Run<S::State> {
    let mut output = said(&mut side);
    let (mut taken, mut arrived, mut failed) = (0, 0, None);
    let mut sizes = sizes.iter().cycle();
    while arrived < bytes.len() && side.outcome().is_none() {
        arrived = bytes.len().min(arrived + sizes.next().map_or(1, |&size| size.max(1)));
        let answer = side.receive(&bytes[taken..arrived]);
        output.extend(said(&mut side));
        match answer {
            Ok(n) => taken += n,
            Err(error) => {
                failed = Some(error);
                break;
            }
        }
        assert!(taken <= arrived, "took bytes that were not there");
    }
    check_rest(&mut side, &bytes[taken..arrived], failed);
    Run { taken, said: output, state: side.state(), outcome: side.outcome(), failed }
}

/// Checks the bytes that a side did not take.
fn check_rest(side: &mut impl Side, rest: &[u8], failed: Option<SaslError>) {
    if let Some(error) = failed {
        assert_eq!(side.receive(rest), Err(error), "an error lasts");
        assert_eq!(side.eof(), error);
        assert_eq!(side.outcome(), None);
        check_text(&error);
    } else {
        assert_eq!(side.receive(rest), Ok(0), "took more at a second look");
        assert!(side.output().is_empty());
        check_text(&side.eof());
        if side.outcome().is_none() {
            assert!(rest.len() < MAX_LINE, "waits for the end of a line that is too long");
            assert!(!rest.contains(&b'\n'), "waits although a line has ended");
        }
    }
}

/// An error is one line without control characters.
pub fn check_text(error: &SaslError) {
    let text = error.to_string();
    assert!(text.bytes().all(|byte| matches!(byte, b' '..=b'~')), "{text:?}");
    assert!(text.len() < 512 && !text.ends_with('.'), "{text:?}");
    assert!(text.starts_with(|first: char| first.is_ascii_lowercase()), "{text:?}");
}

/// The same bytes in other chunks: as a whole, byte by byte, and in the given sizes. All must agree.
fn run_alike<S: Side>(side: &S, bytes: &[u8], sizes: &[usize]) -> Run<S::State> {
    let whole = run(side.clone(), bytes, &[usize::MAX]);
    let single = run(side.clone(), bytes, &[1]);
    let chunked = run(side.clone(), bytes, sizes);
    // Lines taken before the one that failed are counted only when an earlier call took them.
    let comparable =
        |run: Run<S::State>| if run.failed.is_some() { Run { taken: 0, ..run } } else { run };
    let [whole, single, chunked] = [whole, single, chunked].map(comparable);
    assert_eq!(whole, single, "differs byte by byte");
    assert_eq!(whole, chunked, "differs in chunks of {sizes:?}");
    whole
}

/// The lines in bytes that are whole lines and nothing else.
fn lines(bytes: &[u8]) -> Vec<&str> {
    let text = core::str::from_utf8(bytes).expect("lines are ASCII");
    let Some(text) = text.strip_suffix("\r\n") else {
        assert!(text.is_empty(), "a line without its end: {text:?}");
        return Vec::new();
    };
    let lines: Vec<_> = text.split("\r\n").collect();
    assert!(lines.iter().all(|line| !line.contains(['\r', '\n', '\0'])), "{lines:?}");
    lines
}

fn options(choice: u8) -> Options {
    let mechanism = |choice| match choice & 3 {
        0 => Mechanism::External(Identity::Uid(UID)),
        1 => Mechanism::External(Identity::Uid(0)),
        2 => Mechanism::External(Identity::Empty),
        _ => Mechanism::Anonymous,
    };
    let fallback = (choice & 0x10 != 0).then(|| mechanism(choice >> 5));
    Options {
        mechanisms: Mechanisms { first: mechanism(choice), fallbacks: [None, fallback, None] },
        negotiate_unix_fd: choice & 4 != 0,
        pacing: if choice & 8 != 0 { Pacing::Pipelined } else { Pacing::StepByStep },
    }
}

fn server_options(choice: u8) -> ServerOptions {
    ServerOptions {
        guid: guid(),
        external: choice & 1 == 0,
        anonymous: choice & 2 == 0,
        peer_uid: [Some(UID), Some(0), None, Some(u32::MAX)][usize::from(choice >> 2 & 3)],
        allow_unix_fd: choice & 0x10 == 0,
    }
}

/// Splits the fuzzer's bytes: options, two sizes of chunks, and what the peer sends.
fn cut(data: &[u8]) -> (u8, [usize; 2], &[u8]) {
    match data {
        [choice, first, second, bytes @ ..] => {
            (*choice, [(*first).into(), (*second).into()], bytes)
        }
        _ => (0, [1, 1], data),
    }
}

/// For any input from a server, a client does not panic, does not depend on the chunks, takes no byte too many, and is never authenticated
/// without exactly one OK.
pub fn client_takes_anything(data: &[u8]) {
    let (choice, sizes, bytes) = cut(data);
    client_takes(options(choice), &sizes, bytes);
}

/// As [`client_takes_anything`], with separate options and chunks.
pub fn client_takes(options: Options, sizes: &[usize], bytes: &[u8]) -> Run<State> {
    let run = run_alike(&Client::new(options), bytes, sizes);
    assert_eq!(run.outcome.is_some(), run.state == State::Done);

    if options.pacing == Pacing::StepByStep {
        writes_one_line_at_a_time(Client::new(options), bytes);
    }

    let spoken = lines(run.said.strip_prefix(b"\0").expect("NUL is the first byte"));
    let begun = spoken.iter().position(|&line| line == "BEGIN");
    assert!(begun.is_none_or(|at| at + 1 == spoken.len()), "speaks after BEGIN: {spoken:?}");
    for line in &spoken {
        let is_known = ["CANCEL", "BEGIN", "DATA", "ERROR", "NEGOTIATE_UNIX_FD"].contains(line);
        let is_auth = line.starts_with("AUTH EXTERNAL") || line.starts_with("AUTH ANONYMOUS ");
        assert!(is_known || is_auth, "no command of ours: {line:?}");
        assert!(*line != "NEGOTIATE_UNIX_FD" || options.negotiate_unix_fd, "asks for too much");
    }

    if let Some(outcome) = run.outcome {
        assert!(begun.is_some());
        let heard = lines(&bytes[..run.taken]);
        let oks = heard.iter().filter_map(|line| line.strip_prefix("OK ")).collect::<Vec<_>>();
        assert_eq!(oks.len(), 1, "{heard:?}");
        assert!(oks[0].eq_ignore_ascii_case(&outcome.guid.to_string()));
        assert_eq!(
            outcome.unix_fd,
            heard.ends_with(&["AGREE_UNIX_FD"]) && options.negotiate_unix_fd
        );
    }
    run
}

/// Line by line, a client never writes a line before the answer to the previous line. The server answers one byte at a time to detect this.
fn writes_one_line_at_a_time(mut client: Client, bytes: &[u8]) {
    let mut unread = Vec::new();
    for byte in [None].into_iter().chain(bytes.iter().map(Some)) {
        unread.extend(byte);
        let result = client.receive(&unread);
        let said = said(&mut client);
        let ends = said.iter().filter(|byte| **byte == b'\n').count();
        assert!(ends <= 1, "pipelined: \"{}\"", said.escape_ascii());
        match result {
            Ok(taken) => drop(unread.drain(..taken)),
            Err(_) => return,
        }
    }
}

/// For any input from a client, a server does not panic, does not depend on the chunks, takes no byte too many, and accepts no client without its
/// own OK and the client's BEGIN.
pub fn server_takes_anything(data: &[u8]) {
    let (choice, sizes, bytes) = cut(data);
    server_takes(server_options(choice), &sizes, bytes);
}

/// As [`server_takes_anything`], with separate options and chunks.
pub fn server_takes(options: ServerOptions, sizes: &[usize], bytes: &[u8]) -> Run<ServerState> {
    let run = run_alike(&Server::new(options), bytes, sizes);
    assert_eq!(run.outcome.is_some(), run.state == ServerState::Done);

    let spoken = lines(&run.said);
    let ok = format!("OK {}", options.guid);
    for line in &spoken {
        let plain = ["DATA", "ERROR", "AGREE_UNIX_FD"].contains(line);
        assert!(plain || *line == ok || line.starts_with("REJECTED"), "{line:?}");
    }
    if let Some(outcome) = run.outcome {
        let heard = lines(bytes[..run.taken].strip_prefix(b"\0").expect("NUL came first"));
        assert_eq!(heard.last(), Some(&"BEGIN"));
        assert!(heard.iter().any(|line| line.starts_with("AUTH ")));
        assert!(spoken.contains(&ok.as_str()));
        assert!(!outcome.unix_fd || options.allow_unix_fd && spoken.contains(&"AGREE_UNIX_FD"));
    }
    run
}

/// Connects both sides, `size` bytes at a time, until neither has output. Returns the error of each.
pub fn converse(client: &mut Client, server: &mut Server, size: usize) -> [Option<SaslError>; 2] {
    let (mut to_server, mut to_client) = (Vec::new(), Vec::new());
    let mut failed = [None, None];
    loop {
        let moved = carry(client, server, &mut to_server, size, &mut failed[1])
            | carry(server, client, &mut to_client, size, &mut failed[0]);
        if !moved {
            assert!(failed[1].is_some() || to_server.is_empty(), "{to_server:?} is left");
            assert!(failed[0].is_some() || to_client.is_empty(), "{to_client:?} is left");
            return failed;
        }
    }
}

/// Transfers up to `size` bytes. Returns whether there were any.
fn carry(
    from: &mut impl Side,
    to: &mut impl Side,
    wire: &mut Vec<u8>,
    size: usize,
    failed: &mut Option<SaslError>,
) -> bool {
    let n = size.min(from.output().len());
    wire.extend_from_slice(&from.output()[..n]);
    from.advance_output(n);
    if n > 0 && failed.is_none() {
        match to.receive(wire) {
            Ok(taken) => drop(wire.drain(..taken)),
            Err(error) => *failed = Some(error),
        }
    }
    n > 0
}
