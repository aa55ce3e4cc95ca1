//! Serials of what we send.

use barebus_session::{Event, Want};
use barebus_wire::{MemberName, Message, MethodCall, ObjectPath, Serial};

use crate::scene::{NOW, Scene, config};

const CALL: MethodCall<'static> =
    MethodCall::checked(ObjectPath::from_static("/"), MemberName::from_static("Ask"));

fn serial_of(message: &[u8]) -> u32 {
    Message::parse(message).unwrap().header().serial.get()
}

#[test]
fn serials_pass_the_wrap_without_0_and_replies_find_their_calls() {
    let mut config = config(barebus_session::ServerKind::Direct);
    config.first_serial = Serial::new(u32::MAX - 3).unwrap();
    let mut scene = Scene::of(config);
    let mut call = || scene.session.call(&CALL, &(), Vec::new(), None).unwrap().serial().get();
    let serials: Vec<u32> = (0..10).map(|_| call()).collect();
    assert_eq!(serials, [u32::MAX - 3, u32::MAX - 2, u32::MAX - 1, u32::MAX, 1, 2, 3, 4, 5, 6]);

    // All calls end except two, one on each side of the overflow. Each reply is matched to its call.
    let written = scene.written();
    assert_eq!(written.iter().map(|message| serial_of(message)).collect::<Vec<_>>(), serials);
    for message in written.iter().filter(|message| ![1, u32::MAX].contains(&serial_of(message))) {
        scene.answer(message, ":1.7", &());
    }
    let mut ended = 0;
    while let Some(event) = scene.session.poll_event(Want::Anything, NOW).unwrap() {
        assert!(matches!(event, Event::Reply { .. }));
        ended += 1;
    }
    assert_eq!((ended, scene.session.outstanding()), (8, 2));
}

#[test]
fn serials_ascend_on_the_wire_whoever_sends() {
    let mut scene = Scene::bus();
    let rule = barebus_wire::MatchRule::parse("type='signal',sender='com.example.A'").unwrap();
    let id = scene.session.subscribe(&rule, None).unwrap();
    scene.session.send(&CALL, &(), Vec::new()).unwrap();
    scene.session.call(&CALL, &(), Vec::new(), None).unwrap();
    scene.session.unsubscribe(id).unwrap();
    let serials: Vec<u32> = scene.written().iter().map(|message| serial_of(message)).collect();
    assert!(serials.len() >= 6 && serials.is_sorted_by(|a, b| a < b), "{serials:?}");
}
