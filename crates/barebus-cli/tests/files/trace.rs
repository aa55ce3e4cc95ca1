//! `trace` on files.

use std::process::{Command, Output};

use crate::common::{BAREBUS, Folder, text};
use crate::support::bytes;

#[test]
fn what_is_no_capture_is_not_counted() {
    let folder = Folder::new("trace-nothing");
    std::fs::write(folder.join("nothing"), "this is no capture\n").unwrap();
    let line = "method_call path=/ interface=a.b member=C destination=a.b\n";
    std::fs::write(folder.join("call"), bytes(&["encode", "--text", "-"], line.as_bytes()))
        .unwrap();
    let trace = |words: &[&str]| {
        let mut command = Command::new(BAREBUS);
        command.arg("trace").args(words).current_dir(&folder.0);
        let Output { status, stdout, stderr } = command.output().unwrap();
        (status.code(), text(stdout), text(stderr))
    };
    for words in [&["-c"][..], &["-c", "-o", "json"], &[]] {
        for file in ["./nothing", "./nosuch"] {
            let (code, printed, complaint) = trace(&[words, &[file]].concat());
            assert_eq!(printed, "", "{words:?}");
            assert_eq!(code, Some(if file == "./nosuch" { 5 } else { 1 }), "{complaint}");
            assert!(complaint.starts_with("barebus: "), "{complaint}");
        }
    }
    // What could be read counts. An empty file has no calls.
    let (code, printed, _) = trace(&["-c", "./nothing", "./call"]);
    assert_eq!((code, printed.lines().count()), (Some(1), 2), "{printed}");
    std::fs::write(folder.join("empty"), "").unwrap();
    let (code, printed, complaint) = trace(&["-c", "./empty"]);
    assert_eq!((code, printed.lines().count()), (Some(0), 1), "{printed}{complaint}");
}
