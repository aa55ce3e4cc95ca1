//! Words about signals to units.

use super::words;

words! {
    /// Which processes of a unit `KillUnit` sends a signal to.
    KillWhom {
        /// The main process.
        Main "main",
        /// The control process: that of ExecStartPre, ExecReload and the like.
        Control "control",
        /// All.
        All "all",
        /// As `main`; it is an error if there is none.
        MainFail "main-fail",
        /// As `control`; it is an error if there is none.
        ControlFail "control-fail",
        /// As `all`; it is an error if there is none.
        AllFail "all-fail",
        /// All of a control group below the unit's. Since systemd 258.
        Cgroup "cgroup",
        /// As `cgroup`; it is an error if there is none. Since systemd 258.
        CgroupFail "cgroup-fail",
    }
}

words! {
    /// Which processes are killed when a unit is stopped: property KillMode.
    KillMode {
        /// All of the control group.
        ControlGroup "control-group",
        /// Only the main process.
        Process "process",
        /// SIGTERM to the main process, SIGKILL to the others.
        Mixed "mixed",
        /// None.
        None "none",
    }
}
