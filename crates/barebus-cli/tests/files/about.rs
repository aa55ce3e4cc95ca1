//! What the program says of itself.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::process::Command;

use crate::common::{BAREBUS, Folder, refused, stdout};

/// The verbs, as the program lists them.
fn verbs() -> Vec<String> {
    verbs_of(&["help"])
}

/// The verbs that a help lists.
fn verbs_of(help: &[&str]) -> Vec<String> {
    let help = stdout(Command::new(BAREBUS).args(help));
    let list = help.split("Commands:").nth(1).and_then(|rest| rest.split("\n\n").next());
    let verbs =
        list.expect("a list of commands").lines().filter_map(|line| line.split_whitespace().next());
    verbs.filter(|verb| *verb != "help").map(String::from).collect()
}

#[test]
fn every_verb_is_in_the_documentation() {
    let verbs = verbs();
    assert!(verbs.len() >= 9, "{verbs:?}");
    let document = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/cli.md");
    let document = fs::read_to_string(document).unwrap();
    for verb in verbs {
        assert!(document.contains(&format!("barebus {verb}")), "{verb} is not in docs/cli.md");
    }
}

#[test]
fn every_verb_for_units_is_in_the_documentation() {
    let verbs = verbs_of(&["help", "unit"]);
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

#[test]
fn completions_are_printed_for_each_shell() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = stdout(Command::new(BAREBUS).args(["completions", shell]));
        for verb in verbs() {
            assert!(script.contains(&verb), "{shell}: {verb}");
        }
    }
    let bash = stdout(Command::new(BAREBUS).args(["completions", "bash"]));
    let folder = Folder::new("completions");
    let file = folder.join("barebus.bash");
    fs::write(&file, bash).unwrap();
    let complete = format!(
        ". '{file}' && COMP_WORDS=(barebus vali) COMP_CWORD=1 && _barebus barebus vali barebus && echo ${{COMPREPLY[@]}}"
    );
    assert_eq!(stdout(Command::new("bash").args(["-c", &complete])), "validate\n");
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
        assert!(page.contains(".SH SYNOPSIS"), "{page}");
    }
    let mut command = Command::new(BAREBUS);
    let words = ["cannot write to /dev/null/man"];
    refused(command.args(["man", "--directory", "/dev/null/man"]), 5, &words);
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
        (&["validate", "--format", "x", "-"], ["invalid value 'x' for '--format", "pcapng"]),
        (&["decode", "-o", "table", "-"], ["the form 'table'", "json, text, gvariant"]),
        (&["--timeout", "x", "unit", "list"], ["invalid value 'x' for '--timeout", "time span"]),
        (&["box", "true"], ["box: unexpected argument 'true'", "box --help"]),
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
