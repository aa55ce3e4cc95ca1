//! Events that find no place, or whose descriptors are missing.

use barebus_session::{Config, Event, FdsError, NoReply, ServerKind, SessionError, Want};
use barebus_wire::MatchRule;

use crate::scene::{BUS, DENIED, NOW, Scene, config};

const MISSING: FdsError = FdsError::Count { announced: 1, received: 0 };

/// A session whose queue takes so many bytes.
fn scene(receive_limit: usize) -> Scene {
    Scene::bus_of(Config { receive_limit, ..config(ServerKind::Bus) })
}

#[test]
fn messages_that_find_no_place_are_counted() {
    for unix_fds in [0, 1] {
        let mut scene = scene(0);
        scene.session.subscribe(&MatchRule::ANY, None).unwrap();
        for number in 1..=3 {
            let mut signal = scene.signal(":1.7", "S");
            signal.unix_fds = unix_fds;
            scene.give(&signal, &());
            scene.process();
            assert_eq!(scene.session.dropped(), number, "{unix_fds} descriptors");
        }
        assert!(scene.next().is_none());
    }
}

#[test]
fn a_message_without_its_descriptors_is_refused_and_not_counted() {
    let mut scene = scene(1 << 20);
    scene.session.subscribe(&MatchRule::ANY, None).unwrap();
    let mut signal = scene.signal(":1.7", "S");
    signal.unix_fds = 1;
    scene.give(&signal, &());
    assert!(matches!(scene.next(), Some(Event::Refused(MISSING))));
    assert_eq!(scene.session.dropped(), 0);
}

/// Whoever waits for it would wait for ever.
#[test]
fn the_end_of_a_call_or_a_subscription_is_told_though_its_message_is_not() {
    for (receive_limit, unix_fds, reason) in
        [(0, 0, NoReply::QueueFull), (1 << 20, 1, NoReply::Fds(MISSING))]
    {
        let mut scene = scene(receive_limit);
        let rule = MatchRule::parse("member='S'").unwrap();
        let subscription = scene.session.subscribe(&rule, None).unwrap();
        let call = scene.call_until(BUS, None);
        for message in scene.written() {
            let mut error = scene.error(&message, BUS, DENIED);
            error.unix_fds = unix_fds;
            scene.give(&error, &("no",));
        }
        scene.process();
        match scene.next() {
            Some(Event::NotSubscribed { subscriptions, reply }) => {
                assert_eq!(subscriptions, [subscription]);
                assert!(reply.is_none());
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(scene.end(call), Some(Err(reason)));
        assert!(scene.next().is_none());
        assert_eq!(scene.session.dropped(), if unix_fds == 0 { 2 } else { 0 });
    }
}

#[test]
fn a_message_that_is_no_reply_is_not_taken_as_one() {
    let mut scene = scene(1 << 20);
    assert_eq!(scene.session.take_reply().unwrap_err(), NoReply::NotOutstanding);
    scene.session.subscribe(&MatchRule::ANY, None).unwrap();
    let signal = scene.signal(":1.7", "S");
    scene.give(&signal, &());
    assert!(scene.session.poll(Want::Anything, NOW).unwrap());
    assert_eq!(scene.session.take_reply().unwrap_err(), NoReply::NotOutstanding);
}

/// Two messages full of them may wait for their last byte.
#[test]
fn more_waiting_descriptors_than_two_messages_have_end_the_session() {
    for (fds, expected) in [(506, None), (507, Some(SessionError::TooManyFds))] {
        let mut scene = scene(1 << 20);
        scene.session.input_buffer()[0] = b'l';
        scene.session.handle_input(1, vec![(); fds], false);
        assert_eq!(scene.session.error(), expected.as_ref());
    }
}

#[test]
fn a_forgotten_call_takes_its_own_event_along() {
    for is_forgotten in [true, false] {
        let mut scene = scene(1 << 20);
        let calls = [(); 2].map(|()| scene.call_until(BUS, None));
        let written = scene.written();
        scene.answer(&written[0], BUS, &(1_u32,));
        // Ready, and not taken.
        assert!(scene.session.poll(Want::Reply(calls[0]), NOW).unwrap());
        scene.session.forget(calls[usize::from(!is_forgotten)]);
        let event = scene.session.take_event().unwrap();
        assert_eq!(event.is_none(), is_forgotten, "{event:?}");
        drop(event);
        assert_eq!(scene.session.outstanding(), usize::from(is_forgotten));
    }
}
