//! A limit on how many of something are out at a time: calls, jobs.

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// Gives at most a number of turns at a time. Those who wait get their turn in the order in which they asked.
#[derive(Debug)]
pub(crate) struct Turns(Mutex<Queue>);

#[derive(Debug)]
struct Queue {
    limit: usize,
    /// Turns that were given and have not ended. More than `limit` if the limit was lowered, or after [`Turns::add`].
    taken: usize,
    /// The next number of those who wait.
    next: u64,
    waiting: BTreeMap<u64, Waker>,
    /// Turns that have ended.
    ended: u64,
    /// The tasks that wait for the end of any turn.
    watching: Vec<Waker>,
}

impl Queue {
    /// Whether the one who has waited longest can have its turn.
    fn has_room(&self) -> bool {
        self.taken < self.limit.max(1)
    }

    /// The task whose turn it is.
    fn first(&self) -> Option<Waker> {
        self.waiting.values().next().filter(|_| self.has_room()).cloned()
    }
}

impl Turns {
    pub(crate) const fn new(limit: usize) -> Self {
        Self(Mutex::new(Queue {
            limit,
            taken: 0,
            next: 0,
            waiting: BTreeMap::new(),
            ended: 0,
            watching: Vec::new(),
        }))
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        // Nothing that is done under the lock panics.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the queue, then wakes the one whose turn it is.
    fn change(&self, change: impl FnOnce(&mut Queue)) {
        let mut queue = self.lock();
        change(&mut queue);
        let first = queue.first();
        drop(queue);
        if let Some(first) = first {
            first.wake();
        }
    }

    /// The greatest number of turns at a time. At least one is given.
    pub(crate) fn set_limit(&self, limit: usize) {
        self.change(|queue| queue.limit = limit);
    }

    pub(crate) fn limit(&self) -> usize {
        self.lock().limit
    }

    /// Adds a turn that is taken without waiting, until [`end`](Self::end).
    pub(crate) fn add(&self) {
        self.lock().taken += 1;
    }

    /// The number of turns that have not ended.
    #[cfg(test)]
    pub(crate) fn taken(&self) -> usize {
        self.lock().taken
    }

    /// Waits for a turn. It ends when the result is dropped.
    pub(crate) async fn turn(&self) -> Turn<'_> {
        let mut place = Place { turns: self, number: None };
        poll_fn(|cx| place.poll(cx)).await;
        Turn(self)
    }

    /// Ends `count` turns that were [kept](Turn::keep).
    pub(crate) fn end(&self, count: usize) {
        if count == 0 {
            return;
        }
        let mut watching = Vec::new();
        self.change(|queue| {
            queue.taken = queue.taken.saturating_sub(count);
            queue.ended += 1;
            watching = std::mem::take(&mut queue.watching);
        });
        watching.into_iter().for_each(Waker::wake);
    }

    /// Waits until any turn has ended.
    pub(crate) async fn next_end(&self) {
        let before = self.lock().ended;
        poll_fn(|cx| {
            let mut queue = self.lock();
            if queue.ended != before {
                return Poll::Ready(());
            }
            if !queue.watching.iter().any(|waker| waker.will_wake(cx.waker())) {
                queue.watching.push(cx.waker().clone());
            }
            Poll::Pending
        })
        .await;
    }
}

/// A turn. It ends when this is dropped.
#[derive(Debug)]
#[must_use = "dropping it ends the turn"]
pub(crate) struct Turn<'t>(&'t Turns);

impl Turn<'_> {
    /// Lets the turn go on until [`Turns::end`].
    pub(crate) fn keep(self) {
        std::mem::forget(self);
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.end(1);
    }
}

/// A place in the queue.
struct Place<'t> {
    turns: &'t Turns,
    /// `None` before the first poll, and after the turn was given.
    number: Option<u64>,
}

impl Place<'_> {
    fn poll(&mut self, cx: &Context<'_>) -> Poll<()> {
        let mut queue = self.turns.lock();
        let number = *self.number.get_or_insert_with(|| {
            queue.next += 1;
            queue.next
        });
        let is_first = queue.waiting.keys().next().is_none_or(|first| *first >= number);
        if !is_first || !queue.has_room() {
            let before = queue.waiting.insert(number, cx.waker().clone());
            drop(queue);
            // After the lock is released: dropping the last waker of a task can drop another place.
            drop(before);
            return Poll::Pending;
        }
        queue.waiting.remove(&number);
        queue.taken += 1;
        self.number = None;
        // There may be room for another one.
        let next = queue.first();
        drop(queue);
        if let Some(next) = next {
            next.wake();
        }
        Poll::Ready(())
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        if let Some(number) = self.number {
            let mut waker = None;
            self.turns.change(|queue| waker = queue.waiting.remove(&number));
            drop(waker);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::Wake;

    use super::*;

    #[derive(Default)]
    struct Count(AtomicUsize);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn turns_are_given_in_order_and_a_place_that_is_given_up_holds_nobody_up() {
        let turns = Turns::new(1);
        let count = Arc::new(Count::default());
        let waker = Waker::from(Arc::clone(&count));
        let mut cx = Context::from_waker(&waker);
        let mut first = Box::pin(turns.turn());
        let Poll::Ready(held) = first.as_mut().poll(&mut cx) else { panic!("there is room") };
        let mut second = Box::pin(turns.turn());
        let mut third = pin!(turns.turn());
        assert!(second.as_mut().poll(&mut cx).is_pending());
        assert!(third.as_mut().poll(&mut cx).is_pending());
        drop(held);
        assert_eq!(count.0.load(Ordering::Relaxed), 1);
        // It is the second one's turn, who was told and gives up: the third is told.
        assert!(third.as_mut().poll(&mut cx).is_pending());
        drop(second);
        assert_eq!(count.0.load(Ordering::Relaxed), 2);
        assert!(third.as_mut().poll(&mut cx).is_ready());
        assert_eq!(turns.taken(), 0);
    }
}
