//! `monitor` and `capture` beside busctl's, on the same bus.

use std::process::{Command, Stdio};

use barebus::wire::Message;
use barebus::{CallError, Connection, MethodCall};
use barebus_text::busctl as form;
use barebus_text::capture::Capture;

use super::{Watching, barebus, busctl, emit, nothing};
use crate::service::{self, INTERFACE, REFUSING, SAMPLES, TYPES};
use crate::session_bus::SessionBus;
use crate::support::{BAREBUS, Folder, stdout, text};

/// Calls with replies and errors, and signals, with values of every type, between two signals that tell where they are.
fn talk(bus: &SessionBus) {
    let mut connection = Connection::open(&bus.address).unwrap();
    emit(&mut connection, "Begin", &nothing());
    for sample in SAMPLES {
        for value in sample.values {
            let body = form::parse(sample.signature, value).unwrap();
            // busctl prints the numbers of its own descriptors, does not escape text, and fails on keys that are no strings.
            let is_unsafe = value.iter().any(|word| word.contains(barebus_text::is_unsafe));
            let mut keys = sample.signature.split("a{").skip(1);
            let has_other_keys = keys.any(|rest| !rest.starts_with(['s', 'o', 'g']));
            if sample.signature.contains('h') || is_unsafe || has_other_keys {
                continue;
            }
            emit(&mut connection, "Sample", &body);
            let method = format!("Echo{}", sample.name);
            let call = MethodCall::new(INTERFACE, TYPES, INTERFACE, &*method).unwrap();
            connection.call(&call, &body).unwrap();
        }
    }
    for (name, path) in [(INTERFACE, REFUSING), ("org.example.Nobody", "/")] {
        let call = MethodCall::new(name, path, INTERFACE, "Refuse").unwrap();
        let error = connection.call(&call, &()).map(|_| ()).unwrap_err();
        assert!(matches!(error, CallError::Remote { .. }), "{error}");
    }
    emit(&mut connection, "End", &nothing());
}

/// What comes between the two signals, in pieces that begin with `head`.
fn between(text: &str, head: &str, begin: &str, end: &str) -> Vec<String> {
    let pieces: Vec<&str> = text.split_inclusive(head).collect();
    let begin = pieces.iter().position(|piece| piece.contains(begin)).expect("it begins");
    let end = pieces.iter().position(|piece| piece.contains(end)).expect("it ends");
    pieces[begin..=end].iter().map(|piece| without_time(piece)).collect()
}

/// The time of arrival differs.
pub(super) fn without_time(text: &str) -> String {
    without(text, &[("Timestamp=\"", "\""), ("\"timestamp-realtime\":", ",")])
}

/// The text without what stands from one mark to another.
pub(super) fn without(text: &str, marks: &[(&str, &str)]) -> String {
    let mut text = text.to_owned();
    for (before, behind) in marks {
        while let Some((at, rest)) = text.split_once(before) {
            let (_, after) = rest.split_once(behind).unwrap();
            text = format!("{at}LEFT OUT{after}");
        }
    }
    text
}

#[track_caller]
fn same(ours: &[String], theirs: &[String]) {
    for (ours, theirs) in ours.iter().zip(theirs) {
        assert_eq!(ours, theirs);
    }
    assert_eq!(ours.len(), theirs.len());
}

#[test]
fn monitor_and_capture_show_what_busctls_show() {
    let bus = SessionBus::start("monitors");
    drop(service::start(&bus.address));
    let start = |mut command: Command, arguments: &[&str], name: &str| {
        command.args(arguments);
        Watching::start(command, name)
    };
    let forms: [(&[&str], &str); 3] =
        [(&["monitor"], "text"), (&["--json=short", "monitor"], "json"), (&["capture"], "capture")];
    let ours = forms.map(|(words, name)| start(barebus(&bus), words, &format!("our-{name}")));
    let theirs = forms.map(|(words, name)| {
        let mut words = words.to_vec();
        if name == "capture" {
            words.push("--size=1000000");
        }
        start(busctl(&bus), &words, &format!("their-{name}"))
    });
    talk(&bus);
    let [(our_text, our_json, our_capture), (their_text, their_json, their_capture)] =
        [ours, theirs].map(|[text, json, capture]| {
            let outputs = [(text, "Member=End"), (json, "\"End\""), (capture, "End")];
            let [text, json, capture] = outputs.map(|(watching, marker)| {
                // The last message is there as a whole when the program has ended.
                watching.wait_for(|output| super::contains(output, marker.as_bytes()));
                watching.terminate()
            });
            (text.1, json.1, capture.1)
        });
    let long = |output| between(&text(output), "\n\n", "Member=Begin", "Member=End");
    same(&long(our_text), &long(their_text));
    let json = |output| between(&text(output), "\n", "\"Begin\"", "\"End\"");
    same(&json(our_json), &json(their_json));
    let packets = |output: Vec<u8>| {
        let packets = Capture::new(&*output).unwrap().map_while(Result::ok);
        let packets: Vec<Vec<u8>> = packets.map(|packet| packet.bytes).collect();
        let at = |member: &str| {
            let is = |bytes: &Vec<u8>| {
                Message::parse(bytes).unwrap().header().member.is_some_and(|name| name == member)
            };
            packets.iter().position(is).expect("it is there")
        };
        packets[at("Begin")..=at("End")].to_vec()
    };
    let (ours, theirs) = (packets(our_capture), packets(their_capture));
    assert!(ours.len() > 100, "{}", ours.len());
    assert_eq!(ours, theirs);
}

#[test]
fn a_capture_is_decoded_and_encoded_to_the_same_bytes_and_tshark_reads_every_packet() {
    let bus = SessionBus::start("capture");
    drop(service::start(&bus.address));
    let mut command = barebus(&bus);
    command.arg("capture");
    let watching = Watching::start(command, "capture-whole");
    talk(&bus);
    watching.wait_for(|output| super::contains(output, b"End"));
    let (status, capture) = watching.interrupt();
    assert!(status.success(), "{status}");
    let folder = Folder::new("captured");
    let (file, json) = (folder.join("pcapng"), folder.join("json"));
    std::fs::write(&file, &capture).unwrap();
    // It ends whole, so reading does not fail.
    let packets: Vec<Vec<u8>> =
        Capture::new(&*capture).unwrap().map(|packet| packet.unwrap().bytes).collect();
    std::fs::write(&json, stdout(Command::new(BAREBUS).args(["decode", &file]))).unwrap();
    let encoded = stdout(Command::new(BAREBUS).args(["encode", "--hex", &json]));
    let encoded: Vec<&str> = encoded.lines().collect();
    assert_eq!(encoded, packets.iter().map(hex::encode).collect::<Vec<_>>());

    let mut tshark = Command::new("tshark");
    tshark.args(["-r", &file, "-T", "fields", "-e", "dbus.serial", "-e", "_ws.malformed"]);
    let read = tshark.stderr(Stdio::null()).output().expect("tshark is installed");
    let serials = packets
        .iter()
        .map(|packet| format!("{}\t", Message::parse(packet).unwrap().header().serial));
    assert_eq!(text(read.stdout).lines().collect::<Vec<_>>(), serials.collect::<Vec<_>>());
}

#[test]
fn services_rules_and_conditions_narrow_together() {
    let bus = SessionBus::start("narrow");
    drop(service::start(&bus.address));
    let run = |arguments: &[&str], name: &str| {
        let mut command = barebus(&bus);
        command.args(["--json=short", "monitor"]).args(arguments);
        Watching::start(command, name)
    };
    let service = run(&[INTERFACE, "--match=type='method_call'"], "narrow-service");
    let member = run(&["--member=End", "--type=signal", "-N", "1"], "narrow-member");
    talk(&bus);
    let mut connection = Connection::open(&bus.address).unwrap();
    let last = MethodCall::new(INTERFACE, TYPES, INTERFACE, "Last").unwrap();
    let _ = connection.call(&last, &());
    let (_, output) = service.until("\"Last\"");
    for line in super::lines(output) {
        assert!(line.starts_with("{\"type\":\"method_call\""), "{line}");
        assert!(line.contains(&format!("\"destination\":\"{INTERFACE}\"")), "{line}");
    }
    let mut member = member;
    assert!(member.child.wait().unwrap().success());
    let lines = super::lines(member.output());
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].contains("\"member\":\"End\""), "{lines:?}");
}
