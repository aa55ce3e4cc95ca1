//! Ends of the stream, of calls and of waits.

use std::os::unix::net::{UnixListener, UnixStream};
use std::time::{Duration, Instant};

use barebus::{
    CallError, Cause, Connection, MemberName, MethodCall, NoReply, ObjectPath, Options,
    SessionError,
};
use barebus_tests::cost::processor_time;
use barebus_tests::peer::{OWNER, Peer, pair};

use crate::scene::{LONG, SHORT, Scene, ending, hasty_handshake, method, patient, play, works};

#[test]
fn the_end_of_the_stream_ends_every_call() {
    let script = |peer: &mut Peer| {
        assert!(peer.greet());
        for _ in 0..3 {
            peer.called("Hold").unwrap();
        }
    };
    play(&patient(), script, |connection| {
        let calls =
            [(); 3].map(|()| connection.start_call(&method("Hold"), &(), Vec::new()).unwrap());
        for call in calls {
            let Err(CallError::Connection(error)) = connection.wait(call) else {
                panic!("the call did not end");
            };
            assert!(matches!(
                error.cause,
                Cause::Session(SessionError::Closed { awaited: None, unfinished: 0 })
            ));
        }
        let late = connection.call(&method("Echo"), &("",));
        assert!(matches!(late, Err(CallError::Connection(_))), "{late:?}");
    });
}

#[test]
fn what_came_before_the_end_is_still_given() {
    let script = |peer: &mut Peer| {
        assert!(peer.greet());
        let calls = [(); 2].map(|()| peer.called("Echo").unwrap());
        let replies = calls.map(|call| peer.echo(&call, Some(OWNER))).concat();
        peer.write(&replies);
    };
    play(&patient(), script, |connection| {
        let call = |connection: &mut Connection| {
            connection.start_call(&method("Echo"), &("last",), Vec::new()).unwrap()
        };
        let (first, second) = (call(connection), call(connection));
        connection.wait(second).unwrap();
        connection.wait(first).unwrap();
        assert!(matches!(ending(connection), SessionError::Closed { unfinished: 0, .. }));
    });
}

#[test]
fn a_reset_is_an_error_of_the_system_and_named() {
    let script = |peer: &mut Peer| {
        assert!(peer.greet());
        peer.called("Hold").unwrap();
        // Unread data at the time of closing makes the kernel report a reset to the client.
        while peer.stream().peek_len() == 0 {
            std::thread::sleep(Duration::from_millis(1));
        }
    };
    play(&patient(), script, |connection| {
        connection.start_call(&method("Hold"), &(), Vec::new()).unwrap();
        connection.flush().unwrap();
        let result = connection.call(&method("More"), &("x".repeat(1000).as_str(),));
        let Err(CallError::Connection(error)) = result else { panic!("{result:?}") };
        let Cause::Io { doing, error, .. } = error.cause else { panic!("{error:?}") };
        assert_eq!((doing, error.kind()), ("reading", std::io::ErrorKind::ConnectionReset));
    });
}

/// systemd's private socket closes connections from outside of its PID namespace. An error suggests this only for the handshake.
#[test]
fn a_hint_about_pid_namespaces_comes_only_before_the_connection_was_established() {
    let scene = Scene::begin();
    let folder = std::env::temp_dir().join(format!("barebus-hint-{}", std::process::id()));
    std::fs::create_dir_all(folder.join("systemd")).unwrap();
    let place = folder.join("systemd/private");
    let listener = UnixListener::bind(&place).unwrap();
    for works in [false, true] {
        let mut connection =
            Connection::open_direct(&format!("unix:path={}", place.display())).unwrap();
        let listening = listener.try_clone().unwrap();
        let server = std::thread::spawn(move || {
            let mut peer = Peer::new(listening.accept().unwrap().0);
            if works {
                assert!(peer.authenticate());
                let call = peer.receive().unwrap();
                let reply = peer.reply(&call, None, &());
                peer.write(&reply);
                return;
            }
            drop(peer);
            // It closes the second attempt, too.
            drop(listening.accept().unwrap());
        });
        let call = || MethodCall::checked(ObjectPath::ROOT, MemberName::from_static("Reexecute"));
        if works {
            connection.call(&call(), &()).unwrap();
        }
        // The peer is gone: writing or reading fails.
        let error = connection.call(&call(), &()).unwrap_err().to_string();
        server.join().unwrap();
        assert_eq!(error.contains("PID namespace"), !works, "{error}");
    }
    std::fs::remove_dir_all(&folder).unwrap();
    drop(listener);
    scene.end();
}

/// Number of unread bytes.
trait PeekLen {
    fn peek_len(&self) -> usize;
}

impl PeekLen for UnixStream {
    fn peek_len(&self) -> usize {
        use std::os::fd::AsRawFd;
        let mut room = [0; 64];
        let flags = nix::sys::socket::MsgFlags::MSG_PEEK | nix::sys::socket::MsgFlags::MSG_DONTWAIT;
        nix::sys::socket::recv(self.as_raw_fd(), &mut room, flags).unwrap_or(0)
    }
}

#[test]
fn a_call_that_nobody_answers_ends_in_time_and_the_connection_goes_on() {
    play(&patient(), Peer::serve_echo, |connection| {
        for _ in 0..3 {
            connection.set_call_timeout(Some(SHORT));
            let begin = Instant::now();
            let result = connection.call(&method("Hold"), &());
            assert!(matches!(result, Err(CallError::NoReply(NoReply::TimedOut))), "{result:?}");
            let took = begin.elapsed();
            assert!(took >= SHORT, "{took:?}");
            connection.set_call_timeout(Some(LONG));
            works(connection);
        }
        assert_eq!(connection.session_state().outstanding(), 0);
    });
}

#[test]
fn a_thousand_calls_that_end_otherwise_leave_nothing_behind() {
    play(&patient(), Peer::serve_echo, |connection| {
        works(connection);
        let (_, held) = barebus_tests::memory::held(|| {
            for round in 0..1000 {
                let hold = connection.start_call(&method("Hold"), &(), Vec::new()).unwrap();
                let echo = connection.start_call(&method("Echo"), &("",), Vec::new()).unwrap();
                connection.forget(hold);
                if round % 2 == 0 {
                    connection.forget(echo);
                }
                works(connection);
            }
            works(connection);
        });
        assert_eq!(connection.session_state().outstanding(), 0);
        assert!(held < 500 * 400, "{held} bytes held for 500 replies");
    });
}

#[test]
fn waiting_for_what_cannot_come_is_an_error_at_once() {
    play(&patient(), Peer::serve_echo, |connection| {
        let call = connection.start_call(&method("Echo"), &("",), Vec::new()).unwrap();
        connection.wait(call).unwrap();
        for _ in 0..2 {
            let again = connection.wait(call);
            assert!(matches!(again, Err(CallError::NoReply(NoReply::NotOutstanding))), "{again:?}");
            let again = connection.poll_reply(call);
            assert!(matches!(again, Err(CallError::NoReply(NoReply::NotOutstanding))), "{again:?}");
        }
        let forgotten = connection.start_call(&method("Echo"), &("",), Vec::new()).unwrap();
        connection.forget(forgotten);
        let result = connection.wait(forgotten);
        assert!(matches!(result, Err(CallError::NoReply(NoReply::NotOutstanding))), "{result:?}");
        works(connection);
    });
}

#[test]
fn times_beyond_all_measure_are_as_good_as_none() {
    let options = Options::bus().handshake_timeout(Duration::MAX).call_timeout(Some(Duration::MAX));
    play(&options, Peer::serve_echo, works);
    let options = Options::bus().handshake_timeout(LONG).call_timeout(None);
    play(&options, Peer::serve_echo, works);
}

#[test]
fn no_time_at_all_is_over_at_once() {
    let options = Options::bus().handshake_timeout(Duration::ZERO);
    play(&options, Peer::drain, |connection| {
        assert!(matches!(
            connection.establish().unwrap_err().cause,
            Cause::Session(SessionError::HandshakeTimedOut { .. })
        ));
    });
    let options = patient().call_timeout(Some(Duration::ZERO));
    play(&options, Peer::serve_echo, |connection| {
        let result = connection.call(&method("Echo"), &("",));
        assert!(matches!(result, Err(CallError::NoReply(NoReply::TimedOut))), "{result:?}");
    });
}

fn greet_only(peer: &mut Peer) {
    peer.greet();
    peer.drain();
}

#[test]
fn waiting_takes_no_processor_time_on_any_stream() {
    let scene = Scene::begin();
    for nonblocking in [false, true] {
        for script in [Peer::drain, greet_only] {
            let (ours, theirs) = pair().unwrap();
            ours.set_nonblocking(nonblocking).unwrap();
            let server = std::thread::spawn(move || script(&mut Peer::new(theirs)));
            let options = hasty_handshake().call_timeout(Some(SHORT * 2));
            let mut connection = options.over(ours).unwrap();
            let (begin, before) = (Instant::now(), processor_time());
            assert!(connection.call(&method("Echo"), &("",)).is_err());
            let took = processor_time() - before;
            assert!(begin.elapsed() >= SHORT);
            assert!(took < SHORT / 3, "{took:?} of processor time");
            drop(connection);
            server.join().unwrap();
        }
    }
    scene.end();
}
