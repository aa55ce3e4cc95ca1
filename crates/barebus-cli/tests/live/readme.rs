//! The commands of the table in README.md.

use std::fs;

use barebus_box::SystemdBox;
use barebus_tests::peer::PATIENCE;

use crate::support::{BAREBUS, stdout};

/// README.md says what the commands are for; it must not promise one that fails.
#[test]
fn every_command_of_the_table_for_other_tools_works() {
    let readme = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md"));
    let readme = readme.unwrap();
    let section = readme.split("\n## ").find(|part| part.starts_with("If you know")).unwrap();
    let variables = section.split("```sh\n").nth(1).and_then(|part| part.split("```").next());
    let rows = section.lines().filter_map(|line| line.strip_suffix("` |"));
    let commands: Vec<_> = rows
        .filter_map(|row| row.rsplit('`').next())
        // What watches never ends, and a box does not boot in a box.
        .filter(|command| command.starts_with("barebus "))
        .filter(|command| {
            !["box", "monitor", "trace"].contains(&command.split(' ').nth(1).unwrap())
        })
        .collect();
    assert!(commands.len() >= 11, "{commands:?}");
    let the_box = SystemdBox::builder().timeout(PATIENCE).boot().unwrap();
    for command in commands {
        let command = command.replacen("barebus", "\"$0\"", 1);
        let script = format!("set -u\n{}\n{command}", variables.unwrap());
        let mut session = the_box.command("dbus-run-session");
        let printed = stdout(session.args(["--", "sh", "-c", &script, BAREBUS]));
        assert_eq!(printed.is_empty(), command.contains(" Set "), "{command}: {printed}");
    }
}
