//! The exit codes 0 to 5, for each verb that can end with them.

use std::fs::{self, File};
use std::process::{Command, Stdio};

use crate::service;
use crate::session_bus::SessionBus;
use crate::support::{BAREBUS, Folder, text};
use crate::watch;

const NOWHERE: &str = "--address=unix:path=/nonexistent/bus";
const BUS: &str = "org.freedesktop.DBus";
const MUTE: &str = "org.example.Codes.Mute";

/// Runs the program with these words.
fn barebus(line: &str, folder: &Folder) -> Command {
    let mut command = Command::new(BAREBUS);
    let words = line.split_whitespace();
    command.args(words.map(|word| {
        word.replace("BUS", BUS).replace("MUTE", MUTE).replace("SERVICE", service::INTERFACE)
    }));
    command.current_dir(&folder.0).stdin(Stdio::null());
    command
}

#[track_caller]
fn ends(mut command: Command, code: i32, is_told: bool) {
    let output = command.output().unwrap();
    let complaint = text(output.stderr);
    let printed = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(code), "{command:?}: {printed}{complaint}");
    // Each code but 0 comes with a line.
    assert_eq!(complaint.starts_with("barebus: "), is_told, "{command:?}: {complaint}");
}

const VERBS: [&str; 20] = [
    "list",
    "status",
    "tree",
    "introspect",
    "call",
    "emit",
    "get-property",
    "set-property",
    "wait",
    "monitor",
    "capture",
    "trace",
    "ping",
    "bench",
    "replay",
    "codegen",
    "validate",
    "decode",
    "encode",
    "generate",
];

#[test]
fn each_verb_ends_with_0_when_it_is_done() {
    let bus = SessionBus::start("codes-done");
    drop(service::start(&bus.address));
    let folder = Folder::new("codes-done-files");
    fs::write(folder.join("line"), "signal path=/ interface=a.b member=C\n").unwrap();
    let message = Command::new(BAREBUS).args(["generate", "--type=signal"]).output().unwrap();
    fs::write(folder.join("raw"), message.stdout).unwrap();
    let xml = "<node><interface name='a.b'><method name='C'/></interface></node>";
    fs::write(folder.join("xml"), xml).unwrap();
    for line in [
        "list",
        "status BUS",
        "tree BUS",
        "introspect BUS /org/freedesktop/DBus",
        "call BUS / BUS GetId",
        "emit / a.b C",
        "get-property BUS /org/freedesktop/DBus BUS Features",
        "wait --name BUS",
        "monitor --timeout=1ms",
        "capture --timeout=1ms",
        "trace --timeout=1ms",
        "trace raw",
        "ping -n 1 BUS",
        "replay raw",
        "codegen xml",
        "validate raw",
        "decode raw",
        "encode --text line",
        "set-property SERVICE /org/example/Types SERVICE Quiet u 7",
        "wait --property SERVICE /org/example/Types SERVICE Quiet=7",
        "replay --check raw",
        "generate --hex",
        "completions fish",
        "man",
        "unit --help",
    ] {
        let mut command = barebus(line, &folder);
        command.args(["--address", &bus.address]);
        ends(command, 0, false);
    }
    ends(barebus("box -- true", &folder), 0, false);
}

#[test]
fn each_verb_ends_with_1_when_it_is_refused() {
    let bus = SessionBus::start("codes-refused");
    let folder = Folder::new("codes-refused-files");
    fs::write(folder.join("broken"), [b'l'; 64]).unwrap();
    // Nobody answers so.
    let changed = "method_call serial=1 path=/ interface=org.freedesktop.DBus member=GetId destination=org.freedesktop.DBus sender=:1.1\n\
                   method_return serial=1 reply_serial=1 sender=org.freedesktop.DBus destination=:1.1\n";
    fs::write(folder.join("changed"), changed).unwrap();
    fs::write(folder.join("xml"), "<node><interface name='a'/></node>").unwrap();
    for line in [
        "status org.example.Nobody",
        "tree org.example.Nobody",
        "introspect org.example.Nobody /",
        "call BUS / BUS NoSuchMethod",
        "get-property BUS / BUS NoSuchProperty",
        "set-property BUS / BUS Features as 0",
        "ping org.example.Nobody",
        "decode broken",
        "encode broken",
        "replay broken",
        "trace ./broken",
        "replay --check changed",
        "codegen xml",
        "codegen --destination org.example.Nobody",
        "wait --property org.example.Nobody / a.b C=1",
    ] {
        let mut command = barebus(line, &folder);
        command.args(["--address", &bus.address]);
        ends(command, 1, true);
    }
    ends(barebus("box -- /nonexistent/program", &folder), 1, true);
    // Its verdict is on standard output.
    ends(barebus("validate broken", &folder), 1, false);
}

#[test]
fn each_verb_ends_with_2_when_it_is_used_wrongly() {
    let folder = Folder::new("codes-usage");
    for verb in VERBS.iter().chain(&["unit", "box", "completions", "man"]) {
        ends(barebus(&format!("{verb} --nosuch"), &folder), 2, true);
    }
    for line in [
        "call BUS nopath BUS GetId",
        "call BUS / BUS GetId u x",
        "emit / a.b C u x",
        "introspect BUS nopath",
        "get-property BUS / nointerface P",
        "set-property BUS / a.b P u x",
        "set-property BUS / a.b P uu 1 2",
        "set-property BUS / a.b P ()",
        "tree ..",
        "ping ..",
        "wait / a.b",
        "monitor --match=nonsense",
        "list --address=nonsense",
        "bench --peer=unix:path=/nonexistent/socket",
        "generate --signature nonsense",
        "man nosuch",
        "completions nosuch",
        "box",
        "trace --every=1s",
        "monitor -N0",
        "unit start --job-mode=nonsense x",
    ] {
        ends(barebus(line, &folder), 2, true);
    }
}

#[test]
fn each_verb_that_connects_ends_with_3_without_a_connection() {
    let folder = Folder::new("codes-connection");
    let message = Command::new(BAREBUS).args(["generate", "--type=signal"]).output().unwrap();
    fs::write(folder.join("raw"), message.stdout).unwrap();
    for line in [
        "list",
        "status",
        "tree",
        "introspect BUS /",
        "call BUS / BUS GetId",
        "emit / a.b C",
        "get-property BUS / BUS Features",
        "set-property BUS / BUS Features as 0",
        "wait BUS / BUS C",
        "wait --name BUS",
        "wait --property BUS / BUS C=1",
        "monitor",
        "capture",
        "trace",
        "ping BUS",
        "bench",
        "replay raw",
        "codegen --destination BUS",
    ] {
        let mut command = barebus(line, &folder);
        command.arg(NOWHERE);
        ends(command, 3, true);
    }
}

#[test]
fn each_verb_that_asks_ends_with_4_without_a_reply() {
    let bus = SessionBus::start("codes-reply");
    let _mute = bus.mute(MUTE);
    let folder = Folder::new("codes-reply-files");
    let call = format!("method_call path=/ interface=a.b member=C destination={MUTE}\n");
    fs::write(folder.join("call"), call).unwrap();
    for line in [
        "tree MUTE",
        "introspect MUTE /",
        "call MUTE / a.b C",
        "get-property MUTE / a.b P",
        "set-property MUTE / a.b P s x",
        "ping -n 1 MUTE",
        "wait MUTE / a.b C",
        "wait --name org.example.Codes.Never",
        "wait --property MUTE / a.b P=1",
        "codegen --destination MUTE",
        "replay call",
    ] {
        let mut command = barebus(line, &folder);
        command.args(["--timeout=50ms", "--address", &bus.address]);
        ends(command, 4, true);
    }
}

#[test]
fn each_verb_ends_with_5_when_files_fail() {
    let bus = SessionBus::start("codes-files");
    let folder = Folder::new("codes-files-files");
    fs::write(folder.join("line"), "signal path=/ interface=a.b member=C\n").unwrap();
    let xml = "<node><interface name='a.b'><method name='C'/></interface></node>";
    fs::write(folder.join("xml"), xml).unwrap();
    let message = Command::new(BAREBUS).args(["generate", "--type=signal"]).output().unwrap();
    fs::write(folder.join("raw"), message.stdout).unwrap();
    for line in [
        "trace ./nosuch",
        "replay nosuch",
        "codegen nosuch",
        "validate nosuch",
        "decode nosuch",
        "encode nosuch",
        "call -t BUS / BUS NameHasOwner @nosuch",
        "man --directory /dev/null/man",
        "generate --directory /dev/null/corpus",
    ] {
        let mut command = barebus(line, &folder);
        command.args(["--address", &bus.address]);
        ends(command, 5, true);
    }
    for line in [
        "list",
        "status BUS",
        "tree BUS",
        "introspect BUS /org/freedesktop/DBus",
        "introspect -o xml BUS /",
        "call BUS / BUS GetId",
        "get-property BUS /org/freedesktop/DBus BUS Features",
        "trace raw",
        "ping -n 1 BUS",
        "validate raw",
        "decode raw",
        "generate",
        "completions bash",
        "man",
        "encode --text line",
        "replay raw",
        "bench",
        "codegen xml",
        "status",
        "wait --timeout=1min /org/example/Watch org.example.Watch Codes",
        "capture -N1",
        "monitor -N1",
        "trace -N1",
        "trace -c --timeout=1ms",
    ] {
        let mut command = barebus(line, &folder);
        command.args(["--address", &bus.address]);
        let full = File::options().write(true).open("/dev/full").unwrap();
        let child = command.stdout(full).stderr(Stdio::piped()).spawn().unwrap();
        let child = watch::until_it_ends(&bus, "Codes", child);
        let output = child.wait_with_output().unwrap();
        let complaint = text(output.stderr);
        assert_eq!(output.status.code(), Some(5), "{line}: {complaint}");
        assert!(complaint.contains("cannot write the output"), "{line}: {complaint}");
    }
}
