//! What the program says of itself.

use std::fs;
use std::process::Command;

use crate::common::{BAREBUS, Folder, refused, stdout};
use crate::support::run;

/// The verbs, as the program lists them.
fn verbs() -> Vec<String> {
    let help = stdout(Command::new(BAREBUS).arg("help"));
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
fn wrong_usage_has_its_own_exit_code() {
    for arguments in [
        &[] as &[&str],
        &["nonsense"],
        &["validate"],
        &["decode", "--json", "--text", "-"],
        &["--timeout", "0", "unit", "list"],
    ] {
        let ran = run(arguments, b"");
        assert_eq!((ran.code, &*ran.out), (2, ""), "{arguments:?}");
        assert!(!ran.err.is_empty());
    }
}
