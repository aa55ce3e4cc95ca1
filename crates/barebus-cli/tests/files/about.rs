//! What the program says of itself.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::process::Command;

use crate::common::{BAREBUS, Folder, refused, stdout};

/// The verbs, as the program lists them: names, two spaces, and what they are for.
fn verbs() -> Vec<String> {
    let help = stdout(Command::new(BAREBUS).arg("help"));
    let list = help.split("Commands:\n").nth(1).and_then(|rest| rest.split("\n\n").next());
    let lines = list.expect("a list of commands").lines();
    let names = lines.filter_map(|line| Some(line.trim_start().split_once("  ")?.0));
    names.flat_map(|names| names.split(", ")).map(String::from).collect()
}

/// The verbs of `unit`: each has a manual page.
fn verbs_of_unit(test: &str) -> Vec<String> {
    let folder = Folder::new(&format!("pages-{test}"));
    stdout(Command::new(BAREBUS).args(["man", "--directory"]).arg(&folder.0));
    let pages = fs::read_dir(&folder.0).unwrap();
    let pages = pages.map(|page| page.unwrap().file_name().into_string().unwrap());
    pages
        .filter_map(|page| Some(page.strip_prefix("barebus-unit-")?.strip_suffix(".1")?.to_owned()))
        .collect()
}

#[test]
fn the_help_of_each_verb_fits_a_screen_and_has_examples() {
    let own = verbs().into_iter().map(|verb| vec![verb]);
    let of_unit = verbs_of_unit("help").into_iter().map(|verb| vec!["unit".to_owned(), verb]);
    for verb in own.chain(of_unit).chain([Vec::new()]) {
        let help = stdout(Command::new(BAREBUS).args(&verb).arg("--help"));
        assert!(help.lines().count() < 40, "{verb:?}: {} lines", help.lines().count());
        let options = help.split("\nOptions:\n").nth(1).and_then(|rest| rest.split("\n\n").next());
        let has_help = options.is_some_and(|options| options.contains("-h, --help"));
        assert!(has_help, "{verb:?}: --help stands below another heading");
        let examples = help.split("\nExamples:\n").nth(1).unwrap_or_default();
        assert!(examples.lines().count() >= 2, "{verb:?}: {help}");
        let helped = stdout(Command::new(BAREBUS).arg("help").args(&verb));
        assert_eq!(helped, help, "{verb:?}");
    }
}

#[test]
fn every_verb_is_in_the_documentation() {
    let verbs = verbs();
    assert!(verbs.len() >= 9, "{verbs:?}");
    let document = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/cli.md");
    let document = fs::read_to_string(document).unwrap();
    let readme = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    for verb in verbs {
        assert!(document.contains(&format!("barebus {verb}")), "{verb} is not in docs/cli.md");
        assert!(readme.contains(&format!("`{verb}`")), "{verb} is not in README.md");
    }
}

#[test]
fn every_verb_for_units_is_in_the_documentation() {
    let verbs = verbs_of_unit("docs");
    assert!(verbs.len() >= 35, "{verbs:?}");
    let document = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/cli.md");
    let document = fs::read_to_string(document).unwrap();
    // A line can be about several verbs: `barebus unit start | stop NAME…`.
    let lines: Vec<_> = document.lines().filter(|line| line.contains("`barebus unit ")).collect();
    for verb in verbs {
        let is_told = |line: &&str| {
            let words =
                line.split("`barebus unit ").skip(1).filter_map(|rest| rest.split('`').next());
            words.flat_map(str::split_whitespace).any(|word| word == verb)
        };
        assert!(lines.iter().any(is_told), "{verb} is not in docs/cli.md");
    }
}

/// The words of a command line as readline cuts it: at blanks, and around each ':' and '='.
fn cut(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for character in line.chars() {
        let is_break = matches!(character, ':' | '=');
        let last = words.last().unwrap();
        if character == ' ' {
            words.push(String::new());
            continue;
        }
        if !last.is_empty() && is_break != last.ends_with([':', '=']) {
            words.push(String::new());
        }
        words.last_mut().unwrap().push(character);
    }
    words
}

/// The words that bash offers for a command line.
fn completed_by_bash(line: &str) -> String {
    let folder = Folder::new("completions");
    std::os::unix::fs::symlink(BAREBUS, folder.join("barebus")).unwrap();
    let script = stdout(Command::new(BAREBUS).args(["completions", "bash"]));
    fs::write(folder.join("barebus.bash"), script).unwrap();
    let run = ". \"$0\"; COMP_LINE=$1 COMP_POINT=${#1}; shift; COMP_WORDS=(\"$@\") \
               COMP_CWORD=$(($# - 1)); _barebus; printf '%s\\n' \"${COMPREPLY[@]}\"";
    let mut command = Command::new("bash");
    let path = std::env::var("PATH").unwrap();
    command.env("PATH", format!("{}:{path}", folder.0.display()));
    command.args(["-c", run, &folder.join("barebus.bash"), line]).args(cut(line));
    stdout(&mut command)
}

#[test]
fn completions_are_printed_for_each_shell() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = stdout(Command::new(BAREBUS).args(["completions", shell]));
        assert!(script.contains("BAREBUS_COMPLETE"), "{shell}: {script}");
    }
    assert_eq!(completed_by_bash("barebus vali"), "validate\n");
    assert_eq!(completed_by_bash("barebus unit is-act"), "is-active\n");
    // After the colon or the equals sign where readline begins a word.
    assert_eq!(completed_by_bash("barebus monitor --match=type=sig"), "signal\n");
    assert_eq!(completed_by_bash("barebus monitor --match type=signal,mem"), "signal,member=\n");
    assert_eq!(completed_by_bash("barebus list --acq"), "--acquired\n");
}

#[test]
fn where_nothing_answers_there_are_no_candidates_and_no_complaints() {
    for words in [
        &["call", "--address=unix:path=/nonexistent", ""][..],
        &["call", "--address=unixexec:path=/bin/false", ""],
        &["call", "-H", "nowhere.invalid", ""],
        &["unit", "start", "--peer=unix:path=/nonexistent", ""],
    ] {
        let mut command = Command::new(BAREBUS);
        command.env("BAREBUS_COMPLETE", "fish").args(["--", "barebus"]).args(words);
        let output = command.output().unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{words:?}: {output:?}");
        let printed = String::from_utf8(output.stdout).unwrap();
        assert_eq!(printed, "", "{words:?}");
    }
    let mut command = Command::new(BAREBUS);
    command.env("BAREBUS_COMPLETE", "nosuch").args(["--", "barebus", ""]);
    refused(&mut command, 2, &["cannot complete for the shell 'nosuch'"]);
}

#[test]
fn manual_pages_are_printed_and_written() {
    let page = stdout(Command::new(BAREBUS).arg("man"));
    assert!(page.contains(".TH barebus 1"), "{page}");
    let folder = Folder::new("man");
    let directory = folder.join("man1");
    assert_eq!(stdout(Command::new(BAREBUS).args(["man", "--directory", &directory])), "");
    assert_eq!(fs::read_to_string(format!("{directory}/barebus.1")).unwrap(), page);
    for verb in verbs() {
        let page = fs::read_to_string(format!("{directory}/barebus-{verb}.1")).unwrap();
        assert!(page.contains(".SH SYNOPSIS") && page.contains(".SH EXAMPLES"), "{page}");
    }
    for verb in verbs_of_unit("man") {
        let page = fs::read_to_string(format!("{directory}/barebus-unit-{verb}.1")).unwrap();
        assert!(page.contains(".SH EXAMPLES"), "{page}");
    }
    for file in fs::read_dir(&directory).unwrap() {
        let file = file.unwrap().path();
        let page = fs::read_to_string(&file).unwrap();
        assert!(page.contains(".SH \"EXIT STATUS\"\n.TP\n.B "), "{page}");
        let title = page.lines().find(|line| line.starts_with(".TH ")).unwrap();
        let source = concat!("\"barebus ", env!("CARGO_PKG_VERSION"), "\"");
        assert!(title.contains(source), "{title}");
        // Each option is described, also those that the help leaves out, and no section is empty.
        let lines: Vec<&str> = page.lines().collect();
        for pair in lines.windows(2) {
            let is_bare = pair[0].starts_with(r"\fB\-") && pair[1].is_empty();
            let is_empty = pair[0].starts_with(".SH ") && pair[1].starts_with(".SH ");
            assert!(!is_bare && !is_empty, "{}: {}", file.display(), pair[0]);
        }
    }
    let run = fs::read_to_string(format!("{directory}/barebus-unit-run.1")).unwrap();
    assert_eq!(stdout(Command::new(BAREBUS).args(["man", "unit", "run"])), run);
    for verb in [&["nosuch"][..], &["unit", "nosuch"], &["call", "help"]] {
        let words = format!("there is no verb '{}'", verb.join(" "));
        refused(Command::new(BAREBUS).arg("man").args(verb), 2, &[&words]);
    }
    let mut command = Command::new(BAREBUS);
    let words = ["cannot write to /dev/null/man"];
    refused(command.args(["man", "--directory", "/dev/null/man"]), 5, &words);
}

/// A new user does not know what is special about a verb, a bus that is not there, or root.
#[test]
fn errors_say_what_to_try() {
    let mut command = Command::new(BAREBUS);
    command.args(["codegen", "org.example.Net", "/eth0"]);
    refused(
        &mut command,
        5,
        &["cannot read org.example.Net", "--destination introspects a service"],
    );
    let mut command = Command::new(BAREBUS);
    command.env("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent").arg("list");
    refused(&mut command, 3, &["cannot connect to unix:path=/nonexistent", "is the bus running?"]);
    let mut command = Command::new(BAREBUS);
    command.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent").env("SUDO_USER", "ann");
    // Only root can become another user.
    let hint = match nix::unistd::geteuid().is_root() {
        true => "-M ann@",
        false => "is the bus running?",
    };
    refused(command.args(["--user", "list"]), 3, &["cannot connect to", hint]);
}

#[test]
fn wrong_usage_is_told_in_a_line_with_the_verb_and_the_argument() {
    for (arguments, words) in [
        (&["nonsense"][..], ["unrecognized subcommand 'nonsense'", "see 'barebus --help'"]),
        (&["unit", "stat"], ["unit: unrecognized subcommand 'stat'", "'state'"]),
        (&["unit", "start"], ["unit start: ", "not provided: <NAME>"]),
        (
            &["unit", "isolate", "a", "b"],
            ["unit isolate: unexpected argument 'b'", "unit isolate --help"],
        ),
        (&["unit", "set-property", "a"], ["unit set-property: ", "not provided: <SETTING=VALUE>"]),
        (&["unit", "list", "--jsn"], ["unit list: unexpected argument '--jsn'", "'--json'"]),
        (&["--ma", "x", "call"], ["the option '--ma' is ambiguous: --machine, --match", ""]),
        (&["call", "a.b", "/"], ["call: ", "not provided: <INTERFACE> <METHOD>"]),
        (&["introspect", "a.b", "/", "x", "y"], ["introspect: unexpected argument 'y'", ""]),
        (&["validate"], ["validate: ", "not provided: <FILE>"]),
        (
            &["validate", "--format", "x", "-"],
            ["validate: invalid value 'x' for '--format", "see 'barebus validate --help'"],
        ),
        (
            &["decode", "-o", "table", "-"],
            ["the form 'table'", "json, json-pretty, text, gvariant"],
        ),
        (
            &["--timeout", "x", "unit", "list"],
            ["unit list: invalid value 'x' for '--timeout", "see 'barebus unit list --help'"],
        ),
        (&["--timeout", "x"], ["barebus: invalid value 'x'", "see 'barebus --help'"]),
        (&["wait", "a.b", "/", "a.b"], ["'a.b' is not an object path", ""]),
        (&["box"], ["box: ", "not provided: <COMMAND>"]),
        (&["--\u{9b}31mx"], [r"unexpected argument '--\u{9b}31mx'", ""]),
    ] {
        let line = refused(Command::new(BAREBUS).args(arguments), 2, &words);
        assert!(!line.trim_end().contains(char::is_control), "{line:?}");
    }
}

#[test]
fn an_argument_that_is_not_utf8_is_told() {
    let argument = OsStr::from_bytes(b"caf\xe9\x1b[2J");
    let mut command = Command::new(BAREBUS);
    let words = [r"unit state: argument 4 is not UTF-8: 'caf\xe9\x1b[2J'"];
    refused(command.args(["unit", "state", "x.service"]).arg(argument), 2, &words);
    let mut command = Command::new(BAREBUS);
    let words = [r"argument 2 is not UTF-8: 'caf\xe9\x1b[2J'"];
    refused(command.arg("--address").arg(argument).args(["unit", "list"]), 2, &words);
    // Files may have any name.
    let mut command = Command::new(BAREBUS);
    refused(command.arg("validate").arg(argument), 5, &["cannot read", "No such file"]);
}
