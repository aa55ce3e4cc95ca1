//! A session after its handshake, without a model beside it.

use core::time::Duration;

use barebus_sasl::{Identity, Mechanism, Mechanisms};
use barebus_session::{CallId, Config, Event, ServerKind, Serving, Session, Want};
use barebus_wire::{MatchRule, Serial};

use crate::generators::Source;
use crate::peer::{BUS, CLIENT, message};
use crate::sasl::{GUID, UID};
use crate::session::messages;

const NOW: Duration = Duration::from_secs(1000);

/// Number of operations of one input. More find nothing else.
const OPERATIONS: usize = 24;

/// Operations in any order: no panic, no reply to a call that is not outstanding, nothing sent after the end.
pub fn session(data: &[u8]) {
    let mut source = Source::new(data);
    let mut play = Play::new(source.byte());
    for _ in 0..OPERATIONS {
        if source.is_empty() {
            break;
        }
        play.act(&mut source);
        play.poll();
    }
}

/// The bytes of the other side, in one piece and in pieces of one size: the same number of events, the same bytes in them, the same end.
pub fn chunker(data: &[u8]) {
    let Some((&[choice, size], bytes)) = data.split_first_chunk() else { return };
    let told = |size: usize| {
        let mut play = Play::new(choice);
        for chunk in bytes.chunks(size) {
            play.receive(chunk);
            play.poll();
        }
        (play.told, play.session.error().is_some())
    };
    assert_eq!(told(usize::MAX), told(usize::from(size) + 1));
}

struct Play {
    session: Session<()>,
    now: Duration,
    calls: Vec<CallId>,
    last_serial: u32,
    is_on_bus: bool,
    /// Number of messages in events, and a sum over their bytes.
    told: (usize, u64),
}

impl Play {
    /// A session that has authenticated, and has its name.
    fn new(choice: u8) -> Self {
        let is_on_bus = choice & 1 == 0;
        let peer = if is_on_bus { ServerKind::Bus } else { ServerKind::Direct };
        let mechanism = Mechanism::External(Identity::Uid(UID));
        let mut config = Config::new(peer, Mechanisms::only(mechanism));
        if choice & 2 == 0 {
            config.serving = Serving::EVENTS;
        }
        config.verify_senders = choice & 4 == 0;
        config.receive_limit = 1 << 12;
        config.send_limit = 1 << 12;
        let session = Session::new(config);
        let mut play =
            Self { session, now: NOW, calls: Vec::new(), last_serial: 0, is_on_bus, told: (0, 0) };
        play.receive(format!("OK {GUID}\r\nAGREE_UNIX_FD\r\n").as_bytes());
        if is_on_bus {
            let hello = messages::reply(play.serial(), Serial::FIRST, Some(BUS), true);
            play.receive(&message(&hello, &(CLIENT,)));
        }
        play.poll();
        play
    }

    fn serial(&mut self) -> Serial {
        self.last_serial += 1;
        Serial::new(self.last_serial).expect("not 0")
    }

    fn act(&mut self, source: &mut Source<'_>) {
        let sender = [BUS, ":1.9", ":1.66"][source.below(3)];
        let sender = self.is_on_bus.then_some(sender);
        match source.below(9) {
            0 | 1 => self.call(source),
            2 | 3 => {
                let to = self.calls.get(source.below(self.calls.len()));
                let to = to.map_or(Serial::FIRST, |call| call.serial());
                let header = messages::reply(self.serial(), to, sender, self.is_on_bus);
                self.receive(&message(&header, &("text",)));
            }
            4 => {
                let header = messages::signal(self.serial(), sender);
                self.receive(&message(&header, &(7_u32,)));
            }
            5 => {
                let header = messages::call(self.serial(), sender, "Ask");
                self.receive(&message(&header, &()));
            }
            6 => {
                let count = source.byte();
                let bytes: Vec<u8> = (0..count).map(|_| source.byte()).collect();
                self.receive(&bytes);
            }
            7 => match self.calls.pop() {
                Some(call) => self.session.forget(call),
                None => {
                    let rule = MatchRule::parse("type='signal'").expect("a rule");
                    drop(self.session.subscribe(&rule, None));
                }
            },
            _ => self.now += Duration::from_millis(source.byte().into()),
        }
    }

    fn call(&mut self, source: &mut Source<'_>) {
        let deadline = self.now + Duration::from_millis(source.byte().into());
        if let Ok(call) = self.session.call(&messages::ASK, &(7_u32,), Vec::new(), Some(deadline)) {
            self.calls.push(call);
        }
    }

    /// The other side's bytes, as one read or several.
    fn receive(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() && self.session.error().is_none() {
            let room = self.session.input_buffer();
            let count = room.len().min(bytes.len());
            if count == 0 {
                self.poll();
                if self.session.input_buffer().is_empty() {
                    return;
                }
                continue;
            }
            room[..count].copy_from_slice(&bytes[..count]);
            bytes = &bytes[count..];
            self.session.handle_input(count, Vec::new(), false);
        }
    }

    /// Takes what is to be sent and all events.
    fn poll(&mut self) {
        let count = self.session.poll_transmit().bytes.iter().map(|part| part.len()).sum();
        assert!(count == 0 || self.session.error().is_none(), "speaks after its end");
        self.session.transmitted(count);
        loop {
            let message = match self.session.poll_event(Want::Anything, self.now) {
                Ok(Some(Event::Reply { call, reply })) => {
                    let place = self.calls.iter().position(|known| *known == call);
                    self.calls.swap_remove(place.expect("a call that is outstanding"));
                    reply
                }
                Ok(Some(Event::NoReply { call, .. })) => {
                    let place = self.calls.iter().position(|known| *known == call);
                    self.calls.swap_remove(place.expect("a call that is outstanding"));
                    continue;
                }
                Ok(Some(Event::Signal { signal, .. })) => signal,
                Ok(Some(Event::MethodCall { call, .. })) => call,
                Ok(Some(_)) => continue,
                Ok(None) | Err(_) => return,
            };
            let sum = message.message.as_bytes().iter().map(|byte| u64::from(*byte)).sum::<u64>();
            self.told = (self.told.0 + 1, self.told.1.wrapping_mul(31).wrapping_add(sum));
        }
    }
}
