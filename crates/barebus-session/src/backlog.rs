//! Messages that came while another one was asked for.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::error::{FdsError, NoReply};
use crate::event::{CallId, ReplyTo, Want};
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
    /// Nothing any more: it was taken from among others that wait.
    Taken,
}

impl Matter {
    /// Whether it is what `want` asks for; of a signal, once it had to wait.
    #[inline]
    pub(crate) fn is_wanted(&self, want: Want) -> bool {
        match want {
            Want::Nothing => false,
            Want::Anything => !matches!(self, Self::Taken),
            Want::Reply(call) => self.is_end_of(call),
            Want::Signal(id) => self.is_refusal_of(id) || self.waits_for(id),
        }
    }

    #[inline]
    pub(crate) fn is_end_of(&self, call: CallId) -> bool {
        matches!(self, Self::Reply(id) | Self::NoReply(id, _) if *id == call)
    }

    pub(crate) fn is_refusal_of(&self, subscription: SubscriptionId) -> bool {
        matches!(self, Self::NotSubscribed(id) if *id == subscription)
    }

    /// Whether it is a signal that this subscription has not been given.
    fn waits_for(&self, id: SubscriptionId) -> bool {
        matches!(self, Self::Signal(waiting) if waiting.contains(&id))
    }
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

    fn is_taken(&self) -> bool {
        matches!(self.matter, Matter::Taken)
    }
}

/// What a file descriptor counts, in bytes: so that 16 MiB of queue never hold more than a thousand of them open.
const FD_COST: usize = 16 << 10;

/// The events that wait, oldest first, bounded in bytes.
#[derive(Debug)]
pub(crate) struct Backlog<F> {
    /// With those that were [taken](Matter::Taken), so that the others need not move for each.
    events: Vec<Kept<F>>,
    /// How many of `events` were taken.
    taken: usize,
    /// Index of the first that was not.
    first: usize,
    /// What the others cost together.
    bytes: usize,
    limit: usize,
    dropped: u64,
    /// Events came that are not about a message that came: the end of a call, of a subscription.
    has_news: bool,
}

impl<F> Backlog<F> {
    pub(crate) const fn new(limit: usize) -> Self {
        Self {
            events: Vec::new(),
            taken: 0,
            first: 0,
            bytes: 0,
            limit,
            dropped: 0,
            has_news: false,
        }
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
            self.push(kept);
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
        self.push(kept);
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
        let before = self.first.checked_sub(1);
        match before.and_then(|before| self.events.get_mut(before)) {
            Some(place) => {
                *place = kept;
                self.first -= 1;
                self.taken -= 1;
            }
            None => self.events.insert(0, kept),
        }
    }

    /// Whether the end of `call` waits.
    pub(crate) fn holds_end_of(&self, call: CallId) -> bool {
        self.events.iter().skip(self.first).any(|kept| kept.matter.is_end_of(call))
    }

    /// Takes the oldest event that is wanted. A signal stays for the other subscriptions that it waits for; its file descriptors
    /// go to the first taker.
    #[inline]
    pub(crate) fn take(&mut self, want: Want) -> Option<Kept<F>> {
        if self.events.is_empty() || want == Want::Nothing {
            return None;
        }
        self.take_wanted(want)
    }

    fn take_wanted(&mut self, want: Want) -> Option<Kept<F>> {
        let mut events = self.events.iter_mut().skip(self.first);
        let kept = events.find(|kept| kept.matter.is_wanted(want))?;
        self.bytes -= kept.cost();
        if let (Want::Signal(taker), Matter::Signal(waiting)) = (want, &mut kept.matter) {
            waiting.retain(|id| *id != taker);
            if !waiting.is_empty() {
                let fds = core::mem::take(&mut kept.fds);
                self.bytes += kept.cost();
                let matter = Matter::Signal(alloc::vec![taker]);
                return Some(Kept { matter, bytes: kept.bytes.clone(), fds });
            }
            waiting.push(taker);
        }
        let taken = Kept { matter: Matter::Taken, bytes: Box::default(), fds: Vec::new() };
        let kept = core::mem::replace(kept, taken);
        self.taken += 1;
        self.tidy();
        Some(kept)
    }

    /// Drops the signals that wait for nobody but a subscription that has ended.
    pub(crate) fn forget_subscription(&mut self, ended: SubscriptionId) {
        for kept in self.events.iter_mut().filter(|kept| kept.matter.waits_for(ended)) {
            self.bytes -= kept.cost();
            if let Matter::Signal(waiting) = &mut kept.matter {
                waiting.retain(|id| *id != ended);
                if !waiting.is_empty() {
                    self.bytes += kept.cost();
                    continue;
                }
            }
            *kept = Kept { matter: Matter::Taken, bytes: Box::default(), fds: Vec::new() };
            self.taken += 1;
        }
        self.tidy();
    }

    /// Drops the events of a call that nobody waits for any more.
    pub(crate) fn forget(&mut self, call: CallId) {
        while self.take(Want::Reply(call)).is_some() {}
    }

    /// Passes those at the front that were taken. Among the others there may be as many as the square root of all: so that neither
    /// walking over them nor moving the others takes long.
    fn tidy(&mut self) {
        while self.events.get(self.first).is_some_and(Kept::is_taken) {
            self.first += 1;
        }
        let among = self.taken - self.first;
        if self.first == self.events.len() || among * among > self.events.len() {
            self.clear_taken();
        }
    }

    fn clear_taken(&mut self) {
        self.events.retain(|kept| !kept.is_taken());
        self.taken = 0;
        self.first = 0;
    }

    fn push(&mut self, kept: Kept<F>) {
        // Half of them at least: each is moved once on average.
        if self.events.len() == self.events.capacity() && self.taken * 2 >= self.events.len() {
            self.clear_taken();
        }
        self.events.push(kept);
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
            backlog.take(Want::Reply(call)).unwrap().matter,
            Matter::NoReply(id, NoReply::QueueFull) if id == call
        ));
        assert_eq!(backlog.take(Want::Anything).unwrap().bytes[0], 1);
        assert_eq!(backlog.take(Want::Anything).unwrap().bytes[0], 2);
        assert!(backlog.take(Want::Anything).is_none());
        assert_eq!(backlog.bytes, 0);
    }

    #[test]
    fn what_is_taken_from_behind_others_does_not_pile_up() {
        let call = |serial| CallId(Serial::new(serial).unwrap());
        let mut backlog = Backlog::<u8>::new(1 << 20);
        backlog.keep(Matter::Monitored, &[0], Vec::new());
        (1..=1000).for_each(|serial| backlog.keep(Matter::Reply(call(serial)), &[1], Vec::new()));
        for serial in 1..=1000 {
            assert!(backlog.holds_end_of(call(serial)));
            assert!(backlog.take(Want::Reply(call(serial))).is_some());
            let waiting = backlog.events.len() - backlog.taken;
            assert_eq!(waiting, 1001 - serial as usize);
            assert!(backlog.taken * backlog.taken <= backlog.events.len(), "{serial}");
        }
        let first = backlog.take(Want::Anything).unwrap();
        backlog.keep(Matter::Monitored, &[2], Vec::new());
        backlog.put_back(first);
        assert_eq!(backlog.take(Want::Anything).unwrap().bytes[0], 0);
        assert_eq!(backlog.take(Want::Anything).unwrap().bytes[0], 2);
        assert_eq!((backlog.bytes, backlog.events.len()), (0, 0));
    }
}
