//! Invocations about objects and names.

use super::{Words, barebus, difference, words};
use crate::service::{DEEP, INTERFACE, REFUSING, SILENT, TYPES, WIDE};

/// The table of each object but the main one, with and without the name of an interface.
pub(super) fn introspections() -> Vec<Vec<Words>> {
    let mut paths = words(&["/", "/org", "/org/example", "/no/such", REFUSING, "no/path"]);
    paths.extend((0..=13).map(|depth| DEEP.to_owned() + &"/down".repeat(depth)));
    paths.push(WIDE.to_owned());
    paths.extend((0..20).map(|index| format!("{WIDE}/o{index}")));
    let of = |path: &String| {
        let introspect = ["introspect", INTERFACE, path];
        [
            &[] as &[&str],
            &["--no-legend"],
            &["-l", "--json=short"],
            &["--xml-interface"],
            &["org.example.Small"],
            &["org.freedesktop.DBus.Properties"],
            &["org.example.NoSuch"],
        ]
        .map(|more| words(&[&introspect[..], more].concat()))
        .to_vec()
    };
    let mut groups: Vec<_> = paths.iter().map(of).collect();
    let main = ["introspect", INTERFACE, TYPES, "--xml-interface"];
    groups.push(vec![words(&main), words(&["introspect", "..", "/"]), words(&["introspect"])]);
    groups
}

pub(super) fn trees() -> Vec<Vec<Words>> {
    [
        &["tree", INTERFACE] as &[&str],
        &["tree", "--list", INTERFACE],
        &["tree", "org.freedesktop.DBus"],
        &["tree", INTERFACE, "org.freedesktop.DBus"],
        &["tree", INTERFACE, INTERFACE, "--list"],
        &["tree", ".."],
        &["--json=short", "tree", INTERFACE],
        &["tree", "--no-legend", INTERFACE],
    ]
    .map(|arguments| vec![words(arguments)])
    .to_vec()
}

/// Names, except for unique ones: each program sees its own.
pub(super) fn lists() -> Vec<Vec<Words>> {
    let mut groups = Vec::new();
    for form in [&[] as &[&str], &["--json=short"], &["--json=pretty"], &["-j"], &["--no-legend"]] {
        for what in
            [&["--acquired"] as &[&str], &["--activatable"], &["--acquired", "--activatable"]]
        {
            for more in [&[] as &[&str], &["--show-machine"], &["--augment-creds=no"], &["-l"]] {
                groups.push(vec![words(&[&["list"], form, what, more].concat())]);
                groups.push(vec![words(&[form, more, what].concat())]);
            }
        }
    }
    for of in [INTERFACE, "org.freedesktop.DBus", "1", "org.example.NoSuch", "4194305", "..", "0"] {
        groups.push(vec![words(&["status", of]), words(&["status", "--augment-creds=no", of])]);
    }
    groups.push(vec![words(&["status"]), words(&["status", "--augment-creds=no"])]);
    groups
}

/// What busctl 252 prints of values of structs is wrong, see docs/busctl.md, and the widths of columns depend on them.
#[test]
fn the_table_of_an_object_with_members_of_every_type_is_busctls() {
    for more in
        [&[] as &[&str], &["--no-legend"], &[INTERFACE], &["org.freedesktop.DBus.Properties"]]
    {
        let arguments = [&["introspect", INTERFACE, TYPES], more].concat();
        let difference = difference(&arguments, |table| {
            let rows = table.lines().map(|row| row.split_whitespace().collect::<Vec<_>>());
            let rows = rows.filter(|row| !row.get(2).is_some_and(|of| of.starts_with(['(', 'v'])));
            rows.map(|row| row.join(" ") + "\n").collect()
        });
        assert_eq!(difference, None);
    }
}

#[test]
fn a_silent_object_costs_the_time_limit_once() {
    let ran = barebus(&["introspect", INTERFACE, SILENT, "--timeout=300ms"]);
    assert!(!ran.is_done && ran.err.contains("no reply came in time (0.3 s)"), "{}", ran.err);
}
