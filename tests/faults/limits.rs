//! No more files can be opened, memory is exhausted, or standard input and output are closed.

use std::fs::File;
use std::os::fd::{AsFd, AsRawFd, IntoRawFd};
use std::os::unix::process::ExitStatusExt;
use std::process::Command;

use barebus::Options;
use barebus_tests::file_limit::FileLimit;
use barebus_tests::peer::{are_closed, open_files};
use nix::errno::Errno;
use nix::libc::SIGABRT;
use nix::sys::resource::{Resource, setrlimit};
use nix::unistd::{close, dup2_stderr, dup2_stdin, dup2_stdout};

use crate::case::{Case, Expected, TIMEOUT, acting, stage};
use crate::child;
use crate::exchange::{LARGE, User, Way, exchange, files, options};
use crate::plan::{play, refuse};
use crate::server::Server;

/// Opens `address` while the process can open only this many more files. Returns whether that was enough.
fn opens(address: &str, more: usize) -> bool {
    let before = open_files();
    // The lowest free number.
    let lowest = File::open("/dev/null").unwrap().into_raw_fd();
    close(lowest).unwrap();
    let limit = FileLimit::set(usize::try_from(lowest).unwrap() + more);
    let opened = Options::bus().handshake_timeout(TIMEOUT).open(address);
    drop(limit);
    let opened = match opened {
        Ok(connection) => {
            drop(connection);
            true
        }
        Err(error) => {
            let error = error.to_string();
            let begin = format!("cannot connect to {address}: ");
            assert!(error.starts_with(&begin), "{error}");
            assert!(error.contains(Errno::EMFILE.desc()), "{error}");
            false
        }
    };
    assert!(are_closed(before), "files stay open");
    opened
}

#[test]
fn without_free_descriptors_opening_fails_and_later_works() {
    let _stage = stage();
    let server = Server::listening(0);
    let address = server.borrow().address.clone();
    assert!(!opens(&address, 0));
    assert!(opens(&address, 1));
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let tcp = format!("tcp:host=127.0.0.1,port={}", listener.local_addr().unwrap().port());
    assert!(!opens(&tcp, 0));
    assert!(opens(&tcp, 1));
    // A program: two ends of a stream.
    let exec = "unixexec:path=/bin/cat";
    let needed = (0..32).position(|more| opens(exec, more)).unwrap();
    assert_eq!(needed, 2, "descriptors are enough for a program");

    let (echoed, seen) = play(&[], 1000, acting(&server), || {
        let mut connection = options(Way::Waiting, TIMEOUT).open(&address).unwrap();
        User { connection: &mut connection, way: Way::Waiting }.echo()
    });
    assert!(echoed.is_ok() && seen.stuck.is_none(), "{echoed:?}");
}

#[test]
fn descriptors_are_never_those_of_the_standard_files() {
    const TEST: &str = "limits::descriptors_are_never_those_of_the_standard_files";
    match child::role().as_deref() {
        None => {
            let _stage = stage();
            child::run(TEST, "closes them");
            let mut shell = Command::new("sh");
            shell.args(["-c", "exec \"$0\" \"$@\" <&- >&- 2>&-"]).arg(child::this());
            let command = child::command(&child::this(), TEST, "starts without");
            shell
                .args(command.get_args())
                .envs(command.get_envs().filter_map(|(k, v)| Some((k, v?))));
            let status = shell.status().unwrap();
            assert!(status.success(), "{status}");
        }
        // A Rust program opens /dev/null in place of closed standard files at its start.
        Some("starts without") => Case::new(Way::Waiting, &[]).leads_to(Expected::Right),
        Some(_) => {
            let server = Server::listening(0);
            let (address, files) = (server.borrow().address.clone(), files());
            let saved = [
                std::io::stdin().as_fd().try_clone_to_owned().unwrap(),
                std::io::stdout().as_fd().try_clone_to_owned().unwrap(),
                std::io::stderr().as_fd().try_clone_to_owned().unwrap(),
            ];
            (0..3).for_each(|number| close(number).unwrap());
            let lowest = File::open("/dev/null").unwrap().as_raw_fd();
            let (outcome, seen) = play(&[], 1000, acting(&server), || {
                exchange(Way::Waiting, TIMEOUT, LARGE, &address, None, files)
            });
            let [input, output, error] = saved;
            dup2_stdin(input).unwrap();
            dup2_stdout(output).unwrap();
            dup2_stderr(error).unwrap();
            assert_eq!(lowest, 0, "the numbers were free");
            Case::new(Way::Waiting, &[]).judge(&outcome, &seen, Expected::Right);
        }
    }
}

#[test]
fn without_memory_the_program_ends_at_once() {
    const TEST: &str = "limits::without_memory_the_program_ends_at_once";
    if let Some(role) = child::role() {
        // The rest is not examined.
        setrlimit(Resource::RLIMIT_CORE, 0, 0).unwrap();
        refuse(role.parse().unwrap());
        let case = Case::new(Way::Waiting, &[]);
        let (outcome, seen) = case.play();
        case.judge(&outcome, &seen, Expected::Right);
        return;
    }
    let _stage = stage();
    let total = Case::new(Way::Waiting, &[]).play().1.allocations;
    assert!(total > 50, "{total} allocations");
    let mut aborted = 0;
    for refused in (0..total).step_by(total / 40) {
        let output = child::command(&child::this(), TEST, &refused.to_string()).output().unwrap();
        let complaint = child::text(&output.stderr);
        match output.status.signal() {
            Some(SIGABRT) => {
                assert!(complaint.starts_with("memory allocation of "), "{complaint}");
                aborted += 1;
            }
            // What the standard library reads a file with does without.
            _ => assert!(output.status.success(), "without allocation {refused}: {complaint}"),
        }
    }
    assert!(aborted >= 35, "{aborted} of 40 ended so");
}
