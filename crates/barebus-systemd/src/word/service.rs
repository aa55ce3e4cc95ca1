//! Words about services.

use super::words;

words! {
    /// When a service counts as started: property Type.
    ServiceType {
        /// As soon as its process was forked.
        Simple "simple",
        /// When its program was executed.
        Exec "exec",
        /// When its process has ended, leaving a child.
        Forking "forking",
        /// When its process has ended.
        Oneshot "oneshot",
        /// When it owns its name on the bus.
        Dbus "dbus",
        /// When it says so.
        Notify "notify",
        /// The same; and it reloads by a signal. Since systemd 253.
        NotifyReload "notify-reload",
        /// As `simple`, when no other jobs are left.
        Idle "idle",
    }
}

words! {
    /// When a service counts as ended: property ExitType.
    ExitType {
        /// When its main process has ended.
        Main "main",
        /// When the last process of its control group has ended.
        Cgroup "cgroup",
    }
}

words! {
    /// When a service is started again after it has ended: property Restart.
    Restart {
        /// Never.
        No "no",
        /// When it succeeded.
        OnSuccess "on-success",
        /// When it failed in any way.
        OnFailure "on-failure",
        /// When it failed, but for an exit code.
        OnAbnormal "on-abnormal",
        /// When its watchdog ran out.
        OnWatchdog "on-watchdog",
        /// When a signal ended it.
        OnAbort "on-abort",
        /// Always.
        Always "always",
    }
}

words! {
    /// Which states a service has between its end and its restart: property RestartMode. Since systemd 254.
    RestartMode {
        /// It becomes inactive or failed.
        Normal "normal",
        /// It stays activating.
        Direct "direct",
        /// As `normal`; the next start logs more. Since systemd 257.
        Debug "debug",
    }
}

words! {
    /// Whose notifications are heeded: property NotifyAccess.
    NotifyAccess {
        /// Nobody's.
        None "none",
        /// Those of the main process.
        Main "main",
        /// Those of the main and control processes.
        Exec "exec",
        /// Those of all processes.
        All "all",
    }
}

words! {
    /// What happens to a unit of which a process was killed because memory ran out: property OOMPolicy.
    OomPolicy {
        /// Nothing.
        Continue "continue",
        /// It is stopped.
        Stop "stop",
        /// All its processes are killed.
        Kill "kill",
    }
}

words! {
    /// What happens to a service that takes too long to start or stop: properties TimeoutStartFailureMode and
    /// TimeoutStopFailureMode.
    TimeoutFailureMode {
        /// It gets SIGTERM.
        Terminate "terminate",
        /// It gets the watchdog's signal.
        Abort "abort",
        /// It gets SIGKILL.
        Kill "kill",
    }
}
