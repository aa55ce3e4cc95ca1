//! System calls fail while connections are opened over other transports than a Unix socket.

use std::io;
use std::net::TcpListener;
use std::thread;
use std::time::Duration;

use barebus::{OpenError, Options};
use barebus_tests::peer::{are_closed, open_files};
use nix::errno::Errno;
use nix::sys::wait::{WaitPidFlag, waitpid};

use crate::case::{ERRORS, TIMEOUT, count, stage};
use crate::plan::{Call, Fault, Planned, Seen, play};

/// Opens `address` and closes it.
fn open(address: &str, plan: &[Planned]) -> (Result<(), OpenError>, Seen) {
    let before = open_files();
    // The other end is the kernel or a program, which works concurrently.
    let meanwhile = Box::new(|| thread::sleep(Duration::from_millis(100)));
    let (opened, seen) = play(plan, 1000, meanwhile, || {
        Options::bus().handshake_timeout(TIMEOUT).open(address).map(drop)
    });
    assert!(are_closed(before), "files stay open");
    let children = waitpid(None, Some(WaitPidFlag::WNOHANG));
    assert_eq!(children, Err(Errno::ECHILD), "a program is left running");
    assert_eq!(seen.stuck, None);
    assert!(seen.hits.iter().all(|hits| *hits != 0), "{plan:?} was never reached");
    (opened, seen)
}

/// Each system call of opening fails with each error. Opening tolerates it if `borne` says so, otherwise it reports the error.
fn each_call_fails(address: &str, needed: &[Call], borne: impl Fn(Call, usize, Errno) -> bool) {
    let (opened, seen) = open(address, &[]);
    assert!(opened.is_ok(), "{opened:?}");
    for call in needed {
        assert!(seen.calls.contains(call), "{call:?} is not made: {:?}", seen.calls);
    }
    for (position, call) in seen.calls.iter().enumerate() {
        for errno in ERRORS {
            let index = count(&seen.calls[..position], *call);
            let plan = [Planned::once(*call, index, Fault::Error(errno))];
            let (opened, _) = open(address, &plan);
            if borne(*call, index, errno) {
                assert!(opened.is_ok(), "{plan:?}: {opened:?}");
                continue;
            }
            let error = opened.expect_err(&format!("{plan:?}")).to_string();
            assert!(error.starts_with(&format!("cannot connect to {address}: ")), "{error}");
            // The error of connect(2) after the time limit.
            let connects = *call != Call::SetSockOpt || index == 0;
            let told = match errno {
                Errno::EAGAIN if address.starts_with("tcp:") && connects => Errno::ETIMEDOUT,
                errno => errno,
            };
            assert!(error.contains(&io::Error::from(told).to_string()), "{plan:?}: {error}");
        }
    }
}

#[test]
fn each_call_fails_of_opening_a_tcp_connection() {
    let _stage = stage();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("tcp:host=127.0.0.1,port={}", listener.local_addr().unwrap().port());
    let needed = [Call::Socket, Call::Connect, Call::SetSockOpt];
    each_call_fails(&address, &needed, |call, index, errno| match call {
        // The others are TCP_NODELAY and SO_RCVTIMEO.
        Call::Socket | Call::Connect => errno == Errno::EINTR,
        Call::SetSockOpt => index == 0 && errno == Errno::EINTR,
        _ => matches!(call, Call::Fcntl | Call::Close),
    });
}

#[test]
fn each_call_fails_of_starting_a_program() {
    let _stage = stage();
    let needed = [Call::SocketPair, Call::SetSockOpt];
    each_call_fails("unixexec:path=/bin/cat", &needed, |call, index, _| {
        // The last is SO_RCVTIMEO.
        let vital = [(Call::SocketPair, 0), (Call::SetSockOpt, 0)];
        !vital.contains(&(call, index))
    });
}
