//! Exit codes and errors of the program.

use std::fmt::Display;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::Duration;

use barebus::{CallError, NoReply};
use barebus_systemd::name::NameError;
use barebus_systemd::setting::SettingError;
use barebus_systemd::{AccessError, Cause, Refusal};

use crate::render::one_line;
use crate::terminal::{Style, Styles};

/// The exit codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Refused: an error reply, a failed job, an unknown unit.
    Refused,
    /// Wrong usage: an invalid name, a value that cannot be parsed.
    Usage,
    /// There is no connection, or it ended.
    Connection,
    /// No reply arrived in time, or none could be believed.
    NoReply,
    /// A job, or a command that was run, did not end within `--timeout`.
    Late,
    /// A file could not be read, or the output could not be written.
    Files,
    /// A code of systemctl, or the exit code of a command that was run.
    Other(u8),
}

impl Exit {
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Refused => 1,
            Self::Usage => 2,
            Self::Connection => 3,
            Self::NoReply | Self::Late => 4,
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

/// Why the program fails: a line for people, which may be empty, and the exit code.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) what: String,
    pub(crate) exit: Exit,
    /// Whether a reply timed out, so that the time limit is printed.
    timed_out: bool,
}

impl Failure {
    pub(crate) fn new(exit: Exit, what: impl Display) -> Self {
        Self { what: what.to_string(), exit, timed_out: false }
    }

    /// Wrong usage of the command line.
    pub(crate) fn usage(what: impl Display) -> Self {
        Self::new(Exit::Usage, what)
    }

    /// A failed call; `tried` names it.
    pub(crate) fn call(tried: impl Display, error: &CallError) -> Self {
        let timed_out = matches!(error, CallError::NoReply(NoReply::TimedOut));
        let what = match error {
            // The texts of dbus-daemon end with a newline.
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

    /// Adds the time limit, if a reply timed out.
    pub(crate) fn after(mut self, timeout: Option<Duration>) -> Self {
        if let (true, Some(timeout)) = (std::mem::take(&mut self.timed_out), timeout) {
            self.what.push_str(&format!(" ({} s)", timeout.as_secs_f64()));
        }
        self
    }

    /// Prints what has failed.
    pub(crate) fn tell(&self) {
        if !self.what.is_empty() {
            // Nobody may be reading.
            let head = Styles::of_errors().paint(Style::Red, "barebus:");
            let _ = writeln!(io::stderr(), "{head} {}", one_line(&self.what));
        }
    }
}

impl From<barebus::OpenError> for Failure {
    fn from(error: barebus::OpenError) -> Self {
        let exit = match error {
            // There was no server to connect to.
            barebus::OpenError::Address { .. } | barebus::OpenError::NoAddress => Exit::Usage,
            _ => Exit::Connection,
        };
        Self::new(exit, error)
    }
}

impl From<barebus_systemd::Error> for Failure {
    fn from(error: barebus_systemd::Error) -> Self {
        let exit = match &error.cause {
            Cause::Call(cause) => {
                let mut failure = Self::call(&error.operation, cause);
                if let Some(refusal) = error.refusal() {
                    failure.what.push_str(": ");
                    failure.what.push_str(&advice(refusal));
                }
                return failure;
            }
            Cause::Name(_) | Cause::Setting(_) | Cause::Access(AccessError::Target { .. }) => {
                Exit::Usage
            }
            Cause::UnitExists(_) | Cause::Io(_) => Exit::Refused,
            Cause::JobNotEnded(_) => Exit::Late,
            _ => Exit::Connection,
        };
        Self::new(exit, error)
    }
}

/// Who refused, and what helps.
fn advice(refusal: Refusal) -> String {
    match refusal {
        Refusal::Polkit { action, may_ask: true } => format!(
            "polkit does not allow {} without a password; --interactive lets its agent ask for one, or do it as root",
            action.unwrap_or("it")
        ),
        refusal => refusal.to_string(),
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

/// An error of writing the output. Errors of reading name the file.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            // The reader needs no more, for example head.
            io::ErrorKind::BrokenPipe => Self::new(Exit::Files, ""),
            // A signal ended the wait for the reader; 130 is SIGINT's.
            io::ErrorKind::Interrupted => Self::new(Exit::Other(130), ""),
            _ => Self::new(Exit::Files, format_args!("cannot write the output: {error}")),
        }
    }
}

/// Failures that do not stop the program.
#[derive(Debug, Default)]
pub(crate) struct Failures(Option<Exit>);

impl Failures {
    /// Prints and notes a failure.
    pub(crate) fn tell(&mut self, failure: &Failure) {
        failure.tell();
        self.note(failure.exit);
    }

    /// Notes a failure that has been printed. The exit code is that of the worst failure.
    pub(crate) fn note(&mut self, exit: Exit) {
        let worse = self.0.is_none_or(|worst| worst.code() < exit.code());
        self.0 = if worse { Some(exit) } else { self.0 };
    }

    pub(crate) const fn are_none(&self) -> bool {
        self.0.is_none()
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
