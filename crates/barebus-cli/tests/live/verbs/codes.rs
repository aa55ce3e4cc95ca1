//! Exit codes: systemctl's, for one unit and for several.

use std::fs::File;
use std::process::Output;

use barebus_box::SystemdBox;

use super::{ours, over_bus, shared, systemctl, theirs, version};
use crate::support::text;

/// What systemd of version 253 and later answers. Earlier ones know only 3 and 1 for units that do not exist, and take the last of several
/// codes of a start, not the first.
struct Newer {
    code: i32,
}

/// Verb, arguments, systemctl's verb, and where systemctl 252 has another code.
type Case = (&'static str, &'static [&'static str], &'static str, Option<Newer>);

const fn same(verb: &'static str, arguments: &'static [&'static str]) -> Case {
    (verb, arguments, verb, None)
}

const fn question(
    verb: &'static str,
    arguments: &'static [&'static str],
    theirs: &'static str,
) -> Case {
    (verb, arguments, theirs, None)
}

const fn newer(
    verb: &'static str,
    arguments: &'static [&'static str],
    theirs: &'static str,
    code: i32,
) -> Case {
    (verb, arguments, theirs, Some(Newer { code }))
}

const CASES: &[Case] = &[
    newer("state", &["nosuch.service"], "is-enabled", 4),
    newer("state", &["nosuch.service", "neither"], "is-enabled", 4),
    newer("state", &["nosuch.service", "dbus.service"], "is-enabled", 0),
    question("state", &["dbus"], "is-enabled"),
    question("state", &["installs.service"], "is-enabled"),
    question("state", &["installs.service", "dbus.service"], "is-enabled"),
    question("state", &["masked.service"], "is-enabled"),
    question("state", &["/etc/passwd"], "is-enabled"),
    newer("active", &["nosuch"], "is-active", 4),
    newer("active", &["nosuch-*"], "is-active", 4),
    question("active", &["nosuch", "plain"], "is-active"),
    question("active", &["plain"], "is-active"),
    question("active", &["sleeps@codes"], "is-active"),
    question("active", &["plain", "sleeps@codes", "nosuch"], "is-active"),
    question("active", &["fails@codes"], "is-active"),
    question("active", &["sleeps@cod*"], "is-active"),
    question("active", &["sleeps@.service"], "is-active"),
    newer("failed", &["nosuch"], "is-failed", 4),
    question("failed", &["nosuch", "plain"], "is-failed"),
    question("failed", &["fails@codes"], "is-failed"),
    question("failed", &["sleeps@codes"], "is-failed"),
    question("failed", &["sleeps@codes", "fails@codes"], "is-failed"),
    same("status", &["nosuch"]),
    same("status", &["plain"]),
    same("status", &["fails@codes"]),
    same("status", &["sleeps@codes"]),
    same("status", &["sleeps@codes", "nosuch", "plain"]),
    same("status", &["sleeps@codes", "plain", "nosuch"]),
    same("status", &["nosuch-*"]),
    same("status", &[]),
    same("status", &["1"]),
    same("status", &["999999999"]),
    same("status", &["1", "999999999", "plain"]),
    same("show", &["nosuch"]),
    same("show", &["nosuch-*"]),
    same("show", &[]),
    same("cat", &["nosuch"]),
    same("cat", &["plain"]),
    same("cat", &["plain", "nosuch"]),
    same("start", &["nosuch"]),
    same("start", &["nosuch-*"]),
    same("start", &["sleeps@codes"]),
    same("start", &["nosuch", "sleeps@codes"]),
    same("start", &["fails@codes"]),
    same("start", &["nosuch", "fails@codes"]),
    same("start", &["fails@codes", "sleeps@codes", "nosuch"]),
    same("start", &["refuses"]),
    newer("start", &["refuses", "nosuch"], "start", 4),
    newer("start", &["nosuch", "refuses"], "start", 5),
    same("start", &["masked"]),
    same("start", &["broken"]),
    same("start", &["sleeps@.service"]),
    same("start", &["--no-block", "fails@codes"]),
    same("start", &["--job-mode=fail", "sleeps@codes"]),
    same("stop", &["nosuch"]),
    same("stop", &["plain"]),
    same("stop", &["remains"]),
    same("stop", &["plain", "nosuch", "remains"]),
    same("restart", &["nosuch"]),
    same("restart", &["masked"]),
    same("restart", &["sleeps@codes"]),
    same("try-restart", &["nosuch"]),
    same("try-restart", &["masked"]),
    same("try-restart", &["plain"]),
    same("reload", &["sleeps@codes"]),
    same("reload", &["nosuch"]),
    same("reload", &["dbus.socket", "nosuch"]),
    same("reload", &["reloads@codes"]),
    same("reload-or-restart", &["nosuch"]),
    same("reload-or-restart", &["sleeps@codes"]),
    same("try-reload-or-restart", &["plain"]),
    same("isolate", &["dbus.service"]),
    same("isolate", &["nosuch"]),
    same("kill", &["nosuch"]),
    same("kill", &["plain"]),
    same("kill", &["--kill-whom=main", "plain"]),
    same("kill", &["--signal=WINCH", "sleeps@codes"]),
    same("kill", &["--signal=WINCH", "sleeps@codes", "nosuch"]),
    same("freeze", &["nosuch"]),
    same("freeze", &["plain"]),
    same("thaw", &["plain"]),
    same("enable", &["nosuch"]),
    same("enable", &["plain"]),
    same("enable", &["masked"]),
    same("disable", &["nosuch"]),
    same("disable", &["plain"]),
    same("reenable", &["nosuch"]),
    same("link", &["/nosuch.service"]),
    same("mask", &["masked"]),
    same("unmask", &["nosuch"]),
    same("preset", &["nosuch"]),
    same("revert", &["nosuch"]),
    same("reset-failed", &["nosuch"]),
    same("reset-failed", &["nosuch", "fails@codes"]),
    same("reset-failed", &["plain"]),
    same("set-property", &["nosuch", "CPUWeight=50"]),
    same("set-property", &["--runtime", "sleeps@codes", "CPUWeight=50"]),
    same("set-property", &["sleeps@codes", "Type=oneshot"]),
    same("cancel", &["4000000"]),
    same("get-default", &[]),
    same("set-default", &["nosuch"]),
    same("daemon-reload", &[]),
    question("list", &["nosuch-*"], "list-units"),
    question("files", &["nosuch-*"], "list-unit-files"),
    question("jobs", &[], "list-jobs"),
];

/// The state before each case.
fn prepare(the_box: &SystemdBox) {
    theirs(the_box, &["stop", "reloads@codes", "plain"]);
    theirs(the_box, &["start", "sleeps@codes", "fails@codes", "remains"]);
}

/// Runs each case with systemctl, and with the program over the private socket and over the bus, from the same state.
pub(super) fn compare(the_box: &SystemdBox) {
    systemctl(the_box, &["mask", "masked.service"]);
    let is_older = version(the_box) < 253;
    let mut wrong = Vec::new();
    for (verb, arguments, their_verb, known) in CASES {
        prepare(the_box);
        let theirs = theirs(the_box, &[&[*their_verb], *arguments].concat());
        let expected = match known {
            Some(Newer { code }) if is_older => Some(*code),
            _ => theirs.status.code(),
        };
        let theirs = told(theirs);
        for run in [ours, over_bus] {
            prepare(the_box);
            let ours = run(the_box, &[&[*verb], *arguments].concat());
            if ours.status.code() != expected {
                wrong.push(format!("{verb} {arguments:?}: ours {}theirs {theirs}", told(ours)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn told(output: Output) -> String {
    let Output { status, stdout, stderr } = output;
    format!("{status}: {}{}", text(stdout), text(stderr))
}

#[test]
fn exit_codes_are_those_of_systemctl() {
    compare(shared());
}

#[test]
fn wrong_usage_has_a_code_of_its_own() {
    // systemctl has 1 for all of these.
    for arguments in [
        &["active", ""][..],
        &["start", "plain", "--job-mode=no-such-mode"],
        &["set-property", "sleeps@codes", "NoSuchSetting=1"],
        &["set-property", "sleeps@codes", "CPUWeight=lots"],
        &["kill", "--signal=NOSUCH", "plain"],
        &["kill", "--kill-whom=nobody", "plain"],
        &["start", "--now", "plain"],
        &["link", "--now", "/x.service"],
        &["list", "--type=servce"],
        &["files", "--type=service,servce"],
        &["run", "-p", "NoSuchSetting=1", "--", "true"],
    ] {
        let output = ours(shared(), arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", told(output));
    }
}

/// As a user, who has no private socket.
#[test]
fn without_a_bus_each_verb_ends_as_systemctl_does() {
    let the_box = shared();
    let run = |program: &[&str], arguments: &[&str]| {
        let mut command = the_box.command("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).args(program);
        command.env("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/no/such/socket");
        let output = command.args(arguments).output().unwrap();
        (output.status.code(), text(output.stderr))
    };
    let mut tried = "";
    // One case of each verb.
    for (verb, arguments, their_verb, _) in CASES {
        if std::mem::replace(&mut tried, verb) == *verb {
            continue;
        }
        let theirs = run(&["systemctl", "--no-pager", their_verb], arguments);
        assert_eq!(theirs.0, Some(1), "{their_verb}: {}", theirs.1);
        let ours = run(&["barebus-under-test", "unit", verb], arguments);
        assert_eq!(ours.0, Some(1), "{verb}: {}", ours.1);
        assert!(ours.1.contains("cannot connect"), "{verb}: {}", ours.1);
    }
    let command = ["--", "true"];
    assert_eq!(run(&["systemd-run"], &command).0, Some(1));
    assert_eq!(run(&["barebus-under-test", "unit", "run"], &command).0, Some(1));
}

#[test]
fn an_output_that_cannot_be_written_has_a_code_of_its_own() {
    let the_box = shared();
    systemctl(the_box, &["start", "sleeps@full"]);
    for line in [
        "state dbus",
        "active sleeps@full",
        "failed sleeps@full",
        "status sleeps@full",
        "status",
        "show sleeps@full",
        "cat sleeps@full",
        "start sleeps@full",
        "enable installs@full",
        "list",
        "files",
        "jobs",
        "watch",
        "run -G -- true",
        "get-default",
    ] {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let mut command = the_box.command("barebus-under-test");
        let output = command.arg("unit").args(line.split(' ')).stdout(full).output().unwrap();
        let complaint = text(output.stderr);
        assert_eq!(output.status.code(), Some(5), "{line}: {complaint}");
        assert!(complaint.contains("cannot write the output"), "{line}: {complaint}");
    }
    systemctl(the_box, &["disable", "installs@full"]);
    systemctl(the_box, &["stop", "sleeps@full"]);
}

#[test]
fn states_of_several_units_are_printed_as_json() {
    let the_box = shared();
    systemctl(the_box, &["start", "sleeps@json"]);
    let output = ours(the_box, &["active", "--json", "sleeps@json", "no-such-unit"]);
    assert_eq!(output.status.code(), Some(0));
    let rows = r#"[{"unit":"sleeps@json.service","active":"active"},{"unit":"no-such-unit.service","active":"inactive"}]"#;
    assert_eq!(text(output.stdout), format!("{rows}\n"));
    let output = ours(the_box, &["state", "--json", "dbus", "no-such-unit"]);
    let rows = r#"[{"unit_file":"dbus.service","state":"static"},{"unit_file":"no-such-unit.service","state":"not-found"}]"#;
    assert_eq!(text(output.stdout), format!("{rows}\n"));
    let output = ours(the_box, &["failed", "--json", "--quiet", "sleeps@json"]);
    assert_eq!((output.status.code(), text(output.stdout)), (Some(1), String::new()));
    systemctl(the_box, &["stop", "sleeps@json"]);
}
