//! Words about systemd itself.

use super::words;

words! {
    /// The state of the whole system: property SystemState, what `systemctl is-system-running` says.
    SystemState {
        /// Early at boot.
        Initializing "initializing",
        /// Booting: jobs are queued.
        Starting "starting",
        /// Up, and no unit has failed.
        Running "running",
        /// Up, and units have failed.
        Degraded "degraded",
        /// The rescue or emergency target is active.
        Maintenance "maintenance",
        /// Shutting down.
        Stopping "stopping",
    }
}

words! {
    /// What systemd does to the system when a unit fails, succeeds or takes too long: properties FailureAction, SuccessAction,
    /// StartLimitAction, JobTimeoutAction.
    EmergencyAction {
        /// Nothing.
        None "none",
        /// Ends systemd, or shuts a container down.
        Exit "exit",
        /// The same, without stopping units.
        ExitForce "exit-force",
        /// Reboots.
        Reboot "reboot",
        /// The same, without stopping units.
        RebootForce "reboot-force",
        /// The same, at once.
        RebootImmediate "reboot-immediate",
        /// Powers off.
        Poweroff "poweroff",
        /// The same, without stopping units.
        PoweroffForce "poweroff-force",
        /// The same, at once.
        PoweroffImmediate "poweroff-immediate",
        /// Restarts user space. Since systemd 254.
        SoftReboot "soft-reboot",
        /// The same, without stopping units. Since systemd 254.
        SoftRebootForce "soft-reboot-force",
        /// Boots the kernel that is loaded. Since systemd 254.
        Kexec "kexec",
        /// The same, without stopping units. Since systemd 254.
        KexecForce "kexec-force",
        /// Halts. Since systemd 254.
        Halt "halt",
        /// The same, without stopping units. Since systemd 254.
        HaltForce "halt-force",
        /// The same, at once. Since systemd 254.
        HaltImmediate "halt-immediate",
    }
}
