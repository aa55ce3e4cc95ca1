//! Options that several verbs of `barebus unit` have.

use clap::{Args, ValueEnum};

use barebus_systemd::Mode;
use barebus_systemd::word::PresetMode;

#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Waiting {
    /// Does not wait for the end of the jobs
    #[arg(long)]
    pub(crate) no_block: bool,
}

/// As `systemctl --job-mode`.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum JobMode {
    /// Replaces those that conflict with it
    Replace,
    /// Fails if one conflicts with it
    Fail,
    /// Replaces those that conflict, and cannot be replaced itself
    ReplaceIrreversibly,
    /// Stops all units that it does not need
    Isolate,
    /// Cancels all other jobs
    Flush,
    /// Looks at no dependencies
    IgnoreDependencies,
    /// Looks at dependencies for order only
    IgnoreRequirements,
    /// Also stops the units that trigger the unit
    Triggering,
    /// Also restarts the active units that depend on the unit
    RestartDependencies,
}

impl From<JobMode> for Mode {
    fn from(mode: JobMode) -> Self {
        match mode {
            JobMode::Replace => Self::Replace,
            JobMode::Fail => Self::Fail,
            JobMode::ReplaceIrreversibly => Self::ReplaceIrreversibly,
            JobMode::Isolate => Self::Isolate,
            JobMode::Flush => Self::Flush,
            JobMode::IgnoreDependencies => Self::IgnoreDependencies,
            JobMode::IgnoreRequirements => Self::IgnoreRequirements,
            JobMode::Triggering => Self::Triggering,
            JobMode::RestartDependencies => Self::RestartDependencies,
        }
    }
}

/// How unit files are changed.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct FileOptions {
    /// Until the next boot: below /run instead of /etc
    #[arg(long)]
    runtime: bool,
    /// Replaces links that are in the way
    #[arg(long, short)]
    force: bool,
    /// Does not reload systemd afterwards
    #[arg(long)]
    no_reload: bool,
}

impl From<FileOptions> for barebus_systemd::unit::FileOptions {
    fn from(options: FileOptions) -> Self {
        let FileOptions { runtime, force, no_reload } = options;
        let plain = Self::new();
        let plain = if runtime { plain.runtime() } else { plain };
        let plain = if force { plain.force() } else { plain };
        if no_reload { plain.without_reload() } else { plain }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Presets {
    /// Enables and disables
    Full,
    /// Only enables
    EnableOnly,
    /// Only disables
    DisableOnly,
}

impl From<Presets> for PresetMode {
    fn from(mode: Presets) -> Self {
        match mode {
            Presets::Full => Self::Full,
            Presets::EnableOnly => Self::EnableOnly,
            Presets::DisableOnly => Self::DisableOnly,
        }
    }
}
