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
    form: Form,
    quiet: bool,
) -> Result<ExitCode, Failure> {
    let mut answer = Answer::of(form, quiet, ["unit_file", "state"]);
    for file in names::files(&question.units.names)? {
        match systemd.unit_file_state(&file) {
            Ok(state) => {
                answer.found(state.is_enabled());
                answer.print(&file, state.as_str())?;
            }
            Err(error) if error.is_no_such_unit() => answer.print(&file, "not-found")?,
            // The path of a file, which has no state: systemctl ends with this code, too.
            Err(error) if matches!(error.cause, Cause::Name(_)) => {
                answer.refused(Failure::new(Exit::Refused, error))?;
            }
            Err(error) => answer.refused(error.into())?,
        }
    }
    answer.end(Exit::Refused)
}

/// Whether units are active.
pub(super) fn active(
    systemd: &Systemd,
    question: &Question,
    form: Form,
    quiet: bool,
) -> Result<ExitCode, Failure> {
    ask(systemd, question, form, quiet, NOT_RUNNING, ActiveState::is_active)
}

/// Whether units have failed.
pub(super) fn failed(
    systemd: &Systemd,
    question: &Question,
    form: Form,
    quiet: bool,
) -> Result<ExitCode, Failure> {
    ask(systemd, question, form, quiet, Exit::Refused, |state| *state == ActiveState::Failed)
}

/// Prints the active states. `no` is the exit code if none of the units is as asked.
fn ask(
    systemd: &Systemd,
    question: &Question,
    form: Form,
    quiet: bool,
    no: Exit,
    is_yes: impl Fn(&ActiveState) -> bool,
) -> Result<ExitCode, Failure> {
    let mut answer = Answer::of(form, quiet, ["unit", "active"]);
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
        answer.print(&unit, status.active_state.as_str())?;
    }
    answer.end(no)
}

/// The answer for all units together: yes if it is yes for one.
#[derive(Debug)]
struct Answer {
    form: Form,
    quiet: bool,
    /// The keys of name and state in JSON.
    keys: [&'static str; 2],
    /// What is printed in the end.
    rows: Vec<Json>,
    is_found: bool,
    is_yes: bool,
    /// Whether systemd refused to answer for a unit.
    is_refused: bool,
}

impl Answer {
    const fn of(form: Form, quiet: bool, keys: [&'static str; 2]) -> Self {
        let rows = Vec::new();
        Self { form, quiet, keys, rows, is_found: false, is_yes: false, is_refused: false }
    }

    /// Prints a state: at once, or in JSON in the end.
    fn print(&mut self, name: &str, state: &str) -> io::Result<()> {
        if self.quiet {
            return Ok(());
        }
        if self.form.is_json() {
            let cells = self.keys.into_iter().zip([name, state].map(Json::from));
            self.rows.push(Json::object(cells));
            return Ok(());
        }
        writeln!(io::stdout(), "{}", one_line(state))
    }

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

    /// Ends the output. `no` is the exit code if the answer is no for all units.
    fn end(self, no: Exit) -> Result<ExitCode, Failure> {
        let code = self.code(no);
        if self.form.is_json() && !self.quiet {
            Json::array(self.rows).print_as(self.form)?;
        }
        Ok(code)
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
