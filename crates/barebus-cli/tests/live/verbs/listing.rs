//! `barebus unit list`, `files` and `jobs`.

use super::{done, ours, shared, systemctl};
use crate::support::{at_once, text};

#[test]
fn lists_of_units_are_filtered_as_by_systemctl() {
    let the_box = shared();
    systemctl(the_box, &["start", "sleeps@list", "sleeps@list2"]);
    for arguments in [
        &["sleeps@list*"][..],
        &["dbus.service", "*.socket"],
        &["--all", "dbus*"],
        &["--state=running,mounted", "*.service", "*.mount"],
        &["--state=inactive", "*.target"],
        &["--failed"],
        &["--type=mount,slice"],
        &["--all", "--type", "timer"],
    ] {
        // Other tests' units come and go.
        let stable = |json: String| {
            let rows = json.trim_matches(['[', ']', '\n']).replace("},{", "}\n{");
            let rows = rows.lines().map(String::from);
            rows.filter(|row| !row.contains('@') || row.contains("@list")).collect::<Vec<_>>()
        };
        let (ours, theirs) = at_once(
            || stable(done(the_box, &[&["list", "--json"], arguments].concat())),
            || stable(systemctl(the_box, &[&["list-units", "--output=json"], arguments].concat())),
        );
        assert_eq!(ours, theirs, "{arguments:?}");
    }
}

#[test]
fn lists_of_units_have_a_column_of_jobs_while_there_are_some() {
    let the_box = shared();
    done(the_box, &["start", "--no-block", "slow@listed"]);
    let arguments = ["slow@listed.service", "dbus.service"];
    let json = |output: String| output.trim_end().to_owned();
    let (ours, theirs) = at_once(
        || json(done(the_box, &[&["list", "--json"], &arguments[..]].concat())),
        || json(systemctl(the_box, &[&["list-units", "--output=json"], &arguments[..]].concat())),
    );
    assert_eq!(ours, theirs);
    assert!(ours.contains(r#""job":"start""#), "{ours}");
    let table = done(the_box, &[&["list"], &arguments[..]].concat());
    let rows: Vec<Vec<_>> = table.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(rows[0], ["UNIT", "LOAD", "ACTIVE", "SUB", "JOB", "DESCRIPTION"]);
    assert_eq!(rows[2][..5], ["slow@listed.service", "loaded", "activating", "start", "start"]);
    systemctl(the_box, &["stop", "slow@listed.service"]);
}

/// Rules of presets: the first file in the order of their names counts, and `/etc` before the vendor's.
const PRESETS: &str = "
mkdir -p /etc/systemd/system-preset /etc/systemd/user-preset
printf 'disable rich.*\\nenable installs@.service one\\n# enable installs.service\\n' > /etc/systemd/system-preset/10-verbs.preset
printf 'disable installs*\\n' > /etc/systemd/system-preset/20-verbs.preset
";

#[test]
fn lists_of_unit_files_are_those_of_systemctl() {
    let the_box = shared();
    let written = the_box.command("sh").args(["-c", PRESETS]).output().unwrap();
    assert!(written.status.success(), "{}", text(written.stderr));
    for arguments in [
        &["dbus*", "*.mount"][..],
        &["--state=static", "*.socket"],
        &["--type=timer"],
        &["rich.*", "installs*", "getty@*", "systemd-*"],
    ] {
        let theirs = [&["list-unit-files", "--no-legend", "--plain", "--full"], arguments].concat();
        let columns = |text: &str| {
            let row = |line: &str| line.split_whitespace().map(String::from).collect::<Vec<_>>();
            // Other tests enable and mask theirs.
            let rows = text.lines().map(row).filter(|row| !row[0].starts_with("plain"));
            rows.collect::<Vec<_>>()
        };
        let ours = || {
            let printed = done(the_box, &[&["files"], arguments].concat());
            let (head, rows) = printed.split_once('\n').unwrap();
            let head: Vec<_> = head.split_whitespace().collect();
            assert_eq!(head, ["UNIT", "FILE", "STATE", "PRESET"]);
            columns(rows)
        };
        let (ours, theirs) = at_once(ours, || columns(&systemctl(the_box, &theirs)));
        assert_eq!(ours, theirs, "{arguments:?}");
    }
    let (ours, theirs) = at_once(
        || done(the_box, &["files", "--json", "dbus.service", "rich.service", "getty@*"]),
        || {
            let names = ["dbus.service", "rich.service", "getty@*"];
            let list = ["list-unit-files", "--output=json"];
            systemctl(the_box, &[&list[..], &names[..]].concat()).trim_end().to_owned() + "\n"
        },
    );
    assert_eq!(ours, theirs);
    assert!(ours.contains(r#""state":"static","preset":null"#), "{ours}");
}

#[test]
fn jobs_are_listed_and_cancelled() {
    let the_box = shared();
    assert_eq!(done(the_box, &["start", "--no-block", "slow@job"]), "");
    let list = || done(the_box, &["jobs", "--json", "slow@job.service"]);
    let theirs = systemctl(the_box, &["list-jobs", "--no-legend", "slow@job.service"]);
    let theirs: Vec<_> = theirs.split_whitespace().collect();
    let [id, "slow@job.service", "start", "running"] = theirs[..] else { panic!("{theirs:?}") };
    let row = r#""unit":"slow@job.service","type":"start","state":"running""#;
    assert_eq!(list(), format!("[{{\"job\":{id},{row}}}]\n"));
    let table = done(the_box, &["jobs", "slow@j*"]);
    let rows = table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    assert_eq!(rows.collect::<Vec<_>>(), [&["JOB", "UNIT", "TYPE", "STATE"][..], &theirs]);
    assert_eq!(done(the_box, &["cancel", id]), "");
    assert_eq!(list(), "[]\n");
    let output = ours(the_box, &["cancel", id]);
    assert!(text(output.stderr).contains(&format!("CancelJob of job {id}: ")));
}
