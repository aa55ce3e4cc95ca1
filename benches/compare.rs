//! Compares clients: each has the same conversation with the same server, in turns, and is timed.

use core::fmt;
use core::hint::black_box;
use core::time::Duration;
use std::time::Instant;

use barebus::{CallId, Connection};
use barebus_wire::Serial;
use nix::time::ClockId;
use nix::unistd::Pid;

use crate::peers::call::Call;
use crate::peers::raw::{Raw, opening};

/// What is timed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
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

/// A client to compare. The answer to every call is one string, which it reads.
pub trait Client: Sized + 'static {
    /// Connects, and returns when `Hello` has been answered. `call` is what will be called.
    fn open(address: &str, call: Call) -> Self;

    /// Makes `count` calls, one after the other.
    fn call(&mut self, count: u32);

    /// Makes `count` calls before it waits for the first answer.
    fn call_at_once(&mut self, count: u32);

    /// Connects, makes one call, and goes.
    fn open_and_call(address: &str, call: Call) {
        Self::open(address, call).call(1);
    }
}

/// Runs the timed operation as often as the argument says.
pub type Batch = Box<dyn FnMut(u32)>;

/// What is timed, and at which server.
#[derive(Clone, Debug)]
pub struct Comparison {
    address: String,
    kind: Kind,
    call: Call,
    /// Clocks that are read instead of the wall clock.
    clocks: Vec<ClockId>,
}

impl Comparison {
    /// A comparison at the server at `address`.
    pub fn new(address: &str, kind: Kind, call: Call) -> Self {
        Self { address: address.to_owned(), kind, call, clocks: Vec::new() }
    }

    /// Measures the processor time of this process and of `servers`. On one CPU this is the elapsed time without the time that
    /// other processes take.
    ///
    /// # Errors
    /// The error of clock_getcpuclockid(3).
    pub fn by_processor_time(mut self, servers: &[u32]) -> nix::Result<Self> {
        self.clocks = vec![ClockId::CLOCK_PROCESS_CPUTIME_ID];
        for pid in servers {
            self.clocks.push(ClockId::pid_cpu_clock_id(Pid::from_raw(pid.cast_signed()))?);
        }
        Ok(self)
    }

    /// Runs batches of each client in turns. Returns the median times of one operation in microseconds. The shortest time would
    /// depend on when the server and the client preempt each other.
    pub fn run<const N: usize>(&self, clients: [fn(&Self) -> Batch; N]) -> [f64; N] {
        let mut clients = clients.map(|start| (start(self), Vec::new()));
        let start = Instant::now();
        while start.elapsed() < PATIENCE.mul_f64(N as f64) {
            for (batch, times) in &mut clients {
                times.push(self.time(batch));
            }
        }
        clients.map(|(_, mut times)| {
            times.sort_by(f64::total_cmp);
            times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
        })
    }

    /// Time of one of a batch's operations in microseconds.
    fn time(&self, batch: &mut Batch) -> f64 {
        let count = match self.kind {
            Kind::Sequential => 50,
            Kind::InFlight => 1,
            Kind::Connecting => 4,
        };
        let (start, taken) = (Instant::now(), self.taken());
        batch(count);
        let took = match self.clocks.is_empty() {
            true => start.elapsed(),
            false => self.taken() - taken,
        };
        took.as_secs_f64() * 1e6 / f64::from(count)
    }

    /// Processor time that the processes have taken.
    fn taken(&self) -> Duration {
        self.clocks.iter().map(|clock| Duration::from(clock.now().unwrap())).sum()
    }

    /// The raw client.
    pub fn raw(&self) -> Batch {
        // A real bus also sends a signal about the unique name.
        let greetings = if self.is_canned() { 1 } else { 2 };
        if self.kind == Kind::Connecting {
            let address = self.address.clone();
            let bytes = opening(Some(&self.call));
            return Box::new(move |count| {
                for _ in 0..count {
                    drop(black_box(Raw::open(&address, &bytes, greetings + 1).unwrap()));
                }
            });
        }
        let mut raw = Raw::open(&self.address, &opening(None), greetings).unwrap();
        let calls = if self.kind == Kind::InFlight { IN_FLIGHT } else { 1 };
        let mut bytes = Vec::new();
        let mut serial = Serial::FIRST.next();
        for _ in 0..calls {
            bytes.extend(self.call.bytes(serial));
            serial = serial.next();
        }
        let answers_len = raw.answer_len(&self.call.bytes(serial)).unwrap() * calls as usize;
        Box::new(move |count| {
            for _ in 0..count {
                raw.exchange(&bytes, answers_len).unwrap();
            }
        })
    }

    /// The client `C`.
    pub fn client<C: Client>(&self) -> Batch {
        let call = self.call;
        if self.kind == Kind::Connecting {
            let address = self.address.clone();
            return Box::new(move |count| {
                for _ in 0..count {
                    C::open_and_call(&address, call);
                }
            });
        }
        let mut client = C::open(&self.address, call);
        if self.kind == Kind::Sequential {
            return Box::new(move |count| client.call(count));
        }
        Box::new(move |count| {
            for _ in 0..count {
                client.call_at_once(IN_FLIGHT);
            }
        })
    }

    fn is_canned(&self) -> bool {
        self.address.contains("barebus-bench-canned")
    }
}

/// The client barebus.
#[derive(Debug)]
pub struct Barebus {
    bus: Connection,
    call: Call,
    started: Vec<CallId>,
}

impl Client for Barebus {
    fn open(address: &str, call: Call) -> Self {
        let mut bus = Connection::open(address).unwrap();
        bus.establish().unwrap();
        Self { bus, call, started: Vec::with_capacity(IN_FLIGHT as usize) }
    }

    fn call(&mut self, count: u32) {
        for _ in 0..count {
            ask(&mut self.bus, &self.call);
        }
    }

    fn call_at_once(&mut self, count: u32) {
        let Call { method, argument } = &self.call;
        for _ in 0..count {
            self.started.push(self.bus.start_call(method, &(*argument,), Vec::new()).unwrap());
        }
        for call in self.started.drain(..) {
            let reply = self.bus.wait(call).unwrap();
            let (text,): (&str,) = reply.body().unwrap();
            black_box(text);
        }
    }

    fn open_and_call(address: &str, call: Call) {
        // The call goes out together with `Hello`.
        ask(&mut Connection::open(address).unwrap(), &call);
    }
}

fn ask(bus: &mut Connection, call: &Call) {
    let reply = bus.call(&call.method, &(call.argument,)).unwrap();
    let (text,): (&str,) = reply.body().unwrap();
    black_box(text);
}

/// Calls that wait for their replies at the same time.
pub const IN_FLIGHT: u32 = 1_000;

/// How long a comparison takes for each client.
const PATIENCE: Duration = Duration::from_millis(500);
