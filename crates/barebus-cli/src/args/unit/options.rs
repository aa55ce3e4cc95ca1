//! Options that several verbs of `barebus unit` have.

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use barebus_systemd::Mode;
use barebus_systemd::name::UnitKind;
use barebus_systemd::word::PresetMode;

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

/// Parses a type of units.
pub(super) fn kind() -> impl TypedValueParser<Value = UnitKind> {
    let words = PossibleValuesParser::new(UnitKind::ALL.iter().map(|kind| kind.as_str()));
    words.try_map(|word| word.parse::<UnitKind>())
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
