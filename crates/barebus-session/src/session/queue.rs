//! Events that wait until they are polled.

use alloc::vec::Vec;
use core::mem;
use core::ops::Range;

use super::{Ready, Session};
use crate::error::{FdsError, NoReply};
use crate::event::{Kind, Want};
use crate::event_queue::{EventKey, Queued};

impl<F> Session<F> {
    /// Keeps a message that is an event. If it finds no place it is dropped and counted; if its file descriptors are not those that it
    /// announced it is refused. That a call or a subscription has ended is kept all the same.
    pub(super) fn keep(&mut self, kind: Kind, frame: &Range<usize>, fds: Result<Vec<F>, FdsError>) {
        let reason = match fds {
            Ok(_) => NoReply::QueueFull,
            Err(error) => NoReply::Fds(error),
        };
        let is_whole = fds.is_ok();
        let subscriptions = mem::take(self.router.matched_mut());
        let bytes = self.inbox.bytes(frame).into();
        let event = Queued::new(kind, subscriptions, bytes, fds.unwrap_or_default());
        if is_whole && !self.queue.is_full_for(&event) {
            self.enqueue(event);
        } else {
            self.dropped += u64::from(is_whole);
            self.drop_message(event, reason);
        }
    }

    /// Keeps of an event only that a call or a subscription has ended, or that a message was refused.
    #[cold]
    fn drop_message(&mut self, mut event: Queued<F>, reason: NoReply) {
        event.drop_message();
        match (&event.kind, reason) {
            (Kind::Reply(call), _) => event.kind = Kind::NoReply(*call, reason),
            (Kind::NotSubscribed, _) => {}
            (_, NoReply::Fds(error)) => {
                event.subscriptions = [].into();
                // Dropping the `ReplyTo` of a call answers it.
                event.kind = Kind::Refused(error);
                if self.queue.is_full_for(&event) {
                    self.dropped += 1;
                    return;
                }
            }
            _ => return,
        }
        self.enqueue(event);
    }

    /// Adds an event to the queue, and to the lists of those who may ask for it.
    pub(super) fn enqueue(&mut self, event: Queued<F>) {
        self.needs_poll = true;
        let key = self.queue.push(event);
        self.index(key, false);
    }

    /// Adds an event to the lists of those who may ask for it.
    fn index(&mut self, key: EventKey, at_front: bool) {
        let Some(event) = self.queue.get_mut(key) else { return };
        if let Some(call) = event.kind.ended_call() {
            self.router.pending.set_end(call.0, key);
        }
        self.router.wait(&event.subscriptions, key, at_front);
    }

    /// Makes the first queued event that is wanted ready.
    #[inline]
    pub(super) fn poll_queue(&mut self, want: Want) -> bool {
        let first = self.queue.first();
        if first.is_none() {
            return false;
        }
        let key = match want {
            Want::Nothing => None,
            Want::Anything => first,
            Want::Reply(call) => self.router.pending.end_of(call.0),
            Want::Signal(id) => self.router.first_waiting(id),
        };
        key.is_some_and(|key| self.take_queued(key, want))
    }

    #[cold]
    fn take_queued(&mut self, key: EventKey, want: Want) -> bool {
        let event = match want {
            Want::Signal(id) => self.queue.take_for(key, id),
            _ => self.queue.take(key),
        };
        let Some(mut event) = event else { return false };
        let fds = event.take_fds();
        let Queued { kind, subscriptions, bytes, .. } = event;
        if let Some(call) = kind.ended_call() {
            self.router.pending.set_end(call.0, EventKey::NONE);
        }
        *self.router.matched_mut() = subscriptions.into();
        self.router.taken(key, matches!(kind, Kind::NotSubscribed));
        self.current = bytes;
        self.ready = Some(Ready { kind, frame: None, fds });
        true
    }

    /// Puts the event that was polled and not taken back to the front of the queue.
    #[cold]
    pub(super) fn requeue_ready(&mut self) {
        let Some(Ready { kind, frame, fds, .. }) = self.ready.take() else {
            return;
        };
        let bytes = match &frame {
            Some(frame) => self.inbox.bytes(frame).into(),
            None => mem::take(&mut self.current),
        };
        let subscriptions = mem::take(self.router.matched_mut());
        let key = self.queue.push_front(Queued::new(kind, subscriptions, bytes, fds));
        self.index(key, true);
    }
}
