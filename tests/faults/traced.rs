//! Checks with strace that these tests know all system calls of the client.

use std::collections::BTreeMap;
use std::process::Command;

use crate::case::{Case, count, recorded, stage};
use crate::child;
use crate::exchange::Way;
use crate::plan::{self, Call};

const TEST: &str = "traced::every_system_call_of_the_client_is_one_that_can_fail_here";

/// Their names in strace.
const NAMES: [(Call, &str); 10] = [
    (Call::Socket, "socket"),
    (Call::Connect, "connect"),
    (Call::SetSockOpt, "setsockopt"),
    (Call::Fcntl, "fcntl"),
    (Call::Poll, "ppoll"),
    (Call::Send, "sendmsg"),
    (Call::Recvmsg, "recvmsg"),
    (Call::Open, "openat"),
    (Call::Read, "read"),
    (Call::Close, "close"),
];

/// What cannot fail, or is the allocator's or the C library's when it starts a thread; the standard library's look at the length of a
/// file that it reads, and of files that have come; the marking of the process, which happens once, the end of reading and the look whether
/// something is left, after which the stream is closed all the same; and with getsockopt the scene looks how long a read would wait.
const OTHERS: [&str; 12] = [
    "geteuid",
    "getpid",
    "brk",
    "mmap",
    "munmap",
    "mprotect",
    "mremap",
    "statx",
    "madvise",
    "shutdown",
    "ioctl",
    "getsockopt",
];

/// Number of each system call in the client's part of a trace.
fn traced(trace: &str) -> BTreeMap<&str, usize> {
    let mut calls = BTreeMap::new();
    let mut is_clients = false;
    // "PID name(arguments) = answer"
    let names =
        trace.lines().filter_map(|line| line.split_once(' ')?.1.trim_start().split_once('('));
    for (name, _) in names {
        match name {
            plan::BEGINS => is_clients = true,
            plan::ENDS => is_clients = false,
            // One kind of fault.
            "sendto" if is_clients => *calls.entry("sendmsg").or_insert(0) += 1,
            name if is_clients => *calls.entry(name).or_insert(0) += 1,
            _ => {}
        }
    }
    calls
}

#[test]
fn every_system_call_of_the_client_is_one_that_can_fail_here() {
    if let Some(role) = child::role() {
        let way = Way::ALL.into_iter().find(|way| format!("{way:?}") == role).unwrap();
        plan::mark();
        Case::new(way, &[]).play();
        return;
    }
    let _stage = stage();
    let file = std::env::temp_dir().join(format!("barebus-faults-trace-{}", std::process::id()));
    for way in Way::ALL {
        let run = child::command(&child::this(), TEST, &format!("{way:?}"));
        let mut strace = Command::new("strace");
        strace.args(["-f", "-qq", "-o"]).arg(&file).arg(child::this()).args(run.get_args());
        strace.envs(run.get_envs().filter_map(|(key, value)| Some((key, value?))));
        child::succeeds(TEST, strace);
        let trace = std::fs::read_to_string(&file).unwrap();
        std::fs::remove_file(&file).unwrap();
        let (traced, recorded) = (traced(&trace), recorded(way));
        for (name, times) in &traced {
            let known = NAMES.iter().find(|(_, known)| known == name);
            assert!(known.is_some() || OTHERS.contains(name), "{way:?}: {name}, {times} times");
        }
        for (call, name) in NAMES {
            let (ours, theirs) = (count(&recorded, call), traced.get(name).copied().unwrap_or(0));
            // The scene tries twice when the client has to wait, and looks whether a read would; the allocator has mappings, too.
            let fits = match call {
                Call::Recvmsg | Call::Poll | Call::Fcntl => theirs >= ours,
                _ => theirs == ours,
            };
            assert!(fits, "{way:?}: {name} is recorded {ours} times and made {theirs} times");
        }
    }
}
