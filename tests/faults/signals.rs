//! Signals: handlers that interrupt blocking calls, and the default action of SIGPIPE.

use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use barebus::{CallError, Cause, Connection};
use barebus_tests::peer::{OWNER, PATIENCE, Peer};
use nix::errno::Errno;
use nix::sys::pthread::{pthread_kill, pthread_self};
use nix::sys::signal::Signal;

use crate::case::stage;
use crate::child;
use crate::exchange::{Way, options, service};
use crate::system;

const LONG: Duration = PATIENCE;

#[test]
fn signals_interrupt_every_wait_and_disturb_nothing() {
    if child::role().is_none() {
        let _stage = stage();
        child::run("signals::signals_interrupt_every_wait_and_disturb_nothing", "interrupted");
        return;
    }
    system::handle(Signal::SIGUSR1);
    let is_over = Arc::new(AtomicBool::new(false));
    let (client, over) = (pthread_self(), Arc::clone(&is_over));
    let sender = thread::spawn(move || {
        while !over.load(Ordering::Relaxed) {
            pthread_kill(client, Signal::SIGUSR1).unwrap();
            thread::sleep(Duration::from_micros(200));
        }
    });
    for nonblocking in [false, true] {
        let (ours, theirs) = UnixStream::pair().unwrap();
        ours.set_nonblocking(nonblocking).unwrap();
        let server = thread::spawn(move || slow(&mut Peer::new(theirs)));
        let mut connection = options(Way::Waiting, LONG).over(ours).unwrap();
        let before = system::interrupted();
        while system::interrupted() < before + 20 {
            let reply = connection.call(&service("Echo"), &("slowly",)).unwrap();
            assert_eq!(reply.body::<(&str,)>().unwrap(), ("slowly",));
        }
        // Longer than the socket takes at once: writing waits, too.
        let long = "x".repeat(4 << 20);
        let reply = connection.call(&service("Echo"), &(&*long,)).unwrap();
        assert_eq!(reply.body::<(&str,)>().unwrap(), (&*long,));
        drop(connection);
        server.join().unwrap();
    }
    is_over.store(true, Ordering::Relaxed);
    sender.join().unwrap();
}

/// Echoes after a while.
fn slow(peer: &mut Peer) {
    assert!(peer.greet());
    while let Some(call) = peer.called("Echo") {
        thread::sleep(Duration::from_millis(2));
        let reply = peer.echo(&call, Some(OWNER));
        peer.write(&reply);
    }
}

#[test]
fn a_broken_pipe_is_an_error_and_no_signal() {
    if child::role().is_none() {
        let _stage = stage();
        child::run("signals::a_broken_pipe_is_an_error_and_no_signal", "default");
        return;
    }
    // A Rust program ignores it from the start.
    system::reset(Signal::SIGPIPE);
    let (ours, theirs) = UnixStream::pair().unwrap();
    let mut connection = options(Way::Waiting, LONG).over(ours).unwrap();
    drop(theirs);
    broken(&mut connection);
    // And line by line, where the end comes between two writes.
    let (ours, theirs) = UnixStream::pair().unwrap();
    let server = thread::spawn(move || {
        let mut peer = Peer::new(theirs);
        assert!(peer.greet());
        peer.called("Echo").unwrap();
    });
    let mut connection = options(Way::Waiting, LONG).over(ours).unwrap();
    let first = connection.start_call(&service("Echo"), &("first",), Vec::new()).unwrap();
    connection.flush().unwrap();
    server.join().unwrap();
    broken(&mut connection);
    assert!(connection.wait(first).is_err());
}

fn broken(connection: &mut Connection) {
    let Err(CallError::Connection(error)) = connection.call(&service("Echo"), &("late",)) else {
        panic!("a call went through");
    };
    let Cause::Io { doing: "writing", error, .. } = error.cause else { panic!("{error:?}") };
    assert_eq!(error.raw_os_error(), Some(Errno::EPIPE as i32));
}
