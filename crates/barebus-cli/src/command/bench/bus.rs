//! Round trips and throughput on a bus, beside a client that only writes and reads bytes.

use std::os::fd::{AsFd, AsRawFd};
use std::time::{Duration, Instant};

use barebus::wire::{MessageBuf, Serial, frame_len};
use barebus::{
    BusName, Connection, Emission, InterfaceName, MatchRuleBuf, MemberName, MethodCall, ObjectPath,
};
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::socket::{MsgFlags, recv, send};

use super::report::Row;
use crate::args::Globals;
use crate::command::open;
use crate::exit::{Exit, Failure};
use crate::watch::ended;

const GET_ID: MethodCall<'static> = MethodCall::from_static(
    "org.freedesktop.DBus",
    "/org/freedesktop/DBus",
    "org.freedesktop.DBus",
    "GetId",
);

const DATA: Emission<'static> = Emission::new(
    ObjectPath::from_static("/org/barebus/Bench"),
    InterfaceName::from_static("org.barebus.Bench"),
    MemberName::from_static("Data"),
);

/// How long one client is measured, and how often; clients take turns.
const TURN: Duration = Duration::from_millis(250);
const TURNS: u32 = 2;

pub(super) fn measure(globals: &Globals) -> Result<Vec<Row>, Failure> {
    if globals.target.is_peer() {
        return Err(Failure::usage("cannot measure a bus: --peer has none"));
    }
    let mut bus = open(&globals.target)?;
    let raw = open(&globals.target)?;
    let rule = MatchRuleBuf::signals().interface(DATA.interface);
    let rule = rule.rule().map_err(Failure::usage)?;
    bus.establish().map_err(|error| ended(&error))?;
    let mut raw = Raw::new(raw)?;
    let mut rows = Vec::new();
    for in_flight in [1, 100, 1000] {
        let call = raw.message(|buf| buf.push(&GET_ID.header(Serial::FIRST), &()).is_ok())?;
        let (ours, other) =
            turns(|| round_trips(&mut bus, in_flight), || raw.exchange(&call, in_flight))?;
        let name = format!("GetId, {in_flight} in flight");
        rows.push(Row { name, bytes: 0, ours, other });
    }
    let subscribed = bus.subscribe(&rule);
    let subscription = subscribed
        .map_err(|error| Failure::call(format_args!("cannot subscribe to {rule}"), &error))?;
    for (name, len, at_once) in [("64 B", 64, 1000), ("4 KiB", 4 << 10, 256), ("1 MiB", 1 << 20, 4)]
    {
        let payload = vec![7_u8; len];
        let signal = |to: &BusName<'_>, buf: &mut MessageBuf| {
            let header = DATA.destination(*to).header(Serial::FIRST);
            buf.push(&header, &(&*payload,)).is_ok()
        };
        let raw_name = raw.name.clone();
        let to_raw = name_of(&raw_name)?;
        let message = raw.message(|buf| signal(&to_raw, buf))?;
        let our_name = bus.unique_name().unwrap_or_default().to_owned();
        let emission = DATA.destination(name_of(&our_name)?);
        let (ours, other) = turns(
            || {
                let failed = |error| Failure::call("cannot send to ourselves", &error);
                for _ in 0..at_once {
                    bus.start_emit(&emission, &(&*payload,), Vec::new()).map_err(failed)?;
                }
                for _ in 0..at_once {
                    bus.next_signal(subscription, bus.call_timeout()).map_err(failed)?;
                }
                Ok(at_once)
            },
            || raw.exchange(&message, at_once),
        )?;
        let name = format!("signals to ourselves, {name}");
        rows.push(Row { name, bytes: len, ours, other });
    }
    Ok(rows)
}

fn name_of(name: &str) -> Result<BusName<'_>, Failure> {
    crate::command::message::destination(name)
}

/// Calls at once, as many as are to be in flight.
fn round_trips(bus: &mut Connection, in_flight: u32) -> Result<u32, Failure> {
    let failed = |error| Failure::call("GetId", &error);
    let mut calls = Vec::with_capacity(in_flight as usize);
    for _ in 0..in_flight {
        calls.push(bus.start_call(&GET_ID, &(), Vec::new()).map_err(failed)?);
    }
    for call in calls {
        bus.wait(call).map_err(failed)?;
    }
    Ok(in_flight)
}

/// The time of one operation of each in nanoseconds, from the fastest turn. An operation returns how many it was.
fn turns(
    mut ours: impl FnMut() -> Result<u32, Failure>,
    mut other: impl FnMut() -> Result<u32, Failure>,
) -> Result<(f64, f64), Failure> {
    let mut times = (f64::MAX, f64::MAX);
    for _ in 0..TURNS {
        times.0 = times.0.min(turn(&mut ours)?);
        times.1 = times.1.min(turn(&mut other)?);
    }
    Ok(times)
}

fn turn(operation: &mut dyn FnMut() -> Result<u32, Failure>) -> Result<f64, Failure> {
    let (begin, mut count) = (Instant::now(), 0);
    while begin.elapsed() < TURN {
        count += operation()?;
    }
    Ok(begin.elapsed().as_secs_f64() * 1e9 / f64::from(count.max(1)))
}

/// A client that writes bytes made in advance, and counts the messages that come back. It checks nothing.
struct Raw {
    connection: Connection,
    /// Its unique name.
    name: String,
    /// Bytes that were read, of which the first `start` were counted.
    read: Vec<u8>,
}

/// Bytes that are read at once.
const READ_LEN: usize = 64 << 10;

impl Raw {
    fn new(mut connection: Connection) -> Result<Self, Failure> {
        connection.establish().map_err(|error| ended(&error))?;
        let name = connection.unique_name().unwrap_or_default().to_owned();
        Ok(Self { connection, name, read: Vec::new() })
    }

    fn message(&self, push: impl FnOnce(&mut MessageBuf) -> bool) -> Result<Vec<u8>, Failure> {
        let mut buf = MessageBuf::new();
        match push(&mut buf) {
            true => Ok(buf.as_slice().to_vec()),
            false => Err(Failure::new(Exit::Refused, "cannot marshal a message of the bench")),
        }
    }

    /// Writes a message `count` times, and reads until as many have come back.
    fn exchange(&mut self, message: &[u8], count: u32) -> Result<u32, Failure> {
        let bytes = message.repeat(count as usize);
        let (mut written, mut left) = (0, count);
        let mut buf = vec![0; READ_LEN];
        let timeout = self.connection.call_timeout().map_or(PollTimeout::NONE, |timeout| {
            PollTimeout::try_from(timeout).unwrap_or(PollTimeout::MAX)
        });
        while left > 0 {
            let rest = bytes.get(written..).unwrap_or_default();
            let fd = self.connection.as_fd();
            let flags = MsgFlags::MSG_DONTWAIT | MsgFlags::MSG_NOSIGNAL;
            if !rest.is_empty() {
                match send(fd.as_raw_fd(), rest, flags) {
                    Ok(count) => written += count,
                    Err(Errno::EAGAIN | Errno::EINTR) => {}
                    Err(error) => return Err(lost(error)),
                }
            }
            match recv(fd.as_raw_fd(), &mut buf, MsgFlags::MSG_DONTWAIT) {
                Ok(0) => return Err(lost(Errno::ECONNRESET)),
                Ok(count) => {
                    self.read.extend_from_slice(buf.get(..count).unwrap_or_default());
                    left = left.saturating_sub(self.frames());
                }
                Err(Errno::EAGAIN | Errno::EINTR) => {
                    let all = PollFlags::POLLIN | PollFlags::POLLOUT;
                    let events = if written < bytes.len() { all } else { PollFlags::POLLIN };
                    match poll(&mut [PollFd::new(fd, events)], timeout) {
                        Ok(0) => return Err(lost(Errno::ETIMEDOUT)),
                        Ok(_) | Err(Errno::EINTR) => {}
                        Err(error) => return Err(lost(error)),
                    }
                }
                Err(error) => return Err(lost(error)),
            }
        }
        Ok(count)
    }

    /// Removes the complete messages from what was read, and counts them.
    fn frames(&mut self) -> u32 {
        let (mut start, mut count) = (0, 0);
        while let Some(rest) = self.read.get(start..) {
            match frame_len(rest) {
                Ok(Some(len)) if len <= rest.len() => {
                    start += len;
                    count += 1;
                }
                _ => break,
            }
        }
        self.read.drain(..start);
        count
    }
}

fn lost(error: Errno) -> Failure {
    Failure::new(Exit::Connection, format_args!("the raw client has lost the bus: {error}"))
}
