//! `org.freedesktop.systemd1.Service`, in systemd 252 and systemd 257.
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
    InterfaceName::from_static("org.freedesktop.systemd1.Service");

/// Methods.
pub mod method {
    use super::INTERFACE;
    use barebus::definition::{List, Method, Str};

    /// `BindMount(in s source, in s destination, in b read_only, in b mkdir)`.
    pub const BIND_MOUNT: Method<(Str, Str, bool, bool), ()> = Method::new(INTERFACE, "BindMount");

    /// `MountImage(in s source, in s destination, in b read_only, in b mkdir, in a(ss) options)`.
    pub const MOUNT_IMAGE: Method<(Str, Str, bool, bool, List<(Str, Str)>), ()> =
        Method::new(INTERFACE, "MountImage");

    /// `DumpFileDescriptorStore(out a(suuutuusu) entries)`. In systemd 257, not in systemd 252.
    pub const DUMP_FILE_DESCRIPTOR_STORE: Method<
        (),
        (List<(Str, u32, u32, u32, u64, u32, u32, Str, u32)>,),
    > = Method::new(INTERFACE, "DumpFileDescriptorStore");

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

    /// `Type`: `s`, constant.
    pub const TYPE: Property<Str> = Property::new(INTERFACE, "Type", Emits::Const);

    /// `ExitType`: `s`, constant.
    pub const EXIT_TYPE: Property<Str> = Property::new(INTERFACE, "ExitType", Emits::Const);

    /// `Restart`: `s`, constant.
    pub const RESTART: Property<Str> = Property::new(INTERFACE, "Restart", Emits::Const);

    /// `RestartMode`: `s`, constant. In systemd 257, not in systemd 252.
    pub const RESTART_MODE: Property<Str> = Property::new(INTERFACE, "RestartMode", Emits::Const);

    /// `PIDFile`: `s`, constant.
    pub const PID_FILE: Property<Str> = Property::new(INTERFACE, "PIDFile", Emits::Const);

    /// `NotifyAccess`: `s`, emits its changes.
    pub const NOTIFY_ACCESS: Property<Str> = Property::new(INTERFACE, "NotifyAccess", Emits::Value);

    /// `RestartUSec`: `t`, constant.
    pub const RESTART_USEC: Property<u64> = Property::new(INTERFACE, "RestartUSec", Emits::Const);

    /// `RestartSteps`: `u`, constant. In systemd 257, not in systemd 252.
    pub const RESTART_STEPS: Property<u32> = Property::new(INTERFACE, "RestartSteps", Emits::Const);

    /// `RestartMaxDelayUSec`: `t`, constant. In systemd 257, not in systemd 252.
    pub const RESTART_MAX_DELAY_USEC: Property<u64> =
        Property::new(INTERFACE, "RestartMaxDelayUSec", Emits::Const);

    /// `RestartUSecNext`: `t`, does not emit its changes. In systemd 257, not in systemd 252.
    pub const RESTART_USEC_NEXT: Property<u64> =
        Property::new(INTERFACE, "RestartUSecNext", Emits::Never);

    /// `TimeoutStartUSec`: `t`, constant.
    pub const TIMEOUT_START_USEC: Property<u64> =
        Property::new(INTERFACE, "TimeoutStartUSec", Emits::Const);

    /// `TimeoutStopUSec`: `t`, constant.
    pub const TIMEOUT_STOP_USEC: Property<u64> =
        Property::new(INTERFACE, "TimeoutStopUSec", Emits::Const);

    /// `TimeoutAbortUSec`: `t`, does not emit its changes.
    pub const TIMEOUT_ABORT_USEC: Property<u64> =
        Property::new(INTERFACE, "TimeoutAbortUSec", Emits::Never);

    /// `TimeoutStartFailureMode`: `s`, constant.
    pub const TIMEOUT_START_FAILURE_MODE: Property<Str> =
        Property::new(INTERFACE, "TimeoutStartFailureMode", Emits::Const);

    /// `TimeoutStopFailureMode`: `s`, constant.
    pub const TIMEOUT_STOP_FAILURE_MODE: Property<Str> =
        Property::new(INTERFACE, "TimeoutStopFailureMode", Emits::Const);

    /// `RuntimeMaxUSec`: `t`, constant.
    pub const RUNTIME_MAX_USEC: Property<u64> =
        Property::new(INTERFACE, "RuntimeMaxUSec", Emits::Const);

    /// `RuntimeRandomizedExtraUSec`: `t`, constant.
    pub const RUNTIME_RANDOMIZED_EXTRA_USEC: Property<u64> =
        Property::new(INTERFACE, "RuntimeRandomizedExtraUSec", Emits::Const);

    /// `WatchdogUSec`: `t`, does not emit its changes.
    pub const WATCHDOG_USEC: Property<u64> = Property::new(INTERFACE, "WatchdogUSec", Emits::Never);

    /// `WatchdogTimestamp`: `t`, does not emit its changes.
    pub const WATCHDOG_TIMESTAMP: Property<u64> =
        Property::new(INTERFACE, "WatchdogTimestamp", Emits::Never);

    /// `WatchdogTimestampMonotonic`: `t`, does not emit its changes.
    pub const WATCHDOG_TIMESTAMP_MONOTONIC: Property<u64> =
        Property::new(INTERFACE, "WatchdogTimestampMonotonic", Emits::Never);

    /// `RootDirectoryStartOnly`: `b`, constant.
    pub const ROOT_DIRECTORY_START_ONLY: Property<bool> =
        Property::new(INTERFACE, "RootDirectoryStartOnly", Emits::Const);

    /// `RemainAfterExit`: `b`, constant.
    pub const REMAIN_AFTER_EXIT: Property<bool> =
        Property::new(INTERFACE, "RemainAfterExit", Emits::Const);

    /// `GuessMainPID`: `b`, constant.
    pub const GUESS_MAIN_PID: Property<bool> =
        Property::new(INTERFACE, "GuessMainPID", Emits::Const);

    /// `RestartPreventExitStatus`: `(aiai)`, constant.
    pub const RESTART_PREVENT_EXIT_STATUS: Property<(List<i32>, List<i32>)> =
        Property::new(INTERFACE, "RestartPreventExitStatus", Emits::Const);

    /// `RestartForceExitStatus`: `(aiai)`, constant.
    pub const RESTART_FORCE_EXIT_STATUS: Property<(List<i32>, List<i32>)> =
        Property::new(INTERFACE, "RestartForceExitStatus", Emits::Const);

    /// `SuccessExitStatus`: `(aiai)`, constant.
    pub const SUCCESS_EXIT_STATUS: Property<(List<i32>, List<i32>)> =
        Property::new(INTERFACE, "SuccessExitStatus", Emits::Const);

    /// `MainPID`: `u`, emits its changes.
    pub const MAIN_PID: Property<u32> = Property::new(INTERFACE, "MainPID", Emits::Value);

    /// `ControlPID`: `u`, emits its changes.
    pub const CONTROL_PID: Property<u32> = Property::new(INTERFACE, "ControlPID", Emits::Value);

    /// `BusName`: `s`, constant.
    pub const BUS_NAME: Property<Str> = Property::new(INTERFACE, "BusName", Emits::Const);

    /// `FileDescriptorStoreMax`: `u`, constant.
    pub const FILE_DESCRIPTOR_STORE_MAX: Property<u32> =
        Property::new(INTERFACE, "FileDescriptorStoreMax", Emits::Const);

    /// `NFileDescriptorStore`: `u`, does not emit its changes.
    pub const N_FILE_DESCRIPTOR_STORE: Property<u32> =
        Property::new(INTERFACE, "NFileDescriptorStore", Emits::Never);

    /// `FileDescriptorStorePreserve`: `s`, does not emit its changes. In systemd 257, not in systemd 252.
    pub const FILE_DESCRIPTOR_STORE_PRESERVE: Property<Str> =
        Property::new(INTERFACE, "FileDescriptorStorePreserve", Emits::Never);

    /// `StatusText`: `s`, emits its changes.
    pub const STATUS_TEXT: Property<Str> = Property::new(INTERFACE, "StatusText", Emits::Value);

    /// `StatusErrno`: `i`, emits its changes.
    pub const STATUS_ERRNO: Property<i32> = Property::new(INTERFACE, "StatusErrno", Emits::Value);

    /// `StatusBusError`: `s`, emits its changes. In systemd 257, not in systemd 252.
    pub const STATUS_BUS_ERROR: Property<Str> =
        Property::new(INTERFACE, "StatusBusError", Emits::Value);

    /// `StatusVarlinkError`: `s`, emits its changes. In systemd 257, not in systemd 252.
    pub const STATUS_VARLINK_ERROR: Property<Str> =
        Property::new(INTERFACE, "StatusVarlinkError", Emits::Value);

    /// `Result`: `s`, emits its changes.
    pub const RESULT: Property<Str> = Property::new(INTERFACE, "Result", Emits::Value);

    /// `ReloadResult`: `s`, emits its changes.
    pub const RELOAD_RESULT: Property<Str> = Property::new(INTERFACE, "ReloadResult", Emits::Value);

    /// `CleanResult`: `s`, emits its changes.
    pub const CLEAN_RESULT: Property<Str> = Property::new(INTERFACE, "CleanResult", Emits::Value);

    /// `LiveMountResult`: `s`, emits its changes. In systemd 257, not in systemd 252.
    pub const LIVE_MOUNT_RESULT: Property<Str> =
        Property::new(INTERFACE, "LiveMountResult", Emits::Value);

    /// `USBFunctionDescriptors`: `s`, constant.
    pub const USB_FUNCTION_DESCRIPTORS: Property<Str> =
        Property::new(INTERFACE, "USBFunctionDescriptors", Emits::Const);

    /// `USBFunctionStrings`: `s`, constant.
    pub const USB_FUNCTION_STRINGS: Property<Str> =
        Property::new(INTERFACE, "USBFunctionStrings", Emits::Const);

    /// `UID`: `u`, emits its changes.
    pub const UID: Property<u32> = Property::new(INTERFACE, "UID", Emits::Value);

    /// `GID`: `u`, emits its changes.
    pub const GID: Property<u32> = Property::new(INTERFACE, "GID", Emits::Value);

    /// `NRestarts`: `u`, emits its changes.
    pub const N_RESTARTS: Property<u32> = Property::new(INTERFACE, "NRestarts", Emits::Value);

    /// `OOMPolicy`: `s`, constant.
    pub const OOM_POLICY: Property<Str> = Property::new(INTERFACE, "OOMPolicy", Emits::Const);

    /// `OpenFile`: `a(sst)`, constant. In systemd 257, not in systemd 252.
    pub const OPEN_FILE: Property<List<(Str, Str, u64)>> =
        Property::new(INTERFACE, "OpenFile", Emits::Const);

    /// `ExtraFileDescriptorNames`: `as`, constant. In systemd 257, not in systemd 252.
    pub const EXTRA_FILE_DESCRIPTOR_NAMES: Property<List<Str>> =
        Property::new(INTERFACE, "ExtraFileDescriptorNames", Emits::Const);

    /// `ReloadSignal`: `i`, constant. In systemd 257, not in systemd 252.
    pub const RELOAD_SIGNAL: Property<i32> = Property::new(INTERFACE, "ReloadSignal", Emits::Const);

    /// `ExecMainStartTimestamp`: `t`, emits its changes.
    pub const EXEC_MAIN_START_TIMESTAMP: Property<u64> =
        Property::new(INTERFACE, "ExecMainStartTimestamp", Emits::Value);

    /// `ExecMainStartTimestampMonotonic`: `t`, emits its changes.
    pub const EXEC_MAIN_START_TIMESTAMP_MONOTONIC: Property<u64> =
        Property::new(INTERFACE, "ExecMainStartTimestampMonotonic", Emits::Value);

    /// `ExecMainExitTimestamp`: `t`, emits its changes.
    pub const EXEC_MAIN_EXIT_TIMESTAMP: Property<u64> =
        Property::new(INTERFACE, "ExecMainExitTimestamp", Emits::Value);

    /// `ExecMainExitTimestampMonotonic`: `t`, emits its changes.
    pub const EXEC_MAIN_EXIT_TIMESTAMP_MONOTONIC: Property<u64> =
        Property::new(INTERFACE, "ExecMainExitTimestampMonotonic", Emits::Value);

    /// `ExecMainHandoffTimestamp`: `t`, emits its changes. In systemd 257, not in systemd 252.
    pub const EXEC_MAIN_HANDOFF_TIMESTAMP: Property<u64> =
        Property::new(INTERFACE, "ExecMainHandoffTimestamp", Emits::Value);

    /// `ExecMainHandoffTimestampMonotonic`: `t`, emits its changes. In systemd 257, not in systemd 252.
    pub const EXEC_MAIN_HANDOFF_TIMESTAMP_MONOTONIC: Property<u64> =
        Property::new(INTERFACE, "ExecMainHandoffTimestampMonotonic", Emits::Value);

    /// `ExecMainPID`: `u`, emits its changes.
    pub const EXEC_MAIN_PID: Property<u32> = Property::new(INTERFACE, "ExecMainPID", Emits::Value);

    /// `ExecMainCode`: `i`, emits its changes.
    pub const EXEC_MAIN_CODE: Property<i32> =
        Property::new(INTERFACE, "ExecMainCode", Emits::Value);

    /// `ExecMainStatus`: `i`, emits its changes.
    pub const EXEC_MAIN_STATUS: Property<i32> =
        Property::new(INTERFACE, "ExecMainStatus", Emits::Value);

    /// `ExecCondition`: `a(sasbttttuii)`, emits that it changed, without the value.
    pub const EXEC_CONDITION: Property<
        List<(Str, List<Str>, bool, u64, u64, u64, u64, u32, i32, i32)>,
    > = Property::new(INTERFACE, "ExecCondition", Emits::Invalidates);

    /// `ExecConditionEx`: `a(sasasttttuii)`, emits that it changed, without the value.
    pub const EXEC_CONDITION_EX: Property<
        List<(Str, List<Str>, List<Str>, u64, u64, u64, u64, u32, i32, i32)>,
    > = Property::new(INTERFACE, "ExecConditionEx", Emits::Invalidates);

    /// `ExecStartPre`: `a(sasbttttuii)`, emits that it changed, without the value.
    pub const EXEC_START_PRE: Property<
        List<(Str, List<Str>, bool, u64, u64, u64, u64, u32, i32, i32)>,
    > = Property::new(INTERFACE, "ExecStartPre", Emits::Invalidates);

    /// `ExecStartPreEx`: `a(sasasttttuii)`, emits that it changed, without the value.
    pub const EXEC_START_PRE_EX: Property<
        List<(Str, List<Str>, List<Str>, u64, u64, u64, u64, u32, i32, i32)>,
    > = Property::new(INTERFACE, "ExecStartPreEx", Emits::Invalidates);

    /// `ExecStart`: `a(sasbttttuii)`, emits that it changed, without the value.
    pub const EXEC_START: Property<
        List<(Str, List<Str>, bool, u64, u64, u64, u64, u32, i32, i32)>,
    > = Property::new(INTERFACE, "ExecStart", Emits::Invalidates);

    /// `ExecStartEx`: `a(sasasttttuii)`, emits that it changed, without the value.
    pub const EXEC_START_EX: Property<
        List<(Str, List<Str>, List<Str>, u64, u64, u64, u64, u32, i32, i32)>,
    > = Property::new(INTERFACE, "ExecStartEx", Emits::Invalidates);

    /// `ExecStartPost`: `a(sasbttttuii)`, emits that it changed, without the value.
    pub const EXEC_START_POST: Property<
        List<(Str, List<Str>, bool, u64, u64, u64, u64, u32, i32, i32)>,
    > = Property::new(INTERFACE, "ExecStartPost", Emits::Invalidates);

    /// `ExecStartPostEx`: `a(sasasttttuii)`, emits that it changed, without the value.
    pub const EXEC_START_POST_EX: Property<
        List<(Str, List<Str>, List<Str>, u64, u64, u64, u64, u32, i32, i32)>,
    > = Property::new(INTERFACE, "ExecStartPostEx", Emits::Invalidates);

    /// `ExecReload`: `a(sasbttttuii)`, emits that it changed, without the value.
    pub const EXEC_RELOAD: Property<
        List<(Str, List<Str>, bool, u64, u64, u64, u64, u32, i32, i32)>,
    > = Property::new(INTERFACE, "ExecReload", Emits::Invalidates);

    /// `ExecReloadEx`: `a(sasasttttuii)`, emits that it changed, without the value.
    pub const EXEC_RELOAD_EX: Property<
        List<(Str, List<Str>, List<Str>, u64, u64, u64, u64, u32, i32, i32)>,
    > = Property::new(INTERFACE, "ExecReloadEx", Emits::Invalidates);

    /// `ExecStop`: `a(sasbttttuii)`, emits that it changed, without the value.
    pub const EXEC_STOP: Property<List<(Str, List<Str>, bool, u64, u64, u64, u64, u32, i32, i32)>> =
        Property::new(INTERFACE, "ExecStop", Emits::Invalidates);

    /// `ExecStopEx`: `a(sasasttttuii)`, emits that it changed, without the value.
    pub const EXEC_STOP_EX: Property<
        List<(Str, List<Str>, List<Str>, u64, u64, u64, u64, u32, i32, i32)>,
    > = Property::new(INTERFACE, "ExecStopEx", Emits::Invalidates);

    /// `ExecStopPost`: `a(sasbttttuii)`, emits that it changed, without the value.
    pub const EXEC_STOP_POST: Property<
        List<(Str, List<Str>, bool, u64, u64, u64, u64, u32, i32, i32)>,
    > = Property::new(INTERFACE, "ExecStopPost", Emits::Invalidates);

    /// `ExecStopPostEx`: `a(sasasttttuii)`, emits that it changed, without the value.
    pub const EXEC_STOP_POST_EX: Property<
        List<(Str, List<Str>, List<Str>, u64, u64, u64, u64, u32, i32, i32)>,
    > = Property::new(INTERFACE, "ExecStopPostEx", Emits::Invalidates);

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

    /// `Environment`: `as`, constant.
    pub const ENVIRONMENT: Property<List<Str>> =
        Property::new(INTERFACE, "Environment", Emits::Const);

    /// `EnvironmentFiles`: `a(sb)`, constant.
    pub const ENVIRONMENT_FILES: Property<List<(Str, bool)>> =
        Property::new(INTERFACE, "EnvironmentFiles", Emits::Const);

    /// `PassEnvironment`: `as`, constant.
    pub const PASS_ENVIRONMENT: Property<List<Str>> =
        Property::new(INTERFACE, "PassEnvironment", Emits::Const);

    /// `UnsetEnvironment`: `as`, constant.
    pub const UNSET_ENVIRONMENT: Property<List<Str>> =
        Property::new(INTERFACE, "UnsetEnvironment", Emits::Const);

    /// `UMask`: `u`, constant.
    pub const U_MASK: Property<u32> = Property::new(INTERFACE, "UMask", Emits::Const);

    /// `LimitCPU`: `t`, constant.
    pub const LIMIT_CPU: Property<u64> = Property::new(INTERFACE, "LimitCPU", Emits::Const);

    /// `LimitCPUSoft`: `t`, constant.
    pub const LIMIT_CPU_SOFT: Property<u64> =
        Property::new(INTERFACE, "LimitCPUSoft", Emits::Const);

    /// `LimitFSIZE`: `t`, constant.
    pub const LIMIT_FSIZE: Property<u64> = Property::new(INTERFACE, "LimitFSIZE", Emits::Const);

    /// `LimitFSIZESoft`: `t`, constant.
    pub const LIMIT_FSIZE_SOFT: Property<u64> =
        Property::new(INTERFACE, "LimitFSIZESoft", Emits::Const);

    /// `LimitDATA`: `t`, constant.
    pub const LIMIT_DATA: Property<u64> = Property::new(INTERFACE, "LimitDATA", Emits::Const);

    /// `LimitDATASoft`: `t`, constant.
    pub const LIMIT_DATA_SOFT: Property<u64> =
        Property::new(INTERFACE, "LimitDATASoft", Emits::Const);

    /// `LimitSTACK`: `t`, constant.
    pub const LIMIT_STACK: Property<u64> = Property::new(INTERFACE, "LimitSTACK", Emits::Const);

    /// `LimitSTACKSoft`: `t`, constant.
    pub const LIMIT_STACK_SOFT: Property<u64> =
        Property::new(INTERFACE, "LimitSTACKSoft", Emits::Const);

    /// `LimitCORE`: `t`, constant.
    pub const LIMIT_CORE: Property<u64> = Property::new(INTERFACE, "LimitCORE", Emits::Const);

    /// `LimitCORESoft`: `t`, constant.
    pub const LIMIT_CORE_SOFT: Property<u64> =
        Property::new(INTERFACE, "LimitCORESoft", Emits::Const);

    /// `LimitRSS`: `t`, constant.
    pub const LIMIT_RSS: Property<u64> = Property::new(INTERFACE, "LimitRSS", Emits::Const);

    /// `LimitRSSSoft`: `t`, constant.
    pub const LIMIT_RSS_SOFT: Property<u64> =
        Property::new(INTERFACE, "LimitRSSSoft", Emits::Const);

    /// `LimitNOFILE`: `t`, constant.
    pub const LIMIT_NOFILE: Property<u64> = Property::new(INTERFACE, "LimitNOFILE", Emits::Const);

    /// `LimitNOFILESoft`: `t`, constant.
    pub const LIMIT_NOFILE_SOFT: Property<u64> =
        Property::new(INTERFACE, "LimitNOFILESoft", Emits::Const);

    /// `LimitAS`: `t`, constant.
    pub const LIMIT_AS: Property<u64> = Property::new(INTERFACE, "LimitAS", Emits::Const);

    /// `LimitASSoft`: `t`, constant.
    pub const LIMIT_AS_SOFT: Property<u64> = Property::new(INTERFACE, "LimitASSoft", Emits::Const);

    /// `LimitNPROC`: `t`, constant.
    pub const LIMIT_NPROC: Property<u64> = Property::new(INTERFACE, "LimitNPROC", Emits::Const);

    /// `LimitNPROCSoft`: `t`, constant.
    pub const LIMIT_NPROC_SOFT: Property<u64> =
        Property::new(INTERFACE, "LimitNPROCSoft", Emits::Const);

    /// `LimitMEMLOCK`: `t`, constant.
    pub const LIMIT_MEMLOCK: Property<u64> = Property::new(INTERFACE, "LimitMEMLOCK", Emits::Const);

    /// `LimitMEMLOCKSoft`: `t`, constant.
    pub const LIMIT_MEMLOCK_SOFT: Property<u64> =
        Property::new(INTERFACE, "LimitMEMLOCKSoft", Emits::Const);

    /// `LimitLOCKS`: `t`, constant.
    pub const LIMIT_LOCKS: Property<u64> = Property::new(INTERFACE, "LimitLOCKS", Emits::Const);

    /// `LimitLOCKSSoft`: `t`, constant.
    pub const LIMIT_LOCKS_SOFT: Property<u64> =
        Property::new(INTERFACE, "LimitLOCKSSoft", Emits::Const);

    /// `LimitSIGPENDING`: `t`, constant.
    pub const LIMIT_SIGPENDING: Property<u64> =
        Property::new(INTERFACE, "LimitSIGPENDING", Emits::Const);

    /// `LimitSIGPENDINGSoft`: `t`, constant.
    pub const LIMIT_SIGPENDING_SOFT: Property<u64> =
        Property::new(INTERFACE, "LimitSIGPENDINGSoft", Emits::Const);

    /// `LimitMSGQUEUE`: `t`, constant.
    pub const LIMIT_MSGQUEUE: Property<u64> =
        Property::new(INTERFACE, "LimitMSGQUEUE", Emits::Const);

    /// `LimitMSGQUEUESoft`: `t`, constant.
    pub const LIMIT_MSGQUEUE_SOFT: Property<u64> =
        Property::new(INTERFACE, "LimitMSGQUEUESoft", Emits::Const);

    /// `LimitNICE`: `t`, constant.
    pub const LIMIT_NICE: Property<u64> = Property::new(INTERFACE, "LimitNICE", Emits::Const);

    /// `LimitNICESoft`: `t`, constant.
    pub const LIMIT_NICE_SOFT: Property<u64> =
        Property::new(INTERFACE, "LimitNICESoft", Emits::Const);

    /// `LimitRTPRIO`: `t`, constant.
    pub const LIMIT_RTPRIO: Property<u64> = Property::new(INTERFACE, "LimitRTPRIO", Emits::Const);

    /// `LimitRTPRIOSoft`: `t`, constant.
    pub const LIMIT_RTPRIO_SOFT: Property<u64> =
        Property::new(INTERFACE, "LimitRTPRIOSoft", Emits::Const);

    /// `LimitRTTIME`: `t`, constant.
    pub const LIMIT_RTTIME: Property<u64> = Property::new(INTERFACE, "LimitRTTIME", Emits::Const);

    /// `LimitRTTIMESoft`: `t`, constant.
    pub const LIMIT_RTTIME_SOFT: Property<u64> =
        Property::new(INTERFACE, "LimitRTTIMESoft", Emits::Const);

    /// `WorkingDirectory`: `s`, constant.
    pub const WORKING_DIRECTORY: Property<Str> =
        Property::new(INTERFACE, "WorkingDirectory", Emits::Const);

    /// `RootDirectory`: `s`, constant.
    pub const ROOT_DIRECTORY: Property<Str> =
        Property::new(INTERFACE, "RootDirectory", Emits::Const);

    /// `RootImage`: `s`, constant.
    pub const ROOT_IMAGE: Property<Str> = Property::new(INTERFACE, "RootImage", Emits::Const);

    /// `RootImageOptions`: `a(ss)`, constant.
    pub const ROOT_IMAGE_OPTIONS: Property<List<(Str, Str)>> =
        Property::new(INTERFACE, "RootImageOptions", Emits::Const);

    /// `RootHash`: `ay`, constant.
    pub const ROOT_HASH: Property<Bytes> = Property::new(INTERFACE, "RootHash", Emits::Const);

    /// `RootHashPath`: `s`, constant.
    pub const ROOT_HASH_PATH: Property<Str> =
        Property::new(INTERFACE, "RootHashPath", Emits::Const);

    /// `RootHashSignature`: `ay`, constant.
    pub const ROOT_HASH_SIGNATURE: Property<Bytes> =
        Property::new(INTERFACE, "RootHashSignature", Emits::Const);

    /// `RootHashSignaturePath`: `s`, constant.
    pub const ROOT_HASH_SIGNATURE_PATH: Property<Str> =
        Property::new(INTERFACE, "RootHashSignaturePath", Emits::Const);

    /// `RootVerity`: `s`, constant.
    pub const ROOT_VERITY: Property<Str> = Property::new(INTERFACE, "RootVerity", Emits::Const);

    /// `RootEphemeral`: `b`, constant. In systemd 257, not in systemd 252.
    pub const ROOT_EPHEMERAL: Property<bool> =
        Property::new(INTERFACE, "RootEphemeral", Emits::Const);

    /// `ExtensionDirectories`: `as`, constant.
    pub const EXTENSION_DIRECTORIES: Property<List<Str>> =
        Property::new(INTERFACE, "ExtensionDirectories", Emits::Const);

    /// `ExtensionImages`: `a(sba(ss))`, constant.
    pub const EXTENSION_IMAGES: Property<List<(Str, bool, List<(Str, Str)>)>> =
        Property::new(INTERFACE, "ExtensionImages", Emits::Const);

    /// `MountImages`: `a(ssba(ss))`, constant.
    pub const MOUNT_IMAGES: Property<List<(Str, Str, bool, List<(Str, Str)>)>> =
        Property::new(INTERFACE, "MountImages", Emits::Const);

    /// `OOMScoreAdjust`: `i`, constant.
    pub const OOM_SCORE_ADJUST: Property<i32> =
        Property::new(INTERFACE, "OOMScoreAdjust", Emits::Const);

    /// `CoredumpFilter`: `t`, constant.
    pub const COREDUMP_FILTER: Property<u64> =
        Property::new(INTERFACE, "CoredumpFilter", Emits::Const);

    /// `Nice`: `i`, constant.
    pub const NICE: Property<i32> = Property::new(INTERFACE, "Nice", Emits::Const);

    /// `IOSchedulingClass`: `i`, constant.
    pub const IO_SCHEDULING_CLASS: Property<i32> =
        Property::new(INTERFACE, "IOSchedulingClass", Emits::Const);

    /// `IOSchedulingPriority`: `i`, constant.
    pub const IO_SCHEDULING_PRIORITY: Property<i32> =
        Property::new(INTERFACE, "IOSchedulingPriority", Emits::Const);

    /// `CPUSchedulingPolicy`: `i`, constant.
    pub const CPU_SCHEDULING_POLICY: Property<i32> =
        Property::new(INTERFACE, "CPUSchedulingPolicy", Emits::Const);

    /// `CPUSchedulingPriority`: `i`, constant.
    pub const CPU_SCHEDULING_PRIORITY: Property<i32> =
        Property::new(INTERFACE, "CPUSchedulingPriority", Emits::Const);

    /// `CPUAffinity`: `ay`, constant.
    pub const CPU_AFFINITY: Property<Bytes> = Property::new(INTERFACE, "CPUAffinity", Emits::Const);

    /// `CPUAffinityFromNUMA`: `b`, constant.
    pub const CPU_AFFINITY_FROM_NUMA: Property<bool> =
        Property::new(INTERFACE, "CPUAffinityFromNUMA", Emits::Const);

    /// `NUMAPolicy`: `i`, constant.
    pub const NUMA_POLICY: Property<i32> = Property::new(INTERFACE, "NUMAPolicy", Emits::Const);

    /// `NUMAMask`: `ay`, constant.
    pub const NUMA_MASK: Property<Bytes> = Property::new(INTERFACE, "NUMAMask", Emits::Const);

    /// `TimerSlackNSec`: `t`, constant.
    pub const TIMER_SLACK_NSEC: Property<u64> =
        Property::new(INTERFACE, "TimerSlackNSec", Emits::Const);

    /// `CPUSchedulingResetOnFork`: `b`, constant.
    pub const CPU_SCHEDULING_RESET_ON_FORK: Property<bool> =
        Property::new(INTERFACE, "CPUSchedulingResetOnFork", Emits::Const);

    /// `NonBlocking`: `b`, constant.
    pub const NON_BLOCKING: Property<bool> = Property::new(INTERFACE, "NonBlocking", Emits::Const);

    /// `StandardInput`: `s`, constant.
    pub const STANDARD_INPUT: Property<Str> =
        Property::new(INTERFACE, "StandardInput", Emits::Const);

    /// `StandardInputFileDescriptorName`: `s`, constant.
    pub const STANDARD_INPUT_FILE_DESCRIPTOR_NAME: Property<Str> =
        Property::new(INTERFACE, "StandardInputFileDescriptorName", Emits::Const);

    /// `StandardInputData`: `ay`, constant.
    pub const STANDARD_INPUT_DATA: Property<Bytes> =
        Property::new(INTERFACE, "StandardInputData", Emits::Const);

    /// `StandardOutput`: `s`, constant.
    pub const STANDARD_OUTPUT: Property<Str> =
        Property::new(INTERFACE, "StandardOutput", Emits::Const);

    /// `StandardOutputFileDescriptorName`: `s`, constant.
    pub const STANDARD_OUTPUT_FILE_DESCRIPTOR_NAME: Property<Str> =
        Property::new(INTERFACE, "StandardOutputFileDescriptorName", Emits::Const);

    /// `StandardError`: `s`, constant.
    pub const STANDARD_ERROR: Property<Str> =
        Property::new(INTERFACE, "StandardError", Emits::Const);

    /// `StandardErrorFileDescriptorName`: `s`, constant.
    pub const STANDARD_ERROR_FILE_DESCRIPTOR_NAME: Property<Str> =
        Property::new(INTERFACE, "StandardErrorFileDescriptorName", Emits::Const);

    /// `TTYPath`: `s`, constant.
    pub const TTY_PATH: Property<Str> = Property::new(INTERFACE, "TTYPath", Emits::Const);

    /// `TTYReset`: `b`, constant.
    pub const TTY_RESET: Property<bool> = Property::new(INTERFACE, "TTYReset", Emits::Const);

    /// `TTYVHangup`: `b`, constant.
    pub const TTYV_HANGUP: Property<bool> = Property::new(INTERFACE, "TTYVHangup", Emits::Const);

    /// `TTYVTDisallocate`: `b`, constant.
    pub const TTYVT_DISALLOCATE: Property<bool> =
        Property::new(INTERFACE, "TTYVTDisallocate", Emits::Const);

    /// `TTYRows`: `q`, constant.
    pub const TTY_ROWS: Property<u16> = Property::new(INTERFACE, "TTYRows", Emits::Const);

    /// `TTYColumns`: `q`, constant.
    pub const TTY_COLUMNS: Property<u16> = Property::new(INTERFACE, "TTYColumns", Emits::Const);

    /// `SyslogPriority`: `i`, constant.
    pub const SYSLOG_PRIORITY: Property<i32> =
        Property::new(INTERFACE, "SyslogPriority", Emits::Const);

    /// `SyslogIdentifier`: `s`, constant.
    pub const SYSLOG_IDENTIFIER: Property<Str> =
        Property::new(INTERFACE, "SyslogIdentifier", Emits::Const);

    /// `SyslogLevelPrefix`: `b`, constant.
    pub const SYSLOG_LEVEL_PREFIX: Property<bool> =
        Property::new(INTERFACE, "SyslogLevelPrefix", Emits::Const);

    /// `SyslogLevel`: `i`, constant.
    pub const SYSLOG_LEVEL: Property<i32> = Property::new(INTERFACE, "SyslogLevel", Emits::Const);

    /// `SyslogFacility`: `i`, constant.
    pub const SYSLOG_FACILITY: Property<i32> =
        Property::new(INTERFACE, "SyslogFacility", Emits::Const);

    /// `LogLevelMax`: `i`, constant.
    pub const LOG_LEVEL_MAX: Property<i32> = Property::new(INTERFACE, "LogLevelMax", Emits::Const);

    /// `LogRateLimitIntervalUSec`: `t`, constant.
    pub const LOG_RATE_LIMIT_INTERVAL_USEC: Property<u64> =
        Property::new(INTERFACE, "LogRateLimitIntervalUSec", Emits::Const);

    /// `LogRateLimitBurst`: `u`, constant.
    pub const LOG_RATE_LIMIT_BURST: Property<u32> =
        Property::new(INTERFACE, "LogRateLimitBurst", Emits::Const);

    /// `LogExtraFields`: `aay`, constant.
    pub const LOG_EXTRA_FIELDS: Property<List<Bytes>> =
        Property::new(INTERFACE, "LogExtraFields", Emits::Const);

    /// `LogFilterPatterns`: `a(bs)`, constant. In systemd 257, not in systemd 252.
    pub const LOG_FILTER_PATTERNS: Property<List<(bool, Str)>> =
        Property::new(INTERFACE, "LogFilterPatterns", Emits::Const);

    /// `LogNamespace`: `s`, constant.
    pub const LOG_NAMESPACE: Property<Str> = Property::new(INTERFACE, "LogNamespace", Emits::Const);

    /// `SecureBits`: `i`, constant.
    pub const SECURE_BITS: Property<i32> = Property::new(INTERFACE, "SecureBits", Emits::Const);

    /// `CapabilityBoundingSet`: `t`, constant.
    pub const CAPABILITY_BOUNDING_SET: Property<u64> =
        Property::new(INTERFACE, "CapabilityBoundingSet", Emits::Const);

    /// `AmbientCapabilities`: `t`, constant.
    pub const AMBIENT_CAPABILITIES: Property<u64> =
        Property::new(INTERFACE, "AmbientCapabilities", Emits::Const);

    /// `User`: `s`, constant.
    pub const USER: Property<Str> = Property::new(INTERFACE, "User", Emits::Const);

    /// `Group`: `s`, constant.
    pub const GROUP: Property<Str> = Property::new(INTERFACE, "Group", Emits::Const);

    /// `DynamicUser`: `b`, constant.
    pub const DYNAMIC_USER: Property<bool> = Property::new(INTERFACE, "DynamicUser", Emits::Const);

    /// `SetLoginEnvironment`: `b`, constant. In systemd 257, not in systemd 252.
    pub const SET_LOGIN_ENVIRONMENT: Property<bool> =
        Property::new(INTERFACE, "SetLoginEnvironment", Emits::Const);

    /// `RemoveIPC`: `b`, constant.
    pub const REMOVE_IPC: Property<bool> = Property::new(INTERFACE, "RemoveIPC", Emits::Const);

    /// `SetCredential`: `a(say)`, constant.
    pub const SET_CREDENTIAL: Property<List<(Str, Bytes)>> =
        Property::new(INTERFACE, "SetCredential", Emits::Const);

    /// `SetCredentialEncrypted`: `a(say)`, constant.
    pub const SET_CREDENTIAL_ENCRYPTED: Property<List<(Str, Bytes)>> =
        Property::new(INTERFACE, "SetCredentialEncrypted", Emits::Const);

    /// `LoadCredential`: `a(ss)`, constant.
    pub const LOAD_CREDENTIAL: Property<List<(Str, Str)>> =
        Property::new(INTERFACE, "LoadCredential", Emits::Const);

    /// `LoadCredentialEncrypted`: `a(ss)`, constant.
    pub const LOAD_CREDENTIAL_ENCRYPTED: Property<List<(Str, Str)>> =
        Property::new(INTERFACE, "LoadCredentialEncrypted", Emits::Const);

    /// `ImportCredential`: `as`, constant. In systemd 257, not in systemd 252.
    pub const IMPORT_CREDENTIAL: Property<List<Str>> =
        Property::new(INTERFACE, "ImportCredential", Emits::Const);

    /// `ImportCredentialEx`: `a(ss)`, constant. In systemd 257, not in systemd 252.
    pub const IMPORT_CREDENTIAL_EX: Property<List<(Str, Str)>> =
        Property::new(INTERFACE, "ImportCredentialEx", Emits::Const);

    /// `SupplementaryGroups`: `as`, constant.
    pub const SUPPLEMENTARY_GROUPS: Property<List<Str>> =
        Property::new(INTERFACE, "SupplementaryGroups", Emits::Const);

    /// `PAMName`: `s`, constant.
    pub const PAM_NAME: Property<Str> = Property::new(INTERFACE, "PAMName", Emits::Const);

    /// `ReadWritePaths`: `as`, constant.
    pub const READ_WRITE_PATHS: Property<List<Str>> =
        Property::new(INTERFACE, "ReadWritePaths", Emits::Const);

    /// `ReadOnlyPaths`: `as`, constant.
    pub const READ_ONLY_PATHS: Property<List<Str>> =
        Property::new(INTERFACE, "ReadOnlyPaths", Emits::Const);

    /// `InaccessiblePaths`: `as`, constant.
    pub const INACCESSIBLE_PATHS: Property<List<Str>> =
        Property::new(INTERFACE, "InaccessiblePaths", Emits::Const);

    /// `ExecPaths`: `as`, constant.
    pub const EXEC_PATHS: Property<List<Str>> = Property::new(INTERFACE, "ExecPaths", Emits::Const);

    /// `NoExecPaths`: `as`, constant.
    pub const NO_EXEC_PATHS: Property<List<Str>> =
        Property::new(INTERFACE, "NoExecPaths", Emits::Const);

    /// `ExecSearchPath`: `as`, constant.
    pub const EXEC_SEARCH_PATH: Property<List<Str>> =
        Property::new(INTERFACE, "ExecSearchPath", Emits::Const);

    /// `MountFlags`: `t`, constant.
    pub const MOUNT_FLAGS: Property<u64> = Property::new(INTERFACE, "MountFlags", Emits::Const);

    /// `PrivateTmp`: `b`, constant.
    pub const PRIVATE_TMP: Property<bool> = Property::new(INTERFACE, "PrivateTmp", Emits::Const);

    /// `PrivateTmpEx`: `s`, constant. In systemd 257, not in systemd 252.
    pub const PRIVATE_TMP_EX: Property<Str> =
        Property::new(INTERFACE, "PrivateTmpEx", Emits::Const);

    /// `PrivateDevices`: `b`, constant.
    pub const PRIVATE_DEVICES: Property<bool> =
        Property::new(INTERFACE, "PrivateDevices", Emits::Const);

    /// `ProtectClock`: `b`, constant.
    pub const PROTECT_CLOCK: Property<bool> =
        Property::new(INTERFACE, "ProtectClock", Emits::Const);

    /// `ProtectKernelTunables`: `b`, constant.
    pub const PROTECT_KERNEL_TUNABLES: Property<bool> =
        Property::new(INTERFACE, "ProtectKernelTunables", Emits::Const);

    /// `ProtectKernelModules`: `b`, constant.
    pub const PROTECT_KERNEL_MODULES: Property<bool> =
        Property::new(INTERFACE, "ProtectKernelModules", Emits::Const);

    /// `ProtectKernelLogs`: `b`, constant.
    pub const PROTECT_KERNEL_LOGS: Property<bool> =
        Property::new(INTERFACE, "ProtectKernelLogs", Emits::Const);

    /// `ProtectControlGroups`: `b`, constant.
    pub const PROTECT_CONTROL_GROUPS: Property<bool> =
        Property::new(INTERFACE, "ProtectControlGroups", Emits::Const);

    /// `ProtectControlGroupsEx`: `s`, constant. In systemd 257, not in systemd 252.
    pub const PROTECT_CONTROL_GROUPS_EX: Property<Str> =
        Property::new(INTERFACE, "ProtectControlGroupsEx", Emits::Const);

    /// `PrivateNetwork`: `b`, constant.
    pub const PRIVATE_NETWORK: Property<bool> =
        Property::new(INTERFACE, "PrivateNetwork", Emits::Const);

    /// `PrivateUsers`: `b`, constant.
    pub const PRIVATE_USERS: Property<bool> =
        Property::new(INTERFACE, "PrivateUsers", Emits::Const);

    /// `PrivateUsersEx`: `s`, constant. In systemd 257, not in systemd 252.
    pub const PRIVATE_USERS_EX: Property<Str> =
        Property::new(INTERFACE, "PrivateUsersEx", Emits::Const);

    /// `PrivateMounts`: `b`, constant.
    pub const PRIVATE_MOUNTS: Property<bool> =
        Property::new(INTERFACE, "PrivateMounts", Emits::Const);

    /// `PrivateIPC`: `b`, constant.
    pub const PRIVATE_IPC: Property<bool> = Property::new(INTERFACE, "PrivateIPC", Emits::Const);

    /// `PrivatePIDs`: `s`, constant. In systemd 257, not in systemd 252.
    pub const PRIVATE_PIDS: Property<Str> = Property::new(INTERFACE, "PrivatePIDs", Emits::Const);

    /// `ProtectHome`: `s`, constant.
    pub const PROTECT_HOME: Property<Str> = Property::new(INTERFACE, "ProtectHome", Emits::Const);

    /// `ProtectSystem`: `s`, constant.
    pub const PROTECT_SYSTEM: Property<Str> =
        Property::new(INTERFACE, "ProtectSystem", Emits::Const);

    /// `SameProcessGroup`: `b`, constant.
    pub const SAME_PROCESS_GROUP: Property<bool> =
        Property::new(INTERFACE, "SameProcessGroup", Emits::Const);

    /// `UtmpIdentifier`: `s`, constant.
    pub const UTMP_IDENTIFIER: Property<Str> =
        Property::new(INTERFACE, "UtmpIdentifier", Emits::Const);

    /// `UtmpMode`: `s`, constant.
    pub const UTMP_MODE: Property<Str> = Property::new(INTERFACE, "UtmpMode", Emits::Const);

    /// `SELinuxContext`: `(bs)`, constant.
    pub const SE_LINUX_CONTEXT: Property<(bool, Str)> =
        Property::new(INTERFACE, "SELinuxContext", Emits::Const);

    /// `AppArmorProfile`: `(bs)`, constant.
    pub const APP_ARMOR_PROFILE: Property<(bool, Str)> =
        Property::new(INTERFACE, "AppArmorProfile", Emits::Const);

    /// `SmackProcessLabel`: `(bs)`, constant.
    pub const SMACK_PROCESS_LABEL: Property<(bool, Str)> =
        Property::new(INTERFACE, "SmackProcessLabel", Emits::Const);

    /// `IgnoreSIGPIPE`: `b`, constant.
    pub const IGNORE_SIGPIPE: Property<bool> =
        Property::new(INTERFACE, "IgnoreSIGPIPE", Emits::Const);

    /// `NoNewPrivileges`: `b`, constant.
    pub const NO_NEW_PRIVILEGES: Property<bool> =
        Property::new(INTERFACE, "NoNewPrivileges", Emits::Const);

    /// `SystemCallFilter`: `(bas)`, constant.
    pub const SYSTEM_CALL_FILTER: Property<(bool, List<Str>)> =
        Property::new(INTERFACE, "SystemCallFilter", Emits::Const);

    /// `SystemCallArchitectures`: `as`, constant.
    pub const SYSTEM_CALL_ARCHITECTURES: Property<List<Str>> =
        Property::new(INTERFACE, "SystemCallArchitectures", Emits::Const);

    /// `SystemCallErrorNumber`: `i`, constant.
    pub const SYSTEM_CALL_ERROR_NUMBER: Property<i32> =
        Property::new(INTERFACE, "SystemCallErrorNumber", Emits::Const);

    /// `SystemCallLog`: `(bas)`, constant.
    pub const SYSTEM_CALL_LOG: Property<(bool, List<Str>)> =
        Property::new(INTERFACE, "SystemCallLog", Emits::Const);

    /// `Personality`: `s`, constant.
    pub const PERSONALITY: Property<Str> = Property::new(INTERFACE, "Personality", Emits::Const);

    /// `LockPersonality`: `b`, constant.
    pub const LOCK_PERSONALITY: Property<bool> =
        Property::new(INTERFACE, "LockPersonality", Emits::Const);

    /// `RestrictAddressFamilies`: `(bas)`, constant.
    pub const RESTRICT_ADDRESS_FAMILIES: Property<(bool, List<Str>)> =
        Property::new(INTERFACE, "RestrictAddressFamilies", Emits::Const);

    /// `RuntimeDirectorySymlink`: `a(sst)`, constant.
    pub const RUNTIME_DIRECTORY_SYMLINK: Property<List<(Str, Str, u64)>> =
        Property::new(INTERFACE, "RuntimeDirectorySymlink", Emits::Const);

    /// `RuntimeDirectoryPreserve`: `s`, constant.
    pub const RUNTIME_DIRECTORY_PRESERVE: Property<Str> =
        Property::new(INTERFACE, "RuntimeDirectoryPreserve", Emits::Const);

    /// `RuntimeDirectoryMode`: `u`, constant.
    pub const RUNTIME_DIRECTORY_MODE: Property<u32> =
        Property::new(INTERFACE, "RuntimeDirectoryMode", Emits::Const);

    /// `RuntimeDirectory`: `as`, constant.
    pub const RUNTIME_DIRECTORY: Property<List<Str>> =
        Property::new(INTERFACE, "RuntimeDirectory", Emits::Const);

    /// `StateDirectorySymlink`: `a(sst)`, constant.
    pub const STATE_DIRECTORY_SYMLINK: Property<List<(Str, Str, u64)>> =
        Property::new(INTERFACE, "StateDirectorySymlink", Emits::Const);

    /// `StateDirectoryMode`: `u`, constant.
    pub const STATE_DIRECTORY_MODE: Property<u32> =
        Property::new(INTERFACE, "StateDirectoryMode", Emits::Const);

    /// `StateDirectory`: `as`, constant.
    pub const STATE_DIRECTORY: Property<List<Str>> =
        Property::new(INTERFACE, "StateDirectory", Emits::Const);

    /// `CacheDirectorySymlink`: `a(sst)`, constant.
    pub const CACHE_DIRECTORY_SYMLINK: Property<List<(Str, Str, u64)>> =
        Property::new(INTERFACE, "CacheDirectorySymlink", Emits::Const);

    /// `CacheDirectoryMode`: `u`, constant.
    pub const CACHE_DIRECTORY_MODE: Property<u32> =
        Property::new(INTERFACE, "CacheDirectoryMode", Emits::Const);

    /// `CacheDirectory`: `as`, constant.
    pub const CACHE_DIRECTORY: Property<List<Str>> =
        Property::new(INTERFACE, "CacheDirectory", Emits::Const);

    /// `LogsDirectorySymlink`: `a(sst)`, constant.
    pub const LOGS_DIRECTORY_SYMLINK: Property<List<(Str, Str, u64)>> =
        Property::new(INTERFACE, "LogsDirectorySymlink", Emits::Const);

    /// `LogsDirectoryMode`: `u`, constant.
    pub const LOGS_DIRECTORY_MODE: Property<u32> =
        Property::new(INTERFACE, "LogsDirectoryMode", Emits::Const);

    /// `LogsDirectory`: `as`, constant.
    pub const LOGS_DIRECTORY: Property<List<Str>> =
        Property::new(INTERFACE, "LogsDirectory", Emits::Const);

    /// `ConfigurationDirectoryMode`: `u`, constant.
    pub const CONFIGURATION_DIRECTORY_MODE: Property<u32> =
        Property::new(INTERFACE, "ConfigurationDirectoryMode", Emits::Const);

    /// `ConfigurationDirectory`: `as`, constant.
    pub const CONFIGURATION_DIRECTORY: Property<List<Str>> =
        Property::new(INTERFACE, "ConfigurationDirectory", Emits::Const);

    /// `TimeoutCleanUSec`: `t`, constant.
    pub const TIMEOUT_CLEAN_USEC: Property<u64> =
        Property::new(INTERFACE, "TimeoutCleanUSec", Emits::Const);

    /// `MemoryDenyWriteExecute`: `b`, constant.
    pub const MEMORY_DENY_WRITE_EXECUTE: Property<bool> =
        Property::new(INTERFACE, "MemoryDenyWriteExecute", Emits::Const);

    /// `RestrictRealtime`: `b`, constant.
    pub const RESTRICT_REALTIME: Property<bool> =
        Property::new(INTERFACE, "RestrictRealtime", Emits::Const);

    /// `RestrictSUIDSGID`: `b`, constant.
    pub const RESTRICT_SUIDSGID: Property<bool> =
        Property::new(INTERFACE, "RestrictSUIDSGID", Emits::Const);

    /// `RestrictNamespaces`: `t`, constant.
    pub const RESTRICT_NAMESPACES: Property<u64> =
        Property::new(INTERFACE, "RestrictNamespaces", Emits::Const);

    /// `RestrictFileSystems`: `(bas)`, constant.
    pub const RESTRICT_FILE_SYSTEMS: Property<(bool, List<Str>)> =
        Property::new(INTERFACE, "RestrictFileSystems", Emits::Const);

    /// `BindPaths`: `a(ssbt)`, constant.
    pub const BIND_PATHS: Property<List<(Str, Str, bool, u64)>> =
        Property::new(INTERFACE, "BindPaths", Emits::Const);

    /// `BindReadOnlyPaths`: `a(ssbt)`, constant.
    pub const BIND_READ_ONLY_PATHS: Property<List<(Str, Str, bool, u64)>> =
        Property::new(INTERFACE, "BindReadOnlyPaths", Emits::Const);

    /// `TemporaryFileSystem`: `a(ss)`, constant.
    pub const TEMPORARY_FILE_SYSTEM: Property<List<(Str, Str)>> =
        Property::new(INTERFACE, "TemporaryFileSystem", Emits::Const);

    /// `MountAPIVFS`: `b`, constant.
    pub const MOUNT_APIVFS: Property<bool> = Property::new(INTERFACE, "MountAPIVFS", Emits::Const);

    /// `BindLogSockets`: `b`, constant. In systemd 257, not in systemd 252.
    pub const BIND_LOG_SOCKETS: Property<bool> =
        Property::new(INTERFACE, "BindLogSockets", Emits::Const);

    /// `KeyringMode`: `s`, constant.
    pub const KEYRING_MODE: Property<Str> = Property::new(INTERFACE, "KeyringMode", Emits::Const);

    /// `ProtectProc`: `s`, constant.
    pub const PROTECT_PROC: Property<Str> = Property::new(INTERFACE, "ProtectProc", Emits::Const);

    /// `ProcSubset`: `s`, constant.
    pub const PROC_SUBSET: Property<Str> = Property::new(INTERFACE, "ProcSubset", Emits::Const);

    /// `ProtectHostname`: `b`, constant.
    pub const PROTECT_HOSTNAME: Property<bool> =
        Property::new(INTERFACE, "ProtectHostname", Emits::Const);

    /// `MemoryKSM`: `b`, constant. In systemd 257, not in systemd 252.
    pub const MEMORY_KSM: Property<bool> = Property::new(INTERFACE, "MemoryKSM", Emits::Const);

    /// `NetworkNamespacePath`: `s`, constant.
    pub const NETWORK_NAMESPACE_PATH: Property<Str> =
        Property::new(INTERFACE, "NetworkNamespacePath", Emits::Const);

    /// `IPCNamespacePath`: `s`, constant.
    pub const IPC_NAMESPACE_PATH: Property<Str> =
        Property::new(INTERFACE, "IPCNamespacePath", Emits::Const);

    /// `RootImagePolicy`: `s`, constant. In systemd 257, not in systemd 252.
    pub const ROOT_IMAGE_POLICY: Property<Str> =
        Property::new(INTERFACE, "RootImagePolicy", Emits::Const);

    /// `MountImagePolicy`: `s`, constant. In systemd 257, not in systemd 252.
    pub const MOUNT_IMAGE_POLICY: Property<Str> =
        Property::new(INTERFACE, "MountImagePolicy", Emits::Const);

    /// `ExtensionImagePolicy`: `s`, constant. In systemd 257, not in systemd 252.
    pub const EXTENSION_IMAGE_POLICY: Property<Str> =
        Property::new(INTERFACE, "ExtensionImagePolicy", Emits::Const);

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
