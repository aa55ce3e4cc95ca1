//! The command line of `barebus unit`.

mod options;

use clap::{Args, Subcommand};

use barebus_systemd::Mode;
use barebus_systemd::name::UnitKind;
use barebus_systemd::word::PresetMode;

pub(crate) use options::{FileOptions, Waiting};
use options::{job_mode, kind, preset_mode};

/// The verbs in groups: a list with a line for each does not fit a screen.
const HELP: &str = "\
{about}

{usage-heading} {usage}

Questions:   state (is-enabled), active (is-active), failed (is-failed), status,
             show, cat
Jobs:        start, stop, restart, try-restart, reload, reload-or-restart,
             try-reload-or-restart, isolate, jobs (list-jobs), cancel
Units:       list (list-units), watch, kill, freeze, thaw, reset-failed,
             set-property, run
Unit files:  files (list-unit-files), enable, disable, reenable, link, mask,
             unmask, preset, revert, get-default, set-default, daemon-reload

'barebus unit VERB --help' has the help of a verb, and 'barebus man unit' says
what each is for.

Options:
{options}{after-help}";

#[derive(Debug, Args)]
#[command(help_template = HELP)]
pub(crate) struct Unit {
    /// Lets polkit ask for a password
    #[arg(long, global = true)]
    pub(crate) interactive: bool,
    #[command(subcommand)]
    pub(crate) verb: UnitVerb,
}

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
    /// Shows the status of units
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
    Enable(FilesNow),
    /// Disables unit files: removes the links to them
    Disable(FilesNow),
    /// Disables unit files, then enables them
    Reenable(Files),
    /// Links unit files from elsewhere into the search path
    Link(Files),
    /// Masks units, so that they cannot be started
    Mask(FilesNow),
    /// Unmasks units
    Unmask(Files),
    /// Enables or disables unit files as the presets say
    Preset(Preset),
    /// Removes the administrator's changes to units of the vendor
    Revert(Files),
    /// Makes failed units inactive; without a name, all of them
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
    /// Cancels jobs by their numbers; without a number, all jobs
    Cancel(Cancel),
    /// Prints changes of units, until it is interrupted or as -N and --timeout say
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
}

#[derive(Debug, Args)]
pub(crate) struct Status {
    /// Names or patterns of units, or numbers of their processes; without one, systemd itself
    #[arg(value_name = "NAME")]
    pub(crate) names: Vec<String>,
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
    /// Also properties without a value
    #[arg(long, short)]
    pub(crate) all: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Jobs {
    #[command(flatten)]
    pub(crate) units: Units,
    #[command(flatten)]
    pub(crate) waiting: Waiting,
    /// What happens to jobs that are queued already
    #[arg(long, value_parser = job_mode(), value_name = "MODE", default_value_t)]
    pub(crate) job_mode: Mode,
}

#[derive(Debug, Args)]
pub(crate) struct Isolate {
    /// Name of the unit; a target if it has no type
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) waiting: Waiting,
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
}

#[derive(Debug, Args)]
pub(crate) struct FilesNow {
    #[command(flatten)]
    pub(crate) files: Files,
    /// Starts enabled units, and stops disabled or masked ones
    #[arg(long)]
    pub(crate) now: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Preset {
    /// Names of unit files
    #[arg(required = true, value_name = "NAME")]
    pub(crate) names: Vec<String>,
    #[command(flatten)]
    pub(crate) options: FileOptions,
    /// What is done
    #[arg(long, value_parser = preset_mode(), value_name = "MODE", default_value_t = PresetMode::Full)]
    pub(crate) preset_mode: PresetMode,
}

#[derive(Debug, Args)]
pub(crate) struct SetProperty {
    /// Name or pattern of units
    pub(crate) name: String,
    /// Settings, for example CPUWeight=50
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
    /// Also inactive units, and other names of units
    #[arg(long, short)]
    pub(crate) all: bool,
    /// Only units in one of these states: load, active or sub-states
    #[arg(long, value_name = "STATE", value_delimiter = ',')]
    pub(crate) state: Vec<String>,
    /// Only units that have failed: the same as --state=failed
    #[arg(long)]
    pub(crate) failed: bool,
    /// Only units of these types
    #[arg(long = "type", short = 't', value_parser = kind(), value_name = "TYPE", value_delimiter = ',')]
    pub(crate) kind: Vec<UnitKind>,
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
    #[arg(long = "type", short = 't', value_parser = kind(), value_name = "TYPE", value_delimiter = ',')]
    pub(crate) kind: Vec<UnitKind>,
}

#[derive(Debug, Args)]
pub(crate) struct ListJobs {
    /// Only jobs of units whose name matches one of these patterns
    #[arg(value_name = "PATTERN")]
    pub(crate) patterns: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Cancel {
    /// Numbers of jobs
    #[arg(value_name = "JOB")]
    pub(crate) jobs: Vec<u32>,
}

#[derive(Debug, Args)]
pub(crate) struct Watch {
    /// Names or patterns of units [default: all units]
    #[arg(value_name = "NAME")]
    pub(crate) names: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Run {
    /// A setting of the service, for example MemoryMax=64M; can be repeated
    #[arg(long, short, value_name = "SETTING=VALUE")]
    pub(crate) property: Vec<String>,
    /// Name of the unit [default: a new one]
    #[arg(long, short, value_name = "NAME")]
    pub(crate) unit: Option<String>,
    /// Description of the unit [default: the command]
    #[arg(long, value_name = "TEXT")]
    pub(crate) description: Option<String>,
    /// An environment variable; can be repeated. Without a value, this program's value is passed on
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
