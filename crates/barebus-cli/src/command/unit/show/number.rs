//! Numbers, whose meaning is told by the names of their properties.

use barebus_systemd::value::{Capabilities, MountPropagation, NONE, Namespaces};
use barebus_systemd::word::Signal;

use crate::time::{span, timestamp};

pub(super) fn of_u64(name: &str, number: u64) -> String {
    match name {
        "NextElapseUSecRealtime" | "LastTriggerUSec" | "TimeUSec" | "RTCTimeUSec" => {
            timestamp(number).unwrap_or_default()
        }
        _ if name.ends_with("Timestamp") => timestamp(number).unwrap_or_default(),
        "ManagedOOMMemoryPressureDurationUSec" if number == NONE => NOT_SET.into(),
        _ if name.contains("USec") => span(number, 0),
        "CoredumpFilter" => format!("0x{number:x}"),
        "RestrictNamespaces" => Namespaces(number).to_string(),
        "MountFlags" => MountPropagation(number).to_string(),
        "CapabilityBoundingSet" | "AmbientCapabilities" => Capabilities(number).to_string(),
        "CPUWeight" | "StartupCPUWeight" if number == 0 => "idle".into(),
        _ if number == NONE => none(name).map_or_else(|| number.to_string(), String::from),
        _ => number.to_string(),
    }
}

pub(super) const NOT_SET: &str = "[not set]";

/// What the highest number stands for.
fn none(name: &str) -> Option<&'static str> {
    let is_amount = match name {
        "CPUWeight"
        | "StartupCPUWeight"
        | "IOWeight"
        | "StartupIOWeight"
        | "CPUShares"
        | "StartupCPUShares"
        | "BlockIOWeight"
        | "StartupBlockIOWeight"
        | "MemoryAvailable"
        | "TasksCurrent" => true,
        _ if name.starts_with("Memory") => name.ends_with("Current") || name.ends_with("Peak"),
        _ if name.starts_with("IO") => name.ends_with("Bytes") || name.ends_with("Operations"),
        _ => name.ends_with("NSec"),
    };
    if is_amount {
        return Some(NOT_SET);
    }
    let limits = [
        "MemoryLow",
        "MemoryMin",
        "MemoryHigh",
        "MemoryMax",
        "MemorySwapMax",
        "MemoryZSwapMax",
        "MemoryLimit",
        "TasksMax",
    ];
    let is_limit = limits.iter().any(|limit| name.ends_with(limit))
        || name.starts_with("Limit")
        || name.starts_with("DefaultLimit");
    match name {
        _ if is_limit => Some("infinity"),
        "IPIngressBytes" | "IPIngressPackets" | "IPEgressBytes" | "IPEgressPackets" => {
            Some("[no data]")
        }
        _ => None,
    }
}

pub(super) fn of_u32(name: &str, number: u32) -> String {
    match name {
        _ if name.contains("UMask") || name.contains("Mode") => format!("{number:04o}"),
        "UID" | "GID" if number == u32::MAX => NOT_SET.into(),
        _ => number.to_string(),
    }
}

/// A signal without `SIG`.
pub(super) fn signal(number: i32) -> String {
    let name = Signal::new(number).to_string();
    name.strip_prefix("SIG").map(String::from).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_told_by_the_name_of_its_property() {
        for (name, number, text) in [
            ("TimeoutStopUSec", 90_000_000, "1min 30s"),
            ("RuntimeMaxUSec", NONE, "infinity"),
            ("ActiveEnterTimestamp", 0, ""),
            ("ActiveEnterTimestampMonotonic", 5, "5"),
            ("MemoryMax", NONE, "infinity"),
            ("StartupMemoryMax", NONE, "infinity"),
            ("MemoryCurrent", NONE, NOT_SET),
            ("CPUUsageNSec", NONE, NOT_SET),
            ("CPUWeight", 0, "idle"),
            ("CPUWeight", 50, "50"),
            ("LimitNOFILESoft", NONE, "infinity"),
            ("IPIngressBytes", NONE, "[no data]"),
            ("CoredumpFilter", 0x33, "0x33"),
            ("NRestarts", NONE, "18446744073709551615"),
        ] {
            assert_eq!(of_u64(name, number), text, "{name}");
        }
        assert_eq!(of_u32("UMask", 0o22), "0022");
        assert_eq!(of_u32("UID", u32::MAX), NOT_SET);
        assert_eq!(of_u32("MainPID", 7), "7");
    }
}
