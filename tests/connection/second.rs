//! Servers that refuse authentication in one write: the client connects again and authenticates line by line.

use barebus::{CallError, Cause, Connection, Mechanism, Options, SaslErrorKind, SessionError};
use barebus_sasl::ServerOptions;
use barebus_tests::peer::{BUS, CLIENT, OWNER, Peer, server_options};
use barebus_tests::sasl::GUID;

use crate::scene::{SHORT, Script, method, patient, play_listening, works};

/// Answers the client's first bytes with `line`.
pub(crate) fn answering(line: &'static str) -> Script {
    Box::new(move |peer| {
        peer.read();
        peer.write(line.as_bytes());
        peer.drain();
    })
}

pub(crate) fn serving() -> Script {
    Box::new(Peer::serve_echo)
}

fn ending(connection: &mut Connection) -> SessionError {
    match connection.call(&method("Echo"), &("",)) {
        Err(CallError::Connection(error)) => match error.cause {
            Cause::Session(error) => error,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_second_attempt_line_by_line_carries_the_calls_that_were_queued() {
    for line in ["REJECTED EXTERNAL\r\n", "REJECTED\r\n", "ERROR\r\n", "EXTENSION_WAIT\r\n"] {
        play_listening(&patient(), "", vec![answering(line), serving()], |connection| {
            let first = connection.start_call(&method("Echo"), &("one",), Vec::new()).unwrap();
            let second = connection.start_call(&method("Echo"), &("two",), Vec::new()).unwrap();
            assert_eq!(connection.wait(second).unwrap().body::<(&str,)>().unwrap(), ("two",));
            assert_eq!(connection.wait(first).unwrap().body::<(&str,)>().unwrap(), ("one",));
            assert_eq!(connection.unique_name(), Some(CLIENT));
        });
    }
}

#[test]
fn a_call_made_after_the_refusal_came_is_made_on_the_second_connection() {
    play_listening(&patient(), "", vec![answering("REJECTED\r\n"), serving()], |connection| {
        // In an event loop the refusal arrives between two calls.
        while connection.session_state().error().is_none() {
            connection.process().unwrap();
        }
        works(connection);
    });
}

#[test]
fn whoever_refuses_twice_is_asked_no_third_time() {
    let scripts = vec![answering("REJECTED EXTERNAL\r\n"), answering("REJECTED ANONYMOUS\r\n")];
    let error = play_listening(&patient(), "", scripts, ending);
    assert!(
        matches!(&error, SessionError::Authentication(error)
            if matches!(error.kind, SaslErrorKind::OutOfMechanisms(_))),
        "{error:?}"
    );
}

#[test]
fn whoever_breaks_a_rule_or_hangs_up_is_asked_once_more() {
    let hanging_up: Script = Box::new(|peer| {
        peer.read();
        peer.hang_up();
    });
    let dropping: Script = Box::new(|peer| {
        peer.read();
    });
    let at_once: Script = Box::new(|_| {});
    for line in ["OK ?\r\n", "\n", "AGREE_UNIX_FD\r\n", "l\x02\x01\x01"] {
        play_listening(&patient(), "", vec![answering(line), serving()], works);
    }
    for first in [hanging_up, dropping, at_once] {
        play_listening(&patient(), "", vec![first, serving()], works);
    }
}

#[test]
fn a_rule_broken_line_by_line_ends_the_connection() {
    let bad = || answering("OK ?\r\n");
    for (options, scripts) in
        [(patient(), vec![bad(), bad()]), (patient().step_by_step(), vec![bad()])]
    {
        let error = play_listening(&options, "", scripts, ending);
        assert!(
            matches!(&error, SessionError::Authentication(error)
                if error.kind == SaslErrorKind::BadGuid),
            "{error:?}"
        );
    }
}

/// A server that reads one line at a time, like xdg-dbus-proxy 0.1.4.
#[test]
fn a_server_that_takes_no_two_lines_at_once_is_served_line_by_line() {
    fn strict(peer: &mut Peer) {
        if peer.authenticate_strictly() {
            peer.answer_hello();
            while let Some(call) = peer.called("Echo") {
                let reply = peer.echo(&call, Some(OWNER));
                peer.write(&reply);
            }
        }
    }
    play_listening(&patient(), "", vec![Box::new(strict), Box::new(strict)], works);
    play_listening(&patient().step_by_step(), "", vec![Box::new(strict)], works);
}

#[test]
fn a_server_that_says_nothing_is_asked_once_more() {
    // Half of it passes before the second attempt, the other half is for that attempt.
    let options = patient().handshake_timeout(SHORT * 40);
    let silent: Script = Box::new(|peer| peer.drain());
    play_listening(&options, "", vec![silent, serving()], works);
}

#[test]
fn an_error_tells_which_ways_were_tried() {
    let text = |options: &Options, scripts| {
        play_listening(options, "", scripts, |connection| {
            connection.establish().unwrap_err().to_string()
        })
    };
    let refusal = "REJECTED ANONYMOUS\r\n";
    let both = text(&patient(), vec![answering(refusal), answering(refusal)]);
    assert!(both.contains("tried in one go, then line by line"), "{both}");
    let step = text(&patient().step_by_step(), vec![answering(refusal)]);
    assert!(step.contains("tried line by line"), "{step}");
}

#[test]
fn a_server_that_is_gone_at_the_second_attempt_is_named() {
    play_listening(&patient(), "", vec![answering("REJECTED\r\n")], |connection| {
        // The listener is closed with its last script, which ends when the first connection does. Ours is then refused, or
        // not accepted and reset.
        let Err(CallError::Connection(error)) = connection.call(&method("Echo"), &("",)) else {
            panic!("a call went through");
        };
        assert!(error.address.starts_with("unix:abstract="), "{error}");
        assert!(
            matches!(
                error.cause,
                Cause::Reopen(_) | Cause::Io { .. } | Cause::Session(SessionError::Closed { .. })
            ),
            "{error:?}"
        );
    });
}

#[test]
fn the_servers_guid_is_the_addresss_or_the_connection_ends() {
    let key = ",guid=00112233445566778899aabbccddeeff";
    let error = play_listening(&patient(), key, vec![serving()], ending);
    let SessionError::Guid { expected, found } = error else { panic!("{error:?}") };
    assert_eq!(expected.to_string(), "00112233445566778899aabbccddeeff");
    assert_eq!(found.to_string(), GUID);

    let key = format!(",guid={GUID}");
    play_listening(&patient(), &key, vec![serving()], works);
}

#[test]
fn the_second_server_is_believed_no_more_than_the_first() {
    let second: Script = Box::new(|peer| {
        if peer.authenticate() {
            let hello = peer.receive().unwrap();
            let reply = peer.reply(&hello, Some(BUS), &("no unique name",));
            peer.write(&reply);
            peer.drain();
        }
    });
    let error = play_listening(&patient(), "", vec![answering("REJECTED\r\n"), second], ending);
    assert!(matches!(error, SessionError::HelloRefused { .. }), "{error:?}");
}

/// A server that only accepts clients without an identity.
fn anonymous() -> Script {
    let options = ServerOptions { anonymous: true, external: false, ..server_options(true) };
    Box::new(move |peer| {
        if peer.greet_as(options) {
            while let Some(call) = peer.called("Echo") {
                let reply = peer.echo(&call, Some(OWNER));
                peer.write(&reply);
            }
        }
    })
}

#[test]
fn anonymous_is_tried_when_asked_for_and_never_else() {
    let error = play_listening(&patient(), "", vec![anonymous(), anonymous()], ending);
    assert!(
        matches!(&error, SessionError::Authentication(error)
            if matches!(error.kind, SaslErrorKind::OutOfMechanisms(offered) if offered.anonymous())),
        "{error:?}"
    );
    let options = patient().mechanisms(Mechanism::Anonymous.into());
    play_listening(&options, "", vec![anonymous()], works);
    play_listening(&options.step_by_step(), "", vec![anonymous()], works);
}
