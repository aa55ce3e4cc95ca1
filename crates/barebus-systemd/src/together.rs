//! Several futures at a time.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::{Duration, Instant};

use crate::client::Client;

/// Waits for both results. Both futures are polled before either is waited for.
pub(crate) async fn both<A, B>(a: impl Future<Output = A>, b: impl Future<Output = B>) -> (A, B) {
    let (mut a, mut b) = (pin!(a), pin!(b));
    let (mut of_a, mut of_b) = (None, None);
    poll_fn(|cx| {
        if of_a.is_none() {
            of_a = ready(a.as_mut().poll(cx));
        }
        if of_b.is_none() {
            of_b = ready(b.as_mut().poll(cx));
        }
        match (of_a.take(), of_b.take()) {
            (Some(of_a), Some(of_b)) => Poll::Ready((of_a, of_b)),
            unfinished => {
                (of_a, of_b) = unfinished;
                Poll::Pending
            }
        }
    })
    .await
}

/// Waits for the first result; `a`'s if both are there. `None` if `b` was first.
pub(crate) async fn unless<A>(
    a: impl Future<Output = A>,
    b: impl Future<Output = ()>,
) -> Option<A> {
    let (mut a, mut b) = (pin!(a), pin!(b));
    poll_fn(|cx| match (a.as_mut().poll(cx), b.as_mut().poll(cx)) {
        (Poll::Ready(result), _) => Poll::Ready(Some(result)),
        (Poll::Pending, Poll::Ready(())) => Poll::Ready(None),
        (Poll::Pending, Poll::Pending) => Poll::Pending,
    })
    .await
}

/// How long something may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limit {
    pub(crate) time: Option<Duration>,
    deadline: Option<Instant>,
}

impl Limit {
    /// `None`: no limit.
    pub(crate) fn from_now(time: Option<Duration>) -> Self {
        Self { time, deadline: time.and_then(|time| Instant::now().checked_add(time)) }
    }

    /// Waits for a result; `None` when the limit has passed.
    pub(crate) async fn keep<C: Client, T>(
        self,
        client: &C,
        wanted: impl Future<Output = T>,
    ) -> Option<T> {
        match self.deadline {
            Some(deadline) => unless(wanted, client.sleep_until(deadline)).await,
            None => Some(wanted.await),
        }
    }
}

/// Waits for `a`'s result, and polls `b` meanwhile, until it has ended.
#[cfg(any(feature = "tokio", test))]
pub(crate) async fn alongside<A, B>(a: impl Future<Output = A>, b: impl Future<Output = B>) -> A {
    let (mut a, mut b) = (pin!(a), pin!(b));
    let mut is_over = false;
    poll_fn(|cx| {
        let result = a.as_mut().poll(cx);
        if result.is_pending() && !is_over {
            is_over = b.as_mut().poll(cx).is_ready();
        }
        result
    })
    .await
}

/// Runs all flows, at most `at_once` at a time, which start in order. Returns their results in the same order.
pub(crate) async fn all<F: Future>(
    mut flows: impl Iterator<Item = F>,
    at_once: usize,
) -> Vec<F::Output> {
    let mut results = Vec::new();
    let mut running: Vec<(usize, Pin<Box<F>>)> = Vec::new();
    poll_fn(|cx| {
        loop {
            let mut has_ended = false;
            running.retain_mut(|(index, flow)| match flow.as_mut().poll(cx) {
                Poll::Pending => true,
                Poll::Ready(result) => {
                    has_ended = true;
                    if let Some(place) = results.get_mut(*index) {
                        *place = Some(result);
                    }
                    false
                }
            });
            let mut has_begun = false;
            while running.len() < at_once.max(1) {
                let Some(flow) = flows.next() else { break };
                running.push((results.len(), Box::pin(flow)));
                results.push(None);
                has_begun = true;
            }
            if running.is_empty() {
                return Poll::Ready(());
            }
            if !has_ended && !has_begun {
                return Poll::Pending;
            }
        }
    })
    .await;
    results.into_iter().flatten().collect()
}

fn ready<T>(poll: Poll<T>) -> Option<T> {
    match poll {
        Poll::Ready(result) => Some(result),
        Poll::Pending => None,
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::future::{pending, ready};
    use std::task::{Context, Waker};

    use super::*;

    fn now<T>(future: impl Future<Output = T>) -> Option<T> {
        super::ready(pin!(future).poll(&mut Context::from_waker(Waker::noop())))
    }

    #[test]
    fn both_begin_and_both_are_waited_for() {
        let begun = Cell::new(0);
        let begin = async || {
            begun.set(begun.get() + 1);
            pending::<()>().await;
        };
        assert_eq!(now(both(begin(), begin())), None);
        assert_eq!(begun.get(), 2);
        assert_eq!(now(both(ready(1), ready(2))), Some((1, 2)));
        assert_eq!(now(both(ready(1), pending::<()>())), None);
    }

    #[test]
    fn one_is_polled_alongside_until_it_has_ended() {
        let polls = Cell::new(0);
        let counts = poll_fn(|_| {
            polls.set(polls.get() + 1);
            if polls.get() < 2 { Poll::Pending } else { Poll::Ready(()) }
        });
        let mut waits = Box::pin(alongside(pending::<u8>(), counts));
        for _ in 0..3 {
            assert_eq!(now(waits.as_mut()), None);
        }
        assert_eq!(polls.get(), 2);
        assert_eq!(now(alongside(ready(1), pending::<()>())), Some(1));
    }

    #[test]
    fn results_are_in_order_and_no_more_run_at_a_time_than_may() {
        let running = Cell::new(0);
        let flow = |number: usize| {
            let running = &running;
            let mut is_running = false;
            poll_fn(move |_| {
                if !is_running {
                    is_running = true;
                    running.set(running.get() + 1);
                    assert!(running.get() <= 2);
                    return Poll::Pending;
                }
                running.set(running.get() - 1);
                Poll::Ready(number)
            })
        };
        let mut flows = pin!(all((0..5).map(flow), 2));
        let results = (0..10).find_map(|_| now(flows.as_mut()));
        assert_eq!(results, Some(vec![0, 1, 2, 3, 4]));
    }

    #[test]
    fn the_first_result_counts() {
        assert_eq!(now(unless(ready(1), ready(()))), Some(Some(1)));
        assert_eq!(now(unless(pending::<u8>(), ready(()))), Some(None));
        assert_eq!(now(unless(pending::<u8>(), pending())), None);
    }
}
