//! `barebus ping`.

use std::collections::HashMap;
use std::fmt::Write;
use std::os::fd::AsFd;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use barebus::{CallError, CallId, Connection, Event, MethodCall, Reply};

use crate::args::{Form, Globals, Ping};
use crate::command::{message, open};
use crate::exit::{Exit, Failure};
use crate::render::json_string;
use crate::trace::counts::milliseconds;
use crate::trace::latency::Latencies;
use crate::watch::{Live, Woken, ended};

pub(crate) fn run(globals: &Globals, asked: &Ping) -> Result<ExitCode, Failure> {
    let is_json = globals.format.form(&[Form::Text, Form::Json])?.is_json();
    let Ping { service, object, .. } = asked;
    let target = &globals.target;
    let call = message::call(target, service, object, "org.freedesktop.DBus.Peer", "Ping")?;
    let mut connection = open(target)?;
    // The first call also opens the connection and may start the service, so it is not measured.
    connection
        .call(&call, &())
        .map_err(|error| Failure::call(format_args!("Ping of {service}"), &error))?;
    let mut live = Live::new()?;
    let mut pinging = Pinging::new(asked, &call);
    pinging.run(&mut connection, &mut live)?;
    let mut text = String::new();
    match is_json {
        true => pinging.print_json(&mut text),
        false => pinging.print(&mut text),
    }
    live.finish(&text)?;
    Ok(match (pinging.lost, pinging.errors) {
        (0, 0) => ExitCode::SUCCESS,
        (0, _) => Exit::Refused.into(),
        _ => Exit::NoReply.into(),
    })
}

struct Pinging<'a> {
    asked: &'a Ping,
    call: &'a MethodCall<'a>,
    count: Option<u64>,
    sent: u64,
    /// Calls without a reply so far, and when they were made.
    outstanding: HashMap<CallId, Instant>,
    latencies: Latencies,
    errors: u64,
    /// The first error.
    error: Option<String>,
    lost: u64,
}

/// Calls if nothing else is asked for.
const COUNT: u64 = 1000;

/// Lines of the histogram, and the width of its longest bar.
const LINES: usize = 10;
const BAR: u64 = 50;

impl<'a> Pinging<'a> {
    fn new(asked: &'a Ping, call: &'a MethodCall<'a>) -> Self {
        let count = asked.count.or(asked.interval.is_none().then_some(COUNT));
        let (outstanding, latencies) = (HashMap::new(), Latencies::default());
        let (sent, errors, lost) = (0, 0, 0);
        Self { asked, call, count, sent, outstanding, latencies, errors, error: None, lost }
    }

    fn run(&mut self, connection: &mut Connection, live: &mut Live) -> Result<(), Failure> {
        let mut next = Instant::now();
        loop {
            let is_done = self.count.is_some_and(|count| self.sent >= count);
            if is_done && self.outstanding.is_empty() {
                return Ok(());
            }
            let now = Instant::now();
            let has_room = !is_done && self.outstanding.len() < self.asked.in_flight as usize;
            if has_room && now >= next {
                let id = connection.start_call(self.call, &(), Vec::new());
                let id = id.map_err(|error| Failure::call("Ping", &error))?;
                self.outstanding.insert(id, Instant::now());
                self.sent += 1;
                next = self.asked.interval.map_or(now, |interval| next + interval);
                continue;
            }
            // Writes what is queued.
            connection.process().map_err(|error| ended(&error))?;
            if self.take(connection)? {
                continue;
            }
            let send = has_room.then_some(next);
            let until = [send, connection.next_deadline()].into_iter().flatten().min();
            if live.wait(&[connection.as_fd()], until)? == Woken::Interrupted {
                return Ok(());
            }
        }
    }

    /// Takes the replies that have arrived. Returns whether there was one.
    fn take(&mut self, connection: &mut Connection) -> Result<bool, Failure> {
        let mut has_taken = false;
        while let Some(event) = connection.poll_event().map_err(|error| ended(&error))? {
            let now = Instant::now();
            let (call, error) = match event {
                Event::Reply { call, reply } => (call, Some(Reply::try_from(reply).err())),
                Event::NoReply { call, .. } => (call, None),
                _ => continue,
            };
            let Some(sent) = self.outstanding.remove(&call) else { continue };
            has_taken = true;
            match error {
                Some(None) => self.latencies.add(now - sent),
                Some(Some(error)) => self.failed(&error),
                None => self.lost += 1,
            }
        }
        Ok(has_taken)
    }

    fn failed(&mut self, error: &CallError) {
        self.errors += 1;
        self.error.get_or_insert_with(|| Failure::call("Ping", error).what);
    }

    /// Calls that had no chance to be answered because the user ended the program do not count.
    fn counted(&self) -> u64 {
        self.sent - self.outstanding.len() as u64
    }

    fn print(&self, out: &mut String) {
        let Self { asked, latencies, errors, lost, .. } = self;
        let Ping { service, object, in_flight, .. } = asked;
        // Writing to a String does not fail.
        let _ = writeln!(
            out,
            "{} calls to {service} {object}, {in_flight} in flight: {} answered, {errors} errors, {lost} lost",
            self.counted(),
            latencies.count(),
        );
        if let Some(error) = &self.error {
            let _ = writeln!(out, "first error: {}", crate::render::one_line(error));
        }
        let Some(smallest) = latencies.smallest() else { return };
        let time = |time| milliseconds(time);
        let _ = writeln!(
            out,
            "smallest {} ms, p50 {}, p90 {}, p99 {}, largest {}, mean {}",
            time(Some(smallest)),
            time(latencies.percentile(50)),
            time(latencies.percentile(90)),
            time(latencies.percentile(99)),
            time(latencies.largest()),
            time(latencies.mean()),
        );
        let histogram: [(Duration, u64); LINES] = latencies.histogram();
        let most = histogram.iter().map(|(_, count)| *count).max().unwrap_or(0).max(1);
        for (end, count) in histogram {
            let len = usize::try_from((count * BAR).div_ceil(most)).unwrap_or(0);
            let bar = "#".repeat(len);
            let line = format!("<= {:>10} ms {count:>8} {bar}", time(Some(end)));
            let _ = writeln!(out, "{}", line.trim_end());
        }
    }

    fn print_json(&self, out: &mut String) {
        let Self { asked, latencies, errors, lost, .. } = self;
        let Ping { service, object, in_flight, .. } = asked;
        let _ = write!(
            out,
            "{{\"service\":{},\"object\":{},\"in_flight\":{in_flight},\"calls\":{},\"answered\":{},\
             \"errors\":{errors},\"lost\":{lost}",
            json_string(service),
            json_string(object),
            self.counted(),
            latencies.count(),
        );
        for (key, time) in [
            ("min", latencies.smallest()),
            ("mean", latencies.mean()),
            ("p50", latencies.percentile(50)),
            ("p90", latencies.percentile(90)),
            ("p99", latencies.percentile(99)),
            ("max", latencies.largest()),
        ] {
            let _ = match time {
                Some(time) => write!(out, ",\"{key}_ns\":{}", time.as_nanos()),
                None => write!(out, ",\"{key}_ns\":null"),
            };
        }
        out.push_str(",\"histogram\":[");
        let histogram: [(Duration, u64); LINES] = latencies.histogram();
        for (index, (end, count)) in histogram.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            let _ = write!(out, "{comma}{{\"to_ns\":{},\"count\":{count}}}", end.as_nanos());
        }
        out.push_str("]}\n");
    }
}
