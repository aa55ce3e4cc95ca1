//! Reads the ends of jobs, and asks for the jobs when nothing comes.

use std::collections::HashSet;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use barebus::wire::Flags;
use barebus::{CallError, OwnedMessage};

use super::jobs::{self, Inner};
use super::readers::Reader;
use super::table::News;
use crate::client::{CallOptions, Client, Timeout, reopen};
use crate::interface::manager::OBJECT;
use crate::interface::manager::method::LIST_JOBS;

/// When nothing has come for this long, systemd is asked which jobs there are.
const LOOK_AFTER: Duration = Duration::from_secs(2);

/// How long to wait for the answer before another flow asks: the one that asked may not be polled any more.
const ASK_AGAIN_AFTER: Duration = Duration::from_secs(30);

/// How long to wait until systemd is asked again that could not be reached.
const RETRY_AFTER: Duration = Duration::from_millis(100);

/// Reads until it is dropped. Returns only if it cannot go on.
pub(super) async fn read<C: Client>(client: &C) -> CallError {
    let reader = client.state().jobs.readers.add();
    loop {
        let generation = client.generation();
        let Err(error) = read_connection(client, &reader).await;
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
    let has_ended = error.is_disconnected() && client.can_reopen();
    if !has_ended || is_away_for_too_long(client) {
        return Err(error);
    }
    reopen(client, generation).await.map_err(|_| error)
}

/// systemd cannot be reached. Whether that is so for longer than it may be away.
fn is_away_for_too_long<C: Client>(client: &C) -> bool {
    let away_since = *client.state().jobs.lock().away_since.get_or_insert_with(Instant::now);
    away_since.elapsed() > client.state().absence()
}

/// What there is to do.
enum Task {
    /// Ask which jobs there are, if it is time.
    Ask,
    /// Read the answer.
    Compare(Result<OwnedMessage, CallError>),
}

/// Reads the present connection.
async fn read_connection<C: Client>(
    client: &C,
    reader: &Reader,
) -> Result<std::convert::Infallible, CallError> {
    let mut question: Option<Question<'_, C>> = None;
    loop {
        match next(client, reader, question.as_mut()).await? {
            Task::Ask => question = Question::ask(client).or(question),
            Task::Compare(answer) => {
                let Some(question) = question.take() else { continue };
                match answer {
                    Ok(listed) => question.compare(client, reader, &listed).await?,
                    Err(error) => question.retry_later(client, error)?,
                }
            }
        }
    }
}

/// Reads until there is something to do.
async fn next<C: Client>(
    client: &C,
    reader: &Reader,
    mut question: Option<&mut Question<'_, C>>,
) -> Result<Task, CallError> {
    let look_at = client.state().jobs.lock().look_at();
    let mut time = pin!(client.sleep_until(look_at));
    poll_fn(|cx| {
        poll(client, reader, cx)?;
        if client.state().jobs.lock().must_look {
            return Poll::Ready(Ok(Task::Ask));
        }
        if let Some(question) = &mut question {
            return Pin::new(&mut question.reply).poll(cx).map(|reply| Ok(Task::Compare(reply)));
        }
        time.as_mut().poll(cx).map(|()| Ok(Task::Ask))
    })
    .await
}

/// Takes what has arrived. All who read are woken when more comes.
fn poll<C: Client>(client: &C, reader: &Reader, cx: &Context<'_>) -> Result<(), CallError> {
    let waker = reader.wait(cx);
    jobs::poll(client, &mut Context::from_waker(&waker))
}

impl Inner {
    /// When systemd is to be asked, unless something comes before.
    fn look_at(&self) -> Instant {
        match self.asked_at {
            Some(asked_at) => asked_at + ASK_AGAIN_AFTER,
            None => self.quiet_since + LOOK_AFTER,
        }
    }
}

/// The question which jobs there are. It is asked once for all, by one of those who wait.
struct Question<'c, C: Client + 'c> {
    reply: C::Reply<'c>,
    /// When it was asked, as the table counts.
    look: u64,
    asked_at: Instant,
}

impl<'c, C: Client> Question<'c, C> {
    /// `None` if it is not time: something has come, or another one has asked.
    fn ask(client: &'c C) -> Option<Self> {
        let mut inner = client.state().jobs.lock();
        let now = Instant::now();
        if !inner.must_look && inner.look_at() > now {
            return None;
        }
        inner.must_look = false;
        inner.asked_at = Some(now);
        let look = inner.table.look();
        drop(inner);
        // A busy systemd answers late. And there is no use in starting it.
        let options = CallOptions { timeout: Timeout::Of(None), ..CallOptions::default() };
        let request = LIST_JOBS.call(OBJECT, ()).flags(Flags::NO_AUTO_START);
        Some(Self { reply: client.send_request(&request, options), look, asked_at: now })
    }

    /// The jobs that are not listed have ended.
    async fn compare(
        self,
        client: &C,
        reader: &Reader,
        listed: &OwnedMessage,
    ) -> Result<(), CallError> {
        // All signals that came before the answer.
        poll_fn(|cx| Poll::Ready(poll(client, reader, cx))).await?;
        let (listed,) = LIST_JOBS.answer(listed)?;
        let mut paths = HashSet::new();
        for job in listed {
            paths.insert(job?.4.as_str());
        }
        let jobs = &client.state().jobs;
        let mut inner = jobs.lock();
        inner.heard();
        self.is_over(&mut inner);
        let mut news = News::default();
        inner.table.retain(self.look, &paths, &mut news);
        drop(inner);
        jobs.spread(news);
        Ok(())
    }

    /// systemd could not be asked.
    fn retry_later(self, client: &C, error: CallError) -> Result<(), CallError> {
        let is_away = is_absence(&error);
        let is_late = is_away && is_away_for_too_long(client);
        let mut inner = client.state().jobs.lock();
        self.is_over(&mut inner);
        if error.is_disconnected() || is_late {
            return Err(error);
        }
        let now = Instant::now();
        inner.quiet_since = if is_away { earlier_by(now, LOOK_AFTER - RETRY_AFTER) } else { now };
        Ok(())
    }

    fn is_over(&self, inner: &mut Inner) {
        if inner.asked_at == Some(self.asked_at) {
            inner.asked_at = None;
        }
    }
}

/// Whether systemd is not there: while it re-executes itself, its name has no owner. Whoever may not ask for jobs is still told their ends.
fn is_absence(error: &CallError) -> bool {
    match error {
        CallError::NoReply(_) => true,
        error => matches!(
            error.remote_name(),
            Some(
                "org.freedesktop.DBus.Error.NameHasNoOwner"
                    | "org.freedesktop.DBus.Error.ServiceUnknown"
                    | "org.freedesktop.DBus.Error.NoReply"
                    | "org.freedesktop.DBus.Error.Disconnected"
            )
        ),
    }
}

fn earlier_by(time: Instant, by: Duration) -> Instant {
    time.checked_sub(by).unwrap_or(time)
}
