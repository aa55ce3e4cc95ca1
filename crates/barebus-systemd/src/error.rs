//! Why systemd did not do, or say, what it was asked.

use std::fmt;

use barebus::CallError;

/// What was asked, and why it came to nothing.
#[derive(Debug)]
pub struct Error {
    /// The method or property, and what it was asked about: `GetUnitFileState of x.service`.
    pub asked: String,
    /// Why.
    pub cause: CallError,
}

impl Error {
    pub(crate) fn new(asked: &str, about: &str, cause: impl Into<CallError>) -> Self {
        let asked = if about.is_empty() { asked.to_owned() } else { format!("{asked} of {about}") };
        Self { asked, cause: cause.into() }
    }

    /// Whether systemd knows no unit of that name (or no file of it): `NoSuchUnit`, or ENOENT as systemd reports it.
    pub fn is_no_such_unit(&self) -> bool {
        matches!(
            self.cause.name(),
            Some(
                "org.freedesktop.systemd1.NoSuchUnit"
                    | "org.freedesktop.DBus.Error.FileNotFound"
                    | "System.Error.ENOENT"
            )
        )
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.asked, self.cause)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.cause)
    }
}
