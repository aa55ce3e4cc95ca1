//! What enabling, disabling and the like are asked for, and what they did.

use crate::word::FileChangeKind;

/// How the operations on unit files go about it: enabling, masking, and the like.
///
/// ```
/// use barebus_systemd::unit::FileOptions;
///
/// // Until the next boot; and systemd goes on with what it has read before.
/// let options = FileOptions::new().runtime().without_reload();
/// # let _ = options;
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileOptions {
    pub(crate) runtime: bool,
    pub(crate) force: bool,
    pub(crate) portable: bool,
    pub(crate) reload: bool,
}

impl FileOptions {
    /// For good (below `/etc`), without replacing links that are in the way, and with a reload afterwards.
    pub const fn new() -> Self {
        Self { runtime: false, force: false, portable: false, reload: true }
    }

    /// Until the next boot: below `/run` instead of `/etc`.
    #[must_use]
    pub const fn runtime(self) -> Self {
        Self { runtime: true, ..self }
    }

    /// Replaces links that are in the way.
    #[must_use]
    pub const fn force(self) -> Self {
        Self { force: true, ..self }
    }

    /// Also looks for unit files where portable services put theirs. Only enabling and disabling do; other operations ignore it. Since
    /// systemd 248.
    #[must_use]
    pub const fn portable(self) -> Self {
        Self { portable: true, ..self }
    }

    /// Without the reload. systemd then does not know of the change until somebody calls `reload`.
    #[must_use]
    pub const fn without_reload(self) -> Self {
        Self { reload: false, ..self }
    }

    /// As `EnableUnitFilesWithFlags` and its kin take them.
    pub(crate) const fn flags(self) -> u64 {
        self.runtime as u64 | (self.force as u64) << 1 | (self.portable as u64) << 2
    }
}

impl Default for FileOptions {
    fn default() -> Self {
        Self::new()
    }
}

/// How a unit is to depend on others, for `add_dependency_unit_files`.
///
/// ```
/// use barebus_systemd::unit::FileDependency;
///
/// assert_eq!(FileDependency::Wants.as_str(), "Wants");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FileDependency {
    /// `Wants=`: a unit that does not start is no failure.
    Wants,
    /// `Requires=`.
    Requires,
}

impl FileDependency {
    /// The setting's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Wants => "Wants",
            Self::Requires => "Requires",
        }
    }
}

/// One change that enabling, disabling and the like made to a file, or could not make.
///
/// ```no_run
/// use barebus_systemd::Systemd;
/// use barebus_systemd::unit::FileOptions;
///
/// let systemd = Systemd::system()?;
/// for change in systemd.enable_unit_files(&["backup.timer"], FileOptions::new())?.changes {
///     println!("{} {} -> {}", change.kind, change.path, change.source);
/// }
/// # Ok::<(), barebus::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileChange {
    /// What was done.
    pub kind: FileChangeKind,
    /// Path of the file or link. If nothing could be done, the name of the unit.
    pub path: String,
    /// What the link leads to; empty if there is nothing to say.
    pub source: String,
}

/// What enabling, disabling and the like did.
///
/// ```no_run
/// use barebus_systemd::Systemd;
/// use barebus_systemd::unit::FileOptions;
///
/// let systemd = Systemd::system()?;
/// let done = systemd.enable_unit_files(&["backup.timer"], FileOptions::new())?;
/// println!("{} links were made", done.changes.len());
/// if done.carries_install_info == Some(false) {
///     println!("backup.timer has no [Install] section");
/// }
/// # Ok::<(), barebus::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct FileChanges {
    /// The changes, in systemd's order. None: everything was as asked for already.
    pub changes: Vec<FileChange>,
    /// Whether any of the files has an `[Install]` section with something to do. If none has, enabling does nothing. `None` if the
    /// operation does not say, or the running systemd is too old to say.
    pub carries_install_info: Option<bool>,
}

impl FileChanges {
    pub(crate) fn new(
        carries_install_info: Option<bool>,
        changes: Vec<(FileChangeKind, String, String)>,
    ) -> Self {
        let changes = changes.into_iter();
        let changes = changes.map(|(kind, path, source)| FileChange { kind, path, source });
        Self { changes: changes.collect(), carries_install_info }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_the_flags_that_systemd_has() {
        let flags = [
            FileOptions::new(),
            FileOptions::new().runtime(),
            FileOptions::new().force(),
            FileOptions::new().portable(),
            FileOptions::new().portable().force().runtime().without_reload(),
        ];
        assert_eq!(flags.map(FileOptions::flags), [0, 1, 2, 4, 7]);
        assert_eq!(flags.map(|options| options.reload), [true, true, true, true, false]);
        assert_eq!(FileOptions::default(), FileOptions::new());
    }
}
