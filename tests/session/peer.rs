//! Our answers to calls. Spec: Message Types, Standard Interfaces.

use barebus_sasl::{Identity, Mechanism, Mechanisms};
use barebus_session::{Config, Event, ServerKind, Serving, Want};
use barebus_wire::{
    BusName, Flags, Header, InterfaceName, MemberName, Message, MessageType, MethodCall, ObjectPath,
};

use crate::scene::{NOW, Scene, US, config};

/// The header of a call to the client.
fn calling(scene: &mut Scene, interface: &'static str, member: &'static str) -> Header<'static> {
    let mut header =
        MethodCall::checked(ObjectPath::from_static("/any"), MemberName::from_static(member))
            .interface(InterfaceName::from_static(interface))
            .destination(BusName::from_static(US))
            .header(scene.serial());
    header.sender = Some(BusName::from_static(":1.7"));
    header
}

fn answers(scene: &mut Scene) -> Vec<Vec<u8>> {
    assert!(scene.session.poll_event(Want::Anything, NOW).unwrap().is_none());
    scene.written()
}

#[test]
fn every_call_is_answered_once_even_without_values() {
    let mut scene = Scene::bus();
    let ping = calling(&mut scene, "org.freedesktop.DBus.Peer", "Ping");
    scene.give(&ping, &());
    let sent = answers(&mut scene);
    assert_eq!(sent.len(), 1);
    let answer = Message::parse(&sent[0]).unwrap();
    assert_eq!(answer.header().message_type, MessageType::MethodReturn);
    assert_eq!(answer.header().reply_serial, Some(ping.serial));
    assert_eq!(answer.header().destination.unwrap(), ":1.7");
    assert_eq!(answer.body(), Ok(()));
    assert!(answers(&mut scene).is_empty());
}

#[test]
fn an_unknown_method_is_answered_by_an_error() {
    let mut scene = Scene::bus();
    let call = calling(&mut scene, "com.example.I", "M");
    scene.give(&call, &(7_u32,));
    let sent = answers(&mut scene);
    let answer = Message::parse(&sent[0]).unwrap();
    assert_eq!(answer.header().error_name.unwrap(), "org.freedesktop.DBus.Error.UnknownMethod");
    assert_eq!(answer.header().reply_serial, Some(call.serial));
}

#[test]
fn ping_and_the_machine_id_are_those_of_the_peer_interface() {
    const PEER: &str = "org.freedesktop.DBus.Peer";
    const UNKNOWN: &str = "org.freedesktop.DBus.Error.UnknownMethod";
    const ID: &str = "0123456789abcdef0123456789abcdef";
    let known: fn() -> Option<[u8; 32]> = || ID.as_bytes().try_into().ok();
    for (interface, member, machine_id, expected) in [
        (PEER, "Ping", known, Ok("")),
        (PEER, "GetMachineId", known, Ok(ID)),
        (PEER, "GetMachineId", || None, Err("org.freedesktop.DBus.Error.FileNotFound")),
        (PEER, "Other", known, Err(UNKNOWN)),
        ("com.example.I", "Ping", known, Err(UNKNOWN)),
        ("com.example.I", "GetMachineId", known, Err(UNKNOWN)),
    ] {
        let mut scene = Scene::bus_of(Config { machine_id, ..config(ServerKind::Bus) });
        let call = calling(&mut scene, interface, member);
        scene.give(&call, &());
        let sent = answers(&mut scene);
        assert_eq!(sent.len(), 1, "{interface}.{member}");
        let answer = Message::parse(&sent[0]).unwrap();
        assert_eq!(answer.header().reply_serial, Some(call.serial));
        let told = match answer.header().error_name {
            Some(error) => Err(error.as_str().to_owned()),
            None => Ok(answer.body::<(&str,)>().map_or("", |(text,)| text).to_owned()),
        };
        let expected = expected.map(str::to_owned).map_err(str::to_owned);
        assert_eq!(told, expected, "{interface}.{member}");
    }
}

#[test]
fn a_call_that_wants_no_reply_gets_none() {
    let mut scene = Scene::bus();
    for (interface, member) in [("org.freedesktop.DBus.Peer", "Ping"), ("com.example.I", "M")] {
        let mut call = calling(&mut scene, interface, member);
        call.flags = Flags::NO_REPLY_EXPECTED;
        scene.give(&call, &());
        assert!(answers(&mut scene).is_empty());
    }
}

#[test]
fn replies_errors_and_signals_are_never_answered() {
    let mut scene = Scene::bus();
    for message_type in [MessageType::MethodReturn, MessageType::Error, MessageType::Signal] {
        let mut header = calling(&mut scene, "com.example.I", "M");
        header.message_type = message_type;
        header.reply_serial = Some(header.serial);
        header.error_name = Some(barebus_wire::ErrorName::from_static("a.b"));
        scene.give(&header, &());
        assert!(answers(&mut scene).is_empty());
    }
}

#[test]
fn a_call_to_somebody_else_is_not_answered() {
    let mut scene = Scene::bus();
    let mut call = calling(&mut scene, "org.freedesktop.DBus.Peer", "Ping");
    call.destination = Some(BusName::from_static(":1.66"));
    scene.give(&call, &());
    assert!(answers(&mut scene).is_empty());
}

#[test]
fn of_many_calls_the_one_that_is_dropped_is_answered_at_once() {
    let mut config =
        Config::new(ServerKind::Direct, Mechanisms::only(Mechanism::External(Identity::Uid(0))));
    config.serving = Serving::EVENTS;
    let mut scene = Scene::of(config);
    let call = calling(&mut scene, "com.example.I", "M");
    let mut held: Vec<_> = (0..100)
        .map(|_| {
            scene.give(&call, &());
            match scene.session.poll_event(Want::Anything, NOW).unwrap() {
                Some(Event::MethodCall { reply_to, .. }) => reply_to,
                other => panic!("{other:?}"),
            }
        })
        .collect();
    drop(held.remove(70));
    assert_eq!(answers(&mut scene).len(), 1);
    // It is answered only once.
    for _ in 0..2 {
        scene.session.reply(&held[0], &(), Vec::new()).unwrap();
    }
    assert_eq!(answers(&mut scene).len(), 1);
}

#[test]
fn a_call_that_its_owner_drops_is_answered_by_an_error() {
    let mut config =
        Config::new(ServerKind::Direct, Mechanisms::only(Mechanism::External(Identity::Uid(0))));
    config.serving = Serving::EVENTS;
    let mut scene = Scene::of(config);
    let call = calling(&mut scene, "com.example.I", "M");
    scene.give(&call, &());
    let Some(Event::MethodCall { reply_to, .. }) =
        scene.session.poll_event(Want::Anything, NOW).unwrap()
    else {
        panic!("no call");
    };
    assert!(reply_to.is_expected());
    drop(reply_to);
    let sent = answers(&mut scene);
    let answer = Message::parse(&sent[0]).unwrap();
    assert_eq!(answer.header().error_name.unwrap(), "org.freedesktop.DBus.Error.NoReply");
    assert_eq!(answer.header().reply_serial, Some(call.serial));
}
