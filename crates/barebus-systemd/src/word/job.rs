//! Words about jobs.

use super::words;

words! {
    /// What a job does to its unit: property JobType.
    JobType {
        /// Start it.
        Start "start",
        /// Nothing but fail unless it is active.
        VerifyActive "verify-active",
        /// Stop it.
        Stop "stop",
        /// Make it read its configuration again.
        Reload "reload",
        /// Reload it if it is active, else start it.
        ReloadOrStart "reload-or-start",
        /// Stop it and start it, or just start it.
        Restart "restart",
        /// Stop it and start it, if it is active.
        TryRestart "try-restart",
        /// Reload it, if it is active.
        TryReload "try-reload",
        /// Nothing.
        Nop "nop",
    }
}

words! {
    /// Whether a job has begun: property State of a job.
    JobState {
        /// It waits for other jobs.
        Waiting "waiting",
        /// It runs.
        Running "running",
    }
}
