//! Calls that are sent: who may answer them, and how they end without a reply.

use barebus_wire::{BusName, Serial};

use super::{Action, Callee, PendingCall, Purpose, Router, Unanswered, names};
use crate::config::ServerKind;
use crate::error::NoReply;
use crate::event_queue::EventKey;

impl Router {
    /// A serial for the next message.
    #[inline]
    pub(crate) fn next_serial(&mut self) -> Serial {
        let pending = &self.pending;
        self.serials.take(|serial| pending.get(serial).is_some())
    }

    /// Who may answer a call to `destination`, which is sent next. What must be asked before is added to the actions.
    pub(crate) fn callee(&mut self, destination: Option<BusName<'_>>) -> Callee {
        if self.server == ServerKind::Direct {
            return Callee::Anyone;
        }
        match destination.map(BusName::as_str) {
            None | Some(names::BUS) => Callee::Bus,
            _ if !self.verify_senders => Callee::Anyone,
            Some(name) => match names::unique_key(name) {
                Some(key) if name.starts_with(':') => Callee::Unique(key),
                // A unique name is so long with no known bus.
                _ => {
                    let (name, since) = self.names.call(name, &mut self.actions);
                    Callee::Owner { name, since }
                }
            },
        }
    }

    /// A call was sent.
    #[inline]
    pub(crate) fn sent(&mut self, call: PendingCall) {
        self.pending.push(call);
    }

    /// A call whose [callee](Self::callee) was asked for was not sent.
    #[cold]
    pub(crate) fn not_sent(&mut self, callee: Callee) {
        self.call_ended(callee);
    }

    /// The user waits no longer for the call: where its end waits, if it has come.
    pub(crate) fn forget(&mut self, serial: Serial) -> Option<EventKey> {
        let call = *self.pending.get(serial)?;
        self.pending.remove(serial);
        match call.purpose {
            Purpose::Ended(key) => Some(key),
            _ => {
                self.call_ended(call.callee);
                self.drop_held(serial);
                None
            }
        }
    }

    /// Ends the user's call without a reply, if it is awaited.
    #[cold]
    pub(crate) fn end_call(&mut self, serial: Serial, reason: NoReply) {
        if let Some(call) = self.pending.awaited(serial) {
            self.pending.end(serial);
            self.call_failed(&call, reason);
        }
    }

    /// Ends calls without a reply.
    pub(super) fn end_unanswered(&mut self, which: Unanswered, reason: NoReply) {
        let mut from = 0;
        while let Some(call) = self.pending.end_unanswered(&mut from, which) {
            self.call_failed(&call, reason);
        }
    }

    /// It is a call of the user's: the session's own are of the bus, and have neither a deadline nor file descriptors.
    fn call_failed(&mut self, call: &PendingCall, reason: NoReply) {
        self.call_ended(call.callee);
        self.drop_held(call.serial);
        self.actions.push(Action::EndCall(call.serial, reason));
    }

    /// The call is no longer outstanding.
    #[inline]
    pub(super) fn call_ended(&mut self, callee: Callee) {
        if let Callee::Owner { name, .. } = callee {
            self.names.call_ended(name);
        }
    }
}
