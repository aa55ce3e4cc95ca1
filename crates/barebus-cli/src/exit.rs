//! How the program ends.

use std::fmt::Display;
use std::io;
use std::process::ExitCode;
use std::time::Duration;

use barebus::{CallError, NoReply};
use barebus_systemd::Cause;
use barebus_systemd::name::NameError;
use barebus_systemd::setting::SettingError;

use crate::render::one_line;

/// The exit codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Somebody said no: the callee's error, a job that failed, an unknown unit.
    Refused,
    /// What was asked for makes no sense: an invalid name, a value that does not parse.
    Usage,
    /// No connection, or it ended.
    Connection,
    /// No reply came in time, or none that could be believed.
    NoReply,
    /// A file could not be read, or the output not be written.
    Files,
    /// The code that systemctl has for it, or the code of a command that was run.
    Other(u8),
}

impl Exit {
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Refused => 1,
            Self::Usage => 2,
            Self::Connection => 3,
            Self::NoReply => 4,
            Self::Files => 5,
            Self::Other(code) => code,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// Why the program ends without having done what it was asked: one line for people, empty if nobody need be told, and the exit code.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) what: String,
    pub(crate) exit: Exit,
    /// The time for a reply was over, which is worth saying how long it was.
    timed_out: bool,
}

impl Failure {
    pub(crate) fn new(exit: Exit, what: impl Display) -> Self {
        Self { what: what.to_string(), exit, timed_out: false }
    }

    /// What the user typed makes no sense.
    pub(crate) fn usage(what: impl Display) -> Self {
        Self::new(Exit::Usage, what)
    }

    /// A call came to nothing; `tried` says what was called.
    pub(crate) fn call(tried: impl Display, error: &CallError) -> Self {
        let timed_out = matches!(error, CallError::NoReply(NoReply::TimedOut));
        let what = match error {
            // Some texts are lines: dbus-daemon's end with a newline.
            CallError::Remote { name, message } => match message.trim_end() {
                "" => format!("{tried}: {name}"),
                message => format!("{tried}: {message} ({name})"),
            },
            error => format!("{tried}: {error}"),
        };
        Self { timed_out, ..Self::new(exit_of(error), what) }
    }

    /// The same with another exit code.
    pub(crate) fn with(self, exit: Exit) -> Self {
        Self { exit, ..self }
    }

    /// Says how long was waited, where the time for a reply was over.
    pub(crate) fn after(mut self, timeout: Duration) -> Self {
        if std::mem::take(&mut self.timed_out) {
            self.what.push_str(&format!(" ({} s)", timeout.as_secs_f64()));
        }
        self
    }

    /// Says what has failed.
    pub(crate) fn tell(&self) {
        if !self.what.is_empty() {
            eprintln!("barebus: {}", one_line(&self.what));
        }
    }
}

impl From<barebus::OpenError> for Failure {
    fn from(error: barebus::OpenError) -> Self {
        let exit = match error {
            // There was nowhere to go.
            barebus::OpenError::Address { .. } | barebus::OpenError::NoAddress => Exit::Usage,
            _ => Exit::Connection,
        };
        Self::new(exit, error)
    }
}

impl From<barebus_systemd::Error> for Failure {
    fn from(error: barebus_systemd::Error) -> Self {
        let exit = match &error.cause {
            Cause::Call(cause) => return Self::call(&error.operation, cause),
            Cause::Name(_) | Cause::Setting(_) => Exit::Usage,
            Cause::UnitExists(_) | Cause::Io(_) => Exit::Refused,
            _ => Exit::Connection,
        };
        Self::new(exit, error)
    }
}

impl From<NameError> for Failure {
    fn from(error: NameError) -> Self {
        Self::usage(error)
    }
}

impl From<SettingError> for Failure {
    fn from(error: SettingError) -> Self {
        Self::usage(error)
    }
}

/// Of writing the output: what goes wrong in reading is told with the file.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            // Whoever reads has seen enough, as head does.
            io::ErrorKind::BrokenPipe => Self::new(Exit::Files, ""),
            _ => Self::new(Exit::Files, format_args!("cannot write the output: {error}")),
        }
    }
}

/// What failed while other things could still be done.
#[derive(Debug, Default)]
pub(crate) struct Failures(Option<Exit>);

impl Failures {
    /// Tells of one at once.
    pub(crate) fn tell(&mut self, failure: &Failure) {
        failure.tell();
        self.note(failure.exit);
    }

    /// Takes note of one that has been told of. The exit code is that of the worst.
    pub(crate) fn note(&mut self, exit: Exit) {
        let worse = self.0.is_none_or(|worst| worst.code() < exit.code());
        self.0 = if worse { Some(exit) } else { self.0 };
    }

    pub(crate) fn code(&self) -> ExitCode {
        self.0.map_or(ExitCode::SUCCESS, ExitCode::from)
    }
}

fn exit_of(error: &CallError) -> Exit {
    match error {
        CallError::NoReply(_) => Exit::NoReply,
        CallError::Connection(_) => Exit::Connection,
        CallError::Send(_) | CallError::Name(_) => Exit::Usage,
        _ => Exit::Refused,
    }
}
