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
fn lists_of_unit_files_have_the_states_that_systemctl_prints() {
    let the_box = shared();
    for arguments in [&["dbus*", "*.mount"][..], &["--state=static", "*.socket"], &["--type=timer"]]
    {
        let theirs = [&["list-unit-files", "--no-legend", "--plain", "--full"], arguments].concat();
        let columns = |text: &str| {
            let row = |line: &str| {
                let mut words = line.split_whitespace().map(String::from);
                (words.next(), words.next())
            };
            text.lines().map(row).collect::<Vec<_>>()
        };
        let printed = done(the_box, &[&["files"], arguments].concat());
        let (head, rows) = printed.split_once('\n').unwrap();
        assert!(head.starts_with("UNIT FILE"), "{head}");
        assert_eq!(columns(rows), columns(&systemctl(the_box, &theirs)), "{arguments:?}");
    }
    let json = done(the_box, &["files", "--json", "dbus.service"]);
    assert_eq!(json, "[{\"unit_file\":\"dbus.service\",\"state\":\"static\"}]\n");
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
