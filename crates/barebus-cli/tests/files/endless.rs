//! Input without an end is refused in one line, whatever reads it, and memory does not grow with it.

use std::process::{Command, Output};

use crate::common::{BAREBUS, text};

/// What the program says of what `producer` writes without end, with at most 1 GiB of memory. It may not print anything.
fn refusal(arguments: &str, producer: &str) -> (Option<i32>, String) {
    let script = format!("{producer} | (ulimit -v 1048576; exec '{BAREBUS}' {arguments})");
    let output = Command::new("sh").args(["-c", &script]).output().unwrap();
    let Output { status, stdout, stderr } = output;
    assert_eq!(text(stdout), "", "{arguments}");
    let complaint = text(stderr);
    assert_eq!(complaint.lines().count(), 1, "{arguments}: {complaint}");
    (status.code(), complaint)
}

#[test]
fn a_line_without_end_is_refused() {
    for (arguments, limit) in [
        ("validate --tsv -", 2 * (128 << 20) + 65_536),
        ("encode --hex --text -", 256 << 20),
        ("encode --hex --gvariant -", 256 << 20),
    ] {
        let (code, complaint) = refusal(arguments, "cat /dev/zero");
        let why = format!("line 1 is too long: the limit is {limit} bytes");
        assert_eq!(complaint, format!("barebus: cannot read standard input: {why}\n"));
        assert_eq!(code, Some(5));
    }
}

#[test]
fn a_value_without_end_is_refused() {
    // What is outside of any object is no message: a little of it is enough.
    let (code, complaint) = refusal("encode --hex -", "cat /dev/zero");
    let why = "standard input, from line 1: line 1, column 1: not JSON";
    assert!(complaint.starts_with(&format!("barebus: {why}")), "{complaint}");
    assert_eq!(code, Some(1));
    let (code, complaint) = refusal("encode --hex -", "(printf '{\"a\":\"'; cat /dev/zero)");
    let why = "the value at line 1, column 1 is too long: the limit is 268435456 bytes";
    assert_eq!(complaint, format!("barebus: cannot read standard input: {why}\n"));
    assert_eq!(code, Some(5));
}

#[test]
fn a_file_without_end_is_refused_in_each_format() {
    for (format, code) in [("hex", 5), ("pcap", 5), ("pcapng", 5)] {
        let arguments = format!("decode --format {format} -");
        let (found, complaint) = refusal(&arguments, "cat /dev/zero");
        assert_eq!(found, Some(code), "{format}: {complaint}");
    }
    let (code, complaint) = refusal("decode --format raw -", "cat /dev/zero");
    assert_eq!(code, Some(1), "{complaint}");
    // A section, and interfaces for ever.
    let section = r"\n\r\r\n\034\0\0\0M<+\032\001\0\0\0\377\377\377\377\377\377\377\377\034\0\0\0";
    let interface = r"\001\0\0\0\024\0\0\0\347\0\0\0\0\0\0\0\024\0\0\0";
    let producer = format!(
        "(printf '{section}'; while printf '{}'; do :; done 2>/dev/null)",
        interface.repeat(100)
    );
    let (code, complaint) = refusal("decode -", &producer);
    let why = "too many interfaces: another one is described at offset 1310748";
    assert_eq!(complaint, format!("barebus: cannot read standard input: {why}\n"));
    assert_eq!(code, Some(5));
}
