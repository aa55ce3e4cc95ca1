//! The order of events, and their recipients.

use std::rc::Rc;

use barebus_session::{CallId, Config, Event, NoReply, ServerKind, Serving, SubscriptionId, Want};
use barebus_wire::{BusName, InterfaceName, MatchRule, MemberName, MethodCall, ObjectPath};

use crate::scene::{BUS, DENIED, NOW, Scene, US, config};

/// The kind of an event with its member or call.
fn name<F>(event: Event<'_, F>) -> String {
    match event {
        Event::Reply { reply, .. } => {
            format!("reply {}", reply.message.body::<(u32,)>().unwrap().0)
        }
        Event::NoReply { reason: NoReply::Fds(_), .. } => "no reply".into(),
        Event::Signal { signal, .. } => {
            format!("signal {}", signal.message.header().member.unwrap())
        }
        Event::MethodCall { call, .. } => format!("call {}", call.message.header().member.unwrap()),
        Event::Refused(_) => "refused".into(),
        Event::NotSubscribed { .. } => "not subscribed".into(),
        other => format!("{:?}", core::mem::discriminant(&other)),
    }
}

struct Play {
    scene: Scene,
    calls: [CallId; 3],
    subscription: SubscriptionId,
}

/// The events of [`arrived`], in order.
const ARRIVED: [&str; 9] = [
    "signal A",
    "reply 1",
    "refused",
    "call Ask",
    "no reply",
    "not subscribed",
    "refused",
    "signal B",
    "reply 3",
];

/// One event of each kind, arriving together.
fn arrived() -> Play {
    let mut scene = Scene::bus_of(Config { serving: Serving::EVENTS, ..config(ServerKind::Bus) });
    let rule = MatchRule::parse("type='signal'").unwrap();
    let subscription = scene.session.subscribe(&rule, None).unwrap();
    let refused = MatchRule::parse("member='Never'").unwrap();
    scene.session.subscribe(&refused, None).unwrap();
    let calls = [(); 3].map(|()| scene.call_until(BUS, None));
    let written = scene.written();
    let [added, never, first, second, third] = &*written else { panic!("{}", written.len()) };
    scene.answer(added, BUS, &());
    let signal = scene.signal(":1.7", "A");
    scene.give(&signal, &());
    scene.answer(first, BUS, &(1_u32,));
    let mut with_fds = scene.signal(":1.7", "WithFds");
    with_fds.unix_fds = 1;
    scene.give(&with_fds, &());
    for unix_fds in [0, 1] {
        if unix_fds == 1 {
            let mut reply = scene.reply(second, BUS);
            reply.unix_fds = 1;
            scene.give(&reply, &(2_u32,));
            scene.refuse(never, DENIED);
        }
        let ask = MethodCall::checked(ObjectPath::ROOT, MemberName::from_static("Ask"))
            .interface(InterfaceName::from_static("com.example.I"))
            .destination(BusName::from_static(US));
        let mut header = ask.header(scene.serial());
        header.sender = Some(BusName::from_static(":1.7"));
        header.unix_fds = unix_fds;
        scene.give(&header, &());
    }
    let signal = scene.signal(":1.7", "B");
    scene.give(&signal, &());
    scene.answer(third, BUS, &(3_u32,));
    Play { scene, calls, subscription }
}

fn rest(scene: &mut Scene) -> Vec<String> {
    core::iter::from_fn(|| scene.next().map(name)).collect()
}

fn without(taken: &[&str]) -> Vec<String> {
    let mut left: Vec<String> = ARRIVED.map(Into::into).to_vec();
    for name in taken {
        let at = left.iter().position(|other| other == name).unwrap();
        left.remove(at);
    }
    left
}

#[test]
fn what_came_first_is_given_first() {
    assert_eq!(rest(&mut arrived().scene), ARRIVED);
    // The same for events that were queued before.
    let mut play = arrived();
    play.scene.process();
    assert_eq!(rest(&mut play.scene), ARRIVED);
}

#[test]
fn what_is_wanted_is_given_and_the_others_keep_their_order() {
    for at in [1, 2] {
        let Play { mut scene, calls, .. } = arrived();
        let reply = scene.session.poll_reply(calls[at], NOW).unwrap().unwrap();
        assert_eq!(reply.is_ok(), at == 2);
        drop(reply);
        assert_eq!(rest(&mut scene), without(&[if at == 1 { "no reply" } else { "reply 3" }]));
    }
    let Play { mut scene, subscription, calls } = arrived();
    let wants = [
        (Want::Signal(subscription), "signal A"),
        (Want::Reply(calls[2]), "reply 3"),
        (Want::Signal(subscription), "signal B"),
        (Want::Reply(calls[0]), "reply 1"),
    ];
    for (want, expected) in wants {
        let event = scene.session.poll_event(want, NOW).unwrap().unwrap();
        assert_eq!(name(event), expected);
    }
    let taken = wants.map(|(_, name)| name);
    assert_eq!(rest(&mut scene), without(&taken));
}

#[test]
fn an_event_that_was_polled_and_not_taken_stays_first() {
    for taken in 0..ARRIVED.len() {
        let mut scene = arrived().scene;
        for expected in &ARRIVED[..taken] {
            assert_eq!(name(scene.next().unwrap()), *expected);
        }
        assert!(scene.session.poll(Want::Anything, NOW).unwrap());
        // Whatever is polled or received next.
        assert!(scene.session.poll_event(Want::Nothing, NOW).unwrap().is_none());
        assert!(scene.session.poll(Want::Anything, NOW).unwrap());
        scene.session.input_buffer();
        assert_eq!(rest(&mut scene), ARRIVED[taken..]);
    }
}

#[test]
fn a_signal_that_was_polled_and_not_taken_stays_first_for_who_asks_for_it() {
    let mut scene = Scene::bus();
    let id = scene.session.subscribe(&MatchRule::ANY, None).unwrap();
    for member in ["A", "B"] {
        let signal = scene.signal(":1.7", member);
        scene.give(&signal, &());
    }
    scene.process();
    assert!(scene.session.poll(Want::Signal(id), NOW).unwrap());
    for expected in ["signal A", "signal B"] {
        let event = scene.session.poll_event(Want::Signal(id), NOW).unwrap();
        assert_eq!(event.map(name).unwrap(), expected);
    }
}

/// Three subscriptions to the same signals.
fn subscribed<F>(scene: &mut Scene<F>) -> [SubscriptionId; 3] {
    let subscriptions = ["member='S'", "type='signal'", "member='S'"]
        .map(|rule| scene.session.subscribe(&MatchRule::parse(rule).unwrap(), None).unwrap());
    for question in scene.written() {
        scene.answer(&question, BUS, &());
    }
    scene.process();
    subscriptions
}

/// The subscriptions of the next signal, its text, and its number of descriptors.
fn told<F>(scene: &mut Scene<F>, want: Want) -> Option<(Vec<SubscriptionId>, u32, usize)> {
    match scene.session.poll_event(want, NOW).unwrap()? {
        Event::Signal { subscriptions, signal } => {
            let (number,) = signal.message.body::<(u32,)>().unwrap();
            Some((subscriptions.to_vec(), number, signal.fds.len()))
        }
        other => panic!("{}", name(other)),
    }
}

#[test]
fn a_signal_carries_all_subscriptions_that_ask_for_it() {
    for is_kept in [false, true] {
        let mut scene = Scene::bus();
        let [a, b, c] = subscribed(&mut scene);
        for (number, member) in (0_u32..).zip(["S", "T", "S"]) {
            let signal = scene.signal(":1.7", member);
            scene.give(&signal, &(number,));
        }
        if is_kept {
            scene.process();
        }
        assert_eq!(told(&mut scene, Want::Anything), Some((vec![a, b, c], 0, 0)));
        assert_eq!(told(&mut scene, Want::Anything), Some((vec![b], 1, 0)));
        assert_eq!(told(&mut scene, Want::Anything), Some((vec![a, b, c], 2, 0)));
        assert_eq!(told(&mut scene, Want::Anything), None);
    }
}

#[test]
fn who_asks_for_its_own_signals_leaves_them_to_the_others() {
    for is_kept in [false, true] {
        let fd = Rc::new(());
        let mut scene = Scene::<Rc<()>>::bus_of(config(ServerKind::Bus));
        let [a, b, c] = subscribed(&mut scene);
        for number in 0..2_u32 {
            let mut signal = scene.signal(":1.7", "S");
            signal.unix_fds = 1;
            scene.give_with(&signal, &(number,), vec![Rc::clone(&fd)]);
            // A read with descriptors ends with their message.
            if is_kept {
                scene.process();
            }
        }
        // The descriptors go to the first taker.
        assert_eq!(told(&mut scene, Want::Signal(b)), Some((vec![b], 0, 1)));
        assert_eq!(told(&mut scene, Want::Signal(b)), Some((vec![b], 1, 1)));
        assert_eq!(told(&mut scene, Want::Signal(b)), None);
        assert_eq!(told(&mut scene, Want::Signal(a)), Some((vec![a], 0, 0)));
        assert_eq!(told(&mut scene, Want::Anything), Some((vec![c], 0, 0)));
        assert_eq!(told(&mut scene, Want::Anything), Some((vec![a, c], 1, 0)));
        assert_eq!(told(&mut scene, Want::Anything), None);
        assert_eq!(Rc::strong_count(&fd), 1);
    }
}

#[test]
fn who_unsubscribes_leaves_the_others_their_signals() {
    let mut scene = Scene::bus();
    let [a, b, c] = subscribed(&mut scene);
    let signal = scene.signal(":1.7", "S");
    scene.give(&signal, &(0_u32,));
    scene.process();
    scene.session.unsubscribe(a).unwrap();
    // A signal that was polled and not taken is not reported to ended subscriptions.
    assert!(scene.session.poll(Want::Anything, NOW).unwrap());
    scene.session.unsubscribe(c).unwrap();
    assert_eq!(told(&mut scene, Want::Anything), Some((vec![b], 0, 0)));
    let signal = scene.signal(":1.7", "T");
    scene.give(&signal, &(1_u32,));
    scene.process();
    scene.session.unsubscribe(b).unwrap();
    assert_eq!(told(&mut scene, Want::Anything), None);
}

#[test]
fn the_end_of_a_rule_is_told_to_each_that_asks_and_to_the_others_together() {
    for is_kept in [false, true] {
        let mut scene = Scene::bus();
        let rule = MatchRule::parse("member='S'").unwrap();
        let [a, b, c] = [(); 3].map(|()| scene.session.subscribe(&rule, None).unwrap());
        let added = scene.written().remove(0);
        scene.refuse(&added, DENIED);
        if is_kept {
            scene.process();
        }
        for (want, expected) in [(Want::Signal(b), vec![b]), (Want::Anything, vec![a, c])] {
            let event = scene.session.poll_event(want, NOW).unwrap().unwrap();
            let Event::NotSubscribed { subscriptions, reply } = event else { panic!("{event:?}") };
            assert_eq!(subscriptions, expected);
            assert_eq!(reply.unwrap().message.header().error_name.unwrap(), DENIED);
        }
        assert!(scene.next().is_none());
    }
}
