//! Replies whose sender may be the callee: they are held until the bus has named the owner.

use core::time::Duration;
use std::rc::Rc;

use barebus_session::{CallId, Config, Event, NoReply, ServerKind, Want};
use barebus_wire::MatchRule;

use crate::bus::OWNER;
use crate::scene::{BUS, DENIED, NO_OWNER, NOW, SERVICE, Scene, argument, config, member};

/// Owns the name after [`OWNER`].
const NEXT: &str = ":1.8";
const STRANGER: &str = ":1.66";

/// A first call whose owner is known, and its message.
fn called<F>(scene: &mut Scene<F>) -> (CallId, Vec<u8>) {
    let (id, mut written) = scene.call(SERVICE);
    let call = written.pop().unwrap();
    scene.answer(&written[0], BUS, &(OWNER,));
    scene.process();
    (id, call)
}

/// The one call about the name that was written since.
fn question<F>(scene: &mut Scene<F>) -> Vec<u8> {
    let written = scene.written();
    let [question] = &*written else { panic!("{} messages", written.len()) };
    assert_eq!((&*member(question), &*argument(question)), ("GetNameOwner", SERVICE));
    question.clone()
}

#[test]
fn a_new_owner_is_believed_after_one_more_question() {
    let mut scene = Scene::bus();
    let (id, call) = called(&mut scene);
    scene.answer(&call, NEXT, &(1_u32,));
    assert_eq!(scene.end(id), None);
    let question = question(&mut scene);
    scene.answer(&question, BUS, &(NEXT,));
    assert_eq!(scene.end(id), Some(Ok(1)));
    assert!(!scene.session.is_outstanding(id));
    assert_eq!(scene.session.ignored(), 0);
}

#[test]
fn a_forged_reply_is_never_believed_whatever_the_bus_says() {
    for owner in [Some(OWNER), Some(NEXT), None] {
        let mut scene = Scene::bus();
        let (id, call) = called(&mut scene);
        scene.answer(&call, STRANGER, &(1_u32,));
        assert_eq!(scene.end(id), None);
        let asked = question(&mut scene);
        match owner {
            Some(owner) => scene.answer(&asked, BUS, &(owner,)),
            None => scene.refuse(&asked, NO_OWNER),
        }
        assert_eq!(scene.end(id), None, "{owner:?}");
        assert_eq!(scene.session.ignored(), 1);
        scene.answer(&call, OWNER, &(2_u32,));
        assert_eq!(scene.end(id), Some(Ok(2)), "{owner:?}");
    }
}

#[test]
fn one_reply_is_held_for_each_call() {
    let mut scene = Scene::bus();
    let (id, call) = called(&mut scene);
    for number in 0..1000_u32 {
        scene.answer(&call, STRANGER, &(number,));
    }
    scene.process();
    assert_eq!(scene.session.ignored(), 999);
    let asked = question(&mut scene);
    scene.answer(&call, OWNER, &(2_u32,));
    assert_eq!(scene.end(id), Some(Ok(2)), "the callee's own reply is not held up");
    assert_eq!(scene.session.ignored(), 1000);
    scene.answer(&asked, BUS, &(STRANGER,));
    assert!(scene.next().is_none(), "the call has ended");
}

/// The bus answers in order: an answer to a call before the reply may be older than the change of owner.
#[test]
fn an_answer_to_an_earlier_question_does_not_decide() {
    let mut scene = Scene::bus();
    let (_, first) = called(&mut scene);
    let (second, written) = scene.call(SERVICE);
    let [watch, owner, call] = &*written else { panic!("{} messages", written.len()) };
    scene.answer(call, NEXT, &(1_u32,));
    assert_eq!(scene.end(second), None);
    assert!(scene.written().is_empty(), "a question is under way");
    scene.refuse(watch, DENIED);
    scene.answer(owner, BUS, &(OWNER,));
    scene.process();
    let question = question(&mut scene);
    scene.answer(&question, BUS, &(NEXT,));
    assert_eq!(scene.end(second), Some(Ok(1)));
    scene.answer(&first, OWNER, &(0_u32,));
}

#[test]
fn replies_are_held_for_many_calls_and_one_answer_decides_all() {
    let mut scene = Scene::bus();
    let config = Config { followed_names: 0, ..config(ServerKind::Bus) };
    let mut never_following = Scene::bus_of(config);
    for scene in [&mut scene, &mut never_following] {
        let mut calls = vec![called(scene)];
        for _ in 0..9 {
            let (id, mut written) = scene.call(SERVICE);
            let call = written.pop().unwrap();
            for question in written {
                match &*member(&question) {
                    "AddMatch" => scene.refuse(&question, DENIED),
                    _ => scene.answer(&question, BUS, &(OWNER,)),
                }
            }
            scene.process();
            calls.push((id, call));
        }
        for (number, (_, call)) in (0_u32..).zip(&calls) {
            let sender = if number % 2 == 0 { NEXT } else { STRANGER };
            scene.answer(call, sender, &(number,));
        }
        scene.process();
        let question = question(scene);
        scene.answer(&question, BUS, &(NEXT,));
        scene.process();
        // Replies that arrived during the call cause another call.
        let again = scene.written();
        assert!(again.len() <= 1, "{} questions", again.len());
        if let [again] = &*again {
            scene.answer(again, BUS, &(NEXT,));
        }
        for (number, (id, _)) in (0_u32..).zip(&calls) {
            let expected = (number % 2 == 0).then_some(Ok(number));
            assert_eq!(scene.end(*id), expected, "call {number}");
        }
    }
}

#[test]
fn a_change_of_owner_decides_too() {
    let mut scene = Scene::bus();
    let (id, call) = called(&mut scene);
    scene.answer(&call, NEXT, &(1_u32,));
    assert_eq!(scene.end(id), None);
    scene.pass_on(SERVICE, OWNER, NEXT);
    assert_eq!(scene.end(id), Some(Ok(1)));
}

#[test]
fn a_held_reply_brings_its_descriptors_or_closes_them() {
    for is_believed in [true, false] {
        let mut scene = Scene::<Rc<()>>::bus_of(config(ServerKind::Bus));
        let (id, call) = called(&mut scene);
        let fd = Rc::new(());
        let mut reply = scene.reply(&call, NEXT);
        reply.unix_fds = 2;
        scene.give_with(&reply, &(1_u32,), vec![Rc::clone(&fd), Rc::clone(&fd)]);
        scene.process();
        assert_eq!(Rc::strong_count(&fd), 3);
        let question = question(&mut scene);
        scene.answer(&question, BUS, &(if is_believed { NEXT } else { OWNER },));
        let taken = scene.session.poll_reply(id, NOW).unwrap().map(|reply| reply.unwrap().fds);
        assert_eq!(taken.map_or(0, |fds| fds.len()), if is_believed { 2 } else { 0 });
        assert_eq!(Rc::strong_count(&fd), 1);
    }
}

#[test]
fn what_cannot_be_held_may_still_be_answered() {
    // Descriptors that were not announced, and no room.
    for is_full in [false, true] {
        let receive_limit = if is_full { 0 } else { 1 << 20 };
        let mut scene =
            Scene::<Rc<()>>::bus_of(Config { receive_limit, ..config(ServerKind::Bus) });
        let (id, call) = called(&mut scene);
        let reply = scene.reply(&call, NEXT);
        let fds = if is_full { Vec::new() } else { vec![Rc::new(())] };
        scene.give_with(&reply, &(1_u32,), fds);
        assert_eq!(scene.end(id), None);
        assert_eq!(scene.session.dropped(), u64::from(is_full));
        let question = question(&mut scene);
        scene.answer(&question, BUS, &(NEXT,));
        assert_eq!(scene.end(id), None, "what was not kept is not there");
        scene.answer(&call, NEXT, &(2_u32,));
        assert_eq!(scene.end(id), Some(Ok(2)));
    }
}

#[test]
fn a_call_whose_reply_is_held_ends_at_its_deadline() {
    let mut scene = Scene::bus();
    let deadline = NOW + Duration::from_secs(1);
    let id = scene.call_until(SERVICE, Some(deadline));
    let written = scene.written();
    scene.answer(&written[0], BUS, &(OWNER,));
    scene.answer(&written[1], NEXT, &(1_u32,));
    scene.process();
    let question = question(&mut scene);
    let end = scene.session.poll_reply(id, deadline).unwrap().unwrap();
    assert!(matches!(end, Err(NoReply::TimedOut)), "{end:?}");
    assert_eq!(scene.session.ignored(), 1);
    scene.answer(&question, BUS, &(NEXT,));
    assert!(scene.session.poll_event(Want::Anything, deadline).unwrap().is_none());
}

#[test]
fn a_call_that_is_forgotten_takes_its_held_reply_along() {
    let fd = Rc::new(());
    let mut scene = Scene::<Rc<()>>::bus_of(config(ServerKind::Bus));
    let (id, call) = called(&mut scene);
    let mut reply = scene.reply(&call, NEXT);
    reply.unix_fds = 1;
    scene.give_with(&reply, &(1_u32,), vec![Rc::clone(&fd)]);
    scene.process();
    let question = question(&mut scene);
    scene.session.forget(id);
    assert_eq!(Rc::strong_count(&fd), 1);
    scene.answer(&question, BUS, &(NEXT,));
    assert!(scene.next().is_none());
}

#[test]
fn the_bus_may_answer_while_a_reply_is_held() {
    let mut scene = Scene::bus();
    let (id, call) = called(&mut scene);
    scene.answer(&call, STRANGER, &(1_u32,));
    scene.process();
    let question = question(&mut scene);
    let error = scene.error(&call, BUS, "org.freedesktop.DBus.Error.NoReply");
    scene.give(&error, &(2_u32,));
    assert_eq!(scene.end(id), Some(Ok(2)));
    scene.answer(&question, BUS, &(STRANGER,));
    assert!(scene.next().is_none());
}

#[test]
fn a_refused_question_ends_the_call_and_drops_the_held_reply() {
    let mut scene = Scene::bus();
    let (id, call) = called(&mut scene);
    scene.answer(&call, NEXT, &(1_u32,));
    scene.process();
    let question = question(&mut scene);
    scene.refuse(&question, DENIED);
    assert_eq!(scene.end(id), Some(Err(NoReply::OwnerUnknown)));
    assert!(scene.next().is_none());
    assert_eq!(scene.session.ignored(), 1);
}

/// The change of owner is itself an event with a subscription.
#[test]
fn a_reply_that_a_wanted_signal_releases_comes_next() {
    for forgets in [false, true] {
        let mut scene = Scene::bus();
        let rule = MatchRule::parse("type='signal'").unwrap();
        scene.session.subscribe(&rule, None).unwrap();
        scene.written();
        let (id, call) = called(&mut scene);
        scene.answer(&call, NEXT, &(1_u32,));
        scene.process();
        scene.pass_on(SERVICE, OWNER, NEXT);
        let signal = scene.signal(STRANGER, "S");
        scene.give(&signal, &());
        let Some(Event::Signal { signal, .. }) = scene.next() else { panic!("no signal") };
        assert_eq!(signal.message.header().member.unwrap(), "NameOwnerChanged");
        match forgets {
            true => scene.session.forget(id),
            false => {
                let event = scene.next();
                assert!(matches!(event, Some(Event::Reply { call, .. }) if call == id));
            }
        }
        let Some(Event::Signal { signal, .. }) = scene.next() else { panic!("no signal") };
        assert_eq!(signal.message.header().member.unwrap(), "S");
        assert!(scene.next().is_none());
    }
}
