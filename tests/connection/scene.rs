//! A scene: a scripted server on its own thread, the client on this one, and checks that apply to all scenes.

use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use barebus::{Cause, Connection, Options, SessionError};
/// A call of the scripted service.
pub(crate) use barebus_tests::calls::of_service as method;
use barebus_tests::memory;
use barebus_tests::peer::{PATIENCE, Peer, are_closed, open_files};

/// A time limit that a test waits for.
pub(crate) const SHORT: Duration = Duration::from_millis(150);
/// A time limit that is not reached, even on a busy machine.
pub(crate) const LONG: Duration = PATIENCE;

/// Open files are counted for the whole process, so only one scene runs at a time.
static STAGE: Mutex<()> = Mutex::new(());

/// Waits until no other scene runs.
pub(crate) fn stage() -> MutexGuard<'static, ()> {
    // A failed scene has reported its failure itself.
    STAGE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Plays `script` against `act`. For any script the scene ends in time, no file stays open, and the client uses at most
/// twice the bytes received plus 64 KiB of memory.
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

/// As [`play`], without checking memory, for a client that sends much itself.
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

/// The behaviour of a server on one connection.
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

/// State before a scene, which is compared after it.
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
        // Files of other tests may still be open at the start or the end; they are closed soon.
        assert!(are_closed(self.files), "files stay open");
        assert!(self.begin.elapsed() < LONG, "took {:?}", self.begin.elapsed());
    }
}

/// For a bus, with a time limit of the handshake that a test waits for.
pub(crate) fn hasty_handshake() -> Options {
    patient().handshake_timeout(SHORT)
}

/// For a bus, with a time limit of calls that a test waits for.
pub(crate) fn hasty_calls() -> Options {
    patient().call_timeout(Some(SHORT))
}

/// Plays with longer and longer time limits, as long as `play` returns `None`: the machine was too slow for what comes before the time
/// limit ends.
pub(crate) fn with_time_enough<R>(mut play: impl FnMut(Duration) -> Option<R>) -> R {
    let mut limit = SHORT;
    loop {
        match play(limit) {
            Some(result) => return result,
            None => limit *= 2,
        }
        assert!(limit < LONG, "the machine is too slow, or the scene goes wrong");
    }
}

/// For a bus, with time limits that are not reached.
pub(crate) fn patient() -> Options {
    Options::bus().handshake_timeout(LONG).call_timeout(Some(LONG))
}

/// The error with which the connection ended.
pub(crate) fn ending(connection: &mut Connection) -> SessionError {
    match connection.next_event(None).map_err(|error| error.cause) {
        Err(Cause::Session(error)) => error,
        other => panic!("{other:?}"),
    }
}

/// Checks that the connection still works.
pub(crate) fn works(connection: &mut Connection) {
    let reply = connection.call(&method("Echo"), &("still here",)).unwrap();
    assert_eq!(reply.body::<(&str,)>().unwrap(), ("still here",));
}
