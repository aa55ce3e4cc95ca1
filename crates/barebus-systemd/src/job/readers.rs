//! The flows that wait for signals which one subscription brings for all.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Wake, Waker};

/// The tasks of the flows that wait. A subscription knows one waker only: this one, which wakes all of them. So it does no harm if some are not
/// polled any more.
#[derive(Debug, Default)]
pub(super) struct Readers(Mutex<Tasks>);

#[derive(Debug, Default)]
struct Tasks {
    next: u64,
    waiting: BTreeMap<u64, Waker>,
}

impl Readers {
    fn lock(&self) -> MutexGuard<'_, Tasks> {
        // Nothing that is done under the lock panics.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a flow. It waits from its first [`Reader::wait`] on.
    pub(super) fn add(self: &Arc<Self>) -> Reader {
        let mut tasks = self.lock();
        tasks.next += 1;
        Reader { readers: Arc::clone(self), number: tasks.next }
    }
}

impl Wake for Readers {
    fn wake(self: Arc<Self>) {
        let waiting = std::mem::take(&mut self.lock().waiting);
        waiting.into_values().for_each(Waker::wake);
    }
}

/// A flow that waits, until this is dropped.
#[derive(Debug)]
pub(super) struct Reader {
    readers: Arc<Readers>,
    number: u64,
}

impl Reader {
    /// Has the task of `cx` woken with all others. Returns the waker to poll a subscription with.
    pub(super) fn wait(&self, cx: &Context<'_>) -> Waker {
        let before = self.readers.lock().waiting.insert(self.number, cx.waker().clone());
        // After the lock is released: dropping the last waker of a task can drop another reader.
        drop(before);
        Waker::from(Arc::clone(&self.readers))
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        let before = self.readers.lock().waiting.remove(&self.number);
        drop(before);
    }
}
