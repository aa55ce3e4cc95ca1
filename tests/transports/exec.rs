//! Programs that are connected by their standard input and output. The program is this one, under another name.

use std::fs;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use barebus::{AttemptError, Cause, Connection, Program, ProgramStatus};
use barebus_tests::peer::Peer;

use crate::{ask, fails_for, failure, options};

/// The first argument of the program.
pub(crate) const PROGRAM: &str = "--program";

/// The address of the program, with more keys.
fn program(more: &str) -> String {
    format!("unixexec:path=/proc/self/exe,argv1={PROGRAM}{more}")
}

fn open(more: &str) -> Connection {
    options().open(&program(more)).unwrap()
}

/// The program: answers questions about itself.
pub(crate) fn serve(arguments: &[String]) {
    let stdin = std::io::stdin().as_fd().try_clone_to_owned().unwrap();
    let mut peer = Peer::new(UnixStream::from(stdin));
    assert!(peer.authenticate());
    while let Some(call) = peer.receive() {
        let message = call.message();
        let (question,): (&str,) = message.body().unwrap();
        let answer = match question.split_once(' ') {
            Some(("status", key)) => of_status(key),
            Some(("variable", name)) => std::env::var(name).unwrap_or_else(|_| "(none)".into()),
            _ if question == "arguments" => arguments.join(" "),
            _ if question == "files" => {
                let files = fs::read_dir("/proc/self/fd").unwrap();
                let mut files: Vec<String> = files
                    .map(|file| file.unwrap())
                    .filter_map(|file| Some((file.file_name(), fs::read_link(file.path()).ok()?)))
                    .map(|(number, what)| {
                        let kind = what.display().to_string();
                        let kind = kind.split([':', '/']).find(|part| !part.is_empty());
                        format!("{} {}", number.to_string_lossy(), kind.unwrap_or_default())
                    })
                    .collect();
                files.sort();
                files.join(", ")
            }
            _ if question == "pid" => std::process::id().to_string(),
            _ if question == "print" => {
                use std::io::Write;

                // More than is kept: the rest is refused.
                let is_refused = std::io::stderr().write_all(&[b'x'; 100_000]).is_err();
                is_refused.to_string()
            }
            _ if question == "stay" => {
                // Ignores the end of its input.
                let reply = peer.reply(&call, None, &("as you wish",));
                peer.write(&reply);
                thread::sleep(Duration::from_secs(1000));
                return;
            }
            other => panic!("what is {other:?}?"),
        };
        let reply = peer.reply(&call, None, &(&*answer,));
        peer.write(&reply);
    }
}

/// A line of `/proc/self/status`.
fn of_status(key: &str) -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':'));
    line.unwrap_or_default().trim().into()
}

pub(crate) fn talks() {
    let mut connection = open(",argv0=called,argv2=two%20words,argv3=");
    assert_eq!(ask(&mut connection, "arguments"), format!("called {PROGRAM} two words "));
    assert_eq!(ask(&mut connection, "variable PATH"), std::env::var("PATH").unwrap());
    // After a missing number there are no arguments.
    let mut connection = open(",argv3=lost");
    assert_eq!(ask(&mut connection, "arguments"), format!("/proc/self/exe {PROGRAM}"));
}

pub(crate) fn is_called_by_its_path() {
    let mut connection = open("");
    assert_eq!(ask(&mut connection, "arguments"), format!("/proc/self/exe {PROGRAM}"));
}

pub(crate) fn inherits_nothing() {
    use nix::sys::signal::{SigSet, SigmaskHow, Signal, pthread_sigmask};

    const SIGPIPE: u64 = 1 << 12;
    let mut blocked = SigSet::empty();
    blocked.add(Signal::SIGUSR1);
    pthread_sigmask(SigmaskHow::SIG_BLOCK, Some(&blocked), None).unwrap();
    assert_eq!(of_status("SigBlk"), "0000000000000200");
    let mut connection = open("");
    pthread_sigmask(SigmaskHow::SIG_UNBLOCK, Some(&blocked), None).unwrap();
    assert_eq!(ask(&mut connection, "status SigBlk"), "0000000000000000");
    // Every Rust program ignores SIGPIPE, including this one. A shell does not.
    let ignored = u64::from_str_radix(&of_status("SigIgn"), 16).unwrap();
    assert_ne!(ignored & SIGPIPE, 0);
    // A program that does not authenticate, and writes its status to a file.
    let file = std::env::temp_dir().join(format!("barebus-exec-{}", std::process::id()));
    let script = format!("exec grep SigIgn /proc/self/status > {}", file.display());
    let script = barebus::wire::address::escape(script.as_bytes());
    let address = format!("unixexec:path=sh,argv1=-c,argv2={script}");
    options().open(&address).unwrap().establish().unwrap_err();
    let status = fs::read_to_string(&file).unwrap();
    fs::remove_file(&file).unwrap();
    assert_eq!(status, format!("SigIgn:\t{:016x}\n", ignored & !SIGPIPE));
    // Its standard input and output, its copy of them, and the directory that it reads.
    let files = ask(&mut connection, "files");
    let sockets = files.matches("socket").count();
    assert_eq!(sockets, 3, "{files}");
}

pub(crate) fn is_gone() {
    let mut connection = open("");
    let process = PathBuf::from("/proc").join(ask(&mut connection, "pid"));
    assert!(process.exists());
    drop(connection);
    assert!(!process.exists(), "not even waiting to be waited for");
}

pub(crate) fn is_ended() {
    let mut connection = open("");
    let process = PathBuf::from("/proc").join(ask(&mut connection, "pid"));
    assert_eq!(ask(&mut connection, "stay"), "as you wish");
    let start = Instant::now();
    drop(connection);
    assert!(!process.exists());
    assert!(start.elapsed() < Duration::from_secs(100), "it was waited for");
}

/// A program that says something and ends.
fn shell(script: &str) -> String {
    let script = barebus::wire::address::escape(script.as_bytes());
    format!("unixexec:path=sh,argv1=-c,argv2={script}")
}

pub(crate) fn is_reported() {
    let script = "echo first >&2; printf '\\033[2Jsecond' >&2; exit 7";
    let mut connection = options().open(&shell(script)).unwrap();
    let error = connection.establish().unwrap_err();
    let Cause::Program { program, .. } = &error.cause else { panic!("{error:?}") };
    let stderr = "first\n\x1b[2Jsecond".to_owned();
    let said = Program { name: "sh".into(), status: ProgramStatus::Exited(7), stderr };
    assert_eq!(*program, said);
    let text = error.to_string();
    let said = "sh ended with exit code 7: first; \\u{1b}[2Jsecond (";
    assert!(text.contains(said), "{text}");
    // The same again.
    assert_eq!(connection.establish().unwrap_err().to_string(), text);
    // One that hangs up and stays.
    let script = "echo words >&2; exec <&- >&-; sleep 1000";
    let error = options().step_by_step().open(&shell(script)).unwrap().establish().unwrap_err();
    assert!(error.to_string().contains("sh is running: words ("), "{error}");
}

pub(crate) fn is_killed() {
    let mut connection = open("");
    let pid = ask(&mut connection, "pid").parse().unwrap();
    nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), nix::sys::signal::SIGKILL).unwrap();
    let error = connection.call(&crate::ASK, &("pid",)).unwrap_err();
    assert!(error.to_string().contains("signal 9 ended /proc/self/exe ("), "{error}");
}

pub(crate) fn prints_much() {
    let mut connection = open("");
    assert_eq!(ask(&mut connection, "print"), "true");
    assert_eq!(ask(&mut connection, "arguments"), format!("/proc/self/exe {PROGRAM}"));
    let pid = ask(&mut connection, "pid").parse().unwrap();
    nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), nix::sys::signal::SIGKILL).unwrap();
    let error = connection.call(&crate::ASK, &("pid",)).unwrap_err();
    let barebus::CallError::Connection(error) = error else { panic!("{error}") };
    let Cause::Program { program, .. } = error.cause else { panic!("{error:?}") };
    assert!(program.stderr.len() > 60_000, "{}", program.stderr.len());
}

pub(crate) fn is_not_there() {
    match failure("unixexec:path=/no/such/program") {
        AttemptError::Io(error) => assert_eq!(error.raw_os_error(), Some(nix::libc::ENOENT)),
        other => panic!("{other:?}"),
    }
    fails_for("unixexec:argv1=x", "path", "is missing");
    fails_for("unixexec:path=%00", "path", "contains a NUL");
    fails_for("unixexec:path=true,argv0=%00", "argv0", "contains a NUL");
    fails_for("unixexec:path=true,argv1=%00", "argv", "contains a NUL");
}
