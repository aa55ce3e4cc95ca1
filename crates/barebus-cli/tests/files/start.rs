//! How the program starts and ends: its descriptors, SIGPIPE.

use std::ffi::OsStr;
use std::fs;
use std::os::fd::OwnedFd;
use std::os::unix::net::{UnixListener, UnixStream};
use std::process::{Child, Command, Stdio};

use crate::common::{BAREBUS, Folder};

/// A process that is ended and waited for.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn closed_standard_streams_are_opened_before_the_first_socket() {
    let folder = Folder::new("closed-streams");
    for (number, closed) in
        [[true, true, true], [false, true, false], [true, false, true]].iter().enumerate()
    {
        let path = folder.join(format!("socket-{number}"));
        let listener = UnixListener::bind(&path).unwrap();
        let closing: Vec<&str> = closed
            .iter()
            .zip(["<&-", ">&-", "2>&-"])
            .filter_map(|(closed, close)| closed.then_some(close))
            .collect();
        let mut command = Command::new("sh");
        command.arg("-c").arg(format!("exec \"$@\" {}", closing.join(" "))).arg("sh");
        command.args([BAREBUS, "--peer", &format!("unix:path={path}")]);
        command.args(["call", "a.b", "/", "a.b", "M"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = Ended(command.spawn().unwrap());
        // Once it has connected it waits for an answer.
        let (_stream, _) = listener.accept().unwrap();
        for (fd, closed) in closed.iter().enumerate() {
            let link = fs::read_link(format!("/proc/{}/fd/{fd}", child.0.id())).unwrap();
            assert_eq!(link == OsStr::new("/dev/null"), *closed, "{fd} of {closing:?}: {link:?}");
        }
    }
}

#[test]
fn output_that_nobody_reads_ends_the_program_silently_and_not_by_a_signal() {
    let (writer, reader) = UnixStream::pair().unwrap();
    drop(reader);
    let mut command = Command::new(BAREBUS);
    let done =
        command.args(["completions", "bash"]).stdout(OwnedFd::from(writer)).output().unwrap();
    assert_eq!(done.status.code(), Some(5));
    assert_eq!(String::from_utf8_lossy(&done.stderr), "");
}
