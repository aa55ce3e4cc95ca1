//! A connection without a socket, and a peer that plays the server, each in a thread of its own.

use std::sync::Arc;
use std::task::{Context, Waker};
use std::time::Duration;

use barebus::wire::{
    EncodeBody, Header, InterfaceName, MatchRule, MemberName, Message, MessageBuf, MessageType,
    ObjectPath, Serial, frame_len,
};
use barebus::{
    CallError, CallId, Cause, ConnectionError, Descriptor, Event, Mechanism, MethodCall,
    ServerKind, Session, SessionError, SubscriptionId,
};
use barebus_session::{Config, Serving, Want};
use shuttle::sync::{Condvar, Mutex};
use shuttle::thread::{self, JoinHandle};

use crate::link::Link;
use crate::shared::{State, Step};

const NOW: Duration = Duration::ZERO;

/// A session whose server has let it in.
#[derive(Debug)]
pub(super) struct Mock {
    session: Session<Descriptor>,
}

impl Mock {
    pub(super) fn new() -> Self {
        let mut config = Config::new(ServerKind::Direct, Mechanism::Anonymous.into());
        config.serving = Serving::EVENTS;
        config.unix_fds = false;
        let mut mock = Self { session: Session::new(config) };
        mock.session.poll_event(Want::Anything, NOW).unwrap();
        mock.take_output();
        mock.put_input(b"OK 0123456789abcdef0123456789abcdef\r\n");
        mock.take_output();
        mock
    }

    pub(super) fn is_established(&self) -> bool {
        self.session.is_established()
    }

    pub(super) fn outstanding(&self) -> usize {
        self.session.outstanding()
    }

    pub(super) fn call(&mut self, call: &MethodCall<'_>, number: u32) -> Result<CallId, CallError> {
        self.session.call(call, &(number,), Vec::new(), None).map_err(|_| ended().into())
    }

    pub(super) fn subscribe(&mut self, rule: &MatchRule<'_>) -> Result<SubscriptionId, CallError> {
        self.session.subscribe(rule, None).map_err(|_| ended().into())
    }

    fn take_output(&mut self) -> Vec<u8> {
        let bytes = self.session.poll_transmit().bytes.concat();
        self.session.transmitted(bytes.len());
        bytes
    }

    fn put_input(&mut self, bytes: &[u8]) {
        self.session.input_buffer()[..bytes.len()].copy_from_slice(bytes);
        self.session.handle_input(bytes.len(), Vec::new(), false);
    }
}

fn ended() -> ConnectionError {
    let cause = Cause::Session(SessionError::Closed { awaited: None, unfinished: 0 });
    ConnectionError { address: String::new(), handshake: None, cause }
}

impl Link for Mock {
    fn address(&self) -> &str {
        "played"
    }

    fn poll_event(&mut self) -> Result<Option<Event<'_, Descriptor>>, ConnectionError> {
        self.session.poll_event(Want::Anything, NOW).map_err(|_| ended())
    }

    fn is_settled(&self, subscription: SubscriptionId) -> bool {
        self.session.is_settled(subscription)
    }

    fn forget(&mut self, call: CallId) {
        self.session.forget(call);
    }

    fn unsubscribe(&mut self, subscription: SubscriptionId) {
        let _ = self.session.unsubscribe(subscription);
    }
}

/// What connects the two: bytes in both directions, and who waits for them.
#[derive(Debug, Default)]
struct Bytes {
    to_peer: Vec<u8>,
    to_us: Vec<u8>,
    /// The peer has hung up.
    is_eof: bool,
    /// We are gone.
    is_closed: bool,
    driver: Option<Waker>,
}

/// The socket, with what the reactor does for it.
#[derive(Debug)]
pub(super) struct Wire {
    bytes: Mutex<Bytes>,
    arrived: Condvar,
}

impl Wire {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self { bytes: Mutex::default(), arrived: Condvar::new() })
    }

    /// What the driver does with a socket: writes what is queued, reads what has arrived.
    pub(super) fn transfer(&self, state: &mut State<Mock>, cx: &Context<'_>) -> Step {
        let Some(mock) = &mut state.connection else { return Step::Done(Ok(())) };
        let output = mock.take_output();
        if state.is_let_go && output.is_empty() {
            return Step::Done(Ok(()));
        }
        let mut bytes = self.bytes.lock().unwrap();
        bytes.driver = Some(cx.waker().clone());
        bytes.to_peer.extend(&output);
        let input = std::mem::take(&mut bytes.to_us);
        let is_eof = bytes.is_eof;
        drop(bytes);
        self.arrived.notify_all();
        if !input.is_empty() {
            mock.put_input(&input);
        } else if is_eof {
            mock.session.handle_eof();
        } else if output.is_empty() {
            return Step::Wait;
        }
        Step::Again
    }

    /// Our end is closed.
    pub(super) fn close(&self) {
        self.bytes.lock().unwrap().is_closed = true;
        self.arrived.notify_all();
    }

    /// The next whole message that was sent to the peer; `None` when we are gone.
    fn receive(&self) -> Option<Vec<u8>> {
        let mut bytes = self.bytes.lock().unwrap();
        loop {
            let len = frame_len(&bytes.to_peer).unwrap();
            if let Some(len) = len.filter(|len| *len <= bytes.to_peer.len()) {
                return Some(bytes.to_peer.drain(..len).collect());
            }
            if bytes.is_closed {
                return None;
            }
            bytes = self.arrived.wait(bytes).unwrap();
        }
    }

    fn change(&self, change: impl FnOnce(&mut Bytes)) {
        let mut bytes = self.bytes.lock().unwrap();
        change(&mut bytes);
        let driver = bytes.driver.take();
        drop(bytes);
        if let Some(driver) = driver {
            driver.wake();
        }
    }

    fn send(&self, header: &Header<'_>, body: &impl EncodeBody) {
        let mut message = MessageBuf::new();
        message.push(header, body).unwrap();
        self.change(|bytes| bytes.to_us.extend(message.as_slice()));
    }
}

/// The server.
pub(super) struct Peer;

impl Peer {
    /// Answers each call with its own number.
    pub(super) fn answer(wire: &Arc<Wire>) -> JoinHandle<()> {
        Self::answer_from(wire, 0)
    }

    /// Answers calls with numbers from `least` on, and no others.
    pub(super) fn answer_from(wire: &Arc<Wire>, least: u32) -> JoinHandle<()> {
        Self::play(wire, move |wire| {
            let mut serial = Serial::FIRST;
            while let Some(frame) = wire.receive() {
                let call = Message::parse(&frame).unwrap();
                let (number,): (u32,) = call.body().unwrap();
                if number >= least {
                    wire.send(&Header::method_return(serial, call.header()), &(number,));
                    serial = serial.next();
                }
            }
        })
    }

    /// Sends `count` signals with numbers from 0.
    pub(super) fn signal(wire: &Arc<Wire>, count: u32) -> JoinHandle<()> {
        Self::play(wire, move |wire| {
            for number in 0..count {
                wire.send(&header(MessageType::Signal, number), &(number,));
            }
        })
    }

    /// Makes `count` calls with numbers from 0, and waits for an answer to each, in any order.
    pub(super) fn call(wire: &Arc<Wire>, count: u32) -> JoinHandle<()> {
        Self::play(wire, move |wire| {
            for number in 0..count {
                wire.send(&header(MessageType::MethodCall, number), &(number,));
            }
            let mut answered: Vec<_> = (0..count)
                .map(|_| {
                    let frame = wire.receive().expect("every call is answered");
                    Message::parse(&frame).unwrap().header().reply_serial
                })
                .collect();
            answered.sort_unstable();
            assert!(answered.into_iter().eq((1..=count).map(Serial::new)));
        })
    }

    /// Hangs up.
    pub(super) fn hang_up(wire: &Arc<Wire>) -> JoinHandle<()> {
        Self::play(wire, |wire| wire.change(|bytes| bytes.is_eof = true))
    }

    fn play(wire: &Arc<Wire>, act: impl FnOnce(&Wire) + Send + 'static) -> JoinHandle<()> {
        let wire = Arc::clone(wire);
        thread::spawn(move || act(&wire))
    }
}

fn header(message_type: MessageType, number: u32) -> Header<'static> {
    let mut header = Header::new(message_type, Serial::new(number + 1).unwrap());
    header.path = Some(ObjectPath::from_static("/"));
    header.interface = Some(InterfaceName::from_static("a.b"));
    header.member = Some(MemberName::from_static("Number"));
    header
}
