//! Why a systemd cannot be reached.

use std::fmt;

use barebus::OpenError;

/// Why a systemd cannot be reached, where the error of the connection does not say it all.
///
/// ```
/// use barebus_systemd::{AccessError, Cause, Error};
///
/// fn hint(error: &Error) {
///     if let Cause::Access(AccessError::NoRuntimeDir) = &error.cause {
///         println!("set XDG_RUNTIME_DIR");
///     }
/// }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum AccessError {
    /// `XDG_RUNTIME_DIR` is not set, and `/run/user` has no socket of the user's systemd or bus: nothing says where they are.
    NoRuntimeDir,
    /// The text does not name a machine.
    Target {
        /// The text.
        text: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The system bus of a container cannot be reached.
    Root {
        /// The process by which the container was looked for.
        pid: u32,
        /// Why.
        error: OpenError,
    },
}

impl fmt::Display for AccessError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoRuntimeDir => f.write_str(
                "cannot find the systemd of the user: XDG_RUNTIME_DIR is not set; log in, or start the user's systemd",
            ),
            Self::Target { text, reason } => {
                write!(
                    f,
                    "cannot use {text:?} as the name of a machine: {reason}; write user@host:port"
                )
            }
            Self::Root { pid, error } => write!(
                f,
                "cannot reach the systemd of process {pid} from outside: {error}; without a bus only processes in its PID namespace \
                 reach it, over its private socket"
            ),
        }
    }
}

// The text says all that the cause says, so there is no source.
impl std::error::Error for AccessError {}
