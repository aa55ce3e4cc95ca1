//! Signals of a peer, which have no sender: the name that is waited for has no meaning there.

use std::os::unix::net::UnixListener;
use std::process::Command;
use std::thread;

use barebus_tests::peer::Peer;

use crate::common::{BAREBUS, Folder, stdout};

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
        ("monitor", &["-o", "plain", "wait", "/", "org.example.I", "Changed"], "text\n"),
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

        assert_eq!(stdout(command.args(words)), expected, "{name}");
        server.join().unwrap();
    }
}
