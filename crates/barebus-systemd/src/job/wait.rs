//! Waiting for jobs, and cancelling them.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::{Duration, Instant};

use barebus::{CallError, NoReply};

use super::end::{JobEnd, JobReport};
use super::job::{Ended, Job};
use super::jobs::release;
use super::outcome::outcome;
use super::read::read;
use crate::client::{CallOptions, Client};
use crate::error::Error;
use crate::interface::job::method::CANCEL;
use crate::interface::manager::OBJECT;
use crate::set::all;

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

/// Waits for `wanted` until `deadline`.
async fn until<C: Client, T>(
    client: &C,
    deadline: Option<Instant>,
    wanted: impl Future<Output = Result<T, CallError>>,
) -> Result<T, CallError> {
    let Some(deadline) = deadline else { return wanted.await };
    let mut wanted = pin!(wanted);
    let mut late = pin!(client.sleep_until(deadline));
    poll_fn(|cx| match wanted.as_mut().poll(cx) {
        Poll::Pending => {
            late.as_mut().poll(cx).map(|()| Err(CallError::NoReply(NoReply::TimedOut)))
        }
        ready => ready,
    })
    .await
}

async fn end<C: Client>(
    client: &C,
    job: &Job,
    deadline: Option<Instant>,
) -> Result<Ended, CallError> {
    if let Some(ended) = job.end.get() {
        return Ok(ended);
    }
    if !client.state().jobs.lock().table.has(job.path.as_str(), &job.end) {
        // It may have ended just now, in another thread.
        return job.end.get().ok_or(CallError::OtherConnection);
    }
    until(client, deadline, while_reading(client, poll_fn(|cx| job.end.poll(cx)))).await
}

async fn wait_until<C: Client>(
    client: &C,
    job: &Job,
    deadline: Option<Instant>,
) -> Result<JobEnd, Error> {
    let ended = end(client, job, deadline).await;
    release(client);
    match ended.map_err(|error| Error::new("the job", &*job.unit, error))? {
        Ended::Told(result) => Ok(JobEnd::Result(result)),
        Ended::Lost => Ok(JobEnd::Lost(Box::new(outcome(client, &job.unit).await?))),
    }
}

pub(crate) async fn wait<C: Client>(client: &C, job: &Job) -> Result<JobEnd, Error> {
    wait_until(client, job, None).await
}

pub(crate) async fn wait_within<C: Client>(
    client: &C,
    job: &Job,
    timeout: Duration,
) -> Result<JobEnd, Error> {
    wait_until(client, job, Instant::now().checked_add(timeout)).await
}

pub(crate) async fn wait_all<C: Client>(client: &C, jobs: &[Job]) -> Vec<Result<JobEnd, Error>> {
    all(jobs.iter().map(|job| wait(client, job)), client.state().jobs.turns.limit()).await
}

pub(crate) async fn wait_unit<C: Client>(client: &C, job: &Job) -> Result<JobReport, Error> {
    let end = wait(client, job).await?;
    let unit = match &end {
        JobEnd::Lost(unit) => (**unit).clone(),
        JobEnd::Result(_) => outcome(client, &job.unit).await?,
    };
    Ok(JobReport { end, unit })
}

pub(crate) async fn cancel<C: Client>(client: &C, job: &Job) -> Result<(), Error> {
    let request = CANCEL.call(OBJECT.at(job.path.borrow()), ());
    match client.call(request, CallOptions::default()).await {
        Ok(_) => Ok(()),
        Err(error) => Err(Error::new("Cancel of the job", &*job.unit, error)),
    }
}
