//! The session: bytes, file descriptors and the time in; bytes, file descriptors and events out.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::time::Duration;

use barebus_sasl::{Client, Guid, Outcome, Pacing};
use barebus_wire::{
    DecodeError, EncodeBody, ErrorName, FamiliarHeader, MatchRule, Message, MethodCall, Serial,
};

use crate::backlog::{Kept, Matter};
use crate::config::{Config, Peer};
use crate::error::{FdsError, NoReply, SendError, SessionError};
use crate::event::{CallId, Event, Received, ReplyTo, Want};
use crate::handshake::options;
use crate::inbox::Inbox;
use crate::ledger::{HELLO, Ledger, Sorted};
use crate::matching::SubscriptionId;
use crate::moment::Moment;
use crate::pending::Purpose;

/// A whole connection without a socket. `F` is what a file descriptor is to the transport: it is dropped to close it.
///
/// ```text
///   room(), filled() ─► │ Authentication ─► Hello ─► messages │ ─► next()
///   output(), sent() ◄─ │ serials, calls, owners, limits      │ ◄─ call(), subscribe()
/// ```
///
/// `now` is the time since any epoch, the same for the life of the session; deadlines are times of the same clock.
#[derive(Debug)]
pub struct Session<F> {
    pub(crate) inbox: Inbox<F>,
    pub(crate) ledger: Ledger<F>,
    pub(crate) phase: Phase,
    pub(crate) handshake_deadline: Moment,
    pub(crate) outcome: Option<Outcome>,
    /// The other side sends nothing more: what it sent is still taken.
    pub(crate) is_eof: bool,
    /// The event that was found and not yet taken.
    found: Option<Found<F>>,
    /// What the events that wait were last searched for in vain: they need not be searched again, however many there are.
    in_vain: Option<Want>,
    /// The message of the last event that had to wait.
    current: Box<[u8]>,
    /// Something was sent once the connection was established: it is here to stay.
    is_used_again: bool,
    /// Messages are looked at when they are sorted and again when they are taken, and one reply is headed much as the last.
    familiar: FamiliarHeader,
}

/// An event that was found.
#[derive(Debug)]
struct Found<F> {
    matter: Matter,
    /// What was looked for.
    want: Want,
    /// Its message in the inbox; `None` when it had to wait.
    place: Option<core::ops::Range<usize>>,
    fds: Vec<F>,
}

/// Where the connection stands.
#[derive(Debug)]
pub(crate) enum Phase {
    /// The authentication conversation is going on.
    Authentication(Box<Client>),
    /// Messages are exchanged; on a bus, the reply to `Hello` may still be awaited.
    Messages,
    Ended(SessionError),
}

/// What to write now.
#[derive(Clone, Copy, Debug)]
pub struct Output<'a, F> {
    /// Bytes, the second behind the first; either may be empty.
    pub bytes: [&'a [u8]; 2],
    /// File descriptors that go with the first byte.
    pub fds: &'a [F],
}

impl<F> Output<'_, F> {
    /// Whether there is nothing to write.
    pub const fn is_empty(&self) -> bool {
        let [first, second] = self.bytes;
        first.is_empty() && second.is_empty()
    }
}

impl<F> Session<F> {
    /// A session that begins now; on a bus `Hello` is queued.
    pub fn new(config: Config, now: Duration) -> Self {
        let mut session = Self {
            inbox: Inbox::new(),
            phase: Phase::Authentication(Box::new(Client::new(options(&config)))),
            handshake_deadline: now.saturating_add(config.handshake_timeout).into(),
            ledger: Ledger::new(config),
            outcome: None,
            is_eof: false,
            found: None,
            in_vain: None,
            current: Box::default(),
            is_used_again: false,
            familiar: FamiliarHeader::default(),
        };
        if session.ledger.config.peer == Peer::Bus {
            // The queue is empty and the message is valid: it fails only when the limit is 0, and then everything does.
            let _ = session.ledger.call_bus(HELLO, &(), Moment::NEVER, Purpose::Hello);
        }
        session
    }

    // What is known.

    /// What is at the other end.
    pub const fn peer(&self) -> Peer {
        self.ledger.config.peer
    }

    /// Our unique name, once the bus has said it.
    pub fn unique_name(&self) -> Option<&str> {
        self.ledger.unique_name.as_deref()
    }

    /// The server's GUID, once authentication is over.
    pub fn guid(&self) -> Option<Guid> {
        self.outcome.map(|outcome| outcome.guid)
    }

    /// Whether file descriptors can be passed, once authentication is over.
    pub fn passes_fds(&self) -> Option<bool> {
        self.outcome.map(|outcome| outcome.unix_fd)
    }

    /// Whether authentication is over and, on a bus, `Hello` was answered.
    pub fn is_established(&self) -> bool {
        self.awaited().is_none() && !matches!(self.phase, Phase::Ended(_))
    }

    /// Why the session has ended.
    pub fn error(&self) -> Option<&SessionError> {
        match &self.phase {
            Phase::Ended(error) => Some(error),
            _ => None,
        }
    }

    /// Received messages that found no place in the queue and were dropped.
    pub fn dropped(&self) -> u64 {
        self.ledger.backlog.dropped()
    }

    /// Received messages that nobody asked for: replies that are late, doubled or not from whom was called, signals without a
    /// subscription, types that the specification does not know.
    pub fn ignored(&self) -> u64 {
        self.ledger.ignored
    }

    /// Calls whose reply is awaited, the session's own among them.
    pub fn outstanding(&self) -> usize {
        self.ledger.pending.len()
    }

    /// Whether the call's end is still to come or to be taken: without, waiting for it is in vain.
    pub fn is_outstanding(&self, call: CallId) -> bool {
        self.ledger.pending.contains(call.0)
            || self.found.as_ref().is_some_and(|found| found.matter.is_end_of(call))
            || self.ledger.backlog.holds_end_of(call)
    }

    /// Whether the subscription asks for `signal`.
    pub fn is_for(&self, subscription: SubscriptionId, signal: &Message<'_>) -> bool {
        self.ledger.subscriptions.wants(subscription, signal, &self.ledger.owners)
    }

    /// The subscriptions that ask for `signal`, in the order of their making.
    pub fn wanting(&self, signal: &Message<'_>) -> Vec<SubscriptionId> {
        self.ledger.subscriptions.wanting(signal, &self.ledger.owners)
    }

    /// Whether `sender` is the present owner of the well-known `name`, as far as it was called or subscribed to.
    pub fn owns(&self, sender: &str, name: &str) -> bool {
        self.ledger.owners.owns(sender, name)
    }

    // Sending.

    /// Queues a call; its reply is awaited until `deadline`.
    ///
    /// # Errors
    /// See [`SendError`]; nothing was queued.
    #[inline]
    pub fn call<B: EncodeBody + ?Sized>(
        &mut self,
        call: &MethodCall<'_>,
        body: &B,
        fds: Vec<F>,
        deadline: Option<Duration>,
    ) -> Result<CallId, SendError> {
        self.check_sendable(fds.len())?;
        if call.flags.contains(barebus_wire::Flags::NO_REPLY_EXPECTED) {
            return Err(SendError::NoReplyExpected);
        }
        let deadline = Moment::until(deadline);
        self.ledger.call(call, &body, fds, deadline, Purpose::User).map(CallId)
    }

    /// Queues a call that wants no reply.
    ///
    /// # Errors
    /// See [`SendError`]; nothing was queued.
    pub fn send<B: EncodeBody + ?Sized>(
        &mut self,
        call: &MethodCall<'_>,
        body: &B,
        fds: Vec<F>,
    ) -> Result<(), SendError> {
        self.check_sendable(fds.len())?;
        let call = call.flags(barebus_wire::Flags::NO_REPLY_EXPECTED);
        self.ledger.send(&mut call.header(Serial::FIRST), &body, fds).map(|_| ())
    }

    /// Answers a call of ours with a METHOD_RETURN.
    ///
    /// # Errors
    /// See [`SendError`]; the caller gets an error instead.
    pub fn reply<B: EncodeBody + ?Sized>(
        &mut self,
        to: &ReplyTo,
        body: &B,
        fds: Vec<F>,
    ) -> Result<(), SendError> {
        self.check_sendable(fds.len())?;
        self.ledger.answer(to, None, &body, fds)
    }

    /// Answers a call of ours with an ERROR.
    ///
    /// # Errors
    /// See [`SendError`]; the caller gets another error instead.
    pub fn reply_error(
        &mut self,
        to: &ReplyTo,
        name: ErrorName<'_>,
        text: &str,
    ) -> Result<(), SendError> {
        self.check_sendable(0)?;
        self.ledger.answer(to, Some(name), &(text,), Vec::new())
    }

    /// Waits no longer for a reply; when it comes it is dropped.
    pub fn forget(&mut self, call: CallId) {
        if self.found.as_ref().is_some_and(|found| found.matter.is_end_of(call)) {
            self.found = None;
        }
        self.ledger.pending.remove(call.0);
        self.ledger.backlog.forget(call);
    }

    /// Subscribes to the signals that `rule` describes. On a bus it is asked for them, by `deadline`; equal rules are asked for
    /// once. With a well-known name as sender, only signals of its present owner are taken.
    ///
    /// # Errors
    /// See [`SendError`]. A refusal of the bus comes as [`Event::NotSubscribed`].
    pub fn subscribe(
        &mut self,
        rule: &MatchRule<'_>,
        deadline: Option<Duration>,
    ) -> Result<SubscriptionId, SendError> {
        self.check_sendable(0)?;
        self.ledger.subscribe(rule, Moment::until(deadline))
    }

    /// Ends a subscription.
    ///
    /// # Errors
    /// See [`SendError`]; the subscription has ended all the same, the bus may still send its signals.
    pub fn unsubscribe(&mut self, subscription: SubscriptionId) -> Result<(), SendError> {
        self.check_sendable(0)?;
        self.ledger.unsubscribe(subscription)
    }

    /// Whether the bus has taken the subscription, refusals included.
    pub fn is_settled(&self, subscription: SubscriptionId) -> bool {
        let subscriptions = &self.ledger.subscriptions;
        let rule = subscriptions.rule(subscription);
        // Equal rules are asked for once, for the first of them.
        let asks = |id| id == subscription || rule.is_some() && subscriptions.rule(id) == rule;
        self.ledger
            .pending
            .find(|call| matches!(call.purpose, Purpose::Subscription(id) if asks(id)))
            .is_none()
    }

    /// Whether the subscription stands.
    pub fn is_subscribed(&self, subscription: SubscriptionId) -> bool {
        self.ledger.subscriptions.rule(subscription).is_some()
    }

    fn check_sendable(&mut self, fds: usize) -> Result<(), SendError> {
        self.is_used_again = self.is_established();
        match &self.phase {
            Phase::Ended(error) => Err(SendError::Ended(Box::new(error.clone()))),
            _ if self.ledger.is_monitor => Err(SendError::Monitor),
            _ if fds != 0 && self.passes_fds() == Some(false) => Err(SendError::FdsNotNegotiated),
            _ => Ok(()),
        }
    }

    // The transport's side.

    /// What to write now. Until authentication is over that is its lines, and behind them the messages where the other end
    /// can be trusted to take them.
    #[inline]
    pub fn output(&self) -> Output<'_, F> {
        if let Phase::Messages = &self.phase {
            let (bytes, fds) = self.ledger.outbox.output();
            return Output { bytes: [bytes, &[]], fds };
        }
        self.opening_output()
    }

    /// Whether there is something to write now.
    #[inline]
    pub fn has_output(&self) -> bool {
        !self.output().is_empty()
    }

    #[cold]
    fn opening_output(&self) -> Output<'_, F> {
        match &self.phase {
            Phase::Authentication(client) => {
                let pipelined = self.ledger.config.pacing == Pacing::Pipelined
                    && self.ledger.config.peer == Peer::Bus;
                let (messages, _) =
                    if pipelined { self.ledger.outbox.output() } else { (&[][..], &[][..]) };
                Output { bytes: [client.output(), messages], fds: &[] }
            }
            Phase::Messages | Phase::Ended(_) => Output { bytes: [&[], &[]], fds: &[] },
        }
    }

    /// That the first `count` bytes of [`output`](Self::output) were written, with its file descriptors if `count` is not 0.
    #[inline]
    pub fn sent(&mut self, count: usize) {
        let messages = match &mut self.phase {
            Phase::Authentication(client) => {
                let lines = client.output().len().min(count);
                client.advance_output(lines);
                self.ledger.outbox.advance(count - lines);
                return self.finish_authentication();
            }
            _ => count,
        };
        self.ledger.outbox.advance(messages);
    }

    /// That the system refused to pass the file descriptors of [`output`](Self::output). None of its bytes were written, so the
    /// message is withdrawn: the call gets no reply, the connection goes on. `false` when the output has none.
    pub fn fds_refused(&mut self) -> bool {
        let withdrawn = self.ledger.outbox.withdraw_next_fds();
        if let Some(serial) = withdrawn {
            self.ledger.end_call(serial, NoReply::FdsNotPassed);
        }
        withdrawn.is_some()
    }

    /// Room for the next read: about 64 KiB, 4 until the first calls are answered. Messages of earlier events must have been let go.
    #[inline]
    pub fn room(&mut self) -> &mut [u8] {
        if let Some(found) = self.found.take() {
            self.keep_found(found);
        }
        let is_opening = self.inbox.is_first()
            && !self.is_used_again
            && (self.awaited().is_some() || self.ledger.pending.len() != 0);
        self.inbox.room(is_opening)
    }

    /// That a read put `count` bytes into the [`room`](Self::room) and brought `fds`; `truncated` when the system says that it
    /// could not hand over all of them (MSG_CTRUNC).
    #[inline]
    pub fn filled(&mut self, count: usize, fds: Vec<F>, truncated: bool) {
        if let Phase::Ended(_) = self.phase {
            return;
        }
        if !self.inbox.filled(count, fds, truncated) {
            return self.end(SessionError::TooManyFds);
        }
        if let Phase::Authentication(_) = self.phase {
            self.converse();
            // They came with the last line of the authentication, not with the message behind it.
            if self.inbox.has_stray_fds() {
                self.end(SessionError::UnexpectedFds);
            }
        }
        if self.inbox.has_fds() && self.passes_fds() != Some(true) {
            self.end(SessionError::UnexpectedFds);
        }
    }

    /// That the other side sends nothing more. Messages that came before are still given.
    pub fn end_of_file(&mut self) {
        self.is_eof = true;
        if let Phase::Authentication(_) = self.phase {
            self.end(SessionError::Closed { awaited: self.awaited(), unfinished: 0 });
        }
    }

    /// When [`next`](Self::next) should be called though nothing was received; `None` when nothing is waited for.
    pub fn next_deadline(&self) -> Option<Duration> {
        let handshake = self.awaited().map_or(Moment::NEVER, |_| self.handshake_deadline);
        handshake.min(self.ledger.pending.earliest()).time()
    }

    /// The next event that is wanted; `None` when more must be received first. Others that came before it are kept.
    ///
    /// # Errors
    /// Why the session has ended; it says so for ever, after the last event that came before.
    #[inline]
    pub fn next(
        &mut self,
        want: Want,
        now: Duration,
    ) -> Result<Option<Event<'_, F>>, SessionError> {
        self.seek(want, now)?;
        self.take()
    }

    /// Whether a call or a subscription has come to its end that [`seek`](Self::seek) has not seen: before anything is waited
    /// for it must look again. Writing does that, when descriptors cannot be passed.
    pub const fn has_news(&self) -> bool {
        self.ledger.backlog.has_unseen()
    }

    /// Looks for the next event that is wanted; [`take`](Self::take) then gives it. For loops that go on until there is one,
    /// which cannot borrow the event while they look.
    ///
    /// # Errors
    /// As [`next`](Self::next).
    pub fn seek(&mut self, want: Want, now: Duration) -> Result<bool, SessionError> {
        let now = Moment::from(now);
        if let Some(found) = self.found.take() {
            self.keep_found(found);
        }
        self.ledger.answer_forgotten();
        let is_known = self.in_vain.take() == Some(want) && !self.ledger.backlog.has_news();
        if !is_known && self.seek_kept(want) {
            return Ok(true);
        }
        let is_late = self.is_late(now);
        while let Some(place) = self.next_place() {
            let (sorted, unix_fds) = match self.sort(place.clone()) {
                Ok(sorted) => sorted,
                Err(error) => {
                    self.end(SessionError::InvalidMessage(error));
                    break;
                }
            };
            let fds = self.inbox.take(&place, unix_fds);
            match (sorted, fds) {
                (Sorted::Done, _) => {}
                (Sorted::End(error), _) => {
                    self.end(*error);
                    break;
                }
                (Sorted::Event(matter), Err(error)) => self.refuse(matter, error),
                (Sorted::Event(matter), Ok(fds)) => {
                    if !is_late && self.is_wanted(want, &matter, &place) {
                        self.found = Some(Found { matter, want, place: Some(place), fds });
                        return Ok(true);
                    }
                    self.keep(matter, &place, fds);
                }
            }
            // What was sorted may have ended the call that is waited for.
            if !is_late && self.ledger.backlog.has_news() && self.seek_kept(want) {
                return Ok(true);
            }
        }
        if let Some(awaited) = self.awaited().filter(|_| is_late) {
            self.end(SessionError::HandshakeTimedOut { awaited });
        }
        // When the handshake came to nothing that is the reason, not the time of a call that was never delivered.
        if !matches!(self.phase, Phase::Ended(SessionError::HandshakeTimedOut { .. })) {
            self.ledger.expire(now);
        }
        if self.seek_kept(want) {
            return Ok(true);
        }
        if self.is_eof && !matches!(self.phase, Phase::Ended(_)) {
            let unfinished = self.inbox.unread().len();
            self.end(SessionError::Closed { awaited: self.awaited(), unfinished });
        }
        match &self.phase {
            Phase::Ended(error) => Err(error.clone()),
            _ => {
                self.in_vain = Some(want);
                Ok(false)
            }
        }
    }

    /// The event that [`seek`](Self::seek) found.
    ///
    /// # Errors
    /// None after `seek` was right; `InvalidMessage` else.
    #[inline]
    pub fn take(&mut self) -> Result<Option<Event<'_, F>>, SessionError> {
        let Some(Found { matter, place, fds, .. }) = self.found.take() else {
            return Ok(None);
        };
        let bytes = match place {
            Some(place) => self.inbox.bytes(place),
            None => &*self.current,
        };
        event(&self.familiar, matter, bytes, fds)
    }

    /// The place of the next whole message, if messages are being exchanged.
    #[inline]
    fn next_place(&mut self) -> Option<core::ops::Range<usize>> {
        if !matches!(self.phase, Phase::Messages) {
            return None;
        }
        match self.inbox.frame() {
            Ok(place) => place,
            Err(error) => {
                self.end(SessionError::InvalidMessage(error));
                None
            }
        }
    }

    /// The reply that [`seek`](Self::seek) found for [`Want::Reply`], or why there is none: [`take`](Self::take) for a single
    /// call.
    ///
    /// # Errors
    /// Why there is no reply; `NotOutstanding` when `seek` was not right.
    #[inline]
    pub fn take_reply(&mut self) -> Result<Received<'_, F>, NoReply> {
        let (place, fds) = match self.found.take() {
            Some(Found { matter: Matter::Reply(_), place, fds, .. }) => (place, fds),
            Some(Found { matter: Matter::NoReply(_, reason), .. }) => return Err(reason),
            _ => return Err(NoReply::NotOutstanding),
        };
        let bytes = match place {
            Some(place) => self.inbox.bytes(place),
            None => &*self.current,
        };
        match self.familiar.parse_again(bytes) {
            Ok(message) => Ok(Received { message, fds }),
            // It was parsed when it came.
            Err(_) => Err(NoReply::NotOutstanding),
        }
    }

    /// The reply to a call, or why there is none: [`next`](Self::next) for a single call.
    ///
    /// # Errors
    /// As [`next`](Self::next).
    #[inline]
    pub fn next_reply(
        &mut self,
        call: CallId,
        now: Duration,
    ) -> Result<Option<Result<Received<'_, F>, NoReply>>, SessionError> {
        Ok(if self.seek(Want::Reply(call), now)? { Some(self.take_reply()) } else { None })
    }

    /// Makes the connection a monitor once the bus has agreed to `BecomeMonitor`: every message is an event, none is
    /// answered, and nothing can be sent any more. Spec: org.freedesktop.DBus.Monitoring.BecomeMonitor.
    pub fn become_monitor(&mut self) {
        self.ledger.become_monitor();
    }

    /// Ends the session: everything queued is dropped, its file descriptors are closed. A session that has ended keeps its
    /// first error.
    pub fn end(&mut self, error: SessionError) {
        if let Phase::Ended(_) = self.phase {
            return;
        }
        // Until authentication is over, what was queued may still be sent on another stream.
        if !matches!(error, SessionError::Authentication(_)) {
            self.ledger.outbox.clear();
        }
        self.inbox.clear();
        self.phase = Phase::Ended(error);
    }

    fn sort(&mut self, place: core::ops::Range<usize>) -> Result<(Sorted, u32), DecodeError> {
        let message = self.familiar.parse(self.inbox.bytes(place))?;
        Ok((self.ledger.sort(&message), message.header().unix_fds))
    }

    /// A message whose file descriptors are not those that it announced.
    #[cold]
    fn refuse(&mut self, matter: Matter, error: FdsError) {
        let backlog = &mut self.ledger.backlog;
        match matter {
            Matter::Reply(call) => backlog.note(Matter::NoReply(call, NoReply::Fds(error))),
            Matter::NotSubscribed(id) => backlog.note(Matter::NotSubscribed(id)),
            // Dropping what it is answered with answers it.
            _ => backlog.keep(Matter::Refused(error), &[], Vec::new()),
        }
    }

    #[inline]
    fn seek_kept(&mut self, want: Want) -> bool {
        let Some(Kept { matter, bytes, fds }) = self.ledger.backlog.take(want) else {
            return false;
        };
        self.current = bytes;
        self.found = Some(Found { matter, want, place: None, fds });
        true
    }

    /// Keeps the message at `place`.
    fn keep(&mut self, mut matter: Matter, place: &core::ops::Range<usize>, fds: Vec<F>) {
        let Ledger { backlog, subscriptions, owners, .. } = &mut self.ledger;
        let bytes = self.inbox.bytes(place.clone());
        if let Matter::Signal(waiting) = &mut matter {
            if let Ok(signal) = self.familiar.parse_again(bytes) {
                *waiting = subscriptions.wanting(&signal, owners);
            }
        }
        backlog.keep(matter, bytes, fds);
    }

    /// Keeps an event that was found and not taken: it is given again before all others.
    #[cold]
    fn keep_found(&mut self, found: Found<F>) {
        self.in_vain = None;
        let Found { mut matter, want, place, fds } = found;
        let bytes = match place {
            Some(place) => self.inbox.bytes(place).into(),
            None => core::mem::take(&mut self.current),
        };
        let Ledger { backlog, subscriptions, owners, .. } = &mut self.ledger;
        if let Matter::Signal(waiting) = &mut matter {
            match want {
                Want::Signal(id) => *waiting = alloc::vec![id],
                _ if waiting.is_empty() => {
                    *waiting = Message::parse(&bytes)
                        .map(|signal| subscriptions.wanting(&signal, owners))
                        .unwrap_or_default();
                }
                _ => {}
            }
            waiting.retain(|id| subscriptions.rule(*id).is_some());
            if waiting.is_empty() {
                return;
            }
        }
        backlog.put_back(Kept { matter, bytes, fds });
    }

    /// Whether the message that has just come is wanted. A signal that other subscriptions want too is kept for them.
    #[inline]
    fn is_wanted(&mut self, want: Want, matter: &Matter, place: &core::ops::Range<usize>) -> bool {
        match want {
            Want::Nothing => false,
            Want::Anything => true,
            Want::Reply(call) => matter.is_end_of(call),
            Want::Signal(id) if matches!(matter, Matter::Signal(_)) => {
                let Ledger { backlog, subscriptions, owners, .. } = &mut self.ledger;
                let bytes = self.inbox.bytes(place.clone());
                let Ok(signal) = self.familiar.parse_again(bytes) else {
                    return false;
                };
                let is_for = subscriptions.wants(id, &signal, owners);
                if is_for && subscriptions.len() > 1 {
                    let mut others = subscriptions.wanting(&signal, owners);
                    others.retain(|other| *other != id);
                    if !others.is_empty() {
                        backlog.keep(Matter::Signal(others), bytes, Vec::new());
                    }
                }
                is_for
            }
            Want::Signal(id) => matter.is_refusal_of(id),
        }
    }
}

/// The event about `matter`, whose message was parsed before.
#[inline]
fn event<'a, F>(
    familiar: &'a FamiliarHeader,
    matter: Matter,
    bytes: &'a [u8],
    fds: Vec<F>,
) -> Result<Option<Event<'a, F>>, SessionError> {
    let received = |fds| match familiar.parse_again(bytes) {
        Ok(message) => Ok(Received { message, fds }),
        Err(error) => Err(SessionError::InvalidMessage(error)),
    };
    Ok(Some(match matter {
        Matter::Reply(call) => Event::Reply { call, reply: received(fds)? },
        Matter::NoReply(call, reason) => Event::NoReply { call, reason },
        Matter::Signal(_) => Event::Signal(received(fds)?),
        Matter::MethodCall(reply_to) => Event::MethodCall { call: received(fds)?, reply_to },
        Matter::Refused(error) => Event::Refused(error),
        Matter::NotSubscribed(subscription) => {
            let reply = if bytes.is_empty() { None } else { Some(received(fds)?) };
            Event::NotSubscribed { subscription, reply }
        }
        Matter::Monitored => Event::Monitored(received(fds)?),
        Matter::Taken => return Ok(None),
    }))
}
