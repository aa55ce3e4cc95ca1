//! Verbs that act on units.

use super::{done, ours, property, shared, systemctl, theirs};
use crate::support::{BAREBUS, text};

#[test]
fn several_units_are_started_together_and_waited_for() {
    let the_box = shared();
    let output = ours(the_box, &["start", "sleeps@a", "nosuch", "fails@a", "sleeps@b"]);
    assert_eq!(
        text(output.stdout),
        "sleeps@a.service: done\nfails@a.service: failed\nsleeps@b.service: done\n"
    );
    let complaints = text(output.stderr);
    let [unknown, failed] = complaints.lines().collect::<Vec<_>>()[..] else {
        panic!("{complaints}")
    };
    assert!(unknown.starts_with("barebus: StartUnit of nosuch.service: "), "{unknown}");
    assert_eq!(
        failed,
        "barebus: the job for fails@a.service ended with 'failed'; 'barebus unit status fails@a.service' shows more"
    );
    assert_eq!(output.status.code(), Some(1));
    for (unit, state) in [("sleeps@a", "active"), ("sleeps@b", "active"), ("fails@a", "failed")] {
        assert_eq!(property(the_box, unit, "ActiveState"), state, "{unit}");
    }
    let stopped = done(the_box, &["stop", "sleeps@a*", "sleeps@b.service"]);
    // Names come first, then what patterns match.
    assert_eq!(stopped, "sleeps@b.service: done\nsleeps@a.service: done\n");
    assert_eq!(done(the_box, &["stop", "sleeps@a"]), "done\n");
}

#[test]
fn verbs_with_jobs_do_what_they_are_called() {
    let the_box = shared();
    let unit = "reloads@verbs.service";
    let state = |name| property(the_box, unit, name);
    done(the_box, &["try-restart", "reloads@verbs"]);
    assert_eq!(state("ActiveState"), "inactive");
    done(the_box, &["restart", "reloads@verbs"]);
    let pid = state("MainPID");
    assert_ne!(pid, "0");
    done(the_box, &["reload", unit]);
    done(the_box, &["reload-or-restart", unit]);
    assert_eq!(state("MainPID"), pid);
    done(the_box, &["try-restart", unit]);
    assert_ne!(state("MainPID"), pid);
    assert_eq!(done(the_box, &["stop", "--no-block", unit]), "");
    done(the_box, &["stop", unit]);
    assert_eq!(state("ActiveState"), "inactive");
}

#[test]
fn a_deadline_is_one_for_all_jobs() {
    let the_box = shared();
    let mut command = the_box.command("barebus-under-test");
    command.args(["--timeout", "1", "unit", "start", "slow@one", "slow@two"]);
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(4));
    let complaint = text(output.stderr);
    assert!(
        complaint.contains("slow@one.service has not ended within 1 s; it goes on"),
        "{complaint}"
    );
    systemctl(the_box, &["stop", "slow@one", "slow@two"]);
}

#[test]
fn signals_freezing_and_resetting_reach_the_unit() {
    let the_box = shared();
    systemctl(the_box, &["start", "sleeps@signal"]);
    assert_eq!(done(the_box, &["freeze", "sleeps@signal"]), "");
    assert_eq!(property(the_box, "sleeps@signal", "FreezerState"), "frozen");
    assert_eq!(done(the_box, &["thaw", "sleeps@signal"]), "");
    assert_eq!(property(the_box, "sleeps@signal", "FreezerState"), "running");
    // The service fails by this signal; whoever stops it then waits until that is over.
    assert_eq!(done(the_box, &["kill", "-s", "SIGABRT", "--kill-whom=main", "sleeps@signal"]), "");
    the_box.command("sh").args(["-c", WAIT_FOR_FAILURE]).status().unwrap();
    assert_eq!(property(the_box, "sleeps@signal", "ActiveState"), "failed");
    assert_eq!(done(the_box, &["reset-failed", "sleeps@signal"]), "");
    assert_eq!(property(the_box, "sleeps@signal", "ActiveState"), "inactive");
}

const WAIT_FOR_FAILURE: &str = "until systemctl is-failed sleeps@signal; do sleep 0.01; done";

#[test]
fn settings_are_changed_at_once() {
    let the_box = shared();
    systemctl(the_box, &["start", "sleeps@set"]);
    let set = ["set-property", "--runtime", "sleeps@set", "CPUWeight=50", "Description=changed é"];
    assert_eq!(done(the_box, &set), "");
    assert_eq!(property(the_box, "sleeps@set", "CPUWeight"), "50");
    assert_eq!(property(the_box, "sleeps@set", "Description"), "changed é");
    let output = ours(the_box, &["set-property", "sleeps@set", "CPUWeight=lots"]);
    let complaint = text(output.stderr);
    assert!(complaint.contains("cannot set 'CPUWeight' of a service to 'lots'"), "{complaint}");
}

#[test]
fn a_pattern_changes_settings_of_several_units() {
    let the_box = shared();
    systemctl(the_box, &["start", "sleeps@many1", "sleeps@many2"]);
    done(the_box, &["set-property", "--runtime", "sleeps@many*", "CPUWeight=60"]);
    for unit in ["sleeps@many1", "sleeps@many2"] {
        assert_eq!(property(the_box, unit, "CPUWeight"), "60", "{unit}");
    }
    assert_eq!(done(the_box, &["set-property", "nosuch-*", "CPUWeight=60"]), "");
    systemctl(the_box, &["stop", "sleeps@many*"]);
}

#[test]
fn files_that_have_changed_and_units_that_can_be_started_again_are_told() {
    // Other tests reload systemd.
    let the_box = &super::boot("/");
    let complaint = |arguments: &[&str]| {
        let output = ours(the_box, arguments);
        assert!(output.status.success(), "{arguments:?}");
        text(output.stderr)
    };
    assert_eq!(complaint(&["start", "plain", "rich.socket"]), "");
    let change = ["-d", "@4000000000", "/etc/systemd/system/plain.service"];
    assert!(the_box.command("touch").args(change).status().unwrap().success());
    assert_eq!(
        complaint(&["restart", "plain"]),
        "barebus: warning: files of plain.service have changed since systemd read them; \
         'barebus unit daemon-reload' reads them\n"
    );
    systemctl(the_box, &["daemon-reload"]);
    assert_eq!(complaint(&["stop", "plain"]), "");
    let warning = "barebus: warning: rich.service can still be started by rich.socket\n";
    assert_eq!(complaint(&["stop", "rich.service"]), warning);
    assert_eq!(complaint(&["stop", "rich.socket", "rich.service"]), "");
}

#[test]
fn what_root_may_not_do_is_not_said_to_be_polkits() {
    // The kernel freezes no group of the process that asks for it. Later versions do not ask the kernel.
    let output = ours(shared(), &["freeze", "init.scope"]);
    assert_eq!(output.status.code(), Some(1));
    let complaint = text(output.stderr);
    assert!(complaint.starts_with("barebus: FreezeUnit of init.scope: "), "{complaint}");
    assert!(!complaint.contains("polkit"), "{complaint}");
}

#[test]
fn root_needs_no_bus() {
    let the_box = super::boot("/");
    theirs(&the_box, &["stop", "dbus.socket", "dbus.service"]);
    let bus = the_box.command("busctl").args(["--no-pager", "list"]).output().unwrap();
    assert!(!bus.status.success(), "the bus still runs");
    assert_eq!(done(&the_box, &["start", "sleeps@nobus"]), "done\n");
    assert_eq!(done(&the_box, &["active", "sleeps@nobus"]), "active\n");
    assert_eq!(done(&the_box, &["enable", "installs.service"]).lines().count(), 1);
    assert_eq!(done(&the_box, &["state", "installs"]), "enabled\n");
    assert!(done(&the_box, &["list"]).contains("sleeps@nobus.service"));
    assert!(done(&the_box, &["status", "sleeps@nobus"]).contains("active (running)"));
    let output = ours(&the_box, &["run", "--wait", "--", "sh", "-c", "exit 7"]);
    assert_eq!(output.status.code(), Some(7), "{}", text(output.stderr));
    // Nobody else has jobs here.
    done(&the_box, &["start", "--no-block", "slow@1", "slow@2"]);
    assert_eq!(done(&the_box, &["jobs", "slow@*"]).lines().count(), 3);
    assert_eq!(done(&the_box, &["cancel"]), "");
    assert_eq!(done(&the_box, &["jobs"]).lines().count(), 1);
    // The environment can name another machine's bus.
    let mut elsewhere = the_box.command(BAREBUS);
    elsewhere.env("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/no/such/bus");
    let output = elsewhere.args(["unit", "list"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
}
