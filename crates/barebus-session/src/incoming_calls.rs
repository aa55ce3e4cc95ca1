//! Calls of our methods that the user answers.

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicU32, Ordering};

use barebus_wire::Serial;

/// Whether calls of our methods are reported or refused. Calls of `org.freedesktop.DBus.Peer` are always answered by the session.
#[derive(Clone, Copy, Debug)]
pub struct Serving {
    /// A function, not a flag: programs that serve nothing do not link what it needs.
    pub(crate) accept: Option<Accept>,
}

pub(crate) type Accept = fn(&mut IncomingCalls, Serial, Option<&str>, bool) -> ReplyTo;

impl Serving {
    /// Calls are answered with `UnknownMethod`.
    pub const NOTHING: Self = Self { accept: None };
    /// Calls are reported as [`Event::MethodCall`](crate::Event::MethodCall).
    pub const EVENTS: Self = Self { accept: Some(IncomingCalls::accept) };
}

/// Answers a METHOD_CALL. If it is dropped without an answer, the caller gets an error.
#[derive(Debug)]
#[must_use = "the caller waits for an answer; dropped, it gets an error"]
pub struct ReplyTo {
    caller: Arc<Caller>,
    is_expected: bool,
}

impl ReplyTo {
    /// Whether the caller wants an answer. If not, answering does nothing.
    pub const fn is_expected(&self) -> bool {
        self.is_expected
    }
}

impl Drop for ReplyTo {
    fn drop(&mut self) {
        if self.is_expected {
            self.caller.push_dropped();
        }
    }
}

/// Whom to answer what.
#[derive(Debug)]
pub(crate) struct Caller {
    pub(crate) serial: Serial,
    pub(crate) name: Option<String>,
    slot: u32,
    /// The slot that was dropped before this one.
    next: AtomicU32,
    /// The slot that was dropped last.
    dropped: Arc<AtomicU32>,
}

/// No slot.
const NONE: u32 = u32::MAX;

impl Caller {
    /// Tells the session, from whatever thread, that the [`ReplyTo`] is gone: a stack of slots, linked through the callers. The session
    /// takes the whole stack at once, and a slot is reused only after that, so no slot is on it twice.
    fn push_dropped(&self) {
        let mut head = self.dropped.load(Ordering::Relaxed);
        loop {
            self.next.store(head, Ordering::Relaxed);
            let swapped = self.dropped.compare_exchange_weak(
                head,
                self.slot,
                Ordering::Release,
                Ordering::Relaxed,
            );
            match swapped {
                Ok(_) => return,
                Err(now) => head = now,
            }
        }
    }
}

/// A call that was reported and whose [`ReplyTo`] still exists.
#[derive(Debug)]
struct Reported {
    caller: Arc<Caller>,
    is_answered: bool,
}

/// The calls whose [`ReplyTo`] exists, by slot. Every operation costs the same however many there are.
#[derive(Debug, Default)]
pub(crate) struct IncomingCalls {
    calls: Vec<Option<Reported>>,
    free: Vec<u32>,
    /// Head of the stack of dropped slots, made with the first call.
    dropped: Option<Arc<AtomicU32>>,
    /// The rest of the stack that was taken last.
    taken: Option<u32>,
    /// [`take_dropped`](IncomingCalls::take_dropped), from the first call on: programs that serve nothing do not link it.
    take_dropped: Option<TakeDropped>,
}

type TakeDropped = fn(&mut IncomingCalls) -> Option<Arc<Caller>>;

impl IncomingCalls {
    fn accept(&mut self, serial: Serial, sender: Option<&str>, is_expected: bool) -> ReplyTo {
        let dropped = self.dropped.get_or_insert_with(|| Arc::new(AtomicU32::new(NONE)));
        let dropped = Arc::clone(dropped);
        self.take_dropped = Some(Self::take_dropped);
        let slot = match is_expected {
            true => self.free_slot(),
            false => NONE,
        };
        let name = sender.map(Into::into);
        let caller = Arc::new(Caller { serial, name, slot, next: AtomicU32::new(NONE), dropped });
        if let Some(place) = self.calls.get_mut(slot as usize) {
            *place = Some(Reported { caller: Arc::clone(&caller), is_answered: false });
        }
        ReplyTo { caller, is_expected }
    }

    fn free_slot(&mut self) -> u32 {
        if let Some(slot) = self.free.pop() {
            return slot;
        }
        self.calls.push(None);
        // Far fewer than 2^32: each takes memory.
        u32::try_from(self.calls.len() - 1).unwrap_or(NONE)
    }

    /// The caller, if it still waits for its answer.
    pub(crate) fn find(&self, to: &ReplyTo) -> Option<Arc<Caller>> {
        let reported = self.calls.get(to.caller.slot as usize)?.as_ref()?;
        // It may be another session's.
        let is_ours = Arc::ptr_eq(&reported.caller, &to.caller);
        (is_ours && !reported.is_answered).then(|| Arc::clone(&reported.caller))
    }

    /// The call was answered.
    pub(crate) fn answered(&mut self, caller: &Caller) {
        if let Some(Some(reported)) = self.calls.get_mut(caller.slot as usize) {
            reported.is_answered = true;
        }
    }

    /// Takes out a call whose [`ReplyTo`] was dropped without an answer.
    #[inline]
    pub(crate) fn next_dropped(&mut self) -> Option<Arc<Caller>> {
        self.take_dropped.and_then(|take_dropped| take_dropped(self))
    }

    #[cold]
    fn take_dropped(&mut self) -> Option<Arc<Caller>> {
        loop {
            let head = match self.taken.take() {
                Some(head) => head,
                None => self.dropped.as_ref()?.swap(NONE, Ordering::Acquire),
            };
            if head == NONE {
                return None;
            }
            let reported = self.calls.get_mut(head as usize)?.take()?;
            self.free.push(head);
            let next = reported.caller.next.load(Ordering::Relaxed);
            self.taken = (next != NONE).then_some(next);
            if !reported.is_answered {
                return Some(reported.caller);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accept(calls: &mut IncomingCalls, serial: u32) -> ReplyTo {
        calls.accept(Serial::new(serial).unwrap(), Some(":1.7"), true)
    }

    fn dropped(calls: &mut IncomingCalls) -> Vec<u32> {
        core::iter::from_fn(|| calls.next_dropped()).map(|caller| caller.serial.get()).collect()
    }

    #[test]
    fn dropped_ones_are_found_whatever_the_order() {
        let mut calls = IncomingCalls::default();
        let mut held: Vec<ReplyTo> = (1..=5).map(|serial| accept(&mut calls, serial)).collect();
        assert!(dropped(&mut calls).is_empty());
        drop(held.remove(3));
        drop(held.remove(0));
        let mut found = dropped(&mut calls);
        found.sort_unstable();
        assert_eq!(found, [1, 4]);
        let answered = calls.find(&held[0]).unwrap();
        calls.answered(&answered);
        assert!(calls.find(&held[0]).is_none(), "answered once");
        drop(held);
        let mut found = dropped(&mut calls);
        found.sort_unstable();
        assert_eq!(found, [3, 5]);
        assert_eq!(calls.calls.len(), 5);
        assert_eq!(calls.free.len(), 5);
    }

    #[test]
    fn slots_are_reused_only_after_their_reply_to_is_gone() {
        let mut calls = IncomingCalls::default();
        for serial in 1..1000 {
            let first = accept(&mut calls, serial);
            let caller = calls.find(&first).unwrap();
            calls.answered(&caller);
            let second = accept(&mut calls, serial + 1000);
            drop(first);
            assert!(dropped(&mut calls).is_empty());
            assert!(calls.find(&second).is_some());
            drop(second);
            assert_eq!(dropped(&mut calls), [serial + 1000]);
        }
        assert_eq!(calls.calls.len(), 2);
    }

    #[test]
    fn may_be_dropped_by_other_threads() {
        extern crate std;
        let mut calls = IncomingCalls::default();
        let held: Vec<ReplyTo> = (1..=400).map(|serial| accept(&mut calls, serial)).collect();
        let mut held = held.into_iter();
        let threads: Vec<_> = (0..4)
            .map(|_| {
                let part: Vec<ReplyTo> = held.by_ref().take(100).collect();
                std::thread::spawn(move || drop(part))
            })
            .collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        let mut found = dropped(&mut calls);
        found.sort_unstable();
        assert!(found.into_iter().eq(1..=400));
    }
}
