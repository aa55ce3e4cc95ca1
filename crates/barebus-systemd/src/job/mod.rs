//! Jobs: queued work of systemd, and its result.

mod end;
#[allow(clippy::module_inception, reason = "the handle is what the module is about")]
mod job;
mod jobs;
mod mode;
mod read;
mod readers;
mod start;
mod table;
mod wait;

pub use end::{JobEnd, JobReport, JobResult};
pub use job::Job;
pub(crate) use jobs::{Jobs, release};
pub use mode::{Mode, UnknownMode};
pub(crate) use start::{
    enqueue_marked_jobs, enqueue_unit_job, isolate_unit, reload_or_restart_unit,
    reload_or_try_restart_unit, reload_unit, request_job, restart_unit, start_job, start_unit,
    start_units, stop_unit, try_restart_unit,
};
pub(crate) use wait::{
    cancel, cancel_job, clear_jobs, start_and_report, wait, wait_all, wait_unit, wait_within,
};

/// A job and the other jobs that systemd queued with it.
///
/// ```
/// use barebus_systemd::Transaction;
///
/// fn print(transaction: &Transaction) {
///     println!("{}", transaction.job.unit());
///     for job in &transaction.affected {
///         println!("  with {}", job.unit());
///     }
/// }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Transaction {
    /// The job that was asked for.
    pub job: Job,
    /// The jobs that were queued for units that depend on it or that it depends on. They can be waited for, too.
    pub affected: Vec<Job>,
}
