//! What no side takes, with the place and the words of each refusal.

use barebus_sasl::{
    Client, Identity, MAX_COMPLAINTS, MAX_ERRORS_SENT, MAX_LINE, Mechanism, Options, Pacing,
    Position, SaslError, Server, ServerOptions, ServerState, State, Waiting,
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

/// The words with which a client refuses what the server sends.
fn refusal(pacing: Pacing, bytes: &[u8]) -> String {
    let failed = client_takes(options(pacing), &[7], bytes).failed;
    failed.expect("the client refuses this").to_string()
}

#[test]
fn each_refusal_says_what_is_wrong_and_where() {
    for (bytes, words) in [
        (&b"OK\n"[..], "newline without carriage return at line 1, byte 2, after \"OK\""),
        (b"\n", "newline without carriage return at line 1, byte 0, after \"\""),
        (b"OK\rx", "carriage return without newline at line 1, byte 2, after \"OK\""),
        (b"\r\r\n", "carriage return without newline at line 1, byte 0, after \"\""),
        (b"OK \0", "unexpected NUL at line 1, byte 3, after \"OK \""),
        (b"\0", "unexpected NUL at line 1, byte 0, after \"\""),
        (b"OK \xc3\xa9", "byte 0xc3 is not ASCII at line 1, byte 3, after \"OK \""),
        (b"\xff", "byte 0xff is not ASCII at line 1, byte 0, after \"\""),
        (b"l", "byte 'l' begins no authentication command at line 1, byte 0"),
        (b"HTTP/1.1 400\r\n", "malformed command at line 1, byte 4: \"HTTP/1.1 400\""),
        (b"\r\n", "malformed command at line 1, byte 0: \"\""),
        (b"OK\t1\r\n", "malformed command at line 1, byte 2: \"OK\\t1\""),
        (b"OK \x1b[2J\r\n", "guid is not 32 hex digits at line 1, byte 3: \"OK \\x1b[2J\""),
        (b"OK\r\n", "guid is not 32 hex digits at line 1, byte 2: \"OK\""),
        (b"REJECTED A  B\r\n", "malformed mechanism name at line 1, byte 11: \"REJECTED A  B\""),
        (b"REJECTED A\x07\r\n", "malformed mechanism name at line 1, byte 9: \"REJECTED A\\x07\""),
        (
            b"AGREE_UNIX_FD yes\r\n",
            "argument to a command that takes none at line 1, byte 14: \"AGREE_UNIX_FD yes\"",
        ),
        (
            b"NO\r\nREJECTED KERBEROS_V4\r\n",
            "last mechanism rejected at line 2, byte 0, the server offers \"KERBEROS_V4\"",
        ),
        (
            b"REJECTED\r\n",
            "last mechanism rejected at line 1, byte 0, the server offers none by name",
        ),
    ] {
        assert_eq!(refusal(Pacing::StepByStep, bytes), words, "{}", bytes.escape_ascii());
    }
    for (bytes, words) in [
        (
            "REJECTED EXTERNAL\r\n",
            "authentication rejected at line 1, byte 0, the server offers \"EXTERNAL\"",
        ),
        (
            "ERROR \"no\"\r\n",
            "server answered AUTH with an error at line 1, byte 0: \"ERROR \\\"no\\\"\"",
        ),
        ("DATA 00\r\n", "challenge that cannot be answered at line 1, byte 0: \"DATA 00\""),
        ("HELLO\r\n", "unknown command at line 1, byte 0: \"HELLO\""),
        (
            "AGREE_UNIX_FD\r\n",
            "unexpected command in state WaitingForOK at line 1, byte 0: \"AGREE_UNIX_FD\"",
        ),
    ] {
        assert_eq!(refusal(Pacing::Pipelined, bytes.as_bytes()), words);
    }
    let second = format!("{OK}{OK}");
    assert_eq!(refusal(Pacing::Pipelined, second.as_bytes()), "second OK at line 2, byte 0");
    let glued = format!("{OK}l\x02\x01\x01");
    assert_eq!(
        refusal(Pacing::StepByStep, glued.as_bytes()),
        "byte 'l' begins no authentication command at line 2, byte 0"
    );
    let empty = Mechanism::External(Identity::Empty).into();
    let options = Options { mechanisms: empty, ..options(Pacing::Pipelined) };
    let failed = client_takes(options, &[1], OK.as_bytes()).failed.unwrap();
    assert_eq!(failed.to_string(), "early OK, DATA was due, at line 1, byte 0");
    assert!(failed.step_by_step_may_help());
}

#[test]
fn a_rejected_client_is_told_what_the_server_would_take() {
    let offer = |list: &str| {
        let line = format!("REJECTED {list}\r\n");
        match client_takes(options(Pacing::Pipelined), &[3], line.as_bytes()).failed {
            Some(error @ SaslError::Rejected { offered, .. }) => {
                assert!(error.step_by_step_may_help());
                offered
            }
            other => panic!("{other:?}"),
        }
    };
    let offered = offer("DBUS_COOKIE_SHA1 ANONYMOUS");
    assert_eq!((offered.external, offered.anonymous), (false, true));
    assert_eq!(offered.list.as_bytes(), b"DBUS_COOKIE_SHA1 ANONYMOUS");
    assert!(!offered.allows(Mechanism::External(Identity::Empty)));
    let long = "MECHANISM_".repeat(100);
    let offered = offer(&format!("{long} EXTERNAL"));
    assert!(offered.external && offered.list.is_cut() && offered.list.as_bytes().len() <= 64);
    assert!(!offer("EXTERNAL_X").external);
}

#[test]
fn an_endless_line_is_refused_at_4_kib() {
    let line = [b'A'; 2 * MAX_LINE];
    for chunk in [1, 7, 4096, 8192] {
        let failed = run(Client::new(options(Pacing::StepByStep)), &line, &[chunk]).failed;
        let place = |error| match error {
            Some(SaslError::LineTooLong { at, line }) => (at, line.is_cut()),
            other => panic!("{other:?}"),
        };
        assert_eq!(place(failed), (Position { line: 1, byte: 4096 }, true));
        let client = [b"\0", &line[..]].concat();
        assert_eq!(place(run(server(), &client, &[chunk]).failed).0.byte, 4096);
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
        // Nothing would be so noisy as a NUL: who looked again would refuse it.
        bytes[count - 1] = 0;
    }
    bytes.push(b'E');
    assert!(matches!(client.receive(&bytes), Err(SaslError::LineTooLong { .. })));
}

#[test]
fn endless_commands_are_refused() {
    let lines = "EXTENSION_X\r\n".repeat(usize::from(MAX_ERRORS_SENT) + 1);
    let text = refusal(Pacing::StepByStep, lines.as_bytes());
    assert_eq!(text, "too many commands without meaning at line 9, byte 0: \"EXTENSION_X\"");

    let lines = format!("\0{}", "DATA\r\n".repeat(usize::from(MAX_COMPLAINTS) + 1));
    let heard = run(server(), lines.as_bytes(), &[100]);
    assert!(matches!(
        heard.failed,
        Some(SaslError::TooManyErrors { at: Position { line: 17, byte: 0 }, .. })
    ));
}

#[test]
fn a_server_gives_up_with_a_last_rejected() {
    let lines = format!("\0{}", "AUTH EXTERNAL 30\r\n".repeat(7));
    let heard = run(server(), lines.as_bytes(), &[usize::MAX]);
    assert!(matches!(
        heard.failed,
        Some(SaslError::TooManyRejected { at: Position { line: 6, byte: 0 } })
    ));
    assert_eq!(heard.said, "REJECTED EXTERNAL ANONYMOUS\r\n".repeat(6).as_bytes());
}

#[test]
fn a_server_insists_on_nul_first() {
    for (bytes, error) in [
        (&b"AUTH\r\n"[..], "first byte is 0x41, not NUL"),
        (b"\n", "first byte is 0x0a, not NUL"),
        (b"\0\0AUTH\r\n", "unexpected NUL at line 1, byte 0, after \"\""),
    ] {
        let failed = run(server(), bytes, &[1]).failed.unwrap();
        assert_eq!(failed.to_string(), error);
    }
}

/// Every answer of up to three bytes, but those that begin with an answer already refused. Returns how many were not refused.
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
    // One byte: a letter, `_` or `\r`. Two: behind a letter any ASCII but NUL and `\n`. Three: the same, or `\r` as the third.
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
        let SaslError::Eof { waiting, at } = client.eof() else { panic!("at byte {end}") };
        assert_eq!((waiting, at.line), (Waiting::Client(state), line));
        // A `\r` whose `\n` is due has not been settled yet.
        let looked_at = end - taken - usize::from(bytes.as_bytes()[..end].ends_with(b"\r"));
        assert_eq!(usize::try_from(at.byte), Ok(looked_at));
    }
    let error = Client::new(options(Pacing::StepByStep)).eof();
    assert_eq!(error.to_string(), "connection closed in state WaitingForOK at line 1, byte 0");
    let SaslError::Eof { waiting, .. } = server().eof() else { panic!() };
    assert_eq!(waiting, Waiting::Server(ServerState::WaitingForAuth));
}
