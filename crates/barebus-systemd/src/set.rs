//! Several flows together.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

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
