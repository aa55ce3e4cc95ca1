//! `barebus call` and `barebus introspect`, compared with busctl.

use std::collections::BTreeSet;

use crate::support::{Way, at_once, refused, stdout};

const SYSTEMD: &str = "org.freedesktop.systemd1";
const MANAGER: [&str; 3] =
    [SYSTEMD, "/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager"];
const PROPERTIES: [&str; 3] =
    [SYSTEMD, "/org/freedesktop/systemd1", "org.freedesktop.DBus.Properties"];
const BUS: [&str; 3] = ["org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus"];

#[test]
fn call_prints_what_busctl_call_prints() {
    let manager = "org.freedesktop.systemd1.Manager";
    let calls: &[(&[&str; 3], &[&str])] = &[
        (&MANAGER, &["GetUnitFileState", "s", "enabled.service"]),
        (&MANAGER, &["GetUnit", "s", "dbus.service"]),
        (&MANAGER, &["GetUnitByPID", "u", "1"]),
        (&MANAGER, &["GetUnitByPID", "u", "0x1"]),
        (&MANAGER, &["ListUnitFilesByPatterns", "asas", "1", "enabled", "1", "enabled*"]),
        (&MANAGER, &["ListUnitsByNames", "as", "2", "dbus.service", "system.slice"]),
        (&MANAGER, &["GetUnitFileLinks", "sb", "enabled.service", "no"]),
        (&MANAGER, &["UnsetEnvironment", "as", "0"]),
        (&PROPERTIES, &["Get", "ss", manager, "Version"]),
        (&PROPERTIES, &["Get", "ss", manager, "UnitPath"]),
        (&PROPERTIES, &["Get", "ss", manager, "DefaultTimeoutStartUSec"]),
        (&PROPERTIES, &["Set", "ssv", manager, "ServiceWatchdogs", "b", "true"]),
    ];
    for way in Way::ALL {
        for (object, call) in calls {
            let ours = || stdout(way.barebus().arg("call").args(*object).args(*call));
            let theirs = || stdout(way.inside("busctl").arg("call").args(*object).args(*call));
            let (ours, theirs) = at_once(ours, theirs);
            assert_eq!(ours, theirs, "{way:?}: {call:?}");
        }
    }
}

#[test]
fn call_asks_the_bus_itself_too() {
    for way in [Way::Daemon, Way::Broker] {
        for call in [&["NameHasOwner", "s", SYSTEMD] as &[_], &["GetId"], &["ListActivatableNames"]]
        {
            let ours = || stdout(way.barebus().arg("call").args(BUS).args(call));
            let theirs = || stdout(way.inside("busctl").arg("call").args(BUS).args(call));
            let (ours, theirs) = at_once(ours, theirs);
            assert_eq!(ours, theirs, "{way:?}: {call:?}");
        }
    }
}

#[test]
fn a_call_without_reply_values_prints_nothing() {
    for way in Way::ALL {
        let set = ["SetEnvironment", "as", "1", "BAREBUS=1"];
        assert_eq!(stdout(way.barebus().arg("call").args(MANAGER).args(set)), "");
    }
}

#[test]
fn the_callees_error_is_told_with_the_method_and_the_errors_name() {
    for way in Way::ALL {
        let call = |words: &[&str], expected: &[&str]| {
            refused(way.barebus().arg("call").args(MANAGER).args(words), 1, expected)
        };
        call(
            &["NoSuchMethod"],
            &[
                "org.freedesktop.systemd1.Manager.NoSuchMethod of org.freedesktop.systemd1",
                "(org.freedesktop.DBus.Error.UnknownMethod)",
            ],
        );
        // The wrong arguments for the method, though they fit their signature.
        call(
            &["GetUnitFileState"],
            &["Manager.GetUnitFileState of", "(org.freedesktop.DBus.Error.InvalidArgs)"],
        );
        call(
            &["GetUnitFileState", "ss", "a.service", "b.service"],
            &["Manager.GetUnitFileState of", "(org.freedesktop.DBus.Error.InvalidArgs)"],
        );
    }
}

#[test]
fn an_unknown_name_or_object_is_told() {
    for way in [Way::Daemon, Way::Broker] {
        let call = ["call", "org.example.Nobody", "/", "org.example.Nobody", "Ask"];
        let words = ["org.example.Nobody.Ask of org.example.Nobody", "org.freedesktop.DBus.Error."];
        refused(way.barebus().args(call), 1, &words);
        let words = ["introspecting / of org.example.Nobody", "org.freedesktop.DBus.Error."];
        refused(way.barebus().args(["introspect", "org.example.Nobody", "/"]), 1, &words);
    }
    for way in Way::ALL {
        let call = ["call", SYSTEMD, "/no/such/object", MANAGER[2], "GetDefaultTarget"];
        let words = ["Manager.GetDefaultTarget of", "(org.freedesktop.DBus.Error.Unknown"];
        refused(way.barebus().args(call), 1, &words);
    }
}

/// Interface, member, type, signature, result or value, flags.
type Row = [String; 6];

/// The rows of a table: of its columns the first three begin where the words of its first line do. A value may be as long as it likes.
fn rows(table: &str) -> BTreeSet<Row> {
    const FLAGS: [&str; 7] =
        ["-", "const", "deprecated", "emits-change", "emits-invalidation", "no-reply", "writable"];
    let mut lines = table.lines();
    let head = lines.next().expect("a first line");
    assert_eq!(
        head.split_whitespace().collect::<Vec<_>>(),
        ["NAME", "TYPE", "SIGNATURE", "RESULT/VALUE", "FLAGS"]
    );
    let starts = ["NAME", "TYPE", "SIGNATURE", "RESULT/VALUE"].map(|word| head.find(word).unwrap());
    let mut interface = String::new();
    let mut rows = BTreeSet::new();
    for line in lines {
        let cell = |index: usize| line[starts[index]..starts[index + 1]].trim().to_owned();
        let (name, kind, signature) = (cell(0), cell(1), cell(2));
        // Nothing that ends a value is a word of these, but the "-" that stands for none.
        let mut value = line[starts[3]..].trim();
        let mut flags = Vec::new();
        while let Some((before, word)) = value.rsplit_once(' ').filter(|it| FLAGS.contains(&it.1)) {
            value = before.trim_end();
            flags.push(word);
            if word == "-" {
                break;
            }
        }
        match &*kind {
            "interface" => interface = name,
            "node" => {}
            _ => {
                // In whichever order.
                flags.sort_unstable();
                let (value, flags) = (value.to_owned(), flags.join(" "));
                let row = [interface.clone(), name, kind, signature, value, flags];
                assert!(rows.insert(row), "twice: {line}");
            }
        }
    }
    rows
}

#[test]
fn introspect_shows_what_busctl_introspect_shows() {
    for way in Way::ALL {
        for path in ["/org/freedesktop/systemd1", "/org/freedesktop/systemd1/unit/sysinit_2etarget"]
        {
            let ours = || rows(&stdout(way.barebus().args(["introspect", SYSTEMD, path])));
            let theirs = || {
                let introspect = ["--full", "--no-pager", "introspect", SYSTEMD, path];
                rows(&stdout(way.inside("busctl").args(introspect)))
            };
            let (ours, theirs) = at_once(ours, theirs);
            assert!(ours.len() > 50, "{ours:?}");
            // busctl 252 shows no value of a property that is a struct.
            let split = |rows: BTreeSet<Row>| -> (BTreeSet<Row>, BTreeSet<Row>) {
                rows.into_iter().partition(|row| row[2] == "property" && row[3].starts_with('('))
            };
            let ((structs, ours), (_, theirs)) = (split(ours), split(theirs));
            assert!(structs.iter().all(|row| row[4] != "-"), "{structs:?}");
            let only =
                |one: &BTreeSet<Row>, other| one.difference(other).cloned().collect::<Vec<_>>();
            assert_eq!(only(&ours, &theirs), only(&theirs, &ours), "{way:?} {path}");
        }
    }
}

#[test]
fn introspect_shows_the_objects_below_on_a_terminal() {
    let is_node = |line: &str| {
        let words: Vec<_> = line.split_whitespace().take(2).collect();
        words == ["systemd1", "node"]
    };
    for way in [Way::Daemon, Way::Broker] {
        let mut command = way.barebus();
        command.args(["introspect", SYSTEMD, "/org/freedesktop"]);
        // busctl's bytes, which has no such rows.
        let piped = stdout(&mut command);
        assert!(!piped.lines().any(is_node), "{piped}");
        let mut words = vec![command.get_program().to_owned()];
        words.extend(command.get_args().map(ToOwned::to_owned));
        let line: Vec<_> = words.iter().map(|word| format!("'{}'", word.display())).collect();
        let mut terminal = std::process::Command::new("script");
        terminal.args(["-qec", &line.join(" "), "/dev/null"]);
        terminal.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let shown = stdout(&mut terminal);
        assert!(shown.lines().any(is_node), "{shown}");
    }
}
