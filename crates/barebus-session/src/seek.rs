//! Finding the next event that is wanted among what has come, and keeping the others.

use alloc::vec::Vec;
use core::ops::Range;
use core::time::Duration;

use barebus_wire::{DecodeError, HeaderCache, Message};

use crate::backlog::{Kept, Matter};
use crate::error::{FdsError, NoReply, SessionError};
use crate::event::{CallId, Event, Received, Want};
use crate::ledger::Ledger;
use crate::moment::Moment;
use crate::session::{Phase, Session};
use crate::sort::Sorted;

/// An event that was found.
#[derive(Debug)]
pub(crate) struct Found<F> {
    pub(crate) matter: Matter,
    /// What was looked for.
    want: Want,
    /// Its message in the inbox; `None` when it had to wait.
    place: Option<Range<usize>>,
    fds: Vec<F>,
}

impl<F> Session<F> {
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
        if self.found.is_some() {
            self.put_back_found();
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
            let matter = match sorted {
                Sorted::Event(matter) => Some(matter),
                Sorted::Done => None,
                Sorted::End(error) => {
                    self.end(*error);
                    break;
                }
            };
            if let Some(matter) = matter {
                match fds {
                    Ok(fds) if !is_late && self.is_wanted(want, &matter, &place) => {
                        self.found = Some(Found { matter, want, place: Some(place), fds });
                        return Ok(true);
                    }
                    Ok(fds) => self.keep(matter, &place, fds),
                    Err(error) => self.refuse(matter, error),
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
    fn next_place(&mut self) -> Option<Range<usize>> {
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
        match self.familiar.parse_without_update(bytes) {
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

    fn sort(&mut self, place: Range<usize>) -> Result<(Sorted, u32), DecodeError> {
        let bytes = self.inbox.bytes(place);
        // What the first messages are headed with does not repeat.
        let message = match self.is_used_again {
            true => self.familiar.parse(bytes)?,
            false => Message::parse(bytes)?,
        };
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
    fn keep(&mut self, mut matter: Matter, place: &Range<usize>, fds: Vec<F>) {
        let Ledger { backlog, subscriptions, owners, .. } = &mut self.ledger;
        let bytes = self.inbox.bytes(place.clone());
        if let Matter::Signal(waiting) = &mut matter {
            if let Ok(signal) = self.familiar.parse_without_update(bytes) {
                *waiting = subscriptions.wanting(&signal, owners);
            }
        }
        backlog.keep(matter, bytes, fds);
    }

    /// Puts back the event that was found and not taken.
    #[cold]
    pub(crate) fn put_back_found(&mut self) {
        if let Some(found) = self.found.take() {
            self.keep_found(found);
        }
    }

    /// Keeps an event that was found and not taken: it is given again before all others.
    #[cold]
    pub(crate) fn keep_found(&mut self, found: Found<F>) {
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
            if waiting.is_empty() {
                return;
            }
        }
        backlog.put_back(Kept { matter, bytes, fds });
    }

    /// Whether the message that has just come is wanted. A signal that other subscriptions want too is kept for them.
    #[inline]
    fn is_wanted(&mut self, want: Want, matter: &Matter, place: &Range<usize>) -> bool {
        match want {
            Want::Nothing => false,
            Want::Anything => true,
            Want::Reply(call) => matter.is_end_of(call),
            Want::Signal(id) if matches!(matter, Matter::Signal(_)) => {
                let Ledger { backlog, subscriptions, owners, .. } = &mut self.ledger;
                let bytes = self.inbox.bytes(place.clone());
                let Ok(signal) = self.familiar.parse_without_update(bytes) else {
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
    familiar: &'a HeaderCache,
    matter: Matter,
    bytes: &'a [u8],
    fds: Vec<F>,
) -> Result<Option<Event<'a, F>>, SessionError> {
    let received = |fds| match familiar.parse_without_update(bytes) {
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
