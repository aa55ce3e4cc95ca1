//! What the bus is asked about names, and how long they are remembered.

use super::*;

const OTHER: &str = "org.example.Other";

/// A router that remembers one name, and follows [`SERVICE`].
fn with_one_name() -> Play {
    Play::of(&Config { followed_names: 1, ..config(ServerKind::Bus) }).follow()
}

#[test]
fn calls_of_unique_names_let_no_name_go() {
    let mut play = with_one_name();
    for number in 0..10 {
        let name = format!(":1.{number}");
        let (call, asked) = play.call(&name);
        assert!(asked.is_empty(), "{name}");
        assert!(play.is_reply(call, Some(&name)));
    }
    assert!(play.removed.is_empty());
}

#[test]
fn a_call_that_was_not_sent_keeps_no_name() {
    for is_sent in [true, false] {
        let mut play = with_one_name();
        let callee = play.router.callee(BusName::parse(SERVICE).ok());
        match is_sent {
            true => drop(play.sent(callee, Purpose::User, Instant::NEVER)),
            false => play.router.not_sent(callee),
        }
        play.call(OTHER);
        assert_eq!(play.removed.len(), usize::from(!is_sent));
    }
}

/// Its answer is not about the name that comes to its place.
#[test]
fn a_name_stays_while_it_is_asked_for() {
    let mut play = Play::of(&Config { followed_names: 1, ..config(ServerKind::Bus) });
    let (forgotten, asked) = play.call(SERVICE);
    play.router.forget(forgotten);
    let (call, _) = play.call(OTHER);
    play.reply(asked[0].0, Some(names::BUS), &(OWNER,));
    assert!(!play.is_reply(call, Some(OWNER)), "nobody said that it owns {OTHER}");
}

#[test]
fn a_name_whose_owner_was_refused_is_asked_for_with_the_next_use() {
    for is_subscribed in [false, true] {
        let mut play = Play::bus();
        play.call(SERVICE);
        play.serve(OWNER);
        let (_, asked) = play.call(SERVICE);
        assert_eq!(members(&mem::take(&mut play.asked)), ["AddMatch", "GetNameOwner"]);
        play.reply(asked[0].0, Some(names::BUS), &());
        play.refuse(asked[1].0, DENIED);
        if is_subscribed {
            let rule = MatchRule::parse("sender='org.example.Service'").unwrap();
            play.router.subscribe(&rule, Instant::NEVER);
            play.act();
            assert_eq!(members(&play.asked), ["GetNameOwner", "AddMatch"]);
        } else {
            assert_eq!(members(&play.call(SERVICE).1), ["GetNameOwner"]);
        }
    }
}

#[test]
fn a_name_without_an_owner_is_followed_for_an_outstanding_call() {
    // Names that are remembered, calls, whether they are forgotten, and what is asked.
    for (followed_names, calls, is_forgotten, expected) in [
        (64, 1, false, &["AddMatch", "GetNameOwner"][..]),
        (64, 1, true, &[]),
        (0, 1, false, &[]),
        // With the second call it is followed already.
        (64, 2, false, &[]),
    ] {
        let mut play = Play::of(&Config { followed_names, ..config(ServerKind::Bus) });
        for _ in 0..calls {
            let (call, _) = play.call(SERVICE);
            if is_forgotten {
                play.router.forget(call);
            }
        }
        let (question, member) = play.asked.pop().unwrap();
        assert_eq!(member, "GetNameOwner");
        play.asked.clear();
        play.refuse(question, NO_OWNER);
        assert_eq!(members(&play.asked), expected, "{followed_names} {calls} {is_forgotten}");
    }
}

#[test]
fn owners_are_told_by_name_owner_changed_of_the_bus_interface_alone() {
    for (interface, member, is_told) in [
        (names::BUS, "NameOwnerChanged", true),
        (names::BUS, "NameAcquired", false),
        ("org.example.I", "NameOwnerChanged", false),
    ] {
        let mut play = Play::followed();
        let (call, _) = play.call(SERVICE);
        let mut header = Header::signal(
            Serial::FIRST,
            ObjectPath::from_static("/org/freedesktop/DBus"),
            InterfaceName::parse(interface).unwrap(),
            MemberName::parse(member).unwrap(),
        );
        header.sender = BusName::parse(names::BUS).ok();
        play.route(&header, &(SERVICE, OWNER, NEXT));
        assert_eq!(play.is_reply(call, Some(NEXT)), is_told, "{interface}.{member}");
    }
    // Of names that nobody uses, they are like any other signal.
    let mut play = Play::followed();
    play.change(Some(names::BUS), OTHER, NEXT);
    assert_eq!(play.router.ignored(), 1);
}

#[test]
fn the_owner_of_a_senders_name_is_asked_for_unless_it_is_known() {
    for (sender, expected) in [
        (SERVICE, &["AddMatch", "GetNameOwner", "AddMatch"][..]),
        (OWNER, &["AddMatch"]),
        (names::BUS, &["AddMatch"]),
    ] {
        let mut play = Play::bus();
        let rule = format!("type='signal',sender='{sender}'");
        play.router.subscribe(&MatchRule::parse(&rule).unwrap(), Instant::NEVER);
        play.act();
        assert_eq!(members(&play.asked), expected, "{sender}");
    }
}
