//! Options that several verbs of `barebus unit` have.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};

use barebus_systemd::Mode;
use barebus_systemd::word::PresetMode;

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

#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Waiting {
    /// Does not wait for the end of the jobs
    #[arg(long)]
    pub(crate) no_block: bool,
}

/// Parses a word of `systemctl --job-mode`.
pub(super) fn job_mode() -> impl TypedValueParser<Value = Mode> {
    let words = PossibleValuesParser::new(Mode::ALL.iter().map(|mode| mode.as_str()));
    words.try_map(|word| word.parse::<Mode>())
}

/// Parses a word of `systemctl --preset-mode`.
pub(super) fn preset_mode() -> impl TypedValueParser<Value = PresetMode> {
    PossibleValuesParser::new(PresetMode::WORDS).map(|word| PresetMode::from(&*word))
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
