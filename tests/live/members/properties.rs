//! Every property: its value is what busctl prints, and what systemctl shows.

use std::collections::{BTreeMap, BTreeSet};

use barebus::definition::{Emits, Property};
use barebus::wire::Endian;
use barebus::{Connection, ObjectPath, OwnedObjectPath};
use barebus_codegen::introspection::MemberKind;
use barebus_systemd::interface::manager::{self, method::START_UNIT};
use barebus_text::json;

use super::definition::{AnyProperty, Value};
use super::shown::is_shown;
use super::table::INTERFACES;
use super::{broker, daemon, members, object};
use crate::places::{Place, everywhere};

/// How often values are asked for that differ. Most have to be asked for once.
const ROUNDS: usize = 20;

const SYSTEMD: &str = "org.freedesktop.systemd1";

/// Units of each type: with many settings, active, and of no file.
const OBJECTS: [&str; 12] = [
    "rich.service",
    "members-any@read.service",
    "members-rich.socket",
    "members-rich.timer",
    "members-rich.path",
    "members-rich.slice",
    "members-rich.target",
    "run-members.mount",
    "init.scope",
    "members-none.automount",
    "members-none.swap",
    "members-none.device",
];

#[test]
fn every_property_is_what_busctl_prints_and_systemctl_shows() {
    const TEST: &str =
        "members::properties::every_property_is_what_busctl_prints_and_systemctl_shows";
    everywhere(TEST, [daemon, broker], |_, place| {
        let mut connection = place.connection();
        for unit in OBJECTS.iter().filter(|unit| !unit.starts_with("members-none")) {
            // How one fails is a property as well.
            let _ = place.command("systemctl").args(["start", "--quiet", unit]).output().unwrap();
        }
        let (mut checked, mut compared) = (BTreeSet::new(), 0);
        let mut check = |path: ObjectPath<'_>, shown: Option<&[&str]>| {
            let (interfaces, count) = check_object(place, &mut connection, path, shown);
            checked.extend(interfaces);
            compared += count;
        };
        check(manager::OBJECT.path, Some(&[]));
        check(ObjectPath::from_static("/org/freedesktop/LogControl1"), None);
        for unit in OBJECTS {
            let path = object(&mut place.connection(), unit);
            check(path.borrow(), Some(&["--", unit]));
        }
        let held = "members-held@property.service";
        let start = START_UNIT.call(manager::OBJECT, (held, "replace"));
        let mut other = place.connection();
        let (job,): (OwnedObjectPath,) =
            START_UNIT.answer_as(&other.request(start).unwrap()).unwrap();
        check(job.borrow(), None);
        place.run("systemctl", &["stop", held]);
        let all: BTreeSet<_> = INTERFACES
            .iter()
            .filter(|interface| !interface.properties.is_empty())
            .map(|interface| interface.name)
            .collect();
        assert_eq!(all, checked);
        // 2,436 in 252.
        assert!(compared > 2000, "{compared}");
    });
}

/// Checks all interfaces of an object. Returns their names, and how many values were compared with systemctl's. `shown`: what `systemctl show`
/// takes to show the object.
fn check_object(
    place: &Place,
    connection: &mut Connection,
    path: ObjectPath<'_>,
    shown: Option<&[&str]>,
) -> (Vec<&'static str>, usize) {
    let object = manager::OBJECT.at(path);
    let live = members(connection, object, MemberKind::Property);
    let (mut checked, mut compared) = (Vec::new(), 0);
    for (name, names) in live.iter().filter(|(_, names)| !names.is_empty()) {
        let interface = INTERFACES.iter().find(|interface| interface.name == name);
        let interface = interface.unwrap_or_else(|| panic!("{name} has no definitions"));
        checked.push(interface.name);
        let (present, lacking): (Vec<&dyn AnyProperty>, Vec<_>) =
            interface.properties.iter().partition(|property| names.contains(property.name()));
        let defined: BTreeSet<_> = present.iter().map(|it| it.name().to_owned()).collect();
        assert_eq!(defined, *names, "{name} has changed: run `cargo xtask generate --live`");
        for property in lacking {
            let error = property.get(connection, object).unwrap_err();
            assert!(error.is_unsupported(), "{error}");
        }

        let mut get = |property: &dyn AnyProperty| property.get(connection, object).unwrap();
        let theirs = |present: &[&dyn AnyProperty]| printed(place, path, name, present);
        settle(&present, &mut get, theirs, |_, ours, (text, json)| {
            sorted(&ours.text) == sorted(text) && sorted(&ours.json) == sorted(&reprinted(json))
        });
        let Some(shown) = shown else { continue };
        let theirs = |present: &[&dyn AnyProperty]| printed_by_systemctl(place, shown, present);
        settle(&present, &mut get, theirs, |name, ours, shown| {
            let is = shown.as_ref().and_then(|shown| is_shown(name, ours, shown));
            compared += usize::from(is == Some(true));
            is.unwrap_or(true)
        });
    }
    (checked, compared)
}

/// Asks both sides until they agree. Of a value that never rests only the type is compared.
fn settle<T: std::fmt::Debug>(
    properties: &[&'static dyn AnyProperty],
    get: &mut dyn FnMut(&dyn AnyProperty) -> Value,
    theirs: impl Fn(&[&dyn AnyProperty]) -> Vec<T>,
    mut agrees: impl FnMut(&str, &Value, &T) -> bool,
) {
    let mut open = properties.to_vec();
    let mut differences = Vec::new();
    for round in 0..ROUNDS {
        let before: Vec<_> = open.iter().map(|property| get(*property)).collect();
        let theirs = theirs(&open);
        assert_eq!(theirs.len(), open.len(), "{theirs:?}");
        differences.clear();
        let asked = std::mem::take(&mut open).into_iter().zip(before).zip(theirs);
        for ((property, before), theirs) in asked {
            if agrees(property.name(), &before, &theirs) {
                continue;
            }
            let after = get(property);
            let is_restless = after != before && round > 2;
            if !is_restless && !agrees(property.name(), &after, &theirs) {
                differences.push((property.name(), before.text, after.text, theirs));
                open.push(property);
            }
        }
        if open.is_empty() {
            return;
        }
    }
    panic!("name, value before, value after, theirs: {differences:#?}");
}

/// Sets have no order: a unit that is not in memory is loaded anew for each question.
fn sorted(printed: &str) -> Vec<&str> {
    let mut words: Vec<_> = printed.split([' ', ',', '[', ']']).collect();
    words.sort_unstable();
    words
}

/// JSON as we print it: versions of busctl print doubles differently.
fn reprinted(json: &str) -> String {
    let mut printed = String::new();
    json::print_value(&json::parse_value(json, Endian::NATIVE).unwrap(), &mut printed).unwrap();
    printed
}

/// The properties as `busctl get-property` prints them, as text and as JSON.
fn printed(
    place: &Place,
    path: ObjectPath<'_>,
    interface: &str,
    properties: &[&dyn AnyProperty],
) -> Vec<(String, String)> {
    let lines = |option: &'static str| {
        let mut arguments = vec![option, "get-property", SYSTEMD, path.as_str(), interface];
        arguments.extend(properties.iter().map(|property| property.name()));
        place.printed("busctl", &arguments)
    };
    let (text, json) = (lines("--json=off"), lines("--json=short"));
    text.lines().zip(json.lines()).map(|(text, json)| (text.into(), json.into())).collect()
}

/// The properties as `systemctl show` prints them; `None` for what it does not show.
fn printed_by_systemctl(
    place: &Place,
    object: &[&str],
    properties: &[&dyn AnyProperty],
) -> Vec<Option<String>> {
    let printed =
        place.printed("systemctl", &[&["show", "--all", "--timestamp=unix"], object].concat());
    let lines: BTreeMap<_, _> = printed.lines().filter_map(|line| line.split_once('=')).collect();
    properties.iter().map(|property| lines.get(property.name()).map(|it| (*it).into())).collect()
}

#[test]
fn a_property_of_no_version_is_unsupported() {
    const NOTHING: Property<u32> = Property::new(manager::INTERFACE, "Nothing", Emits::Never);
    const TEST: &str = "members::properties::a_property_of_no_version_is_unsupported";
    everywhere(TEST, [daemon, broker], |_, place| {
        let error = AnyProperty::get(&NOTHING, &mut place.connection(), manager::OBJECT);
        let error = error.unwrap_err();
        assert!(error.is_unsupported(), "{error}");
        let name = Some("org.freedesktop.DBus.Error.UnknownProperty");
        assert_eq!(error.remote_name(), name, "{error}");
    });
}
