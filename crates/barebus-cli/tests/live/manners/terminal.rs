//! The program on a terminal, by script(1).

use std::process::Stdio;

use unicode_width::UnicodeWidthStr;

use crate::support::{BAREBUS, Way, stdout};

/// What the program prints on a terminal with so many columns.
fn shown(columns: usize, environment: &str, line: &str) -> String {
    let command = format!("stty cols {columns}; {environment} {BAREBUS} {line}");
    let mut script = Way::Daemon.inside("script");
    script.env_remove("NO_COLOR").env_remove("COLUMNS").env("TERM", "xterm").env("LANG", "C.UTF-8");
    script.args(["-qec", &command, "/dev/null"]).stdin(Stdio::null());
    stdout(&mut script).replace("\r\n", "\n")
}

/// The text without its styles.
fn plain(text: &str) -> String {
    let mut parts = text.split("\x1b[");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once('m').map_or(part, |(_, rest)| rest))
}

const MANAGER: &str = "introspect org.freedesktop.systemd1 /org/freedesktop/systemd1";
const TABLES: [&str; 5] =
    ["list", MANAGER, "unit list --all", "unit files", "tree org.freedesktop.DBus"];

#[test]
fn tables_are_as_wide_as_the_terminal() {
    for line in TABLES {
        for columns in [80, 200] {
            let table = plain(&shown(columns, "", line));
            let widest = table.lines().map(UnicodeWidthStr::width).max().unwrap();
            assert!(widest <= columns, "{line}: {widest}");
        }
    }
    let table = shown(80, "", MANAGER);
    assert!(table.contains('…'), "{table}");
    // The objects below have rows on a terminal only.
    assert!(
        table.lines().any(|line| line.starts_with("unit ") && line.contains(" node ")),
        "{table}"
    );
    assert!(!shown(80, "", &format!("{MANAGER} --full")).contains('…'));
    let pipe = format!("{MANAGER} | cat");
    let piped = shown(80, "", &pipe);
    assert!(!piped.contains(['…', '\x1b']) && !piped.contains(" node "), "{piped}");
}

#[test]
fn colours_are_for_terminals_that_have_them_and_people_who_want_them() {
    for line in ["list", MANAGER, "unit status dbus", "call a.b / a.b C"] {
        let line = format!("{line} || true");
        assert!(shown(80, "", &line).contains("\x1b["), "{line}");
        for environment in ["TERM=dumb", "TERM=", "NO_COLOR=1"] {
            assert!(!shown(80, environment, &line).contains('\x1b'), "{environment} {line}");
        }
    }
}

#[test]
fn a_reader_that_ends_early_ends_the_program_without_a_message() {
    for line in [
        "list",
        MANAGER,
        "tree",
        "unit list --all",
        "unit show dbus",
        "unit files",
        "--help",
        "man",
        "generate --count 100000 --hex",
        "completions bash",
        "monitor --help",
        "call org.freedesktop.systemd1 /org/freedesktop/systemd1 org.freedesktop.systemd1.Manager Dump",
    ] {
        let mut command = Way::Daemon.inside("sh");
        let output = command.args(["-c", &format!("{BAREBUS} {line} | head -1")]).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{line}");
        assert_eq!(output.stdout.iter().filter(|byte| **byte == b'\n').count(), 1, "{line}");
    }
}
