//! Finds the call that a reply answers. Pure: it reads no clock and prints nothing.
//!
//! A reply names its call by the caller's unique name and the serial. Like a client of its own, it believes a reply only from the callee and
//! from the bus.

use std::collections::{HashMap, VecDeque};
use std::rc::Rc;
use std::time::Duration;

use barebus::{BusName, Header};

/// Calls whose reply has not been seen, each with a context of the user's.
#[derive(Debug)]
pub(crate) struct Pairing<C> {
    /// By caller, then by serial. On a direct connection callers have no name.
    callers: HashMap<Rc<str>, HashMap<u32, Pending<C>>>,
    /// The order in which the calls were seen. Calls that have ended since are still in it.
    order: VecDeque<Place>,
    /// What is known about the owners of well-known names. The bus limits how many have one, but not how many had one.
    owners: HashMap<Box<str>, Owner>,
    /// How often names were released since those without an owner were forgotten.
    free: usize,
    /// The number of the next call or change of an owner.
    next: u64,
    /// Calls that are pending.
    len: usize,
    /// What they cost, in bytes.
    cost: usize,
}

#[derive(Debug)]
struct Place {
    number: u64,
    caller: Rc<str>,
    serial: u32,
}

#[derive(Debug)]
struct Owner {
    /// `None`: nobody.
    name: Option<Box<str>>,
    /// When it became so.
    since: u64,
}

#[derive(Debug)]
struct Pending<C> {
    number: u64,
    callee: Option<Box<str>>,
    cost: usize,
    call: Call<C>,
}

/// A call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Call<C> {
    /// When it was seen, since any epoch, if that is known.
    pub(crate) time: Option<Duration>,
    pub(crate) context: C,
}

/// Calls that are remembered at most. A peer can leave any number of calls unanswered.
const CALLS_MAX: usize = 16 * 1024;

/// What they may cost at most, in bytes.
const COST_MAX: usize = 2 << 20;

/// Names without an owner that are remembered at most.
const FREE_NAMES_MAX: usize = 4096;

/// The bus's own name.
const BUS: &str = "org.freedesktop.DBus";

impl<C> Pairing<C> {
    pub(crate) fn new() -> Self {
        Self {
            callers: HashMap::new(),
            order: VecDeque::new(),
            owners: HashMap::new(),
            free: 0,
            next: 0,
            len: 0,
            cost: 0,
        }
    }

    /// Notes a call that expects a reply. `cost` is the size of the context in bytes. Returns calls that are given up: an older one with
    /// the same serial, and the oldest ones if there are too many.
    pub(crate) fn call(
        &mut self,
        header: &Header<'_>,
        time: Option<Duration>,
        context: C,
        cost: usize,
    ) -> Vec<Call<C>> {
        let number = self.number();
        let caller = header.sender.map_or("", BusName::as_str);
        let serial = header.serial.get();
        let callee = header.destination.map(|callee| callee.as_str().into());
        let mut given_up = Vec::new();
        given_up.extend(self.remove(caller, serial));
        let caller: Rc<str> = match self.callers.get_key_value(caller) {
            Some((caller, _)) => Rc::clone(caller),
            None => caller.into(),
        };
        let pending = Pending { number, callee, cost, call: Call { time, context } };
        self.callers.entry(Rc::clone(&caller)).or_default().insert(serial, pending);
        self.order.push_back(Place { number, caller, serial });
        self.len += 1;
        self.cost += cost;
        while self.len > CALLS_MAX || (self.cost > COST_MAX && self.len > 1) {
            given_up.extend(self.pop_oldest());
        }
        if self.order.len() > 2 * self.len + 64 {
            let callers = &self.callers;
            self.order.retain(|place| is_pending(callers, place));
        }
        given_up
    }

    /// The call that a reply or an error answers; `None` if it was not seen, or if the sender is not its callee.
    pub(crate) fn reply(&mut self, header: &Header<'_>) -> Option<Call<C>> {
        let caller = header.destination.map_or("", BusName::as_str);
        let serial = header.reply_serial?.get();
        let pending = self.callers.get(caller)?.get(&serial)?;
        let sender = header.sender.map(BusName::as_str);
        if !self.is_believed(pending, sender) {
            return None;
        }
        self.remove(caller, serial)
    }

    fn is_believed(&self, pending: &Pending<C>, sender: Option<&str>) -> bool {
        let (Some(callee), Some(sender)) = (pending.callee.as_deref(), sender) else {
            return true;
        };
        if sender == BUS || sender == callee {
            return true;
        }
        match self.owners.get(callee) {
            _ if callee.starts_with(':') => false,
            // Who owned the name when it was called is not known, or may have changed since.
            None => true,
            Some(owner) if owner.since > pending.number => true,
            Some(owner) => owner.name.as_deref() == Some(sender),
        }
    }

    /// Notes the owner of a name. If a connection has ended, its calls get no reply: they are returned.
    pub(crate) fn owner_changed(&mut self, name: &str, owner: Option<&str>) -> Vec<Call<C>> {
        if !name.starts_with(':') {
            let since = self.number();
            self.owners.insert(name.into(), Owner { name: owner.map(Into::into), since });
            if owner.is_none() {
                self.forget_free_names();
            }
            return Vec::new();
        }
        match owner {
            Some(_) => Vec::new(),
            None => self.leave(name),
        }
    }

    /// A peer can take and release any number of names, so those that nobody owns are remembered only up to a limit.
    fn forget_free_names(&mut self) {
        self.free += 1;
        if self.free > FREE_NAMES_MAX {
            self.owners.retain(|_, owner| owner.name.is_some());
            self.free = 0;
        }
    }

    /// The calls of a connection that has ended.
    fn leave(&mut self, caller: &str) -> Vec<Call<C>> {
        let mut left: Vec<Pending<C>> =
            self.callers.remove(caller).into_iter().flat_map(HashMap::into_values).collect();
        left.sort_by_key(|pending| pending.number);
        self.len -= left.len();
        self.cost -= left.iter().map(|pending| pending.cost).sum::<usize>();
        left.into_iter().map(|pending| pending.call).collect()
    }

    /// The present owner of a well-known name, if it is known.
    pub(crate) fn owner(&self, name: &str) -> Option<&str> {
        self.owners.get(name)?.name.as_deref()
    }

    /// The calls without a reply, oldest first.
    pub(crate) fn finish(mut self) -> Vec<Call<C>> {
        core::iter::from_fn(|| self.pop_oldest()).collect()
    }

    fn pop_oldest(&mut self) -> Option<Call<C>> {
        loop {
            let place = self.order.pop_front()?;
            if is_pending(&self.callers, &place) {
                return self.remove(&place.caller, place.serial);
            }
        }
    }

    fn remove(&mut self, caller: &str, serial: u32) -> Option<Call<C>> {
        let calls = self.callers.get_mut(caller)?;
        let pending = calls.remove(&serial)?;
        if calls.is_empty() {
            self.callers.remove(caller);
        }
        self.len -= 1;
        self.cost -= pending.cost;
        Some(pending.call)
    }

    const fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }
}

fn is_pending<C>(callers: &HashMap<Rc<str>, HashMap<u32, Pending<C>>>, place: &Place) -> bool {
    let pending = callers.get(&place.caller).and_then(|calls| calls.get(&place.serial));
    pending.is_some_and(|pending| pending.number == place.number)
}

#[cfg(test)]
mod tests {
    use barebus::MessageType;
    use barebus::wire::Serial;

    use super::*;

    fn name(text: &str) -> Option<BusName<'_>> {
        (!text.is_empty()).then(|| BusName::parse(text).unwrap())
    }

    fn header<'a>(kind: MessageType, from: &'a str, to: &'a str, serial: u32) -> Header<'a> {
        let mut header = Header::new(kind, Serial::new(serial).unwrap());
        header.sender = name(from);
        header.destination = name(to);
        header
    }

    fn call(pairing: &mut Pairing<u32>, from: &str, to: &str, serial: u32) -> Vec<u32> {
        let header = header(MessageType::MethodCall, from, to, serial);
        contexts(pairing.call(&header, None, serial, 100))
    }

    fn reply(pairing: &mut Pairing<u32>, from: &str, to: &str, serial: u32) -> Option<u32> {
        let mut header = header(MessageType::MethodReturn, from, to, 99);
        header.reply_serial = Serial::new(serial);
        pairing.reply(&header).map(|call| call.context)
    }

    fn contexts(calls: Vec<Call<u32>>) -> Vec<u32> {
        calls.into_iter().map(|call| call.context).collect()
    }

    #[test]
    fn a_reply_is_of_the_caller_that_it_is_sent_to() {
        let mut pairing = Pairing::new();
        for caller in [":1.1", ":1.2"] {
            call(&mut pairing, caller, ":1.9", 7);
        }
        assert_eq!(reply(&mut pairing, ":1.9", ":1.1", 8), None);
        assert_eq!(reply(&mut pairing, ":1.9", ":1.1", 7), Some(7));
        assert_eq!(reply(&mut pairing, ":1.9", ":1.1", 7), None);
        assert_eq!(reply(&mut pairing, BUS, ":1.2", 7), Some(7));
    }

    #[test]
    fn a_reply_of_somebody_else_is_not_believed() {
        let mut pairing = Pairing::new();
        pairing.owner_changed("a.b", Some(":1.9"));
        call(&mut pairing, ":1.1", ":1.9", 1);
        call(&mut pairing, ":1.1", "a.b", 2);
        call(&mut pairing, ":1.1", "c.d", 3);
        assert_eq!(reply(&mut pairing, ":1.8", ":1.1", 1), None);
        assert_eq!(reply(&mut pairing, ":1.8", ":1.1", 2), None);
        assert_eq!(reply(&mut pairing, ":1.8", ":1.1", 3), Some(3));
        pairing.owner_changed("a.b", Some(":1.8"));
        assert_eq!(pairing.owner("a.b"), Some(":1.8"));
        assert_eq!(reply(&mut pairing, ":1.8", ":1.1", 2), Some(2));
        assert_eq!(reply(&mut pairing, ":1.9", ":1.1", 1), Some(1));
    }

    #[test]
    fn without_names_the_serial_decides() {
        let mut pairing = Pairing::new();
        call(&mut pairing, "", "", 5);
        assert_eq!(reply(&mut pairing, "", "", 4), None);
        assert_eq!(reply(&mut pairing, "", "", 5), Some(5));
    }

    #[test]
    fn what_gets_no_reply_is_returned_in_order() {
        let mut pairing = Pairing::new();
        for serial in 1..=6 {
            call(&mut pairing, if serial % 2 == 0 { ":1.2" } else { ":1.1" }, "a.b", serial);
        }
        assert_eq!(reply(&mut pairing, ":1.7", ":1.1", 3), Some(3));
        assert_eq!(call(&mut pairing, ":1.1", "a.b", 1), [1]);
        assert_eq!(contexts(pairing.owner_changed(":1.2", None)), [2, 4, 6]);
        assert_eq!(contexts(pairing.finish()), [5, 1]);
    }

    #[test]
    fn names_that_come_and_go_take_bounded_memory() {
        let mut pairing = Pairing::<u32>::new();
        pairing.owner_changed("a.b", Some(":1.9"));
        for number in 0..3 * FREE_NAMES_MAX {
            let name = format!("a.n{number}");
            pairing.owner_changed(&name, Some(":1.8"));
            pairing.owner_changed(&name, None);
        }
        assert!(pairing.owners.len() <= FREE_NAMES_MAX + 1, "{}", pairing.owners.len());
        assert_eq!(pairing.owner("a.b"), Some(":1.9"));
    }

    #[test]
    fn calls_without_replies_take_bounded_memory() {
        let mut pairing = Pairing::new();
        let count = u32::try_from(COST_MAX / 100).unwrap() + 10;
        let mut given_up = Vec::new();
        for serial in 1..=count {
            given_up.extend(call(&mut pairing, ":1.1", "a.b", serial));
        }
        assert!(given_up.is_sorted() && given_up.len() > 10, "{}", given_up.len());
        assert!(pairing.len <= CALLS_MAX && pairing.cost <= COST_MAX);
        for serial in 1..=count {
            reply(&mut pairing, ":1.9", ":1.1", serial);
        }
        assert_eq!((pairing.len, pairing.cost), (0, 0));
        call(&mut pairing, ":1.1", "a.b", 1);
        assert!(pairing.order.len() < 70, "{}", pairing.order.len());
    }
}
