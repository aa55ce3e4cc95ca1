//! Words about unit files.

use super::words;

words! {
    /// What `systemctl is-enabled` says of a unit file: property UnitFileState.
    UnitFileState {
        /// Enabled through links in `*.wants` and the like.
        Enabled "enabled",
        /// The same, until the next boot.
        EnabledRuntime "enabled-runtime",
        /// Linked into the search path from elsewhere.
        Linked "linked",
        /// The same, until the next boot.
        LinkedRuntime "linked-runtime",
        /// Another name of a unit.
        Alias "alias",
        /// A link to `/dev/null`, so that the unit cannot be started.
        Masked "masked",
        /// The same, until the next boot.
        MaskedRuntime "masked-runtime",
        /// Not enabled, and without an `[Install]` section.
        Static "static",
        /// Has an `[Install]` section and is not enabled.
        Disabled "disabled",
        /// Not enabled itself, but has an `Also=` that is.
        Indirect "indirect",
        /// Made by a generator.
        Generated "generated",
        /// Made through the API.
        Transient "transient",
        /// Unreadable, or with settings that are wrong.
        Bad "bad",
    }
}

impl UnitFileState {
    /// Whether `systemctl is-enabled` ends with exit code 0: `enabled`, `enabled-runtime`, `static`, `alias`, `indirect` or `generated`.
    pub const fn is_enabled(&self) -> bool {
        matches!(
            self,
            Self::Enabled
                | Self::EnabledRuntime
                | Self::Static
                | Self::Alias
                | Self::Indirect
                | Self::Generated
        )
    }
}

words! {
    /// What the presets say of a unit file: property UnitFilePreset.
    UnitFilePreset {
        /// It is to be enabled.
        Enabled "enabled",
        /// It is to be disabled.
        Disabled "disabled",
        /// It is to be left as it is. Since systemd 252.
        Ignored "ignored",
    }
}

words! {
    /// What `PresetUnitFilesWithMode` and `PresetAllUnitFiles` do.
    PresetMode {
        /// Enable and disable, as the presets say.
        Full "full",
        /// Only enable.
        EnableOnly "enable-only",
        /// Only disable.
        DisableOnly "disable-only",
    }
}

words! {
    /// What enabling, disabling and the like did to a file: the first member of each change that they answer with.
    FileChangeKind {
        /// It was made, as a link.
        Symlink "symlink",
        /// It was removed.
        Unlink "unlink",
        /// Nothing: the unit is masked.
        Masked "masked",
        /// Nothing: a generator masks the unit. Since systemd 252.
        MaskedByGenerator "masked by generator",
        /// Nothing: the link leads nowhere.
        Dangling "dangling",
        /// Nothing: the unit that was to refer to it does not exist. Since systemd 251.
        DestinationNotPresent "destination not present",
        /// Nothing: a unit of `Also=` could not be handled. Since systemd 252.
        AuxiliaryUnitFailed "auxiliary unit failed",
    }
}
