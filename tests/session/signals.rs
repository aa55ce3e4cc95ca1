//! Subscriptions. Spec: Match Rules.

use core::time::Duration;

use barebus_session::{Event, SubscriptionId, Want};
use barebus_wire::{BusName, Header, InterfaceName, MatchRule, Message, ObjectPath};

use crate::scene::{BUS, NOW, Scene};

/// The texts of the calls of `member` that were written, each with the message.
fn asked(scene: &mut Scene, member: &str) -> Vec<(String, Vec<u8>)> {
    let mut asked = Vec::new();
    for bytes in scene.written() {
        let message = Message::parse(&bytes).unwrap();
        if message.header().member.unwrap() == member {
            asked.push((message.body::<(&str,)>().unwrap().0.to_owned(), bytes.clone()));
        }
    }
    asked
}

fn is_given(scene: &mut Scene) -> bool {
    matches!(scene.session.poll_event(Want::Anything, NOW).unwrap(), Some(Event::Signal { .. }))
}

/// Unicast signals are delivered without match rules. They are not for other subscriptions.
#[test]
fn a_signal_that_nobody_asked_for_is_passed_over() {
    let mut scene = Scene::bus();
    scene.session.subscribe(&MatchRule::parse("member='S',sender=':1.7'").unwrap(), None).unwrap();
    for (sender, member, expected) in
        [(":1.7", "S", true), (":1.7", "T", false), (":1.8", "S", false)]
    {
        let mut signal = scene.signal(sender, member);
        signal.destination = Some(BusName::from_static(crate::scene::US));
        scene.give(&signal, &());
        assert_eq!(is_given(&mut scene), expected, "{sender} {member}");
    }
}

#[test]
fn no_rule_eavesdrops() {
    let mut scene = Scene::bus();
    scene.session.subscribe(&MatchRule::parse("type='signal',member='S'").unwrap(), None).unwrap();
    assert!(asked(&mut scene, "AddMatch").iter().all(|(rule, _)| !rule.contains("eavesdrop")));
}

#[test]
fn the_rule_that_is_removed_is_the_rule_that_was_added() {
    let mut scene = Scene::bus();
    let rule = MatchRule::parse("type=signal, arg0='it'\\''s',member=S").unwrap();
    let first = scene.session.subscribe(&rule, None).unwrap();
    let second = scene.session.subscribe(&rule, None).unwrap();
    let added = asked(&mut scene, "AddMatch");
    assert_eq!(added.len(), 1, "equal rules are asked for once");
    scene.session.unsubscribe(first).unwrap();
    assert!(asked(&mut scene, "RemoveMatch").is_empty());
    scene.session.unsubscribe(second).unwrap();
    // Once more does nothing.
    scene.session.unsubscribe(second).unwrap();
    let removed = asked(&mut scene, "RemoveMatch");
    assert_eq!(removed.len(), 1);
    assert_eq!(MatchRule::parse(&removed[0].0).unwrap(), MatchRule::parse(&added[0].0).unwrap());
}

#[test]
fn a_refused_rule_is_told() {
    let mut scene = Scene::bus();
    let id = scene.session.subscribe(&MatchRule::parse("member=S").unwrap(), None).unwrap();
    let added = asked(&mut scene, "AddMatch").remove(0);
    let error = scene.error(&added.1, BUS, "org.freedesktop.DBus.Error.LimitsExceeded");
    scene.give(&error, &("too many",));
    let event = scene.session.poll_event(Want::Anything, NOW).unwrap().unwrap();
    assert!(matches!(event, Event::NotSubscribed { subscriptions, .. } if *subscriptions == [id]));
    assert!(!scene.session.is_subscribed(id));
}

#[test]
fn a_well_known_sender_is_its_present_owner() {
    let mut scene = Scene::bus();
    let rule = MatchRule::parse("sender='com.example',member='S'").unwrap();
    scene.session.subscribe(&rule, None).unwrap();
    let asked = scene.written();
    let members = asked.iter().map(|bytes| Message::parse(bytes).unwrap().header().member.unwrap());
    assert!(members.eq(["AddMatch", "GetNameOwner", "AddMatch"]));
    assert_eq!(Message::parse(&asked[1]).unwrap().body(), Ok(("com.example",)));
    scene.answer(&asked[0], BUS, &());
    scene.answer(&asked[1], BUS, &(":1.7",));
    let give = |sender, scene: &mut Scene| {
        let signal = scene.signal(sender, "S");
        scene.give(&signal, &());
        is_given(scene)
    };
    assert!(give(":1.7", &mut scene));
    assert!(!give(":1.8", &mut scene));
    // The owner of the name changes, and the bus reports it.
    let mut change = scene.signal(":1.7", "NameOwnerChanged");
    change.sender = Some(BusName::from_static(BUS));
    change.interface = Some(InterfaceName::from_static("org.freedesktop.DBus"));
    change.path = Some(ObjectPath::from_static("/org/freedesktop/DBus"));
    let forged = Header { sender: Some(BusName::from_static(":1.8")), ..change };
    scene.give(&forged, &("com.example", ":1.7", ":1.8"));
    assert!(!is_given(&mut scene));
    assert!(!give(":1.8", &mut scene), "only the bus says who owns a name");
    scene.give(&change, &("com.example", ":1.7", ":1.8"));
    assert!(!is_given(&mut scene));
    assert!(give(":1.8", &mut scene));
    assert!(!give(":1.7", &mut scene));
}

/// The subscriptions that the next event ends, and whether the bus refused them.
fn ended(scene: &mut Scene, now: Duration) -> Option<(Vec<SubscriptionId>, bool)> {
    match scene.session.poll_event(Want::Anything, now).unwrap()? {
        Event::NotSubscribed { subscriptions, reply } => {
            Some((subscriptions.to_vec(), reply.is_some()))
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn subscriptions_that_share_a_rule_have_their_own_deadlines() {
    let [short, long] = [1, 2].map(|seconds| NOW + Duration::from_secs(seconds));
    let rule = MatchRule::parse("member='S'").unwrap();
    for is_accepted in [true, false] {
        let mut scene = Scene::bus();
        let first = scene.session.subscribe(&rule, Some(short)).unwrap();
        let second = scene.session.subscribe(&rule, Some(long)).unwrap();
        let endless = scene.session.subscribe(&rule, None).unwrap();
        let added = asked(&mut scene, "AddMatch").remove(0);
        assert_eq!(scene.session.next_deadline(), Some(short));
        assert_eq!(ended(&mut scene, short - Duration::from_nanos(1)), None);
        assert_eq!(ended(&mut scene, short), Some((vec![first], false)));
        assert_eq!(ended(&mut scene, short), None);
        assert!(asked(&mut scene, "RemoveMatch").is_empty(), "the others need the rule");
        assert_eq!(scene.session.next_deadline(), Some(long));
        if is_accepted {
            scene.answer(&added.1, BUS, &());
            assert_eq!(ended(&mut scene, long), None);
            assert_eq!(scene.session.next_deadline(), None);
            assert!([second, endless].iter().all(|id| scene.session.is_subscribed(*id)));
        } else {
            assert_eq!(ended(&mut scene, long), Some((vec![second], false)));
            scene.refuse(&added.1, "org.freedesktop.DBus.Error.LimitsExceeded");
            assert_eq!(ended(&mut scene, long), Some((vec![endless], true)));
        }
    }
}

#[test]
fn a_rule_whose_last_subscription_ends_in_time_is_given_back() {
    let deadline = NOW + Duration::from_secs(1);
    let rule = MatchRule::parse("member='S'").unwrap();
    let mut scene = Scene::bus();
    let ids = [(); 2].map(|()| scene.session.subscribe(&rule, Some(deadline)).unwrap());
    let added = asked(&mut scene, "AddMatch").remove(0);
    assert_eq!(ended(&mut scene, deadline), Some((ids.to_vec(), false)));
    assert_eq!(asked(&mut scene, "RemoveMatch").len(), 1);
    // A later subscription has its own rule, regardless of pending answers to the first.
    let id = scene.session.subscribe(&rule, None).unwrap();
    let again = asked(&mut scene, "AddMatch");
    assert_eq!(again.len(), 1);
    scene.refuse(&added.1, "org.freedesktop.DBus.Error.LimitsExceeded");
    assert_eq!(ended(&mut scene, deadline), None);
    scene.answer(&again[0].1, BUS, &());
    assert_eq!(ended(&mut scene, deadline), None);
    assert!(scene.session.is_settled(id) && scene.session.is_subscribed(id));
}

#[test]
fn a_refusal_is_told_when_the_first_to_ask_has_unsubscribed() {
    let rule = MatchRule::parse("member='S'").unwrap();
    let mut scene = Scene::bus();
    let first = scene.session.subscribe(&rule, None).unwrap();
    let second = scene.session.subscribe(&rule, None).unwrap();
    let added = asked(&mut scene, "AddMatch").remove(0);
    scene.session.unsubscribe(first).unwrap();
    assert!(!scene.session.is_settled(second));
    scene.refuse(&added.1, "org.freedesktop.DBus.Error.LimitsExceeded");
    assert_eq!(ended(&mut scene, NOW), Some((vec![second], true)));
    assert!(!scene.session.is_subscribed(second));
}
