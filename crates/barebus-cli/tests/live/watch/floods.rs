//! Many signals at once: none is lost, and memory is bounded.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use barebus::{Bus, Connection, Emission, InterfaceName, MemberName, ObjectPath};
use barebus_text::capture::Capture;
use nix::sys::signal::Signal;

use super::{Ended, Watching, barebus, send};
use crate::session_bus::SessionBus;
use crate::support::text;

const FLOOD: Emission<'static> = Emission::new(
    ObjectPath::from_static("/org/example/Flood"),
    InterfaceName::from_static("org.example.Flood"),
    MemberName::from_static("Changed"),
);

/// Emits signals as fast as the bus takes them, and returns when the bus has taken all.
fn flood(bus: &SessionBus, count: u32) {
    let mut connection = Connection::open(&bus.address).unwrap();
    for number in 0..count {
        let body = (number, "a text of some length");
        connection.start_emit(&FLOOD, &body, Vec::new()).unwrap();
        if number % 100 == 0 {
            connection.flush().unwrap();
        }
    }
    Bus::new(&mut connection).get_id().unwrap();
}

/// The largest memory of its own that a process has had, in KiB. Pages of the program's file, of which a program with debug information
/// has many, are not counted.
fn own_memory(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

const COUNT: u32 = 200_000;

#[test]
fn of_two_hundred_thousand_signals_none_is_lost_and_memory_is_bounded() {
    let bus = SessionBus::start("flood");
    let start = |words: &[&str], name: &str| {
        let mut command = barebus(&bus);
        command.args(words).args(["--match=interface='org.example.Flood'"]);
        Watching::start(command, name)
    };
    let monitor = start(&["--json=short", "monitor"], "flood-monitor");
    let capture = start(&["capture"], "flood-capture");
    let trace = start(&["trace"], "flood-trace");
    flood(&bus, COUNT);
    let last = COUNT - 1;
    for (watching, marker) in
        [(&monitor, format!("\"data\":[{last},")), (&trace, format!("(uint32 {last},"))]
    {
        watching.wait_for_end(|end| super::contains(end, marker.as_bytes()));
    }
    let is_last = last.to_le_bytes();
    capture.wait_for_end(|end| super::contains(end, &is_last));
    for watching in [&monitor, &capture, &trace] {
        let memory = own_memory(watching.pid());
        assert!(memory < 8 << 10, "{memory} KiB");
    }
    let numbers = |lines: String, before: &str| -> Vec<u32> {
        let number = |line: &str| {
            let (_, rest) = line.split_once(before).unwrap();
            rest.split(',').next().unwrap().parse().unwrap()
        };
        lines.lines().map(number).collect()
    };
    let expected: Vec<u32> = (0..COUNT).collect();
    assert!(numbers(text(monitor.interrupt().1), "\"data\":[") == expected);
    assert!(numbers(text(trace.interrupt().1), "(uint32 ") == expected);
    let capture = capture.interrupt().1;
    let packets = Capture::new(&*capture).unwrap().map(|packet| {
        let bytes = packet.unwrap().bytes;
        let message = barebus::Message::parse(&bytes).unwrap();
        message.first_argument::<u32>().unwrap()
    });
    assert!(packets.eq(0..COUNT));
}

#[test]
fn nothing_is_lost_while_the_reader_stops() {
    const COUNT: u32 = 100_000;
    let bus = SessionBus::start("stopped");
    let mut command: Command = barebus(&bus);
    command.args(["--json=short", "monitor", "--match=interface='org.example.Flood'"]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut child = Ended(child);
    let mut complaints = BufReader::new(child.stderr.take().unwrap());
    complaints.read_line(&mut String::new()).unwrap();
    // Nobody reads until the bus has taken all signals, which is many times what a pipe and a socket hold.
    flood(&bus, COUNT);
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    for number in 0..COUNT {
        let line = lines.next().unwrap().unwrap();
        assert!(line.contains(&format!("\"data\":[{number},")), "{number}: {line}");
    }
    let memory = own_memory(child.id());
    assert!(memory < 8 << 10, "{memory} KiB");
    send(&child, Signal::SIGINT);
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_reader_that_needs_no_more_ends_it_quietly() {
    let bus = SessionBus::start("head");
    let mut command = barebus(&bus);
    command.args(["-q", "--json=short", "monitor"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let end = std::time::Instant::now() + barebus_tests::peer::PATIENCE;
    let mut line = String::new();
    std::thread::scope(|scope| {
        let talking = scope.spawn(|| {
            // Until it watches, it does not see anything.
            while !child_has_seen(&mut out, &mut line) {
                assert!(std::time::Instant::now() < end);
            }
        });
        while !talking.is_finished() {
            flood(&bus, 1);
        }
    });
    // No message follows: it ends because the reader has gone.
    drop(out);
    let output = child.wait_with_output().unwrap();
    assert_eq!(text(output.stderr), "");
}

fn child_has_seen(out: &mut impl BufRead, line: &mut String) -> bool {
    out.read_line(line).unwrap() > 0
}
