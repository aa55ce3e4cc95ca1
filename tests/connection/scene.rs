//! One scene: a scripted server on its own thread, the client on this one, and what must hold for all of them.

use std::os::unix::net::UnixStream;
use std::sync::atomic::Ordering;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use barebus::{BusName, Connection, InterfaceName, MemberName, MethodCall, ObjectPath, Options};
use barebus_tests::memory;
use barebus_tests::peer::{Peer, SERVICE, open_files};

/// A timeout to be run into.
pub(crate) const SHORT: Duration = Duration::from_millis(150);
/// A timeout that no honest scene comes near.
pub(crate) const LONG: Duration = Duration::from_secs(10);

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
    let scene = Scene::begin();
    let (ours, theirs) = UnixStream::pair().unwrap();
    let mut peer = Peer::new(theirs);
    let written = peer.written();
    let server = thread::spawn(move || script(&mut peer));
    let (result, peak) = memory::peak(|| {
        let mut connection = options.over(ours).unwrap();
        act(&mut connection)
    });
    server.join().unwrap();
    let received = written.load(Ordering::Relaxed);
    assert!(peak <= 2 * received + 64 * 1024, "{peak} bytes held for {received} received");
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
        assert_eq!(open_files(), self.files, "files stay open");
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

/// A call of `member` of the scripted service.
pub(crate) fn method(member: &'static str) -> MethodCall<'static> {
    MethodCall::new(ObjectPath::from_static("/"), MemberName::from_static(member))
        .interface(InterfaceName::from_static("org.example.Interface"))
        .destination(BusName::from_static(SERVICE))
}
