//! The match rules of a watch. On a bus they ask for no more than is watched.

use std::collections::BTreeSet;

use barebus::definition::standard::PROPERTIES_CHANGED;
use barebus::definition::{Object, SignalKind};
use barebus::{MatchRuleBuf, ObjectPath};

use crate::interface::manager::OBJECT;
use crate::interface::manager::signal::{JOB_NEW, JOB_REMOVED, RELOADING, UNIT_NEW, UNIT_REMOVED};
use crate::name::UnitName;

/// A watch of more units gets the signals of all. dbus-daemon gives a connection of the system bus 512 rules, and every signal is compared
/// with all of them.
const BY_NAME: usize = 16;

/// The parent of all units.
const UNITS: ObjectPath<'static> = ObjectPath::from_static("/org/freedesktop/systemd1/unit");

/// The rules for the signals about the units of these names; `None`: about all units.
pub(super) fn rules(names: Option<&BTreeSet<String>>, is_direct: bool) -> Vec<MatchRuleBuf> {
    let manager = if is_direct { Object::direct(OBJECT.path) } else { OBJECT };
    let mut rules = vec![RELOADING.rule(manager)];
    match names.filter(|names| names.len() <= BY_NAME) {
        None => rules.extend(of_all(manager)),
        Some(names) => {
            let units = names.iter().filter_map(|name| UnitName::parse(name).ok());
            rules.extend(units.flat_map(|unit| of_unit(&unit, manager)));
        }
    }
    rules
}

fn of_all(manager: Object<'_>) -> [MatchRuleBuf; 5] {
    let mut properties = MatchRuleBuf::signals();
    if let Some(sender) = manager.destination {
        properties = properties.sender(sender);
    }
    properties = properties
        .path_namespace(UNITS)
        .interface(PROPERTIES_CHANGED.interface())
        .member(PROPERTIES_CHANGED.name());
    [
        properties,
        UNIT_NEW.rule(manager),
        UNIT_REMOVED.rule(manager),
        JOB_NEW.rule(manager),
        JOB_REMOVED.rule(manager),
    ]
}

fn of_unit(unit: &UnitName, manager: Object<'_>) -> [MatchRuleBuf; 5] {
    /// The rule for signals of the manager that have the name of the unit as an argument.
    fn rule<K>(
        kind: SignalKind<K>,
        manager: Object<'_>,
        argument: u8,
        unit: &UnitName,
    ) -> MatchRuleBuf {
        kind.rule(manager).argument(argument, unit.as_str())
    }

    let path = unit.object_path();
    [
        PROPERTIES_CHANGED.rule(manager.at(path.borrow())),
        rule(UNIT_NEW, manager, 0, unit),
        rule(UNIT_REMOVED, manager, 0, unit),
        rule(JOB_NEW, manager, 2, unit),
        rule(JOB_REMOVED, manager, 2, unit),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_units_are_asked_for_by_name() {
        let names: BTreeSet<String> = ["a@1.service".to_owned()].into();
        let rules = rules(Some(&names), false);
        assert_eq!(rules.len(), 6);
        let is_about =
            |text: &str| text.contains("a@1.service") || text.contains("a_401_2eservice");
        for rule in rules.iter().map(MatchRuleBuf::as_str) {
            assert!(is_about(rule) || rule.contains("Reloading"), "{rule}");
            assert!(rule.contains("sender='org.freedesktop.systemd1'"), "{rule}");
        }
    }

    #[test]
    fn a_direct_connection_has_no_senders() {
        for rule in rules(None, true) {
            assert!(!rule.as_str().contains("sender"), "{}", rule.as_str());
        }
    }
}
