//! Calls of our methods that are handed to the user, and not yet answered.

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use barebus_wire::Serial;

use crate::event::ReplyTo;

/// What becomes of calls of our methods, but for those of `org.freedesktop.DBus.Peer`.
#[derive(Clone, Copy, Debug)]
pub struct Serving {
    /// A function, not a flag: programs that serve nothing do not carry what it needs.
    pub(crate) take: Option<Take>,
}

type Take = fn(&mut Duties, Serial, Option<&str>, bool) -> ReplyTo;

impl Serving {
    /// They are answered with `UnknownMethod`.
    pub const NOTHING: Self = Self { take: None };
    /// They are handed to the user as [`Event::MethodCall`](crate::Event::MethodCall).
    pub const EVENTS: Self = Self { take: Some(Duties::take) };
}

/// Whom to answer what.
#[derive(Debug)]
pub(crate) struct Caller {
    pub(crate) serial: Serial,
    pub(crate) name: Option<String>,
}

/// The calls that wait for the user's answer.
#[derive(Debug)]
pub(crate) struct Duties {
    calls: Vec<Arc<Caller>>,
    /// [`Duties::find_forgotten`], from the first call on.
    find_forgotten: fn(&mut Self) -> Option<Arc<Caller>>,
}

impl Duties {
    pub(crate) fn new() -> Self {
        Self { calls: Vec::new(), find_forgotten: |_| None }
    }

    /// Takes a call on.
    fn take(&mut self, serial: Serial, sender: Option<&str>, is_expected: bool) -> ReplyTo {
        let caller = Arc::new(Caller { serial, name: sender.map(Into::into) });
        if is_expected {
            self.calls.push(Arc::clone(&caller));
            self.find_forgotten = Self::find_forgotten;
        }
        ReplyTo { caller, is_expected }
    }

    /// Where the call stands, if it waits for its answer.
    pub(crate) fn find(&self, to: &ReplyTo) -> Option<usize> {
        self.calls.iter().position(|call| Arc::ptr_eq(call, &to.caller))
    }

    /// The call at `index` was answered.
    pub(crate) fn done(&mut self, index: usize) {
        self.calls.remove(index);
    }

    /// Takes a call out whose [`ReplyTo`] was dropped.
    pub(crate) fn next_forgotten(&mut self) -> Option<Arc<Caller>> {
        (self.find_forgotten)(self)
    }

    fn find_forgotten(&mut self) -> Option<Arc<Caller>> {
        // Nobody else knows it any more. All are looked at: nothing else may come to make the session look again.
        let index = self.calls.iter().position(|call| Arc::strong_count(call) == 1)?;
        Some(self.calls.swap_remove(index))
    }
}
