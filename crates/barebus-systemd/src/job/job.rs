//! The handle of a job.

use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use barebus::{ObjectPath, OwnedObjectPath};

use super::end::JobResult;
use crate::word::JobType;

/// A job that systemd has queued. It holds no connection: [`Systemd::wait`](crate::Systemd::wait) and
/// [`Systemd::cancel`](crate::Systemd::cancel) take it.
///
/// Jobs can be waited for in any order: results that come earlier are kept. Two starts of one unit can be one job. Dropping a `Job` does not
/// cancel the job.
///
/// ```no_run
/// use barebus_systemd::{Mode, Systemd};
///
/// let systemd = Systemd::system()?;
/// let first = systemd.start_unit("a.service", Mode::Replace)?;
/// let second = systemd.start_unit("b.service", Mode::Replace)?;
/// println!("{}: {}", first.unit(), systemd.wait(&first)?);
/// println!("{}: {}", second.unit(), systemd.wait(&second)?);
/// # Ok::<(), barebus::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "the job is only queued: `wait` returns its result"]
pub struct Job {
    pub(super) path: OwnedObjectPath,
    pub(super) unit: String,
    pub(super) job_type: Option<JobType>,
    pub(super) end: Arc<End>,
}

impl Job {
    /// The job's object. systemd removes it when the job ends.
    pub fn path(&self) -> ObjectPath<'_> {
        self.path.borrow()
    }

    /// The name of the unit that the job is for, as it was asked for.
    pub fn unit(&self) -> &str {
        &self.unit
    }

    /// What the job does, where systemd told it: for jobs of a [`Transaction`](crate::Transaction).
    pub const fn job_type(&self) -> Option<&JobType> {
        self.job_type.as_ref()
    }

    /// The number by which `systemctl list-jobs` names the job.
    pub fn id(&self) -> Option<u32> {
        self.path.as_str().rsplit('/').next()?.parse().ok()
    }

    /// The result, if it has come already. [`Systemd::wait`](crate::Systemd::wait) waits for it.
    pub fn result(&self) -> Option<JobResult> {
        match self.end.get()? {
            Ended::Told(result) => Some(result),
            Ended::Lost => None,
        }
    }
}

/// What is known of a job's end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    Told(JobResult),
    /// systemd has no such job any more, and nobody told its result.
    Lost,
}

/// A job's end, shared by its handles and the table of jobs.
#[derive(Debug, Default)]
pub(super) struct End(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    ended: Option<Ended>,
    /// The unit, as it was told with the end.
    unit: String,
    /// The tasks that wait for it.
    waiting: Vec<Waker>,
}

impl End {
    fn lock(&self) -> std::sync::MutexGuard<'_, Known> {
        // Nothing that is done under the lock panics.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn get(&self) -> Option<Ended> {
        self.lock().ended.clone()
    }

    /// The unit, as it was told with the end; empty if it was not.
    pub(super) fn unit(&self) -> String {
        self.lock().unit.clone()
    }

    /// The job has ended. The tasks that wait are to be woken when no lock is held: waking can drop what takes one.
    #[must_use]
    pub(super) fn set(&self, ended: Ended, unit: &str) -> Vec<Waker> {
        let mut known = self.lock();
        known.ended = Some(ended);
        known.unit = unit.into();
        std::mem::take(&mut known.waiting)
    }

    pub(super) fn poll(&self, cx: &Context<'_>) -> Poll<Ended> {
        let mut known = self.lock();
        if let Some(ended) = &known.ended {
            return Poll::Ready(ended.clone());
        }
        if !known.waiting.iter().any(|waker| waker.will_wake(cx.waker())) {
            known.waiting.push(cx.waker().clone());
        }
        Poll::Pending
    }
}
