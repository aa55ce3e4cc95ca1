//! What a session knows besides its buffers, and what it sends.

use alloc::string::String;
use alloc::vec::Vec;

use barebus_wire::name::{BusName, ErrorName, InterfaceName, MemberName, ObjectPath};
use barebus_wire::{EncodeBody, Flags, Header, MatchRule, MessageType, MethodCall, Serial};

use crate::backlog::Backlog;
use crate::config::{Config, Peer};
use crate::duties::Duties;
use crate::error::SendError;
use crate::event::ReplyTo;
use crate::matching::{SubscriptionId, Subscriptions};
use crate::moment::Moment;
use crate::outbox::Outbox;
use crate::owners::{BUS, Expected, NameIndex, Owners};
use crate::pending::{Pending, PendingCalls, Purpose};
use crate::serial::Serials;

/// What a session knows of its messages: those that wait, those that are awaited, and from whom.
#[derive(Debug)]
pub(crate) struct Ledger<F> {
    pub(crate) config: Config,
    pub(crate) outbox: Outbox<F>,
    pub(crate) backlog: Backlog<F>,
    pub(crate) pending: PendingCalls,
    pub(crate) subscriptions: Subscriptions,
    pub(crate) owners: Owners,
    /// Ours, once `Hello` was answered.
    pub(crate) unique_name: Option<String>,
    pub(crate) is_monitor: bool,
    /// Messages that nobody asked for: replies that are late, doubled or not believed, signals without a subscription.
    pub(crate) ignored: u64,
    serials: Serials,
    pub(crate) duties: Duties,
    /// [`drop_refused`](Self::drop_refused), from the first subscription on: programs that make none do not carry it.
    pub(crate) on_refusal: fn(&mut Self, SubscriptionId),
}

impl<F> Ledger<F> {
    pub(crate) fn new(config: Config) -> Self {
        Self {
            outbox: Outbox::new(),
            backlog: Backlog::new(config.receive_limit),
            pending: PendingCalls::new(),
            subscriptions: Subscriptions::default(),
            owners: Owners::default(),
            unique_name: None,
            is_monitor: false,
            ignored: 0,
            serials: Serials::starting_at(config.first_serial),
            duties: Duties::new(),
            on_refusal: |_, _| {},
            config,
        }
    }

    /// The serial of the next message to be sent.
    #[inline]
    pub(crate) fn serial(&mut self) -> Serial {
        let pending = &self.pending;
        self.serials.take(|serial| pending.contains(serial))
    }

    /// Queues a message, whose header is given its serial.
    #[inline]
    pub(crate) fn send(
        &mut self,
        header: &mut Header<'_>,
        body: &dyn EncodeBody,
        fds: Vec<F>,
    ) -> Result<Serial, SendError> {
        let queued = self.outbox.queued();
        if queued >= self.config.send_limit {
            return Err(SendError::QueueFull { limit: self.config.send_limit });
        }
        let Some(count) = u32::try_from(fds.len()).ok().filter(|count| *count <= MOST_FDS) else {
            return Err(SendError::TooManyFds { count: fds.len() });
        };
        header.serial = self.serial();
        header.unix_fds = count;
        self.outbox.push(header, body, fds)?;
        Ok(header.serial)
    }

    /// Queues a call whose reply is awaited.
    #[inline]
    pub(crate) fn call(
        &mut self,
        call: &MethodCall<'_>,
        body: &dyn EncodeBody,
        fds: Vec<F>,
        deadline: Moment,
        purpose: Purpose,
    ) -> Result<Serial, SendError> {
        let expected = self.expected(call.destination, deadline)?;
        let serial = self.send(&mut call.header(Serial::FIRST), body, fds)?;
        self.pending.push(Pending { serial, deadline, expected, purpose });
        Ok(serial)
    }

    /// Queues a call of a method of the bus.
    pub(crate) fn call_bus(
        &mut self,
        member: MemberName<'static>,
        body: &dyn EncodeBody,
        deadline: Moment,
        purpose: Purpose,
    ) -> Result<Serial, SendError> {
        let mut header = bus_call(member).header(Serial::FIRST);
        let serial = self.send(&mut header, body, Vec::new())?;
        self.pending.push(Pending { serial, deadline, expected: Expected::Bus, purpose });
        Ok(serial)
    }

    /// Who may answer a call to `destination`. Of a well-known name that is new, the owner is asked for first.
    #[inline]
    fn expected(
        &mut self,
        destination: Option<BusName<'_>>,
        deadline: Moment,
    ) -> Result<Expected, SendError> {
        if self.config.peer == Peer::Direct {
            return Ok(Expected::Anyone);
        }
        let name = match destination.map(BusName::as_str) {
            None | Some(BUS) => return Ok(Expected::Bus),
            Some(name) => name,
        };
        if name.starts_with(':') {
            return Ok(self.owners.expected_unique(name));
        }
        let index = self.follow(name, deadline)?;
        Ok(self.owners.expected(index))
    }

    /// Learns who owns `name`, and every change of it from then on.
    #[inline]
    fn follow(&mut self, name: &str, deadline: Moment) -> Result<NameIndex, SendError> {
        match self.owners.find(name) {
            Some(index) if !self.owners.is_unknown(index) => Ok(index),
            found => self.ask_owner(name, found, deadline),
        }
    }

    #[cold]
    fn ask_owner(
        &mut self,
        name: &str,
        found: Option<NameIndex>,
        deadline: Moment,
    ) -> Result<NameIndex, SendError> {
        let index = found.unwrap_or_else(|| self.owners.add(name));
        self.owners.ask(index);
        let rule = ["type='signal',sender='org.freedesktop.DBus',interface='org.freedesktop.DBus',member='NameOwnerChanged',arg0='", name, "'"].concat();
        // First the rule, then the question: so that no change falls between them.
        let asked = self
            .call_bus(ADD_MATCH, &(&*rule,), deadline, Purpose::Watch(index))
            .and_then(|_| self.call_bus(GET_NAME_OWNER, &(name,), deadline, Purpose::Owner(index)));
        if asked.is_err() {
            self.owners.refused(index);
        }
        asked.map(|_| index)
    }

    /// Subscribes to the signals that `rule` describes.
    pub(crate) fn subscribe(
        &mut self,
        rule: &MatchRule<'_>,
        deadline: Moment,
    ) -> Result<SubscriptionId, SendError> {
        if self.config.peer == Peer::Direct {
            return Ok(self.subscriptions.add(rule).0);
        }
        match rule.sender().map(BusName::as_str) {
            None | Some(BUS) => {}
            Some(unique) if unique.starts_with(':') => {}
            Some(name) => {
                self.follow(name, deadline)?;
            }
        }
        self.on_refusal = Self::drop_refused;
        let (id, is_new) = self.subscriptions.add(rule);
        if is_new {
            let text = alloc::format!("{rule}");
            let asked = self.call_bus(ADD_MATCH, &(&*text,), deadline, Purpose::Subscription(id));
            if let Err(error) = asked {
                self.subscriptions.remove(id);
                return Err(error);
            }
        }
        Ok(id)
    }

    /// Ends a subscription.
    pub(crate) fn unsubscribe(&mut self, id: SubscriptionId) -> Result<(), SendError> {
        let rule = self.subscriptions.remove(id);
        // Signals that waited for this subscription alone would wait for ever.
        self.backlog.forget_subscription(id);
        let Some(rule) = rule else {
            return Ok(());
        };
        if self.config.peer == Peer::Bus {
            let call = bus_call(REMOVE_MATCH).flags(Flags::NO_REPLY_EXPECTED);
            self.send(&mut call.header(Serial::FIRST), &(&*rule,), Vec::new())?;
        }
        Ok(())
    }

    /// Answers a call that was handed to the user, once.
    pub(crate) fn answer(
        &mut self,
        to: &ReplyTo,
        error: Option<ErrorName<'_>>,
        body: &dyn EncodeBody,
        fds: Vec<F>,
    ) -> Result<(), SendError> {
        if let Some(index) = self.duties.find(to) {
            self.answer_to(to.caller.serial, to.caller.name.as_deref(), error, body, fds)?;
            self.duties.done(index);
        }
        Ok(())
    }

    /// From now on every message is an event, and nothing is sent: not even answers that were still to be written.
    pub(crate) fn become_monitor(&mut self) {
        self.is_monitor = true;
        self.outbox.clear();
        self.duties = Duties::new();
    }

    /// Tells the callers whose [`ReplyTo`] was dropped that no answer comes.
    pub(crate) fn answer_forgotten(&mut self) {
        while let Some(call) = self.duties.next_forgotten() {
            let text = Some("the call was not answered");
            // When the queue is full the caller's own deadline tells it.
            let _ = self.tell(call.serial, call.name.as_deref(), Some(NO_REPLY), text);
        }
    }

    /// Answers a call with a text, or with nothing.
    pub(crate) fn tell(
        &mut self,
        call: Serial,
        sender: Option<&str>,
        error: Option<ErrorName<'_>>,
        text: Option<&str>,
    ) -> Result<(), SendError> {
        match text {
            None => self.answer_to(call, sender, error, &(), Vec::new()),
            Some(text) => self.answer_to(call, sender, error, &(text,), Vec::new()),
        }
    }

    fn answer_to(
        &mut self,
        call: Serial,
        sender: Option<&str>,
        error: Option<ErrorName<'_>>,
        body: &dyn EncodeBody,
        fds: Vec<F>,
    ) -> Result<(), SendError> {
        let destination = sender.and_then(|sender| BusName::parse(sender).ok());
        let message_type =
            if error.is_some() { MessageType::Error } else { MessageType::MethodReturn };
        let mut header = Header::new(message_type, Serial::FIRST);
        header.flags = Flags::NO_REPLY_EXPECTED;
        header.reply_serial = Some(call);
        header.destination = destination;
        header.error_name = error;
        self.send(&mut header, body, fds).map(|_| ())
    }
}

/// A call of a method of the bus. Spec: Message Bus Messages.
const fn bus_call(member: MemberName<'static>) -> MethodCall<'static> {
    const PATH: ObjectPath<'static> = ObjectPath::from_static("/org/freedesktop/DBus");
    const INTERFACE: InterfaceName<'static> = InterfaceName::from_static(BUS);
    const DESTINATION: BusName<'static> = BusName::from_static(BUS);
    MethodCall::new(PATH, member).interface(INTERFACE).destination(DESTINATION)
}

pub(crate) const HELLO: MemberName<'static> = MemberName::from_static("Hello");
const ADD_MATCH: MemberName<'static> = MemberName::from_static("AddMatch");
const REMOVE_MATCH: MemberName<'static> = MemberName::from_static("RemoveMatch");
const GET_NAME_OWNER: MemberName<'static> = MemberName::from_static("GetNameOwner");

const NO_REPLY: ErrorName<'static> = ErrorName::from_static("org.freedesktop.DBus.Error.NoReply");

/// Most file descriptors that the system passes with one write.
pub(crate) const MOST_FDS: u32 = 253;
