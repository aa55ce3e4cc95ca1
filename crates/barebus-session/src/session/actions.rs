//! What the router needs done: calls of the bus, and events without a message.

use alloc::string::String;
use alloc::vec::Vec;

use barebus_wire::name::{BusName, InterfaceName, MemberName, ObjectPath};
use barebus_wire::{EncodeBody, Flags, MethodCall, Serial};

use super::Session;
use crate::event::{CallId, Kind};
use crate::event_queue::Queued;
use crate::instant::Instant;
use crate::router::{Action, Answer, Callee, PendingCall, Purpose, Request};

impl<F> Session<F> {
    /// Does what the router needs done.
    #[inline]
    pub(super) fn perform_actions(&mut self) {
        if self.router.has_actions() {
            self.perform_all();
        }
    }

    #[cold]
    fn perform_all(&mut self) {
        for action in self.router.take_actions() {
            match action {
                Action::Request(request) => self.send_request(request),
                Action::EndCall(serial, reason) => {
                    let kind = Kind::NoReply(CallId(serial), reason);
                    self.enqueue(Queued::without_message(kind, [].into()));
                }
                Action::EndSubscriptions(ids) => {
                    self.enqueue(Queued::without_message(Kind::NotSubscribed, ids.into()));
                }
                Action::Release(serial, key) => {
                    self.queue.release(key, Kind::Reply(CallId(serial)));
                    self.router.pending.set_end(serial, key);
                    self.needs_poll = true;
                }
                Action::Discard(key) => {
                    self.queue.take(key);
                }
            }
        }
    }

    /// Sends what the router asks of the bus. It is not subject to the limit: there are at most three messages for each of the user's.
    #[cold]
    fn send_request(&mut self, request: Request) {
        if self.router.is_monitor() {
            return;
        }
        match request {
            Request::AddMatch(rule, purpose) => self.call_bus(ADD_MATCH, &(&*rule,), purpose),
            Request::GetNameOwner(name) => {
                let text = String::from(self.router.name(name));
                self.call_bus(GET_NAME_OWNER, &(&*text,), Purpose::Owner(name));
            }
            Request::RemoveMatch(rule) => {
                let mut header =
                    bus_call(REMOVE_MATCH).flags(Flags::NO_REPLY_EXPECTED).header(Serial::FIRST);
                // It fails only for a rule longer than any message.
                let _ = self.queue_message(&mut header, &(&*rule,), Vec::new());
            }
        }
    }

    pub(super) fn send_hello(&mut self) {
        self.call_bus(HELLO, &(), Purpose::Hello);
    }

    /// Queues a call of a method of the bus. It has no deadline of its own: whoever needs the answer has one.
    #[cold]
    fn call_bus(&mut self, member: MemberName<'static>, body: &dyn EncodeBody, purpose: Purpose) {
        let mut header = bus_call(member).header(Serial::FIRST);
        // It fails only for a name or a rule longer than any message, which none is.
        if let Ok(serial) = self.queue_message(&mut header, body, Vec::new()) {
            let deadline = Instant::NEVER;
            self.router.sent(PendingCall { serial, deadline, callee: Callee::Bus, purpose });
        }
    }

    /// Answers a call that is not reported to the user. When the queue is full the caller's own deadline ends it: that must not cost us
    /// the connection.
    #[cold]
    pub(super) fn send_answer(&mut self, answer: &Answer) {
        if self.router.is_monitor() || self.outbox.queued() >= self.send_limit {
            return;
        }
        let text = answer.text.as_deref().map(|text| (text,));
        let body: &dyn EncodeBody = match &text {
            None => &(),
            Some(text) => text,
        };
        let destination = answer.destination.as_deref();
        let _ = self.queue_answer(answer.call, destination, answer.error, body, Vec::new());
    }
}

/// A call of a method of the bus. Spec: Message Bus Messages.
const fn bus_call(member: MemberName<'static>) -> MethodCall<'static> {
    const PATH: ObjectPath<'static> = ObjectPath::from_static("/org/freedesktop/DBus");
    const INTERFACE: InterfaceName<'static> = InterfaceName::from_static("org.freedesktop.DBus");
    const DESTINATION: BusName<'static> = BusName::from_static("org.freedesktop.DBus");
    MethodCall::new(PATH, member).interface(INTERFACE).destination(DESTINATION)
}

const HELLO: MemberName<'static> = MemberName::from_static("Hello");
const ADD_MATCH: MemberName<'static> = MemberName::from_static("AddMatch");
const REMOVE_MATCH: MemberName<'static> = MemberName::from_static("RemoveMatch");
const GET_NAME_OWNER: MemberName<'static> = MemberName::from_static("GetNameOwner");
