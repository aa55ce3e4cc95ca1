//! Operations that happen a hundred thousand times and must not leak.

use std::io::Write;
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::Duration;

use barebus::{
    Connection, Event, MatchRule, MemberName, MessageType, MethodCall, NoReply, ObjectPath,
    Options, Session, SessionError,
};
use barebus_sasl::{Identity, Mechanism, Mechanisms};
use barebus_session::{Config, Want};
use barebus_tests::memory;
use barebus_tests::peer::{OWNER, Peer, message};
use barebus_tests::sasl::GUID;
use barebus_wire::{Header, MessageBuf, Serial};

use crate::case::stage;
use crate::child;
use crate::exchange::{Way, options, service};
use crate::server::INTERFACE;

/// A direct session after authentication.
fn session() -> Session<()> {
    let external = Mechanisms::only(Mechanism::External(Identity::Uid(0)));
    let config = Config::new(barebus::ServerKind::Direct, external);
    let mut session = Session::new(config);
    session.transmitted(session.poll_transmit().bytes[0].len());
    fill(&mut session, format!("OK {GUID}\r\nAGREE_UNIX_FD\r\n").as_bytes());
    session
}

fn fill(session: &mut Session<()>, bytes: &[u8]) {
    session.input_buffer()[..bytes.len()].copy_from_slice(bytes);
    session.handle_input(bytes.len(), Vec::new(), false);
}

#[test]
fn a_hundred_thousand_calls_that_end_otherwise_leave_nothing_behind() {
    const CALL: MethodCall<'static> =
        MethodCall::checked(ObjectPath::ROOT, MemberName::from_static("Anything"));
    const TIMEOUT: Duration = Duration::from_secs(25);

    let _stage = stage();
    let mut session = session();
    let mut reply = MessageBuf::new();
    let mut now = Duration::ZERO;
    let mut round = |number: u32, session: &mut Session<()>| {
        let id = session.call(&CALL, &("argument",), Vec::new(), Some(now + TIMEOUT)).unwrap();
        session.transmitted(session.poll_transmit().bytes[0].len());
        let mut header = Header::new(MessageType::MethodReturn, Serial::FIRST);
        header.reply_serial = Some(id.serial());
        reply.clear();
        reply.push(&header, &("result",)).unwrap();
        match number % 5 {
            // The call was given up, and its reply arrives too late.
            0 => {
                session.forget(id);
                fill(session, reply.as_slice());
                assert!(!session.poll(Want::Anything, now).unwrap());
            }
            // As case 0, when the reply has already arrived.
            1 => {
                fill(session, reply.as_slice());
                assert!(!session.poll(Want::Nothing, now).unwrap());
                session.forget(id);
            }
            // The call times out during its wait.
            2 => {
                now += TIMEOUT;
                let end = session.poll_reply(id, now).unwrap().unwrap();
                assert!(matches!(end, Err(NoReply::TimedOut)));
            }
            // The call times out during another wait.
            3 => {
                now += TIMEOUT;
                assert!(!session.poll(Want::Nothing, now).unwrap());
                session.forget(id);
            }
            // Its end is reported as an event.
            _ => {
                now += TIMEOUT;
                let event = session.poll_event(Want::Anything, now).unwrap();
                assert!(matches!(event, Some(Event::NoReply { call, .. }) if call == id));
            }
        }
    };
    (0..1000).for_each(|number| round(number, &mut session));
    let ((), held) = memory::held(|| (0..100_000).for_each(|number| round(number, &mut session)));
    assert_eq!(session.outstanding(), 0);
    assert_eq!(held, 0, "bytes are held for calls that are over");
    assert_eq!(session.next_deadline(), None);
    assert_eq!(session.ignored(), 101_000 / 5, "replies that came too late");
}

/// A thousand invalid messages, a quarter of each kind.
fn noise(peer: &mut Peer) -> Vec<u8> {
    let mut noise = Vec::new();
    for _ in 0..250 {
        // Its body is a boolean of 2.
        let mut bad = peer.signal(Some(OWNER), INTERFACE, "Noise", &(true,));
        let at = bad.len() - 4;
        bad[at] = 2;
        noise.extend(bad);
        // Its descriptor is missing.
        let mut missing = peer.signal_header(Some(OWNER), INTERFACE, "Noise");
        missing.unix_fds = 1;
        noise.extend(message(&missing, &()));
        // It replies to nothing.
        let serial = peer.serial();
        noise.extend(message(&peer.reply_header_to(serial, Some(OWNER), 0), &("forged",)));
        // An unknown type.
        let mut unknown = peer.signal(Some(OWNER), INTERFACE, "Noise", &());
        unknown[1] = 200;
        noise.extend(unknown);
    }
    noise
}

fn flood(peer: &mut Peer) {
    assert!(peer.greet());
    let call = peer.called("Echo").unwrap();
    let noise = noise(peer);
    for _ in 0..100 {
        peer.write(&noise);
    }
    let reply = peer.echo(&call, Some(OWNER));
    peer.write(&reply);
    peer.drain();
}

fn take_flood(connection: &mut Connection) {
    let rule = MatchRule::parse("type='signal',member='Noise'").unwrap();
    connection.subscribe(&rule).unwrap();
    connection.start_call(&service("Echo"), &("after",), Vec::new()).unwrap();
    let (mut bad, mut refused) = (0, 0);
    let ((), held) = memory::held(|| {
        let mut is_over = false;
        // A refusal may follow the reply.
        while let Some(event) = connection.next_event(is_over.then_some(Duration::ZERO)).unwrap() {
            match event {
                Event::Signal { signal, .. } => {
                    assert!(signal.message.body::<(bool,)>().is_err());
                    bad += 1;
                }
                Event::Refused(_) => refused += 1,
                Event::Reply { .. } => is_over = true,
                other => panic!("{other:?}"),
            }
        }
    });
    assert_eq!((bad, refused), (25_000, 25_000));
    assert!(connection.session_state().ignored() >= 50_000);
    // The idle buffer, which did not exist before.
    assert!(held <= 64 * 1024, "{held} bytes are held");
}

/// A connection that ends with its first message.
fn cut_off() {
    let (ours, mut theirs) = UnixStream::pair().unwrap();
    let bytes = [format!("OK {GUID}\r\nAGREE_UNIX_FD\r\n").as_bytes(), &[b'x'; 100]].concat();
    theirs.write_all(&bytes).unwrap();
    let mut connection = Options::direct().over(ours).unwrap();
    let error = connection.next_event(None).unwrap_err();
    let barebus::Cause::Session(SessionError::InvalidMessage(_)) = error.cause else {
        panic!("{error:?}");
    };
}

#[test]
fn a_hundred_thousand_invalid_messages_are_passed_over_without_a_word() {
    const TEST: &str =
        "lasting::a_hundred_thousand_invalid_messages_are_passed_over_without_a_word";
    if child::role().is_none() {
        let _stage = stage();
        let output = child::run(TEST, "flooded");
        assert_eq!(child::text(&output.stderr), "");
        let said = child::text(&output.stdout);
        let of_tests = |line: &str| {
            line.is_empty()
                || ["running 1 test", "test "].iter().any(|begin| line.starts_with(begin))
        };
        assert!(said.lines().all(of_tests), "{said}");
        return;
    }
    let (ours, theirs) = UnixStream::pair().unwrap();
    let server = thread::spawn(move || flood(&mut Peer::new(theirs)));
    let mut connection = options(Way::Waiting, Duration::from_secs(60)).over(ours).unwrap();
    take_flood(&mut connection);
    drop(connection);
    server.join().unwrap();
    for _ in 0..1000 {
        cut_off();
    }
}
