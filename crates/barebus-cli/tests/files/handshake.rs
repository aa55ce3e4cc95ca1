//! `--handshake`: what leaves before the server has answered.

use std::io::{Read, Write};
use std::os::unix::net::UnixListener;
use std::process::Command;
use std::thread;

use barebus_tests::peer::{PATIENCE, Peer};

use crate::common::{BAREBUS, Folder, refused, stdout};

/// What a run of the program with `arguments` writes until it waits: until the line of `AUTH` has come, and all that came with it.
fn first_bytes(name: &str, arguments: &[&str]) -> String {
    let folder = Folder::new(name);
    let listener = UnixListener::bind(folder.join("socket")).unwrap();
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut received = Vec::new();
        // Only the pipelined handshake says more before an answer; it does so in one write.
        while !received.ends_with(b"\r\n") && !received.windows(5).any(|it| it == b"BEGIN") {
            let mut bytes = [0; 4096];
            let count = stream.read(&mut bytes).unwrap();
            assert!(count > 0, "it hangs up");
            received.extend(&bytes[..count]);
        }
        // The answer that ends any handshake.
        let _ = stream.write_all(b"nonsense\r\n");
        String::from_utf8_lossy(&received).into_owned()
    });
    let mut command = Command::new(BAREBUS);
    command.args(["--peer", &format!("unix:path={}", folder.join("socket"))]);
    // The codes of `unit` are systemctl's.
    let code = if arguments.contains(&"unit") { 1 } else { 3 };
    refused(command.args(arguments), code, &["authentication"]);
    server.join().unwrap()
}

const VERBS: [&[&str]; 3] = [
    &["unit", "state", "x.service"],
    &["call", "a.b", "/", "a.b", "M"],
    &["introspect", "a.b", "/"],
];

#[test]
fn step_says_nothing_more_before_the_answer_to_auth() {
    for (number, verb) in VERBS.iter().enumerate() {
        let arguments = [&["--handshake=step"], *verb].concat();
        let said = first_bytes(&format!("step-{number}"), &arguments);
        assert!(said.starts_with("\0AUTH EXTERNAL "), "{said:?}");
        assert_eq!(said.matches("\r\n").count(), 1, "{said:?}");
    }
}

#[test]
fn otherwise_all_is_said_at_once() {
    for (number, option) in [None, Some("--handshake=pipelined")].into_iter().enumerate() {
        let arguments: Vec<_> = option.into_iter().chain(VERBS[1].iter().copied()).collect();
        let said = first_bytes(&format!("pipelined-{number}"), &arguments);
        assert!(said.contains("BEGIN\r\n"), "{said:?}");
    }
}

#[test]
fn step_leads_to_a_connection_that_works() {
    let folder = Folder::new("step-works");
    let listener = UnixListener::bind(folder.join("socket")).unwrap();
    let server = thread::spawn(move || {
        let mut peer = Peer::new(listener.accept().unwrap().0);
        assert!(peer.authenticate());
        let call = peer.called("M").unwrap();
        let reply = peer.reply(&call, None, &("text",));
        peer.write(&reply);
        peer.drain();
    });
    let mut command = Command::new(BAREBUS);
    command.args(["--peer", &format!("unix:path={}", folder.join("socket"))]);
    command.args(["call", "--handshake", "step", "a.b", "/", "a.b", "M"]);
    assert_eq!(stdout(&mut command), "s \"text\"\n");
    server.join().unwrap();
}
