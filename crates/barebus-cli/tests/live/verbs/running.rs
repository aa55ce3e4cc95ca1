//! `barebus unit run`, compared with systemd-run.

use std::io::Write;
use std::process::Stdio;

use barebus_box::SystemdBox;

use super::{done, ours, over_bus, property, shared, systemctl};
use crate::support::text;

/// Commands and how they end. systemd-run expands variables, so it gets a `$` twice.
const COMMANDS: [(&[&str], &str); 14] = [
    (&[], "true"),
    (&[], "exit 7"),
    (&[], "kill -9 $$"),
    (&[], "kill -TERM $$"),
    (&["-p", "Type=oneshot"], "exit 3"),
    (&["-p", "SuccessExitStatus=9"], "exit 9"),
    (&["-p", "WorkingDirectory=/no/such/directory"], "true"),
    (&["-p", "ExecStartPre=/bin/false"], "true"),
    (&["-p", "ExecStopPost=/bin/false"], "true"),
    (&["-p", "ExecStopPost=/bin/false"], "exit 4"),
    (&["-p", "Type=notify"], "true"),
    (&["-p", "ConditionPathExists=/no/such/path"], "true"),
    (&["-p", "ExecCondition=/bin/false"], "true"),
    (&["-p", "Requires=no-such.service", "-p", "After=no-such.service"], "true"),
];

pub(super) fn compare(the_box: &SystemdBox) {
    for (options, script) in COMMANDS {
        let shell = ["--", "sh", "-c", script];
        let mut theirs = the_box.command("systemd-run");
        theirs.args(["--wait", "--collect"]).args(options);
        theirs.args(["--", "sh", "-c", &script.replace('$', "$$")]);
        let theirs = theirs.output().unwrap();
        // 252 gives up when a oneshot command fails.
        let expected = if script == "exit 3" { Some(3) } else { theirs.status.code() };
        for run in [ours, over_bus] {
            let ours = run(the_box, &[&["run", "--wait"], options, &shell].concat());
            assert_eq!(ours.status.code(), expected, "{script}: {}", text(ours.stderr));
        }
    }
}

#[test]
fn run_ends_as_systemd_run_does() {
    compare(shared());
}

#[test]
fn run_tells_how_the_command_ended() {
    let the_box = shared();
    let printed = done(the_box, &["run", "--wait", "--unit=verbs-run", "--", "true"]);
    assert!(printed.starts_with("verbs-run.service: success: exit code 0 after "), "{printed}");
    let output =
        ours(the_box, &["run", "--wait", "-G", "--unit=verbs-run", "--", "sh", "-c", "exit 7"]);
    assert_eq!(text(output.stdout), "");
    let complaint = text(output.stderr);
    let words = "barebus: verbs-run.service: exit-code: exit code 7 after ";
    assert!(complaint.starts_with(words), "{complaint}");
    // A failed unit that is kept is in the way.
    ours(the_box, &["run", "--wait", "--unit=verbs-kept", "--", "false"]);
    let output = ours(the_box, &["run", "--wait", "--unit=verbs-kept", "--", "true"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(output.stderr).contains("a unit of that name exists: it has failed"));
}

#[test]
fn run_gives_the_command_its_settings() {
    let the_box = shared();
    let options = ["-p", "Nice=5", "-p", "CPUWeight=30", "-E", "A=b c", "--description=as set"];
    let command = ["--unit=verbs-set", "--", "sleep", "infinity"];
    let printed = done(the_box, &[&["run"], &options[..], &command].concat());
    assert_eq!(printed, "verbs-set.service\nverbs-set.service: done\n");
    for (name, value) in [
        ("Nice", "5"),
        ("CPUWeight", "30"),
        ("Environment", "\"A=b c\""),
        ("Description", "as set"),
    ] {
        assert_eq!(property(the_box, "verbs-set", name), value);
    }
    systemctl(the_box, &["stop", "verbs-set"]);
    // Without a name it gets one of its own.
    let printed = done(the_box, &["run", "--no-block", "--", "sleep", "infinity"]);
    let name = printed.trim_end();
    assert!(name.starts_with("run-r") && name.ends_with(".service"), "{name}");
    systemctl(the_box, &["stop", name]);
    let output = ours(the_box, &["run", "--", "no-such-program"]);
    assert_eq!(output.status.code(), Some(1));
    let complaint = text(output.stderr);
    assert!(complaint.contains("cannot run 'no-such-program': it is not in PATH"), "{complaint}");
}

#[test]
fn a_command_gets_our_standard_input_and_output() {
    let the_box = shared();
    let mut command = the_box.command("barebus-under-test");
    command.args(["unit", "run", "--pipe", "-G", "--", "sh", "-c", "cat; echo told >&2; exit 4"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"through\n").unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(text(output.stdout), "through\n");
    let complaint = text(output.stderr);
    assert!(complaint.starts_with("told\nbarebus: run-r"), "{complaint}");
    assert_eq!(output.status.code(), Some(4));
}

#[test]
fn the_time_limit_bounds_a_run_that_is_waited_for() {
    let the_box = shared();
    for run in [ours, over_bus] {
        let unit = ["run", "--timeout=0.3", "--wait", "-G", "--unit=verbs-late", "--"];
        let output = run(the_box, &[&unit[..], &["sleep", "infinity"]].concat());
        assert_eq!(output.status.code(), Some(4));
        assert_eq!(
            text(output.stderr),
            "barebus: the run of verbs-late.service has not ended within 0.3 s; it goes on\n"
        );
        assert_eq!(systemctl(the_box, &["is-active", "verbs-late"]), "active\n");
        systemctl(the_box, &["stop", "verbs-late"]);
    }
    let output = ours(the_box, &["run", "--timeout=600", "--wait", "--", "sh", "-c", "exit 3"]);
    assert_eq!(output.status.code(), Some(3));
}
