//! Follows units: passes on to the table of a watch what systemd sends, in the order in which it was sent.
//!
//! Each rule has a subscription with a queue of its own. The order of what is in several queues is that of the serials: systemd numbers its
//! signals and replies on a connection.

use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use barebus::{Array, BusName, CallError, OwnedMessage};

use super::ask::{Answer, Reply, put};
use super::asks::{Ask, Detail};
use super::rules::rules;
use super::table::Table;
use super::told::{Changes, Told};
use crate::client::{Client, reopen};
use crate::daemon::owner_changed;
use crate::interface::manager::method::LIST_UNITS;
use crate::interface::service::property::{MAIN_PID, RESULT};
use crate::subscription::{self, Subscribing};
use crate::unit::ListedUnit;

/// How long to wait until systemd is asked again that could not be reached.
const RETRY_AFTER: Duration = Duration::from_millis(100);

pub(super) fn lock(table: &Mutex<Table>) -> MutexGuard<'_, Table> {
    // Nothing that is done under the lock panics.
    table.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Follows the units of the table. Returns why it cannot go on.
pub(super) async fn follow<C: Client>(client: &C, table: &Mutex<Table>) -> CallError {
    let mut user = User { client, has_entered: false };
    loop {
        let generation = client.generation();
        let Err(error) = follow_connection(&mut user, table).await;
        let is_other = client.generation() != generation;
        let may_reopen = error.is_disconnected() && client.can_reopen();
        if !is_other && (!may_reopen || reopen(client, generation).await.is_err()) {
            return error;
        }
        lock(table).restart();
    }
}

/// A user of systemd's signals.
struct User<'c, C: Client> {
    client: &'c C,
    has_entered: bool,
}

impl<'c, C: Client> User<'c, C> {
    fn subscribe(&mut self) -> Subscribing<'c, C> {
        match std::mem::replace(&mut self.has_entered, true) {
            false => subscription::enter(self.client),
            true => subscription::renew(self.client),
        }
    }
}

impl<C: Client> Drop for User<'_, C> {
    fn drop(&mut self) {
        if self.has_entered {
            subscription::leave(self.client);
            subscription::settle(self.client);
        }
    }
}

/// Follows the units as long as the connection lasts.
async fn follow_connection<C: Client>(
    user: &mut User<'_, C>,
    table: &Mutex<Table>,
) -> Result<Infallible, CallError> {
    let client = user.client;
    let mut feed = Feed::open(client, table)?;
    let mut subscribing = Some(user.subscribe());
    let mut asked = Vec::new();
    loop {
        if feed.may_ask() {
            feed.retry_at = None;
            while let Some(ask) = lock(table).next_ask() {
                asked.push(Box::pin(put(client, ask)));
            }
        }
        let mut retry = pin!(sleep_until(client, feed.retry_at));
        let came = poll_fn(|cx| {
            if let Some(Poll::Ready(answer)) = subscribing.as_mut().map(|it| Pin::new(it).poll(cx))
            {
                subscribing = None;
                answer?;
            }
            let came = feed.poll(client, &mut asked, cx)?;
            match came.is_empty() && retry.as_mut().poll(cx).is_pending() {
                true => Poll::Pending,
                false => Poll::Ready(Ok::<_, CallError>(came)),
            }
        })
        .await?;
        match feed.pass_on(client, table, came)? {
            Next::GoOn => {}
            Next::AskAgain => asked.clear(),
            Next::OpenAgain => {
                asked.clear();
                feed = Feed::open(client, table)?;
            }
        }
    }
}

/// Waits until `at`; `None`: for ever.
async fn sleep_until<C: Client>(client: &C, at: Option<Instant>) {
    match at {
        Some(at) => client.sleep_until(at).await,
        None => std::future::pending().await,
    }
}

/// The subscriptions of a watch.
struct Feed<S> {
    signals: Vec<S>,
    /// The changes of systemd's owner on the bus.
    owner: Option<S>,
    /// Unique name of the systemd that the table knows; `None` until a list was answered, and on a direct connection.
    systemd: Option<String>,
    /// The serial of the last message that was passed on.
    last: u32,
    /// The number of signals that were lost, as the client counts them.
    lost: u64,
    /// When systemd is asked again, which could not be reached.
    retry_at: Option<Instant>,
    away_since: Option<Instant>,
}

/// What has come.
#[derive(Default)]
struct Came {
    /// With their serials.
    messages: Vec<(u32, Item)>,
    /// There is another systemd.
    has_new_owner: bool,
}

enum Item {
    Signal(Arc<OwnedMessage>),
    Answer(Answer),
}

impl Came {
    fn is_empty(&self) -> bool {
        self.messages.is_empty() && !self.has_new_owner
    }
}

/// What to do with the outstanding questions.
enum Next {
    GoOn,
    /// They are given up: their answers may be older than the signals that were lost.
    AskAgain,
    /// As well, and other units are watched.
    OpenAgain,
}

impl<S> Feed<S> {
    /// Subscribes.
    fn open<C: Client<Signals = S>>(client: &C, table: &Mutex<Table>) -> Result<Self, CallError> {
        let rules = rules(lock(table).names(), client.is_direct());
        let signals = rules.iter().map(|rule| client.signals(rule));
        let signals = signals.collect::<Result<Vec<S>, CallError>>()?;
        let owner = match client.is_direct() {
            true => None,
            false => Some(client.signals(&owner_changed())?),
        };
        let mut feed = Self {
            signals,
            owner,
            systemd: None,
            last: 0,
            lost: 0,
            retry_at: None,
            away_since: None,
        };
        feed.lost = feed.count_lost(client);
        Ok(feed)
    }

    fn count_lost<C: Client<Signals = S>>(&self, client: &C) -> u64 {
        self.signals.iter().map(|signals| client.lost(signals)).sum()
    }

    fn may_ask(&self) -> bool {
        self.retry_at.is_none_or(|at| Instant::now() >= at)
    }

    /// Takes all that has arrived.
    fn poll<C: Client<Signals = S>>(
        &mut self,
        client: &C,
        asked: &mut Vec<Pin<Box<impl Future<Output = Answer>>>>,
        cx: &mut Context<'_>,
    ) -> Result<Came, CallError> {
        let mut came = Came::default();
        // What arrives in a queue that was looked at may be older than what is found in the next one. So all are looked at until there is nothing
        // in any of them.
        loop {
            let (before, last) = (came.messages.len(), self.last);
            for signals in &mut self.signals {
                while let Poll::Ready(signal) = pin!(client.next(signals)).poll(cx) {
                    let signal = signal?;
                    came.messages.push((serial(&signal)?, Item::Signal(signal)));
                }
            }
            asked.retain_mut(|question| match question.as_mut().poll(cx) {
                Poll::Pending => true,
                Poll::Ready(answer) => {
                    came.messages.push((answer.serial(last), Item::Answer(answer)));
                    false
                }
            });
            if came.messages.len() == before {
                break;
            }
        }
        if let Some(owner) = &mut self.owner {
            while let Poll::Ready(signal) = pin!(client.next(owner)).poll(cx) {
                let new = signal?.body::<(&str, &str, &str)>().map(|(.., new)| !new.is_empty());
                came.has_new_owner |= new.unwrap_or(false);
            }
        }
        // Counted from the last message, with room before it: a total order, also where the numbers begin again.
        let first = self.last.wrapping_sub(1 << 31);
        came.messages.sort_by_key(|(serial, _)| serial.wrapping_sub(first));
        Ok(came)
    }

    /// Passes on what has come.
    fn pass_on<C: Client<Signals = S>>(
        &mut self,
        client: &C,
        table: &Mutex<Table>,
        came: Came,
    ) -> Result<Next, CallError> {
        let mut table = lock(table);
        if came.has_new_owner {
            // The answer is of no use: it is followed by that of the list.
            drop(subscription::repeat(client));
            self.systemd = None;
            self.retry_at = None;
            table.restart();
            return Ok(Next::AskAgain);
        }
        for (serial, item) in came.messages {
            self.last = serial;
            match item {
                Item::Signal(signal) => self.tell(&signal, &mut table)?,
                Item::Answer(answer) => {
                    if self.answer(client, answer, &mut table)? {
                        return Ok(Next::OpenAgain);
                    }
                }
            }
        }
        let lost = self.count_lost(client);
        if std::mem::replace(&mut self.lost, lost) != lost {
            table.overflow();
            return Ok(Next::AskAgain);
        }
        Ok(Next::GoOn)
    }

    fn tell(&self, signal: &OwnedMessage, table: &mut Table) -> Result<(), CallError> {
        let message = signal.message()?;
        let sender = message.header().sender.map(BusName::as_str);
        // One that ended or took over meanwhile counts its messages in another way. A list tells what it said.
        if self.systemd.is_none() || self.systemd.as_deref() == sender {
            if let Some(told) = Told::read(&message) {
                table.tell(told);
            }
        }
        Ok(())
    }

    /// Passes on an answer. Returns whether other units are watched from now on.
    fn answer<C: Client<Signals = S>>(
        &mut self,
        client: &C,
        answer: Answer,
        table: &mut Table,
    ) -> Result<bool, CallError> {
        let reply = match answer.reply {
            Ok(Reply::Message(reply)) => reply,
            Ok(Reply::Name(name)) => return Ok(table.answer_name(&answer.ask, name.as_deref())),
            Err(error) => {
                table.not_answered(&answer.ask);
                return self.bear(client, &answer.ask, error).map(|()| false);
            }
        };
        match &answer.ask {
            Ask::List(asked) => {
                let sender = reply.message()?.header().sender;
                self.systemd = sender.filter(|_| !client.is_direct()).map(|name| name.to_string());
                self.away_since = None;
                let (units,) = LIST_UNITS.answer_as::<(Array<'_, ListedUnit<'_>>,)>(&reply)?;
                let units = units.collect::<Result<Vec<_>, _>>()?;
                table.answer_list(asked, units.into_iter());
            }
            Ask::Details(unit, Detail::MainPid) => {
                let main_pid = Some(MAIN_PID.value(&reply)?);
                table.answer_details(unit, &Changes { main_pid, ..Changes::default() });
            }
            Ask::Details(unit, Detail::Result) => {
                let result = Some(RESULT.value(&reply)?);
                table.answer_details(unit, &Changes { result, ..Changes::default() });
            }
            Ask::Resolve(_) => {}
        }
        Ok(false)
    }

    /// A question was answered with an error. Without lists the watch cannot go on.
    fn bear<C: Client<Signals = S>>(
        &mut self,
        client: &C,
        ask: &Ask,
        error: CallError,
    ) -> Result<(), CallError> {
        if !matches!(ask, Ask::List(_)) && !error.is_disconnected() {
            return Ok(());
        }
        let away_since = *self.away_since.get_or_insert_with(Instant::now);
        if !is_away(&error) || away_since.elapsed() > client.state().absence() {
            return Err(error);
        }
        self.retry_at = Instant::now().checked_add(RETRY_AFTER);
        Ok(())
    }
}

/// Whether systemd may only be away for a moment, because it re-executes itself.
fn is_away(error: &CallError) -> bool {
    match error {
        CallError::NoReply(_) => true,
        CallError::Remote { name, .. } => {
            let name = name.strip_prefix("org.freedesktop.DBus.Error.").unwrap_or_default();
            matches!(name, "ServiceUnknown" | "NameHasNoOwner" | "NoReply" | "LimitsExceeded")
        }
        _ => false,
    }
}

impl Answer {
    /// Its place among the signals. That of other answers than messages does not matter.
    fn serial(&self, last: u32) -> u32 {
        match &self.reply {
            Ok(Reply::Message(reply)) => serial(reply).unwrap_or(last),
            _ => last,
        }
    }
}

/// The serial that the sender gave a message.
fn serial(message: &OwnedMessage) -> Result<u32, CallError> {
    Ok(message.message()?.header().serial.get())
}
