//! A thread closes descriptors of other processes. A program without a test harness, because it counts its
//! threads, and only a process with a single thread may continue after fork(2).

#![allow(unsafe_code, clippy::unwrap_used, clippy::panic, reason = "a test; fork has no safe form")]

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use barebus::Descriptor;
use nix::libc::linger;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::socket::setsockopt;
use nix::sys::socket::sockopt::{Linger, RcvBuf};
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{ForkResult, Uid, fork, geteuid, setuid};

fn main() {
    one_thread_closes_all_and_ends();
    in_child(a_child_has_a_thread_of_its_own);
    in_child(without_a_thread_it_stays_open_until_there_can_be_one);
    one_s_own_file_is_closed_at_once();
}

/// A TCP socket whose close blocks for an hour, or until its other end, which is returned too, is dropped.
fn lingering() -> (OwnedFd, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    // The accepted socket inherits it, so little data leaves the buffer of the other.
    setsockopt(&listener, RcvBuf, &2048).unwrap();
    let mut near = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (far, _) = listener.accept().unwrap();
    near.set_nonblocking(true).unwrap();
    while near.write(&[0; 65536]).is_ok() {}
    near.set_nonblocking(false).unwrap();
    setsockopt(&near, Linger, &linger { l_onoff: 1, l_linger: 3600 }).unwrap();
    (near.into(), far)
}

/// A stream whose one end shows whether the other is closed.
fn pair() -> (UnixStream, UnixStream) {
    let (file, other) = UnixStream::pair().unwrap();
    other.set_nonblocking(true).unwrap();
    (file, other)
}

fn drop_untrusted(file: impl Into<OwnedFd>) {
    drop(Descriptor::untrusted(file.into()));
}

fn is_closed(other: &mut UnixStream) -> bool {
    other.read(&mut [0; 1]).is_ok_and(|count| count == 0)
}

fn threads() -> usize {
    fs::read_dir("/proc/self/task").unwrap().count()
}

/// Waits for an action of a thread. A watchdog ends the wait.
fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !is_so() {
        // A watchdog: far longer than this takes on a busy machine.
        assert!(begin.elapsed() < Duration::from_secs(600), "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn one_thread_closes_all_and_ends() {
    assert_eq!(threads(), 1);
    let (near, far) = lingering();
    drop_untrusted(near);
    let mut others = Vec::new();
    for _ in 0..300 {
        let (file, other) = pair();
        drop_untrusted(file);
        others.push(other);
    }
    assert_eq!(threads(), 2);
    drop(far);
    for other in &mut others {
        until("the file is closed", || is_closed(other));
    }
    until("the thread has ended", || threads() == 1);
    // There can be another.
    let (file, mut other) = pair();
    drop_untrusted(file);
    until("the file is closed", || is_closed(&mut other));
    until("the thread has ended", || threads() == 1);
}

/// While the parent's thread is blocked.
fn a_child_has_a_thread_of_its_own() {
    let (file, mut other) = pair();
    drop_untrusted(file);
    until("the file is closed", || is_closed(&mut other));
}

fn without_a_thread_it_stays_open_until_there_can_be_one() {
    assert!(geteuid().is_root(), "becoming a user without threads needs root: run it with sudo");
    let (_, most) = getrlimit(Resource::RLIMIT_NPROC).unwrap();
    setrlimit(Resource::RLIMIT_NPROC, 0, most).unwrap();
    setuid(Uid::from_raw(65_534)).unwrap();
    let mut others = [(); 2].map(|()| {
        let (file, other) = pair();
        drop_untrusted(file);
        other
    });
    assert_eq!(threads(), 1);
    assert!(!others.iter_mut().any(is_closed));
    setrlimit(Resource::RLIMIT_NPROC, most, most).unwrap();
    let (file, mut other) = pair();
    drop_untrusted(file);
    for other in others.iter_mut().chain([&mut other]) {
        until("the file is closed", || is_closed(other));
    }
}

fn one_s_own_file_is_closed_at_once() {
    let (file, mut other) = pair();
    drop(Descriptor::from(OwnedFd::from(file)));
    assert!(is_closed(&mut other));
    let (file, mut other) = pair();
    drop(OwnedFd::from(Descriptor::untrusted(file.into())));
    assert!(is_closed(&mut other), "it was taken out");
}

/// Does that in a child, while the parent's thread is blocked.
fn in_child(act: fn()) {
    let (near, far) = lingering();
    drop_untrusted(near);
    // SAFETY: the only other thread of this process is the one that closes, which holds no lock.
    match unsafe { fork() }.unwrap() {
        ForkResult::Child => {
            act();
            std::process::exit(0);
        }
        ForkResult::Parent { child } => {
            let status = waitpid(child, None).unwrap();
            assert!(matches!(status, WaitStatus::Exited(_, 0)), "the child: {status:?}");
        }
    }
    drop(far);
    until("the thread has ended", || threads() == 1);
}
