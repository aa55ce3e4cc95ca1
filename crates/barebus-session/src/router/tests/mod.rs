//! The rules about names and replies: messages are pushed in; the routes and the actions are what is looked at.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::time::Duration;

use barebus_sasl::{Identity, Mechanism, Mechanisms};
use barebus_wire::{
    EncodeBody, ErrorName, Header, InterfaceName, MemberName, MessageBuf, MethodCall, ObjectPath,
};

use super::*;
use crate::event::CallId;

mod held;
mod names_in_use;

const SERVICE: &str = "org.example.Service";
const OWNER: &str = ":1.7";
const NEXT: &str = ":1.8";
const STRANGER: &str = ":1.66";
const NO_OWNER: &str = "org.freedesktop.DBus.Error.NameHasNoOwner";
const DENIED: &str = "org.freedesktop.DBus.Error.AccessDenied";

/// A router whose requests are noted as calls under way.
struct Play {
    router: Router,
    /// Requests that await a reply, oldest first.
    asked: Vec<(Serial, String)>,
    /// Rules that were removed.
    removed: Vec<String>,
    /// Calls that ended without a reply.
    failed: Vec<(Serial, NoReply)>,
    /// Held replies that were decided.
    released: Vec<(Serial, bool)>,
    /// Calls of ours that were answered.
    answers: usize,
}

impl Play {
    fn of(config: &Config) -> Self {
        Self {
            router: Router::new(config),
            asked: Vec::new(),
            removed: Vec::new(),
            failed: Vec::new(),
            released: Vec::new(),
            answers: 0,
        }
    }

    fn bus() -> Self {
        Self::of(&config(ServerKind::Bus))
    }

    fn act(&mut self) {
        let Actions { list, texts } = self.router.take_actions();
        for action in list {
            match action {
                Action::Request(request) if request.purpose.is_removed() => {
                    self.removed.push(texts[request.argument].into());
                }
                Action::Request(request) => {
                    let serial = self.sent(Callee::Bus, request.purpose, Instant::NEVER);
                    self.asked.push((serial, request.member.to_string()));
                }
                Action::EndCall(call, reason) => self.failed.push((call, reason)),
                Action::Answer(_) => self.answers += 1,
                Action::Release { call, is_believed, .. } => {
                    self.released.push((call, is_believed));
                }
            }
        }
    }

    fn sent(&mut self, callee: Callee, purpose: Purpose, deadline: Instant) -> Serial {
        let serial = self.router.next_serial();
        self.router.sent(PendingCall { serial, deadline, callee, purpose });
        serial
    }

    /// Calls `destination`: the call's serial, and what was asked for it.
    fn call(&mut self, destination: &str) -> (Serial, Vec<(Serial, String)>) {
        let callee = self.router.callee(BusName::parse(destination).ok());
        let before = self.asked.len();
        self.act();
        let asked = self.asked[before..].to_vec();
        (self.sent(callee, Purpose::User, Instant::NEVER), asked)
    }

    /// A router that follows [`SERVICE`].
    fn followed() -> Self {
        Self::bus().follow()
    }

    /// Calls [`SERVICE`] so often that it is followed.
    fn follow(mut self) -> Self {
        for _ in 0..2 {
            let (call, _) = self.call(SERVICE);
            self.serve(OWNER);
            assert!(self.is_reply(call, Some(OWNER)));
            self.router.pending.remove(call);
        }
        self
    }

    fn route(&mut self, header: &Header<'_>, body: &dyn EncodeBody) -> Route {
        let mut bytes = MessageBuf::new();
        bytes.push(header, body).unwrap();
        let route = self.router.route(&Message::parse(bytes.as_slice()).unwrap());
        self.act();
        route
    }

    fn reply(&mut self, to: Serial, sender: Option<&str>, body: &dyn EncodeBody) -> Route {
        self.route(&reply(to, sender), body)
    }

    fn is_reply(&mut self, to: Serial, sender: Option<&str>) -> bool {
        let ignored = self.router.ignored();
        match self.reply(to, sender, &()) {
            Route::Event(Kind::Reply(CallId(call))) => call == to,
            Route::Done => {
                assert_eq!(self.router.ignored(), ignored + 1);
                false
            }
            Route::Hold(held) => {
                assert_eq!(held.call, to);
                self.hold(held);
                false
            }
            other => panic!("{other:?}"),
        }
    }

    /// The session has found a place for the reply.
    fn hold(&mut self, mut held: Box<Held>) {
        held.key = EventKey::FIRST;
        self.router.hold(held);
        self.act();
    }

    fn refuse(&mut self, to: Serial, error: &str) -> Route {
        let mut header = reply(to, Some(names::BUS));
        header.message_type = MessageType::Error;
        header.error_name = Some(ErrorName::parse(error).unwrap());
        self.route(&header, &("no",))
    }

    /// Answers everything that was asked of the bus.
    fn serve(&mut self, owner: &str) {
        for (serial, member) in mem::take(&mut self.asked) {
            let body: &dyn EncodeBody = if member == "GetNameOwner" { &(owner,) } else { &() };
            assert!(matches!(self.reply(serial, Some(names::BUS), body), Route::Done));
        }
    }

    fn change(&mut self, sender: Option<&str>, name: &str, new: &str) -> Route {
        let mut header = Header::signal(
            Serial::FIRST,
            ObjectPath::from_static("/org/freedesktop/DBus"),
            InterfaceName::from_static(names::BUS),
            MemberName::from_static("NameOwnerChanged"),
        );
        header.sender = sender.map(|name| BusName::parse(name).unwrap());
        self.route(&header, &(name, "", new))
    }
}

fn config(server: ServerKind) -> Config {
    Config::new(server, Mechanisms::only(Mechanism::External(Identity::Uid(0))))
}

fn reply(to: Serial, sender: Option<&str>) -> Header<'_> {
    let mut header = Header::new(MessageType::MethodReturn, Serial::FIRST);
    header.reply_serial = Some(to);
    header.sender = sender.map(|name| BusName::parse(name).unwrap());
    header
}

fn members(asked: &[(Serial, String)]) -> Vec<&str> {
    asked.iter().map(|(_, member)| &**member).collect()
}

#[test]
fn names_are_asked_for_then_followed_then_known() {
    let mut play = Play::bus();
    for expected in [&["GetNameOwner"][..], &["AddMatch", "GetNameOwner"], &[], &[]] {
        let (call, asked) = play.call(SERVICE);
        assert_eq!(members(&asked), expected);
        play.serve(OWNER);
        assert!(play.is_reply(call, Some(OWNER)));
    }
    for destination in [OWNER, names::BUS] {
        assert!(play.call(destination).1.is_empty(), "{destination}");
    }
}

#[test]
fn each_callee_is_answered_by_itself_and_by_the_bus() {
    // Longer than fits into a key, too.
    for unique in [":1.42", ":1.1234567890123456789"] {
        for sender in [Some(unique), Some(names::BUS), None] {
            let mut play = Play::bus();
            let (call, _) = play.call(unique);
            for stranger in [STRANGER, SERVICE, &unique[..4], &*format!("{unique}0")] {
                assert!(!play.is_reply(call, Some(stranger)), "{stranger} for {unique}");
            }
            assert!(play.is_reply(call, sender));
            assert!(!play.is_reply(call, sender), "a second time");
        }
    }
    let mut play = Play::bus();
    let (call, _) = play.call(names::BUS);
    assert!(!play.is_reply(call, Some(OWNER)));
    assert!(play.is_reply(call, None));
}

#[test]
fn on_a_direct_connection_anybody_answers() {
    for sender in [None, Some(STRANGER)] {
        let mut play = Play::of(&config(ServerKind::Direct));
        let (call, asked) = play.call(SERVICE);
        assert!(asked.is_empty());
        assert!(play.is_reply(call, sender));
    }
}

#[test]
fn only_so_many_former_owners_are_remembered() {
    let mut play = Play::followed();
    let (call, _) = play.call(SERVICE);
    let owner = |number: usize| format!(":2.{number}");
    for number in 0..100 {
        play.change(Some(names::BUS), SERVICE, &owner(number));
    }
    assert!(!play.is_reply(call, Some(OWNER)));
    assert!(!play.is_reply(call, Some(&owner(35))));
    assert!(play.is_reply(call, Some(&owner(36))));
}

#[test]
fn owners_are_told_by_the_bus_alone() {
    for (sender, is_believed) in [(Some(names::BUS), true), (None, true), (Some(NEXT), false)] {
        let mut play = Play::followed();
        let (call, _) = play.call(SERVICE);
        assert!(matches!(play.change(sender, SERVICE, NEXT), Route::Done));
        assert_eq!(play.is_reply(call, Some(NEXT)), is_believed, "{sender:?}");
    }
    // Of a direct connection's peers none is a bus.
    let mut play = Play::of(&config(ServerKind::Direct));
    play.change(Some(names::BUS), SERVICE, NEXT);
    assert_eq!(play.router.ignored(), 1);
}

#[test]
fn a_name_that_is_let_go_is_no_longer_watched() {
    let mut play = Play::of(&Config { followed_names: 1, ..config(ServerKind::Bus) });
    for _ in 0..2 {
        let (call, _) = play.call(SERVICE);
        play.serve(OWNER);
        assert!(play.is_reply(call, Some(OWNER)));
    }
    let (call, _) = play.call("org.example.Other");
    assert_eq!(play.removed.len(), 1);
    assert!(play.removed[0].ends_with("arg0='org.example.Service'"), "{}", play.removed[0]);
    play.serve(OWNER);
    assert!(play.is_reply(call, Some(OWNER)));
    assert_eq!(members(&play.call(SERVICE).1), ["GetNameOwner"], "it is known no longer");
}

#[test]
fn hello_is_answered_by_a_unique_name_or_the_session_ends() {
    let hello = |play: &mut Play| play.sent(Callee::Bus, Purpose::Hello, Instant::NEVER);
    for sender in [Some(names::BUS), None] {
        let mut play = Play::bus();
        let serial = hello(&mut play);
        assert!(matches!(play.reply(serial, Some(STRANGER), &(STRANGER,)), Route::Done));
        assert!(matches!(play.reply(serial, sender, &(OWNER,)), Route::Done));
        assert_eq!(play.router.unique_name(), Some(OWNER));
    }
    let bodies: [&dyn EncodeBody; 4] = [&(SERVICE,), &("",), &(7_u32,), &()];
    for body in bodies {
        let mut play = Play::bus();
        let serial = hello(&mut play);
        assert!(matches!(play.reply(serial, Some(names::BUS), body), Route::End(_)));
    }
    let mut play = Play::bus();
    let serial = hello(&mut play);
    assert!(matches!(play.refuse(serial, DENIED), Route::End(_)));
}

#[test]
fn what_is_for_somebody_else_is_not_acted_on() {
    let mut play = Play::bus();
    let serial = play.sent(Callee::Bus, Purpose::Hello, Instant::NEVER);
    play.reply(serial, None, &(OWNER,));
    let (call, _) = play.call(names::BUS);
    let mut header = reply(call, Some(names::BUS));
    header.destination = BusName::parse(STRANGER).ok();
    assert!(matches!(play.route(&header, &()), Route::Done));
    let ping = MethodCall::checked(ObjectPath::ROOT, MemberName::from_static("Ping"))
        .interface(InterfaceName::from_static("org.freedesktop.DBus.Peer"));
    for (destination, is_ours) in [(STRANGER, false), (OWNER, true), (SERVICE, true)] {
        let mut header = ping.header(Serial::FIRST);
        header.destination = BusName::parse(destination).ok();
        header.sender = BusName::parse(STRANGER).ok();
        play.answers = 0;
        assert!(matches!(play.route(&header, &()), Route::Done));
        let is_answered = play.answers == 1;
        assert_eq!(is_answered, is_ours, "{destination}");
        header.sender = None;
        assert!(matches!(play.route(&header, &()), Route::Done), "from nobody");
    }
}

#[test]
fn a_subscription_ends_at_its_deadline_if_any_of_its_questions_is_not_answered() {
    let deadline = Instant::deadline(Some(Duration::from_secs(7)));
    let rule = MatchRule::parse("type='signal',sender='org.example.Service'").unwrap();
    let ends = |play: &mut Play| matches!(play.router.handle_timeout(deadline), Route::Event(_));
    // The rule about owners, the owner, the subscription's rule.
    for unanswered in [Some(0), Some(1), Some(2), None] {
        let mut play = Play::bus();
        let first = play.router.subscribe(&rule, deadline);
        // Shares the rule at the bus, and the question for the owner.
        let second = play.router.subscribe(&rule, deadline);
        play.act();
        assert_eq!(members(&play.asked), ["AddMatch", "GetNameOwner", "AddMatch"]);
        if let Some(index) = unanswered {
            play.asked.remove(index);
        }
        play.serve(OWNER);
        let is_settled = unanswered.is_none();
        for id in [first, second] {
            assert_eq!(play.router.is_settled(id), is_settled, "{unanswered:?}");
        }
        let expected = if is_settled { Instant::NEVER } else { deadline };
        assert_eq!(play.router.next_deadline(), expected, "{unanswered:?}");
        assert_eq!(ends(&mut play), !is_settled, "{unanswered:?}");
        assert_eq!(play.router.is_subscribed(first), is_settled);
        assert_eq!(play.router.next_deadline(), Instant::NEVER);
    }
}
