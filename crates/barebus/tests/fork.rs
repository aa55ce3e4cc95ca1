//! A forked child must not use its parent's connection. A program of its own, without a test harness: only a process with a
//! single thread may go on after fork(2).

#![allow(unsafe_code, clippy::unwrap_used, clippy::panic, reason = "a test; fork has no safe form")]

use std::io::Read;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use barebus::{CallError, Cause, MemberName, MethodCall, ObjectPath, Options};
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{ForkResult, fork};

const CALL: MethodCall<'static> =
    MethodCall::new(ObjectPath::ROOT, MemberName::from_static("Anything"));

fn main() {
    let (ours, mut theirs) = UnixStream::pair().unwrap();
    let options = Options::bus().handshake_timeout(Duration::from_millis(200));
    let mut connection = options.over(ours).unwrap();

    // SAFETY: this process has a single thread, so that nothing is locked in the child.
    match unsafe { fork() }.unwrap() {
        ForkResult::Child => {
            let answer = connection.call(&CALL, &());
            let forked = matches!(
                answer,
                Err(CallError::Connection(error)) if matches!(error.cause, Cause::Forked)
            );
            // Dropping it must be as quiet.
            drop(connection);
            std::process::exit(i32::from(!forked));
        }
        ForkResult::Parent { child } => {
            let status = waitpid(child, None).unwrap();
            assert!(matches!(status, WaitStatus::Exited(_, 0)), "the child: {status:?}");
        }
    }
    theirs.set_nonblocking(true).unwrap();
    let nothing = theirs.read(&mut [0; 1]).unwrap_err();
    assert_eq!(nothing.kind(), std::io::ErrorKind::WouldBlock, "the child wrote, or closed");

    // The parent goes on: here as far as a server that never answers lets it.
    let error = connection.call(&CALL, &()).unwrap_err().to_string();
    assert!(error.contains("authentication"), "{error}");
    let mut written = [0; 4096];
    let count = theirs.read(&mut written).unwrap();
    assert!(count > 0 && written.starts_with(b"\0AUTH EXTERNAL "));
}
