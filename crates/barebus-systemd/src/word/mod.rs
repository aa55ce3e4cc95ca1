//! The words in which systemd reports states and takes modes, as enums.
//!
//! Later versions of systemd add words. A word that an enum does not know is kept as `Other`, and [`Display`](std::fmt::Display)
//! and `as_str` give it back unchanged.
//!
//! ```
//! use barebus_systemd::word::{ActiveState, UnitResult};
//!
//! assert_eq!(ActiveState::from("failed"), ActiveState::Failed);
//! assert_eq!(ActiveState::from("hibernated").to_string(), "hibernated");
//! assert_eq!(UnitResult::CoreDump.as_str(), "core-dump");
//! ```
//!
//! They are D-Bus STRINGs: definitions read them without copying the text of words that are known.
//!
//! ```no_run
//! use barebus::{Connection, definition::Object};
//! use barebus_systemd::interface::{manager::OBJECT, unit::property::ACTIVE_STATE};
//! use barebus_systemd::{UnitName, word::ActiveState};
//!
//! let mut bus = Connection::system()?;
//! let path = UnitName::parse("sshd.service")?.object_path();
//! let reply = bus.request(ACTIVE_STATE.get(OBJECT.at(path.borrow())))?;
//! if ACTIVE_STATE.value_as::<ActiveState>(&reply)? == ActiveState::Failed {
//!     println!("sshd has failed");
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod file;
mod job;
mod kill;
mod manager;
mod service;
mod signal;
mod unit;

pub use file::{FileChangeKind, PresetMode, UnitFilePreset, UnitFileState};
pub use job::{JobState, JobType};
pub use kill::{KillMode, KillWhom};
pub use manager::{EmergencyAction, SystemState};
pub use service::{
    ExitType, NotifyAccess, OomPolicy, Restart, RestartMode, ServiceType, TimeoutFailureMode,
};
pub use signal::Signal;
pub use unit::{
    ActiveState, CleanMask, CollectMode, FreezerState, LoadState, Marker, SubState, UnitResult,
};

/// Makes an enum of words: `Variant "word"` for each word that is known, and `Other` for the rest. The example in its documentation is that
/// of a word of this module; `@enum` leaves it out.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $(#[$first_doc:meta])* $first:ident $word:literal, $($rest:tt)* }) => {
        $crate::word::words! {
            @enum
            $(#[$doc])*
            ///
            #[doc = concat!(
                "```\nuse barebus_systemd::word::", stringify!($name), ";\n\n",
                "let word = ", stringify!($name), "::from(\"", $word, "\");\n",
                "assert_eq!(word, ", stringify!($name), "::", stringify!($first), ");\n",
                "assert_eq!(word.to_string(), \"", $word, "\");\n",
                "// Words of other versions of systemd are kept.\n",
                "assert_eq!(", stringify!($name), "::from(\"new-word\").as_str(), \"new-word\");\n```",
            )]
            $name { $(#[$first_doc])* $first $word, $($rest)* }
        }
    };
    (@enum $(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
            /// A word that this version of the crate does not know.
            Other(Box<str>),
        }

        impl $name {
            /// All words that are known.
            pub const WORDS: &'static [&'static str] = &[$($word,)*];

            /// The word as systemd spells it.
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

        impl std::str::FromStr for $name {
            type Err = std::convert::Infallible;

            fn from_str(word: &str) -> Result<Self, Self::Err> {
                Ok(Self::from(word))
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.as_str() == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.as_str() == *other
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl barebus::Type for $name {
            const TEXT: barebus::wire::SignatureText = <str as barebus::Type>::TEXT;
            const MIN_LEN: usize = <str as barebus::Type>::MIN_LEN;
        }

        impl barebus::Encode for $name {
            fn encode(
                &self,
                writer: &mut barebus::wire::Writer<'_>,
            ) -> Result<(), barebus::EncodeError> {
                writer.put_str(self.as_str())
            }
        }

        impl<'a> barebus::Decode<'a> for $name {
            fn decode(
                reader: &mut barebus::wire::Reader<'a>,
            ) -> Result<Self, barebus::DecodeError> {
                reader.read_str().map(Self::from)
            }
        }
    };
}
pub(crate) use words;

#[cfg(test)]
mod tests;
