//! Units that systemd-run does not create or does not keep.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use barebus_systemd::UnitKind;
use barebus_systemd::interface::manager;
use barebus_systemd::interface::manager::method::START_TRANSIENT_UNIT;
use barebus_systemd::setting::{NO_AUXILIARY, Properties};

use super::{start, the_box};
use crate::boxes::connect;

#[test]
fn units_that_systemd_run_does_not_make_take_their_settings() {
    let basis: [(UnitKind, &[&str]); 3] = [
        (UnitKind::Slice, &[]),
        (UnitKind::Mount, &["What=tmpfs", "Type=tmpfs", "Where=/mnt/UNIT"]),
        (UnitKind::Automount, &["Where=/mnt/UNIT"]),
    ];
    let mut units = Vec::new();
    for (kind, basis) in basis {
        let own: &[&str] = match kind {
            UnitKind::Slice => &["MemoryMax=64M", "CPUQuota=50%", "TasksMax=10%", "Description=x"],
            UnitKind::Mount => &[
                "Options=size=1M",
                "TimeoutSec=5",
                "DirectoryMode=0700",
                "LazyUnmount=yes",
                "KillMode=mixed",
            ],
            _ => &["TimeoutIdleSec=1h", "DirectoryMode=0700"],
        };
        for (index, assignment) in own.iter().enumerate() {
            let stem = format!("other{index}{kind}");
            let mut properties = Properties::new(kind);
            for assignment in basis.iter().chain([assignment]) {
                properties.assign(&assignment.replace("UNIT", &stem)).unwrap();
            }
            let prefix = if kind == UnitKind::Slice { "" } else { "mnt-" };
            units.push((format!("{prefix}{stem}.{kind}"), properties));
        }
    }
    for ((name, properties), result) in units.iter().zip(start(&units)) {
        assert_eq!(result, Ok(()), "{name} {properties:?}");
    }
}

#[test]
fn scopes_take_their_settings() {
    let assignments = [
        "RuntimeMaxSec=1h",
        "RuntimeRandomizedExtraSec=5",
        "TimeoutStopSec=1min",
        "User=root",
        "Group=root",
        "OOMPolicy=stop",
        "MemoryMax=64M",
        "KillMode=mixed",
        "KillSignal=SIGINT",
        "Slice=a-b.slice",
    ];
    let mut shell = the_box().command("sh");
    shell.args(["-c", "echo $$; exec sleep infinity"]).stdout(Stdio::piped());
    let mut process = shell.spawn().unwrap();
    let mut pid = String::new();
    BufReader::new(process.stdout.take().unwrap()).read_line(&mut pid).unwrap();
    let mut properties = Properties::new(UnitKind::Scope);
    for assignment in assignments {
        properties.assign(assignment).unwrap();
    }
    // Its number inside.
    properties.property("PIDs", vec![pid.trim().parse::<u32>().unwrap()]).unwrap();
    let mut bus = connect(the_box());
    let arguments = ("of-settings.scope", "fail", &properties, NO_AUXILIARY);
    bus.request(START_TRANSIENT_UNIT.call(manager::OBJECT, arguments)).unwrap();
    let scope = super::properties(&["of-settings.scope".into()]).remove(0);
    let expected = [
        ("RuntimeMaxUSec", "uint64 3600000000"),
        ("RuntimeRandomizedExtraUSec", "uint64 5000000"),
        ("TimeoutStopUSec", "uint64 60000000"),
        ("OOMPolicy", "'stop'"),
        ("MemoryMax", "uint64 67108864"),
        ("KillMode", "'mixed'"),
        ("KillSignal", "2"),
        ("Slice", "'a-b.slice'"),
    ];
    for (name, value) in expected {
        assert_eq!(scope[name], value, "{name}");
    }
    process.kill().unwrap();
    process.wait().unwrap();
}
