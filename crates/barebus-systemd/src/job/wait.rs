//! Waiting for jobs, and cancelling them.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use barebus::definition::Object;
use barebus::definition::standard::PROPERTIES_CHANGED;
use barebus::{CallError, OwnedMessage};

use super::end::{JobEnd, JobReport};
use super::job::{Ended, Job};
use super::jobs::release;
use super::mode::Mode;
use super::read::read;
use super::start::start_unit;
use crate::ask::{checked, tell};
use crate::client::{CallOptions, Client};
use crate::error::{Cause, Error};
use crate::interface::job::method::CANCEL;
use crate::interface::manager::OBJECT;
use crate::interface::manager::method::{CANCEL_JOB, CLEAR_JOBS, START_UNIT};
use crate::together::{Limit, all};
use crate::unit::Reading;
use crate::unit::status::status;

/// Waits for `wanted`, and reads the ends of jobs meanwhile, or lets another flow do so. The error says why the ends of jobs cannot be read.
pub(super) async fn while_reading<C: Client, T>(
    client: &C,
    wanted: impl Future<Output = T>,
) -> Result<T, CallError> {
    let mut wanted = pin!(wanted);
    let mut reading = pin!(read(client));
    let mut error = None;
    poll_fn(|cx| {
        if let Poll::Ready(wanted) = wanted.as_mut().poll(cx) {
            return Poll::Ready(Ok(wanted));
        }
        if error.is_none() {
            if let Poll::Ready(ended) = reading.as_mut().poll(cx) {
                error = Some(ended);
            }
        }
        // What was read may be what is wanted.
        if let Poll::Ready(wanted) = wanted.as_mut().poll(cx) {
            return Poll::Ready(Ok(wanted));
        }
        error.take().map_or(Poll::Pending, |error| Poll::Ready(Err(error)))
    })
    .await
}

pub(super) async fn end<C: Client>(client: &C, job: &Job) -> Result<Ended, CallError> {
    if let Some(ended) = job.end.get() {
        return Ok(ended);
    }
    if !client.state().jobs.lock().table.has(job.path.as_str(), &job.end) {
        // It may have ended just now, in another thread.
        return job.end.get().ok_or(CallError::OtherConnection);
    }
    while_reading(client, poll_fn(|cx| job.end.poll(cx))).await
}

async fn wait_at_most<C: Client>(
    client: &C,
    job: &Job,
    limit: Option<Duration>,
) -> Result<JobEnd, Error> {
    let limit = Limit::from_now(limit);
    let ended = limit.keep(client, end(client, job)).await;
    release(client);
    let failed = |cause: Cause| Error::new("the job", &*job.unit, cause);
    let Some(ended) = ended else {
        return Err(failed(Cause::JobNotEnded(limit.time.unwrap_or_default())));
    };
    match ended.map_err(|error| failed(error.into()))? {
        Ended::Told(result) => Ok(JobEnd::Result(result)),
        Ended::Lost => Ok(JobEnd::Lost(Box::new(status(client, &job.unit).await?))),
    }
}

pub(crate) async fn wait<C: Client>(client: &C, job: &Job) -> Result<JobEnd, Error> {
    wait_at_most(client, job, None).await
}

pub(crate) async fn wait_within<C: Client>(
    client: &C,
    job: &Job,
    timeout: Duration,
) -> Result<JobEnd, Error> {
    wait_at_most(client, job, Some(timeout)).await
}

pub(crate) async fn wait_all<C: Client>(client: &C, jobs: &[Job]) -> Vec<Result<JobEnd, Error>> {
    all(jobs.iter().map(|job| wait(client, job)), client.state().jobs.turns.limit()).await
}

pub(crate) async fn wait_unit<C: Client>(client: &C, job: &Job) -> Result<JobReport, Error> {
    let end = wait(client, job).await?;
    let unit = match &end {
        JobEnd::Lost(unit) => (**unit).clone(),
        JobEnd::Result(_) => status(client, &job.unit).await?,
    };
    Ok(JobReport { end, unit })
}

pub(crate) async fn start_and_report<C: Client>(
    client: &C,
    unit: &str,
    mode: Mode,
) -> Result<JobReport, Error> {
    let name = checked(START_UNIT, unit)?;
    let path = name.object_path();
    let object =
        if client.is_direct() { Object::direct(path.borrow()) } else { OBJECT.at(path.borrow()) };
    let changes = client.signals(&PROPERTIES_CHANGED.rule(object));
    let mut changes = changes.map_err(|error| Error::new("StartUnit", unit, error))?;
    let job = start_unit(client, unit, mode).await?;
    let mut report = wait_unit(client, &job).await?;
    // systemd tells the changes of the unit before the end of its job. They have arrived.
    let mut seen = Reading::of(&name);
    while let Some(signal) = next_of(client, &mut changes).await {
        // What cannot be read is of no use.
        let _ = seen.change(&signal);
    }
    // The unit was started, and systemd knows nothing of that any more: it has forgotten the unit.
    let seen = seen.status();
    if report.unit.conditions_held.is_none() && seen.conditions_held.is_some() {
        report.unit = seen;
    }
    Ok(report)
}

/// The next signal that has arrived. A refused subscription has none.
async fn next_of<C: Client>(client: &C, signals: &mut C::Signals) -> Option<Arc<OwnedMessage>> {
    poll_fn(|cx| match pin!(client.next(signals)).poll(cx) {
        Poll::Ready(Ok(signal)) => Poll::Ready(Some(signal)),
        Poll::Ready(Err(_)) | Poll::Pending => Poll::Ready(None),
    })
    .await
}

pub(crate) async fn cancel<C: Client>(client: &C, job: &Job) -> Result<(), Error> {
    let request = CANCEL.call(OBJECT.at(job.path.borrow()), ());
    match client.call(request, CallOptions::default()).await {
        Ok(_) => Ok(()),
        Err(error) => Err(Error::new("Cancel of the job", &*job.unit, error)),
    }
}

pub(crate) async fn cancel_job<C: Client>(client: &C, id: u32) -> Result<(), Error> {
    let about = format!("job {id}");
    tell(client, CANCEL_JOB, (id,), Some(&about), CallOptions::default()).await
}

pub(crate) async fn clear_jobs<C: Client>(client: &C) -> Result<(), Error> {
    tell(client, CLEAR_JOBS, (), None, CallOptions::default()).await
}
