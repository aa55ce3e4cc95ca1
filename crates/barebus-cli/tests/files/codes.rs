//! Exit codes on a bus that says nothing after it has greeted, or hangs up.

use std::os::unix::net::UnixListener;
use std::process::{Command, Stdio};
use std::thread;

use barebus_tests::peer::Peer;

use crate::common::{BAREBUS, Folder, text};

/// A bus that greets every client. Then it does what `act` says.
fn bus(folder: &Folder, act: fn(Peer)) -> String {
    let socket = folder.join("socket");
    let listener = UnixListener::bind(&socket).unwrap();
    // It ends with the test's process.
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            thread::spawn(move || {
                let mut peer = Peer::new(stream);
                if peer.greet() {
                    act(peer);
                }
            });
        }
    });
    format!("unix:path={socket}")
}

/// Each verb that asks the bus for something, and those that ask others through it.
const ASKING: [&str; 16] = [
    "list",
    "status a.b",
    "tree a.b",
    "introspect a.b /",
    "call a.b / a.b C",
    "get-property a.b / a.b P",
    "set-property a.b / a.b P s x",
    "wait / a.b C",
    "wait --name a.b",
    "wait --property a.b / a.b P=1",
    "monitor",
    "capture",
    "trace",
    "ping a.b",
    "codegen --destination a.b",
    "unit list",
];

/// What is wrong with how the program ends.
fn difference(limit: &str, line: &str, address: &str, code: i32) -> Option<String> {
    let mut command = Command::new(BAREBUS);
    command.args(["--timeout", limit, "--address", address]).args(line.split(' '));
    let output = command.stdin(Stdio::null()).output().unwrap();
    let complaint = text(output.stderr);
    let is_right = output.status.code() == Some(code) && complaint.contains("barebus: ");
    (!is_right).then(|| format!("{line}: {}: {complaint}", output.status))
}

#[test]
fn without_a_reply_of_the_bus_each_verb_ends_with_4() {
    let folder = Folder::new("mute-bus");
    let address = bus(&folder, |mut peer| peer.drain());
    // On a busy machine the handshake may need longer than the least of them.
    let limits = ["100ms", "2s", "60s"];
    let differences = ASKING.iter().filter_map(|line| {
        let mut tried = limits.iter().map(|limit| difference(limit, line, &address, 4));
        tried.try_fold(None, |_, found| found.map(Some)).flatten()
    });
    let differences: Vec<String> = differences.collect();
    assert!(differences.is_empty(), "{differences:#?}");
}

#[test]
fn when_the_bus_hangs_up_each_verb_ends_with_3() {
    let folder = Folder::new("leaving-bus");
    // After something was asked, so that it is not the handshake that fails.
    let address = bus(&folder, |mut peer| drop(peer.receive()));
    let lines = ASKING.iter().chain(&["-N2 monitor --signals"]);
    let differences: Vec<_> =
        lines.filter_map(|line| difference("60s", line, &address, 3)).collect();
    assert!(differences.is_empty(), "{differences:#?}");
}
