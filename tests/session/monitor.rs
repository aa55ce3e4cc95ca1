//! A connection that only listens. Spec: org.freedesktop.DBus.Monitoring.BecomeMonitor.

use core::time::Duration;

use barebus_session::{Config, Event, NoReply, SendError, ServerKind, Serving, Want};
use barebus_wire::{
    BusName, Header, InterfaceName, MatchRule, MemberName, MessageType, MethodCall, ObjectPath,
};

use crate::scene::{BUS, NO_OWNER, NOW, SERVICE, Scene, US, config};

const CALL: MethodCall<'static> =
    MethodCall::checked(ObjectPath::from_static("/"), MemberName::from_static("M"))
        .destination(BusName::from_static(BUS));

/// A call to the client that expects a reply.
fn calling(scene: &mut Scene, interface: &'static str, member: &'static str) -> Header<'static> {
    let call = MethodCall::checked(ObjectPath::ROOT, MemberName::from_static(member))
        .interface(InterfaceName::from_static(interface))
        .destination(BusName::from_static(US));
    let mut header = call.header(scene.serial());
    header.sender = Some(BusName::from_static(":1.7"));
    header
}

/// A session that becomes a monitor before it has answered a call.
fn monitor() -> Scene {
    let mut scene = Scene::of(Config { serving: Serving::EVENTS, ..config(ServerKind::Bus) });
    let hello = scene.written().remove(0);
    scene.answer(&hello, BUS, &(US,));
    let id = scene.session.call(&CALL, &(), Vec::new(), None).unwrap();
    let asked = scene.written().remove(0);
    for (interface, member) in [("org.freedesktop.DBus.Peer", "Ping"), ("com.example.I", "M")] {
        let call = calling(&mut scene, interface, member);
        scene.give(&call, &());
    }
    let event = scene.session.poll_event(Want::Anything, NOW).unwrap();
    let Some(Event::MethodCall { reply_to, .. }) = event else { panic!("no call") };
    scene.answer(&asked, BUS, &());
    assert!(scene.session.poll_reply(id, NOW).unwrap().unwrap().is_ok());
    assert!(!scene.session.poll_transmit().is_empty(), "the answer to Ping");
    scene.session.become_monitor();
    drop(reply_to);
    scene
}

#[test]
fn a_monitor_is_given_every_message_whoever_it_is_for() {
    let mut scene = monitor();
    for message_type in [
        MessageType::MethodCall,
        MessageType::MethodReturn,
        MessageType::Error,
        MessageType::Signal,
        MessageType::Unknown(9),
    ] {
        let mut header = calling(&mut scene, "org.freedesktop.DBus.Peer", "Ping");
        header.message_type = message_type;
        header.reply_serial = Some(header.serial);
        header.error_name = Some(barebus_wire::ErrorName::from_static("a.b"));
        header.destination = Some(BusName::from_static(":1.66"));
        scene.give(&header, &());
        let event = scene.session.poll_event(Want::Anything, NOW).unwrap();
        let Some(Event::Monitored(received)) = event else { panic!("{event:?}") };
        assert_eq!(received.message.header().message_type, message_type);
    }
}

#[test]
fn a_monitor_sends_nothing_and_answers_nobody() {
    let mut scene = monitor();
    assert!(scene.session.poll_event(Want::Anything, NOW).unwrap().is_none());
    let ping = calling(&mut scene, "org.freedesktop.DBus.Peer", "Ping");
    scene.give(&ping, &());
    assert!(scene.session.poll_event(Want::Anything, NOW).unwrap().is_some());
    let session = &mut scene.session;
    for refused in [
        session.call(&CALL, &(), Vec::new(), None).err(),
        session.send(&CALL, &(), Vec::new()).err(),
        session.subscribe(&MatchRule::ANY, None).err(),
    ] {
        assert_eq!(refused, Some(SendError::Monitor));
    }
    assert!(session.poll_transmit().is_empty());
}

/// Their replies are reported like all messages.
#[test]
fn calls_under_way_end_with_their_reply_or_their_deadline() {
    let mut scene = Scene::bus();
    let deadline = NOW + Duration::from_secs(1);
    let replied = scene.call_until(BUS, Some(deadline));
    let silent = scene.call_until(BUS, Some(deadline));
    let written = scene.written();
    scene.session.become_monitor();
    // A reply to another connection with the same serial.
    let mut other = scene.reply(&written[0], ":1.7");
    other.destination = Some(BusName::from_static(":1.66"));
    scene.give(&other, &(1_u32,));
    assert!(matches!(scene.next(), Some(Event::Monitored(_))));
    scene.answer(&written[0], BUS, &(2_u32,));
    assert_eq!(scene.end(replied), Some(Ok(2)));
    let end = scene.session.poll_reply(silent, deadline).unwrap().unwrap();
    assert!(matches!(end, Err(NoReply::TimedOut)), "{end:?}");
}

/// Not even what its own calls would make it ask.
#[test]
fn a_monitor_asks_nothing_when_its_calls_are_answered() {
    let mut scene = Scene::bus();
    let (_, written) = scene.call(SERVICE);
    scene.session.become_monitor();
    // Otherwise the name is followed.
    scene.refuse(&written[0], NO_OWNER);
    scene.process();
    assert!(scene.session.poll_transmit().is_empty());
}
