//! Sends recorded calls and signals with new serials, and pairs their replies.

use std::collections::HashMap;
use std::fs::File;
use std::os::fd::{AsFd, OwnedFd};
use std::time::Instant;

use barebus::wire::RawBody;
use barebus::{
    BusName, CallError, CallId, Connection, Emission, Event, Flags, MAX_FDS, Message, MessageType,
    MethodCall,
};

use super::check::{Check, Pair};
use super::paced::Pace;
use super::report::Report;
use super::{Stop, WRITE_AGAIN};
use crate::args::{Globals, Only, Replay};
use crate::command::{message, open};
use crate::exit::{Exit, Failure};
use crate::output::Output;
use crate::recorded::{Recorded, Recording};
use crate::watch::{Live, Woken};

pub(super) fn run(globals: &Globals, asked: &Replay) -> Result<(Report, Live), Failure> {
    let dest = asked.dest.as_deref().map(message::destination).transpose()?;
    let mut connection = open(&globals.target)?;
    connection.establish().map_err(|error| crate::watch::ended(&error))?;
    let live = Live::new()?;
    let mut sending = Sending {
        asked,
        dest,
        connection,
        live,
        outstanding: HashMap::new(),
        check: Check::new(),
        pace: Pace::new(asked.speed),
        report: Report::default(),
        last: "nothing".into(),
    };
    let out = Output::new();
    let stopped = asked.files.iter().try_for_each(|file| {
        match Recording::open(file, &out) {
            Ok(recording) => sending.file(recording)?,
            Err(failure) => sending.report.unreadable(&failure),
        }
        Ok(())
    });
    let stopped = stopped.and_then(|()| sending.settle(0));
    Ok((sending.report.ended(stopped, sending.last)?, sending.live))
}

struct Sending<'a> {
    asked: &'a Replay,
    dest: Option<BusName<'a>>,
    connection: Connection,
    live: Live,
    /// Calls without a reply so far: their numbers and places.
    outstanding: HashMap<CallId, (u64, String)>,
    check: Check,
    pace: Pace,
    report: Report,
    /// The place of the last message that was sent.
    last: String,
}

impl Sending<'_> {
    fn file(&mut self, recording: Recording) -> Result<(), Stop> {
        for recorded in recording {
            match recorded {
                Ok(recorded) => self.message(recorded)?,
                Err(failure) => self.report.unreadable(&failure),
            }
        }
        Ok(())
    }

    fn message(&mut self, recorded: Recorded) -> Result<(), Stop> {
        let Recorded { place, time, bytes, cut } = recorded;
        let message = match (
            cut,
            Message::parse(&bytes).and_then(|message| message.validate().map(|()| message)),
        ) {
            (None, Ok(message)) => message,
            (Some(cut), _) => {
                self.report.unreadable(&refused(format_args!("{place}: {cut}")));
                return Ok(());
            }
            (None, Err(error)) => {
                self.report.unreadable(&refused(format_args!("{place}: {error}")));
                return Ok(());
            }
        };
        if self.asked.check && is_reply(&message) {
            let pair = self.check.recorded(&message);
            self.compare(pair);
        }
        if !is_sent(&message, self.asked.only) {
            self.report.skipped += 1;
            return Ok(());
        }
        let due = self.pace.due(time, Instant::now());
        self.wait(due)?;
        let limit = self.asked.in_flight as usize;
        self.settle(limit.saturating_sub(1))?;
        self.send(&message, place)
    }

    fn send(&mut self, message: &Message<'_>, place: String) -> Result<(), Stop> {
        let header = message.header();
        let destination = header.destination.map(|name| match self.dest {
            Some(dest) if name.as_str().starts_with(':') => dest,
            _ => name,
        });
        // There are no names on a direct connection.
        let destination = destination.filter(|_| !self.connection.is_direct());
        let body = RawBody::of(message);
        let fds = match descriptors(header.unix_fds) {
            Ok(fds) => fds,
            Err(why) => {
                self.report.unreadable(&refused(format_args!("{place}: {why}")));
                return Ok(());
            }
        };
        let sent = match (header.message_type, header.path, header.member) {
            (MessageType::MethodCall, Some(path), Some(member)) => {
                let mut call = MethodCall::checked(path, member);
                call.interface = header.interface;
                call.destination = destination;
                call.flags = header.flags;
                if header.flags.contains(Flags::NO_REPLY_EXPECTED) {
                    self.connection.start_send(&call, &body, fds)
                } else {
                    let number = self.report.calls;
                    if self.asked.check {
                        self.check.call(message, number);
                    }
                    let sent = self.connection.start_call(&call, &body, fds);
                    sent.map(|id| {
                        self.outstanding.insert(id, (number, place.clone()));
                    })
                }
            }
            (_, Some(path), Some(member)) => {
                let Some(interface) = header.interface else { return Ok(()) };
                let mut emission = Emission::new(path, interface, member);
                emission.destination = destination;
                self.connection.start_emit(&emission, &body, fds)
            }
            _ => return Ok(()),
        };
        match sent {
            Ok(()) if header.message_type == MessageType::MethodCall => self.report.calls += 1,
            Ok(()) => self.report.signals += 1,
            Err(CallError::Connection(error)) => return Err(Stop::HungUp(error.to_string())),
            Err(error) => {
                self.report.failed += 1;
                Failure::call(&place, &error).tell();
                return Ok(());
            }
        }
        self.last = place;
        self.receive()
    }

    /// Writes what is queued, and takes what has arrived.
    fn receive(&mut self) -> Result<(), Stop> {
        self.connection.process().map_err(|error| Stop::HungUp(error.to_string()))?;
        loop {
            let event = match self.connection.poll_event() {
                Ok(Some(event)) => event,
                Ok(None) => return Ok(()),
                Err(error) => return Err(Stop::HungUp(error.to_string())),
            };
            let pair = match event {
                Event::Reply { call, reply } => {
                    let Some((number, place)) = self.outstanding.remove(&call) else { continue };
                    self.report.answered += 1;
                    match self.asked.check {
                        true => self.check.received(number, place, &reply.message),
                        false => None,
                    }
                }
                Event::NoReply { call, reason } => {
                    if let Some((_, place)) = self.outstanding.remove(&call) {
                        self.report.failed += 1;
                        Failure::call(&place, &CallError::NoReply(reason)).tell();
                    }
                    None
                }
                _ => None,
            };
            compare(&mut self.report, pair);
        }
    }

    fn compare(&mut self, pair: Option<Pair>) {
        compare(&mut self.report, pair);
    }

    /// Waits until a point in time, and until everything is written.
    fn wait(&mut self, until: Option<Instant>) -> Result<(), Stop> {
        let Some(until) = until else { return Ok(()) };
        while Instant::now() < until {
            self.pause(Some(until))?;
        }
        Ok(())
    }

    /// Waits until at most `count` calls are outstanding, and everything is written.
    fn settle(&mut self, count: usize) -> Result<(), Stop> {
        self.receive()?;
        while self.outstanding.len() > count || (count == 0 && self.connection.wants_write()) {
            self.pause(None)?;
        }
        Ok(())
    }

    fn pause(&mut self, until: Option<Instant>) -> Result<(), Stop> {
        let until = [until, self.connection.next_deadline()].into_iter().flatten().min();
        let soon = Instant::now() + WRITE_AGAIN;
        let until = if self.connection.wants_write() {
            Some(until.map_or(soon, |until| until.min(soon)))
        } else {
            until
        };
        if self.live.wait(&[self.connection.as_fd()], until)? == Woken::Interrupted {
            return Err(Stop::Interrupted);
        }
        self.receive()
    }
}

fn refused(what: impl std::fmt::Display) -> Failure {
    Failure::new(Exit::Refused, what)
}

fn compare(report: &mut Report, pair: Option<Pair>) {
    let Some(Pair { place, recorded, received }) = pair else { return };
    report.compared += 1;
    if recorded != received {
        report.differing += 1;
        refused(format_args!("{place}: the reply was '{recorded}' and is '{received}'")).tell();
    }
}

fn is_reply(message: &Message<'_>) -> bool {
    matches!(message.header().message_type, MessageType::MethodReturn | MessageType::Error)
}

/// Whether a recorded message is sent. Not sent are replies, which would answer nothing; signals of the bus; and calls that make a
/// connection what it is.
fn is_sent(message: &Message<'_>, only: Option<Only>) -> bool {
    let header = message.header();
    let is_of_bus = |name: &str| {
        let bus = "org.freedesktop.DBus";
        header.destination.is_some_and(|destination| destination == bus)
            && header.member.is_some_and(|member| member == name)
    };
    match header.message_type {
        MessageType::MethodCall => {
            only != Some(Only::Signal) && !is_of_bus("Hello") && !is_of_bus("BecomeMonitor")
        }
        MessageType::Signal => {
            only != Some(Only::Call)
                && header.sender.is_none_or(|sender| sender != "org.freedesktop.DBus")
        }
        _ => false,
    }
}

/// A recording has no descriptors: `/dev/null` takes their place.
///
/// # Errors
/// There are more than a message can carry, or the file cannot be opened.
fn descriptors(count: u32) -> Result<Vec<OwnedFd>, String> {
    if count > MAX_FDS {
        return Err(format!("it has {count} file descriptors, more than {MAX_FDS}"));
    }
    let null = || File::open("/dev/null").map(OwnedFd::from);
    let opened = (0..count).map(|_| null()).collect::<Result<_, _>>();
    opened.map_err(|error| format!("cannot open /dev/null: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_has_no_more_descriptors_than_it_can_carry() {
        assert_eq!(descriptors(2).unwrap().len(), 2);
        for count in [MAX_FDS + 1, u32::MAX] {
            assert!(descriptors(count).is_err(), "{count}");
        }
    }
}
