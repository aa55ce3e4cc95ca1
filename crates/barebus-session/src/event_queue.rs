//! Events that wait until they are asked for.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::event::{Kind, SubscriptionId};

/// An event that waits.
#[derive(Debug)]
pub(crate) struct Queued<F> {
    pub(crate) kind: Kind,
    /// The subscriptions that it waits for, oldest first; none for events that are not about subscriptions.
    pub(crate) subscriptions: Box<[SubscriptionId]>,
    /// The whole message; empty where there is none.
    pub(crate) bytes: Box<[u8]>,
    /// Its file descriptors. Few messages have some, so the others pay only for a pointer.
    #[allow(clippy::box_collection, reason = "a third of the size where there are none")]
    fds: Option<Box<Vec<F>>>,
}

impl<F> Queued<F> {
    pub(crate) fn new(
        kind: Kind,
        subscriptions: Vec<SubscriptionId>,
        bytes: Box<[u8]>,
        fds: Vec<F>,
    ) -> Self {
        let subscriptions = subscriptions.into();
        let fds = (!fds.is_empty()).then(|| Box::new(fds));
        Self { kind, subscriptions, bytes, fds }
    }

    /// An event without a message.
    pub(crate) fn without_message(kind: Kind, subscriptions: Vec<SubscriptionId>) -> Self {
        Self::new(kind, subscriptions, Box::default(), Vec::new())
    }

    /// Drops the message and its file descriptors.
    pub(crate) fn drop_message(&mut self) {
        self.bytes = Box::default();
        self.fds = None;
    }

    pub(crate) fn take_fds(&mut self) -> Vec<F> {
        self.fds.take().map_or_else(Vec::new, |fds| *fds)
    }

    /// What it counts against the limit, in bytes.
    fn cost(&self) -> usize {
        size_of::<Slot<F>>()
            + self.bytes.len()
            + size_of_val(&*self.subscriptions)
            + self.fds.as_ref().map_or(0, |fds| fds.len()) * FD_COST
    }
}

/// What a file descriptor counts against the limit, in bytes: 16 MiB of queue never hold more than a thousand of them open.
const FD_COST: usize = 16 << 10;

/// The place of an event in the queue. It stays valid until the event is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct EventKey(u32);

impl EventKey {
    /// No place.
    pub(crate) const NONE: Self = Self(u32::MAX);

    #[cfg(test)]
    pub(crate) const FIRST: Self = Self(0);
}

/// A place in the queue, linked to its neighbours so that any event can be taken without moving the others.
#[derive(Debug)]
struct Slot<F> {
    /// `None`: the place is free, and `next` is the next free one.
    queued: Option<Queued<F>>,
    previous: EventKey,
    next: EventKey,
}

/// The events that wait, oldest first, bounded in bytes. Adding and taking cost the same however many wait.
#[derive(Debug)]
pub(crate) struct EventQueue<F> {
    slots: Vec<Slot<F>>,
    free: EventKey,
    first: EventKey,
    last: EventKey,
    /// Occupied slots, held replies included.
    len: usize,
    /// Sum of the costs: bytes <= limit, but for ends of calls and subscriptions
    bytes: usize,
    limit: usize,
}

impl<F> EventQueue<F> {
    pub(crate) const fn new(limit: usize) -> Self {
        Self {
            slots: Vec::new(),
            free: EventKey::NONE,
            first: EventKey::NONE,
            last: EventKey::NONE,
            len: 0,
            bytes: 0,
            limit,
        }
    }

    /// The oldest event.
    #[inline]
    pub(crate) fn first(&self) -> Option<EventKey> {
        (self.first != EventKey::NONE).then_some(self.first)
    }

    /// Whether an event with a message of `len` bytes exceeds the limit.
    pub(crate) fn is_full_for(&self, queued: &Queued<F>) -> bool {
        self.bytes.saturating_add(queued.cost()) > self.limit
    }

    /// Adds an event after all others, whatever the limit.
    pub(crate) fn push(&mut self, queued: Queued<F>) -> EventKey {
        let key = self.insert(queued);
        self.link_last(key);
        key
    }

    /// Adds an event before all others: the one that was taken last and not used.
    pub(crate) fn push_front(&mut self, queued: Queued<F>) -> EventKey {
        let key = self.insert(queued);
        let next = self.first;
        self.link(EventKey::NONE, key);
        self.link(key, next);
        key
    }

    /// Keeps what is not an event yet. [`release`](Self::release) makes it one.
    pub(crate) fn hold(&mut self, queued: Queued<F>) -> EventKey {
        self.insert(queued)
    }

    /// Makes what was [held](Self::hold) an event, after all others.
    pub(crate) fn release(&mut self, key: EventKey, kind: Kind) {
        if let Some(queued) = self.get_mut(key) {
            queued.kind = kind;
            self.link_last(key);
        }
    }

    /// An event that waits.
    pub(crate) fn get_mut(&mut self, key: EventKey) -> Option<&mut Queued<F>> {
        self.slots.get_mut(key.0 as usize)?.queued.as_mut()
    }

    /// Takes an event for one of the subscriptions that it waits for; `None` when it waits for no other. The file descriptors go to the
    /// first taker.
    pub(crate) fn take_for(&mut self, key: EventKey, taker: SubscriptionId) -> Option<Queued<F>> {
        let queued = self.slots.get_mut(key.0 as usize)?.queued.as_mut()?;
        if queued.subscriptions.len() < 2 {
            return self.take(key);
        }
        let before = queued.cost();
        let others = queued.subscriptions.iter().copied().filter(|id| *id != taker);
        queued.subscriptions = others.collect();
        let kind = match queued.kind {
            Kind::NotSubscribed => Kind::NotSubscribed,
            _ => Kind::Signal,
        };
        let fds = queued.fds.take();
        self.bytes -= before - queued.cost();
        let subscriptions = [taker].into();
        Some(Queued { kind, subscriptions, bytes: queued.bytes.clone(), fds })
    }

    /// Takes an event, or what was held.
    pub(crate) fn take(&mut self, key: EventKey) -> Option<Queued<F>> {
        let slot = self.slots.get_mut(key.0 as usize)?;
        let queued = slot.queued.take()?;
        let (previous, next) = (slot.previous, slot.next);
        slot.next = self.free;
        self.free = key;
        let is_linked = !matches!(queued.kind, Kind::Held);
        if is_linked {
            self.link(previous, next);
        }
        self.bytes -= queued.cost();
        self.len -= 1;
        if self.len == 0 && self.slots.len() > MAX_FREE {
            // Not `clear`: a peer may have filled it once.
            self.slots = Vec::new();
            self.free = EventKey::NONE;
        }
        Some(queued)
    }

    fn insert(&mut self, queued: Queued<F>) -> EventKey {
        self.bytes += queued.cost();
        self.len += 1;
        let slot = Slot { queued: Some(queued), previous: EventKey::NONE, next: EventKey::NONE };
        let key = self.free;
        match self.slots.get_mut(key.0 as usize) {
            Some(place) => {
                self.free = place.next;
                *place = slot;
                key
            }
            None => {
                // Far fewer than 2^32: each takes memory.
                let key = u32::try_from(self.slots.len()).map_or(EventKey::NONE, EventKey);
                self.slots.push(slot);
                key
            }
        }
    }

    #[inline(always)]
    fn link_last(&mut self, key: EventKey) {
        let previous = self.last;
        self.link(previous, key);
        self.link(key, EventKey::NONE);
    }

    /// Makes `next` follow `previous`; [`EventKey::NONE`] stands for the ends of the queue.
    fn link(&mut self, previous: EventKey, next: EventKey) {
        match self.slots.get_mut(previous.0 as usize) {
            Some(slot) => slot.next = next,
            None => self.first = next,
        }
        match self.slots.get_mut(next.0 as usize) {
            Some(slot) => slot.previous = previous,
            None => self.last = previous,
        }
    }
}

/// Slots that stay allocated when the queue is empty.
const MAX_FREE: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    fn queued(byte: u8) -> Queued<u8> {
        Queued::new(Kind::Monitored, Vec::new(), [byte; 3].into(), Vec::new())
    }

    fn take_all(queue: &mut EventQueue<u8>) -> Vec<u8> {
        core::iter::from_fn(|| {
            let key = queue.first()?;
            Some(queue.take(key)?.bytes[0])
        })
        .collect()
    }

    #[test]
    fn events_are_taken_from_anywhere_and_keep_their_order() {
        let mut queue = EventQueue::new(1 << 20);
        let keys: Vec<EventKey> = (0..6).map(|byte| queue.push(queued(byte))).collect();
        for index in [3, 0, 5] {
            assert_eq!(queue.take(keys[index]).unwrap().bytes[0] as usize, index);
            assert!(queue.take(keys[index]).is_none());
        }
        queue.push(queued(6));
        queue.push_front(queued(9));
        assert_eq!(take_all(&mut queue), [9, 1, 2, 4, 6]);
        assert_eq!((queue.bytes, queue.len), (0, 0));
    }

    #[test]
    fn what_is_held_is_no_event_until_released() {
        let mut queue = EventQueue::new(1 << 20);
        let mut held = queued(7);
        held.kind = Kind::Held;
        let key = queue.hold(held);
        queue.push(queued(1));
        assert_eq!(take_all(&mut queue), [1]);
        queue.push(queued(2));
        queue.release(key, Kind::Monitored);
        queue.push(queued(3));
        assert_eq!(take_all(&mut queue), [2, 7, 3]);
    }

    #[test]
    fn slots_are_reused_and_given_back() {
        let mut queue = EventQueue::new(1 << 20);
        for _ in 0..1000 {
            let key = queue.push(queued(1));
            queue.take(key);
        }
        assert_eq!(queue.slots.len(), 1);
        for (count, kept) in [(64, 64), (65, 0)] {
            (0..count).for_each(|byte| {
                queue.push(queued(byte));
            });
            take_all(&mut queue);
            assert_eq!(queue.slots.len(), kept);
        }
        assert_eq!(queue.slots.capacity(), 0);
    }

    #[test]
    fn an_event_counts_its_slot_its_bytes_its_takers_and_its_descriptors() {
        let slot = size_of::<Slot<u8>>();
        let takers = alloc::vec![SubscriptionId(1), SubscriptionId(2)];
        let ids = 2 * size_of::<SubscriptionId>();
        let mut event = Queued::new(Kind::Signal, takers, [0; 100].into(), alloc::vec![1_u8, 2, 3]);
        let cost = slot + 100 + ids + 3 * FD_COST;
        assert_eq!(event.cost(), cost);
        assert!(!EventQueue::new(cost).is_full_for(&event));
        assert!(EventQueue::new(cost - 1).is_full_for(&event));
        event.drop_message();
        assert_eq!(event.cost(), slot + ids);
        let fds = alloc::vec![1_u8; 1024];
        event = Queued::new(Kind::Signal, Vec::new(), Box::default(), fds);
        assert!(EventQueue::new(16 << 20).is_full_for(&event), "1024 descriptors in 16 MiB");
    }

    #[test]
    fn what_one_taker_leaves_to_the_other_still_counts() {
        let (one, other) = (SubscriptionId(1), SubscriptionId(2));
        let mut queue = EventQueue::new(1 << 20);
        let takers = alloc::vec![one, other];
        let key = queue.push(Queued::new(Kind::Signal, takers, [7; 100].into(), alloc::vec![5]));
        assert_eq!(queue.take_for(key, one).unwrap().take_fds(), [5]);
        let rest = size_of::<Slot<u8>>() + 100 + size_of::<SubscriptionId>();
        assert_eq!(queue.bytes, rest);
        let mut last = queue.take_for(key, other).unwrap();
        assert_eq!((last.take_fds().len(), last.bytes.len(), queue.bytes), (0, 100, 0));
    }
}
