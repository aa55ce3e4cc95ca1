//! Settings of all units, of timers and of paths. systemd.unit(5), systemd.timer(5), systemd.path(5).

use super::basic::{boolean, mode, one, seconds, text, uint32, words};
use super::error::Expected;
use super::parse::{integer, span};
use super::table::Rule;
use super::translation::{Outcome, Translation};

pub(super) const SETTINGS: &[Rule] = &[
    (
        text,
        &[
            "Description",
            "SourcePath",
            "OnFailureJobMode",
            "OnSuccessJobMode",
            "JobTimeoutAction",
            "JobTimeoutRebootArgument",
            "StartLimitAction",
            "FailureAction",
            "SuccessAction",
            "RebootArgument",
            "CollectMode",
        ],
    ),
    (
        boolean,
        &[
            "StopWhenUnneeded",
            "RefuseManualStart",
            "RefuseManualStop",
            "AllowIsolate",
            "IgnoreOnIsolate",
            "SurviveFinalKillSignal",
            "DefaultDependencies",
        ],
    ),
    (seconds, &["JobTimeoutSec", "JobRunningTimeoutSec", "StartLimitIntervalSec"]),
    (uint32, &["StartLimitBurst"]),
    (exit_status, &["SuccessActionExitStatus", "FailureActionExitStatus"]),
    (words, &["Documentation", "RequiresMountsFor", "WantsMountsFor", "Markers"]),
    (
        words,
        &[
            "Requires",
            "Requisite",
            "Wants",
            "BindsTo",
            "PartOf",
            "Upholds",
            "RequiredBy",
            "RequisiteOf",
            "WantedBy",
            "BoundBy",
            "UpheldBy",
            "ConsistsOf",
            "Conflicts",
            "ConflictedBy",
            "Before",
            "After",
            "OnSuccess",
            "OnSuccessOf",
            "OnFailure",
            "OnFailureOf",
            "Triggers",
            "TriggeredBy",
            "PropagatesReloadTo",
            "ReloadPropagatedFrom",
            "PropagatesStopTo",
            "StopPropagatedFrom",
            "JoinsNamespaceOf",
            "References",
            "ReferencedBy",
            "InSlice",
            "SliceOf",
        ],
    ),
];

pub(super) const CONDITIONS: &[Rule] = &[
    (
        condition,
        &[
            "ConditionArchitecture",
            "ConditionFirmware",
            "ConditionVirtualization",
            "ConditionHost",
            "ConditionKernelCommandLine",
            "ConditionKernelVersion",
            "ConditionVersion",
            "ConditionCredential",
            "ConditionSecurity",
            "ConditionCapability",
            "ConditionACPower",
            "ConditionNeedsUpdate",
            "ConditionFirstBoot",
            "ConditionPathExists",
            "ConditionPathExistsGlob",
            "ConditionPathIsDirectory",
            "ConditionPathIsSymbolicLink",
            "ConditionPathIsMountPoint",
            "ConditionPathIsReadWrite",
            "ConditionPathIsEncrypted",
            "ConditionPathIsSocket",
            "ConditionDirectoryNotEmpty",
            "ConditionFileNotEmpty",
            "ConditionFileIsExecutable",
            "ConditionUser",
            "ConditionGroup",
            "ConditionControlGroupController",
            "ConditionCPUs",
            "ConditionMemory",
            "ConditionEnvironment",
            "ConditionCPUFeature",
            "ConditionOSRelease",
            "ConditionMemoryPressure",
            "ConditionCPUPressure",
            "ConditionIOPressure",
        ],
    ),
    (
        assertion,
        &[
            "AssertArchitecture",
            "AssertFirmware",
            "AssertVirtualization",
            "AssertHost",
            "AssertKernelCommandLine",
            "AssertKernelVersion",
            "AssertVersion",
            "AssertCredential",
            "AssertSecurity",
            "AssertCapability",
            "AssertACPower",
            "AssertNeedsUpdate",
            "AssertFirstBoot",
            "AssertPathExists",
            "AssertPathExistsGlob",
            "AssertPathIsDirectory",
            "AssertPathIsSymbolicLink",
            "AssertPathIsMountPoint",
            "AssertPathIsReadWrite",
            "AssertPathIsEncrypted",
            "AssertPathIsSocket",
            "AssertDirectoryNotEmpty",
            "AssertFileNotEmpty",
            "AssertFileIsExecutable",
            "AssertUser",
            "AssertGroup",
            "AssertControlGroupController",
            "AssertCPUs",
            "AssertMemory",
            "AssertEnvironment",
            "AssertCPUFeature",
            "AssertOSRelease",
            "AssertMemoryPressure",
            "AssertCPUPressure",
            "AssertIOPressure",
        ],
    ),
];

pub(super) const OF_TIMERS: &[Rule] = &[
    (
        boolean,
        &[
            "WakeSystem",
            "RemainAfterElapse",
            "Persistent",
            "OnTimezoneChange",
            "OnClockChange",
            "FixedRandomDelay",
            "DeferReactivation",
        ],
    ),
    (seconds, &["AccuracySec", "RandomizedDelaySec"]),
    (
        monotonic,
        &["OnActiveSec", "OnBootSec", "OnStartupSec", "OnUnitActiveSec", "OnUnitInactiveSec"],
    ),
    (calendar, &["OnCalendar"]),
    (text, &["Unit"]),
];

pub(super) const OF_PATHS: &[Rule] = &[
    (boolean, &["MakeDirectory"]),
    (mode, &["DirectoryMode"]),
    (path, &["PathExists", "PathExistsGlob", "PathChanged", "PathModified", "DirectoryNotEmpty"]),
    (uint32, &["TriggerLimitBurst"]),
    (seconds, &["TriggerLimitIntervalSec"]),
    (text, &["Unit"]),
];

/// No text is none, -1.
fn exit_status(t: &mut Translation<'_>) -> Outcome {
    match t.text {
        "" => t.same(-1_i32),
        text => t.some(integer::<u8>(text).map(i32::from), Expected::ExitCode),
    }
}

fn condition(t: &mut Translation<'_>) -> Outcome {
    test(t, "Conditions")
}

fn assertion(t: &mut Translation<'_>) -> Outcome {
    test(t, "Asserts")
}

/// All conditions are one property: the kind, whether one of several is enough, whether it is turned round, and of what.
fn test(t: &mut Translation<'_>, property: &'static str) -> Outcome {
    let (triggers, parameter) = prefix(t.text, '|');
    let (negates, parameter) = prefix(parameter, '!');
    t.put(property, one(t.text, (t.name, triggers, negates, parameter)))
}

/// Whether the text begins with the sign, and the text without it.
fn prefix(text: &str, sign: char) -> (bool, &str) {
    text.strip_prefix(sign).map_or((false, text), |text| (true, text))
}

fn monotonic(t: &mut Translation<'_>) -> Outcome {
    let list = match t.text {
        "" => Vec::new(),
        text => vec![(t.name, span(text).ok_or(Expected::Span)?)],
    };
    t.put("TimersMonotonic", list)
}

fn calendar(t: &mut Translation<'_>) -> Outcome {
    t.put("TimersCalendar", one(t.text, (t.name, t.text)))
}

fn path(t: &mut Translation<'_>) -> Outcome {
    t.put("Paths", one(t.text, (t.name, t.text)))
}
