//! The connection in an event loop: nothing blocks, no event is missed.

use std::os::fd::{AsFd, AsRawFd};
use std::time::Instant;

use barebus::{CallError, Connection, Event, Flags, MatchRule, MemberName, Reply};
use barebus_tests::peer::{BUS, OWNER, Peer};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::scene::{LONG, hasty_calls, method, patient, play, play_listening, play_sending};
use crate::second::{answering, serving};

/// One turn of a level-triggered loop.
fn turn(connection: &mut Connection) {
    let mut interest = PollFlags::POLLIN;
    interest.set(PollFlags::POLLOUT, connection.wants_write());
    let mut asked = [PollFd::new(connection.as_fd(), interest)];
    let deadline = connection.next_deadline().unwrap_or_else(|| Instant::now() + LONG);
    let left = deadline.saturating_duration_since(Instant::now()).as_micros().div_ceil(1000);
    poll(&mut asked, PollTimeout::try_from(left).unwrap()).unwrap();
    connection.process().unwrap();
}

fn rule(member: &str) -> String {
    format!("type='signal',sender='org.example.Service',member='{member}'")
}

#[test]
fn nothing_waits_for_a_peer_that_is_silent() {
    play_sending(&patient(), Peer::drain, |connection| {
        let begin = Instant::now();
        let call = connection.start_call(&method("Echo"), &("one",), Vec::new()).unwrap();
        connection.start_send(&method("Echo"), &("two",), Vec::new()).unwrap();
        let rule = rule("Anything");
        let rule = MatchRule::parse(&rule).unwrap();
        let subscription = connection.start_subscription(&rule).unwrap();
        for _ in 0..3 {
            assert!(connection.wants_write() || connection.next_deadline().is_some());
            assert!(!connection.process().unwrap());
            assert!(connection.poll_event().unwrap().is_none());
            assert!(connection.poll_reply(call).unwrap().is_none());
            assert!(connection.poll_signal(subscription).unwrap().is_none());
        }
        connection.unsubscribe(subscription).unwrap();
        // A method that blocks would take the time limit of a call or the handshake.
        assert!(begin.elapsed() < LONG / 2);
    });
}

#[test]
fn deadlines_pass_without_anything_being_readable() {
    let script = |peer: &mut Peer| {
        peer.greet();
        peer.drain();
    };
    play(&hasty_calls(), script, |connection| {
        let call = connection.start_call(&method("Echo"), &(), Vec::new()).unwrap();
        loop {
            match connection.poll_reply(call) {
                Ok(None) => turn(connection),
                end => {
                    assert!(matches!(end, Err(CallError::NoReply(barebus::NoReply::TimedOut))));
                    break;
                }
            }
        }
        assert!(connection.next_deadline().is_none(), "nothing is waited for");
    });
}

#[test]
fn a_loop_that_is_told_edges_knows_when_there_is_nothing_more_to_read() {
    play(&patient(), Peer::serve_echo, |connection| {
        let call = connection.start_call(&method("Echo"), &("here",), Vec::new()).unwrap();
        loop {
            if let Some(reply) = connection.poll_reply(call).unwrap() {
                assert_eq!(reply.body::<(&str,)>().unwrap(), ("here",));
                break;
            }
            turn(connection);
        }
        assert!(!connection.process().unwrap(), "all was read");
        let again = connection.start_call(&method("Echo"), &("again",), Vec::new()).unwrap();
        connection.process().unwrap();
        while connection.poll_reply(again).unwrap().is_none() {
            let mut asked = [PollFd::new(connection.as_fd(), PollFlags::POLLIN)];
            poll(&mut asked, PollTimeout::NONE).unwrap();
            assert!(connection.process().unwrap(), "something was read");
        }
    });
}

#[test]
fn signals_refusals_and_calls_without_reply_are_polled_for() {
    let script = |peer: &mut Peer| {
        peer.greet();
        let refused = peer.called_with("AddMatch", &rule("Refused"));
        let refusal = peer.error(&refused, Some(BUS), "org.example.No", "not this one");
        peer.write(&refusal);
        let taken = peer.called_with("AddMatch", &rule("Taken"));
        let agreed = peer.reply(&taken, Some(BUS), &());
        let signal = peer.signal(Some(OWNER), "org.example.Interface", "Taken", &("news",));
        peer.write(&[agreed, signal].concat());
        let sent = peer.called("Unanswered").unwrap();
        assert!(sent.message().header().flags.contains(Flags::NO_REPLY_EXPECTED));
    };
    play(&patient(), script, |connection| {
        let rules = [rule("Refused"), rule("Taken")];
        let [refused, taken] = [&rules[0], &rules[1]]
            .map(|rule| connection.start_subscription(&MatchRule::parse(rule).unwrap()).unwrap());
        let refusal = loop {
            match connection.poll_signal(refused) {
                Ok(None) => turn(connection),
                other => break other.unwrap_err(),
            }
        };
        assert_eq!(refusal.to_string(), "not this one (org.example.No)");
        assert!(connection.session_state().is_settled(refused));
        loop {
            if let Some(signal) = connection.poll_signal(taken).unwrap() {
                assert_eq!(signal.body::<(&str,)>().unwrap(), ("news",));
                break;
            }
            turn(connection);
        }
        assert!(connection.session_state().is_subscribed(taken));
        connection.start_send(&method("Unanswered"), &(), Vec::new()).unwrap();
        while connection.wants_write() {
            turn(connection);
        }
    });
}

#[test]
fn calls_of_ours_are_answered_from_their_events() {
    let script = |peer: &mut Peer| {
        peer.greet();
        for member in ["Known", "Unknown"] {
            let call = peer.call(Some(OWNER), "org.example.Ours", member);
            peer.write(&call);
        }
        let answer = peer.receive().unwrap();
        assert_eq!(answer.message().body::<(&str,)>().unwrap(), ("done",));
        let refusal = peer.receive().unwrap();
        let name = refusal.message().header().error_name.map(|name| name.as_str().to_owned());
        assert_eq!(name.as_deref(), Some("org.example.No"));
    };
    play(&patient().serve_calls(), script, |connection| {
        let mut answered = 0;
        while answered < 2 {
            let Some(event) = connection.poll_event().unwrap() else {
                turn(connection);
                continue;
            };
            let Event::MethodCall { call, reply_to } = event else { panic!("{event:?}") };
            if call.message.header().member == Some(MemberName::from_static("Known")) {
                connection.start_reply(&reply_to, &("done",), Vec::new()).unwrap();
            } else {
                connection.start_reply_error(&reply_to, "org.example.No", "no").unwrap();
            }
            answered += 1;
        }
        while connection.wants_write() {
            turn(connection);
        }
    });
}

#[test]
fn events_become_replies_and_errors() {
    let script = |peer: &mut Peer| {
        peer.greet();
        let good = peer.called("Echo").unwrap();
        let reply = peer.echo(&good, Some(OWNER));
        let bad = peer.called("Fail").unwrap();
        let error = peer.error(&bad, Some(OWNER), "org.example.Failed", "");
        peer.write(&[reply, error].concat());
    };
    play(&patient(), script, |connection| {
        let good = connection.start_call(&method("Echo"), &("yes",), Vec::new()).unwrap();
        let bad = connection.start_call(&method("Fail"), &(), Vec::new()).unwrap();
        let mut ended = Vec::new();
        while ended.len() < 2 {
            match connection.poll_event().unwrap() {
                Some(Event::Reply { call, reply }) => {
                    let text = match Reply::try_from(reply) {
                        Ok(reply) => reply.body::<(&str,)>().unwrap().0.to_owned(),
                        Err(error) => error.to_string(),
                    };
                    ended.push((call, text));
                }
                Some(other) => panic!("{other:?}"),
                None => turn(connection),
            }
        }
        assert_eq!(ended, [(good, "yes".into()), (bad, "org.example.Failed".into())]);
    });
}

#[test]
fn the_descriptor_has_another_number_after_a_second_attempt() {
    play_listening(&patient(), "", vec![answering("REJECTED EXTERNAL\r\n"), serving()], |bus| {
        let before = bus.as_fd().as_raw_fd();
        let call = bus.start_call(&method("Echo"), &("here",), Vec::new()).unwrap();
        while bus.poll_reply(call).unwrap().is_none() {
            turn(bus);
        }
        assert_ne!(bus.as_fd().as_raw_fd(), before);
    });
}
