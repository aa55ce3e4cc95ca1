//! The cost of an event does not depend on what is queued: no collection that a peer can fill is walked for each event.

use core::time::Duration;

use barebus_session::{CallId, Config, Event, ReplyTo, ServerKind, Serving, SubscriptionId, Want};
use barebus_tests::cost::assert_linear;
use barebus_tests::memory;
use barebus_wire::{InterfaceName, MatchRule, MemberName, MethodCall, ObjectPath};

use crate::bus::OWNER;
use crate::scene::{BUS, NOW, SERVICE, Scene, argument, bytes, call_of, config, member};

/// A session without limits of its queues.
fn spacious(server: ServerKind) -> Scene {
    let config = Config {
        serving: Serving::EVENTS,
        receive_limit: usize::MAX,
        send_limit: usize::MAX,
        ..config(server)
    };
    match server {
        ServerKind::Bus => Scene::bus_of(config),
        ServerKind::Direct => Scene::of(config),
    }
}

fn subscribed(scene: &mut Scene, rule: &str) -> SubscriptionId {
    scene.session.subscribe(&MatchRule::parse(rule).unwrap(), None).unwrap()
}

/// `count` signals `member`, processed and kept.
fn keep_signals(scene: &mut Scene, member: &'static str, count: usize) {
    let signal = scene.signal(":1.7", member);
    let many = bytes(&signal, &()).repeat(count);
    for part in many.chunks(1 << 16) {
        scene.fill(part);
        scene.process();
    }
}

#[test]
fn a_hundred_thousand_calls_of_ours_are_kept_taken_and_answered() {
    assert_linear(100_000, |count| {
        let mut scene = spacious(ServerKind::Direct);
        let call = MethodCall::checked(ObjectPath::ROOT, MemberName::from_static("M"))
            .interface(InterfaceName::from_static("com.example.I"))
            .header(scene.serial());
        let many = bytes(&call, &()).repeat(count);
        for part in many.chunks(1 << 16) {
            scene.fill(part);
            scene.process();
        }
        let mut calls: Vec<ReplyTo> = Vec::new();
        while let Some(event) = scene.next() {
            let Event::MethodCall { reply_to, .. } = event else { panic!("{event:?}") };
            calls.push(reply_to);
        }
        assert_eq!(calls.len(), count);
        for (number, call) in calls.into_iter().enumerate() {
            // Half of them are answered when they are dropped.
            if number % 2 == 0 {
                scene.session.reply(&call, &(), Vec::new()).unwrap();
            }
            drop(call);
            assert!(scene.next().is_none());
        }
        assert_eq!(scene.written().len(), count);
    });
}

#[test]
fn bytes_trickle_in_behind_a_hundred_thousand_kept_signals() {
    assert_linear(100_000, |count| {
        let mut scene = spacious(ServerKind::Direct);
        subscribed(&mut scene, "member='Kept'");
        let wanted = subscribed(&mut scene, "member='Wanted'");
        keep_signals(&mut scene, "Kept", count);
        let signal = scene.signal(":1.7", "Wanted");
        let long = bytes(&signal, &("x".repeat(count).as_str(),));
        let (last, first) = long.split_last().unwrap();
        for byte in first {
            scene.fill(&[*byte]);
            assert!(!scene.session.poll(Want::Signal(wanted), NOW).unwrap());
        }
        scene.fill(&[*last]);
        assert!(scene.session.poll(Want::Signal(wanted), NOW).unwrap());
    });
}

#[test]
fn signals_are_taken_from_among_a_hundred_thousand_others() {
    assert_linear(100_000, |count| {
        let mut scene = spacious(ServerKind::Direct);
        let others = subscribed(&mut scene, "member='Kept'");
        let wanted = subscribed(&mut scene, "member='Wanted'");
        for _ in 0..count / 100 {
            keep_signals(&mut scene, "Kept", 50);
            keep_signals(&mut scene, "Wanted", 50);
        }
        for id in [wanted, others] {
            for _ in 0..count / 2 {
                assert!(scene.session.poll_event(Want::Signal(id), NOW).unwrap().is_some());
            }
        }
        assert!(scene.next().is_none());
    });
}

#[test]
fn one_of_two_subscriptions_takes_a_hundred_thousand_signals_of_both() {
    assert_linear(100_000, |count| {
        let mut scene = spacious(ServerKind::Direct);
        let ids = [(); 2].map(|()| subscribed(&mut scene, "member='Kept'"));
        keep_signals(&mut scene, "Kept", count);
        for id in ids {
            for _ in 0..count {
                assert!(scene.session.poll_event(Want::Signal(id), NOW).unwrap().is_some());
            }
        }
        assert!(scene.next().is_none());
    });
}

#[test]
fn unsubscribing_drops_a_hundred_thousand_signals() {
    assert_linear(100_000, |count| {
        let mut scene = spacious(ServerKind::Direct);
        let first = subscribed(&mut scene, "member='Kept'");
        let second = subscribed(&mut scene, "type='signal'");
        keep_signals(&mut scene, "Kept", count);
        scene.session.unsubscribe(first).unwrap();
        scene.session.unsubscribe(second).unwrap();
        assert!(scene.next().is_none());
    });
}

/// Calls of the bus, each with a deadline.
fn calls(scene: &mut Scene, count: usize) -> (Vec<CallId>, Vec<Vec<u8>>) {
    let deadline = Some(NOW + Duration::from_secs(25));
    let ids = (0..count).map(|_| scene.session.call(&call_of(BUS), &(), Vec::new(), deadline));
    let ids = ids.map(Result::unwrap).collect();
    (ids, scene.written())
}

#[test]
fn forty_thousand_replies_are_taken_in_reverse() {
    assert_linear(40_000, |count| {
        let mut scene = spacious(ServerKind::Bus);
        let (ids, written) = calls(&mut scene, count);
        for call in &written {
            scene.answer(call, BUS, &(1_u32,));
            scene.process();
        }
        for id in ids.iter().rev() {
            assert_eq!(scene.end(*id), Some(Ok(1)));
        }
    });
}

#[test]
fn forty_thousand_replies_come_in_reverse() {
    assert_linear(40_000, |count| {
        let mut scene = spacious(ServerKind::Bus);
        let (ids, written) = calls(&mut scene, count);
        for call in written.iter().rev() {
            scene.answer(call, BUS, &(1_u32,));
            scene.process();
        }
        for id in ids {
            assert_eq!(scene.end(id), Some(Ok(1)));
        }
    });
}

#[test]
fn forty_thousand_calls_end_at_their_deadline() {
    assert_linear(40_000, |count| {
        let mut scene = spacious(ServerKind::Bus);
        let (ids, _) = calls(&mut scene, count);
        let late = NOW + Duration::from_secs(25);
        for id in ids {
            assert!(scene.session.poll_reply(id, late).unwrap().unwrap().is_err());
        }
    });
}

/// At the limit of open files a process loses one descriptor with each byte.
#[test]
fn bytes_with_cut_off_descriptors_take_no_memory() {
    const COUNT: usize = 40_000;
    let mut scene = Scene::direct();
    let signal = scene.signal(":1.7", "S");
    let long = bytes(&signal, &("x".repeat(COUNT).as_str(),));
    // The receive buffer has its full size from the first message on.
    keep_signals(&mut scene, "S", 1);
    let mut cost = || {
        for byte in &long[..COUNT] {
            scene.session.input_buffer()[0] = *byte;
            scene.session.handle_input(1, Vec::new(), true);
            scene.process();
        }
    };
    let ((), held) = memory::held(&mut cost);
    assert!(held < 1024, "{held} bytes");
}

/// A stranger that guesses the serials of many calls causes one or two calls of the bus, not one for each.
#[test]
fn many_held_replies_take_few_questions() {
    const COUNT: u32 = 1000;
    let config = Config { followed_names: 0, ..config(ServerKind::Bus) };
    let mut scene = <Scene>::bus_of(config);
    let ids = (0..COUNT).map(|_| scene.call_until(SERVICE, None)).collect::<Vec<_>>();
    let (calls, mut written): (Vec<_>, Vec<_>) =
        scene.written().into_iter().partition(|message| member(message) == "M");
    for call in &calls {
        scene.answer(call, ":1.66", &(0_u32,));
    }
    scene.process();
    let mut questions: u32 = 0;
    while !written.is_empty() {
        for question in written {
            assert_eq!(argument(&question), SERVICE);
            scene.answer(&question, BUS, &(OWNER,));
            questions += 1;
        }
        scene.process();
        written = scene.written();
    }
    assert!(questions <= COUNT + 2, "{questions}");
    assert_eq!(scene.session.ignored(), u64::from(COUNT));
    for (id, call) in ids.into_iter().zip(&calls) {
        scene.answer(call, OWNER, &(1_u32,));
        assert_eq!(scene.end(id), Some(Ok(1)));
    }
}
