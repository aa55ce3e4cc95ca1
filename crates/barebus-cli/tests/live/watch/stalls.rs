//! Readers that stop: signals end the program all the same.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::ExitStatusExt;
use std::process::{ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use barebus::Connection;
use barebus::wire::OwnedBody;
use barebus_tests::peer::PATIENCE;
use nix::sys::signal::Signal;

use super::{Ended, emit, send};
use crate::session_bus::SessionBus;
use crate::support::BAREBUS;

/// Starts the program, waits until it watches, has it see a text of so many bytes, and reads only the beginning of what it prints.
fn stalled(bus: &SessionBus, words: &[&str], length: usize) -> (Ended, ChildStdout) {
    // A shell lets what it starts in the background ignore SIGINT, these tests for example.
    let mut command = Command::new("env");
    command.args(["--default-signal=INT", BAREBUS, "--address", &bus.address]).args(words);
    command.arg("--match=interface='org.example.Watch'");
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut child = Ended(child);
    let mut complaints = BufReader::new(child.stderr.take().unwrap());
    complaints.read_line(&mut String::new()).unwrap();
    let body = OwnedBody::new(&("x".repeat(length),)).unwrap();
    emit(&mut Connection::open(&bus.address).unwrap(), "Long", &body);
    let mut out = child.stdout.take().unwrap();
    // More than the head of a capture, and less than a pipe holds.
    out.read_exact(&mut [0; 4096]).unwrap();
    (child, out)
}

#[test]
fn a_signal_ends_it_while_the_last_output_waits_for_the_reader() {
    let bus = SessionBus::start("stall");
    for verb in ["monitor", "capture", "trace"] {
        // It has seen enough, so all that is left is to write.
        let (mut child, unread) = stalled(&bus, &[verb, "-N1"], 1 << 20);
        send(&child, Signal::SIGINT);
        let status = child.wait().unwrap();
        assert_eq!(status.signal(), Some(Signal::SIGINT as i32), "{verb}: {status}");
        drop(unread);
    }
}

#[test]
fn the_first_signal_waits_for_the_reader_and_the_second_does_not() {
    let bus = SessionBus::start("stall-long");
    // So long that it is written before the next message is received.
    let length = 6 << 20;
    let (mut child, mut out) = stalled(&bus, &["-j", "monitor"], length);
    send(&child, Signal::SIGTERM);
    let mut rest = Vec::new();
    out.read_to_end(&mut rest).unwrap();
    assert!(rest.len() + 4096 > length && rest.ends_with(b"]}}\n"), "{}", rest.len());
    assert!(child.wait().unwrap().success());

    let (mut child, unread) = stalled(&bus, &["-j", "monitor"], length);
    let end = Instant::now() + PATIENCE;
    let status = loop {
        // Two that arrive at once are one.
        send(&child, Signal::SIGTERM);
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        assert!(Instant::now() < end, "it does not end");
        std::thread::sleep(Duration::from_millis(5));
    };
    assert_eq!(status.signal(), Some(Signal::SIGTERM as i32), "{status}");
    drop(unread);
}
