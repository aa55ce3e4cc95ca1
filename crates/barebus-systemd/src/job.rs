//! Jobs: what systemd was told to do, and how it ended.

use std::fmt;
use std::time::{Duration, Instant};

use barebus::{
    CallError, InterfaceName, MatchRuleBuf, MemberName, NoReply, ObjectPath, OwnedObjectPath,
    Proxy, SubscriptionId,
};

use crate::error::Error;
use crate::manager::{MANAGER, MANAGER_PATH, Manager};
use crate::state::words;

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

/// A job that was queued. Dropped, it goes on: systemd does not need anybody to wait.
#[derive(Debug)]
#[must_use = "the job has only been queued: `wait` tells how it ended"]
pub struct Job<'m, 'c> {
    manager: &'m mut Manager<'c>,
    removed: SubscriptionId,
    path: OwnedObjectPath,
    unit: String,
}

const JOB: InterfaceName<'static> = InterfaceName::from_static("org.freedesktop.systemd1.Job");
const JOB_REMOVED: MemberName<'static> = MemberName::from_static("JobRemoved");

/// While it waits for the signal, [`Job::wait`] asks systemd this often whether the job still exists: systemd loses the signal when it
/// re-executes itself. An answer is waited for as long.
const LOOK_EVERY: Duration = Duration::from_secs(2);

impl<'m, 'c> Job<'m, 'c> {
    /// Queues a job by calling `member`, having subscribed to the end of jobs first.
    pub(crate) fn queue(
        manager: &'m mut Manager<'c>,
        member: &'static str,
        name: MemberName<'static>,
        unit: &str,
        mode: Mode,
    ) -> Result<Self, Error> {
        let failed = |error: CallError| Error::new(member, unit, error);
        manager.subscribe()?;
        let mut rule = MatchRuleBuf::signals();
        if let Some(systemd) = manager.destination() {
            rule = rule.sender(systemd);
        }
        let rule = rule.path(MANAGER_PATH).interface(MANAGER).member(JOB_REMOVED);
        let rule = rule.rule().map_err(|error| failed(CallError::Rule(error)))?;
        let removed = manager.connection().subscribe(&rule).map_err(failed)?;
        let queued = manager.proxy().ask::<_, (OwnedObjectPath,)>(name, &(unit, mode.as_str()));
        match queued {
            Ok((path,)) => Ok(Self { manager, removed, path, unit: unit.into() }),
            Err(error) => {
                // The answer is what counts; at worst the bus sends a few signals too many.
                let _ = manager.connection().unsubscribe(removed);
                Err(failed(error))
            }
        }
    }

    /// The job's object; it is gone when the job has ended.
    pub fn path(&self) -> ObjectPath<'_> {
        self.path.borrow()
    }

    /// Waits until the job has ended, for at most `timeout`. Without it there is no limit here: systemd ends a job that takes longer
    /// than its unit allows.
    ///
    /// # Errors
    /// `NoReply::TimedOut` when `timeout` has passed; the job goes on. `CallError::Remote`, systemd's own answer, when the
    /// job is gone and its result was lost. `CallError::Connection` when the connection has ended.
    pub fn wait(mut self, timeout: Option<Duration>) -> Result<JobResult, Error> {
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        loop {
            if let Some(result) = self.result_within(left_until(deadline), deadline)? {
                return Ok(result);
            }
            if is_over(deadline) {
                return Err(self.failed(CallError::NoReply(NoReply::TimedOut)));
            }
            if let Some(answer) = self.ask_if_gone(left_until(deadline))? {
                // The result may have come before the answer.
                let result = self.result_within(Duration::ZERO, deadline)?;
                return result.ok_or_else(|| self.failed(answer));
            }
        }
    }

    /// The job's result, if it comes within `time`. Signals of other jobs that keep coming are read on until `deadline`.
    fn result_within(
        &mut self,
        time: Duration,
        deadline: Option<Instant>,
    ) -> Result<Option<JobResult>, Error> {
        let end = Instant::now() + time;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let next = self.manager.connection().next_signal(self.removed, Some(left));
            let signal = match next {
                Ok(Some(signal)) => signal,
                Ok(None) => return Ok(None),
                Err(error) => return Err(Error::new("the job", &*self.unit, error)),
            };
            // A signal with another body is not the end of a job.
            match signal.body::<(u32, ObjectPath<'_>, &str, &str)>() {
                Ok((_, path, _, result)) if path == self.path.borrow() => {
                    return Ok(Some(JobResult::from(result)));
                }
                _ if is_over(deadline) => return Ok(None),
                _ => {}
            }
        }
    }

    /// Asks systemd for the job. The answer if systemd knows none; `None` also if no answer comes within `time`.
    fn ask_if_gone(&mut self, time: Duration) -> Result<Option<CallError>, Error> {
        let destination = self.manager.destination();
        let connection = self.manager.connection();
        let call_timeout = connection.call_timeout();
        connection.set_call_timeout(Some(time));
        let state =
            Proxy::new(connection, destination, self.path.borrow(), JOB).get::<String>("State");
        self.manager.connection().set_call_timeout(call_timeout);
        match state {
            // The connection is fine, and the signal can still come.
            Ok(_) | Err(CallError::NoReply(NoReply::TimedOut)) => Ok(None),
            Err(error @ CallError::Remote { .. }) => Ok(Some(error)),
            Err(error) => Err(self.failed(error)),
        }
    }

    fn failed(&self, cause: impl Into<CallError>) -> Error {
        Error::new("the job", &*self.unit, cause)
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

impl Drop for Job<'_, '_> {
    fn drop(&mut self) {
        // At worst the bus sends a few signals too many.
        let _ = self.manager.connection().unsubscribe(self.removed);
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
