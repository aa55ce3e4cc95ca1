//! What `docs/busctl.md` lists about the verbs that watch: a test for each line, which shows both sides.

use std::process::Command;

use barebus::wire::OwnedBody;
use barebus::{Connection, MethodCall};
use barebus_text::capture::Capture;

use super::{Watching, barebus, busctl, contains, emit};
use crate::service::{self, INTERFACE, TYPES};
use crate::session_bus::SessionBus;
use crate::support::text;

/// What both programs print, from when they watch until `marker` is there.
fn both(
    bus: &SessionBus,
    name: &str,
    words: &[&str],
    talk: impl Fn(&mut Connection),
    marker: &str,
) -> [Vec<u8>; 2] {
    let start = |mut command: Command, whose: &str| {
        command.args(words);
        Watching::start(command, &format!("{name}-{whose}"))
    };
    let (theirs, ours) = (start(busctl(bus), "theirs"), start(barebus(bus), "ours"));
    talk(&mut Connection::open(&bus.address).unwrap());
    [theirs, ours].map(|watching| {
        watching.wait_for(|output| contains(output, marker.as_bytes()));
        watching.terminate().1
    })
}

#[test]
fn text_of_peers_is_escaped_when_monitored() {
    let bus = SessionBus::start("monitor-escapes");
    let talk = |connection: &mut Connection| {
        emit(connection, "Text", &OwnedBody::new(&("\u{1b}[31m",)).unwrap());
        emit(connection, "End", &super::nothing());
    };
    let [theirs, ours] = both(&bus, "escapes", &["monitor"], talk, "Member=End").map(text);
    assert!(theirs.contains("STRING \"\u{1b}[31m\";"), "{theirs}");
    assert!(ours.contains("STRING \"\\033[31m\";") && !ours.contains('\u{1b}'), "{ours}");
}

#[test]
fn services_and_rules_narrow_together() {
    let bus = SessionBus::start("monitor-narrows");
    drop(service::start(&bus.address));
    let talk = |connection: &mut Connection| {
        // Of another sender, but a signal.
        emit(connection, "Foreign", &super::nothing());
        // Of the service: a call, its reply, and the signal that it asks for.
        let call = MethodCall::new(INTERFACE, TYPES, INTERFACE, "EmitUint32").unwrap();
        connection.call(&call, &(7_u32,)).unwrap();
    };
    let words = ["--json=short", "monitor", INTERFACE, "--match=type='signal'"];
    let [theirs, ours] = both(&bus, "narrows", &words, talk, "\"SUint32\"").map(text);
    for member in ["\"Foreign\"", "\"EmitUint32\""] {
        assert!(theirs.contains(member) && !ours.contains(member), "{member}: {theirs}\n{ours}");
    }
}

#[test]
fn captures_keep_whole_messages() {
    const LEN: u16 = 10_000;
    let bus = SessionBus::start("capture-whole");
    let talk = |connection: &mut Connection| {
        emit(connection, "Long", &OwnedBody::new(&("x".repeat(LEN.into()),)).unwrap());
        emit(connection, "End", &super::nothing());
    };
    let kept = |output: Vec<u8>| {
        let packets = Capture::new(&*output).unwrap().map_while(Result::ok);
        let mut packets = packets.filter(|packet| contains(&packet.bytes, b"Long"));
        let packet = packets.next().expect("it is there");
        (packet.bytes, packet.original_len > LEN.into())
    };
    let [theirs, ours] = both(&bus, "whole", &["capture"], talk, "End").map(kept);
    assert_eq!((theirs.0.len(), theirs.1), (4096, true));
    assert!(ours.0.len() > LEN.into() && ours.0.starts_with(&theirs.0[..16]));
    let words = ["capture", "--size=4096"];
    let [theirs, ours] = both(&bus, "cut", &words, talk, "End").map(kept);
    assert_eq!(ours, theirs);
}
