//! How a job ended.

use std::fmt;

use crate::unit::Status;
use crate::word::{UnitResult, words};

words! {
    @enum
    /// How a job ended: the last argument of `JobRemoved`.
    ///
    /// ```
    /// use barebus_systemd::JobResult;
    ///
    /// assert_eq!(JobResult::from("done"), JobResult::Done);
    /// assert!(!JobResult::Failed.is_success());
    /// ```
    JobResult {
        /// It did what it was to do. Also if a condition of the unit did not hold, and if the unit has ended since.
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
    /// Whether the result is [`Done`](Self::Done) or [`Skipped`](Self::Skipped).
    pub const fn is_success(&self) -> bool {
        matches!(self, Self::Done | Self::Skipped)
    }
}

/// How a job ended, as far as it is known.
///
/// ```
/// use barebus_systemd::{JobEnd, JobResult};
///
/// let end = JobEnd::Result(JobResult::Timeout);
/// assert!(!end.is_success());
/// assert_eq!(end.result(), Some(&JobResult::Timeout));
/// println!("{end}");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum JobEnd {
    /// systemd told the result.
    Result(JobResult),
    /// The job has ended, and its result was lost: it ended while systemd re-executed itself. This is how its unit is now.
    Lost(Box<Status>),
}

impl JobEnd {
    /// The result; `None` if it was lost.
    pub const fn result(&self) -> Option<&JobResult> {
        match self {
            Self::Result(result) => Some(result),
            Self::Lost(_) => None,
        }
    }

    /// Whether the job has succeeded: its result is [`JobResult::Done`] or [`JobResult::Skipped`]. `false` for all other results, and if the result was
    /// [lost](Self::Lost).
    pub const fn is_success(&self) -> bool {
        matches!(self, Self::Result(result) if result.is_success())
    }
}

/// Prints the word for the result; `lost (active)` if it was lost.
impl fmt::Display for JobEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Result(result) => result.fmt(f),
            Self::Lost(unit) => write!(f, "lost ({})", unit.active_state),
        }
    }
}

/// A job's end, and how its unit was then.
///
/// ```no_run
/// use barebus_systemd::{Mode, Systemd};
///
/// let systemd = Systemd::system()?;
/// let job = systemd.start_unit("backup.service", Mode::Replace)?;
/// let report = systemd.wait_unit(&job)?;
/// match report.failure() {
///     Some(result) => println!("{} has failed: {result}", report.unit.name),
///     None => println!("{report}"),
/// }
/// # Ok::<(), barebus::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct JobReport {
    /// How the job ended.
    pub end: JobEnd,
    /// The unit after the job's end.
    pub unit: Status,
}

impl JobReport {
    /// Why the unit failed, in the category that systemctl tells after a failed job: `resources`, `protocol`, `timeout`, `exit-code`, `signal`,
    /// `core-dump`, `watchdog`, `start-limit-hit`, … `None` if the job did not fail, or if systemd tells no reason.
    pub fn failure(&self) -> Option<&UnitResult> {
        match &self.end {
            JobEnd::Result(JobResult::Failed | JobResult::Timeout) => {
                self.unit.result.as_ref().filter(|result| **result != UnitResult::Success)
            }
            _ => None,
        }
    }
}

/// Prints the job's end, the reason of a failure and the unit's state: `failed: exit-code; failed (failed)`.
impl fmt::Display for JobReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.end.fmt(f)?;
        if let Some(failure) = self.failure() {
            write!(f, ": {failure}")?;
        }
        write!(f, "; {} ({})", self.unit.active_state, self.unit.sub_state)
    }
}
