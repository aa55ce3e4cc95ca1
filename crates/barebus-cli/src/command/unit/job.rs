//! Verbs that queue jobs: start, stop, restart and the like.

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use barebus_systemd::name::UnitKind;
use barebus_systemd::{Error, Job, Mode, Systemd};

use super::exit::{Codes, of_job};
use super::{hint, names};
use crate::args::Form;
use crate::args::unit::{Isolate, Jobs, Waiting};
use crate::exit::{Exit, Failure};
use crate::json::Json;
use crate::render::one_line;

/// What is done to the units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    Start,
    Stop,
    Restart,
    TryRestart,
    Reload,
    ReloadOrRestart,
    TryReloadOrRestart,
}

impl Action {
    fn queue(self, systemd: &Systemd, unit: &str, mode: Mode) -> Result<Job, Error> {
        match self {
            Self::Start => systemd.start_unit(unit, mode),
            Self::Stop => systemd.stop_unit(unit, mode),
            Self::Restart => systemd.restart_unit(unit, mode),
            Self::TryRestart => systemd.try_restart_unit(unit, mode),
            Self::Reload => systemd.reload_unit(unit, mode),
            Self::ReloadOrRestart => systemd.reload_or_restart_unit(unit, mode),
            Self::TryReloadOrRestart => systemd.reload_or_try_restart_unit(unit, mode),
        }
    }

    /// Whether a masked unit is no failure: it is not active, so there is nothing to do.
    const fn takes_masked(self) -> bool {
        matches!(self, Self::TryRestart | Self::TryReloadOrRestart)
    }
}

pub(super) fn run(
    systemd: &Systemd,
    timeout: Option<Duration>,
    form: Form,
    action: Action,
    jobs: &Jobs,
) -> Result<ExitCode, Failure> {
    let units = names::expand(systemd, &jobs.units.names, false)?;
    let waiting = Wait { timeout, no_block: jobs.waiting.no_block, form };
    act(systemd, waiting, action, &units, jobs.job_mode)
}

pub(super) fn isolate(
    systemd: &Systemd,
    timeout: Option<Duration>,
    form: Form,
    isolate: &Isolate,
) -> Result<ExitCode, Failure> {
    let unit = names::complete(&isolate.name, UnitKind::Target)?;
    let Waiting { no_block } = isolate.waiting;
    act(systemd, Wait { timeout, no_block, form }, Action::Start, &[unit], Mode::Isolate)
}

/// Whether, and for how long, the end of jobs is waited for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wait {
    pub(super) timeout: Option<Duration>,
    pub(super) no_block: bool,
    /// How results are printed.
    pub(super) form: Form,
}

/// Queues a job for each unit, then waits for all of them.
pub(super) fn act(
    systemd: &Systemd,
    wait: Wait,
    action: Action,
    units: &[String],
    mode: Mode,
) -> Result<ExitCode, Failure> {
    let mut codes = Codes::default();
    let mut jobs = Vec::new();
    for unit in units {
        match action.queue(systemd, unit, mode) {
            Ok(job) => jobs.push(job),
            Err(error) if action.takes_masked() && error.remote_name() == Some(MASKED) => {}
            Err(error) => codes.tell(of_job(error))?,
        }
    }
    for job in &jobs {
        hint::files_have_changed(systemd, job.unit());
    }
    let are_done = wait.no_block || finish(systemd, wait, &jobs, units.len() > 1)?;
    if action == Action::Stop {
        hint::can_be_started_again(systemd, jobs.iter().map(Job::unit));
    }
    match are_done {
        // As in systemctl, a job that failed counts more than a unit that has none.
        true => Ok(codes.code()),
        false => Ok(Exit::Refused.into()),
    }
}

const MASKED: &str = "org.freedesktop.systemd1.UnitMasked";

/// Waits for jobs and prints their results, with the names of their units if there are `several`. Returns whether all succeeded.
///
/// Without a timeout there is no limit: systemd ends a job that takes longer than its unit allows.
pub(super) fn finish(
    systemd: &Systemd,
    wait: Wait,
    jobs: &[Job],
    several: bool,
) -> Result<bool, Failure> {
    let deadline = wait.timeout.map(|timeout| (Instant::now() + timeout, timeout));
    let mut is_success = true;
    for job in jobs {
        let name = job.unit();
        let end = match deadline {
            None => systemd.wait(job)?,
            Some((deadline, timeout)) => {
                let left = deadline.saturating_duration_since(Instant::now());
                systemd.wait_within(job, left).map_err(|error| late(error, name, timeout))?
            }
        };
        let told = end.to_string();
        let told = one_line(&told);
        match several {
            _ if wait.form.is_json() => {
                let members =
                    [("unit", Json::from(name)), ("result", Json::from(&*end.to_string()))];
                Json::object(members).print_as(wait.form)?;
            }
            true => writeln!(io::stdout(), "{}: {told}", one_line(name))?,
            false => writeln!(io::stdout(), "{told}")?,
        }
        if !end.is_success() {
            is_success = false;
            let what = format!(
                "the job for {name} ended with '{told}'; 'barebus unit status {name}' shows more"
            );
            Failure::new(Exit::Refused, what).tell();
        }
    }
    Ok(is_success)
}

fn late(error: Error, unit: &str, timeout: Duration) -> Failure {
    if !error.is_timeout() {
        return error.into();
    }
    let time = timeout.as_secs_f64();
    let what = format!("the job of {unit} has not ended within {time} s; it goes on");
    Failure::new(Exit::Late, what)
}
