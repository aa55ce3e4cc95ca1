//! A scene: a scripted server on its own thread, the client in its own runtime.

use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use barebus::{CallError, ConnectionError, Options};
/// A call of the scripted service.
pub(crate) use barebus_tests::calls::of_service as method;
use barebus_tests::peer::{PATIENCE, Peer, SERVICE, are_closed, open_files};
use barebus_tokio::Connection;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;

/// A time limit that a test waits for.
pub(crate) const SHORT: Duration = Duration::from_millis(150);
/// A time limit that is not reached, even on a busy machine.
pub(crate) const LONG: Duration = PATIENCE;

/// The result of the driver's task.
pub(crate) type Driven = JoinHandle<Result<(), ConnectionError>>;

/// Open files are counted for the whole process, so only one scene runs at a time.
static STAGE: Mutex<()> = Mutex::new(());

/// Waits until no other scene runs.
pub(crate) fn stage() -> MutexGuard<'static, ()> {
    // A failed scene has reported its failure itself.
    STAGE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs a scene alone, and checks that it leaves no file open.
pub(crate) fn staged<R>(scene: impl FnOnce() -> R) -> R {
    let _stage = stage();
    let files = open_files();
    let result = scene();
    assert!(are_closed(files), "files stay open");
    result
}

/// Several threads, so that tasks run at the same time.
pub(crate) fn runtime() -> Runtime {
    Builder::new_multi_thread().worker_threads(3).enable_all().build().unwrap()
}

/// Plays `script` against `act`, which gets a connection with a spawned driver.
pub(crate) fn play<F: Future>(
    options: &Options,
    script: impl FnOnce(&mut Peer) + Send + 'static,
    act: impl FnOnce(Connection, Driven) -> F,
) -> F::Output {
    staged(|| {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let server = thread::spawn(move || script(&mut Peer::new(theirs)));
        let runtime = runtime();
        let result = runtime.block_on(async {
            let (bus, driver) = Connection::new(options.over(ours).unwrap());
            let driver = tokio::spawn(driver);
            tokio::time::timeout(LONG, act(bus, driver)).await.expect("the scene ends in time")
        });
        drop(runtime);
        server.join().unwrap();
        result
    })
}

/// The behaviour of a server on one connection.
pub(crate) type Script = Box<dyn FnOnce(&mut Peer) + Send>;

/// As [`play`], with a listening server: one script for each connection that is made to it.
pub(crate) fn play_listening<F: Future>(
    options: &Options,
    scripts: Vec<Script>,
    act: impl FnOnce(Connection, Driven) -> F,
) -> F::Output {
    static SCENES: AtomicUsize = AtomicUsize::new(0);

    staged(|| {
        let number = SCENES.fetch_add(1, Ordering::Relaxed);
        let name = format!("barebus-tokio-{}-{number}", std::process::id());
        let listener =
            UnixListener::bind_addr(&SocketAddr::from_abstract_name(&name).unwrap()).unwrap();
        let server = thread::spawn(move || {
            for script in scripts {
                script(&mut Peer::new(listener.accept().unwrap().0));
            }
        });
        let runtime = runtime();
        let result = runtime.block_on(async {
            let (bus, driver) =
                Connection::new(options.open(&format!("unix:abstract={name}")).unwrap());
            let driver = tokio::spawn(driver);
            tokio::time::timeout(LONG, act(bus, driver)).await.expect("the scene ends in time")
        });
        drop(runtime);
        server.join().unwrap();
        result
    })
}

/// For a bus, with time limits that are not reached.
pub(crate) fn patient() -> Options {
    Options::bus().handshake_timeout(2 * LONG).call_timeout(Some(2 * LONG))
}

/// The reply of the scripted service to `text`.
pub(crate) async fn echo(bus: &Connection, text: &str) -> Result<String, CallError> {
    let reply = bus.call(&method("Echo"), &(text,)).await?;
    Ok(reply.body::<(&str,)>()?.0.into())
}

/// Checks that the connection still works.
pub(crate) async fn works(bus: &Connection) {
    assert_eq!(echo(bus, "still here").await.unwrap(), "still here");
}

/// The rule for the signals `member` of the scripted service.
pub(crate) fn rule(member: &str) -> String {
    format!("type='signal',sender='{SERVICE}',member='{member}'")
}
