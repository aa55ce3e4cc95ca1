//! `replay`.

use std::process::{Command, Output};

use barebus_tests::peer::PATIENCE;

use super::{Watching, barebus, contains};
use crate::service::{self, INTERFACE, REFUSING, TYPES};
use crate::session_bus::SessionBus;
use crate::support::{BAREBUS, Folder, stdout, text};

/// A capture of introspection, properties, calls and errors of the service.
fn capture(bus: &SessionBus, folder: &Folder, name: &str) -> String {
    let mut command = barebus(bus);
    command.args(["capture", INTERFACE]);
    let watching = Watching::start(command, name);
    let words: [&[&str]; 8] = [
        &["introspect", INTERFACE, TYPES],
        &["tree", INTERFACE],
        &["get-property", INTERFACE, TYPES, INTERFACE, "PString", "POptions", "Unreadable"],
        // What it is already, so that the properties are the same again.
        &["set-property", INTERFACE, TYPES, INTERFACE, "PUint32", "u", "4294967295"],
        &["set-property", INTERFACE, TYPES, INTERFACE, "Const", "s", "x"],
        &["call", INTERFACE, TYPES, INTERFACE, "NoSuchMethod"],
        &["call", INTERFACE, REFUSING, INTERFACE, "Refuse"],
        &["call", INTERFACE, TYPES, INTERFACE, "Last"],
    ];
    for words in words {
        barebus(bus).args(words).output().unwrap();
    }
    let file = folder.join("capture.pcapng");
    watching.wait_for(|output| contains(output, b"Last"));
    std::fs::write(&file, watching.interrupt().1).unwrap();
    file
}

#[test]
fn a_recording_in_any_form_is_answered_as_it_was() {
    let bus = SessionBus::start("replay");
    drop(service::start(&bus.address));
    let folder = Folder::new("replayed");
    let file = capture(&bus, &folder, "replay-same");
    let file_of = |name: &str, bytes: &[u8]| {
        let file = folder.join(name);
        std::fs::write(&file, bytes).unwrap();
        file
    };
    let decoded =
        |arguments: &[&str]| stdout(Command::new(BAREBUS).arg("decode").args(arguments).arg(&file));
    let json = file_of("json", decoded(&[]).as_bytes());
    let lines = file_of("lines", decoded(&["--text"]).as_bytes());
    let gvariant = file_of("gvariant", decoded(&["--gvariant"]).as_bytes());
    let encoded = Command::new(BAREBUS).args(["encode", &json]).output().unwrap().stdout;
    let raw = file_of("raw", &encoded);
    for file in [&file, &json, &lines, &gvariant, &raw] {
        let mut command = barebus(&bus);
        command.args(["replay", "--check", "--speed=max", "--dest", INTERFACE, file]);
        let printed = stdout(&mut command);
        assert!(printed.contains(", differing 0, failed 0,"), "{printed}");
        // A bus is not expected to hang up.
        assert_eq!(printed.lines().count(), 1, "{printed}");
        let compared = printed.split("compared ").nth(1).unwrap().split(',').next().unwrap();
        assert!(compared.parse::<u32>().unwrap() >= 60, "{printed}");
    }
}

#[test]
fn a_reply_that_differs_is_told() {
    let bus = SessionBus::start("replay-differs");
    drop(service::start(&bus.address));
    let folder = Folder::new("replay-differs-file");
    let file = capture(&bus, &folder, "replay-other");
    let text_of = stdout(Command::new(BAREBUS).args(["decode", "--text", &file]));
    let other =
        text_of.replace("error_name=org.freedesktop.DBus.Error.UnknownMethod", "error_name=a.b.C");
    assert_ne!(other, text_of);
    let changed = folder.join("changed");
    std::fs::write(&changed, other).unwrap();
    let mut command = barebus(&bus);
    let Output { status, stdout, stderr } =
        command.args(["replay", "--check", "--only=call", &changed]).output().unwrap();
    assert_eq!(status.code(), Some(1));
    assert!(!text(stdout).contains("differing 0"));
    let complaints = text(stderr);
    assert!(complaints.contains("the reply was 'error a.b.C "), "{complaints}");
}

#[test]
fn a_peer_that_hangs_up_is_told_with_the_message() {
    let bus = SessionBus::start("replay-raw");
    let folder = Folder::new("replay-raw-file");
    let file = folder.join("crash");
    // An array longer than any message may be: a bus ends the connection.
    std::fs::write(&file, b"l\x01\0\x01\xff\xff\xff\xff\x01\0\0\0\0\0\0\0").unwrap();
    let refused = ["cannot send raw messages to a bus", "--force"];
    crate::support::refused(barebus(&bus).args(["replay", "--raw", &file]), 2, &refused);
    let mut child = barebus(&bus);
    child.args(["replay", "--raw", "--force", &file, &file, &file, &file]);
    let begun = std::time::Instant::now();
    loop {
        let output = child.output().unwrap();
        let printed = text(output.stdout);
        if output.status.code() == Some(3) {
            assert!(printed.contains("the other side hung up after message "), "{printed}");
            assert!(printed.contains("message at offset 0"), "{printed}");
            break;
        }
        // The bus may take its time: all was sent before it hung up.
        assert!(output.status.success() && begun.elapsed() < PATIENCE, "{printed}");
    }
}
