//! What a job does to other jobs.

use std::fmt;
use std::str::FromStr;

/// What a job does to those that are queued already.
///
/// ```
/// use barebus_systemd::Mode;
///
/// assert_eq!(Mode::ReplaceIrreversibly.as_str(), "replace-irreversibly");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Mode {
    /// Replaces those that conflict with it.
    #[default]
    Replace,
    /// Fails if one conflicts with it.
    Fail,
    /// Replaces those that conflict, and cannot be replaced itself.
    ReplaceIrreversibly,
    /// Stops all units that it does not need.
    Isolate,
    /// Cancels all other jobs.
    Flush,
    /// Looks at no dependencies at all.
    IgnoreDependencies,
    /// Looks at dependencies for order only.
    IgnoreRequirements,
    /// Also stops the units that trigger the unit. For stopping; since systemd 246.
    Triggering,
    /// Also restarts the active units that depend on the unit. For starting; since systemd 257.
    RestartDependencies,
}

impl Mode {
    /// All modes.
    pub const ALL: &'static [Self] = &[
        Self::Replace,
        Self::Fail,
        Self::ReplaceIrreversibly,
        Self::Isolate,
        Self::Flush,
        Self::IgnoreDependencies,
        Self::IgnoreRequirements,
        Self::Triggering,
        Self::RestartDependencies,
    ];

    /// The word that systemd has for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Replace => "replace",
            Self::Fail => "fail",
            Self::ReplaceIrreversibly => "replace-irreversibly",
            Self::Isolate => "isolate",
            Self::Flush => "flush",
            Self::IgnoreDependencies => "ignore-dependencies",
            Self::IgnoreRequirements => "ignore-requirements",
            Self::Triggering => "triggering",
            Self::RestartDependencies => "restart-dependencies",
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Mode {
    type Err = UnknownMode;

    /// The mode that systemd has this word for.
    fn from_str(word: &str) -> Result<Self, UnknownMode> {
        Self::ALL.iter().copied().find(|mode| mode.as_str() == word).ok_or(UnknownMode)
    }
}

/// systemd has no [`Mode`] of this name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnknownMode;

impl fmt::Display for UnknownMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("there is no job mode of this name")
    }
}

impl std::error::Error for UnknownMode {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mode_is_found_by_its_word() {
        for mode in Mode::ALL {
            assert_eq!(mode.as_str().parse(), Ok(*mode));
        }
        let error = "Replace".parse::<Mode>().unwrap_err();
        assert_eq!(error.to_string(), "there is no job mode of this name");
    }
}
