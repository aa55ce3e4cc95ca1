//! What a bus answers to an opening in one go is looked at when all of it has come.

use core::time::Duration;

use barebus_session::{Awaited, CallId, Config, NoReply, ServerKind, SessionError, Want};
use barebus_wire::{BusName, MemberName, MessageBuf, MethodCall, ObjectPath};

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
fn answers_are_looked_at_together_however_many_calls_wait() {
    for calls in 1..4 {
        let (mut scene, ids, written) = opened(config(ServerKind::Bus), calls);
        scene.fill(LINES);
        assert!(scene.session.needs_more_input());
        scene.answer(&written[0], BUS, &(US,));
        assert!(scene.session.needs_more_input());
        let acquired = scene.signal(BUS, "NameAcquired");
        scene.give(&acquired, &(US,));
        assert!(scene.session.needs_more_input());
        assert!(!scene.session.is_established());
        // Whichever it is: somebody may wait for just this one.
        let last = ids.len() - 1;
        scene.answer(&written[1 + last], BUS, &(7_u32,));
        assert!(!scene.session.needs_more_input());
        let reply = scene.session.poll_reply(ids[last], NOW).unwrap().unwrap().unwrap();
        assert_eq!(reply.message.body::<(u32,)>().unwrap().0, 7);
        assert_eq!(scene.session.unique_name(), Some(US));
    }
}

#[test]
fn what_the_bus_says_about_names_is_looked_at_with_the_reply() {
    let mut scene = Scene::before_authentication(config(ServerKind::Bus));
    let by_name = call().destination(BusName::from_static("org.example.Service"));
    let id = scene.session.call(&by_name, &(), Vec::new(), None).unwrap();
    let written = scene.written();
    let [hello, owner, call] = &*written else { panic!("{}", written.len()) };
    scene.fill(LINES);
    scene.answer(hello, BUS, &(US,));
    scene.answer(owner, BUS, &(":1.9",));
    assert!(scene.session.needs_more_input());
    scene.answer(call, ":1.9", &());
    assert!(!scene.session.needs_more_input());
    assert!(scene.session.poll_reply(id, NOW).unwrap().is_some());
}

#[test]
fn a_reply_that_the_bus_may_give_before_is_looked_at() {
    let (mut scene, ids, written) = opened(config(ServerKind::Bus), 1);
    let by_name = call().destination(BusName::from_static("org.example.Service"));
    scene.session.call(&by_name, &(), Vec::new(), None).unwrap();
    scene.fill(LINES);
    scene.answer(&written[0], BUS, &(US,));
    assert!(scene.session.needs_more_input());
    // The bus has not yet said whose the other name is.
    scene.answer(&written[1], BUS, &());
    assert!(!scene.session.needs_more_input());
    assert!(scene.session.poll_reply(ids[0], NOW).unwrap().is_some());
}

#[test]
fn a_look_takes_what_there_is() {
    let (mut scene, ids, written) = opened(config(ServerKind::Bus), 1);
    scene.fill(LINES);
    scene.answer(&written[0], BUS, &(US,));
    assert!(scene.session.poll_reply(ids[0], NOW).unwrap().is_none());
    assert!(scene.session.is_established());
    assert!(!scene.session.needs_more_input());
    scene.answer(&written[1], BUS, &(7_u32,));
    assert!(scene.session.poll_reply(ids[0], NOW).unwrap().is_some());
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
    assert!(scene.session.needs_more_input());
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
        assert_eq!(scene.session.needs_more_input(), fds == 0);
        let end = scene.session.poll_reply(id, NOW).unwrap();
        assert_eq!(
            end.map(|end| end.unwrap_err()),
            (fds != 0).then_some(NoReply::FdsNotNegotiated)
        );
    }
}

#[test]
fn what_is_unusual_is_looked_at_at_once() {
    let ok = &LINES[..37];
    let signals = {
        let (mut scene, ..) = opened(config(ServerKind::Bus), 1);
        let mut buf = MessageBuf::new();
        while buf.as_slice().len() <= 1024 {
            buf.push(&scene.signal(BUS, "Flood"), &()).unwrap();
        }
        buf.as_slice().to_vec()
    };
    for bytes in [
        &b"REJECTED EXTERNAL\r\n"[..],
        ok,
        b"O",
        &[LINES, b"garbage and no message"].concat(),
        &[LINES, b"l\x01\0\x01\0\0\0\0\x01\0\0\0\0\0\0\0"].concat(),
        &[LINES, b"l\x03\0\x01\0\0\0\0\x01\0\0\0\0\0\0\0"].concat(),
        &[LINES, &signals].concat(),
    ] {
        let (mut scene, ..) = opened(config(ServerKind::Bus), 1);
        scene.fill(bytes);
        assert!(!scene.session.needs_more_input(), "{}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn without_a_bus_each_line_is_looked_at() {
    let mut scene = Scene::before_authentication(config(ServerKind::Direct));
    scene.fill(LINES);
    assert!(!scene.session.needs_more_input());
    assert!(scene.session.is_established());
}

#[test]
fn descriptors_are_looked_at_at_once() {
    let (mut scene, ..) = opened(config(ServerKind::Bus), 1);
    scene.session.input_buffer()[..LINES.len()].copy_from_slice(LINES);
    scene.session.handle_input(LINES.len(), vec![()], false);
    assert!(!scene.session.needs_more_input());
    let error = scene.session.poll_event(Want::Nothing, NOW).unwrap_err();
    assert_eq!(error, SessionError::UnexpectedFds);
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
    assert!(scene.session.needs_more_input());
    scene.session.handle_eof();
    assert!(!scene.session.needs_more_input());
    let error = scene.session.poll_reply(ids[0], NOW).unwrap_err();
    assert_eq!(error, SessionError::Closed { awaited: None, unfinished: 0 });
    assert_eq!(scene.session.unique_name(), Some(US));
}
