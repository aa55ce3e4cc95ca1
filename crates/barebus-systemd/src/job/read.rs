//! Reads the ends of jobs, for all who wait.

use std::collections::HashSet;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use barebus::wire::Flags;
use barebus::{CallError, OwnedMessage};

use super::jobs::{Reading, Stream};
use crate::client::{CallOptions, Client, Timeout, reopen};
use crate::interface::manager::OBJECT;
use crate::interface::manager::method::LIST_JOBS;
use crate::interface::manager::signal::JOB_REMOVED;
use crate::subscription;

/// When nothing has come for this long, systemd is asked which jobs there are.
const LOOK_AFTER: Duration = Duration::from_secs(2);

/// How long to wait until systemd is asked again that could not be reached.
const RETRY_AFTER: Duration = Duration::from_millis(100);

/// Reads until it is dropped. Only one flow at a time does; the others wait for their turn to. Returns only if it cannot go on.
pub(super) async fn read<C: Client>(client: &C) -> CallError {
    let _turn = client.state().jobs.reading.turn().await;
    loop {
        let generation = client.generation();
        let Err(error) = read_connection(client).await;
        if let Err(error) = go_on(client, generation, error).await {
            return error;
        }
    }
}

/// Opens the connection again if it has ended and can be opened again, within the time that systemd may be away.
async fn go_on<C: Client>(client: &C, generation: u64, error: CallError) -> Result<(), CallError> {
    if client.generation() != generation {
        return Ok(());
    }
    let away_since = *client.state().jobs.lock().away_since.get_or_insert_with(Instant::now);
    let has_ended = error.is_disconnected() && client.can_reopen();
    if !has_ended || away_since.elapsed() > client.state().absence() {
        return Err(error);
    }
    reopen(client, generation).await.map_err(|_| error)
}

/// What has come.
enum Came {
    Removed(Arc<OwnedMessage>),
    /// Systemd has another owner, or none.
    Owner(Arc<OwnedMessage>),
    /// The answer of `ListJobs`.
    Listed(Result<OwnedMessage, CallError>),
    /// Nothing, for long enough.
    Quiet,
}

/// Reads the present connection.
async fn read_connection<C: Client>(client: &C) -> Result<std::convert::Infallible, CallError> {
    let jobs = &client.state().jobs;
    let mut reading = Reading::begin(client).await?;
    let mut question: Option<Question<'_, C>> = None;
    loop {
        let Some(stream) = reading.stream() else { return Err(CallError::OtherConnection) };
        match next(client, stream, question.as_mut()).await? {
            Came::Removed(signal) => told(client, &signal),
            Came::Owner(signal) => {
                let new_owner = signal.body::<(&str, &str, &str)>().map(|(.., new)| new);
                if new_owner.is_ok_and(|new| !new.is_empty()) {
                    drop(subscription::repeat(client));
                    jobs.lock().must_look = true;
                    question = None;
                }
            }
            Came::Listed(Ok(listed)) => {
                let Some(Question { look, .. }) = question.take() else { continue };
                drain(client, stream).await?;
                compare(client, look, &listed)?;
            }
            Came::Listed(Err(error)) => {
                question = None;
                retry_later(client, error)?;
            }
            Came::Quiet => question = Some(Question::ask(client)),
        }
    }
}

/// The question which jobs there are.
struct Question<'c, C: Client + 'c> {
    reply: C::Reply<'c>,
    /// When it was asked, as the table counts.
    look: u64,
}

impl<'c, C: Client> Question<'c, C> {
    /// Asks with the subscription repeated: if systemd has re-executed itself, it may have forgotten it.
    fn ask(client: &'c C) -> Self {
        let mut inner = client.state().jobs.lock();
        inner.must_look = false;
        inner.quiet_since = Instant::now();
        let look = inner.table.look();
        drop(inner);
        // A busy systemd answers late. And there is no use in starting it.
        let options = CallOptions { timeout: Timeout::Of(None), ..CallOptions::default() };
        let request = LIST_JOBS.call(OBJECT, ()).flags(Flags::NO_AUTO_START);
        Self { reply: client.send_request(&request, options), look }
    }
}

/// Waits for the next signal or answer, or until it is time to ask.
async fn next<C: Client>(
    client: &C,
    stream: &mut Stream<C::Signals>,
    mut question: Option<&mut Question<'_, C>>,
) -> Result<Came, CallError> {
    let look_at = {
        let inner = client.state().jobs.lock();
        if inner.must_look { inner.quiet_since } else { inner.quiet_since + LOOK_AFTER }
    };
    let mut quiet = pin!(client.sleep_until(look_at));
    poll_fn(|cx| {
        if let Poll::Ready(signal) = poll_signal(client, &mut stream.removed, cx) {
            return Poll::Ready(signal.map(Came::Removed));
        }
        match stream.owner.as_mut().map(|owner| poll_signal(client, owner, cx)) {
            Some(Poll::Ready(Ok(signal))) => return Poll::Ready(Ok(Came::Owner(signal))),
            // The bus refuses the rule. A look every few seconds does.
            Some(Poll::Ready(Err(error))) if !error.is_disconnected() => stream.owner = None,
            Some(Poll::Ready(Err(error))) => return Poll::Ready(Err(error)),
            Some(Poll::Pending) | None => {}
        }
        if let Some(question) = &mut question {
            return Pin::new(&mut question.reply).poll(cx).map(|reply| Ok(Came::Listed(reply)));
        }
        quiet.as_mut().poll(cx).map(|()| Ok(Came::Quiet))
    })
    .await
}

fn poll_signal<C: Client>(
    client: &C,
    signals: &mut C::Signals,
    cx: &mut Context<'_>,
) -> Poll<Result<Arc<OwnedMessage>, CallError>> {
    // The future has no state of its own.
    pin!(client.next(signals)).poll(cx)
}

/// Takes all signals that have arrived: they came before the answer that is to be looked at.
async fn drain<C: Client>(client: &C, stream: &mut Stream<C::Signals>) -> Result<(), CallError> {
    poll_fn(|cx| {
        while let Poll::Ready(signal) = poll_signal(client, &mut stream.removed, cx) {
            match signal {
                Ok(signal) => told(client, &signal),
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
        Poll::Ready(Ok(()))
    })
    .await
}

/// A job has ended.
fn told<C: Client>(client: &C, signal: &OwnedMessage) {
    let jobs = &client.state().jobs;
    let mut inner = jobs.lock();
    inner.quiet_since = Instant::now();
    inner.away_since = None;
    // A signal with another body is not the end of a job.
    let Ok((_, path, unit, result)) = JOB_REMOVED.read(signal) else { return };
    let fewer = inner.table.removed(path.as_str(), unit, result);
    drop(inner);
    jobs.end_turns(fewer);
}

/// The jobs that are not listed have ended.
fn compare<C: Client>(client: &C, look: u64, listed: &OwnedMessage) -> Result<(), CallError> {
    let (listed,) = LIST_JOBS.answer(listed)?;
    let mut paths = HashSet::new();
    for job in listed {
        paths.insert(job?.4.as_str());
    }
    let jobs = &client.state().jobs;
    let mut inner = jobs.lock();
    inner.quiet_since = Instant::now();
    inner.away_since = None;
    let fewer = inner.table.retain(look, &paths);
    drop(inner);
    jobs.end_turns(fewer);
    Ok(())
}

/// systemd could not be asked. While it re-executes itself, its name has no owner.
fn retry_later<C: Client>(client: &C, error: CallError) -> Result<(), CallError> {
    if error.is_disconnected() {
        return Err(error);
    }
    let mut inner = client.state().jobs.lock();
    let away_since = *inner.away_since.get_or_insert_with(Instant::now);
    if away_since.elapsed() > client.state().absence() {
        return Err(error);
    }
    inner.must_look = true;
    inner.quiet_since = Instant::now() + RETRY_AFTER;
    Ok(())
}
