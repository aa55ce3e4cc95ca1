//! What the router needs done: calls of the bus, and events without a message.

use alloc::vec::Vec;

use barebus_wire::name::{BusName, InterfaceName, MemberName, ObjectPath};
use barebus_wire::{EncodeBody, Flags, MethodCall, Serial};

use super::Session;
use crate::event::{CallId, Kind};
use crate::event_queue::Queued;
use crate::instant::Instant;
use crate::router::{Action, Actions, Answer, Callee, PendingCall, Purpose, Request, TextRange};

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
        let Actions { list, texts } = self.router.take_actions();
        let text = |range: TextRange| texts.get(range).unwrap_or_default();
        for action in list {
            match action {
                Action::Request(_) | Action::Answer(_) if self.router.is_monitor() => {}
                Action::Request(Request { member, argument, purpose }) => {
                    self.call_bus(member, &(text(argument),), purpose);
                }
                Action::Answer(answer) => {
                    if let Some(send) = self.send_answer {
                        send(self, answer, &texts);
                    }
                }
                Action::EndCall(serial, reason) => {
                    self.enqueue(Queued::without_message(
                        Kind::NoReply(CallId(serial), reason),
                        Vec::new(),
                    ));
                }
                Action::Release { key, is_believed: false, .. } => drop(self.queue.take(key)),
                Action::Release { call, key, .. } => {
                    self.queue.release(key, Kind::Reply(CallId(call)));
                    self.router.pending.set_end(call, key);
                    self.needs_poll = true;
                }
            }
        }
    }

    pub(super) fn send_hello(&mut self) {
        self.call_bus(HELLO, &(), Purpose::Hello);
    }

    /// Queues a call of a method of the bus. It is not subject to the limit: there are at most three for each message of the user's.
    /// It has no deadline of its own: whoever needs the answer has one.
    #[cold]
    fn call_bus(&mut self, member: MemberName<'static>, body: &dyn EncodeBody, purpose: Purpose) {
        let mut header = MethodCall::checked(PATH, member)
            .interface(INTERFACE)
            .destination(DESTINATION)
            .header(Serial::FIRST);
        let is_expected = !purpose.is_removed();
        if !is_expected {
            header.flags = Flags::NO_REPLY_EXPECTED;
        }
        // It fails only for a name or a rule longer than any message, which none is.
        if let (Ok(serial), true) = (self.queue_message(&mut header, body, Vec::new()), is_expected)
        {
            let deadline = Instant::NEVER;
            self.router.sent(PendingCall { serial, deadline, callee: Callee::Bus, purpose });
        }
    }

    /// Answers a call that is not reported to the user. When the queue is full the caller's own deadline ends it: that must not cost us
    /// the connection.
    pub(super) fn send_answer(&mut self, answer: Answer, texts: &str) {
        let text = |range: TextRange| texts.get(range).unwrap_or_default();
        if self.outbox.queued() >= self.send_limit {
            return;
        }
        let argument = (text(answer.text),);
        let body: &dyn EncodeBody = if argument.0.is_empty() { &() } else { &argument };
        let destination = Some(text(answer.destination));
        let _ = self.queue_answer(answer.call, destination, answer.error, body, Vec::new());
    }
}

const PATH: ObjectPath<'static> = ObjectPath::from_static("/org/freedesktop/DBus");
const INTERFACE: InterfaceName<'static> = InterfaceName::from_static("org.freedesktop.DBus");
const DESTINATION: BusName<'static> = BusName::from_static("org.freedesktop.DBus");
const HELLO: MemberName<'static> = MemberName::from_static("Hello");
