//! Answers of a bus to an opening in one write.

use barebus_sasl::{Guid, Pacing};
use barebus_session::{
    Awaited, CallId, Config, HandshakeAttempts, NoReply, ServerKind, SessionError, Want,
};
use barebus_wire::BusName;
use core::time::Duration;

use crate::scene::{BUS, LINES, NOW, Scene, US, call, config};

/// A written opening with `calls` calls after `Hello`: the calls, and the written messages.
fn opened(config: Config, calls: usize) -> (Scene, Vec<CallId>, Vec<Vec<u8>>) {
    let mut scene = Scene::before_authentication(config);
    let ids = (0..calls).map(|_| scene.session.call(&call(), &(), Vec::new(), None).unwrap());
    let ids = ids.collect();
    let written = scene.written();
    assert_eq!(written.len(), 1 + calls);
    (scene, ids, written)
}

#[test]
fn any_of_several_calls_may_be_answered_first() {
    for calls in 1..4 {
        let (mut scene, ids, written) = opened(config(ServerKind::Bus), calls);
        scene.fill(LINES);
        scene.answer(&written[0], BUS, &(US,));
        let acquired = scene.signal(BUS, "NameAcquired");
        scene.give(&acquired, &(US,));
        let last = ids.len() - 1;
        scene.answer(&written[1 + last], BUS, &(7_u32,));
        let reply = scene.session.poll_reply(ids[last], NOW).unwrap().unwrap().unwrap();
        assert_eq!(reply.message.body::<(u32,)>().unwrap().0, 7);
        assert_eq!(scene.session.unique_name(), Some(US));
    }
}

/// The first call of a name causes only a query for its owner.
#[test]
fn a_first_call_by_name_asks_one_question() {
    let mut scene = <Scene>::before_authentication(config(ServerKind::Bus));
    let by_name = call().destination(BusName::from_static("org.example.Service"));
    let id = scene.session.call(&by_name, &(), Vec::new(), None).unwrap();
    let written = scene.written();
    let [hello, owner, call] = &*written else { panic!("{}", written.len()) };
    scene.fill(LINES);
    scene.answer(hello, BUS, &(US,));
    scene.answer(owner, BUS, &(":1.9",));
    scene.answer(call, ":1.9", &());
    assert!(scene.session.poll_reply(id, NOW).unwrap().is_some());
}

/// Not only after the reply to the first call has timed out.
#[test]
fn an_unusable_answer_to_hello_ends_the_session_at_once() {
    let (mut scene, ids, written) = opened(config(ServerKind::Bus), 1);
    scene.fill(LINES);
    scene.answer(&written[0], BUS, &(7_u32,));
    let error = scene.session.poll_reply(ids[0], NOW).unwrap_err();
    assert!(matches!(error, SessionError::HelloInvalid(_)), "{error:?}");
}

#[test]
fn descriptors_need_the_lines_only() {
    let mut scene = Scene::before_authentication(config(ServerKind::Bus));
    let id = scene.session.call(&call(), &(), vec![()], None).unwrap();
    let hello = scene.written().remove(0);
    scene.fill(LINES);
    assert_eq!(scene.session.passes_fds(), Some(true));
    assert_eq!(scene.session.poll_transmit().fds.len(), 1);
    let written = scene.written().remove(0);
    scene.answer(&hello, BUS, &(US,));
    scene.answer(&written, BUS, &());
    assert!(scene.session.poll_reply(id, NOW).unwrap().is_some());
}

#[test]
fn a_call_that_ends_without_a_reply_is_seen() {
    for fds in [0, 1] {
        let mut scene = Scene::before_authentication(config(ServerKind::Bus));
        let id = scene.session.call(&call(), &(), vec![(); fds], None).unwrap();
        scene.written();
        scene.fill(&[&LINES[..37], b"ERROR Passing descriptors is disabled\r\n"].concat());
        let end = scene.session.poll_reply(id, NOW).unwrap();
        assert_eq!(
            end.map(|end| end.unwrap_err()),
            (fds != 0).then_some(NoReply::FdsNotNegotiated)
        );
    }
}

#[test]
fn the_end_and_the_deadline_find_what_had_come() {
    let late = NOW + Duration::from_secs(3600);
    let (mut scene, ..) = opened(config(ServerKind::Bus), 1);
    scene.fill(LINES);
    let error = scene.session.poll_event(Want::Nothing, late).unwrap_err();
    let awaited = Awaited::Hello;
    assert_eq!(error, SessionError::HandshakeTimedOut { awaited });

    let (mut scene, ids, written) = opened(config(ServerKind::Bus), 1);
    scene.fill(LINES);
    scene.answer(&written[0], BUS, &(US,));
    scene.session.handle_eof();
    let error = scene.session.poll_reply(ids[0], NOW).unwrap_err();
    assert_eq!(error, SessionError::Closed { awaited: None, unfinished: 0 });
    assert_eq!(scene.session.unique_name(), Some(US));
}

/// Whether the handshake ends at that time for want of an answer.
fn times_out(scene: &mut Scene, at: Duration) -> bool {
    match scene.session.poll_event(Want::Nothing, NOW + at) {
        Ok(event) => {
            assert!(event.is_none());
            false
        }
        Err(error) => {
            assert!(matches!(error, SessionError::HandshakeTimedOut { .. }), "{error:?}");
            true
        }
    }
}

/// Time limits of the attempts in one write and line by line.
fn limits() -> [(Config, Duration); 2] {
    let mut once = config(ServerKind::Bus);
    once.can_reconnect = false;
    [(config(ServerKind::Bus), once.handshake_timeout / 2), (once.clone(), once.handshake_timeout)]
}

#[test]
fn the_time_of_the_handshake_begins_with_the_first_poll() {
    let late = Duration::from_secs(3600);
    for (config, limit) in limits() {
        let mut scene = <Scene>::before_waiting(config);
        assert!(!times_out(&mut scene, late));
        assert_eq!(scene.session.next_deadline(), Some(NOW + late + limit));
        assert!(!times_out(&mut scene, late + limit - Duration::from_nanos(1)));
        assert!(times_out(&mut scene, late + limit));
    }
}

#[test]
fn the_time_in_which_nobody_waits_for_the_server_does_not_count() {
    let second = Duration::from_secs(1);
    for (config, limit) in limits() {
        let mut scene = <Scene>::before_waiting(config);
        // Before the first poll as well.
        scene.session.begin_wait(NOW + second);
        assert!(!times_out(&mut scene, second));
        assert!(!times_out(&mut scene, second * 2));
        // Nobody waits for an hour.
        scene.session.begin_wait(NOW + second * 3602);
        assert_eq!(scene.session.next_deadline(), Some(NOW + second * 3601 + limit));
        assert!(!times_out(&mut scene, second * 3602));
        assert!(times_out(&mut scene, second * 3601 + limit));
    }
}

/// The bytes to write now.
fn output(scene: &mut Scene) -> Vec<u8> {
    let bytes = scene.session.poll_transmit().bytes.concat();
    scene.session.transmitted(bytes.len());
    bytes
}

/// A pipelined attempt that has failed in some way, and the time of the failure.
type Failure = fn(&mut Scene) -> Duration;

const OK: &[u8] = b"OK 0123456789abcdef0123456789abcdef\r\n";
const HALF: Duration = Duration::from_millis(2500);
const WHOLE: Duration = Duration::from_secs(5);

/// All ways in which a pipelined attempt can fail.
const FAILURES: [Failure; 8] = [
    |scene| {
        scene.fill(b"REJECTED EXTERNAL\r\n");
        NOW
    },
    |scene| {
        scene.fill(b"ERROR\r\n");
        NOW
    },
    |scene| {
        scene.fill(b"what no server says\r\n");
        NOW
    },
    |scene| {
        scene.session.handle_eof();
        NOW
    },
    // Between two answers.
    |scene| {
        scene.fill(OK);
        scene.session.handle_eof();
        NOW
    },
    // Reset: the transport ends the session.
    |scene| {
        scene.session.end(SessionError::Closed { awaited: None, unfinished: 0 });
        NOW
    },
    |_| NOW + HALF,
    |scene| {
        scene.fill(OK);
        NOW + HALF
    },
];

#[test]
fn every_failure_of_a_pipelined_attempt_is_followed_by_one_line_by_line() {
    for (number, fail) in FAILURES.iter().enumerate() {
        let (mut scene, ids, _) = opened(config(ServerKind::Bus), 2);
        assert!(!scene.session.retry_handshake(), "nothing has failed");
        assert_eq!(scene.session.next_deadline(), Some(NOW + HALF));
        let now = fail(&mut scene);
        assert!(scene.session.poll_event(Want::Nothing, now).is_err(), "way {number}");
        assert!(scene.session.retry_handshake(), "way {number}");
        assert_eq!(scene.session.handshake_attempts(), HandshakeAttempts::Both);
        assert!(scene.session.error().is_none());
        assert_eq!(scene.session.next_deadline(), Some(NOW + WHOLE));

        assert_eq!(output(&mut scene), b"\0AUTH EXTERNAL 30\r\n");
        assert!(output(&mut scene).is_empty());
        scene.fill(OK);
        assert_eq!(output(&mut scene), b"NEGOTIATE_UNIX_FD\r\n");
        assert!(output(&mut scene).is_empty());
        scene.fill(b"AGREE_UNIX_FD\r\n");
        assert_eq!(output(&mut scene), b"BEGIN\r\n");
        // What was written to the first stream is written again.
        let written = scene.written();
        assert_eq!(written.len(), 3);
        scene.answer(&written[0], BUS, &(US,));
        scene.answer(&written[1], BUS, &(1_u32,));
        scene.answer(&written[2], BUS, &(2_u32,));
        assert_eq!([scene.end(ids[0]), scene.end(ids[1])], [Some(Ok(1)), Some(Ok(2))]);
        assert_eq!(scene.session.next_deadline(), None);
    }
}

#[test]
fn nothing_is_retried_twice() {
    for fail in FAILURES {
        let (mut scene, ..) = opened(config(ServerKind::Bus), 1);
        let now = fail(&mut scene);
        assert!(scene.session.poll_event(Want::Nothing, now).is_err());
        assert!(scene.session.retry_handshake());
        output(&mut scene);
        // The second attempt has all of the remaining time.
        assert!(fail(&mut scene) < NOW + WHOLE);
        let error = scene.session.poll_event(Want::Nothing, NOW + WHOLE).unwrap_err();
        assert!(!scene.session.retry_handshake(), "{error}");
        assert_eq!(scene.session.error(), Some(&error));
        assert!(scene.session.poll_transmit().is_empty());
    }
}

#[test]
fn nothing_is_retried_without_another_stream_or_when_line_by_line_was_asked_for() {
    let step = Config { pacing: Pacing::StepByStep, ..config(ServerKind::Bus) };
    let once = Config { can_reconnect: false, ..config(ServerKind::Bus) };
    for config in [step, once] {
        for fail in FAILURES {
            let mut scene = <Scene>::before_authentication(config.clone());
            assert_eq!(scene.session.next_deadline(), Some(NOW + WHOLE));
            fail(&mut scene);
            assert!(scene.session.poll_event(Want::Nothing, NOW + WHOLE).is_err());
            assert!(!scene.session.retry_handshake());
        }
    }
}

/// From then on the server may have processed the messages.
#[test]
fn nothing_is_retried_once_messages_have_begun() {
    let failures: [Failure; 4] = [
        |scene| {
            scene.session.handle_eof();
            NOW
        },
        |scene| {
            scene.session.end(SessionError::Closed { awaited: None, unfinished: 0 });
            NOW
        },
        |scene| {
            scene.fill(b"no message at all");
            NOW
        },
        |_| NOW + WHOLE,
    ];
    for (number, fail) in failures.iter().enumerate() {
        let (mut scene, ..) = opened(config(ServerKind::Bus), 1);
        scene.fill(LINES);
        assert_eq!(scene.session.next_deadline(), Some(NOW + WHOLE));
        let now = fail(&mut scene);
        assert!(scene.session.poll_event(Want::Nothing, now).is_err(), "way {number}");
        assert!(!scene.session.retry_handshake(), "way {number}");
        assert_eq!(scene.session.handshake_attempts(), HandshakeAttempts::Pipelined);
    }
}

/// If the GUID is wrong, there is no second attempt.
#[test]
fn nothing_is_retried_with_a_server_of_another_guid() {
    let guid = Guid::parse(b"ffffffffffffffffffffffffffffffff").ok();
    let (mut scene, ..) = opened(Config { guid, ..config(ServerKind::Bus) }, 0);
    scene.fill(LINES);
    let error = scene.session.poll_event(Want::Nothing, NOW).unwrap_err();
    assert!(matches!(error, SessionError::Guid { .. }), "{error}");
    assert!(!scene.session.retry_handshake());
}

/// The deadline is that of the handshake, not of each attempt, and no peer can extend it.
#[test]
fn the_time_limit_holds_for_both_attempts_together() {
    let (mut scene, ..) = opened(config(ServerKind::Bus), 1);
    let late = NOW + HALF;
    assert!(scene.session.poll_event(Want::Nothing, late).is_err());
    assert!(scene.session.retry_handshake());
    output(&mut scene);
    scene.fill(OK);
    output(&mut scene);
    scene.fill(b"AGREE_UNIX_FD\r\n");
    output(&mut scene);
    let signal = scene.signal(BUS, "NameAcquired");
    scene.give(&signal, &(US,));
    let just_before = NOW + WHOLE - Duration::from_nanos(1);
    assert!(scene.session.poll_event(Want::Nothing, just_before).unwrap().is_none());
    scene.give(&signal, &(US,));
    let error = scene.session.poll_event(Want::Nothing, NOW + WHOLE).unwrap_err();
    assert_eq!(error, SessionError::HandshakeTimedOut { awaited: Awaited::Hello });
}
