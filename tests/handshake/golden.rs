//! Recorded conversations of this client with dbus-daemon, dbus-broker and sd-bus servers.

use barebus_sasl::{
    Client, Identity, Mechanism, Mechanisms, Options, Outcome, Pacing, SaslErrorKind, State,
};
use barebus_tests::sasl::{guid, said};

const EXTERNAL_ROOT: Mechanism = Mechanism::External(Identity::Uid(0));
const EXTERNAL_EMPTY: Mechanism = Mechanism::External(Identity::Empty);

/// The output and input of the client, in turn.
#[track_caller]
fn holds(
    mechanisms: impl Into<Mechanisms>,
    negotiate_unix_fd: bool,
    pacing: Pacing,
    turns: &[(&str, &str)],
) -> Client {
    let mechanisms = mechanisms.into();
    let mut client = Client::new(Options { mechanisms, negotiate_unix_fd, pacing });
    for (says, hears) in turns {
        assert_eq!(String::from_utf8(said(&mut client)).as_deref(), Ok(*says));
        assert_eq!(client.receive(hears.as_bytes()), Ok(hears.len()), "{hears:?}");
    }
    client
}

fn done(unix_fd: bool) -> Option<Outcome> {
    Some(Outcome { guid: guid(), unix_fd })
}

#[test]
fn dbus_daemon_agrees_step_by_step() {
    let client = holds(
        EXTERNAL_ROOT,
        true,
        Pacing::StepByStep,
        &[
            ("\0AUTH EXTERNAL 30\r\n", "OK a70c1178e836ccc6d4251f226b04381d\r\n"),
            ("NEGOTIATE_UNIX_FD\r\n", "AGREE_UNIX_FD\r\n"),
            ("BEGIN\r\n", ""),
        ],
    );
    assert_eq!(client.outcome(), done(true));
}

#[test]
fn dbus_daemon_agrees_in_one_write() {
    let client = holds(
        EXTERNAL_ROOT,
        true,
        Pacing::Pipelined,
        &[(
            "\0AUTH EXTERNAL 30\r\nNEGOTIATE_UNIX_FD\r\nBEGIN\r\n",
            "OK a70c1178e836ccc6d4251f226b04381d\r\nAGREE_UNIX_FD\r\n",
        )],
    );
    assert_eq!(client.outcome(), done(true));
}

#[test]
fn dbus_daemon_challenges_the_empty_identity() {
    let client = holds(
        EXTERNAL_EMPTY,
        false,
        Pacing::StepByStep,
        &[
            ("\0AUTH EXTERNAL\r\n", "DATA\r\n"),
            ("DATA\r\n", "OK a70c1178e836ccc6d4251f226b04381d\r\n"),
            ("BEGIN\r\n", ""),
        ],
    );
    assert_eq!(client.outcome(), done(false));
}

#[test]
fn dbus_broker_agrees_to_the_empty_identity_in_one_write() {
    let mut client = holds(
        EXTERNAL_EMPTY,
        true,
        Pacing::Pipelined,
        &[(
            "\0AUTH EXTERNAL\r\nDATA\r\nNEGOTIATE_UNIX_FD\r\nBEGIN\r\n",
            "DATA\r\nOK a70c1178e836ccc6d4251f226b04381d\r\nAGREE_UNIX_FD\r\n",
        )],
    );
    assert_eq!(client.outcome(), done(true));
    assert_eq!(said(&mut client), b"");
}

#[test]
fn an_sd_bus_server_that_takes_no_fds_is_still_usable() {
    let client = holds(
        EXTERNAL_EMPTY,
        true,
        Pacing::Pipelined,
        &[(
            "\0AUTH EXTERNAL\r\nDATA\r\nNEGOTIATE_UNIX_FD\r\nBEGIN\r\n",
            "DATA\r\nOK a70c1178e836ccc6d4251f226b04381d\r\nERROR\r\n",
        )],
    );
    assert_eq!(client.outcome(), done(false));
}

#[test]
fn an_old_sd_bus_server_that_says_ok_without_challenge_is_taken_step_by_step() {
    let client = holds(
        EXTERNAL_EMPTY,
        false,
        Pacing::StepByStep,
        &[("\0AUTH EXTERNAL\r\n", "OK a70c1178e836ccc6d4251f226b04381d\r\n"), ("BEGIN\r\n", "")],
    );
    assert_eq!(client.outcome(), done(false));
}

#[test]
fn an_sd_bus_server_rejects_without_naming_mechanisms() {
    let client = holds(
        Mechanisms { first: EXTERNAL_ROOT, fallbacks: [Some(Mechanism::Anonymous), None, None] },
        true,
        Pacing::StepByStep,
        &[
            ("\0AUTH EXTERNAL 30\r\n", "REJECTED\r\n"),
            ("AUTH ANONYMOUS 62617265627573\r\n", "OK a70c1178e836ccc6d4251f226b04381d\r\n"),
            ("NEGOTIATE_UNIX_FD\r\n", "AGREE_UNIX_FD\r\n"),
            ("BEGIN\r\n", ""),
        ],
    );
    assert_eq!(client.outcome(), done(true));
}

#[test]
fn systemd_rejects_a_pipelined_client_with_an_answer_to_each_line() {
    let mechanisms = Mechanism::External(Identity::Uid(77)).into();
    let pacing = Pacing::Pipelined;
    let mut client = Client::new(Options { mechanisms, negotiate_unix_fd: true, pacing });
    let error = client.receive(b"REJECTED\r\nERROR\r\nERROR\r\n").unwrap_err();
    assert_eq!((error.line, error.at), (1, 0));
    let SaslErrorKind::Rejected(offered) = error.kind else { panic!("{error}") };
    assert!(!offered.external() && offered.allows(EXTERNAL_EMPTY), "every mechanism may be tried");
}

#[test]
fn gdbus_sends_its_empty_challenge_with_a_space() {
    let client = holds(
        EXTERNAL_EMPTY,
        false,
        Pacing::StepByStep,
        &[
            ("\0AUTH EXTERNAL\r\n", "DATA \r\n"),
            ("DATA\r\n", "OK A70C1178E836CCC6D4251F226B04381D\r\n"),
        ],
    );
    assert_eq!(client.outcome(), done(false));
}

#[test]
fn falls_back_to_the_next_mechanism_that_is_offered() {
    let anonymous = Some(Mechanism::Anonymous);
    let client = holds(
        Mechanisms { first: EXTERNAL_ROOT, fallbacks: [anonymous, None, Some(EXTERNAL_EMPTY)] },
        false,
        Pacing::StepByStep,
        &[
            ("\0AUTH EXTERNAL 30\r\n", "REJECTED DBUS_COOKIE_SHA1 EXTERNAL\r\n"),
            ("AUTH EXTERNAL\r\n", "DATA\r\n"),
            ("DATA\r\n", "OK a70c1178e836ccc6d4251f226b04381d\r\n"),
            ("BEGIN\r\n", ""),
        ],
    );
    assert_eq!(client.outcome(), done(false));
}

#[test]
fn only_the_first_list_of_mechanisms_counts() {
    let fallbacks = [Some(EXTERNAL_EMPTY), Some(Mechanism::Anonymous), None];
    let mut client = holds(
        Mechanisms { first: EXTERNAL_ROOT, fallbacks },
        false,
        Pacing::StepByStep,
        &[("\0AUTH EXTERNAL 30\r\n", "REJECTED EXTERNAL\r\n"), ("AUTH EXTERNAL\r\n", "")],
    );
    let error = client.receive(b"REJECTED ANONYMOUS\r\n").unwrap_err();
    let SaslErrorKind::OutOfMechanisms(offered) = error.kind else { panic!("{error}") };
    assert!(offered.external() && !offered.anonymous());
}

#[test]
fn a_caller_that_wrote_more_than_there_was_loses_nothing() {
    let mechanisms = EXTERNAL_ROOT.into();
    let pacing = Pacing::StepByStep;
    let mut client = Client::new(Options { mechanisms, negotiate_unix_fd: true, pacing });
    client.advance_output(6);
    assert_eq!(client.output(), b"EXTERNAL 30\r\n");
    client.advance_output(usize::MAX);
    assert_eq!(client.output(), b"");
    assert_eq!(client.receive(b"OK a70c1178e836ccc6d4251f226b04381d\r\n"), Ok(37));
    assert_eq!(client.output(), b"NEGOTIATE_UNIX_FD\r\n");
}

#[test]
fn cancels_after_an_error_and_waits_to_be_rejected() {
    let client = holds(
        Mechanisms { first: EXTERNAL_ROOT, fallbacks: [Some(EXTERNAL_EMPTY), None, None] },
        false,
        Pacing::StepByStep,
        &[
            ("\0AUTH EXTERNAL 30\r\n", "EXTENSION_HELLO there\r\n"),
            ("ERROR\r\n", "ERROR \"not this way\"\r\n"),
            ("CANCEL\r\n", "REJECTED EXTERNAL\r\n"),
            ("AUTH EXTERNAL\r\n", "DATA 31\r\n"),
            ("ERROR\r\n", "DATA 3\r\n"),
            ("ERROR\r\n", "DATA\r\n"),
            ("DATA\r\n", "OK a70c1178e836ccc6d4251f226b04381d\r\n"),
            ("BEGIN\r\n", ""),
        ],
    );
    assert_eq!(client.outcome(), done(false));
}

#[test]
fn bytes_behind_the_last_answer_are_left_for_the_messages() {
    for (negotiate_unix_fd, pacing) in [
        (false, Pacing::StepByStep),
        (true, Pacing::StepByStep),
        (false, Pacing::Pipelined),
        (true, Pacing::Pipelined),
    ] {
        let answers = if negotiate_unix_fd {
            "OK a70c1178e836ccc6d4251f226b04381d\r\nAGREE_UNIX_FD\r\n"
        } else {
            "OK a70c1178e836ccc6d4251f226b04381d\r\n"
        };
        for surplus in ["l\x02\x01\x01\t\0\0\0", "B", "\r\n", "OK a\r\n", "AGREE_UNIX_FD\r\n"] {
            let mechanisms = EXTERNAL_ROOT.into();
            let mut client = Client::new(Options { mechanisms, negotiate_unix_fd, pacing });
            let bytes = format!("{answers}{surplus}");
            assert_eq!(client.receive(bytes.as_bytes()), Ok(answers.len()), "{bytes:?}");
            assert_eq!(client.state(), State::Done);
            assert_eq!(client.receive(surplus.as_bytes()), Ok(0));
            assert_eq!(client.outcome(), done(negotiate_unix_fd));
        }
    }
}
