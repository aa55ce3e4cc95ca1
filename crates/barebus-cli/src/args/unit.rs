//! The command line of `barebus unit`.

use clap::{Args, Subcommand, ValueEnum};

use barebus_systemd::Mode;
use barebus_systemd::word::PresetMode;

#[derive(Debug, Subcommand)]
pub(crate) enum UnitVerb {
    /// Prints whether unit files are enabled
    #[command(visible_alias = "is-enabled")]
    State(Question),
    /// Prints the active state of units; succeeds if one is active
    #[command(visible_alias = "is-active")]
    Active(Question),
    /// Prints the active state of units; succeeds if one has failed
    #[command(visible_alias = "is-failed")]
    Failed(Question),
    /// Shows how units are, for people
    Status(Status),
    /// Prints properties of units, or of systemd itself
    Show(Show),
    /// Prints the files of units
    Cat(Units),
    /// Starts units
    Start(Jobs),
    /// Stops units
    Stop(Jobs),
    /// Stops and starts units
    Restart(Jobs),
    /// Restarts those units that are active
    TryRestart(Jobs),
    /// Makes units read their configuration again
    Reload(Jobs),
    /// Reloads units that can, and restarts or starts the others
    ReloadOrRestart(Jobs),
    /// Reloads or restarts those units that are active
    TryReloadOrRestart(Jobs),
    /// Starts a unit and stops all units that it does not need
    Isolate(Isolate),
    /// Sends a signal to processes of units
    Kill(Kill),
    /// Freezes the processes of units
    Freeze(Units),
    /// Thaws the processes of units
    Thaw(Units),
    /// Enables unit files: makes the links that [Install] asks for
    Enable(Files),
    /// Disables unit files: removes the links to them
    Disable(Files),
    /// Disables unit files, then enables them
    Reenable(Files),
    /// Links unit files from elsewhere into the search path
    Link(Files),
    /// Masks units, so that they cannot be started
    Mask(Files),
    /// Unmasks units
    Unmask(Files),
    /// Enables or disables unit files as the presets say
    Preset(Preset),
    /// Removes what the administrator changed of units of the vendor
    Revert(Files),
    /// Makes failed units inactive; without a name all of them
    ResetFailed(OptionalUnits),
    /// Changes settings of a unit at once
    SetProperty(SetProperty),
    /// Lists the units that systemd has in memory
    #[command(visible_alias = "list-units")]
    List(List),
    /// Lists unit files and whether they are enabled
    #[command(visible_alias = "list-unit-files")]
    Files(ListFiles),
    /// Lists jobs
    #[command(visible_alias = "list-jobs")]
    Jobs(ListJobs),
    /// Cancels jobs by their numbers; without a number all jobs
    Cancel(Cancel),
    /// Prints what happens to units, until it is interrupted
    Watch(Watch),
    /// Runs a command as a transient service
    Run(Run),
    /// Makes systemd read all unit files again
    DaemonReload,
    /// Prints the target that is started at boot
    GetDefault,
    /// Sets the target that is started at boot
    SetDefault(SetDefault),
}

/// Which systemd, apart from those of this machine.
#[derive(Debug, Args)]
#[command(next_help_heading = "Connection")]
pub(crate) struct Place {
    /// The systemd of another machine, over ssh: [USER@]HOST[:PORT]
    #[arg(long, short = 'H', global = true, value_name = "HOST")]
    pub(crate) host: Option<String>,
    /// The systemd of a container that systemd-machined knows
    #[arg(long, short = 'M', global = true, value_name = "CONTAINER")]
    pub(crate) machine: Option<String>,
    /// Lets polkit ask for a password
    #[arg(long, global = true)]
    pub(crate) interactive: bool,
}

impl Place {
    /// Whether files and programs of this machine are not those of systemd's machine.
    pub(crate) const fn is_elsewhere(&self) -> bool {
        self.host.is_some() || self.machine.is_some()
    }
}

#[derive(Debug, Args)]
pub(crate) struct Units {
    /// Names or patterns of units
    #[arg(required = true, value_name = "NAME")]
    pub(crate) names: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct OptionalUnits {
    /// Names or patterns of units
    #[arg(value_name = "NAME")]
    pub(crate) names: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Question {
    #[command(flatten)]
    pub(crate) units: Units,
    /// Prints nothing; the exit code is the answer
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

/// JSON or text.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Format {
    /// Prints JSON
    #[arg(long)]
    json: bool,
    /// The form of the output
    #[arg(long, short, value_enum, value_name = "FORM", conflicts_with = "json")]
    output: Option<Output>,
}

impl Format {
    /// Whether the output is JSON.
    pub(crate) fn is_json(self) -> bool {
        self.json || self.output == Some(Output::Json)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Output {
    /// Text for people
    Text,
    /// JSON
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct Status {
    /// Names or patterns of units; without one, systemd itself
    #[arg(value_name = "NAME")]
    pub(crate) names: Vec<String>,
    #[command(flatten)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct Show {
    /// Names or patterns of units; without one, systemd itself
    #[arg(value_name = "NAME")]
    pub(crate) names: Vec<String>,
    /// Only these properties; can be repeated, or a list with commas
    #[arg(long, short, value_name = "PROPERTY", value_delimiter = ',')]
    pub(crate) property: Vec<String>,
    /// Prints the values without the names of the properties
    #[arg(long)]
    pub(crate) value: bool,
    /// Properties without a value too
    #[arg(long, short)]
    pub(crate) all: bool,
    #[command(flatten)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct Jobs {
    #[command(flatten)]
    pub(crate) units: Units,
    #[command(flatten)]
    pub(crate) waiting: Waiting,
    /// What the job does to those that are queued already
    #[arg(long, value_enum, value_name = "MODE", default_value_t = JobMode::Replace)]
    pub(crate) job_mode: JobMode,
}

#[derive(Debug, Args)]
pub(crate) struct Isolate {
    /// Name of the unit; a target if it has no type
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) waiting: Waiting,
}

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

#[derive(Debug, Args)]
pub(crate) struct Kill {
    #[command(flatten)]
    pub(crate) units: Units,
    /// The signal, by name or number
    #[arg(long, short, value_name = "SIGNAL", default_value = "SIGTERM")]
    pub(crate) signal: String,
    /// Which processes: main, control or all; main-fail and the like fail if there is none
    #[arg(long, alias = "kill-who", value_name = "WHOM", default_value = "all")]
    pub(crate) kill_whom: String,
}

#[derive(Debug, Args)]
pub(crate) struct Files {
    /// Names of unit files, or paths of files
    #[arg(required = true, value_name = "NAME")]
    pub(crate) names: Vec<String>,
    #[command(flatten)]
    pub(crate) options: FileOptions,
    /// Starts enabled units, and stops disabled or masked ones
    #[arg(long)]
    pub(crate) now: bool,
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

#[derive(Debug, Args)]
pub(crate) struct Preset {
    /// Names of unit files
    #[arg(required = true, value_name = "NAME")]
    pub(crate) names: Vec<String>,
    #[command(flatten)]
    pub(crate) options: FileOptions,
    /// What is done
    #[arg(long, value_enum, value_name = "MODE", default_value_t = Presets::Full)]
    pub(crate) preset_mode: Presets,
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

#[derive(Debug, Args)]
pub(crate) struct SetProperty {
    /// Name of the unit
    pub(crate) name: String,
    /// Settings, as CPUWeight=50
    #[arg(required = true, value_name = "SETTING=VALUE")]
    pub(crate) assignments: Vec<String>,
    /// Until the next boot
    #[arg(long)]
    pub(crate) runtime: bool,
}

#[derive(Debug, Args)]
pub(crate) struct List {
    /// Only units whose name matches one of these patterns
    #[arg(value_name = "PATTERN")]
    pub(crate) patterns: Vec<String>,
    /// Inactive ones and other names of units too
    #[arg(long, short)]
    pub(crate) all: bool,
    /// Only units in one of these states: load, active or sub-states
    #[arg(long, value_name = "STATE", value_delimiter = ',')]
    pub(crate) state: Vec<String>,
    /// Only units of these types
    #[arg(long = "type", short = 't', value_name = "TYPE", value_delimiter = ',')]
    pub(crate) kind: Vec<String>,
    #[command(flatten)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct ListFiles {
    /// Only files whose name matches one of these patterns
    #[arg(value_name = "PATTERN")]
    pub(crate) patterns: Vec<String>,
    /// Only files in one of these states
    #[arg(long, value_name = "STATE", value_delimiter = ',')]
    pub(crate) state: Vec<String>,
    /// Only files of units of these types
    #[arg(long = "type", short = 't', value_name = "TYPE", value_delimiter = ',')]
    pub(crate) kind: Vec<String>,
    #[command(flatten)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct ListJobs {
    /// Only jobs of units whose name matches one of these patterns
    #[arg(value_name = "PATTERN")]
    pub(crate) patterns: Vec<String>,
    #[command(flatten)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct Cancel {
    /// Numbers of jobs
    #[arg(value_name = "JOB")]
    pub(crate) jobs: Vec<u32>,
}

#[derive(Debug, Args)]
pub(crate) struct Watch {
    /// Names of units [default: all units]
    #[arg(value_name = "NAME")]
    pub(crate) names: Vec<String>,
    #[command(flatten)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct Run {
    /// A setting of the service, as MemoryMax=64M; can be repeated
    #[arg(long, short, value_name = "SETTING=VALUE")]
    pub(crate) property: Vec<String>,
    /// Name of the unit [default: a new one]
    #[arg(long, short, value_name = "NAME")]
    pub(crate) unit: Option<String>,
    /// What the unit is, for people [default: the command]
    #[arg(long, value_name = "TEXT")]
    pub(crate) description: Option<String>,
    /// An environment variable; can be repeated. Without a value: the one that it has here
    #[arg(long, short = 'E', value_name = "NAME[=VALUE]")]
    pub(crate) setenv: Vec<String>,
    /// Waits until the command has ended, and ends with its exit code
    #[arg(long)]
    pub(crate) wait: bool,
    /// Gives the command this program's standard input, output and error, and waits for its end
    #[arg(long, short = 'P')]
    pub(crate) pipe: bool,
    /// Lets systemd forget the unit even if it fails
    #[arg(long, short = 'G')]
    pub(crate) collect: bool,
    /// Does not wait until the service has started
    #[arg(long, conflicts_with_all = ["wait", "pipe"])]
    pub(crate) no_block: bool,
    /// The command
    #[arg(last = true, required = true, value_name = "COMMAND")]
    pub(crate) command: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct SetDefault {
    /// Name of the target
    #[arg(value_name = "TARGET")]
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) options: FileOptions,
}
