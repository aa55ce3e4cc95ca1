//! The world around a session in a property: the stream, a bus or a direct server at its other end, the time, and what must be
//! true of every byte that the session sends.

use core::time::Duration;
use std::cell::Cell;
use std::collections::{BTreeSet, VecDeque};
use std::rc::Rc;

use barebus_sasl::{Identity, Mechanism, Mechanisms, Pacing, Server, ServerOptions, ServerState};
use barebus_session::{Config, ServerKind, Serving, Session};
use barebus_wire::{BusName, EncodeBody, ErrorName, Message, MessageType, Serial, frame_len};

use crate::peer::{BUS, CLIENT, message};
use crate::sasl::{UID, guid};
use crate::session::messages;

/// A file descriptor that counts how many there are.
#[derive(Debug)]
pub struct Handle {
    /// Which one it is.
    pub number: u32,
    live: Rc<Cell<usize>>,
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.live.set(self.live.get() - 1);
    }
}

/// Makes handles.
#[derive(Clone, Debug, Default)]
pub struct Handles {
    live: Rc<Cell<usize>>,
    last: Rc<Cell<u32>>,
}

impl Handles {
    /// A new one.
    pub fn open(&self) -> Handle {
        self.live.set(self.live.get() + 1);
        self.last.set(self.last.get() + 1);
        Handle { number: self.last.get(), live: Rc::clone(&self.live) }
    }

    /// How many were not dropped.
    pub fn live(&self) -> usize {
        self.live.get()
    }
}

/// What one write of the server put into the stream: file descriptors come with its first byte, and a read that brings them
/// goes no further than its last.
#[derive(Debug)]
struct Written {
    bytes: Vec<u8>,
    /// taken <= bytes.len()
    taken: usize,
    fds: Vec<Handle>,
    truncated: bool,
}

/// What the server has written and the session not yet received.
#[derive(Debug, Default)]
pub struct Stream(VecDeque<Written>);

impl Stream {
    /// One write.
    pub fn push(&mut self, bytes: Vec<u8>, fds: Vec<Handle>, truncated: bool) {
        if !bytes.is_empty() {
            self.0.push_back(Written { bytes, taken: 0, fds, truncated });
        }
    }

    /// Whether everything was received.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Forgets what was not received.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Lets the session read once, at most `most` bytes, as the system would.
    pub fn read_into(&mut self, session: &mut Session<Handle>, most: usize) {
        let room = session.input_buffer();
        let most = most.min(room.len());
        let (mut count, mut fds, mut truncated) = (0, Vec::new(), false);
        while let Some(written) = self.0.front_mut().filter(|_| count < most) {
            let rest = &written.bytes[written.taken..];
            let part = rest.len().min(most - count);
            room[count..count + part].copy_from_slice(&rest[..part]);
            count += part;
            let brings_fds = !written.fds.is_empty() || written.truncated;
            fds.append(&mut written.fds);
            truncated |= core::mem::take(&mut written.truncated);
            written.taken += part;
            if written.taken == written.bytes.len() {
                self.0.pop_front();
            }
            if brings_fds {
                break;
            }
        }
        if count != 0 {
            session.handle_input(count, fds, truncated);
        }
    }
}

/// A message of the client, as the server read it.
#[derive(Clone, Debug)]
pub struct Heard(pub Vec<u8>);

impl Heard {
    /// The message.
    pub fn message(&self) -> Message<'_> {
        Message::parse(&self.0).expect("the session sends valid messages")
    }

    /// Its serial.
    pub fn serial(&self) -> Serial {
        self.message().header().serial
    }

    /// MEMBER, or nothing.
    pub fn member(&self) -> &str {
        self.message().header().member.map_or("", |member| member.as_str())
    }

    /// The name whose changes of owner the rule in the first argument asks for.
    fn watched_name(&self) -> Option<String> {
        let (rule,) = self.message().body::<(&str,)>().ok()?;
        let (_, name) = rule.split_once("member='NameOwnerChanged',arg0='")?;
        Some(name.trim_end_matches('\'').into())
    }

    /// DESTINATION, or the bus.
    pub fn destination(&self) -> &str {
        self.message().header().destination.map_or(BUS, BusName::as_str)
    }
}

/// The server's side.
#[derive(Debug)]
pub struct World {
    /// What it is all about.
    pub session: Session<Handle>,
    /// The present.
    pub now: Duration,
    /// Makes file descriptors.
    pub handles: Handles,
    /// From the server to the session.
    pub stream: Stream,
    /// Messages that the server has not looked at yet.
    pub heard: VecDeque<Heard>,
    /// What follows of the client's bytes.
    received: Vec<u8>,
    /// Where in the client's stream of messages `received` begins, and where file descriptors came and how many.
    position: usize,
    fds: VecDeque<(usize, usize)>,
    server: Server,
    /// Refuses the first attempt to authenticate.
    refuses: bool,
    /// The bus refuses to tell changes of owners.
    refuses_watch: bool,
    /// The bus refuses to tell who owns a name.
    pub refuses_owner: bool,
    /// The names whose changes of owner the bus tells.
    pub watched: BTreeSet<String>,
    passes_fds: bool,
    last_serial: u32,
}

impl World {
    /// A session at its beginning; `choice` says which.
    pub fn new(choice: u8) -> Self {
        let mechanism = Mechanism::External(Identity::Uid(UID));
        let peer = if choice & 1 == 0 { ServerKind::Bus } else { ServerKind::Direct };
        let mut config = Config::new(peer, Mechanisms::only(mechanism));
        if choice & 2 != 0 {
            config.pacing = Pacing::StepByStep;
        }
        config.unix_fds = choice & 4 == 0;
        if choice & 8 != 0 {
            config.serving = Serving::EVENTS;
        }
        config.first_serial = Serial::new(u32::MAX - 3).expect("not 0");
        config.receive_limit = 1 << 12;
        config.send_limit = 1 << 12;
        config.followed_names = 2;
        let refuses = choice & 0x10 != 0 && config.pacing == Pacing::Pipelined;
        let passes_fds = choice & 0x20 == 0;
        let now = Duration::from_secs(1000);
        let mut world = Self {
            session: Session::new(config),
            now,
            handles: Handles::default(),
            stream: Stream::default(),
            heard: VecDeque::new(),
            received: Vec::new(),
            position: 0,
            fds: VecDeque::new(),
            server: server(passes_fds, refuses),
            refuses,
            refuses_watch: choice & 0x40 != 0,
            refuses_owner: choice & 0xc0 == 0x80,
            watched: BTreeSet::new(),
            passes_fds,
            last_serial: 0,
        };
        world.check_output();
        world
    }

    /// Whether the other end is a bus.
    pub fn is_bus(&self) -> bool {
        self.session.server() == ServerKind::Bus
    }

    /// Whether the server has let the client in.
    pub fn is_begun(&self) -> bool {
        self.server.state() == ServerState::Done
    }

    /// The server that refused is connected to again.
    pub fn reconnect(&mut self) {
        assert!(self.session.guid().is_none(), "begins anew with a server that let it in");
        self.watched.clear();
        self.refuses = false;
        self.server = server(self.passes_fds, false);
        self.received.clear();
        self.stream.clear();
        self.fds.clear();
        self.heard.clear();
        self.position = 0;
    }

    /// Lets the session write at most `most` bytes, and the server read them.
    pub fn write(&mut self, most: usize) {
        self.check_output();
        let output = self.session.poll_transmit();
        let fds = output.fds.len();
        let bytes: Vec<u8> = output.bytes.concat().into_iter().take(most).collect();
        if bytes.is_empty() {
            return;
        }
        if fds != 0 {
            assert_eq!(self.session.passes_fds(), Some(true), "sends descriptors unasked");
            self.fds.push_back((self.position + self.received.len(), fds));
        }
        self.received.extend(&bytes);
        self.session.transmitted(bytes.len());
        if !self.is_begun() {
            let taken = match self.server.receive(&self.received) {
                Ok(taken) => taken,
                // It hears no more; what it said last is still in its output.
                Err(_) => self.received.len(),
            };
            self.received.drain(..taken);
            let said = self.server.output().to_vec();
            self.server.advance_output(said.len());
            self.stream.push(said, Vec::new(), false);
        }
        if self.is_begun() {
            self.hear();
        }
    }

    /// Cuts what was received into messages.
    fn hear(&mut self) {
        loop {
            let len = frame_len(&self.received).expect("the session sends valid messages");
            let Some(len) = len.filter(|len| *len <= self.received.len()) else {
                return;
            };
            let heard = Heard(self.received.drain(..len).collect());
            let message = heard.message();
            message.validate().expect("the session sends valid bodies");
            let mut fds = 0;
            while let Some((at, count)) =
                self.fds.front().filter(|(at, _)| *at < self.position + len)
            {
                assert_eq!(*at, self.position, "descriptors leave with the first byte");
                fds += *count;
                self.fds.pop_front();
            }
            assert_eq!(message.header().unix_fds as usize, fds);
            // On a bus it comes first, and never again; elsewhere it does not come.
            let is_hello = heard.member() == "Hello";
            assert_eq!(is_hello, self.is_bus() && self.position == 0, "{}", heard.member());
            self.position += len;
            self.heard.push_back(heard);
        }
    }

    fn check_output(&mut self) {
        if self.session.error().is_some() {
            assert!(self.session.poll_transmit().is_empty(), "speaks after its end");
        }
    }

    /// The server's next serial.
    pub fn serial(&mut self) -> Serial {
        self.last_serial += 1;
        Serial::new(self.last_serial).expect("not 0")
    }

    /// Answers with a METHOD_RETURN.
    pub fn answer(&mut self, to: Serial, sender: &str, body: &impl EncodeBody) {
        let serial = self.serial();
        let header = messages::reply(serial, to, Some(sender), self.is_bus());
        self.stream.push(message(&header, body), Vec::new(), false);
    }

    /// Answers with an ERROR of the bus.
    fn refuse(&mut self, to: Serial, error: &str) {
        let serial = self.serial();
        let name = format!("org.freedesktop.DBus.Error.{error}");
        let mut header = messages::reply(serial, to, Some(BUS), true);
        header.message_type = MessageType::Error;
        header.error_name = Some(ErrorName::parse(&name).expect("a name"));
        self.stream.push(message(&header, &("no",)), Vec::new(), false);
    }

    /// Answers what the bus is asked itself; `false` when the message is for others. `owner` owns all names.
    pub fn answer_as_bus(&mut self, heard: &Heard, owner: &str) -> bool {
        if !self.is_bus() || heard.destination() != BUS {
            return false;
        }
        match heard.member() {
            "Hello" => self.answer(heard.serial(), BUS, &(CLIENT,)),
            "AddMatch" => match heard.watched_name() {
                Some(_) if self.refuses_watch => self.refuse(heard.serial(), "LimitsExceeded"),
                watched => {
                    self.watched.extend(watched);
                    // Two names that nobody uses, and those with calls or subscriptions.
                    let used = self.session.outstanding() + 2;
                    assert!(self.watched.len() <= 2 + used, "{:?}", self.watched);
                    self.answer(heard.serial(), BUS, &());
                }
            },
            "GetNameOwner" if self.refuses_owner => self.refuse(heard.serial(), "AccessDenied"),
            "GetNameOwner" => self.answer(heard.serial(), BUS, &(owner,)),
            "RemoveMatch" => {
                if let Some(name) = heard.watched_name() {
                    assert!(self.watched.remove(&name), "removes what was not added: {name}");
                }
            }
            _ => return false,
        }
        true
    }
}

/// Whether the message is a METHOD_CALL that wants an answer.
pub fn wants_answer(message: &Message<'_>) -> bool {
    message.header().message_type == MessageType::MethodCall
        && !message.header().flags.contains(barebus_wire::Flags::NO_REPLY_EXPECTED)
}

fn server(allow_unix_fd: bool, refuses: bool) -> Server {
    let peer_uid = Some(if refuses { UID + 1 } else { UID });
    let options =
        ServerOptions { guid: guid(), external: true, anonymous: false, peer_uid, allow_unix_fd };
    Server::new(options)
}
