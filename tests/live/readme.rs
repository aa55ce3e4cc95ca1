//! The programs in documents that are examples: the first steps in README.md, and those for systemd.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::boxes::{TEMPLATE, daemon};

fn read(file: &str) -> String {
    std::fs::read_to_string(format!("{}/../{file}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

#[test]
fn the_first_steps_are_those_of_the_example() {
    let example = read("crates/barebus/examples/first_steps.rs");
    assert!(read("README.md").contains(&format!("```rust,no_run\n{example}```")));
}

/// `examples` and `access` run them.
#[test]
fn the_programs_for_systemd_are_those_of_the_examples() {
    let document = read("crates/barebus-systemd/README.md");
    for name in
        ["unit_file_state", "start_and_wait", "watch_failures", "run", "with_tokio", "remote"]
    {
        let example = read(&format!("crates/barebus-systemd/examples/{name}.rs"));
        assert!(document.contains(&format!("```rust,no_run\n{example}```")), "{name}");
    }
}

#[test]
fn the_first_steps_print_what_systemd_answers() {
    let the_box = daemon();
    let mut command = Command::new(env!("CARGO"));
    command.args(["run", "--quiet", "--package", "barebus", "--example", "first_steps"]);
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    command.env("DBUS_SYSTEM_BUS_ADDRESS", the_box.system_bus_address());
    // cargo replaces itself with the program.
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert!(lines.next().unwrap().ends_with(" bytes of introspection data"));
    assert_eq!(lines.next().unwrap(), "/org/freedesktop/systemd1/unit/dbus_2eservice");
    assert!(lines.next().unwrap().starts_with("systemd 2"));

    let unit = TEMPLATE.replace('@', "@first_steps");
    let is_seen = AtomicBool::new(false);
    std::thread::scope(|scope| {
        // The first restarts may precede the subscription.
        scope.spawn(|| {
            while !is_seen.load(Ordering::Relaxed) {
                let status = the_box.command("systemctl").args(["restart", &unit]).status();
                assert!(status.unwrap().success());
            }
        });
        let line = lines.find(|line| line.starts_with(&unit));
        is_seen.store(true, Ordering::Relaxed);
        assert_eq!(line, Some(format!("{unit}: done")));
    });
    child.kill().unwrap();
    child.wait().unwrap();
}
