//! Messages that came while another one was asked for.

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::vec::Vec;

use crate::error::{FdsError, NoReply};
use crate::event::{CallId, ReplyTo};
use crate::matching::SubscriptionId;

/// What an event is about, without its message.
#[derive(Debug)]
pub(crate) enum Matter {
    Reply(CallId),
    NoReply(CallId, NoReply),
    /// A signal, and once it had to wait, the subscriptions that it waits for. Those that wanted it when it came: who owns a
    /// name may have changed since.
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
    /// What it counts, in bytes.
    fn cost(&self) -> usize {
        let waiting = match &self.matter {
            Matter::Signal(waiting) => size_of_val(&**waiting),
            _ => 0,
        };
        size_of::<Self>() + self.bytes.len() + waiting + self.fds.len() * FD_COST
    }

    /// Whether it is a signal that this subscription has not been given.
    fn waits_for(&self, id: SubscriptionId) -> bool {
        matches!(&self.matter, Matter::Signal(waiting) if waiting.contains(&id))
    }
}

/// What a file descriptor counts, in bytes: so that 16 MiB of queue never hold more than a thousand of them open.
const FD_COST: usize = 16 << 10;

/// The events that wait, oldest first, bounded in bytes.
#[derive(Debug)]
pub(crate) struct Backlog<F> {
    events: VecDeque<Kept<F>>,
    /// What `events` cost together.
    bytes: usize,
    limit: usize,
    dropped: u64,
    /// Events came that are not about a message that came: the end of a call, of a subscription.
    has_news: bool,
}

impl<F> Backlog<F> {
    pub(crate) const fn new(limit: usize) -> Self {
        Self { events: VecDeque::new(), bytes: 0, limit, dropped: 0, has_news: false }
    }

    /// Messages that found no place.
    pub(crate) const fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Keeps an event. What finds no place is dropped and counted; of a reply, that it came is kept.
    pub(crate) fn keep(&mut self, matter: Matter, bytes: &[u8], fds: Vec<F>) {
        let mut kept = Kept { matter, bytes: Box::default(), fds };
        let cost = kept.cost() + bytes.len();
        if self.bytes.saturating_add(cost) <= self.limit {
            self.bytes += cost;
            kept.bytes = bytes.into();
            self.events.push_back(kept);
            return;
        }
        self.dropped += 1;
        match kept.matter {
            Matter::Reply(call) => self.note(Matter::NoReply(call, NoReply::QueueFull)),
            Matter::NotSubscribed(id) => self.note(Matter::NotSubscribed(id)),
            _ => {}
        }
    }

    /// Keeps the end of a call or a subscription, whatever the limit: there are at most as many as the user made.
    pub(crate) fn note(&mut self, matter: Matter) {
        self.has_news = true;
        let kept = Kept { matter, bytes: Box::default(), fds: Vec::new() };
        self.bytes += kept.cost();
        self.events.push_back(kept);
    }

    /// Whether anything was [noted](Self::note) since this was last asked: only then can an event be wanted that was not when
    /// it came.
    #[inline]
    pub(crate) const fn has_news(&mut self) -> bool {
        core::mem::replace(&mut self.has_news, false)
    }

    /// As [`has_news`](Self::has_news), which may be asked again.
    pub(crate) const fn has_unseen(&self) -> bool {
        self.has_news
    }

    /// Puts the event back that was taken last.
    pub(crate) fn put_back(&mut self, kept: Kept<F>) {
        self.bytes += kept.cost();
        self.events.push_front(kept);
    }

    /// Whether an event that `is_sought` says is sought waits.
    pub(crate) fn holds(&self, is_sought: impl FnMut(&Kept<F>) -> bool) -> bool {
        self.events.iter().any(is_sought)
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

    /// Takes the oldest signal that waits for the subscription, or that the subscription was refused. A signal stays for the
    /// other subscriptions that it waits for; its file descriptors go to the first taker.
    pub(crate) fn take_signal(&mut self, taker: SubscriptionId) -> Option<Kept<F>> {
        let is_refusal =
            |kept: &Kept<F>| matches!(kept.matter, Matter::NotSubscribed(id) if id == taker);
        let index =
            self.events.iter().position(|kept| kept.waits_for(taker) || is_refusal(kept))?;
        let kept = self.events.get_mut(index)?;
        self.bytes -= kept.cost();
        if let Matter::Signal(waiting) = &mut kept.matter {
            waiting.retain(|id| *id != taker);
            if !waiting.is_empty() {
                let fds = core::mem::take(&mut kept.fds);
                self.bytes += kept.cost();
                let matter = Matter::Signal(alloc::vec![taker]);
                return Some(Kept { matter, bytes: kept.bytes.clone(), fds });
            }
            waiting.push(taker);
        }
        self.events.remove(index)
    }

    /// Drops the signals that wait for nobody but a subscription that has ended.
    pub(crate) fn forget_subscription(&mut self, ended: SubscriptionId) {
        let bytes = &mut self.bytes;
        self.events.retain_mut(|kept| {
            if !kept.waits_for(ended) {
                return true;
            }
            *bytes -= kept.cost();
            let Matter::Signal(waiting) = &mut kept.matter else {
                return true;
            };
            waiting.retain(|id| *id != ended);
            let stays = !waiting.is_empty();
            if stays {
                *bytes += kept.cost();
            }
            stays
        });
    }

    fn remove(&mut self, index: usize) -> Option<Kept<F>> {
        let kept = self.events.remove(index)?;
        self.bytes -= kept.cost();
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
