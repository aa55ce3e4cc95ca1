//! The list of operations, apart from those in `unit::methods` and `transient::methods`. Each is a flow of another module; [`shells!`] makes the methods.

use std::time::Duration;

use barebus::EncodeBody;
use barebus::definition::{Path, Request};

use crate::daemon;
use crate::error::Error;
use crate::job::{self, Job, JobEnd, JobReport, Mode, Transaction};
use crate::subscription;
use crate::word::JobType;

// Jobs.
shells! {
    /// Queues a job that starts the unit. [`wait`](Self::wait) returns its result.
    ///
    /// # Errors
    /// Returns the failed operation and its cause; [`Error::is_no_such_unit`] if there is no such unit,
    /// [`Cause::Name`](crate::Cause::Name) if the name is invalid.
    fn start_unit(unit: &str, mode: Mode) -> Result<Job, Error> = job::start_unit;

    /// Queues jobs that start the units. Returns a result for each, in their order. Waiting for the jobs first is not necessary: while as
    /// many are out as the limit allows, this waits until one has ended.
    ///
    /// # Errors
    /// As [`start_unit`](Self::start_unit), for each unit.
    fn start_units(units: &[&str], mode: Mode) -> Vec<Result<Job, Error>> = job::start_units;

    /// Queues a job that stops the unit. [`wait`](Self::wait) returns its result.
    ///
    /// # Errors
    /// As [`start_unit`](Self::start_unit).
    fn stop_unit(unit: &str, mode: Mode) -> Result<Job, Error> = job::stop_unit;

    /// Queues a job that makes the unit read its configuration again. Its result is [`Invalid`](crate::JobResult::Invalid) if the unit is not
    /// active.
    ///
    /// # Errors
    /// As [`start_unit`](Self::start_unit); `JobTypeNotApplicable` if the unit cannot reload.
    fn reload_unit(unit: &str, mode: Mode) -> Result<Job, Error> = job::reload_unit;

    /// Queues a job that stops the unit, if it is active, and starts it.
    ///
    /// # Errors
    /// As [`start_unit`](Self::start_unit).
    fn restart_unit(unit: &str, mode: Mode) -> Result<Job, Error> = job::restart_unit;

    /// Queues a job that stops the unit and starts it again, if it is active.
    ///
    /// # Errors
    /// As [`start_unit`](Self::start_unit).
    fn try_restart_unit(unit: &str, mode: Mode) -> Result<Job, Error> = job::try_restart_unit;

    /// Queues a job that reloads the unit if it can, and restarts or starts it otherwise.
    ///
    /// # Errors
    /// As [`start_unit`](Self::start_unit).
    fn reload_or_restart_unit(unit: &str, mode: Mode) -> Result<Job, Error> = job::reload_or_restart_unit;

    /// Queues a job that reloads the unit if it can and restarts it otherwise, if it is active.
    ///
    /// # Errors
    /// As [`start_unit`](Self::start_unit).
    fn reload_or_try_restart_unit(unit: &str, mode: Mode) -> Result<Job, Error> = job::reload_or_try_restart_unit;

    /// Queues a job that starts the unit and stops all units that it does not need. The unit, a target usually, must have
    /// `AllowIsolate=yes`.
    ///
    /// # Errors
    /// As [`start_unit`](Self::start_unit); `NoIsolation` if the unit may not be isolated.
    fn isolate_unit(unit: &str) -> Result<Job, Error> = job::isolate_unit;

    /// Queues a job of any type, and returns all jobs that systemd queues with it.
    ///
    /// # Errors
    /// As [`start_unit`](Self::start_unit).
    fn enqueue_unit_job(unit: &str, job_type: JobType, mode: Mode) -> Result<Transaction, Error> = job::enqueue_unit_job;

    /// Queues the jobs of all units that are marked with `needs-restart` or `needs-reload` (property Markers).
    ///
    /// # Errors
    /// Returns the failed operation and its cause.
    fn enqueue_marked_jobs() -> Result<Vec<Job>, Error> = job::enqueue_marked_jobs;

    /// Queues a job by any request that systemd answers with the job's path, such as
    /// [`START_TRANSIENT_UNIT`](crate::interface::manager::method::START_TRANSIENT_UNIT). `unit` is the name of its unit.
    ///
    /// # Errors
    /// Returns the failed operation and its cause.
    fn request_job(unit: &str, request: Request<'_, impl EncodeBody, (Path,)>) -> Result<Job, Error> = job::request_job;

    /// Waits until the job has ended. There is no time limit: systemd ends a job that takes longer than its unit allows.
    ///
    /// A result that came earlier, even before systemd's answer to the call that queued the job, is returned at once.
    ///
    /// # Errors
    /// Returns why the end of the job cannot be learned: the connection has ended, or systemd was away for longer than
    /// [`set_absence`](crate::Systemd::set_absence) says; the job goes on. [`CallError::OtherConnection`](barebus::CallError::OtherConnection) if the job was queued over another
    /// connection.
    fn wait(job: &Job) -> Result<JobEnd, Error> = job::wait;

    /// As [`wait`](Self::wait), for at most `timeout`.
    ///
    /// # Errors
    /// As [`wait`](Self::wait); [`Error::is_timeout`] if the time has passed. The job goes on, and can be waited for again.
    fn wait_within(job: &Job, timeout: Duration) -> Result<JobEnd, Error> = job::wait_within;

    /// Waits until all jobs have ended. Returns a result for each, in their order.
    ///
    /// # Errors
    /// As [`wait`](Self::wait), for each job.
    fn wait_all(jobs: &[Job]) -> Vec<Result<JobEnd, Error>> = job::wait_all;

    /// Waits until the job has ended, and asks how its unit is then. `done` means that the job did what it was to do. It does not mean that the
    /// unit is active: a condition may not have held, and the unit may have ended in the next moment.
    ///
    /// systemd forgets a unit that is inactive and that nothing refers to, with all that it knew of it. For such units use
    /// [`start_and_report`](Self::start_and_report).
    ///
    /// # Errors
    /// As [`wait`](Self::wait).
    fn wait_unit(job: &Job) -> Result<JobReport, Error> = job::wait_unit;

    /// Starts the unit, waits until the job has ended, and tells how the unit is then. The unit's changes are watched meanwhile, so the report is
    /// right even if systemd has forgotten the unit.
    ///
    /// # Errors
    /// As [`start_unit`](Self::start_unit) and [`wait`](Self::wait).
    fn start_and_report(unit: &str, mode: Mode) -> Result<JobReport, Error> = job::start_and_report;

    /// Cancels the job. It ends as [`Canceled`](crate::JobResult::Canceled).
    ///
    /// # Errors
    /// Returns the failed operation and its cause: `UnknownObject` if the job has ended.
    fn cancel(job: &Job) -> Result<(), Error> = job::cancel;

    /// Cancels a job by its number, as [`list_jobs`](Self::list_jobs) and [`Job::id`] return it.
    ///
    /// # Errors
    /// Returns the failed operation and its cause: `NoSuchJob` if there is no such job.
    fn cancel_job(id: u32) -> Result<(), Error> = job::cancel_job;

    /// Cancels all jobs, also those that run.
    ///
    /// # Errors
    /// Returns the failed operation and its cause.
    fn clear_jobs() -> Result<(), Error> = job::clear_jobs;
}

// Watching.
shells! {}

// Signals.
shells! {
    /// Asks systemd to send its signals (`JobRemoved`, `UnitNew`, …) to this connection, for subscriptions of your own. Jobs and watches need no
    /// such call. Calls are counted: the signals end after as many calls of [`unsubscribe`](Self::unsubscribe).
    ///
    /// # Errors
    /// Returns the failed operation and its cause.
    fn subscribe() -> Result<(), Error> = subscription::subscribe_user;

    /// Undoes one call of [`subscribe`](Self::subscribe). With the last one, systemd's method `Unsubscribe` is called, unless jobs or watches
    /// still need the signals.
    ///
    /// # Errors
    /// Returns the failed operation and its cause. The call of [`subscribe`](Self::subscribe) is undone even then.
    fn unsubscribe() -> Result<(), Error> = subscription::unsubscribe_user;
}

// The manager.
shells! {
    /// Property Version: `252.39-1~deb12u2`.
    ///
    /// # Errors
    /// Returns the failed operation and its cause.
    fn version() -> Result<String, Error> = daemon::version;

    /// Makes systemd read all unit files again, and waits until it has: at most 300 s. systemd answers nobody meanwhile. Jobs go on.
    ///
    /// # Errors
    /// Returns the failed operation and its cause.
    fn reload() -> Result<(), Error> = daemon::reload;

    /// Makes systemd execute itself again, and waits until it can be called again: at most as long as [`set_absence`](crate::Systemd::set_absence) says.
    /// Units and jobs go on. On the private socket the connection is opened again.
    ///
    /// # Errors
    /// Returns the failed operation and its cause.
    fn reexecute() -> Result<(), Error> = daemon::reexecute;

    /// Returns the environment variables that systemd gives to all services, as pairs of name and value.
    ///
    /// # Errors
    /// Returns the failed operation and its cause.
    fn environment() -> Result<Vec<(String, String)>, Error> = daemon::environment;

    /// Sets environment variables for services that are started from now on.
    ///
    /// # Errors
    /// Returns the failed operation and its cause.
    fn set_environment(variables: &[(&str, &str)]) -> Result<(), Error> = daemon::set_environment;

    /// Unsets environment variables.
    ///
    /// # Errors
    /// Returns the failed operation and its cause.
    fn unset_environment(names: &[&str]) -> Result<(), Error> = daemon::unset_environment;
}
