//! Words about units of all types.

use super::words;

words! {
    /// Whether a unit's file was read: property LoadState.
    LoadState {
        /// Not read yet.
        Stub "stub",
        /// Read.
        Loaded "loaded",
        /// There is no such file.
        NotFound "not-found",
        /// The file has a setting without which the unit cannot work.
        BadSetting "bad-setting",
        /// Reading the file failed; property LoadError has the cause.
        Error "error",
        /// The unit is another name of a unit, which replaced it.
        Merged "merged",
        /// The file is a link to `/dev/null`, so the unit cannot be started.
        Masked "masked",
    }
}

words! {
    /// The state of a unit in the words that all types share: property ActiveState.
    ActiveState {
        /// Started.
        Active "active",
        /// Started, and reading its configuration again.
        Reloading "reloading",
        /// Stopped.
        Inactive "inactive",
        /// Stopped because something failed.
        Failed "failed",
        /// Being started.
        Activating "activating",
        /// Being stopped.
        Deactivating "deactivating",
        /// Under maintenance.
        Maintenance "maintenance",
        /// Started, and its images and directories are mounted again. Since systemd 257.
        Refreshing "refreshing",
    }
}

impl ActiveState {
    /// Whether the unit is started: `active`, or started and `reloading` or `refreshing`.
    pub const fn is_active(&self) -> bool {
        matches!(self, Self::Active | Self::Reloading | Self::Refreshing)
    }
}

words! {
    /// The state of a unit in the words of its own type: property SubState. Several types share words.
    SubState {
        /// Stopped. All types.
        Dead "dead",
        /// Stopped because something failed. All types but devices, slices and targets.
        Failed "failed",
        /// Running. Services, scopes; sockets, paths, timers and automounts whose unit is running.
        Running "running",
        /// Started, without a process. Slices, targets, swaps.
        Active "active",
        /// Waiting for what activates its unit. Paths, timers, automounts.
        Waiting "waiting",
        /// Removing its files, as `CleanUnit` asked. Services, sockets, mounts, swaps.
        Cleaning "cleaning",

        /// A device that is known only from elsewhere than the kernel.
        Tentative "tentative",
        /// A device that is present.
        Plugged "plugged",

        /// A mount being mounted; since 257 a service too, whose images are being mounted.
        Mounting "mounting",
        /// A mount that is mounted while its command still runs.
        MountingDone "mounting-done",
        /// A mount that is mounted.
        Mounted "mounted",
        /// A mount being mounted again with other options.
        Remounting "remounting",
        /// A mount being unmounted.
        Unmounting "unmounting",
        /// A mount whose command is being terminated while it was mounted again.
        RemountingSigterm "remounting-sigterm",
        /// A mount whose command is being killed while it was mounted again.
        RemountingSigkill "remounting-sigkill",
        /// A mount whose command is being terminated while it was unmounted.
        UnmountingSigterm "unmounting-sigterm",
        /// A mount whose command is being killed while it was unmounted.
        UnmountingSigkill "unmounting-sigkill",

        /// The owner of a scope's control group or a socket's file is being changed.
        StartChown "start-chown",
        /// A scope whose owner has left it.
        Abandoned "abandoned",
        /// Stopping: its processes got SIGTERM. Services, scopes.
        StopSigterm "stop-sigterm",
        /// Stopping: its processes got SIGKILL. Services, scopes.
        StopSigkill "stop-sigkill",

        /// A service whose ExecCondition runs.
        Condition "condition",
        /// Its ExecStartPre runs. Services, sockets.
        StartPre "start-pre",
        /// A service whose ExecStart runs and is not ready.
        Start "start",
        /// Its ExecStartPost runs. Services, sockets.
        StartPost "start-post",
        /// A service whose processes have ended, and which counts as started.
        Exited "exited",
        /// A service whose ExecReload runs.
        Reload "reload",
        /// A service that got the signal to reload.
        ReloadSignal "reload-signal",
        /// A service that has told that it reloads.
        ReloadNotify "reload-notify",
        /// A service whose ExecStop runs.
        Stop "stop",
        /// A service whose watchdog ran out; its processes got that signal.
        StopWatchdog "stop-watchdog",
        /// A service whose ExecStopPost runs.
        StopPost "stop-post",
        /// A service whose watchdog ran out while ExecStopPost ran.
        FinalWatchdog "final-watchdog",
        /// The processes that are left got SIGTERM. Services, sockets.
        FinalSigterm "final-sigterm",
        /// The processes that are left got SIGKILL. Services, sockets.
        FinalSigkill "final-sigkill",
        /// A service that has stopped and is about to wait for its restart.
        DeadBeforeAutoRestart "dead-before-auto-restart",
        /// A service that has failed and is about to wait for its restart.
        FailedBeforeAutoRestart "failed-before-auto-restart",
        /// A stopped service whose file descriptors or directories are kept.
        DeadResourcesPinned "dead-resources-pinned",
        /// A service that waits to be restarted.
        AutoRestart "auto-restart",
        /// A service whose restart is queued.
        AutoRestartQueued "auto-restart-queued",

        /// A socket that listens.
        Listening "listening",
        /// A socket whose ExecStopPre runs.
        StopPre "stop-pre",
        /// A socket whose ExecStopPre got SIGTERM.
        StopPreSigterm "stop-pre-sigterm",
        /// A socket whose ExecStopPre got SIGKILL.
        StopPreSigkill "stop-pre-sigkill",

        /// A swap being activated.
        Activating "activating",
        /// A swap that is active while its command still runs.
        ActivatingDone "activating-done",
        /// A swap being deactivated.
        Deactivating "deactivating",
        /// A swap whose command got SIGTERM while it was deactivated.
        DeactivatingSigterm "deactivating-sigterm",
        /// A swap whose command got SIGKILL while it was deactivated.
        DeactivatingSigkill "deactivating-sigkill",

        /// A timer that has nothing to wait for any more.
        Elapsed "elapsed",
    }
}

words! {
    /// Why a unit stopped: property Result. Each type of unit has some of the words.
    UnitResult {
        /// Nothing failed.
        Success "success",
        /// systemd could not set the unit up: memory, descriptors, files.
        Resources "resources",
        /// The service or mount did not follow its protocol: no notification, no PID file, not mounted.
        Protocol "protocol",
        /// A step took too long.
        Timeout "timeout",
        /// A process ended with an exit code that is no success.
        ExitCode "exit-code",
        /// A signal ended a process.
        Signal "signal",
        /// A signal ended a process, which dumped core.
        CoreDump "core-dump",
        /// The service did not reset its watchdog in time.
        Watchdog "watchdog",
        /// The unit was started too often in a short time.
        StartLimitHit "start-limit-hit",
        /// A process was killed because memory ran out.
        OomKill "oom-kill",
        /// ExecCondition ended with an exit code that skips the service.
        ExecCondition "exec-condition",
        /// A socket or path activated its unit too often in a short time.
        TriggerLimitHit "trigger-limit-hit",
        /// The service of a socket was started too often in a short time.
        ServiceStartLimitHit "service-start-limit-hit",
        /// The unit of a path was started too often in a short time.
        UnitStartLimitHit "unit-start-limit-hit",
        /// The mount of an automount was started too often in a short time.
        MountStartLimitHit "mount-start-limit-hit",
        /// Somebody else unmounted the automount.
        Unmounted "unmounted",
    }
}

words! {
    /// Whether a unit's processes are frozen: property FreezerState.
    FreezerState {
        /// They run.
        Running "running",
        /// They are being frozen.
        Freezing "freezing",
        /// They are being frozen because the slice is. Since systemd 256.
        FreezingByParent "freezing-by-parent",
        /// They are frozen.
        Frozen "frozen",
        /// They are frozen because the slice is. Since systemd 256.
        FrozenByParent "frozen-by-parent",
        /// They are being thawed.
        Thawing "thawing",
    }
}

words! {
    /// When systemd forgets a unit: property CollectMode.
    CollectMode {
        /// When it is inactive and nobody refers to it.
        Inactive "inactive",
        /// Also when it has failed.
        InactiveOrFailed "inactive-or-failed",
    }
}

words! {
    /// What `EnqueueMarkedJobs` is to do with a unit: property Markers.
    Marker {
        /// Reload it.
        NeedsReload "needs-reload",
        /// Restart it.
        NeedsRestart "needs-restart",
    }
}

words! {
    /// Which files of a unit `CleanUnit` removes.
    CleanMask {
        /// Those of ConfigurationDirectory.
        Configuration "configuration",
        /// Those of StateDirectory.
        State "state",
        /// Those of CacheDirectory.
        Cache "cache",
        /// Those of LogsDirectory.
        Logs "logs",
        /// Those of RuntimeDirectory.
        Runtime "runtime",
        /// The file descriptors that systemd keeps for it. Since systemd 254.
        Fdstore "fdstore",
        /// All of them.
        All "all",
    }
}
