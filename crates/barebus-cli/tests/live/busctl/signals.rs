//! The signals that `emit` sends, as everybody on the bus sees them.

use barebus::{Connection, Event, Message, MessageType};
use barebus_tests::peer::PATIENCE;

use super::{Ran, ran, values};
use crate::service::{INTERFACE, TYPES};
use crate::session_bus::SessionBus;
use crate::support::BAREBUS;

/// The next signal of the tests' object: all of it but sender and serial.
fn next(monitor: &mut Connection) -> String {
    loop {
        let event = monitor.next_event(Some(PATIENCE)).unwrap().expect("a signal comes");
        let Event::Monitored(received) = event else { continue };
        let header = received.message.header();
        let is_ours = header.path.is_some_and(|path| path == TYPES);
        if is_ours && header.message_type == MessageType::Signal {
            return without_origin(&received.message);
        }
    }
}

fn without_origin(message: &Message<'_>) -> String {
    let header = message.header();
    let bytes = message.as_bytes();
    let body_len = u32::from_ne_bytes(bytes[4..8].try_into().unwrap()) as usize;
    format!(
        "{:?} {:?} {:?} {:?} {:?} {:?} {:?} {}",
        bytes[0],
        header.flags,
        header.path,
        header.interface,
        header.member,
        header.destination,
        message.signature(),
        hex::encode(&bytes[bytes.len() - body_len..]),
    )
}

#[test]
fn emitted_signals_are_those_of_busctl() {
    let bus = SessionBus::start("emit-busctl");
    let mut monitor = Connection::open(&bus.address).unwrap();
    monitor.become_monitor(&[]).unwrap();
    let receiver = bus.mute("org.example.Receiver");
    let mut invocations: Vec<Vec<String>> = values::signals().concat();
    for more in [
        &["--destination=org.example.Receiver"] as &[&str],
        &["--destination", receiver.unique_name().unwrap(), "--auto-start=no"],
        &["--auto-start=no"],
        &["--expect-reply=no"],
        &["--allow-interactive-authorization=yes"],
    ] {
        let emit = ["emit", TYPES, INTERFACE, "Two", "su", "a text", "7"];
        invocations.push(super::words(&[more, &emit[..]].concat()));
    }
    let mut count = 0;
    for words in invocations {
        let [theirs, ours] = ["busctl", BAREBUS].map(|program| {
            let mut command = std::process::Command::new(program);
            let Ran { out, is_done, err } =
                ran(command.args(["--address", &bus.address]).args(&words));
            assert_eq!(out, "", "{words:?}");
            is_done.then(|| next(&mut monitor)).ok_or(err)
        });
        assert_eq!(ours.is_ok(), theirs.is_ok(), "{words:?}: {ours:?} {theirs:?}");
        if let (Ok(ours), Ok(theirs)) = (ours, theirs) {
            assert_eq!(ours, theirs, "{words:?}");
            count += 1;
        }
    }
    println!("{count} signals compared");
    assert!(count >= 100, "{count}");
}
