//! `org.freedesktop.systemd1.Unit`, in systemd 252 and systemd 257.
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
    InterfaceName::from_static("org.freedesktop.systemd1.Unit");

/// Methods.
pub mod method {
    use super::INTERFACE;
    use barebus::definition::{Any, List, Method, Path, Str};

    /// `Start(in s mode, out o job)`.
    pub const START: Method<(Str,), (Path,)> = Method::new(INTERFACE, "Start");

    /// `Stop(in s mode, out o job)`.
    pub const STOP: Method<(Str,), (Path,)> = Method::new(INTERFACE, "Stop");

    /// `Reload(in s mode, out o job)`.
    pub const RELOAD: Method<(Str,), (Path,)> = Method::new(INTERFACE, "Reload");

    /// `Restart(in s mode, out o job)`.
    pub const RESTART: Method<(Str,), (Path,)> = Method::new(INTERFACE, "Restart");

    /// `TryRestart(in s mode, out o job)`.
    pub const TRY_RESTART: Method<(Str,), (Path,)> = Method::new(INTERFACE, "TryRestart");

    /// `ReloadOrRestart(in s mode, out o job)`.
    pub const RELOAD_OR_RESTART: Method<(Str,), (Path,)> =
        Method::new(INTERFACE, "ReloadOrRestart");

    /// `ReloadOrTryRestart(in s mode, out o job)`.
    pub const RELOAD_OR_TRY_RESTART: Method<(Str,), (Path,)> =
        Method::new(INTERFACE, "ReloadOrTryRestart");

    /// `EnqueueJob(in s job_type, in s job_mode, out u job_id, out o job_path, out s unit_id, out o unit_path, out s job_type, out a(uosos) affected_jobs)`.
    pub const ENQUEUE_JOB: Method<
        (Str, Str),
        (u32, Path, Str, Path, Str, List<(u32, Path, Str, Path, Str)>),
    > = Method::new(INTERFACE, "EnqueueJob");

    /// `Kill(in s whom, in i signal)`.
    pub const KILL: Method<(Str, i32), ()> = Method::new(INTERFACE, "Kill");

    /// `QueueSignal(in s whom, in i signal, in i value)`. In systemd 257, not in systemd 252.
    pub const QUEUE_SIGNAL: Method<(Str, i32, i32), ()> = Method::new(INTERFACE, "QueueSignal");

    /// `ResetFailed()`.
    pub const RESET_FAILED: Method<(), ()> = Method::new(INTERFACE, "ResetFailed");

    /// `SetProperties(in b runtime, in a(sv) properties)`.
    pub const SET_PROPERTIES: Method<(bool, List<(Str, Any)>), ()> =
        Method::new(INTERFACE, "SetProperties");

    /// `Ref()`.
    pub const REF: Method<(), ()> = Method::new(INTERFACE, "Ref");

    /// `Unref()`.
    pub const UNREF: Method<(), ()> = Method::new(INTERFACE, "Unref");

    /// `Clean(in as mask)`.
    pub const CLEAN: Method<(List<Str>,), ()> = Method::new(INTERFACE, "Clean");

    /// `Freeze()`.
    pub const FREEZE: Method<(), ()> = Method::new(INTERFACE, "Freeze");

    /// `Thaw()`.
    pub const THAW: Method<(), ()> = Method::new(INTERFACE, "Thaw");
}

/// Properties.
pub mod property {
    use super::INTERFACE;
    use barebus::definition::{Bytes, Emits, List, Path, Property, Str};

    /// `Id`: `s`, constant.
    pub const ID: Property<Str> = Property::new(INTERFACE, "Id", Emits::Const);

    /// `Names`: `as`, constant.
    pub const NAMES: Property<List<Str>> = Property::new(INTERFACE, "Names", Emits::Const);

    /// `Following`: `s`, does not emit its changes.
    pub const FOLLOWING: Property<Str> = Property::new(INTERFACE, "Following", Emits::Never);

    /// `Requires`: `as`, constant.
    pub const REQUIRES: Property<List<Str>> = Property::new(INTERFACE, "Requires", Emits::Const);

    /// `Requisite`: `as`, constant.
    pub const REQUISITE: Property<List<Str>> = Property::new(INTERFACE, "Requisite", Emits::Const);

    /// `Wants`: `as`, constant.
    pub const WANTS: Property<List<Str>> = Property::new(INTERFACE, "Wants", Emits::Const);

    /// `BindsTo`: `as`, constant.
    pub const BINDS_TO: Property<List<Str>> = Property::new(INTERFACE, "BindsTo", Emits::Const);

    /// `PartOf`: `as`, constant.
    pub const PART_OF: Property<List<Str>> = Property::new(INTERFACE, "PartOf", Emits::Const);

    /// `Upholds`: `as`, constant.
    pub const UPHOLDS: Property<List<Str>> = Property::new(INTERFACE, "Upholds", Emits::Const);

    /// `RequiredBy`: `as`, constant.
    pub const REQUIRED_BY: Property<List<Str>> =
        Property::new(INTERFACE, "RequiredBy", Emits::Const);

    /// `RequisiteOf`: `as`, constant.
    pub const REQUISITE_OF: Property<List<Str>> =
        Property::new(INTERFACE, "RequisiteOf", Emits::Const);

    /// `WantedBy`: `as`, constant.
    pub const WANTED_BY: Property<List<Str>> = Property::new(INTERFACE, "WantedBy", Emits::Const);

    /// `BoundBy`: `as`, constant.
    pub const BOUND_BY: Property<List<Str>> = Property::new(INTERFACE, "BoundBy", Emits::Const);

    /// `UpheldBy`: `as`, constant.
    pub const UPHELD_BY: Property<List<Str>> = Property::new(INTERFACE, "UpheldBy", Emits::Const);

    /// `ConsistsOf`: `as`, constant.
    pub const CONSISTS_OF: Property<List<Str>> =
        Property::new(INTERFACE, "ConsistsOf", Emits::Const);

    /// `Conflicts`: `as`, constant.
    pub const CONFLICTS: Property<List<Str>> = Property::new(INTERFACE, "Conflicts", Emits::Const);

    /// `ConflictedBy`: `as`, constant.
    pub const CONFLICTED_BY: Property<List<Str>> =
        Property::new(INTERFACE, "ConflictedBy", Emits::Const);

    /// `Before`: `as`, constant.
    pub const BEFORE: Property<List<Str>> = Property::new(INTERFACE, "Before", Emits::Const);

    /// `After`: `as`, constant.
    pub const AFTER: Property<List<Str>> = Property::new(INTERFACE, "After", Emits::Const);

    /// `OnSuccess`: `as`, constant.
    pub const ON_SUCCESS: Property<List<Str>> = Property::new(INTERFACE, "OnSuccess", Emits::Const);

    /// `OnSuccessOf`: `as`, constant.
    pub const ON_SUCCESS_OF: Property<List<Str>> =
        Property::new(INTERFACE, "OnSuccessOf", Emits::Const);

    /// `OnFailure`: `as`, constant.
    pub const ON_FAILURE: Property<List<Str>> = Property::new(INTERFACE, "OnFailure", Emits::Const);

    /// `OnFailureOf`: `as`, constant.
    pub const ON_FAILURE_OF: Property<List<Str>> =
        Property::new(INTERFACE, "OnFailureOf", Emits::Const);

    /// `Triggers`: `as`, constant.
    pub const TRIGGERS: Property<List<Str>> = Property::new(INTERFACE, "Triggers", Emits::Const);

    /// `TriggeredBy`: `as`, constant.
    pub const TRIGGERED_BY: Property<List<Str>> =
        Property::new(INTERFACE, "TriggeredBy", Emits::Const);

    /// `PropagatesReloadTo`: `as`, constant.
    pub const PROPAGATES_RELOAD_TO: Property<List<Str>> =
        Property::new(INTERFACE, "PropagatesReloadTo", Emits::Const);

    /// `ReloadPropagatedFrom`: `as`, constant.
    pub const RELOAD_PROPAGATED_FROM: Property<List<Str>> =
        Property::new(INTERFACE, "ReloadPropagatedFrom", Emits::Const);

    /// `PropagatesStopTo`: `as`, constant.
    pub const PROPAGATES_STOP_TO: Property<List<Str>> =
        Property::new(INTERFACE, "PropagatesStopTo", Emits::Const);

    /// `StopPropagatedFrom`: `as`, constant.
    pub const STOP_PROPAGATED_FROM: Property<List<Str>> =
        Property::new(INTERFACE, "StopPropagatedFrom", Emits::Const);

    /// `JoinsNamespaceOf`: `as`, constant.
    pub const JOINS_NAMESPACE_OF: Property<List<Str>> =
        Property::new(INTERFACE, "JoinsNamespaceOf", Emits::Const);

    /// `SliceOf`: `as`, constant.
    pub const SLICE_OF: Property<List<Str>> = Property::new(INTERFACE, "SliceOf", Emits::Const);

    /// `RequiresMountsFor`: `as`, constant.
    pub const REQUIRES_MOUNTS_FOR: Property<List<Str>> =
        Property::new(INTERFACE, "RequiresMountsFor", Emits::Const);

    /// `WantsMountsFor`: `as`, constant. In systemd 257, not in systemd 252.
    pub const WANTS_MOUNTS_FOR: Property<List<Str>> =
        Property::new(INTERFACE, "WantsMountsFor", Emits::Const);

    /// `Documentation`: `as`, constant.
    pub const DOCUMENTATION: Property<List<Str>> =
        Property::new(INTERFACE, "Documentation", Emits::Const);

    /// `Description`: `s`, constant.
    pub const DESCRIPTION: Property<Str> = Property::new(INTERFACE, "Description", Emits::Const);

    /// `AccessSELinuxContext`: `s`, constant.
    pub const ACCESS_SE_LINUX_CONTEXT: Property<Str> =
        Property::new(INTERFACE, "AccessSELinuxContext", Emits::Const);

    /// `LoadState`: `s`, constant.
    pub const LOAD_STATE: Property<Str> = Property::new(INTERFACE, "LoadState", Emits::Const);

    /// `ActiveState`: `s`, emits its changes.
    pub const ACTIVE_STATE: Property<Str> = Property::new(INTERFACE, "ActiveState", Emits::Value);

    /// `FreezerState`: `s`, emits its changes.
    pub const FREEZER_STATE: Property<Str> = Property::new(INTERFACE, "FreezerState", Emits::Value);

    /// `SubState`: `s`, emits its changes.
    pub const SUB_STATE: Property<Str> = Property::new(INTERFACE, "SubState", Emits::Value);

    /// `FragmentPath`: `s`, constant.
    pub const FRAGMENT_PATH: Property<Str> = Property::new(INTERFACE, "FragmentPath", Emits::Const);

    /// `SourcePath`: `s`, constant.
    pub const SOURCE_PATH: Property<Str> = Property::new(INTERFACE, "SourcePath", Emits::Const);

    /// `DropInPaths`: `as`, constant.
    pub const DROP_IN_PATHS: Property<List<Str>> =
        Property::new(INTERFACE, "DropInPaths", Emits::Const);

    /// `UnitFileState`: `s`, does not emit its changes.
    pub const UNIT_FILE_STATE: Property<Str> =
        Property::new(INTERFACE, "UnitFileState", Emits::Never);

    /// `UnitFilePreset`: `s`, does not emit its changes.
    pub const UNIT_FILE_PRESET: Property<Str> =
        Property::new(INTERFACE, "UnitFilePreset", Emits::Never);

    /// `StateChangeTimestamp`: `t`, emits its changes.
    pub const STATE_CHANGE_TIMESTAMP: Property<u64> =
        Property::new(INTERFACE, "StateChangeTimestamp", Emits::Value);

    /// `StateChangeTimestampMonotonic`: `t`, emits its changes.
    pub const STATE_CHANGE_TIMESTAMP_MONOTONIC: Property<u64> =
        Property::new(INTERFACE, "StateChangeTimestampMonotonic", Emits::Value);

    /// `InactiveExitTimestamp`: `t`, emits its changes.
    pub const INACTIVE_EXIT_TIMESTAMP: Property<u64> =
        Property::new(INTERFACE, "InactiveExitTimestamp", Emits::Value);

    /// `InactiveExitTimestampMonotonic`: `t`, emits its changes.
    pub const INACTIVE_EXIT_TIMESTAMP_MONOTONIC: Property<u64> =
        Property::new(INTERFACE, "InactiveExitTimestampMonotonic", Emits::Value);

    /// `ActiveEnterTimestamp`: `t`, emits its changes.
    pub const ACTIVE_ENTER_TIMESTAMP: Property<u64> =
        Property::new(INTERFACE, "ActiveEnterTimestamp", Emits::Value);

    /// `ActiveEnterTimestampMonotonic`: `t`, emits its changes.
    pub const ACTIVE_ENTER_TIMESTAMP_MONOTONIC: Property<u64> =
        Property::new(INTERFACE, "ActiveEnterTimestampMonotonic", Emits::Value);

    /// `ActiveExitTimestamp`: `t`, emits its changes.
    pub const ACTIVE_EXIT_TIMESTAMP: Property<u64> =
        Property::new(INTERFACE, "ActiveExitTimestamp", Emits::Value);

    /// `ActiveExitTimestampMonotonic`: `t`, emits its changes.
    pub const ACTIVE_EXIT_TIMESTAMP_MONOTONIC: Property<u64> =
        Property::new(INTERFACE, "ActiveExitTimestampMonotonic", Emits::Value);

    /// `InactiveEnterTimestamp`: `t`, emits its changes.
    pub const INACTIVE_ENTER_TIMESTAMP: Property<u64> =
        Property::new(INTERFACE, "InactiveEnterTimestamp", Emits::Value);

    /// `InactiveEnterTimestampMonotonic`: `t`, emits its changes.
    pub const INACTIVE_ENTER_TIMESTAMP_MONOTONIC: Property<u64> =
        Property::new(INTERFACE, "InactiveEnterTimestampMonotonic", Emits::Value);

    /// `CanStart`: `b`, constant.
    pub const CAN_START: Property<bool> = Property::new(INTERFACE, "CanStart", Emits::Const);

    /// `CanStop`: `b`, constant.
    pub const CAN_STOP: Property<bool> = Property::new(INTERFACE, "CanStop", Emits::Const);

    /// `CanReload`: `b`, constant.
    pub const CAN_RELOAD: Property<bool> = Property::new(INTERFACE, "CanReload", Emits::Const);

    /// `CanIsolate`: `b`, constant.
    pub const CAN_ISOLATE: Property<bool> = Property::new(INTERFACE, "CanIsolate", Emits::Const);

    /// `CanClean`: `as`, constant.
    pub const CAN_CLEAN: Property<List<Str>> = Property::new(INTERFACE, "CanClean", Emits::Const);

    /// `CanFreeze`: `b`, constant.
    pub const CAN_FREEZE: Property<bool> = Property::new(INTERFACE, "CanFreeze", Emits::Const);

    /// `CanLiveMount`: `b`, constant. In systemd 257, not in systemd 252.
    pub const CAN_LIVE_MOUNT: Property<bool> =
        Property::new(INTERFACE, "CanLiveMount", Emits::Const);

    /// `Job`: `(uo)`, emits its changes.
    pub const JOB: Property<(u32, Path)> = Property::new(INTERFACE, "Job", Emits::Value);

    /// `StopWhenUnneeded`: `b`, constant.
    pub const STOP_WHEN_UNNEEDED: Property<bool> =
        Property::new(INTERFACE, "StopWhenUnneeded", Emits::Const);

    /// `RefuseManualStart`: `b`, constant.
    pub const REFUSE_MANUAL_START: Property<bool> =
        Property::new(INTERFACE, "RefuseManualStart", Emits::Const);

    /// `RefuseManualStop`: `b`, constant.
    pub const REFUSE_MANUAL_STOP: Property<bool> =
        Property::new(INTERFACE, "RefuseManualStop", Emits::Const);

    /// `AllowIsolate`: `b`, constant.
    pub const ALLOW_ISOLATE: Property<bool> =
        Property::new(INTERFACE, "AllowIsolate", Emits::Const);

    /// `DefaultDependencies`: `b`, constant.
    pub const DEFAULT_DEPENDENCIES: Property<bool> =
        Property::new(INTERFACE, "DefaultDependencies", Emits::Const);

    /// `SurviveFinalKillSignal`: `b`, constant. In systemd 257, not in systemd 252.
    pub const SURVIVE_FINAL_KILL_SIGNAL: Property<bool> =
        Property::new(INTERFACE, "SurviveFinalKillSignal", Emits::Const);

    /// `OnSuccessJobMode`: `s`, constant.
    pub const ON_SUCCESS_JOB_MODE: Property<Str> =
        Property::new(INTERFACE, "OnSuccessJobMode", Emits::Const);

    /// `OnFailureJobMode`: `s`, constant.
    pub const ON_FAILURE_JOB_MODE: Property<Str> =
        Property::new(INTERFACE, "OnFailureJobMode", Emits::Const);

    /// `IgnoreOnIsolate`: `b`, constant.
    pub const IGNORE_ON_ISOLATE: Property<bool> =
        Property::new(INTERFACE, "IgnoreOnIsolate", Emits::Const);

    /// `NeedDaemonReload`: `b`, does not emit its changes.
    pub const NEED_DAEMON_RELOAD: Property<bool> =
        Property::new(INTERFACE, "NeedDaemonReload", Emits::Never);

    /// `Markers`: `as`, does not emit its changes.
    pub const MARKERS: Property<List<Str>> = Property::new(INTERFACE, "Markers", Emits::Never);

    /// `JobTimeoutUSec`: `t`, constant.
    pub const JOB_TIMEOUT_USEC: Property<u64> =
        Property::new(INTERFACE, "JobTimeoutUSec", Emits::Const);

    /// `JobRunningTimeoutUSec`: `t`, constant.
    pub const JOB_RUNNING_TIMEOUT_USEC: Property<u64> =
        Property::new(INTERFACE, "JobRunningTimeoutUSec", Emits::Const);

    /// `JobTimeoutAction`: `s`, constant.
    pub const JOB_TIMEOUT_ACTION: Property<Str> =
        Property::new(INTERFACE, "JobTimeoutAction", Emits::Const);

    /// `JobTimeoutRebootArgument`: `s`, constant.
    pub const JOB_TIMEOUT_REBOOT_ARGUMENT: Property<Str> =
        Property::new(INTERFACE, "JobTimeoutRebootArgument", Emits::Const);

    /// `ConditionResult`: `b`, emits its changes.
    pub const CONDITION_RESULT: Property<bool> =
        Property::new(INTERFACE, "ConditionResult", Emits::Value);

    /// `AssertResult`: `b`, emits its changes.
    pub const ASSERT_RESULT: Property<bool> =
        Property::new(INTERFACE, "AssertResult", Emits::Value);

    /// `ConditionTimestamp`: `t`, emits its changes.
    pub const CONDITION_TIMESTAMP: Property<u64> =
        Property::new(INTERFACE, "ConditionTimestamp", Emits::Value);

    /// `ConditionTimestampMonotonic`: `t`, emits its changes.
    pub const CONDITION_TIMESTAMP_MONOTONIC: Property<u64> =
        Property::new(INTERFACE, "ConditionTimestampMonotonic", Emits::Value);

    /// `AssertTimestamp`: `t`, emits its changes.
    pub const ASSERT_TIMESTAMP: Property<u64> =
        Property::new(INTERFACE, "AssertTimestamp", Emits::Value);

    /// `AssertTimestampMonotonic`: `t`, emits its changes.
    pub const ASSERT_TIMESTAMP_MONOTONIC: Property<u64> =
        Property::new(INTERFACE, "AssertTimestampMonotonic", Emits::Value);

    /// `Conditions`: `a(sbbsi)`, emits that it changed, without the value.
    pub const CONDITIONS: Property<List<(Str, bool, bool, Str, i32)>> =
        Property::new(INTERFACE, "Conditions", Emits::Invalidates);

    /// `Asserts`: `a(sbbsi)`, emits that it changed, without the value.
    pub const ASSERTS: Property<List<(Str, bool, bool, Str, i32)>> =
        Property::new(INTERFACE, "Asserts", Emits::Invalidates);

    /// `LoadError`: `(ss)`, constant.
    pub const LOAD_ERROR: Property<(Str, Str)> =
        Property::new(INTERFACE, "LoadError", Emits::Const);

    /// `Transient`: `b`, constant.
    pub const TRANSIENT: Property<bool> = Property::new(INTERFACE, "Transient", Emits::Const);

    /// `Perpetual`: `b`, constant.
    pub const PERPETUAL: Property<bool> = Property::new(INTERFACE, "Perpetual", Emits::Const);

    /// `StartLimitIntervalUSec`: `t`, constant.
    pub const START_LIMIT_INTERVAL_USEC: Property<u64> =
        Property::new(INTERFACE, "StartLimitIntervalUSec", Emits::Const);

    /// `StartLimitBurst`: `u`, constant.
    pub const START_LIMIT_BURST: Property<u32> =
        Property::new(INTERFACE, "StartLimitBurst", Emits::Const);

    /// `StartLimitAction`: `s`, constant.
    pub const START_LIMIT_ACTION: Property<Str> =
        Property::new(INTERFACE, "StartLimitAction", Emits::Const);

    /// `FailureAction`: `s`, constant.
    pub const FAILURE_ACTION: Property<Str> =
        Property::new(INTERFACE, "FailureAction", Emits::Const);

    /// `FailureActionExitStatus`: `i`, constant.
    pub const FAILURE_ACTION_EXIT_STATUS: Property<i32> =
        Property::new(INTERFACE, "FailureActionExitStatus", Emits::Const);

    /// `SuccessAction`: `s`, constant.
    pub const SUCCESS_ACTION: Property<Str> =
        Property::new(INTERFACE, "SuccessAction", Emits::Const);

    /// `SuccessActionExitStatus`: `i`, constant.
    pub const SUCCESS_ACTION_EXIT_STATUS: Property<i32> =
        Property::new(INTERFACE, "SuccessActionExitStatus", Emits::Const);

    /// `RebootArgument`: `s`, constant.
    pub const REBOOT_ARGUMENT: Property<Str> =
        Property::new(INTERFACE, "RebootArgument", Emits::Const);

    /// `InvocationID`: `ay`, emits its changes.
    pub const INVOCATION_ID: Property<Bytes> =
        Property::new(INTERFACE, "InvocationID", Emits::Value);

    /// `CollectMode`: `s`, constant.
    pub const COLLECT_MODE: Property<Str> = Property::new(INTERFACE, "CollectMode", Emits::Const);

    /// `Refs`: `as`, does not emit its changes.
    pub const REFS: Property<List<Str>> = Property::new(INTERFACE, "Refs", Emits::Never);

    /// `ActivationDetails`: `a(ss)`, emits its changes.
    pub const ACTIVATION_DETAILS: Property<List<(Str, Str)>> =
        Property::new(INTERFACE, "ActivationDetails", Emits::Value);

    /// `DebugInvocation`: `b`, does not emit its changes. In systemd 257, not in systemd 252.
    pub const DEBUG_INVOCATION: Property<bool> =
        Property::new(INTERFACE, "DebugInvocation", Emits::Never);
}
