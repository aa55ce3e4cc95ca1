//! Calls whose reply is awaited.

use alloc::vec::Vec;

use barebus_wire::Serial;

use crate::matching::SubscriptionId;
use crate::moment::Moment;
use crate::owners::{Expected, NameIndex};

/// A call that awaits its reply.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pending {
    pub(crate) serial: Serial,
    /// When to give up.
    pub(crate) deadline: Moment,
    pub(crate) expected: Expected,
    pub(crate) purpose: Purpose,
}

impl Pending {
    fn has_ended(&self) -> bool {
        self.purpose == Purpose::Ended
    }
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
    /// Nobody any more.
    Ended,
}

/// The calls outstanding, in the order of their sending.
#[derive(Debug)]
pub(crate) struct PendingCalls {
    /// Those that have ended stay until there is no room: so that what follows need not move for each.
    calls: Vec<Pending>,
    /// How many have not ended.
    len: usize,
    /// Serials ascend from the first to the last, counted from the first one's on: so they can be searched by halves.
    /// Only a call that outlives 2^32 others breaks it.
    ascending: bool,
    /// No deadline lies before it.
    earliest: Moment,
}

impl PendingCalls {
    pub(crate) const fn new() -> Self {
        Self { calls: Vec::new(), len: 0, ascending: true, earliest: Moment::NEVER }
    }

    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn push(&mut self, call: Pending) {
        self.ascending = match (self.calls.first(), self.calls.last()) {
            (Some(first), Some(last)) => {
                self.ascending && offset(first, call.serial) > offset(first, last.serial)
            }
            _ => true,
        };
        self.earliest = self.earliest.min(call.deadline);
        // A quarter of them at least: each is moved three times on average.
        if self.calls.len() == self.calls.capacity() && self.len <= self.calls.len() / 4 * 3 {
            self.calls.retain(|call| !call.has_ended());
        }
        self.calls.push(call);
        self.len += 1;
    }

    pub(crate) fn get(&self, serial: Serial) -> Option<&Pending> {
        self.position(serial).and_then(|index| self.calls.get(index))
    }

    /// How many of the session's own were sent before the user's first. The bus answers them by itself, in their order, so that no reply
    /// to the user comes before theirs.
    pub(crate) fn own_before_users(&self) -> usize {
        let is_own = |call: &&Pending| !matches!(call.purpose, Purpose::User | Purpose::Ended);
        self.calls.iter().take_while(is_own).count()
    }

    /// The first call of which `is_sought` is true.
    pub(crate) fn find(&self, is_sought: impl Fn(&Pending) -> bool) -> Option<&Pending> {
        self.calls.iter().find(|call| !call.has_ended() && is_sought(call))
    }

    pub(crate) fn contains(&self, serial: Serial) -> bool {
        self.position(serial).is_some()
    }

    pub(crate) fn remove(&mut self, serial: Serial) -> Option<Pending> {
        self.position(serial).and_then(|index| self.end(index))
    }

    /// Removes the first call from index `from` on of which `ends` is true; the next is behind it.
    pub(crate) fn remove_where(
        &mut self,
        from: &mut usize,
        ends: impl Fn(&Pending) -> bool,
    ) -> Option<Pending> {
        let ends = |call: &Pending| !call.has_ended() && ends(call);
        *from += self.calls.get(*from..)?.iter().position(ends)?;
        self.end(*from)
    }

    /// No call's deadline is earlier.
    pub(crate) const fn earliest(&self) -> Moment {
        self.earliest
    }

    /// Removes a call from index `from` on whose deadline has passed.
    pub(crate) fn expired(&mut self, from: &mut usize, now: Moment) -> Option<Pending> {
        if self.earliest > now {
            return None;
        }
        let call = self.remove_where(from, |call| call.deadline <= now);
        if call.is_none() {
            let deadlines = self.calls.iter().map(|call| call.deadline);
            self.earliest = deadlines.fold(Moment::NEVER, Moment::min);
        }
        call
    }

    /// Ends the call at `index`.
    fn end(&mut self, index: usize) -> Option<Pending> {
        let place = self.calls.get_mut(index)?;
        let call = *place;
        *place = Pending { purpose: Purpose::Ended, deadline: Moment::NEVER, ..call };
        self.len -= 1;
        if self.len == 0 {
            self.calls.clear();
            self.earliest = Moment::NEVER;
        }
        Some(call)
    }

    fn position(&self, serial: Serial) -> Option<usize> {
        let first = self.calls.first()?;
        let index = if self.ascending {
            let wanted = offset(first, serial);
            self.calls.binary_search_by_key(&wanted, |call| offset(first, call.serial)).ok()?
        } else {
            let is_sought = |call: &Pending| call.serial == serial && !call.has_ended();
            self.calls.iter().position(is_sought)?
        };
        self.calls.get(index).filter(|call| !call.has_ended()).map(|_| index)
    }
}

/// How many serials after that of `first`.
fn offset(first: &Pending, serial: Serial) -> u32 {
    serial.get().wrapping_sub(first.serial.get())
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::time::Duration;

    fn at(second: u64) -> Moment {
        Moment::from(Duration::from_secs(second))
    }

    fn call(serial: u32, deadline: Option<u64>) -> Pending {
        Pending {
            serial: Serial::new(serial).unwrap(),
            deadline: deadline.map_or(Moment::NEVER, at),
            expected: Expected::Anyone,
            purpose: Purpose::User,
        }
    }

    #[test]
    fn finds_calls_across_the_wrap_and_after_it() {
        let mut calls = PendingCalls::new();
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
        let mut calls = PendingCalls::new();
        [call(1, Some(5)), call(2, None), call(3, Some(3))].into_iter().for_each(|c| calls.push(c));
        assert_eq!(calls.earliest(), at(3));
        assert!(calls.expired(&mut 0, at(2)).is_none());
        assert_eq!(calls.expired(&mut 0, at(3)).unwrap().serial.get(), 3);
        assert!(calls.expired(&mut 0, at(3)).is_none());
        assert_eq!(calls.earliest(), at(5));
        assert_eq!(calls.expired(&mut 0, at(9)).unwrap().serial.get(), 1);
        assert!(calls.expired(&mut 0, at(9)).is_none());
        assert_eq!((calls.earliest(), calls.len()), (Moment::NEVER, 1));
    }
}
