//! Refused input of each side, with the position and text of each error.

use barebus_sasl::{
    Client, Identity, MAX_COMPLAINTS, MAX_ERRORS_SENT, MAX_LINE, Mechanism, Options, Pacing,
    SaslError, SaslErrorKind, Server, ServerOptions, ServerState, State, Waiting,
};
use barebus_tests::sasl::{Side, UID, check_text, client_takes, guid, run};

const OK: &str = "OK a70c1178e836ccc6d4251f226b04381d\r\n";

fn options(pacing: Pacing) -> Options {
    let mechanisms = Mechanism::External(Identity::Uid(UID)).into();
    Options { mechanisms, negotiate_unix_fd: true, pacing }
}

fn server() -> Server {
    Server::new(ServerOptions {
        guid: guid(),
        external: true,
        anonymous: true,
        peer_uid: Some(UID),
        allow_unix_fd: true,
    })
}

/// The error text of a client for input from the server.
fn refusal(pacing: Pacing, bytes: &[u8]) -> String {
    let failed = client_takes(options(pacing), &[7], bytes).failed;
    failed.expect("the client refuses this").to_string()
}

#[test]
fn each_refusal_says_what_is_wrong_and_where() {
    for (bytes, words) in [
        (&b"OK\n"[..], "newline without carriage return at line 1, byte 2"),
        (b"\n", "newline without carriage return at line 1, byte 0"),
        (b"OK\rx", "carriage return without newline at line 1, byte 2"),
        (b"\r\r\n", "carriage return without newline at line 1, byte 0"),
        (b"OK \0", "unexpected NUL at line 1, byte 3"),
        (b"\0", "unexpected NUL at line 1, byte 0"),
        (b"OK \xc3\xa9", "byte 0xc3 is not ASCII at line 1, byte 3"),
        (b"\xff", "byte 0xff is not ASCII at line 1, byte 0"),
        (b"l", "byte 0x6c starts no authentication command at line 1, byte 0"),
        (b"HTTP/1.1 400\r\n", "malformed command at line 1, byte 4"),
        (b"\r\n", "malformed command at line 1, byte 0"),
        (b"OK\t1\r\n", "malformed command at line 1, byte 2"),
        (b"OK \x1b[2J\r\n", "the GUID is not 32 hex digits at line 1, byte 3"),
        (b"OK\r\n", "the GUID is not 32 hex digits at line 1, byte 2"),
        (b"REJECTED A  B\r\n", "malformed mechanism name at line 1, byte 9"),
        (b"REJECTED A\x07\r\n", "malformed mechanism name at line 1, byte 9"),
        (b"REJECTED ABC A\x07\r\n", "malformed mechanism name at line 1, byte 9"),
        (
            b"NO\r\nREJECTED KERBEROS_V4\r\n",
            "last mechanism rejected (the server offers unknown mechanisms) at line 2, byte 0",
        ),
        (
            b"REJECTED DBUS_COOKIE_SHA1 ANONYMOUS\r\n",
            "last mechanism rejected (the server offers ANONYMOUS DBUS_COOKIE_SHA1) at line 1, byte 0",
        ),
        (
            b"REJECTED\r\n",
            "last mechanism rejected (the server offers no mechanism by name) at line 1, byte 0",
        ),
    ] {
        assert_eq!(refusal(Pacing::StepByStep, bytes), words, "{}", bytes.escape_ascii());
    }
    let words = "byte 0x6c starts no authentication command at line 2, byte 0";
    assert_eq!(refusal(Pacing::StepByStep, format!("{OK}l\x02\x01\x01").as_bytes()), words);
    let words = "argument to a command that takes none at line 2, byte 14";
    assert_eq!(refusal(Pacing::StepByStep, format!("{OK}AGREE_UNIX_FD yes\r\n").as_bytes()), words);
}

#[test]
fn a_pipelined_client_names_the_command_that_it_did_not_expect() {
    for (line, command) in [
        ("ERROR \"no\"", "ERROR"),
        ("DATA 00", "DATA"),
        ("HELLO", "unknown command"),
        ("AGREE_UNIX_FD", "AGREE_UNIX_FD"),
        ("NEGOTIATE_UNIX_FD", "NEGOTIATE_UNIX_FD"),
        ("AUTH", "AUTH"),
    ] {
        let words = format!("unexpected {command} in state WaitingForOK at line 1, byte 0");
        assert_eq!(refusal(Pacing::Pipelined, format!("{line}\r\n").as_bytes()), words);
    }
    let second = format!("{OK}{OK}");
    assert_eq!(
        refusal(Pacing::Pipelined, second.as_bytes()),
        "unexpected OK in state WaitingForAgreeUnixFD at line 2, byte 0"
    );
    let empty = Mechanism::External(Identity::Empty).into();
    let options = Options { mechanisms: empty, ..options(Pacing::Pipelined) };
    let failed = client_takes(options, &[1], OK.as_bytes()).failed.unwrap();
    assert_eq!(failed.to_string(), "unexpected OK in state WaitingForData at line 1, byte 0");
}

#[test]
fn a_rejected_client_learns_what_the_server_offers() {
    let offer = |list: &str| {
        let line = format!("REJECTED {list}\r\n");
        let failed = client_takes(options(Pacing::Pipelined), &[3], line.as_bytes()).failed;
        match failed.map(|error| error.kind) {
            Some(SaslErrorKind::Rejected(offered)) => offered,
            other => panic!("{other:?}"),
        }
    };
    let offered = offer("DBUS_COOKIE_SHA1 ANONYMOUS");
    assert_eq!((offered.external(), offered.anonymous()), (false, true));
    assert_eq!((offered.dbus_cookie_sha1(), offered.other()), (true, false));
    assert!(!offered.allows(Mechanism::External(Identity::Empty)));
    assert!(offered.allows(Mechanism::Anonymous));
    let offered = offer("EXTERNAL_X");
    assert!(offered.other() && !offered.external());
    assert!(!offered.allows(Mechanism::External(Identity::Empty)));
    assert!(offer(&format!("{} EXTERNAL", "MECHANISM_".repeat(100))).external());
}

#[test]
fn an_error_is_small() {
    assert_eq!(size_of::<Result<(), SaslError>>(), 12);
}

#[test]
fn an_endless_line_is_refused_at_4_kib() {
    let line = [b'A'; 2 * MAX_LINE];
    for chunk in [1, 7, 4096, 8192] {
        let failed = run(Client::new(options(Pacing::StepByStep)), &line, &[chunk]).failed;
        let too_long = Some(SaslError { kind: SaslErrorKind::LineTooLong, at: 4096, line: 1 });
        assert_eq!(failed, too_long);
        let client = [b"\0", &line[..]].concat();
        assert_eq!(run(server(), &client, &[chunk]).failed, too_long);
    }
    let mut longest = [b"ERROR ", &line[..MAX_LINE - 8], b"\r\n"].concat();
    assert_eq!(longest.len(), MAX_LINE);
    let heard = client_takes(options(Pacing::StepByStep), &[100], &longest);
    assert_eq!((heard.taken, heard.state), (MAX_LINE, State::WaitingForReject));
    longest.insert(6, b'A');
    assert!(client_takes(options(Pacing::StepByStep), &[100], &longest).failed.is_some());
}

#[test]
fn no_byte_is_looked_at_twice_while_a_line_trickles_in() {
    let mut client = Client::new(options(Pacing::StepByStep));
    let mut bytes = Vec::new();
    for count in 1..MAX_LINE {
        bytes.push(b'E');
        assert_eq!(client.receive(&bytes), Ok(0));
        // A NUL: scanning the line again would refuse it.
        bytes[count - 1] = 0;
    }
    bytes.push(b'E');
    let error = client.receive(&bytes).unwrap_err();
    assert_eq!(error.kind, SaslErrorKind::LineTooLong);
}

#[test]
fn endless_commands_are_refused() {
    let lines = "EXTENSION_X\r\n".repeat(usize::from(MAX_ERRORS_SENT) + 1);
    let text = refusal(Pacing::StepByStep, lines.as_bytes());
    assert_eq!(text, "too many commands without progress at line 9, byte 0");

    let lines = format!("\0{}", "DATA\r\n".repeat(usize::from(MAX_COMPLAINTS) + 1));
    let heard = run(server(), lines.as_bytes(), &[100]);
    let expected = SaslError { kind: SaslErrorKind::TooManyErrors, at: 0, line: 17 };
    assert_eq!(heard.failed, Some(expected));
}

#[test]
fn a_server_gives_up_with_a_last_rejected() {
    let lines = format!("\0{}", "AUTH EXTERNAL 30\r\n".repeat(7));
    let heard = run(server(), lines.as_bytes(), &[usize::MAX]);
    let expected = SaslError { kind: SaslErrorKind::TooManyRejected, at: 0, line: 6 };
    assert_eq!(heard.failed, Some(expected));
    assert_eq!(heard.said, "REJECTED EXTERNAL ANONYMOUS\r\n".repeat(6).as_bytes());
}

#[test]
fn a_server_insists_on_nul_first() {
    for (bytes, error) in [
        (&b"AUTH\r\n"[..], "first byte is 0x41, not NUL, at line 1, byte 0"),
        (b"\n", "first byte is 0x0a, not NUL, at line 1, byte 0"),
        (b"\0\0AUTH\r\n", "unexpected NUL at line 1, byte 0"),
    ] {
        let failed = run(server(), bytes, &[1]).failed.unwrap();
        assert_eq!(failed.to_string(), error);
    }
}

/// Every answer of up to three bytes, except those that start with a refused answer. Returns the number of answers that were not refused.
fn every_short_answer(side: &impl Side, answer: &mut Vec<u8>) -> usize {
    let mut lives = 0;
    for byte in 0..=255 {
        answer.push(byte);
        let mut heard = side.clone();
        let result = heard.receive(answer);
        assert_eq!(heard.outcome(), None, "{answer:?}");
        match result {
            Err(error) => check_text(&error),
            // The only lines as short as this: commands of one letter that do not exist.
            Ok(3) => assert!(answer.ends_with(b"\r\n") && heard.output().ends_with(b"ERROR\r\n")),
            Ok(taken) => {
                assert_eq!(taken, 0, "{answer:?}");
                lives += 1;
                if answer.len() < 3 {
                    lives += every_short_answer(side, answer);
                }
            }
        }
        answer.pop();
    }
    lives
}

#[test]
fn no_answer_of_up_to_three_bytes_is_believed() {
    // One byte: a letter, `_` or `\r`. Two: after a letter any ASCII except NUL and `\n`. Three: the same, or `\r` as the third.
    let letters = 27;
    let text = 125;
    let lives = (letters + 1) + letters * (text + 1) + letters * text * (text + 1);
    for pacing in [Pacing::StepByStep, Pacing::Pipelined] {
        let client = Client::new(options(pacing));
        assert_eq!(every_short_answer(&client, &mut Vec::new()), lives);
    }
    let mut server = server();
    assert_eq!(server.receive(b"\0"), Ok(1));
    assert_eq!(every_short_answer(&server, &mut Vec::new()), lives);
}

#[test]
fn the_end_of_file_is_told_at_every_byte() {
    let bytes = format!("{OK}AGREE_UNIX_FD\r\n");
    for end in 0..bytes.len() {
        let mut client = Client::new(options(Pacing::Pipelined));
        let taken = client.receive(&bytes.as_bytes()[..end]).unwrap();
        let (line, state, taken_then) = match end {
            0..37 => (1, State::WaitingForOk, 0),
            _ => (2, State::WaitingForAgreeUnixFd, 37),
        };
        assert_eq!(taken, taken_then);
        let error = client.eof();
        assert_eq!(error.kind, SaslErrorKind::Eof(Waiting::Client(state)));
        assert_eq!(error.line, line);
        // A `\r` is scanned together with the byte after it.
        let scanned = end - taken - usize::from(bytes.as_bytes()[..end].ends_with(b"\r"));
        assert_eq!(usize::try_from(error.at), Ok(scanned));
    }
    let error = Client::new(options(Pacing::StepByStep)).eof();
    assert_eq!(error.to_string(), "connection closed in state WaitingForOK at line 1, byte 0");
    let waiting = Waiting::Server(ServerState::WaitingForAuth);
    assert_eq!(server().eof().kind, SaslErrorKind::Eof(waiting));
}
