//! The program on a terminal, by script(1).

use std::io::Write;
use std::process::Stdio;

use unicode_width::UnicodeWidthStr;

use crate::support::{BAREBUS, Way, at_once, stdout};

/// What the program prints on a terminal with so many columns.
fn shown(columns: usize, environment: &str, line: &str) -> String {
    shown_with("", columns, environment, line)
}

/// The same, with shell commands before.
fn shown_with(before: &str, columns: usize, environment: &str, line: &str) -> String {
    shown_by(BAREBUS, before, columns, environment, line)
}

/// The same of another program.
fn shown_by(program: &str, before: &str, columns: usize, environment: &str, line: &str) -> String {
    let command = format!("{before} stty cols {columns}; {environment} {program} {line}");
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
fn help_is_wrapped_to_the_terminal() {
    for line in ["--help", "call --help", "unit --help", "unit run --help", "trace --help"] {
        let help = plain(&shown(80, "", line));
        let before = help.split("Examples:").next().unwrap().lines();
        let text = before.filter(|line| !line.starts_with("Usage:"));
        let widest = text.map(UnicodeWidthStr::width).max().unwrap();
        assert!(widest <= 80, "{line}: {help}");
        // They can be copied.
        let examples = help.split("Examples:\n").nth(1).unwrap();
        assert!(examples.lines().all(|line| line.starts_with("  barebus ")), "{line}: {help}");
        let wide = plain(&shown(200, "", line));
        assert!(wide.lines().count() < help.lines().count(), "{line}: {wide}");
    }
}

#[test]
fn the_manual_page_of_a_verb_is_shown_as_man_shows_it() {
    let page = plain(&shown(80, "PAGER=cat MANPAGER=cat", "man unit run"));
    assert!(page.contains("barebus-unit-run(1)") && !page.contains(".SH"), "{page}");
}

#[test]
fn names_that_are_cut_keep_their_ends() {
    // Too narrow for any name, whoever else is on the bus.
    let list = plain(&shown(60, "", "list"));
    let names = list.lines().filter_map(|line| line.split_whitespace().next());
    let cut = |name: &str| name.starts_with("or") && name.contains('…') && name.ends_with("temd1");
    assert!(names.into_iter().any(cut), "{list}");
}

const GET_ALL: &str = "org.freedesktop.DBus /org/freedesktop/DBus org.freedesktop.DBus.Properties GetAll s org.freedesktop.DBus";

/// Text that is the same whenever it is printed.
fn steady() -> [String; 14] {
    let get =
        "get-property org.freedesktop.DBus /org/freedesktop/DBus org.freedesktop.DBus Features";
    [
        "list --acquired".to_owned(),
        "list --acquired --json=pretty".to_owned(),
        MANAGER.to_owned() + " org.freedesktop.systemd1.Manager | head -1",
        "introspect -o json-pretty org.freedesktop.DBus /org/freedesktop/DBus".to_owned(),
        "tree org.freedesktop.DBus org.freedesktop.DBus".to_owned(),
        "status".to_owned(),
        format!("call --verbose {GET_ALL}"),
        format!("call -j {GET_ALL}"),
        format!("call -o json-pretty {GET_ALL}"),
        format!("{get} -o verbose"),
        format!("{get} --json=pretty"),
        "unit list --all dbus.service".to_owned(),
        "unit status --json=pretty init.scope | head -1".to_owned(),
        "call a.b / a.b C || true".to_owned(),
    ]
}

/// A file with a call, its reply, a call that fails, and one without a reply; decoded in every form, and traced.
fn recorded() -> [String; 5] {
    let folder = "/tmp/barebus-colours";
    let lines = "method_call serial=1 path=/ interface=a.b member=C destination=x.y sender=:1.1 signature=s : s \"text\"
method_return serial=1 reply_serial=1 sender=x.y destination=:1.1 signature=u : u 7
method_call serial=2 path=/ interface=a.b member=C destination=x.y sender=:1.1
error serial=2 error_name=a.b.E reply_serial=2 sender=x.y destination=:1.1 signature=s : s \"why\"
method_call serial=3 path=/ interface=a.b member=Mute destination=x.y sender=:1.1
";
    let write = format!(
        "mkdir -p {folder}; cat >{folder}/lines; {BAREBUS} encode --text {folder}/lines >{folder}/raw"
    );
    let mut shell = Way::Daemon.inside("sh");
    let mut child = shell.args(["-c", &write]).stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
    ["decode -o verbose", "decode -o json-pretty", "trace", "trace -c", "trace -c --by path"]
        .map(|verb| format!("{verb} {folder}/raw"))
}

#[test]
fn colours_are_for_terminals_that_have_them_and_people_who_want_them() {
    for line in steady().iter().chain(&recorded()) {
        let [bare, dumb, unset] =
            ["NO_COLOR=1", "TERM=dumb", "TERM="].map(|environment| shown(80, environment, line));
        assert!(!bare.contains('\x1b'), "{line}: {bare}");
        assert_eq!((&dumb, &unset), (&bare, &bare), "{line}");
        for columns in [80, 200] {
            let coloured = shown(columns, "", line);
            // A pipe is no terminal, but errors are still told on one.
            assert_eq!(
                coloured.contains("\x1b["),
                !line.ends_with("head -1"),
                "{line}: {coloured}"
            );
            // Colours change nothing else.
            assert_eq!(plain(&coloured), shown(columns, "NO_COLOR=1", line), "{line}");
        }
        let piped = shown(80, "", &format!("{} 2>&1 | cat", line.trim_end_matches(" || true")));
        assert!(!piped.contains('\x1b'), "{line}: {piped}");
    }
}

/// The words of each line that are grey.
fn grey(text: &str) -> Vec<Vec<String>> {
    let word = |part: &str| part.split('\x1b').next().unwrap_or_default().trim().to_owned();
    let words = |line: &str| line.split("38;5;245m").skip(1).map(word).collect();
    text.lines().map(words).collect()
}

#[test]
fn what_busctl_shows_in_grey_is_grey() {
    let line = "list --acquired --activatable";
    let theirs = || grey(&shown_by("busctl --no-pager", "", 200, "", line));
    let (ours, theirs) = at_once(|| grey(&shown(200, "", line)), theirs);
    assert!(theirs.iter().any(|words| words.contains(&"(activatable)".to_owned())), "{theirs:?}");
    assert_eq!(ours, theirs);
    // There are none in busctl's other tables.
    assert!(grey(&shown(200, "", MANAGER)).iter().all(Vec::is_empty));
}

/// While calls are made, the verbs that watch see some.
#[test]
fn what_is_watched_has_colours_on_a_terminal() {
    let call = format!("{BAREBUS} call {GET_ALL}");
    let talk = format!("(while {call} >/dev/null; do :; done) & talk=$!; trap 'kill $talk' EXIT;");
    for line in
        ["monitor -N3", "monitor -j -N3", "monitor -o json-pretty -N3", "trace -N3", "trace -c -N3"]
    {
        let watched = |environment: &str, columns: usize, behind: &str| {
            let line =
                format!("{line} -q org.freedesktop.DBus --type=call --member=GetAll{behind}");
            shown_with(&talk, columns, environment, &line)
        };
        for columns in [80, 200] {
            let coloured = watched("", columns, "");
            assert!(coloured.contains("\x1b["), "{line}: {coloured}");
            assert!(plain(&coloured).contains("GetAll"), "{line}: {coloured}");
        }
        for (environment, behind) in [("NO_COLOR=1", ""), ("TERM=dumb", ""), ("", " | cat")] {
            let bare = watched(environment, 80, behind);
            assert!(bare.contains("GetAll") && !bare.contains('\x1b'), "{line}: {bare}");
        }
    }
    // As in busctl, JSON on a line has none.
    let line = "monitor --json=short -N3 -q";
    assert!(!shown_with(&talk, 80, "", line).contains('\x1b'));
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
