//! Calls whose end is still to come or to be taken.

use alloc::vec::Vec;

use barebus_wire::Serial;

use super::names::{NameId, UniqueKey};
use super::subscriptions::RuleId;
use crate::event_queue::EventKey;
use crate::instant::Instant;

/// A call that was sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PendingCall {
    pub(crate) serial: Serial,
    /// When to give up.
    pub(crate) deadline: Instant,
    pub(crate) callee: Callee,
    pub(crate) purpose: Purpose,
}

/// Who may answer a call.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Callee {
    /// Whoever is at the other end: on a direct connection, or where senders are not verified.
    Anyone,
    /// The bus itself.
    Bus,
    /// The unique name that was called, see [`unique_key`](super::names::unique_key).
    Unique(UniqueKey),
    /// Whoever owns the well-known name at fact number `since` or later.
    Owner { name: NameId, since: u32 },
}

/// Who waits for a reply.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Purpose {
    /// The user.
    User,
    /// The user; the call's end has come and was not taken yet. It waits in the event queue, unless it is being given out.
    Ended(EventKey),
    /// The handshake: `Hello`.
    Hello,
    /// `GetNameOwner`.
    Owner(NameId),
    /// `AddMatch` for the name's `NameOwnerChanged`.
    Watch(NameId),
    /// `AddMatch` for the rule of subscriptions.
    Rule(RuleId),
    /// Nobody: a place that is reused later, so that removing a call moves no other.
    Removed,
}

impl Purpose {
    const fn awaits_reply(self) -> bool {
        !matches!(self, Self::Ended(_) | Self::Removed)
    }

    pub(crate) const fn is_user(self) -> bool {
        matches!(self, Self::User)
    }

    pub(crate) const fn is_removed(self) -> bool {
        matches!(self, Self::Removed)
    }
}

/// Which calls end without a reply.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Unanswered {
    /// Those whose deadline has passed.
    Expired(Instant),
    /// Those to a name whose owner the bus does not tell.
    To(NameId),
}

/// The calls in the order of their sending.
#[derive(Debug)]
pub(crate) struct PendingCalls {
    calls: Vec<PendingCall>,
    /// Calls that were not removed.
    len: usize,
    /// Calls whose reply is awaited: awaited <= len
    awaited: usize,
    /// Serials ascend from the first call to the last, counted from the first one's, so a binary search finds them. Only a call that
    /// outlives 2^32 others breaks it.
    ascending: bool,
    /// No deadline is earlier.
    earliest: Instant,
}

impl PendingCalls {
    pub(crate) const fn new() -> Self {
        Self { calls: Vec::new(), len: 0, awaited: 0, ascending: true, earliest: Instant::NEVER }
    }

    /// Calls whose reply is awaited.
    pub(crate) const fn outstanding(&self) -> usize {
        self.awaited
    }

    #[inline]
    pub(crate) fn push(&mut self, call: PendingCall) {
        self.ascending = match (self.calls.first(), self.calls.last()) {
            (Some(first), Some(last)) => {
                self.ascending && offset(first, call.serial) > offset(first, last.serial)
            }
            _ => true,
        };
        self.earliest = self.earliest.min(call.deadline);
        // At least a quarter was removed: each call is moved three times on average.
        if self.calls.len() == self.calls.capacity() && self.len <= self.calls.len() / 4 * 3 {
            self.calls.retain(|call| !call.purpose.is_removed());
        }
        self.calls.push(call);
        self.len += 1;
        self.awaited += 1;
    }

    /// The call, until its end is taken.
    pub(crate) fn get(&self, serial: Serial) -> Option<&PendingCall> {
        self.calls.get(self.position(serial)?)
    }

    /// The call, if its reply is awaited.
    #[inline(always)]
    pub(crate) fn awaited(&self, serial: Serial) -> Option<PendingCall> {
        self.get(serial).filter(|call| call.purpose.awaits_reply()).copied()
    }

    /// Where the end of the user's call waits.
    pub(crate) fn end_of(&self, serial: Serial) -> Option<EventKey> {
        match self.get(serial)?.purpose {
            Purpose::Ended(key) => Some(key),
            _ => None,
        }
    }

    /// The reply to the call, which is [awaited](Self::awaited), has come or will not come. The user's call stays until its end is
    /// [removed](Self::remove).
    pub(crate) fn end(&mut self, serial: Serial) {
        match self.get_mut(serial) {
            Some(PendingCall { purpose: purpose @ Purpose::User, deadline, .. }) => {
                *purpose = Purpose::Ended(EventKey::NONE);
                *deadline = Instant::NEVER;
                self.no_longer_awaited();
            }
            _ => self.remove(serial),
        }
    }

    /// Notes where the end of the user's call waits.
    #[inline(always)]
    pub(crate) fn set_end(&mut self, serial: Serial, key: EventKey) {
        if let Some(PendingCall { purpose: Purpose::Ended(place), .. }) = self.get_mut(serial) {
            *place = key;
        }
    }

    /// Removes a call.
    pub(crate) fn remove(&mut self, serial: Serial) {
        let Some(call) = self.get_mut(serial) else { return };
        let is_awaited = call.purpose.awaits_reply();
        call.purpose = Purpose::Removed;
        call.deadline = Instant::NEVER;
        self.len -= 1;
        if is_awaited {
            self.no_longer_awaited();
        }
        if self.len == 0 {
            self.calls.clear();
        }
    }

    /// No call's deadline is earlier.
    pub(crate) const fn earliest(&self) -> Instant {
        self.earliest
    }

    /// Ends the first such call from index `from` on, and moves `from` to it.
    pub(crate) fn end_unanswered(
        &mut self,
        from: &mut usize,
        which: Unanswered,
    ) -> Option<PendingCall> {
        for call in self.calls.get(*from..)? {
            let ends = match (which, call.callee) {
                (Unanswered::Expired(now), _) => call.deadline <= now,
                (Unanswered::To(name), Callee::Owner { name: other, .. }) => name == other,
                _ => false,
            };
            if ends && call.purpose.awaits_reply() {
                let call = *call;
                self.end(call.serial);
                return Some(call);
            }
            *from += 1;
        }
        let deadlines = self.calls.iter().map(|call| call.deadline);
        self.earliest = deadlines.fold(Instant::NEVER, Instant::min);
        None
    }

    fn no_longer_awaited(&mut self) {
        self.awaited -= 1;
        if self.awaited == 0 {
            self.earliest = Instant::NEVER;
        }
    }

    fn get_mut(&mut self, serial: Serial) -> Option<&mut PendingCall> {
        let index = self.position(serial)?;
        self.calls.get_mut(index)
    }

    fn position(&self, serial: Serial) -> Option<usize> {
        let first = self.calls.first()?;
        let is_sought = |call: &PendingCall| call.serial == serial && !call.purpose.is_removed();
        // As a rule the oldest call ends first.
        let index = if first.serial == serial {
            0
        } else if self.ascending {
            let wanted = offset(first, serial);
            self.calls.binary_search_by_key(&wanted, |call| offset(first, call.serial)).ok()?
        } else {
            self.calls.iter().position(is_sought)?
        };
        self.calls.get(index).filter(|call| is_sought(call)).map(|_| index)
    }
}

/// How many serials after that of `first`.
fn offset(first: &PendingCall, serial: Serial) -> u32 {
    serial.get().wrapping_sub(first.serial.get())
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::time::Duration;

    fn at(second: u64) -> Instant {
        Instant::from(Duration::from_secs(second))
    }

    fn call(serial: u32, deadline: Option<u64>) -> PendingCall {
        PendingCall {
            serial: Serial::new(serial).unwrap(),
            deadline: deadline.map_or(Instant::NEVER, at),
            callee: Callee::Anyone,
            purpose: Purpose::User,
        }
    }

    #[test]
    fn finds_calls_across_the_wrap_and_after_it() {
        let mut calls = PendingCalls::new();
        let serials = [u32::MAX - 1, u32::MAX, 1, 2, 5];
        serials.iter().for_each(|serial| calls.push(call(*serial, None)));
        for serial in serials {
            assert!(calls.get(Serial::new(serial).unwrap()).is_some(), "{serial}");
        }
        assert!(calls.get(Serial::new(3).unwrap()).is_none());
        // One that outlived all the others: serials no longer ascend from it.
        calls.push(call(u32::MAX - 2, None));
        calls.push(call(7, None));
        for serial in [u32::MAX - 1, 5, u32::MAX - 2, 7] {
            let serial = Serial::new(serial).unwrap();
            assert!(calls.get(serial).is_some(), "{serial:?}");
            calls.remove(serial);
            assert!(calls.get(serial).is_none(), "{serial:?}");
        }
    }

    #[test]
    fn a_binary_search_finds_calls_until_one_outlives_all_serials() {
        let mut calls = PendingCalls::new();
        for serial in [u32::MAX - 1, u32::MAX, 1, 2, 5, u32::MAX - 2] {
            calls.push(call(serial, None));
            assert!(calls.ascending, "{serial}");
        }
        for serial in [7, 8] {
            calls.push(call(serial, None));
            assert!(!calls.ascending, "{serial}");
        }
    }

    #[test]
    fn places_are_used_again_once_a_quarter_of_them_is_free() {
        for (removed, grows) in [(16, false), (15, true), (0, true)] {
            let mut calls = PendingCalls { calls: Vec::with_capacity(64), ..PendingCalls::new() };
            (1..=64).for_each(|serial| calls.push(call(serial, None)));
            (10..10 + removed).for_each(|serial| calls.remove(Serial::new(serial).unwrap()));
            calls.push(call(65, None));
            assert_eq!(calls.calls.capacity() > 64, grows, "{removed}");
            for serial in (1..10).chain(10 + removed..=65) {
                assert!(calls.get(Serial::new(serial).unwrap()).is_some(), "{removed}: {serial}");
            }
        }
        let mut calls = PendingCalls::new();
        (1..=64).for_each(|serial| calls.push(call(serial, None)));
        // Once more changes nothing.
        (1..=64).chain(1..=64).for_each(|serial| calls.remove(Serial::new(serial).unwrap()));
        assert_eq!((calls.len, calls.calls.len()), (0, 0), "all are free when no call is left");
    }

    fn expired(second: u64) -> Unanswered {
        Unanswered::Expired(at(second))
    }

    #[test]
    fn gives_expired_calls_once_and_the_next_deadline() {
        let mut calls = PendingCalls::new();
        [call(1, Some(5)), call(2, None), call(3, Some(3))].into_iter().for_each(|c| calls.push(c));
        assert_eq!(calls.earliest(), at(3));
        assert!(calls.end_unanswered(&mut 0, expired(2)).is_none());
        let mut from = 0;
        assert_eq!(calls.end_unanswered(&mut from, expired(3)).unwrap().serial.get(), 3);
        assert_eq!(from, 2, "the next search begins here");
        assert!(calls.end_unanswered(&mut 0, expired(3)).is_none());
        assert_eq!(calls.earliest(), at(5));
        assert_eq!(calls.end_unanswered(&mut 0, expired(9)).unwrap().serial.get(), 1);
        assert!(calls.end_unanswered(&mut 0, expired(9)).is_none());
        assert_eq!((calls.earliest(), calls.outstanding()), (Instant::NEVER, 1));
    }
}
