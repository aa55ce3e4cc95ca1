//! `org.freedesktop.systemd1.Scope`, in systemd 252 and systemd 257.
//!
//! Made by `cargo xtask generate`; do not edit.

#![allow(
    clippy::type_complexity,
    dead_code,
    unreachable_pub,
    reason = "a program uses some of the definitions, from wherever the module is"
)]

use barebus::definition::InterfaceName;

/// The interface's name.
pub const INTERFACE: InterfaceName<'static> =
    InterfaceName::from_static("org.freedesktop.systemd1.Scope");

/// Methods.
pub mod method {
    use super::INTERFACE;
    use barebus::definition::{List, Method, Str};

    /// `Abandon()`.
    pub const ABANDON: Method<(), ()> = Method::new(INTERFACE, "Abandon");

    /// `GetProcesses(out a(sus) processes)`.
    pub const GET_PROCESSES: Method<(), (List<(Str, u32, Str)>,)> =
        Method::new(INTERFACE, "GetProcesses");

    /// `AttachProcesses(in s subcgroup, in au pids)`.
    pub const ATTACH_PROCESSES: Method<(Str, List<u32>), ()> =
        Method::new(INTERFACE, "AttachProcesses");
}

/// Properties.
pub mod property {
    use super::INTERFACE;
    use barebus::definition::{Bytes, Emits, List, Property, Str};

    /// `Controller`: `s`, emits its changes.
    pub const CONTROLLER: Property<Str> = Property::new(INTERFACE, "Controller", Emits::Value);

    /// `TimeoutStopUSec`: `t`, constant.
    pub const TIMEOUT_STOP_USEC: Property<u64> =
        Property::new(INTERFACE, "TimeoutStopUSec", Emits::Const);

    /// `Result`: `s`, emits its changes.
    pub const RESULT: Property<Str> = Property::new(INTERFACE, "Result", Emits::Value);

    /// `RuntimeMaxUSec`: `t`, constant.
    pub const RUNTIME_MAX_USEC: Property<u64> =
        Property::new(INTERFACE, "RuntimeMaxUSec", Emits::Const);

    /// `RuntimeRandomizedExtraUSec`: `t`, constant.
    pub const RUNTIME_RANDOMIZED_EXTRA_USEC: Property<u64> =
        Property::new(INTERFACE, "RuntimeRandomizedExtraUSec", Emits::Const);

    /// `OOMPolicy`: `s`, constant.
    pub const OOM_POLICY: Property<Str> = Property::new(INTERFACE, "OOMPolicy", Emits::Const);

    /// `Slice`: `s`, does not emit its changes.
    pub const SLICE: Property<Str> = Property::new(INTERFACE, "Slice", Emits::Never);

    /// `ControlGroup`: `s`, does not emit its changes.
    pub const CONTROL_GROUP: Property<Str> = Property::new(INTERFACE, "ControlGroup", Emits::Never);

    /// `ControlGroupId`: `t`, does not emit its changes.
    pub const CONTROL_GROUP_ID: Property<u64> =
        Property::new(INTERFACE, "ControlGroupId", Emits::Never);

    /// `MemoryCurrent`: `t`, does not emit its changes.
    pub const MEMORY_CURRENT: Property<u64> =
        Property::new(INTERFACE, "MemoryCurrent", Emits::Never);

    /// `MemoryPeak`: `t`, does not emit its changes. In systemd 257, not in systemd 252.
    pub const MEMORY_PEAK: Property<u64> = Property::new(INTERFACE, "MemoryPeak", Emits::Never);

    /// `MemorySwapCurrent`: `t`, does not emit its changes. In systemd 257, not in systemd 252.
    pub const MEMORY_SWAP_CURRENT: Property<u64> =
        Property::new(INTERFACE, "MemorySwapCurrent", Emits::Never);

    /// `MemorySwapPeak`: `t`, does not emit its changes. In systemd 257, not in systemd 252.
    pub const MEMORY_SWAP_PEAK: Property<u64> =
        Property::new(INTERFACE, "MemorySwapPeak", Emits::Never);

    /// `MemoryZSwapCurrent`: `t`, does not emit its changes. In systemd 257, not in systemd 252.
    pub const MEMORY_Z_SWAP_CURRENT: Property<u64> =
        Property::new(INTERFACE, "MemoryZSwapCurrent", Emits::Never);

    /// `MemoryAvailable`: `t`, does not emit its changes.
    pub const MEMORY_AVAILABLE: Property<u64> =
        Property::new(INTERFACE, "MemoryAvailable", Emits::Never);

    /// `EffectiveMemoryMax`: `t`, does not emit its changes. In systemd 257, not in systemd 252.
    pub const EFFECTIVE_MEMORY_MAX: Property<u64> =
        Property::new(INTERFACE, "EffectiveMemoryMax", Emits::Never);

    /// `EffectiveMemoryHigh`: `t`, does not emit its changes. In systemd 257, not in systemd 252.
    pub const EFFECTIVE_MEMORY_HIGH: Property<u64> =
        Property::new(INTERFACE, "EffectiveMemoryHigh", Emits::Never);

    /// `CPUUsageNSec`: `t`, does not emit its changes.
    pub const CPU_USAGE_NSEC: Property<u64> =
        Property::new(INTERFACE, "CPUUsageNSec", Emits::Never);

    /// `EffectiveCPUs`: `ay`, does not emit its changes.
    pub const EFFECTIVE_CPUS: Property<Bytes> =
        Property::new(INTERFACE, "EffectiveCPUs", Emits::Never);

    /// `EffectiveMemoryNodes`: `ay`, does not emit its changes.
    pub const EFFECTIVE_MEMORY_NODES: Property<Bytes> =
        Property::new(INTERFACE, "EffectiveMemoryNodes", Emits::Never);

    /// `TasksCurrent`: `t`, does not emit its changes.
    pub const TASKS_CURRENT: Property<u64> = Property::new(INTERFACE, "TasksCurrent", Emits::Never);

    /// `EffectiveTasksMax`: `t`, does not emit its changes. In systemd 257, not in systemd 252.
    pub const EFFECTIVE_TASKS_MAX: Property<u64> =
        Property::new(INTERFACE, "EffectiveTasksMax", Emits::Never);

    /// `IPIngressBytes`: `t`, does not emit its changes.
    pub const IP_INGRESS_BYTES: Property<u64> =
        Property::new(INTERFACE, "IPIngressBytes", Emits::Never);

    /// `IPIngressPackets`: `t`, does not emit its changes.
    pub const IP_INGRESS_PACKETS: Property<u64> =
        Property::new(INTERFACE, "IPIngressPackets", Emits::Never);

    /// `IPEgressBytes`: `t`, does not emit its changes.
    pub const IP_EGRESS_BYTES: Property<u64> =
        Property::new(INTERFACE, "IPEgressBytes", Emits::Never);

    /// `IPEgressPackets`: `t`, does not emit its changes.
    pub const IP_EGRESS_PACKETS: Property<u64> =
        Property::new(INTERFACE, "IPEgressPackets", Emits::Never);

    /// `IOReadBytes`: `t`, does not emit its changes.
    pub const IO_READ_BYTES: Property<u64> = Property::new(INTERFACE, "IOReadBytes", Emits::Never);

    /// `IOReadOperations`: `t`, does not emit its changes.
    pub const IO_READ_OPERATIONS: Property<u64> =
        Property::new(INTERFACE, "IOReadOperations", Emits::Never);

    /// `IOWriteBytes`: `t`, does not emit its changes.
    pub const IO_WRITE_BYTES: Property<u64> =
        Property::new(INTERFACE, "IOWriteBytes", Emits::Never);

    /// `IOWriteOperations`: `t`, does not emit its changes.
    pub const IO_WRITE_OPERATIONS: Property<u64> =
        Property::new(INTERFACE, "IOWriteOperations", Emits::Never);

    /// `Delegate`: `b`, does not emit its changes.
    pub const DELEGATE: Property<bool> = Property::new(INTERFACE, "Delegate", Emits::Never);

    /// `DelegateControllers`: `as`, does not emit its changes.
    pub const DELEGATE_CONTROLLERS: Property<List<Str>> =
        Property::new(INTERFACE, "DelegateControllers", Emits::Never);

    /// `DelegateSubgroup`: `s`, does not emit its changes. In systemd 257, not in systemd 252.
    pub const DELEGATE_SUBGROUP: Property<Str> =
        Property::new(INTERFACE, "DelegateSubgroup", Emits::Never);

    /// `CPUAccounting`: `b`, does not emit its changes.
    pub const CPU_ACCOUNTING: Property<bool> =
        Property::new(INTERFACE, "CPUAccounting", Emits::Never);

    /// `CPUWeight`: `t`, does not emit its changes.
    pub const CPU_WEIGHT: Property<u64> = Property::new(INTERFACE, "CPUWeight", Emits::Never);

    /// `StartupCPUWeight`: `t`, does not emit its changes.
    pub const STARTUP_CPU_WEIGHT: Property<u64> =
        Property::new(INTERFACE, "StartupCPUWeight", Emits::Never);

    /// `CPUShares`: `t`, does not emit its changes.
    pub const CPU_SHARES: Property<u64> = Property::new(INTERFACE, "CPUShares", Emits::Never);

    /// `StartupCPUShares`: `t`, does not emit its changes.
    pub const STARTUP_CPU_SHARES: Property<u64> =
        Property::new(INTERFACE, "StartupCPUShares", Emits::Never);

    /// `CPUQuotaPerSecUSec`: `t`, does not emit its changes.
    pub const CPU_QUOTA_PER_SEC_USEC: Property<u64> =
        Property::new(INTERFACE, "CPUQuotaPerSecUSec", Emits::Never);

    /// `CPUQuotaPeriodUSec`: `t`, does not emit its changes.
    pub const CPU_QUOTA_PERIOD_USEC: Property<u64> =
        Property::new(INTERFACE, "CPUQuotaPeriodUSec", Emits::Never);

    /// `AllowedCPUs`: `ay`, does not emit its changes.
    pub const ALLOWED_CPUS: Property<Bytes> = Property::new(INTERFACE, "AllowedCPUs", Emits::Never);

    /// `StartupAllowedCPUs`: `ay`, does not emit its changes.
    pub const STARTUP_ALLOWED_CPUS: Property<Bytes> =
        Property::new(INTERFACE, "StartupAllowedCPUs", Emits::Never);

    /// `AllowedMemoryNodes`: `ay`, does not emit its changes.
    pub const ALLOWED_MEMORY_NODES: Property<Bytes> =
        Property::new(INTERFACE, "AllowedMemoryNodes", Emits::Never);

    /// `StartupAllowedMemoryNodes`: `ay`, does not emit its changes.
    pub const STARTUP_ALLOWED_MEMORY_NODES: Property<Bytes> =
        Property::new(INTERFACE, "StartupAllowedMemoryNodes", Emits::Never);

    /// `IOAccounting`: `b`, does not emit its changes.
    pub const IO_ACCOUNTING: Property<bool> =
        Property::new(INTERFACE, "IOAccounting", Emits::Never);

    /// `IOWeight`: `t`, does not emit its changes.
    pub const IO_WEIGHT: Property<u64> = Property::new(INTERFACE, "IOWeight", Emits::Never);

    /// `StartupIOWeight`: `t`, does not emit its changes.
    pub const STARTUP_IO_WEIGHT: Property<u64> =
        Property::new(INTERFACE, "StartupIOWeight", Emits::Never);

    /// `IODeviceWeight`: `a(st)`, does not emit its changes.
    pub const IO_DEVICE_WEIGHT: Property<List<(Str, u64)>> =
        Property::new(INTERFACE, "IODeviceWeight", Emits::Never);

    /// `IOReadBandwidthMax`: `a(st)`, does not emit its changes.
    pub const IO_READ_BANDWIDTH_MAX: Property<List<(Str, u64)>> =
        Property::new(INTERFACE, "IOReadBandwidthMax", Emits::Never);

    /// `IOWriteBandwidthMax`: `a(st)`, does not emit its changes.
    pub const IO_WRITE_BANDWIDTH_MAX: Property<List<(Str, u64)>> =
        Property::new(INTERFACE, "IOWriteBandwidthMax", Emits::Never);

    /// `IOReadIOPSMax`: `a(st)`, does not emit its changes.
    pub const IO_READ_IOPS_MAX: Property<List<(Str, u64)>> =
        Property::new(INTERFACE, "IOReadIOPSMax", Emits::Never);

    /// `IOWriteIOPSMax`: `a(st)`, does not emit its changes.
    pub const IO_WRITE_IOPS_MAX: Property<List<(Str, u64)>> =
        Property::new(INTERFACE, "IOWriteIOPSMax", Emits::Never);

    /// `IODeviceLatencyTargetUSec`: `a(st)`, does not emit its changes.
    pub const IO_DEVICE_LATENCY_TARGET_USEC: Property<List<(Str, u64)>> =
        Property::new(INTERFACE, "IODeviceLatencyTargetUSec", Emits::Never);

    /// `BlockIOAccounting`: `b`, does not emit its changes.
    pub const BLOCK_IO_ACCOUNTING: Property<bool> =
        Property::new(INTERFACE, "BlockIOAccounting", Emits::Never);

    /// `BlockIOWeight`: `t`, does not emit its changes.
    pub const BLOCK_IO_WEIGHT: Property<u64> =
        Property::new(INTERFACE, "BlockIOWeight", Emits::Never);

    /// `StartupBlockIOWeight`: `t`, does not emit its changes.
    pub const STARTUP_BLOCK_IO_WEIGHT: Property<u64> =
        Property::new(INTERFACE, "StartupBlockIOWeight", Emits::Never);

    /// `BlockIODeviceWeight`: `a(st)`, does not emit its changes.
    pub const BLOCK_IO_DEVICE_WEIGHT: Property<List<(Str, u64)>> =
        Property::new(INTERFACE, "BlockIODeviceWeight", Emits::Never);

    /// `BlockIOReadBandwidth`: `a(st)`, does not emit its changes.
    pub const BLOCK_IO_READ_BANDWIDTH: Property<List<(Str, u64)>> =
        Property::new(INTERFACE, "BlockIOReadBandwidth", Emits::Never);

    /// `BlockIOWriteBandwidth`: `a(st)`, does not emit its changes.
    pub const BLOCK_IO_WRITE_BANDWIDTH: Property<List<(Str, u64)>> =
        Property::new(INTERFACE, "BlockIOWriteBandwidth", Emits::Never);

    /// `MemoryAccounting`: `b`, does not emit its changes.
    pub const MEMORY_ACCOUNTING: Property<bool> =
        Property::new(INTERFACE, "MemoryAccounting", Emits::Never);

    /// `DefaultMemoryLow`: `t`, does not emit its changes.
    pub const DEFAULT_MEMORY_LOW: Property<u64> =
        Property::new(INTERFACE, "DefaultMemoryLow", Emits::Never);

    /// `DefaultStartupMemoryLow`: `t`, does not emit its changes. In systemd 257, not in systemd 252.
    pub const DEFAULT_STARTUP_MEMORY_LOW: Property<u64> =
        Property::new(INTERFACE, "DefaultStartupMemoryLow", Emits::Never);

    /// `DefaultMemoryMin`: `t`, does not emit its changes.
    pub const DEFAULT_MEMORY_MIN: Property<u64> =
        Property::new(INTERFACE, "DefaultMemoryMin", Emits::Never);

    /// `MemoryMin`: `t`, does not emit its changes.
    pub const MEMORY_MIN: Property<u64> = Property::new(INTERFACE, "MemoryMin", Emits::Never);

    /// `MemoryLow`: `t`, does not emit its changes.
    pub const MEMORY_LOW: Property<u64> = Property::new(INTERFACE, "MemoryLow", Emits::Never);

    /// `StartupMemoryLow`: `t`, does not emit its changes. In systemd 257, not in systemd 252.
    pub const STARTUP_MEMORY_LOW: Property<u64> =
        Property::new(INTERFACE, "StartupMemoryLow", Emits::Never);

    /// `MemoryHigh`: `t`, does not emit its changes.
    pub const MEMORY_HIGH: Property<u64> = Property::new(INTERFACE, "MemoryHigh", Emits::Never);

    /// `StartupMemoryHigh`: `t`, does not emit its changes. In systemd 257, not in systemd 252.
    pub const STARTUP_MEMORY_HIGH: Property<u64> =
        Property::new(INTERFACE, "StartupMemoryHigh", Emits::Never);

    /// `MemoryMax`: `t`, does not emit its changes.
    pub const MEMORY_MAX: Property<u64> = Property::new(INTERFACE, "MemoryMax", Emits::Never);

    /// `StartupMemoryMax`: `t`, does not emit its changes. In systemd 257, not in systemd 252.
    pub const STARTUP_MEMORY_MAX: Property<u64> =
        Property::new(INTERFACE, "StartupMemoryMax", Emits::Never);

    /// `MemorySwapMax`: `t`, does not emit its changes.
    pub const MEMORY_SWAP_MAX: Property<u64> =
        Property::new(INTERFACE, "MemorySwapMax", Emits::Never);

    /// `StartupMemorySwapMax`: `t`, does not emit its changes. In systemd 257, not in systemd 252.
    pub const STARTUP_MEMORY_SWAP_MAX: Property<u64> =
        Property::new(INTERFACE, "StartupMemorySwapMax", Emits::Never);

    /// `MemoryZSwapMax`: `t`, does not emit its changes. In systemd 257, not in systemd 252.
    pub const MEMORY_Z_SWAP_MAX: Property<u64> =
        Property::new(INTERFACE, "MemoryZSwapMax", Emits::Never);

    /// `StartupMemoryZSwapMax`: `t`, does not emit its changes. In systemd 257, not in systemd 252.
    pub const STARTUP_MEMORY_Z_SWAP_MAX: Property<u64> =
        Property::new(INTERFACE, "StartupMemoryZSwapMax", Emits::Never);

    /// `MemoryZSwapWriteback`: `b`, does not emit its changes. In systemd 257, not in systemd 252.
    pub const MEMORY_Z_SWAP_WRITEBACK: Property<bool> =
        Property::new(INTERFACE, "MemoryZSwapWriteback", Emits::Never);

    /// `MemoryLimit`: `t`, does not emit its changes.
    pub const MEMORY_LIMIT: Property<u64> = Property::new(INTERFACE, "MemoryLimit", Emits::Never);

    /// `DevicePolicy`: `s`, does not emit its changes.
    pub const DEVICE_POLICY: Property<Str> = Property::new(INTERFACE, "DevicePolicy", Emits::Never);

    /// `DeviceAllow`: `a(ss)`, does not emit its changes.
    pub const DEVICE_ALLOW: Property<List<(Str, Str)>> =
        Property::new(INTERFACE, "DeviceAllow", Emits::Never);

    /// `TasksAccounting`: `b`, does not emit its changes.
    pub const TASKS_ACCOUNTING: Property<bool> =
        Property::new(INTERFACE, "TasksAccounting", Emits::Never);

    /// `TasksMax`: `t`, does not emit its changes.
    pub const TASKS_MAX: Property<u64> = Property::new(INTERFACE, "TasksMax", Emits::Never);

    /// `IPAccounting`: `b`, does not emit its changes.
    pub const IP_ACCOUNTING: Property<bool> =
        Property::new(INTERFACE, "IPAccounting", Emits::Never);

    /// `IPAddressAllow`: `a(iayu)`, does not emit its changes.
    pub const IP_ADDRESS_ALLOW: Property<List<(i32, Bytes, u32)>> =
        Property::new(INTERFACE, "IPAddressAllow", Emits::Never);

    /// `IPAddressDeny`: `a(iayu)`, does not emit its changes.
    pub const IP_ADDRESS_DENY: Property<List<(i32, Bytes, u32)>> =
        Property::new(INTERFACE, "IPAddressDeny", Emits::Never);

    /// `IPIngressFilterPath`: `as`, does not emit its changes.
    pub const IP_INGRESS_FILTER_PATH: Property<List<Str>> =
        Property::new(INTERFACE, "IPIngressFilterPath", Emits::Never);

    /// `IPEgressFilterPath`: `as`, does not emit its changes.
    pub const IP_EGRESS_FILTER_PATH: Property<List<Str>> =
        Property::new(INTERFACE, "IPEgressFilterPath", Emits::Never);

    /// `DisableControllers`: `as`, does not emit its changes.
    pub const DISABLE_CONTROLLERS: Property<List<Str>> =
        Property::new(INTERFACE, "DisableControllers", Emits::Never);

    /// `ManagedOOMSwap`: `s`, does not emit its changes.
    pub const MANAGED_OOM_SWAP: Property<Str> =
        Property::new(INTERFACE, "ManagedOOMSwap", Emits::Never);

    /// `ManagedOOMMemoryPressure`: `s`, does not emit its changes.
    pub const MANAGED_OOM_MEMORY_PRESSURE: Property<Str> =
        Property::new(INTERFACE, "ManagedOOMMemoryPressure", Emits::Never);

    /// `ManagedOOMMemoryPressureLimit`: `u`, does not emit its changes.
    pub const MANAGED_OOM_MEMORY_PRESSURE_LIMIT: Property<u32> =
        Property::new(INTERFACE, "ManagedOOMMemoryPressureLimit", Emits::Never);

    /// `ManagedOOMMemoryPressureDurationUSec`: `t`, does not emit its changes. In systemd 257, not in systemd 252.
    pub const MANAGED_OOM_MEMORY_PRESSURE_DURATION_USEC: Property<u64> =
        Property::new(INTERFACE, "ManagedOOMMemoryPressureDurationUSec", Emits::Never);

    /// `ManagedOOMPreference`: `s`, does not emit its changes.
    pub const MANAGED_OOM_PREFERENCE: Property<Str> =
        Property::new(INTERFACE, "ManagedOOMPreference", Emits::Never);

    /// `BPFProgram`: `a(ss)`, does not emit its changes.
    pub const BPF_PROGRAM: Property<List<(Str, Str)>> =
        Property::new(INTERFACE, "BPFProgram", Emits::Never);

    /// `SocketBindAllow`: `a(iiqq)`, does not emit its changes.
    pub const SOCKET_BIND_ALLOW: Property<List<(i32, i32, u16, u16)>> =
        Property::new(INTERFACE, "SocketBindAllow", Emits::Never);

    /// `SocketBindDeny`: `a(iiqq)`, does not emit its changes.
    pub const SOCKET_BIND_DENY: Property<List<(i32, i32, u16, u16)>> =
        Property::new(INTERFACE, "SocketBindDeny", Emits::Never);

    /// `RestrictNetworkInterfaces`: `(bas)`, does not emit its changes.
    pub const RESTRICT_NETWORK_INTERFACES: Property<(bool, List<Str>)> =
        Property::new(INTERFACE, "RestrictNetworkInterfaces", Emits::Never);

    /// `MemoryPressureWatch`: `s`, does not emit its changes. In systemd 257, not in systemd 252.
    pub const MEMORY_PRESSURE_WATCH: Property<Str> =
        Property::new(INTERFACE, "MemoryPressureWatch", Emits::Never);

    /// `MemoryPressureThresholdUSec`: `t`, does not emit its changes. In systemd 257, not in systemd 252.
    pub const MEMORY_PRESSURE_THRESHOLD_USEC: Property<u64> =
        Property::new(INTERFACE, "MemoryPressureThresholdUSec", Emits::Never);

    /// `NFTSet`: `a(iiss)`, does not emit its changes. In systemd 257, not in systemd 252.
    pub const NFT_SET: Property<List<(i32, i32, Str, Str)>> =
        Property::new(INTERFACE, "NFTSet", Emits::Never);

    /// `CoredumpReceive`: `b`, does not emit its changes. In systemd 257, not in systemd 252.
    pub const COREDUMP_RECEIVE: Property<bool> =
        Property::new(INTERFACE, "CoredumpReceive", Emits::Never);

    /// `KillMode`: `s`, constant.
    pub const KILL_MODE: Property<Str> = Property::new(INTERFACE, "KillMode", Emits::Const);

    /// `KillSignal`: `i`, constant.
    pub const KILL_SIGNAL: Property<i32> = Property::new(INTERFACE, "KillSignal", Emits::Const);

    /// `RestartKillSignal`: `i`, constant.
    pub const RESTART_KILL_SIGNAL: Property<i32> =
        Property::new(INTERFACE, "RestartKillSignal", Emits::Const);

    /// `FinalKillSignal`: `i`, constant.
    pub const FINAL_KILL_SIGNAL: Property<i32> =
        Property::new(INTERFACE, "FinalKillSignal", Emits::Const);

    /// `SendSIGKILL`: `b`, constant.
    pub const SEND_SIGKILL: Property<bool> = Property::new(INTERFACE, "SendSIGKILL", Emits::Const);

    /// `SendSIGHUP`: `b`, constant.
    pub const SEND_SIGHUP: Property<bool> = Property::new(INTERFACE, "SendSIGHUP", Emits::Const);

    /// `WatchdogSignal`: `i`, constant.
    pub const WATCHDOG_SIGNAL: Property<i32> =
        Property::new(INTERFACE, "WatchdogSignal", Emits::Const);
}

/// Signals.
pub mod signal {
    use super::INTERFACE;
    use barebus::definition::SignalKind;

    /// `RequestStop()`.
    pub const REQUEST_STOP: SignalKind<()> = SignalKind::new(INTERFACE, "RequestStop");
}
