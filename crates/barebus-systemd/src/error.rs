//! Failed operations of systemd.

use std::fmt;

use barebus::CallError;

use crate::name::NameError;
use crate::setting::SettingError;

/// The failed operation and its cause.
#[derive(Debug)]
pub struct Error {
    /// The method or property, and what it was asked about: `GetUnitFileState of x.service`.
    pub asked: String,
    /// Why.
    pub cause: CallError,
}

impl Error {
    /// An empty name is a name too, and one to be seen.
    pub(crate) fn new<'a>(
        asked: &str,
        about: impl Into<Option<&'a str>>,
        cause: impl Into<CallError>,
    ) -> Self {
        let asked = match about.into() {
            None => asked.to_owned(),
            Some("") => format!("{asked} of ''"),
            Some(about) => format!("{asked} of {about}"),
        };
        Self { asked, cause: cause.into() }
    }

    /// Whether a deadline has passed. A job that was waited for goes on.
    pub fn is_timeout(&self) -> bool {
        self.cause.is_timeout()
    }

    /// Whether the connection has ended.
    pub const fn is_disconnected(&self) -> bool {
        self.cause.is_disconnected()
    }

    /// ERROR_NAME, if systemd or the bus answered with an ERROR.
    pub fn remote_name(&self) -> Option<&str> {
        self.cause.remote_name()
    }

    /// Whether systemd knows no unit of that name (or no file of it): `NoSuchUnit`, or ENOENT as systemd reports it.
    pub fn is_no_such_unit(&self) -> bool {
        matches!(
            self.cause.remote_name(),
            Some(
                "org.freedesktop.systemd1.NoSuchUnit"
                    | "org.freedesktop.DBus.Error.FileNotFound"
                    | "System.Error.ENOENT"
            )
        )
    }

    /// Whether the running systemd lacks the method, property or interface: it is older than what was asked for.
    pub fn is_unsupported(&self) -> bool {
        matches!(
            self.cause.remote_name(),
            Some(
                "org.freedesktop.DBus.Error.UnknownMethod"
                    | "org.freedesktop.DBus.Error.UnknownProperty"
                    | "org.freedesktop.DBus.Error.UnknownInterface"
            )
        )
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.asked, self.cause)
    }
}

// The text says all that the cause says, so there is no source.
impl std::error::Error for Error {}

impl From<Error> for barebus::Error {
    fn from(error: Error) -> Self {
        Self::Operation { operation: error.asked, cause: error.cause }
    }
}

impl From<NameError> for barebus::Error {
    fn from(error: NameError) -> Self {
        Self::Invalid(Box::new(error))
    }
}

impl From<SettingError> for barebus::Error {
    fn from(error: SettingError) -> Self {
        Self::Invalid(Box::new(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_that_systemd_lacks_is_unsupported() {
        let error = |name: &str| {
            let name = format!("org.freedesktop.DBus.Error.{name}");
            let cause = CallError::Remote { name, message: String::new() };
            Error::new("GetUnitByPIDFD", None, cause)
        };
        for name in ["UnknownMethod", "UnknownProperty", "UnknownInterface"] {
            assert!(error(name).is_unsupported(), "{name}");
        }
        // The object is not there, or may not be changed: another version does not help.
        for name in ["UnknownObject", "PropertyReadOnly", "AccessDenied"] {
            assert!(!error(name).is_unsupported(), "{name}");
        }
    }

    #[test]
    fn a_name_is_told_even_if_there_is_nothing_to_it() {
        let text = |about: Option<&str>| {
            Error::new("GetUnit", about, CallError::NoReply(barebus::NoReply::TimedOut)).asked
        };
        assert_eq!(text(Some("x.service")), "GetUnit of x.service");
        assert_eq!(text(Some("")), "GetUnit of ''");
        assert_eq!(text(None), "GetUnit");
    }
}
