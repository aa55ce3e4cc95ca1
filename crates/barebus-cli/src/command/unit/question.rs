//! Questions that the exit code answers: state, active, failed.

use std::io::{self, Write};
use std::process::ExitCode;

use barebus_systemd::word::LoadState;
use barebus_systemd::{ActiveState, Cause, Systemd};

use super::exit::{NOT_FOUND, NOT_RUNNING};
use super::names;
use crate::args::Form;
use crate::args::unit::Question;
use crate::exit::{Exit, Failure};
use crate::json::Json;
use crate::render::one_line;

/// Whether unit files are enabled. A line for each name, in their order.
pub(super) fn state(
    systemd: &Systemd,
    question: &Question,
    told: Told,
) -> Result<ExitCode, Failure> {
    let mut answer = Answer::default();
    for file in names::files(&question.units.names)? {
        match systemd.unit_file_state(&file) {
            Ok(state) => {
                answer.found(state.is_enabled());
                told.print(&file, state.as_str())?;
            }
            Err(error) if error.is_no_such_unit() => told.print(&file, "not-found")?,
            // The path of a file, which has no state: systemctl ends with this code, too.
            Err(error) if matches!(error.cause, Cause::Name(_)) => {
                answer.refused(Failure::new(Exit::Refused, error))?;
            }
            Err(error) => answer.refused(error.into())?,
        }
    }
    Ok(answer.code(Exit::Refused))
}

/// Whether units are active.
pub(super) fn active(
    systemd: &Systemd,
    question: &Question,
    told: Told,
) -> Result<ExitCode, Failure> {
    ask(systemd, question, told, NOT_RUNNING, ActiveState::is_active)
}

/// Whether units have failed.
pub(super) fn failed(
    systemd: &Systemd,
    question: &Question,
    told: Told,
) -> Result<ExitCode, Failure> {
    ask(systemd, question, told, Exit::Refused, |state| *state == ActiveState::Failed)
}

/// Prints the active states. `no` is the exit code if none of the units is as asked.
fn ask(
    systemd: &Systemd,
    question: &Question,
    told: Told,
    no: Exit,
    is_yes: impl Fn(&ActiveState) -> bool,
) -> Result<ExitCode, Failure> {
    let mut answer = Answer::default();
    for unit in names::expand(systemd, &question.units.names, false)? {
        let status = match systemd.status(&unit) {
            Ok(status) => status,
            Err(error) => {
                answer.refused(error.into())?;
                continue;
            }
        };
        let is_there = status.load_state != LoadState::NotFound;
        if is_there || status.active_state != ActiveState::Inactive {
            answer.found(is_yes(&status.active_state));
        }
        told.print(&unit, status.active_state.as_str())?;
    }
    Ok(answer.code(no))
}

/// How answers are printed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Told {
    pub(super) quiet: bool,
    pub(super) form: Form,
}

impl Told {
    fn print(self, unit: &str, state: &str) -> io::Result<()> {
        match self {
            Self { quiet: true, .. } => Ok(()),
            Self { form, .. } if form.is_json() => {
                Json::object([("unit", unit), ("state", state)].map(|(key, it)| (key, it.into())))
                    .print_as(form)
            }
            Self { .. } => writeln!(io::stdout(), "{}", one_line(state)),
        }
    }
}

/// The answer for all units together: yes if it is yes for one.
#[derive(Debug, Default)]
struct Answer {
    is_found: bool,
    is_yes: bool,
    /// Whether systemd refused to answer for a unit.
    is_refused: bool,
}

impl Answer {
    fn found(&mut self, is_yes: bool) {
        self.is_found = true;
        self.is_yes |= is_yes;
    }

    /// Reports a refusal. Returns any other failure.
    fn refused(&mut self, failure: Failure) -> Result<(), Failure> {
        if failure.exit != Exit::Refused {
            return Err(failure);
        }
        failure.tell();
        self.is_refused = true;
        Ok(())
    }

    fn code(&self, no: Exit) -> ExitCode {
        match self {
            Self { is_refused: true, .. } => Exit::Refused.into(),
            Self { is_yes: true, .. } => ExitCode::SUCCESS,
            Self { is_found: true, .. } => no.into(),
            Self { .. } => NOT_FOUND.into(),
        }
    }
}
