//! Settings of resource control. systemd.resource-control(5).

use super::basic::{boolean, one, one_text, seconds, seconds_or_infinity, text, words};
use super::error::Expected;
use super::network::{addresses, socket_bind};
use super::parse::{Splitter, boolean as parse_boolean, integer, permyriad, scaled, size, span};
use super::table::Rule;
use super::translation::{Outcome, Translation};
use crate::value::NONE;

pub(super) const SETTINGS: &[Rule] = &[
    (
        text,
        &[
            "DevicePolicy",
            "Slice",
            "ManagedOOMSwap",
            "ManagedOOMMemoryPressure",
            "ManagedOOMPreference",
            "MemoryPressureWatch",
            "DelegateSubgroup",
        ],
    ),
    (percentage, &["ManagedOOMMemoryPressureLimit"]),
    (
        boolean,
        &[
            "CPUAccounting",
            "MemoryAccounting",
            "MemoryZSwapWriteback",
            "IOAccounting",
            "BlockIOAccounting",
            "TasksAccounting",
            "IPAccounting",
            "CoredumpReceive",
        ],
    ),
    (cpu_weight, &["CPUWeight", "StartupCPUWeight"]),
    (weight, &["IOWeight", "StartupIOWeight"]),
    (cpu_shares, &["CPUShares", "StartupCPUShares"]),
    (block_io_weight, &["BlockIOWeight", "StartupBlockIOWeight"]),
    (
        cpu_set,
        &["AllowedCPUs", "StartupAllowedCPUs", "AllowedMemoryNodes", "StartupAllowedMemoryNodes"],
    ),
    (words, &["DisableControllers"]),
    (delegate, &["Delegate"]),
    (memory_floor, &["MemoryMin", "DefaultMemoryMin", "MemoryLow", "DefaultMemoryLow"]),
    (memory_floor, &["StartupMemoryLow", "DefaultStartupMemoryLow"]),
    (
        memory_limit,
        &[
            "MemoryHigh",
            "MemoryMax",
            "MemorySwapMax",
            "MemoryZSwapMax",
            "MemoryLimit",
            "StartupMemoryHigh",
            "StartupMemoryMax",
            "StartupMemorySwapMax",
            "StartupMemoryZSwapMax",
        ],
    ),
    (tasks_limit, &["TasksMax"]),
    (quota, &["CPUQuota"]),
    (seconds_or_infinity, &["CPUQuotaPeriodSec", "ManagedOOMMemoryPressureDurationSec"]),
    (seconds, &["MemoryPressureThresholdSec"]),
    (device, &["DeviceAllow"]),
    (
        device_bandwidth,
        &[
            "IOReadBandwidthMax",
            "IOWriteBandwidthMax",
            "IOReadIOPSMax",
            "IOWriteIOPSMax",
            "BlockIOReadBandwidth",
            "BlockIOWriteBandwidth",
        ],
    ),
    (device_weight, &["IODeviceWeight", "BlockIODeviceWeight"]),
    (device_latency, &["IODeviceLatencyTargetSec"]),
    (addresses, &["IPAddressAllow", "IPAddressDeny"]),
    (one_text, &["IPIngressFilterPath", "IPEgressFilterPath"]),
    (program, &["BPFProgram"]),
    (socket_bind, &["SocketBindAllow", "SocketBindDeny"]),
];

fn percentage(t: &mut Translation<'_>) -> Outcome {
    t.some(scaled(t.text), Expected::Percentage)
}

/// A number from `least` to `most`; no text is none.
fn weight_within(t: &mut Translation<'_>, least: u64, most: u64, expected: Expected) -> Outcome {
    if t.text.is_empty() {
        return t.same(NONE);
    }
    let weight = integer::<u64>(t.text).filter(|weight| (least..=most).contains(weight));
    t.some(weight, expected)
}

fn weight(t: &mut Translation<'_>) -> Outcome {
    weight_within(t, 1, 10_000, Expected::Weight)
}

fn cpu_weight(t: &mut Translation<'_>) -> Outcome {
    match t.text {
        "idle" => t.same(0_u64),
        _ => weight_within(t, 1, 10_000, Expected::CpuWeight),
    }
}

fn cpu_shares(t: &mut Translation<'_>) -> Outcome {
    weight_within(t, 2, 262_144, Expected::CpuShares)
}

fn block_io_weight(t: &mut Translation<'_>) -> Outcome {
    weight_within(t, 10, 1000, Expected::BlockIoWeight)
}

pub(super) fn cpu_set(t: &mut Translation<'_>) -> Outcome {
    t.some(parse_cpu_set(t.text), Expected::CpuSet)
}

/// Bits of CPUs, the lowest first, in whole words of 64: `0-3,5`.
pub(super) fn parse_cpu_set(text: &str) -> Option<Vec<u8>> {
    /// More CPUs than the kernel can be built for.
    const MOST: usize = 8192;
    /// Bytes in a word of the kernel's sets.
    const WORD: usize = 8;
    let mut set: Vec<u8> = Vec::new();
    for range in Splitter::new(text).separators(&[' ', '\t', '\n', '\r', ',']).unquote() {
        let range = range.ok()?;
        let (first, last) = range.split_once('-').unwrap_or((&range, &range));
        let (first, last) = (integer::<usize>(first)?, integer::<usize>(last)?);
        if first <= last && last >= MOST {
            return None;
        }
        // A range that ends before it begins is empty, and the set is then given and empty.
        let len = if first <= last { (last / 8 + 1).next_multiple_of(WORD) } else { WORD };
        set.resize(set.len().max(len), 0);
        for cpu in first..=last {
            *set.get_mut(cpu / 8)? |= 1 << (cpu % 8);
        }
    }
    Some(set)
}

/// A boolean, or the controllers that are delegated.
fn delegate(t: &mut Translation<'_>) -> Outcome {
    match parse_boolean(t.text) {
        Some(delegate) => t.same(delegate),
        None => {
            let controllers = Splitter::new(t.text).unquote().words();
            t.put("DelegateControllers", controllers.ok_or(Expected::Words)?)
        }
    }
}

/// No text takes the protection away.
fn memory_floor(t: &mut Translation<'_>) -> Outcome {
    amount(t, 0, |text| size(text, 1024), Expected::MemoryLimit)
}

/// No text takes the limit away.
fn memory_limit(t: &mut Translation<'_>) -> Outcome {
    amount(t, NONE, |text| size(text, 1024), Expected::MemoryLimit)
}

fn tasks_limit(t: &mut Translation<'_>) -> Outcome {
    amount(t, NONE, integer::<u64>, Expected::TasksLimit)
}

/// An amount, or a percentage: systemd alone knows of how much, so it has a property of its own.
fn amount(
    t: &mut Translation<'_>,
    empty: u64,
    parse: impl Fn(&str) -> Option<u64>,
    expected: Expected,
) -> Outcome {
    match t.text {
        "infinity" => t.same(NONE),
        "" => t.same(empty),
        text => match scaled(text) {
            Some(scale) => t.suffixed("Scale", scale),
            None => t.some(parse(text), expected),
        },
    }
}

/// A percentage of a CPU becomes microseconds a second.
fn quota(t: &mut Translation<'_>) -> Outcome {
    let quota = match t.text {
        "" => Some(NONE),
        text => permyriad(text).filter(|quota| *quota > 0).map(|quota| u64::from(quota) * 100),
    };
    t.put("CPUQuotaPerSecUSec", quota.ok_or(Expected::Quota)?)
}

fn device(t: &mut Translation<'_>) -> Outcome {
    t.same(one(t.text, t.text.split_once(' ').unwrap_or((t.text, ""))))
}

/// A path and a number after a space; no text empties the list.
fn device_and(
    t: &mut Translation<'_>,
    name: String,
    parse: impl Fn(&str) -> Option<u64>,
    expected: Expected,
) -> Outcome {
    let list = match t.text {
        "" => Vec::new(),
        text => {
            let (path, number) = text.split_once(' ').ok_or(expected)?;
            vec![(path, parse(number).ok_or(expected)?)]
        }
    };
    t.put(name, list)
}

fn device_bandwidth(t: &mut Translation<'_>) -> Outcome {
    let parse = |text: &str| if text == "infinity" { Some(NONE) } else { size(text, 1000) };
    device_and(t, t.name.into(), parse, Expected::DeviceBandwidth)
}

fn device_weight(t: &mut Translation<'_>) -> Outcome {
    device_and(t, t.name.into(), integer::<u64>, Expected::DeviceWeight)
}

fn device_latency(t: &mut Translation<'_>) -> Outcome {
    device_and(t, t.usec(), span, Expected::DeviceLatency)
}

fn program(t: &mut Translation<'_>) -> Outcome {
    let list = match t.text {
        "" => Vec::new(),
        text => vec![text.split_once(':').ok_or(Expected::BpfProgram)?],
    };
    t.same(list)
}
