//! Whose messages are believed. Spec: Message Format (SENDER), Message Bus Names.

use barebus_session::{CallId, Config, Event, ServerKind, Serving, SubscriptionId};
use barebus_wire::{
    BusName, Header, InterfaceName, MatchRule, MemberName, MessageType, MethodCall, ObjectPath,
};

use crate::bus::OWNER;
use crate::scene::{BUS, DENIED, NO_OWNER, SERVICE, Scene, US, argument, config, member};

/// Owns nothing.
const STRANGER: &str = ":1.66";

fn subscribed(scene: &mut Scene, rule: &str) -> SubscriptionId {
    let id = scene.session.subscribe(&MatchRule::parse(rule).unwrap(), None).unwrap();
    for question in scene.written() {
        match &*member(&question) {
            "GetNameOwner" => scene.answer(&question, BUS, &(OWNER,)),
            _ => scene.answer(&question, BUS, &()),
        }
    }
    scene.process();
    id
}

/// The subscriptions that get a signal `S` with this sender.
fn given(scene: &mut Scene, sender: Option<&'static str>) -> Vec<SubscriptionId> {
    let mut signal = scene.signal(BUS, "S");
    signal.sender = sender.map(BusName::from_static);
    scene.give(&signal, &());
    match scene.next() {
        None => Vec::new(),
        Some(Event::Signal { subscriptions, .. }) => subscriptions.to_vec(),
        other => panic!("{other:?}"),
    }
}

/// Calls the service: the call, and its message. What is asked for it is answered.
fn call_service(scene: &mut Scene) -> (CallId, Vec<u8>) {
    let (id, mut written) = scene.call(SERVICE);
    let call = written.pop().unwrap();
    for question in written {
        match &*member(&question) {
            "GetNameOwner" => scene.answer(&question, BUS, &(OWNER,)),
            _ => scene.answer(&question, BUS, &()),
        }
    }
    (id, call)
}

/// As [`call_service`], for the last of `calls` calls: with the second the service is followed.
fn called(scene: &mut Scene, calls: usize) -> (CallId, Vec<u8>) {
    for _ in 1..calls {
        let (id, call) = call_service(scene);
        scene.answer(&call, OWNER, &(0_u32,));
        assert_eq!(scene.end(id), Some(Ok(0)));
    }
    call_service(scene)
}

#[test]
fn a_reply_or_error_without_a_sender_is_the_buss() {
    for message_type in [MessageType::MethodReturn, MessageType::Error] {
        for destination in [SERVICE, ":1.7", BUS] {
            let mut scene = Scene::bus();
            let (id, written) = scene.call(destination);
            // Also before the question about the owner is answered.
            let mut reply = scene.error(written.last().unwrap(), BUS, DENIED);
            reply.message_type = message_type;
            reply.error_name = reply.error_name.filter(|_| message_type == MessageType::Error);
            reply.sender = None;
            scene.give(&reply, &(5_u32,));
            assert_eq!(scene.end(id), Some(Ok(5)), "{message_type:?} of {destination}");
        }
    }
}

#[test]
fn answers_about_names_may_come_without_a_sender() {
    let mut scene = Scene::bus();
    let (id, written) = scene.call(SERVICE);
    let mut reply = scene.error(&written[0], BUS, NO_OWNER);
    reply.sender = None;
    scene.give(&reply, &("nobody",));
    scene.answer(&written[1], OWNER, &(1_u32,));
    assert_eq!(scene.end(id), None, "nobody owns the name");
    let mut error = scene.error(&written[1], BUS, "org.freedesktop.DBus.Error.ServiceUnknown");
    error.sender = None;
    scene.give(&error, &(2_u32,));
    assert_eq!(scene.end(id), Some(Ok(2)));
}

#[test]
fn a_signal_without_a_sender_is_the_buss() {
    let mut scene = Scene::bus();
    let any = subscribed(&mut scene, "member='S'");
    let bus = subscribed(&mut scene, "member='S',sender='org.freedesktop.DBus'");
    let service = subscribed(&mut scene, "member='S',sender='org.example.Service'");
    let unique = subscribed(&mut scene, "member='S',sender=':1.7'");
    assert_eq!(given(&mut scene, None), [any, bus]);
    assert_eq!(given(&mut scene, Some(BUS)), [any, bus]);
    assert_eq!(given(&mut scene, Some(OWNER)), [any, service, unique]);
    assert_eq!(given(&mut scene, Some(STRANGER)), [any]);
}

/// Without a bus nobody writes SENDER: nothing is said by its absence.
#[test]
fn on_a_direct_connection_a_signal_without_a_sender_is_nobodys() {
    let mut scene = Scene::direct();
    let any = scene.session.subscribe(&MatchRule::parse("member='S'").unwrap(), None).unwrap();
    for sender in [BUS, SERVICE] {
        let rule = format!("member='S',sender='{sender}'");
        scene.session.subscribe(&MatchRule::parse(&rule).unwrap(), None).unwrap();
    }
    assert_eq!(given(&mut scene, None), [any]);
}

#[test]
fn a_change_of_owner_without_a_sender_is_believed() {
    let mut scene = Scene::bus();
    let service = subscribed(&mut scene, "member='S',sender='org.example.Service'");
    let mut change = scene.owner_changed();
    change.sender = None;
    scene.give(&change, &(SERVICE, OWNER, ":1.8"));
    assert_eq!(given(&mut scene, Some(OWNER)), []);
    assert_eq!(given(&mut scene, Some(":1.8")), [service]);
}

#[test]
fn a_call_without_a_sender_is_passed_over() {
    for serving in [Serving::EVENTS, Serving::NOTHING] {
        let mut scene = <Scene>::bus_of(Config { serving, ..config(ServerKind::Bus) });
        for interface in ["org.freedesktop.DBus.Peer", "com.example.I"] {
            let call = MethodCall::new(ObjectPath::ROOT, MemberName::from_static("Ping"))
                .interface(InterfaceName::from_static(interface))
                .destination(BusName::from_static(US));
            let header = call.header(scene.serial());
            scene.give(&header, &());
        }
        assert!(scene.next().is_none());
        assert_eq!(scene.session.ignored(), 2);
        assert!(scene.written().is_empty());
        // Not so with a sender, and not so without a bus.
        let ping = MethodCall::new(ObjectPath::ROOT, MemberName::from_static("Ping"))
            .interface(InterfaceName::from_static("org.freedesktop.DBus.Peer"));
        let mut header = ping.header(scene.serial());
        header.sender = Some(BusName::from_static(STRANGER));
        scene.give(&header, &());
        assert!(scene.next().is_none());
        assert_eq!(scene.written().len(), 1);
        let mut scene = Scene::direct();
        let header = ping.header(scene.serial());
        scene.give(&header, &());
        assert!(scene.next().is_none());
        assert_eq!(scene.written().len(), 1);
    }
}

#[test]
fn a_change_of_owner_ends_no_call() {
    for new in ["", ":1.8"] {
        let mut scene = Scene::bus();
        let (id, call) = called(&mut scene, 2);
        scene.pass_on(SERVICE, OWNER, new);
        assert_eq!(scene.end(id), None);
        assert!(scene.session.is_outstanding(id));
        scene.answer(&call, OWNER, &(4_u32,));
        assert_eq!(scene.end(id), Some(Ok(4)), "to {new:?}");
    }
}

#[test]
fn every_owner_since_the_call_may_answer_it() {
    let owners = [OWNER, ":1.8", ":1.9", ":1.10"];
    for answering in owners {
        let mut scene = Scene::bus();
        let (id, call) = called(&mut scene, 2);
        for passed in owners.windows(2) {
            scene.pass_on(SERVICE, passed[0], passed[1]);
        }
        scene.pass_on(SERVICE, ":1.10", "");
        scene.answer(&call, STRANGER, &(1_u32,));
        scene.answer(&call, answering, &(2_u32,));
        assert_eq!(scene.end(id), Some(Ok(2)), "{answering}");
    }
}

#[test]
fn who_lost_the_name_before_the_call_is_not_believed() {
    let mut scene = Scene::bus();
    let (slow, first) = called(&mut scene, 2);
    scene.pass_on(SERVICE, OWNER, ":1.8");
    scene.process();
    let (id, written) = scene.call(SERVICE);
    let [call] = &*written else { panic!("{} messages", written.len()) };
    scene.answer(call, OWNER, &(1_u32,));
    assert_eq!(scene.end(id), None);
    // It still answers what it was asked while it owned the name.
    scene.answer(&first, OWNER, &(2_u32,));
    assert_eq!(scene.end(slow), Some(Ok(2)));
    scene.answer(call, ":1.8", &(3_u32,));
    assert_eq!(scene.end(id), Some(Ok(3)));
}

#[test]
fn who_gets_the_name_back_is_believed_again() {
    let mut scene = Scene::bus();
    let (_, _) = called(&mut scene, 2);
    scene.pass_on(SERVICE, OWNER, ":1.8");
    scene.process();
    let (id, written) = scene.call(SERVICE);
    scene.pass_on(SERVICE, ":1.8", OWNER);
    scene.answer(&written[0], OWNER, &(1_u32,));
    assert_eq!(scene.end(id), Some(Ok(1)));
}

/// Some buses' own services send signals so: ibus-daemon up to 1.5.30.
#[test]
fn a_signal_whose_sender_is_a_well_known_name_goes_to_those_who_ask_for_it() {
    let mut scene = Scene::bus();
    let any = subscribed(&mut scene, "member='S'");
    let exact = subscribed(&mut scene, "member='S',sender='org.example.Service'");
    subscribed(&mut scene, "member='S',sender='org.example.Other'");
    subscribed(&mut scene, "member='S',sender=':1.7'");
    assert_eq!(given(&mut scene, Some(SERVICE)), [any, exact]);
}

/// Its owner is told as the name itself.
#[test]
fn a_service_that_owns_itself_is_believed() {
    let mut scene = Scene::bus();
    let (id, written) = scene.call(SERVICE);
    scene.answer(&written[0], BUS, &(SERVICE,));
    scene.answer(&written[1], SERVICE, &(1_u32,));
    assert_eq!(scene.end(id), Some(Ok(1)));
}

#[test]
fn a_reply_whose_sender_is_the_called_name_is_not_believed_by_its_form() {
    let mut scene = Scene::bus();
    let (id, call) = called(&mut scene, 2);
    scene.answer(&call, SERVICE, &(1_u32,));
    assert_eq!(scene.end(id), None);
    scene.answer(&call, OWNER, &(2_u32,));
    assert_eq!(scene.end(id), Some(Ok(2)));
}

/// The answers to both questions make one fact.
#[test]
fn a_name_whose_rule_was_refused_is_not_taken_as_followed() {
    let mut scene = Scene::bus();
    let (_, _) = called(&mut scene, 1);
    let (second, written) = scene.call(SERVICE);
    scene.refuse(&written[0], DENIED);
    scene.answer(&written[1], BUS, &(OWNER,));
    scene.answer(&written[2], OWNER, &(1_u32,));
    assert_eq!(scene.end(second), Some(Ok(1)));
    // The name passes on, and nobody tells it.
    let (third, written) = scene.call(SERVICE);
    let [question, call] = &*written else { panic!("{} messages", written.len()) };
    scene.answer(question, BUS, &(":1.8",));
    scene.answer(call, OWNER, &(2_u32,));
    assert_eq!(scene.end(third), None);
}

#[test]
fn a_subscription_whose_sender_cannot_be_known_ends() {
    let rule = MatchRule::parse("sender='org.example.Service'").unwrap();
    // Refused: the rule that tells changes of owners, the owner, both, and the subscription's own rule.
    for refused in [&[0][..], &[1], &[0, 1], &[2], &[0, 1, 2]] {
        let mut scene = Scene::bus();
        let first = scene.session.subscribe(&rule, None).unwrap();
        let second = scene.session.subscribe(&rule, None).unwrap();
        let asked = scene.written();
        assert_eq!(asked.len(), 3);
        for (index, question) in asked.iter().enumerate() {
            match index {
                _ if refused.contains(&index) => scene.refuse(question, DENIED),
                1 => scene.answer(question, BUS, &(OWNER,)),
                _ => scene.answer(question, BUS, &()),
            }
        }
        let Some(Event::NotSubscribed { subscriptions, reply }) = scene.next() else {
            panic!("{refused:?}: not told");
        };
        assert_eq!(subscriptions, [first, second]);
        assert_eq!(reply.unwrap().message.header().error_name.unwrap(), DENIED);
        assert!(scene.next().is_none(), "{refused:?}: told twice");
        assert!([first, second].iter().all(|id| !scene.session.is_subscribed(*id)));
        let signal = scene.signal(OWNER, "S");
        scene.give(&signal, &());
        assert!(scene.next().is_none(), "{refused:?}");
        // What the bus may have accepted is given back, once.
        let removed = scene.written().iter().filter(|it| argument(it) == rule_text()).count();
        assert_eq!(removed, usize::from(refused != [2]), "{refused:?}");
    }
}

fn rule_text() -> String {
    MatchRule::parse("sender='org.example.Service'").unwrap().to_string()
}

#[test]
fn a_subscription_that_is_made_later_asks_anew() {
    let rule = MatchRule::parse("member='S',sender='org.example.Service'").unwrap();
    let mut scene = Scene::bus();
    scene.session.subscribe(&rule, None).unwrap();
    let asked = scene.written();
    scene.refuse(&asked[0], DENIED);
    scene.answer(&asked[1], BUS, &(OWNER,));
    scene.answer(&asked[2], BUS, &());
    assert!(matches!(scene.next(), Some(Event::NotSubscribed { .. })));
    scene.written();
    let id = subscribed(&mut scene, "member='S',sender='org.example.Service'");
    assert_eq!(given(&mut scene, Some(OWNER)), [id]);
}

/// The name's owner is asked for, however the rule is written.
#[test]
fn a_sender_in_pieces_is_asked_for() {
    let mut scene = Scene::bus();
    let id = subscribed(&mut scene, "member='S',sender='org.example'.Service");
    assert_eq!(given(&mut scene, Some(OWNER)), [id]);
    assert_eq!(given(&mut scene, Some(STRANGER)), []);
    let id = subscribed(&mut scene, "member='S',sender=':1'.66");
    assert_eq!(given(&mut scene, Some(STRANGER)), [id]);
}

/// What a rule asks for is never more than what its sender says.
#[test]
fn a_stranger_that_claims_a_name_in_its_signal_is_no_service() {
    let mut scene = Scene::bus();
    subscribed(&mut scene, "member='S',sender='org.example.Service'");
    let forged = Header { sender: Some(BusName::from_static(STRANGER)), ..scene.owner_changed() };
    scene.give(&forged, &(SERVICE, OWNER, STRANGER));
    assert_eq!(given(&mut scene, Some(STRANGER)), []);
}
