//! Calls of our methods that the user answers.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::sync::atomic::{AtomicU32, Ordering};

use barebus_wire::{ErrorName, Serial};

use crate::router::{Actions, RouteCall, Router};

/// What happens to calls of our methods.
///
/// ```
/// use barebus_sasl::Mechanism;
/// use barebus_session::{Config, ServerKind, Serving};
///
/// let mut config = Config::new(ServerKind::Bus, Mechanism::Anonymous.into());
/// // Calls of our methods are events. Otherwise they are refused.
/// config.serving = Serving::EVENTS;
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Serving {
    /// A function, not a flag: programs that serve nothing do not link what it needs.
    pub(crate) table: Option<fn() -> Box<dyn IncomingCalls>>,
    /// As `table`: programs that answer nothing do not link it.
    pub(crate) route: Option<RouteCall>,
}

impl Serving {
    /// Those of `org.freedesktop.DBus.Peer` are answered, others are refused with `UnknownMethod`.
    pub const NOTHING: Self = Self { table: None, route: Some(Router::route_call) };
    /// Those of `org.freedesktop.DBus.Peer` are answered, others are reported as [`Event::MethodCall`](crate::Event::MethodCall).
    pub const EVENTS: Self =
        Self { table: Some(|| Box::new(CallTable::default())), route: Some(Router::route_call) };
    /// None is answered, not even those of `org.freedesktop.DBus.Peer`: the caller waits until its own time limit, or until the
    /// connection ends. For programs that must be small and end soon; without what answers calls a program has 2 KB less.
    pub const IGNORED: Self = Self { table: None, route: None };
}

/// The right and the duty to answer a METHOD_CALL. Dropped unanswered, the caller gets an error.
///
/// ```
/// use barebus_session::{Event, Session};
/// use barebus_wire::ErrorName;
///
/// const UNKNOWN: ErrorName<'static> =
///     ErrorName::from_static("org.freedesktop.DBus.Error.UnknownMethod");
///
/// /// Answers every call with an error. Events borrow from the session, so what is kept of them is owned.
/// fn refuse<F>(session: &mut Session<F>) -> Result<(), Box<dyn std::error::Error>> {
///     let reply_to = match session.take_event()? {
///         Some(Event::MethodCall { reply_to, .. }) => reply_to,
///         _ => return Ok(()),
///     };
///     if reply_to.is_expected() {
///         session.reply_error(&reply_to, UNKNOWN, "there are no methods here")?;
///     }
///     Ok(())
/// }
/// ```
#[derive(Debug)]
#[must_use = "the caller waits for an answer; dropped, it gets an error"]
pub struct ReplyTo {
    /// Boxed, so that programs that serve nothing do not link what dropping it does.
    right: Box<dyn Right>,
    is_expected: bool,
}

impl ReplyTo {
    /// Whether the caller wants an answer. Without it, answering does nothing.
    pub const fn is_expected(&self) -> bool {
        self.is_expected
    }
}

/// What is behind a [`ReplyTo`].
trait Right: fmt::Debug + Send + Sync {
    fn caller(&self) -> &Arc<Caller>;
}

#[derive(Debug)]
struct RightToAnswer {
    caller: Arc<Caller>,
    is_expected: bool,
}

impl Right for RightToAnswer {
    fn caller(&self) -> &Arc<Caller> {
        &self.caller
    }
}

impl Drop for RightToAnswer {
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

/// The calls whose [`ReplyTo`] exists. The router knows them by this trait alone, so programs that serve nothing do not link them.
pub(crate) trait IncomingCalls: fmt::Debug + Send + Sync {
    /// Adds a call.
    fn accept(&mut self, serial: Serial, sender: Option<&str>, is_expected: bool) -> ReplyTo;

    /// The caller, if it still waits for its answer.
    fn find(&self, to: &ReplyTo) -> Option<Arc<Caller>>;

    /// The call was answered.
    fn answered(&mut self, caller: &Caller);

    /// Answers the callers whose [`ReplyTo`] was dropped without an answer.
    fn answer_dropped(&mut self, actions: &mut Actions);
}

/// The calls whose [`ReplyTo`] exists, by slot. Every operation costs the same however many there are.
#[derive(Debug, Default)]
pub(crate) struct CallTable {
    calls: Vec<Option<Reported>>,
    free: Vec<u32>,
    /// Head of the stack of dropped slots, made with the first call.
    dropped: Option<Arc<AtomicU32>>,
    /// The rest of the stack that was taken last.
    taken: Option<u32>,
}

impl IncomingCalls for CallTable {
    fn accept(&mut self, serial: Serial, sender: Option<&str>, is_expected: bool) -> ReplyTo {
        let dropped = self.dropped.get_or_insert_with(|| Arc::new(AtomicU32::new(NONE)));
        let dropped = Arc::clone(dropped);
        let slot = match is_expected {
            true => self.free_slot(),
            false => NONE,
        };
        let name = sender.map(Into::into);
        let caller = Arc::new(Caller { serial, name, slot, next: AtomicU32::new(NONE), dropped });
        if let Some(place) = self.calls.get_mut(slot as usize) {
            *place = Some(Reported { caller: Arc::clone(&caller), is_answered: false });
        }
        ReplyTo { right: Box::new(RightToAnswer { caller, is_expected }), is_expected }
    }

    fn find(&self, to: &ReplyTo) -> Option<Arc<Caller>> {
        let caller = to.right.caller();
        let reported = self.calls.get(caller.slot as usize)?.as_ref()?;
        // It may be another session's.
        let is_ours = Arc::ptr_eq(&reported.caller, caller);
        (is_ours && !reported.is_answered).then(|| Arc::clone(&reported.caller))
    }

    fn answered(&mut self, caller: &Caller) {
        if let Some(Some(reported)) = self.calls.get_mut(caller.slot as usize) {
            reported.is_answered = true;
        }
    }

    fn answer_dropped(&mut self, actions: &mut Actions) {
        while let Some(caller) = self.next_dropped() {
            let sender = caller.name.as_deref().unwrap_or_default();
            actions.answer(caller.serial, sender, Some(NO_REPLY), &["the call was not answered"]);
        }
    }
}

impl CallTable {
    fn free_slot(&mut self) -> u32 {
        if let Some(slot) = self.free.pop() {
            return slot;
        }
        self.calls.push(None);
        // Far fewer than 2^32: each takes memory.
        u32::try_from(self.calls.len() - 1).unwrap_or(NONE)
    }

    /// Takes out a call whose [`ReplyTo`] was dropped without an answer.
    fn next_dropped(&mut self) -> Option<Arc<Caller>> {
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

const NO_REPLY: ErrorName<'static> = ErrorName::from_static("org.freedesktop.DBus.Error.NoReply");

#[cfg(test)]
mod tests {
    use super::*;

    fn accept(calls: &mut CallTable, serial: u32) -> ReplyTo {
        calls.accept(Serial::new(serial).unwrap(), Some(":1.7"), true)
    }

    fn dropped(calls: &mut CallTable) -> Vec<u32> {
        core::iter::from_fn(|| calls.next_dropped()).map(|caller| caller.serial.get()).collect()
    }

    #[test]
    fn dropped_ones_are_found_whatever_the_order() {
        let mut calls = CallTable::default();
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
        let mut calls = CallTable::default();
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
        let mut calls = CallTable::default();
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
