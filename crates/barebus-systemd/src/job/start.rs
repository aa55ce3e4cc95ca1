//! Starting jobs.

use barebus::definition::{Path, Request};
use barebus::{CallError, EncodeBody, OwnedMessage, OwnedObjectPath};

use super::job::Job;
use super::jobs::{self, open};
use super::wait::{end, while_reading};
use super::{Mode, Transaction};
use crate::ask::checked;
use crate::client::{self, CallOptions, Client};
use crate::error::Error;
use crate::interface::job::property::UNIT;
use crate::interface::manager::OBJECT;
use crate::interface::manager::method::{
    ENQUEUE_MARKED_JOBS, ENQUEUE_UNIT_JOB, RELOAD_OR_RESTART_UNIT, RELOAD_OR_TRY_RESTART_UNIT,
    RELOAD_UNIT, RESTART_UNIT, START_UNIT, STOP_UNIT, TRY_RESTART_UNIT,
};
use crate::together::all;
use crate::turns::Turn;
use crate::word::JobType;

/// A call that starts jobs and has been answered. Its jobs are to be [added](Self::job) before this is dropped.
pub(super) struct Starting<'c, C: Client> {
    client: &'c C,
    /// As the table counts.
    call: u64,
    /// The turn of a job that is not yet added.
    turn: Option<Turn<'c>>,
}

impl<C: Client> Starting<'_, C> {
    /// Adds a job that systemd has named in its answer. `counts`: whether it counts against the limit, as a job does that systemd tells us about.
    fn job(
        &mut self,
        path: OwnedObjectPath,
        unit: &str,
        job_type: Option<&str>,
        counts: bool,
    ) -> Job {
        let jobs = &self.client.state().jobs;
        let added = jobs.lock().table.add(&path, counts);
        if added.is_counted {
            match self.turn.take() {
                Some(turn) => turn.keep(),
                None => jobs.turns.add(),
            }
        }
        Job { path, unit: unit.into(), job_type: job_type.map(JobType::from), end: added.end }
    }
}

impl<C: Client> Drop for Starting<'_, C> {
    fn drop(&mut self) {
        self.client.state().jobs.lock().table.answered(self.call);
        jobs::release(self.client);
    }
}

/// Sends a call that starts jobs, when fewer jobs than the limit are out. The subscription to their ends leaves before it, in the same write.
async fn ask<'c, C: Client, A: EncodeBody, Out>(
    client: &'c C,
    request: Request<'_, A, Out>,
    options: CallOptions,
) -> Result<(OwnedMessage, Starting<'c, C>), CallError> {
    let jobs = &client.state().jobs;
    let turn = while_reading(client, jobs.turns.turn()).await?;
    let call = jobs.lock().table.call();
    let starting = Starting { client, call, turn: Some(turn) };
    client::open(client).await;
    let subscribing = open(client)?;
    let reply = client.call(request, options).await?;
    // Whoever queued a job is told its end in any case, so it does no harm if systemd refuses this. The answer came before the other one.
    let _ = subscribing.await;
    Ok((reply, starting))
}

/// Starts a job by any request that is answered with the job's path.
pub(crate) async fn start_job<C: Client, A: EncodeBody>(
    client: &C,
    unit: &str,
    request: Request<'_, A, (Path,)>,
    options: CallOptions,
) -> Result<Job, Error> {
    let member = request.call.member;
    let started = async {
        let (reply, mut starting) = ask(client, request, options).await?;
        let (path,) = reply.body()?;
        Ok(starting.job(path, unit, None, true))
    };
    started.await.map_err(|error: CallError| Error::new(member.as_str(), unit, error))
}

pub(crate) async fn request_job<C: Client, A: EncodeBody>(
    client: &C,
    unit: &str,
    request: Request<'_, A, (Path,)>,
) -> Result<Job, Error> {
    start_job(client, unit, request, CallOptions::default()).await
}

macro_rules! starters {
    ($($name:ident $method:ident,)*) => {
        $(
            pub(crate) async fn $name<C: Client>(
                client: &C,
                unit: &str,
                mode: Mode,
            ) -> Result<Job, Error> {
                checked($method, unit)?;
                let request = $method.call(OBJECT, (unit, mode.as_str()));
                start_job(client, unit, request, CallOptions::default()).await
            }
        )*
    };
}

starters! {
    start_unit START_UNIT,
    stop_unit STOP_UNIT,
    reload_unit RELOAD_UNIT,
    restart_unit RESTART_UNIT,
    try_restart_unit TRY_RESTART_UNIT,
    reload_or_restart_unit RELOAD_OR_RESTART_UNIT,
    reload_or_try_restart_unit RELOAD_OR_TRY_RESTART_UNIT,
}

pub(crate) async fn isolate_unit<C: Client>(client: &C, unit: &str) -> Result<Job, Error> {
    start_unit(client, unit, Mode::Isolate).await
}

pub(crate) async fn start_units<C: Client>(
    client: &C,
    units: &[&str],
    mode: Mode,
) -> Vec<Result<Job, Error>> {
    all(units.iter().map(|unit| start_unit(client, unit, mode)), client.state().calls.limit()).await
}

pub(crate) async fn enqueue_unit_job<C: Client>(
    client: &C,
    unit: &str,
    job_type: JobType,
    mode: Mode,
) -> Result<Transaction, Error> {
    checked(ENQUEUE_UNIT_JOB, unit)?;
    let request = ENQUEUE_UNIT_JOB.call(OBJECT, (unit, job_type.as_str(), mode.as_str()));
    let queued = async {
        let (reply, mut starting) = ask(client, request, CallOptions::default()).await?;
        let (_, path, unit, _, job_type, others) = ENQUEUE_UNIT_JOB.answer(&reply)?;
        let job = starting.job(path.to_owned(), unit, Some(job_type), true);
        let mut affected = Vec::new();
        for other in others {
            let (_, path, unit, _, job_type) = other?;
            affected.push(starting.job(path.to_owned(), unit, Some(job_type), false));
        }
        Ok(Transaction { job, affected })
    };
    let member = ENQUEUE_UNIT_JOB.name();
    queued.await.map_err(|error: CallError| Error::new(member.as_str(), unit, error))
}

pub(crate) async fn enqueue_marked_jobs<C: Client>(client: &C) -> Result<Vec<Job>, Error> {
    let request = ENQUEUE_MARKED_JOBS.call(OBJECT, ());
    let queued = async {
        let (reply, mut starting) = ask(client, request, CallOptions::default()).await?;
        let (paths,) = ENQUEUE_MARKED_JOBS.answer(&reply)?;
        let mut jobs = Vec::new();
        for path in paths {
            jobs.push(starting.job(path?.to_owned(), "", None, true));
        }
        drop(starting);
        all(jobs.into_iter().map(|job| with_unit(client, job)), client.state().calls.limit())
            .await
            .into_iter()
            .collect::<Result<_, _>>()
    };
    let member = ENQUEUE_MARKED_JOBS.name();
    queued.await.map_err(|error: CallError| Error::new(member.as_str(), None, error))
}

/// Asks for the name of the unit. It stays empty if the job has ended and its result was lost.
async fn with_unit<C: Client>(client: &C, mut job: Job) -> Result<Job, CallError> {
    match client.call(UNIT.get(OBJECT.at(job.path.borrow())), CallOptions::default()).await {
        Ok(reply) => job.unit = UNIT.value(&reply)?.0.into(),
        // The job has ended. Its end names the unit.
        Err(CallError::Remote { .. }) => {
            end(client, &job).await?;
            job.unit = job.end.unit();
        }
        Err(error) => return Err(error),
    }
    Ok(job)
}
