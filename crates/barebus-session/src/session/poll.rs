//! From received bytes to events.

use alloc::vec::Vec;
use core::mem;
use core::ops::Range;
use core::time::Duration;

use barebus_wire::{DecodeError, Message};

use super::handshake::Phase;
use super::{Ready, Session};
use crate::error::{FdsError, NoReply, SessionError};
use crate::event::{CallId, Event, Kind, Received, Want};
use crate::event_queue::{EventKey, Queued};
use crate::instant::Instant;
use crate::router::Route;

impl<F> Session<F> {
    /// The next event that is wanted; `None` when more must be received first. Other events are kept, in order.
    ///
    /// # Errors
    /// Why the session has ended, after the last event that came before. Every later call returns the same error.
    #[inline]
    pub fn poll_event(
        &mut self,
        want: Want,
        now: Duration,
    ) -> Result<Option<Event<'_, F>>, SessionError> {
        self.poll(want, now)?;
        self.take_event()
    }

    /// The reply to a call, or why there is none; `None` when more must be received first.
    ///
    /// # Errors
    /// As [`poll_event`](Self::poll_event).
    #[inline]
    pub fn poll_reply(
        &mut self,
        call: CallId,
        now: Duration,
    ) -> Result<Option<Result<Received<'_, F>, NoReply>>, SessionError> {
        Ok(if self.poll(Want::Reply(call), now)? { Some(self.take_reply()) } else { None })
    }

    /// Processes received messages and passed deadlines until a wanted event is ready: [`take_event`](Self::take_event) returns it. For
    /// loops that go on until there is one, which cannot borrow the event meanwhile.
    ///
    /// # Errors
    /// As [`poll_event`](Self::poll_event).
    pub fn poll(&mut self, want: Want, now: Duration) -> Result<bool, SessionError> {
        let now = Instant::from(now);
        if self.ready.is_some() {
            self.requeue_ready();
        }
        self.router.answer_dropped();
        self.perform_actions();
        self.needs_poll = false;
        if self.poll_queue(want) {
            return Ok(true);
        }
        let is_handshake_late = self.is_handshake_late(now);
        // What came before a deadline still counts, but no peer can put the deadline off by sending messages. One call has one reply.
        let is_late = is_handshake_late
            || (!matches!(want, Want::Reply(_)) && self.router.next_deadline() <= now);
        while let Some(frame) = self.next_frame() {
            let is_ready = self.process(frame, want, is_late);
            if is_ready || (self.needs_poll && !is_late && self.poll_queue(want)) {
                return Ok(true);
            }
        }
        self.handle_timeout(now, is_handshake_late);
        if self.needs_poll && self.poll_queue(want) {
            return Ok(true);
        }
        if self.is_eof && !matches!(self.phase, Phase::Ended(_)) {
            let unfinished = self.inbox.unread().len();
            self.end(SessionError::Closed { awaited: self.awaited(), unfinished });
        }
        match &self.phase {
            Phase::Ended(error) => Err(error.clone()),
            _ => Ok(false),
        }
    }

    /// The event that [`poll`](Self::poll) made ready.
    ///
    /// # Errors
    /// None after `poll` returned `true`; `InvalidMessage` otherwise.
    #[inline]
    pub fn take_event(&mut self) -> Result<Option<Event<'_, F>>, SessionError> {
        let Some(Ready { kind, frame, fds, .. }) = self.ready.take() else {
            return Ok(None);
        };
        if let Some(call) = kind.ended_call() {
            self.router.pending.remove(call.0);
        }
        let bytes = match &frame {
            Some(frame) => self.inbox.bytes(frame),
            None => &*self.current,
        };
        let received = |fds| match self.headers.parse_without_update(bytes) {
            Ok(message) => Ok(Received { message, fds }),
            Err(error) => Err(SessionError::InvalidMessage(error)),
        };
        let subscriptions = self.router.matched();
        Ok(Some(match kind {
            Kind::Reply(call) => Event::Reply { call, reply: received(fds)? },
            Kind::NoReply(call, reason) => Event::NoReply { call, reason },
            Kind::Signal => Event::Signal { subscriptions, signal: received(fds)? },
            Kind::MethodCall(reply_to) => Event::MethodCall { call: received(fds)?, reply_to },
            Kind::Refused(error) => Event::Refused(error),
            Kind::NotSubscribed => {
                let reply = if bytes.is_empty() { None } else { Some(received(fds)?) };
                Event::NotSubscribed { subscriptions, reply }
            }
            Kind::Monitored => Event::Monitored(received(fds)?),
            Kind::Held => return Ok(None),
        }))
    }

    /// The reply that [`poll`](Self::poll) made ready for [`Want::Reply`], or why there is none: [`take_event`](Self::take_event) for a
    /// single call.
    ///
    /// # Errors
    /// Why there is no reply; `NotOutstanding` when `poll` did not return `true`.
    #[inline]
    pub fn take_reply(&mut self) -> Result<Received<'_, F>, NoReply> {
        let Some(Ready { kind, frame, fds, .. }) = self.ready.take() else {
            return Err(NoReply::NotOutstanding);
        };
        let Some(call) = kind.ended_call() else {
            return Err(NoReply::NotOutstanding);
        };
        self.router.pending.remove(call.0);
        if let Kind::NoReply(_, reason) = kind {
            return Err(reason);
        }
        let bytes = match &frame {
            Some(frame) => self.inbox.bytes(frame),
            None => &*self.current,
        };
        match self.headers.parse_without_update(bytes) {
            Ok(message) => Ok(Received { message, fds }),
            // It was parsed when it came.
            Err(_) => Err(NoReply::NotOutstanding),
        }
    }

    /// The place of the next complete message, if messages are being exchanged.
    fn next_frame(&mut self) -> Option<Range<usize>> {
        if !matches!(self.phase, Phase::Messages) {
            return None;
        }
        match self.inbox.frame() {
            Ok(frame) => frame,
            Err(error) => {
                self.end(SessionError::InvalidMessage(error));
                None
            }
        }
    }

    /// Processes one message. `true` when it is a wanted event, which is ready then. Otherwise it is kept, if it is an event.
    #[inline]
    fn process(&mut self, frame: Range<usize>, want: Want, is_late: bool) -> bool {
        let (route, unix_fds) = match self.route(&frame) {
            Ok(routed) => routed,
            Err(error) => {
                self.end(SessionError::InvalidMessage(error));
                return false;
            }
        };
        let fds = self.inbox.take(&frame, unix_fds);
        let mut is_ready = false;
        match (route, fds) {
            (Route::Done, _) => {}
            (Route::Event(kind), Ok(fds))
                if !is_late && !self.needs_poll && self.is_wanted(want, &kind) =>
            {
                self.make_ready(kind, frame, fds, want);
                is_ready = true;
            }
            (Route::Event(kind), fds) => self.keep(kind, &frame, fds),
            (route, fds) => self.process_other(route, &frame, fds),
        }
        self.perform_actions();
        is_ready
    }

    #[inline]
    fn route(&mut self, frame: &Range<usize>) -> Result<(Route, u32), DecodeError> {
        let bytes = self.inbox.bytes(frame);
        // The headers of the first messages do not repeat.
        let parsed = match self.is_reused {
            true => self.headers.parse(bytes),
            false => Message::parse(bytes),
        };
        // Borrowed, because moving a message costs more than routing it.
        match &parsed {
            Ok(message) => Ok((self.router.route(message), message.header().unix_fds)),
            Err(error) => Err(*error),
        }
    }

    /// Whether an event that has just come is wanted. Nothing that is wanted waits in the queue.
    #[inline]
    fn is_wanted(&self, want: Want, kind: &Kind) -> bool {
        match want {
            Want::Nothing => false,
            Want::Anything => true,
            Want::Reply(call) => kind.ended_call() == Some(call),
            Want::Signal(id) => self.router.matched().contains(&id),
        }
    }

    /// Makes a message the event that is taken next. Other subscriptions than the wanted one get a signal without its file
    /// descriptors.
    #[inline]
    fn make_ready(&mut self, kind: Kind, frame: Range<usize>, fds: Vec<F>, want: Want) {
        let matched = self.router.matched_mut();
        match want {
            Want::Signal(id) if matched.len() > 1 => {
                matched.retain(|other| *other != id);
                let kind = match kind {
                    Kind::NotSubscribed => Kind::NotSubscribed,
                    _ => Kind::Signal,
                };
                self.keep(kind, &frame, Ok(Vec::new()));
                self.router.matched_mut().push(id);
            }
            _ => {}
        }
        if let Kind::NotSubscribed = kind {
            self.router.taken(EventKey::NONE, true);
        }
        self.ready = Some(Ready { kind, frame: Some(frame), fds });
    }

    /// What seldom comes.
    #[cold]
    fn process_other(&mut self, route: Route, frame: &Range<usize>, fds: Result<Vec<F>, FdsError>) {
        match (route, fds) {
            (Route::Hold(mut held), fds) => {
                if let Ok(fds) = fds {
                    let bytes = self.inbox.bytes(frame).into();
                    let queued = Queued::new(Kind::Held, Vec::new(), bytes, fds);
                    match self.queue.is_full_for(&queued) {
                        true => self.dropped += 1,
                        false => held.key = self.queue.hold(queued),
                    }
                }
                self.router.hold(held);
            }
            (Route::End(error), _) => self.end(*error),
            (Route::Done | Route::Event(_), _) => {}
        }
    }

    /// Ends what has waited too long.
    #[inline]
    fn handle_timeout(&mut self, now: Instant, is_handshake_late: bool) {
        if is_handshake_late {
            self.handshake_timed_out();
        }
        // When the handshake timed out that is the reason, not the time of a call that was never delivered.
        if !matches!(self.phase, Phase::Ended(SessionError::HandshakeTimedOut { .. })) {
            let route = self.router.handle_timeout(now);
            self.perform_actions();
            if let Route::Event(kind) = route {
                let subscriptions = mem::take(self.router.matched_mut());
                self.enqueue(Queued::without_message(kind, subscriptions));
            }
        }
    }

    #[cold]
    fn handshake_timed_out(&mut self) {
        if let Some(awaited) = self.awaited() {
            self.end(SessionError::HandshakeTimedOut { awaited });
        }
    }
}
