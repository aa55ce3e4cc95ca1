//! Jobs: queued work of systemd, and its result.

use std::fmt;
use std::time::{Duration, Instant};

use barebus::definition::{Method, Path, Str};
use barebus::{CallError, Connection, NoReply, ObjectPath, OwnedObjectPath, Signals};

use crate::error::Error;
use crate::interface::job::property::STATE;
use crate::interface::manager::OBJECT;
use crate::interface::manager::signal::JOB_REMOVED;
use crate::manager::Manager;
use crate::word::words;

/// What a job does to those that are queued already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Replaces those that conflict with it.
    #[default]
    Replace,
    /// Fails if one conflicts with it.
    Fail,
    /// Replaces those that conflict, and cannot be replaced itself.
    ReplaceIrreversibly,
    /// Stops all units that it does not need.
    Isolate,
    /// Looks at no dependencies at all.
    IgnoreDependencies,
    /// Looks at dependencies for order only.
    IgnoreRequirements,
}

impl Mode {
    /// The word that systemd has for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Replace => "replace",
            Self::Fail => "fail",
            Self::ReplaceIrreversibly => "replace-irreversibly",
            Self::Isolate => "isolate",
            Self::IgnoreDependencies => "ignore-dependencies",
            Self::IgnoreRequirements => "ignore-requirements",
        }
    }
}

words! {
    /// How a job ended: the last argument of `JobRemoved`.
    JobResult {
        /// It did what it was to do.
        Done "done",
        /// Another job, or somebody, cancelled it.
        Canceled "canceled",
        /// It took too long.
        Timeout "timeout",
        /// The unit failed.
        Failed "failed",
        /// A unit that it depends on failed.
        Dependency "dependency",
        /// There was nothing to do.
        Skipped "skipped",
        /// The unit cannot do that in its state.
        Invalid "invalid",
        /// An assertion of the unit does not hold.
        Assert "assert",
        /// The kind of job does not exist for the unit.
        Unsupported "unsupported",
        /// The unit was garbage-collected before the job ran.
        Collected "collected",
        /// The unit may be started only once.
        Once "once",
        /// The unit is frozen.
        Frozen "frozen",
    }
}

impl JobResult {
    /// Whether what was asked for holds now.
    pub const fn is_success(&self) -> bool {
        matches!(self, Self::Done | Self::Skipped)
    }
}

/// A queued job. It holds no connection; [`wait`](Self::wait) takes it.
///
/// Jobs can be waited for in any order: results that come earlier are kept. Dropping a `Job` does not cancel the job.
#[derive(Debug)]
#[must_use = "the job is only queued: `wait` returns its result"]
pub struct Job {
    /// All `JobRemoved` signals since before the job was queued. Jobs have equal match rules, which share one rule at the bus.
    removed: Signals,
    path: OwnedObjectPath,
    unit: String,
}

/// While it waits for the signal, [`Job::wait`] asks systemd this often whether the job still exists: systemd loses the signal when it
/// re-executes itself. An answer is waited for as long.
const LOOK_EVERY: Duration = Duration::from_secs(2);

impl Job {
    /// Queues a job by calling `method`, after it has subscribed to the end of jobs.
    pub(crate) fn queue(
        connection: &mut Connection,
        method: Method<(Str, Str), (Path,)>,
        unit: &str,
        mode: Mode,
    ) -> Result<Self, Error> {
        let failed = |error: CallError| Error::new(method.name().as_str(), unit, error);
        // Before any call: it takes over the rule of a job that was dropped.
        let removed = connection.signals_of(JOB_REMOVED, OBJECT).map_err(failed)?;
        Manager::new().subscribe(connection)?;
        let reply =
            connection.request(method.call(OBJECT, (unit, mode.as_str()))).map_err(failed)?;
        let (path,) = method.answer_as(&reply).map_err(|error| failed(error.into()))?;
        Ok(Self { removed, path, unit: unit.into() })
    }

    /// The job's object. systemd removes it when the job ends.
    pub fn path(&self) -> ObjectPath<'_> {
        self.path.borrow()
    }

    /// Waits until the job has ended, for at most `timeout`. `None` means no limit: systemd ends a job that takes longer than
    /// its unit allows.
    ///
    /// # Errors
    /// `NoReply::TimedOut` when `timeout` has passed; the job goes on. `CallError::Remote`, systemd's own answer, when the
    /// job is gone and its result was lost. `CallError::Connection` when the connection has ended.
    /// `CallError::OtherConnection` when the job was queued over another connection.
    pub fn wait(
        mut self,
        connection: &mut Connection,
        timeout: Option<Duration>,
    ) -> Result<JobResult, Error> {
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        self.wait_until(connection, deadline)
            .map_err(|error| Error::new("the job", &*self.unit, error))
    }

    fn wait_until(
        &mut self,
        connection: &mut Connection,
        deadline: Option<Instant>,
    ) -> Result<JobResult, CallError> {
        loop {
            if let Some(result) = self.result_within(connection, left_until(deadline), deadline)? {
                return Ok(result);
            }
            if is_over(deadline) {
                return Err(CallError::NoReply(NoReply::TimedOut));
            }
            if let Some(answer) = self.ask_if_gone(connection, left_until(deadline))? {
                // The result may have come before the answer.
                let result = self.result_within(connection, Duration::ZERO, deadline)?;
                return result.ok_or(answer);
            }
        }
    }

    /// The job's result, if it comes within `time`. Signals of other jobs that keep coming are read on until `deadline`.
    fn result_within(
        &mut self,
        connection: &mut Connection,
        time: Duration,
        deadline: Option<Instant>,
    ) -> Result<Option<JobResult>, CallError> {
        let end = Instant::now() + time;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let Some(signal) = self.removed.next(connection, Some(left))? else {
                return Ok(None);
            };
            // A signal with another body is not the end of a job.
            match JOB_REMOVED.read(&signal) {
                Ok((_, path, _, result)) if path == self.path.borrow() => {
                    return Ok(Some(JobResult::from(result)));
                }
                _ if is_over(deadline) => return Ok(None),
                _ => {}
            }
        }
    }

    /// Asks systemd for the job. Returns the answer if systemd knows no such job; `None` also if no answer comes within `time`.
    fn ask_if_gone(
        &self,
        connection: &mut Connection,
        time: Duration,
    ) -> Result<Option<CallError>, CallError> {
        let call_timeout = connection.call_timeout();
        connection.set_call_timeout(Some(time));
        let state = connection.request(STATE.get(OBJECT.at(self.path.borrow()))).map(drop);
        connection.set_call_timeout(call_timeout);
        match state {
            // The connection is fine, and the signal can still come.
            Ok(()) | Err(CallError::NoReply(NoReply::TimedOut)) => Ok(None),
            Err(error @ CallError::Remote { .. }) => Ok(Some(error)),
            Err(error) => Err(error),
        }
    }
}

/// How long to do one thing: until `deadline`, and at most [`LOOK_EVERY`].
fn left_until(deadline: Option<Instant>) -> Duration {
    let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
    left.map_or(LOOK_EVERY, |left| left.min(LOOK_EVERY))
}

fn is_over(deadline: Option<Instant>) -> bool {
    deadline.is_some_and(|deadline| Instant::now() >= deadline)
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
