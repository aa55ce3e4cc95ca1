//! systemctl's exit codes.

use std::process::ExitCode;

use barebus_systemd::Error;

use crate::exit::{Exit, Failure};

/// The answer to a question: the unit is not active.
pub(super) const NOT_RUNNING: Exit = Exit::Other(3);
/// The answer to a question: there is no such unit.
pub(super) const NOT_FOUND: Exit = Exit::Other(4);

/// The exit code of a verb that is done for several units: the first one that is not 0. A unit that fails does not keep the others from being
/// done.
#[derive(Debug, Default)]
pub(super) struct Codes(Option<Exit>);

impl Codes {
    pub(super) fn note(&mut self, exit: Exit) {
        self.0.get_or_insert(exit);
    }

    /// Reports what failed for one unit. Returns a failure that concerns all units, such as a connection that has ended.
    pub(super) fn tell(&mut self, failure: Failure) -> Result<(), Failure> {
        if matches!(failure.exit, Exit::Connection | Exit::NoReply | Exit::Late | Exit::Files) {
            return Err(failure);
        }
        failure.tell();
        self.note(failure.exit);
        Ok(())
    }

    pub(super) fn code(&self) -> ExitCode {
        self.0.map_or(ExitCode::SUCCESS, ExitCode::from)
    }
}

/// Failure of a request for a job.
pub(super) fn of_job(error: Error) -> Failure {
    let exit = error.remote_name().map(code_of);
    let failure = Failure::from(error);
    match exit {
        Some(exit) => failure.with(exit),
        None => failure,
    }
}

/// The code that systemctl has for an error reply. They are those of init scripts: LSB, "Init Script Actions".
fn code_of(name: &str) -> Exit {
    match name {
        "org.freedesktop.DBus.Error.AccessDenied"
        | "org.freedesktop.systemd1.OnlyByDependency"
        | "org.freedesktop.systemd1.NoIsolation"
        | "org.freedesktop.systemd1.TransactionIsDestructive" => Exit::Other(4),
        "org.freedesktop.systemd1.NoSuchUnit" => Exit::Other(5),
        "org.freedesktop.systemd1.JobTypeNotApplicable"
        | "org.freedesktop.DBus.Error.NotSupported" => Exit::Other(3),
        "org.freedesktop.systemd1.LoadFailed" => Exit::Other(6),
        _ => Exit::Refused,
    }
}

/// Without a connection, and without a reply, systemctl ends with 1: its codes 3 and 4 are answers.
pub(super) fn unanswered(failure: Failure) -> Failure {
    match failure.exit {
        Exit::Connection | Exit::NoReply => failure.with(Exit::Refused),
        _ => failure,
    }
}
