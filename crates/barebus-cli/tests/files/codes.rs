//! Exit codes on a bus that says nothing after it has greeted, hangs up, or refuses everything.

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
    "bench",
];

/// The verbs of `unit`, whose codes 3 and 4 are answers, as in systemctl.
const UNIT: [&str; 37] = [
    "unit state a",
    "unit active a",
    "unit failed a",
    "unit status a",
    "unit status",
    "unit show a",
    "unit show",
    "unit cat a",
    "unit start a",
    "unit stop a",
    "unit restart a",
    "unit try-restart a",
    "unit reload a",
    "unit reload-or-restart a",
    "unit try-reload-or-restart a",
    "unit isolate a",
    "unit jobs",
    "unit cancel",
    "unit list",
    "unit kill a",
    "unit freeze a",
    "unit thaw a",
    "unit reset-failed",
    "unit set-property a CPUWeight=50",
    "unit watch",
    "unit files",
    "unit enable a",
    "unit disable a",
    "unit reenable a",
    "unit mask a",
    "unit unmask a",
    "unit preset a",
    "unit revert a",
    "unit get-default",
    "unit set-default a",
    "unit daemon-reload",
    "unit run -- true",
];

/// What is wrong with how the program ends: a line for each of the verbs that ends in another way, whatever the time limit is.
fn differences(address: &str, limits: &[&str], lines: &[&str], code: i32) -> Vec<String> {
    let wrong = |line: &str| {
        let mut tried = limits.iter().map(|limit| difference(limit, line, address, code));
        tried.try_fold(None, |_, found| found.map(Some)).flatten()
    };
    // Together, because monitor, capture and trace wait for at least 5 s.
    thread::scope(|scope| {
        let tried: Vec<_> = lines.iter().map(|line| scope.spawn(move || wrong(line))).collect();
        tried.into_iter().filter_map(|tried| tried.join().unwrap()).collect()
    })
}

fn difference(limit: &str, line: &str, address: &str, code: i32) -> Option<String> {
    let mut command = Command::new(BAREBUS);
    command.args(["--timeout", limit, "--address", address]).args(line.split(' '));
    let output = command.stdin(Stdio::null()).output().unwrap();
    let complaint = text(output.stderr);
    let is_right = output.status.code() == Some(code) && complaint.contains("barebus: ");
    (!is_right).then(|| format!("{line}: {}: {complaint}", output.status))
}

/// On a busy machine the handshake may need longer than the least of them.
const LIMITS: [&str; 3] = ["100ms", "2s", "60s"];
/// Longer than it takes.
const LONG: [&str; 1] = ["60s"];

#[test]
fn without_a_reply_of_the_bus_each_verb_ends_with_4() {
    let folder = Folder::new("mute-bus");
    let address = bus(&folder, |mut peer| peer.drain());
    let wrong = differences(&address, &LIMITS, &ASKING, 4);
    assert!(wrong.is_empty(), "{wrong:#?}");
    let wrong = differences(&address, &LIMITS, &UNIT, 1);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn when_the_bus_hangs_up_each_verb_ends_with_3() {
    let folder = Folder::new("leaving-bus");
    // After something was asked, so that it is not the handshake that fails.
    let address = bus(&folder, |mut peer| drop(peer.receive()));
    let lines = [&ASKING[..], &["-N2 monitor --signals"]].concat();
    let wrong = differences(&address, &LONG, &lines, 3);
    assert!(wrong.is_empty(), "{wrong:#?}");
    let wrong = differences(&address, &LONG, &UNIT, 1);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn when_the_bus_refuses_everything_each_verb_ends_with_1() {
    let folder = Folder::new("refusing-bus");
    let address = bus(&folder, |mut peer| {
        while let Some(sent) = peer.receive() {
            // Without an owner no reply could be believed.
            if sent.member() == "GetNameOwner" {
                peer.answer_as_bus(&sent);
                continue;
            }
            let reply = peer.error(&sent, Some("org.freedesktop.DBus"), "a.b.Refused", "no");
            peer.write(&reply);
        }
    });
    let wrong = differences(&address, &LONG, &[&ASKING[..], &UNIT].concat(), 1);
    assert!(wrong.is_empty(), "{wrong:#?}");
}
