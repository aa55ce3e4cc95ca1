//! Messages that came while another one was asked for.

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::vec::Vec;

use barebus_wire::Message;

use crate::error::{FdsError, NoReply};
use crate::event::{CallId, ReplyTo};
use crate::matching::{SubscriptionId, Subscriptions};
use crate::owners::Owners;

/// What an event is about, without its message.
#[derive(Debug)]
pub(crate) enum Matter {
    Reply(CallId),
    NoReply(CallId, NoReply),
    /// A signal, and the subscriptions that have already been given it.
    Signal(Vec<SubscriptionId>),
    MethodCall(ReplyTo),
    Refused(FdsError),
    NotSubscribed(SubscriptionId),
    Monitored,
}

/// An event that waits.
#[derive(Debug)]
pub(crate) struct Kept<F> {
    pub(crate) matter: Matter,
    /// The whole message; empty where there is none.
    pub(crate) bytes: Box<[u8]>,
    pub(crate) fds: Vec<F>,
}

impl<F> Kept<F> {
    /// Whether it is a signal that a subscription asks for and has not been given.
    pub(crate) fn waits_for_any(&self, subscriptions: &Subscriptions, owners: &Owners) -> bool {
        self.signal().is_some_and(|(signal, given)| subscriptions.wait_for(&signal, given, owners))
    }

    /// Whether it is a signal that this subscription asks for and has not been given.
    pub(crate) fn waits_for(
        &self,
        id: SubscriptionId,
        subscriptions: &Subscriptions,
        owners: &Owners,
    ) -> bool {
        self.signal().is_some_and(|(signal, given)| {
            !given.contains(&id) && subscriptions.wants(id, &signal, owners)
        })
    }

    fn signal(&self) -> Option<(Message<'_>, &[SubscriptionId])> {
        match &self.matter {
            // It was parsed when it came.
            Matter::Signal(given) => Some((Message::parse(&self.bytes).ok()?, given)),
            _ => None,
        }
    }
}

/// The events that wait, oldest first, bounded in bytes.
#[derive(Debug)]
pub(crate) struct Backlog<F> {
    events: VecDeque<Kept<F>>,
    /// Bytes of the messages in `events`, and of the events themselves.
    bytes: usize,
    limit: usize,
    dropped: u64,
}

impl<F> Backlog<F> {
    pub(crate) const fn new(limit: usize) -> Self {
        Self { events: VecDeque::new(), bytes: 0, limit, dropped: 0 }
    }

    /// Messages that found no place.
    pub(crate) const fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Keeps a message. What finds no place is dropped and counted; of a reply, that it was is kept.
    pub(crate) fn keep(&mut self, matter: Matter, bytes: &[u8], fds: Vec<F>) {
        let cost = bytes.len() + size_of::<Kept<F>>();
        if self.bytes.saturating_add(cost) <= self.limit {
            self.bytes += cost;
            self.events.push_back(Kept { matter, bytes: bytes.into(), fds });
            return;
        }
        self.dropped += 1;
        if let Matter::Reply(call) = matter {
            self.note(Matter::NoReply(call, NoReply::QueueFull));
        }
    }

    /// Keeps an event without a message: there are at most as many as calls and subscriptions.
    pub(crate) fn note(&mut self, matter: Matter) {
        self.bytes += size_of::<Kept<F>>();
        self.events.push_back(Kept { matter, bytes: Box::default(), fds: Vec::new() });
    }

    /// Puts the event back that was taken last.
    pub(crate) fn put_back(&mut self, kept: Kept<F>) {
        self.bytes += kept.bytes.len() + size_of::<Kept<F>>();
        self.events.push_front(kept);
    }

    /// Takes the oldest event that `wanted` says is wanted.
    #[inline]
    pub(crate) fn take(&mut self, wanted: impl FnMut(&Kept<F>) -> bool) -> Option<Kept<F>> {
        if self.events.is_empty() {
            return None;
        }
        let index = self.events.iter().position(wanted)?;
        self.remove(index)
    }

    /// Takes the oldest signal that `wanted` says is wanted by `taker`; it stays for the other subscriptions that `stays` says
    /// want it. Its file descriptors go to the first taker.
    pub(crate) fn take_signal(
        &mut self,
        taker: SubscriptionId,
        wanted: impl FnMut(&Kept<F>) -> bool,
        stays: impl FnOnce(&Kept<F>) -> bool,
    ) -> Option<Kept<F>> {
        let index = self.events.iter().position(wanted)?;
        let kept = self.events.get_mut(index)?;
        match &mut kept.matter {
            Matter::Signal(given) => given.push(taker),
            _ => return self.remove(index),
        }
        if !stays(kept) {
            return self.remove(index);
        }
        let fds = core::mem::take(&mut kept.fds);
        Some(Kept { matter: Matter::Signal(Vec::new()), bytes: kept.bytes.clone(), fds })
    }

    /// Drops the signals of which `stays` is false.
    pub(crate) fn sift_signals(&mut self, stays: impl Fn(&Kept<F>) -> bool) {
        let goes = |kept: &Kept<F>| matches!(kept.matter, Matter::Signal(_)) && !stays(kept);
        while self.take(goes).is_some() {}
    }

    fn remove(&mut self, index: usize) -> Option<Kept<F>> {
        let kept = self.events.remove(index)?;
        self.bytes -= kept.bytes.len() + size_of::<Kept<F>>();
        Some(kept)
    }

    /// Drops the events of a call that nobody waits for any more.
    pub(crate) fn forget(&mut self, call: CallId) {
        let of_call = |kept: &Kept<F>| match kept.matter {
            Matter::Reply(id) | Matter::NoReply(id, _) => id == call,
            _ => false,
        };
        while self.take(of_call).is_some() {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use barebus_wire::Serial;

    #[test]
    fn drops_and_counts_what_exceeds_the_limit() {
        let mut backlog = Backlog::<u8>::new(1000 + 2 * size_of::<Kept<u8>>());
        backlog.keep(Matter::Signal(Vec::new()), &[1; 500], Vec::new());
        backlog.keep(Matter::Signal(Vec::new()), &[2; 500], Vec::new());
        backlog.keep(Matter::Signal(Vec::new()), &[3; 1], Vec::new());
        let call = CallId(Serial::FIRST);
        backlog.keep(Matter::Reply(call), &[4; 1], Vec::new());
        assert_eq!(backlog.dropped(), 2);
        assert!(matches!(
            backlog.take(|kept| kept.bytes.is_empty()).unwrap().matter,
            Matter::NoReply(id, NoReply::QueueFull) if id == call
        ));
        assert_eq!(backlog.take(|_| true).unwrap().bytes[0], 1);
        assert_eq!(backlog.take(|_| true).unwrap().bytes[0], 2);
        assert!(backlog.take(|_| true).is_none());
        assert_eq!(backlog.bytes, 0);
    }
}
