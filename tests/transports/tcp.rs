//! TCP, with and without a nonce.

use std::io::Read;
use std::net::{TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::thread::{self, JoinHandle};

use barebus::AttemptError;
use barebus_tests::peer::Peer;

use crate::{ask, fails_for, failure, options};

/// The nonces of a test.
const NONCE: &[u8; 16] = b"0123456789abcdef";

/// A server that takes one client at `place`, has `first` from it, and then echoes. Gives its port, and whether the client sends
/// at once what it has.
fn serve(place: &str, first: &'static [u8]) -> (u16, JoinHandle<bool>) {
    let listener = TcpListener::bind((place, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = thread::spawn(move || {
        let (mut stream, _): (TcpStream, _) = listener.accept().unwrap();
        let mut had = vec![0; first.len()];
        stream.read_exact(&mut had).unwrap();
        assert_eq!(had, first);
        let mut peer = Peer::new(UnixStream::from(OwnedFd::from(stream)));
        assert!(peer.authenticate());
        let call = peer.receive().unwrap();
        let reply = peer.echo(&call, None);
        peer.write(&reply)
    });
    (port, server)
}

/// That what listens at `address` with PORT for its port answers.
fn answers(place: &str, address: &str, first: &'static [u8]) {
    let (port, server) = serve(place, first);
    let mut connection = options().open(&address.replace("PORT", &port.to_string())).unwrap();
    assert_eq!(ask(&mut connection, address), address);
    drop(connection);
    assert!(server.join().unwrap());
}

pub(crate) fn talks() {
    answers("127.0.0.1", "tcp:host=127.0.0.1,port=PORT", b"");
    answers("127.0.0.1", "tcp:host=127.0.0.1,port=PORT,family=ipv4", b"");
    answers("127.0.0.1", "tcp:host=localhost,port=PORT,family=ipv4", b"");
    answers("::1", "tcp:host=%3a%3a1,port=PORT,family=ipv6", b"");
    answers("::1", "tcp:host=%3a%3a1,port=PORT", b"");
}

pub(crate) fn passes_no_fds() {
    let (port, server) = serve("127.0.0.1", b"");
    let address = format!("tcp:host=127.0.0.1,port={port}");
    let mut connection = options().open(&address).unwrap();
    assert_eq!(ask(&mut connection, "x"), "x");
    assert_eq!(connection.session_state().passes_fds(), Some(false));
    server.join().unwrap();
}

/// A file that holds `bytes`, gone with the test.
struct File(PathBuf);

impl File {
    fn of(bytes: &[u8]) -> Self {
        let name = format!("barebus-nonce-{}-{}", std::process::id(), bytes.len());
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, bytes).unwrap();
        Self(path)
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

pub(crate) fn shows_the_nonce() {
    let file = File::of(NONCE);
    let address = format!("nonce-tcp:host=127.0.0.1,port=PORT,noncefile={}", file.0.display());
    answers("127.0.0.1", &address, NONCE);
}

pub(crate) fn refuses_the_nonce() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    for wrong in [&b""[..], b"0123456789abcde", b"0123456789abcdefg"] {
        let file = File::of(wrong);
        let file = file.0.display();
        let address = format!("nonce-tcp:host=127.0.0.1,port={port},noncefile={file}");
        fails_for(&address, "noncefile", "does not hold 16 bytes");
    }
    let address = format!("nonce-tcp:host=127.0.0.1,port={port},noncefile=/no/such/file");
    match failure(&address) {
        AttemptError::Io(error) => assert_eq!(error.raw_os_error(), Some(nix::libc::ENOENT)),
        other => panic!("{other:?}"),
    }
    fails_for(&format!("nonce-tcp:host=127.0.0.1,port={port}"), "noncefile", "is missing");
}

pub(crate) fn names_what_is_wrong() {
    fails_for("tcp:port=1", "host", "is missing");
    fails_for("tcp:host=127.0.0.1", "port", "is missing");
    for port in ["0", "65536", "-1", "x", ""] {
        let address = format!("tcp:host=127.0.0.1,port={port}");
        fails_for(&address, "port", "is no port number from 1 to 65535");
    }
    fails_for("tcp:host=127.0.0.1,port=1,family=ipv5", "family", "is neither ipv4 nor ipv6");
    // Neither a name nor, for this family, a number; the resolver's own words.
    for address in ["tcp:host=a%20b,port=1", "tcp:host=127.0.0.1,port=1,family=ipv6"] {
        match failure(address) {
            AttemptError::Key { key: "host", reason } => assert!(!reason.is_empty()),
            other => panic!("{other:?}"),
        }
    }
    // Nobody listens where somebody did just now.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    match failure(&format!("tcp:host=127.0.0.1,port={port}")) {
        AttemptError::Io(error) => assert_eq!(error.raw_os_error(), Some(nix::libc::ECONNREFUSED)),
        other => panic!("{other:?}"),
    }
}
