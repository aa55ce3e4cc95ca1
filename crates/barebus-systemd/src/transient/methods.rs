//! The operations on transient units.

use super::{RunEnd, TransientUnit, run, start};
use crate::error::Error;
use crate::job::{Job, JobEnd};

shells! {
    /// Makes a unit and queues a job that starts it. [`wait`](Self::wait) returns the job's result; [`run`](Self::run) waits until the unit has
    /// stopped.
    ///
    /// # Errors
    /// Returns the failed operation and its cause; [`Cause::UnitExists`](crate::Cause::UnitExists) if there is a unit of that name.
    fn start_transient_unit(unit: TransientUnit) -> Result<Job, Error> = start::start_transient_unit;

    /// Makes a scope, and waits until its job has ended: then the processes are in its control group.
    ///
    /// # Errors
    /// As [`start_transient_unit`](Self::start_transient_unit).
    fn start_scope(scope: TransientUnit) -> Result<JobEnd, Error> = start::start_scope;

    /// Makes a unit, starts it, and waits until it has stopped. Returns how: exit code or signal, result, run time, CPU time, memory.
    ///
    /// A unit that has failed stays, as its status may be of interest, and is in the way of another of its name until
    /// [`reset_failed_unit`](Self::reset_failed_unit); with [`CollectMode::InactiveOrFailed`](crate::word::CollectMode::InactiveOrFailed) it does
    /// not. If the result of this is dropped or the connection ends, the unit goes on.
    ///
    /// # Errors
    /// As [`start_transient_unit`](Self::start_transient_unit). That the command fails is no error.
    fn run(unit: TransientUnit) -> Result<RunEnd, Error> = run::run;
}
