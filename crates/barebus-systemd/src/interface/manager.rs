//! `org.freedesktop.systemd1.Manager`, in systemd 252 and systemd 257.
//!
//! Made by `cargo xtask generate`; do not edit.

#![allow(
    clippy::type_complexity,
    dead_code,
    unreachable_pub,
    reason = "a program uses some of the definitions, from wherever the module is"
)]

use barebus::definition::{InterfaceName, Object};

/// The interface's name.
pub const INTERFACE: InterfaceName<'static> =
    InterfaceName::from_static("org.freedesktop.systemd1.Manager");

/// The object that has it.
pub const OBJECT: Object<'static> =
    Object::from_static("org.freedesktop.systemd1", "/org/freedesktop/systemd1");

/// Methods.
pub mod method {
    use super::INTERFACE;
    use barebus::definition::{Any, Bytes, Fd, List, Method, Path, Str};

    /// `GetUnit(in s name, out o unit)`.
    pub const GET_UNIT: Method<(Str,), (Path,)> = Method::new(INTERFACE, "GetUnit");

    /// `GetUnitByPID(in u pid, out o unit)`.
    pub const GET_UNIT_BY_PID: Method<(u32,), (Path,)> = Method::new(INTERFACE, "GetUnitByPID");

    /// `GetUnitByInvocationID(in ay invocation_id, out o unit)`.
    pub const GET_UNIT_BY_INVOCATION_ID: Method<(Bytes,), (Path,)> =
        Method::new(INTERFACE, "GetUnitByInvocationID");

    /// `GetUnitByControlGroup(in s cgroup, out o unit)`.
    pub const GET_UNIT_BY_CONTROL_GROUP: Method<(Str,), (Path,)> =
        Method::new(INTERFACE, "GetUnitByControlGroup");

    /// `GetUnitByPIDFD(in h pidfd, out o unit, out s unit_id, out ay invocation_id)`. In systemd 257, not in systemd 252.
    pub const GET_UNIT_BY_PIDFD: Method<(Fd,), (Path, Str, Bytes)> =
        Method::new(INTERFACE, "GetUnitByPIDFD");

    /// `LoadUnit(in s name, out o unit)`.
    pub const LOAD_UNIT: Method<(Str,), (Path,)> = Method::new(INTERFACE, "LoadUnit");

    /// `StartUnit(in s name, in s mode, out o job)`.
    pub const START_UNIT: Method<(Str, Str), (Path,)> = Method::new(INTERFACE, "StartUnit");

    /// `StartUnitWithFlags(in s name, in s mode, in t flags, out o job)`.
    pub const START_UNIT_WITH_FLAGS: Method<(Str, Str, u64), (Path,)> =
        Method::new(INTERFACE, "StartUnitWithFlags");

    /// `StartUnitReplace(in s old_unit, in s new_unit, in s mode, out o job)`.
    pub const START_UNIT_REPLACE: Method<(Str, Str, Str), (Path,)> =
        Method::new(INTERFACE, "StartUnitReplace");

    /// `StopUnit(in s name, in s mode, out o job)`.
    pub const STOP_UNIT: Method<(Str, Str), (Path,)> = Method::new(INTERFACE, "StopUnit");

    /// `ReloadUnit(in s name, in s mode, out o job)`.
    pub const RELOAD_UNIT: Method<(Str, Str), (Path,)> = Method::new(INTERFACE, "ReloadUnit");

    /// `RestartUnit(in s name, in s mode, out o job)`.
    pub const RESTART_UNIT: Method<(Str, Str), (Path,)> = Method::new(INTERFACE, "RestartUnit");

    /// `TryRestartUnit(in s name, in s mode, out o job)`.
    pub const TRY_RESTART_UNIT: Method<(Str, Str), (Path,)> =
        Method::new(INTERFACE, "TryRestartUnit");

    /// `ReloadOrRestartUnit(in s name, in s mode, out o job)`.
    pub const RELOAD_OR_RESTART_UNIT: Method<(Str, Str), (Path,)> =
        Method::new(INTERFACE, "ReloadOrRestartUnit");

    /// `ReloadOrTryRestartUnit(in s name, in s mode, out o job)`.
    pub const RELOAD_OR_TRY_RESTART_UNIT: Method<(Str, Str), (Path,)> =
        Method::new(INTERFACE, "ReloadOrTryRestartUnit");

    /// `EnqueueUnitJob(in s name, in s job_type, in s job_mode, out u job_id, out o job_path, out s unit_id, out o unit_path, out s job_type, out a(uosos) affected_jobs)`.
    pub const ENQUEUE_UNIT_JOB: Method<
        (Str, Str, Str),
        (u32, Path, Str, Path, Str, List<(u32, Path, Str, Path, Str)>),
    > = Method::new(INTERFACE, "EnqueueUnitJob");

    /// `KillUnit(in s name, in s whom, in i signal)`.
    pub const KILL_UNIT: Method<(Str, Str, i32), ()> = Method::new(INTERFACE, "KillUnit");

    /// `QueueSignalUnit(in s name, in s whom, in i signal, in i value)`. In systemd 257, not in systemd 252.
    pub const QUEUE_SIGNAL_UNIT: Method<(Str, Str, i32, i32), ()> =
        Method::new(INTERFACE, "QueueSignalUnit");

    /// `CleanUnit(in s name, in as mask)`.
    pub const CLEAN_UNIT: Method<(Str, List<Str>), ()> = Method::new(INTERFACE, "CleanUnit");

    /// `FreezeUnit(in s name)`.
    pub const FREEZE_UNIT: Method<(Str,), ()> = Method::new(INTERFACE, "FreezeUnit");

    /// `ThawUnit(in s name)`.
    pub const THAW_UNIT: Method<(Str,), ()> = Method::new(INTERFACE, "ThawUnit");

    /// `ResetFailedUnit(in s name)`.
    pub const RESET_FAILED_UNIT: Method<(Str,), ()> = Method::new(INTERFACE, "ResetFailedUnit");

    /// `SetUnitProperties(in s name, in b runtime, in a(sv) properties)`.
    pub const SET_UNIT_PROPERTIES: Method<(Str, bool, List<(Str, Any)>), ()> =
        Method::new(INTERFACE, "SetUnitProperties");

    /// `BindMountUnit(in s name, in s source, in s destination, in b read_only, in b mkdir)`.
    pub const BIND_MOUNT_UNIT: Method<(Str, Str, Str, bool, bool), ()> =
        Method::new(INTERFACE, "BindMountUnit");

    /// `MountImageUnit(in s name, in s source, in s destination, in b read_only, in b mkdir, in a(ss) options)`.
    pub const MOUNT_IMAGE_UNIT: Method<(Str, Str, Str, bool, bool, List<(Str, Str)>), ()> =
        Method::new(INTERFACE, "MountImageUnit");

    /// `RefUnit(in s name)`.
    pub const REF_UNIT: Method<(Str,), ()> = Method::new(INTERFACE, "RefUnit");

    /// `UnrefUnit(in s name)`.
    pub const UNREF_UNIT: Method<(Str,), ()> = Method::new(INTERFACE, "UnrefUnit");

    /// `StartTransientUnit(in s name, in s mode, in a(sv) properties, in a(sa(sv)) aux, out o job)`.
    pub const START_TRANSIENT_UNIT: Method<
        (Str, Str, List<(Str, Any)>, List<(Str, List<(Str, Any)>)>),
        (Path,),
    > = Method::new(INTERFACE, "StartTransientUnit");

    /// `GetUnitProcesses(in s name, out a(sus) processes)`.
    pub const GET_UNIT_PROCESSES: Method<(Str,), (List<(Str, u32, Str)>,)> =
        Method::new(INTERFACE, "GetUnitProcesses");

    /// `AttachProcessesToUnit(in s unit_name, in s subcgroup, in au pids)`.
    pub const ATTACH_PROCESSES_TO_UNIT: Method<(Str, Str, List<u32>), ()> =
        Method::new(INTERFACE, "AttachProcessesToUnit");

    /// `AbandonScope(in s name)`.
    pub const ABANDON_SCOPE: Method<(Str,), ()> = Method::new(INTERFACE, "AbandonScope");

    /// `GetJob(in u id, out o job)`.
    pub const GET_JOB: Method<(u32,), (Path,)> = Method::new(INTERFACE, "GetJob");

    /// `GetJobAfter(in u id, out a(usssoo) jobs)`.
    pub const GET_JOB_AFTER: Method<(u32,), (List<(u32, Str, Str, Str, Path, Path)>,)> =
        Method::new(INTERFACE, "GetJobAfter");

    /// `GetJobBefore(in u id, out a(usssoo) jobs)`.
    pub const GET_JOB_BEFORE: Method<(u32,), (List<(u32, Str, Str, Str, Path, Path)>,)> =
        Method::new(INTERFACE, "GetJobBefore");

    /// `CancelJob(in u id)`.
    pub const CANCEL_JOB: Method<(u32,), ()> = Method::new(INTERFACE, "CancelJob");

    /// `ClearJobs()`.
    pub const CLEAR_JOBS: Method<(), ()> = Method::new(INTERFACE, "ClearJobs");

    /// `ResetFailed()`.
    pub const RESET_FAILED: Method<(), ()> = Method::new(INTERFACE, "ResetFailed");

    /// `SetShowStatus(in s mode)`.
    pub const SET_SHOW_STATUS: Method<(Str,), ()> = Method::new(INTERFACE, "SetShowStatus");

    /// `ListUnits(out a(ssssssouso) units)`.
    pub const LIST_UNITS: Method<
        (),
        (List<(Str, Str, Str, Str, Str, Str, Path, u32, Str, Path)>,),
    > = Method::new(INTERFACE, "ListUnits");

    /// `ListUnitsFiltered(in as states, out a(ssssssouso) units)`.
    pub const LIST_UNITS_FILTERED: Method<
        (List<Str>,),
        (List<(Str, Str, Str, Str, Str, Str, Path, u32, Str, Path)>,),
    > = Method::new(INTERFACE, "ListUnitsFiltered");

    /// `ListUnitsByPatterns(in as states, in as patterns, out a(ssssssouso) units)`.
    pub const LIST_UNITS_BY_PATTERNS: Method<
        (List<Str>, List<Str>),
        (List<(Str, Str, Str, Str, Str, Str, Path, u32, Str, Path)>,),
    > = Method::new(INTERFACE, "ListUnitsByPatterns");

    /// `ListUnitsByNames(in as names, out a(ssssssouso) units)`.
    pub const LIST_UNITS_BY_NAMES: Method<
        (List<Str>,),
        (List<(Str, Str, Str, Str, Str, Str, Path, u32, Str, Path)>,),
    > = Method::new(INTERFACE, "ListUnitsByNames");

    /// `ListJobs(out a(usssoo) jobs)`.
    pub const LIST_JOBS: Method<(), (List<(u32, Str, Str, Str, Path, Path)>,)> =
        Method::new(INTERFACE, "ListJobs");

    /// `Subscribe()`.
    pub const SUBSCRIBE: Method<(), ()> = Method::new(INTERFACE, "Subscribe");

    /// `Unsubscribe()`.
    pub const UNSUBSCRIBE: Method<(), ()> = Method::new(INTERFACE, "Unsubscribe");

    /// `Dump(out s output)`.
    pub const DUMP: Method<(), (Str,)> = Method::new(INTERFACE, "Dump");

    /// `DumpUnitsMatchingPatterns(in as patterns, out s output)`.
    pub const DUMP_UNITS_MATCHING_PATTERNS: Method<(List<Str>,), (Str,)> =
        Method::new(INTERFACE, "DumpUnitsMatchingPatterns");

    /// `DumpByFileDescriptor(out h fd)`.
    pub const DUMP_BY_FILE_DESCRIPTOR: Method<(), (Fd,)> =
        Method::new(INTERFACE, "DumpByFileDescriptor");

    /// `DumpUnitsMatchingPatternsByFileDescriptor(in as patterns, out h fd)`.
    pub const DUMP_UNITS_MATCHING_PATTERNS_BY_FILE_DESCRIPTOR: Method<(List<Str>,), (Fd,)> =
        Method::new(INTERFACE, "DumpUnitsMatchingPatternsByFileDescriptor");

    /// `Reload()`.
    pub const RELOAD: Method<(), ()> = Method::new(INTERFACE, "Reload");

    /// `Reexecute()`. Sends no reply.
    pub const REEXECUTE: Method<(), ()> = Method::new(INTERFACE, "Reexecute");

    /// `Exit()`.
    ///
    /// Annotation `org.freedesktop.systemd1.Privileged`: `true`.
    pub const EXIT: Method<(), ()> = Method::new(INTERFACE, "Exit");

    /// `Reboot()`.
    ///
    /// Annotation `org.freedesktop.systemd1.Privileged`: `true`.
    pub const REBOOT: Method<(), ()> = Method::new(INTERFACE, "Reboot");

    /// `SoftReboot(in s new_root)`. In systemd 257, not in systemd 252.
    ///
    /// Annotation `org.freedesktop.systemd1.Privileged`: `true`.
    pub const SOFT_REBOOT: Method<(Str,), ()> = Method::new(INTERFACE, "SoftReboot");

    /// `PowerOff()`.
    ///
    /// Annotation `org.freedesktop.systemd1.Privileged`: `true`.
    pub const POWER_OFF: Method<(), ()> = Method::new(INTERFACE, "PowerOff");

    /// `Halt()`.
    ///
    /// Annotation `org.freedesktop.systemd1.Privileged`: `true`.
    pub const HALT: Method<(), ()> = Method::new(INTERFACE, "Halt");

    /// `KExec()`.
    ///
    /// Annotation `org.freedesktop.systemd1.Privileged`: `true`.
    pub const K_EXEC: Method<(), ()> = Method::new(INTERFACE, "KExec");

    /// `SwitchRoot(in s new_root, in s init)`.
    ///
    /// Annotation `org.freedesktop.systemd1.Privileged`: `true`.
    pub const SWITCH_ROOT: Method<(Str, Str), ()> = Method::new(INTERFACE, "SwitchRoot");

    /// `SetEnvironment(in as assignments)`.
    pub const SET_ENVIRONMENT: Method<(List<Str>,), ()> = Method::new(INTERFACE, "SetEnvironment");

    /// `UnsetEnvironment(in as names)`.
    pub const UNSET_ENVIRONMENT: Method<(List<Str>,), ()> =
        Method::new(INTERFACE, "UnsetEnvironment");

    /// `UnsetAndSetEnvironment(in as names, in as assignments)`.
    pub const UNSET_AND_SET_ENVIRONMENT: Method<(List<Str>, List<Str>), ()> =
        Method::new(INTERFACE, "UnsetAndSetEnvironment");

    /// `EnqueueMarkedJobs(out ao jobs)`.
    pub const ENQUEUE_MARKED_JOBS: Method<(), (List<Path>,)> =
        Method::new(INTERFACE, "EnqueueMarkedJobs");

    /// `ListUnitFiles(out a(ss) unit_files)`.
    pub const LIST_UNIT_FILES: Method<(), (List<(Str, Str)>,)> =
        Method::new(INTERFACE, "ListUnitFiles");

    /// `ListUnitFilesByPatterns(in as states, in as patterns, out a(ss) unit_files)`.
    pub const LIST_UNIT_FILES_BY_PATTERNS: Method<(List<Str>, List<Str>), (List<(Str, Str)>,)> =
        Method::new(INTERFACE, "ListUnitFilesByPatterns");

    /// `GetUnitFileState(in s file, out s state)`.
    pub const GET_UNIT_FILE_STATE: Method<(Str,), (Str,)> =
        Method::new(INTERFACE, "GetUnitFileState");

    /// `EnableUnitFiles(in as files, in b runtime, in b force, out b carries_install_info, out a(sss) changes)`.
    pub const ENABLE_UNIT_FILES: Method<(List<Str>, bool, bool), (bool, List<(Str, Str, Str)>)> =
        Method::new(INTERFACE, "EnableUnitFiles");

    /// `DisableUnitFiles(in as files, in b runtime, out a(sss) changes)`.
    pub const DISABLE_UNIT_FILES: Method<(List<Str>, bool), (List<(Str, Str, Str)>,)> =
        Method::new(INTERFACE, "DisableUnitFiles");

    /// `EnableUnitFilesWithFlags(in as files, in t flags, out b carries_install_info, out a(sss) changes)`.
    pub const ENABLE_UNIT_FILES_WITH_FLAGS: Method<
        (List<Str>, u64),
        (bool, List<(Str, Str, Str)>),
    > = Method::new(INTERFACE, "EnableUnitFilesWithFlags");

    /// `DisableUnitFilesWithFlags(in as files, in t flags, out a(sss) changes)`.
    pub const DISABLE_UNIT_FILES_WITH_FLAGS: Method<(List<Str>, u64), (List<(Str, Str, Str)>,)> =
        Method::new(INTERFACE, "DisableUnitFilesWithFlags");

    /// `DisableUnitFilesWithFlagsAndInstallInfo(in as files, in t flags, out b carries_install_info, out a(sss) changes)`. In systemd 257, not in systemd 252.
    pub const DISABLE_UNIT_FILES_WITH_FLAGS_AND_INSTALL_INFO: Method<
        (List<Str>, u64),
        (bool, List<(Str, Str, Str)>),
    > = Method::new(INTERFACE, "DisableUnitFilesWithFlagsAndInstallInfo");

    /// `ReenableUnitFiles(in as files, in b runtime, in b force, out b carries_install_info, out a(sss) changes)`.
    pub const REENABLE_UNIT_FILES: Method<(List<Str>, bool, bool), (bool, List<(Str, Str, Str)>)> =
        Method::new(INTERFACE, "ReenableUnitFiles");

    /// `LinkUnitFiles(in as files, in b runtime, in b force, out a(sss) changes)`.
    pub const LINK_UNIT_FILES: Method<(List<Str>, bool, bool), (List<(Str, Str, Str)>,)> =
        Method::new(INTERFACE, "LinkUnitFiles");

    /// `PresetUnitFiles(in as files, in b runtime, in b force, out b carries_install_info, out a(sss) changes)`.
    pub const PRESET_UNIT_FILES: Method<(List<Str>, bool, bool), (bool, List<(Str, Str, Str)>)> =
        Method::new(INTERFACE, "PresetUnitFiles");

    /// `PresetUnitFilesWithMode(in as files, in s mode, in b runtime, in b force, out b carries_install_info, out a(sss) changes)`.
    pub const PRESET_UNIT_FILES_WITH_MODE: Method<
        (List<Str>, Str, bool, bool),
        (bool, List<(Str, Str, Str)>),
    > = Method::new(INTERFACE, "PresetUnitFilesWithMode");

    /// `MaskUnitFiles(in as files, in b runtime, in b force, out a(sss) changes)`.
    pub const MASK_UNIT_FILES: Method<(List<Str>, bool, bool), (List<(Str, Str, Str)>,)> =
        Method::new(INTERFACE, "MaskUnitFiles");

    /// `UnmaskUnitFiles(in as files, in b runtime, out a(sss) changes)`.
    pub const UNMASK_UNIT_FILES: Method<(List<Str>, bool), (List<(Str, Str, Str)>,)> =
        Method::new(INTERFACE, "UnmaskUnitFiles");

    /// `RevertUnitFiles(in as files, out a(sss) changes)`.
    pub const REVERT_UNIT_FILES: Method<(List<Str>,), (List<(Str, Str, Str)>,)> =
        Method::new(INTERFACE, "RevertUnitFiles");

    /// `SetDefaultTarget(in s name, in b force, out a(sss) changes)`.
    pub const SET_DEFAULT_TARGET: Method<(Str, bool), (List<(Str, Str, Str)>,)> =
        Method::new(INTERFACE, "SetDefaultTarget");

    /// `GetDefaultTarget(out s name)`.
    pub const GET_DEFAULT_TARGET: Method<(), (Str,)> = Method::new(INTERFACE, "GetDefaultTarget");

    /// `PresetAllUnitFiles(in s mode, in b runtime, in b force, out a(sss) changes)`.
    pub const PRESET_ALL_UNIT_FILES: Method<(Str, bool, bool), (List<(Str, Str, Str)>,)> =
        Method::new(INTERFACE, "PresetAllUnitFiles");

    /// `AddDependencyUnitFiles(in as files, in s target, in s type, in b runtime, in b force, out a(sss) changes)`.
    pub const ADD_DEPENDENCY_UNIT_FILES: Method<
        (List<Str>, Str, Str, bool, bool),
        (List<(Str, Str, Str)>,),
    > = Method::new(INTERFACE, "AddDependencyUnitFiles");

    /// `GetUnitFileLinks(in s name, in b runtime, out as links)`.
    pub const GET_UNIT_FILE_LINKS: Method<(Str, bool), (List<Str>,)> =
        Method::new(INTERFACE, "GetUnitFileLinks");

    /// `SetExitCode(in y number)`.
    pub const SET_EXIT_CODE: Method<(u8,), ()> = Method::new(INTERFACE, "SetExitCode");

    /// `LookupDynamicUserByName(in s name, out u uid)`.
    pub const LOOKUP_DYNAMIC_USER_BY_NAME: Method<(Str,), (u32,)> =
        Method::new(INTERFACE, "LookupDynamicUserByName");

    /// `LookupDynamicUserByUID(in u uid, out s name)`.
    pub const LOOKUP_DYNAMIC_USER_BY_UID: Method<(u32,), (Str,)> =
        Method::new(INTERFACE, "LookupDynamicUserByUID");

    /// `GetDynamicUsers(out a(us) users)`.
    pub const GET_DYNAMIC_USERS: Method<(), (List<(u32, Str)>,)> =
        Method::new(INTERFACE, "GetDynamicUsers");

    /// `DumpUnitFileDescriptorStore(in s name, out a(suuutuusu) entries)`. In systemd 257, not in systemd 252.
    pub const DUMP_UNIT_FILE_DESCRIPTOR_STORE: Method<
        (Str,),
        (List<(Str, u32, u32, u32, u64, u32, u32, Str, u32)>,),
    > = Method::new(INTERFACE, "DumpUnitFileDescriptorStore");

    /// `StartAuxiliaryScope(in s name, in ah pidfds, in t flags, in a(sv) properties, out o job)`. In systemd 257, not in systemd 252.
    #[deprecated]
    pub const START_AUXILIARY_SCOPE: Method<(Str, List<Fd>, u64, List<(Str, Any)>), (Path,)> =
        Method::new(INTERFACE, "StartAuxiliaryScope");
}

/// Properties.
pub mod property {
    use super::INTERFACE;
    use barebus::definition::{Emits, List, Property, Str};

    /// `Version`: `s`, constant.
    pub const VERSION: Property<Str> = Property::new(INTERFACE, "Version", Emits::Const);

    /// `Features`: `s`, constant.
    pub const FEATURES: Property<Str> = Property::new(INTERFACE, "Features", Emits::Const);

    /// `Virtualization`: `s`, constant.
    pub const VIRTUALIZATION: Property<Str> =
        Property::new(INTERFACE, "Virtualization", Emits::Const);

    /// `ConfidentialVirtualization`: `s`, constant. In systemd 257, not in systemd 252.
    pub const CONFIDENTIAL_VIRTUALIZATION: Property<Str> =
        Property::new(INTERFACE, "ConfidentialVirtualization", Emits::Const);

    /// `Architecture`: `s`, constant.
    pub const ARCHITECTURE: Property<Str> = Property::new(INTERFACE, "Architecture", Emits::Const);

    /// `Tainted`: `s`, constant.
    pub const TAINTED: Property<Str> = Property::new(INTERFACE, "Tainted", Emits::Const);

    /// `FirmwareTimestamp`: `t`, constant.
    pub const FIRMWARE_TIMESTAMP: Property<u64> =
        Property::new(INTERFACE, "FirmwareTimestamp", Emits::Const);

    /// `FirmwareTimestampMonotonic`: `t`, constant.
    pub const FIRMWARE_TIMESTAMP_MONOTONIC: Property<u64> =
        Property::new(INTERFACE, "FirmwareTimestampMonotonic", Emits::Const);

    /// `LoaderTimestamp`: `t`, constant.
    pub const LOADER_TIMESTAMP: Property<u64> =
        Property::new(INTERFACE, "LoaderTimestamp", Emits::Const);

    /// `LoaderTimestampMonotonic`: `t`, constant.
    pub const LOADER_TIMESTAMP_MONOTONIC: Property<u64> =
        Property::new(INTERFACE, "LoaderTimestampMonotonic", Emits::Const);

    /// `KernelTimestamp`: `t`, constant.
    pub const KERNEL_TIMESTAMP: Property<u64> =
        Property::new(INTERFACE, "KernelTimestamp", Emits::Const);

    /// `KernelTimestampMonotonic`: `t`, constant.
    pub const KERNEL_TIMESTAMP_MONOTONIC: Property<u64> =
        Property::new(INTERFACE, "KernelTimestampMonotonic", Emits::Const);

    /// `InitRDTimestamp`: `t`, constant.
    pub const INIT_RD_TIMESTAMP: Property<u64> =
        Property::new(INTERFACE, "InitRDTimestamp", Emits::Const);

    /// `InitRDTimestampMonotonic`: `t`, constant.
    pub const INIT_RD_TIMESTAMP_MONOTONIC: Property<u64> =
        Property::new(INTERFACE, "InitRDTimestampMonotonic", Emits::Const);

    /// `UserspaceTimestamp`: `t`, constant.
    pub const USERSPACE_TIMESTAMP: Property<u64> =
        Property::new(INTERFACE, "UserspaceTimestamp", Emits::Const);

    /// `UserspaceTimestampMonotonic`: `t`, constant.
    pub const USERSPACE_TIMESTAMP_MONOTONIC: Property<u64> =
        Property::new(INTERFACE, "UserspaceTimestampMonotonic", Emits::Const);

    /// `FinishTimestamp`: `t`, constant.
    pub const FINISH_TIMESTAMP: Property<u64> =
        Property::new(INTERFACE, "FinishTimestamp", Emits::Const);

    /// `FinishTimestampMonotonic`: `t`, constant.
    pub const FINISH_TIMESTAMP_MONOTONIC: Property<u64> =
        Property::new(INTERFACE, "FinishTimestampMonotonic", Emits::Const);

    /// `ShutdownStartTimestamp`: `t`, constant. In systemd 257, not in systemd 252.
    pub const SHUTDOWN_START_TIMESTAMP: Property<u64> =
        Property::new(INTERFACE, "ShutdownStartTimestamp", Emits::Const);

    /// `ShutdownStartTimestampMonotonic`: `t`, constant. In systemd 257, not in systemd 252.
    pub const SHUTDOWN_START_TIMESTAMP_MONOTONIC: Property<u64> =
        Property::new(INTERFACE, "ShutdownStartTimestampMonotonic", Emits::Const);

    /// `SecurityStartTimestamp`: `t`, constant.
    pub const SECURITY_START_TIMESTAMP: Property<u64> =
        Property::new(INTERFACE, "SecurityStartTimestamp", Emits::Const);

    /// `SecurityStartTimestampMonotonic`: `t`, constant.
    pub const SECURITY_START_TIMESTAMP_MONOTONIC: Property<u64> =
        Property::new(INTERFACE, "SecurityStartTimestampMonotonic", Emits::Const);

    /// `SecurityFinishTimestamp`: `t`, constant.
    pub const SECURITY_FINISH_TIMESTAMP: Property<u64> =
        Property::new(INTERFACE, "SecurityFinishTimestamp", Emits::Const);

    /// `SecurityFinishTimestampMonotonic`: `t`, constant.
    pub const SECURITY_FINISH_TIMESTAMP_MONOTONIC: Property<u64> =
        Property::new(INTERFACE, "SecurityFinishTimestampMonotonic", Emits::Const);

    /// `GeneratorsStartTimestamp`: `t`, constant.
    pub const GENERATORS_START_TIMESTAMP: Property<u64> =
        Property::new(INTERFACE, "GeneratorsStartTimestamp", Emits::Const);

    /// `GeneratorsStartTimestampMonotonic`: `t`, constant.
    pub const GENERATORS_START_TIMESTAMP_MONOTONIC: Property<u64> =
        Property::new(INTERFACE, "GeneratorsStartTimestampMonotonic", Emits::Const);

    /// `GeneratorsFinishTimestamp`: `t`, constant.
    pub const GENERATORS_FINISH_TIMESTAMP: Property<u64> =
        Property::new(INTERFACE, "GeneratorsFinishTimestamp", Emits::Const);

    /// `GeneratorsFinishTimestampMonotonic`: `t`, constant.
    pub const GENERATORS_FINISH_TIMESTAMP_MONOTONIC: Property<u64> =
        Property::new(INTERFACE, "GeneratorsFinishTimestampMonotonic", Emits::Const);

    /// `UnitsLoadStartTimestamp`: `t`, constant.
    pub const UNITS_LOAD_START_TIMESTAMP: Property<u64> =
        Property::new(INTERFACE, "UnitsLoadStartTimestamp", Emits::Const);

    /// `UnitsLoadStartTimestampMonotonic`: `t`, constant.
    pub const UNITS_LOAD_START_TIMESTAMP_MONOTONIC: Property<u64> =
        Property::new(INTERFACE, "UnitsLoadStartTimestampMonotonic", Emits::Const);

    /// `UnitsLoadFinishTimestamp`: `t`, constant.
    pub const UNITS_LOAD_FINISH_TIMESTAMP: Property<u64> =
        Property::new(INTERFACE, "UnitsLoadFinishTimestamp", Emits::Const);

    /// `UnitsLoadFinishTimestampMonotonic`: `t`, constant.
    pub const UNITS_LOAD_FINISH_TIMESTAMP_MONOTONIC: Property<u64> =
        Property::new(INTERFACE, "UnitsLoadFinishTimestampMonotonic", Emits::Const);

    /// `UnitsLoadTimestamp`: `t`, constant.
    pub const UNITS_LOAD_TIMESTAMP: Property<u64> =
        Property::new(INTERFACE, "UnitsLoadTimestamp", Emits::Const);

    /// `UnitsLoadTimestampMonotonic`: `t`, constant.
    pub const UNITS_LOAD_TIMESTAMP_MONOTONIC: Property<u64> =
        Property::new(INTERFACE, "UnitsLoadTimestampMonotonic", Emits::Const);

    /// `InitRDSecurityStartTimestamp`: `t`, constant.
    pub const INIT_RD_SECURITY_START_TIMESTAMP: Property<u64> =
        Property::new(INTERFACE, "InitRDSecurityStartTimestamp", Emits::Const);

    /// `InitRDSecurityStartTimestampMonotonic`: `t`, constant.
    pub const INIT_RD_SECURITY_START_TIMESTAMP_MONOTONIC: Property<u64> =
        Property::new(INTERFACE, "InitRDSecurityStartTimestampMonotonic", Emits::Const);

    /// `InitRDSecurityFinishTimestamp`: `t`, constant.
    pub const INIT_RD_SECURITY_FINISH_TIMESTAMP: Property<u64> =
        Property::new(INTERFACE, "InitRDSecurityFinishTimestamp", Emits::Const);

    /// `InitRDSecurityFinishTimestampMonotonic`: `t`, constant.
    pub const INIT_RD_SECURITY_FINISH_TIMESTAMP_MONOTONIC: Property<u64> =
        Property::new(INTERFACE, "InitRDSecurityFinishTimestampMonotonic", Emits::Const);

    /// `InitRDGeneratorsStartTimestamp`: `t`, constant.
    pub const INIT_RD_GENERATORS_START_TIMESTAMP: Property<u64> =
        Property::new(INTERFACE, "InitRDGeneratorsStartTimestamp", Emits::Const);

    /// `InitRDGeneratorsStartTimestampMonotonic`: `t`, constant.
    pub const INIT_RD_GENERATORS_START_TIMESTAMP_MONOTONIC: Property<u64> =
        Property::new(INTERFACE, "InitRDGeneratorsStartTimestampMonotonic", Emits::Const);

    /// `InitRDGeneratorsFinishTimestamp`: `t`, constant.
    pub const INIT_RD_GENERATORS_FINISH_TIMESTAMP: Property<u64> =
        Property::new(INTERFACE, "InitRDGeneratorsFinishTimestamp", Emits::Const);

    /// `InitRDGeneratorsFinishTimestampMonotonic`: `t`, constant.
    pub const INIT_RD_GENERATORS_FINISH_TIMESTAMP_MONOTONIC: Property<u64> =
        Property::new(INTERFACE, "InitRDGeneratorsFinishTimestampMonotonic", Emits::Const);

    /// `InitRDUnitsLoadStartTimestamp`: `t`, constant.
    pub const INIT_RD_UNITS_LOAD_START_TIMESTAMP: Property<u64> =
        Property::new(INTERFACE, "InitRDUnitsLoadStartTimestamp", Emits::Const);

    /// `InitRDUnitsLoadStartTimestampMonotonic`: `t`, constant.
    pub const INIT_RD_UNITS_LOAD_START_TIMESTAMP_MONOTONIC: Property<u64> =
        Property::new(INTERFACE, "InitRDUnitsLoadStartTimestampMonotonic", Emits::Const);

    /// `InitRDUnitsLoadFinishTimestamp`: `t`, constant.
    pub const INIT_RD_UNITS_LOAD_FINISH_TIMESTAMP: Property<u64> =
        Property::new(INTERFACE, "InitRDUnitsLoadFinishTimestamp", Emits::Const);

    /// `InitRDUnitsLoadFinishTimestampMonotonic`: `t`, constant.
    pub const INIT_RD_UNITS_LOAD_FINISH_TIMESTAMP_MONOTONIC: Property<u64> =
        Property::new(INTERFACE, "InitRDUnitsLoadFinishTimestampMonotonic", Emits::Const);

    /// `LogLevel`: `s`, does not emit its changes, writable.
    ///
    /// Annotation `org.freedesktop.systemd1.Privileged`: `true`.
    pub const LOG_LEVEL: Property<Str> = Property::new(INTERFACE, "LogLevel", Emits::Never);

    /// `LogTarget`: `s`, does not emit its changes, writable.
    ///
    /// Annotation `org.freedesktop.systemd1.Privileged`: `true`.
    pub const LOG_TARGET: Property<Str> = Property::new(INTERFACE, "LogTarget", Emits::Never);

    /// `NNames`: `u`, does not emit its changes.
    pub const N_NAMES: Property<u32> = Property::new(INTERFACE, "NNames", Emits::Never);

    /// `NFailedUnits`: `u`, emits its changes.
    pub const N_FAILED_UNITS: Property<u32> =
        Property::new(INTERFACE, "NFailedUnits", Emits::Value);

    /// `NJobs`: `u`, does not emit its changes.
    pub const N_JOBS: Property<u32> = Property::new(INTERFACE, "NJobs", Emits::Never);

    /// `NInstalledJobs`: `u`, does not emit its changes.
    pub const N_INSTALLED_JOBS: Property<u32> =
        Property::new(INTERFACE, "NInstalledJobs", Emits::Never);

    /// `NFailedJobs`: `u`, does not emit its changes.
    pub const N_FAILED_JOBS: Property<u32> = Property::new(INTERFACE, "NFailedJobs", Emits::Never);

    /// `Progress`: `d`, does not emit its changes.
    pub const PROGRESS: Property<f64> = Property::new(INTERFACE, "Progress", Emits::Never);

    /// `Environment`: `as`, does not emit its changes.
    pub const ENVIRONMENT: Property<List<Str>> =
        Property::new(INTERFACE, "Environment", Emits::Never);

    /// `ConfirmSpawn`: `b`, constant.
    pub const CONFIRM_SPAWN: Property<bool> =
        Property::new(INTERFACE, "ConfirmSpawn", Emits::Const);

    /// `ShowStatus`: `b`, does not emit its changes.
    pub const SHOW_STATUS: Property<bool> = Property::new(INTERFACE, "ShowStatus", Emits::Never);

    /// `UnitPath`: `as`, constant.
    pub const UNIT_PATH: Property<List<Str>> = Property::new(INTERFACE, "UnitPath", Emits::Const);

    /// `DefaultStandardOutput`: `s`, constant.
    pub const DEFAULT_STANDARD_OUTPUT: Property<Str> =
        Property::new(INTERFACE, "DefaultStandardOutput", Emits::Const);

    /// `DefaultStandardError`: `s`, constant.
    pub const DEFAULT_STANDARD_ERROR: Property<Str> =
        Property::new(INTERFACE, "DefaultStandardError", Emits::Const);

    /// `WatchdogDevice`: `s`, constant.
    pub const WATCHDOG_DEVICE: Property<Str> =
        Property::new(INTERFACE, "WatchdogDevice", Emits::Const);

    /// `WatchdogLastPingTimestamp`: `t`, does not emit its changes.
    pub const WATCHDOG_LAST_PING_TIMESTAMP: Property<u64> =
        Property::new(INTERFACE, "WatchdogLastPingTimestamp", Emits::Never);

    /// `WatchdogLastPingTimestampMonotonic`: `t`, does not emit its changes.
    pub const WATCHDOG_LAST_PING_TIMESTAMP_MONOTONIC: Property<u64> =
        Property::new(INTERFACE, "WatchdogLastPingTimestampMonotonic", Emits::Never);

    /// `RuntimeWatchdogUSec`: `t`, does not emit its changes, writable.
    ///
    /// Annotation `org.freedesktop.systemd1.Privileged`: `true`.
    pub const RUNTIME_WATCHDOG_USEC: Property<u64> =
        Property::new(INTERFACE, "RuntimeWatchdogUSec", Emits::Never);

    /// `RuntimeWatchdogPreUSec`: `t`, does not emit its changes, writable.
    ///
    /// Annotation `org.freedesktop.systemd1.Privileged`: `true`.
    pub const RUNTIME_WATCHDOG_PRE_USEC: Property<u64> =
        Property::new(INTERFACE, "RuntimeWatchdogPreUSec", Emits::Never);

    /// `RuntimeWatchdogPreGovernor`: `s`, does not emit its changes, writable.
    ///
    /// Annotation `org.freedesktop.systemd1.Privileged`: `true`.
    pub const RUNTIME_WATCHDOG_PRE_GOVERNOR: Property<Str> =
        Property::new(INTERFACE, "RuntimeWatchdogPreGovernor", Emits::Never);

    /// `RebootWatchdogUSec`: `t`, does not emit its changes, writable.
    ///
    /// Annotation `org.freedesktop.systemd1.Privileged`: `true`.
    pub const REBOOT_WATCHDOG_USEC: Property<u64> =
        Property::new(INTERFACE, "RebootWatchdogUSec", Emits::Never);

    /// `KExecWatchdogUSec`: `t`, does not emit its changes, writable.
    ///
    /// Annotation `org.freedesktop.systemd1.Privileged`: `true`.
    pub const K_EXEC_WATCHDOG_USEC: Property<u64> =
        Property::new(INTERFACE, "KExecWatchdogUSec", Emits::Never);

    /// `ServiceWatchdogs`: `b`, does not emit its changes, writable.
    ///
    /// Annotation `org.freedesktop.systemd1.Privileged`: `true`.
    pub const SERVICE_WATCHDOGS: Property<bool> =
        Property::new(INTERFACE, "ServiceWatchdogs", Emits::Never);

    /// `ControlGroup`: `s`, does not emit its changes.
    pub const CONTROL_GROUP: Property<Str> = Property::new(INTERFACE, "ControlGroup", Emits::Never);

    /// `SystemState`: `s`, does not emit its changes.
    pub const SYSTEM_STATE: Property<Str> = Property::new(INTERFACE, "SystemState", Emits::Never);

    /// `ExitCode`: `y`, does not emit its changes.
    pub const EXIT_CODE: Property<u8> = Property::new(INTERFACE, "ExitCode", Emits::Never);

    /// `DefaultTimerAccuracyUSec`: `t`, constant.
    pub const DEFAULT_TIMER_ACCURACY_USEC: Property<u64> =
        Property::new(INTERFACE, "DefaultTimerAccuracyUSec", Emits::Const);

    /// `DefaultTimeoutStartUSec`: `t`, constant.
    pub const DEFAULT_TIMEOUT_START_USEC: Property<u64> =
        Property::new(INTERFACE, "DefaultTimeoutStartUSec", Emits::Const);

    /// `DefaultTimeoutStopUSec`: `t`, constant.
    pub const DEFAULT_TIMEOUT_STOP_USEC: Property<u64> =
        Property::new(INTERFACE, "DefaultTimeoutStopUSec", Emits::Const);

    /// `DefaultTimeoutAbortUSec`: `t`, does not emit its changes.
    pub const DEFAULT_TIMEOUT_ABORT_USEC: Property<u64> =
        Property::new(INTERFACE, "DefaultTimeoutAbortUSec", Emits::Never);

    /// `DefaultDeviceTimeoutUSec`: `t`, constant.
    pub const DEFAULT_DEVICE_TIMEOUT_USEC: Property<u64> =
        Property::new(INTERFACE, "DefaultDeviceTimeoutUSec", Emits::Const);

    /// `DefaultRestartUSec`: `t`, constant.
    pub const DEFAULT_RESTART_USEC: Property<u64> =
        Property::new(INTERFACE, "DefaultRestartUSec", Emits::Const);

    /// `DefaultStartLimitIntervalUSec`: `t`, constant.
    pub const DEFAULT_START_LIMIT_INTERVAL_USEC: Property<u64> =
        Property::new(INTERFACE, "DefaultStartLimitIntervalUSec", Emits::Const);

    /// `DefaultStartLimitBurst`: `u`, constant.
    pub const DEFAULT_START_LIMIT_BURST: Property<u32> =
        Property::new(INTERFACE, "DefaultStartLimitBurst", Emits::Const);

    /// `DefaultCPUAccounting`: `b`, constant.
    pub const DEFAULT_CPU_ACCOUNTING: Property<bool> =
        Property::new(INTERFACE, "DefaultCPUAccounting", Emits::Const);

    /// `DefaultBlockIOAccounting`: `b`, constant.
    pub const DEFAULT_BLOCK_IO_ACCOUNTING: Property<bool> =
        Property::new(INTERFACE, "DefaultBlockIOAccounting", Emits::Const);

    /// `DefaultIOAccounting`: `b`, constant. In systemd 257, not in systemd 252.
    pub const DEFAULT_IO_ACCOUNTING: Property<bool> =
        Property::new(INTERFACE, "DefaultIOAccounting", Emits::Const);

    /// `DefaultIPAccounting`: `b`, constant. In systemd 257, not in systemd 252.
    pub const DEFAULT_IP_ACCOUNTING: Property<bool> =
        Property::new(INTERFACE, "DefaultIPAccounting", Emits::Const);

    /// `DefaultMemoryAccounting`: `b`, constant.
    pub const DEFAULT_MEMORY_ACCOUNTING: Property<bool> =
        Property::new(INTERFACE, "DefaultMemoryAccounting", Emits::Const);

    /// `DefaultTasksAccounting`: `b`, constant.
    pub const DEFAULT_TASKS_ACCOUNTING: Property<bool> =
        Property::new(INTERFACE, "DefaultTasksAccounting", Emits::Const);

    /// `DefaultLimitCPU`: `t`, constant.
    pub const DEFAULT_LIMIT_CPU: Property<u64> =
        Property::new(INTERFACE, "DefaultLimitCPU", Emits::Const);

    /// `DefaultLimitCPUSoft`: `t`, constant.
    pub const DEFAULT_LIMIT_CPU_SOFT: Property<u64> =
        Property::new(INTERFACE, "DefaultLimitCPUSoft", Emits::Const);

    /// `DefaultLimitFSIZE`: `t`, constant.
    pub const DEFAULT_LIMIT_FSIZE: Property<u64> =
        Property::new(INTERFACE, "DefaultLimitFSIZE", Emits::Const);

    /// `DefaultLimitFSIZESoft`: `t`, constant.
    pub const DEFAULT_LIMIT_FSIZE_SOFT: Property<u64> =
        Property::new(INTERFACE, "DefaultLimitFSIZESoft", Emits::Const);

    /// `DefaultLimitDATA`: `t`, constant.
    pub const DEFAULT_LIMIT_DATA: Property<u64> =
        Property::new(INTERFACE, "DefaultLimitDATA", Emits::Const);

    /// `DefaultLimitDATASoft`: `t`, constant.
    pub const DEFAULT_LIMIT_DATA_SOFT: Property<u64> =
        Property::new(INTERFACE, "DefaultLimitDATASoft", Emits::Const);

    /// `DefaultLimitSTACK`: `t`, constant.
    pub const DEFAULT_LIMIT_STACK: Property<u64> =
        Property::new(INTERFACE, "DefaultLimitSTACK", Emits::Const);

    /// `DefaultLimitSTACKSoft`: `t`, constant.
    pub const DEFAULT_LIMIT_STACK_SOFT: Property<u64> =
        Property::new(INTERFACE, "DefaultLimitSTACKSoft", Emits::Const);

    /// `DefaultLimitCORE`: `t`, constant.
    pub const DEFAULT_LIMIT_CORE: Property<u64> =
        Property::new(INTERFACE, "DefaultLimitCORE", Emits::Const);

    /// `DefaultLimitCORESoft`: `t`, constant.
    pub const DEFAULT_LIMIT_CORE_SOFT: Property<u64> =
        Property::new(INTERFACE, "DefaultLimitCORESoft", Emits::Const);

    /// `DefaultLimitRSS`: `t`, constant.
    pub const DEFAULT_LIMIT_RSS: Property<u64> =
        Property::new(INTERFACE, "DefaultLimitRSS", Emits::Const);

    /// `DefaultLimitRSSSoft`: `t`, constant.
    pub const DEFAULT_LIMIT_RSS_SOFT: Property<u64> =
        Property::new(INTERFACE, "DefaultLimitRSSSoft", Emits::Const);

    /// `DefaultLimitNOFILE`: `t`, constant.
    pub const DEFAULT_LIMIT_NOFILE: Property<u64> =
        Property::new(INTERFACE, "DefaultLimitNOFILE", Emits::Const);

    /// `DefaultLimitNOFILESoft`: `t`, constant.
    pub const DEFAULT_LIMIT_NOFILE_SOFT: Property<u64> =
        Property::new(INTERFACE, "DefaultLimitNOFILESoft", Emits::Const);

    /// `DefaultLimitAS`: `t`, constant.
    pub const DEFAULT_LIMIT_AS: Property<u64> =
        Property::new(INTERFACE, "DefaultLimitAS", Emits::Const);

    /// `DefaultLimitASSoft`: `t`, constant.
    pub const DEFAULT_LIMIT_AS_SOFT: Property<u64> =
        Property::new(INTERFACE, "DefaultLimitASSoft", Emits::Const);

    /// `DefaultLimitNPROC`: `t`, constant.
    pub const DEFAULT_LIMIT_NPROC: Property<u64> =
        Property::new(INTERFACE, "DefaultLimitNPROC", Emits::Const);

    /// `DefaultLimitNPROCSoft`: `t`, constant.
    pub const DEFAULT_LIMIT_NPROC_SOFT: Property<u64> =
        Property::new(INTERFACE, "DefaultLimitNPROCSoft", Emits::Const);

    /// `DefaultLimitMEMLOCK`: `t`, constant.
    pub const DEFAULT_LIMIT_MEMLOCK: Property<u64> =
        Property::new(INTERFACE, "DefaultLimitMEMLOCK", Emits::Const);

    /// `DefaultLimitMEMLOCKSoft`: `t`, constant.
    pub const DEFAULT_LIMIT_MEMLOCK_SOFT: Property<u64> =
        Property::new(INTERFACE, "DefaultLimitMEMLOCKSoft", Emits::Const);

    /// `DefaultLimitLOCKS`: `t`, constant.
    pub const DEFAULT_LIMIT_LOCKS: Property<u64> =
        Property::new(INTERFACE, "DefaultLimitLOCKS", Emits::Const);

    /// `DefaultLimitLOCKSSoft`: `t`, constant.
    pub const DEFAULT_LIMIT_LOCKS_SOFT: Property<u64> =
        Property::new(INTERFACE, "DefaultLimitLOCKSSoft", Emits::Const);

    /// `DefaultLimitSIGPENDING`: `t`, constant.
    pub const DEFAULT_LIMIT_SIGPENDING: Property<u64> =
        Property::new(INTERFACE, "DefaultLimitSIGPENDING", Emits::Const);

    /// `DefaultLimitSIGPENDINGSoft`: `t`, constant.
    pub const DEFAULT_LIMIT_SIGPENDING_SOFT: Property<u64> =
        Property::new(INTERFACE, "DefaultLimitSIGPENDINGSoft", Emits::Const);

    /// `DefaultLimitMSGQUEUE`: `t`, constant.
    pub const DEFAULT_LIMIT_MSGQUEUE: Property<u64> =
        Property::new(INTERFACE, "DefaultLimitMSGQUEUE", Emits::Const);

    /// `DefaultLimitMSGQUEUESoft`: `t`, constant.
    pub const DEFAULT_LIMIT_MSGQUEUE_SOFT: Property<u64> =
        Property::new(INTERFACE, "DefaultLimitMSGQUEUESoft", Emits::Const);

    /// `DefaultLimitNICE`: `t`, constant.
    pub const DEFAULT_LIMIT_NICE: Property<u64> =
        Property::new(INTERFACE, "DefaultLimitNICE", Emits::Const);

    /// `DefaultLimitNICESoft`: `t`, constant.
    pub const DEFAULT_LIMIT_NICE_SOFT: Property<u64> =
        Property::new(INTERFACE, "DefaultLimitNICESoft", Emits::Const);

    /// `DefaultLimitRTPRIO`: `t`, constant.
    pub const DEFAULT_LIMIT_RTPRIO: Property<u64> =
        Property::new(INTERFACE, "DefaultLimitRTPRIO", Emits::Const);

    /// `DefaultLimitRTPRIOSoft`: `t`, constant.
    pub const DEFAULT_LIMIT_RTPRIO_SOFT: Property<u64> =
        Property::new(INTERFACE, "DefaultLimitRTPRIOSoft", Emits::Const);

    /// `DefaultLimitRTTIME`: `t`, constant.
    pub const DEFAULT_LIMIT_RTTIME: Property<u64> =
        Property::new(INTERFACE, "DefaultLimitRTTIME", Emits::Const);

    /// `DefaultLimitRTTIMESoft`: `t`, constant.
    pub const DEFAULT_LIMIT_RTTIME_SOFT: Property<u64> =
        Property::new(INTERFACE, "DefaultLimitRTTIMESoft", Emits::Const);

    /// `DefaultTasksMax`: `t`, does not emit its changes.
    pub const DEFAULT_TASKS_MAX: Property<u64> =
        Property::new(INTERFACE, "DefaultTasksMax", Emits::Never);

    /// `DefaultMemoryPressureThresholdUSec`: `t`, does not emit its changes. In systemd 257, not in systemd 252.
    pub const DEFAULT_MEMORY_PRESSURE_THRESHOLD_USEC: Property<u64> =
        Property::new(INTERFACE, "DefaultMemoryPressureThresholdUSec", Emits::Never);

    /// `DefaultMemoryPressureWatch`: `s`, does not emit its changes. In systemd 257, not in systemd 252.
    pub const DEFAULT_MEMORY_PRESSURE_WATCH: Property<Str> =
        Property::new(INTERFACE, "DefaultMemoryPressureWatch", Emits::Never);

    /// `TimerSlackNSec`: `t`, constant.
    pub const TIMER_SLACK_NSEC: Property<u64> =
        Property::new(INTERFACE, "TimerSlackNSec", Emits::Const);

    /// `DefaultOOMPolicy`: `s`, constant.
    pub const DEFAULT_OOM_POLICY: Property<Str> =
        Property::new(INTERFACE, "DefaultOOMPolicy", Emits::Const);

    /// `DefaultOOMScoreAdjust`: `i`, constant.
    pub const DEFAULT_OOM_SCORE_ADJUST: Property<i32> =
        Property::new(INTERFACE, "DefaultOOMScoreAdjust", Emits::Const);

    /// `CtrlAltDelBurstAction`: `s`, constant.
    pub const CTRL_ALT_DEL_BURST_ACTION: Property<Str> =
        Property::new(INTERFACE, "CtrlAltDelBurstAction", Emits::Const);

    /// `SoftRebootsCount`: `u`, constant. In systemd 257, not in systemd 252.
    pub const SOFT_REBOOTS_COUNT: Property<u32> =
        Property::new(INTERFACE, "SoftRebootsCount", Emits::Const);
}

/// Signals.
pub mod signal {
    use super::INTERFACE;
    use barebus::definition::{Path, SignalKind, Str};

    /// `UnitNew(s id, o unit)`.
    pub const UNIT_NEW: SignalKind<(Str, Path)> = SignalKind::new(INTERFACE, "UnitNew");

    /// `UnitRemoved(s id, o unit)`.
    pub const UNIT_REMOVED: SignalKind<(Str, Path)> = SignalKind::new(INTERFACE, "UnitRemoved");

    /// `JobNew(u id, o job, s unit)`.
    pub const JOB_NEW: SignalKind<(u32, Path, Str)> = SignalKind::new(INTERFACE, "JobNew");

    /// `JobRemoved(u id, o job, s unit, s result)`.
    pub const JOB_REMOVED: SignalKind<(u32, Path, Str, Str)> =
        SignalKind::new(INTERFACE, "JobRemoved");

    /// `StartupFinished(t firmware, t loader, t kernel, t initrd, t userspace, t total)`.
    pub const STARTUP_FINISHED: SignalKind<(u64, u64, u64, u64, u64, u64)> =
        SignalKind::new(INTERFACE, "StartupFinished");

    /// `UnitFilesChanged()`.
    pub const UNIT_FILES_CHANGED: SignalKind<()> = SignalKind::new(INTERFACE, "UnitFilesChanged");

    /// `Reloading(b active)`.
    pub const RELOADING: SignalKind<(bool,)> = SignalKind::new(INTERFACE, "Reloading");
}
