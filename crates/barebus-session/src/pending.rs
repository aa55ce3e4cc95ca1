//! Calls whose reply is awaited.

use alloc::collections::VecDeque;
use core::time::Duration;

use barebus_wire::Serial;

use crate::matching::SubscriptionId;
use crate::owners::{Expected, NameIndex};

/// A call that awaits its reply.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pending {
    pub(crate) serial: Serial,
    /// When to give up, since the epoch of the session's clock; `None` waits for ever.
    pub(crate) deadline: Option<Duration>,
    pub(crate) expected: Expected,
    pub(crate) purpose: Purpose,
}

/// Who waits for a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// The user.
    User,
    /// The handshake: `Hello`.
    Hello,
    /// The table of owners: `GetNameOwner`.
    Owner(NameIndex),
    /// The table of owners: `AddMatch` for the name's `NameOwnerChanged`.
    Watch(NameIndex),
    /// A subscription: `AddMatch`.
    Subscription(SubscriptionId),
}

/// The calls outstanding, in the order of their sending.
#[derive(Debug, Default)]
pub(crate) struct PendingCalls {
    calls: VecDeque<Pending>,
    /// Serials ascend from the first to the last, counted from the first one's on: so they can be searched by halves.
    /// Only a call that outlives 2^32 others breaks it.
    ascending: bool,
    /// No deadline lies before it.
    earliest: Option<Duration>,
}

impl PendingCalls {
    pub(crate) fn len(&self) -> usize {
        self.calls.len()
    }

    pub(crate) fn push(&mut self, call: Pending) {
        self.ascending = match (self.calls.front(), self.calls.back()) {
            (Some(first), Some(last)) => {
                self.ascending && offset(first, call.serial) > offset(first, last.serial)
            }
            _ => true,
        };
        self.earliest = match (self.earliest, call.deadline) {
            (Some(earliest), Some(deadline)) => Some(earliest.min(deadline)),
            (earliest, deadline) => earliest.or(deadline),
        };
        self.calls.push_back(call);
    }

    pub(crate) fn get(&self, serial: Serial) -> Option<&Pending> {
        self.position(serial).and_then(|index| self.calls.get(index))
    }

    /// The first call of which `is_sought` is true.
    pub(crate) fn find(&self, is_sought: impl Fn(&Pending) -> bool) -> Option<&Pending> {
        self.calls.iter().find(|call| is_sought(call))
    }

    pub(crate) fn contains(&self, serial: Serial) -> bool {
        self.position(serial).is_some()
    }

    pub(crate) fn remove(&mut self, serial: Serial) -> Option<Pending> {
        let call = self.position(serial).and_then(|index| self.calls.remove(index));
        if self.calls.is_empty() {
            self.earliest = None;
        }
        call
    }

    /// Removes the first call of which `ends` is true.
    pub(crate) fn remove_where(&mut self, ends: impl Fn(&Pending) -> bool) -> Option<Pending> {
        let index = self.calls.iter().position(ends)?;
        self.calls.remove(index)
    }

    /// No call's deadline is earlier.
    pub(crate) const fn earliest(&self) -> Option<Duration> {
        self.earliest
    }

    /// Removes a call whose deadline has passed.
    pub(crate) fn expired(&mut self, now: Duration) -> Option<Pending> {
        if self.earliest.is_none_or(|earliest| earliest > now) {
            return None;
        }
        let call = self.remove_where(|call| call.deadline.is_some_and(|deadline| deadline <= now));
        if call.is_none() {
            self.earliest = self.calls.iter().filter_map(|call| call.deadline).min();
        }
        call
    }

    fn position(&self, serial: Serial) -> Option<usize> {
        let first = self.calls.front()?;
        if first.serial == serial {
            return Some(0);
        }
        if !self.ascending {
            return self.calls.iter().position(|call| call.serial == serial);
        }
        let wanted = offset(first, serial);
        self.calls.binary_search_by_key(&wanted, |call| offset(first, call.serial)).ok()
    }
}

/// How many serials after that of `first`.
fn offset(first: &Pending, serial: Serial) -> u32 {
    serial.get().wrapping_sub(first.serial.get())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(serial: u32, deadline: Option<u64>) -> Pending {
        Pending {
            serial: Serial::new(serial).unwrap(),
            deadline: deadline.map(Duration::from_secs),
            expected: Expected::Anyone,
            purpose: Purpose::User,
        }
    }

    #[test]
    fn finds_calls_across_the_wrap_and_after_it() {
        let mut calls = PendingCalls::default();
        let serials = [u32::MAX - 1, u32::MAX, 1, 2, 5];
        serials.iter().for_each(|serial| calls.push(call(*serial, None)));
        for serial in serials {
            assert!(calls.contains(Serial::new(serial).unwrap()), "{serial}");
        }
        assert!(!calls.contains(Serial::new(3).unwrap()));
        // One that outlived all the others: serials no longer ascend from it.
        calls.push(call(u32::MAX - 2, None));
        calls.push(call(7, None));
        for serial in [u32::MAX - 1, 5, u32::MAX - 2, 7] {
            assert!(calls.remove(Serial::new(serial).unwrap()).is_some(), "{serial}");
            assert!(calls.remove(Serial::new(serial).unwrap()).is_none(), "{serial}");
        }
    }

    #[test]
    fn gives_expired_calls_once_and_the_next_deadline() {
        let mut calls = PendingCalls::default();
        [call(1, Some(5)), call(2, None), call(3, Some(3))].into_iter().for_each(|c| calls.push(c));
        assert_eq!(calls.earliest(), Some(Duration::from_secs(3)));
        assert!(calls.expired(Duration::from_secs(2)).is_none());
        assert_eq!(calls.expired(Duration::from_secs(3)).unwrap().serial.get(), 3);
        assert!(calls.expired(Duration::from_secs(3)).is_none());
        assert_eq!(calls.earliest(), Some(Duration::from_secs(5)));
        assert_eq!(calls.expired(Duration::from_secs(9)).unwrap().serial.get(), 1);
        assert!(calls.expired(Duration::from_secs(9)).is_none());
        assert_eq!((calls.earliest(), calls.len()), (None, 1));
    }
}
