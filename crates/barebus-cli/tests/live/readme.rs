//! The commands of the tables in README.md and docs/coming-from.md.

use std::fs;

use barebus_box::SystemdBox;
use barebus_tests::peer::PATIENCE;

use crate::support::{BAREBUS, stdout};

/// The last cells of a document's rows that are commands, and the variables that they use.
fn commands(document: &str) -> (String, Vec<String>) {
    let variables = document.split("```sh\n").nth(1).and_then(|part| part.split("```").next());
    let rows = document.lines().filter_map(|line| line.strip_suffix("` |"));
    let commands = rows.filter_map(|row| row.rsplit('`').next()).map(str::to_owned);
    let commands = commands.filter(|command| command.starts_with("barebus "));
    (variables.unwrap().to_owned(), commands.collect())
}

/// What goes on until it is interrupted, waits for something that does not come, needs a user's systemd, or boots a box in a box.
const NOT_RUN: &[&str] = &[
    "barebus monitor",
    "barebus --user monitor",
    "barebus -o gvariant monitor",
    "barebus capture",
    "barebus trace",
    "barebus wait $NAME",
    "barebus box",
    "barebus bench",
    "barebus unit watch",
    "barebus --user unit",
];

/// A trace that counts for a time ends by itself.
const RUN: &[&str] = &["barebus trace -c --timeout="];

/// What prints nothing.
const SILENT: &[&str] = &[" Set ", "set-property", " emit ", "--name", "daemon-reload", "--pipe"];

fn run(document: &str, least: usize) {
    let (variables, commands) = commands(document);
    let begins = |command: &str, list: &[&str]| list.iter().any(|it| command.starts_with(it));
    let commands: Vec<_> = commands
        .iter()
        .filter(|command| begins(command, RUN) || !begins(command, NOT_RUN))
        .collect();
    assert!(commands.len() >= least, "{commands:?}");
    let the_box = SystemdBox::builder().timeout(PATIENCE).boot().unwrap();
    for command in commands {
        let script = format!("set -u\n{variables}\n{}", command.replacen("barebus", "\"$0\"", 1));
        let mut session = the_box.command("dbus-run-session");
        let printed = stdout(session.args(["--", "sh", "-c", &script, BAREBUS]));
        let is_silent = SILENT.iter().any(|words| command.contains(words));
        assert_eq!(printed.is_empty(), is_silent, "{command}: {printed}");
    }
}

/// README.md says what the commands are for; it must not promise one that fails.
#[test]
fn every_command_of_the_table_for_other_tools_works() {
    let readme = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md"));
    let readme = readme.unwrap();
    run(readme.split("\n## ").find(|part| part.starts_with("If you know")).unwrap(), 11);
}

#[test]
fn every_command_for_who_comes_from_another_program_works() {
    let document = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/coming-from.md");
    run(&fs::read_to_string(document).unwrap(), 40);
}

/// The words that are the same each time: no sizes, versions and names of transient units.
fn steady(text: &str) -> Vec<&str> {
    text.split_whitespace().filter(|word| !word.contains(|it: char| it.is_ascii_digit())).collect()
}

/// The commands of a document's console blocks, with what they print.
fn shown(document: &str) -> Vec<(&str, &str)> {
    let blocks = document.split("```console\n").skip(1).filter_map(|rest| rest.split("```").next());
    let commands = blocks.flat_map(|block| block.split("$ barebus ").skip(1));
    commands.filter_map(|command| command.split_once('\n')).collect()
}

#[test]
fn what_the_readmes_show_is_what_the_program_prints() {
    let the_box = SystemdBox::builder().timeout(PATIENCE).boot().unwrap();
    for (readme, least) in [("/../../README.md", 6), ("/README.md", 3)] {
        let readme = format!("{}{readme}", env!("CARGO_MANIFEST_DIR"));
        let document = fs::read_to_string(&readme).unwrap();
        let commands = shown(&document);
        assert!(commands.len() >= least, "{readme}: {commands:?}");
        for (command, expected) in commands {
            let script = format!("\"$0\" {command} 2>&1");
            let mut shell = the_box.command("sh");
            let output = shell.args(["-c", &script, BAREBUS]).output().unwrap();
            let printed = String::from_utf8(output.stdout).unwrap();
            assert_eq!(steady(&printed), steady(expected), "{command}: {printed}");
            assert_eq!(printed.lines().count(), expected.lines().count(), "{command}: {printed}");
        }
    }
}
