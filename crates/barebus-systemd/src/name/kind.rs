//! The types of units.

use std::fmt;
use std::str::FromStr;

use barebus::InterfaceName;

use super::error::{NameError, NameErrorKind, Task};
use crate::interface;

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident $word:literal $module:ident,)*) => {
        /// The type of a unit: the end of its name, after the last dot. systemd calls it the unit type.
        ///
        /// ```
        /// use barebus_systemd::{UnitKind, UnitName};
        ///
        /// let name = UnitName::parse("backup.timer")?;
        /// assert_eq!(name.kind(), UnitKind::Timer);
        /// assert_eq!(UnitKind::Timer.as_str(), "timer");
        /// # Ok::<(), barebus_systemd::name::NameError>(())
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum UnitKind {
            $($(#[$doc])* $name,)*
        }

        impl UnitKind {
            /// All types of units.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The type as names of units end: `service`.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)*
                }
            }

            /// The interface that units of this type have besides `org.freedesktop.systemd1.Unit`.
            pub const fn interface(self) -> InterfaceName<'static> {
                match self {
                    $(Self::$name => interface::$module::INTERFACE,)*
                }
            }

            /// The type that `word` is.
            pub(super) fn find(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self::$name),)*
                    _ => None,
                }
            }
        }
    };
}

kinds! {
    /// A process, or a group of processes.
    Service "service" service,
    /// A socket or FIFO that activates a service.
    Socket "socket" socket,
    /// A group of units.
    Target "target" target,
    /// A device of the kernel.
    Device "device" device,
    /// A mount point.
    Mount "mount" mount,
    /// A mount point that is mounted when it is used.
    Automount "automount" automount,
    /// A swap area.
    Swap "swap" swap,
    /// A timer that activates another unit.
    Timer "timer" timer,
    /// A path that activates another unit when it changes.
    Path "path" path,
    /// A part of the tree of control groups.
    Slice "slice" slice,
    /// Processes that others than systemd started.
    Scope "scope" scope,
}

impl FromStr for UnitKind {
    type Err = NameError;

    fn from_str(word: &str) -> Result<Self, NameError> {
        Self::find(word)
            .ok_or_else(|| NameError::new(Task::Name, word, NameErrorKind::UnknownType, 0))
    }
}

impl fmt::Display for UnitKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
