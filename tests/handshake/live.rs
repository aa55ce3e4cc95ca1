//! With other implementations: our client with dbus-daemon and sd-bus's server, their clients with our server.

use core::time::Duration;
use std::io::{ErrorKind, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;
use std::{env, fs, thread};

use barebus_sasl::{
    Client, Identity, Mechanism, Mechanisms, Options, Outcome, Pacing, SaslError, SaslErrorKind,
    Server, ServerOptions,
};
use barebus_tests::sasl::{Side, guid};

const DEADLINE: Duration = barebus_tests::peer::PATIENCE;

/// A program of the machine, which is ended with its test.
struct Program(Child);

impl Program {
    fn start(name: &str, prepare: impl FnOnce(&mut Command) -> &mut Command) -> Self {
        let mut command = Command::new(name);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let started = prepare(&mut command).spawn();
        Self(started.unwrap_or_else(|error| panic!("this test needs {name}: {error}")))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A temporary directory.
struct Dir(PathBuf);

impl Dir {
    fn new(test: &str) -> Self {
        let path = env::temp_dir().join(format!("barebus-handshake-{test}-{}", std::process::id()));
        fs::create_dir(&path).unwrap();
        Self(path)
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn uid() -> u32 {
    fs::metadata("/proc/self").unwrap().uid()
}

fn dbus_daemon(dir: &Path) -> (Program, PathBuf) {
    let (socket, config) = (dir.join("bus"), dir.join("bus.conf"));
    let address = socket.display();
    let text = format!(
        "<busconfig><type>session</type><listen>unix:path={address}</listen><auth>EXTERNAL</auth>\
         <policy context=\"default\"><allow send_destination=\"*\"/>\
         <allow receive_sender=\"*\"/></policy></busconfig>"
    );
    fs::write(&config, text).unwrap();
    let config = format!("--config-file={}", config.display());
    let daemon = Program::start("dbus-daemon", |daemon| {
        daemon.arg("--nofork").arg("--nopidfile").arg(config)
    });
    let start = Instant::now();
    while UnixStream::connect(&socket).is_err() {
        assert!(start.elapsed() < DEADLINE, "dbus-daemon does not listen");
        thread::sleep(Duration::from_millis(5));
    }
    (daemon, socket)
}

/// Completes the handshake. Returns the bytes that were not taken.
fn talk(side: &mut impl Side, stream: &mut UnixStream) -> Result<Vec<u8>, SaslError> {
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    let mut bytes = Vec::new();
    loop {
        let n = side.output().len();
        stream.write_all(side.output()).unwrap();
        side.advance_output(n);
        if side.outcome().is_some() {
            return Ok(bytes);
        }
        let mut chunk = [0; 256];
        let n = stream.read(&mut chunk).expect("an answer in time");
        if n == 0 {
            return Err(side.eof());
        }
        bytes.extend_from_slice(&chunk[..n]);
        let taken = side.receive(&bytes)?;
        bytes.drain(..taken);
    }
}

/// Sends Hello, and checks that a message arrives.
fn say_hello(stream: &mut UnixStream) {
    let mut fields = Vec::new();
    for (code, kind, text) in [
        (1, b'o', "/org/freedesktop/DBus"),
        (2, b's', "org.freedesktop.DBus"),
        (3, b's', "Hello"),
        (6, b's', "org.freedesktop.DBus"),
    ] {
        fields.resize(fields.len().next_multiple_of(8), 0);
        fields.extend([code, 1, kind, 0, u8::try_from(text.len()).unwrap(), 0, 0, 0]);
        fields.extend(text.bytes().chain([0]));
    }
    let mut message = b"l\x01\0\x01\0\0\0\0\x01\0\0\0".to_vec();
    message.extend([u8::try_from(fields.len()).unwrap(), 0, 0, 0]);
    message.extend(fields);
    message.resize(message.len().next_multiple_of(8), 0);
    stream.write_all(&message).unwrap();
    let mut head = [0; 4];
    stream.read_exact(&mut head).expect("a reply in time");
    assert_eq!(head, *b"l\x02\x01\x01", "a METHOD_RETURN");
}

#[test]
fn dbus_daemon_lets_our_client_in() {
    let dir = Dir::new("daemon");
    let (_daemon, socket) = dbus_daemon(&dir.0);
    let external = Mechanism::External;
    for (first, fallback, pacing) in [
        (external(Identity::Uid(uid())), None, Pacing::Pipelined),
        (external(Identity::Uid(uid())), None, Pacing::StepByStep),
        (external(Identity::Empty), None, Pacing::Pipelined),
        (external(Identity::Empty), None, Pacing::StepByStep),
        (external(Identity::Uid(uid() + 1)), Some(external(Identity::Empty)), Pacing::StepByStep),
        (
            external(Identity::Uid(uid() + 1)),
            Some(external(Identity::Uid(uid()))),
            Pacing::StepByStep,
        ),
    ] {
        for negotiate_unix_fd in [false, true] {
            let mechanisms = Mechanisms { first, fallbacks: [None, fallback, None] };
            let mut client = Client::new(Options { mechanisms, negotiate_unix_fd, pacing });
            let mut stream = UnixStream::connect(&socket).unwrap();
            assert_eq!(talk(&mut client, &mut stream), Ok(Vec::new()));
            assert_eq!(client.outcome().map(|outcome| outcome.unix_fd), Some(negotiate_unix_fd));
            say_hello(&mut stream);
        }
    }
}

#[test]
fn dbus_daemon_turns_our_client_away() {
    let dir = Dir::new("away");
    let (_daemon, socket) = dbus_daemon(&dir.0);
    for (first, pacing) in [
        (Mechanism::Anonymous, Pacing::Pipelined),
        (Mechanism::Anonymous, Pacing::StepByStep),
        (Mechanism::External(Identity::Uid(uid() + 1)), Pacing::Pipelined),
        (Mechanism::External(Identity::Uid(uid() + 1)), Pacing::StepByStep),
    ] {
        let mechanisms = first.into();
        let mut client = Client::new(Options { mechanisms, negotiate_unix_fd: true, pacing });
        let mut stream = UnixStream::connect(&socket).unwrap();
        let failed = talk(&mut client, &mut stream).unwrap_err();
        let offered = match (pacing, failed.kind) {
            (Pacing::Pipelined, SaslErrorKind::Rejected(offered)) => offered,
            (Pacing::StepByStep, SaslErrorKind::OutOfMechanisms(offered)) => offered,
            _ => panic!("{failed}"),
        };
        assert_eq!(offered.to_string(), "the server offers EXTERNAL");
    }
}

#[test]
fn an_sd_bus_server_lets_our_client_in() {
    let dir = Dir::new("bridge");
    let (_daemon, socket) = dbus_daemon(&dir.0);
    for first in [Mechanism::Anonymous, Mechanism::External(Identity::Empty)] {
        for pacing in [Pacing::StepByStep, Pacing::Pipelined] {
            let (mut stream, theirs) = UnixStream::pair().unwrap();
            let theirs = OwnedFd::from(theirs);
            let bus = format!("--bus-path=unix:path={}", socket.display());
            let _bridge = Program::start("systemd-stdio-bridge", |bridge| {
                bridge.arg(bus).stdin(theirs.try_clone().unwrap()).stdout(theirs)
            });
            let mechanisms = first.into();
            let mut client = Client::new(Options { mechanisms, negotiate_unix_fd: true, pacing });
            assert_eq!(talk(&mut client, &mut stream), Ok(Vec::new()), "{first:?} {pacing:?}");
            say_hello(&mut stream);
        }
    }
}

#[test]
fn other_clients_are_let_in_by_our_server() {
    let dir = Dir::new("server");
    let socket = dir.0.join("bus");
    let listener = UnixListener::bind(&socket).unwrap();
    let address = format!("unix:path={}", socket.display());
    let (name, path) = ("org.freedesktop.DBus", "/org/freedesktop/DBus");
    let (with_address, bus) = (format!("--address={address}"), format!("--bus={address}"));
    for (program, arguments) in [
        ("busctl", &[&with_address, "call", name, path, name, "GetId"][..]),
        ("dbus-send", &[&bus, "--dest=org.freedesktop.DBus", path, "org.freedesktop.DBus.GetId"]),
        ("gdbus", &["introspect", "--address", &address, "--dest", name, "--object-path", path]),
    ] {
        let _client = Program::start(program, |command| command.args(arguments));
        let mut stream = accept(&listener);
        let mut server = Server::new(ServerOptions {
            guid: guid(),
            external: true,
            anonymous: false,
            peer_uid: Some(uid()),
            allow_unix_fd: true,
        });
        let mut bytes = talk(&mut server, &mut stream).unwrap();
        assert_eq!(server.outcome(), Some(Outcome { guid: guid(), unix_fd: true }), "{program}");
        assert_eq!(server.uid(), Some(uid()));
        while !bytes.windows(5).any(|window| window == b"Hello") {
            let mut chunk = [0; 256];
            let n = stream.read(&mut chunk).expect("Hello in time");
            assert!(n > 0, "{program} closed before Hello");
            bytes.extend_from_slice(&chunk[..n]);
        }
        assert_eq!(bytes[..4], *b"l\x01\x00\x01", "{program}: a METHOD_CALL is what comes first");
    }
}

fn accept(listener: &UnixListener) -> UnixStream {
    listener.set_nonblocking(true).unwrap();
    let start = Instant::now();
    loop {
        match listener.accept() {
            Ok((stream, _)) => {
                stream.set_nonblocking(false).unwrap();
                return stream;
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                assert!(start.elapsed() < DEADLINE, "nobody connects");
                thread::sleep(Duration::from_millis(5));
            }
            Err(error) => panic!("{error}"),
        }
    }
}
