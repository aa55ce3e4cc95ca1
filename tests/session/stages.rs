//! The stages of a session: what it tells, reads and writes in each.

use core::time::Duration;

use barebus_sasl::Pacing;
use barebus_session::{Awaited, Config, Event, ServerKind, Session, SessionError, Want};
use barebus_wire::{Flags, MatchRule, Message};

use crate::scene::{BUS, LINES, NOW, Scene, US, config, member};

/// The answer to AUTH, then that to NEGOTIATE_UNIX_FD.
fn lines() -> (&'static [u8], &'static [u8]) {
    LINES.split_at(37)
}

#[test]
fn what_is_known_of_the_server_grows_with_the_handshake() {
    let known = |scene: &Scene| {
        let session = &scene.session;
        let guid = session.guid().map(|guid| guid.to_string());
        (guid, session.passes_fds(), session.is_established())
    };
    let (ok, agreed) = lines();
    for (answer, passes) in [(agreed, true), (b"ERROR\r\n", false)] {
        let mut scene = Scene::before_authentication(config(ServerKind::Bus));
        let hello = scene.written().remove(0);
        scene.fill(ok);
        assert_eq!(known(&scene), (None, None, false));
        scene.fill(answer);
        let guid = Some("0123456789abcdef0123456789abcdef".to_owned());
        assert_eq!(known(&scene), (guid.clone(), Some(passes), false));
        scene.answer(&hello, BUS, &(US,));
        scene.process();
        assert_eq!(known(&scene), (guid.clone(), Some(passes), true));
        scene.session.end(SessionError::Closed { awaited: None, unfinished: 0 });
        assert_eq!(known(&scene), (guid, Some(passes), false));
    }
}

#[test]
fn reads_are_small_until_the_first_calls_are_answered() {
    const SMALL: usize = 4 * 1024;
    const LARGE: usize = 59 * 1024;
    for calls in [0, 1] {
        let mut scene = <Scene>::before_authentication(config(ServerKind::Bus));
        let ids: Vec<_> = (0..calls).map(|_| scene.call_until(BUS, None)).collect();
        let written = scene.written();
        assert_eq!(scene.session.input_buffer().len(), SMALL);
        scene.fill(LINES);
        assert_eq!(scene.session.input_buffer().len(), SMALL);
        scene.answer(&written[0], BUS, &(US,));
        scene.process();
        if let [id] = *ids {
            assert_eq!(scene.session.input_buffer().len(), SMALL);
            scene.answer(&written[1], BUS, &(1_u32,));
            assert_eq!(scene.end(id), Some(Ok(1)));
        }
        assert_eq!(scene.session.input_buffer().len(), LARGE);
    }
    // A connection that goes on after it was opened is used for more than one question.
    let mut scene = Scene::bus();
    scene.call(BUS);
    assert_eq!(scene.session.input_buffer().len(), LARGE);
}

#[test]
fn something_is_to_be_written_until_it_was_written() {
    let mut session: Session<()> = Session::new(config(ServerKind::Direct));
    let lines = session.poll_transmit().bytes.concat().len();
    for written in [0, 1, lines - 2] {
        assert!(session.wants_transmit());
        session.transmitted(written);
    }
    assert!(session.wants_transmit());
    session.transmitted(1);
    assert!(!session.wants_transmit());
    // Without a bus, messages wait for the last line of the answer.
    let mut scene = <Scene>::before_authentication(config(ServerKind::Direct));
    scene.call_until(BUS, None);
    assert!(!scene.session.wants_transmit());
    scene.fill(LINES);
    assert!(scene.session.wants_transmit());
    assert_eq!(scene.written().len(), 1);
    assert!(!scene.session.wants_transmit());
}

/// An sd-bus server reads at most 256 bytes until it has BEGIN, and processes what came with it only once more has come.
#[test]
fn line_by_line_more_follows_begin_than_a_server_without_a_bus_reads_with_it() {
    let (ok, agreed) = lines();
    for server in [ServerKind::Direct, ServerKind::Bus] {
        let mut scene =
            <Scene>::before_waiting(Config { pacing: Pacing::StepByStep, ..config(server) });
        for (answer, line) in [(ok, &b"NEGOTIATE_UNIX_FD\r\n"[..]), (agreed, b"BEGIN\r\n")] {
            scene.fill(answer);
            assert_eq!(scene.session.poll_transmit().bytes.concat(), line);
            scene.session.transmitted(line.len());
        }
        let written = scene.written();
        if server == ServerKind::Bus {
            assert_eq!(written.iter().map(|it| member(it)).collect::<Vec<_>>(), ["Hello"]);
            continue;
        }
        assert!(b"BEGIN\r\n".len() + written.concat().len() > 256);
        let mut serials = Vec::new();
        for message in &written {
            let header = *Message::parse(message).unwrap().header();
            assert_eq!(header.interface.unwrap(), "org.freedesktop.DBus.Peer");
            assert_eq!(header.member.unwrap(), "Ping");
            assert_eq!(header.flags, Flags::NO_REPLY_EXPECTED);
            serials.push(header.serial);
        }
        assert!(serials.is_sorted_by(|a, b| a < b), "{serials:?}");
        assert_eq!(scene.session.outstanding(), 0);
    }
}

/// What came in time is reported. From then on nothing is.
#[test]
fn wanted_signals_do_not_put_the_end_of_the_handshake_off() {
    let late = NOW + Duration::from_secs(5);
    for is_answered in [false, true] {
        let mut scene = <Scene>::before_authentication(config(ServerKind::Bus));
        let id = scene.session.subscribe(&MatchRule::ANY, None).unwrap();
        let hello = scene.written().remove(0);
        scene.fill(LINES);
        for wanted in [Want::Signal(id), Want::Anything] {
            let signal = scene.signal(":1.7", "S");
            scene.give(&signal, &());
            if is_answered && wanted == Want::Signal(id) {
                scene.answer(&hello, BUS, &(US,));
            }
            let end = match scene.session.poll_event(wanted, late) {
                Ok(event) => {
                    assert!(matches!(event, Some(Event::Signal { .. })));
                    None
                }
                Err(error) => Some(error),
            };
            let in_time = is_answered || wanted == Want::Signal(id);
            let too_late = SessionError::HandshakeTimedOut { awaited: Awaited::Hello };
            assert_eq!(end, (!in_time).then_some(too_late), "answered: {is_answered}");
        }
    }
}

#[test]
fn wanted_signals_put_no_deadline_off() {
    let late = NOW + Duration::from_secs(1);
    for is_call in [true, false] {
        let mut scene = Scene::bus();
        let signals = MatchRule::parse("type='signal',member='S'").unwrap();
        scene.session.subscribe(&signals, None).unwrap();
        match is_call {
            true => drop(scene.call_until(BUS, Some(late))),
            false => drop(scene.session.subscribe(&MatchRule::ANY, Some(late)).unwrap()),
        }
        let mut ended = false;
        for _ in 0..2 {
            let signal = scene.signal(":1.7", "S");
            scene.give(&signal, &());
            let event = scene.session.poll_event(Want::Anything, late).unwrap();
            ended |= matches!(event, Some(Event::NoReply { .. } | Event::NotSubscribed { .. }));
        }
        assert!(ended, "call: {is_call}");
    }
}

#[test]
fn a_session_keeps_its_first_error() {
    let mut scene = Scene::bus();
    let first = SessionError::Closed { awaited: None, unfinished: 7 };
    scene.session.end(first.clone());
    scene.session.end(SessionError::TooManyFds);
    assert_eq!(scene.session.error(), Some(&first));
}

#[test]
fn descriptors_are_refused_before_messages_and_where_none_were_agreed_on() {
    let (ok, agreed) = lines();
    for (before, with_fds, is_allowed) in [
        (&b""[..], LINES.to_vec(), false),
        (b"", ok.to_vec(), false),
        (ok, agreed.to_vec(), false),
        // They may belong to the message after the line.
        (ok, [agreed, b"l"].concat(), true),
        (LINES, b"l".to_vec(), true),
        (&[ok, b"ERROR\r\n"].concat(), b"l".to_vec(), false),
    ] {
        let mut scene = <Scene>::before_authentication(config(ServerKind::Bus));
        scene.fill(before);
        scene.session.input_buffer()[..with_fds.len()].copy_from_slice(&with_fds);
        scene.session.handle_input(with_fds.len(), vec![()], false);
        let expected = (!is_allowed).then_some(SessionError::UnexpectedFds);
        assert_eq!(scene.session.error(), expected.as_ref(), "{}", with_fds.escape_ascii());
    }
}
