//! The raw client and barebus at the same server, in turns.

use std::fmt;
use std::hint::black_box;
use std::time::{Duration, Instant};

use barebus::{CallId, Connection};
use barebus_benches::peers::call::Call;
use barebus_benches::peers::raw::{Raw, opening};
use barebus_wire::Serial;

/// What is timed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    /// One call after the other.
    Sequential,
    /// [`IN_FLIGHT`] calls at once.
    InFlight,
    /// Connecting, authentication, `Hello` and one call.
    Connecting,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sequential => f.write_str("a call"),
            Self::InFlight => write!(f, "{IN_FLIGHT} calls at once"),
            Self::Connecting => f.write_str("connect, Hello, a call"),
        }
    }
}

/// Time of one operation in microseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Result {
    pub(crate) raw: f64,
    pub(crate) barebus: f64,
}

impl Result {
    pub(crate) fn ratio(&self) -> f64 {
        self.barebus / self.raw
    }
}

pub(crate) struct Contest<'a> {
    address: &'a str,
    kind: Kind,
    call: &'a Call,
}

impl<'a> Contest<'a> {
    pub(crate) const fn new(address: &'a str, kind: Kind, call: &'a Call) -> Self {
        Self { address, kind, call }
    }

    pub(crate) fn run(&self) -> Result {
        match self.kind {
            Kind::Sequential => self.sequential(),
            Kind::InFlight => self.in_flight(),
            Kind::Connecting => self.connecting(),
        }
    }

    fn sequential(&self) -> Result {
        const BATCH: u32 = 50;
        let (mut raw, bytes, answer_len) = self.raw(1);
        let mut bus = self.barebus();
        in_turns(
            BATCH,
            || raw.exchange(&bytes, answer_len).unwrap(),
            || {
                let reply = bus.call(&self.call.method, &(self.call.argument,)).unwrap();
                let (text,): (&str,) = reply.body().unwrap();
                black_box(text);
            },
        )
    }

    fn in_flight(&self) -> Result {
        let (mut raw, bytes, answers_len) = self.raw(IN_FLIGHT);
        let mut bus = self.barebus();
        let mut calls: Vec<CallId> = Vec::with_capacity(IN_FLIGHT as usize);
        in_turns(
            1,
            || raw.exchange(&bytes, answers_len).unwrap(),
            || {
                for _ in 0..IN_FLIGHT {
                    let call = &self.call.method;
                    calls.push(bus.start_call(call, &(self.call.argument,), Vec::new()).unwrap());
                }
                for call in calls.drain(..) {
                    let reply = bus.wait(call).unwrap();
                    let (text,): (&str,) = reply.body().unwrap();
                    black_box(text);
                }
            },
        )
    }

    fn connecting(&self) -> Result {
        const BATCH: u32 = 4;
        let bytes = opening(Some(self.call));
        // A real bus says also, by a signal, that the unique name is ours.
        let messages = if self.is_canned() { 2 } else { 3 };
        in_turns(
            BATCH,
            || drop(black_box(Raw::open(self.address, &bytes, messages).unwrap())),
            || {
                let mut bus = Connection::open(self.address).unwrap();
                let reply = bus.call(&self.call.method, &(self.call.argument,)).unwrap();
                let (text,): (&str,) = reply.body().unwrap();
                black_box(text);
            },
        )
    }

    fn is_canned(&self) -> bool {
        self.address.contains("barebus-bench-canned")
    }

    /// A raw client that is connected, `count` calls, and how many bytes their answers take.
    fn raw(&self, count: u32) -> (Raw, Vec<u8>, usize) {
        let messages = if self.is_canned() { 1 } else { 2 };
        let mut raw = Raw::open(self.address, &opening(None), messages).unwrap();
        let mut bytes = Vec::new();
        let mut serial = Serial::FIRST.next();
        for _ in 0..count {
            bytes.extend(self.call.bytes(serial));
            serial = serial.next();
        }
        let answer_len = raw.answer_len(&self.call.bytes(serial)).unwrap();
        (raw, bytes, answer_len * count as usize)
    }

    fn barebus(&self) -> Connection {
        let mut bus = Connection::open(self.address).unwrap();
        bus.establish().unwrap();
        bus
    }
}

/// Runs batches of `batch` operations of either, in turns for [`PATIENCE`], and gives the shortest times of one operation.
fn in_turns(batch: u32, mut raw: impl FnMut(), mut barebus: impl FnMut()) -> Result {
    let mut result = Result { raw: f64::MAX, barebus: f64::MAX };
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        result.raw = result.raw.min(time(batch, &mut raw));
        result.barebus = result.barebus.min(time(batch, &mut barebus));
    }
    result
}

/// Time of one of `batch` operations in microseconds.
fn time(batch: u32, mut operation: impl FnMut()) -> f64 {
    let start = Instant::now();
    for _ in 0..batch {
        operation();
    }
    start.elapsed().as_secs_f64() * 1e6 / f64::from(batch)
}

/// Calls that wait for their replies at the same time.
const IN_FLIGHT: u32 = 1_000;

/// How long a contest takes.
const PATIENCE: Duration = Duration::from_secs(3);
