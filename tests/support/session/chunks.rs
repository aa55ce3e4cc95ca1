//! The same bytes and file descriptors in other pieces are the same events.

use core::time::Duration;

use barebus_sasl::{Identity, Mechanism, Mechanisms};
use barebus_session::{Config, Event, Received, ServerKind, Serving, Session, Want};
use barebus_wire::{Endian, MatchRule, Serial};

use crate::generators::{self, Source};
use crate::peer::{BUS, CLIENT, message};
use crate::sasl::{GUID, UID};
use crate::session::messages;
use crate::session::world::{Handle, Handles, Stream};

/// What one write of the server holds.
struct Write {
    bytes: Vec<u8>,
    fds: u32,
}

const NOW: Duration = Duration::from_secs(1000);

/// However the bytes of a conversation are cut up, down to single ones: the same events with the same descriptors, and the same
/// end.
pub fn chunker(data: &[u8]) {
    let mut source = Source::new(data);
    let peer = if source.byte() & 1 == 0 { ServerKind::Bus } else { ServerKind::Direct };
    let sizes = [0; 4].map(|_: u8| usize::from(source.byte()) + 1);
    let writes = writes(peer, &mut source);
    let whole = events(peer, &writes, &[usize::MAX], 1);
    assert_eq!(whole, events(peer, &writes, &[1], 1), "differs byte by byte");
    assert_eq!(whole, events(peer, &writes, &sizes, 1), "differs in pieces of {sizes:?}");
    assert_eq!(whole, events(peer, &writes, &sizes, 3), "differs where three are read at a time");
}

/// Serials of the calls that the client makes.
const CALLS: [u32; 4] = [u32::MAX, 1, 2, 3];

fn writes(peer: ServerKind, source: &mut Source<'_>) -> Vec<Write> {
    let on_bus = peer == ServerKind::Bus;
    let mut writes = Vec::new();
    let mut write = |bytes: Vec<u8>, fds| writes.push(Write { bytes, fds });
    write(format!("OK {GUID}\r\nAGREE_UNIX_FD\r\n").into_bytes(), 0);
    let mut last = 0;
    let mut serial = || {
        last += 1;
        Serial::new(last).expect("not 0")
    };
    if on_bus {
        let hello = Serial::new(u32::MAX - 1).expect("not 0");
        write(message(&messages::reply(serial(), hello, Some(BUS), true), &(CLIENT,)), 0);
    }
    while !source.is_empty() {
        let choice = source.byte();
        let endian = if choice & 0x80 == 0 { Endian::Little } else { Endian::Big };
        let fds = u32::from(choice >> 4 & 3);
        let text = "x".repeat(usize::from(source.byte()));
        let mut header = match choice & 7 {
            0..=2 => {
                let to = Serial::new(CALLS[usize::from(choice >> 2 & 3)]).expect("not 0");
                messages::reply(serial(), to, Some(BUS), on_bus)
            }
            3 | 4 => messages::signal(serial(), on_bus.then_some(BUS)),
            5 => messages::call(serial(), on_bus.then_some(BUS), "Ask"),
            6 => {
                let mut parts = generators::message(source);
                parts.unix_fds = 0;
                write(generators::encode(&parts), 0);
                continue;
            }
            _ if choice > 0xf0 => {
                write((0..source.byte()).map(|_| source.byte()).collect(), 0);
                continue;
            }
            _ => continue,
        };
        header.endian = endian;
        header.unix_fds = fds;
        write(message(&header, &(&*text,)), fds);
    }
    writes
}

/// What the session tells, each event as text, when it is asked after so many reads.
fn events(peer: ServerKind, writes: &[Write], sizes: &[usize], reads: usize) -> Vec<String> {
    let mechanism = Mechanism::External(Identity::Uid(UID));
    let mut config = Config::new(peer, Mechanisms::only(mechanism));
    config.serving = Serving::EVENTS;
    // On a bus `Hello` comes before the calls.
    config.first_serial =
        Serial::new(if peer == ServerKind::Bus { u32::MAX - 1 } else { u32::MAX }).expect("not 0");
    let mut session = Session::new(config);
    for serial in CALLS {
        let call = session.call(&messages::ASK, &(7_u32,), Vec::new(), None).expect("a call");
        assert_eq!(call.serial().get(), serial);
    }
    let rule = MatchRule::parse("type='signal'").expect("a rule");
    session.subscribe(&rule, None).expect("a subscription");

    let handles = Handles::default();
    let mut stream = Stream::default();
    for write in writes {
        let fds = (0..write.fds).map(|_| handles.open()).collect();
        stream.push(write.bytes.clone(), fds, false);
    }
    let mut told = Vec::new();
    let mut sizes = sizes.iter().cycle();
    while !stream.is_empty() && session.error().is_none() {
        let sent = session.poll_transmit().bytes.concat().len();
        session.transmitted(sent);
        for size in sizes.by_ref().take(reads) {
            stream.read_into(&mut session, *size);
        }
        loop {
            match session.poll_event(Want::Anything, NOW) {
                Ok(Some(event)) => {
                    told.push(text(event));
                }
                Ok(None) => break,
                Err(error) => {
                    told.push(error.to_string());
                    break;
                }
            }
        }
    }
    told.push(format!("{} ignored", session.ignored()));
    drop((stream, session));
    assert_eq!(handles.live(), 0, "descriptors leak");
    told
}

fn text(event: Event<'_, Handle>) -> String {
    let (kind, received) = match event {
        Event::Reply { call, reply } => (format!("reply to {}", call.serial()), reply),
        Event::Signal { subscriptions, signal } => {
            (format!("signal for {subscriptions:?}"), signal)
        }
        Event::MethodCall { call, reply_to } => (format!("{reply_to:?}"), call),
        Event::NotSubscribed { reply: Some(reply), .. } => ("refusal".into(), reply),
        other => return format!("{other:?}"),
    };
    let Received { message, fds } = received;
    let fds: Vec<u32> = fds.iter().map(|fd| fd.number).collect();
    format!("{kind}: {fds:?} {}", hex::encode(message.as_bytes()))
}
