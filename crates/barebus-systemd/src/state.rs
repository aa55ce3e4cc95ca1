//! The words in which systemd says how things are.

use std::fmt;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
            /// A word that this version does not know.
            Other(Box<str>),
        }

        impl $name {
            /// The word as systemd says it.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $word,)*
                    Self::Other(word) => word,
                }
            }
        }

        impl From<&str> for $name {
            fn from(word: &str) -> Self {
                match word {
                    $($word => Self::$variant,)*
                    other => Self::Other(other.into()),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}
pub(crate) use words;

words! {
    /// What `systemctl is-enabled` says of a unit file.
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
        /// Linked to nothing, so that it cannot be started.
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

words! {
    /// How a unit is, in the words that all kinds of units share: property ActiveState.
    ActiveState {
        /// Started.
        Active "active",
        /// Started, and reading its configuration anew.
        Reloading "reloading",
        /// Stopped.
        Inactive "inactive",
        /// Stopped because something failed.
        Failed "failed",
        /// Being started.
        Activating "activating",
        /// Being stopped.
        Deactivating "deactivating",
        /// Under maintenance.
        Maintenance "maintenance",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_kept_known_or_not() {
        for word in ["enabled", "masked-runtime", "not-yet-invented"] {
            assert_eq!(UnitFileState::from(word).as_str(), word);
        }
        assert_eq!(ActiveState::from("failed"), ActiveState::Failed);
    }
}
