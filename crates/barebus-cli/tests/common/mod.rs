//! The program, and what comes of running it.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::{Command, Output};

/// The program.
pub(crate) const BAREBUS: &str = env!("CARGO_BIN_EXE_barebus");

/// Standard output of a command that succeeds.
#[track_caller]
pub(crate) fn stdout(command: &mut Command) -> String {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let (text, complaints) = (text(stdout), text(stderr));
    assert!(status.success(), "{command:?}: {status}: {text}{complaints}");
    text
}

/// What a command prints that fails with this exit code, says why in one line that has all of `words` in it, and prints nothing else.
#[track_caller]
pub(crate) fn refused(command: &mut Command, code: i32, words: &[&str]) -> String {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let (printed, complaint) = (text(stdout), text(stderr));
    assert_eq!(status.code(), Some(code), "{printed}{complaint}");
    assert_eq!(printed, "");
    assert_eq!(complaint.lines().count(), 1, "{complaint}");
    assert!(complaint.starts_with("barebus: ") && complaint.ends_with('\n'), "{complaint}");
    for word in words {
        assert!(complaint.contains(word), "'{word}' is not in: {complaint}");
    }
    complaint
}

pub(crate) fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

/// A folder that vanishes with this.
#[derive(Debug)]
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let name = format!("barebus-test-{name}-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }

    /// A path inside as text.
    pub(crate) fn join(&self, name: impl AsRef<OsStr>) -> String {
        self.0.join(name.as_ref()).into_os_string().into_string().unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
