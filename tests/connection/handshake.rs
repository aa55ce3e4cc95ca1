//! Servers that break the rules of the handshake.

use std::os::fd::AsRawFd;
use std::thread;
use std::time::{Duration, Instant};

use barebus::wire::DecodeErrorKind;
use barebus::{
    Awaited, BusName, CallError, Cause, Connection, MatchRule, MemberName, MethodCall, NoReply,
    ObjectPath, Options, SaslErrorKind, SessionError,
};
use barebus_sasl::State;
use barebus_tests::peer::{BUS, CLIENT, OWNER, Peer};
use barebus_tests::sasl::GUID;

use crate::scene::{SHORT, hasty_handshake, method, patient, play, stage, with_time_enough, works};

/// The error of establishing the connection.
fn refusal(connection: &mut Connection) -> SessionError {
    match connection.establish().map_err(|error| error.cause) {
        Err(Cause::Session(error)) => error,
        other => panic!("{other:?}"),
    }
}

/// Plays a server that reads once, answers `bytes` and closes the connection.
fn answered(bytes: &[u8]) -> SessionError {
    let bytes = bytes.to_vec();
    let script = move |peer: &mut Peer| {
        peer.read();
        peer.write(&bytes);
        peer.hang_up();
        peer.drain();
    };
    play(&patient(), script, refusal)
}

fn ok() -> String {
    format!("OK {GUID}\r\n")
}

#[test]
fn gives_up_on_a_silent_server_in_time() {
    for options in [hasty_handshake(), hasty_handshake().step_by_step()] {
        let begin = Instant::now();
        let error = play(&options, Peer::drain, refusal);
        let awaited = Awaited::Authentication(State::WaitingForOk);
        assert_eq!(error, SessionError::HandshakeTimedOut { awaited });
        assert!(begin.elapsed() >= SHORT, "{:?}", begin.elapsed());
    }
}

/// The time limit bounds how long somebody waits for the server, not how long a connection may be left alone before it is used.
#[test]
fn a_connection_that_was_not_used_for_long_can_be_used() {
    type Use = fn(&mut Connection) -> Result<(), CallError>;
    let uses: [Use; 6] = [
        |bus| bus.call(&method("Echo"), &("text",)).map(drop),
        |bus| Ok(bus.establish()?),
        |bus| bus.flush(),
        |bus| bus.subscribe(&MatchRule::parse("type='signal'").unwrap()).map(drop),
        |bus| {
            let call = bus.start_call(&method("Echo"), &("text",), Vec::new())?;
            bus.wait(call).map(drop)
        },
        |bus| {
            let call = bus.start_call(&method("Echo"), &("text",), Vec::new())?;
            while bus.poll_reply(call)?.is_none() {
                bus.wait_for_input(None)?;
            }
            Ok(())
        },
    ];
    for (number, act) in uses.into_iter().enumerate() {
        // The first limit may be too short for a busy machine.
        let is_used = |limit: Duration| {
            play(&patient().handshake_timeout(limit), Peer::serve_echo, |bus| {
                thread::sleep(limit);
                match act(bus) {
                    Ok(()) => true,
                    Err(error) => {
                        assert!(error.is_timeout(), "{number}: {error}");
                        false
                    }
                }
            })
        };
        assert!([SHORT, SHORT * 8, SHORT * 64].into_iter().any(is_used), "{number}");
    }
}

/// Each byte arrives within the time limit, but the line never ends.
#[test]
fn gives_up_on_a_server_that_trickles() {
    let script = |peer: &mut Peer| {
        let line = format!("OK {}", "0".repeat(1000));
        peer.write_slowly(line.as_bytes(), 1, SHORT / 10);
        peer.drain();
    };
    let error = play(&hasty_handshake(), script, refusal);
    let awaited = Awaited::Authentication(State::WaitingForOk);
    assert_eq!(error, SessionError::HandshakeTimedOut { awaited });
}

#[test]
fn ends_with_the_first_bytes_of_an_endless_line() {
    let script = |peer: &mut Peer| {
        let line = vec![b'A'; 64 * 1024];
        let _ = (0..512).all(|_| peer.write(&line));
    };
    let error = play(&patient(), script, refusal);
    assert!(
        matches!(error, SessionError::Authentication(error) if error.kind == SaslErrorKind::LineTooLong),
        "{error:?}"
    );
}

#[test]
fn names_what_is_wrong_with_a_line() {
    let named = |bytes: &[u8]| match answered(bytes) {
        SessionError::Authentication(error) => error.kind,
        other => panic!("{bytes:?}: {other:?}"),
    };
    assert_eq!(named(b"\n"), SaslErrorKind::BareNewline);
    assert_eq!(named(b"OK \rx"), SaslErrorKind::BareReturn);
    assert_eq!(named(b"OK \xff\xfe\r\n"), SaslErrorKind::NotAscii(0xff));
    assert_eq!(named(b"\xff"), SaslErrorKind::NotAscii(0xff));
    assert_eq!(named(b"\0"), SaslErrorKind::Nul);
    assert_eq!(named(b"l\x02\x01\x01"), SaslErrorKind::NoCommand(b'l'));
    assert_eq!(named(b"HTTP/1.0 400 Bad\r\n"), SaslErrorKind::MalformedCommand);
    assert_eq!(named(b"OK\r\n"), SaslErrorKind::BadGuid);
    assert_eq!(named(b"OK 123\r\n"), SaslErrorKind::BadGuid);
    let twice = [ok(), ok()].concat();
    assert!(matches!(named(twice.as_bytes()), SaslErrorKind::Unexpected { .. }));
    assert!(matches!(named(b"AGREE_UNIX_FD\r\n"), SaslErrorKind::Unexpected { .. }));
    let begin = [ok(), "BEGIN\r\n".into()].concat();
    assert!(matches!(named(begin.as_bytes()), SaslErrorKind::Unexpected { .. }));
}

#[test]
fn short_answers_end_the_connection_at_once() {
    const BYTES: &[u8] = b"\0\r\n OAEDR_l\xff0";
    let one = (0..=255).map(|byte| vec![byte]);
    let two = BYTES.iter().flat_map(|a| BYTES.iter().map(|b| vec![*a, *b]));
    let three = BYTES.iter().flat_map(|a| [[*a, b'\r', b'\n'], [b'O', *a, b'\n']]);
    for answer in one.chain(two).chain(three.map(Vec::from)) {
        match answered(&answer) {
            SessionError::Authentication(_) | SessionError::Closed { awaited: Some(_), .. } => {}
            other => panic!("{answer:?}: {other:?}"),
        }
    }
}

/// The output of a server, from its first byte to the reply to the first call.
fn whole_conversation(peer: &mut Peer) -> Vec<u8> {
    let mut said = [ok().as_bytes(), b"AGREE_UNIX_FD\r\n"].concat();
    assert!(peer.authenticate());
    let hello = peer.receive().unwrap();
    said.extend(peer.reply(&hello, Some(BUS), &(CLIENT,)));
    said.extend(peer.signal(Some(BUS), BUS, "NameAcquired", &(CLIENT,)));
    let call = peer.receive().unwrap();
    said.extend(peer.reply(&call, Some(BUS), &("an answer",)));
    said
}

/// Reads the client's first bytes and writes nothing. Returns what a server would write.
pub(crate) fn recorded() -> Vec<u8> {
    let _stage = stage();
    let (ours, theirs) = barebus_tests::peer::pair().unwrap();
    let recorder = thread::spawn(move || whole_conversation(&mut Peer::new(theirs)));
    let mut connection = hasty_handshake().over(ours).unwrap();
    let _ = connection.call(&bus_method(), &("a question",));
    recorder.join().unwrap()
}

pub(crate) fn bus_method() -> MethodCall<'static> {
    method("Ask").destination(BusName::from_static(BUS))
}

/// Writes `bytes` in chunks of `size` without waiting, then closes the connection.
fn recite(bytes: Vec<u8>, size: usize) -> impl FnOnce(&mut Peer) {
    move |peer| {
        bytes.chunks(size).all(|chunk| peer.write(chunk));
        peer.hang_up();
        peer.drain();
    }
}

#[test]
fn takes_a_conversation_in_any_pieces() {
    let said = recorded();
    for size in 1..said.len() {
        play(&patient(), recite(said.clone(), size), |connection| {
            let reply = connection.call(&bus_method(), &("a question",)).unwrap();
            assert_eq!(reply.body::<(&str,)>().unwrap(), ("an answer",));
            assert_eq!(connection.unique_name(), Some(CLIENT));
        });
    }
}

#[test]
fn an_end_at_any_byte_is_told_and_where_it_was() {
    let said = recorded();
    for end in 0..said.len() {
        let error = play(&patient(), recite(said[..end].to_vec(), usize::MAX), |connection| {
            let result = connection.call(&bus_method(), &("a question",));
            let Err(CallError::Connection(error)) = result else {
                panic!("cut at {end}: {result:?}");
            };
            let Cause::Session(again) = connection.establish().unwrap_err().cause else {
                panic!("cut at {end}: not ended");
            };
            assert!(matches!(&error.cause, Cause::Session(error) if *error == again));
            again
        });
        let SessionError::Closed { awaited, unfinished } = error else {
            panic!("cut at {end}: {error:?}");
        };
        let lines = ok().len() + "AGREE_UNIX_FD\r\n".len();
        match awaited {
            Some(Awaited::Authentication(_)) => assert!(end < lines),
            Some(Awaited::Hello) => assert!(end >= lines && unfinished == end - lines),
            None => assert!(end > lines && unfinished < end - lines),
        }
    }
}

#[test]
fn message_data_glued_to_the_last_line_is_kept() {
    let script = |peer: &mut Peer| {
        peer.read();
        let lines = [ok().as_bytes(), b"AGREE_UNIX_FD\r\n"].concat();
        let signal = peer.signal(None, "org.example.Interface", "Early", &("kept",));
        peer.write(&[lines, signal].concat());
        peer.drain();
    };
    play(&Options::direct(), script, |connection| {
        let rule = MatchRule::parse("type='signal'").unwrap();
        let id = connection.subscribe(&rule).unwrap();
        let signal = connection.next_signal(id, None).unwrap().unwrap();
        assert_eq!(signal.body::<(&str,)>().unwrap(), ("kept",));
    });
}

#[test]
fn an_answer_to_what_was_not_asked_is_no_message() {
    let script = |peer: &mut Peer| {
        peer.read();
        peer.write(&[ok().as_bytes(), b"AGREE_UNIX_FD\r\n"].concat());
        peer.drain();
    };
    let error = play(&patient().unix_fds(false), script, refusal);
    let SessionError::InvalidMessage(error) = error else { panic!("{error:?}") };
    assert_eq!((error.kind, error.at), (DecodeErrorKind::UnknownByteOrder, 0));
}

#[test]
fn fds_with_any_byte_of_the_authentication_end_the_connection() {
    let lines = [ok().as_bytes(), b"AGREE_UNIX_FD\r\n"].concat();
    for at in 0..lines.len() {
        let lines = lines.clone();
        let script = move |peer: &mut Peer| {
            peer.read();
            let stdin = std::io::stdin();
            peer.write(&lines[..at]);
            peer.write_with(&lines[at..=at], &[stdin.as_raw_fd()]);
            peer.write(&lines[at + 1..]);
            peer.drain();
        };
        assert_eq!(play(&patient(), script, refusal), SessionError::UnexpectedFds, "byte {at}");
    }
}

#[test]
fn without_agreement_the_connection_works_and_passes_no_fds() {
    let script = |peer: &mut Peer| {
        assert!(peer.authenticate_with(false));
        let hello = peer.receive().unwrap();
        let reply = peer.reply(&hello, Some(BUS), &(CLIENT,));
        peer.write(&reply);
        let call = peer.called("Echo").unwrap();
        let reply = peer.echo(&call, Some(OWNER));
        peer.write(&reply);
        peer.drain();
    };
    play(&patient(), script, |connection| {
        let null = || std::fs::File::open("/dev/null").unwrap().into();
        // The server's answer is not known yet: the call waits for it.
        let early = connection.start_call(&method("Take"), &(), vec![null()]).unwrap();
        assert!(matches!(
            connection.wait(early),
            Err(CallError::NoReply(NoReply::FdsNotNegotiated))
        ));
        let late = connection.start_call(&method("Take"), &(), vec![null()]);
        assert!(matches!(late, Err(CallError::Send(barebus::SendError::FdsNotNegotiated))));
        connection.call(&method("Echo"), &("still here",)).unwrap();
    });
}

#[test]
fn an_opening_with_fds_goes_on_as_soon_as_the_lines_agree() {
    let script = |peer: &mut Peer| {
        assert!(peer.authenticate());
        let hello = peer.receive().unwrap();
        let reply = peer.reply(&hello, Some(BUS), &(CLIENT,));
        peer.write(&reply);
        let call = peer.called("Take").unwrap();
        let reply = peer.reply(&call, Some(OWNER), &());
        peer.write(&reply);
        peer.drain();
    };
    // Longer than the test may take: nothing waits for a deadline here.
    let options = Options::bus().call_timeout(None).handshake_timeout(Duration::from_secs(600));
    play(&options, script, |connection| {
        let null = std::fs::File::open("/dev/null").unwrap().into();
        let call = connection.start_call(&to_owner("Take"), &(), vec![null]).unwrap();
        connection.wait(call).unwrap();
    });
}

#[test]
fn a_slow_call_holds_up_no_handshake() {
    let script = |peer: &mut Peer| {
        assert!(peer.authenticate());
        let hello = peer.receive().unwrap();
        let slow = peer.called("Slow").unwrap();
        let reply = peer.reply(&hello, Some(BUS), &(CLIENT,));
        peer.write(&reply);
        // It is answered only after everything else.
        peer.called("Last").unwrap();
        let reply = peer.reply(&slow, Some(OWNER), &());
        peer.write(&reply);
        peer.drain();
    };
    let options = Options::bus().call_timeout(None).handshake_timeout(Duration::from_secs(600));
    play(&options, script, |connection| {
        let slow = connection.start_call(&to_owner("Slow"), &(), Vec::new()).unwrap();
        connection.establish().unwrap();
        connection.send(&to_owner("Last"), &()).unwrap();
        connection.wait(slow).unwrap();
    });
}

/// A method of a unique name, whose owner is known.
fn to_owner(member: &'static str) -> MethodCall<'static> {
    MethodCall::checked(ObjectPath::from_static("/"), MemberName::from_static(member))
        .destination(BusName::from_static(OWNER))
}

#[test]
fn fds_without_agreement_end_the_connection() {
    let script = |peer: &mut Peer| {
        assert!(peer.authenticate_with(false));
        let hello = peer.receive().unwrap();
        let reply = peer.reply(&hello, Some(BUS), &(CLIENT,));
        peer.write_with(&reply, &[std::io::stdin().as_raw_fd()]);
        peer.drain();
    };
    assert_eq!(play(&patient(), script, refusal), SessionError::UnexpectedFds);
}

/// Plays a bus that answers `Hello` with the result of `reply`.
fn greeted(options: &Options, reply: fn(&mut Peer) -> Vec<u8>) -> SessionError {
    let script = move |peer: &mut Peer| {
        assert!(peer.authenticate());
        let bytes = reply(peer);
        peer.write(&bytes);
        peer.drain();
    };
    play(options, script, refusal)
}

#[test]
fn a_refused_hello_ends_the_connection() {
    let error = greeted(&patient(), |peer| {
        let hello = peer.receive().unwrap();
        peer.error(&hello, Some(BUS), "org.freedesktop.DBus.Error.LimitsExceeded", "full")
    });
    let reason = "org.freedesktop.DBus.Error.LimitsExceeded".into();
    assert_eq!(error, SessionError::HelloRefused { reason });
}

#[test]
fn hello_is_answered_by_a_unique_name_or_not_at_all() {
    for reply in [
        |peer: &mut Peer| {
            let hello = peer.receive().unwrap();
            peer.reply(&hello, Some(BUS), &())
        },
        |peer: &mut Peer| {
            let hello = peer.receive().unwrap();
            peer.reply(&hello, Some(BUS), &("org.example.NotUnique",))
        },
        |peer: &mut Peer| {
            let hello = peer.receive().unwrap();
            peer.reply(&hello, Some(BUS), &(7_u32,))
        },
        |peer: &mut Peer| {
            let hello = peer.receive().unwrap();
            peer.reply(&hello, Some(BUS), &("",))
        },
    ] {
        let error = greeted(&patient(), reply);
        let refused =
            matches!(error, SessionError::HelloRefused { .. } | SessionError::HelloInvalid(_));
        assert!(refused, "{error:?}");
    }
}

#[test]
fn hello_is_answered_by_the_bus_or_not_at_all() {
    for reply in [
        |_: &mut Peer| Vec::new(),
        |peer: &mut Peer| {
            let Some(hello) = peer.receive() else { return Vec::new() };
            peer.reply(&hello, Some(OWNER), &(CLIENT,))
        },
    ] {
        with_time_enough(|limit| match greeted(&patient().handshake_timeout(limit), reply) {
            SessionError::HandshakeTimedOut { awaited: Awaited::Hello } => Some(()),
            SessionError::HandshakeTimedOut { .. } => None,
            other => panic!("{other:?}"),
        });
    }
}

/// Only the bus can omit SENDER.
#[test]
fn hello_may_be_answered_without_a_sender() {
    let script = |peer: &mut Peer| {
        assert!(peer.authenticate());
        let hello = peer.receive().unwrap();
        let reply = peer.reply(&hello, None, &(CLIENT,));
        peer.write(&reply);
        while let Some(call) = peer.called("Echo") {
            let reply = peer.echo(&call, Some(OWNER));
            peer.write(&reply);
        }
    };
    play(&patient(), script, works);
}

#[test]
fn signals_without_end_are_no_answer_to_hello() {
    let script = |peer: &mut Peer| {
        if !peer.authenticate() {
            return;
        }
        let signal = peer.signal(Some(BUS), BUS, "Noise", &("x".repeat(1000).as_str(),));
        let many = signal.repeat(100);
        while peer.write(&many) {}
    };
    with_time_enough(|limit| match play(&patient().handshake_timeout(limit), script, refusal) {
        SessionError::HandshakeTimedOut { awaited: Awaited::Hello } => Some(()),
        SessionError::HandshakeTimedOut { .. } => None,
        other => panic!("{other:?}"),
    });
}
