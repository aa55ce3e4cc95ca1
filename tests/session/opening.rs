//! The answers of a bus to an opening in one go.

use barebus_session::{Awaited, CallId, Config, NoReply, ServerKind, SessionError, Want};
use barebus_wire::{BusName, MemberName, MethodCall, ObjectPath};
use core::time::Duration;

use crate::scene::{BUS, LINES, NOW, Scene, US, config};

fn call() -> MethodCall<'static> {
    MethodCall::new(ObjectPath::from_static("/org/freedesktop/DBus"), MemberName::from_static("M"))
        .destination(BusName::from_static(BUS))
}

/// An opening that was written, with `calls` calls behind `Hello`: the calls, and the messages that were written.
fn opened(config: Config, calls: usize) -> (Scene, Vec<CallId>, Vec<Vec<u8>>) {
    let mut scene = Scene::before_authentication(config);
    let ids = (0..calls).map(|_| scene.session.call(&call(), &(), Vec::new(), None).unwrap());
    let ids = ids.collect();
    let written = scene.written();
    assert_eq!(written.len(), 1 + calls);
    (scene, ids, written)
}

#[test]
fn any_of_several_calls_may_be_answered_first() {
    for calls in 1..4 {
        let (mut scene, ids, written) = opened(config(ServerKind::Bus), calls);
        scene.fill(LINES);
        scene.answer(&written[0], BUS, &(US,));
        let acquired = scene.signal(BUS, "NameAcquired");
        scene.give(&acquired, &(US,));
        let last = ids.len() - 1;
        scene.answer(&written[1 + last], BUS, &(7_u32,));
        let reply = scene.session.poll_reply(ids[last], NOW).unwrap().unwrap().unwrap();
        assert_eq!(reply.message.body::<(u32,)>().unwrap().0, 7);
        assert_eq!(scene.session.unique_name(), Some(US));
    }
}

/// The first call of a name asks for its owner and nothing more.
#[test]
fn a_first_call_by_name_asks_one_question() {
    let mut scene = <Scene>::before_authentication(config(ServerKind::Bus));
    let by_name = call().destination(BusName::from_static("org.example.Service"));
    let id = scene.session.call(&by_name, &(), Vec::new(), None).unwrap();
    let written = scene.written();
    let [hello, owner, call] = &*written else { panic!("{}", written.len()) };
    scene.fill(LINES);
    scene.answer(hello, BUS, &(US,));
    scene.answer(owner, BUS, &(":1.9",));
    scene.answer(call, ":1.9", &());
    assert!(scene.session.poll_reply(id, NOW).unwrap().is_some());
}

/// Not only when somebody has waited in vain for the first call's reply.
#[test]
fn an_unusable_answer_to_hello_ends_the_session_at_once() {
    let (mut scene, ids, written) = opened(config(ServerKind::Bus), 1);
    scene.fill(LINES);
    scene.answer(&written[0], BUS, &(7_u32,));
    let error = scene.session.poll_reply(ids[0], NOW).unwrap_err();
    assert!(matches!(error, SessionError::HelloInvalid(_)), "{error:?}");
}

#[test]
fn descriptors_need_the_lines_only() {
    let mut scene = Scene::before_authentication(config(ServerKind::Bus));
    let id = scene.session.call(&call(), &(), vec![()], None).unwrap();
    let hello = scene.written().remove(0);
    scene.fill(LINES);
    assert_eq!(scene.session.passes_fds(), Some(true));
    assert_eq!(scene.session.poll_transmit().fds.len(), 1);
    let written = scene.written().remove(0);
    scene.answer(&hello, BUS, &(US,));
    scene.answer(&written, BUS, &());
    assert!(scene.session.poll_reply(id, NOW).unwrap().is_some());
}

#[test]
fn a_call_that_ends_without_a_reply_is_seen() {
    for fds in [0, 1] {
        let mut scene = Scene::before_authentication(config(ServerKind::Bus));
        let id = scene.session.call(&call(), &(), vec![(); fds], None).unwrap();
        scene.written();
        scene.fill(&[&LINES[..37], b"ERROR Passing descriptors is disabled\r\n"].concat());
        let end = scene.session.poll_reply(id, NOW).unwrap();
        assert_eq!(
            end.map(|end| end.unwrap_err()),
            (fds != 0).then_some(NoReply::FdsNotNegotiated)
        );
    }
}

#[test]
fn the_end_and_the_deadline_find_what_had_come() {
    let late = NOW + Duration::from_secs(3600);
    let (mut scene, ..) = opened(config(ServerKind::Bus), 1);
    scene.fill(LINES);
    let error = scene.session.poll_event(Want::Nothing, late).unwrap_err();
    let awaited = Awaited::Hello;
    assert_eq!(error, SessionError::HandshakeTimedOut { awaited });

    let (mut scene, ids, written) = opened(config(ServerKind::Bus), 1);
    scene.fill(LINES);
    scene.answer(&written[0], BUS, &(US,));
    scene.session.handle_eof();
    let error = scene.session.poll_reply(ids[0], NOW).unwrap_err();
    assert_eq!(error, SessionError::Closed { awaited: None, unfinished: 0 });
    assert_eq!(scene.session.unique_name(), Some(US));
}
