//! `trace` of a bus, and of a capture of it.

use std::collections::HashMap;

use barebus::{Bus, Connection, Event, MethodCall, NameFlags, Options};

use super::{Watching, barebus};
use crate::session_bus::SessionBus;
use crate::support::{Folder, stdout, text};

const NAME: &str = "org.example.Adder";

/// A service that answers calls in groups, in the order from last to first.
fn serve(bus: &SessionBus) {
    let mut connection = Options::bus().serve_calls().open(&bus.address).unwrap();
    Bus::new(&mut connection).request_name(NAME, NameFlags::NONE).unwrap();
    std::thread::spawn(move || {
        let mut waiting = Vec::new();
        while let Ok(Some(event)) = connection.next_event(None) {
            let Event::MethodCall { call, reply_to } = event else { continue };
            let number: u32 = call.message.body::<(u32,)>().unwrap().0;
            waiting.push((number, reply_to));
            if waiting.len() < GROUP {
                continue;
            }
            for (number, reply_to) in waiting.drain(..).rev() {
                connection.start_reply(&reply_to, &(number + 1_000_000,), Vec::new()).unwrap();
            }
            if connection.flush().is_err() {
                return;
            }
        }
    });
}

const GROUP: usize = 10;
const CALLS: u32 = 1000;

/// Calls from several connections that use the same serials.
fn talk(bus: &SessionBus) {
    let add = MethodCall::new(NAME, "/add", NAME, "Add").unwrap();
    let mut connections = [0; 5].map(|_| Connection::open(&bus.address).unwrap());
    let mut number = 0;
    while number < CALLS {
        let mut calls = Vec::new();
        for (index, connection) in connections.iter_mut().enumerate() {
            for _ in 0..GROUP / 5 {
                calls.push((index, connection.start_call(&add, &(number,), Vec::new()).unwrap()));
                number += 1;
            }
            connection.flush().unwrap();
        }
        for (index, call) in calls {
            connections[index].wait(call).unwrap();
        }
    }
}

/// The line without time, process and latency.
fn core(line: &str) -> String {
    let (_, line) = line.split_once(' ').unwrap();
    let (sender, rest) = line.split_once(' ').unwrap();
    let sender = sender.split('/').next().unwrap();
    let rest = rest.split(" <").next().unwrap();
    format!("{sender} {rest}")
}

#[test]
fn every_call_is_paired_with_its_reply_and_a_capture_shows_the_same() {
    let bus = SessionBus::start("trace-bus");
    serve(&bus);
    let start = |words: &[&str], name: &str| {
        let mut command = barebus(&bus);
        command.args(words).arg(NAME);
        Watching::start(command, name)
    };
    let trace = start(&["trace", "--member=Add"], "trace");
    let capture = start(&["capture"], "trace-capture");
    talk(&bus);
    let complete =
        |output: &[u8]| output.iter().filter(|byte| **byte == b'\n').count() == CALLS as usize;
    trace.wait_for(complete);
    capture.wait_for(|output| {
        let last = (CALLS + 999_999).to_le_bytes();
        super::contains(output, &last)
    });
    let (status, traced) = trace.interrupt();
    assert!(status.success(), "{status}");
    let folder = Folder::new("traced");
    let file = folder.join("capture.pcapng");
    std::fs::write(&file, capture.interrupt().1).unwrap();
    let of_capture = stdout(barebus(&bus).args(["trace", "--member=Add", &file]));
    let traced = text(traced);
    let mut results = HashMap::new();
    for line in traced.lines() {
        assert!(line.contains(&format!("→ {NAME} /add {NAME}.Add(uint32 ")), "{line}");
        // The process of this test.
        assert!(line.contains(&format!("[{}]", std::process::id())), "{line}");
        assert!(line.contains(" <0.") || line.contains(" <1."), "{line}");
        let (_, rest) = line.split_once("Add(uint32 ").unwrap();
        let (argument, rest) = rest.split_once(") = uint32 ").unwrap();
        let result = rest.split(' ').next().unwrap();
        results.insert(argument.parse::<u32>().unwrap(), result.parse::<u32>().unwrap());
    }
    let expected: HashMap<u32, u32> =
        (0..CALLS).map(|number| (number, number + 1_000_000)).collect();
    assert_eq!(results, expected);
    let cores = |lines: &str| {
        let mut cores: Vec<String> = lines.lines().map(core).collect();
        cores.sort();
        cores
    };
    assert_eq!(cores(&of_capture), cores(&traced));
}

#[test]
fn calls_are_counted_from_the_bus_and_from_a_capture() {
    let bus = SessionBus::start("trace-count-bus");
    serve(&bus);
    let mut command = barebus(&bus);
    command.args(["trace", "-c", "-N", &CALLS.to_string(), "-o", "json", "--member=Add", NAME]);
    let mut watching = Watching::start(command, "trace-count");
    talk(&bus);
    assert!(watching.child.wait().unwrap().success());
    let counts = text(watching.output());
    let start =
        format!("[{{\"method\":\"{NAME}.Add\",\"calls\":{CALLS},\"errors\":0,\"unanswered\":0,");
    assert!(counts.starts_with(&start), "{counts}");
}

#[test]
fn a_word_that_is_neither_a_service_nor_a_file_is_wrong_usage() {
    let bus = SessionBus::start("trace-usage");
    for (words, why) in [
        (&["trace", "no service"][..], "neither a bus name nor a file"),
        (&["trace", "--by=path"], "--count"),
        (&["trace", "-c", "--every=0"], "time span"),
    ] {
        crate::support::refused(barebus(&bus).args(words), 2, &[why]);
    }
    let missing = barebus(&bus).args(["trace", "/no/such/file"]).output().unwrap();
    assert_eq!(missing.status.code(), Some(5));
}
