//! Signals of a peer, which have no sender: the name that is waited for has no meaning there.

use std::io::Read;
use std::os::unix::net::UnixListener;
use std::process::{Command, Stdio};
use std::thread;

use barebus_tests::peer::Peer;

use crate::common::{BAREBUS, Folder};

#[test]
fn signals_of_a_peer_are_seen_whatever_the_name_of_the_service() {
    for (name, words, expected) in [
        ("wait", &["wait", "a.b", "/", "org.example.I", "Changed"][..], "s \"text\"\n"),
        ("wait-no-name", &["wait", "x", "/", "org.example.I", "Changed"], "s \"text\"\n"),
        (
            "gdbus",
            &["-o", "gvariant", "monitor", "-N1", "--signals", "a.b"],
            "/: org.example.I.Changed ('text',)\n",
        ),
        (
            "monitor",
            &["-o", "json", "monitor", "-N1", "--signals"],
            "\"member\":\"Changed\",\"signature\":\"s\",\"body\":{\"type\":\"s\",\"data\":[\"text\"]}",
        ),
    ] {
        let folder = Folder::new(&format!("peer-signals-{name}"));
        let listener = UnixListener::bind(folder.join("socket")).unwrap();
        let server = thread::spawn(move || {
            let mut peer = Peer::new(listener.accept().unwrap().0);
            assert!(peer.authenticate());
            let signal = peer.signal(None, "org.example.I", "Changed", &("text",));
            peer.write(&signal);
            peer.drain();
        });
        let mut command = Command::new(BAREBUS);
        command.args(["--peer", &format!("unix:path={}", folder.join("socket"))]);

        let mut child =
            command.args(words).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let is_there = server.join();
        let mut printed = String::new();
        if is_there.is_err() {
            // It would wait for ever.
            child.kill().unwrap();
        }
        child.stdout.take().unwrap().read_to_string(&mut printed).unwrap();
        let status = child.wait().unwrap();
        assert!(status.success() && printed.contains(expected), "{name}: {status}: {printed}");
    }
}
