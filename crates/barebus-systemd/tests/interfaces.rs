//! The introspection data of both versions, and the definitions made from it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use barebus_codegen::introspection::{Interface, MemberKind, read};

/// Methods, properties and signals.
type Counts = [usize; 3];

/// The members of each version.
const EXPECTED: [(&str, &str, Counts, Counts); 15] = [
    ("org.freedesktop.systemd1.Manager", "manager", [82, 118, 7], [88, 126, 7]),
    ("org.freedesktop.systemd1.Unit", "unit", [16, 98, 0], [17, 102, 0]),
    ("org.freedesktop.systemd1.Service", "service", [4, 303, 0], [5, 351, 0]),
    ("org.freedesktop.systemd1.Socket", "socket", [2, 302, 0], [2, 340, 0]),
    ("org.freedesktop.systemd1.Mount", "mount", [2, 261, 0], [2, 296, 0]),
    ("org.freedesktop.systemd1.Timer", "timer", [0, 16, 0], [0, 17, 0]),
    ("org.freedesktop.systemd1.Target", "target", [0, 0, 0], [0, 0, 0]),
    ("org.freedesktop.systemd1.Automount", "automount", [0, 5, 0], [0, 5, 0]),
    ("org.freedesktop.systemd1.Path", "path", [0, 7, 0], [0, 7, 0]),
    ("org.freedesktop.systemd1.Slice", "slice", [2, 72, 0], [2, 93, 0]),
    ("org.freedesktop.systemd1.Scope", "scope", [3, 85, 1], [3, 106, 1]),
    ("org.freedesktop.systemd1.Swap", "swap", [2, 254, 0], [2, 289, 0]),
    ("org.freedesktop.systemd1.Device", "device", [0, 1, 0], [0, 1, 0]),
    ("org.freedesktop.systemd1.Job", "job", [3, 5, 0], [3, 5, 0]),
    ("org.freedesktop.LogControl1", "log_control1", [0, 3, 0], [0, 3, 0]),
];

const KINDS: [MemberKind; 3] = [MemberKind::Method, MemberKind::Property, MemberKind::Signal];

fn top() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The interfaces of a version by name, without the standard ones.
fn interfaces(version: &str) -> BTreeMap<String, Interface> {
    let mut interfaces = BTreeMap::new();
    for entry in fs::read_dir(top().join("introspection").join(version)).unwrap() {
        let file = entry.unwrap().path();
        let document = read(&fs::read_to_string(&file).unwrap()).unwrap();
        assert_eq!(document.problems, [], "{}", file.display());
        for interface in document.node.interfaces {
            if !interface.name.starts_with("org.freedesktop.DBus.") {
                interfaces.insert(interface.name.clone(), interface);
            }
        }
    }
    interfaces
}

fn counts(interface: &Interface) -> Counts {
    KINDS.map(|kind| interface.members_of(kind).count())
}

#[test]
fn each_version_has_its_members() {
    for (version, expected) in
        [("252", EXPECTED.map(|row| (row.0, row.2))), ("257", EXPECTED.map(|row| (row.0, row.3)))]
    {
        let interfaces = interfaces(version);
        for (name, expected) in expected {
            assert_eq!(counts(&interfaces[name]), expected, "{name} of {version}");
        }
        assert_eq!(interfaces.len(), EXPECTED.len(), "{version}");
    }
}

/// How many constants a generated module has of each kind.
fn constants(file: &Path) -> Counts {
    let text = fs::read_to_string(file).unwrap();
    let group = |kind: MemberKind| {
        let begin = format!("pub mod {} {{\n", kind.as_str());
        let group = text.split(&begin).nth(1).and_then(|rest| rest.split("\n}\n").next());
        group.unwrap_or_default().matches("    pub const ").count()
    };
    KINDS.map(group)
}

#[test]
fn every_member_of_either_version_has_a_definition() {
    let (older, newer) = (interfaces("252"), interfaces("257"));
    for (name, module, ..) in EXPECTED {
        let file = top().join(format!("src/interface/{module}.rs"));
        let names = |interface: &Interface| {
            interface.members.iter().map(|it| (it.kind, it.name.clone())).collect::<Vec<_>>()
        };
        let mut union = names(&older[name]);
        union.extend(names(&newer[name]));
        union.sort();
        union.dedup();
        let expected = KINDS.map(|kind| union.iter().filter(|(other, _)| *other == kind).count());
        assert_eq!(constants(&file), expected, "{name}");
    }
    let files = fs::read_dir(top().join("src/interface")).unwrap().count();
    assert_eq!(files, EXPECTED.len() + 1, "a file for each interface, and mod.rs");
}
