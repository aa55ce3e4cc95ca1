//! `wait` for signals.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::{barebus, until_it_ends};
use crate::session_bus::SessionBus;
use crate::support::{refused, text};

const WORDS: [&str; 3] = ["/org/example/Watch", "org.example.Watch", "Changed"];

fn waited(bus: &SessionBus, command: &mut Command) -> String {
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let child = until_it_ends(bus, "Changed", child);
    let output = child.wait_with_output().unwrap();
    assert_eq!(text(output.stderr), "");
    assert!(output.status.success());
    text(output.stdout)
}

#[test]
fn the_arguments_are_printed_in_every_form() {
    let bus = SessionBus::start("wait");
    for (options, expected) in [
        (&[][..], "su \"a text\" 7\n"),
        (&["--json=short"], "{\"type\":\"su\",\"data\":[\"a text\",7]}\n"),
        (&["-o", "gvariant"], "('a text', uint32 7)\n"),
        (&["-o", "plain"], "a text\n7\n"),
        (&["--quiet"], ""),
        (&["-N", "2"], "su \"a text\" 7\nsu \"a text\" 7\n"),
    ] {
        assert_eq!(waited(&bus, barebus(&bus).args(options).arg("wait").args(WORDS)), expected);
    }
    let mut command = barebus(&bus);
    command.args(["wait", "org.example.Watch"]).args(WORDS);
    assert_eq!(waited(&bus, &mut command), "su \"a text\" 7\n");
}

#[test]
fn a_signal_that_does_not_come_in_time_is_exit_status_4() {
    let bus = SessionBus::start("wait-late");
    let begun = Instant::now();
    let mut command = barebus(&bus);
    command.args(["--timeout=500ms", "wait"]).args(WORDS);
    let words = ["waiting for org.example.Watch.Changed of /org/example/Watch", "0.5 s"];
    refused(&mut command, 4, &words);
    assert!(begun.elapsed() >= Duration::from_millis(500));
}

#[test]
fn words_that_are_no_names_are_wrong_usage() {
    let bus = SessionBus::start("wait-usage");
    for words in [&["/a", "b", "C"][..], &["a", "b.c", "D"], &["a b", "/a", "b.c", "D"], &["/a"]] {
        refused(barebus(&bus).arg("wait").args(words), 2, &[]);
    }
}
