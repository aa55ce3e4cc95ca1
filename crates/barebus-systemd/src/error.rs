//! Failed operations of systemd.

use std::fmt;
use std::io;
use std::time::Duration;

use barebus::{BodyError, CallError, DecodeError, OpenError};

use crate::access::{AccessError, Refusal};
use crate::name::{NameError, Quoted};
use crate::setting::SettingError;
use crate::word::ActiveState;

/// The failed operation and its cause.
///
/// ```no_run
/// use barebus_systemd::{Mode, Systemd};
///
/// let systemd = Systemd::system()?;
/// match systemd.start_unit("missing.service", Mode::Replace) {
///     Ok(job) => println!("{}", systemd.wait(&job)?),
///     Err(error) if error.is_no_such_unit() => println!("there is no such unit"),
///     Err(error) => return Err(error.into()),
/// }
/// # Ok::<(), barebus::Error>(())
/// ```
#[derive(Debug)]
pub struct Error {
    /// The method, property or step, and what it was asked about: `GetUnitFileState of x.service`.
    pub operation: String,
    /// Why it failed.
    pub cause: Cause,
}

/// Why an operation failed.
///
/// ```
/// use barebus_systemd::{Cause, Error};
///
/// fn report(error: &Error) {
///     match &error.cause {
///         Cause::Name(error) => println!("no name of a unit: {error}"),
///         Cause::Call(error) => println!("the call failed: {error}"),
///         other => println!("{other}"),
///     }
/// }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum Cause {
    /// A call failed, or the connection has ended.
    Call(CallError),
    /// No connection was opened.
    Open(OpenError),
    /// The name of the unit is invalid. Nothing was sent.
    Name(NameError),
    /// A setting is invalid. Nothing was sent.
    Setting(SettingError),
    /// The system refused something on this side, as copying a file descriptor. Nothing was sent.
    Io(io::Error),
    /// A unit of that name exists, so no transient one can be made. A unit that has failed exists until it is reset
    /// (`reset_failed_unit`).
    UnitExists(ActiveState),
    /// The job, or the unit that was run, has not ended within this time. It goes on.
    JobNotEnded(Duration),
    /// systemd cannot be reached.
    Access(AccessError),
}

impl Error {
    /// A name that is invalid stands in quotes: it may be empty, or read like a part of the sentence.
    pub(crate) fn new<'a>(
        operation: &str,
        about: impl Into<Option<&'a str>>,
        cause: impl Into<Cause>,
    ) -> Self {
        let cause = cause.into();
        let operation = match about.into() {
            None => operation.to_owned(),
            Some(about) if about.is_empty() || matches!(cause, Cause::Name(_)) => {
                format!("{operation} of {}", Quoted(about))
            }
            Some(about) => format!("{operation} of {about}"),
        };
        Self { operation, cause }
    }

    /// The error of the call that failed, if it was one.
    pub const fn call(&self) -> Option<&CallError> {
        match &self.cause {
            Cause::Call(error) => Some(error),
            _ => None,
        }
    }

    /// Whether a deadline has passed. A job or a run that was waited for goes on.
    pub fn is_timeout(&self) -> bool {
        match &self.cause {
            Cause::Call(error) => error.is_timeout(),
            Cause::Open(error) => error.is_timeout(),
            Cause::Access(AccessError::Root { error, .. }) => error.is_timeout(),
            Cause::Io(error) => error.kind() == io::ErrorKind::TimedOut,
            Cause::JobNotEnded(_) => true,
            _ => false,
        }
    }

    /// Whether the connection has ended.
    pub fn is_disconnected(&self) -> bool {
        self.call().is_some_and(CallError::is_disconnected)
    }

    /// ERROR_NAME, if systemd or the bus answered with an ERROR.
    pub fn remote_name(&self) -> Option<&str> {
        self.call()?.remote_name()
    }

    /// Who refused the call, if that is the cause.
    pub fn refusal(&self) -> Option<Refusal> {
        let (member, _) = self.operation.split_once(' ').unwrap_or((&self.operation, ""));
        Refusal::of(self.call()?, member)
    }

    /// Whether systemd knows no unit of that name (or no file of it): `NoSuchUnit`, or ENOENT as systemd reports it.
    pub fn is_no_such_unit(&self) -> bool {
        matches!(
            self.remote_name(),
            Some(
                "org.freedesktop.systemd1.NoSuchUnit"
                    | "org.freedesktop.DBus.Error.FileNotFound"
                    | "System.Error.ENOENT"
            )
        )
    }

    /// Whether the running systemd lacks the method, property or interface: it is older than what was asked for.
    pub fn is_unsupported(&self) -> bool {
        match self.call() {
            // So it refuses properties of transient units, and changes of properties. What is just not writable it tells in other words.
            Some(CallError::Remote { name, message }) if name == PROPERTY_READ_ONLY => {
                message.contains("unknown property")
            }
            Some(CallError::Remote { name, .. }) => matches!(
                &**name,
                "org.freedesktop.DBus.Error.UnknownMethod"
                    | "org.freedesktop.DBus.Error.UnknownProperty"
                    | "org.freedesktop.DBus.Error.UnknownInterface"
            ),
            _ => false,
        }
    }
}

const PROPERTY_READ_ONLY: &str = "org.freedesktop.DBus.Error.PropertyReadOnly";

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // It continues the sentence.
        let separator = if let Cause::JobNotEnded(_) = self.cause { "" } else { ":" };
        write!(f, "{}{separator} {}", self.operation, self.cause)?;
        match self.refusal() {
            Some(refusal) => write!(f, ": {refusal}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Call(error) => error.fmt(f),
            Self::Open(error) => error.fmt(f),
            Self::Name(error) => error.fmt(f),
            Self::Setting(error) => error.fmt(f),
            Self::Io(error) => error.fmt(f),
            Self::UnitExists(ActiveState::Failed) => f.write_str(
                "a unit of that name exists: it has failed; reset it, as `systemctl reset-failed` does",
            ),
            Self::UnitExists(state) => {
                write!(f, "a unit of that name exists: it is {state}; use another name")
            }
            Self::JobNotEnded(limit) => {
                write!(f, "has not ended within {} s; it goes on", limit.as_secs_f64())
            }
            Self::Access(error) => error.fmt(f),
        }
    }
}

impl From<CallError> for Cause {
    fn from(error: CallError) -> Self {
        Self::Call(error)
    }
}

impl From<BodyError> for Cause {
    fn from(error: BodyError) -> Self {
        Self::Call(error.into())
    }
}

impl From<DecodeError> for Cause {
    fn from(error: DecodeError) -> Self {
        Self::Call(error.into())
    }
}

impl From<SettingError> for Cause {
    fn from(error: SettingError) -> Self {
        Self::Setting(error)
    }
}

impl From<io::Error> for Cause {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<OpenError> for Cause {
    fn from(error: OpenError) -> Self {
        Self::Open(error)
    }
}

impl From<AccessError> for Cause {
    fn from(error: AccessError) -> Self {
        Self::Access(error)
    }
}

impl From<NameError> for Cause {
    fn from(error: NameError) -> Self {
        Self::Name(error)
    }
}

// The text says all that the cause says, so there is no source.
impl std::error::Error for Error {}

impl From<Error> for barebus::Error {
    fn from(error: Error) -> Self {
        let hint = error.refusal().map(|refusal| refusal.to_string());
        let is_timeout = error.is_timeout();
        let operation =
            |operation, cause: Self| Self::Operation { operation, cause: Box::new(cause), hint };
        match error.cause {
            Cause::Call(cause) => operation(error.operation, cause.into()),
            Cause::Open(cause) => operation(error.operation, cause.into()),
            Cause::Io(cause) => operation(error.operation, cause.into()),
            // This is what a timeout is there.
            _ if is_timeout => Self::Io(io::Error::new(io::ErrorKind::TimedOut, error)),
            Cause::Name(_) | Cause::Setting(_) => Self::Invalid(Box::new(error)),
            _ => Self::other(error),
        }
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
        let message = "Cannot set property ExtraFileDescriptors, or unknown property.".into();
        let cause = CallError::Remote { name: PROPERTY_READ_ONLY.into(), message };
        assert!(Error::new("StartTransientUnit", "a.service", cause).is_unsupported());
    }

    #[test]
    fn a_name_is_told_even_if_there_is_nothing_to_it() {
        let text = |about: Option<&str>| {
            Error::new("GetUnit", about, CallError::NoReply(barebus::NoReply::TimedOut)).operation
        };
        assert_eq!(text(Some("x.service")), "GetUnit of x.service");
        assert_eq!(text(Some("")), "GetUnit of ''");
        assert_eq!(text(None), "GetUnit");
    }

    #[test]
    fn the_error_of_all_crates_says_the_same() {
        let refused = CallError::Remote {
            name: "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired".into(),
            message: "Interactive authentication required.".into(),
        };
        let unreachable = barebus::Connection::open("unix:path=/nowhere").unwrap_err();
        for error in [
            Error::new("StartUnit", "x.service", refused),
            Error::new("connecting to systemd", None, unreachable),
            Error::new("run", None, io::Error::from(io::ErrorKind::TimedOut)),
        ] {
            let (text, name) = (error.to_string(), error.remote_name().map(str::to_owned));
            let error = barebus::Error::from(error);
            assert_eq!(error.to_string(), text);
            assert_eq!(error.remote_name(), name.as_deref());
        }
    }

    #[test]
    fn the_error_of_two_addresses_names_both() {
        let unreachable = |address: &str| barebus::Connection::open(address).unwrap_err();
        let text =
            unreachable("unix:path=/one").and_then(unreachable("unix:path=/two")).to_string();
        assert!(text.contains("unix:path=/one: ") && text.contains("unix:path=/two: "), "{text}");
        let text = unreachable("unix:path=/one").and_then(unreachable("nonsense")).to_string();
        assert!(text.contains("nonsense"), "{text}");
    }

    #[test]
    fn an_invalid_name_stands_in_quotes() {
        let error = crate::UnitName::parse("is not there").unwrap_err();
        let error = Error::new("GetUnit", "is not there", error);
        assert_eq!(error.operation, "GetUnit of 'is not there'");
    }

    #[test]
    fn a_job_that_is_late_is_a_timeout_and_goes_on() {
        let error =
            || Error::new("the job", "x.service", Cause::JobNotEnded(Duration::from_millis(1500)));
        let text = "the job of x.service has not ended within 1.5 s; it goes on";
        assert_eq!(error().to_string(), text);
        assert!(error().is_timeout());
        let error = barebus::Error::from(error());
        assert_eq!(error.to_string(), text);
        assert!(error.is_timeout());
    }
}
