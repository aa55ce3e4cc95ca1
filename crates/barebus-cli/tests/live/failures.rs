//! Failures of the program: one line with the operation and the part of it that failed, and an exit code for the kind.

use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::process::Command;
use std::time::{Duration, Instant};
use std::{fs, thread};

use crate::session_bus::SessionBus;
use crate::support::{BAREBUS, Folder, Way, copy_program, refused};

const REFUSED: i32 = 1;
const USAGE: i32 = 2;
const CONNECTION: i32 = 3;
const NO_REPLY: i32 = 4;
const FILES: i32 = 5;

const STATE: [&str; 3] = ["unit", "state", "dbus.service"];

#[test]
fn a_bus_that_is_not_there_is_told_with_its_address() {
    let folder = Folder::new("no-bus");
    let address = format!("unix:path={}", folder.join("bus"));
    let words = ["cannot connect to", &address, "No such file or directory"];
    refused(
        Command::new(BAREBUS).env("DBUS_SYSTEM_BUS_ADDRESS", &address).args(STATE),
        REFUSED,
        &words,
    );
    for option in ["--address", "--peer"] {
        refused(Command::new(BAREBUS).args([option, &address]).args(STATE), REFUSED, &words);
    }
    refused(Command::new(BAREBUS).args(["--address", &address, "unit", "list"]), REFUSED, &words);
    let call = ["call", "org.example", "/", "org.example.Interface", "Method"];
    refused(Command::new(BAREBUS).args(["--address", &address]).args(call), CONNECTION, &words);
    let introspect = ["introspect", "org.example", "/"];
    refused(
        Command::new(BAREBUS).args(["--address", &address]).args(introspect),
        CONNECTION,
        &words,
    );
}

#[test]
fn a_socket_without_a_listener_is_told() {
    let folder = Folder::new("deaf");
    let address = format!("unix:path={}", folder.join("bus"));
    drop(UnixListener::bind(folder.join("bus")).unwrap());
    let words = ["cannot connect to", &address, "Connection refused"];
    refused(Command::new(BAREBUS).args(["--address", &address]).args(STATE), REFUSED, &words);
}

#[test]
fn every_server_of_an_address_is_told_with_its_own_reason() {
    let address = "unix:path=/no/such/bus;tcp:host=127.0.0.1;foo:";
    let words =
        ["/no/such/bus: No such file", "tcp:host=127.0.0.1: the key 'port'", "foo:: the transport"];
    refused(Command::new(BAREBUS).args(["--address", address]).args(STATE), REFUSED, &words);
}

#[test]
fn a_user_session_without_a_bus_is_told_by_the_variables() {
    let mut command = Command::new(BAREBUS);
    command.env_remove("DBUS_SESSION_BUS_ADDRESS").env_remove("XDG_RUNTIME_DIR");
    let words = ["DBUS_SESSION_BUS_ADDRESS and XDG_RUNTIME_DIR are not set"];
    refused(command.args(["--user"]).args(STATE), REFUSED, &words);
}

#[test]
fn missing_permission_is_told_with_the_address() {
    let folder = Folder::new("permission");
    // A listener in a private directory. The program is copied, because its own directory may be private, too.
    let program = folder.join("barebus");
    copy_program(&program);
    fs::set_permissions(&folder.0, fs::Permissions::from_mode(0o755)).unwrap();
    fs::create_dir(folder.join("mine")).unwrap();
    fs::set_permissions(folder.join("mine"), fs::Permissions::from_mode(0o700)).unwrap();
    let _listener = UnixListener::bind(folder.join("mine/bus")).unwrap();
    let address = format!("unix:path={}", folder.join("mine/bus"));
    let mut command = Command::new("setpriv");
    command.args(["--reuid=65534", "--regid=65534", "--clear-groups", &program]);
    let words = ["cannot connect to", &address, "Permission denied"];
    refused(command.args(["--address", &address]).args(STATE), REFUSED, &words);
}

#[test]
fn a_user_whom_systemd_does_not_obey_is_told_by_systemds_error() {
    let folder = Folder::new("nobody");
    let program = folder.join("barebus");
    copy_program(&program);
    fs::set_permissions(&folder.0, fs::Permissions::from_mode(0o755)).unwrap();
    for way in [Way::Daemon, Way::Broker] {
        // From outside, the path to the bus leads through a process of root.
        let mut command = way.inside("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups", &program]);
        refused(
            command.args(["unit", "start", "sleeps@nobody.service"]),
            REFUSED,
            &["StartUnit of sleeps@nobody.service", "(org.freedesktop.DBus.Error."],
        );
    }
}

#[test]
fn a_listener_that_never_answers_is_given_up_at_the_step_of_the_handshake() {
    let folder = Folder::new("mute");
    let address = format!("unix:path={}", folder.join("bus"));
    let listener = UnixListener::bind(folder.join("bus")).unwrap();
    for option in ["--address", "--peer"] {
        let begun = Instant::now();
        let mut command = Command::new(BAREBUS);
        command.args([option, &address, "--timeout", "0.8"]).args(STATE);
        refused(
            &mut command,
            REFUSED,
            &["GetUnitFileState of dbus.service", &address, "authentication"],
        );
        let took = begun.elapsed();
        // The handshake has seven eighths of the limit. A busy machine must wake the program in the eighth that is left.
        assert!(took >= Duration::from_millis(700), "{took:?}");
    }
    drop(listener);
}

#[test]
fn a_listener_that_hangs_up_is_told() {
    let folder = Folder::new("rude");
    let address = format!("unix:path={}", folder.join("bus"));
    let listener = UnixListener::bind(folder.join("bus")).unwrap();
    let rude = thread::spawn(move || drop(listener.accept().unwrap()));
    let mut command = Command::new(BAREBUS);
    let words = ["GetUnitFileState of dbus.service", &address];
    refused(command.args(["--peer", &address]).args(STATE), REFUSED, &words);
    rude.join().unwrap();
}

#[test]
fn a_reply_that_does_not_come_is_told_with_the_method_and_the_time() {
    let bus = SessionBus::start("mute-name");
    let _mute = bus.mute("org.example.Mute");
    let barebus = || {
        let mut command = Command::new(BAREBUS);
        command.args(["--address", &bus.address, "--timeout", "0.5"]);
        command
    };
    let begun = Instant::now();
    let call = ["call", "org.example.Mute", "/", "org.example.Mute", "Ask"];
    let words = ["org.example.Mute.Ask of org.example.Mute", "no reply", "0.5 s"];
    refused(barebus().args(call), NO_REPLY, &words);
    let words = ["introspecting / of org.example.Mute", "no reply", "0.5 s"];
    refused(barebus().args(["introspect", "org.example.Mute", "/"]), NO_REPLY, &words);
    let _mute = bus.mute("org.freedesktop.systemd1");
    let words = ["GetUnitFileState of dbus.service", "no reply", "0.5 s"];
    refused(barebus().args(STATE), REFUSED, &words);
    refused(barebus().args(["unit", "list"]), REFUSED, &["ListUnits", "no reply", "0.5 s"]);
    let words = ["StartUnit of dbus.service", "no reply", "0.5 s"];
    refused(barebus().args(["unit", "start", "dbus.service"]), REFUSED, &words);
    let took = begun.elapsed();
    assert!(took >= Duration::from_millis(2500), "{took:?}");
}

#[test]
fn arguments_that_do_not_fit_their_signature_are_refused_before_anything_is_sent() {
    // There is no listener, and no connection is tried.
    let call =
        ["--address", "unix:path=/no/such/bus", "call", "org.example", "/", "org.example.I", "M"];
    for (arguments, words) in [
        (&["s"] as &[&str], &["the arguments for 's'", "argument 1", "missing"]),
        (&["s", "a", "b"], &["the arguments for 's'", "argument 2", "more values"]),
        (&["u", "many"], &["the arguments for 'u'", "argument 1", "unsigned 32-bit integer (u)"]),
        (&["su", "a", "-1"], &["the arguments for 'su'", "argument 2", "out of range"]),
        (&["as", "2", "a"], &["the arguments for 'as'", "argument 3", "missing"]),
        (&["b", "maybe"], &["the arguments for 'b'", "argument 1", "boolean"]),
        (&["o", "no/path"], &["the arguments for 'o'", "argument 1", "object path"]),
        (&["v", "si"], &["the arguments for 'v'", "argument 1", "one type"]),
        (&["a{vs}"], &["the arguments for 'a{vs}'", "signature", "key"]),
    ] {
        refused(Command::new(BAREBUS).args(call).args(arguments), USAGE, words);
    }
}

#[test]
fn names_that_are_none_are_refused_before_anything_is_sent() {
    let call = ["--address", "unix:path=/no/such/bus", "call"];
    for (object, words) in [
        (["nobody", "/", "org.example.I", "M"], ["'nobody' is not a bus name", ""]),
        (["org.example", "a", "org.example.I", "M"], ["'a' is not an object path", ""]),
        (["org.example", "/", "interface", "M"], ["'interface' is not an interface name", ""]),
        (["org.example", "/", "org.example.I", "a.b"], ["'a.b' is not a member name", ""]),
        (
            ["org.example", "/", "org.example.I", "\u{1b}[31m"],
            ["is not a member name", "\\u{1b}[31m"],
        ),
    ] {
        refused(Command::new(BAREBUS).args(call).args(object), USAGE, &words);
    }
}

#[test]
fn an_address_that_is_none_is_wrong_usage() {
    for (address, words) in [
        ("unix", "'unix' is not an address: "),
        ("unix:path=%2", "'unix:path=%2' is not an address: "),
        ("unix:path", "'unix:path' is not an address: "),
        ("", "the address lists no server"),
    ] {
        for option in ["--address", "--peer"] {
            let mut command = Command::new(BAREBUS);
            refused(command.args([option, address, "unit", "list"]), USAGE, &[words]);
        }
    }
    let mut command = Command::new(BAREBUS);
    command.env("DBUS_SYSTEM_BUS_ADDRESS", "unix").args(STATE);
    refused(&mut command, USAGE, &["'unix' is not an address: "]);
}

#[test]
fn an_output_that_is_closed_is_no_crash() {
    let (reader, writer) = nix::unistd::pipe().unwrap();
    drop(reader);
    let mut command = Way::Daemon.barebus();
    let output = command.args(["unit", "list", "--all"]).stdout(writer).output().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert_eq!(complaint, "");
    assert_eq!(output.status.code(), Some(FILES));
}
