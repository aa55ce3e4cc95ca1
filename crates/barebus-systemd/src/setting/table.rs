//! Which settings units of each type have, and what translates them.

use super::translation::Translate;
use super::{cgroup, exec, execute, limit, mount, network, service, unit};
use crate::name::UnitKind;

/// Settings that one function translates.
pub(super) type Rule = (Translate, &'static [&'static str]);

/// The settings of units of a type. Of two rules with the same name the first counts.
const fn groups(kind: UnitKind) -> &'static [&'static [Rule]] {
    match kind {
        UnitKind::Service => &[
            cgroup::SETTINGS,
            execute::SETTINGS,
            limit::SETTINGS,
            service::KILL,
            service::SETTINGS,
            exec::OF_SERVICES,
            unit::SETTINGS,
            unit::CONDITIONS,
        ],
        UnitKind::Socket => &[
            cgroup::SETTINGS,
            execute::SETTINGS,
            limit::SETTINGS,
            service::KILL,
            network::OF_SOCKETS,
            exec::OF_SOCKETS,
            unit::SETTINGS,
            unit::CONDITIONS,
        ],
        UnitKind::Mount => &[
            cgroup::SETTINGS,
            execute::SETTINGS,
            limit::SETTINGS,
            service::KILL,
            mount::OF_MOUNTS,
            unit::SETTINGS,
            unit::CONDITIONS,
        ],
        UnitKind::Scope => {
            &[cgroup::SETTINGS, service::KILL, service::OF_SCOPES, unit::SETTINGS, unit::CONDITIONS]
        }
        UnitKind::Slice => &[cgroup::SETTINGS, unit::SETTINGS, unit::CONDITIONS],
        UnitKind::Timer => &[unit::OF_TIMERS, unit::SETTINGS, unit::CONDITIONS],
        UnitKind::Path => &[unit::OF_PATHS, unit::SETTINGS, unit::CONDITIONS],
        UnitKind::Automount => &[mount::OF_AUTOMOUNTS, unit::SETTINGS, unit::CONDITIONS],
        UnitKind::Target | UnitKind::Device | UnitKind::Swap => &[unit::SETTINGS, unit::CONDITIONS],
    }
}

/// The name, and what translates it.
pub(super) fn find(kind: UnitKind, setting: &str) -> Option<(&'static str, Translate)> {
    let rules = groups(kind).iter().copied().flatten();
    rules
        .filter_map(|(translate, names)| {
            Some((*names.iter().find(|name| **name == setting)?, *translate))
        })
        .next()
}

/// A type of unit that has the setting.
pub(super) fn kind_with(setting: &str) -> Option<UnitKind> {
    UnitKind::ALL.iter().copied().find(|kind| find(*kind, setting).is_some())
}

/// The names of all settings.
pub(super) fn names(kind: UnitKind) -> impl Iterator<Item = &'static str> {
    groups(kind).iter().copied().flatten().flat_map(|(_, names)| names.iter().copied())
}
