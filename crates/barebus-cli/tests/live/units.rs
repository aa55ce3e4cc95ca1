//! `barebus unit`, compared with systemctl.

use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use barebus_box::SystemdBox;

use barebus_tests::peer::PATIENCE;

use crate::support::{BAREBUS, Way, at_once, refused, stdout, text};

/// The words of the four narrow columns, and the description.
fn columns(line: &str) -> Vec<String> {
    let mut rest = line;
    let mut columns = Vec::new();
    for _ in 0..4 {
        let (word, behind) = rest.trim_start().split_once(' ').expect("a column");
        columns.push(word.to_owned());
        rest = behind;
    }
    columns.push(rest.trim().to_owned());
    columns
}

#[test]
fn unit_state_says_what_systemctl_is_enabled_says() {
    for way in Way::ALL {
        let files = ["list-unit-files", "--no-legend", "--plain", "--full", "--no-pager"];
        let files = stdout(way.inside("systemctl").args(files));
        let names: Vec<_> = files.lines().filter_map(|line| line.split(' ').next()).collect();
        assert!(names.len() > 50, "{names:?}");
        let ours = stdout(way.barebus().args(["unit", "state"]).args(&names));
        // Its exit code says whether all are enabled.
        let theirs = way.inside("systemctl").arg("is-enabled").args(&names).output().unwrap();
        assert_eq!(ours, text(theirs.stdout), "{way:?}");
        for state in ["enabled", "disabled", "static", "masked", "alias"] {
            assert!(ours.lines().any(|line| line == state), "no unit file is {state}: {files}");
        }
    }
}

#[test]
fn unit_state_answers_for_each_name_in_order() {
    for way in Way::ALL {
        let names = ["masked.service", "enabled.service", "disabled.service", "fails@x.service"];
        let ours = stdout(way.barebus().args(["unit", "state"]).args(names));
        assert_eq!(ours, "masked\nenabled\ndisabled\nstatic\n", "{way:?}");
    }
}

#[test]
fn unit_state_answers_for_the_other_names_when_one_is_unknown() {
    for way in Way::ALL {
        let names = ["nosuch.service", "enabled.service", "neither.service", "masked.service"];
        let output = way.barebus().args(["unit", "state"]).args(names).output().unwrap();
        // One is enabled.
        assert_eq!(output.status.code(), Some(0));
        assert_eq!(text(output.stdout), "not-found\nenabled\nnot-found\nmasked\n");
        assert_eq!(text(output.stderr), "");
    }
}

#[test]
fn unit_list_shows_what_systemctl_list_units_shows() {
    for way in Way::ALL {
        for all in [false, true] {
            let list = |mut command: Command| {
                let text = stdout(command.args(all.then_some("--all")));
                text.lines().map(columns).collect::<Vec<_>>()
            };
            let ours = || {
                let mut command = way.barebus();
                command.args(["unit", "list"]);
                let mut lines = list(command);
                assert_eq!(
                    lines.remove(0),
                    ["UNIT", "LOAD", "ACTIVE", "SUB", "DESCRIPTION"],
                    "{way:?}"
                );
                lines
            };
            let theirs = || {
                let mut command = way.inside("systemctl");
                command.args(["list-units", "--no-legend", "--plain", "--full", "--no-pager"]);
                list(command)
            };
            let (ours, theirs) = at_once(ours, theirs);
            assert!(ours.len() > 20, "{ours:?}");
            assert_eq!(ours, theirs, "{way:?}");
        }
    }
}

#[test]
fn unit_list_prints_the_json_that_systemctl_prints() {
    for way in Way::ALL {
        let ours = || stdout(way.barebus().args(["unit", "list", "--json"]));
        let theirs =
            || stdout(way.inside("systemctl").args(["list-units", "--output=json", "--no-pager"]));
        let (ours, theirs) = at_once(ours, theirs);
        assert_eq!(ours, theirs, "{way:?}");
    }
}

#[test]
fn unit_start_and_stop_wait_for_the_job() {
    for way in Way::ALL {
        let name = way.own("sleeps");
        // It also reports this by its exit code.
        let state =
            || text(way.inside("systemctl").args(["is-active", &name]).output().unwrap().stdout);
        assert_eq!(state(), "inactive\n");
        assert_eq!(stdout(way.barebus().args(["unit", "start", &name])), "done\n", "{way:?}");
        assert_eq!(state(), "active\n");
        // Nothing is left to do, but there is a job anyway.
        assert_eq!(stdout(way.barebus().args(["unit", "start", &name])), "done\n", "{way:?}");
        assert_eq!(stdout(way.barebus().args(["unit", "stop", &name])), "done\n", "{way:?}");
        assert_eq!(state(), "inactive\n");
    }
}

#[test]
fn unit_start_tells_when_the_job_fails() {
    for way in Way::ALL {
        let name = way.own("fails");
        let output = way.barebus().args(["unit", "start", &name]).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert_eq!(text(output.stdout), "failed\n");
        let complaint = format!(
            "barebus: the job for {name} ended with 'failed'; 'barebus unit status {name}' shows more\n"
        );
        assert_eq!(text(output.stderr), complaint, "{way:?}");
    }
}

#[test]
fn a_job_is_waited_for_as_long_as_the_user_says() {
    // In a separate box, because a queued job would change the lists of other tests.
    let slow = "[Service]\nType=oneshot\nExecStart=/bin/sleep 1000\n";
    let the_box =
        SystemdBox::builder().timeout(PATIENCE).unit("slow.service", slow).boot().unwrap();
    let outside = || the_box.outside_command(BAREBUS);
    let inside = || {
        let mut command = the_box.command(BAREBUS);
        command.args(["--peer", the_box.private_address()]);
        command
    };
    for barebus in [&outside as &dyn Fn() -> Command, &inside] {
        let begun = Instant::now();
        let words = ["the job of slow.service has not ended within 1 s; it goes on"];
        refused(barebus().args(["--timeout", "1", "unit", "start", "slow.service"]), 4, &words);
        let took = begun.elapsed();
        assert!(took >= Duration::from_secs(1), "{took:?}");
        // Without a time limit the program waits until the job is canceled.
        let mut start = barebus();
        start.args(["unit", "start", "slow.service"]).stdout(Stdio::piped()).stderr(Stdio::null());
        let waiting = start.spawn().unwrap();
        thread::sleep(Duration::from_millis(500));
        assert_eq!(stdout(barebus().args(["unit", "stop", "slow.service"])), "done\n");
        let output = waiting.wait_with_output().unwrap();
        assert_eq!((output.status.code(), text(output.stdout)), (Some(1), "canceled\n".into()));
    }
}

#[test]
fn an_unknown_unit_is_told_by_its_name_and_by_systemds_error() {
    for way in Way::ALL {
        let output = way.barebus().args(["unit", "state", "nosuch.service"]).output().unwrap();
        assert_eq!((text(output.stdout), output.status.code()), ("not-found\n".into(), Some(4)));
        let of_a_unit = ["nosuch.service", "(org.freedesktop.systemd1.NoSuchUnit)"];
        let start = refused(way.barebus().args(["unit", "start", "nosuch.service"]), 5, &of_a_unit);
        assert!(start.contains("StartUnit of"), "{start}");
        let stop = refused(way.barebus().args(["unit", "stop", "nosuch.service"]), 5, &of_a_unit);
        assert!(stop.contains("StopUnit of"), "{stop}");
    }
}

#[test]
fn words_are_completed_to_names_as_by_systemctl() {
    for (word, unit) in [
        ("dbus", "dbus.service"),
        ("a b", "a\\x20b.service"),
        ("\u{1b}31m", "\\x1b31m.service"),
        ("/home/me", "home-me.mount"),
    ] {
        let shown = stdout(Way::Daemon.barebus().args(["unit", "show", "-p", "Id", word]));
        assert_eq!(shown, format!("Id={unit}\n"));
        let theirs = stdout(Way::Daemon.inside("systemctl").args(["show", "-p", "Id", word]));
        assert_eq!(shown, theirs);
    }
    for verb in ["state", "start", "status"] {
        let words = ["cannot complete '' to a unit name", "empty"];
        refused(Way::Daemon.barebus().args(["unit", verb, ""]), 2, &words);
    }
    // A word with a slash is the path of a file here, and systemd tells no state of that.
    let words = ["GetUnitFileState of '/etc/passwd'", "cannot use '/etc/passwd' as a unit name"];
    refused(Way::Daemon.barebus().args(["unit", "state", "/etc/passwd"]), 1, &words);
}
