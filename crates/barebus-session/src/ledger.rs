//! What a session knows besides its buffers, and what it does with each message that comes.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use barebus_wire::name::{BusName, ErrorName, InterfaceName, MemberName, ObjectPath};
use barebus_wire::{
    EncodeBody, Flags, Header, MatchRule, Message, MessageType, MethodCall, Serial,
};

use crate::backlog::{Backlog, Matter};
use crate::config::{Config, Peer};
use crate::duties::Duties;
use crate::error::{NoReply, SendError, SessionError};
use crate::event::{CallId, ReplyTo};
use crate::matching::{SubscriptionId, Subscriptions};
use crate::moment::Moment;
use crate::outbox::Outbox;
use crate::owners::{BUS, Expected, NameIndex, Owners};
use crate::pending::{Pending, PendingCalls, Purpose};
use crate::serial::Serials;

/// What to do with a message that has come.
#[derive(Debug)]
pub(crate) enum Sorted {
    /// Nothing more: it was for the session itself, or for nobody.
    Done,
    /// It is an event.
    Event(Matter),
    /// It ends the connection.
    End(Box<SessionError>),
}

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
    duties: Duties,
    on_refusal: fn(&mut Self, SubscriptionId),
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

    // Sending.

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
        if self.duties.has(to) {
            self.answer_to(to.caller.serial, to.caller.name.as_deref(), error, body, fds)?;
            self.duties.done(to);
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

    // Receiving.

    /// Decides what a message is for.
    #[inline]
    pub(crate) fn sort(&mut self, message: &Message<'_>) -> Sorted {
        if self.is_monitor {
            return Sorted::Event(Matter::Monitored);
        }
        match message.header().message_type {
            MessageType::MethodReturn | MessageType::Error => self.sort_reply(message),
            MessageType::Signal => self.sort_signal(message),
            MessageType::MethodCall => self.sort_call(message),
            // To be ignored. Spec: Message Types.
            MessageType::Unknown(_) => self.ignore(),
        }
    }

    fn ignore(&mut self) -> Sorted {
        self.ignored += 1;
        Sorted::Done
    }

    #[inline]
    fn sort_reply(&mut self, message: &Message<'_>) -> Sorted {
        let header = message.header();
        let sender = header.sender.map(BusName::as_str);
        let Some(serial) = header.reply_serial else {
            return self.ignore();
        };
        let believed = self
            .pending
            .get(serial)
            .is_some_and(|call| self.owners.believes(call.expected, sender));
        if !believed || !self.is_for_us(message) {
            return self.ignore();
        }
        let Some(call) = self.pending.remove(serial) else {
            return self.ignore();
        };
        match call.purpose {
            Purpose::User => Sorted::Event(Matter::Reply(CallId(serial))),
            Purpose::Hello => self.take_hello(message),
            Purpose::Owner(name) => {
                self.take_owner(name, message);
                Sorted::Done
            }
            Purpose::Watch(name) => {
                if header.message_type == MessageType::Error {
                    self.end_unknown(name);
                }
                Sorted::Done
            }
            Purpose::Subscription(id) if header.message_type == MessageType::Error => {
                (self.on_refusal)(self, id);
                Sorted::Event(Matter::NotSubscribed(id))
            }
            Purpose::Subscription(_) | Purpose::Ended => Sorted::Done,
        }
    }

    /// Whether the message is addressed to us, or to nobody in particular. What others are told is not for us to act on.
    fn is_for_us(&self, message: &Message<'_>) -> bool {
        match (message.header().destination, &self.unique_name) {
            (Some(destination), Some(ours)) => {
                !destination.is_unique() || destination.as_str() == ours
            }
            _ => true,
        }
    }

    /// Ends the subscriptions that share the refused one's rule.
    fn drop_refused(&mut self, id: SubscriptionId) {
        let rule = self.subscriptions.rule(id).map(String::from);
        self.subscriptions.remove(id);
        self.backlog.forget_subscription(id);
        let Some(rule) = rule else { return };
        while let Some(other) = self.subscriptions.remove_refused(&rule) {
            self.backlog.forget_subscription(other);
            self.backlog.note(Matter::NotSubscribed(other));
        }
    }

    fn take_hello(&mut self, message: &Message<'_>) -> Sorted {
        let refused = |reason: &str| SessionError::HelloRefused { reason: reason.into() };
        let error = match (message.header().error_name, message.body::<(&str,)>()) {
            (Some(name), _) => refused(name.as_str()),
            (None, Ok((name,))) if BusName::parse(name).is_ok_and(|name| name.is_unique()) => {
                self.unique_name = Some(name.into());
                return Sorted::Done;
            }
            (None, Ok(_)) => refused("the answer is no unique name"),
            (None, Err(error)) => SessionError::HelloInvalid(error),
        };
        Sorted::End(Box::new(error))
    }

    fn take_owner(&mut self, name: NameIndex, message: &Message<'_>) {
        if let Some(error) = message.header().error_name {
            if error.as_str() == "org.freedesktop.DBus.Error.NameHasNoOwner" {
                self.owners.answered(name, None);
            } else {
                self.end_unknown(name);
            }
            return;
        }
        match message.body::<(&str,)>() {
            Ok((owner,)) => self.owners.answered(name, Some(owner)),
            Err(_) => self.end_unknown(name),
        }
    }

    /// Nobody tells who owns the name: calls to it cannot be answered.
    fn end_unknown(&mut self, name: NameIndex) {
        self.owners.refused(name);
        self.end_calls(
            NoReply::OwnerUnknown,
            |expected| matches!(expected, Expected::Owner { name: other, .. } if other == name),
        );
    }

    /// Ends the call with `serial`, if its reply is awaited.
    pub(crate) fn end_call(&mut self, serial: Serial, reason: NoReply) {
        if self.pending.remove(serial).is_some() {
            self.backlog.note(Matter::NoReply(CallId(serial), reason));
        }
    }

    /// Ends the user's calls that expect what `ends` says.
    fn end_calls(&mut self, reason: NoReply, ends: impl Fn(Expected) -> bool) {
        while let Some(call) = self.pending.remove_where(|call| ends(call.expected)) {
            self.backlog.note(Matter::NoReply(CallId(call.serial), reason));
        }
    }

    fn sort_signal(&mut self, message: &Message<'_>) -> Sorted {
        let header = message.header();
        let sender = header.sender.map(BusName::as_str);
        // The bus writes unique names, and its own.
        let is_true = |name: BusName<'_>| name.is_unique() || name.as_str() == BUS;
        if self.config.peer == Peer::Bus && !header.sender.is_some_and(is_true) {
            return self.ignore();
        }
        let member = header.member.map(MemberName::as_str);
        if self.config.peer == Peer::Bus
            && sender == Some(BUS)
            && member == Some("NameOwnerChanged")
            && header.interface.map(InterfaceName::as_str) == Some(BUS)
        {
            self.take_owner_change(message);
        }
        if self.subscriptions.want(message, &self.owners) {
            Sorted::Event(Matter::Signal(Vec::new()))
        } else {
            self.ignore()
        }
    }

    fn take_owner_change(&mut self, message: &Message<'_>) {
        let mut reader = message.reader();
        let (true, Ok(name), Ok(old), Ok(new)) = (
            message.signature().as_str() == "sss",
            reader.read_str(),
            reader.read_str(),
            reader.read_str(),
        ) else {
            return;
        };
        if let Some(change) = self.owners.changed(name, old, new) {
            self.end_calls(NoReply::OwnerChanged, |expected| {
                matches!(expected, Expected::Owner { name, generation }
                    if name == change.name && generation != change.generation)
            });
        }
    }

    fn sort_call(&mut self, message: &Message<'_>) -> Sorted {
        let header = message.header();
        // Whom to answer the bus tells; a call without a sender is none of its.
        let is_nobodys = self.config.peer == Peer::Bus && header.sender.is_none();
        if is_nobodys || !self.is_for_us(message) {
            return self.ignore();
        }
        let expects = !header.flags.contains(Flags::NO_REPLY_EXPECTED);
        let sender = header.sender.map(BusName::as_str);
        let interface = header.interface.map(InterfaceName::as_str);
        let member = header.member.map_or("", MemberName::as_str);
        let serial = header.serial;
        let (machine_id, refusal);
        let (error, text) = match (interface, member) {
            (Some("org.freedesktop.DBus.Peer"), _) if !expects => return Sorted::Done,
            (Some("org.freedesktop.DBus.Peer"), "Ping") => (None, None),
            (Some("org.freedesktop.DBus.Peer"), "GetMachineId") => {
                machine_id = (self.config.machine_id)();
                match machine_id.as_ref().and_then(|id| core::str::from_utf8(id).ok()) {
                    Some(id) => (None, Some(id)),
                    None => (Some(FILE_NOT_FOUND), Some("this machine has no machine id")),
                }
            }
            _ => {
                if let Some(take) = self.config.serving.take {
                    let reply_to = take(&mut self.duties, serial, sender, expects);
                    return Sorted::Event(Matter::MethodCall(reply_to));
                }
                if !expects {
                    return Sorted::Done;
                }
                let interface = interface.unwrap_or("(none)");
                let of = ["no method ", member, " of interface ", interface, " is served here"];
                refusal = of.concat();
                (Some(UNKNOWN_METHOD), Some(&*refusal))
            }
        };
        // A full queue: the caller has to live with its deadline. It must not cost us the connection.
        if self.tell(serial, sender, error, text).is_err() {
            self.ignored += 1;
        }
        Sorted::Done
    }

    /// Answers a call with a text, or with nothing.
    fn tell(
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

    // Time.

    /// Ends the calls whose deadline has passed. Errors end the connection.
    #[inline]
    pub(crate) fn expire(&mut self, now: Moment) {
        while let Some(call) = self.pending.expired(now) {
            self.end_late(&call, now);
        }
    }

    #[cold]
    fn end_late(&mut self, call: &Pending, now: Moment) {
        match call.purpose {
            Purpose::User => {
                self.backlog.note(Matter::NoReply(CallId(call.serial), NoReply::TimedOut));
            }
            Purpose::Owner(name) | Purpose::Watch(name) => {
                // What the calls themselves ran out of is time.
                let is_late =
                    |call: &Pending| call.purpose == Purpose::User && call.deadline <= now;
                while let Some(call) = self.pending.remove_where(is_late) {
                    self.backlog.note(Matter::NoReply(CallId(call.serial), NoReply::TimedOut));
                }
                self.end_unknown(name);
            }
            Purpose::Subscription(id) => {
                (self.on_refusal)(self, id);
                self.backlog.note(Matter::NotSubscribed(id));
            }
            // `Hello` has the handshake's deadline.
            Purpose::Hello | Purpose::Ended => {}
        }
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
const UNKNOWN_METHOD: ErrorName<'static> =
    ErrorName::from_static("org.freedesktop.DBus.Error.UnknownMethod");
const FILE_NOT_FOUND: ErrorName<'static> =
    ErrorName::from_static("org.freedesktop.DBus.Error.FileNotFound");

/// Most file descriptors that the system passes with one write.
pub(crate) const MOST_FDS: u32 = 253;
