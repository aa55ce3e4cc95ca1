//! Calls and their replies. Spec: Message Types, Message Format.

use core::time::Duration;

use barebus_sasl::{Identity, Mechanism, Mechanisms};
use barebus_session::{CallId, Config, Event, NoReply, SendError, ServerKind, Want};
use barebus_wire::{
    BusName, EncodeBody, Flags, Header, MemberName, Message, MessageType, MethodCall, ObjectPath,
    Serial,
};

use crate::scene::{BUS, NOW, Scene, call};

fn made(scene: &mut Scene) -> (CallId, Vec<u8>) {
    let id = scene.session.call(&call(), &(), Vec::new(), None).unwrap();
    (id, scene.written().remove(0))
}

/// The first argument of the reply to `id`, if it has arrived.
fn replied(scene: &mut Scene, id: CallId) -> Option<u32> {
    let reply = scene.session.poll_reply(id, NOW).unwrap()?;
    Some(reply.unwrap().message.body::<(u32,)>().unwrap().0)
}

#[test]
fn a_stray_reply_is_tolerated() {
    let mut scene = Scene::bus();
    scene.session.send(&call(), &(), Vec::new()).unwrap();
    let sent = scene.written().remove(0);
    assert!(Message::parse(&sent).unwrap().header().flags.contains(Flags::NO_REPLY_EXPECTED));
    scene.answer(&sent, BUS, &(1_u32,));
    assert!(scene.session.poll_event(Want::Anything, NOW).unwrap().is_none());
    assert_eq!(scene.session.ignored(), 1);
    let (id, sent) = made(&mut scene);
    scene.answer(&sent, BUS, &(2_u32,));
    assert_eq!(replied(&mut scene, id), Some(2));
}

#[test]
fn a_call_that_wants_no_reply_cannot_be_waited_for() {
    let mut scene = Scene::bus();
    let refused =
        scene.session.call(&call().flags(Flags::NO_REPLY_EXPECTED), &(), Vec::new(), None);
    assert!(matches!(refused, Err(SendError::NoReplyExpected)));
}

#[test]
fn interactive_authorization_is_asked_for_only_when_said() {
    let mut scene = Scene::bus();
    let (_, sent) = made(&mut scene);
    assert_eq!(Message::parse(&sent).unwrap().header().flags, Flags::NONE);
    let asking = call().flags(Flags::ALLOW_INTERACTIVE_AUTHORIZATION);
    scene.session.call(&asking, &(), Vec::new(), None).unwrap();
    let sent = scene.written().remove(0);
    assert_eq!(
        Message::parse(&sent).unwrap().header().flags,
        Flags::ALLOW_INTERACTIVE_AUTHORIZATION
    );
}

#[test]
fn replies_are_matched_by_serial_and_by_sender() {
    let mut scene = Scene::bus();
    let (id, sent) = made(&mut scene);
    // A stranger that guesses the serial, and the bus with another serial.
    scene.answer(&sent, ":1.66", &(1_u32,));
    let mut other = scene.reply(&sent, BUS);
    other.reply_serial = Serial::new(4711);
    scene.give(&other, &(2_u32,));
    assert_eq!(replied(&mut scene, id), None);
    assert_eq!(scene.session.ignored(), 2);
    scene.answer(&sent, BUS, &(3_u32,));
    assert_eq!(replied(&mut scene, id), Some(3));
    // A second reply is ignored.
    scene.answer(&sent, BUS, &(4_u32,));
    assert!(scene.session.poll_event(Want::Anything, NOW).unwrap().is_none());
}

#[test]
fn replies_may_come_in_any_order_and_among_signals() {
    let mut scene = Scene::direct();
    let rule = barebus_wire::MatchRule::ANY;
    scene.session.subscribe(&rule, None).unwrap();
    let to = MethodCall::checked(ObjectPath::from_static("/"), MemberName::from_static("M"));
    let calls: Vec<_> = (0..3)
        .map(|_| {
            let id = scene.session.call(&to, &(), Vec::new(), None).unwrap();
            (id, scene.written().remove(0))
        })
        .collect();
    for (number, (_, sent)) in calls.iter().enumerate().rev() {
        let signal = scene.signal(":1.7", "S");
        scene.give(&signal, &());
        let mut reply = Header::new(MessageType::MethodReturn, scene.serial());
        reply.reply_serial = Some(Message::parse(sent).unwrap().header().serial);
        scene.give(&reply, &(u32::try_from(number).unwrap(),));
    }
    for (number, (id, _)) in (0..).zip(&calls) {
        assert_eq!(replied(&mut scene, *id), Some(number));
    }
    let mut signals = 0;
    while let Some(Event::Signal { .. }) = scene.session.poll_event(Want::Anything, NOW).unwrap() {
        signals += 1;
    }
    assert_eq!(signals, 3);
}

#[test]
fn an_error_may_have_any_body() {
    let mut scene = Scene::bus();
    let bodies: [(&dyn EncodeBody, &str); 4] =
        [(&("text",), "s"), (&("text", 7_u32), "su"), (&(7_u32,), "u"), (&(), "")];
    for (body, signature) in bodies {
        let (id, sent) = made(&mut scene);
        let error = scene.error(&sent, BUS, "com.example.Error");
        scene.give(&error, body);
        let reply = scene.session.poll_reply(id, NOW).unwrap().unwrap().unwrap();
        let header = reply.message.header();
        assert_eq!(header.error_name.unwrap(), "com.example.Error");
        assert_eq!(header.signature, signature);
        let text = reply.message.first_argument::<&str>().ok();
        assert_eq!(text, signature.starts_with('s').then_some("text"));
    }
}

/// An ERROR may reply to any message. It is ignored if the message expects no reply.
#[test]
fn an_error_that_answers_no_call_is_passed_over() {
    let mut scene = Scene::bus();
    scene.session.send(&call(), &(), Vec::new()).unwrap();
    let sent = scene.written().remove(0);
    let error = scene.error(&sent, BUS, "com.example.Error");
    scene.give(&error, &("no",));
    assert!(scene.session.poll_event(Want::Anything, NOW).unwrap().is_none());
    assert!(scene.session.error().is_none());
}

#[test]
fn serials_pass_over_zero_and_over_those_that_are_awaited() {
    let mut config =
        Config::new(ServerKind::Direct, Mechanisms::only(Mechanism::External(Identity::Uid(0))));
    config.first_serial = Serial::new(u32::MAX - 1).unwrap();
    let mut scene = Scene::of(config);
    let to = MethodCall::checked(ObjectPath::from_static("/"), MemberName::from_static("M"));
    let serials: Vec<u32> = (0..4)
        .map(|_| {
            scene.session.call(&to, &(), Vec::new(), None).unwrap();
            let sent = scene.written().remove(0);
            Message::parse(&sent).unwrap().header().serial.get()
        })
        .collect();
    assert_eq!(serials, [u32::MAX - 1, u32::MAX, 1, 2]);
}

#[test]
fn a_call_ends_at_its_deadline_and_a_late_reply_is_dropped() {
    let mut scene = Scene::bus();
    let deadline = NOW + Duration::from_secs(25);
    let id = scene.session.call(&call(), &(), Vec::new(), Some(deadline)).unwrap();
    let sent = scene.written().remove(0);
    assert_eq!(scene.session.next_deadline(), Some(deadline));
    assert!(scene.session.poll_reply(id, deadline - Duration::from_nanos(1)).unwrap().is_none());
    let ended = scene.session.poll_reply(id, deadline).unwrap().unwrap();
    assert!(matches!(ended, Err(NoReply::TimedOut)));
    scene.answer(&sent, BUS, &(1_u32,));
    assert!(scene.session.poll_event(Want::Anything, deadline).unwrap().is_none());
    assert_eq!(scene.session.outstanding(), 0);
}

/// Too many descriptors are in flight (ETOOMANYREFS): nothing of the message was written.
#[test]
fn fds_that_the_system_refuses_end_their_call_alone() {
    let mut scene = Scene::bus();
    assert!(!scene.session.handle_fds_refused(), "there are none");
    let with_fds = scene.session.call(&call(), &(), vec![(); 3], None).unwrap();
    let without = scene.session.call(&call(), &(), Vec::new(), None).unwrap();
    assert_eq!(scene.session.poll_transmit().fds.len(), 3);
    assert!(scene.session.handle_fds_refused());
    assert!(scene.session.poll_transmit().fds.is_empty());
    let ended = scene.session.poll_reply(with_fds, NOW).unwrap().unwrap();
    assert!(matches!(ended, Err(NoReply::FdsNotPassed)));
    let sent = scene.written();
    assert_eq!(sent.len(), 1, "only the other was written");
    scene.answer(&sent[0], BUS, &(2_u32,));
    assert_eq!(replied(&mut scene, without), Some(2));
}

/// A signal that carries the serial of a call ends nothing.
#[test]
fn a_signal_with_reply_serial_is_no_reply() {
    let mut scene = Scene::bus();
    let (id, sent) = made(&mut scene);
    let mut signal = scene.signal(":1.7", "S");
    signal.sender = Some(BusName::from_static(BUS));
    signal.reply_serial = Some(Message::parse(&sent).unwrap().header().serial);
    scene.give(&signal, &(1_u32,));
    assert_eq!(replied(&mut scene, id), None);
    scene.answer(&sent, BUS, &(2_u32,));
    assert_eq!(replied(&mut scene, id), Some(2));
}

#[test]
fn a_message_of_an_unknown_type_is_passed_over() {
    let mut scene = Scene::bus();
    let mut header = Header::new(MessageType::Unknown(9), scene.serial());
    header.sender = Some(BusName::from_static(BUS));
    scene.give(&header, &("whatever",));
    assert!(scene.session.poll_event(Want::Anything, NOW).unwrap().is_none());
    let (id, sent) = made(&mut scene);
    scene.answer(&sent, BUS, &(7_u32,));
    assert_eq!(replied(&mut scene, id), Some(7));
}

#[test]
fn an_invalid_frame_or_header_ends_the_connection() {
    for bytes in [&b"x"[..], b"l\x01\0\x02", b"l\x02\0\x01\0\0\0\0\x01\0\0\0\0\0\0\0"] {
        let mut scene = Scene::bus();
        scene.fill(bytes);
        assert!(scene.session.poll_event(Want::Anything, NOW).is_err());
        assert!(matches!(
            scene.session.call(&call(), &(), Vec::new(), None),
            Err(SendError::Ended(_))
        ));
    }
}

#[test]
fn messages_come_in_any_pieces() {
    for piece in [1, 2, 3, 7, 15, 16, 17, 64] {
        let mut scene = Scene::bus();
        let calls: Vec<_> = (0..3).map(|_| made(&mut scene)).collect();
        let mut bytes = Vec::new();
        for (number, (_, sent)) in (0_u32..).zip(&calls) {
            let header = scene.reply(sent, BUS);
            let mut message = barebus_wire::MessageBuf::new();
            message.push(&header, &(number, "of any length")).unwrap();
            bytes.extend(message.as_slice());
        }
        for chunk in bytes.chunks(piece) {
            scene.fill(chunk);
            assert!(scene.session.poll_event(Want::Nothing, NOW).unwrap().is_none());
        }
        for (number, (id, _)) in (0_u32..).zip(&calls) {
            let reply = scene.session.poll_reply(*id, NOW).unwrap().unwrap().unwrap();
            assert_eq!(reply.message.body(), Ok((number, "of any length")));
        }
    }
}
