//! One scene: a scripted server on its own thread, the client on this one, and what must hold for all of them.

use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use barebus::{
    BusName, Cause, Connection, InterfaceName, MemberName, MethodCall, ObjectPath, Options,
    SessionError,
};
use barebus_tests::memory;
use barebus_tests::peer::{Peer, SERVICE, are_closed, open_files};

/// A timeout to be run into.
pub(crate) const SHORT: Duration = Duration::from_millis(150);
/// A timeout that no honest scene comes near, on a busy machine neither.
pub(crate) const LONG: Duration = Duration::from_secs(60);

/// Open files are the whole process's: one scene at a time.
static STAGE: Mutex<()> = Mutex::new(());

/// Waits until no other scene is being played.
pub(crate) fn stage() -> MutexGuard<'static, ()> {
    // A scene that failed has told so itself.
    STAGE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Plays `script` against `act`. Whatever the script does: the scene ends in time, no file stays open, and memory stays within
/// twice what was received, and 64 KiB.
pub(crate) fn play<R>(
    options: &Options,
    script: impl FnOnce(&mut Peer) + Send + 'static,
    act: impl FnOnce(&mut Connection) -> R,
) -> R {
    let act = |mut connection: Connection| act(&mut connection);
    let (result, peak, received) = play_unmeasured(options, script, act);
    assert!(peak <= 2 * received + 64 * 1024, "{peak} bytes held for {received} received");
    result
}

/// As [`play`], for a client that sends so much that its memory is no answer to what it received.
pub(crate) fn play_sending<R>(
    options: &Options,
    script: impl FnOnce(&mut Peer) + Send + 'static,
    act: impl FnOnce(&mut Connection) -> R,
) -> R {
    play_unmeasured(options, script, |mut connection| act(&mut connection)).0
}

/// As [`play_sending`], for what takes the connection over.
pub(crate) fn play_owned<R>(
    options: &Options,
    script: impl FnOnce(&mut Peer) + Send + 'static,
    act: impl FnOnce(Connection) -> R,
) -> R {
    play_unmeasured(options, script, act).0
}

fn play_unmeasured<R>(
    options: &Options,
    script: impl FnOnce(&mut Peer) + Send + 'static,
    act: impl FnOnce(Connection) -> R,
) -> (R, usize, usize) {
    let scene = Scene::begin();
    let (ours, theirs) = UnixStream::pair().unwrap();
    let mut peer = Peer::new(theirs);
    let written = peer.written();
    let server = thread::spawn(move || script(&mut peer));
    let (result, peak) = memory::peak(|| {
        let connection = options.over(ours).unwrap();
        act(connection)
    });
    server.join().unwrap();
    scene.end();
    (result, peak, written.load(Ordering::Relaxed))
}

/// What a server does with one connection.
pub(crate) type Script = Box<dyn FnOnce(&mut Peer) + Send>;

/// As [`play`], with a listening server: one script for each connection that is made to it. `key` is added to the address.
pub(crate) fn play_listening<R>(
    options: &Options,
    key: &str,
    scripts: Vec<Script>,
    act: impl FnOnce(&mut Connection) -> R,
) -> R {
    play_listening_owned(options, key, scripts, |mut connection| act(&mut connection))
}

/// As [`play_listening`], for what takes the connection over.
pub(crate) fn play_listening_owned<R>(
    options: &Options,
    key: &str,
    scripts: Vec<Script>,
    act: impl FnOnce(Connection) -> R,
) -> R {
    static SCENES: AtomicUsize = AtomicUsize::new(0);

    let scene = Scene::begin();
    let number = SCENES.fetch_add(1, Ordering::Relaxed);
    let name = format!("barebus-tests-{}-{number}", std::process::id());
    let place = SocketAddr::from_abstract_name(&name).unwrap();
    let listener = UnixListener::bind_addr(&place).unwrap();
    let server = thread::spawn(move || {
        for script in scripts {
            script(&mut Peer::new(listener.accept().unwrap().0));
        }
    });
    let result = {
        let connection = options.open(&format!("unix:abstract={name}{key}")).unwrap();
        act(connection)
    };
    server.join().unwrap();
    scene.end();
    result
}

/// What is looked at before and after a scene.
pub(crate) struct Scene {
    _stage: MutexGuard<'static, ()>,
    files: usize,
    begin: Instant,
}

impl Scene {
    pub(crate) fn begin() -> Self {
        let _stage = stage();
        Self { _stage, files: open_files(), begin: Instant::now() }
    }

    pub(crate) fn end(self) {
        // What another test has just dropped may have been open at the beginning, and what it opens may be now: neither stays.
        assert!(are_closed(self.files), "files stay open");
        assert!(self.begin.elapsed() < LONG, "took {:?}", self.begin.elapsed());
    }
}

/// For a bus, with timeouts that a test can wait for.
pub(crate) fn hasty() -> Options {
    Options::bus().handshake_timeout(SHORT).call_timeout(Some(SHORT))
}

/// For a bus, with timeouts that are not reached.
pub(crate) fn patient() -> Options {
    Options::bus().handshake_timeout(LONG).call_timeout(Some(LONG))
}

/// What the connection ended with, as it says when it is used again.
pub(crate) fn ending(connection: &mut Connection) -> SessionError {
    match connection.next_event(None).map_err(|error| error.cause) {
        Err(Cause::Session(error)) => error,
        other => panic!("{other:?}"),
    }
}

/// That the connection still works: the service echoes.
pub(crate) fn works(connection: &mut Connection) {
    let reply = connection.call(&method("Echo"), &("still here",)).unwrap();
    assert_eq!(reply.body::<(&str,)>().unwrap(), ("still here",));
}

/// A call of `member` of the scripted service.
pub(crate) fn method(member: &'static str) -> MethodCall<'static> {
    MethodCall::new(ObjectPath::from_static("/"), MemberName::from_static(member))
        .interface(InterfaceName::from_static("org.example.Interface"))
        .destination(BusName::from_static(SERVICE))
}
