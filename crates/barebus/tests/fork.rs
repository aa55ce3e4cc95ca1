//! A forked child must not use its parent's connection. A program without a test harness, because only a process with a
//! single thread may continue after fork(2).

#![allow(unsafe_code, clippy::unwrap_used, clippy::panic, reason = "a test; fork has no safe form")]

use std::io::{ErrorKind, Read, Write};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};
use std::process::Command;
use std::time::Duration;

use barebus::{
    CallError, CallId, Cause, Connection, ConnectionError, MatchRule, MemberName, MethodCall,
    ObjectPath, Options,
};
use nix::sched::{CloneFlags, unshare};
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{ForkResult, fork, geteuid};

const CALL: MethodCall<'static> =
    MethodCall::checked(ObjectPath::ROOT, MemberName::from_static("Anything"));

fn main() {
    nothing_is_read_or_written();
    nobody_is_connected_to_anew();
    // As before Linux 4.14.
    if std::env::args().nth(1).is_some_and(|argument| argument == "--without-marks") {
        return;
    }
    without_marks_the_process_id_tells();
    // After this the process cannot fork.
    a_child_with_its_parent_s_process_id_is_another_process();
}

/// In nested PID namespaces both are 1.
fn a_child_with_its_parent_s_process_id_is_another_process() {
    assert!(geteuid().is_root(), "a PID namespace needs root: run it with sudo");
    in_new_pid_namespace(|| {
        let (ours, _theirs) = UnixStream::pair().unwrap();
        let mut connection = Options::bus().over(ours).unwrap();
        let started = connection.start_call(&CALL, &(), Vec::new()).unwrap();
        in_new_pid_namespace(|| every_way(&mut connection, started).iter().all(is_forked))
    });
}

/// Runs `is_right` in a child with the process ID 1.
fn in_new_pid_namespace(is_right: impl FnOnce() -> bool) -> bool {
    unshare(CloneFlags::CLONE_NEWPID).unwrap();
    // SAFETY: this process has a single thread, so nothing is locked in the child.
    match unsafe { fork() }.unwrap() {
        ForkResult::Child => {
            assert_eq!(std::process::id(), 1);
            std::process::exit(i32::from(!is_right()));
        }
        ForkResult::Parent { child } => {
            let status = waitpid(child, None).unwrap();
            assert!(matches!(status, WaitStatus::Exited(_, 0)), "the child: {status:?}");
            true
        }
    }
}

/// Repeats all other tests while the kernel refuses MADV_WIPEONFORK.
fn without_marks_the_process_id_tells() {
    let mut strace = Command::new("strace");
    strace.args(["-f", "-qq", "-o", "/dev/null", "-e", "inject=madvise:error=EINVAL"]);
    strace.arg(std::env::current_exe().unwrap()).arg("--without-marks");
    let status = strace.status().unwrap_or_else(|error| panic!("strace cannot be run: {error}"));
    assert!(status.success(), "{status}");
}

fn nothing_is_read_or_written() {
    let (ours, mut theirs) = UnixStream::pair().unwrap();
    let options = Options::bus().handshake_timeout(Duration::from_millis(200));
    let mut connection = options.over(ours).unwrap();
    let started = connection.start_call(&CALL, &(), Vec::new()).unwrap();
    let connection = &mut in_child(connection, |connection| {
        every_way(connection, started).iter().all(is_forked)
    });
    theirs.set_nonblocking(true).unwrap();
    let nothing = theirs.read(&mut [0; 1]).unwrap_err();
    assert_eq!(nothing.kind(), ErrorKind::WouldBlock, "the child wrote, or closed");

    // The parent continues, until it times out because the server never answers.
    let error = connection.call(&CALL, &()).unwrap_err().to_string();
    assert!(error.contains("authentication"), "{error}");
    let mut written = [0; 4096];
    let count = theirs.read(&mut written).unwrap();
    assert!(count > 0 && written.starts_with(b"\0AUTH EXTERNAL "));
}

/// The result of each method that reads or writes.
fn every_way(connection: &mut Connection, started: CallId) -> Vec<Result<(), CallError>> {
    let rule = MatchRule::parse("type='signal'").unwrap();
    let time = Some(Duration::from_millis(1));
    vec![
        connection.call(&CALL, &()).map(|_| ()),
        connection.start_call(&CALL, &(), Vec::new()).map(|_| ()),
        connection.wait(started).map(|_| ()),
        connection.send(&CALL, &()),
        connection.flush(),
        connection.subscribe(&rule).map(|_| ()),
        connection.establish().map_err(boxed),
        connection.process().map(|_| ()).map_err(boxed),
        connection.next_event(time).map(|_| ()).map_err(boxed),
    ]
}

fn boxed(error: ConnectionError) -> CallError {
    CallError::from(Box::new(error))
}

fn is_forked(result: &Result<(), CallError>) -> bool {
    matches!(result, Err(CallError::Connection(error)) if matches!(error.cause, Cause::Forked))
}

/// If a server refuses authentication in one write, the parent connects again, but a child does not.
fn nobody_is_connected_to_anew() {
    let name = format!("barebus-fork-{}", std::process::id());
    let listener =
        UnixListener::bind_addr(&SocketAddr::from_abstract_name(&name).unwrap()).unwrap();
    let options = Options::bus().handshake_timeout(Duration::from_secs(5));
    let mut connection = options.open(&format!("unix:abstract={name}")).unwrap();
    let mut theirs = listener.accept().unwrap().0;
    theirs.write_all(b"REJECTED EXTERNAL\r\n").unwrap();
    assert!(connection.process().unwrap());
    let connection = &mut in_child(connection, |connection| {
        connection.poll_event().is_err_and(|error| matches!(error.cause, Cause::Forked))
    });
    listener.set_nonblocking(true).unwrap();
    assert_eq!(listener.accept().unwrap_err().kind(), ErrorKind::WouldBlock, "the child connected");
    // The parent may.
    assert!(connection.poll_event().unwrap().is_none());
    listener.accept().unwrap();
}

/// Runs `is_right` in a child, which then drops the connection, and waits for its end.
fn in_child(
    mut connection: Connection,
    is_right: impl FnOnce(&mut Connection) -> bool,
) -> Connection {
    // SAFETY: this process has a single thread, so nothing is locked in the child.
    match unsafe { fork() }.unwrap() {
        ForkResult::Child => {
            let is_right = is_right(&mut connection);
            drop(connection);
            std::process::exit(i32::from(!is_right));
        }
        ForkResult::Parent { child } => {
            let status = waitpid(child, None).unwrap();
            assert!(matches!(status, WaitStatus::Exited(_, 0)), "the child: {status:?}");
            connection
        }
    }
}
