//! The same invocations beside the busctl of systemd 257.

use std::process::{Command, Stdio};

use super::{Ran, barebus, invocations, run_of, same};
use crate::service::{INTERFACE, TYPES};
use crate::session_bus::SessionBus;
use crate::support::{BAREBUS, text};
use crate::watch::until_it_ends;

/// The busctl of a Debian 13 root, with that root's libraries. It runs here, where the bus of the tests is.
pub(crate) fn busctl() -> Command {
    let root = std::env::var("BAREBUS_TEST_ROOT")
        .unwrap_or_else(|_| panic!("BAREBUS_TEST_ROOT names no root of Debian 13"));
    let libraries = format!("{root}/usr/lib/x86_64-linux-gnu");
    let mut command = Command::new(format!("{root}/usr/lib64/ld-linux-x86-64.so.2"));
    command.args(["--library-path", &format!("{libraries}:{libraries}/systemd")]);
    command.arg(format!("{root}/usr/bin/busctl"));
    command
}

/// What version 257 prints otherwise, see `docs/busctl.md`.
fn as_before(arguments: &[&str], out: &str) -> String {
    if arguments.contains(&"tree") {
        return out.replace("─ /", "─/");
    }
    let is_new = |line: &&str| {
        arguments.contains(&"status")
            && ["PIDFD=", "SupplementaryGIDs="].iter().any(|new| line.starts_with(new))
    };
    out.split_inclusive('\n').filter(|line| !is_new(line)).collect()
}

#[test]
#[ignore = "needs a Debian 13 root: cargo xtask test --newer"]
fn the_shared_verbs_print_the_bytes_of_busctl_257() {
    let run = |arguments: &[&str]| -> Ran { run_of(&mut busctl(), arguments) };
    let count = same(&invocations(), run, as_before);
    assert!(count >= 1500, "only {count} invocations were compared");
}

#[test]
#[ignore = "needs a Debian 13 root: cargo xtask test --newer"]
fn busctl_257_prints_trees_and_processes_otherwise() {
    let tree = ["tree", "org.freedesktop.DBus"];
    let theirs = run_of(&mut busctl(), &tree).out;
    assert!(theirs.contains("└─ /org/"), "{theirs}");
    assert!(barebus(&tree).out.contains("└─/org/"));
    let theirs = run_of(&mut busctl(), &["status", "1"]).out;
    assert!(theirs.contains("\nPIDFD=yes\n"), "{theirs}");
    assert!(!barebus(&["status", "1"]).out.contains("PIDFD"));
}

#[test]
#[ignore = "needs a Debian 13 root: cargo xtask test --newer"]
fn signals_are_waited_for_as_by_busctl_257() {
    let bus = SessionBus::start("wait-257");
    let words = ["/org/example/Watch", "org.example.Watch", "Changed"];
    for options in [&[][..], &["--json=short"], &["--json=pretty"], &["--verbose"], &["-q"]] {
        let [theirs, ours] = [busctl(), Command::new(BAREBUS)].map(|mut command| {
            command.args(["--address", &bus.address]).args(options).arg("wait").args(words);
            let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
            let output = until_it_ends(&bus, "Changed", child).wait_with_output().unwrap();
            (output.status.success(), text(output.stdout))
        });
        assert_eq!(ours, theirs, "{options:?}");
    }
    // A wait that times out is a failure here, and none there.
    let late = [&["--timeout=500ms", "wait"], &words[..]].concat();
    let code = |mut command: Command| {
        command.args(["--address", &bus.address]).args(&late).output().unwrap().status.code()
    };
    assert_eq!((code(busctl()), code(Command::new(BAREBUS))), (Some(0), Some(4)));
}

#[test]
#[ignore = "needs a Debian 13 root: cargo xtask test --newer"]
fn descriptors_are_sent_as_by_busctl_257() {
    // 257 does not send the standard input, output and error.
    for (number, is_sent) in [("5", [true, true]), ("99", [false, false]), ("0", [false, true])] {
        let done = [busctl(), Command::new(BAREBUS)].map(|program| {
            let mut shell = Command::new("sh");
            shell.args(["-c", "exec \"$0\" \"$@\" 5</dev/null"]).arg(program.get_program());
            shell.args(program.get_args());
            let call = ["call", INTERFACE, TYPES, INTERFACE, "EchoDescriptor", "h", number];
            run_of(&mut shell, &call).is_done
        });
        assert_eq!(done, is_sent, "{number}");
    }
}
