//! What the user sends.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::time::Duration;

use barebus_wire::{
    BusName, Emission, EncodeBody, ErrorName, Flags, Header, MatchRule, MessageType, MethodCall,
    Serial,
};

use super::Session;
use super::handshake::Phase;
use crate::error::{NoReply, SendError};
use crate::event::{CallId, SubscriptionId};
use crate::fds::MAX_FDS;
use crate::incoming_calls::ReplyTo;
use crate::instant::Instant;
use crate::router::{PendingCall, Purpose};

impl<F> Session<F> {
    /// Queues a call. It ends without a reply at `deadline`; `None`: never.
    ///
    /// # Errors
    /// See [`SendError`]; nothing was queued.
    #[inline]
    pub fn call<B: EncodeBody + ?Sized>(
        &mut self,
        call: &MethodCall<'_>,
        body: &B,
        fds: Vec<F>,
        deadline: Option<Duration>,
    ) -> Result<CallId, SendError> {
        self.prepare_fds(&fds);
        self.call_dyn(call, &body, fds, deadline)
    }

    #[inline]
    fn call_dyn(
        &mut self,
        call: &MethodCall<'_>,
        body: &dyn EncodeBody,
        fds: Vec<F>,
        deadline: Option<Duration>,
    ) -> Result<CallId, SendError> {
        self.check_sendable(fds.len())?;
        if call.flags.contains(Flags::NO_REPLY_EXPECTED) {
            return Err(SendError::NoReplyExpected);
        }
        let callee = self.router.callee(call.destination);
        self.perform_actions();
        let serial = match self.queue_message(&mut call.header(Serial::FIRST), body, fds) {
            Ok(serial) => serial,
            Err(error) => {
                self.router.not_sent(callee);
                return Err(error);
            }
        };
        let deadline = Instant::deadline(deadline);
        self.router.sent(PendingCall { serial, deadline, callee, purpose: Purpose::User });
        Ok(CallId(serial))
    }

    /// Queues a call with NO_REPLY_EXPECTED.
    ///
    /// # Errors
    /// See [`SendError`]; nothing was queued.
    pub fn send<B: EncodeBody + ?Sized>(
        &mut self,
        call: &MethodCall<'_>,
        body: &B,
        fds: Vec<F>,
    ) -> Result<(), SendError> {
        self.prepare_fds(&fds);
        self.check_sendable(fds.len())?;
        let call = call.flags(Flags::NO_REPLY_EXPECTED);
        self.queue_message(&mut call.header(Serial::FIRST), &body, fds).map(|_| ())
    }

    /// Queues a signal.
    ///
    /// # Errors
    /// See [`SendError`]; nothing was queued.
    pub fn emit<B: EncodeBody + ?Sized>(
        &mut self,
        signal: &Emission<'_>,
        body: &B,
        fds: Vec<F>,
    ) -> Result<(), SendError> {
        self.prepare_fds(&fds);
        self.check_sendable(fds.len())?;
        self.queue_message(&mut signal.header(Serial::FIRST), &body, fds).map(|_| ())
    }

    /// Answers a call of one of our methods with a METHOD_RETURN. Answering again does nothing.
    ///
    /// # Errors
    /// See [`SendError`]. When `to` is dropped, the caller gets an error instead.
    pub fn reply<B: EncodeBody + ?Sized>(
        &mut self,
        to: &ReplyTo,
        body: &B,
        fds: Vec<F>,
    ) -> Result<(), SendError> {
        self.prepare_fds(&fds);
        self.answer(to, None, &body, fds)
    }

    /// Answers a call of one of our methods with an ERROR. Answering again does nothing.
    ///
    /// # Errors
    /// See [`SendError`]. When `to` is dropped, the caller gets another error instead.
    pub fn reply_error(
        &mut self,
        to: &ReplyTo,
        name: ErrorName<'_>,
        text: &str,
    ) -> Result<(), SendError> {
        self.answer(to, Some(name), &(text,), Vec::new())
    }

    fn answer(
        &mut self,
        to: &ReplyTo,
        error: Option<ErrorName<'_>>,
        body: &dyn EncodeBody,
        fds: Vec<F>,
    ) -> Result<(), SendError> {
        self.check_sendable(fds.len())?;
        if let Some(caller) = self.router.incoming_calls().and_then(|calls| calls.find(to)) {
            self.queue_answer(caller.serial, caller.name.as_deref(), error, body, fds)?;
            if let Some(calls) = self.router.incoming_calls() {
                calls.answered(&caller);
            }
        }
        Ok(())
    }

    /// Gives up a call. Its reply is dropped when it arrives.
    pub fn forget(&mut self, call: CallId) {
        if self.ready.as_ref().is_some_and(|ready| ready.kind.ended_call() == Some(call)) {
            self.ready = None;
        }
        if let Some(key) = self.router.forget(call.0) {
            self.queue.take(key);
        }
        self.perform_actions();
    }

    /// Subscribes to the signals that `rule` describes. On a bus this queues `AddMatch`, once for equal rules; the bus must answer before
    /// `deadline`. With a well-known name as sender, only signals of the name's present owner are reported.
    ///
    /// # Errors
    /// See [`SendError`]. A refusal of the bus is reported as [`Event::NotSubscribed`](crate::Event::NotSubscribed).
    pub fn subscribe(
        &mut self,
        rule: &MatchRule<'_>,
        deadline: Option<Duration>,
    ) -> Result<SubscriptionId, SendError> {
        self.check_sendable(0)?;
        let id = self.router.subscribe(rule, Instant::deadline(deadline));
        self.perform_actions();
        Ok(id)
    }

    /// Ends a subscription. Signals that wait only for it are dropped.
    ///
    /// # Errors
    /// See [`SendError`]: the bus was not told. The subscription has ended all the same.
    pub fn unsubscribe(&mut self, subscription: SubscriptionId) -> Result<(), SendError> {
        let sendable = self.check_sendable(0);
        // An event that was polled for it and not taken is not reported any more.
        if self.ready.is_some() {
            self.requeue_ready();
        }
        for key in self.router.unsubscribe(subscription) {
            self.queue.take_for(key, subscription);
        }
        match sendable {
            Ok(()) => self.perform_actions(),
            Err(_) => drop(self.router.take_actions()),
        }
        sendable
    }

    /// Inlined, so that programs that send no file descriptors do not link what passes them.
    #[inline]
    fn prepare_fds(&mut self, fds: &[F]) {
        if !fds.is_empty() {
            self.outbox.pass_fds();
            self.withdraw_fds = Some(Self::withdraw_message_with_fds);
        }
    }

    /// Takes a message with file descriptors out of the queue and ends its call: the next one, which the system refused to pass, or any.
    /// `false` when there is none.
    fn withdraw_message_with_fds(&mut self, reason: NoReply) -> bool {
        let withdrawn = match reason {
            NoReply::FdsNotPassed => self.outbox.withdraw_next_fds(),
            _ => self.outbox.withdraw_fds(),
        };
        if let Some(serial) = withdrawn {
            self.router.end_call(serial, reason);
            self.perform_actions();
        }
        withdrawn.is_some()
    }

    fn check_sendable(&mut self, fds: usize) -> Result<(), SendError> {
        self.is_reused = self.is_established();
        if let Phase::Ended(error) = &self.phase {
            return Err(SendError::Ended(Box::new(error.clone())));
        }
        if self.router.is_monitor() {
            return Err(SendError::Monitor);
        }
        if fds != 0 && self.passes_fds() == Some(false) {
            return Err(SendError::FdsNotNegotiated);
        }
        if fds > MAX_FDS as usize {
            return Err(SendError::TooManyFds { count: fds });
        }
        if self.outbox.queued() >= self.send_limit {
            return Err(SendError::QueueFull { limit: self.send_limit });
        }
        Ok(())
    }

    /// Queues a message, whose header gets its serial.
    #[inline]
    pub(super) fn queue_message(
        &mut self,
        header: &mut Header<'_>,
        body: &dyn EncodeBody,
        fds: Vec<F>,
    ) -> Result<Serial, SendError> {
        header.serial = self.router.next_serial();
        #[allow(clippy::cast_possible_truncation, reason = "checked: at most MAX_FDS")]
        let count = fds.len() as u32;
        header.unix_fds = count;
        self.outbox.push(header, body, fds)?;
        Ok(header.serial)
    }

    /// Queues the reply to a call of ours.
    pub(super) fn queue_answer(
        &mut self,
        call: Serial,
        caller: Option<&str>,
        error: Option<ErrorName<'_>>,
        body: &dyn EncodeBody,
        fds: Vec<F>,
    ) -> Result<(), SendError> {
        let message_type =
            if error.is_some() { MessageType::Error } else { MessageType::MethodReturn };
        let mut header = Header::new(message_type, Serial::FIRST);
        header.flags = Flags::NO_REPLY_EXPECTED;
        header.reply_serial = Some(call);
        header.destination = caller.and_then(|caller| BusName::parse(caller).ok());
        header.error_name = error;
        self.queue_message(&mut header, body, fds).map(|_| ())
    }
}
