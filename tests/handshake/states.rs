//! Every state against every command.

use barebus_sasl::{
    Client, Identity, Mechanism, Mechanisms, Options, Pacing, Server, ServerOptions,
};
use barebus_tests::sasl::{Side, guid, said};

/// The reaction of `side` to `line`: its state and output, or the name of the error.
fn reaction(mut side: impl Side, line: &str) -> String {
    match side.receive(format!("{line}\r\n").as_bytes()) {
        Ok(taken) => {
            assert_eq!(taken, line.len() + 2);
            let text = String::from_utf8(said(&mut side)).unwrap().replace("\r\n", ";");
            format!("{:?} {text}", side.state()).trim_end().to_owned()
        }
        Err(error) => {
            let name = format!("{:?}", error.kind);
            format!("!{}", name.split([' ', '(']).next().unwrap())
        }
    }
}

/// `side` after `lines`, with no output left.
fn after<S: Side>(mut side: S, lines: &str) -> S {
    assert_eq!(side.receive(lines.as_bytes()), Ok(lines.len()));
    said(&mut side);
    side
}

/// Compares a table whose rows are a command and the reaction to it in each state.
fn check<S: Side>(states: &[S], table: &[(&str, &[&str])]) {
    for (line, expected) in table {
        assert_eq!(expected.len(), states.len());
        for (state, expected) in states.iter().zip(*expected) {
            assert_eq!(reaction(state.clone(), line), *expected, "{line:?} in {:?}", state.state());
        }
    }
}

const OK: &str = "OK a70c1178e836ccc6d4251f226b04381d";

fn client(identity: Identity, pacing: Pacing) -> Client {
    let fallbacks = [Some(Mechanism::Anonymous), None, None];
    let mechanisms = Mechanisms { first: Mechanism::External(identity), fallbacks };
    Client::new(Options { mechanisms, negotiate_unix_fd: true, pacing })
}

#[test]
fn a_client_step_by_step_follows_the_specification() {
    let ok = |lines| after(client(Identity::Uid(0), Pacing::StepByStep), lines);
    let states = [
        after(client(Identity::Empty, Pacing::StepByStep), ""),
        ok(""),
        ok("ERROR\r\n"),
        ok(&format!("{OK}\r\n")),
    ];
    let anonymous = "WaitingForOk AUTH ANONYMOUS 62617265627573;";
    let agree = "WaitingForAgreeUnixFd NEGOTIATE_UNIX_FD;";
    let begin = "Done BEGIN;";
    let error = ["WaitingForData ERROR;", "WaitingForOk ERROR;", "!Unexpected", "!Unexpected"];
    let cancel = "WaitingForReject CANCEL;";
    let bad_list = "!BadMechanismList";
    check(
        &states,
        &[
            ("REJECTED ANONYMOUS", &[anonymous, anonymous, anonymous, "!Unexpected"]),
            ("REJECTED", &[anonymous, anonymous, anonymous, "!Unexpected"]),
            (
                "REJECTED EXTERNAL",
                &["!OutOfMechanisms", "!OutOfMechanisms", "!OutOfMechanisms", "!Unexpected"],
            ),
            ("REJECTED ", &[bad_list, bad_list, bad_list, "!Unexpected"]),
            (OK, &[agree, agree, "!Unexpected", "!Unexpected"]),
            ("OK", &["!BadGuid", "!BadGuid", "!Unexpected", "!Unexpected"]),
            ("OK a70c", &["!BadGuid", "!BadGuid", "!Unexpected", "!Unexpected"]),
            ("DATA", &["WaitingForOk DATA;", cancel, "!Unexpected", "!Unexpected"]),
            ("DATA ", &["WaitingForOk DATA;", cancel, "!Unexpected", "!Unexpected"]),
            ("DATA 00", &[error[0], cancel, "!Unexpected", "!Unexpected"]),
            ("DATA 0", &[error[0], cancel, "!Unexpected", "!Unexpected"]),
            ("DATA zz", &[error[0], cancel, "!Unexpected", "!Unexpected"]),
            ("ERROR", &[cancel, cancel, "!Unexpected", begin]),
            ("ERROR \"no\"", &[cancel, cancel, "!Unexpected", begin]),
            ("AGREE_UNIX_FD", &[error[0], error[1], "!Unexpected", begin]),
            ("AGREE_UNIX_FD ", &[error[0], error[1], "!Unexpected", "!SurplusArgument"]),
            ("AGREE_UNIX_FD 1", &[error[0], error[1], "!Unexpected", "!SurplusArgument"]),
            ("EXTENSION_X y", &error),
            ("AUTH EXTERNAL 30", &error),
            ("BEGIN", &error),
            ("_", &error),
            ("Ok", &["!MalformedCommand"; 4]),
            ("ok", &["!NoCommand"; 4]),
            ("", &["!MalformedCommand"; 4]),
            (" OK", &["!NoCommand"; 4]),
        ],
    );
}

#[test]
fn a_pipelined_client_gives_up_where_it_would_have_to_speak() {
    let data = client(Identity::Empty, Pacing::Pipelined);
    let ok = client(Identity::Uid(0), Pacing::Pipelined);
    let states = [after(data, ""), after(ok.clone(), ""), after(ok, &format!("{OK}\r\n"))];
    let unexpected = "!Unexpected";
    check(
        &states,
        &[
            ("REJECTED ANONYMOUS", &["!Rejected", "!Rejected", unexpected]),
            ("REJECTED", &["!Rejected", "!Rejected", unexpected]),
            (OK, &[unexpected, "WaitingForAgreeUnixFd", unexpected]),
            ("OK", &[unexpected, "!BadGuid", unexpected]),
            ("DATA", &["WaitingForOk", unexpected, unexpected]),
            ("DATA 00", &[unexpected; 3]),
            ("DATA 0", &[unexpected; 3]),
            ("ERROR", &[unexpected, unexpected, "Done"]),
            ("AGREE_UNIX_FD", &[unexpected, unexpected, "Done"]),
            ("AGREE_UNIX_FD 1", &[unexpected, unexpected, "!SurplusArgument"]),
            ("EXTENSION_X y", &[unexpected; 3]),
            ("BEGIN", &[unexpected; 3]),
        ],
    );
}

fn server(external: bool, anonymous: bool, allow_unix_fd: bool) -> Server {
    let mut server = Server::new(ServerOptions {
        guid: guid(),
        external,
        anonymous,
        peer_uid: Some(0),
        allow_unix_fd,
    });
    assert_eq!(server.receive(b"\0"), Ok(1));
    server
}

#[test]
fn a_server_follows_the_specification() {
    let both = server(true, true, true);
    let states = [
        both.clone(),
        after(both.clone(), "AUTH EXTERNAL\r\n"),
        after(both, "AUTH EXTERNAL 30\r\n"),
    ];
    let ok = "WaitingForBegin OK a70c1178e836ccc6d4251f226b04381d;";
    let rejected = "WaitingForAuth REJECTED EXTERNAL ANONYMOUS;";
    let error = ["WaitingForAuth ERROR;", "WaitingForData ERROR;", "WaitingForBegin ERROR;"];
    let surplus = "!SurplusArgument";
    check(
        &states,
        &[
            ("AUTH", &[rejected, error[1], error[2]]),
            ("AUTH KERBEROS_V4", &[rejected, error[1], error[2]]),
            ("AUTH  EXTERNAL", &[rejected, error[1], error[2]]),
            ("AUTH EXTERNAL", &["WaitingForData DATA;", error[1], error[2]]),
            ("AUTH EXTERNAL 30", &[ok, error[1], error[2]]),
            ("AUTH EXTERNAL 31", &[rejected, error[1], error[2]]),
            ("AUTH EXTERNAL 00", &[rejected, error[1], error[2]]),
            ("AUTH EXTERNAL 726f6f74", &[rejected, error[1], error[2]]),
            ("AUTH EXTERNAL 3", &error),
            ("AUTH EXTERNAL 30 ", &error),
            ("AUTH ANONYMOUS", &[ok, error[1], error[2]]),
            ("AUTH ANONYMOUS 62", &[ok, error[1], error[2]]),
            ("AUTH ANONYMOUS 6", &error),
            ("DATA", &[error[0], ok, error[2]]),
            ("DATA 30", &[error[0], ok, error[2]]),
            ("DATA 31", &[error[0], rejected, error[2]]),
            ("DATA 3", &error),
            ("CANCEL", &[error[0], rejected, rejected]),
            ("CANCEL 1", &[error[0], surplus, surplus]),
            ("ERROR", &[rejected; 3]),
            ("ERROR why", &[rejected; 3]),
            ("BEGIN", &["!Unexpected", "!Unexpected", "Done"]),
            ("BEGIN ", &["!Unexpected", "!Unexpected", surplus]),
            ("NEGOTIATE_UNIX_FD", &[error[0], error[1], "WaitingForBegin AGREE_UNIX_FD;"]),
            ("NEGOTIATE_UNIX_FD 1", &[error[0], error[1], surplus]),
            ("EXTENSION_X y", &error),
            ("OK", &error),
            ("auth", &["!NoCommand"; 3]),
            ("Auth", &["!MalformedCommand"; 3]),
        ],
    );
}

#[test]
fn a_server_offers_only_what_it_has() {
    let auth = |external, anonymous, line: &str| reaction(server(external, anonymous, true), line);
    // For any initial response: a trace or UID in hex, none, or text that is not hex.
    for response in ["", " ", " 30", " 3"] {
        let anonymous = format!("AUTH ANONYMOUS{response}");
        assert_eq!(auth(true, false, &anonymous), "WaitingForAuth REJECTED EXTERNAL;");
        assert_eq!(auth(false, false, &anonymous), "WaitingForAuth REJECTED;");
        let external = format!("AUTH EXTERNAL{response}");
        assert_eq!(auth(false, true, &external), "WaitingForAuth REJECTED ANONYMOUS;");
        assert_eq!(auth(false, false, &external), "WaitingForAuth REJECTED;");
    }
    assert_eq!(auth(false, false, "AUTH"), "WaitingForAuth REJECTED;");
    let begin = after(server(true, false, false), "AUTH EXTERNAL 30\r\n");
    assert_eq!(reaction(begin, "NEGOTIATE_UNIX_FD"), "WaitingForBegin ERROR;");
}

#[test]
fn a_server_forgets_who_cancelled() {
    let server = after(server(true, true, true), "AUTH EXTERNAL 30\r\nNEGOTIATE_UNIX_FD\r\n");
    assert_eq!(server.uid(), Some(0));
    let mut server = after(server, "CANCEL\r\n");
    assert_eq!(server.uid(), None);
    assert_eq!(server.receive(b"AUTH ANONYMOUS\r\nBEGIN\r\nl"), Ok(23));
    assert_eq!(
        (server.uid(), server.outcome().map(|outcome| outcome.unix_fd)),
        (None, Some(false))
    );
}

/// DBUS_COOKIE_SHA1 would read files of the home directory, which others may have written.
#[test]
fn cookies_are_neither_asked_for_nor_offered_nor_taken() {
    let answer = reaction(server(true, true, true), "AUTH DBUS_COOKIE_SHA1 30");
    assert_eq!(answer, "WaitingForAuth REJECTED EXTERNAL ANONYMOUS;");
    let client = client(Identity::Uid(0), Pacing::StepByStep);
    assert_eq!(reaction(after(client, ""), "REJECTED DBUS_COOKIE_SHA1"), "!OutOfMechanisms");
}
