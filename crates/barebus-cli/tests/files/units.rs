//! `barebus unit` with a systemd that means no good, or says things in another way.

use std::os::unix::net::UnixListener;
use std::process::Command;
use std::thread;

use barebus::ObjectPath;
use barebus_tests::peer::Peer;

use crate::common::{BAREBUS, Folder, refused, stdout};

#[test]
fn no_description_steers_a_terminal_or_misleads_its_reader() {
    let description =
        "a\u{2028}b\u{200b}c\u{61c}d\u{feff}e\u{202e}f\u{1b}[2Jg\u{e0041}h\u{ad}i\ttab é漢";
    let folder = Folder::new("unit-list");
    let listener = UnixListener::bind(folder.join("socket")).unwrap();
    let server = thread::spawn(move || {
        for _ in 0..2 {
            let mut peer = Peer::new(listener.accept().unwrap().0);
            assert!(peer.authenticate());
            let call = peer.called("ListUnits").unwrap();
            let none = ObjectPath::parse("/").unwrap();
            let unit = (
                "x.service",
                description,
                "loaded",
                "active",
                "running",
                "",
                none,
                0_u32,
                "",
                none,
            );
            let reply = peer.reply(&call, None, &([unit].as_slice(),));
            peer.write(&reply);
            peer.drain();
        }
    });
    let list = |option: Option<&str>| {
        let mut command = Command::new(BAREBUS);
        command.args(["--peer", &format!("unix:path={}", folder.join("socket"))]);
        stdout(command.args(["unit", "list"]).args(option))
    };
    assert_eq!(
        list(None).lines().last().unwrap(),
        "x.service loaded active running a\\u{2028}b\\u{200b}c\\u{61c}d\\u{feff}e\\u{202e}f\\u{1b}[2Jg\\u{e0041}h\\u{ad}i\\ttab é漢"
    );
    let json = list(Some("--json"));
    assert!(
        json.contains(
            r#""description":"a\u2028b\u200bc\u061cd\ufeffe\u202ef\u001b[2Jg\udb40\udc41h\u00adi\ttab é漢""#
        ),
        "{json}"
    );
    server.join().unwrap();
}

#[test]
fn the_newline_at_the_end_of_an_errors_text_is_no_part_of_it() {
    for (text, told) in [
        ("It is not there.\n", "It is not there. (org.example.Error)"),
        ("One\ntwo \r\n", "One\\ntwo (org.example.Error)"),
        ("\n", "org.example.Error"),
    ] {
        let folder = Folder::new("newline");
        let listener = UnixListener::bind(folder.join("socket")).unwrap();
        let server = thread::spawn(move || {
            let mut peer = Peer::new(listener.accept().unwrap().0);
            assert!(peer.authenticate());
            let call = peer.called("GetUnitFileState").unwrap();
            let reply = peer.error(&call, None, "org.example.Error", text);
            peer.write(&reply);
            peer.drain();
        });
        let mut command = Command::new(BAREBUS);
        command.args(["--peer", &format!("unix:path={}", folder.join("socket"))]);
        let line = refused(command.args(["unit", "state", "x.service"]), 1, &[]);
        assert_eq!(line, format!("barebus: GetUnitFileState of x.service: {told}\n"));
        server.join().unwrap();
    }
}
