//! What is sent: its kind, its flags, its descriptors, and how much may wait.

use barebus_session::{Config, Event, NoReply, SendError, ServerKind, Serving, Want};
use barebus_tests::memory;
use barebus_wire::{
    BusName, Emission, ErrorName, Flags, Header, InterfaceName, MatchRule, MemberName, Message,
    MessageType, MethodCall, ObjectPath,
};

use crate::bus::OWNER;
use crate::scene::{BUS, LINES, NOW, SERVICE, Scene, US, call_of, config, member};

const SIGNAL: Emission<'static> = Emission::new(
    ObjectPath::from_static("/a"),
    InterfaceName::from_static("com.example.I"),
    MemberName::from_static("S"),
);

#[test]
fn a_signal_is_sent_as_one() {
    let mut scene = Scene::bus();
    scene.session.emit(&SIGNAL, &(7_u32,), Vec::new()).unwrap();
    let written = scene.written();
    let [signal] = &*written else { panic!("{} messages", written.len()) };
    let signal = Message::parse(signal).unwrap();
    let header = signal.header();
    assert_eq!(header.message_type, MessageType::Signal);
    assert_eq!((header.path.unwrap(), header.destination), (ObjectPath::from_static("/a"), None));
    assert_eq!(
        (header.interface.unwrap(), header.member.unwrap()),
        (InterfaceName::from_static("com.example.I"), MemberName::from_static("S"))
    );
    assert_eq!(signal.body(), Ok((7_u32,)));
}

/// A call of ours arrives and is reported.
fn called(scene: &mut Scene, flags: Flags) -> barebus_session::ReplyTo {
    let call = MethodCall::checked(ObjectPath::ROOT, MemberName::from_static("M"))
        .interface(InterfaceName::from_static("com.example.I"))
        .destination(BusName::from_static(US))
        .flags(flags);
    let mut header = call.header(scene.serial());
    header.sender = Some(BusName::from_static(OWNER));
    scene.give(&header, &());
    match scene.next() {
        Some(Event::MethodCall { reply_to, .. }) => reply_to,
        other => panic!("{other:?}"),
    }
}

/// The header of a call of `Ping`.
fn ping(scene: &mut Scene) -> Header<'static> {
    let ping = MethodCall::checked(ObjectPath::ROOT, MemberName::from_static("Ping"))
        .interface(InterfaceName::from_static("org.freedesktop.DBus.Peer"));
    let mut header = ping.header(scene.serial());
    header.sender = Some(BusName::from_static(OWNER));
    header
}

fn serving() -> Config {
    Config { serving: Serving::EVENTS, ..config(ServerKind::Bus) }
}

#[test]
fn who_wants_an_answer_gets_one_and_nobody_else() {
    const FAILED: ErrorName<'static> = ErrorName::from_static("com.example.Failed");
    for (flags, is_expected) in [(Flags::NONE, true), (Flags::NO_REPLY_EXPECTED, false)] {
        for is_error in [false, true] {
            let mut scene = Scene::bus_of(serving());
            let reply_to = called(&mut scene, flags);
            assert_eq!(reply_to.is_expected(), is_expected);
            match is_error {
                true => scene.session.reply_error(&reply_to, FAILED, "why").unwrap(),
                false => scene.session.reply(&reply_to, &("why",), Vec::new()).unwrap(),
            }
            drop(reply_to);
            assert!(scene.next().is_none());
            let written = scene.written();
            assert_eq!(written.len(), usize::from(is_expected));
            for answer in &written {
                let answer = Message::parse(answer).unwrap();
                assert_eq!(answer.header().error_name, is_error.then_some(FAILED));
                assert_eq!(answer.header().destination.unwrap(), OWNER);
                assert_eq!(answer.body(), Ok(("why",)));
            }
        }
    }
}

/// Calls of all sessions have the same type.
#[test]
fn a_call_is_answered_by_the_session_that_it_came_to() {
    let [mut ours, mut other] = [(); 2].map(|()| Scene::bus_of(serving()));
    let reply_to = called(&mut ours, Flags::NONE);
    // In the same place as the one above.
    let others = called(&mut other, Flags::NONE);
    other.session.reply(&reply_to, &(), Vec::new()).unwrap();
    assert!(other.session.poll_transmit().is_empty());
    ours.session.reply(&reply_to, &(), Vec::new()).unwrap();
    assert_eq!(ours.written().len(), 1);
    other.session.reply(&others, &(), Vec::new()).unwrap();
    assert_eq!(other.written().len(), 1);
}

#[test]
fn the_bus_is_told_not_to_answer_what_nobody_waits_for() {
    let mut scene = <Scene>::before_authentication(config(ServerKind::Bus));
    let rule = MatchRule::parse("sender='org.example.Service'").unwrap();
    let id = scene.session.subscribe(&rule, None).unwrap();
    scene.session.unsubscribe(id).unwrap();
    let flags = |message: &Vec<u8>| Message::parse(message).unwrap().header().flags;
    let written: Vec<_> =
        scene.written().iter().map(|message| (member(message), flags(message))).collect();
    let expected = [
        ("Hello", Flags::NONE),
        ("AddMatch", Flags::NONE),
        ("GetNameOwner", Flags::NONE),
        ("AddMatch", Flags::NONE),
        ("RemoveMatch", Flags::NO_REPLY_EXPECTED),
    ];
    assert_eq!(written, expected.map(|(member, flags)| (member.to_owned(), flags)));
}

#[test]
fn as_many_descriptors_are_sent_as_the_kernel_passes_and_none_where_none_pass() {
    let agreed: &[u8] = LINES;
    let refused = [&LINES[..37], b"ERROR\r\n"].concat();
    let too_many = SendError::TooManyFds { count: 254 };
    for (lines, fds, expected) in [
        (agreed, 0, None),
        (agreed, 253, None),
        (agreed, 254, Some(too_many)),
        (agreed, 255, Some(SendError::TooManyFds { count: 255 })),
        (&refused, 0, None),
        (&refused, 1, Some(SendError::FdsNotNegotiated)),
    ] {
        let mut scene = Scene::before_authentication(config(ServerKind::Direct));
        scene.fill(lines);
        let sent = scene.session.call(&call_of(SERVICE), &(), vec![(); fds], None).map(|_| ());
        assert_eq!(sent.err(), expected, "{fds}");
        let sent = scene.session.emit(&SIGNAL, &(), vec![(); fds]);
        assert_eq!(sent.err(), expected, "{fds}");
    }
}

#[test]
fn no_more_is_queued_once_the_limit_is_reached() {
    const LIMIT: usize = 1000;
    let full = Some(SendError::QueueFull { limit: LIMIT });
    let mut scene = Scene::bus_of(Config { send_limit: LIMIT, ..serving() });
    let reply_to = called(&mut scene, Flags::NONE);
    let queued = |scene: &Scene| scene.session.poll_transmit().bytes.concat().len();
    while queued(&scene) < LIMIT {
        let before = queued(&scene);
        scene.session.emit(&SIGNAL, &(), Vec::new()).unwrap();
        assert!(queued(&scene) > before);
    }
    for _ in 0..2 {
        let session = &mut scene.session;
        for refused in [
            session.call(&call_of(BUS), &(), Vec::new(), None).err(),
            session.send(&call_of(BUS), &(), Vec::new()).err(),
            session.emit(&SIGNAL, &(), Vec::new()).err(),
            session.subscribe(&MatchRule::ANY, None).err(),
            session.reply(&reply_to, &(), Vec::new()).err(),
        ] {
            assert_eq!(refused, full);
        }
        // The session's own answers have no place either. The caller's deadline ends its call.
        let before = queued(&scene);
        let ping = ping(&mut scene);
        scene.give(&ping, &());
        assert!(scene.next().is_none());
        assert_eq!(queued(&scene), before);
        // Written up to a byte too few, then that byte.
        let written = queued(&scene) - LIMIT;
        scene.session.transmitted(written);
        assert_eq!(queued(&scene), LIMIT);
    }
    scene.session.transmitted(1);
    assert!(scene.session.emit(&SIGNAL, &(), Vec::new()).is_ok());
    assert_eq!(scene.session.emit(&SIGNAL, &(), Vec::new()).err(), full);
}

#[test]
fn memory_is_given_back_once_more_than_a_mebibyte_was_written() {
    const MIB: usize = 1 << 20;
    let overhead = {
        let mut scene = Scene::direct();
        scene.session.emit(&SIGNAL, &("",), Vec::new()).unwrap();
        scene.written()[0].len()
    };
    for (len, is_kept) in [(MIB, true), (MIB + 1, false)] {
        let mut scene = Scene::direct();
        let text = "x".repeat(len - overhead);
        let (written, held) = memory::held(|| {
            scene.session.emit(&SIGNAL, &(&*text,), Vec::new()).unwrap();
            let queued = scene.session.poll_transmit().bytes[0].len();
            scene.session.transmitted(queued);
            // What comes later has nothing to do with it.
            scene.session.emit(&SIGNAL, &("",), Vec::new()).unwrap();
            queued
        });
        assert_eq!(written, len);
        assert_eq!(held > 4096, is_kept, "{held}");
    }
}

/// The system refuses to pass the descriptors of a message (ETOOMANYREFS). The messages before it are not concerned.
#[test]
fn only_the_message_that_is_next_is_withdrawn() {
    let mut scene = Scene::bus();
    scene.session.emit(&SIGNAL, &(), Vec::new()).unwrap();
    let id = scene.session.call(&call_of(BUS), &(), vec![(); 2], None).unwrap();
    assert!(!scene.session.handle_fds_refused(), "the signal is next");
    assert!(!scene.session.needs_poll());
    let signal = scene.session.poll_transmit().bytes[0].len();
    scene.session.transmitted(signal);
    assert_eq!(scene.session.poll_transmit().fds.len(), 2);
    assert!(scene.session.handle_fds_refused());
    assert!(scene.session.needs_poll(), "the call has ended");
    assert!(scene.session.poll_transmit().is_empty());
    assert!(scene.session.poll_event(Want::Nothing, NOW).unwrap().is_none());
    assert!(!scene.session.needs_poll());
    assert_eq!(scene.end(id), Some(Err(NoReply::FdsNotPassed)));
}
