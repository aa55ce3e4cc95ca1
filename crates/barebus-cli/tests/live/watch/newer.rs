//! `monitor` and `capture` beside the busctl of systemd 257, which has `-N` and `--timeout` for them.

use std::process::{Command, Output, Stdio};

use barebus::Connection;
use barebus_text::capture::Capture;

use super::messages::{without, without_time};
use super::{Watching, emit, nothing, until_it_ends};
use crate::busctl::newer::busctl;
use crate::session_bus::SessionBus;
use crate::support::{BAREBUS, text};

fn programs(bus: &SessionBus, words: &[&str]) -> [Command; 2] {
    [busctl(), Command::new(BAREBUS)].map(|mut command| {
        command.args(["--address", &bus.address]).args(words);
        command
    })
}

const MATCH: &str = "--match=type='signal',interface='org.example.Watch'";

#[test]
#[ignore = "needs a Debian 13 root: cargo xtask test --newer"]
fn monitor_and_capture_end_after_a_number_of_messages_as_those_of_busctl_257() {
    let bus = SessionBus::start("limits-257");
    let both = |words: &[&str], name: &str| {
        let mut index = 0;
        let watching = programs(&bus, words).map(|command| {
            index += 1;
            Watching::start(command, &format!("limits-257-{name}-{index}"))
        });
        let mut connection = Connection::open(&bus.address).unwrap();
        for member in ["One", "Two", "Three"] {
            emit(&mut connection, member, &nothing());
        }
        watching.map(|mut watching| {
            assert!(watching.child.wait().unwrap().success(), "{words:?}");
            watching.output()
        })
    };
    let [theirs, ours] = both(&["monitor", "-N2", MATCH], "text").map(text);
    assert_eq!(without_time(&ours), without_time(&theirs));
    assert!(ours.contains("Member=Two") && !ours.contains("Member=Three"), "{ours}");
    let words = ["capture", "--limit-messages=2", "--size=1000", MATCH];
    let [theirs, ours] = both(&words, "capture").map(|output| {
        let packets = Capture::new(&*output).unwrap();
        packets.map(|packet| packet.unwrap().bytes).collect::<Vec<_>>()
    });
    assert_eq!((ours.len(), &ours), (2, &theirs));
    for words in [["monitor", "-N0"], ["capture", "-N0"]] {
        for mut command in programs(&bus, &words) {
            assert!(!command.output().unwrap().status.success(), "{command:?}");
        }
    }
}

#[test]
#[ignore = "needs a Debian 13 root: cargo xtask test --newer"]
fn busctl_257_does_not_tell_that_it_monitors_as_json() {
    let bus = SessionBus::start("json-257");
    let outputs = programs(&bus, &["--json=short", "monitor", "-N1", MATCH]).map(|mut command| {
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let Output { status, stdout, stderr } =
            until_it_ends(&bus, "Changed", child).wait_with_output().unwrap();
        assert!(status.success(), "{command:?}");
        // Two emitters, and any number of signals before.
        let marks = [("\"cookie\":", ","), ("\"sender\":\"", "\"")];
        (without(&without_time(&text(stdout)), &marks), text(stderr))
    });
    let [(theirs, their_words), (ours, our_words)] = outputs;
    assert_eq!(ours, theirs);
    assert_eq!(their_words, "");
    assert!(our_words.starts_with("Monitoring bus message stream.\n"), "{our_words}");
}

#[test]
#[ignore = "needs a Debian 13 root: cargo xtask test --newer"]
fn monitor_and_capture_end_after_a_time_as_those_of_busctl_257() {
    let bus = SessionBus::start("time-257");
    for words in [["monitor", "--timeout=100ms", MATCH], ["capture", "--timeout=100ms", MATCH]] {
        let [theirs, ours] = programs(&bus, &words).map(|mut command| {
            let Output { status, stderr, .. } = command.output().unwrap();
            (status.success(), text(stderr))
        });
        assert_eq!(ours, theirs, "{words:?}");
        assert!(ours.0 && ours.1.contains("Timed out waiting for messages, exiting."), "{ours:?}");
    }
}
