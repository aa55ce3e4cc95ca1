//! Calls of the bus about names and match rules, and their removal.

use core::time::Duration;

use barebus_session::{CallId, Config, Event, NoReply, ServerKind};
use barebus_wire::MatchRule;

use crate::bus::{Bus, OWNER};
use crate::scene::{BUS, NO_OWNER, NOW, SERVICE, Scene, argument, config, member};

fn members(messages: &[Vec<u8>]) -> Vec<String> {
    messages.iter().map(|message| member(message)).collect()
}

/// Calls a service, and answers as the bus.
fn asked(scene: &mut Scene, bus: &mut Bus, name: &str) -> (CallId, Option<Result<u32, NoReply>>) {
    let id = scene.call_until(name, None);
    bus.serve(scene);
    bus.serve(scene);
    (id, scene.end(id))
}

fn works(scene: &mut Scene, bus: &mut Bus, name: &str) {
    assert_eq!(asked(scene, bus, name).1, Some(Ok(7)), "{name}");
}

fn names(count: usize) -> impl Iterator<Item = String> {
    (0..count).map(|number| format!("org.example.Item-{number}"))
}

#[test]
fn the_first_call_of_a_name_asks_one_question_and_the_second_follows_it() {
    let mut scene = Scene::bus();
    let (first, written) = scene.call(SERVICE);
    assert_eq!(members(&written), ["GetNameOwner", "M"]);
    scene.answer(&written[0], BUS, &(OWNER,));
    scene.answer(&written[1], OWNER, &(1_u32,));
    assert_eq!(scene.end(first), Some(Ok(1)));

    let (second, written) = scene.call(SERVICE);
    assert_eq!(members(&written), ["AddMatch", "GetNameOwner", "M"]);
    let rule = argument(&written[0]);
    assert!(rule.contains("member='NameOwnerChanged'") && rule.contains(SERVICE), "{rule}");
    scene.answer(&written[0], BUS, &());
    scene.answer(&written[1], BUS, &(OWNER,));
    scene.answer(&written[2], OWNER, &(2_u32,));
    assert_eq!(scene.end(second), Some(Ok(2)));

    let (third, written) = scene.call(SERVICE);
    assert_eq!(members(&written), ["M"]);
    scene.answer(&written[0], OWNER, &(3_u32,));
    assert_eq!(scene.end(third), Some(Ok(3)));
}

#[test]
fn ten_thousand_names_leave_at_most_65_rules_at_the_bus() {
    for calls in [1, 2] {
        let (mut scene, mut bus) = (Scene::bus(), Bus::default());
        for name in names(10_000) {
            (0..calls).for_each(|_| works(&mut scene, &mut bus, &name));
        }
        assert!(bus.most_rules <= 65, "{}", bus.most_rules);
        assert_eq!(bus.rules.len(), if calls == 1 { 0 } else { 64 });
        assert_eq!(scene.session.outstanding(), 0);
    }
}

#[test]
fn the_least_recently_used_name_is_let_go() {
    let config = Config { followed_names: 3, ..config(ServerKind::Bus) };
    let (mut scene, mut bus) = (Scene::bus_of(config), Bus::default());
    for name in ["a.a", "a.b", "a.c", "a.a", "a.b", "a.c", "a.a", "a.d", "a.d"] {
        works(&mut scene, &mut bus, name);
    }
    let followed = |name: &str| bus.rules.iter().any(|rule| rule.contains(name));
    assert_eq!(["a.a", "a.b", "a.c", "a.d"].map(followed), [true, false, true, true]);
}

#[test]
fn names_with_calls_or_subscriptions_are_never_let_go() {
    let config = Config { followed_names: 2, ..config(ServerKind::Bus) };
    let (mut scene, mut bus) = (Scene::bus_of(config), Bus::default());
    let rule = MatchRule::parse("sender='org.example.Told'").unwrap();
    let subscription = scene.session.subscribe(&rule, None).unwrap();
    bus.serve(&mut scene);
    // Followed since its second call, which is not answered yet.
    works(&mut scene, &mut bus, "org.example.Slow");
    let slow = scene.call_until("org.example.Slow", None);
    let written = scene.written();
    assert_eq!(members(&written), ["AddMatch", "GetNameOwner", "M"]);
    bus.rules.insert(argument(&written[0]));
    scene.answer(&written[0], BUS, &());
    scene.answer(&written[1], BUS, &(OWNER,));
    for name in names(100) {
        works(&mut scene, &mut bus, &name);
        works(&mut scene, &mut bus, &name);
    }
    let followed =
        |bus: &Bus, name: &str| bus.rules.iter().filter(|rule| rule.contains(name)).count();
    // A subscription has its own rule too.
    assert_eq!(followed(&bus, "org.example.Told"), 2);
    assert_eq!(followed(&bus, "org.example.Slow"), 1);
    scene.answer(&written[2], OWNER, &(8_u32,));
    assert_eq!(scene.end(slow), Some(Ok(8)));
    scene.session.unsubscribe(subscription).unwrap();
    for name in names(4) {
        works(&mut scene, &mut bus, &name);
        works(&mut scene, &mut bus, &name);
    }
    assert_eq!(followed(&bus, "org.example.Told") + followed(&bus, "org.example.Slow"), 0);
    assert_eq!(bus.rules.len(), 2);
}

#[test]
fn a_bus_that_refuses_rules_is_asked_with_each_call() {
    let mut scene = Scene::bus();
    let mut bus = Bus { denied: "AddMatch", ..Bus::default() };
    for call in 1..=10 {
        works(&mut scene, &mut bus, SERVICE);
        assert_eq!(bus.questions, call);
    }
    // Its names count like others.
    for name in names(1000) {
        works(&mut scene, &mut bus, &name);
    }
    assert_eq!(bus.rules.len(), 0);
}

#[test]
fn a_bus_that_does_not_tell_owners_ends_calls_at_once() {
    let mut scene = Scene::bus();
    let mut bus = Bus { denied: "GetNameOwner", ..Bus::default() };
    for _ in 0..3 {
        let (id, end) = asked(&mut scene, &mut bus, SERVICE);
        assert_eq!(end, Some(Err(NoReply::OwnerUnknown)));
        assert!(!scene.session.is_outstanding(id));
    }
    // Unique names and the bus need no query for the owner.
    works(&mut scene, &mut bus, OWNER);
    let (id, written) = scene.call(BUS);
    scene.answer(&written[0], BUS, &(9_u32,));
    assert_eq!(scene.end(id), Some(Ok(9)));
}

#[test]
fn only_calls_of_the_name_end_when_its_owner_is_not_told() {
    let mut scene = Scene::bus();
    let (slow, _) = scene.call(OWNER);
    let (other, _) = scene.call("org.example.Other");
    let (first, written) = scene.call(SERVICE);
    let (second, _) = scene.call(SERVICE);
    scene.refuse(&written[0], crate::scene::DENIED);
    assert_eq!(scene.end(first), Some(Err(NoReply::OwnerUnknown)));
    assert_eq!(scene.end(second), Some(Err(NoReply::OwnerUnknown)));
    assert_eq!((scene.end(slow), scene.end(other)), (None, None));
}

#[test]
fn who_does_not_verify_asks_nothing_and_believes_serials() {
    let config = Config { verify_senders: false, ..config(ServerKind::Bus) };
    let mut scene = <Scene>::bus_of(config);
    for number in 0..3 {
        let (id, written) = scene.call(SERVICE);
        assert_eq!(members(&written), ["M"]);
        scene.answer(&written[0], ":1.66", &(number,));
        assert_eq!(scene.end(id), Some(Ok(number)));
    }
    let rule = MatchRule::parse("sender='org.example.Service'").unwrap();
    let id = scene.session.subscribe(&rule, None).unwrap();
    assert_eq!(members(&scene.written()), ["AddMatch"]);
    let signal = scene.signal(":1.66", "S");
    scene.give(&signal, &());
    let event = scene.next();
    assert!(matches!(event, Some(Event::Signal { subscriptions, .. }) if *subscriptions == [id]));
}

/// The start of a service by the call must be noticed.
#[test]
fn a_name_without_an_owner_is_followed_from_the_first_call_on() {
    for absent in [NO_OWNER, "org.freedesktop.DBus.Error.ServiceUnknown"] {
        let mut scene = Scene::bus();
        let (id, written) = scene.call(SERVICE);
        scene.refuse(&written[0], absent);
        scene.process();
        let questions = scene.written();
        assert_eq!(members(&questions), ["AddMatch", "GetNameOwner"], "{absent}");
        scene.answer(&questions[0], BUS, &());
        scene.refuse(&questions[1], absent);
        scene.pass_on(SERVICE, "", OWNER);
        scene.answer(&written[1], ":1.66", &(1_u32,));
        scene.answer(&written[1], OWNER, &(2_u32,));
        assert_eq!(scene.end(id), Some(Ok(2)));
    }
}

#[test]
fn a_question_outlives_the_deadline_of_who_asked_it() {
    let mut scene = Scene::bus();
    let deadline = NOW + Duration::from_millis(100);
    let short = scene.call_until(SERVICE, Some(deadline));
    let long = scene.call_until(SERVICE, Some(NOW + Duration::from_secs(25)));
    let written = scene.written();
    assert_eq!(members(&written), ["GetNameOwner", "M", "AddMatch", "GetNameOwner", "M"]);
    let end = scene.session.poll_reply(short, deadline).unwrap().unwrap();
    assert!(matches!(end, Err(NoReply::TimedOut)), "{end:?}");
    for index in [0, 3] {
        scene.answer(&written[index], BUS, &(OWNER,));
    }
    scene.answer(&written[2], BUS, &());
    scene.answer(&written[1], OWNER, &(1_u32,));
    scene.answer(&written[4], OWNER, &(2_u32,));
    let end = scene.session.poll_reply(long, deadline).unwrap().unwrap().unwrap();
    assert_eq!(end.message.body(), Ok((2_u32,)));
}

#[test]
fn a_burst_of_names_is_let_go_when_it_is_over() {
    let (mut scene, mut bus) = (Scene::bus(), Bus::default());
    let names: Vec<String> = names(1000).collect();
    for _ in 0..2 {
        let ids: Vec<CallId> = names.iter().map(|name| scene.call_until(name, None)).collect();
        bus.serve(&mut scene);
        assert!(ids.iter().all(|id| scene.end(*id) == Some(Ok(7))));
    }
    assert_eq!(bus.rules.len(), 1000, "all were in use at the same time");
    works(&mut scene, &mut bus, SERVICE);
    assert!(bus.rules.len() <= 64, "{}", bus.rules.len());
}
