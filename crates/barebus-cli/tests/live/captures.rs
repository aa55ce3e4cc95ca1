//! `barebus validate` and `barebus decode` on captures of other programs.

use std::fs::File;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use barebus_tests::peer::PATIENCE;

use crate::session_bus::SessionBus;
use crate::support::{BAREBUS, Folder, Way, stdout, text};

/// A program that captures into a file until it is dropped.
struct Capturing(Child);

impl Drop for Capturing {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Captures with `command`, calls until that has been captured, and returns the file, which may end inside a packet.
fn capture(mut command: Command, bus: &SessionBus, folder: &Folder) -> String {
    let file = folder.join("capture");
    command.stdout(File::create(&file).unwrap()).stderr(Stdio::null());
    let _capturing = Capturing(command.spawn().expect("it is installed"));
    let end = Instant::now() + PATIENCE;
    loop {
        let call = ["call", "org.freedesktop.DBus", "/", "org.freedesktop.DBus", "GetNameOwner"];
        let mut call_of_bus = Command::new(BAREBUS);
        call_of_bus.args(["--address", &bus.address]).args(call);
        stdout(call_of_bus.args(["s", "org.freedesktop.DBus"]));
        let decoded = Command::new(BAREBUS).args(["decode", "--text", &file]).output().unwrap();
        if text(decoded.stdout).contains("member=GetNameOwner") {
            return file;
        }
        assert!(Instant::now() < end, "nothing is captured: {}", text(decoded.stderr));
        thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn what_dbus_monitor_and_busctl_capture_is_valid_and_decoded_and_encoded_to_the_same_bytes() {
    for program in ["dbus-monitor", "busctl"] {
        let bus = SessionBus::start(&format!("capture-{program}"));
        let folder = Folder::new(&format!("captured-{program}"));
        let mut command = Command::new(program);
        match program {
            "busctl" => command.arg(format!("--address={}", bus.address)).arg("capture"),
            _ => command.args(["--address", &bus.address, "--pcap"]),
        };
        let file = capture(command, &bus, &folder);
        let verdicts = Command::new(BAREBUS).args(["validate", &file]).output().unwrap().stdout;
        let verdicts = text(verdicts);
        assert!(verdicts.lines().all(|line| line.starts_with("VALID\t")), "{verdicts}");
        let decoded = Command::new(BAREBUS).args(["decode", &file]).output().unwrap().stdout;
        let decoded = text(decoded);
        assert!(decoded.contains(r#""member":"GetNameOwner""#), "{decoded}");
        // What is encoded is in the capture as it is, packet by packet.
        let json = folder.join("json");
        std::fs::write(&json, &decoded).unwrap();
        let messages = stdout(Command::new(BAREBUS).args(["encode", "--hex", &json]));
        let captured = hex::encode(std::fs::read(&file).unwrap());
        assert!(messages.lines().count() >= decoded.lines().count());
        for message in messages.lines() {
            assert!(captured.contains(message), "{message}");
        }
    }
}

#[test]
fn what_an_observed_connection_captures_is_valid_and_decoded() {
    let folder = Folder::new("captured-observed");
    let file = folder.join("capture");
    let mut example = Command::new(env!("CARGO"));
    example.args(["run", "--quiet", "--package", "barebus", "--example", "capture", "--"]);
    example.args([&file, "dbus.service"]).current_dir(env!("CARGO_MANIFEST_DIR"));
    let address = Way::Daemon.the_box().system_bus_address();
    let answer = stdout(example.env("DBUS_SYSTEM_BUS_ADDRESS", address));
    assert_eq!(answer, "static\n");
    let verdicts = stdout(Command::new(BAREBUS).args(["validate", &file]));
    assert!(verdicts.lines().all(|line| line.starts_with("VALID\t")), "{verdicts}");
    assert!(verdicts.lines().count() >= 6, "{verdicts}");
    // What was sent in one write, and then what was received.
    let decoded = stdout(Command::new(BAREBUS).args(["decode", &file]));
    let places = [
        r#""member":"Hello""#,
        r#""member":"GetNameOwner""#,
        r#""member":"GetUnitFileState""#,
        r#""type":"method_return""#,
        r#""static""#,
    ]
    .map(|text| decoded.find(text).unwrap_or_else(|| panic!("no {text} in {decoded}")));
    assert!(places.is_sorted(), "{decoded}");
}
