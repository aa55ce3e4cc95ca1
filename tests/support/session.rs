//! Properties that hold for every session, after any operations in any order.

mod chunks;
pub mod messages;
pub mod world;

use core::time::Duration;
use std::collections::BTreeMap;

use barebus_session::{
    CallId, Event, NoReply, ReplyTo, SendError, SessionError, SubscriptionId, Want,
};
use barebus_wire::{BusName, MatchRule, MessageType, Serial};

use crate::generators::{self, Source};
use crate::peer::{BUS, bus_name, message};
pub use chunks::chunker;
use world::{Heard, World, wants_answer};

/// Well-known names. They have the same owner, which changes.
const NAMES: [&str; 4] =
    ["org.example.Service", "org.example.Second", "org.example.Third", "org.example.Fourth"];
/// A peer that owns no name.
const UNIQUE: &str = ":1.9";
/// A peer that nobody calls.
const STRANGER: &str = ":1.66";
/// The argument of forged replies. True ones carry the token of their call.
const FORGED: u32 = u32::MAX;

/// Number in the unique name of the names' first owner.
const FIRST_OWNER: u32 = 100;

/// A call that the user made.
#[derive(Clone, Copy, Debug)]
struct Made {
    id: CallId,
    token: u32,
    deadline: Duration,
    /// An owner that had lost the well-known name of the destination when the call was made.
    former_owner: Option<u32>,
    /// Whether the user no longer waits for it, or has seen its end.
    is_over: bool,
}

/// A call that the server has received and not answered.
#[derive(Debug)]
struct Asked {
    serial: Serial,
    token: u32,
    callee: String,
}

/// The user, the server, and what is known of both.
struct Play {
    world: World,
    made: BTreeMap<u32, Made>,
    asked: Vec<Asked>,
    /// With the index of their rule.
    subscriptions: Vec<(SubscriptionId, usize)>,
    duties: Vec<ReplyTo>,
    /// Calls to the client that expect a reply, and the number of replies.
    called: BTreeMap<u32, usize>,
    owner: u32,
    /// Whether the server did something dishonest.
    is_foul: bool,
    ended: Option<SessionError>,
}

/// After any operations of user, server, stream and clock: no panic, no call that ends twice, wrongly or never, no serial that is 0 or in use,
/// no lost file descriptor, no deadline in the past, no invalid message sent.
pub fn session(data: &[u8]) {
    let mut source = Source::new(data);
    let mut play = Play {
        world: World::new(source.byte()),
        made: BTreeMap::new(),
        asked: Vec::new(),
        subscriptions: Vec::new(),
        duties: Vec::new(),
        called: BTreeMap::new(),
        owner: FIRST_OWNER,
        is_foul: false,
        ended: None,
    };
    while !source.is_empty() {
        play.act(&mut source);
    }
    play.settle();
    let handles = play.world.handles.clone();
    drop(play);
    assert_eq!(handles.live(), 0, "descriptors leak");
}

impl Play {
    fn act(&mut self, source: &mut Source<'_>) {
        match source.below(24) {
            0..=2 => self.world.write(usize::from(source.byte()) * 4),
            3..=5 => self.read(usize::from(source.byte()) * 4),
            6 | 7 => self.take(source),
            8..=10 => self.call(source),
            11 => self.forget(source),
            12 => self.subscribe(source),
            13..=15 => self.serve(),
            16 | 17 => self.answer(source),
            18 => self.world.now += Duration::from_millis(source.number() % 2000),
            19 => self.signal(source),
            20 => self.change_owner(),
            21 => self.call_us(source),
            22 => self.user_answers(source),
            _ => self.be_foul(source),
        }
    }

    fn read(&mut self, most: usize) {
        self.world.stream.read_into(&mut self.world.session, most);
    }

    fn owner(&self) -> String {
        format!(":1.{}", self.owner)
    }

    // The user.

    fn call(&mut self, source: &mut Source<'_>) {
        let token = u32::try_from(self.made.len()).unwrap();
        let choice = source.byte();
        let mut is_by_name = false;
        let call = match choice & 3 {
            _ if !self.world.is_bus() => messages::ASK,
            0 => messages::ASK,
            1 => messages::ASK.destination(bus_name(UNIQUE)),
            _ => {
                is_by_name = true;
                messages::ASK.destination(bus_name(NAMES[usize::from(choice >> 3 & 3)]))
            }
        };
        // A connection that is known to have lost the name must not be believed. That news may not have been received yet.
        let is_known = self.world.stream.is_empty() && self.next(Want::Nothing) == Taken::Nothing;
        let former_owner =
            (is_by_name && is_known && self.owner > FIRST_OWNER).then(|| self.owner - 1);
        let count = if choice & 4 == 0 { 0 } else { usize::from(choice >> 5) };
        let fds = (0..count).map(|_| self.world.handles.open()).collect();
        let deadline = self.world.now + Duration::from_millis(u64::from(source.byte()) * 100 + 1);
        let session = &mut self.world.session;
        if choice & 8 != 0 {
            let result = session.send(&call, &(token,), fds);
            return self.check_sending(result.err());
        }
        match session.call(&call, &(token,), fds, Some(deadline)) {
            Ok(id) => {
                let mut open = self.made.values().filter(|made| !made.is_over);
                assert!(open.all(|made| made.id != id), "{} is outstanding", id.serial());
                assert!(session.is_outstanding(id));
                let made = Made { id, token, deadline, former_owner, is_over: false };
                self.made.insert(token, made);
            }
            Err(error) => self.check_sending(Some(error)),
        }
    }

    fn check_sending(&self, error: Option<SendError>) {
        match error {
            None | Some(SendError::QueueFull { .. }) => {}
            Some(SendError::FdsNotNegotiated) => {
                assert_eq!(self.world.session.passes_fds(), Some(false));
            }
            Some(SendError::Ended(error)) => {
                assert_eq!(self.world.session.error(), Some(&*error));
            }
            Some(other) => panic!("{other:?}"),
        }
    }

    /// One of the outstanding calls.
    fn pick(&self, source: &mut Source<'_>) -> Option<CallId> {
        let open: Vec<&Made> = self.made.values().filter(|made| !made.is_over).collect();
        let made = open.get(source.below(open.len().clamp(1, 256)))?;
        Some(made.id)
    }

    fn forget(&mut self, source: &mut Source<'_>) {
        let Some(id) = self.pick(source) else { return };
        self.world.session.forget(id);
        assert!(!self.world.session.is_outstanding(id));
        let made = self.made.values_mut().find(|made| !made.is_over && made.id == id);
        made.expect("it was picked").is_over = true;
    }

    fn subscribe(&mut self, source: &mut Source<'_>) {
        let choice = source.byte();
        if choice & 4 != 0 && !self.subscriptions.is_empty() {
            let index = usize::from(choice >> 3) % self.subscriptions.len();
            let (id, _) = self.subscriptions.swap_remove(index);
            let result = self.world.session.unsubscribe(id);
            return self.check_sending(result.err());
        }
        let index = usize::from(choice & 3).min(2);
        let rule = MatchRule::parse(RULES[index]).expect("a rule");
        let deadline = self.world.now + Duration::from_secs(1);
        match self.world.session.subscribe(&rule, Some(deadline)) {
            Ok(id) => self.subscriptions.push((id, index)),
            Err(error) => self.check_sending(Some(error)),
        }
    }

    fn take(&mut self, source: &mut Source<'_>) {
        let want = match source.below(4) {
            0 => Want::Nothing,
            1 => self.pick(source).map_or(Want::Anything, Want::Reply),
            2 => match self.subscriptions.last() {
                Some((id, _)) => Want::Signal(*id),
                None => Want::Anything,
            },
            _ => Want::Anything,
        };
        self.next(want);
    }

    /// Handles an event.
    fn next(&mut self, want: Want) -> Taken {
        let now = self.world.now;
        match self.world.session.poll_event(want, now) {
            Ok(None) => {
                let deadline = self.world.session.next_deadline();
                assert!(deadline.is_none_or(|deadline| deadline > now), "a deadline in the past");
                Taken::Nothing
            }
            Ok(Some(event)) => {
                let told = Told::of(event);
                self.check_event(want, told);
                Taken::Event
            }
            Err(error) => {
                self.check_end(error);
                Taken::End
            }
        }
    }

    fn check_event(&mut self, want: Want, told: Told) {
        match told {
            Told::Reply(id, token) => {
                let made = self.end_of(id, want);
                assert_eq!(token, Some(made.token), "a false reply is believed");
            }
            Told::NoReply(id, reason) => {
                let now = self.world.now;
                let made = self.end_of(id, want);
                match reason {
                    NoReply::TimedOut => assert!(made.deadline <= now, "ends before its time"),
                    NoReply::OwnerUnknown => assert!(self.world.refuses_owner, "{reason}"),
                    _ => {}
                }
            }
            Told::Signal(subscriptions, sender) => {
                match want {
                    Want::Signal(id) => assert_eq!(subscriptions, [id]),
                    _ => assert_eq!(want, Want::Anything),
                }
                self.check_signal(&subscriptions, sender.as_deref());
            }
            Told::Called(reply_to) => {
                assert_eq!(want, Want::Anything);
                self.duties.push(reply_to);
            }
            Told::NotSubscribed(ended) => {
                self.subscriptions.retain(|(id, _)| !ended.contains(id));
            }
            Told::Other => assert_eq!(want, Want::Anything),
        }
    }

    /// Checks that the signal is for these subscriptions.
    fn check_signal(&self, subscriptions: &[SubscriptionId], sender: Option<&str>) {
        assert!(!subscriptions.is_empty(), "a signal for nobody");
        for id in subscriptions {
            let made = self.subscriptions.iter().find(|(made, _)| made == id);
            let (_, rule) = made.expect("a signal for a subscription that was not made");
            let is_right = match rule {
                _ if !self.world.is_bus() => true,
                // Owners' names are `:1.100` and later.
                0 => sender.is_some_and(|sender| sender.len() > STRANGER.len()),
                2 => sender == Some(STRANGER),
                _ => true,
            };
            assert!(is_right, "{} gives a signal of {sender:?}", RULES[*rule]);
        }
    }

    /// The call that has ended. It was outstanding.
    fn end_of(&mut self, id: CallId, want: Want) -> Made {
        assert!(matches!(want, Want::Anything) || want == Want::Reply(id), "{want:?} gives {id:?}");
        let made = self.made.values_mut().find(|made| !made.is_over && made.id == id);
        let made = made.expect("a call ends that is not under way");
        made.is_over = true;
        *made
    }

    fn check_end(&mut self, error: SessionError) {
        if let Some(before) = &self.ended {
            assert_eq!(*before, error, "ends a second time");
            return;
        }
        if self.world.session.retry_handshake() {
            self.world.reconnect();
            self.asked.clear();
            return;
        }
        let is_late = matches!(error, SessionError::HandshakeTimedOut { .. });
        assert!(is_late || self.is_foul, "an honest server is left: {error}");
        self.ended = Some(error);
    }

    fn user_answers(&mut self, source: &mut Source<'_>) {
        if self.duties.is_empty() {
            return;
        }
        let choice = source.byte();
        let to = self.duties.swap_remove(usize::from(choice >> 1) % self.duties.len());
        if choice & 1 == 0 {
            let result = self.world.session.reply(&to, &("an answer",), Vec::new());
            self.check_sending(result.err());
        }
    }

    // The server.

    /// Handles the next received message.
    fn serve(&mut self) {
        let Some(heard) = self.world.heard.pop_front() else { return };
        self.check_heard(&heard);
        if self.world.answer_as_bus(&heard, &self.owner()) || !wants_answer(&heard.message()) {
            return;
        }
        let (token,) = heard.message().body::<(u32,)>().expect("a question");
        let destination = heard.destination();
        let callee = match NAMES.contains(&destination) {
            true => self.owner(),
            false => destination.to_owned(),
        };
        self.asked.push(Asked { serial: heard.serial(), token, callee });
    }

    fn check_heard(&mut self, heard: &Heard) {
        let message = heard.message();
        if let MessageType::MethodReturn | MessageType::Error = message.header().message_type {
            let serial = message.header().reply_serial.expect("a reply").get();
            let answers = self.called.get_mut(&serial).expect("answers what wanted no answer");
            *answers += 1;
            assert_eq!(*answers, 1, "answers a second time");
        }
    }

    fn answer(&mut self, source: &mut Source<'_>) {
        if self.asked.is_empty() {
            return;
        }
        let choice = source.byte();
        let asked = self.asked.swap_remove(usize::from(choice >> 4) % self.asked.len());
        let on_bus = self.world.is_bus();
        let serial = self.world.serial();
        // The bus omits SENDER when it answers for a hidden name.
        let sender = (choice & 0xf0 != 0xf0).then_some(&*asked.callee);
        let mut header = messages::reply(serial, asked.serial, sender, on_bus);
        let count =
            if self.world.session.passes_fds() == Some(true) { u32::from(choice & 3) } else { 0 };
        header.unix_fds = count;
        let fds = (0..count).map(|_| self.world.handles.open()).collect();
        let bytes = message(&header, &(asked.token,));
        self.world.stream.push(bytes.clone(), fds, false);
        if choice & 0xc == 0xc && count == 0 {
            // Again: no caller waits for it any longer.
            self.world.stream.push(bytes, Vec::new(), false);
        }
    }

    fn signal(&mut self, source: &mut Source<'_>) {
        if !self.world.is_begun() {
            return;
        }
        let owner = self.owner();
        let sender = match source.below(4) {
            _ if !self.world.is_bus() => None,
            0 => Some(STRANGER),
            1 => None,
            _ => Some(&*owner),
        };
        let serial = self.world.serial();
        let text = "x".repeat(source.byte().into());
        let bytes = message(&messages::signal(serial, sender), &(&*text,));
        self.world.stream.push(bytes, Vec::new(), false);
    }

    fn change_owner(&mut self) {
        if !self.world.is_begun() || !self.world.is_bus() {
            return;
        }
        let old = self.owner();
        self.owner += 1;
        for name in self.world.watched.clone() {
            let serial = self.world.serial();
            let mut header = messages::signal(serial, Some(BUS));
            header.interface = Some(barebus_wire::InterfaceName::from_static(BUS));
            header.member = Some(barebus_wire::MemberName::from_static("NameOwnerChanged"));
            let bytes = message(&header, &(&*name, &*old, &*self.owner()));
            self.world.stream.push(bytes, Vec::new(), false);
        }
    }

    fn call_us(&mut self, source: &mut Source<'_>) {
        if !self.world.is_begun() {
            return;
        }
        let choice = source.byte();
        let serial = self.world.serial();
        let sender = (self.world.is_bus()).then_some(UNIQUE);
        let member = if choice & 1 == 0 { "Ask" } else { "Tell" };
        let mut header = messages::call(serial, sender, member);
        if choice & 2 != 0 {
            header.flags = barebus_wire::Flags::NO_REPLY_EXPECTED;
        } else {
            self.called.insert(serial.get(), 0);
        }
        self.world.stream.push(message(&header, &()), Vec::new(), false);
    }

    /// Dishonest operations of the server.
    fn be_foul(&mut self, source: &mut Source<'_>) {
        if !self.world.is_begun() {
            return;
        }
        let choice = source.byte();
        match choice & 7 {
            0 | 1 => self.forge(),
            2 | 3 => {
                let mut parts = generators::message(source);
                // It contains nothing true about other messages, and its sender is not the callee.
                parts.sender = Some(STRANGER.into());
                parts.unix_fds = 0;
                if parts.message_type == MessageType::MethodCall {
                    parts.message_type = MessageType::Unknown(7);
                }
                if self.world.is_bus() {
                    self.world.stream.push(generators::encode(&parts), Vec::new(), false);
                }
            }
            4 => {
                // Unannounced descriptors.
                self.is_foul = true;
                let serial = self.world.serial();
                let bytes = message(&messages::signal(serial, Some(STRANGER)), &());
                let fds = (0..choice >> 5).map(|_| self.world.handles.open()).collect();
                self.world.stream.push(bytes, fds, choice & 8 != 0);
            }
            5 => {
                self.is_foul = true;
                let noise: Vec<u8> = (0..source.byte()).map(|_| source.byte()).collect();
                self.world.stream.push(noise, Vec::new(), false);
            }
            6 => {
                self.is_foul = true;
                self.world.session.handle_eof();
            }
            _ => {
                let refused = self.world.session.handle_fds_refused();
                assert!(!refused || self.world.session.error().is_none());
            }
        }
    }

    /// Replies to every call from a stranger, and from owners that had lost the name before the call.
    fn forge(&mut self) {
        if !self.world.is_bus() {
            return;
        }
        let calls: Vec<Made> = self.made.values().copied().collect();
        for made in calls {
            let former = made.former_owner.map(|number| format!(":1.{number}"));
            for sender in [Some(STRANGER), former.as_deref()].into_iter().flatten() {
                let serial = self.world.serial();
                let header = messages::reply(serial, made.id.serial(), Some(sender), true);
                self.world.stream.push(message(&header, &(FORGED,)), Vec::new(), false);
            }
        }
    }

    // The end.

    /// Completes all pending operations. Then every call has ended.
    fn settle(&mut self) {
        self.exchange_all();
        self.duties.clear();
        self.exchange_all();
        self.world.now += Duration::from_secs(3600);
        self.exchange_all();
        if self.ended.is_some() {
            return;
        }
        let open: Vec<&Made> = self.made.values().filter(|made| !made.is_over).collect();
        assert!(open.is_empty(), "never end: {open:?}");
        assert_eq!(self.world.session.outstanding(), 0);
        assert_eq!(self.world.session.next_deadline(), None);
    }

    /// Exchanges messages until both sides are idle.
    fn exchange_all(&mut self) {
        for _ in 0..20 {
            self.exchange();
            if self.world.session.poll_transmit().is_empty() {
                return;
            }
        }
        panic!("they never come to an end");
    }

    fn exchange(&mut self) {
        // Each message with descriptors is a write of its own.
        while !self.world.session.poll_transmit().is_empty() {
            self.world.write(usize::MAX);
        }
        while !self.world.heard.is_empty() {
            self.serve();
        }
        while !self.asked.is_empty() {
            self.answer(&mut Source::new(&[]));
        }
        while !self.world.stream.is_empty() {
            self.read(usize::MAX);
            while self.next(Want::Anything) == Taken::Event {}
        }
        while self.next(Want::Anything) == Taken::Event {}
    }
}

/// Result of a poll.
#[derive(Debug, PartialEq)]
enum Taken {
    Event,
    Nothing,
    End,
}

/// The rules of the subscriptions.
const RULES: [&str; 3] = [
    "type='signal',sender='org.example.Service'",
    "type='signal',interface='org.example.Interface'",
    "type='signal',sender=':1.66'",
];

/// An event without its message.
enum Told {
    Reply(CallId, Option<u32>),
    NoReply(CallId, NoReply),
    Signal(Vec<SubscriptionId>, Option<String>),
    Called(ReplyTo),
    NotSubscribed(Vec<SubscriptionId>),
    Other,
}

impl Told {
    fn of(event: Event<'_, world::Handle>) -> Self {
        match event {
            Event::Reply { call, reply } => {
                assert_eq!(reply.message.header().unix_fds as usize, reply.fds.len());
                Self::Reply(call, reply.message.body::<(u32,)>().ok().map(|(token,)| token))
            }
            Event::NoReply { call, reason } => Self::NoReply(call, reason),
            Event::Signal { subscriptions, signal } => {
                let sender = signal.message.header().sender.map(BusName::as_str);
                Self::Signal(subscriptions.to_vec(), sender.map(Into::into))
            }
            Event::MethodCall { reply_to, .. } => Self::Called(reply_to),
            Event::NotSubscribed { subscriptions, .. } => {
                Self::NotSubscribed(subscriptions.to_vec())
            }
            _ => Self::Other,
        }
    }
}
