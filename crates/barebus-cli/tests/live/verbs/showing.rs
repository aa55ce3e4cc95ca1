//! `barebus unit show`, `status` and `cat`.

use barebus_box::SystemdBox;

use super::{done, ours, property, shared, systemctl, theirs, version};
use crate::support::text;

/// Properties that change by themselves.
const VOLATILE: [&str; 4] = ["CPUUsageNSec", "MemoryCurrent", "TasksCurrent", "NextElapseUSec"];

/// Properties that systemctl shows differently since 253, if there is no value.
const NEWER: [&str; 3] = ["MemoryAvailable", "IORead", "IOWrite"];

/// The lines that can be compared. Sets of units have no order, and units that are not in memory are loaded anew for each question.
fn lines(the_box: &SystemdBox, printed: &str) -> Vec<String> {
    let is_older = version(the_box) < 253;
    let skipped = |line: &&str| {
        VOLATILE.iter().any(|name| line.starts_with(name))
            || is_older && NEWER.iter().any(|name| line.starts_with(name))
    };
    let sets = ["Before=", "After=", "Wants=", "Requires=", "RequiresMountsFor=", "Names="];
    let sorted = |line: &str| match sets.iter().find(|name| line.starts_with(**name)) {
        Some(name) => {
            let mut words: Vec<_> = line[name.len()..].split(' ').collect();
            words.sort_unstable();
            format!("{name}{}", words.join(" "))
        }
        None => line.to_owned(),
    };
    printed.lines().filter(|line| !skipped(line)).map(sorted).collect()
}

/// Compares all properties of these units, and of systemd if there are none.
fn compare(the_box: &SystemdBox, units: &[&str], options: &[&str]) {
    let arguments = [&["show"], options, &["--"], units].concat();
    let theirs = || lines(the_box, &systemctl(the_box, &arguments));
    let mut changed = Vec::new();
    for _ in 0..20 {
        let before = theirs();
        let ours = lines(the_box, &done(the_box, &arguments));
        let after = theirs();
        if before == after {
            for (ours, theirs) in ours.iter().zip(&after) {
                assert_eq!(ours, theirs, "{arguments:?}");
            }
            return assert_eq!(ours.len(), after.len(), "{arguments:?}");
        }
        changed = before.into_iter().zip(after).filter(|(before, after)| before != after).collect();
    }
    panic!("{arguments:?} does not come to rest: {changed:?}");
}

/// Starts units with many settings, and compares them and all units in memory.
pub(super) fn compare_all(the_box: &SystemdBox) {
    // Some of it cannot be done in every box; how it fails is a property as well.
    theirs(
        the_box,
        &["start", "rich.service", "rich.timer", "rich.path", "rich.socket", "ended.service"],
    );
    let list = systemctl(the_box, &["list-units", "--all", "--no-legend", "--plain", "--full"]);
    let names = list.lines().filter_map(|line| line.split_whitespace().next());
    let names: Vec<_> = names.collect();
    assert!(names.len() > 50, "{names:?}");
    for options in [&[][..], &["--all"]] {
        for unit in [
            "rich.service",
            "rich.timer",
            "rich.path",
            "rich.socket",
            "ended.service",
            "broken.service",
        ] {
            compare(the_box, &[unit], options);
        }
        compare(the_box, &["nosuch.service"], options);
        compare(the_box, &[], options);
        for unit in &names {
            compare(the_box, &[unit], options);
        }
    }
    compare(the_box, &["rich.service", "plain.service"], &["-p", "Id,ExecStart", "-p", "Nice"]);
    compare(the_box, &["rich.service"], &["--value", "-p", "Environment,UMask,LoadError,Result"]);
}

#[test]
fn show_prints_each_property_as_systemctl_does() {
    // A box of its own: in the others units come and go.
    compare_all(&super::boot("/"));
}

#[test]
fn show_prints_json_with_real_types() {
    let the_box = shared();
    let names = "Id,Nice,UMask,Environment,CPUWeight,NoNewPrivileges,MemoryMax,IPAddressAllow";
    let json = done(the_box, &["show", "--json", "-p", names, "rich"]);
    let expected = [
        r#""Id":"rich.service""#,
        r#""Nice":3"#,
        r#""UMask":63"#,
        r#""Environment":["A=b c","D=e","Q=x\"$y","E="]"#,
        r#""CPUWeight":0"#,
        r#""NoNewPrivileges":true"#,
        r#""MemoryMax":104857600"#,
        r#""IPAddressAllow":[["#,
        r#"[2,[10,0,0,0],8]"#,
    ];
    for member in expected {
        assert!(json.contains(member), "{member}: {json}");
    }
    assert_eq!(json.lines().count(), 1);
    let names = "Id,Nice,Environment";
    let json = done(the_box, &["show", "--json", "-p", names, "plain"]);
    assert_eq!(json, done(the_box, &["show", "-o", "json", "-p", names, "plain"]));
    let all = done(the_box, &["show", "--json", "rich", "plain"]);
    assert_eq!(all.lines().count(), 2, "{all}");
    assert!(all.lines().all(|line| line.starts_with('{') && line.ends_with('}')), "{all}");
}

#[test]
fn status_tells_what_systemctl_shows() {
    let the_box = shared();
    systemctl(the_box, &["start", "sleeps@status"]);
    let unit = "sleeps@status.service";
    let printed = done(the_box, &["status", "sleeps@status"]);
    let since = property(the_box, unit, "ActiveEnterTimestamp");
    let pid = property(the_box, unit, "MainPID");
    let group = property(the_box, unit, "ControlGroup");
    for words in [
        "● sleeps@status.service",
        "     Loaded: loaded (/etc/systemd/system/sleeps@.service; static",
        &format!("     Active: active (running) since {since}; "),
        &format!("   Main PID: {pid}\n"),
        &format!("     CGroup: {group}\n"),
        &format!("{pid:>7} /bin/sleep infinity\n"),
    ] {
        let found = printed.contains(words.trim_start_matches("\u{1b}"));
        assert!(found, "'{words}' is not in: {printed}");
    }
    let json = done(the_box, &["status", "--json", "sleeps@status"]);
    for member in [&format!(r#""main_pid":{pid}"#), r#""active":"active""#, r#""result":"success""#]
    {
        assert!(json.contains(member), "{member}: {json}");
    }
    let manager = done(the_box, &["status"]);
    let version = systemctl(the_box, &["show", "--value", "-p", "Version"]);
    assert!(manager.contains(&format!("Version: {version}")), "{manager}");
    assert!(manager.contains("State: "), "{manager}");
}

#[test]
fn cat_prints_the_files_that_systemctl_prints() {
    let the_box = shared();
    let drop_in = "mkdir -p /etc/systemd/system/sleeps@cat.service.d && \
        printf '[Service]\\n# a\\tb\\nNice=3\\n' > /etc/systemd/system/sleeps@cat.service.d/x.conf && \
        systemctl daemon-reload";
    let made = the_box.command("sh").args(["-c", drop_in]).output().unwrap();
    assert!(made.status.success(), "{}", text(made.stderr));
    let units = ["cat", "sleeps@cat", "dbus.socket"];
    assert_eq!(done(the_box, &units), systemctl(the_box, &units));
    // Templates, which systemd does not load, masked units, and bytes that are no UTF-8.
    let odd = r"cd /etc/systemd/system && mkdir -p odd@.service.d && printf '[Service]\nExecStart=/bin/true\n' > odd@.service && \
        printf '[Unit]\n' > odd@.service.d/x.conf && ln -sf /dev/null odd-masked.service && \
        printf '# \377 \303\251\n' > odd-bytes.service && systemctl daemon-reload";
    let made = the_box.command("sh").args(["-c", odd]).output().unwrap();
    assert!(made.status.success(), "{}", text(made.stderr));
    let units = ["cat", "odd@.service", "odd-masked", "odd@"];
    assert_eq!(done(the_box, &units), systemctl(the_box, &units));
    let bytes = done(the_box, &["cat", "odd-bytes"]);
    assert!(bytes.ends_with("# \\xff é\n"), "{bytes}");
    // A unit without files does not keep the others from being printed.
    let output = ours(the_box, &["cat", "nosuch", "dbus.socket"]);
    assert!(text(output.stdout).contains("ListenStream="));
    assert!(text(output.stderr).contains("cannot print the files of nosuch.service: it has none"));
}
