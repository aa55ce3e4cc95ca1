//! A queue of items for one task, limited in bytes.

use std::collections::VecDeque;
use std::task::{Context, Waker};

use crate::shared::renew;

/// A queue, and the task that takes items from it.
#[derive(Debug)]
pub(crate) struct Queue<T> {
    /// Each with its cost in bytes.
    items: VecDeque<(usize, T)>,
    /// The sum of the costs: bytes <= limit, unless the limit was lowered.
    bytes: usize,
    limit: usize,
    dropped: u64,
    waker: Option<Waker>,
}

/// The default limit in bytes.
const LIMIT: usize = 1 << 20;

impl<T> Default for Queue<T> {
    fn default() -> Self {
        Self { items: VecDeque::new(), bytes: 0, limit: LIMIT, dropped: 0, waker: None }
    }
}

impl<T> Queue<T> {
    /// Adds `item`, or drops and counts it if it does not fit. Returns whether it was added.
    pub(crate) fn push(&mut self, cost: usize, item: T) -> bool {
        if self.bytes.saturating_add(cost) > self.limit {
            self.dropped += 1;
            return false;
        }
        self.bytes += cost;
        self.items.push_back((cost, item));
        true
    }

    pub(crate) fn pop(&mut self) -> Option<T> {
        let (cost, item) = self.items.pop_front()?;
        self.bytes -= cost;
        Some(item)
    }

    /// The number of items that did not fit.
    pub(crate) const fn dropped(&self) -> u64 {
        self.dropped
    }

    pub(crate) const fn set_limit(&mut self, limit: usize) {
        self.limit = limit;
    }

    /// Registers the task to be woken by the next [`wake`](Self::wake). Returns what [`renew`] returns.
    pub(crate) fn wait(&mut self, cx: &Context<'_>) -> Option<Waker> {
        renew(&mut self.waker, cx)
    }

    /// Takes the waiting task, to be woken after the lock is released.
    pub(crate) const fn wake(&mut self) -> Option<Waker> {
        self.waker.take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drops_and_counts_what_exceeds_the_limit() {
        let mut queue = Queue::default();
        queue.set_limit(10);
        assert!(queue.push(6, 'a'));
        assert!(!queue.push(5, 'b'));
        assert!(queue.push(4, 'c'));
        assert_eq!((queue.dropped(), queue.bytes), (1, 10));
        assert_eq!((queue.pop(), queue.pop(), queue.pop()), (Some('a'), Some('c'), None));
        assert!(queue.push(10, 'd'));
    }
}
