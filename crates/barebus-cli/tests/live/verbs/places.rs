//! Systemds of users and of other machines.

use std::io::Write;
use std::process::{Command, Stdio};

use barebus_box::SystemdBox;
use barebus_tests::peer::PATIENCE;

use super::{shared, succeeded};
use crate::support::text;

/// A systemd of a user, as a service. Its sockets are below `/run/verbs-user`.
const MANAGER: &str = "\
[Service]
Type=notify
Delegate=yes
Environment=XDG_RUNTIME_DIR=/run/verbs-user
RuntimeDirectory=verbs-user
RuntimeDirectoryMode=0700
ExecStart=/lib/systemd/systemd --user
";

#[test]
fn the_users_systemd_is_reached_over_its_private_socket() {
    let the_box = SystemdBox::builder()
        .timeout(PATIENCE)
        .unit("manager.service", MANAGER)
        .boot()
        .unwrap_or_else(|error| panic!("the tests of verbs cannot run: {error}"));
    super::systemctl(&the_box, &["start", "manager.service"]);
    let user = |arguments: &[&str]| {
        let mut command = the_box.command(crate::support::BAREBUS);
        command.env("XDG_RUNTIME_DIR", "/run/verbs-user").env_remove("DBUS_SESSION_BUS_ADDRESS");
        command.args(["--user", "unit"]).args(arguments).output().unwrap()
    };
    let done = |arguments: &[&str]| succeeded(arguments, user(arguments));
    assert_eq!(done(&["run", "--unit=mine", "--", "sleep", "infinity"]).lines().count(), 2);
    assert_eq!(done(&["active", "mine"]), "active\n");
    assert!(done(&["list"]).contains("mine.service"));
    assert_eq!(done(&["stop", "mine"]), "done\n");
    // It is a unit of the user, not of the system.
    assert_eq!(super::property(&the_box, "mine", "LoadState"), "not-found");
}

/// Makes a program of this name the `ssh` of the command.
fn with_ssh(the_box: &SystemdBox, name: &str, script: &str) -> Command {
    let folder = format!("/opt/{name}");
    let write = "mkdir -p \"$0\" && printf '%s' \"$1\" > \"$0/ssh\" && chmod +x \"$0/ssh\"";
    let made = the_box.command("sh").args(["-c", write, &folder, script]).output().unwrap();
    assert!(made.status.success(), "{}", text(made.stderr));
    let mut command = the_box.command("barebus-under-test");
    command.env("PATH", format!("{folder}:/usr/bin:/bin"));
    command
}

#[test]
fn another_machine_is_reached_by_ssh() {
    let script = "#!/bin/sh\necho \"$@\" >> /opt/ssh-works/log\nexec systemd-stdio-bridge\n";
    let run = |arguments: &[&str]| {
        let mut command = with_ssh(shared(), "ssh-works", script);
        command.arg("unit").args(arguments).output().unwrap()
    };
    let done = |arguments: &[&str]| succeeded(arguments, run(arguments));
    assert_eq!(done(&["-H", "root@example.org:2222", "state", "dbus"]), "static\n");
    assert_eq!(done(&["start", "sleeps@remote", "--host=example.org"]), "done\n");
    let output = run(&["-H", "example.org", "run", "--wait", "--", "/bin/sh", "-c", "exit 5"]);
    assert_eq!(output.status.code(), Some(5), "{}", text(output.stderr));
    let log = shared().command("cat").arg("/opt/ssh-works/log").output().unwrap();
    let log = text(log.stdout);
    assert!(log.lines().next().unwrap().contains("-p 2222 -- root@example.org"), "{log}");
}

#[test]
fn what_ssh_says_is_told() {
    let script = "#!/bin/sh\necho 'ssh: no such host \u{1b}[31m' >&2\nexit 255\n";
    let mut command = with_ssh(shared(), "ssh-fails", script);
    let output = command.args(["unit", "-H", "example.org", "list"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let complaint = text(output.stderr);
    assert_eq!(complaint.lines().count(), 1, "{complaint}");
    for word in ["ssh: no such host", "255"] {
        assert!(complaint.contains(word), "{complaint}");
    }
    assert!(!complaint.trim_end().contains(char::is_control), "{complaint:?}");
}

#[test]
fn what_cannot_be_done_elsewhere_is_refused_before_ssh_is_started() {
    for (arguments, word) in [
        (&["-H", "a", "cat", "plain"][..], "cannot print files of another machine"),
        (&["-H", "a", "run", "--pipe", "--", "true"], "cannot pass the standard input"),
        (&["-H", "a", "-M", "b", "list"], "cannot use several of"),
        (&["-H", "a", "--user", "list"], "cannot use --user with --host"),
        (&["-H", "a:port", "list"], "cannot use \"a:port\" as the name of a machine"),
    ] {
        let output = super::ours(shared(), arguments);
        let complaint = text(output.stderr);
        assert_eq!(output.status.code(), Some(2), "{complaint}");
        assert!(complaint.contains(word), "{complaint}");
    }
}

/// What systemd-machined writes of a container, whose first process is the box's own.
#[test]
fn a_command_in_a_container_gets_our_standard_input_and_output() {
    const CONTAINER: &str =
        "mkdir -p /run/systemd/machines && echo LEADER=1 > /run/systemd/machines/one";

    let the_box = shared();
    let written = the_box.command("sh").args(["-c", CONTAINER]).output().unwrap();
    assert!(written.status.success(), "{}", text(written.stderr));
    let mut command = the_box.command("barebus-under-test");
    command.args(["unit", "-M", "one", "run", "--pipe", "-G", "--"]);
    command.args(["sh", "-c", "cat; exit 6"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"into the container\n").unwrap();
    let output = child.wait_with_output().unwrap();
    let complaint = text(output.stderr);
    assert_eq!(
        (output.status.code(), text(output.stdout)),
        (Some(6), "into the container\n".into()),
        "{complaint}"
    );
}

#[test]
fn a_container_that_nobody_knows_is_told() {
    let output = super::ours(shared(), &["-M", "nosuch", "list"]);
    assert_eq!(output.status.code(), Some(1));
    let complaint = text(output.stderr);
    assert!(complaint.starts_with("barebus: cannot find the container 'nosuch': "), "{complaint}");
}
